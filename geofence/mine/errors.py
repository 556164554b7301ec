"""What can go wrong while mining a map: one small tree, every message names the file."""

from __future__ import annotations

from pathlib import Path


class MineError(Exception):
    """Mining cannot go on."""


class MapError(MineError):
    """The map file cannot be read, is malformed, or holds nothing to mine."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(f"{path}: {detail}")
        self.path = path
        """The file at fault."""
        self.detail = detail
        """What is wrong with it, in words for a person."""
