"""A dispatcher's words to a cab."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from alerts.record import Alert
from forewarn.console.actions import BadRequestError
from forewarn.console.speaking import LASTS_S, CannotSpeakError, ToBroker, alert_of, worded
from forewarn.records import milliseconds
from forewarn.worker.tail import Tail
from ingest.vehicles import RegisteredVehicle
from tests.forewarn.console.made import alert, ms
from tests.forewarn.console.running import Browser, Running


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, "a text is needed"),
        (5, "a text is needed"),
        (" \n ", "is empty"),
        ("请" * 101, "100 characters"),
        ("stop\x00now", "none to read"),
        ("stop \u202e now", "none to read"),
        ("see \U0001f69b", "GBK"),
    ],
)
def test_what_no_voice_can_read_is_refused(text: object, why: str) -> None:
    """With the reason, before anything is written."""
    with pytest.raises(BadRequestError, match=f"^text: .*{why}"):
        worded(text)


def test_a_text_is_one_line() -> None:
    """However it was typed."""
    assert worded("  请在前方\n服务区  停车 ") == "请在前方 服务区 停车"


def test_it_is_an_alert_that_is_due_now() -> None:
    """And not for long."""
    one = alert_of("请回电", "T1", None, "zh", 114.1, 22.7, ms(0))
    assert one.prompt is not None and (one.kind, one.prompt.text) == ("message", "请回电")
    assert milliseconds(one.prompt.speak_at) == ms(0) and milliseconds(one.prompt.expires_at) == ms(LASTS_S)


def test_it_comes_to_the_topic_of_alerts(kafka: str, new_topic: Callable[..., str]) -> None:
    """Under its vehicle's key, where gateways read it."""
    topic = new_topic(kafka)
    connection = {"bootstrap_servers": kafka.split(",")}
    one = alert_of("请回电", "T1", None, "zh", 114.1, 22.7, ms(0))
    ToBroker(connection, topic).say(one)
    tail = Tail(connection, topic)
    (record,) = tail.up_to_now()
    tail.close()
    assert record.key == b"T1" and msgspec.json.decode(record.value, type=Alert) == one


def test_what_was_said_and_was_not_stands_in_the_journal(sqlite_url: str) -> None:
    """The words first; a console without a way to a cab says so."""
    with Running(sqlite_url) as running:
        running.raised(alert("fatigue", vehicle="N1"))
        browser = Browser(running)
        (alarm,) = browser.alarms()
        path = f"/api/alarms/{alarm['id']}"
        assert browser.post(f"{path}/say", text="请回电").json()["error"] == "cannot_speak"
        said: list[Alert] = []
        running.console.mouth = type("Heard", (), {"say": staticmethod(said.append)})()
        assert browser.post(f"{path}/say", text="请回电").status_code == 200
        assert Browser(running, "guest").post(f"{path}/say", text="x").status_code == 403
        journal = browser.get(path).json()["journal"]
    assert [one["what"] for one in journal] == ["begin", "say", "not_said", "say"]
    assert [one.prompt.text for one in said if one.prompt] == ["请回电"] == [journal[3]["facts"]["text"]]


def test_nobody_speaks_to_another_carriers_cab(sqlite_url: str) -> None:
    """Nor for an alarm that is over: its vehicle may be anybody's by now."""
    with Running(sqlite_url) as running:
        said: list[Alert] = []
        running.console.mouth = type("Heard", (), {"say": staticmethod(said.append)})()
        running.raised(alert("fatigue", vehicle="N1"))
        north, everybodys = Browser(running, "north"), Browser(running)
        (alarm,) = north.alarms()
        path = f"/api/alarms/{alarm['id']}"
        running.console.register = {"N1": RegisteredVehicle("N1", carrier="south")}
        assert north.post(f"{path}/say", text="x").status_code == 403
        assert everybodys.post(f"{path}/say", text="x").status_code == 200
        everybodys.post(f"{path}/acknowledge", version=1)
        running.raised(alert("fatigue", "cleared", vehicle="N1", seq=1))
        assert everybodys.post(f"{path}/say", text="x").status_code == 403
    assert len(said) == 1


def test_a_broker_that_is_not_there_is_told() -> None:
    """Nothing is said to have been said."""
    with pytest.raises(CannotSpeakError, match="broker"):
        ToBroker({"bootstrap_servers": ["127.0.0.1:1"]}, "alerts").say(
            alert_of("请回电", "T1", None, "zh", 114.1, 22.7, ms(0))
        )
