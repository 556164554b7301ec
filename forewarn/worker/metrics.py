"""What the worker counts and measures, for Prometheus."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from alerts.record import Alert
from forewarn.worker.partition import Folded

_BATCH_S: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_VISIBLE_S: Final = (0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0, 600.0)
_LEAD_S: Final = (5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 40.0, 60.0, 90.0, 120.0)


class Metrics:
    """All measures of one worker."""

    def __init__(self) -> None:
        """Everything at zero."""
        self.registry = CollectorRegistry()
        r = self.registry
        self.positions = Counter("forewarn_positions", "Positions read", registry=r)
        self.messages = Counter("forewarn_messages", "Messages read", registry=r)
        self.rejects = Counter("forewarn_rejects", "Messages and positions not judged", ["reason"], registry=r)
        self.doubted = Counter("forewarn_speeds_doubted", "Speeds taken away, fixes kept", ["reason"], registry=r)
        self.alerts = Counter("forewarn_alerts", "Alerts written", ["kind", "state"], registry=r)
        self.prompts = Counter("forewarn_prompts", "Sentences written", ["kind", "form"], registry=r)
        self.passages = Counter("forewarn_passages", "Passages written", registry=r)
        self.commits = Counter("forewarn_commits", "Transactions by their end", ["end"], registry=r)
        self.batch_s = Histogram("forewarn_batch_seconds", "From poll to commit", buckets=_BATCH_S, registry=r)
        self.visible_s = Histogram(
            "forewarn_append_to_commit_seconds",
            "From the broker taking a batch's oldest position to its records being visible",
            buckets=_VISIBLE_S,
            registry=r,
        )
        self.lead_s = Histogram(
            "forewarn_prompt_lead_seconds",
            "From the moment a sentence is due to the arrival at the place, at the speed of the fix",
            buckets=_LEAD_S,
            registry=r,
        )
        self.waiting = Gauge("forewarn_waiting", "1 while it waits for this reason", ["reason"], registry=r)
        self.lag = Gauge("forewarn_lag_messages", "Messages not yet read", ["partition"], registry=r)
        self.vehicles = Gauge("forewarn_vehicles", "Vehicles kept in memory", ["partition"], registry=r)
        self.evicted = Gauge("forewarn_vehicles_evicted", "Silent ones, put away", ["partition"], registry=r)
        self.evictions = Counter("forewarn_evictions", "Vehicles put away, each time counted", registry=r)
        self.unregistered = Gauge("forewarn_unregistered", "Those not in the register", ["partition"], registry=r)
        self.of_partitions = (self.lag, self.vehicles, self.evicted, self.unregistered)
        """What is shown of each partition."""
        self.gone = Counter("forewarn_offsets_gone", "Offsets removed by the broker before they were read", registry=r)
        self.snapshots = Counter("forewarn_snapshots", "Snapshots of partitions begun", registry=r)
        self.refused = Gauge("forewarn_refused_publications", "Segments, vehicles not taken", ["topic"], registry=r)

    def folded(self, folded: Folded) -> None:
        """Count what a step brought about."""
        self.positions.inc(folded.fixes)
        for rejected in folded.rejected:
            self.rejects.labels(rejected.reason).inc(rejected.count)
        for reason, n in folded.doubted.items():
            if n:
                self.doubted.labels(reason).inc(n)
        self.passages.inc(len(folded.passages))
        self._alerts(folded.alerts)

    def visible(self, oldest_ms: int) -> None:
        """Note that a batch is committed whose oldest position the broker took then."""
        self.visible_s.observe(max(0.0, time.time() - oldest_ms / 1000.0))

    def _alerts(self, alerts: Iterable[Alert]) -> None:
        for alert in alerts:
            self.alerts.labels(alert.kind, alert.state).inc()
            prompt = alert.prompt
            if prompt is None:
                continue
            self.prompts.labels(alert.kind, prompt.form).inc()
            if alert.kind == "approach" and alert.ahead_m is not None and alert.speed_kmh:
                held_s = (datetime.fromisoformat(prompt.speak_at) - datetime.fromisoformat(alert.at)).total_seconds()
                self.lead_s.observe(alert.ahead_m / (alert.speed_kmh / 3.6) - held_s)
