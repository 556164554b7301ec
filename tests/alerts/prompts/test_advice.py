"""A segment's own sentence: spoken as written, but for what is no speech."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.prompts import LANGUAGES, sentence, speech_bound_s, speech_s
from alerts.prompts.advice import clean
from alerts.prompts.facts import Facts


def say(language: str, advice: str, form: str = "plain") -> str:
    """Return the sentence of a village with that advice."""
    return sentence(language, Facts("village_road", form, None, 300.0, limit_kmh=30.0, advice=advice))


TABLE_ZH = say("zh", "")
TABLE_EN = say("en", "")


@pytest.mark.parametrize(
    ("advice", "text"),
    [
        ("前方学校，慢行", "前方学校，慢行"),
        ("前方500米学校", "前方五百米学校"),
        ("[[f'oU]]桥面<break time='9s'/>结冰\n请慢行", "桥面结冰，请慢行"),
        ("&lt;prosody rate='1'&gt;桥面结冰", "桥面结冰"),
        ("桥\u202e面\u0007结冰\u200b", "桥面结冰"),
        ("落石多发，", "落石多发"),
        ("长下坡5~10分钟，慢行~", "长下坡五到十分钟，慢行"),
        ("连续弯道；注意会车；前方隧道请开灯；隧道内禁止超车禁止停车", "连续弯道；注意会车；前方隧道请开灯"),
    ],
)
def test_speaks_advice_after_cleaning(advice: str, text: str) -> None:
    """Commands of a synthesiser, markup, controls and line ends go; too much is cut after a clause."""
    assert say("zh", advice) == text


@pytest.mark.parametrize("advice", ["", "  ", "<br/>", "。。。", "Slow down", "没有停顿的话" * 5])
def test_speaks_the_table_where_advice_cannot_be_spoken(advice: str) -> None:
    """Nothing left, another language, or a first clause longer than a breath: the table's sentence."""
    assert say("zh", advice) == TABLE_ZH


def test_english_advice_is_for_english() -> None:
    """An English voice does not try to read Chinese."""
    assert say("en", "School in 500 m, slow down") == "School in five hundred metres, slow down"
    assert say("en", "前方学校，慢行") == TABLE_EN


def test_the_sharper_order_is_never_replaced() -> None:
    """Braking is ordered in the table's words."""
    assert say("zh", "前方学校，慢行", "sharper") == say("zh", "", "sharper")


@given(st.text(max_size=80))
def test_no_advice_breaks_anything(advice: str) -> None:
    """Whatever is written in a file: a sentence within its bound, on one line, without a command."""
    for language in LANGUAGES:
        for form in ("advisory", "conditional", "plain"):
            text = say(language, advice, form)
            assert speech_s(language, text) <= speech_bound_s(language, "village_road", form)
            assert text.isprintable()
            assert not set("[]<>{}") & set(text)


@given(st.text(max_size=80))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    """Markup within markup does not survive as markup."""
    assert clean(clean(text)) == clean(text)
