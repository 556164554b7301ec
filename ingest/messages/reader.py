"""Messages to positions: the form of each message found, its positions decoded, what is none rejected by its offset."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ingest.files.decode import Decoder, Place, RawTable, missing
from ingest.files.notes import Notes
from ingest.files.options import ReadOptions
from ingest.messages import arrow
from ingest.messages.arrow import Arrow
from ingest.messages.objects import Objects
from ingest.names import Dictionaries
from ingest.positions import LINES, UNKNOWN_MS, PositionBatch, Reject
from ingest.rows import batch_of, blank_rows

LONGEST_BYTES: Final = 4 << 20
"""A longer message is no position and no batch of them: 1,000 positions are 40 kB in Arrow and 200 kB in JSON."""


class Message(NamedTuple):
    """A record of a topic."""

    value: bytes | None
    key: bytes | None
    offset: int
    received_ms: int
    """When the broker took it, UTC epoch milliseconds: the arrival of positions that do not tell of theirs."""
    form: str | None = None
    """Form that a header named, ``json`` or ``arrow``; None: the first bytes tell."""


class Form(Protocol):
    """What reads messages of one form."""

    def tables(self, values: Sequence[bytes], numbers: NDArray[np.int64], source: Place) -> Iterator[RawTable]:
        """Yield positions with the number of their message; reject what is none."""


class Partition:
    """What rejects of one partition name as their place."""

    def __init__(self, name: str, on_reject: Callable[[Reject], None]) -> None:
        """``name`` is such as ``positions[3]``."""
        self.name = name
        self.stem = name
        self._on_reject = on_reject

    def reject(self, reason: str, line: int, detail: str) -> None:
        """Report a bad message or position by its offset."""
        self._on_reject(Reject(reason, self.name, line, detail[:200]))


def in_order(line: NDArray[np.int64], time_ms: NDArray[np.int64]) -> bool:
    """Tell whether rows are in order of line, and within a line of time."""
    onward = np.diff(line)
    return bool(((onward > 0) | ((onward == 0) & (np.diff(time_ms) >= 0))).all())


class Reader:
    """Reads the messages of one partition; names are shared by all batches."""

    def __init__(
        self,
        name: str,
        options: ReadOptions,
        on_reject: Callable[[Reject], None],
        names: Dictionaries | None = None,
    ) -> None:
        """``name`` stands in rejects; a reject's line is the offset. Names that it meets come to ``names``."""
        self._source = Partition(name, on_reject)
        self._names = names or Dictionaries()
        self._notes = Notes()
        self._decoder = Decoder(self._source, options, self._names, self._notes)
        self._objects = Objects(options)
        self._forms: dict[str, Form] = {"json": self._objects, "arrow": Arrow(options)}

    @property
    def passed_over(self) -> int:
        """Objects so far that are sound and hold no position, such as a terminal's heartbeat."""
        return self._objects.passed_over

    @property
    def remarks(self) -> list[str]:
        """What was taken for granted so far, such as the zone of times that carry none; each once, no place named."""
        return [remark.removeprefix(f"{self._source.name}: ") for remark in self._notes.remarks()]

    def read(self, messages: Sequence[Message]) -> PositionBatch:
        """Return the positions of messages, which come in order of their offsets; ``line`` leads to the offset of each.

        Those of one message are put in order of time. What becomes of a message does not depend on its neighbours.
        """
        by_form: dict[str, list[int]] = {name: [] for name in self._forms}
        for k, message in enumerate(messages):
            if message.value is None or not message.value.strip():
                self._source.reject("empty", message.offset, "has no value")
            elif len(message.value) > LONGEST_BYTES:
                self._source.reject("too_long", message.offset, f"has {len(message.value)} bytes, over {LONGEST_BYTES}")
            else:
                named = message.form if message.form in self._forms else None
                by_form[named or ("arrow" if arrow.sniff(message.value) else "json")].append(k)
        offsets = np.fromiter((m.offset for m in messages), np.int64, len(messages))
        parts = [blank_rows(0)]
        for name, form in self._forms.items():
            values = [messages[k].value or b"" for k in by_form[name]]
            for raw in form.tables(values, offsets[by_form[name]], self._source) if values else ():
                parts.append(self._decoder.rows(self._named(raw, messages, offsets)))
        rows = np.concatenate(parts) if len(parts) > 2 else parts[-1]
        if not in_order(rows["line"], rows["time_ms"]):
            rows = rows[np.lexsort((rows["time_ms"], rows["line"]))]
        arrived = np.fromiter((m.received_ms for m in messages), np.int64, len(messages))
        unknown = np.flatnonzero(rows["received_ms"] == UNKNOWN_MS)
        rows["received_ms"][unknown] = arrived[np.searchsorted(offsets, rows["line"][unknown] % LINES)]
        return batch_of(rows, self._names)

    def _named(self, raw: RawTable, messages: Sequence[Message], offsets: NDArray[np.int64]) -> RawTable:
        """Take the key of its message for the vehicle of each position that names none; reject what has neither."""
        table = raw.table
        given = (
            table["vehicle"].cast(pl.String)
            if "vehicle" in table.columns
            else pl.Series([None], dtype=pl.String).new_from_index(0, len(table))
        )
        nameless = missing(given)
        if not nameless.any():
            return raw
        keys = [(message.key or b"").decode("utf-8", "replace") or None for message in messages]
        of_row = pl.Series(keys, dtype=pl.String)[np.searchsorted(offsets, raw.line)]
        named = pl.select(pl.when(pl.Series(nameless)).then(of_row).otherwise(given)).to_series()
        keep = ~missing(named)
        for number in raw.line[~keep].tolist():
            self._source.reject("missing_value", number, "names no vehicle, and the message has no key")
        return RawTable(table.with_columns(vehicle=named).filter(keep), raw.line[keep], raw.units, raw.absent)
