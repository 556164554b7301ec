"""Logins at an upper platform: who is let in, and of which lower platform a new connection is."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from typing import Any, Final, NamedTuple

from ingest.jt808.errors import FrameError
from ingest.jt808.fields import gbk
from ingest.jt809.codec import decode_body, encode_body
from ingest.jt809.fields import PASSWORD_BYTES
from ingest.jt809.frame import PLAIN, Frame, Framer, Header, build, decrypted, parse
from ingest.jt809.settings import Settings

LOGIN: Final = 0x1001
LOGIN_ANSWER: Final = 0x1002
LONGEST_LOGIN: Final = 256
"""Bytes: a login has 84 at most before it is escaped."""


def random_code() -> int:
    """Return a code for the down link: any number but 0, which some platforms take for none."""
    return secrets.randbelow(0xFFFFFFFF) + 1


def login_fields(settings: Settings) -> dict[str, Any]:
    """Return the fields of a login of the lower platform."""
    return {
        "user": settings.user,
        "password": settings.password,
        "centre_id": settings.centre_id,
        "down_address": settings.down_address,
        "down_port": settings.down_port,
    }


def same(one: bytes, other: bytes) -> bool:
    """Compare secrets in a time that tells nothing of where they differ."""
    return hmac.compare_digest(one, other)


def knows_password(settings: Settings, told: Mapping[str, Any]) -> bool:
    """Tell whether the fields of a login or logout have the user and the password."""
    password = gbk(told["password"]).ljust(PASSWORD_BYTES, b"\0")
    return (told["user"] == settings.user) & same(password, settings.password_bytes)


def verdict(settings: Settings, header: Header, told: Mapping[str, Any], address: str | None = None) -> str:
    """Return the result of a login, such as ``ok`` or ``wrong_password``, as 0x1002 names it.

    ``address`` is where it comes from; None where that was looked at before.
    """
    if address is not None and settings.addresses:
        of = ip_address(address)
        of = getattr(of, "ipv4_mapped", None) or of
        if not any(of in ip_network(network) for network in settings.addresses):
            return "wrong_address"
    if settings.centre_id not in (header.centre_id, told.get("centre_id")):
        return "wrong_centre"
    if told["user"] != settings.user:
        return "unknown_user"
    return "ok" if knows_password(settings, told) else "wrong_password"


class Admission(NamedTuple):
    """What was found about a new connection."""

    settings: Settings | None
    """Those of the lower platform, to whose link all bytes so far are to be handed; None: it is refused."""
    data: bytes
    """These bytes; where it is refused the answer, after which it is to be closed."""
    reason: str
    """``ok``, or why it is refused."""


class Arrival:
    """A new connection at the port for main links, of which it is not known yet whose it is."""

    def __init__(self, accounts: Mapping[int, Settings], address: str) -> None:
        """``accounts`` are the lower platforms by access code; ``address`` is where the connection comes from."""
        self._accounts = accounts
        self._address = address
        self._framer = Framer(LONGEST_LOGIN)
        self._held = bytearray()

    def feed(self, data: bytes) -> Admission | None:
        """Take bytes in; return who it is once its first frame is there, None before."""
        self._held += data
        frames = self._framer.feed(data)
        if frames:
            return self._admitted(frames[0])
        if len(self._held) > LONGEST_LOGIN:
            return Admission(None, b"", "no_login")
        return None

    def _admitted(self, raw: bytes) -> Admission:
        try:
            frame = parse(raw)
            if not frame.checksum_ok:
                return Admission(None, b"", "bad_checksum")
            if frame.header.id != LOGIN:
                return Admission(None, b"", "no_login")
            settings, told = self._whose(frame, raw)
        except FrameError as error:
            return Admission(None, b"", error.reason)
        if settings is None:
            return Admission(None, refusal(frame.header, "wrong_centre"), "wrong_centre")
        result = verdict(settings, frame.header, told, self._address)
        if result != "ok":
            return Admission(None, refusal(frame.header, result), result)
        return Admission(settings, bytes(self._held), "ok")

    def _whose(self, frame: Frame, raw: bytes) -> tuple[Settings | None, dict[str, Any]]:
        settings = self._accounts.get(frame.header.centre_id)
        if settings is None:
            if frame.header.encryption != PLAIN:
                return None, {}
            told = decode_body(LOGIN, frame.body, frame.header.version).body
            return self._accounts.get(told.get("centre_id", 0)), told
        frame = parse(raw, settings.version)
        return settings, decode_body(LOGIN, decrypted(frame, settings.cipher).body, settings.version).body


def refusal(header: Header, result: str) -> bytes:
    """Return the frame that refuses a login."""
    body = encode_body(LOGIN_ANSWER, {"result": result, "verify_code": 0}, header.version)
    answer = Header(LOGIN_ANSWER, header.version, 0, header.centre_id, header.protocol, time_s=header.time_s)
    return build(answer, body)
