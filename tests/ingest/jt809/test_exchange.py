"""What goes over a link that stands: positions one way, texts the other, and what is told besides."""

from __future__ import annotations

from typing import Any

import pytest

from ingest.jt808.errors import BodyError
from ingest.jt809.codec import decode_body
from ingest.jt809.frame import Framer, decrypted, parse
from ingest.jt809.outputs import Answered, Channel, Told
from tests.ingest.jt809 import independent
from tests.ingest.jt809.platforms import DOWN, MAIN, START_MS, VERSIONS, Platforms, joined

CAR = {"plate": "苏B12345", "plate_colour": "yellow"}
AT = independent.moment(2026, 3, 2, 6)
TEXT = "前方四百米出口匝道，驶出请减速到四十"


def position(version: int, sub_id: int = 0x1202) -> dict[str, Any]:
    """A position of the vehicle, as words."""
    data = independent.block_2019(independent.report(AT)) if version == 2019 else independent.block(AT)
    if sub_id in (0x1203, 0x9203):
        data = b"\x02" + data * 2
    return decode_body(sub_id & 0xFF00, independent.wrapped(sub_id, data), version).body


def last(platforms: Platforms, version: int) -> tuple[str, Channel, dict[str, Any]]:
    """Who sent what over which connection last."""
    name, channel, data = platforms.wire[-1]
    frame = decrypted(parse(Framer().feed(data)[0], version), platforms.upper.settings.cipher)
    return name, channel, decode_body(frame.header.id, frame.body, version).body


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("secret", [{}, {"encrypt_key": 77}])
def test_positions_come_to_an_upper_platform(version: int, secret: dict[str, int]) -> None:
    """On the main link, encrypted or not, with the moment of their arrival."""
    platforms = joined(version, upper=secret, lower=secret)
    assert platforms.lower.send(position(version), platforms.now_ms) is not None
    assert platforms.lower.send(position(version, 0x1203), platforms.now_ms) is not None
    platforms.turn()
    assert {channel for _, channel, _ in platforms.wire} == {MAIN}
    batch = platforms.upper.positions.batch()
    assert [batch.vehicles[code] for code in batch.vehicle] == ["苏B12345 yellow"] * 3
    assert batch.history.tolist() == [False, True, True]
    assert batch.received_ms.tolist() == [START_MS] * 3
    assert not platforms.rejects and not platforms.upper.counts.total() - platforms.upper.counts["frames", "ok"]


@pytest.mark.parametrize("version", VERSIONS)
def test_positions_come_to_a_lower_platform(version: int) -> None:
    """A government sends those of other platforms' vehicles down; before it says that it will, and is answered."""
    platforms = joined(version)
    platforms.upper.send({"sub_id": "0x9205", **CAR, "reason": "entered_area"}, platforms.now_ms)
    platforms.turn()
    assert last(platforms, version)[2]["sub_id"] == "0x1205"
    for sub_id in (0x9202, 0x9203):
        platforms.upper.send(position(version, sub_id), platforms.now_ms)
    platforms.upper.send({"sub_id": "0x9206", **CAR, "reason": "left_area"}, platforms.now_ms)
    platforms.turn()
    assert last(platforms, version)[2]["sub_id"] == "0x1206"
    assert {channel for name, channel, _ in platforms.wire if name == "upper"} == {DOWN}
    batch = platforms.lower.positions.batch()
    assert batch.history.tolist() == [False, True, True]
    assert [(told.name, told.body["reason"]) for told in platforms.told("lower", Told)] == [
        ("exchange_start", "entered_area"),
        ("exchange_end", "left_area"),
    ]
    assert [told.name for told in platforms.told("upper", Told)] == ["exchange_start_answer", "exchange_end_answer"]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("result", ["ok", "failure"])
def test_a_text_is_sent_and_its_answer_told(version: int, result: str) -> None:
    """With its priority, on the down link; the answer names it, whatever else was sent meanwhile."""
    platforms = joined(version)
    for key in ("first", "second", "third"):
        assert platforms.upper.prompt(key, "苏B12345", "yellow", TEXT, platforms.now_ms, urgent=key == "second")
    platforms.turn()
    told = platforms.told("lower", Told)
    assert [(one.name, one.number, one.body["priority"], one.body["text"]) for one in told] == [
        ("text", 0x9503, priority, TEXT) for priority in ("normal", "urgent", "normal")
    ]
    assert platforms.wire[0][1] == DOWN
    assert ("sequence" in told[0].body) == (version < 2019)
    for one in (told[1], told[0]):
        source = {"source_id": "0x9503", "source_serial": one.serial, "sequence": one.body.get("sequence")}
        platforms.lower.send({"sub_id": "0x1503", **CAR, **source, "result": result}, platforms.now_ms)
    platforms.turn()
    assert platforms.told("upper", Answered) == [Answered("second", result), Answered("first", result)]
    platforms.later(60)
    assert platforms.told("upper", Answered) == [Answered("third", "not_answered")]
    assert len(platforms.upper.prompts) == 0


