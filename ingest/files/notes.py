"""What a reading took for granted or left out without losing a position: said once each, with a count."""

from __future__ import annotations


class Notes:
    """Remarks of one reading, in the order in which they first came up."""

    def __init__(self) -> None:
        """Start with nothing to say."""
        self._count: dict[str, int] = {}
        self._first: dict[str, str] = {}

    def say(self, text: str) -> None:
        """Note something that holds for the whole reading; said once."""
        self._count.setdefault(text, 0)

    def count(self, text: str, n: int, first: str) -> None:
        """Count n occurrences of something; ``first`` describes one of them, and the first of all is kept."""
        if n:
            self._count[text] = self._count.get(text, 0) + n
            self._first.setdefault(text, first)

    def texts(self) -> list[str]:
        """Return the remarks as lines for a person."""
        return [f"{t}: {n} times (first: {self._first[t]})" if n else t for t, n in self._count.items()]

    def remarks(self) -> list[str]:
        """Return the remarks without their counts."""
        return list(self._count)
