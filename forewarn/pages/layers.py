"""The lines of a map page, in layers: colours, and the compact form that map.js draws."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

ONE_WAY: Final = 0
"""Flag of a line driven from its first point to its last."""
BOTH_WAYS: Final = 1
"""Flag of a line driven either way."""
OUTLINE: Final = 2
"""Flag of a line that nobody drives: the circle of a place with a radius."""

MICRO: Final = 1_000_000
"""Coordinates stand in a page as whole millionths of a degree, 0.11 m."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One kind of line, switched and coloured as a whole."""

    key: str
    """``roads`` for the background, else any name."""
    label: str
    """What the legend says; empty for a layer that cannot be switched."""
    colour: str
    """A CSS colour."""
    width: float = 2.0
    """Relative width; map.js scales it with the zoom."""
    dash: tuple[int, int] | None = None
    """Pixels on and off; None for a solid line."""
    arrows: bool = False
    """Whether chevrons show the driving direction."""
    entries: bool = False
    """Whether the first point carries a marker and, near enough, the line's name."""
    visible: bool = True
    """Whether it is shown at first."""


ROADS: Final = Layer("roads", "Roads 道路", "#c3c9d1", width=1.0, arrows=True)
APPROACHES: Final = Layer("approach", "Approaches 引道", "#1c7ed6", width=1.5, arrows=True)
DECOYS: Final = Layer("decoy", "Decoys 邻近道路", "#c2255c", width=1.3, dash=(5, 4), arrows=True)

KIND_LABELS: Final = {
    "ramp": "Ramps 匝道",
    "unsignalled_crossing": "Unsignalled crossings 无灯控路口",
    "village_road": "Village roads 村庄路段",
    "hot_place": "Hot places 多发路段",
}
"""Names of the known kinds; any further kind shows its own name."""

KIND_COLOURS: Final = {
    "ramp": "#e8590c",
    "unsignalled_crossing": "#7048e8",
    "village_road": "#2b8a3e",
    "hot_place": "#f08c00",
}
FURTHER_COLOURS: Final = ("#0b7285", "#862e9c", "#846100", "#364fc7", "#5c940d", "#a61e4d")
"""Colours of further kinds, in order of their names, from the start again when they run out."""


def kind_layers(kinds: set[str]) -> list[Layer]:
    """Return a layer for each kind of segment, the known ones first."""
    known = [kind for kind in KIND_LABELS if kind in kinds]
    further = sorted(kinds - set(known))
    colours = [KIND_COLOURS[kind] for kind in known]
    colours += [FURTHER_COLOURS[i % len(FURTHER_COLOURS)] for i in range(len(further))]
    return [
        Layer(f"kind:{kind}", KIND_LABELS.get(kind, kind.replace("_", " ")), colour, 2.6, None, True, True)
        for kind, colour in zip(known + further, colours, strict=True)
    ]


def proposed_layers(kinds: set[str]) -> list[Layer]:
    """Return a layer for each kind of which segments are proposed: the same colours, dashed, and so named."""
    return [
        replace(
            layer,
            key=layer.key.replace("kind:", "proposed:", 1),
            label=f"Proposed 待审: {layer.label}",
            dash=(7, 4),
        )
        for layer in kind_layers(kinds)
    ]


@dataclass(slots=True)
class Drawing:
    """Lines as they are gathered, to be packed once."""

    layers: list[Layer]
    _layer: list[int] = field(default_factory=list)
    _flag: list[int] = field(default_factory=list)
    _lines: list[NDArray[np.float64]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, layer: int, lonlat: NDArray[np.float64], flag: int = ONE_WAY) -> int:
        """Add a line of shape (n, 2), degrees, n at least 1, and return its number."""
        self._layer.append(layer)
        self._flag.append(flag)
        self._lines.append(lonlat)
        return len(self._lines) - 1

    def counts(self) -> list[int]:
        """Return how many lines each layer holds."""
        held = np.bincount(np.asarray(self._layer, dtype=np.intp), minlength=len(self.layers))
        return [int(n) for n in held]

    def pack(self) -> dict[str, Any]:
        """Return what map.js reads; lines across the 180th meridian stay in one piece."""
        size = [len(line) for line in self._lines]
        points = np.concatenate(self._lines) if self._lines else np.empty((0, 2))
        lon = points[:, 0]
        if lon.size and np.ptp(lon) > 180:
            lon = np.where(lon < 0, lon + 360, lon)
        micro = np.rint(np.column_stack((lon, points[:, 1])) * MICRO).astype(np.int64)
        deltas = np.diff(micro, axis=0, prepend=np.zeros((1, 2), np.int64))
        layers = [{name: getattr(layer, name) for name in Layer.__dataclass_fields__} for layer in self.layers]
        return {
            "layers": layers,
            "layer": self._layer,
            "size": size,
            "flag": self._flag,
            "xy": deltas.ravel().tolist(),
        }


def circle(lon: float, lat: float, radius_m: float, corners: int = 36) -> NDArray[np.float64]:
    """Return a closed ring of (corners + 1, 2) degrees around a point; ``radius_m`` in metres."""
    turn = np.linspace(0, 2 * np.pi, corners + 1)
    north_deg = radius_m / 111_195
    east_deg = north_deg / max(np.cos(np.radians(lat)), 0.01)
    return np.column_stack((lon + east_deg * np.sin(turn), lat + north_deg * np.cos(turn)))
