"""A partition taken up: its newest snapshot, and what follows read again, silently, up to the committed offset."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog

from forewarn.worker.catalogue import Catalogue, NoVersionError
from forewarn.worker.keeping import Keeper, Kept
from forewarn.worker.packing import BadSnapshotError
from forewarn.worker.partition import Change, Partition
from forewarn.worker.reading import message_of
from forewarn.worker.standing import Committed
from forewarn.worker.tail import LostError, Tail

log: Final = structlog.get_logger()


class StoppedError(Exception):
    """The worker is to end, and left off in the middle."""


@dataclass(slots=True)
class Share:
    """One partition of this worker's share."""

    fold: Partition
    keeper: Keeper
    snapshot_at: float
    """When the last snapshot began, by the clock of ``time.monotonic``."""
    committed: Committed | None
    """What stands at the group as far as this worker knows: as it was taken up, or as it committed last."""
    register_mark: int = -1
    """How far the register's changes are known; -1: not yet compared."""


@dataclass(frozen=True, slots=True)
class Restorer:
    """How partitions are taken up."""

    connection: Mapping[str, Any]
    positions: str
    states: str
    catalogue: Catalogue
    new: Callable[[int], Partition]
    """A fresh partition of a number."""
    warm_up_h: float
    begin: str
    """``earliest`` or ``latest``: where to begin without any committed offset."""
    alive: Callable[[], None]
    """Called in between; raises StoppedError when the worker is to end."""

    def restore(self, number: int, committed: Committed | None) -> Share:
        """Return the partition as it stands at the committed offset.

        Raises KafkaError and StoppedError, and LostError where the partition's log ends before that.
        """
        began = time.monotonic()
        tail = Tail(self.connection, self.states, [number])
        try:
            kept = Kept(tail.up_to_now())
        finally:
            tail.close()
        positions = Tail(self.connection, self.positions, [number])
        try:
            fold, changes = self._from_snapshot(kept, number, None if committed is None else committed.offset)
            first, end = positions.bounds()
            if committed is None:  # without a warm-up: there is nothing that was judged already
                changes = [change for change in changes if fold.segments]
                until = fold.offset if fold.segments else (first if self.begin == "earliest" else end)
            else:
                until = committed.offset
            if until > end:
                raise LostError(self.positions, number, until, end)
            fresh = not fold.segments
            if fresh:
                fold.offset = changes[0].offset if changes else self._warm_up(positions, first, until)
            if fold.offset < first:
                log.warning("positions_gone", partition=number, first=first, wanted=fold.offset)
                fold.offset = first
            read = self._again(positions, fold, changes, until)
            fold.offset = max(until, first)
        finally:
            positions.close()
        took = round(time.monotonic() - began, 3)
        log.info(
            "taken_up", partition=number, offset=fold.offset, vehicles=fold.vehicles, read_again=read, seconds=took
        )
        keeper = Keeper(self.states, number, kept.keys)
        return Share(fold, keeper, -math.inf if fresh else time.monotonic(), committed)

    def _from_snapshot(self, kept: Kept, number: int, committed: int | None) -> tuple[Partition, list[Change]]:
        """Return the partition of the newest snapshot, a fresh one where there is none, and the changes after it."""
        try:
            changes = kept.changes()
            manifest = kept.manifest
            if manifest is None:
                return self.new(number), changes
            if committed is not None and manifest.offset > committed:
                raise BadSnapshotError(f"it is of offset {manifest.offset}, and {committed} is committed")
            template = self.catalogue.template(manifest.segments)
            fold = self.new(number)
            fold.restore(kept.state(manifest), template, kept.evicted)
            return fold, [change for change in changes if change.offset >= manifest.offset]
        except (BadSnapshotError, NoVersionError) as error:
            log.warning("snapshot_of_no_use", partition=number, why=str(error))
            return self.new(number), []

    def _warm_up(self, positions: Tail, first: int, committed: int) -> int:
        """Return where to read again from where nothing is kept: so many hours back."""
        back = positions.offset_at(round((time.time() - self.warm_up_h * 3600.0) * 1000.0))
        return committed if back is None else min(max(back, first), committed)

    def _again(self, positions: Tail, fold: Partition, changes: Sequence[Change], committed: int) -> int:
        """Fold what lies before the committed offset; what comes of it was said before. Returns how many messages."""
        waiting = [change for change in changes if change.offset < committed]
        read = 0
        if fold.offset < committed:
            if not fold.segments and not (waiting and waiting[0].offset <= fold.offset):
                current = self.catalogue.current
                assert current is not None  # noqa: S101  # a worker begins with a version
                self._change(fold, Change(fold.offset, current))
            for records in positions.between(fold.offset, committed):
                self.alive()
                messages = [message_of(record) for record in records]
                read += len(messages)
                while waiting and waiting[0].offset <= messages[-1].offset:
                    change = waiting.pop(0)
                    cut = next(k for k, message in enumerate(messages) if message.offset >= change.offset)
                    fold.step(messages[:cut])
                    messages = messages[cut:]
                    self._change(fold, change)
                fold.step(messages)
        return read

    def _change(self, fold: Partition, change: Change) -> None:
        try:
            template = self.catalogue.template(change.segments)
        except NoVersionError as error:
            current = self.catalogue.current
            assert current is not None  # noqa: S101  # a worker begins with a version
            log.warning("version_gone", partition=fold.number, why=str(error), instead=current)
            change, template = Change(change.offset, current, change.vehicles), self.catalogue.template(current)
        fold.change(change, template)
