"""A map read once for everything that the judge asks of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from forewarn.judge.crossings import crossings
from forewarn.judge.level_crossings import Crossing
from forewarn.judge.network import Network, build_network
from forewarn.judge.tags import Tags, read_tags
from forewarn.judge.villages import Villages, villages


@dataclass(frozen=True, slots=True)
class Survey:
    """What the judge knows of a map, from its tags alone."""

    tags: Tags
    network: Network
    crossings: list[Crossing]
    villages: Villages


def survey_map(path: Path) -> Survey:
    """Read a map (``.osm``, ``.osm.gz``, ``.osm.bz2``, ``.osm.pbf``). Raises BadMap."""
    tags = read_tags(path)
    network = build_network(tags)
    return Survey(tags, network, crossings(tags, network), villages(tags, network.ground))
