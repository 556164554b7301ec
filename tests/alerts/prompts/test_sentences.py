"""Sentences: what a driver hears, over all kinds, forms and languages."""

from __future__ import annotations

import re

import pytest

from alerts.prompts import LANGUAGES, SUBTYPES, sentence, speech_bound_s, speech_s
from alerts.prompts.facts import FORMS, Facts
from tests.alerts.prompts.cases import PLACES, spoken

EXIT = {"kind": "ramp", "subtype": "exit"}
SPOKEN = [
    ("zh", Facts(**EXIT, form="conditional", distance_m=412, limit_kmh=40), "前方四百米出口匝道，驶出请减速到四十"),
    ("zh", Facts(**EXIT, form="advisory", distance_m=200, limit_kmh=40), "前方两百米出口匝道，限速四十"),
    ("zh", Facts(**EXIT, form="plain", limit_kmh=40), "匝道限速四十，请降速"),
    ("zh", Facts(**EXIT, form="sharper", limit_kmh=40), "车速过快，请立即减速到四十"),
    ("zh", Facts(**EXIT, form="plain"), "匝道，请降速"),
    ("zh", Facts("ramp", "conditional", "entry", 600, limit_kmh=60), "前方六百米入口匝道，驶入请减速到六十"),
    (
        "zh",
        Facts(**EXIT, form="conditional", distance_m=400, also_m=900, limit_kmh=40),
        "前方四百米和九百米有出口，驶出请减速到四十",
    ),
    ("zh", Facts("village_road", "conditional", None, 300, limit_kmh=30), "前方三百米村庄路段，注意行人"),
    ("zh", Facts("village_road", "plain", None, 300, limit_kmh=30), "前方三百米村庄路段，限速三十，请降速"),
    ("zh", Facts("village_road", "plain", None, 300), "前方三百米村庄路段，请降速，注意行人"),
    ("zh", Facts("unsignalled_crossing", "conditional", "road", 2000), "前方两公里无灯控路口，注意来车"),
    ("zh", Facts("unsignalled_crossing", "plain", "level_crossing", 150), "前方一百五十米铁路道口，请降速，注意火车"),
    ("zh", Facts("steep_grade", "conditional", None, 1200), "前方一点二公里事故多发路段，注意安全"),
    ("zh", Facts("speeding", "episode", limit_kmh=60), "您已超速，限速六十，请降速"),
    ("zh", Facts("speeding", "episode", limit_kmh=60, speed_kmh=105), "您已超速，限速六十，车速一百零五，请降速"),
    ("zh", Facts("speeding", "episode", limit_kmh=60, firm=True), "您多次超速，限速六十，务必降速"),
    (
        "zh",
        Facts("fatigue", "episode", "ahead", driven_s=12_600, remaining_s=1800),
        "您已连续驾驶三个半小时，三十分钟后须停车休息",
    ),
    (
        "zh",
        Facts("fatigue", "episode", "reached", driven_s=14_430, rest_s=1200),
        "您已连续驾驶四小时，请停车休息二十分钟",
    ),
    ("zh", Facts("fatigue", "episode", "still", driven_s=7200), "您已连续驾驶两小时，请尽快停车休息"),
    ("zh", Facts("fatigue", "episode", "signs", driven_s=7200, rest_s=1200), "注意安全，请尽快停车休息"),
    ("en", Facts("fatigue", "episode", "signs", driven_s=7200, rest_s=1200), "take care, stop and rest soon"),
    ("zh", Facts("position", "episode", "lost"), "卫星定位中断，预警暂停"),
    ("zh", Facts("position", "episode", "found"), "卫星定位恢复，预警继续"),
    ("en", Facts("position", "episode", "lost"), "satellite position lost, warnings are paused"),
    ("en", Facts("position", "episode", "found"), "satellite position is back, warnings go on"),
    (
        "en",
        Facts(**EXIT, form="conditional", distance_m=412, limit_kmh=40),
        "exit ramp in four hundred metres, slow to forty if leaving",
    ),
    (
        "en",
        Facts(**EXIT, form="conditional", distance_m=400, limit_kmh=40, miles=True),
        "exit ramp in a quarter mile, slow to twenty-five if leaving",
    ),
    ("en", Facts(**EXIT, form="plain", limit_kmh=40), "ramp limit forty, slow down"),
    ("en", Facts(**EXIT, form="sharper", limit_kmh=40), "too fast, slow to forty now"),
    ("en", Facts("village_road", "conditional", None, 300), "village in three hundred metres, watch for people"),
    (
        "en",
        Facts("steep_grade", "conditional", None, 1210),
        "accident blackspot in one point two kilometres, take care",
    ),
    ("en", Facts("speeding", "episode", limit_kmh=60), "you are speeding, limit sixty, slow down"),
    (
        "en",
        Facts("fatigue", "episode", "reached", driven_s=14_400, rest_s=1200),
        "you have driven four hours, stop and rest for twenty minutes",
    ),
]


