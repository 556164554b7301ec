"""From events to records: names, ids and words for the few fixes that brought something about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from alerts.columns import alert_columns, iso_column, rounded_column
from alerts.fold import NO_FORM, NO_TIME, PASSAGE, REASONS, SEVERITIES, STATES
from alerts.identity import Digests, digest, digests, identities, record_id
from alerts.record import Alert, Passage, SegmentRef, Worst, alert_order, iso, iso_or_none, passage_order, rounded
from alerts.tracks import IN
from alerts.wording import Wording
from geofence.segments import SegmentSet

if TYPE_CHECKING:
    from alerts.engine import Records

_NOBODY: Final = np.frombuffer(digest(None), digests([]).dtype)[0]


def _table(names: Sequence[Any]) -> NDArray[Any]:
    """Return the names as a column to take from: one take writes them for many events."""
    table = np.empty(len(names), object)
    table[:] = names
    return table


_STATES: Final = _table(STATES)
_REASONS: Final = _table([name or None for name in REASONS])
_SEVERITIES: Final = _table(SEVERITIES)


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
        self._wording = wording
        self.passages_written = 0

    def write(
        self, events: NDArray[Any], fix: NDArray[Any], names: list[str], drivers: list[str | None], records: Records
    ) -> None:
        """Append the records of the events to ``records``."""
        if not events.size:
            return
        over = events["what"] == PASSAGE
        for kept, write in ((over, self._passages), (~over, self._alerts)):
            what = events.take(np.flatnonzero(kept))
            if what.size:
                write(what, fix, names, drivers, records)

    def sort(self, records: Records) -> None:
        """Put both lists into the order of the contract."""
        records.alerts.sort(key=alert_order)
        records.passages.sort(key=passage_order)

    def write_open(self, state: Any, names: list[str], drivers: list[str | None], records: Records) -> None:
        """Append the passages that were entered and not yet left."""
        for row in np.flatnonzero(state.match["tracks"][: len(names)]).tolist():
            name = names[row]
            k = int(state.match[row]["tracks"])
            while k != 0:
                t = state.pool.rows[k]
                k = int(t["next"])
                if t["phase"] == IN:
                    records.passages.append(self._open_passage(t, name, drivers[t["clock"]]))

    def repeaters(
        self, table: NDArray[Any], clocks: dict[tuple[int, str | None], int], names: list[str]
    ) -> list[dict[str, Any]]:
        """Return the counts of ignored warnings and broken limits, the most recent first."""
        who = {clock: pair for pair, clock in clocks.items()}
        used = table[table["key"] != 0]
        rows = []
        for r in used[np.argsort(-used["last_ms"], kind="stable")]:
            key = int(r["key"]) - 1
            row, driver = who[key >> 32]
            rows.append(
                {
                    "vehicle": names[row],
                    "driver": driver,
                    "segment": self._segments[key & 0xFFFFFFFF].id,
                    "name": self._segments[key & 0xFFFFFFFF].name,
                    "ignored": int(r["ignored"]),
                    "broken": int(r["broken"]),
                    "last_at": iso_or_none(int(r["last_ms"])),
                }
            )
        return rows

    def _identities(
        self, e: NDArray[Any], who: NDArray[Any], kind: NDArray[Any], names: list[str], drivers: list[str | None]
    ) -> list[str]:
        """Return the id of each event's record; ``who`` has vehicle and clock as rows, ``kind`` digests."""
        # a passage belongs to the vehicle: its alert keeps its id when the driver changes under way
        place = (e["rule"] == self._approach) | (e["what"] == PASSAGE)
        driver = np.where(place, _NOBODY, self._clock_digests.of(who[1], drivers))
        segment = np.where(place, self._segment_digest[e["segment"]], _NOBODY)
        return identities(kind, self._vehicle_digests.of(who[0], names), driver, segment, e["started_ms"])

    def _alerts(
        self, e: NDArray[Any], fix: NDArray[Any], names: list[str], drivers: list[str | None], records: Records
    ) -> None:
        columns = alert_columns(e, fix)
        row, clock, rule, what, reason, severity, segment, seq, retrospective = columns.codes
        late = (retrospective != 0) & (rule != self._approach)
        kind = np.where(late, self._late_digest[rule], self._kind_digest[rule])
        prompt, worst = np.full(e.size, None, object), np.full(e.size, None, object)
        spoken = np.flatnonzero(e["form"] != NO_FORM)
        if spoken.size:
            said = e.take(spoken)
            prompt[spoken] = list(self._wording.prompts(said, fix.take(said["fix"])))
        known = np.flatnonzero((e["worst_ms"] != NO_TIME) | ~np.isnan(e["driven_s"]))
        if known.size:
            worst[known] = self._worst(e.take(known))
        lon, lat = rounded_column(columns.numbers[:2], 6)
        speed_kmh, heading_deg, limit_kmh, ahead_m, branch_m = rounded_column(columns.numbers[2:])
        at, started, ended = iso_column(columns.times)
        records.alerts.extend(
            map(
                Alert,
                self._identities(e, columns.codes, kind, names, drivers),
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
        self, e: NDArray[Any], fix: NDArray[Any], names: list[str], drivers: list[str | None], records: Records
    ) -> None:
        self.passages_written += e.size
        who = np.stack([fix[name][e["fix"]] for name in ("row", "clock")])
        warned = np.flatnonzero(e["warned"])
        approach = self._kind_digest[np.full(warned.size, self._approach)]
        told: list[list[str]] = [[] for _ in range(e.size)]
        alerts = self._identities(e.take(warned), who[:, warned], approach, names, drivers)
        for k, alert in zip(warned.tolist(), alerts, strict=True):
            told[k].append(alert)
        approached, entered, left = iso_column(np.stack([e[name] for name in ("since_ms", "entered_ms", "left_ms")]))
        kmh = rounded_column(np.stack([e[f"{name}_kmh"] for name in ("prompt", "entry", "lowest", "highest")]))
        records.passages.extend(
            map(
                Passage,
                self._identities(e, who, self._passage_digest.repeat(e.size), names, drivers),
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
            alert_ids=[record_id("approach", vehicle, None, s.id, started)] if t["raised"] else [],
        )
