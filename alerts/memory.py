"""Who has a row of ``alerts.matching.STATE``: a vehicle that is near a line, or has tracks."""

from __future__ import annotations

from typing import Any, Final

from alerts.fold import NO_TIME
from alerts.kernel import kernel
from ingest.pools import at, let_go, own

MET: Final = -1
"""In the place of its row: the vehicle has been near a line, and nothing more is remembered."""


@kernel
def recall(f: Any, match: Any) -> None:
    """Give the vehicle of a live fix its row, and name it in the fix."""
    met = match.of[f.row] == MET
    f.memory = own(match, f.row)
    if met:
        match.rows[f.memory].at_ms = f.time_ms


@kernel
def forget(row: int, match: Any) -> None:
    """Take the row of a vehicle that is near nothing and has no tracks, if it has one."""
    m = match.rows[at(match, row)]
    # ``open_logw`` is 0 without candidates, but for those that went with a swap of the segments
    if match.of[row] > 0 and m.n == 0 and m.tracks == 0 and m.open_logw == 0.0:
        met = m.at_ms != NO_TIME
        let_go(match, row)
        if met:
            match.of[row] = MET
