"""Near segments: faster positions, circles, what terminals refuse, and what changes under way."""

from __future__ import annotations

import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forewarn.gateway.near import LEAST_MS, SETS_AT_ONCE, TRACKED_S
from forewarn.gateway.places import Places
from forewarn.gateway.running import Gateway
from forewarn.worker.config import Config
from geofence.datum import FROM_WGS84
from ingest.jt808.codec import Decoded, decode, encode_body
from ingest.jt808.frame import Framer, Header, build, parse
from tests.forewarn.gateway.near_stage import LAT, LON, M_PER_DEG, Stage, segment, segments, vehicle
from tests.forewarn.worker.stage import document

TRACKING, SET, REMOVAL = 0x8202, 0x8600, 0x8601
NEAR_M = 3_000.0
ONE = [segment("ramp", 0.0, limit_kmh=40)]
START = {"interval_s": 5, "validity_s": TRACKED_S + 10}
STOP = {"interval_s": 0, "validity_s": None}


@contextmanager
def staged(places: list[dict[str, Any]] | None, **given_settings: Any) -> Iterator[Stage]:
    """A gateway without sockets, with one vehicle in its register."""
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder), places, **given_settings)
        stage.know(vehicle())
        try:
            yield stage
        finally:
            stage.close()


def ids_of(bodies: list[dict[str, Any]]) -> list[int]:
    """The circles of a set's messages."""
    return [area["id"] for body in bodies for area in body["areas"]]


def names_of(bodies: list[dict[str, Any]]) -> list[str]:
    """Their names."""
    return [area["name"] for body in bodies for area in body["areas"]]


def test_nothing_is_asked_unless_it_is_configured() -> None:
    """Both are off by default, whatever is near."""
    with staged(ONE) as stage:
        terminal = stage.connect()
        stage.drive(["B1"], [0.0], 0.0)
        assert not terminal.asked(TRACKING, SET, REMOVAL)


def test_faster_positions_are_asked_for_near_and_end_far_away() -> None:
    """Once within the distance, again when that has run out, ended once beyond it, and not again there."""
    with staged(ONE, tracking_s=5) as stage:
        terminal = stage.connect()
        seen = []
        for at_s, north_m in (
            (0, 9_000),
            (10, 2_999),
            (20, 1_000),
            (129, 500),
            (131, 400),
            (140, 3_500),
            (150, 3_700),
            (160, 9_000),
        ):
            stage.drive(["B1"], [north_m], at_s)
            seen.append(terminal.asked(TRACKING))
        assert seen == [[], [START], [], [], [START], [], [STOP], []]
        assert stage.hub.counts["asked", "tracking"] == 3


def test_what_has_run_out_is_not_ended() -> None:
    """A vehicle that was silent for longer than faster positions last is sent no end to them."""
    with staged(ONE, tracking_s=5) as stage:
        terminal = stage.connect()
        stage.drive(["B1"], [0.0], 0.0)
        stage.drive(["B1"], [9_000.0], TRACKED_S + 11)
        assert terminal.asked(TRACKING) == [START]


def test_a_parked_vehicle_is_given_its_circles_once() -> None:
    """A receiver's noise is no drive, also beside the only segment."""
    with staged(ONE, circles=1) as stage:
        terminal = stage.connect()
        for k in range(5):
            stage.drive(["B1"], [20.0 * (k % 2)], 60.0 * k)
        assert len(terminal.asked(SET)) == 1


@pytest.mark.parametrize(
    "columns",
    [
        {"speed_kmh": 5.0},
        {"speed_kmh": float("nan")},
        {"valid": False},
        {"history": True},
        {"lat": 113.0, "lon": 23.0},
    ],
)
def test_who_stands_or_does_not_tell_where_is_asked_nothing(columns: dict[str, Any]) -> None:
    """A parked vehicle, no fix, a re-upload of the past, a latitude over 90."""
    with staged(ONE, tracking_s=5) as stage:
        terminal = stage.connect()
        stage.drive(["B1"], [0.0], 0.0, **columns)
        assert not terminal.asked(TRACKING)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(1, 90), st.floats(0, 8_000), st.sampled_from((0.0, 60.0))), max_size=40))
def test_faster_positions_are_never_asked_for_more_often(drive: list[tuple[int, float, float]]) -> None:
    """Asked only near and moving, and once per 120 s unless ended; ended only far away, and while it lasts."""
    with staged(ONE, tracking_s=5) as stage:
        terminal = stage.connect()
        at_s, began_s = 0, None
        for gap_s, north_m, speed_kmh in drive:
            at_s += gap_s
            stage.drive(["B1"], [north_m], at_s, speed_kmh=speed_kmh)
            expected = []
            running = began_s is not None and at_s < began_s + TRACKED_S + 10
            if north_m <= NEAR_M - 1 and speed_kmh and (began_s is None or at_s >= began_s + TRACKED_S):
                expected, began_s = [START], at_s
            elif north_m > 1.2 * NEAR_M + 1 and running:
                expected, began_s = [STOP], None
            asked = terminal.asked(TRACKING)
            if min(abs(north_m - NEAR_M), abs(north_m - 1.2 * NEAR_M)) > 5:
                assert asked == expected
            elif asked:  # on the edge both are right
                began_s = at_s if asked == [START] else None


