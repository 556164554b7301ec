"""Of a new connection an upper platform finds out whose it is, and lets nobody else in."""

from __future__ import annotations

from typing import Any

import pytest

from ingest.errors import BadOption
from ingest.jt809.codec import decode_body
from ingest.jt809.frame import Framer, decrypted, parse
from ingest.jt809.link import Link
from ingest.jt809.login import Admission, Arrival
from ingest.jt809.outputs import Joined
from ingest.jt809.positions import Positions
from ingest.jt809.settings import Settings
from tests.ingest.jt809 import independent
from tests.ingest.jt809.platforms import FIGURES, MAIN, START_MS, Platforms, settings

ACCOUNTS = {
    3202: settings("upper", addresses=("10.1.0.0/16", "fd00::/8")),
    3203: settings("upper", 2019, centre_id=3203, user=7),
}


def login(version: int = 2011, **more: Any) -> bytes:
    """The login of a lower platform, as it sends it."""
    platforms = Platforms(version, lower=more)
    platforms.lower.start(START_MS)
    platforms.lower.connected(MAIN, START_MS)
    return b"".join(output.data for output in platforms.lower.take() if hasattr(output, "data"))


def admitted(data: bytes, address: str = "10.1.2.3", cut: int = 1000) -> Admission:
    """What is found of a connection."""
    arrival = Arrival(ACCOUNTS, address)
    for k in range(0, len(data), cut):
        found = arrival.feed(data[k : k + cut])
        if found is not None:
            return found
    raise AssertionError("nothing was found")


@pytest.mark.parametrize("cut", [1, 7, 1000])
@pytest.mark.parametrize("secret", [{}, {"encrypt_key": 9}])
def test_a_login_leads_to_its_link(cut: int, secret: dict[str, int]) -> None:
    """Of any version, encrypted or not, in any pieces; the link then takes all bytes, and what followed them."""
    for version, more in ((2011, {}), (2019, {"centre_id": 3203, "user": 7})):
        data = login(version, **more, **secret)
        found = admitted(data, cut=cut)
        assert found.reason == "ok" and found.settings is ACCOUNTS[more.get("centre_id", 3202)]
        link = Link(found.settings, Positions(lambda reject: None))
        link.connected(MAIN, START_MS)
        link.received(MAIN, found.data, START_MS)
        assert Joined(MAIN) in link.take()


def test_bytes_that_follow_the_login_are_handed_over() -> None:
    """They may have come with it."""
    data = login() + independent.frame(0x1005)
    assert admitted(data).data == data


@pytest.mark.parametrize("address", ["10.1.255.9", "::ffff:10.1.2.3", "fd00::5"])
def test_a_login_may_come_from_its_networks(address: str) -> None:
    """Also where an address of IPv4 is written as one of IPv6."""
    assert admitted(login(), address).reason == "ok"


@pytest.mark.parametrize(
    ("more", "address", "reason"),
    [
        ({}, "10.2.0.1", "wrong_address"),
        ({"password": "guess"}, "10.1.2.3", "wrong_password"),
        ({"password": "s3cr3"}, "10.1.2.3", "wrong_password"),
        ({"user": 1}, "10.1.2.3", "unknown_user"),
        ({"centre_id": 1}, "10.1.2.3", "wrong_centre"),
        ({"centre_id": 1, "encrypt_key": 5}, "10.1.2.3", "wrong_centre"),
    ],
)
def test_anybody_else_is_told_why_not(more: dict[str, Any], address: str, reason: str) -> None:
    """By the code of the standard."""
    found = admitted(login(**more), address)
    assert found.settings is None and found.reason == reason
    frame = parse(Framer().feed(found.data)[0])
    assert decode_body(0x1002, frame.body, frame.header.version).body == {"result": reason, "verify_code": 0}


def test_a_login_whose_header_has_no_code_is_found_by_its_body() -> None:
    """In 2019 it stands there too."""
    frame = parse(Framer().feed(login(2019, centre_id=3203, user=7))[0], 2019)
    data = independent.frame(0x1001, frame.body, version=2019, centre=0)
    assert admitted(data).settings is ACCOUNTS[3203]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (independent.frame(0x1005), "no_login"),
        (b"GET / HTTP/1.1\r\n" * 20, "no_login"),
        (b"\x5b" + b"x" * 300, "no_login"),
        (b"\x5bxx\x5d", "too_short"),
        (login()[:-2] + b"x\x5d", "bad_checksum"),
        (independent.frame(0x1001, b"short", centre=3202), "bad_body"),
        (independent.frame(0x1001, bytes(46), centre=3202, flag=2), "encrypted"),
    ],
)
def test_what_is_no_login_is_closed_without_an_answer(data: bytes, reason: str) -> None:
    """And does not fill memory."""
    found = admitted(data)
    assert (found.settings, found.data, found.reason) == (None, b"", reason)


def test_a_login_with_zeros_before_the_password_is_read() -> None:
    """Some platforms fill up in front."""
    frame = decrypted(parse(Framer().feed(login())[0], 2011), None)
    body = frame.body[:4] + b"\0\0s3cr3t" + frame.body[12:]
    assert admitted(independent.frame(0x1001, body, centre=3202)).reason == "ok"


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"side": "middle"}, "side"),
        ({"version": 2016}, "version"),
        ({"centre_id": -1}, "centre_id"),
        ({"user": 1 << 32}, "user"),
        ({"password": ""}, "password"),
        ({"password": "ninechars"}, "password"),
        ({"password": "密码密码密"}, "password"),
        ({"encrypt_key": 5, "cipher": None}, "encrypt_key"),
        ({"down_address": "example.org"}, "down_address"),
        ({"down_address": ""}, "down_address"),
        ({"down_port": 70000}, "down_port"),
        ({"addresses": ("10.1.2.3/8",)}, "addresses"),
        ({"protocol": (1, 2)}, "protocol"),
        ({"keep_alive_s": 0}, "keep_alive_s"),
        ({"broken_s": 60}, "broken_s"),
        ({"retry_most_s": 0.5}, "retry_most_s"),
        ({"most_bad_frames": 0}, "most_bad_frames"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(wrong: dict[str, Any], name: str) -> None:
    """At start, and no password is shown."""
    with pytest.raises(BadOption, match=name) as error:
        settings("lower", **wrong)
    assert str(wrong.get("password") or "s3cr3t") not in str(error.value)


def test_the_figures_of_the_cipher_are_not_shown() -> None:
    """Nor is the password."""
    shown = repr(settings("upper"))
    assert not any(str(figure) in shown for figure in FIGURES) and "s3cr3t" not in shown
    assert isinstance(ACCOUNTS[3202], Settings)
