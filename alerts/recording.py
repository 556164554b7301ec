"""From events to records: names, ids and words for the few fixes that brought something about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from alerts.fold import NO_FORM, NO_TIME, PASSAGE, REASONS, SEVERITIES, STATES, SUBTYPES
from alerts.profiles import Profile
from alerts.prompts import sentence
from alerts.prompts.facts import FORMS, Facts
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
    return None if np.isnan(value) else float(value)


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
        self._rules = rules
        self._default = default
        self._register = register
        self._miles = {name: profile.miles for name, profile in profiles.items()}
        self.passages_written = 0

    def write(
        self, events: NDArray[Any], fix: NDArray[Any], names: list[str], drivers: list[str | None], records: Records
    ) -> None:
        """Append the records of the events to ``records``."""
        for e in events:
            f = fix[e["fix"]]
            vehicle, driver = names[f["row"]], drivers[f["clock"]]
            if e["what"] == PASSAGE:
                self.passages_written += 1
                records.passages.append(self._passage(e, vehicle, driver))
            else:
                records.alerts.append(self._alert(e, f, vehicle, driver))

    def sort(self, records: Records) -> None:
        """Put both lists into the order of the contract."""
        records.alerts.sort(key=order)
        records.passages.sort(key=order)

    def write_open(self, state: Any, names: list[str], records: Records) -> None:
        """Append the passages that were entered and not yet left."""
        for row, name in enumerate(names):
            k = int(state.match[row]["tracks"])
            while k != 0:
                t = state.pool.rows[k]
                k = int(t["next"])
                if t["phase"] == IN:
                    records.passages.append(self._open_passage(t, name))

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

    def _ref(self, segment: int) -> SegmentRef | None:
        if segment < 0:
            return None
        s = self._segments[segment]
        return SegmentRef(s.id, s.kind, s.name)

    def _identity(self, e: Any, vehicle: str, driver: str | None, kind: str) -> str:
        ref = self._ref(int(e["segment"])) if kind in ("approach", "passage") else None
        # a passage belongs to the vehicle: its alert keeps its id when the driver changes under way
        who = None if kind in ("approach", "passage") else driver
        extra = "retrospective" if e["retrospective"] else ""
        return record_id(kind + extra, vehicle, who, ref.id if ref else None, int(e["started_ms"]))

    def _alert(self, e: Any, f: Any, vehicle: str, driver: str | None) -> Alert:
        kind = self._rules[e["rule"]]
        worst = None
        if e["worst_ms"] != NO_TIME or not np.isnan(e["driven_s"]):
            worst = Worst(
                iso_or_none(int(e["worst_ms"])),
                rounded(e["worst_kmh"]),
                rounded(e["worst_pct"]),
                rounded(e["driven_s"]),
            )
        return Alert(
            id=self._identity(e, vehicle, driver, kind),
            seq=int(e["seq"]),
            vehicle=vehicle,
            driver=driver,
            kind=kind,
            state=STATES[e["what"]],
            reason=REASONS[e["reason"]] or None,
            at=iso(f["time_ms"]),
            lon=round(float(f["lon"]), 6),
            lat=round(float(f["lat"]), 6),
            speed_kmh=rounded(f["speed_kmh"]),
            heading_deg=rounded(f["heading_deg"]),
            limit_kmh=rounded(e["limit_kmh"]),
            segment=self._ref(int(e["segment"])),
            ahead_m=rounded(e["ahead_m"]),
            branch_ahead_m=rounded(e["branch_m"]),
            severity=SEVERITIES[e["severity"]],
            retrospective=bool(e["retrospective"]),
            started_at=iso(e["since_ms"] if e["since_ms"] != NO_TIME else e["started_ms"]),
            ended_at=iso_or_none(int(e["ended_ms"])),
            worst=worst,
            prompt=self._prompt(e, vehicle, kind) if e["form"] != NO_FORM else None,
        )

    def _prompt(self, e: Any, vehicle: str, kind: str) -> Prompt:
        who = self._register.get(vehicle, self._default)
        segment = self._segments[e["segment"]] if e["segment"] >= 0 else None
        about_place = kind == "approach" and segment is not None
        say_m = _or_none(e["say_m"])
        limit, own = _or_none(e["limit_kmh"]), _or_none(e["say_kmh"])
        tell_own = own is not None and limit is not None and own > limit * (1.0 + OWN_SPEED_PCT / 100.0)
        facts = Facts(
            kind=segment.kind if about_place and segment else kind,
            form=FORMS[e["form"]],
            subtype=(segment.subtype if about_place and segment else SUBTYPES[e["subtype"]]) or None,
            distance_m=say_m if say_m is not None and say_m >= 30.0 else None,
            also_m=_or_none(e["also_m"]),
            limit_kmh=limit,
            speed_kmh=own if tell_own else None,
            remaining_s=_or_none(e["remaining_s"]),
            driven_s=_or_none(e["driven_s"]),
            rest_s=_or_none(e["rest_s"]),
            firm=bool(e["firm"]),
            advice=segment.advice if about_place and segment else None,
            miles=self._miles[who.profile],
        )
        return Prompt(
            form=FORMS[e["form"]],
            text=sentence(who.language, facts),
            language=who.language,
            priority=int(e["priority"]),
            speak_at=iso(e["speak_ms"]),
            expires_at=iso(e["expires_ms"]),
        )

    def _passage(self, e: Any, vehicle: str, driver: str | None) -> Passage:
        ref = self._ref(int(e["segment"]))
        if ref is None:
            raise ValueError("a passage without a segment")
        return Passage(
            id=self._identity(e, vehicle, driver, "passage"),
            vehicle=vehicle,
            driver=driver,
            segment=ref,
            approached_at=iso(e["started_ms"]),
            entered_at=iso_or_none(int(e["entered_ms"])),
            left_at=iso_or_none(int(e["left_ms"])),
            speed_at_prompt_kmh=rounded(e["prompt_kmh"]),
            speed_at_entry_kmh=rounded(e["entry_kmh"]),
            lowest_kmh=rounded(e["lowest_kmh"]),
            highest_kmh=rounded(e["highest_kmh"]),
            alert_ids=[self._identity(e, vehicle, driver, "approach")] if e["warned"] else [],
        )

    def _open_passage(self, t: Any, vehicle: str) -> Passage:
        s = self._segments[t["segment"]]
        started = int(t["approached_ms"])
        return Passage(
            id=record_id("passage", vehicle, None, s.id, started),
            vehicle=vehicle,
            driver=None,
            segment=SegmentRef(s.id, s.kind, s.name),
            approached_at=iso(started),
            entered_at=iso_or_none(int(t["entered_ms"])),
            left_at=None,
            speed_at_prompt_kmh=rounded(t["prompt_kmh"]),
            speed_at_entry_kmh=rounded(t["entry_kmh"]),
            lowest_kmh=rounded(t["lowest_kmh"]),
            highest_kmh=rounded(t["highest_kmh"]),
            alert_ids=[record_id("approach", vehicle, None, s.id, started)] if t["raised"] else [],
        )
