"""The rules in the gateway's own process, for one small machine without a broker.

Positions go into the store as they came, in the same transaction as the alerts, passages and prompts that follow from
them; only then are they acknowledged. The state is kept from time to time, and after a restart the positions behind it
are judged again, silently: the same fold as a worker's, with the store in the place of the topic.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec
import structlog

from alerts.engine import Engine
from alerts.record import Alert, Passage, encode
from forewarn.gateway.store import Statement, Store
from forewarn.watched_file import WatchedFile
from forewarn.worker import config
from forewarn.worker.config import BadConfigError
from forewarn.worker.feeding import arrow_of
from forewarn.worker.packing import BadSnapshotError
from forewarn.worker.partition import Change, Folded, Partition, warm_up
from forewarn.worker.rules import Facts, Rules
from forewarn.worker.snapshot import Manifest, manifest_of, parts_of, state_of
from geofence.faults import SegmentFileError
from geofence.segments import SegmentSet, loaded
from ingest.files.options import ReadOptions
from ingest.messages import Message
from ingest.positions import PositionBatch
from ingest.vehicles import RegisteredVehicle

log: Final = structlog.get_logger()
LOOK_S: Final = 2.0
"""So often the segment file is looked at."""
KEEP_S: Final = 60.0
"""Seconds from one kept state to the next."""
NAME: Final = "gateway"

Take = Callable[[Sequence[Alert], Sequence[Statement], Callable[[], None]], None]
"""Is given alerts on the gateway's thread, with what is to be written together with their prompts."""


class _Kept(msgspec.Struct, frozen=True):
    """The state as it is kept."""

    manifest: Manifest
    parts: list[bytes]


