"""What the drivers of a simulated fleet heard, and how slow they became: lines for a person, JSON lines, sums."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Sequence
from math import isfinite
from pathlib import Path
from typing import Any, Final

import msgspec

from alerts.record import iso
from forewarn.fleet import SIMULATED
from forewarn.fleet.vehicle import EFFECTS, Effect, Vehicle
from forewarn.sinks.terminal import clean
from ingest.jt808.terminal import Text

OBEYED: Final = "obeyed"
OTHERS: Final = ("disobeyed",)
"""Effects whose drop is told beside that of those who obeyed: the same places, the same texts."""


class Hearings:
    """All texts of a run. Moments are seconds from the start of the fleet, which is at ``start_ms``."""

    def __init__(self, start_ms: int, path: Path | None, say: Callable[[str], None]) -> None:
        """``path`` takes a JSON line a text; ``say`` is given a line for a person. Raises OSError."""
        self._start_ms = start_ms
        self._file = path.open("wb") if path else None
        self._say = say
        self._watched: list[tuple[float, int, float, Vehicle, Text, Effect]] = []
        self._means: list[tuple[float, float]] = []
        self._drops: dict[str, list[float]] = {OBEYED: [], **{why: [] for why in OTHERS}}
        self.effects: Counter[str] = Counter()
        """Texts by what became of them, as ``EFFECTS`` has it."""

    @property
    def texts(self) -> int:
        """Texts so far."""
        return self.effects.total()

    def add(self, vehicle: Vehicle, text: Text, version: int, now_s: float, effect: Effect) -> None:
        """Note a text as it comes."""
        self.effects[effect.why] += 1
        heapq.heappush(self._watched, (effect.until_s, self.texts, now_s, vehicle, text, effect))
        if self._file is not None:
            record = {
                "vehicle": vehicle.name,
                "at": self._at(now_s),
                "text": text.text,
                "urgent": text.urgent,
                "read_aloud": text.read_aloud,
                "version": version,
                "speed_kmh": round(effect.speed_kmh, 1),
                "effect": effect.why,
                "simulated": True,
            }
            self._file.write(msgspec.json.encode(record) + b"\n")
            self._file.flush()

    def settle(self, now_s: float) -> None:
        """Say what came of the texts whose place is left by now."""
        while self._watched and self._watched[0][0] <= now_s:
            until_s, _, heard_s, vehicle, text, effect = heapq.heappop(self._watched)
            lowest_kmh = min(effect.speed_kmh, vehicle.lowest_kmh(heard_s, until_s))
            if effect.why in self._drops:
                self._drops[effect.why].append(effect.speed_kmh - lowest_kmh)
            if isfinite(effect.planned_kmh) and isfinite(effect.driven_kmh):
                self._means.append((effect.planned_kmh, effect.driven_kmh))
            self._tell(vehicle, text, effect, heard_s, f"then {lowest_kmh:.0f}")

    def _tell(self, vehicle: Vehicle, text: Text, effect: Effect, heard_s: float, then: str) -> None:
        self._say(
            f"{SIMULATED}  {self._at(heard_s)[11:19]}Z  {vehicle.name}  {'urgent' if text.urgent else 'notice'}  "
            f"「{clean(text.text)}」  {effect.speed_kmh:.0f} km/h, {then}: {EFFECTS[effect.why]}"
        )

    def _at(self, now_s: float) -> str:
        return iso(self._start_ms + round(now_s * 1000))

    def close(self, end_s: float) -> None:
        """Tell the others, of whose places the run saw no end, and close the file; they count in no mean."""
        self.settle(end_s)
        while self._watched:
            _, _, heard_s, vehicle, text, effect = heapq.heappop(self._watched)
            self._tell(vehicle, text, effect, heard_s, "then the run ended")
        if self._file is not None:
            self._file.close()

    def summary(self) -> dict[str, Any]:
        """Return the sums.

        Drops are from the speed when the text came to the lowest until the place was left. The mean speeds in the
        places are those of who obeyed, as they were planned and as they were driven.
        """
        planned, driven = zip(*self._means, strict=True) if self._means else ((), ())
        return {
            "texts": self.texts,
            "effects": dict(self.effects.most_common()),
            "mean_drop_kmh": {why: _mean(some) for why, some in self._drops.items()},
            "mean_kmh_in_places": {"planned": _mean(planned), "driven": _mean(driven)},
        }


def _mean(some: Sequence[float]) -> float | None:
    return round(sum(some) / len(some), 1) if some else None
