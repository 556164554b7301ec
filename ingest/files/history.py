"""Read history: find the format of each file, decode, put in order, give out batches."""

from __future__ import annotations

import importlib
import tempfile
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from ingest.errors import BadOption, IngestError, NothingUsable, UnknownFormat, UnreadableFile
from ingest.files.decode import Decoder
from ingest.files.merge import SMALLEST_SLICE, Pool, merged, slices
from ingest.files.notes import Notes
from ingest.files.options import ReadOptions
from ingest.files.source import Source
from ingest.names import Dictionaries
from ingest.positions import PositionBatch, Reject
from ingest.rows import Rows, batch_of

STREAMS: Final = 8
"""Large files in order that are read side by side; more of them are sorted by way of the disk, to bound memory."""
LARGE_BLOCKS: Final = 32
"""A file of more blocks than this is large: worth a look beforehand at whether it is in order."""


@dataclass(frozen=True, slots=True)
class Format:
    """One row of the table of formats."""

    name: str
    """What a user calls it."""
    suffixes: tuple[str, ...]
    """Usual endings of file names, for messages; the content decides."""
    module: str
    """A module with ``sniff(source) -> bool`` and ``tables(source, options) -> Iterator[RawTable]``."""

    def sniff(self, source: Source) -> bool:
        """Tell by its head whether the file is of this format."""
        return bool(importlib.import_module(self.module).sniff(source))

    def tables(self, source: Source, options: ReadOptions) -> Iterator[Any]:
        """Yield the file's RawTables."""
        tables: Iterator[Any] = importlib.import_module(self.module).tables(source, options)
        return tables


