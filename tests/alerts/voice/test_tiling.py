"""A sentence laid out in phrases that are recorded."""

from __future__ import annotations

from alerts.voice.tiling import PAUSE, tile


def test_the_fewest_phrases_with_pauses_between_clauses() -> None:
    """A whole clause goes before its halves."""
    known = {"前方四百米", "出口", "出口匝道", "匝道", "请降速", "请", "减速"}
    assert tile("zh", "前方四百米出口匝道，请降速。", known) == ["前方四百米", "出口匝道", PAUSE, "请降速"]


def test_english_is_cut_between_words_only() -> None:
    """Whatever the case of its letters."""
    known = {"exit ramp", "in four hundred metres", "slow down", "ram", "p"}
    assert tile("en", "Exit ramp in four hundred metres, slow down", known) == [
        "exit ramp",
        "in four hundred metres",
        PAUSE,
        "slow down",
    ]
    assert tile("en", "ramp", known) is None


def test_a_sentence_with_a_gap_is_no_tiling() -> None:
    """One word that is not recorded, or nothing at all: another voice speaks the whole sentence."""
    assert tile("zh", "前方四百米老王家路口", {"前方四百米", "路口"}) is None
    assert tile("zh", "，。", {"路口"}) is None
    assert tile("zh", "", {"路口"}) is None
