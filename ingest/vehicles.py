"""The register: who the vehicles are, from a CSV with one line a vehicle.

Columns: ``vehicle, plate, plate_colour, phone, carrier, class, profile, language, datum, speaks_via``. Only ``vehicle``
is needed; an empty cell takes the default. Faults are reported by line and key, all at once.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from ingest.errors import BadRegister
from ingest.files.options import DATUMS

COLUMNS: Final = (
    "vehicle",
    "plate",
    "plate_colour",
    "phone",
    "carrier",
    "class",
    "profile",
    "language",
    "datum",
    "speaks_via",
)
"""The columns, in any order in the file."""

SHOWN_FAULTS: Final = 20
"""So many faults are listed in the error; the rest is counted."""


class RegisteredVehicle(msgspec.Struct, frozen=True, gc=False, rename={"vehicle_class": "class"}):
    """One line of the register, and as JSON one vehicle of it; None where the cell is empty."""

    vehicle: str
    """The key of this vehicle in positions and in every record."""
    plate: str | None = None
    plate_colour: str | None = None
    phone: str | None = None
    """Number of the terminal's SIM."""
    carrier: str | None = None
    """The company; who may see what rests on it."""
    vehicle_class: str | None = None
    """Column ``class``: class of the vehicle in the profile, such as ``hazmat``."""
    profile: str | None = None
    """Name of the rules that hold for it."""
    language: str | None = None
    """Language of its driver, such as ``zh``."""
    datum: str | None = None
    """Datum of the positions it sends: wgs84, gcj02 or bd09."""
    speaks_via: str | None = None
    """The way in which a sentence reaches the driver."""


@dataclass(frozen=True, slots=True)
class Register:
    """All registered vehicles. A vehicle that is not here takes the defaults."""

    vehicles: dict[str, RegisteredVehicle]
    """By ``vehicle``, in the order of the file."""


def load_register(path: Path | str) -> Register:
    """Read a register (UTF-8 or GB18030, separated by comma, semicolon or tab).

    Raises BadRegister: the file cannot be read, a column is not known, ``vehicle`` is missing, empty or given twice, a
    line has more or fewer fields than the header, a datum is none of the three, a plate or phone stands at two
    vehicles. All faults are named by line and key.
    """
    path = Path(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadRegister(f"{path}: cannot be read: {error.strerror or error}") from error
    return parse_register(_decoded(path, raw), str(path))


def parse_register(text: str, name: str) -> Register:
    """Read a register from text; ``name`` stands for it in messages. Raises BadRegister as ``load_register``."""
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = [c.strip().lower() for c in next(lines, [])]
    faults = _header_faults(header)
    if faults:
        raise BadRegister(_told(name, faults))
    vehicles: dict[str, RegisteredVehicle] = {}
    seen: dict[tuple[str, str], int] = {}
    try:
        for cells in lines:
            if any(c.strip() for c in cells):
                _add(header, cells, lines.line_num, vehicles, seen, faults)
    except csv.Error as error:
        faults.append(f"line {lines.line_num}: {error}")
    if not vehicles and not faults:
        faults.append("line 2: no vehicle follows the header")
    if faults:
        raise BadRegister(_told(name, faults))
    return Register(vehicles)


def _decoded(path: Path, raw: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadRegister(f"{path}: is neither UTF-8 nor GB18030 text")


def _header_faults(header: list[str]) -> list[str]:
    faults = [
        f"line 1: column '{c}' is not known; the columns are {', '.join(COLUMNS)}" for c in header if c not in COLUMNS
    ]
    faults += [f"line 1: column '{c}' stands twice" for i, c in enumerate(header) if c in header[:i]]
    if "vehicle" not in header:
        faults.append("line 1: column 'vehicle' is missing")
    return faults


def _add(
    header: list[str],
    cells: list[str],
    line: int,
    vehicles: dict[str, RegisteredVehicle],
    seen: dict[tuple[str, str], int],
    faults: list[str],
) -> None:
    """Check one line; keep it, or name what is wrong with it."""
    if len(cells) != len(header):
        faults.append(f"line {line}: {len(cells)} fields where {len(header)} are due")
        return
    row = {k: c.strip() or None for k, c in zip(header, cells, strict=True)}
    if row["vehicle"] is None:
        faults.append(f"line {line}, vehicle: is empty")
        return
    for key in ("vehicle", "plate", "phone"):
        value = row.get(key)
        if value is None:
            continue
        if (key, value) in seen:
            faults.append(f"line {line}, {key}: '{value}' stands in line {seen[key, value]} already")
        seen.setdefault((key, value), line)
    datum = row.get("datum")
    if datum is not None and datum.lower() not in DATUMS:
        faults.append(f"line {line}, datum: '{datum}' is not one of {', '.join(DATUMS)}")
    row["datum"] = datum.lower() if datum else None
    row["vehicle_class"] = row.pop("class", None)
    vehicle = row.pop("vehicle")
    assert vehicle is not None  # noqa: S101  # checked above; for the type checker
    vehicles.setdefault(vehicle, RegisteredVehicle(vehicle, **row))


def _told(name: str, faults: list[str]) -> str:
    shown = "\n  ".join(faults[:SHOWN_FAULTS])
    more = f"\n  and {len(faults) - SHOWN_FAULTS} more" if len(faults) > SHOWN_FAULTS else ""
    return f"{name}: {len(faults)} fault{'s' if len(faults) > 1 else ''}\n  {shown}{more}"
