"""Made-up answers for the page: alarms, vehicles along the sample's roads, one vehicle's day, one segment's figures."""

from __future__ import annotations

import json
import math
import random
from pathlib import Path
from statistics import median
from typing import Any, Final

import msgspec

from alerts.record import iso
from forewarn.console.actions import ACTIONS
from forewarn.console.alarms.alarm import Alarm, Place
from forewarn.console.alarms.dispositions import DISPOSITIONS, FALSE_BECAUSE
from forewarn.console.alarms.kinds import KINDS, PRIORITIES
from forewarn.console.alarms.states import Event, State, can

ROOT: Final = Path(__file__).parents[4]
SEGMENTS: Final[dict[str, Any]] = json.loads((ROOT / "data" / "segments.geojson").read_text(encoding="utf-8"))
ROADS: Final = [f for f in SEGMENTS["features"] if f["properties"]["role"] == "approach"]
PLACES: Final = [f for f in SEGMENTS["features"] if f["properties"]["role"] == "segment"]
CARRIERS: Final = ("安达危运", "通宝物流", "恒顺化工运输")
FACTS: Final[dict[str, dict[str, Any]]] = {
    "fatigue_past_limit": {"driven_s": 16_920},
    "speeding_goes_on": {"over_pct": 34.0},
    "warnings_ignored": {"ignored": 5},
    "terminal_silent": {},
    "voice_broken": {"failed": 3},
}

TABLES: Final = {
    "kinds": {k.name: {"priority": k.priority, "title": k.title, "response": k.response} for k in KINDS.values()},
    "priorities": PRIORITIES,
    "dispositions": DISPOSITIONS,
    "false_because": FALSE_BECAUSE,
    "states": {state: [event for event in Event if can(state, event)] for state in State},
    "actions": {name: right for name, (right, _) in ACTIONS.items()},
    "basemap": False,
}


def plate(number: int) -> str:
    """A number plate that nobody has."""
    return f"粤B·X{number:04d}"


def fleet(count: int, now_ms: int) -> list[dict[str, Any]]:
    """So many vehicles along the sample's roads."""
    chance = random.Random(7)
    found = []
    for number in range(count):
        line = ROADS[chance.randrange(len(ROADS))]["geometry"]["coordinates"]
        k = chance.randrange(len(line) - 1)
        (x0, y0), (x1, y1), part = line[k], line[k + 1], chance.random()
        found.append(
            {
                "vehicle": plate(number), "carrier": CARRIERS[number % 3], "driver": f"司机{number:04d}",
                "lon": round(x0 + (x1 - x0) * part, 6), "lat": round(y0 + (y1 - y0) * part, 6),
                "speed_kmh": round(chance.uniform(15, 85), 1), "at": iso(now_ms - chance.randrange(20_000)),
                "heading_deg": round(math.degrees(math.atan2(x1 - x0, y1 - y0)) % 360, 1),
            }
        )  # fmt: skip
    return found


def alarm(number: int, kind: str, vehicle: dict[str, Any], raised_ms: int, **fields: Any) -> Alarm:
    """One alarm about one vehicle; speeding is at a segment of the sample."""
    place = PLACES[(number * 17) % len(PLACES)]["properties"] if kind == "speeding_goes_on" else None
    limit_kmh = place and place["limit_kmh"]
    given: dict[str, Any] = {
        "id": f"alarm-{number}", "version": 1, "vehicle": vehicle["vehicle"], "carrier": vehicle["carrier"],
        "driver": vehicle["driver"], "kind": kind, "segment_id": place and place["id"],
        "segment_name": place and place["name"], "priority": KINDS[kind].priority, "state": State.UNACKNOWLEDGED,
        "present": True, "count": 1 + (number % 5 == 2) * 3, "raised_at": iso(raised_ms), "last_at": iso(raised_ms),
        "facts": FACTS[kind] | ({"silent_since": iso(raised_ms - 900_000)} if kind == "terminal_silent" else {}),
        "place": Place(vehicle["lon"], vehicle["lat"], round((limit_kmh or 60) * 1.3), limit_kmh),
    }  # fmt: skip
    return Alarm(**(given | fields))