def test_a_refusal_is_counted_and_holds_for_the_connection() -> None:
    """The terminal that says it cannot is left alone, until it connects anew; the other request goes on."""
    with staged(ONE, tracking_s=5, circles=3) as stage:
        terminal = stage.connect()
        stage.drive(["B1"], [0.0], 0.0)
        assert terminal.asked(TRACKING) and terminal.asked(SET)
        terminal.refuse(TRACKING)
        terminal.refuse(SET, "failure")
        terminal.refuse(TRACKING, "ok")
        assert stage.hub.counts["refused", "tracking"] == stage.hub.counts["refused", "circles"] == 1
        stage.hub.near.over(Places(segments(ONE)))
        stage.drive(["B1"], [0.0], 200.0)
        assert not terminal.asked(TRACKING, SET, REMOVAL)
        terminal.hang_up()
        terminal = stage.connect()
        stage.drive(["B1"], [0.0], 400.0)
        assert terminal.asked(TRACKING) and terminal.asked(SET)


def test_a_vehicle_has_the_nearest_segments_as_circles() -> None:
    """As many as configured, the nearest first, and others when it has moved on by a third of what they cover."""
    with staged([segment(f"s{k}", 1_000.0 * k) for k in range(40)], circles=6) as stage:
        terminal = stage.connect(version=2019)
        seen = []
        for at_s, north_m in ((0, 0), (60, 1_600), (120, 1_700), (130, 3_400), (180, 3_400)):
            stage.drive(["B1"], [north_m], at_s)
            seen.append(names_of(terminal.asked(SET)))
        assert seen[0] == ["s0", "s1", "s2", "s3", "s4", "s5"]
        assert not seen[1] and seen[2] == ["s2", "s1", "s3", "s0", "s4", "s5"]
        assert not seen[3], "not so soon after the last ones"
        assert set(seen[4]) == {"s1", "s2", "s3", "s4", "s5", "s6"}


@settings(max_examples=40)
@given(
    st.lists(st.floats(-30_000, 30_000), min_size=1, max_size=40),
    st.lists(st.floats(-3_000, 3_000), min_size=1, max_size=25),
    st.integers(1, 12),
)
def test_no_segment_that_is_near_is_missing_on_the_terminal(places: list[float], steps: list[float], most: int) -> None:
    """At every position, all segments nearer than what the last set reached less a third, or 200 m, are among it."""
    with staged([segment(f"s{k}", north_m) for k, north_m in enumerate(places)], circles=most) as stage:
        terminal = stage.connect(version=2019)
        north_m, held, reach_m = 0.0, set(), 0.0
        for k, step_m in enumerate(steps):
            north_m += step_m
            stage.drive(["B1"], [north_m], k * LEAST_MS / 1000)
            if given_now := names_of(terminal.asked(SET)):
                held = set(given_now)
                assert len(held) == min(most, len(places))
                furthest_m = max(abs(places[int(name[1:])] - north_m) for name in held)
                reach_m = furthest_m if len(places) > most else float("inf")
            for j, place in enumerate(places):
                assert f"s{j}" in held or abs(place - north_m) >= reach_m - max(reach_m / 3, 200) - 0.002 * reach_m - 1


def test_new_segments_replace_the_circles_and_none_remove_them() -> None:
    """A version without a segment for the class leaves nothing on the terminal."""
    with staged([segment("a", 0.0)], circles=3) as stage:
        terminal = stage.connect(version=2019)
        stage.drive(["B1"], [0.0], 0.0)
        stage.hub.near.over(Places(segments([segment("b", 0.0)])))
        stage.drive(["B1"], [0.0], 40.0)
        assert [(one["action"], names_of([one])) for one in terminal.asked(SET)] == [
            ("replace", ["a"]),
            ("replace", ["b"]),
        ]
        for at_s in (80.0, 120.0):
            stage.hub.near.over(Places(segments([segment("c", 0.0, vehicle_classes=["coach"])])))
            stage.drive(["B1"], [0.0], at_s)
        assert terminal.asked(REMOVAL) == [{"ids": []}] and not terminal.asked(SET)


