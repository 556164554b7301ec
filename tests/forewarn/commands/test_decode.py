"""``forewarn decode``: every frame gives an object or a named error, and the exit code says whether all are good."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from forewarn.commands.decode import command
from forewarn.decoding import KEYS
from ingest.jt808.codec import encode_body
from ingest.jt808.frame import OTHER, STANDARD, Header, build, divide
from tests.ingest.jt808.by_hand import ITEMS, REPORT, REPORT_MEANS, b, s, w
from tests.ingest.jt808.mutations import stream

PHONE = "013800000001"
FRAME = build(Header(0x0200, 2013, PHONE, 7), REPORT + ITEMS)
TEXT = build(Header(0x8300, 2019, PHONE, 8), b(0x0E, 1) + s("前方匝道"))


def decode(*arguments: str, given: bytes = b"") -> Result:
    """The result of the command."""
    return CliRunner().invoke(command, list(arguments), input=given)


def objects(result: Result) -> list[dict[str, Any]]:
    """What --json printed."""
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_an_object_of_a_frame() -> None:
    """Id, version, number, checksum and the body, with units in the names; null for what it does not have."""
    result = decode("--json", FRAME.hex())
    (told,) = objects(result)
    assert result.exit_code == 0
    assert tuple(told) == KEYS
    body = told.pop("body")
    assert told == {
        "id": "0x0200",
        "name": "location_report",
        "version": 2013,
        "phone": PHONE,
        "serial": 7,
        "checksum_ok": True,
        "encryption": None,
        "packet": None,
        "error": None,
    }
    assert body.pop("items") == [{"id": "0x01", "mileage_km": 123.4}, {"id": "0x03", "recorder_speed_kmh": 59.8}]
    assert body == REPORT_MEANS


def test_several_frames_are_a_line_each() -> None:
    """In one argument, in several, on lines of the standard input, and in a capture: the same objects."""
    each = [*objects(decode("--json", FRAME.hex())), *objects(decode("--json", TEXT.hex(" ")))]
    lines = f"{FRAME.hex()}\n\n{TEXT.hex(',')}\r\n".encode()
    for arguments, given in (
        ((FRAME.hex() + TEXT.hex(),), b""),
        ((FRAME.hex(), TEXT.hex()), b""),
        ((FRAME[1:-1].hex(), TEXT[1:-1].hex()), b""),
        ((FRAME + TEXT).hex(" ").split(), b""),
        ((), lines),
        (("-",), b"\xef\xbb\xbf" + lines),
    ):
        result = decode("--json", *arguments, given=given)
        assert (result.exit_code, objects(result)) == (0, each)
    assert each[1]["body"]["text"] == "前方匝道"


def test_a_capture(tmp_path: Path) -> None:
    """Raw bytes; what belongs to no frame is counted on the other stream, and an unfinished frame is told."""
    path = tmp_path / "capture.bin"
    path.write_bytes(b"junk" + FRAME + TEXT + FRAME[:20])
    result = decode("--json", "--file", str(path))
    assert result.exit_code == 0
    assert [told["id"] for told in objects(result)] == ["0x0200", "0x8300"]
    assert "4 bytes belong to no frame: junk" in result.stderr
    assert "19 bytes at the end are a frame that is not finished" in result.stderr
    path.write_bytes(FRAME + b"x" * 5000 + FRAME)
    assert decode("--file", str(path)).exit_code == 1
    path.write_bytes(build(Header(2, 2013, PHONE, 1), b"", OTHER))
    assert objects(decode("--json", "--file", str(path)))[0]["name"] == "heartbeat"


def test_a_wrong_checksum_is_told_and_the_frame_decoded() -> None:
    """And the exit code is 1, though all else is good."""
    damaged = FRAME[:-2] + b"\x01\x7e"
    result = decode("--json", damaged.hex())
    assert result.exit_code == 1
    (told,) = objects(result)
    assert (told["checksum_ok"], told["error"], told["body"]["altitude_m"]) == (False, None, 12)
    shown = decode(damaged.hex())
    assert f"wrong: {FRAME[-2]:02X} would be right" in shown.stdout


@pytest.mark.parametrize(
    ("given", "reason", "told_id"),
    [
        ("zz", "not_hex", None),
        ("123", "odd_digits", None),
        ("7E01027E", "too_short", None),
        (FRAME[:-6].hex() + "7e", "bad_length", None),
        (build(Header(0x0001, 2013, PHONE, 1), b"\0").hex(), "bad_body", "0x0001"),
    ],
)
def test_what_cannot_be_told_has_a_named_error(given: str, reason: str, told_id: str | None) -> None:
    """Nothing that is a frame ends with 2, a frame whose body cannot be read with 1."""
    result = decode("--json", given)
    (told,) = objects(result)
    assert (told["error"]["reason"], told["body"], told["id"]) == (reason, None, told_id)
    assert tuple(told) == KEYS
    assert result.exit_code == (1 if told_id else 2)
    assert reason in decode(given).stdout
    with_good = decode("--json", given, FRAME.hex())
    assert (len(objects(with_good)), with_good.exit_code) == (2, 1)


def test_a_length_that_is_wrong_where_the_checksum_is_right() -> None:
    """The terminal counts wrongly: the error is told, and the body all the same."""
    content = bytearray(FRAME[1:-2])
    content[3] += 10
    check = 0
    for byte in content:
        check ^= byte
    result = decode("--json", content.hex() + f"{check:02x}")
    (told,) = objects(result)
    assert (result.exit_code, told["error"]["reason"]) == (1, "bad_length")
    assert told["body"]["altitude_m"] == 12


def test_parts_are_put_together() -> None:
    """Each part prints its own object, and whichever completes the message carries all of it."""
    body = {"type": "normal", "count": 2, "locations": [REPORT_MEANS, REPORT_MEANS]}
    whole = encode_body(0x0704, body, 2013)
    frames = list(divide(Header(0x0704, 2013, PHONE, 10), whole, most=25))
    other = build(Header(0x0704, 2013, "1", 11, packets=3, packet=2), b"x")
    result = decode("--json", *(frame.hex() for frame in [frames[2], other, frames[0], frames[1]]))
    told = objects(result)
    assert result.exit_code == 0
    assert [one["packet"] for one in told] == [{"packets": 3, "packet": k} for k in (3, 2, 1, 2)]
    assert [set(one["body"]) for one in told[:3]] == [{"hex"}] * 3
    assert told[3]["body"]["count"] == 2
    assert told[3]["body"]["locations"][1]["time"] == REPORT_MEANS["time"]
    assert "put together of 3 packets" in decode(*(frame.hex() for frame in frames)).stdout


def test_encrypted_bodies_are_bytes() -> None:
    """The kind of encryption is told."""
    for encryption, said in ((1, "rsa"), (4, "bits_4")):
        (told,) = objects(decode("--json", build(Header(0x0200, 2013, PHONE, 1, encryption), b(1, 2)).hex()))
        assert (told["encryption"], told["body"], told["error"]) == (said, {"hex": "0102"}, None)


def test_lines_for_people() -> None:
    """Where in the frame, the bytes, the field and its value; every byte of the frame is shown."""
    result = decode(FRAME.hex())
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == f"0x0200 location_report, 2013, terminal {PHONE}"
    assert "    12  00 00 00 01                alarm              sos" in lines
    assert "    30  02 5D                      speed_kmh          60.5" in lines
    assert any(line.split() == ["mileage_km", "123.4"] for line in lines)
    assert lines[-1].split() == [str(len(STANDARD.undone(FRAME[1:-1])) - 1), f"{FRAME[-2]:02X}", "checksum", "ok"]
    offsets = [int(line[:6]) for line in lines[1:] if line[:6].strip()]
    assert offsets == sorted(offsets)
    left = decode(build(Header(0x0301, 2013, PHONE, 1), b(4, 0xCA, 0xFE)).hex()).stdout
    assert ["13", "CA", "FE", "rest"] in [line.split() for line in left.splitlines()]


def test_nothing_moves_the_cursor() -> None:
    """What a terminal sends is cleaned for people and escaped for programs."""
    frame = build(Header(0x6006, 2013, PHONE, 1), s("a\x1b[2J\nb"))
    shown, told = decode(frame.hex()), decode("--json", frame.hex())
    assert "\x1b" not in shown.stdout
    assert "?[2J" in shown.stdout
    assert "\x1b" not in told.stdout
    assert objects(told)[0]["body"]["text"].startswith("a\x1b[2J")


def test_ten_megabytes_of_garbage(tmp_path: Path) -> None:
    """As bytes, as digits and as a capture: named errors in seconds, and never a traceback."""
    rng = random.Random(1)
    data = rng.randbytes(10_000_000)
    (tmp_path / "bytes").write_bytes(data)
    began_s = time.perf_counter()
    for arguments, given in (
        ((), data),
        ((), data[:5_000_000].hex().encode()),
        (("--file", str(tmp_path / "bytes")), b""),
        ((), b"7E" * 1_000_000),
        ((), b"7E0200" + b"00" * 1_000_000),
    ):
        result = decode("--json", *arguments, given=given)
        assert result.exit_code in (1, 2)
        assert result.exception is None or isinstance(result.exception, SystemExit)
    assert time.perf_counter() - began_s < 300.0


def test_mutated_frames_give_an_object_each() -> None:
    """In both forms; whatever was done to them."""
    from tests.ingest.jt808.mutations import frames  # here, since only this test needs them

    lines = "\n".join(frame.hex() for frame in stream(random.Random(2), frames(), 2000))
    told = decode("--json", given=lines.encode())
    assert told.exit_code == 1
    assert len(objects(told)) >= 1990
    shown = decode(given=lines.encode())
    assert shown.exit_code == 1
    assert shown.exception is None or isinstance(shown.exception, SystemExit)


@pytest.mark.parametrize("arguments", [("-", "7E"), ("--file", "nowhere.bin"), ("--what",)])
def test_wrong_use_ends_with_2(arguments: tuple[str, ...]) -> None:
    """And says what is wrong."""
    result = decode(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Error" in result.stderr


def test_hex_and_a_file_are_one_too_many(tmp_path: Path) -> None:
    """Either."""
    (tmp_path / "a").write_bytes(FRAME)
    assert decode("--file", str(tmp_path / "a"), "7E").exit_code == 2


def test_nothing_given_is_nothing_decoded() -> None:
    """An empty input ends with 2."""
    assert objects(decode("--json", ""))[0]["error"]["reason"] == "too_short"
    result = decode(given=b"\n\n")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "nothing that is a frame" in result.stderr


def test_help_teaches() -> None:
    """Examples, the keys of the object, and the ways it ends."""
    shown = decode("--help").stdout
    for word in ("forewarn decode 7E", "--json", "--file", "checksum_ok", "Ends with 0", '"rest"'):
        assert word in shown


def test_it_starts_fast() -> None:
    """Neither the rules' compiler nor the tables' library is imported."""
    code = (
        "import sys; import forewarn.commands.decode;"
        "print([name for name in ('numba', 'polars', 'alerts', 'geofence') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_numbers_of_a_part_and_words() -> None:
    """Header fields of a part stand at their places."""
    shown = decode(build(Header(0x0801, 2019, PHONE, 5, packets=3, packet=2), w(1)).hex()).stdout
    rows = [line.split() for line in shown.splitlines()]
    for row in (
        ["17", "00", "03", "packets", "3"],
        ["19", "00", "02", "packet", "2"],
        ["4", "01", "protocol_version", "1"],
    ):
        assert row in rows