def test_a_text_of_2019_may_have_the_sequence_of_2011() -> None:
    """For platforms that still want it; the answer is that of 2019."""
    platforms = joined(2019, upper={"text_sequence": True})
    assert platforms.upper.prompt("key", "苏B12345", 2, TEXT, platforms.now_ms)
    platforms.turn()
    (told,) = platforms.told("lower", Told)
    assert told.body["sequence"] == 1
    answer = {"sub_id": "0x1503", **CAR, "source_id": "0x9503", "source_serial": told.serial, "result": "ok"}
    platforms.lower.send(answer, platforms.now_ms)
    platforms.turn()
    assert platforms.told("upper", Answered) == [Answered("key", "ok")]


@pytest.mark.parametrize("version", VERSIONS)
def test_an_answer_to_nothing_is_counted(version: int) -> None:
    """One that was answered before, one of another message, one that is too late."""
    platforms = joined(version)
    for source in ("0x9503", "0x9501"):
        answer = {"sub_id": "0x1503", **CAR, "source_id": source, "source_serial": 5, "sequence": 5, "result": "ok"}
        platforms.lower.send(answer, platforms.now_ms)
    platforms.turn()
    assert platforms.upper.counts["rejected", "unasked_answer"] == 2
    assert not platforms.told("upper", Answered)


def test_an_answer_to_another_message_of_the_same_number_is_none() -> None:
    """In 2019 each kind of message counts for itself, so that the id tells them apart."""
    platforms = joined(2019)
    platforms.upper.prompt("key", "苏B12345", "yellow", TEXT, platforms.now_ms)
    platforms.turn()
    (told,) = platforms.told("lower", Told)
    for source in ("0x9501", "0x9503"):
        answer = {"sub_id": "0x1503", **CAR, "source_id": source, "source_serial": told.serial, "result": "ok"}
        platforms.lower.send(answer, platforms.now_ms)
        platforms.turn()
        assert platforms.told("upper", Answered) == ([Answered("key", "ok")] if source == "0x9503" else [])


def test_a_text_that_is_too_long_is_cut_between_characters() -> None:
    """At 1,024 bytes of GBK."""
    platforms = joined()
    platforms.upper.prompt("key", "苏B12345", "yellow", "a" + "慢" * 600, platforms.now_ms)
    platforms.turn()
    (told,) = platforms.told("lower", Told)
    assert told.body["text"] == "a" + "慢" * 511


def test_a_plate_that_does_not_fit_is_refused() -> None:
    """It is a fault of the caller, and nothing is waited for."""
    platforms = joined()
    with pytest.raises(BodyError, match="not_written"):
        platforms.upper.prompt("key", "苏" * 11, "yellow", TEXT, platforms.now_ms)
    assert len(platforms.upper.prompts) == 0


def test_no_more_texts_wait_for_answers_than_may() -> None:
    """A further one is not sent."""
    platforms = joined(upper={"most_unanswered": 2})
    sent = [platforms.upper.prompt(k, "苏B12345", "yellow", TEXT, platforms.now_ms) for k in range(3)]
    assert sent == [True, True, False]


@pytest.mark.parametrize("version", VERSIONS)
def test_without_a_down_link_texts_go_over_the_main_one(version: int) -> None:
    """And back over the down link once it is there; without both they are not sent."""
    platforms = Platforms(version)
    assert not platforms.upper.prompt("key", "苏B12345", "yellow", TEXT, platforms.now_ms)
    platforms.open[DOWN] = False
    platforms.start()
    platforms.later(1)
    assert platforms.upper.ready
    assert platforms.upper.prompt("key", "苏B12345", "yellow", TEXT, platforms.now_ms)
    platforms.turn()
    assert last(platforms, version)[1] == MAIN
    assert [told.name for told in platforms.told("lower", Told)] == ["text"]
    platforms.open[DOWN] = True
    platforms.later(60)
    platforms.upper.prompt("other", "苏B12345", "yellow", TEXT, platforms.now_ms)
    platforms.turn()
    assert last(platforms, version)[1] == DOWN


