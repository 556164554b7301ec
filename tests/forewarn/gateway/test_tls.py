"""Terminals over TLS: the same session, and what a bad handshake or a bad certificate comes to."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme

from forewarn.worker.config import BadConfigError
from ingest.jt808.frame import Framer, parse
from ingest.jt808.terminal import Identity, Terminal
from tests.forewarn.gateway.client import Client, connected, is_closed, position
from tests.forewarn.gateway.gate import Gate, until


@pytest.fixture
def authority(tmp_path: Path) -> trustme.CA:
    """A certificate authority, and a certificate of it for this machine in files."""
    authority = trustme.CA()
    one = authority.issue_cert("127.0.0.1")
    one.private_key_pem.write_to_path(tmp_path / "key.pem")
    for pem in one.cert_chain_pems:
        pem.write_to_path(tmp_path / "cert.pem", append=True)
    return authority


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """Settings that name the files."""
    return {"certificate_file": str(tmp_path / "cert.pem"), "key_file": str(tmp_path / "key.pem")}


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    """What trusts an authority."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.mark.parametrize("version", [2013, 2019])
def test_a_session_over_tls(
    made: Callable[..., Gate], authority: trustme.CA, files: dict[str, str], version: int
) -> None:
    """It is the same session; the terminal sees who the gateway is."""
    gate = made(**files)
    client = Client(gate.port, version=version, tls=trusting(authority)).login()
    assert client.socket.version() in ("TLSv1.2", "TLSv1.3")
    for _ in range(5):
        client.send(client.terminal.report(position()))
    client.until(lambda: client.terminal.unanswered == 0)
    assert len(gate.sink.rows()) == 5
    big = {"type": "normal", "locations": [position(time.time() - k) for k in range(300)]}
    first = client.say(0x0704, big)
    client.until(lambda: len(gate.sink.rows()) == 305 and client.answer_to(first, 0x0704))
    assert client.asked(0x0003) == "ok"
    client.until(lambda: client.closed)


def test_what_comes_with_the_last_bytes_of_the_handshake_is_not_lost(
    made: Callable[..., Gate], authority: trustme.CA, files: dict[str, str]
) -> None:
    """A terminal may speak at once."""
    gate = made(**files)
    for _ in range(20):
        bridge, outgoing, incoming = (
            socket.create_connection(("127.0.0.1", gate.port)),
            ssl.MemoryBIO(),
            ssl.MemoryBIO(),
        )
        tls = trusting(authority).wrap_bio(incoming, outgoing, server_hostname="127.0.0.1")
        terminal = Terminal(Identity("13800000001", 2013, "粤B00001"))
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                bridge.sendall(outgoing.read())
                incoming.write(bridge.recv(65536))
        tls.write(terminal.connect())
        bridge.sendall(outgoing.read())
        heard = b""
        while not heard:
            try:
                heard = tls.read(65536)
            except ssl.SSLWantReadError:
                incoming.write(bridge.recv(65536))
        assert parse(Framer().feed(heard)[0]).header.id == 0x8100
        bridge.close()


def test_who_does_not_shake_hands_is_counted_and_closed(
    made: Callable[..., Gate], authority: trustme.CA, files: dict[str, str]
) -> None:
    """Plain bytes, nothing at all, a client that does not trust, one that leaves: the limits hold for them too."""
    gate = made(**files, login_s=1.0, most_per_address=3)
    silent = [connected(gate.port) for _ in range(3)]
    until(lambda: len(gate.listener.connections) == 3)
    assert is_closed(connected(gate.port))
    assert gate.count("refused", "too_many_of_address") == 1
    assert all(is_closed(one) for one in silent)
    until(lambda: not gate.listener.connections)
    plain = Client(gate.port)
    plain.open()
    plain.send(plain.terminal.connect())
    assert is_closed(plain.socket)
    with pytest.raises(ssl.SSLError):
        Client(gate.port, tls=ssl.create_default_context()).open()
    connected(gate.port).close()
    until(
        lambda: gate.count("closed", "no_tls") + gate.count("closed", "no_login") + gate.count("closed", "hung_up") == 6
    )
    Client(gate.port, tls=trusting(authority)).login().close()


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"listen": "192.0.2.1:0"}, "gateway.listen"),
        ({"listen": "127.0.0.1:port"}, "gateway.listen"),
        ({"listen": "127.0.0.1:99999"}, "gateway.listen"),
        ({"certificate_file": "none.pem", "key_file": "none.pem"}, "gateway.certificate_file"),
    ],
)
def test_what_cannot_be_listened_with_is_told_at_start(tmp_path: Path, settings: dict[str, str], key: str) -> None:
    """With its key."""
    with pytest.raises(BadConfigError, match=key):
        Gate(tmp_path / "gateway.db", **settings).__enter__()
