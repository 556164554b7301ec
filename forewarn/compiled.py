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
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.console import Console

PACKAGES: Final = ("geofence", "ingest", "alerts", "forewarn/judge", "forewarn/simulate")
"""Packages with compiled functions."""
PLAIN: Final = ("ingest/jt808", "ingest/jt809", "ingest/gnss")
"""Rooms of theirs in which none is, and which none calls: a change there leaves the cache as it is."""


def cache_folder() -> Path:
    """Return the folder for compiled functions: under ``XDG_CACHE_HOME``, ``LOCALAPPDATA`` or ``~/.cache``."""
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.blake2b(digest_size=8)
    digest.update(f"{metadata.version('numba')} {metadata.version('numpy')} {sys.version}".encode())
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            if not path.relative_to(root).as_posix().startswith(tuple(f"{room}/" for room in PLAIN)):
                digest.update(path.read_bytes())
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or Path.home() / ".cache"
    return Path(base) / "forewarn" / f"compiled-{digest.hexdigest()}"


def use_cache() -> None:
    """Point numba at the cache folder unless the user has chosen one; call before the first import of numba."""
    os.environ.setdefault("NUMBA_CACHE_DIR", str(cache_folder()))


def tell_compiling(console: Console) -> None:
    """Say that the first run on a machine compiles, where it is going to: it takes a while and prints nothing."""
    if not Path(os.environ.get("NUMBA_CACHE_DIR", "")).is_dir():
        console.print("compiling the rules for this machine, once: about a minute", style="dim")
