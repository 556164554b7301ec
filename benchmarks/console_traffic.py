"""What comes to the console in a benchmark: a SIMULATED fleet's positions, alerts of all kinds, passages and outcomes.

A process of its own, so that what it costs to send does not delay what is measured. Everything goes onto a real Kafka,
as a gateway and a worker would put it there; ``sent`` is the wall clock just before an alarm's alert is handed to the
producer.
"""

from __future__ import annotations

import heapq
import itertools
import math
import multiprocessing
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from typing import Any, Final

import msgspec
import numpy as np
from confluent_kafka import Producer

from alerts.record import Alert, Passage, Prompt, SegmentRef, Worst, iso
from forewarn.console.alarms.conditions.ignoring import HEEDED, TIMES
from forewarn.records import Outcome

TICK_S: Final = 0.01
REPORTS_S: Final = (10.0, 30.0)
"""Each vehicle reports so often, drawn evenly."""
TOWN: Final = (113.85, 22.50, 114.30, 22.80)
"""West, south, east, north: the sample's roads."""
PLACES: Final = tuple(SegmentRef(f"place-{k}", "ramp", f"Exit {k}") for k in range(200))
CARRIERS: Final = 20
HEARD_S: Final = 3.0
"""An outcome comes so long after its prompt, s."""
MIX: Final = {"approach": 0.83, "withdrawn": 0.04, "speeding": 0.10, "fatigue": 0.03}
"""Shares of the alerts that are none of an alarm; all but withdrawn ones have a prompt and an outcome. Each approach
has its passage after 30 s; what ends an episode takes the place of another alert."""
ALARMS: Final = {"fatigue_past_limit": 0.6, "speeding_goes_on": 0.2, "voice_broken": 0.1, "warnings_ignored": 0.1}
"""Shares of what becomes an alarm."""


@dataclass
class Load:
    """What is sent."""

    bootstrap: str
    vehicles: int
    alerts_per_s: float
    alarms_per_s: float
    holds_s: tuple[float, float] = (60.0, 120.0)
    """So long the condition of an alarm lasts, drawn evenly, s."""
    alarms: dict[str, float] = field(default_factory=lambda: dict(ALARMS))


def vehicle(number: int) -> str:
    """Return the name of a vehicle."""
    return f"SIM-{number:05}"


class Traffic:
    """The sender's process; a context manager."""

    def __init__(self, load: Load) -> None:
        """Start it; nothing is sent before ``begin``."""
        context = multiprocessing.get_context("spawn")
        self._told: Queue[Any] = context.Queue()
        self._go, self._alarms_end, self._end = context.Event(), context.Event(), context.Event()
        self._process = context.Process(
            target=_run, args=(load, self._told, self._go, self._alarms_end, self._end), daemon=True
        )
        self._process.start()

    def __enter__(self) -> Traffic:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.join()

    def begin(self) -> None:
        """Begin with alerts; positions have come since the start."""
        self._go.set()

    def end(self) -> list[tuple[str, str, float]]:
        """Raise no more, and return kind, vehicle and epoch seconds of all that were raised; the rest goes on."""
        self._alarms_end.set()
        sent: list[tuple[str, str, float]] = self._told.get(timeout=60)
        return sent

    def stop(self) -> dict[str, float]:
        """Send nothing any more; return what was sent by kind, and how late at most (``late_s``)."""
        self._end.set()
        counts: dict[str, float] = self._told.get(timeout=60)
        self._process.join(30)
        return counts


def _run(load: Load, told: Queue[Any], go: Event, alarms_end: Event, end: Event) -> None:
    sender = _Sender(load)
    positions = _positions(load)
    began = now = time.time()
    due = next(positions)
    alerts_from: float | None = None
    done = reported = 0
    while not end.is_set():
        if alerts_from is None and go.is_set():
            alerts_from = now
        if not reported and alarms_end.is_set():
            reported = 1
            told.put(sender.raised)
        if alerts_from is not None:
            while done < (now - alerts_from) * load.alerts_per_s:
                sender.alert(done, now, alarms=not alarms_end.is_set())
                done += 1
        while due[0] <= now - began:
            sender.position(due[1], due[2], now)
            due = next(positions)
        sender.later(now)
        sender.producer.poll(0)
        time.sleep(max(0.0, now + TICK_S - time.time()))
        sender.counts["late_s"] = max(sender.counts.get("late_s", 0.0), time.time() - now - TICK_S)
        now = time.time()
    sender.producer.flush(30)
    told.put(sender.counts)


