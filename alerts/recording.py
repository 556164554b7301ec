"""From events to records: names, ids and words for the few fixes that brought something about."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from alerts.columns import alert_columns, iso_column, record_ms, rounded_column
from alerts.fold import NO_FORM, NO_TIME, PASSAGE, REASONS, SEVERITIES, STATES
from alerts.identity import Digests, Identities, digest, digests, identities, record_id
from alerts.record import Alert, Passage, SegmentRef, Worst, iso, iso_or_none, order, rounded
from alerts.tracks import IN
from alerts.wording import Wording
from geofence.segments import SegmentSet

_NOBODY: Final = np.frombuffer(digest(None), digests([]).dtype)[0]


def _table(names: Sequence[Any]) -> NDArray[Any]:
    """Return the names as a column to take from: one take writes them for many events."""
    table = np.empty(len(names), object)
    table[:] = names
    return table


_STATES: Final = _table(STATES)
_REASONS: Final = _table([name or None for name in REASONS])
_SEVERITIES: Final = _table(SEVERITIES)


def _who(events: NDArray[Any], fix: NDArray[Any]) -> NDArray[np.int32]:
    """Return the rows of vehicle and clock of each event."""
    return np.stack([fix[name][events["fix"]] for name in ("row", "clock")])


def _placed(
    time_ms: NDArray[np.int64], row: NDArray[np.int32], names: Sequence[str], identity: Identities, seq: NDArray[Any]
) -> NDArray[np.intp]:
    """Return the rows in the order of the contract: by time, name of the vehicle, id, and ``seq``."""
    rows, which = np.unique(row, return_inverse=True)
    of_row = np.empty(rows.size, np.intp)
    vehicles = [names[k] for k in rows.tolist()]
    of_row[sorted(range(rows.size), key=vehicles.__getitem__)] = np.arange(rows.size)
    return np.lexsort((seq, identity.rank, of_row[which], time_ms))


class Recorder:
    """Writes records from events, over one segment set."""

    def __init__(self, segments: SegmentSet, rules: Sequence[str], wording: Wording) -> None:
        """``rules`` names the rules by an event's code."""
        self._segments = segments.segments
        # the last row stands for none, which an event's segment -1 takes
        self._refs = _table([*(SegmentRef(s.id, s.kind, s.name) for s in segments.segments), None])
        self._segment_digest = digests([*(s.id for s in segments.segments), None])
        self._rules = _table(rules)
        self._approach = rules.index("approach")
        self._kind_digest = digests(rules)
        self._late_digest = digests([f"{name}retrospective" for name in rules])
        self._passage_digest = digests(["passage"])
        self._vehicle_digests = Digests()
        self._clock_digests = Digests()
        self.wording = wording

    def fresh(self, wording: Wording) -> Recorder:
        """Return a recorder of other vehicles over the same segments."""
        other = copy(self)
        other._vehicle_digests, other._clock_digests = Digests(), Digests()
        other.wording = wording
        return other

    def write(
        self, events: NDArray[Any], fix: NDArray[Any], names: Sequence[str], drivers: Sequence[str | None]
    ) -> tuple[list[Alert], list[Passage]]:
        """Return the records of the events, each list in the order of the contract."""
        over = events["what"] == PASSAGE
        alerts, passages = events.take(np.flatnonzero(~over)), events.take(np.flatnonzero(over))
        return (
            self._alerts(alerts, fix, names, drivers) if alerts.size else [],
            self._passages(passages, fix, names, drivers) if passages.size else [],
        )

    def write_open(self, state: Any, names: Sequence[str], drivers: Sequence[str | None]) -> list[Passage]:
        """Return the passages that were entered and not yet left, in the order of the contract."""
        passages = []
        memory = state.match.of[: len(names)]
        for row in np.flatnonzero(memory > 0).tolist():
            name = names[row]
            k = int(state.match.rows["tracks"][memory[row]])
            while k != 0:
                t = state.pool.rows[k]
                k = int(t["next"])
                if t["phase"] == IN:
                    passages.append(self._open_passage(t, name, drivers[t["clock"]]))
        return sorted(passages, key=order)

    def repeaters(
        self, table: NDArray[Any], vehicle_of: NDArray[np.int32], names: Sequence[str], drivers: Sequence[str | None]
    ) -> list[dict[str, Any]]:
        """Return the counts of ignored warnings and broken limits, the most recent first.

        ``vehicle_of`` has the vehicle's row of each (vehicle, driver).
        """
        used = table[table["key"] != 0]
        rows = []
        for r in used[np.argsort(-used["last_ms"], kind="stable")]:
            key = int(r["key"]) - 1
            rows.append(
                {
                    "vehicle": names[vehicle_of[key >> 32]],
                    "driver": drivers[key >> 32],
                    "segment": self._segments[key & 0xFFFFFFFF].id,
                    "name": self._segments[key & 0xFFFFFFFF].name,
                    "ignored": int(r["ignored"]),
                    "broken": int(r["broken"]),
                    "last_at": iso_or_none(int(r["last_ms"])),
                }
            )
        return rows

    def _identities(
        self,
        e: NDArray[Any],
        who: NDArray[Any],
        kind: NDArray[Any],
        names: Sequence[str],
        drivers: Sequence[str | None],
    ) -> Identities:
        """Return the id of each event's record; ``who`` has vehicle and clock as rows, ``kind`` digests."""
        # a passage belongs to the vehicle: its alert keeps its id when the driver changes under way
        place = (e["rule"] == self._approach) | (e["what"] == PASSAGE)
        driver = np.where(place, _NOBODY, self._clock_digests.of(who[1], drivers))
        segment = np.where(place, self._segment_digest[e["segment"]], _NOBODY)
        return identities(kind, self._vehicle_digests.of(who[0], names), driver, segment, e["started_ms"])

    def _alerts(
        self, e: NDArray[Any], fix: NDArray[Any], names: Sequence[str], drivers: Sequence[str | None]
    ) -> list[Alert]:
        who = _who(e, fix)
        rule = e["rule"]
        late = (e["retrospective"] != 0) & (rule != self._approach)
        kind = np.where(late, self._late_digest[rule], self._kind_digest[rule])
        identity = self._identities(e, who, kind, names, drivers)
        placed = _placed(record_ms(e, fix), who[0], names, identity, e["seq"])
        e, ids = e.take(placed), [identity.ids[k] for k in placed.tolist()]
        columns = alert_columns(e, fix)
        row, clock, rule, what, reason, severity, segment, seq, retrospective = columns.codes
        prompt, worst = np.full(e.size, None, object), np.full(e.size, None, object)
        spoken = np.flatnonzero(e["form"] != NO_FORM)
        if spoken.size:
            said = e.take(spoken)
            prompt[spoken] = list(self.wording.prompts(said, fix.take(said["fix"])))
        known = np.flatnonzero((e["worst_ms"] != NO_TIME) | ~np.isnan(e["driven_s"]))
        if known.size:
            worst[known] = self._worst(e.take(known))
        lon, lat = rounded_column(columns.numbers[:2], 6)
        speed_kmh, heading_deg, limit_kmh, ahead_m, branch_m = rounded_column(columns.numbers[2:])
        at, started, ended = iso_column(columns.times)
        return list(
            map(
                Alert,
                ids,
                seq.tolist(),
                [names[k] for k in row.tolist()],
                [drivers[k] for k in clock.tolist()],
                self._rules[rule].tolist(),
                _STATES[what].tolist(),
                _REASONS[reason].tolist(),
                at,
                lon,
                lat,
                speed_kmh,
                heading_deg,
                limit_kmh,
                self._refs[segment].tolist(),
                ahead_m,
                branch_m,
                _SEVERITIES[severity].tolist(),
                (retrospective != 0).tolist(),
                started,
                ended,
                worst.tolist(),
                prompt.tolist(),
            )
        )

    def _worst(self, e: NDArray[Any]) -> list[Worst]:
        return list(
            map(
                Worst,
                iso_column(e["worst_ms"]),
                rounded_column(e["worst_kmh"]),
                rounded_column(e["worst_pct"]),
                rounded_column(e["driven_s"]),
            )
        )

    def _passages(
        self, e: NDArray[Any], fix: NDArray[Any], names: Sequence[str], drivers: Sequence[str | None]
    ) -> list[Passage]:
        who = _who(e, fix)
        identity = self._identities(e, who, self._passage_digest.repeat(e.size), names, drivers)
        placed = _placed(e["since_ms"], who[0], names, identity, e["seq"])
        e, who, ids = e.take(placed), who[:, placed], [identity.ids[k] for k in placed.tolist()]
        warned = np.flatnonzero(e["warned"])
        approach = self._kind_digest[np.full(warned.size, self._approach)]
        told: list[tuple[str, ...]] = [()] * e.size
        for k, alert in zip(
            warned.tolist(), self._identities(e.take(warned), who[:, warned], approach, names, drivers).ids, strict=True
        ):
            told[k] = (alert,)
        approached, entered, left = iso_column(np.stack([e[name] for name in ("since_ms", "entered_ms", "left_ms")]))
        kmh = rounded_column(np.stack([e[f"{name}_kmh"] for name in ("prompt", "entry", "lowest", "highest")]))
        return list(
            map(
                Passage,
                ids,
                [names[k] for k in who[0].tolist()],
                [drivers[k] for k in who[1].tolist()],
                self._refs[e["segment"]].tolist(),
                approached,
                entered,
                left,
                *kmh,
                told,
            )
        )

    def _open_passage(self, t: Any, vehicle: str, driver: str | None) -> Passage:
        s = self._segments[t["segment"]]
        started = int(t["approached_ms"])
        return Passage(
            id=record_id("passage", vehicle, None, s.id, started),
            vehicle=vehicle,
            driver=driver,
            segment=SegmentRef(s.id, s.kind, s.name),
            approached_at=iso(min(started, int(t["entered_ms"]))),
            entered_at=iso_or_none(int(t["entered_ms"])),
            left_at=None,
            speed_at_prompt_kmh=rounded(t["prompt_kmh"]),
            speed_at_entry_kmh=rounded(t["entry_kmh"]),
            lowest_kmh=rounded(t["lowest_kmh"]),
            highest_kmh=rounded(t["highest_kmh"]),
            alert_ids=(record_id("approach", vehicle, None, s.id, started),) if t["raised"] else (),
        )
