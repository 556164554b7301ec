"""On board a sentence needs no network: the lead reckons with the way to the sound card alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.engine import Engine, Vehicle
from alerts.profiles import load_profile
from alerts.profiles.loader import PROFILES
from geofence.index import Index
from tests.alerts.scene import drive, engine_over, run, seconds, village


@pytest.mark.parametrize("name", list(PROFILES))
def test_a_profile_on_board_has_the_latency_of_the_board(name: str) -> None:
    """Of every class; every other figure stays as it is."""
    profile = load_profile(name)
    on_board = profile.on_board()
    for (rule, vehicle_class), figures in profile.given.items():
        for key, given in figures.items():
            now = on_board.given[rule, vehicle_class][key]
            assert now == (figures["latency_board_s"] if key == "latency_network_s" else given)
    assert on_board.settings("approach", "").latency_network_s == 0.5


def test_the_sentence_may_begin_later_on_board(tmp_path: Path) -> None:
    """By as much as the network takes: it is due two and a half seconds of driving nearer to the place."""
    features = village()
    over_network = engine_over(tmp_path, features, early_s=0.0, least_lead_s=0.0, margin_s=0.0)
    profile = load_profile("cn-hazmat").on_board()
    on_board = Engine(
        Index(over_network.index.segments), {profile.name: profile}, Vehicle(profile.name, "hazmat_truck", "zh")
    )
    for name in ("early_s", "least_lead_s", "margin_s"):
        on_board.settings.approach[name] = 0.0
    batch = drive([(0, -2400), (0, 300)], every_s=1.0, kmh=80.0)
    first = [
        min(seconds(a.prompt.speak_at) for a in run(engine, batch).alerts if a.prompt and a.kind == "approach")
        for engine in (over_network, on_board)
    ]
    assert first[1] - first[0] == pytest.approx(2.5, abs=1.0)