def test_segments_concern_classes_and_those_with_hours_are_no_circles() -> None:
    """A coach has the circles of coaches; what holds at some hours only makes positions faster, but no circle."""
    places = [
        segment("coaches", 0.0, vehicle_classes=["coach"]),
        segment("trucks", 10.0, vehicle_classes=["hazmat_truck"]),
        segment("school", 9_000.0, hours="07:00-09:00"),
    ]
    with staged(places, circles=3, tracking_s=5) as stage:
        stage.know(vehicle("C1", "13800000002", vehicle_class="coach"))
        truck, coach = stage.connect(version=2019), stage.connect("13800000002", 2019)
        stage.drive(["B1", "C1"], [9_000.0, 0.0], 0.0)
        assert names_of(truck.asked(SET)) == ["trucks"] and names_of(coach.asked(SET)) == ["coaches"]
        assert truck.asked(TRACKING) == [START]


def test_circles_lie_in_the_datum_in_which_the_terminal_reports() -> None:
    """As the register says, or as its status bit does; and its positions are taken for what they are."""
    shifted = tuple(float(one) for one in FROM_WGS84["gcj02"](LON, LAT))
    with staged(ONE, circles=1) as stage:
        stage.know(vehicle("G1", "13800000002", datum="gcj02"))
        by_register, by_status = stage.connect("13800000002"), stage.connect()
        stage.drive(["G1"], [0.0], 0.0)
        report = {
            "alarm": [], "status": ["located", "coordinates_encrypted"], "latitude_deg": shifted[1],
            "longitude_deg": shifted[0], "altitude_m": 0, "speed_kmh": 60.0, "direction_deg": 0,
            "time": "2026-09-21T14:00:00Z",
        }  # fmt: skip
        by_status.send(0x0200, report)
        stage.hub.uplink.flush()
        for terminal in (by_register, by_status):
            (area,) = terminal.asked(SET)[0]["areas"]
            assert (area["longitude_deg"], area["latitude_deg"]) == pytest.approx(shifted, abs=2e-6)


def test_only_terminals_that_speak_for_their_vehicle_have_circles() -> None:
    """When the register gives the voice to another way, the terminal's circles go."""
    with staged(ONE, circles=1) as stage:
        terminal = stage.connect()
        stage.drive(["B1"], [0.0], 0.0)
        assert ids_of(terminal.asked(SET))
        stage.know(vehicle(speaks_via="app"))
        stage.drive(["B1"], [0.0], 60.0)
        assert terminal.asked(REMOVAL) == [{"ids": []}] and not terminal.asked(SET)
        stage.know(vehicle(speaks_via="jt808"))
        stage.drive(["B1"], [0.0], 120.0)
        assert ids_of(terminal.asked(SET))


def test_a_published_register_that_says_the_same_gives_nothing_anew() -> None:
    """12,000 vehicles published again must not each be sent what they have."""
    with staged(ONE, circles=1) as stage:
        terminal = stage.connect()
        stage.drive(["B1"], [0.0], 0.0)
        stage.know(vehicle())
        stage.drive(["B1"], [0.0], 60.0)
        assert len(terminal.asked(SET)) == 1


def test_a_phone_that_moves_to_another_vehicle_is_asked_as_that_one() -> None:
    """What is known of the former vehicle asks the terminal nothing more."""
    with staged(ONE, circles=1) as stage:
        terminal = stage.connect()
        stage.drive(["B1"], [0.0], 0.0)
        stage.hub.know([vehicle("B2")], ["B1"])
        stage.drive(["B1", "B2"], [0.0, 9_000.0], 60.0)
        assert len(terminal.asked(SET)) == 2
        assert len(stage.hub.near._sessions) == 1


def test_a_vehicle_whose_rules_are_not_known_is_left_alone() -> None:
    """A profile that is not here is said in the log, and ends nothing."""
    with staged(ONE, circles=1, tracking_s=5) as stage:
        stage.know(vehicle(profile="nowhere"))
        terminal = stage.connect()
        stage.drive(["B1"], [0.0], 0.0)
        assert not terminal.asked(SET, TRACKING)


def test_a_fleet_that_comes_at_once_is_served_little_by_little_and_all_of_it() -> None:
    """No look gives more than ``SETS_AT_ONCE`` sets; of those who drive on, whoever has waited longest goes first."""
    fleet = [f"V{k}" for k in range(2 * SETS_AT_ONCE + 50)]
    with staged(ONE, circles=1) as stage:
        stage.know(*(vehicle(name, f"139{k:08}") for k, name in enumerate(fleet)))
        terminals = [stage.connect(f"139{k:08}") for k in range(len(fleet))]
        served: list[str] = []
        for k in range(3):
            stage.drive(fleet, [2_000.0 * k] * len(fleet), k * LEAST_MS / 1000)
            served += [name for name, terminal in zip(fleet, terminals, strict=True) if terminal.asked(SET)]
            assert len(served) == (k + 1) * SETS_AT_ONCE
        assert set(served) == set(fleet)


