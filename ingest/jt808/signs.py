"""Latitudes and longitudes have no sign of their own: bits beside them tell the south and the west."""

from __future__ import annotations

from typing import Any, Final

import construct as c

from ingest.jt808.fields import NotWrittenError

_SIDES: Final = (("latitude_deg", "south"), ("longitude_deg", "west"))


class Signed(c.Adapter):
    """A place, or an area, with signs.

    ``bits`` names the field that tells the sides; every field whose name ends in ``latitude_deg`` or ``longitude_deg``
    takes the sign, those of the places listed in ``within`` as well.
    """

    def __init__(self, subcon: Any, bits: str, within: str | None = None) -> None:
        super().__init__(subcon)
        self._bits = bits
        self._within = within

    def _decode(self, obj: Any, context: Any, path: str) -> Any:
        for ending, side in _SIDES:
            if side in obj[self._bits]:
                for place, key in self._held(obj, ending):
                    place[key] = -abs(place[key]) or 0.0
        return obj

    def _encode(self, obj: Any, context: Any, path: str) -> Any:
        written = {**obj, self._bits: list(obj[self._bits])}
        if self._within:
            written[self._within] = [dict(place) for place in obj[self._within]]
        for ending, side in _SIDES:
            held = self._held(written, ending)
            degrees = [place[key] for place, key in held]
            if min(degrees, default=0) < 0 < max(degrees, default=0):
                raise NotWrittenError(f"one area with {ending} of both signs", path)
            if min(degrees, default=0) < 0 and side not in written[self._bits]:
                written[self._bits].append(side)
            for place, key in held:
                place[key] = abs(place[key])
        return written

    def _held(self, obj: Any, ending: str) -> list[tuple[Any, str]]:
        places = [obj, *obj[self._within]] if self._within else [obj]
        return [(place, key) for place in places for key in place if key.endswith(ending)]
