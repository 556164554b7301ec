"""Every word stands there in both languages, and every code of a record has one."""

from __future__ import annotations

import string

import pytest

from alerts.fold import REASONS, SEVERITIES, STATES
from alerts.prompts.facts import FORMS
from alerts.rules import RULES
from forewarn.watching.columns import COLUMNS, SEVERITY_SIGNS, STATE_SIGNS
from forewarn.watching.words import WORDS, Words, every_language, language_of


def test_both_languages_put_in_the_same_things() -> None:
    """A figure that one tells, the other does, too."""
    for name, told in WORDS.items():
        asked = [{field for _, field, _, _ in string.Formatter().parse(word) if field} for word in told]
        assert len(told) == 2 and asked[0] == asked[1], name


def test_every_code_of_a_record_has_its_word() -> None:
    """And every column its title, every state and severity its sign."""
    wanted = {f"kind.{rule.NAME}" for rule in RULES} | {f"reason.{reason}" for reason in REASONS if reason}
    wanted |= {f"form.{form}" for form in FORMS} | {f"severity.{one}" for one in SEVERITIES}
    wanted |= {f"state.{state}" for state in STATES} | {f"column.{column.name}" for column in COLUMNS}
    assert wanted - set(WORDS) == set()
    assert set(SEVERITY_SIGNS) == set(SEVERITIES) and set(STATE_SIGNS) == set(STATES)


def test_a_code_without_a_word_is_shown_as_it_is() -> None:
    """Without control characters, and no word of the table is put in."""
    words = Words("zh")
    assert words.code("kind", "speeding") == "超速" and words.other().code("kind", "speeding") == "speeding"
    assert words.code("kind", "flood\x1b[31m{n}") == "flood?[31m{n}"
    assert every_language("kind", "speeding") == ("speeding", "超速", "speeding")
    assert every_language("kind", "flood") == ("flood",)


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LC_ALL": "en_GB.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "zh_TW", "LANG": "C"}, "zh"),
    ],
)
def test_the_language_is_that_of_the_terminal(environment: dict[str, str], language: str) -> None:
    """As other programs take it."""
    assert language_of(environment) == language
