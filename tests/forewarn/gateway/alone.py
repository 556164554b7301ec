"""A gateway with the rules in it, for tests: on a thread, over made-up roads, with a drive past an exit."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
import urllib.error
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import Any

from alerts.record import encode
from forewarn.gateway.running import Gateway
from forewarn.gateway.uplink import Uplink
from forewarn.worker.config import load
from forewarn.worker.feeding import arrow_of
from forewarn.worker.partition import Change, Folded
from forewarn.worker.rules import Facts
from geofence.segments import loaded
from ingest.jt808.codec import encode_body
from ingest.messages import Message
from tests.alerts.scene import drive, motorway_exit, segment
from tests.forewarn.gateway.client import Client, position
from tests.forewarn.gateway.gate import Kept, until
from tests.forewarn.worker.stage import document, new_partition, rules

PHONE = "13800000001"


BEHIND_S = 20
"""So far behind is the first report of a drive, and the last one some minutes ahead: all of them are judged as live."""


READY_S = 300.0
"""So long may compiling take, where the rules are not compiled yet."""


SLOWER = [segment([(0, 0), (60, -6), (150, -30), (300, -90)], "exit", "ramp", 20, subtype="exit", next=["street"])]


EXIT_BY_20 = SLOWER + motorway_exit()[1:]


class Alone:
    """A standalone gateway on a thread."""

    def __init__(self, folder: Path, store: str = "gateway.db", **settings: Any) -> None:
        """Its files are in ``folder``; the segments are those of ``roads.geojson`` there."""
        self.store = folder / store
        file = folder / "forewarn.toml"
        tables = {
            "gateway": {"listen": "127.0.0.1:0", "store": str(self.store), "metrics": "127.0.0.1:0", "flush_s": 0.02},
            "rules": {"segments": str(folder / "roads.geojson")},
        }
        tables["gateway"] |= {"register": str(folder / "fleet.csv")} | settings
        text = "".join(
            f"[{table}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())
            for table, keys in tables.items()
        )
        file.write_text(text, "utf-8")
        self.gateway = Gateway(load(file, {}), None)
        self.failed: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def __enter__(self) -> Alone:
        until(lambda: self.failed is not None or self.gateway.server is not None, READY_S)
        if self.failed is not None:
            raise self.failed
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End it in order; raises what it ended with."""
        self.gateway.ask_to_end()
        self.wait()

    def wait(self) -> None:
        """Wait until it has ended."""
        self._thread.join(20)
        assert not self._thread.is_alive()
        if self.failed is not None:
            raise self.failed

    def _run(self) -> None:
        try:
            self.gateway.run()
        except BaseException as error:  # noqa: BLE001  # raised by whoever waits
            self.failed = error

    @property
    def port(self) -> int:
        """Where terminals connect."""
        assert self.gateway.listener is not None
        return self.gateway.listener.port

    def asked(self, path: str) -> str:
        """What it serves over HTTP."""
        assert self.gateway.server is not None
        with urllib.request.urlopen(f"http://127.0.0.1:{self.gateway.server.port}/{path}", timeout=5) as answer:
            return str(answer.read().decode())


def register(folder: Path, language: str = "zh") -> None:
    """Write the register."""
    (folder / "fleet.csv").write_text(f"vehicle,plate,phone,language\nT1,粤B00001,{PHONE},{language}\n", "utf-8")


def way_to_the_exit() -> list[dict[str, Any]]:
    """Reports of a truck that nears the exit, turns off and goes on, around now: judged as live ones are."""
    way = drive([(-1900, 0), (0, 0), (60, -6), (150, -30), (300, -90), (600, -210)], kmh=80.0)
    begun_s = int(time.time()) - BEHIND_S
    return [
        position(
            begun_s + 10 * k, lon=float(way.lon[k]), lat=float(way.lat[k]), speed_kmh=float(way.speed_kmh[k]),
            direction_deg=round(float(way.heading_deg[k])) % 360,
        )
        for k in range(len(way))
    ]  # fmt: skip


def send(client: Client, reports: list[dict[str, Any]]) -> None:
    """Send reports, each when the one before is acknowledged."""
    for one in reports:
        client.send(client.terminal.report(one))
        client.until(lambda: client.terminal.unanswered == 0)
        assert not client.terminal.kept


def records(store: Path) -> list[bytes]:
    """Alerts and passages in a store, sorted."""
    connection = sqlite3.connect(store)
    found = sorted(record for (record,) in connection.execute("SELECT record FROM records"))
    connection.close()
    return found


def undisturbed(
    reports: list[dict[str, Any]],
    swap: int | None = None,
    features: list[dict[str, Any]] | None = None,
    language: str = "zh",
) -> list[bytes]:
    """Alerts and passages of one fold over reports; other segments and another language hold from ``swap`` on."""
    sink, fold, folded = Kept(), new_partition(), Folded()
    uplink = Uplink(sink, 1_000)
    code = uplink.code("T1", own_datum=False)
    now_ms = round(datetime.fromisoformat(reports[0]["time"]).timestamp() + BEHIND_S) * 1000

    def change(roads: list[dict[str, Any]], spoken: str) -> None:
        segments = loaded(document(roads), "roads")
        told = Facts("cn-hazmat", rules().default.vehicle_class, spoken, "wgs84")
        folded.join(fold.change(Change(fold.offset, segments.version, {"T1": told}), rules().engine(segments)))

    change(motorway_exit(), "zh")
    for k, one in enumerate(reports):
        if k == swap and features is not None:
            change(features, language)
        uplink.add([encode_body(0x0200, one, 2013)], code, None, now_ms, lambda kept: None, history=False)
        uplink.flush()
        folded.join(fold.step([Message(arrow_of(sink.batches[-1]), None, fold.offset, 0, "arrow")]))
    return sorted(encode(one) for one in (*folded.alerts, *folded.passages))
