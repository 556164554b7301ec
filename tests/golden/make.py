"""Writes the golden files anew: ``python tests/golden/make.py``. Look at the change (``git diff``) before it goes in.

The files of real drives are written only where ``../shared/data`` is at hand.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from forewarn.compiled import use_cache  # noqa: E402  # before the first import of numba

use_cache()

from tests.golden import replays  # noqa: E402


def tree(name: str, counts: dict[str, Any]) -> None:
    """Write one tree of counts."""
    text = json.dumps(counts, ensure_ascii=False, indent=1) + "\n"
    (replays.HERE / name).write_text(text, encoding="utf-8")


def main() -> None:
    """Write every golden file that can be made here."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, records in replays.fleet(folder).items():
            lines = [json.dumps(r, ensure_ascii=False, separators=(",", ":")) + "\n" for r in records]
            (replays.HERE / file).write_text("".join(lines), encoding="utf-8")
        shared = ROOT.parent / "shared" / "data"
        if not shared.is_dir():
            sys.stderr.write("../shared/data is not here: the files of real drives stay as they are\n")
            return
        makers: dict[str, Callable[[], dict[str, Any]]] = {
            "porto.json": lambda: replays.porto(shared, replays.mine_porto(shared, folder / "porto.geojson"), folder),
            "envirocar.json": lambda: replays.envirocar(shared),
            "munich.json": lambda: replays.munich(shared),
        }
        for file, make in makers.items():
            tree(file, make())


if __name__ == "__main__":
    main()
