"""What a link does with the messages that are about itself. One table for each side; a new message is one line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from ingest.jt808.errors import BodyError
from ingest.jt809.codec import decode_body
from ingest.jt809.connection import Message
from ingest.jt809.login import knows_password, same, verdict
from ingest.jt809.messages import MESSAGES
from ingest.jt809.outputs import Channel, Joined, Notice, Refused
from ingest.jt809.settings import is_address

if TYPE_CHECKING:
    from ingest.jt809.link import Link

Handler = Callable[["Link", Message], None]
FIRST: Final = {
    ("upper", Channel.MAIN): 0x1001,
    ("upper", Channel.DOWN): 0x9002,
    ("lower", Channel.MAIN): 0x1002,
    ("lower", Channel.DOWN): 0x9001,
}
"""The only message that may come before a login was accepted, by side and connection."""


def _told(link: Link, message: Message) -> dict[str, Any]:
    return decode_body(message.header.id, message.body, link.settings.version).body


def _of(message: Message, channel: Channel) -> None:
    if message.connection.channel is not channel:
        raise BodyError("wrong_link", f"is a message of the {channel} link")


def _login(link: Link, message: Message) -> None:
    _of(message, Channel.MAIN)
    told = _told(link, message)
    result = verdict(link.settings, message.header, told)
    code = link.new_verify_code() if result == "ok" else 0
    link.tell(0x1002, {"result": result, "verify_code": code}, message.now_ms, message.connection)
    if result != "ok":
        link.refused(Refused(Channel.MAIN, result), message.now_ms)
        return
    message.connection.ready = True
    link.leaving = False
    link.put(Joined(Channel.MAIN))
    if Channel.DOWN in link.open:
        return
    address = link.settings.down_address or told["down_address"].strip("\0 ")
    port = link.settings.down_port or told["down_port"]
    if port and is_address(address):
        link.dialling.begin(message.now_ms, address, port)
    else:
        link.counts["rejected", "bad_down_address"] += 1
        link.tell(0x9007, {"reason": "not_reachable"}, message.now_ms, message.connection)


def _login_answer(link: Link, message: Message) -> None:
    _of(message, Channel.MAIN)
    told = _told(link, message)
    if told["result"] != "ok":
        link.refused(Refused(Channel.MAIN, str(told["result"])), message.now_ms)
        return
    link.verify_code = told["verify_code"]
    message.connection.ready = True
    link.dialling.succeeded()
    link.put(Joined(Channel.MAIN))


def _down_login(link: Link, message: Message) -> None:
    _of(message, Channel.DOWN)
    right = _right_code(link, _told(link, message))
    link.tell(0x9002, {"result": "ok" if right else "wrong_verify_code"}, message.now_ms, message.connection)
    if not right:
        link.refused(Refused(Channel.DOWN, "wrong_verify_code"), message.now_ms)
        return
    message.connection.ready = True
    link.put(Joined(Channel.DOWN))


def _down_login_answer(link: Link, message: Message) -> None:
    _of(message, Channel.DOWN)
    told = _told(link, message)
    if told["result"] != "ok":
        link.refused(Refused(Channel.DOWN, str(told["result"])), message.now_ms)
        return
    message.connection.ready = True
    link.dialling.succeeded()
    link.put(Joined(Channel.DOWN))


def _logout(link: Link, message: Message) -> None:
    if not knows_password(link.settings, _told(link, message)):
        link.counts["refused", "logout"] += 1
        return
    link.tell(0x1004, {}, message.now_ms, message.connection)
    link.put(Notice("logout", "ok"))
    link.close_both("logout", message.now_ms)


def _down_logout(link: Link, message: Message) -> None:
    if not _right_code(link, _told(link, message)):
        link.counts["refused", "down_logout"] += 1
        return
    link.tell(0x9004, {}, message.now_ms, message.connection)
    link.put(Notice("down_logout", "ok"))
    link.close(Channel.DOWN, "logout", message.now_ms)


def _left(link: Link, message: Message) -> None:
    if link.leaving:
        link.close_both("logout", message.now_ms)


def _keep_alive(link: Link, message: Message) -> None:
    link.tell(message.header.id + 1, {}, message.now_ms, message.connection)


def _kept_alive(link: Link, message: Message) -> None:
    """An answer counts for its link, whichever it comes on: the standard has 0x1006 on the down link in one place."""
    channel = Channel.MAIN if message.header.id == 0x1006 else Channel.DOWN
    if channel in link.open:
        link.open[channel].heard(message.now_ms)


def _notice(link: Link, message: Message) -> None:
    link.put(Notice(MESSAGES[message.header.id].NAME, _told(link, message)["reason"]))


def _closing(link: Link, message: Message) -> None:
    _notice(link, message)
    link.close_both("closed_by_peer", message.now_ms)


def _right_code(link: Link, told: dict[str, Any]) -> bool:
    if link.verify_code is None:
        return False
    return same(told["verify_code"].to_bytes(4, "big"), link.verify_code.to_bytes(4, "big"))


UPPER: Final[dict[int, Handler]] = {
    0x1001: _login,
    0x1003: _logout,
    0x1005: _keep_alive,
    0x1007: _notice,
    0x1008: _closing,
    0x9002: _down_login_answer,
    0x9004: _left,
    0x9006: _kept_alive,
}
LOWER: Final[dict[int, Handler]] = {
    0x1002: _login_answer,
    0x1004: _left,
    0x1006: _kept_alive,
    0x9001: _down_login,
    0x9003: _down_logout,
    0x9005: _keep_alive,
    0x9007: _notice,
    0x9008: _closing,
}