class History(Iterator[PositionBatch]):
    """The positions of many files in order of arrival; iterate once. ``notes`` fills while it is read."""

    def __init__(
        self,
        paths: Iterable[Path | str],
        formats: Sequence[Format],
        *,
        options: ReadOptions,
        on_reject: Callable[[Reject], None],
        progress: Callable[[int], None] | None = None,
    ) -> None:
        """See ``ingest.files.open_history``."""
        self._formats = formats
        self._options = options
        self._on_reject = on_reject
        self._progress = progress
        self._notes = Notes()
        self._names = Dictionaries()
        self._reasons: Counter[str] = Counter()
        self._first_reject: Reject | None = None
        self._failed: list[IngestError] = []
        self._paths = [Path(p) for p in paths]
        if options.format is not None and options.format not in {f.name for f in formats}:
            raise BadOption(f"format '{options.format}' is not one of {', '.join(f.name for f in formats)}")
        for path in self._paths:
            if not path.exists():
                raise UnreadableFile(f"{path}: there is no such file")
            if path.is_dir():
                raise UnreadableFile(f"{path}: is a folder; name the files in it")
        self._batches = self._read()

    def __next__(self) -> PositionBatch:
        """Return the next batch; raise an IngestError where nothing at all was usable."""
        return next(self._batches)

    def close(self) -> None:
        """End early: remove what was put on disk."""
        self._batches.close()

    @property
    def notes(self) -> list[str]:
        """What was taken for granted so far, such as the zone of times that carry none: lines for a person."""
        return self._notes.texts()

    def _read(self) -> Generator[PositionBatch]:
        given = 0
        with tempfile.TemporaryDirectory(prefix="forewarn-", dir=self._options.temp_dir) as folder:
            for batch in self._batched(merged(self._sources(Path(folder)))):
                given += len(batch)
                yield batch
        if given == 0:
            raise self._nothing()

    def _sources(self, folder: Path) -> list[Iterator[Rows]]:
        """Read what is small into runs and return everything as sources that are each in order."""
        pool = Pool(self._options.run_rows, folder)
        order: list[Path | Rows | Iterator[Rows]] = []
        streams = 0
        for path in self._paths:
            try:
                source, fmt = self._open(path)
                if streams < STREAMS and self._large(source) and self._in_order(source, fmt):
                    streams += 1
                    pool.close(spill=True)
                    order += pool.taken()
                    order.append(self._rows(source, fmt))
                    continue
                for rows in self._rows(source, fmt):
                    pool.add(rows)
            except IngestError as error:
                self._fail(path, error)
        pool.close(spill=False)
        order += pool.taken()
        size = max(SMALLEST_SLICE, self._options.run_rows // max(1, len(order)))
        size = min(size, max(SMALLEST_SLICE, self._options.batch_rows))
        return [slices(part, size) if isinstance(part, Path | np.ndarray) else part for part in order]

    def _open(self, path: Path) -> tuple[Source, Format]:
        options = self._options
        source = Source(
            path,
            block_bytes=options.block_bytes,
            encoding=options.encoding,
            on_reject=self._count,
            progress=self._progress,
        )
        for fmt in self._formats:
            if options.format == fmt.name or (options.format is None and fmt.sniff(source)):
                return source, fmt
        tried = ", ".join(f"{f.name} ({' '.join(f.suffixes)})" for f in self._formats)
        raise UnknownFormat(f"{path}: is none of {tried}; it begins with {source.head_bytes[:24]!r}")

    def _large(self, source: Source) -> bool:
        return source.size > LARGE_BLOCKS * self._options.block_bytes

    def _in_order(self, source: Source, fmt: Format) -> bool:
        silent = source.silent()
        decoder = Decoder(silent, self._options, Dictionaries(), Notes())
        last = np.iinfo(np.int64).min
        for raw in fmt.tables(silent, self._options):
            key = decoder.keys(raw)
            if key.size and (key[0] < last or (key[1:] < key[:-1]).any()):
                return False
            last = key[-1] if key.size else last
        return True

    def _rows(self, source: Source, fmt: Format) -> Iterator[Rows]:
        decoder = Decoder(source, self._options, self._names, self._notes)
        read = 0
        for raw in fmt.tables(source, self._options):
            rows = decoder.rows(raw)
            read += rows.size
            if rows.size:
                yield rows
        if read == 0:
            raise NothingUsable(f"{source.name}: read as {fmt.name}, and no usable position is in it")

    def _batched(self, chunks: Iterator[Rows]) -> Iterator[PositionBatch]:
        size = self._options.batch_rows
        waiting: list[Rows] = []
        count = 0
        for chunk in chunks:
            waiting.append(chunk)
            count += chunk.size
            if count < size:
                continue
            rows = np.concatenate(waiting) if len(waiting) > 1 else waiting[0]
            whole = rows.size - rows.size % size
            for at in range(0, whole, size):
                yield batch_of(rows[at : at + size], self._names)
            waiting, count = [rows[whole:]], rows.size - whole
        if count:
            yield batch_of(np.concatenate(waiting), self._names)

    def _count(self, reject: Reject) -> None:
        self._first_reject = self._first_reject or reject
        self._reasons[reject.reason] += 1
        self._on_reject(reject)

    def _fail(self, path: Path, error: IngestError) -> None:
        """One of several files is of no use: count it and go on; the last of all stops in ``_nothing``."""
        if isinstance(error, BadOption):
            raise error
        self._failed.append(error)
        if len(self._paths) > 1:
            self._count(Reject("unusable_file", str(path), 0, str(error)[:200]))

    def _nothing(self) -> IngestError:
        if not self._paths:
            return NothingUsable("no file was named")
        told = "; ".join(str(e) for e in self._failed[:3])
        if len(self._failed) > 3:
            told += f"; and {len(self._failed) - 3} more files"
        if self._reasons and self._first_reject is not None:
            first = self._first_reject
            counted = ", ".join(f"{n} {reason}" for reason, n in self._reasons.most_common())
            told += f". Rejected: {counted}; the first at {first.source}, line {first.line}: {first.detail}"
        kind = type(self._failed[0]) if len(self._failed) == 1 else NothingUsable
        return kind(told)