def _positions(load: Load) -> Iterator[tuple[float, int, float]]:
    """Yield when, who, and how long ago that vehicle reported before; in order, without end."""
    rng = np.random.default_rng(5)
    each_s = rng.uniform(*REPORTS_S, load.vehicles)
    heap = [(float(at_s), who, float(each_s[who])) for who, at_s in enumerate(rng.uniform(0, each_s))]
    heapq.heapify(heap)
    while True:
        at_s, who, every_s = heap[0]
        heapq.heapreplace(heap, (at_s + every_s, who, every_s))
        yield at_s, who, every_s


class _Sender:
    def __init__(self, load: Load) -> None:
        self.producer = Producer({"bootstrap.servers": load.bootstrap, "linger.ms": 5, "enable.idempotence": True})
        self.raised: list[tuple[str, str, float]] = []
        self.counts: dict[str, float] = {}
        self._load = load
        self._rng = np.random.default_rng(7)
        self._later: list[tuple[float, int, str, str, Any]] = []
        self._ends: list[tuple[float, int, str, Alert]] = []
        self._numbers = itertools.count()
        self._next_alarm = itertools.count()
        self._next_other = itertools.count()
        west, south, east, north = TOWN
        self._lon: list[float] = self._rng.uniform(west, east, load.vehicles).tolist()
        self._lat: list[float] = self._rng.uniform(south, north, load.vehicles).tolist()
        self._heading: list[float] = self._rng.uniform(0, 360, load.vehicles).tolist()
        self._kmh: list[float] = self._rng.uniform(20, 90, load.vehicles).tolist()

    def position(self, who: int, every_s: float, now: float) -> None:
        """Send one fix, as far from the one before as it has driven since; at the town's edge it turns round."""
        gone_deg = self._kmh[who] / 3.6 * every_s / 111_200
        course = math.radians(self._heading[who])
        self._lon[who] += gone_deg * math.sin(course)
        self._lat[who] += gone_deg * math.cos(course)
        west, south, east, north = TOWN
        if not (west < self._lon[who] < east and south < self._lat[who] < north):
            self._heading[who] = (self._heading[who] + 180) % 360
        fix = {
            "vehicle": vehicle(who), "time": round(now * 1000), "lon": round(self._lon[who], 6),
            "lat": round(self._lat[who], 6), "speed_kmh": round(self._kmh[who], 1),
            "heading_deg": round(self._heading[who]),
        }  # fmt: skip
        self._send("positions", vehicle(who), fix)

    def alert(self, number: int, now: float, *, alarms: bool) -> None:
        """Send the next alert; the share that is an alarm's is spread evenly."""
        share = self._load.alarms_per_s / self._load.alerts_per_s
        if alarms and int((number + 1) * share) > int(number * share):
            self._alarm(now)
            return
        if self._ends and self._ends[0][0] <= now:
            _, _, who, record = heapq.heappop(self._ends)
            self._send("alerts", who, record)
            return
        what = self._drawn(MIX)
        # upper half of the fleet: those of alarms come out of the lower one, each once
        who = vehicle(self._load.vehicles - 1 - next(self._next_other) % max(1, self._load.vehicles // 2))
        place = PLACES[int(self._rng.integers(len(PLACES)))]
        if what in ("approach", "withdrawn"):
            one = self._made(who, "approach", now, segment=place, prompt=_prompt("conditional", now))
            if what == "withdrawn":
                one = msgspec.structs.replace(one, state="withdrawn", prompt=None)
        elif what == "fatigue":
            one = self._made(who, "fatigue", now, severity="info", prompt=_prompt("episode", now))
        else:
            one = self._made(who, "speeding", now, severity="minor", prompt=_prompt("episode", now))
            self._end(who, one, now + float(self._rng.uniform(*self._load.holds_s)))
        self._send("alerts", who, one)
        if one.prompt is not None:
            at_ms = round((now + HEARD_S) * 1000)
            heard = Outcome(one.id, 0, "spoken", None, iso(at_ms), iso(at_ms), iso(at_ms + 4000), "gateway", 0)
            self._at(now + HEARD_S, "outcomes", who, heard)
        if what == "approach":
            self._at(now + 30, "passages", who, _passage(f"p-{one.id}", who, place, now, (one.id,), 40.0))

    def later(self, now: float) -> None:
        """Send what is due by now."""
        while self._later and self._later[0][0] <= now:
            _, _, topic, key, record = heapq.heappop(self._later)
            self._send(topic, key, record)

    def _alarm(self, now: float) -> None:
        kind = self._drawn(self._load.alarms)
        who = vehicle(next(self._next_alarm))  # each has one: where they are more than the fleet, some are on no map
        ends = now + float(self._rng.uniform(*self._load.holds_s))
        long_ago = _prompt("episode", now - 80)
        if kind == "fatigue_past_limit":
            one = self._made(who, "fatigue", now, severity="major", prompt=_prompt("episode", now))
            self._end(who, one, ends)
        elif kind == "speeding_goes_on":  # its sentence was due 80 s ago, and the vehicle has reported since
            one = self._made(who, "speeding", now, severity="major", segment=PLACES[0], prompt=long_ago)
            self._end(who, one, ends)
        elif kind == "voice_broken":
            one = self._made(who, "approach", now, segment=PLACES[1], prompt=_prompt("plain", now))
            failed = Outcome(one.id, 0, "failed", "tts_fault")
            self._at(now + 0.2, "outcomes", who, failed)
            self._at(ends, "outcomes", who, msgspec.structs.replace(failed, seq=1, outcome="spoken", reason=None))
        else:  # three places entered far too fast, although warned, and at last three as one should
            for k in range(TIMES + HEEDED):
                other = self._made(who, "approach", now, segment=PLACES[2], prompt=_prompt("plain", now))
                entered, kmh, when = (now, 75.0, now + 0.2) if k < TIMES else (ends - HEEDED + k, 38.0, ends)
                self._send("alerts", who, other)
                self._at(when, "passages", who, _passage(f"p-{other.id}", who, PLACES[2], entered, (other.id,), kmh))
            self.raised.append((kind, who, time.time()))
            return
        self.raised.append((kind, who, time.time()))
        self._send("alerts", who, one)

    def _end(self, who: str, one: Alert, when: float) -> None:
        over = msgspec.structs.replace(one, seq=1, state="cleared", prompt=None, ended_at=iso(round(when * 1000)))
        heapq.heappush(self._ends, (when, next(self._numbers), who, over))

    def _made(self, who: str, kind: str, now: float, **more: Any) -> Alert:
        at, row = iso(round(now * 1000)), int(who[4:]) % self._load.vehicles
        given = {
            "id": f"a{next(self._numbers)}-{round(now * 1000)}", "seq": 0, "vehicle": who, "driver": f"driver {row}",
            "kind": kind, "state": "raised", "reason": None, "at": at, "lon": round(self._lon[row], 6),
            "lat": round(self._lat[row], 6), "speed_kmh": 75.0, "heading_deg": 90.0, "limit_kmh": 60.0, "segment": None,
            "ahead_m": 400.0, "branch_ahead_m": None, "severity": "minor", "retrospective": False, "started_at": at,
            "ended_at": None, "worst": Worst(at, 82.0, 37.5, 14_500.0), "prompt": None,
        }  # fmt: skip
        return Alert(**(given | more))

    def _drawn(self, shares: dict[str, float]) -> str:
        return str(self._rng.choice(list(shares), p=list(shares.values())))

    def _at(self, when: float, topic: str, key: str, record: Any) -> None:
        heapq.heappush(self._later, (when, next(self._numbers), topic, key, record))

    def _send(self, topic: str, key: str, record: Any) -> None:
        self.producer.produce(topic, msgspec.json.encode(record), key.encode())
        self.counts[topic] = self.counts.get(topic, 0) + 1


def _prompt(form: str, due: float) -> Prompt:
    at_ms = round((due + 2) * 1000)
    return Prompt(form, "您已超速，请降速", "zh", 3, iso(at_ms), iso(at_ms + 20_000))


def _passage(id: str, who: str, place: SegmentRef, at: float, alert_ids: tuple[str, ...], kmh: float) -> Passage:
    at_ms = round(at * 1000)
    return Passage(
        id=id, vehicle=who, driver=f"driver {int(who[4:])}", segment=place, approached_at=iso(at_ms),
        entered_at=iso(at_ms + 20_000), left_at=iso(at_ms + 40_000), speed_at_prompt_kmh=75.0, speed_at_entry_kmh=kmh,
        lowest_kmh=kmh, highest_kmh=76.0, alert_ids=alert_ids,
    )  # fmt: skip