class Standalone:
    """Takes positions and judges them on a thread of its own."""

    def __init__(
        self,
        store: Store,
        rules: Rules,
        file: WatchedFile,
        facts: dict[str, Facts],
        take: Take,
        call: Callable[[Callable[[], None]], Any],
        failed: Callable[[BaseException], None],
    ) -> None:
        """``file`` is the segment file; ``facts`` are of the registered vehicles.

        ``failed`` is told, on the gateway's thread, of an error after which nothing is judged any more. Raises OSError,
        SegmentFileError.
        """
        segments = file.path.read_bytes()
        self._file, self._rules = file, rules
        self.renewed: Callable[[SegmentSet], Any] = _for_nobody
        """Is told, on the gateway's thread, of segments that were put in the place of those before."""
        self._fault = ""
        self._store, self._take, self._call, self._failed = store, take, call, failed
        self.rejected: Counter[str] = Counter()
        """Positions not judged, by reason."""
        self.waiting = 0
        """Positions that are not judged yet."""
        self._queue: queue.SimpleQueue[tuple[PositionBatch, Callable[[bool], None]] | None] = queue.SimpleQueue()
        self.segments = current = loaded(segments, "rules.segments")
        """Those judged by at the start."""
        template = rules.engine(current)
        warm_up(rules, ReadOptions(), template)
        self._profile = rules.hash
        self._partition = self._begun(rules, facts, template, current.version)
        before = self._partition.register
        changed: dict[str, Facts | None] = {name: one for name, one in facts.items() if before.get(name) != one}
        changed |= {name: None for name in before if name not in facts}
        self._swapped = self._partition.change(Change(self._partition.offset, current.version, changed), template)
        self._segments = _kept("segments", segments)
        self._kept_s = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="rules", daemon=True)

    def start(self) -> None:
        """Begin to judge, by the segments and the register of now; what ended with those of before is told."""
        statements = [self._segments, *self._state(), *_records(self._swapped)]
        self._take(self._swapped.alerts, statements, lambda: None)
        self._thread.start()

    def _begun(self, rules: Rules, facts: dict[str, Facts], template: Engine, version: str) -> Partition:
        """Return the fold as it stood when the process ended last."""
        fold = self._restored(rules, template, version)
        if fold is None:
            fold = Partition(NAME, 0, 1, rules, ReadOptions())
            fold.change(Change(0, version, dict(facts)), template)
        again = 0
        for number, content in self._store.rows("SELECT number, content FROM positions ORDER BY number"):
            if number >= fold.offset:
                again += fold.step([Message(content, None, number, 0, "arrow")]).fixes
        log.info("taken_up", vehicles=fold.vehicles, judged_again=again)
        return fold

    def _restored(self, rules: Rules, template: Engine, version: str) -> Partition | None:
        kept = dict(self._store.rows("SELECT name, content FROM state"))
        if "state" not in kept:
            return None
        fold = Partition(NAME, 0, 1, rules, ReadOptions())
        try:
            one = msgspec.msgpack.decode(kept["state"], type=_Kept)
            state = state_of(one.manifest, one.parts)
            if state.segments != version:
                before = loaded(kept["segments"], "segments of before")
                if before.version != state.segments:
                    raise BadSnapshotError(f"its segments are not there: {state.segments}")
                template = rules.engine(before)
            fold.restore(state, template)
        except (BadSnapshotError, SegmentFileError, msgspec.DecodeError, KeyError) as error:
            log.error("state_of_no_use", why=str(error), then="positions that are still there are judged again")
            return None
        return fold

    def send(self, batch: PositionBatch, done: Callable[[bool], None]) -> None:
        """Take positions."""
        self.waiting += len(batch)
        self._queue.put((batch, done))

    def _run(self) -> None:
        try:
            looked_s = time.monotonic()
            while (job := self._next()) is not None:
                if job:
                    self._judge(*job)
                if time.monotonic() - looked_s >= LOOK_S:
                    looked_s = time.monotonic()
                    self._look()
            self._call(partial(self._store.write, *self._state()))
        except Exception as error:  # noqa: BLE001  # whatever it is, the fold cannot be gone on with, and that must be known
            self._call(partial(self._failed, error))

    def _next(self) -> tuple[PositionBatch, Callable[[bool], None]] | tuple[()] | None:
        """Return positions that were taken, nothing where none came for a while, None at the end."""
        try:
            return self._queue.get(timeout=LOOK_S)
        except queue.Empty:
            return ()

    def _look(self) -> None:
        """Go over to another segment file, if it is there now and sound; else those of before hold, and it is said."""
        try:
            content = self._file.changed()
            if content is None:
                return
            segments = loaded(content, "rules.segments")
        except (OSError, SegmentFileError) as error:
            if str(error) != self._fault:
                self._fault = str(error)
                log.error("segments_refused", why=self._fault, in_force=self._partition.segments)
            return
        self._fault = ""
        if segments.version == self._partition.segments:
            return
        change = Change(self._partition.offset, segments.version, {})
        folded = self._partition.change(change, self._rules.engine(segments))
        statements = [_kept("segments", content), *self._state(), *_records(folded)]
        log.info("segments_in_force", version=segments.version, segments=len(segments))
        self._call(partial(self._go_over, segments, folded.alerts, statements))

    def _go_over(self, segments: SegmentSet, alerts: Sequence[Alert], statements: Sequence[Statement]) -> None:
        self._take(alerts, statements, lambda: None)
        self.renewed(segments)

    def _judge(self, batch: PositionBatch, done: Callable[[bool], None]) -> None:
        content = arrow_of(batch)
        number = self._partition.offset
        folded = self._partition.step([Message(content, None, number, 0, "arrow")])
        for rejected in folded.rejected:
            self.rejected[rejected.reason] += rejected.count
        statements: list[Statement] = [("INSERT INTO positions VALUES (?, ?)", (number, content))]
        statements += _records(folded)
        if time.monotonic() - self._kept_s >= KEEP_S:
            statements += self._state()
        self._call(partial(self._hand_on, folded.alerts, statements, len(batch), done))

    def _hand_on(
        self, alerts: Sequence[Alert], statements: Sequence[Statement], size: int, done: Callable[[bool], None]
    ) -> None:
        def kept() -> None:
            self.waiting -= size
            done(True)

        self._take(alerts, statements, kept)

    def _state(self) -> list[Statement]:
        self._kept_s = time.monotonic()
        saved = self._partition.saved()
        parts = list(parts_of(saved))
        kept = _Kept(manifest_of(saved, self._profile, (part for part, _ in parts)), [content for _, content in parts])
        return [
            _kept("state", msgspec.msgpack.encode(kept)),
            ("DELETE FROM positions WHERE number < ?", (saved.offset,)),
        ]

    def close(self) -> None:
        """Judge what was taken, and keep the state."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()


def standalone_of(
    given: config.Rules,
    vehicles: Sequence[RegisteredVehicle],
    store: Store,
    take: Take,
    call: Callable[[Callable[[], None]], Any],
    failed: Callable[[BaseException], None],
) -> Standalone:
    """Return what judges by a configuration for registered vehicles; raises BadConfigError, ProfileError."""
    if given.segments is None:
        raise BadConfigError("rules.segments: a standalone gateway needs the file of the segments to judge by")
    rules = Rules(given)
    try:
        facts = {one.vehicle: rules.facts(one) for one in vehicles}
    except ValueError as error:
        raise BadConfigError(f"gateway.register: {error}") from error
    try:
        return Standalone(store, rules, WatchedFile(Path(given.segments)), facts, take, call, failed)
    except OSError as error:
        raise BadConfigError(f"rules.segments: {given.segments} cannot be read: {error.strerror or error}") from error
    except SegmentFileError as error:
        raise BadConfigError(f"rules.segments: {error}") from error


def _for_nobody(_: SegmentSet) -> None:
    """Take in segments that nobody has asked for."""


def _kept(name: str, content: bytes) -> Statement:
    sql = "INSERT INTO state VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET content = excluded.content"
    return sql, (name, content)


def _records(folded: Folded) -> list[Statement]:
    sql = "INSERT INTO records (kind, vehicle, record) VALUES (?, ?, ?)"
    records: list[Alert | Passage] = [*folded.alerts, *folded.passages]
    return [(sql, (type(one).__name__.lower(), one.vehicle, encode(one))) for one in records]
