"""A file that others may replace while it is used."""

from __future__ import annotations

from pathlib import Path


class WatchedFile:
    """Tells when a file is another one than before, by its time, size and number."""

    def __init__(self, path: Path) -> None:
        """As it stands now; raises OSError."""
        self.path = path.resolve()
        self._seen = self._state()

    def changed(self) -> bytes | None:
        """Return its content where it has changed since the last look; raises OSError, and is then looked at again."""
        state = self._state()
        if state == self._seen:
            return None
        content = self.path.read_bytes()
        self._seen = state
        return content

    def _state(self) -> tuple[int, int, int]:
        told = self.path.stat()
        return told.st_mtime_ns, told.st_size, told.st_ino
