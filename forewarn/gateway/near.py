"""Vehicles near segments: positions faster (0x8202), and the nearest segments as circles (0x8600, 0x8601).

Both are off unless they are configured. Whole batches are looked at as they pass; what is done for one vehicle alone is
rare: faster positions once in ``TRACKED_S``, circles when a vehicle has moved on by a third of what its last ones
cover, when it is new or when the segments are. What a terminal refuses is not tried again while its connection lasts.

What a terminal was given is known as long as its connection lasts. One that comes back to a gateway without circles
keeps those of before, unless ``circles_clear`` has all terminals forget theirs. Segments with hours are no circles: a
terminal would warn at all hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import structlog
from numpy.typing import NDArray

from alerts.tables import blank, grown
from forewarn.gateway.circles import CIRCLES, Circles, Kind
from forewarn.gateway.places import NOWHERE, Places, geocentric_m
from forewarn.gateway.settings import Gateway
from forewarn.worker.rules import Rules
from geofence.datum import TO_WGS84
from ingest.files.options import DATUMS
from ingest.jt808.errors import FrameError
from ingest.positions import PositionBatch

if TYPE_CHECKING:
    from forewarn.gateway.session import Session

log: Final = structlog.get_logger()
TRACKING, REMOVAL = 0x8202, 0x8601
ASKED: Final = {TRACKING: "tracking", CIRCLES: "circles", REMOVAL: "circles"}
"""What a message asks for; the word under which it and its refusals are counted."""
TRACKED_S: Final = 120
"""Faster positions are asked for once in so long."""
FAR: Final = 1.2
"""A vehicle is far again at so many times the distance that is near, lest one on the edge is asked again and again."""
SHARE: Final = 1 / 3
"""Part of what its circles cover after which a vehicle is given others: up to there none that is nearer is missing."""
LEAST_COVER_M: Final = 600.0
"""Circles count as covering so much at least: else a parked vehicle would be given others for the receiver's noise."""
LEAST_MS: Final = 30_000
"""Least time from one set of circles to the next: in a town the nearest places change every few hundred metres."""
SETS_AT_ONCE: Final = 100
"""Sets of circles given at one look: after a start all vehicles want theirs, and positions must not wait for that."""

_VEHICLE: Final = np.dtype(
    [
        ("here", "?"),  # its terminal is connected, and the rules know what it is
        ("speaks", "?"),  # its terminal is what speaks to its driver
        ("kind", "i2"),
        ("datum", "i1"),  # of its positions where they are not WGS-84, as in DATUMS
        ("no_tracking", "?"),  # refused on this connection
        ("no_circles", "?"),
        ("again_ms", "i8"),  # when faster positions may be asked for again
        ("ends_ms", "i8"),  # when those that were asked for end
        ("set_ms", "i8"),  # when it was given circles last
        ("at_m", "f8", (3,)),  # where it was then
        ("covers_m", "f8"),  # how far the last of them was; 0: it wants others
        ("holds", "?"),  # the terminal has circles
    ]
)


