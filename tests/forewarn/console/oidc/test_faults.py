"""The page has words for every reason."""

from __future__ import annotations

import re
from pathlib import Path

import forewarn.console
from forewarn.console.oidc.faults import Fault

WORDS = Path(forewarn.console.__file__).parent / "static" / "app" / "words"


def test_every_fault_has_words_and_no_other() -> None:
    """In the tables of words, whose own test asks for each language."""
    words = "".join(path.read_text("utf-8") for path in WORDS.glob("*.js"))
    assert set(re.findall(r'"login\.oidc_(\w+)"', words)) == set(Fault)
