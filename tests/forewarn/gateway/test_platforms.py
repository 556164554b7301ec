"""A city that has no terminals of its own: positions and prompts over JT/T 809, on real sockets."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from forewarn.gateway.platforms.settings import PASSWORD, Platform
from forewarn.gateway.terminals import colour_of
from forewarn.toml_config import BadConfigError
from ingest.jt809.outputs import Channel
from ingest.vehicles import RegisteredVehicle
from tests.forewarn.gateway.gate import Gate, an_alert
from tests.forewarn.gateway.peer import Peer, free_port, moment
from tests.forewarn.worker.stream import until
from tests.ingest.jt809.platforms import FIGURES
from tests.ingest.jt809.platforms import PASSWORD as WORD
from tests.ingest.jt809.platforms import settings as agreed

FLEET = [
    RegisteredVehicle("T1", plate="粤B00001", plate_colour="黄色", speaks_via="jt809/city"),
    RegisteredVehicle("T2", plate="粤B00002", speaks_via="jt809/city"),
    RegisteredVehicle("T3", plate="粤B00003", speaks_via="jt809/other"),
]
WHO = ("company", "city", "province")
CIPHER = dict(zip(("m1", "ia1", "ic1"), FIGURES, strict=True))


def position(version: int, plate: str = "粤B00001", sub_id: str = "0x1202", **more: Any) -> dict[str, Any]:
    """A position of a vehicle, as a lower platform sends it."""
    where = {"latitude_deg": 22.7, "longitude_deg": 114.1, "speed_kmh": 60, "direction_deg": 90, "altitude_m": 20}
    common = {"status": ["acc_on", "located"], "alarm": [], "time": moment(time.time()), **where, **more}
    if version < 2019:
        block = {"coordinates": "plain", "recorder_speed_kmh": 58, "mileage_km": 1200, **common}
    else:
        none = {f"{who}_platform_id": "" for who in WHO} | {f"{who}_alarm": [] for who in WHO}
        block = {"coordinates": "plain", "report": {**common, "items": []}, **none}
    vehicle = {"sub_id": sub_id, "plate": plate, "plate_colour": "yellow"}
    return {**vehicle, **block} if sub_id == "0x1202" else {**vehicle, "positions": [block]}


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    """The password, where the configuration looks for it."""
    monkeypatch.setenv(f"{PASSWORD}CITY", WORD)


@pytest.fixture(params=[2011, 2013, 2019])
def version(request: pytest.FixtureRequest) -> int:
    """Each version of the standard."""
    return int(request.param)


@pytest.fixture
def linked(version: int, tmp_path: Path) -> Iterator[tuple[Gate, Peer]]:
    """The city, which is the upper platform, and a company that reports to it; both encrypt what they send."""
    port = free_port()
    city = Platform("city", "upper", version, f"127.0.0.1:{port}", centre_id=3202, user=80901, encrypt_key=99, **CIPHER)
    with Gate(tmp_path / "gate.db", FLEET, [city], flush_s=0.01) as gate:
        down = free_port()
        peer = Peer(agreed("lower", version, down_address="127.0.0.1", down_port=down, encrypt_key=7), port)
        peer.listen(Channel.DOWN, down)
        with peer:
            until(lambda: peer.ready and len(peer.link.open) == 2, 20)
            yield gate, peer


def test_positions_of_another_platform_s_vehicles_come_in(linked: tuple[Gate, Peer], version: int) -> None:
    """Those of the moment, and such of a time without link, which are history; a plate that nobody knows is counted."""
    gate, peer = linked
    peer.send(position(version))
    peer.send(position(version, sub_id="0x1203"))
    peer.send(position(version, plate="粤B99999"))
    until(lambda: len(gate.sink.rows()) == 2 and bool(gate.uplink.rejected["unknown_vehicle"]), 10)
    now, before = gate.sink.rows()
    assert (now["vehicle"], now["history"], before["history"]) == ("T1", False, True)
    assert (now["lon"], now["lat"], now["valid"]) == (pytest.approx(114.1), pytest.approx(22.7), True)
    assert abs(now["time_ms"] / 1000 - time.time()) < 10


def test_a_prompt_goes_out_through_the_platform_and_its_answer_is_the_outcome(
    linked: tuple[Gate, Peer], version: int
) -> None:
    """Urgent where it tells what to do now; a vehicle of a platform that this one is not linked to hears nothing."""
    gate, peer = linked
    gate.take(an_alert("a"), an_alert("b", vehicle="T2", priority=5), an_alert("c", vehicle="T3"))
    until(lambda: len(gate.outcomes()) == 2, 10)
    heard = {one.body["plate"]: one.body for one in peer.heard("text")}
    assert {plate: (body["priority"], body["plate_colour"]) for plate, body in heard.items()} == {
        "粤B00001": ("urgent", "yellow"),
        "粤B00002": ("normal", "yellow"),
    }
    assert {body["text"] for body in heard.values()} == {"前方匝道，请减速"}
    assert {(one.outcome, one.terminal_result) for one in gate.outcomes().values()} == {("spoken", 0)}


def test_a_link_that_breaks_is_made_again_and_what_is_still_in_time_is_said(linked: tuple[Gate, Peer]) -> None:
    """A prompt that falls due meanwhile waits for it."""
    gate, peer = linked
    peer.cut()
    until(lambda: not gate.hub.platforms["city"].link.ready, 10)
    gate.take(an_alert("a", lasts_s=30.0))
    until(lambda: bool(gate.outcomes()), 30)
    assert [one.outcome for one in gate.outcomes().values()] == ["spoken"]
    assert len(peer.heard("text")) == 1


def test_a_city_that_is_itself_the_lower_platform_is_given_positions(version: int, tmp_path: Path) -> None:
    """It connects to the government's platform, which hands positions of other provinces down."""
    upper = Peer(agreed("upper", version))
    port = upper.listen(Channel.MAIN)
    city = Platform("city", "lower", version, f"127.0.0.1:{port}", centre_id=3202, user=80901, **CIPHER)
    with upper, Gate(tmp_path / "gate.db", FLEET, [city]) as gate:
        until(lambda: upper.ready, 20)
        upper.send(position(version) | {"sub_id": "0x9202"})
        until(lambda: len(gate.sink.rows()) == 1, 10)
    assert gate.sink.rows()[0]["vehicle"] == "T1"


