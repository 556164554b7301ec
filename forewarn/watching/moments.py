"""Moments of records as a person reads them, in the zone of whoever watches."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from forewarn.cleaning import clean


class Moments:
    """Writes moments in one zone."""

    def __init__(self, zone: tzinfo | None = None) -> None:
        """``zone`` is the machine's where not given."""
        self._zone = zone

    def of(self, text: str) -> datetime | None:
        """Return the moment that a record names; None where it is none."""
        try:
            moment = datetime.fromisoformat(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(self._zone)
        except (ValueError, OverflowError):
            return None

    def date(self, text: str) -> str:
        """Return month and day, empty where the text names no moment."""
        moment = self.of(text)
        return f"{moment:%m-%d}" if moment else ""

    def time(self, text: str) -> str:
        """Return hour, minute and second; the text, fit for a terminal, where it names no moment."""
        moment = self.of(text)
        return f"{moment:%H:%M:%S}" if moment else clean(text)

    def full(self, text: str) -> str:
        """Return date and time; the text, fit for a terminal, where it names no moment."""
        moment = self.of(text)
        return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else clean(text)

    def clock(self, ms: int) -> str:
        """Return hour, minute and second of UTC epoch milliseconds."""
        return f"{self._local(ms):%H:%M:%S}"

    def minute(self, ms: int) -> str:
        """Return hour and minute of UTC epoch milliseconds."""
        return f"{self._local(ms):%H:%M}"

    def zone(self, ms: int) -> str:
        """Return by how much the zone differs from UTC at that moment, such as ``UTC+0800``."""
        moment = self._local(ms)
        return f"UTC{moment:%z}" if moment.utcoffset() else "UTC"

    def _local(self, ms: int) -> datetime:
        return datetime.fromtimestamp(ms / 1000, UTC).astimezone(self._zone)
