"""Recorded sessions played again: the same bytes of a terminal bring the same answers, but for codes and times."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from ingest.jt808.codec import decode
from ingest.jt808.frame import Framer, parse
from tests.forewarn.gateway.gate import Gate, fleet, until
from tests.forewarn.gateway.recorded import SENTENCES, VERSIONS, frames, path, pieces, say, told, with_code


@pytest.mark.parametrize("version", VERSIONS)
def test_a_recorded_session_brings_the_same_answers(tmp_path: Path, version: int) -> None:
    """Login, reports, a divided batch, a card, the time, texts, what is not known or broken, and logout."""
    recorded = pieces(path(version).read_bytes())
    code, said, heard, framer = "", 0, [], Framer()
    with Gate(tmp_path / "gateway.db", fleet(1)) as gate:
        peer = socket.create_connection(("127.0.0.1", gate.port), timeout=10)
        expected = [told(frame) for who, data in recorded if who == "G" for frame in frames(data)]
        due = 0
        for who, data in recorded:
            if who == "T":
                ids = [frame.header.id for frame in frames(data)]
                peer.sendall(with_code(data, code) if ids == [0x0102] else data)
            elif who == "S":
                say(gate, said, data.decode())
                said += 1
            else:
                due += len(frames(data))
                while len(heard) < due:
                    got = peer.recv(65536)
                    assert got, f"closed after {len(heard)} of {due} frames"
                    for content in framer.feed(got):
                        frame = parse(content)
                        heard.append(told(frame))
                        code = decode(frame).body.get("authentication_code") or code
        assert peer.recv(1) == b""
        assert sorted(heard, key=repr) == sorted(expected, key=repr)
        assert [one[0].id for one in heard if one[0].id != 0x8001] == [0x8100, 0x8004, 0x8300, 0x8300]
        until(lambda: len(gate.outcomes()) == len(SENTENCES))
        assert {one.outcome for one in gate.outcomes().values()} == {"spoken"}
        rows = gate.sink.rows()
        assert len(rows) == 44 and sum(row["history"] for row in rows) == 40
        assert [row["driver"] for row in rows] == 43 * [None] + ["4403001985"]


@pytest.mark.parametrize("version", VERSIONS)
def test_what_was_recorded_is_of_its_version_and_small(version: int) -> None:
    """Both ways, with escapes in it."""
    content = path(version).read_bytes()
    assert len(content) < 10_000
    headers = [frame.header for who, data in pieces(content) if who != "S" for frame in frames(data)]
    assert {header.version for header in headers} == {2019 if version == 2019 else 2013}
    assert any(b"\x7d\x02" in data for who, data in pieces(content) if who == "G")
