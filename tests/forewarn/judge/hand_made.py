"""Drives, places and sentences made by hand, whose verdict is evident: one straight road to the east, in metres."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path as FilePath
from typing import Any

import numpy as np

from alerts.record import Alert, Prompt, SegmentRef, iso
from forewarn.judge.doubt import doubtful
from forewarn.judge.evidence import Evidence, Standards, bring_together
from forewarn.judge.fixes import Fixes
from forewarn.judge.leads import Terms
from forewarn.judge.surroundings import Unknown
from forewarn.judge.truth import Path, TruePassage, Truth
from forewarn.judge.whereabouts import Whereabouts
from geofence.segments import SegmentSet, load
from ingest.positions import UNKNOWN_MS, PositionBatch
from tests.alerts.scene import degrees, segment

START_S = 1_780_000_000.0
KMH = 72.0
MS = KMH / 3.6
"""20 m a second: a kilometre takes 50 s."""
LENGTH_M = 5000.0
ENTRY_M = 3000.0
"""Where the place lies on the road."""
ENTRY_S = START_S + ENTRY_M / MS
TERMS = Terms(latency_s=3.0, reaction_s=2.5, decel_ms2=1.0)


def path(
    vehicle: str = "T1",
    *,
    begin_s: float = START_S,
    length_m: float = LENGTH_M,
    ms: float = MS,
    ends_cut: bool = False,
    corners: tuple[tuple[float, float], ...] | None = None,
    stand: tuple[float, float] | None = None,
) -> Path:
    """A drive along the road, or along ``corners``; ``stand`` is (metre, seconds) of a stop on the way."""
    points = corners or ((0.0, 0.0), (length_m, 0.0))
    marks = np.concatenate(([0.0], np.cumsum([math.dist(a, b) for a, b in pairwise(points)])))
    at_m = np.arange(0.0, marks[-1] + 1.0, 20.0)
    at_s = begin_s + at_m / ms
    if stand is not None:
        metre, seconds = stand
        k = int(np.searchsorted(at_m, metre))
        at_m = np.insert(at_m, k, at_m[k])
        at_s = np.insert(at_s, k, at_s[k])
        at_s[k + 1 :] += seconds
    x, y = (np.interp(at_m, marks, [p[axis] for p in points]) for axis in (0, 1))
    lonlat = np.array([degrees(float(a), float(b)) for a, b in zip(x, y, strict=True)])
    return Path(vehicle, 0, lonlat[:, 0], lonlat[:, 1], at_m, at_s, np.ones(at_m.size - 1, np.int64), False, ends_cut)


def passage(
    segment_id: str | None = "exit",
    kind: str = "ramp",
    *,
    row: int = 0,
    vehicle: str = "T1",
    limit_kmh: float = 40.0,
    at_m: float = ENTRY_M,
    entered_s: float = ENTRY_S,
    unjudged: str | None = None,
    subtype: str | None = None,
) -> TruePassage:
    """A place passed."""
    lon, lat = degrees(at_m, 0.0)
    return TruePassage(
        row, vehicle, kind, subtype, "ways 1", segment_id, limit_kmh, entered_s, at_m, at_m + 300.0, lon, lat, unjudged
    )


@dataclass
class Roads:
    """A reach whose answers are given: ``entry_m`` where each segment's entry lies, and which are entered."""

    where: Whereabouts
    entry_m: dict[str, float] = field(default_factory=lambda: {"next": ENTRY_M + 400.0})
    """Where the entry of a segment lies if not at ``ENTRY_M``."""
    not_entered: set[str] = field(default_factory=set)
    out_of_reach_from_s: dict[str, float] = field(default_factory=dict)
    """From this moment on the entry cannot be reached any more."""
    could_m: dict[str, float] = field(default_factory=dict)
    """How far the entry lies by the shortest way, where that is not the one driven."""

    def could_reach(self, path: int, at_s: float, segment_id: str) -> float:
        """The metres still to go; infinite behind the entry, or where it is out of reach."""
        at_m = self.where.at_m(path, at_s)
        if math.isnan(at_m):
            return math.nan
        if at_s >= self.out_of_reach_from_s.get(segment_id, math.inf) or at_m > self.entry_m.get(segment_id, ENTRY_M):
            return math.inf
        if segment_id in self.could_m:
            return self.could_m[segment_id]
        return self.entry_m.get(segment_id, ENTRY_M) - at_m

    def metres_to(self, path: int, at_s: float, segment_id: str) -> float:
        """The same, where the vehicle goes there."""
        at_m = self.where.at_m(path, at_s)
        if segment_id in self.not_entered or not at_m <= self.entry_m.get(segment_id, ENTRY_M):
            return math.nan
        return self.entry_m.get(segment_id, ENTRY_M) - at_m


