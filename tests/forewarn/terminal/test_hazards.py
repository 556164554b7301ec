"""What a sentence warns of is known by its words, whoever wrote it."""

from __future__ import annotations

import pytest

from forewarn.terminal.hazards import WORDS, hazard_of
from tests.alerts.prompts.cases import spoken


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_sentence_of_the_tables_is_known_by_its_words(language: str) -> None:
    """But for those of a kind that only a user's file knows, and the sharper one, which is never held back.

    One that places share may be known by any of them; what is said of the receiver warns of nothing on the road.
    """
    wrong = []
    for facts, text in spoken(language):
        shared = facts.also_m is not None or facts.then is not None or facts.many
        if facts.kind == "steep_grade" or facts.form == "sharper" or shared:
            continue
        wanted = None if facts.kind == "position" else facts.kind
        wanted = "level_crossing" if facts.subtype == "level_crossing" else wanted
        if hazard_of(text) != wanted:
            wrong.append((facts.kind, facts.subtype, facts.form, text))
    assert wrong[:5] == []


def test_words_that_warn_of_nothing_known_are_about_nothing() -> None:
    """Such a text is spoken whatever was said."""
    assert hazard_of("请到调度室报到") is None
    assert hazard_of("Call the office") is None
    assert {hazard for hazard, _ in WORDS} >= {"speeding", "fatigue", "ramp"}
