"""Logs: one JSON object a line, in colour and words on a terminal; the worker's own and those of the Kafka client."""

from __future__ import annotations

import logging
import re
import sys
from typing import Any, Final

import structlog


def set_up(level: str) -> None:
    """Send logs to standard error; those of the Kafka client only at level debug.

    What came of its complaints the worker says in its own words.
    """
    shared: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    terminal = sys.stderr.isatty()
    renderer: Any = (
        # plain: the tracebacks that it would draw show the values of variables, secrets among them
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if terminal
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[*(shared[:-1] if terminal else shared), renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    if level != "debug":
        handler.addFilter(lambda record: not record.name.startswith("kafka."))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)


FENCED: Final = re.compile(r"fenced group_instance_id (\S+) error")
"""The only word of kafka-python on a heartbeat that was refused since another client has the group instance id."""


class Complaints(logging.Handler):
    """What the Kafka client said last of a connection: its own errors tell only that time ran out."""

    def __init__(self) -> None:
        """Listen from now on."""
        super().__init__(logging.WARNING)
        self.last = ""
        """The last complaint of a connection."""
        self.refused = ""
        """The last one of a login that failed."""
        self.fenced = ""
        """The group instance id that another client has taken."""
        logging.getLogger("kafka").addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Note it."""
        said = record.getMessage()
        if "SaslAuthenticationFailedError" in said:
            self.refused = said
        taken = FENCED.search(said)
        if taken is not None:
            self.fenced = taken[1]
        if "failed" in said or "lost" in said:
            self.last = said
