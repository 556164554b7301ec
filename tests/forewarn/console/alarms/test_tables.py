"""The tables of alarms: whole, in both languages, and one condition for each kind."""

from __future__ import annotations

import pytest

from alerts.prompts import LANGUAGES
from forewarn.console.alarms.conditions import CONDITIONS, conditions
from forewarn.console.alarms.dispositions import DISPOSITIONS, FALSE_BECAUSE
from forewarn.console.alarms.kinds import KINDS, PRIORITIES, Kind


@pytest.mark.parametrize("kind", KINDS.values(), ids=str)
def test_every_kind_says_what_is_expected(kind: Kind) -> None:
    """In every language that a dispatcher may read, at a priority that has a name, with delays that can be."""
    assert kind.priority in PRIORITIES
    assert kind.on_delay_s >= 0 and kind.off_delay_s >= 0
    for words in (kind.title, kind.response, PRIORITIES[kind.priority]):
        assert set(words) == set(LANGUAGES) and all(words.values())


def test_every_kind_has_its_condition_and_every_condition_its_kind() -> None:
    """One of each."""
    assert sorted(one.kind.name for one in conditions()) == sorted(KINDS)
    assert len(CONDITIONS) == len(KINDS)


def test_all_that_can_have_been_done_has_words() -> None:
    """In both languages; a false alarm is one of it."""
    for words in (*DISPOSITIONS.values(), *FALSE_BECAUSE.values()):
        assert set(words) == set(LANGUAGES) and all(words.values())
    assert "false_alarm" in DISPOSITIONS and "other" in FALSE_BECAUSE


def test_the_most_pressing_stand_first() -> None:
    """So that the table reads as the list does."""
    assert [kind.priority for kind in KINDS.values()] == sorted(kind.priority for kind in KINDS.values())
