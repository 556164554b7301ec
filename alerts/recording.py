"""From events to records: names, ids and words for the few fixes that brought something about."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from alerts.columns import iso_column, rounded_column
from alerts.fold import CLEARED, NO_FORM, NO_TIME, PASSAGE, REASONS, SEVERITIES, STATES, SUBTYPES
from alerts.profiles import Profile
from alerts.prompts import sentence
from alerts.prompts.facts import FORMS, Facts
from alerts.prompts.rounding import said_kmh, said_m
from alerts.record import (
    Alert,
    Passage,
    Prompt,
    SegmentRef,
    Worst,
    iso,
    iso_or_none,
    order,
    record_id,
    rounded,
)
from alerts.tracks import IN
from geofence.segments import SegmentSet

if TYPE_CHECKING:
    from alerts.engine import Records, Vehicle

OWN_SPEED_PCT = 20.0
"""A driver is told his own speed when it is this much above the limit: below, it is no news."""


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else value


class Recorder:
    """Writes records from events, over one segment set and one register."""

    def __init__(
        self,
        segments: SegmentSet,
        rules: list[str],
        default: Vehicle,
        register: dict[str, Vehicle],
        profiles: dict[str, Profile],
    ) -> None:
        """``rules`` names the rules by an event's code."""
        self._segments = segments.segments
        self._refs = [SegmentRef(s.id, s.kind, s.name) for s in segments.segments]
        self._rules = rules
        self._default = default
        self._register = register
        self._miles = {name: profile.miles for name, profile in profiles.items()}
        self.passages_written = 0

    def write(
        self, events: NDArray[Any], fix: NDArray[Any], names: list[str], drivers: list[str | None], records: Records
    ) -> None:
        """Append the records of the events to ``records``."""
        if not events.size:
            return
        over = events["what"] == PASSAGE
        for what, write in ((events[over], self._passages), (events[~over], self._alerts)):
            if what.size:
                of = fix[what["fix"]]
                vehicles = [names[row] for row in of["row"].tolist()]
                who = [drivers[clock] for clock in of["clock"].tolist()]
                write(what, of, vehicles, who, records)

    def sort(self, records: Records) -> None:
        """Put both lists into the order of the contract."""
        records.alerts.sort(key=order)
        records.passages.sort(key=order)

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
        self, events: NDArray[Any], kinds: list[str], vehicles: list[str], who: list[str | None]
    ) -> list[str]:
        """Return the id of each event's alert or passage."""
        columns = (events["segment"].tolist(), events["started_ms"].tolist(), events["retrospective"].tolist())
        ids = []
        for kind, vehicle, driver, segment, started_ms, late in zip(kinds, vehicles, who, *columns, strict=True):
            # a passage belongs to the vehicle: its alert keeps its id when the driver changes under way
            if kind in ("approach", "passage"):
                ids.append(record_id(kind, vehicle, None, self._segments[segment].id, started_ms))
            else:
                ids.append(record_id(kind + "retrospective" if late else kind, vehicle, driver, None, started_ms))
        return ids

    def _alerts(
        self, e: NDArray[Any], f: NDArray[Any], vehicles: list[str], who: list[str | None], records: Records
    ) -> None:
        kinds = [self._rules[rule] for rule in e["rule"].tolist()]
        # a late fix may close an episode that lies behind it: the record stands where the episode ended
        at = np.where(e["what"] == CLEARED, np.maximum(f["time_ms"], e["ended_ms"]), f["time_ms"])
        started = np.where(e["since_ms"] != NO_TIME, e["since_ms"], e["started_ms"])
        spoken = np.flatnonzero(e["form"] != NO_FORM)
        prompts: list[Prompt | None] = [None] * e.size
        for k, prompt in zip(spoken.tolist(), self._prompts(e[spoken], spoken, vehicles, kinds), strict=True):
            prompts[k] = prompt
        worst: list[Worst | None] = [None] * e.size
        known = np.flatnonzero((e["worst_ms"] != NO_TIME) | ~np.isnan(e["driven_s"]))
        for k, moment in zip(known.tolist(), self._worst(e[known]), strict=True):
            worst[k] = moment
        records.alerts.extend(
            map(
                Alert,
                self._identities(e, kinds, vehicles, who),
                e["seq"].tolist(),
                vehicles,
                who,
                kinds,
                [STATES[what] for what in e["what"].tolist()],
                [REASONS[reason] or None for reason in e["reason"].tolist()],
                map(iso, at.tolist()),
                rounded_column(f["lon"], 6),
                rounded_column(f["lat"], 6),
                rounded_column(f["speed_kmh"]),
                rounded_column(f["heading_deg"]),
                rounded_column(e["limit_kmh"]),
                [self._refs[k] if k >= 0 else None for k in e["segment"].tolist()],
                rounded_column(e["ahead_m"]),
                rounded_column(e["branch_m"]),
                [SEVERITIES[severity] for severity in e["severity"].tolist()],
                e["retrospective"].tolist(),
                map(iso, started.tolist()),
                iso_column(e["ended_ms"]),
                worst,
                prompts,
            )
        )

    def _worst(self, e: NDArray[Any]) -> Iterable[Worst]:
        return map(
            Worst,
            iso_column(e["worst_ms"]),
            rounded_column(e["worst_kmh"]),
            rounded_column(e["worst_pct"]),
            rounded_column(e["driven_s"]),
        )

    def _prompts(self, e: NDArray[Any], rows: NDArray[Any], vehicles: list[str], kinds: list[str]) -> Iterator[Prompt]:
        names = ("form", "subtype", "segment", "say_m", "also_m", "limit_kmh", "say_kmh", "remaining_s", "driven_s")
        columns = [e[name].tolist() for name in (*names, "rest_s", "firm", "priority", "speak_ms", "expires_ms")]
        for row, *fields in zip(rows.tolist(), *columns, strict=True):
            form, subtype, at, say_m, also_m, limit, own, left_s, driven_s, rest_s, firm, priority, speak, end = fields
            who = self._register.get(vehicles[row], self._default)
            segment = self._segments[at] if at >= 0 and kinds[row] == "approach" else None
            miles = self._miles[who.profile]
            # figures as they will be said: few of them differ, and the same facts share one wording
            facts = Facts(
                segment.kind if segment else kinds[row],
                FORMS[form],
                (segment.subtype if segment else SUBTYPES[subtype]) or None,
                said_m(say_m, miles) if say_m >= 30.0 else None,
                said_m(also_m, miles),
                _or_none(limit),
                said_kmh(own, miles) if own > limit * (1.0 + OWN_SPEED_PCT / 100.0) else None,
                _or_none(left_s),
                _or_none(driven_s),
                _or_none(rest_s),
                firm,
                segment.advice if segment else None,
                miles,
            )
            text = sentence(who.language, facts)
            yield Prompt(facts.form, text, who.language, priority, iso(speak), iso(end))

    def _passages(
        self, e: NDArray[Any], _: NDArray[Any], vehicles: list[str], who: list[str | None], records: Records
    ) -> None:
        self.passages_written += e.size
        warned = self._identities(e, ["approach"] * e.size, vehicles, who)
        records.passages.extend(
            map(
                Passage,
                self._identities(e, ["passage"] * e.size, vehicles, who),
                vehicles,
                who,
                [self._refs[k] for k in e["segment"].tolist()],
                map(iso, e["since_ms"].tolist()),
                iso_column(e["entered_ms"]),
                iso_column(e["left_ms"]),
                rounded_column(e["prompt_kmh"]),
                rounded_column(e["entry_kmh"]),
                rounded_column(e["lowest_kmh"]),
                rounded_column(e["highest_kmh"]),
                [[warned[k]] if told else [] for k, told in enumerate(e["warned"].tolist())],
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
