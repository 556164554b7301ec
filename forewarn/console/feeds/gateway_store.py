"""Records and positions of a gateway that stands alone: read from its store, which it goes on writing."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Final
from urllib.parse import quote

import structlog

from forewarn.console.incoming import Decoding, Incoming, Rejects
from forewarn.console.intake import Intake
from forewarn.toml_config import BadConfigError
from ingest.files.options import ReadOptions
from ingest.messages import Message, Reader

log: Final = structlog.get_logger()
LOOK_S: Final = 0.1
AGAIN_S: Final = 1.0
TURN_S: Final = 1.0
MOST_AT_ONCE: Final = 1_000
TABLES: Final = ("records", "outcomes", "positions")
"""The tables that are followed, each by its numbers; their names stand for topics in the console's own store."""
_NEW: Final = {
    "records": "SELECT number, vehicle, kind, record FROM records WHERE number >= ? ORDER BY number LIMIT ?",
    "outcomes": "SELECT number, vehicle, 'outcome', record FROM outcomes WHERE number >= ? ORDER BY number LIMIT ?",
    "positions": "SELECT number, '', 'position', content FROM positions WHERE number >= ? ORDER BY number LIMIT ?",
}


class GatewayStoreFeed:
    """Three tables, looked at again and again."""

    def __init__(
        self, path: Path, offsets: Mapping[tuple[str, int], int], reading: ReadOptions, now_ms: Callable[[], int]
    ) -> None:
        """``offsets`` says where to go on. Raises BadConfigError for what is no such store."""
        self._path, self._now_ms = path, now_ms
        self._next = {table: offsets.get((table, 0), 0) for table in TABLES}
        self.rejects = Rejects()
        self._reader = Reader("positions", reading, self.rejects.add)
        self._decoding = Decoding(self.rejects)
        self._ended = threading.Event()
        try:
            with closing(self._opened()) as connection:
                connection.execute(_NEW["records"], (0, 0))
        except sqlite3.Error as error:
            raise BadConfigError(f"gateway.store: {path}: {error}; begin the gateway first") from error

    def run(self, intake: Intake) -> None:
        """Read until told to end; once a second the clock is looked at."""
        turned_s, failed = -TURN_S, False
        while not self._ended.is_set():
            try:
                incoming = self._new()
                failed = False
            except sqlite3.Error as error:
                if not failed:
                    log.warning("gateway_store_waits", why=str(error))
                failed, incoming = True, Incoming()
            if incoming:
                intake.take(incoming, self._now_ms())
            if time.monotonic() - turned_s >= TURN_S:  # not by the wall's clock, which may be set back
                turned_s = time.monotonic()
                intake.turn(self._now_ms())
            if not incoming:
                self._ended.wait(AGAIN_S if failed else LOOK_S)

    def end(self) -> None:
        """End ``run`` soon."""
        self._ended.set()

    def _opened(self) -> sqlite3.Connection:
        return sqlite3.connect(f"file:{quote(str(self._path))}?mode=ro", uri=True, timeout=1.0)

    def _new(self) -> Incoming:
        incoming = Incoming()
        messages: list[Message] = []
        with closing(self._opened()) as connection:
            # all of them before anything counts as read: where one fails, all are read again
            found = {
                table: connection.execute(_NEW[table], (self._next[table], MOST_AT_ONCE)).fetchall() for table in TABLES
            }
        for table, rows in found.items():
            for number, vehicle, kind, content in rows:
                self._next[table] = incoming.offsets[table, 0] = number + 1
                if kind == "position":
                    messages.append(Message(content, None, number, self._now_ms()))
                elif record := self._decoding.record(kind, content, table, number):
                    incoming.add(record, vehicle)
        if messages:
            incoming.positions.append(self._reader.read(messages))
        return incoming
