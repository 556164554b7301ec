"""A small base map in the two forms that there are: PMTiles of vector tiles, and of pictures."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import mapbox_vector_tile
from PIL import Image
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import write

ZOOM = 8
COLUMN, ROW = 209, 111
"""The tile of zoom 8 that has Shenzhen on it."""
HEADER = {
    "min_zoom": ZOOM,
    "max_zoom": ZOOM,
    "min_lon_e7": 1_139_062_500,
    "min_lat_e7": 215_000_000,
    "max_lon_e7": 1_153_125_000,
    "max_lat_e7": 231_000_000,
    "center_zoom": ZOOM,
    "center_lon_e7": 1_145_000_000,
    "center_lat_e7": 225_000_000,
}
ATTRIBUTION = "<b>drawn</b> for tests"


def vector(path: Path) -> Path:
    """Water all over, and one road."""
    layers = [
        {
            "name": "water",
            "features": [{"geometry": "POLYGON((0 0, 0 4096, 4096 4096, 4096 0, 0 0))", "properties": {}}],
        },
        {"name": "roads", "features": [{"geometry": "LINESTRING(0 0, 4096 4096)", "properties": {"kind": "highway"}}]},
    ]
    tile = gzip.compress(mapbox_vector_tile.encode(layers))
    fields = [{"id": layer["name"], "fields": {}} for layer in layers]
    return _written(path, tile, TileType.MVT, Compression.GZIP, {"vector_layers": fields})


def picture(path: Path, colour: str) -> Path:
    """One colour all over."""
    out = io.BytesIO()
    Image.new("RGB", (256, 256), colour).save(out, "PNG")
    return _written(path, out.getvalue(), TileType.PNG, Compression.NONE, {})


def _written(path: Path, tile: bytes, kind: TileType, packed: Compression, metadata: dict[str, object]) -> Path:
    with write(path) as out:
        out.write_tile(zxy_to_tileid(ZOOM, COLUMN, ROW), tile)
        header = {**HEADER, "tile_type": kind, "tile_compression": packed}
        out.finalize(header, {"attribution": ATTRIBUTION, **metadata})
    return path
