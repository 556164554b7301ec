"""Why a fix did or did not raise something: what was near, and the first condition that failed, with its figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from alerts import signs
from alerts.choice import (
    BEHIND_A_TURN,
    DUE,
    MARGIN_S,
    NO_COURSE,
    NOT_CONCERNED,
    NOT_YET,
    PASSED,
    SAID,
    SETTLING,
    SLOW_ENOUGH,
    UNSURE,
    choose,
    hour_share,
    judge,
    paced,
)
from alerts.due import list_due
from alerts.holding import copied
from alerts.lead import lead_m
from alerts.matching import weigh
from alerts.memory import recall
from alerts.prompts.facts import FORMS
from alerts.world import with_hits
from geofence.lines import ROLES
from ingest.pools import at
from ingest.positions import SIGNS, PositionBatch

if TYPE_CHECKING:
    from alerts.engine import Engine

LOOK_M: Final = 2000.0
"""How far ahead an explanation lists segments, m: as far as approaches reach."""


@dataclass(frozen=True, slots=True)
class Near:
    """A line near the fix."""

    line: str
    role: str
    across_m: float
    heading_diff_deg: float | None
    share: float
    """Share of weight that it got, 0 to 1; 0 where distance or heading ruled it out."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """A segment ahead, and what was decided about it."""

    segment: str
    name: str
    ahead_m: float
    share: float
    why: str
    """In words, with the figures that decided."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One fix explained."""

    vehicle: str
    time_ms: int
    speed_kmh: float | None
    heading_deg: float | None
    derived: bool
    """The heading is that of the displacement."""
    expect_s: float
    near: list[Near]
    ahead: list[Ahead]
    note: str
    """What ruled the whole fix out; empty where nothing did."""
    signs: str
    """In words: what the cab's camera saw of the driver at this fix, and what counts already; empty where nothing."""


def _in_words(c: Any, d: Any, f: Any, world: Any, state: Any, s: Any, p: Any) -> str:
    limit = world.segment[d["segment"]]["limit_kmh"]
    if c.why == NOT_CONCERNED:
        return "does not hold for this class of vehicle, or not at this hour"
    if c.why == BEHIND_A_TURN:
        return f"behind a turn: told once the driver has turned off (turns left: {d['turns']})"
    if c.why == UNSURE:
        return (
            f"unsure of the road: the ways that lead there have {d['share']:.2f} of the weight, "
            f"{s['near_share']:.2f} needed"
        )
    if c.why == NO_COURSE:
        return "no course yet: no heading reported, and no way along the lines seen between the last two fixes"
    if c.why == PASSED:
        return "entered already, or over and still cooling down"
    if c.why == SLOW_ENOUGH:
        return f"slow enough: {f['speed_kmh']:.0f} km/h at a limit of {limit:.0f} km/h"
    if c.why == SAID:
        return "every form that may be said here has been said"
    if c.why == SETTLING:
        return "the driver gets time to act on the last sentence first"
    begin = f"the {FORMS[c.form]} sentence must begin {c.lead_m:.0f} m before, in {c.wait_s:.0f} s"
    if c.why == NOT_YET:
        if FORMS[c.form] == "sharper":
            return f"not yet: {begin}, if the driver is still too fast then"
        return f"not yet: {begin}; the next fix is expected within {f['expect_s'] + MARGIN_S:.0f} s"
    if f["mute"]:
        return "due, but stale: the fix is history, late, or was too long under way"
    if c.expires_ms < c.speak_ms:
        return f"due, but too late: {begin}, and could not end before the place"
    if not paced(c, d, f["row"], state.pace, p):
        most = hour_share(c, d) * p["per_hour"]
        return (
            f"due, but rate limited: one prompt in {p['min_gap_s']:.0f} s, {most:.0f} an hour for {FORMS[c.form]} ones"
        )
    return f"due: {begin}"


