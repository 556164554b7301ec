"""The segments as the gateway needs them: where each is entered, and which of these places are nearest to vehicles.

A place is measured from in straight lines between points of the ellipsoid (geocentric coordinates): up to 50 km that is
less than 0.2 m shorter than the way over ground, it needs no zone and no projection, and a tree over it can be asked
for many vehicles at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import numpy as np
import structlog
import xxhash
from numpy.typing import NDArray
from scipy.spatial import KDTree

from forewarn.worker.catalogue import Catalogue
from forewarn.worker.tail import Tail
from geofence.plane import WGS84_A_M, WGS84_E2
from geofence.relations import REVERSED
from geofence.segments import ALL_CLASSES, SegmentSet

log: Final = structlog.get_logger()
NOWHERE: Final = -1
"""Stands for a place where there are fewer than were asked for."""
MOST_NUMBER: Final = 0xFFFF_FFFF


def geocentric_m(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return points of the WGS-84 ellipsoid as n rows of x, y and z, metres from the middle of the earth."""
    east, north = np.radians(lon), np.radians(lat)
    sine, cosine = np.sin(north), np.cos(north)
    across = WGS84_A_M / np.sqrt(1.0 - WGS84_E2 * sine * sine)
    columns = across * cosine * np.cos(east), across * cosine * np.sin(east), across * (1.0 - WGS84_E2) * sine
    return np.stack(columns, axis=1)


def numbers_of(names: Sequence[str]) -> NDArray[np.uint32]:
    """Return for each name a number from 1 to 2^32 - 1, no two alike: its hash, so that it stays over versions.

    Where two hashes meet (in one of about 90 files of 10,000 names) the later name of the alphabet has the next number.
    """
    taken: set[int] = set()
    numbers = np.zeros(len(names), np.uint32)
    for at in sorted(range(len(names)), key=names.__getitem__):
        number = xxhash.xxh32_intdigest(names[at].encode()) or 1
        while number in taken:
            number = number % MOST_NUMBER + 1
        taken.add(number)
        numbers[at] = number
    return numbers


class Places:
    """The entries of all segments, a row each; one that is two-way is entered at both ends."""

    def __init__(self, segments: SegmentSet) -> None:
        """Nothing of the segments is kept but what is needed here."""
        owner, self.lon, self.lat = _entries(segments)
        """WGS-84 degrees."""
        self.version = segments.version
        self.names = [segments.segments[row].name for row in owner.tolist()]
        self.limit_kmh = segments.limit_kmh[owner]
        """NaN where there is none."""
        radius_m = np.fromiter((one.radius_m or 0.0 for one in segments.segments), np.float64, len(segments))
        self.radius_m = radius_m[owner]
        """How far around its middle a segment that is a Point reaches, metres; 0 for others."""
        ids = [segments.segments[row].id + (REVERSED if k >= len(segments) else "") for k, row in enumerate(owner)]
        self.number = numbers_of(ids)
        """What a terminal knows it by."""
        self._at = geocentric_m(self.lon, self.lat)
        self._classes = segments.vehicle_classes
        self._mask = segments.class_mask[owner]
        self._timed = segments.hours_from_min[owner] >= 0
        self._trees: dict[tuple[int, bool], tuple[NDArray[np.int64], KDTree]] = {}
        self._tree(0, lasting=False)  # here, since on the thread that asks terminals wait

    def __len__(self) -> int:
        return self.lon.size

    def bit(self, vehicle_class: str) -> int:
        """Return what stands for a vehicle class in questions; 0 for one that no segment names."""
        return 1 << self._classes.index(vehicle_class) if vehicle_class in self._classes else 0

    def distance_m(self, at: NDArray[np.float64], bits: NDArray[np.uint64], most_m: float) -> NDArray[np.float64]:
        """Return the metres from geocentric points to the nearest place that concerns a class; inf over ``most_m``."""
        found = np.full(len(at), np.inf)
        for bit in np.unique(bits).tolist():
            rows = np.flatnonzero(bits == bit)
            found[rows], _ = self._tree(bit, lasting=False)[1].query(at[rows], distance_upper_bound=most_m)
        return found

    def nearest(
        self, at: NDArray[np.float64], bits: NDArray[np.uint64], count: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return of each geocentric point the nearest places in order, and how far the last one is, metres.

        Only places that concern a class, and at all hours. Where there are less than ``count``, the rest is NOWHERE and
        the distance inf.
        """
        found = np.full((len(at), count), NOWHERE)
        far_m = np.full(len(at), np.inf)
        for bit in np.unique(bits).tolist():
            rows = np.flatnonzero(bits == bit)
            places, tree = self._tree(bit, lasting=True)
            distance_m, which = tree.query(at[rows], k=np.arange(1, count + 1))
            found[rows] = np.append(places, NOWHERE)[which]
            far_m[rows] = distance_m[:, -1]
        return found, far_m

    def _tree(self, bit: int, *, lasting: bool) -> tuple[NDArray[np.int64], KDTree]:
        key = (bit, lasting and bool(self._timed.any()))
        if key not in self._trees:
            concerns = (self._mask == np.uint64(ALL_CLASSES)) | ((self._mask & np.uint64(bit)) != 0)
            rows = np.flatnonzero(concerns & ~self._timed if key[1] else concerns)
            self._trees[key] = rows, KDTree(self._at[rows])
        return self._trees[key]


class PlacesTopic(Catalogue[Places]):
    """Hands on the places of the version that is in force on the topic of segments."""

    def __init__(self, tail: Tail) -> None:
        """``tail`` stands at the beginning."""
        super().__init__(tail, Places)
        self.take: Callable[[Places], Any] = _for_nobody
        """Is given the places of each new version."""

    def _take(self, records: Iterable[Any]) -> None:
        before, refused = self.current, len(self.refused)
        super()._take(records)
        for version, why in list(self.refused.items())[refused:]:
            log.error("segments_refused", version=version, why=why, in_force=self.current)
        if self.current is not None and self.current != before:
            log.info("segments_in_force", version=self.current)
            self.take(self.template(self.current))


def _for_nobody(_: Places) -> None:
    """Take in places that nobody has asked for yet."""


def _entries(segments: SegmentSet) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Return segment row, longitude and latitude of each entry: first those of all segments, then the far ends."""
    lines, count = segments.lines, len(segments)
    lon = np.fromiter((one.entry_lon for one in segments.segments), np.float64, count)
    lat = np.fromiter((one.entry_lat for one in segments.segments), np.float64, count)
    two_way = np.fromiter((one.two_way for one in segments.segments), np.bool_, count)
    turned = np.fromiter((name.endswith(REVERSED) for name in lines.ids), np.bool_, len(lines))
    line = np.repeat(np.arange(len(lines)), np.diff(lines.on_start))
    back = np.flatnonzero(two_way[lines.on_segment] & turned[line])
    back = back[np.lexsort((lines.on_from_m[back], lines.on_segment[back]))]
    owner, first = np.unique(lines.on_segment[back], return_index=True)
    vertex = lines.vertex_start[line[back[first]]]
    return np.r_[np.arange(count), owner], np.r_[lon, lines.lon[vertex]], np.r_[lat, lines.lat[vertex]]
