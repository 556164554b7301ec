"""The segments in force, as the page draws them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from forewarn.console.segments.collection import SEGMENT, Collection, Feature, role_of
from geofence.segments import loaded


class Segments:
    """One segment file, and its features by id."""

    def __init__(self, content: bytes, name: str = "segments") -> None:
        """Take a segment file's content; raises SegmentFileError, in which ``name`` stands for it."""
        loaded(content, name)
        self.content = content
        self.hash = hashlib.sha256(content).hexdigest()
        """SHA-256 of the content, hex: the same content, the same version."""
        self._collection = Collection(content)

    @classmethod
    def of_file(cls, path: Path) -> Segments:
        """Read a file; raises OSError, SegmentFileError."""
        return cls(path.read_bytes(), str(path))

    def get(self, id: str) -> Feature | None:
        """Return a segment's feature."""
        feature = self._collection.features.get(id)
        return feature if feature is not None and role_of(feature) == SEGMENT else None

    def ids(self) -> list[str]:
        """Return the ids of all segments, in the order of the file."""
        return list(self._collection.segments)

    def lines_of(self, id: str) -> list[Feature]:
        """Return the features that lead to a segment, or lie on it."""
        leading = self._collection.leading_to(id)
        return leading + [one for one in self._collection.lying_on(id) if one not in leading]
