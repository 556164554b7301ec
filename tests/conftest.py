"""What many tests share: the folder of real maps and drives, where it is at hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from forewarn.compiled import use_cache

use_cache()
# an example is timed by the wall clock, which other work on the machine stretches
settings.register_profile("untimed", settings(deadline=None))
settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with real maps and drives beside the project; skips the test where it is absent."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("needs the real maps and drives in ../shared/data, which are not here")
    return folder
