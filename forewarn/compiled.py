"""Where compiled rules are kept: numba's cache, by content of the sources, so that it can never be stale.

numba looks only at the file of the function it caches, not at those it calls; a folder named by the hash of all
sources and of numba's version closes that gap, and works where the package itself cannot be written to.
"""

from __future__ import annotations

import hashlib
import os
import sys
from importlib import metadata
from pathlib import Path
from typing import Final

PACKAGES: Final = ("geofence", "ingest", "alerts")
"""Packages with compiled functions."""


def cache_folder() -> Path:
    """Return the folder for compiled functions: under ``XDG_CACHE_HOME``, ``LOCALAPPDATA`` or ``~/.cache``."""
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.blake2b(digest_size=8)
    digest.update(f"{metadata.version('numba')} {metadata.version('numpy')} {sys.version}".encode())
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            digest.update(path.read_bytes())
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or Path.home() / ".cache"
    return Path(base) / "forewarn" / f"compiled-{digest.hexdigest()}"


def use_cache() -> bool:
    """Point numba at the cache folder unless the user has chosen one; call before the first import of numba.

    Returns True where the folder is new, so that the first run is going to compile.
    """
    if "NUMBA_CACHE_DIR" in os.environ:
        return False
    folder = cache_folder()
    fresh = not folder.is_dir()
    os.environ["NUMBA_CACHE_DIR"] = str(folder)
    return fresh
