"""Segments mined from a map as a command needs them: what the map tells of its country, all kinds, one set."""

from __future__ import annotations

import importlib
import tempfile
from pathlib import Path

from geofence.mine import MINERS
from geofence.mine.assemble import assemble
from geofence.mine.country import guess_country, guess_language, left_driving
from geofence.mine.network import Network
from geofence.mine.place import Place
from geofence.mine.settings import MineSettings
from geofence.segments import SegmentSet, load


def mine_settings(network: Network, country: str | None) -> MineSettings:
    """Return the settings for a map; ``country`` is an ISO code, guessed from the map where None."""
    code = country.upper() if country is not None else guess_country(network)
    return MineSettings(country=code, language=guess_language(network, code), left_driving=left_driving(code))


def mined_segments(network: Network, settings: MineSettings) -> SegmentSet:
    """Return the segments of all kinds that the map holds, the same that ``forewarn segments import-osm`` writes."""
    places: list[Place] = []
    for module in MINERS.values():
        places += importlib.import_module(module).mine(network, settings)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mined.geojson"
        assemble(network, settings, places).write(path)
        return load(path)
