"""Who may speak with the gateway: registered phones, and the code that each terminal was given.

A terminal is known by its phone number, which the register leads to a vehicle. At its first registration it is given a
random code, of which only a hash is kept; from then on only the same terminal id may register under that number again,
until an operator lets it go (``forewarn gateway --forget PHONE``).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence
from typing import Final

from forewarn.gateway.store import Statement, Store
from ingest.vehicles import RegisteredVehicle

CODE_BYTES: Final = 16
"""Random bytes of a code, written as twice as many characters: old terminals hold no more than some dozens."""
WAY: Final = "jt808"
"""What ``speaks_via`` of the register begins with where a vehicle's terminal speaks."""


def plain(phone: str) -> str:
    """Return a phone number without the zeros that fill it up."""
    return phone.strip().lstrip("0") or "0"


def _hash(code: str) -> bytes:
    """Return what is kept of a code; codes are random, so there is nothing that a slow hash would protect."""
    return hashlib.sha256(code.encode("utf-8", "replace")).digest()


class Terminals:
    """All registered phones, and what is known of those that have registered."""

    def __init__(self, store: Store, gateway: str) -> None:
        """Read what is known; ``gateway`` is the name of this one."""
        self._store = store
        self._gateway = gateway
        self._of_phone: dict[str, RegisteredVehicle] = {}
        self._of_vehicle: dict[str, RegisteredVehicle] = {}
        rows = store.rows("SELECT phone, code_hash, terminal_id, driver FROM terminals")
        self._hashes: dict[str, bytes] = {phone: code_hash for phone, code_hash, _, _ in rows}
        self._ids: dict[str, str] = {phone: terminal_id for phone, _, terminal_id, _ in rows}
        self._drivers: dict[str, str] = {phone: driver for phone, _, _, driver in rows if driver is not None}

    def __len__(self) -> int:
        return len(self._of_phone)

    def know(self, vehicles: Sequence[RegisteredVehicle], gone: Sequence[str] = ()) -> list[str]:
        """Take in entries of the register, and names that it holds no more; returns phones that lost their vehicle."""
        lost = []
        for name in [*gone, *(one.vehicle for one in vehicles)]:
            before = self._of_vehicle.pop(name, None)
            if before is not None and before.phone and self._of_phone.get(plain(before.phone)) is before:
                del self._of_phone[plain(before.phone)]
                lost.append(plain(before.phone))
        for one in vehicles:
            self._of_vehicle[one.vehicle] = one
            if one.phone:
                self._of_phone[plain(one.phone)] = one
        return [phone for phone in lost if phone not in self._of_phone]

    def vehicle(self, phone: str) -> RegisteredVehicle | None:
        """Return the vehicle of a phone, as ``plain`` writes it; None where the register has none."""
        return self._of_phone.get(phone)

    def phone_for(self, vehicle: str) -> str | None:
        """Return the phone of the terminal that speaks for a vehicle by this gateway; None where none does."""
        one = self._of_vehicle.get(vehicle)
        if one is None or not one.phone:
            return None
        way, _, gateway = (one.speaks_via or WAY).partition("/")
        return plain(one.phone) if way == WAY and gateway in ("", self._gateway) else None

    def may_register(self, phone: str, terminal_id: str, plate: str) -> str:
        """Return the result of a registration, as 0x8100 names it."""
        one = self._of_phone.get(phone)
        if one is None:
            return "terminal_not_known"
        if one.plate and plate and one.plate != plate:
            return "vehicle_not_known"
        if self._ids.get(phone, terminal_id) != terminal_id:
            return "terminal_already_registered"
        return "ok"

    def register(self, phone: str, terminal_id: str, now_ms: int, done: Callable[[str], None]) -> None:
        """Give a terminal a new code; ``done`` has it once it is kept."""
        code = secrets.token_hex(CODE_BYTES)
        kept = _hash(code)
        self._ids[phone] = terminal_id

        def written() -> None:
            self._hashes[phone] = kept
            done(code)

        self._store.write(
            (
                "INSERT INTO terminals (phone, code_hash, terminal_id, registered_ms) VALUES (?, ?, ?, ?) ON CONFLICT "
                "(phone) DO UPDATE SET code_hash = excluded.code_hash, registered_ms = excluded.registered_ms",
                (phone, kept, terminal_id, now_ms),
            ),
            done=written,
        )

    def authentic(self, phone: str, code: str) -> bool:
        """Tell whether this is the code that the terminal was given, and the register still knows it."""
        known = self._hashes.get(phone)
        return hmac.compare_digest(known or b"", _hash(code)) and phone in self._of_phone

    def driver(self, phone: str) -> str | None:
        """Return the driver whose card was inserted last and not removed."""
        return self._drivers.get(phone)

    def drives(self, phone: str, driver: str | None) -> None:
        """Note a driver's card, None where it was removed."""
        if driver is None:
            self._drivers.pop(phone, None)
        else:
            self._drivers[phone] = driver
        self._store.write(("UPDATE terminals SET driver = ? WHERE phone = ?", (driver, phone)))


def forgetting(phone: str) -> Statement:
    """Return what lets a terminal's registration go."""
    return "DELETE FROM terminals WHERE phone = ?", (plain(phone),)
