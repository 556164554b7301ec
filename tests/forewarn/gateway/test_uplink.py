"""Positions on their way in: gathered, converted, handed on, acknowledged."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forewarn.gateway.uplink import Uplink
from geofence.datum import FROM_WGS84
from ingest.jt808.codec import encode_body
from ingest.vehicles import RegisteredVehicle
from tests.forewarn.gateway.client import Client, position
from tests.forewarn.gateway.gate import Gate, Kept

PLACE = (114.1, 22.7)
NOW_MS = 1_780_000_000_000


def gathered(*reports: dict[str, Any], own_datum: bool = False, history: bool = False) -> tuple[Uplink, Kept]:
    """What comes of reports of one vehicle."""
    sink = Kept()
    uplink = Uplink(sink, 1000)
    code = uplink.code("T1", own_datum=own_datum)
    bodies = [encode_body(0x0200, one, 2019) for one in reports]
    uplink.add(bodies, code, None, NOW_MS, lambda kept: None, history=history)
    uplink.flush()
    return uplink, sink


def test_a_time_that_is_none_is_counted_and_acknowledged() -> None:
    """It would come again and again else; the others of its message are taken."""
    sink, told = Kept(), []
    uplink = Uplink(sink, 1000)
    code = uplink.code("T1", own_datum=False)
    bodies = [encode_body(0x0200, position() | {"time": t}, 2013) for t in ("000000000000", "2026-05-28T20:26:40Z")]
    uplink.add(bodies, code, None, NOW_MS, told.append, history=False)
    uplink.add(bodies[:1], code, None, NOW_MS, told.append, history=False)
    uplink.flush()
    assert told == [True, True]
    assert uplink.rejected == {"bad_time": 2} and uplink.taken == 1
    assert [row["time_ms"] for row in sink.rows()] == [1_780_000_000_000]
    uplink.add(bodies[:1], code, None, NOW_MS, told.append, history=False)
    uplink.flush()
    assert told == [True, True, True] and uplink.waiting == 0


def test_times_are_those_of_gmt_8() -> None:
    """26-05-29 04:26:40 there is the evening before in UTC."""
    sink = Kept()
    uplink = Uplink(sink, 1000)
    body = bytes(22) + bytes.fromhex("260529042640")
    uplink.add([body], uplink.code("T1", own_datum=False), None, NOW_MS, lambda kept: None, history=False)
    uplink.flush()
    assert sink.rows()[0]["time_ms"] == 1_780_000_000_000


def test_shifted_coordinates_are_converted() -> None:
    """By status bit 5, report for report."""
    shifted = [float(x[0]) for x in FROM_WGS84["gcj02"](np.array([PLACE[0]]), np.array([PLACE[1]]))]
    told = position(lon=shifted[0], lat=shifted[1])
    _, sink = gathered(told, told | {"status": ["located", "coordinates_encrypted"]})
    plain, converted = sink.rows()
    assert (plain["lon"], plain["lat"]) == pytest.approx(shifted, abs=1e-6)
    assert (converted["lon"], converted["lat"]) == pytest.approx(PLACE, abs=3e-6)


def test_the_registers_datum_is_not_converted_twice() -> None:
    """Where the register tells the datum, whoever judges converts by it, and the bit says nothing more."""
    _, sink = gathered(position() | {"status": ["located", "coordinates_encrypted"]}, own_datum=True)
    assert (sink.rows()[0]["lon"], sink.rows()[0]["lat"]) == pytest.approx(PLACE, abs=1e-6)


@pytest.mark.parametrize(("datum", "converted"), [(None, True), ("wgs84", True), ("gcj02", False), ("bd09", False)])
def test_the_datum_stands_in_the_register(tmp_path: Path, datum: str | None, converted: bool) -> None:
    """WGS-84 that a terminal says it has shifted is converted; of another datum the register knows better."""
    vehicle = RegisteredVehicle("T1", phone="13800000001", datum=datum)
    with Gate(tmp_path / "gateway.db", [vehicle]) as gate:
        client = Client(gate.port).login()
        client.send(client.terminal.report(position(status=["located", "coordinates_encrypted"])))
        client.until(lambda: client.terminal.unanswered == 0)
        (row,) = gate.sink.rows()
        assert (abs(row["lon"] - PLACE[0]) > 0.001) == converted
        client.close()


def test_what_is_not_located_is_no_position_yet_handed_on_as_such() -> None:
    """Whoever judges leaves it out and counts it."""
    _, sink = gathered(position(status=["acc_on"]), position())
    assert [row["valid"] for row in sink.rows()] == [False, True]


@given(st.lists(st.tuples(st.binary(min_size=28, max_size=60), st.booleans(), st.booleans()), min_size=1, max_size=20))
def test_no_bytes_stop_the_gathering(reports: list[tuple[bytes, bool, bool]]) -> None:
    """Whatever a terminal sends: all of it is answered, and what is handed on is one row a report with a time."""
    sink, told = Kept(), []
    uplink = Uplink(sink, 1000)
    with np.errstate(all="raise"):
        for body, own_datum, history in reports:
            code = uplink.code(f"T{len(told)}", own_datum=own_datum)
            uplink.add([body], code, "driver", NOW_MS, told.append, history=history)
        uplink.flush()
    assert told == len(reports) * [True]
    assert uplink.taken + uplink.rejected["bad_time"] == len(reports)


def test_when_too_many_wait_further_ones_are_not_taken(tmp_path: Path) -> None:
    """The terminal is told so and keeps them; what waits stays bounded, and then it goes on."""
    with Gate(tmp_path / "gateway.db", most_waiting=1_000) as gate:
        gate.sink.holds = True
        client = Client(gate.port).login()
        batch = {"type": "normal", "locations": [position(time.time() - k) for k in range(20)]}
        for _ in range(60):
            client.say(0x0704, batch)
        client.until(lambda: gate.uplink.rejected["full"] >= 100)
        client.hear(0.1)
        assert gate.uplink.waiting <= 1_020 and gate.uplink.full
        refused = [g for g in client.got if g.header.id == 0x8001 and g.body["result"] == "failure"]
        assert len(refused) * 20 == gate.uplink.rejected["full"]
        gate.call(lambda: gate.sink.release(True))
        gate.sink.holds = False
        client.until(lambda: client.asked(0x0704, batch) == "ok")
        client.close()


def test_reports_of_one_turn_are_one_batch() -> None:
    """Of however many terminals; each answer comes once."""
    sink, told = Kept(), []
    uplink = Uplink(sink, 1000)
    body = encode_body(0x0200, position(), 2013)
    for k in range(50):
        code = uplink.code(f"T{k}", own_datum=False)
        uplink.add([body, body], code, f"D{k}", NOW_MS, lambda kept, k=k: told.append(k), history=False)
    assert not sink.batches
    uplink.flush()
    uplink.flush()
    assert len(sink.batches) == 1 and told == list(range(50)) and uplink.taken == 100
    assert sink.rows()[2]["vehicle"] == "T1" and sink.rows()[2]["driver"] == "D1"
