"""What a replay report shows, made small enough for one page: tracks, prompts, episodes, places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from forewarn.pages import layers
from geofence.lines import DECOY, SEGMENT, SIGHT
from geofence.segments import SegmentSet

MOST_FIXES: Final = 200_000
"""Fixes that a page draws; of more, every vehicle's are thinned evenly."""
MOST_RECORDS: Final = 10_000
"""Alert records, and passages, that a page lists; further ones are counted."""
MOST_LINES: Final = 30_000
"""Lines of the segment file that a page draws; further ones are counted."""
GAP_MS: Final = 120_000
"""A gap in the fixes from which track and curve are cut, ms: the longest that still counts as live."""
NEAR_DEG: Final = 0.02
"""Segments within about this distance of the drives are drawn, degrees."""

TRACK: Final = layers.Layer("track", "Drives 行驶轨迹", "#1864ab", width=1.5, arrows=True)


@dataclass(frozen=True, slots=True)
class Drive:
    """Fixes of one or many vehicles in any order, as columns of equal length."""

    vehicles: tuple[str, ...]
    """Names that ``vehicle`` points into."""
    vehicle: NDArray[np.int32]
    time_ms: NDArray[np.int64]
    """UTC epoch milliseconds."""
    lon: NDArray[np.float64]
    """WGS-84, degrees."""
    lat: NDArray[np.float64]
    speed_kmh: NDArray[np.float64]
    """NaN where not known."""

    def __len__(self) -> int:
        return int(self.time_ms.size)

    def take(self, rows: NDArray[np.intp]) -> Drive:
        """Return the drive of some rows, in that order."""
        columns = ("vehicle", "time_ms", "lon", "lat", "speed_kmh")
        return replace(self, **{name: getattr(self, name)[rows] for name in columns})


NO_DRIVE: Final = Drive((), np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0), np.empty(0), np.empty(0))
"""No fix at all."""


def in_order(drive: Drive) -> Drive:
    """Return the fixes by vehicle and time, those without a finite position left out."""
    sound = np.flatnonzero(np.isfinite(drive.lon) & np.isfinite(drive.lat))
    return drive.take(sound[np.lexsort((drive.time_ms[sound], drive.vehicle[sound]))])


