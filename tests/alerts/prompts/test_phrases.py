"""Phrases: what is to be recorded covers every sentence, and no phrase is longer than it needs to be."""

from __future__ import annotations

import pytest

from alerts.prompts import LANGUAGES, clauses, readable
from alerts.prompts.facts import Facts
from alerts.prompts.phrases import phrases
from alerts.voice.tiling import tile
from forewarn.recording.drawn import drawn
from tests.alerts.prompts.cases import spoken


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_the_tables_is_covered(language: str) -> None:
    """All facts of the case table, and thousands with figures drawn by lot."""
    known = set(phrases(language))
    texts = {text for _, text in spoken(language)} | set(drawn(language, 3000, 5))
    assert [text for text in texts if tile(language, text, known) is None] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_number_of_phrases_is_that_of_the_figures(language: str) -> None:
    """Each phrase once, with one figure at most: hundreds, not the millions of sentences; none holds a seam."""
    found = phrases(language)
    assert len(found) == len(set(found))
    assert 900 < len(found) < 1500
    assert not [phrase for phrase in found if set(phrase) & set("|¦，,.0123456789") or phrase != phrase.strip()]
    assert [phrase for phrase in found if readable(language, phrase) != phrase] == []


def test_orders_with_a_signed_limit_are_whole_others_are_joined() -> None:
    """No seam where it would be heard most often."""
    known = set(phrases("zh"))
    assert tile("zh", "驶出请减速到四十", known) == ["驶出请减速到四十"]
    assert tile("zh", "驶出请减速到四十三", known) == ["驶出请减速", "到四十三"]


def test_no_sentence_shows_its_seams() -> None:
    """They are cut out of the words that are spoken and written."""
    facts = Facts("ramp", "conditional", "exit", 400, 900, limit_kmh=40, firm=True)
    assert clauses("zh", facts) == ("前方四百米和九百米有出口", "驶出务必减速到四十")
    assert clauses("en", facts) == (
        "exits in four hundred and nine hundred metres",
        "you must slow to forty if leaving",
    )
