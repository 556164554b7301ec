"""Logs: one JSON object a line on standard error. (structlog would take 11 MB.)"""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from forewarn.cleaning import clean

NAME: Final = "forewarn.terminal"


class JsonLines(logging.Formatter):
    """Writes an event with its fields; words of others are cleaned of control characters."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        fields: dict[str, Any] = getattr(record, "fields", {})
        told = {"event": clean(record.getMessage()), **fields, "level": record.levelname.lower()}
        told = {name: clean(value) if isinstance(value, str) else value for name, value in told.items()}
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return msgspec.json.encode({**told, "timestamp": at}).decode()


def set_up(level: str) -> None:
    """Send logs to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(NAME).setLevel(level.upper())


def info(event: str, **fields: Any) -> None:
    """Log what happens."""
    logging.getLogger(NAME).info(event, extra={"fields": fields})


def warn(event: str, **fields: Any) -> None:
    """Log what goes wrong."""
    logging.getLogger(NAME).warning(event, extra={"fields": fields})