def thinned(drive: Drive, most: int = MOST_FIXES) -> tuple[Drive, int]:
    """Return a drive in order with every k-th fix of each vehicle, its first and last included, and k."""
    step = -(-len(drive) // most) if len(drive) else 1
    if step == 1:
        return drive, 1
    first = np.ones(len(drive), np.bool_)
    first[1:] = np.diff(drive.vehicle) != 0
    begin = np.flatnonzero(first)
    number = np.arange(len(drive)) - np.repeat(begin, np.diff(np.append(begin, len(drive))))
    last = np.append(first[1:], True)
    return drive.take(np.flatnonzero((number % step == 0) | last)), step


def tracks(drive: Drive, drawing: layers.Drawing, layer: int) -> list[dict[str, Any]]:
    """Add the lines of each vehicle of a drive in order, cut where its fixes have a gap.

    Returns, by vehicle, its name, its first line and how many follow each other, its times and speeds.
    """
    if not len(drive):
        return []
    begin = np.flatnonzero(np.diff(drive.vehicle, prepend=-1))
    found = []
    for a, b in zip(begin, np.append(begin[1:], len(drive)), strict=True):
        lonlat = np.column_stack((drive.lon[a:b], drive.lat[a:b]))
        cuts = np.flatnonzero(np.diff(drive.time_ms[a:b]) > GAP_MS) + 1
        lines = [drawing.add(layer, part) for part in np.split(lonlat, cuts)]
        speed = drive.speed_kmh[a:b]
        tenths = np.rint(np.where(np.isfinite(speed), speed, -1) * 10).astype(np.int64)
        found.append(
            {
                "name": drive.vehicles[drive.vehicle[a]],
                "line": lines[0],
                "lines": len(lines),
                "from": int(drive.time_ms[a]),
                "step": np.diff(drive.time_ms[a:b], prepend=drive.time_ms[a]).tolist(),
                "speed": tenths.tolist(),
            }
        )
    return found


def places(
    segments: SegmentSet, drive: Drive, drawing: layers.Drawing, layer_of: dict[str, int]
) -> tuple[list[dict[str, Any] | None], int]:
    """Add the lines near a drive; return what the page tells of each, and how many were left out."""
    touched = _cells(drive.lon, drive.lat)
    near = {(x + dx, y + dy) for x, y in touched for dx in (-1, 0, 1) for dy in (-1, 0, 1)}
    lines, left_out = segments.lines, 0
    facts: list[dict[str, Any] | None] = []
    for i in range(len(lines)):
        a, b = lines.vertex_start[i], lines.vertex_start[i + 1]
        if lines.role[i] in (SIGHT, DECOY) or b - a < 2 or lines.ids[i].endswith("~"):
            continue
        if near.isdisjoint(_cells(lines.lon[a:b], lines.lat[a:b])):
            continue
        if len(facts) >= MOST_LINES:
            left_out += 1
            continue
        on = int(lines.on_segment[lines.on_start[i]]) if lines.role[i] == SEGMENT else -1
        kind = f"kind:{segments.segments[on].kind}" if on >= 0 else "approach"
        drawing.add(layer_of[kind], np.column_stack((lines.lon[a:b], lines.lat[a:b])))
        facts.append(_place(segments, on) if on >= 0 else None)
    return facts, left_out


def _cells(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> set[tuple[int, int]]:
    cell = np.unique(np.floor(np.column_stack((lon, lat)) / NEAR_DEG).astype(np.int64), axis=0)
    return {(int(x), int(y)) for x, y in cell}


def _place(segments: SegmentSet, row: int) -> dict[str, Any]:
    one = segments.segments[row]
    return {"name": one.name, "id": one.id, "limit": one.limit_kmh, "source": one.limit_source}


def prompts(alerts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the prompts of alert records in the order in which they were due, with what became of each."""
    withdrawn = {one["id"]: one["reason"] or "" for one in alerts if one["state"] == "withdrawn"}
    found = [
        {
            "vehicle": one["vehicle"],
            "kind": one["kind"],
            "form": one["prompt"]["form"],
            "text": one["prompt"]["text"],
            "at": ms(one["at"]),
            "due": ms(one["prompt"]["speak_at"]),
            "lon": one["lon"],
            "lat": one["lat"],
            "speed": one["speed_kmh"],
            "limit": one["limit_kmh"],
            "ahead": one["ahead_m"],
            "segment": one["segment"]["name"] if one["segment"] else None,
            "withdrawn": withdrawn.get(one["id"]),
        }
        for one in alerts
        if one["prompt"]
    ]
    return sorted(found, key=lambda one: (one["due"], one["vehicle"], one["at"]))


def episodes(alerts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the episodes (every kind but ``approach``) as their last record has them."""
    last: dict[str, dict[str, Any]] = {}
    for one in alerts:
        if one["kind"] != "approach" and (one["id"] not in last or one["seq"] >= last[one["id"]]["seq"]):
            last[one["id"]] = one
    found = []
    for one in last.values():
        worst = one["worst"] or {}
        found.append(
            {
                "vehicle": one["vehicle"],
                "kind": one["kind"],
                "severity": one["severity"],
                "from": ms(one["started_at"]),
                "to": ms(one["ended_at"]) if one["ended_at"] else None,
                "limit": one["limit_kmh"],
                "segment": one["segment"]["name"] if one["segment"] else None,
                "worst": worst.get("speed_kmh"),
                "over": worst.get("over_pct"),
                "driven": worst.get("driven_s"),
            }
        )
    return sorted(found, key=lambda one: (one["from"], one["vehicle"], one["kind"]))


def visits(passages: Sequence[dict[str, Any]], segments: SegmentSet | None) -> list[dict[str, Any]]:
    """Return the passages that entered their segment, with its limit where the segment file tells it."""
    limit = {one.id: one.limit_kmh for one in segments.segments} if segments else {}
    found = [
        {
            "vehicle": one["vehicle"],
            "name": one["segment"]["name"],
            "kind": one["segment"]["kind"],
            "from": ms(one["entered_at"]),
            "to": ms(one["left_at"]) if one["left_at"] else None,
            "limit": limit.get(one["segment"]["id"]),
            "entry": one["speed_at_entry_kmh"],
        }
        for one in passages
        if one["entered_at"]
    ]
    return sorted(found, key=lambda one: (one["from"], one["vehicle"], one["name"]))


def ms(stamp: str) -> int:
    """Return ISO 8601 as UTC epoch milliseconds."""
    return round(datetime.fromisoformat(stamp).timestamp() * 1000)
