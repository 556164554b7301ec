"""Receivers that are read live: each kind is where its bytes come from and what makes fixes of them."""

from __future__ import annotations

from typing import Final

from ingest.gnss import gpsd, nmea
from ingest.gnss.fix import Fix, batch_of_fixes
from ingest.gnss.receiver import Kind, Receiver
from ingest.gnss.streams import Connection, File, SerialPort

RECEIVERS: Final[dict[str, Kind]] = {
    "gpsd": Kind(Connection, gpsd.Decoder),
    "serial": Kind(SerialPort, nmea.Decoder),
    "file": Kind(File, nmea.Decoder),
}
"""Name to kind; a further one is a stream, a decoder and a line here."""

__all__ = ["RECEIVERS", "Fix", "Kind", "Receiver", "batch_of_fixes"]
