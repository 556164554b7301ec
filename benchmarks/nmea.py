"""What a receiver would say of a drive: bursts of NMEA 0183 sentences, one a fix, for benchmarks and tests."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from functools import reduce
from operator import xor
from pathlib import Path

import numpy as np

from ingest.gnss.fix import KMH_PER_KNOT


def sentence(body: str) -> str:
    """Close a sentence with its checksum."""
    return f"${body}*{reduce(xor, body.encode(), 0):02X}\r\n"


def burst(
    time_ms: int, lon: float, lat: float, kmh: float, heading_deg: float, *, talker: str = "GN", valid: bool = True
) -> str:
    """Return the sentences of one moment as a u-blox receiver orders them: RMC, VTG, GGA, GSA, GSV, GLL."""
    moment = datetime.fromtimestamp(time_ms / 1000.0, UTC)
    clock, day = f"{moment:%H%M%S}.{moment.microsecond // 10_000:02d}", f"{moment:%d%m%y}"
    north, east = _degrees(lat, 2, "NS"), _degrees(lon, 3, "EW")
    knots = kmh / KMH_PER_KNOT
    status, mode, quality = ("A", "A", 1) if valid else ("V", "N", 0)
    place = f"{north},{east}" if valid else ",,,"
    return "".join(
        map(
            sentence,
            (
                f"{talker}RMC,{clock},{status},{place},{knots:.3f},{heading_deg:.2f},{day},,,{mode},V",
                f"{talker}VTG,{heading_deg:.2f},T,,M,{knots:.3f},N,{kmh:.3f},K,{mode}",
                f"{talker}GGA,{clock},{place},{quality},10,0.92,31.2,M,-2.1,M,,",
                f"{talker}GSA,A,3,02,05,07,13,15,20,29,30,,,,,1.62,0.92,1.33,1",
                "GPGSV,3,1,10,02,41,312,38,05,63,021,42,07,18,190,33,13,55,102,40,1",
                f"{talker}GLL,{place},{clock},{status},{mode}",
            ),
        )
    )


def _degrees(value: float, width: int, both: str) -> str:
    whole, minutes = divmod(abs(value) * 60.0, 60.0)
    return f"{int(whole):0{width}d}{minutes:08.5f},{both[int(value < 0.0)]}"


def log_of(fixes: Path, vehicle: str | None = None) -> str:
    """Return a log of one vehicle of a simulated fleet (``forewarn simulate``), as its receiver would write it.

    Fleets report over a network: here a fix stands at every whole second between two that are at most 5 s apart.
    """
    columns: dict[str, list[float]] = {name: [] for name in ("time", "lon", "lat", "speed_kmh", "heading_deg")}
    with fixes.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            vehicle = vehicle or row["vehicle"]
            if row["vehicle"] == vehicle and row["heading_deg"]:
                columns["time"].append(datetime.fromisoformat(row["time"]).timestamp())
                for name in ("lon", "lat", "speed_kmh", "heading_deg"):
                    columns[name].append(float(row[name] or "nan"))
    times, first = np.unique(columns["time"], return_index=True)
    at = np.arange(np.ceil(times[0]), times[-1])
    behind = np.searchsorted(times, at, side="right") - 1
    at = at[times[behind + 1] - times[behind] <= 5.0]
    lon, lat, kmh = (np.interp(at, times, np.array(columns[n])[first]) for n in ("lon", "lat", "speed_kmh"))
    turned = np.unwrap(np.array(columns["heading_deg"])[first], period=360.0)
    heading = np.interp(at, times, turned) % 360.0
    rows = zip((at * 1000.0).astype(int).tolist(), lon, lat, np.nan_to_num(kmh), heading, strict=True)
    return "".join(burst(ms, x, y, v, h) for ms, x, y, v, h in rows)