def _signs(f: Any, state: Any, s: Any) -> str:
    """Say what became of the signs of a fix, given the settings ``s`` of fatigue."""
    if not f["signs"]:
        return ""
    seen = "the cab's camera saw signs of " + " and ".join(name for name, bit in SIGNS.items() if f["signs"] & bit)
    if not f["live"]:
        return f"{seen}: late, so they do not count"
    if s["signs_window_s"] <= 0.0:
        return f"{seen}: this profile does not count them"
    pool = state.clocks.signs
    before = signs.count(pool.rows[at(pool, f["clock"])], f["time_ms"], s["signs_window_s"])
    minutes = s["signs_window_s"] / 60.0
    return f"{seen}; those of the last {minutes:.0f} min before count {before}, {s['signs_needed']:.0f} needed"


def explain(engine: Engine, batch: PositionBatch) -> Explanation:
    """Explain the only fix of ``batch``, which the engine has not stepped yet and is not stepped by this.

    Raises ValueError where the batch has not exactly one fix.
    """
    if len(batch) != 1:
        raise ValueError("explain takes one fix at a time")
    real = engine.state
    engine.state = copied(real)
    try:
        return _explain(engine, batch)
    finally:
        engine.state = real


def _explain(engine: Engine, batch: PositionBatch) -> Explanation:
    fix = engine.fixes(batch)
    f = fix[0]
    hits = engine.index.match(batch.lon, batch.lat, fix["heading_deg"])
    world = with_hits(engine.world, hits)
    state, settings = engine.state, engine.settings
    s, p = settings.approach[f["profile"]], settings.pace[f["profile"]]
    lines = engine.index.segments.lines
    if f["live"]:
        recall(f, state.match)
    n = weigh(0, fix, world, state, s["least_speed_kmh"], s["heading_gate_deg"]) if f["live"] else 0
    weight = {int(c["line"]): float(c["share"]) for c in world.found[:n]}
    near = [
        Near(
            lines.ids[line],
            ROLES[lines.role[line]],
            float(hits.across_m[h]),
            None if np.isnan(hits.heading_diff_deg[h]) else float(hits.heading_diff_deg[h]),
            weight.get(int(line), 0.0),
        )
        for h, line in enumerate(hits.line)
    ]
    ahead: list[Ahead] = []
    note = ""
    if not f["live"]:
        note = "late: an earlier fix than one already judged; it may raise for the record, never speak"
    elif not f["speed_kmh"] > s["least_speed_kmh"]:
        note = f"standing, or no speed known: nothing is said at or below {s['least_speed_kmh']:.0f} km/h"
    else:
        reach = max(LOOK_M, lead_m(f["speed_kmh"] / 3.6, 0.0, s["latency_network_s"], 12.0, s))
        m = list_due(0, world, n, reach)
        first = choose(f, world, m, state, s).row
        for j in range(m):
            d = world.due[j]
            c = judge(j, f, world, state, s)
            segment = engine.index.segments.segments[d["segment"]]
            why = _in_words(c, d, f, world, state, s, p)
            if c.why == DUE and j != first:
                why = f"due, but another place is more pressing at this fix ({why.removeprefix('due: ')})"
            ahead.append(Ahead(segment.id, segment.name, float(d["ahead_m"]), float(d["share"]), why))
        ahead.sort(key=lambda a: (a.ahead_m, a.segment))
        if not near:
            note = "no line of the segment file within reach"
        elif not ahead:
            note = "no segment ahead on the lines near this fix"
    return Explanation(
        vehicle=batch.vehicles[batch.vehicle[0]],
        time_ms=int(f["time_ms"]),
        speed_kmh=None if np.isnan(f["speed_kmh"]) else float(f["speed_kmh"]),
        heading_deg=None if np.isnan(f["heading_deg"]) else float(f["heading_deg"]),
        derived=bool(f["derived"]),
        expect_s=float(f["expect_s"]),
        near=near,
        ahead=ahead,
        note=note,
        signs=_signs(f, state, settings.fatigue[f["profile"]]),
    )
