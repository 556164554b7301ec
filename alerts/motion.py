"""Motion: what each fix says together with the fixes of the same vehicle before it.

Fills the FIX table: live or late, the gap and the straight way since the fix before, the better speed and
heading, and how soon the next fix can be expected.
"""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from alerts.fold import NO_TIME
from alerts.kernel import kernel

GAPS: Final = 8
"""How many gaps between fixes a vehicle's rhythm is learned from (DESIGN, When to speak)."""

STATE: Final = np.dtype(
    [
        ("last_ms", "i8"),
        ("lon", "f8"),
        ("lat", "f8"),
        ("known_kmh", "f8"),  # the newest speed that was known
        ("known_for_ms", "u4"),  # its age at the newest fix, at most OLDEST_MS
        ("known", "?"),  # there is one
        ("gap_high", "u1"),  # a bit for each gap of 65,536 ms or more
        ("gap_ms", "u2", (GAPS,)),  # and what is left of it
        ("gaps", "u1"),  # how many there were, from 16 on 8 less
        ("still_s", "f4"),  # how long it has been standing
    ]
)
"""Per vehicle: the newest live fix and the last GAPS gaps between live fixes."""

OLDEST_MS: Final = 0xFFFF_FFFF
"""A speed is not counted to be older than this (49 days), after which a vehicle may have any."""

EARTH_M: Final = 6_371_008.8
"""Mean radius of the earth, m (IUGG); enough for displacements, which are compared with noise of metres."""
LONGEST_GAP_S: Final = 120.0
"""A longer gap is an outage: it says nothing of the rhythm, and no speed or heading follows from it."""
UNKNOWN_RHYTHM_S: Final = 30.0
"""The gap to expect until three are known: the default of JT/T 808 terminals (facts: data in practice)."""
STILL_KMH: Final = 5.0
"""Slower than this from fix to fix, a vehicle stands: walking pace."""
LONGEST_HALT_S: Final = 120.0
"""A stand up to this belongs to driving (a light, a jam)."""
LEAST_MOVE_M: Final = 15.0
"""Displacement from which a heading follows: twice a usual receiver's noise."""
FASTEST_KMH: Final = 200.0
"""A displacement faster than this is a jump, not a speed."""
HARDEST_MS2: Final = 6.0
"""A displacement that asks for a harder change of speed is a jump: 0 to 100 km/h in 4.6 s, an emergency braking."""
DISAGREE_KMH: Final = 15.0
"""Two reported speeds that differ by more, and by a third, are judged by the displacement."""
NOISE_M: Final = 8.0
"""Standard deviation of a position of unknown accuracy: receivers in vehicles keep within 15 m (JT/T 794)."""


class Columns(NamedTuple):
    """The columns of a batch that motion reads, all of one length."""

    row: NDArray[np.int32]
    time_ms: NDArray[np.int64]
    received_ms: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    speed_kmh: NDArray[np.float64]
    recorder_kmh: NDArray[np.float64]
    heading_deg: NDArray[np.float64]
    accuracy_m: NDArray[np.float64]
    history: NDArray[np.bool_]


@kernel
def east_north_m(lon: float, lat: float, to_lon: float, to_lat: float) -> tuple[float, float]:
    """Return the way from one place to another in metres east and north; right within 0.5 % up to some 10 km."""
    d_lon = (to_lon - lon + 540.0) % 360.0 - 180.0
    middle = math.radians(0.5 * (lat + to_lat))
    return math.radians(d_lon) * math.cos(middle) * EARTH_M, math.radians(to_lat - lat) * EARTH_M


@kernel
def better_speed(gnss: float, recorder: float, moved: float) -> float:
    """Return the speed to believe, km/h: GNSS, else the recorder, else the displacement.

    Where GNSS and recorder disagree clearly, the one nearer to the displacement counts.
    """
    if math.isnan(gnss):
        return recorder if not math.isnan(recorder) else moved
    if math.isnan(recorder) or math.isnan(moved):
        return gnss
    apart = abs(gnss - recorder)
    if apart > DISAGREE_KMH and apart > max(gnss, recorder) / 3.0 and abs(recorder - moved) < abs(gnss - moved):
        return recorder
    return gnss


@kernel
def jumps(s: Any, now_ms: int, kmh: float) -> bool:
    """Tell whether no vehicle could have come from the last known speed to this one by now."""
    if not s.known:
        return False
    since_ms = now_ms - s.last_ms + np.int64(s.known_for_ms)
    return abs(kmh - s.known_kmh) / 3.6 > HARDEST_MS2 * since_ms / 1000.0


