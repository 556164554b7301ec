"""What every partition is judged by, read from topics: rules, segments and register, looked at anew twice a second."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Final

import structlog
from kafka.errors import KafkaError

from forewarn.worker.catalogue import Catalogue
from forewarn.worker.metrics import Metrics
from forewarn.worker.register import RegisterTopic
from forewarn.worker.rules import Rules

log: Final = structlog.get_logger()
LOOK_S: Final = 0.5


@dataclass(slots=True)
class Readers:
    """Segments and register as published, kept up to date on a thread of their own."""

    rules: Rules
    catalogue: Catalogue
    register: RegisterTopic

    def watch(self, ended: threading.Event, metrics: Metrics) -> threading.Thread:
        """Look at the topics until ``ended``; what is refused is said, counted, and changes nothing."""
        thread = threading.Thread(target=self._watch, args=(ended, metrics), name="topics", daemon=True)
        thread.start()
        return thread

    def _watch(self, ended: threading.Event, metrics: Metrics) -> None:
        refused = faults = 0
        while True:
            if len(self.catalogue.refused) > refused:
                version, why = list(self.catalogue.refused.items())[-1]
                log.error("segments_refused", version=version, why=why, in_force=self.catalogue.current)
            if self.register.refused.total() > faults:
                log.error("vehicles_refused", count=self.register.refused.total(), last=self.register.last_fault)
            refused, faults = len(self.catalogue.refused), self.register.refused.total()
            metrics.refused.labels("segments").set(refused)
            metrics.refused.labels("vehicles").set(faults)
            if ended.wait(LOOK_S):
                return
            try:
                before = self.catalogue.current
                if self.catalogue.look() and self.catalogue.current != before:
                    log.info("segments_in_force", version=self.catalogue.current)
                self.register.look()
            except KafkaError as error:
                log.warning("topics_not_reached", why=f"{type(error).__name__}: {error}")

    def close(self) -> None:
        """Leave the topics."""
        self.catalogue.close()
        self.register.close()
