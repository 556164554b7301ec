"""What a position costs the gateway where segments make positions faster and are given as circles; one core.

12,000 vehicles and 10,000 segments over 92 x 100 km, a position each 10 s, in batches as the gateway's flush makes them
(240). First all vehicles are new, then they drive on at 60 km/h; with and without circles, and where nothing is to be
done, which is the look alone. Bytes go nowhere; all else is the gateway's own. Processor time.

Usage: python benchmarks/bench_near.py [VEHICLES [SEGMENTS]]
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import structlog
from machine import machine

from forewarn.gateway.downlink import Downlink
from forewarn.gateway.hub import Hub
from forewarn.gateway.near import Near
from forewarn.gateway.outbox import Outbox
from forewarn.gateway.places import Places
from forewarn.gateway.session import Session
from forewarn.gateway.settings import Gateway
from forewarn.gateway.store import Store
from forewarn.gateway.terminals import Terminals
from forewarn.gateway.uplink import Uplink
from forewarn.worker import config
from forewarn.worker.rules import Rules
from geofence.segments import loaded
from ingest.jt808.frame import Header, build
from ingest.positions import PositionBatch
from ingest.rows import batch_of, blank_rows
from ingest.vehicles import RegisteredVehicle

SIDE_DEG, LON, LAT = 0.9, 113.6, 22.5
INTERVAL_S, BATCH, KMH = 10.0, 240, 60.0
ROUNDS = 30
START_MS = 1_790_000_000_000


class NullSink:
    """Takes everything."""

    waiting = 0

    def send(self, batch: PositionBatch, done: Callable[[bool], None]) -> None:  # noqa: ARG002  # of a protocol
        """Forget it."""
        done(True)


def segments(count: int, rng: np.random.Generator) -> bytes:
    """Return a file of short segments anywhere in the square."""
    features = []
    for k in range(count):
        lon, lat = LON + rng.random() * SIDE_DEG, LAT + rng.random() * SIDE_DEG
        line = {"type": "LineString", "coordinates": [[lon, lat], [lon, lat + 0.001]]}
        told = {"role": "segment", "id": f"s{k}", "kind": "ramp", "name": f"出口 {k}", "limit_kmh": 40}
        features.append({"type": "Feature", "geometry": line, "properties": told})
    return json.dumps({"type": "FeatureCollection", "forewarn_version": 1, "features": features}).encode()


def gateway(folder: Path, near: Near, vehicles: int) -> Hub:
    """Return a gateway's parts with all terminals connected."""
    store = Store(folder / "gateway.db", lambda call: call())
    terminals = Terminals(store, "jt808")
    terminals.know([RegisteredVehicle(f"truck-{k}", phone=f"139{k:08}") for k in range(vehicles)])
    uplink = Uplink(NullSink(), 10_000)
    hub = Hub(terminals, uplink, Downlink(Outbox(store, "jt808", lambda *_: None), terminals, uplink, 15.0), near)
    for k in range(vehicles):
        session = Session(hub, "bench", lambda _: None, lambda _: None)
        session.feed(build(Header(0x0002, 2019, f"139{k:08}", 0), b""))
        hub.join(session)
    store.close()
    return hub


def drive(hub: Hub, vehicles: int, first: int, rounds: int, rng: np.random.Generator) -> float:
    """Show ``rounds`` positions of each vehicle; return microseconds of processor time a position."""
    start = np.random.default_rng(1).random((2, vehicles)) * SIDE_DEG
    course = np.random.default_rng(2).random(vehicles) * 2 * np.pi
    took = 0.0
    for k in range(first, first + rounds):
        step = KMH / 3.6 * INTERVAL_S * k / 111_000
        place = (start + step * np.stack([np.sin(course), np.cos(course)])) % SIDE_DEG
        order = rng.permutation(vehicles)
        for n, at in enumerate(range(0, vehicles, BATCH)):
            who = order[at : at + BATCH]
            rows = blank_rows(who.size)
            rows["vehicle"], rows["speed_kmh"] = who, KMH
            rows["lon"], rows["lat"] = LON + place[0, who], LAT + place[1, who]
            rows["received_ms"] = START_MS + round((k + n * BATCH / vehicles) * INTERVAL_S * 1000)
            batch = batch_of(rows, hub.uplink.names)
            began = time.process_time()
            hub.near.note(batch)
            took += time.process_time() - began
    return took / (rounds * vehicles) * 1e6


def main(vehicles: int, count: int) -> None:
    """Print what each stage costs."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    print(machine())
    rng = np.random.default_rng(7)
    content = segments(count, rng)
    rules = Rules(config.Rules())
    for name, settings in (
        ("tracking and 24 circles", Gateway(tracking_s=5, circles=24)),
        ("tracking alone", Gateway(tracking_s=5)),
        ("nobody near (1 m), no circles", Gateway(tracking_s=5, tracking_near_m=1.0)),
    ):
        with tempfile.TemporaryDirectory() as folder:
            near = Near(settings, rules)
            hub = gateway(Path(folder), near, vehicles)
            began = time.process_time()
            near.over(Places(loaded(content, "bench")))
            loading_s = time.process_time() - began
            new_us = drive(hub, vehicles, 0, 3, rng)
            asked = dict(hub.counts)
            steady_us = drive(hub, vehicles, 3, ROUNDS, rng)
            told = {
                what: (hub.counts["asked", what] - asked.get(("asked", what), 0)) / (ROUNDS * vehicles)
                for what in ("tracking", "circles")
            }
            print(
                f"{name}: segments loaded in {loading_s:.2f} s; {new_us:.1f} us a position in the first 30 s, "
                f"then {steady_us:.1f} us, of 1,000 positions {told['tracking'] * 1e3:.1f} ask for faster ones and "
                f"{told['circles'] * 1e3:.1f} messages give circles"
            )


if __name__ == "__main__":
    given = [int(one) for one in sys.argv[1:]]
    main(*given, *(12_000, 10_000)[len(given) :])