def test_without_a_main_link_positions_go_over_the_down_link() -> None:
    """Until the main one is there again."""
    platforms = joined()
    platforms.open[MAIN] = False
    platforms.lower.lost(MAIN, platforms.now_ms)
    platforms.upper.lost(MAIN, platforms.now_ms)
    platforms.turn()
    platforms.lower.send(position(2011), platforms.now_ms)
    platforms.turn()
    assert last(platforms, 2011)[1] == DOWN
    assert len(platforms.upper.positions) == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_what_needs_no_decision_is_answered(version: int) -> None:
    """A text between platforms; in 2019 the registration of a vehicle."""
    platforms = joined(version)
    which = {"object_kind": "connected_platform", "object_id": "3202"}
    platforms.upper.send({"sub_id": "0x9302", **which, "text_id": 5, "text": "通知"}, platforms.now_ms)
    platforms.turn()
    assert [(one.name, one.body["text"]) for one in platforms.told("lower", Told)] == [("platform_text", "通知")]
    (answer,) = platforms.told("upper", Told)
    assert answer.name == "platform_text_answer"
    assert (answer.body["source_id"] if version == 2019 else answer.body["text_id"]) in ("0x9302", 5)
    terminal = {
        "platform_id": "1",
        "maker_id": "2",
        "terminal_model": "3",
        "terminal_id": "4",
        "phone": "5",
        "imei": "",
    }
    platforms.lower.send({"sub_id": "0x1201", **CAR, **terminal}, platforms.now_ms)
    platforms.turn()
    assert [one.name for one in platforms.told("upper", Told)] == ["registration"]
    answered = [one.body["result"] for one in platforms.told("lower", Told)]
    assert answered == (["registered"] if version == 2019 else [])


@pytest.mark.parametrize("version", VERSIONS)
def test_other_messages_are_told(version: int) -> None:
    """Who drives, alarms, questions whether somebody is there: with their fields, for the caller to act on."""
    platforms = joined(version)
    driver = {"driver_name": "张三", "driver_id": "1", "certificate": "3202001", "issuer": "", "valid_until": None}
    platforms.lower.send({"sub_id": "0x120C", **CAR, **driver}, platforms.now_ms)
    platforms.turn()
    (told,) = platforms.told("upper", Told)
    assert (told.name, told.number, told.body["certificate"]) == ("driver", 0x120C, "3202001")
    question = {"object_kind": "one_operator", "object_id": "1", "answer_within": 10, "question_id": 3, "question": "?"}
    platforms.upper.send({"sub_id": "0x9301", **question}, platforms.now_ms)
    platforms.turn()
    (told,) = platforms.told("lower", Told)
    assert (told.name, told.body["question_id"]) == ("duty_query", 3)
    kind = {"kind": "dangerous_road", "time": "2026-03-02T06:00:00Z", "text": "前方危险路段"}
    alarm = {"source": "government_platform", "platform_id": "32", "since": None, "until": None, "route_id": 0}
    platforms.upper.send({"sub_id": "0x9402", **CAR, **alarm, "concerned_platform_id": "", **kind}, platforms.now_ms)
    platforms.turn()
    (told,) = platforms.told("lower", Told)
    assert (told.name, told.body["kind"], told.body["plate"]) == ("alarm_notice", "dangerous_road", "苏B12345")


@pytest.mark.parametrize("version", VERSIONS)
def test_positions_have_the_driver_that_was_told(version: int) -> None:
    """By the certificate, else what else there is; from then on, and none where nothing was told."""
    platforms = joined(version)
    driver = {"driver_name": "张三", "driver_id": "32", "issuer": "", "valid_until": None}
    for certificate in ("3202001", ""):
        platforms.lower.send(position(version), platforms.now_ms)
        platforms.lower.send({"sub_id": "0x120C", **CAR, **driver, "certificate": certificate}, platforms.now_ms)
    platforms.lower.send(position(version), platforms.now_ms)
    platforms.turn()
    batch = platforms.upper.positions.batch()
    assert [batch.drivers[code] if code >= 0 else None for code in batch.driver] == [None, "3202001", "32"]


def test_a_message_that_is_not_known_is_counted() -> None:
    """And says nothing."""
    platforms = joined()
    platforms.upper.received(MAIN, independent.frame(0x1200, independent.wrapped(0x120E, b"?")), platforms.now_ms)
    assert platforms.upper.counts["rejected", "unsupported"] == 1
    assert not platforms.told("upper", Told)
