"""What the index answers: candidates, as columns. They decide nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Hits:
    """Lines near each of n points, at most one hit per (point, line), ordered by point then line.

    For a SIGHT line (a segment without approaches, seen straight ahead) ``along_m`` is minus the metres still
    to go to the entry along the heading, and ``across_m`` the entry's offset from the heading ray.
    """

    start: NDArray[np.int64]
    """n + 1 offsets: the hits of point i are ``start[i]:start[i + 1]``."""
    line: NDArray[np.int32]
    """Row of the line in ``Lines``."""
    across_m: NDArray[np.float32]
    """Signed distance from the line, metres: positive where the point lies left of the driving direction."""
    along_m: NDArray[np.float32]
    """Metres from the start of the line to the foot of the point, 0 to the line's length."""
    heading_diff_deg: NDArray[np.float32]
    """Heading of the point minus direction of the line there, -180 to 180; NaN where no heading is known."""

    def __len__(self) -> int:
        return int(self.line.size)
