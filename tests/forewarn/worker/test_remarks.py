"""What reading takes for granted is told once for the topic, not for each partition and not at each batch."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.alerts.scene import motorway_exit
from tests.forewarn.worker.stage import document
from tests.forewarn.worker.stream import Stream, Threaded
from tests.forewarn.worker.test_worker import fleet, keyed


@pytest.fixture
def stream(kafka: str, tmp_path: Path) -> Stream:
    """A stream over the motorway exit."""
    made = Stream(kafka, tmp_path)
    made.publish(document(motorway_exit()))
    return made


def test_times_without_a_zone_are_told_once(stream: Stream) -> None:
    """With the zone they are read in, and so are speeds of some of which nothing can be made."""
    messages = []
    for k, (key, value, number) in enumerate(keyed(fleet())):
        one = json.loads(value)
        one["time"] = one["time"].replace("T", " ").removesuffix("Z")
        if k % 10 == 0:
            one["speed_kmh"] = "fast"
        messages.append((key, json.dumps(one).encode(), number))
    half = len(messages) // 2
    with capture_logs() as said, Threaded(stream):
        for part in (messages[:half], messages[half:]):
            stream.put("positions", part)
            stream.wait_until_read()
    told = [line for line in said if line["event"] == "taken_for_granted"]
    assert sorted(line["what"] for line in told) == [
        "'speed' is no number and taken as unknown",
        "times in 'time' carry no zone and are read as UTC",
    ]
    assert {(line["topic"], line["log_level"]) for line in told} == {(stream.topic("positions"), "warning")}
