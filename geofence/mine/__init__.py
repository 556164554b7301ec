"""From an OpenStreetMap extract to a segment file: one module a kind of place. This table lists them.

``build`` reads a map into a ``network``, each miner yields ``place``s, ``assemble`` makes the segment file of them.
"""

from typing import Final

MINERS: Final = {
    "ramp": "geofence.mine.ramp",
    "unsignalled_crossing": "geofence.mine.crossing",
    "level_crossing": "geofence.mine.level_crossing",
    "village_road": "geofence.mine.village",
}
"""Kind to module; every module has ``mine(network, settings)``, which returns places in order of their ids."""
