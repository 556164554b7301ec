"""A dispatcher's own words to a cab: an alert with a prompt, on the topic from which whoever speaks reads."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Mapping
from typing import Any, Final, Protocol

from confluent_kafka import KafkaError, KafkaException, Producer

from alerts.record import Alert, Prompt, encode, iso
from forewarn.console.actions import BadRequestError, readable
from forewarn.worker.fetching import LOGGER, client

KIND: Final = "message"
"""Kind of such an alert: no rule raised it."""
PRIORITY: Final = 2
"""Behind the sharper warning only: somebody wants the driver to hear it now."""
LASTS_S: Final = 120
"""A text that could not be spoken for so long is not spoken any more."""
MOST_CHARACTERS: Final = 100
"""What a driver can take in while driving: some 30 s."""
WAIT_S: Final = 5.0
"""So long the broker is waited for."""


class CannotSpeakError(Exception):
    """The words cannot be sent on; the message tells why."""


class Mouth(Protocol):
    """What takes such alerts."""

    def say(self, alert: Alert) -> None:
        """Hand it on; raises CannotSpeakError."""


class NoMouth:
    """Of a console that has no way to a cab: it reads files, or the store of a gateway that stands alone."""

    def say(self, alert: Alert) -> None:  # noqa: ARG002  # it refuses whatever it is
        """Refuse."""
        raise CannotSpeakError("this console has no way to a cab: it needs Kafka")


class ToBroker:
    """Puts them on the topic of alerts."""

    def __init__(self, connection: Mapping[str, Any], topic: str) -> None:
        """``connection`` holds kafka-python's settings of the connection."""
        self._topic = topic
        settings = {"enable.idempotence": True, "message.timeout.ms": round(WAIT_S * 1000), "linger.ms": 0}
        self._producer = Producer({**client(connection), **settings}, logger=LOGGER)

    def say(self, alert: Alert) -> None:
        """Send it, and wait until the broker has it; raises CannotSpeakError where it does not take it in time."""
        came: list[KafkaError | None] = []
        try:
            self._producer.produce(
                self._topic, encode(alert), alert.vehicle.encode(), on_delivery=lambda error, _: came.append(error)
            )
            self._producer.flush(2 * WAIT_S)
        except (BufferError, KafkaException) as error:
            raise CannotSpeakError(f"the broker does not take it: {error}") from error
        if not came:
            raise CannotSpeakError("the broker has not answered; whether the driver hears it is not known")
        if came[0] is not None:
            raise CannotSpeakError(f"the broker does not take it: {came[0].str()}")


def worded(text: Any) -> str:
    """Return a dispatcher's text as it may be spoken; raises BadRequestError for what no voice can read."""
    if not isinstance(text, str):
        raise BadRequestError("text: a text is needed")
    plain = readable(" ".join(unicodedata.normalize("NFC", text).split()), "text")
    if not plain:
        raise BadRequestError("text: is empty")
    if len(plain) > MOST_CHARACTERS:
        raise BadRequestError(f"text: {MOST_CHARACTERS} characters at most, for a driver who drives")
    try:
        plain.encode("gbk")
    except UnicodeEncodeError as error:
        raise BadRequestError(f"text: '{plain[error.start]}' is no character that terminals know (GBK)") from error
    return plain


def alert_of(text: str, vehicle: str, driver: str | None, language: str, lon: float, lat: float, now_ms: int) -> Alert:
    """Return the alert that carries a text: due now, and for two minutes."""
    at = iso(now_ms)
    prompt = Prompt("episode", text, language, PRIORITY, at, iso(now_ms + LASTS_S * 1000))
    return Alert(
        id=secrets.token_hex(10), seq=0, vehicle=vehicle, driver=driver, kind=KIND, state="raised", reason=None, at=at,
        lon=lon, lat=lat, speed_kmh=None, heading_deg=None, limit_kmh=None, segment=None, ahead_m=None,
        branch_ahead_m=None, severity="info", retrospective=False, started_at=at, ended_at=at, worst=None,
        prompt=prompt,
    )  # fmt: skip
