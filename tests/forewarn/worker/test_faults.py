"""A broker that goes away is waited for, and a worker that is told to end ends soon, whatever it waits for."""

from __future__ import annotations

import signal
import time
from pathlib import Path

from structlog.testing import capture_logs

from tests.alerts.scene import motorway_exit
from tests.broker import Broker
from tests.forewarn.worker.stage import document
from tests.forewarn.worker.stream import COMPILED_S, Process, Stream, Threaded, until
from tests.forewarn.worker.test_worker import fleet, keyed


def test_a_broker_that_goes_away_is_waited_for(own_broker: Broker, tmp_path: Path) -> None:
    """The worker says so, is not ready meanwhile, and catches up; each alert comes out once."""
    stream = Stream(own_broker.bootstrap, tmp_path)
    stream.publish(document(motorway_exit()))
    messages = keyed(fleet())
    half = len(messages) // 2
    with capture_logs() as said, Threaded(stream) as worker:
        stream.put("positions", messages[:half])
        own_broker.tell(signal.SIGSTOP)  # it takes connections, and answers nothing
        until(lambda: not worker.running.state()[1], 30)
        time.sleep(20)
        alive, ready, shown = worker.running.state()
        assert alive and not ready and "not answer" in shown["why"]
        own_broker.tell(signal.SIGCONT)
        until(lambda: worker.running.state()[1])
        stream.put("positions", messages[half : half + 20])
        stream.wait_until_read()
        own_broker.stop(signal.SIGKILL)
        until(lambda: not worker.running.state()[1], 30)
        time.sleep(5)
        own_broker.start()
        stream.put("positions", messages[half + 20 :])
        stream.wait_until_read(120)
    told = [line["event"] for line in said if line["event"] in ("broker_not_reached", "not_committed", "going_on")]
    assert "going_on" in told and len(told) <= 10
    alerts, passages = stream.undisturbed()
    assert (stream.values("alerts"), stream.values("passages")) == (alerts, passages)
    assert len(alerts) >= 8


def test_a_batch_that_cannot_be_committed_is_said(own_broker: Broker, tmp_path: Path) -> None:
    """And SIGTERM ends the worker within 5 s all the same, with nothing lost."""
    stream = Stream(own_broker.bootstrap, tmp_path)
    stream.publish(document(motorway_exit()))
    messages = keyed(fleet())
    worker = Process(stream, "one")
    worker.start()
    until(lambda: len(worker.said("taken_up")) == 2, COMPILED_S)
    stream.put("positions", messages)
    stream.wait_until_read()
    own_broker.stop(signal.SIGKILL)
    time.sleep(3)
    began = time.monotonic()
    assert worker.end(signal.SIGTERM) in (0, 143)
    assert time.monotonic() - began < 5.5
    own_broker.start()
    with Threaded(stream):
        stream.put("positions", keyed(fleet(start_s=900.0)))
        stream.wait_until_read(120)
    assert (stream.values("alerts"), stream.values("passages")) == stream.undisturbed()


def test_a_worker_at_work_ends_within_five_seconds(kafka: str, tmp_path: Path) -> None:
    """Its batch is committed, and another one has its partitions at once, not after the session's time-out."""
    stream = Stream(kafka, tmp_path)
    stream.publish(document(motorway_exit()))
    first, second = Process(stream, "first", session_s=30.0), Process(stream, "second", session_s=30.0)
    first.start()
    until(lambda: len(first.said("taken_up")) == 2, COMPILED_S)
    for k in range(6):
        stream.put("positions", keyed(fleet(start_s=900.0 * k)))
    began = time.monotonic()
    assert first.end(signal.SIGTERM) == 0
    assert time.monotonic() - began < 5.0
    second.start()
    until(lambda: len(second.said("taken_up")) == 2, 20)
    stream.wait_until_read()
    assert second.end(signal.SIGTERM) == 0
    assert (stream.values("alerts"), stream.values("passages")) == stream.undisturbed()
