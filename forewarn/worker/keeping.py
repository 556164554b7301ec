"""The topic of states: for each partition its changes, and the newest snapshot, in parts and a manifest.

Keys: ``manifest``, ``part/OFFSET/NUMBER``, ``change/OFFSET/NUMBER`` and ``evicted/OFFSET/NUMBER``. Parts go out over
several transactions, so that no batch waits long for them; what a newer manifest makes needless is struck out with it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Final

import msgspec

from forewarn.worker.eviction import EVICTED, Evicted
from forewarn.worker.packing import BadSnapshotError
from forewarn.worker.partition import Change, State
from forewarn.worker.snapshot import Manifest, manifest_of, parts_of, state_of
from forewarn.worker.tail import Tail
from forewarn.worker.transaction import Message

MANIFEST: Final = b"manifest"
AT_ONCE_BYTES: Final = 4 << 20
"""Bytes of parts in one transaction: some 20 ms of it."""
MOST_VEHICLES: Final = 2_000
"""Registered vehicles in one message of a change: under 800 kB with the longest names."""


class Kept:
    """What the topic holds of one partition."""

    def __init__(self, records: Iterable[Any]) -> None:
        """Take its records in their order: the newest of each key counts."""
        self.values: dict[bytes, bytes] = {}
        self.evicted: dict[bytes, int] = {}
        """Offset of each part of evicted vehicles."""
        for record in records:
            if record.value is None:
                self.values.pop(record.key, None)
                self.evicted.pop(record.key, None)
            elif record.key is not None and record.key.startswith(EVICTED):
                self.evicted[record.key] = record.offset
            elif record.key is not None:
                self.values[record.key] = record.value

    @property
    def keys(self) -> Iterable[bytes]:
        """All keys."""
        return self.values.keys() | self.evicted.keys()

    @property
    def manifest(self) -> Manifest | None:
        """The manifest of the newest snapshot; raises BadSnapshotError for one that cannot be read."""
        value = self.values.get(MANIFEST)
        try:
            return None if value is None else msgspec.json.decode(value, type=Manifest)
        except msgspec.DecodeError as error:
            raise BadSnapshotError(f"its manifest cannot be read: {error}") from error

    def state(self, manifest: Manifest) -> State:
        """Return the state of the snapshot; raises BadSnapshotError."""
        keys = [part_key(manifest.offset, number) for number in range(len(manifest.parts))]
        return state_of(manifest, (self.values.get(key, b"") for key in keys))

    def changes(self) -> list[Change]:
        """Return the changes in the order of their offsets; raises BadSnapshotError for one that cannot be read."""
        found: dict[int, Change] = {}
        try:
            for key in sorted(self.values, key=_place):
                if key.startswith(b"change/"):
                    change = msgspec.json.decode(self.values[key], type=Change)
                    before = found.get(change.offset)
                    vehicles = {**(before.vehicles if before else {}), **change.vehicles}
                    found[change.offset] = msgspec.structs.replace(change, vehicles=vehicles)
        except (msgspec.DecodeError, ValueError) as error:
            raise BadSnapshotError(f"a change cannot be read: {error}") from error
        return [found[offset] for offset in sorted(found)]


class Keeper:
    """Writes what is to be kept of one partition."""

    def __init__(self, topic: str, number: int, keys: Iterable[bytes] = ()) -> None:
        """``keys`` are those that stand there."""
        self._topic, self._number = topic, number
        self._keys = set(keys) - {MANIFEST}
        self._waiting: deque[Message] = deque()
        self._manifest: Manifest | None = None
        self._in_use: frozenset[bytes] = frozenset()
        """Parts of evicted vehicles that the snapshot under way names."""

    @property
    def busy(self) -> bool:
        """Tell whether a snapshot is under way."""
        return self._manifest is not None

    def changed(self, change: Change) -> list[Message]:
        """Return the messages that keep a change."""
        names = list(change.vehicles)
        messages = []
        for number, first in enumerate(range(0, max(1, len(names)), MOST_VEHICLES)):
            vehicles = {name: change.vehicles[name] for name in names[first : first + MOST_VEHICLES]}
            content = msgspec.json.encode(msgspec.structs.replace(change, vehicles=vehicles))
            messages.append(self._message(b"change/%d/%d" % (change.offset, number), content))
        return messages

    def begin(self, state: State, profile: str, evicted: Evicted) -> None:
        """Begin a snapshot: pack the state as it is now; with it go the parts of ``evicted`` not written yet."""
        self._in_use = frozenset(state.evicted_keys)
        for key, content in evicted.unwritten:
            self._waiting.append(self._message(key, content, partial(evicted.written, key)))
        parts = list(parts_of(state))
        self._waiting.extend(
            self._message(part_key(state.offset, number), content) for number, (_, content) in enumerate(parts)
        )
        self._manifest = manifest_of(state, profile, (part for part, _ in parts))

    def more(self) -> list[Message]:
        """Return the next messages of the snapshot under way; the last ones hold its manifest."""
        messages: list[Message] = []
        manifest = self._manifest
        if manifest is None:
            return messages
        size = 0
        while self._waiting and size < AT_ONCE_BYTES:
            messages.append(self._waiting.popleft())
            size += len(messages[-1].value or b"")
        if self._waiting:
            return messages
        self._manifest = None
        messages.append(self._message(MANIFEST, msgspec.json.encode(manifest)))
        needless = sorted(k for k in self._keys - self._in_use if _needless(k, manifest.offset, len(manifest.parts)))
        self._keys -= set(needless)
        return messages + [Message(self._topic, key, None, self._number) for key in needless]

    def _message(self, key: bytes, content: bytes, landed: Callable[[int], None] | None = None) -> Message:
        self._keys |= {key} - {MANIFEST}
        return Message(self._topic, key, content, self._number, landed=landed)


def part_key(offset: int, number: int) -> bytes:
    """Return the key of a part."""
    return b"part/%d/%d" % (offset, number)


def _place(key: bytes) -> tuple[bytes, int, int]:
    """Return what keys are ordered by; raises ValueError for one that is none of ours."""
    if key == MANIFEST:
        return key, 0, 0
    kind, offset, number = key.split(b"/")
    return kind, int(offset), int(number)


def _needless(key: bytes, snapshot: int, parts: int) -> bool:
    """Tell whether a key is of no use any more once the snapshot at that offset, of so many parts, counts.

    Parts of evicted vehicles are, but for those that the snapshot names.
    """
    try:
        kind, offset, number = _place(key)
    except ValueError:
        return True
    if kind == b"change":
        return offset < snapshot
    if kind != b"part":
        return True
    return offset != snapshot or number >= parts


def needed_versions(connection: Mapping[str, Any], topic: str) -> set[str]:
    """Return the versions of the segments that kept snapshots and changes name; raises KafkaError."""
    tail = Tail(connection, topic)
    try:
        of: dict[int, list[Any]] = {}
        for record in tail.up_to_now():
            of.setdefault(record.partition, []).append(record)
    finally:
        tail.close()
    versions = set()
    for records in of.values():
        kept = Kept(records)
        try:
            manifest, changes = kept.manifest, kept.changes()
        except BadSnapshotError:  # which no worker can go on from either
            continue
        versions |= {change.segments for change in changes} | ({manifest.segments} if manifest else set())
    return versions