@kernel
def rested(s: Any, gap_s: float, moved_m: float) -> float:
    """Return the seconds of a stand longer than a halt, or of a gap, that end with this fix; else 0."""
    if gap_s > LONGEST_GAP_S:
        long_s = s.still_s + gap_s
        s.still_s = 0.0
        return float(long_s)
    if moved_m * 3.6 < STILL_KMH * gap_s:
        s.still_s += gap_s
        return 0.0
    stood_s = s.still_s
    s.still_s = 0.0
    return float(stood_s) if stood_s > LONGEST_HALT_S else 0.0


@kernel
def expected_gap(s: Any) -> float:
    """Return the gap in seconds to expect until the next fix: the longest of those remembered."""
    if s.gaps < 3:
        return UNKNOWN_RHYTHM_S
    longest_ms = np.int64(1000)
    for k in range(min(s.gaps, GAPS)):
        longest_ms = max(longest_ms, (np.int64(s.gap_high >> k & 1) << 16) + s.gap_ms[k])
    return float(np.float32(longest_ms / 1000.0))


@kernel
def note_gap(s: Any, gap_ms: int) -> None:
    """Remember one more gap between fixes, of at most LONGEST_GAP_S."""
    k = np.int64(s.gaps) % GAPS
    s.gap_ms[k] = gap_ms & 0xFFFF
    s.gap_high = (np.int64(s.gap_high) & ~(1 << k)) | (gap_ms >> 16) << k
    s.gaps = s.gaps + 1 if s.gaps + 1 < 2 * GAPS else GAPS


@kernel
def note_speed(s: Any, kmh: float, first: bool, gap_ms: int) -> None:
    """Remember the speed of a live fix, ``gap_ms`` after the one before; what was known grows old where it is NaN."""
    if not math.isnan(kmh):
        s.known = True
        s.known_kmh = kmh
        s.known_for_ms = 0
    elif s.known and not first:
        s.known_for_ms = min(np.int64(s.known_for_ms) + gap_ms, OLDEST_MS)


@kernel
def derive(c: Columns, state: Any, stale_s: Any, fix: Any) -> None:
    """Fill ``fix`` (FIX rows with ``profile`` already set) for a batch and step each vehicle's motion state.

    ``stale_s`` is a column, a row a profile: the age in seconds beyond which a fix raises without speaking.
    """
    for i in range(c.row.size):
        f = fix[i]
        s = state[c.row[i]]
        f.row = c.row[i]
        f.time_ms = c.time_ms[i]
        f.received_ms = c.received_ms[i]
        f.lon = c.lon[i]
        f.lat = c.lat[i]
        f.segment = -1
        f.limit_kmh = np.nan
        accuracy = c.accuracy_m[i]
        f.noise_m = NOISE_M if math.isnan(accuracy) else min(max(accuracy, 4.0), 25.0)
        first = s.last_ms == NO_TIME
        f.live = first or f.time_ms > s.last_ms
        stale = f.received_ms != NO_TIME and f.received_ms - f.time_ms > stale_s[f.profile] * 1000.0
        f.mute = c.history[i] or stale or not f.live
        f.gap_s = np.nan
        f.moved_m = np.nan
        f.rested_s = 0.0
        moved_kmh = np.nan
        moved_deg = np.nan
        if f.live and not first:
            f.gap_s = (f.time_ms - s.last_ms) / 1000.0
            east, north = east_north_m(s.lon, s.lat, f.lon, f.lat)
            f.moved_m = math.hypot(east, north)
            f.rested_s = rested(s, f.gap_s, f.moved_m)
            if f.gap_s <= LONGEST_GAP_S:
                moved_kmh = f.moved_m / f.gap_s * 3.6
                if moved_kmh > FASTEST_KMH or jumps(s, f.time_ms, moved_kmh):
                    moved_kmh = np.nan
                elif f.moved_m >= LEAST_MOVE_M:
                    moved_deg = math.degrees(math.atan2(east, north)) % 360.0
        f.speed_kmh = better_speed(c.speed_kmh[i], c.recorder_kmh[i], moved_kmh)
        f.heading_deg = c.heading_deg[i]
        f.derived = math.isnan(f.heading_deg)
        f.chord_deg = moved_deg
        if f.derived:
            f.heading_deg = moved_deg
        if f.live:
            gap_ms = f.time_ms - s.last_ms
            if not first and f.gap_s <= LONGEST_GAP_S and not c.history[i]:
                note_gap(s, gap_ms)
            note_speed(s, f.speed_kmh, first, gap_ms)
            s.last_ms = f.time_ms
            s.lon = f.lon
            s.lat = f.lat
        f.expect_s = expected_gap(s)
