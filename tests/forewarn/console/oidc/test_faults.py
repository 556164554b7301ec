"""The page has words for every reason."""

from __future__ import annotations

import re
from pathlib import Path

import forewarn.console
from forewarn.console.oidc.faults import Fault

WORDS = Path(forewarn.console.__file__).parent / "static" / "app" / "words_table.js"


def test_every_fault_has_words_and_no_other() -> None:
    """In the table of words, whose own test asks for each language."""
    assert set(re.findall(r'"login\.oidc_(\w+)"', WORDS.read_text("utf-8"))) == set(Fault)