def shift(vehicles: list[dict[str, Any]], now_ms: int) -> list[Alarm]:
    """What stands in the list in the middle of a shift: each kind, and each state."""
    kinds = list(KINDS)
    minutes = [1, 2, 4, 7, 9, 13, 18, 24, 31, 37, 45, 52, 58, 64]
    which = [0, 1, 1, 2, 3, 1, 4, 3, 0, 1, 2, 4, 3, 1]
    found = []
    for number, (minute, kind) in enumerate(zip(minutes, which, strict=True)):
        at_ms = now_ms - minute * 60_000
        fields: dict[str, Any] = {}
        if number in (4, 5):
            fields = {"state": State.RETURNED, "present": False, "returned_at": iso(at_ms + 45_000)}
        elif number > 5:
            fields = {"state": State.ACKNOWLEDGED, "acknowledged_at": iso(at_ms + 50_000), "acknowledged_by": "night"}
        if number > 11:
            fields = {"state": State.SHELVED, "shelved_until": iso(now_ms + 3_600_000), "shelved_by": "night",
                      "shelved_because": "终端送修" if number == 12 else "驾驶员已联系，前方停车"}  # fmt: skip
        found.append(alarm(number, kinds[kind], vehicles[number * 31 % len(vehicles)], at_ms, **fields))
    return found


def drive(most: int) -> list[list[float]]:
    """The longest way among the sample's roads that a few starts find, of so many lines at most."""
    by_id = {feature["properties"]["id"]: feature for feature in SEGMENTS["features"]}
    best: list[list[float]] = []
    for start in ROADS[::9]:
        way, seen, at = [], set(), start
        while at is not None and len(seen) < most:
            seen.add(at["properties"]["id"])
            way += at["geometry"]["coordinates"]
            ahead = [one for one in at["properties"]["next"] if one in by_id and one not in seen]
            at = by_id[ahead[0]] if ahead else None
        best = max(best, way, key=len)
    return best


def _alert(number: int, vehicle: str, kind: str, place: dict[str, Any], at_ms: int, **fields: Any) -> dict[str, Any]:
    properties, lonlat = place["properties"], place["geometry"]["coordinates"][0]
    given = {
        "id": f"alert-{number}", "seq": 0, "vehicle": vehicle, "driver": "司机0000", "kind": kind, "state": "raised",
        "reason": None, "at": iso(at_ms), "lon": lonlat[0], "lat": lonlat[1], "speed_kmh": 66.0, "heading_deg": 90.0,
        "limit_kmh": properties["limit_kmh"], "ahead_m": 400.0, "branch_ahead_m": None, "severity": "minor",
        "segment": {key: properties[key] for key in ("id", "kind", "name")}, "retrospective": False,
        "started_at": iso(at_ms), "ended_at": None, "worst": None, "prompt": None,
    }  # fmt: skip
    return given | fields


