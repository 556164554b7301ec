"""What a driver takes from a text."""

from __future__ import annotations

import pytest

from alerts.prompts import LANGUAGES, sentence
from alerts.prompts.facts import Facts
from forewarn.fleet.orders import Order, order_of

LIMITED = [("ramp", "plain"), ("village_road", "plain"), ("ramp", "sharper"), ("speeding", "episode")]


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("您已超速，限速八十，请降速", Order(80)),
        ("前方六百米出口匝道，车速七十四，驶出请减速到四十", Order(40)),
        ("车速过快，请立即减速到一百二十", Order(120)),
        ("限速40，请减速", Order(40)),
        ("Ramp ahead, limit thirty-five, slow down", Order(35)),
        ("too fast, slow to forty now", Order(40)),
        ("前方四百米匝道，请降速", Order(None)),
        ("您已连续驾驶四小时，请停车休息二十分钟", None),
        ("前方三百米村庄路段，注意行人", None),
    ],
)
def test_the_limit_is_the_one_that_is_told(text: str, order: Order | None) -> None:
    """Not the own speed, a distance or a time; nothing where the text is not about the speed."""
    assert order_of(text) == order


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("kind", "form"), LIMITED)
def test_what_the_prompts_order_is_understood(language: str, kind: str, form: str) -> None:
    """Every limit of every sentence that tells one, firm or not, at any speed of one's own."""
    for limit in range(5, 121, 5):
        for firm, speed_kmh in ((False, None), (True, None), (False, 83.0)):
            facts = Facts(kind, form, limit_kmh=float(limit), firm=firm, speed_kmh=speed_kmh)
            assert order_of(sentence(language, facts)) == Order(limit), sentence(language, facts)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("subtype", ["ahead", "reached", "still", "day", "night"])
def test_a_sentence_about_a_rest_is_no_order_to_go_slower(language: str, subtype: str) -> None:
    """Whatever times it tells."""
    facts = Facts("fatigue", "episode", subtype, driven_s=14_400.0, remaining_s=1800.0, rest_s=1200.0)
    assert order_of(sentence(language, facts)) is None
