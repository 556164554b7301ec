"""How files of positions are to be read: everything that a file cannot say about itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from ingest.errors import BadOption
from ingest.files.headers import FIELDS, SPEED_UNITS

Degrees = NDArray[np.float64]
ToWgs84 = Callable[[Degrees, Degrees], tuple[Degrees, Degrees]]
Datum = Literal["wgs84", "gcj02", "bd09"]
DATUMS: Final = ("wgs84", "gcj02", "bd09")


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Settings of the reading side; the defaults suit most files."""

    mapping: Mapping[str, str] = field(default_factory=dict)
    """Field to column, such as ``{"lon": "LNG"}``, over what is recognised; ``#3`` names the third column."""
    tz: str = "UTC"
    """IANA zone of times that carry none."""
    time_format: str | None = None
    """A strptime pattern for times that are not ISO 8601, epoch or Chinese, such as ``%d/%m/%Y %H:%M:%S``."""
    speed_unit: str | None = None
    """Unit of speeds whose header names none, a key of ``SPEED_UNITS``; km/h where not given."""
    datum: Datum = "wgs84"
    """Datum of the coordinates in the files."""
    to_wgs84: ToWgs84 | None = None
    """Converter of longitudes and latitudes to WGS-84; needed unless ``datum`` is ``wgs84``."""
    shifted_to_wgs84: ToWgs84 | None = None
    """Converter of single positions that say that they were shifted (GCJ-02); such are rejected where it is None."""
    format: str | None = None
    """Name of the format, where its content should not be left to tell."""
    delimiter: str | None = None
    """Column separator of delimited text, one character; found from the header where not given."""
    encoding: str | None = None
    """Character encoding of text; UTF-8 or UTF-16 by their marks, else GB18030, where not given."""
    point_interval_s: float = 15.0
    """Seconds between the points of a polyline without times (15 in the Porto taxi data)."""
    block_bytes: int = 8 << 20
    """Unpacked text that is decoded at once."""
    batch_rows: int = 65_536
    """Largest number of fixes in a batch that is given out."""
    run_rows: int = 1_000_000
    """Fixes that are sorted at once in memory (about 100 bytes each, twice while sorting) before they go to disk."""
    temp_dir: Path | None = None
    """Where sorted runs are kept while files that are not in order are merged; the system's folder when None."""

    def __post_init__(self) -> None:
        """Raise BadOption where a setting makes no sense."""
        for name in self.mapping:
            if name not in FIELDS:
                raise BadOption(f"cannot map '{name}': the fields are {', '.join(FIELDS)}")
        try:
            ZoneInfo(self.tz)
        except (KeyError, ValueError, OSError) as error:
            raise BadOption(f"time zone '{self.tz}' is not known; give one such as Asia/Shanghai") from error
        if self.speed_unit is not None and self.speed_unit not in SPEED_UNITS:
            raise BadOption(f"speed unit '{self.speed_unit}' is not one of {', '.join(SPEED_UNITS)}")
        if self.datum not in DATUMS:
            raise BadOption(f"datum '{self.datum}' is not one of {', '.join(DATUMS)}")
        if self.datum != "wgs84" and self.to_wgs84 is None:
            raise BadOption(f"datum '{self.datum}' needs a converter to WGS-84")
        if self.delimiter is not None and len(self.delimiter.encode()) != 1:
            raise BadOption(f"a delimiter is one character, not {self.delimiter!r}")
        for name in ("block_bytes", "batch_rows", "run_rows"):
            if getattr(self, name) < 1:
                raise BadOption(f"{name} must be at least 1, not {getattr(self, name)}")
        if not self.point_interval_s > 0:
            raise BadOption(
                f"the interval between the points of a polyline must be over 0 s, not {self.point_interval_s}"
            )
