"""``--explain VEHICLE@TIME``: folds one vehicle's history up to a fix and says what was decided there and why."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
import numpy as np
from rich.console import Console
from rich.table import Table

from alerts.explain import Explanation, explain
from alerts.record import Alert, iso
from forewarn.cleaning import clean
from forewarn.replay import Plan, Replay
from ingest.errors import BadOption, NothingUsable
from ingest.names import PerName


class Explained(msgspec.Struct, frozen=True):
    """An explanation, and what the fix then raised."""

    asked_ms: int
    """The moment asked for; the fix explained is the first at or after it, else the vehicle's last."""
    explanation: Explanation
    raised: list[Alert]


def parse_place(text: str) -> tuple[str, int]:
    """Return vehicle and UTC epoch milliseconds of ``VEHICLE@TIME``. Raises BadOption where it is not of that form."""
    vehicle, found, when = text.rpartition("@")
    try:
        at = datetime.fromisoformat(when)
    except ValueError as error:
        raise BadOption(
            f"--explain takes VEHICLE@TIME with a time such as 2026-03-01T08:15:30Z, not '{text}'"
        ) from error
    if not found or not vehicle:
        raise BadOption(f"--explain takes VEHICLE@TIME, not '{text}'")
    return vehicle, round((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)


def explain_at(plan: Plan, place: str) -> Explained:
    """Explain the first fix of the vehicle at or after the time, its last one where none is.

    Raises BadOption for a place of the wrong form and NothingUsable where the vehicle has no fix.
    """
    vehicle, at_ms = parse_place(place)
    replay = Replay(plan)
    last: Explained | None = None
    names: Sequence[str] = ()
    is_meant = PerName(lambda names: [name == vehicle for name in names], np.False_)
    for batch in replay.batches():
        names = batch.vehicles
        own = batch.take(is_meant(names)[batch.vehicle])
        if not len(own):
            continue
        before = int(np.searchsorted(np.maximum.accumulate(own.time_ms), at_ms))
        # the last fix before the moment is kept for the case that none follows
        for begin, end in ((0, max(before - 1, 0)), (max(before - 1, 0), before), (before, before + 1)):
            portion = own.take(slice(begin, end))
            if end - begin == 1 and len(portion) == 1:
                view = explain(replay.engine, portion)
                last = Explained(at_ms, view, replay.engine.step(portion).alerts)
            elif len(portion):
                replay.engine.step(portion)
        if before < len(own):
            break
    if last is None:
        near = ", ".join(sorted(clean(n) for n in names[:5]))
        raise NothingUsable(f"no fix of vehicle '{vehicle}' in these files; there are {len(names)}, such as {near}")
    return last


def print_explanation(explained: Explained, out: Console, *, as_json: bool) -> None:
    """Print the explanation for a person, or as one JSON object."""
    if as_json:
        sys.stdout.write(msgspec.json.encode(explained).decode() + "\n")
        return
    e = explained.explanation
    speed = "unknown speed" if e.speed_kmh is None else f"{e.speed_kmh:.0f} km/h"
    course = "no course" if e.heading_deg is None else f"course {e.heading_deg:.0f}"
    derived = " (from displacement)" if e.derived and e.heading_deg is not None else ""
    out.print(
        f"{clean(e.vehicle)} {iso(e.time_ms)}  {speed}, {course}{derived}, next fix expected within {e.expect_s:.0f} s"
    )
    if abs(e.time_ms - explained.asked_ms) > 1000:
        out.print(f"  no fix at {iso(explained.asked_ms)}; this is the nearest that follows, or the vehicle's last")
    if e.note:
        out.print(f"  {e.note}")
    if e.signs:
        out.print(f"  {e.signs}")
    if e.near:
        table = Table("line", "role", "across m", "angle", "weight", title="roads near", title_justify="left", box=None)
        for n in e.near:
            angle = "" if n.heading_diff_deg is None else f"{n.heading_diff_deg:.0f}"
            table.add_row(clean(n.line), n.role, f"{n.across_m:.0f}", angle, f"{n.share:.2f}")
        out.print(table)
    if e.ahead:
        table = Table("m", "segment", "why", title="segments ahead", title_justify="left", box=None)
        for a in e.ahead:
            table.add_row(f"{a.ahead_m:.0f}", clean(f"{a.name} ({a.segment})"), a.why)
        out.print(table)
    for alert in explained.raised:
        text = f": {alert.prompt.text}" if alert.prompt else ""
        out.print(f"  raised: {alert.kind} {alert.state} {alert.reason or ''}{text}")
    if not explained.raised:
        out.print("  nothing was raised")