class Near:
    """What is known of each vehicle, by the code of its name. Does nothing before it is given places."""

    def __init__(self, settings: Gateway | None = None, rules: Rules | None = None) -> None:
        """Without ``rules`` it stays off, whatever the settings say."""
        self._settings = settings or Gateway()
        self._rules = rules
        self._places: Places | None = None
        self._circles: Circles | None = None
        self._sessions: dict[int, Session] = {}
        self._codes: dict[Session, int] = {}
        self._table = blank(_VEHICLE, 0)
        self._kinds: list[Kind] = []
        self._least_kmh = np.zeros(0)
        self._bit = np.zeros(0, np.uint64)

    def over(self, places: Places) -> None:
        """Go over to other places; all circles are given anew."""
        if self._rules is None:
            return
        self._places, self._circles = places, Circles(places, self._rules.profiles)
        self._bit = np.array([places.bit(kind.vehicle_class) for kind in self._kinds], np.uint64)
        self._table["covers_m"] = 0.0

    def joined(self, session: Session) -> None:
        """Note a terminal that has proved who it is, or whose vehicle's entry in the register is another now."""
        if self._rules is None:
            return
        code = session.vehicle
        if self._codes.get(session) != code:
            self.left(session)
            self._codes[session], self._sessions[code] = code, session
            self._table = grown(self._table, code + 1)
            self._table[code] = blank(_VEHICLE, 1)[0]
            if self._settings.circles_clear:
                self._ask(session, REMOVAL, {"ids": []})
        self._describe(session, self._table[code : code + 1])

    def left(self, session: Session) -> None:
        """Note that a terminal has gone."""
        code = self._codes.pop(session, None)
        if code is not None and self._sessions.get(code) is session:
            del self._sessions[code]
            self._table["here"][code] = False

    def answered(self, session: Session, number: int, result: int) -> None:
        """Note a terminal's answer; what it refuses is counted, and not tried again on this connection."""
        if result and number in ASKED and session in self._codes:
            session.hub.counts["refused", ASKED[number]] += 1
            self._table[f"no_{ASKED[number]}"][self._codes[session]] = True
            log.debug("refused", what=ASKED[number], result=result, phone=session.phone)

    def note(self, batch: PositionBatch) -> None:
        """Look at positions that came in, and do what is due for their vehicles; the newest of each counts."""
        if self._places is None or not len(batch):
            return
        self._table = grown(self._table, len(batch.vehicles))
        usable = batch.valid & ~batch.history & (np.abs(batch.lat) <= 90.0) & (np.abs(batch.lon) <= 180.0)
        rows = np.flatnonzero(usable & self._table["here"][batch.vehicle])[::-1]
        codes, first = np.unique(batch.vehicle[rows], return_index=True)
        rows = rows[first]
        if not rows.size:
            return
        at_m = self._at_m(batch.lon[rows], batch.lat[rows], self._table["datum"][codes])
        now_ms = int(batch.received_ms[rows].max())
        if self._settings.tracking_s:
            self._track(self._places, codes, at_m, batch.speed_kmh[rows], now_ms)
        if self._settings.circles:
            self._surround(self._places, codes, at_m, now_ms)

    def _track(
        self,
        places: Places,
        codes: NDArray[np.int32],
        at_m: NDArray[np.float64],
        speed_kmh: NDArray[np.float64],
        now_ms: int,
    ) -> None:
        table, near_m = self._table, self._settings.tracking_near_m
        kind = table["kind"][codes]
        running = table["ends_ms"][codes] > now_ms
        asks = (speed_kmh > self._least_kmh[kind]) & (table["again_ms"][codes] <= now_ms)
        look = np.flatnonzero((asks | running) & ~table["no_tracking"][codes])
        distance_m = places.distance_m(at_m[look], self._bit[kind[look]], FAR * near_m)
        # a little longer than until it is asked again, lest the terminal falls back in between
        interval_s = self._settings.tracking_s
        lasts_s = TRACKED_S + 2 * interval_s
        for code in codes[look[(distance_m <= near_m) & asks[look]]].tolist():
            self._ask(self._sessions[code], TRACKING, {"interval_s": interval_s, "validity_s": lasts_s})
            table["again_ms"][code], table["ends_ms"][code] = now_ms + TRACKED_S * 1000, now_ms + lasts_s * 1000
        for code in codes[look[np.isinf(distance_m) & running[look]]].tolist():
            self._ask(self._sessions[code], TRACKING, {"interval_s": 0, "validity_s": None})
            table["again_ms"][code] = table["ends_ms"][code] = now_ms

    def _surround(self, places: Places, codes: NDArray[np.int32], at_m: NDArray[np.float64], now_ms: int) -> None:
        table = self._table
        moved_m = np.linalg.norm(at_m - table["at_m"][codes], axis=1)
        wants = (moved_m >= SHARE * table["covers_m"][codes]) & (table["set_ms"][codes] + LEAST_MS <= now_ms)
        due = np.flatnonzero(wants & table["speaks"][codes] & ~table["no_circles"][codes])
        due = due[np.argsort(table["set_ms"][codes[due]], kind="stable")][:SETS_AT_ONCE]
        if not due.size:
            return
        found, far_m = places.nearest(at_m[due], self._bit[table["kind"][codes[due]]], self._settings.circles)
        for code, rows in zip(codes[due].tolist(), found.tolist(), strict=True):
            self._give(self._sessions[code], code, [row for row in rows if row != NOWHERE])
        who = codes[due]
        table["set_ms"][who], table["at_m"][who], table["covers_m"][who] = (
            now_ms,
            at_m[due],
            np.maximum(far_m, LEAST_COVER_M),
        )

    def _give(self, session: Session, code: int, rows: list[int]) -> None:
        row = self._table[code : code + 1]
        if rows and self._circles is not None:
            datum = DATUMS[int(row["datum"][0])]
            if datum == DATUMS[0] and session.hub.uplink.shifted(code):
                datum = "gcj02"
            kind = self._kinds[int(row["kind"][0])]
            for body in self._circles.bodies(rows, kind, datum, session.version):
                self._ask(session, CIRCLES, body)
        elif row["holds"][0]:
            self._ask(session, REMOVAL, {"ids": []})
        row["holds"] = bool(rows)

    def _ask(self, session: Session, number: int, body: Mapping[str, Any] | bytes) -> None:
        counts, what = session.hub.counts, ASKED[number]
        try:
            if isinstance(body, bytes):
                session.send_written(number, body)
            else:
                session.send(number, body)
        except FrameError as error:
            counts["refused", what] += 1
            self._table[f"no_{what}"][session.vehicle] = True
            log.error("not_asked", what=what, why=str(error), phone=session.phone)
        else:
            counts["asked", what] += 1

    def _at_m(self, lon: NDArray[np.float64], lat: NDArray[np.float64], datum: NDArray[np.int8]) -> NDArray[np.float64]:
        for one in np.unique(datum[datum > 0]).tolist():
            x, y = TO_WGS84[DATUMS[one]](lon, lat)
            lon, lat = np.where(datum == one, x, lon), np.where(datum == one, y, lat)
        return geocentric_m(lon, lat)

    def _describe(self, session: Session, row: NDArray[Any]) -> None:
        """Fill in what the register says of a vehicle."""
        terminals = session.hub.terminals
        one = terminals.vehicle(session.phone)
        if one is None or self._rules is None:
            return
        try:
            facts = self._rules.facts(one)
        except ValueError as error:
            row["here"] = False
            log.warning("vehicle_refused", vehicle=one.vehicle, why=str(error)[:200], then="nothing is asked of it")
            return
        told = (self._kind(Kind(facts.profile, facts.vehicle_class)), DATUMS.index(facts.datum))
        if told != (row["kind"][0], row["datum"][0]):
            row["kind"], row["datum"] = told
            row["covers_m"] = 0.0
        row["here"] = True
        row["speaks"] = terminals.phone_for(one.vehicle) == session.phone
        if row["holds"][0] and not row["speaks"][0]:
            self._ask(session, REMOVAL, {"ids": []})
            row["holds"], row["covers_m"] = False, 0.0

    def _kind(self, kind: Kind) -> int:
        if kind not in self._kinds:
            assert self._rules is not None  # noqa: S101  # nobody joins without them
            approach = self._rules.profiles[kind.profile].settings("approach", kind.vehicle_class)
            self._kinds.append(kind)
            self._least_kmh = np.append(self._least_kmh, approach.least_speed_kmh)
            bit = self._places.bit(kind.vehicle_class) if self._places is not None else 0
            self._bit = np.append(self._bit, np.uint64(bit))
        return self._kinds.index(kind)
