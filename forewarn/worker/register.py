"""The topic of vehicles: the register, a JSON object a vehicle, key: vehicle; the newest of each counts.

Fields are those of the register's columns (``ingest.vehicles.COLUMNS``); further ones are left alone.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from forewarn.worker.rules import Facts
from forewarn.worker.tail import Follower, Tail
from forewarn.worker.transaction import Message, Transactions
from ingest.messages.partitioner import partitions_of
from ingest.vehicles import Register, RegisteredVehicle


def publish(connection: Mapping[str, Any], topic: str, register: Register, *, replace: bool) -> tuple[int, int]:
    """Put a register on the topic, in one transaction; returns how many vehicles it has and how many were removed.

    With ``replace`` those that it does not hold are removed. Raises KafkaError or what a transaction raises.
    """
    removed: list[bytes] = []
    if replace:
        tail = Tail(connection, topic)
        try:
            there: dict[bytes, bool] = {}
            for record in tail.up_to_now():
                if record.key is not None:
                    there[record.key] = record.value is not None
        finally:
            tail.close()
        known = {name.encode() for name in register.vehicles}
        removed = [key for key, lives in there.items() if lives and key not in known]
    messages = [Message(topic, name.encode(), msgspec.json.encode(one)) for name, one in register.vehicles.items()]
    messages += [Message(topic, key, None) for key in removed]
    transactions = Transactions(connection)
    try:
        transactions.commit(messages)
    finally:
        transactions.close()
    return len(register.vehicles), len(removed)


class RegisterTopic(Follower):
    """The register as it stands, by partition of the positions; it may be looked at from another thread."""

    def __init__(self, tail: Tail, partitions: int, facts: Callable[[RegisteredVehicle], Facts]) -> None:
        """``facts`` tells what the rules need of a vehicle, and raises ValueError for what they do not know."""
        super().__init__(tail)
        self._facts = facts
        self._of: list[dict[str, Facts]] = [{} for _ in range(partitions)]
        self._log: list[list[str]] = [[] for _ in range(partitions)]
        self._lock = threading.Lock()
        self.refused: Counter[str] = Counter()
        """Messages that are no registered vehicle, by the fault; what was known of the vehicle stays."""
        self.last_fault = ""

    def since(self, number: int, mark: int, known: Mapping[str, Facts]) -> tuple[int, dict[str, Facts | None]]:
        """Return a new mark, and the vehicles of a partition that are other than ``known``; -1: compare all."""
        with self._lock:
            now, log = self._of[number], self._log[number]
            names: Iterable[str] = {*now, *known} if mark < 0 else log[mark:]
            changed = {name: now.get(name) for name in names if now.get(name) != known.get(name)}
            return len(log), changed

    def _take(self, records: Iterable[Any]) -> None:
        found: dict[str, Facts | None] = {}
        for record in records:
            try:
                name = (record.key or b"").decode("utf-8")
                if record.value is None:
                    found[name] = None
                    continue
                one = msgspec.json.decode(record.value, type=RegisteredVehicle)
                if one.vehicle != name:
                    raise ValueError(f"key '{name}' is not vehicle '{one.vehicle}'")
                found[name] = self._facts(one)
            except (ValueError, msgspec.DecodeError) as error:
                self.refused[str(error).split(":", 1)[0][:60]] += 1
                self.last_fault = f"{record.topic}[{record.partition}] offset {record.offset}: {error}"[:300]
        names = list(found)
        numbers = partitions_of(names, len(self._of)).tolist()
        with self._lock:
            for name, number in zip(names, numbers, strict=True):
                facts = found[name]
                if facts is None:
                    self._of[number].pop(name, None)
                else:
                    self._of[number][name] = facts
                self._log[number].append(name)


def phones_of(records: Iterable[Any]) -> dict[str, str]:
    """Return the vehicle of each phone in records of the topic, leading zeros left out; what is no entry is skipped."""
    found = {}
    for record in records:
        try:
            row = msgspec.json.decode(record.value or b"{}", type=dict[str, Any])
        except msgspec.DecodeError:  # the worker says so: it has the register to judge by
            continue
        phone, vehicle = row.get("phone"), row.get("vehicle")
        if isinstance(phone, str) and isinstance(vehicle, str) and phone.strip("0 "):
            found[phone.strip().lstrip("0")] = vehicle
    return found