def test_the_newest_of_several_positions_of_a_vehicle_counts() -> None:
    """A batch that ends near is near, one that only begins there is not."""
    with staged(ONE, tracking_s=5) as stage:
        terminal = stage.connect()
        stage.drive(["B1", "B1"], [0.0, 9_000.0], 0.0)
        assert not terminal.asked(TRACKING)
        stage.drive(["B1", "B1"], [9_000.0, 0.0], 10.0)
        assert terminal.asked(TRACKING) == [START]


def test_circles_of_before_are_cleared_where_that_is_configured() -> None:
    """Once at each connection, without a position; never together with circles."""
    with staged(None, circles_clear=True) as stage:
        terminal = stage.connect()
        stage.know(vehicle())
        assert terminal.asked(REMOVAL) == [{"ids": []}]
    with pytest.raises(msgspec.ValidationError, match="circles_clear"):
        msgspec.convert({"gateway": {"circles": 3, "circles_clear": True}}, Config)


class Wire:
    """A terminal at a real socket."""

    def __init__(self, port: int, phone: str) -> None:
        self._phone, self._framer, self._serial = phone, Framer(), 0
        self._socket = socket.create_connection(("127.0.0.1", port), 10)
        self._got: list[tuple[int, Decoded]] = []

    def send(self, number: int, body: dict[str, Any]) -> None:
        """Send a message."""
        self._socket.sendall(build(Header(number, 2019, self._phone, self._serial), encode_body(number, body, 2019)))
        self._serial += 1

    def receive(self, number: int) -> dict[str, Any]:
        """Return the next such message; others before it are dropped."""
        while True:
            for at, (found, told) in enumerate(self._got):
                if found == number:
                    del self._got[: at + 1]
                    return told.body
            data = self._socket.recv(65_536)
            assert data, f"hung up before 0x{number:04X}"
            for content in self._framer.feed(data):
                frame = parse(content)
                self._got.append((frame.header.id, decode(frame)))

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


def test_a_terminal_at_a_socket_is_tracked_and_given_circles(tmp_path: Path) -> None:
    """From registration to circles through a whole gateway that judges by itself; its refusal is counted."""
    (tmp_path / "roads.geojson").write_bytes(document(ONE))
    (tmp_path / "fleet.csv").write_text("vehicle,phone\nB1,13800000001\n")
    given_config = {
        "rules": {"segments": str(tmp_path / "roads.geojson")},
        "gateway": {
            "listen": "127.0.0.1:0", "store": str(tmp_path / "gateway.db"), "register": str(tmp_path / "fleet.csv"),
            "metrics": "", "flush_s": 0.05, "tracking_s": 5, "circles": 3,
        },
    }  # fmt: skip
    gateway = Gateway(msgspec.convert(given_config, Config), None)
    thread = threading.Thread(target=gateway.run, daemon=True)
    thread.start()
    until(lambda: gateway.listener is not None and gateway.listener._server is not None)
    assert gateway.listener is not None and gateway.hub is not None
    wire = Wire(gateway.listener.port, "00000000013800000001")
    identity = {"maker_id": "M", "terminal_model": "T", "terminal_id": "1", "plate_colour": "none", "plate": ""}
    wire.send(0x0100, {"province_id": 0, "city_id": 0, **identity})
    code = wire.receive(0x8100)["authentication_code"]
    wire.send(0x0102, {"authentication_code": code, "imei": "", "software_version": ""})
    wire.receive(0x8001)
    wire.send(
        0x0200,
        {
            "alarm": [], "status": ["located"], "latitude_deg": LAT - 2_000.0 / M_PER_DEG, "longitude_deg": LON,
            "altitude_m": 0, "speed_kmh": 60.0, "direction_deg": 0,
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        },
    )  # fmt: skip
    assert wire.receive(TRACKING) == START
    (area,) = wire.receive(SET)["areas"]
    assert (area["name"], area["limit_kmh"], area["radius_m"]) == ("ramp", 40, 444)
    wire.send(0x0001, {"reply_serial": 0, "reply_id": "0x8600", "result": "unsupported"})
    until(lambda: gateway.hub is not None and gateway.hub.counts["refused", "circles"] == 1)
    wire.close()
    gateway.ask_to_end()
    thread.join(300)  # the rules, compiled or not, judge what was taken
    assert not thread.is_alive()


def until(told: Any, wait_s: float = 300.0) -> None:
    """Wait for something; the first run on a machine compiles the rules."""
    end = time.monotonic() + wait_s
    while not told():
        assert time.monotonic() < end
        time.sleep(0.02)