def test_a_login_with_another_password_is_refused_and_counted(tmp_path: Path) -> None:
    """And nothing of it stands in the log."""
    port = free_port()
    city = Platform("city", "upper", 2019, f"127.0.0.1:{port}", centre_id=3202, user=80901, **CIPHER)
    with (
        Gate(tmp_path / "gate.db", FLEET, [city]) as gate,
        Peer(agreed("lower", 2019, password=WORD[::-1], down_address="", down_port=0), port) as peer,
    ):
        until(lambda: gate.count("refused", "platform_wrong_password") > 0, 10)
        assert not peer.ready


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({"m1": 5}, "m1, ia1 and ic1"),
        ({"address": "nowhere"}, "platforms.city.address"),
        ({"encrypt_key": 1}, "encrypt_key"),
        ({"down": "host:1"}, "down_address"),
        ({"password_file": "/not/there"}, "platforms.city.password_file"),
        ({"name": "x"}, "FOREWARN_PLATFORM_PASSWORD_X"),
    ],
)
def test_what_cannot_be_agreed_on_is_named_by_its_key(more: dict[str, Any], key: str) -> None:
    """At start."""
    given = {"name": "city", "side": "lower", "version": 2019, "address": "127.0.0.1:1", "centre_id": 1, "user": 1}
    with pytest.raises(BadConfigError, match=key.replace(".", r"\.")):
        Platform(**{**given, **more}).agreed()


@pytest.mark.parametrize(
    ("said", "colour"), [("黄", "yellow"), ("蓝色", "blue"), ("Yellow", "yellow"), ("2", "yellow"), ("77", 77)]
)
def test_colours_of_plates_are_known_by_word_and_number(said: str, colour: str | int) -> None:
    """However a register says them."""
    assert colour_of(said) == colour
