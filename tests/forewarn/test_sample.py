"""The sample's segment file is found wherever Forewarn stands."""

from __future__ import annotations

from forewarn.sample import sample_segments


def test_sample_is_found() -> None:
    """In a working tree or an installed wheel there is a file of that name."""
    path = sample_segments()
    assert path.name == "segments.geojson"
    assert path.is_file()
