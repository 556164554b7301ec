"""GPX 1.0 and 1.1: the points of tracks, with speed and course from 1.0 or from extensions (metres a second).

The file's name is the vehicle; ``vehicle=name`` in the mapping makes it the name of the track.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.parsers import expat

import numpy as np
import polars as pl

from ingest.files.decode import RawTable
from ingest.files.options import ReadOptions
from ingest.files.source import Source

POINTS: Final = 50_000
"""Points that are handed over at once."""

_CHILDREN: Final = {"time": "time", "speed": "speed", "course": "heading", "fix": "valid", "bearing": "heading"}


def sniff(source: Source) -> bool:
    """Tell whether the file is XML with a gpx element."""
    return "<gpx" in source.head


def tables(source: Source, options: ReadOptions) -> Iterator[RawTable]:
    """Yield the track points; where the XML breaks, that is rejected as ``bad_xml`` and the file ends there."""
    reader = _Reader(by_track=options.mapping.get("vehicle") == "name")
    try:
        for block in source.blocks():
            reader.parser.Parse(block)
            if len(reader.points) >= POINTS:
                yield reader.taken()
        reader.parser.Parse(b"", True)
    except expat.ExpatError as error:
        source.reject("bad_xml", error.lineno, f"the file breaks off here: {expat.ErrorString(error.code)}")
    if reader.points:
        yield reader.taken()


class _Reader:
    """Collects track points from the events of the XML parser."""

    def __init__(self, *, by_track: bool) -> None:
        self.points: list[dict[str, str | None]] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self._by_track = by_track
        self._lines: list[int] = []
        self._point: dict[str, str | None] | None = None
        self._text = ""
        self._track: str | None = None

    def taken(self) -> RawTable:
        """Hand over what was collected."""
        schema = dict.fromkeys(("lon", "lat", "time", "speed", "heading", "valid"), pl.String)
        if self._by_track:
            schema["vehicle"] = pl.String
        raw = RawTable(pl.DataFrame(self.points, schema), np.array(self._lines, np.int64), {"speed": "m/s"})
        self.points, self._lines = [], []
        return raw

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        self._text = ""
        if tag == "trkpt":
            self._point = {"lon": attributes.get("lon"), "lat": attributes.get("lat"), "vehicle": self._track}
            self._lines.append(self.parser.CurrentLineNumber)
        elif tag == "trk":
            self._track = None

    def _characters(self, text: str) -> None:
        self._text += text

    def _end(self, name: str) -> None:
        tag = name.rpartition(" ")[2]
        if tag == "trkpt" and self._point is not None:
            self.points.append(self._point)
            self._point = None
        elif self._point is None:
            if tag == "name" and self._track is None:
                self._track = self._text.strip() or None
        elif (field := _CHILDREN.get(tag)) is not None:
            self._point.setdefault(field, self._text.strip())
