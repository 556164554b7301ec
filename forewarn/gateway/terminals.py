"""Who may speak with the gateway: registered phones, and the code that each terminal was given.

A terminal is known by its phone number, which the register leads to a vehicle. At its first registration it is given a
random code, of which only a hash is kept; from then on only the same terminal id may register under that number again,
until an operator lets it go (``forewarn gateway --forget PHONE``), also while the gateway runs.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import Final

from forewarn.gateway.store import Statement, Store
from ingest.jt808.messages.registration import COLOURS
from ingest.vehicles import RegisteredVehicle

CODE_BYTES: Final = 16
"""Random bytes of a code, written as twice as many characters: old terminals hold no more than some dozens."""
MOST_CARDS: Final = 100
"""Drivers a day that a terminal may tell of: their names are kept for as long as the process runs."""
DAY_MS: Final = 86_400_000
WAY, PLATFORM_WAY = "jt808", "jt809"
"""What ``speaks_via`` of the register begins with where a vehicle's terminal speaks."""


CHINESE: Final = {"蓝": "blue", "黄": "yellow", "黑": "black", "白": "white", "绿": "green", "黄绿": "yellow_green"}
"""Colours of plates as a register may say them."""


def plain(phone: str) -> str:
    """Return a phone number without the zeros that fill it up."""
    return phone.strip().lstrip("0") or "0"


def _hash(code: str) -> bytes:
    """Return what is kept of a code; codes are random, so there is nothing that a slow hash would protect."""
    return hashlib.sha256(code.encode("utf-8", "replace")).digest()


class Terminals:
    """All registered phones, and what is known of those that have registered."""

    def __init__(self, store: Store, gateway: str, platforms: Collection[str] = ()) -> None:
        """Read what is known; ``gateway`` is the name of this one, ``platforms`` are those that it is linked to."""
        self._store = store
        self._gateway = gateway
        self._platforms = platforms
        self._of_plate: dict[str, dict[str, RegisteredVehicle]] = {}
        self._of_phone: dict[str, RegisteredVehicle] = {}
        self._of_vehicle: dict[str, RegisteredVehicle] = {}
        rows = store.rows("SELECT phone, code_hash, driver FROM terminals")
        self._hashes: dict[str, bytes] = {phone: code_hash for phone, code_hash, _ in rows}
        self._drivers: dict[str, str] = {phone: driver for phone, _, driver in rows if driver is not None}
        self._cards: Counter[str] = Counter()
        self._cards_day = 0

    def __len__(self) -> int:
        return len(self._of_phone)

    def know(self, vehicles: Sequence[RegisteredVehicle], gone: Sequence[str] = ()) -> list[str]:
        """Take in entries of the register, and names that it holds no more; returns phones that lost their vehicle."""
        lost = []
        for name in [*gone, *(one.vehicle for one in vehicles)]:
            before = self._of_vehicle.pop(name, None)
            if before is not None and before.plate:
                self._of_plate[before.plate].pop(name, None)
            if before is not None and before.phone and self._of_phone.get(plain(before.phone)) is before:
                del self._of_phone[plain(before.phone)]
                lost.append(plain(before.phone))
        for one in vehicles:
            self._of_vehicle[one.vehicle] = one
            if one.plate:
                self._of_plate.setdefault(one.plate, {})[one.vehicle] = one
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

    def platform_for(self, vehicle: str) -> str | None:
        """Return the platform through which a vehicle is spoken to; None where it is none of this gateway's."""
        one = self._of_vehicle.get(vehicle)
        way, _, name = (one.speaks_via or WAY).partition("/") if one is not None and one.plate else ("", "", "")
        return name if way == PLATFORM_WAY and name in self._platforms else None

    def speaks(self, vehicle: str) -> bool:
        """Tell whether a vehicle's driver is spoken to by this gateway."""
        return self.phone_for(vehicle) is not None or self.platform_for(vehicle) is not None

    def of_platform(self, name: str) -> list[RegisteredVehicle]:
        """Return the vehicles that are spoken to through a platform."""
        return [one for vehicle, one in self._of_vehicle.items() if self.platform_for(vehicle) == name]

    def of_plate(self, plate: str, colour: str | int) -> RegisteredVehicle | None:
        """Return the vehicle of a plate: the one of that colour, or the only one of which no colour is registered."""
        found = list(self._of_plate.get(plate, {}).values())
        same = [one for one in found if one.plate_colour and colour_of(one.plate_colour) == colour]
        open_ = [one for one in found if not one.plate_colour]
        return same[0] if len(same) == 1 else open_[0] if not same and len(open_) == 1 else None

    def may_register(self, phone: str, plate: str) -> str:
        """Return the result of a registration as 0x8100 names it, as far as the register tells."""
        one = self._of_phone.get(phone)
        if one is None:
            return "terminal_not_known"
        return "vehicle_not_known" if one.plate and plate and one.plate != plate else "ok"

    def register(self, phone: str, terminal_id: str, now_ms: int, done: Callable[[str | None], None]) -> None:
        """Give a terminal a new code; ``done`` has it once it is kept, or None where another one has the number."""
        code = secrets.token_hex(CODE_BYTES)
        kept = _hash(code)

        def written(changed: int) -> None:
            if changed:
                self._hashes[phone] = kept
            done(code if changed else None)

        self._store.change(
            (
                "INSERT INTO terminals (phone, code_hash, terminal_id, registered_ms) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (phone) DO UPDATE SET code_hash = excluded.code_hash, "
                "registered_ms = excluded.registered_ms WHERE terminal_id = excluded.terminal_id",
                (phone, kept, terminal_id, now_ms),
            ),
            written,
        )

    def authentic(self, phone: str, code: str) -> bool:
        """Tell whether this is the code that the terminal was given, and the register still knows it."""
        known = self._hashes.get(phone)
        return hmac.compare_digest(known or b"", _hash(code)) and phone in self._of_phone

    def driver(self, phone: str) -> str | None:
        """Return the driver whose card was inserted last and not removed."""
        return self._drivers.get(phone)

    def drives(self, phone: str, driver: str | None, now_ms: int) -> bool:
        """Note a driver's card, None where it was removed.

        Returns whether it was noted; with more than ``MOST_CARDS`` a day the driver is not known.
        """
        before, kept = self._drivers.get(phone), True
        if now_ms // DAY_MS != self._cards_day:
            self._cards_day = now_ms // DAY_MS
            self._cards.clear()
        if driver is not None and driver != before:
            self._cards[phone] += 1
            if self._cards[phone] > MOST_CARDS:
                driver, kept = None, False
        if driver != before:
            if driver is None:
                del self._drivers[phone]
            else:
                self._drivers[phone] = driver
            self._store.write(("UPDATE terminals SET driver = ? WHERE phone = ?", (driver, phone)))
        return kept


def colour_of(text: str) -> str | int:
    """Return a plate's colour as JT/T 808 names it, of what a register says: its name, number or Chinese word."""
    plain_text = text.strip().lower().removesuffix("色")
    if plain_text.isdecimal():
        return COLOURS.get(int(plain_text), int(plain_text))
    return CHINESE.get(plain_text, plain_text)


def forgetting(phone: str) -> Statement:
    """Return what lets a terminal's registration go."""
    return "DELETE FROM terminals WHERE phone = ?", (plain(phone),)
