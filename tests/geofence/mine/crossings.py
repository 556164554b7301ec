"""Roads that cross, drawn in metres, and the crossings that are mined from them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from geofence.mine import crossing
from geofence.mine.place import Place
from geofence.mine.settings import MineSettings
from tests.geofence.mine.drawn_map import Points, Ways, network_of

ZH = MineSettings(country="CN", language="zh")
EN = MineSettings(country="PT", language="en")
MAIN = {"highway": "secondary", "name": "甲路"}
SIDE = {"highway": "tertiary", "name": "乙路"}
ONE_WAY = {**MAIN, "oneway": "yes"}
CROSS: Points = {"W": (-300, 0), "X": (0, 0), "E": (300, 0), "N": (0, 300), "S": (0, -300)}
DUAL: Points = {
    "W1": (-300, 0),
    "X1": (0, 0),
    "E1": (300, 0),
    "W2": (-300, 20),
    "X2": (0, 20),
    "E2": (300, 20),
    "N": (0, 300),
    "S": (0, -300),
}


def mined(
    folder: Path,
    points: Points,
    ways: Ways,
    nodes: Mapping[str, Mapping[str, str]] | None = None,
    settings: MineSettings = ZH,
) -> list[Place]:
    """The crossings of a drawn map."""
    return crossing.mine(network_of(folder, points, ways, nodes), settings)


def length_m(place: Place) -> float:
    """Metres of a place's stretch."""
    return sum(step.to_m - step.from_m for step in place.path)
