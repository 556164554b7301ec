"""What the gateway counts, for Prometheus."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from forewarn.gateway.hub import Hub
from forewarn.gateway.listener import Listener

LABELS: Final = {
    "frames": ("forewarn_gateway_frames", "Frames taken in, by message", "message"),
    "rejected": ("forewarn_gateway_rejects", "Frames and messages not taken", "reason"),
    "refused": ("forewarn_gateway_refused", "Connections and logins refused; by terminals, what was asked", "reason"),
    "asked": ("forewarn_gateway_asked", "Asked of terminals near segments", "what"),
    "parts": ("forewarn_gateway_parts", "Sub-packets of divided messages, by what became of them", "what"),
    "platform_messages": (
        "forewarn_gateway_platform_messages",
        "Told by other platforms beside positions",
        "message",
    ),
    "closed": ("forewarn_gateway_closed", "Connections closed", "reason"),
    "dropped_bytes": ("forewarn_gateway_dropped_bytes", "Bytes that belong to no frame", "reason"),
}
"""Kind of a count of the hub to its name, meaning and label."""


class Counts(Collector):
    """Reads the counts of the hub when it is asked."""

    def __init__(self, hub: Hub, listener: Listener, judged: Mapping[str, int] | None) -> None:
        """Nothing is kept here; ``judged`` counts what the rules of a standalone gateway did not take, by reason."""
        self._hub, self._listener, self._judged = hub, listener, judged

    def collect(self) -> Iterable[Metric]:
        """Yield all measures."""
        hub = self._hub
        for kind, (name, text, label) in LABELS.items():
            of_kind = {reason: n for (one, reason), n in list(hub.counts.items()) if one == kind}
            yield _counted(name, text, label, of_kind)
        yield _counted("forewarn_gateway_reports_left_out", "Positions left out", "reason", hub.uplink.rejected)
        yield _counted("forewarn_gateway_outcomes", "Prompts settled", "outcome", hub.downlink.outcomes)
        yield _counted(
            "forewarn_gateway_prompts_refused", "Prompts that were not taken", "reason", hub.downlink.rejected
        )
        if self._judged is not None:
            yield _counted("forewarn_gateway_not_judged", "Positions not judged", "reason", self._judged)
        zones = CounterMetricFamily("forewarn_gateway_clock_zones", "Terminals found to be set to another time zone")
        zones.add_metric([], hub.uplink.zones)
        yield zones
        positions = CounterMetricFamily("forewarn_gateway_positions", "Positions handed on")
        positions.add_metric([], hub.uplink.taken)
        yield positions
        yield GaugeMetricFamily("forewarn_gateway_connections", "Connections", len(self._listener.connections))
        yield GaugeMetricFamily("forewarn_gateway_terminals", "Authenticated terminals", len(hub.sessions))
        yield GaugeMetricFamily("forewarn_gateway_waiting", "Positions not kept for good yet", hub.uplink.waiting)


def registry_of(hub: Hub, listener: Listener, judged: Mapping[str, int] | None = None) -> CollectorRegistry:
    """Return the registry that is served."""
    registry = CollectorRegistry()
    registry.register(Counts(hub, listener, judged))
    return registry


def _counted(name: str, text: str, label: str, counts: Mapping[str, int]) -> CounterMetricFamily:
    family = CounterMetricFamily(name, text, labels=[label])
    for reason, count in list(counts.items()):
        family.add_metric([reason], count)
    return family
