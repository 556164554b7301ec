"""History files: the table of formats, and the one way to read them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from ingest.files.history import Format, History
from ingest.files.options import ReadOptions
from ingest.positions import Reject

FORMATS: Final = (
    Format("parquet", (".parquet",), "ingest.files.parquet"),
    Format("gpx", (".gpx",), "ingest.files.gpx"),
    Format("geojson", (".geojson", ".json"), "ingest.files.geojson"),
    Format("json", (".jsonl", ".ndjson", ".json"), "ingest.files.records"),
    Format("nmea", (".nmea", ".log", ".txt"), "ingest.files.nmea"),
    Format("polylines", (".csv",), "ingest.files.polylines"),
    Format("csv", (".csv", ".tsv", ".txt"), "ingest.files.delimited"),
)
"""Every format in the order in which a file's head is held against them; adding one is a module and a line."""


def open_history(
    paths: Iterable[Path | str],
    *,
    options: ReadOptions | None = None,
    on_reject: Callable[[Reject], None],
    progress: Callable[[int], None] | None = None,
) -> History:
    """Read files of positions, merged in order of arrival, in bounded memory.

    Yields batches of at most ``options.batch_rows`` fixes, ordered by time of arrival where a file tells it, else by
    the time of the fix; equal keys keep the order of files and rows. ``on_reject`` is called for each row that is left
    out, ``progress`` with the number of bytes just read from disk. Latitudes beyond 90 degrees (swapped coordinates)
    pass, for the screen to name. The result's ``notes`` say what was taken for granted.

    Raises UnreadableFile at once for a missing file or a folder, BadOption for a setting that makes no sense, and while
    reading UnreadableFile, UnknownFormat or NothingUsable where no file held a usable position. One useless file among
    several is reported as a reject ``unusable_file``.

    Memory: about 300 bytes times ``options.run_rows`` while files are sorted, plus a block of text.
    """
    return History(paths, FORMATS, options=options or ReadOptions(), on_reject=on_reject, progress=progress)


__all__ = ["FORMATS", "Format", "History", "ReadOptions", "open_history"]
