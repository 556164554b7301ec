"""The terminal at a gateway, over a real socket: it reports, is heard when it comes back, and hands on texts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from forewarn.terminal.config import Gateway
from forewarn.terminal.reporting import MOST_SPOKEN, Reporting, language_of, spoken
from forewarn.terminal.uplink import Text
from ingest.names import Dictionaries
from ingest.positions import PositionBatch
from ingest.rows import batch_of, blank_rows
from tests.forewarn.gateway.gate import Gate, an_alert
from tests.forewarn.gateway.peer import free_port
from tests.forewarn.worker.stream import until


class Cab:
    """What the terminal program is to the uplink."""

    def __init__(self, port: int, code: str | None = None, *, sound: bool = True, **more: Any) -> None:
        self.texts: list[Text] = []
        self.codes: list[str | None] = []
        given = {"address": f"127.0.0.1:{port}", "phone": "13800000001", "plate": "粤B00001", "every_s": 1.0, **more}
        self.uplink = Reporting(Gateway(**given), self.texts.append, code, self.codes.append, lambda: sound)
        self.uplink.start()

    def drive(self, seconds: float, at_s: float | None = None) -> None:
        """Be told a fix, from a moment on, each second."""
        began = int(time.time()) if at_s is None else int(at_s)
        for k in range(round(seconds)):
            self.uplink.position(fix(began + k))
            time.sleep(0.6)


def fix(at_s: float) -> PositionBatch:
    """One fix."""
    names = Dictionaries()
    rows = blank_rows(1)
    rows["vehicle"], rows["time_ms"] = names.vehicles.one("T1"), round(at_s * 1000)
    rows["lon"], rows["lat"], rows["speed_kmh"], rows["heading_deg"] = 114.1, 22.7, 61.5, np.nan
    return batch_of(rows, names)


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    """A gateway that knows the vehicle."""
    with Gate(tmp_path / "gate.db", flush_s=0.01) as made:
        yield made


@pytest.mark.parametrize("version", [2011, 2013, 2019])
def test_it_registers_reports_and_keeps_its_code(gate: Gate, version: int) -> None:
    """With the code of an earlier run it does not register again."""
    cab = Cab(gate.port, version=version)
    try:
        cab.drive(3)
        until(lambda: len(gate.sink.rows()) >= 2, 10)
    finally:
        cab.uplink.close()
    (code,) = cab.codes
    again = Cab(gate.port, code, version=version)
    try:
        until(lambda: gate.count("frames", "0x0102") == 2, 10)
    finally:
        again.uplink.close()
    assert gate.count("frames", "0x0100") == 1 and again.codes == []
    row = gate.sink.rows()[-1]
    assert (row["vehicle"], row["lon"], row["lat"], row["history"]) == ("T1", 114.1, 22.7, False)


def test_what_was_driven_without_a_network_is_reported_afterwards_as_history(tmp_path: Path) -> None:
    """The oldest first, and everything once."""
    port = free_port()
    cab = Cab(port)
    try:
        began = time.time() - 30
        cab.drive(4, began)
        with Gate(tmp_path / "gate.db", listen=f"127.0.0.1:{port}") as gate:
            until(lambda: len(gate.sink.rows()) >= 4, 20)
            rows = gate.sink.rows()
    finally:
        cab.uplink.close()
    times = [row["time_ms"] // 1000 for row in rows]
    assert times == [int(began) + k for k in range(4)]
    assert [row["history"] for row in rows[:3]] == [True] * 3


def test_a_text_of_the_gateway_is_handed_on_and_answered(gate: Gate) -> None:
    """Urgent ones are more pressing; where there is no sound the gateway is told that nothing can be read aloud."""
    cab = Cab(gate.port, sound=False)
    try:
        cab.drive(2)
        until(lambda: len(gate.sink.rows()) > 0, 10)
        gate.take(an_alert("a", priority=2), an_alert("b", priority=5, text="前方三百米村庄路段"))
        until(lambda: len(gate.outcomes()) == 2, 10)
    finally:
        cab.uplink.close()
    assert [(text.text, text.language) for text in sorted(cab.texts, key=lambda one: one.priority)] == [
        ("前方匝道，请减速", "zh"),
        ("前方三百米村庄路段", "zh"),
    ]
    assert len({text.priority for text in cab.texts}) == 2
    assert {(one.outcome, one.reason) for one in gate.outcomes().values()} == {("failed", "tts_fault")}


def test_a_gateway_that_refuses_it_is_asked_again_and_nothing_is_lost(tmp_path: Path) -> None:
    """Such as before its vehicle is registered there."""
    with Gate(tmp_path / "gate.db") as gate:
        cab = Cab(gate.port, phone="13999999999")
        try:
            cab.drive(2)
            until(lambda: gate.count("refused", "terminal_not_known") >= 2, 20)
        finally:
            cab.uplink.close()
        assert gate.sink.rows() == []


def test_long_texts_are_spoken_up_to_a_clause() -> None:
    """And control characters never."""
    text = "，".join(["前方道路施工请减速慢行"] * 12)
    assert spoken(text) == "，".join(["前方道路施工请减速慢行"] * 5)
    assert len(spoken("好" * 200)) == MOST_SPOKEN
    assert spoken("减速\x00\x1b[2J\n慢行") == "减速 [2J 慢行"
    assert (language_of("减速 A"), language_of("slow down")) == ("zh", "en")


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"address": "x"}, "address"),
        ({"address": "h:1"}, "phone"),
        ({"address": "h:1", "phone": "12a"}, "phone"),
        ({"address": "h:1", "phone": "1" * 13, "version": 2013}, "phone"),
        ({"address": "h:1", "phone": "1", "version": 2013, "terminal_id": "LONGERTHAN7"}, "terminal_id"),
    ],
)
def test_what_no_gateway_could_be_told_is_named_by_its_key(given: dict[str, Any], key: str) -> None:
    """At start."""
    with pytest.raises(ValueError, match=key):
        Gateway(**given)