def vehicle_page(vehicle: dict[str, Any], alarms: list[Alarm], now_ms: int) -> dict[str, Any]:
    """Two hours of one vehicle along a road of the sample, past three places; lists but fixes: the newest first."""
    name = vehicle["vehicle"]
    way = drive(60)
    fixes = []
    for k, (lon, lat) in enumerate(way):
        time_ms = now_ms - (len(way) - k) * 15_000
        fixes.append([time_ms, lon, lat, round(48 + 22 * math.sin(k / 9) + 6 * math.sin(k / 2.3), 1), (k * 7) % 360])
    prompts, passages = [], []
    texts = ["前方四百米出口匝道，驶出请减速到四十", "前方三百米村庄路段，注意行人", "匝道限速四十，请减速"]
    outcomes = ["spoken", "spoken", "failed"]
    for k in range(3):
        at_ms = fixes[(k + 1) * len(fixes) // 4][0]
        prompt = {"form": "plain", "text": texts[k], "language": "zh", "priority": 2,
                  "speak_at": iso(at_ms), "expires_at": iso(at_ms + 20_000)}  # fmt: skip
        place = dict(PLACES[k * 40])
        spot = fixes[(k + 1) * len(fixes) // 4]
        alert = _alert(k, name, "approach", place, at_ms, prompt=prompt, lon=spot[1], lat=spot[2])
        outcome = {"alert_id": alert["id"], "seq": 0, "outcome": outcomes[k], "reason": None, "due_at": iso(at_ms),
                   "began_at": iso(at_ms),
                   "ended_at": iso(at_ms + 4000), "by": "gateway", "terminal_result": 0}  # fmt: skip
        prompts.append({"alert": alert, "outcome": outcome})
        passages.append({"id": f"passage-{k}", "vehicle": name, "driver": "司机0000", "segment": alert["segment"],
                         "approached_at": iso(at_ms), "entered_at": iso(at_ms + 22_000), "left_at": iso(at_ms + 60_000),
                         "speed_at_prompt_kmh": 66.0 - k, "speed_at_entry_kmh": 43.0 + k, "lowest_kmh": 38.0,
                         "highest_kmh": 67.0, "alert_ids": [alert["id"]]})  # fmt: skip
    worst = {"at": iso(now_ms - 800_000), "over_pct": 30.0, "driven_s": None}
    episodes = [
        _alert(
            9 - k,
            name,
            "speeding",
            PLACES[3],
            at_ms,
            worst=worst | {"speed_kmh": 78.0 + k},
            ended_at=iso(at_ms + 200_000),
        )
        for k, at_ms in enumerate((now_ms - 900_000, now_ms - 1_900_000))
    ]
    found = sorted((one for one in alarms if one.vehicle == name), key=lambda one: one.raised_at, reverse=True)
    return {
        "vehicle": name, "fixes": fixes, "prompts": prompts[::-1], "passages": passages[::-1], "episodes": episodes,
        "register": {"vehicle": name, "plate": name, "plate_colour": "黄", "phone": "0100000000",
                     "carrier": vehicle["carrier"],
                     "class": "hazardous", "profile": "cn", "language": "zh", "datum": "wgs84",
                     "speaks_via": "gateway"},
        "alarms": [msgspec.to_builtins(one) for one in found],
        "repeats": [{"segment": PLACES[0]["properties"]["id"], "name": PLACES[0]["properties"]["name"], "count": 3}],
    }  # fmt: skip


def near(feature: dict[str, Any], lon: float, lat: float) -> bool:
    """Whether a line begins within about 400 m."""
    there = feature["geometry"]["coordinates"][0]
    return math.hypot(there[0] - lon, there[1] - lat) < 0.004


def segment_page(segment_id: str) -> dict[str, Any] | None:
    """One segment's figures; of most passages the entry was slower than the prompt."""
    feature = next((f for f in PLACES if f["properties"]["id"] == segment_id), None)
    if feature is None:
        return None
    chance = random.Random(segment_id)
    limit = feature["properties"]["limit_kmh"] or 40
    speeds = []
    for _ in range(140):
        before = chance.gauss(limit * 1.35, limit * 0.14)
        speeds.append(
            {
                "at_prompt": round(before, 1),
                "at_entry": round(before - abs(chance.gauss(limit * 0.36, limit * 0.15)), 1),
            }
        )
    lines = [f for f in ROADS if any(one["segment"] == segment_id for one in f["properties"].get("leads_to", []))]
    at_lon, at_lat = feature["geometry"]["coordinates"][0]
    decoys = [f for f in SEGMENTS["features"] if f["properties"]["role"] == "decoy" and near(f, at_lon, at_lat)]
    slowing = {
        "compared": len(speeds), "within": sum(one["at_entry"] <= limit for one in speeds),
        "at_prompt_median": median(one["at_prompt"] for one in speeds),
        "at_entry_median": median(one["at_entry"] for one in speeds),
    }  # fmt: skip
    return {"feature": feature, "lines": lines + decoys, "passages": 212, "warned": 140, "speeds": speeds,
            "slowing": slowing, "prompts": 151, "false_alarms": 2, "false_because": {"wrong_limit": 2}}  # fmt: skip
