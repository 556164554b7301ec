"""Golden replays: the same drives give the same records. ``python tests/golden/make.py`` writes the files anew."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.golden import replays
from tests.golden.compare import counts_differ, differences

ANEW = "\nif this is meant: python tests/golden/make.py, and read the diff"


def golden(name: str) -> dict[str, Any]:
    """The tree of counts of that file."""
    found: dict[str, Any] = json.loads((replays.HERE / name).read_text("utf-8"))
    return found


def lines(name: str) -> list[dict[str, Any]]:
    """The records of that file."""
    return [json.loads(line) for line in (replays.HERE / name).read_text("utf-8").splitlines()]


def test_simulated_fleet_gives_the_golden_records(tmp_path: Path) -> None:
    """Every alert and every passage of the simulated fleet over the sample."""
    found = replays.fleet(tmp_path)
    kept = {
        name: [json.loads(line) for line in (replays.HERE / name).read_text("utf-8").splitlines()] for name in found
    }
    told = differences(kept, found)
    assert not told, "\n" + "\n".join(told) + ANEW


def test_golden_fleet_holds_what_it_is_meant_to_watch() -> None:
    """Every form, warned and unwarned passages, ends of several kinds: else the golden file guards nothing."""
    alerts, passages = lines("fleet-alerts.jsonl"), lines("fleet-passages.jsonl")
    assert {a["prompt"]["form"] for a in alerts if a["prompt"]} >= {"conditional", "plain", "sharper", "episode"}
    assert {a["state"] for a in alerts} == {"raised", "updated", "withdrawn", "cleared"}
    assert {a["kind"] for a in alerts} >= {"approach", "speeding"}
    assert any(p["alert_ids"] for p in passages)
    assert not all(p["alert_ids"] for p in passages)
    assert len({p["segment"]["kind"] for p in passages}) == 3


def test_golden_fleet_keeps_the_contract() -> None:
    """(id, seq) and passages are unique, an alert begins raised and is cleared once, a passage's alerts are there."""
    alerts, passages = lines("fleet-alerts.jsonl"), lines("fleet-passages.jsonl")
    by_id: dict[str, list[dict[str, Any]]] = {}
    for alert in alerts:
        by_id.setdefault(alert["id"], []).append(alert)
    for history in by_id.values():
        assert [a["seq"] for a in history] == list(range(len(history)))
        assert [a["state"] for a in history].index("raised") == 0
        assert [a["state"] for a in history].count("raised") == 1
        assert [a["state"] for a in history].count("cleared") <= 1
    assert len({p["id"] for p in passages}) == len(passages)
    assert {i for p in passages for i in p["alert_ids"]} <= set(by_id)
    assert [(a["at"], a["vehicle"], a["id"], a["seq"]) for a in alerts] == sorted(
        (a["at"], a["vehicle"], a["id"], a["seq"]) for a in alerts
    )


@pytest.fixture(scope="session")
def porto_segments(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The places of Porto, mined from its map."""
    return replays.mine_porto(shared_data, tmp_path_factory.mktemp("porto") / "porto.geojson")


@pytest.mark.shared_data
def test_porto_taxis_hear_the_golden_sentences(shared_data: Path, porto_segments: Path, tmp_path: Path) -> None:
    """200 real trips, bare positions 15 s apart, over the places of the real map."""
    told = counts_differ(golden("porto.json"), replays.porto(shared_data, porto_segments, tmp_path))
    assert not told, "\n" + "\n".join(told) + ANEW


@pytest.mark.shared_data
@pytest.mark.parametrize("name", ["envirocar", "munich"])
def test_car_drives_give_the_golden_episodes(shared_data: Path, name: str) -> None:
    """Real cars far from any segment: speeding, driving time and what the screen left out."""
    told = counts_differ(golden(f"{name}.json"), getattr(replays, name)(shared_data))
    assert not told, "\n" + "\n".join(told) + ANEW


def test_a_difference_is_told_in_words() -> None:
    """The last bit of a float is none; a moved time, a changed word, a record gone or new are, by vehicle and place."""
    kept = {name: lines(name) for name in ("fleet-alerts.jsonl", "fleet-passages.jsonl")}
    alerts = kept["fleet-alerts.jsonl"]
    spoken = next(k for k, a in enumerate(alerts) if a["prompt"] and a["ahead_m"])
    noise = [a | {"lon": a["lon"] + 1e-6, "id": f"other {a['id']}"} for a in alerts]
    ids = [p | {"alert_ids": [f"other {i}" for i in p["alert_ids"]]} for p in kept["fleet-passages.jsonl"]]
    assert differences(kept, {"fleet-alerts.jsonl": noise, "fleet-passages.jsonl": ids}) == []
    changed = [dict(a) for a in alerts]
    changed[spoken]["ahead_m"] += 20.0
    changed[spoken]["prompt"] = changed[spoken]["prompt"] | {"text": "x"}
    [told] = differences(kept, kept | {"fleet-alerts.jsonl": changed})
    assert alerts[spoken]["vehicle"] in told and "ahead_m" in told and "prompt" in told
    [gone] = differences(kept, kept | {"fleet-alerts.jsonl": alerts[:-1]})
    assert "gone" in gone and alerts[-1]["at"] in gone
    assert counts_differ({"a": {"b": 1}}, {"a": {"b": 2}}) == ["/a/b: 1 -> 2"]
