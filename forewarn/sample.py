"""Where the sample's segment file stands: inside an installed wheel, else in the repository."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def sample_segments() -> Path:
    """Return the path of the sample segment file, mined from Longgang, Shenzhen.

    Raises:
        FileNotFoundError: neither the installed package nor the repository holds it.
    """
    installed = Path(str(files("forewarn"))) / "data" / "segments.geojson"
    repository = Path(__file__).resolve().parent.parent / "data" / "segments.geojson"
    for path in (installed, repository):
        if path.is_file():
            return path
    raise FileNotFoundError(f"the sample segment file is neither at {installed} nor at {repository}")