def fixes(every_s: float = 10.0, *, paths: list[Path] | None = None, delay_s: float | None = None) -> PositionBatch:
    """Fixes on the paths."""
    columns: dict[str, list[Any]] = {"vehicle": [], "time_ms": [], "lon": [], "lat": []}
    driven = paths or [path()]
    names = tuple(dict.fromkeys(one.vehicle for one in driven))
    for one in driven:
        times = np.arange(one.at_s[0], one.at_s[-1] + 0.001, every_s)
        columns["vehicle"] += [names.index(one.vehicle)] * times.size
        columns["time_ms"] += np.round(times * 1000).astype(np.int64).tolist()
        columns["lon"] += np.interp(times, one.at_s, one.lon).tolist()
        columns["lat"] += np.interp(times, one.at_s, one.lat).tolist()
    n = len(columns["time_ms"])
    time_ms = np.array(columns["time_ms"], np.int64)
    nan, flag = np.full(n, np.nan), np.zeros(n, np.bool_)
    return PositionBatch(
        vehicles=names,
        drivers=(),
        vehicle=np.array(columns["vehicle"], np.int32),
        driver=np.full(n, -1, np.int32),
        time_ms=time_ms,
        received_ms=np.full(n, UNKNOWN_MS) if delay_s is None else time_ms + round(delay_s * 1000),
        lon=np.array(columns["lon"]),
        lat=np.array(columns["lat"]),
        speed_kmh=nan,
        recorder_kmh=nan,
        heading_deg=nan,
        accuracy_m=nan,
        valid=~flag,
        history=flag,
        signs=np.zeros(n, np.uint8),
        line=np.arange(1, n + 1),
    )


def segments(folder: FilePath, **changes: Any) -> SegmentSet:
    """An exit, the next exit 400 m on, a crossing and a village along the road."""
    features = [
        segment([(ENTRY_M, 0), (ENTRY_M + 300, -60)], "exit", "ramp", 40, subtype="exit", **changes),
        segment([(ENTRY_M + 400, 0), (ENTRY_M + 700, -60)], "next", "ramp", 40, subtype="exit"),
        segment([(ENTRY_M, 0), (ENTRY_M + 30, 0)], "crossing", "unsignalled_crossing", 60, place="crossroads"),
        segment([(ENTRY_M, 30), (ENTRY_M, 0)], "crossing-n", "unsignalled_crossing", 60, place="crossroads"),
        segment([(ENTRY_M, 0), (ENTRY_M + 600, 0)], "village", "village_road", None),
    ]
    file = folder / "roads.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "forewarn_version": 1, "features": features}))
    return load(file)


KINDS = {"exit": "ramp", "next": "ramp", "village": "village_road", "crossing": "unsignalled_crossing"}


def alert(
    before_s: float = 30.0,
    segment_id: str = "exit",
    *,
    form: str | None = "conditional",
    text: str = "前方出口匝道，驶出请减速到四十",
    priority: int = 4,
    fix_before_s: float | None = None,
    expires_before_s: float = 5.0,
    kind: str = "approach",
    state: str = "raised",
    reason: str | None = None,
    identity: str = "a1",
    seq: int = 0,
    vehicle: str = "T1",
) -> Alert:
    """A record raised by the fix ``fix_before_s`` before the entry, to be spoken ``before_s`` before it."""
    at_ms = round((ENTRY_S - (before_s if fix_before_s is None else fix_before_s)) * 1000)
    prompt = None
    if form is not None:
        moments = [iso(round((ENTRY_S - s) * 1000)) for s in (before_s, expires_before_s)]
        prompt = Prompt(form, text, "zh", priority, *moments)
    return Alert(
        id=identity,
        seq=seq,
        vehicle=vehicle,
        driver=None,
        kind=kind,
        state=state,
        reason=reason,
        at=iso(at_ms),
        lon=0.0,
        lat=0.0,
        speed_kmh=KMH,
        heading_deg=90.0,
        limit_kmh=40.0,
        segment=SegmentRef(segment_id, KINDS[segment_id], segment_id) if kind == "approach" else None,
        ahead_m=None,
        branch_ahead_m=None,
        severity="info",
        retrospective=False,
        started_at=iso(at_ms),
        ended_at=None,
        worst=None,
        prompt=prompt,
    )


def evidence(
    folder: FilePath,
    alerts: list[Alert],
    *,
    paths: list[Path] | None = None,
    passages: list[TruePassage] | None = None,
    sent: PositionBatch | None = None,
    roads: Callable[[Roads], None] | None = None,
    matched_to: PositionBatch | None = None,
    noise_m: float = 5.0,
    **changes: Any,
) -> Evidence:
    """The evidence of one vehicle that drove along the road, past the exit unless told otherwise."""
    driven = paths or [path()]
    where = Whereabouts(driven)
    reach = Roads(where)
    if roads is not None:
        roads(reach)
    truth = Truth(driven, [passage()] if passages is None else passages, Counter(), reach)
    return bring_together(
        truth,
        where,
        Fixes(fixes(1.0, paths=driven) if sent is None else sent),
        alerts,
        segments(folder, **changes),
        lambda _: Standards(TERMS, "zh"),
        noise_m=noise_m,
        surroundings=Unknown(),
        doubts=doubtful(where, Fixes(fixes(5.0, paths=driven) if matched_to is None else matched_to)),
    )
