"""The segments in force, as the page draws them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec


class Segments:
    """One segment file, and its features by id."""

    def __init__(self, content: bytes) -> None:
        """Take a segment file's content, which was checked before."""
        self.content = content
        document = msgspec.json.decode(content)
        self._features = {feature["properties"]["id"]: feature for feature in document["features"]}

    @classmethod
    def of_file(cls, path: Path) -> Segments:
        """Read a file."""
        return cls(path.read_bytes())

    def get(self, id: str) -> dict[str, Any] | None:
        """Return a segment's feature."""
        feature = self._features.get(id)
        role = None if feature is None else feature["properties"].get("role") or "segment"
        return feature if role == "segment" else None

    def ids(self) -> list[str]:
        """Return the ids of all segments, in the order of the file."""
        return [id for id in self._features if self.get(id) is not None]

    def lines_of(self, id: str) -> list[dict[str, Any]]:
        """Return the features that lead to a segment, or lie on it."""
        return [feature for feature in self._features.values() if id in _named(feature["properties"])]


def _named(properties: dict[str, Any]) -> set[str]:
    return {one["segment"] for key in ("leads_to", "on") for one in properties.get(key) or ()}