@pytest.mark.parametrize(("language", "facts", "text"), SPOKEN)
def test_says_what_a_driver_understands(language: str, facts: Facts, text: str) -> None:
    """Hazard with distance, limit, what to do: the very words."""
    assert sentence(language, facts) == text


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_every_sentence_is_one_breath_of_words(language: str) -> None:
    """Over all facts: no longer than a breath and than its bound, no digit, no hole, nothing of the inside."""
    tongue = LANGUAGES[language]
    for facts, text in spoken(language):
        assert 0 < tongue.units(text) <= tongue.BREATH, (text, facts)
        assert speech_s(language, text) <= speech_bound_s(language, facts.kind, facts.form), (text, facts)
        assert not re.search(r"\d|None|nan|[{}_]|,,|，，|  |[，,]\s*$|^[，,]", text), (text, facts)
        if language == "zh":
            assert not re.search("[A-Za-z]|(?<![十点])二(?:[百千万公米小个]|分钟|英里|英尺)", text), text


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_the_bound_is_reached(language: str) -> None:
    """The bound is the longest sentence's, or the breath: it does not make the engine speak earlier for nothing."""
    longest_s: dict[tuple[str, str], float] = {}
    for facts, text in spoken(language):
        case = (facts.kind, facts.form)
        longest_s[case] = max(longest_s.get(case, 0.0), speech_s(language, text))
    for kind in PLACES:
        for form in FORMS:
            longest = longest_s[kind, form]
            assert longest <= speech_bound_s(language, kind, form) <= longest + 0.81


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_forms_differ_and_a_repeater_hears_another_wording(language: str) -> None:
    """Of one place, every form has words of its own; the firm wording is another wherever there is an order."""
    for kind in PLACES:
        for subtype in (None, *SUBTYPES.get(kind, ())):
            facts = [Facts(kind, form, subtype, 300.0, limit_kmh=40.0) for form in FORMS[:4]]
            texts = [sentence(language, f) for f in facts]
            assert len(set(texts)) == 4
            firm = [sentence(language, Facts(kind, f.form, subtype, 300.0, limit_kmh=40.0, firm=True)) for f in facts]
            assert firm[0] == texts[0]
            assert all(firmer != text for firmer, text in zip(firm[1:], texts[1:], strict=True))


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_no_limit_no_number(language: str) -> None:
    """Where no limit is known, or none that a sign could bear, the order has no number."""
    for limit in (None, float("nan"), float("inf"), 0.0, -40.0, 1e9):
        for form in FORMS[:4]:
            known = sentence(language, Facts("ramp", form, "exit", 400.0))
            assert sentence(language, Facts("ramp", form, "exit", 400.0, limit_kmh=limit)) == known


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_strange_figures_do_not_break_a_sentence(language: str) -> None:
    """Figures that are no figures are left out, never spoken."""
    bad = float("nan")
    for value in (bad, float("inf"), -1.0, 1e12):
        facts = Facts("ramp", "conditional", "exit", distance_m=value, also_m=value, limit_kmh=value, speed_kmh=value)
        assert sentence(language, facts) == sentence(language, Facts("ramp", "conditional", "exit"))
        tired = Facts("fatigue", "episode", "ahead", driven_s=value, remaining_s=value, rest_s=value)
        assert sentence(language, tired) == sentence(language, Facts("fatigue", "episode", "ahead"))


def test_unknown_language_and_form_are_named() -> None:
    """What no table has raises a ValueError that says what there is."""
    with pytest.raises(ValueError, match=r"'tlh'.*zh, en"):
        sentence("tlh", Facts("ramp", "plain"))
    with pytest.raises(ValueError, match=r"'song'.*conditional"):
        sentence("zh", Facts("ramp", "song"))
