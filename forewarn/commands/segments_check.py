"""``forewarn segments check``: is a segment file right, and what does it hold."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import click
import numpy as np

from geofence.faults import Fault, SegmentFileError
from geofence.lines import ROLES, SIGHT
from geofence.segments import SegmentSet, check, load

NOT_USABLE = frozenset({"not_readable", "not_json", "not_a_feature_collection"})
"""Faults with which nothing of the file could be looked at."""


@click.command(name="check")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object: faults, warnings, what the file holds.")
@click.pass_context
def command(ctx: click.Context, file: Path, as_json: bool) -> None:
    """Name every fault of a segment FILE, and say what it holds.

    Each fault stands on one line: number of the feature, its id, the key at fault, what is wrong, what to do. Ends with
    0 for a clean file, 1 for one with faults, 2 for one that cannot be read as a segment file at all.
    """
    found = check(file)
    faults = [fault for fault in found if not fault.warning]
    holds: dict[str, Any] | None = None
    if not faults:
        try:
            holds = summary(load(file))
        except SegmentFileError as error:
            # the file was changed between the two looks at it
            faults = error.faults
            found = faults
    if as_json:
        click.echo(json.dumps({"file": str(file), "faults": [_record(fault) for fault in found], "holds": holds}))
    else:
        for fault in found:
            click.echo(f"{'warning: ' if fault.warning else ''}{fault}")
        if holds is not None:
            click.echo(_told(holds))
        click.echo(f"{file}: {_counted(len(faults), 'fault')}, {_counted(len(found) - len(faults), 'warning')}")
    if any(fault.feature == 0 and fault.reason in NOT_USABLE for fault in faults):
        ctx.exit(2)
    ctx.exit(1 if faults else 0)


def summary(segments: SegmentSet) -> dict[str, Any]:
    """Return what a segment file holds, as numbers: segments by kind, lines by role, pieces and kilometres of road.

    Kilometres count each stretch in each direction that it is stored in; lines of role sight have neither.
    """
    lines = segments.lines
    road = lines.role != SIGHT
    return {
        "segments": dict(Counter(segment.kind for segment in segments.segments).most_common()),
        "lines": {ROLES[role]: int(n) for role, n in zip(*np.unique(lines.role, return_counts=True), strict=True)},
        "pieces": int((np.diff(lines.vertex_start)[road] - 1).sum()),
        "km": round(float(lines.length_m[road].sum()) / 1000.0, 1),
        "version": segments.version,
        "attribution": segments.attribution,
        "country": segments.country,
        "proposed": segments.proposed,
    }


def _record(fault: Fault) -> dict[str, Any]:
    keys = ("reason", "feature", "id", "key", "detail", "remedy", "warning")
    return {key: getattr(fault, key) for key in keys}


def _told(holds: dict[str, Any]) -> str:
    kinds = ", ".join(f"{n} {kind}" for kind, n in holds["segments"].items()) or "none"
    roles = ", ".join(f"{n} {role}" for role, n in holds["lines"].items()) or "none"
    notice = f"\nsource: {holds['attribution']}" if holds["attribution"] else ""
    proposed = f", {holds['proposed']} of them proposed, not in force" if holds["proposed"] else ""
    return (
        f"segments: {sum(holds['segments'].values())} ({kinds}){proposed}\n"
        f"lines: {sum(holds['lines'].values())} ({roles}), {holds['pieces']} pieces, {holds['km']} km{notice}"
    )


def _counted(n: int, word: str) -> str:
    return f"{n} {word}" if n == 1 else f"{n} {word}s"
