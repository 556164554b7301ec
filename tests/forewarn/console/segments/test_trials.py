"""Trials in processes of their own: one at a time, and each has an end."""

from __future__ import annotations

import os
import queue
import signal
import time

import pytest
from msgspec.structs import replace

from forewarn.console.segments.trial import Task, Trial
from forewarn.console.segments.trials import BusyError, Trials
from forewarn.console.store import open_store
from tests.forewarn.console.making import T0
from tests.forewarn.console.segments.small import content

RUNNING = Trial("running", 7, "h", 1, "lin")


@pytest.fixture
def task(sqlite_url: str) -> Task:
    """A task over an empty store."""
    open_store(sqlite_url).close()
    return Task(
        store=sqlite_url,
        before=content(),
        after=content(),
        changed=[],
        boxes=[],
        from_ms=T0,
        to_ms=T0 + 1000,
        profile="cn-hazmat",
        vehicle_class=None,
        language=None,
        register=[],
    )


def ended(trials: Trials, task: Task) -> Trial:
    """What came of a trial."""
    done: queue.Queue[Trial] = queue.Queue()
    trials.begin(RUNNING, task, done.put)
    return done.get(timeout=300)


def test_what_it_fails_of_is_told(task: Task) -> None:
    """Another profile, a store that is not there, segments with faults; never the password of a store."""
    trials = Trials()
    for wrong, why in (
        (replace(task, profile="no-such"), "no-such"),
        (replace(task, after=b"{}"), "not_a_feature_collection"),
        (replace(task, store="postgresql://u:secret-word@127.0.0.1:1/x"), "127.0.0.1"),
    ):
        trial = ended(trials, wrong)
        assert trial.state == "failed" and why in (trial.why or ""), trial
        assert "secret-word" not in (trial.why or "")
        assert trials.of(7) == trial


def test_one_that_breaks_off_has_failed(task: Task) -> None:
    """Killed from outside; another may begin then, and only then."""
    trials = Trials()
    done: queue.Queue[Trial] = queue.Queue()
    trials.begin(RUNNING, task, done.put)
    with pytest.raises(BusyError):
        trials.begin(RUNNING, task, done.put)
    assert trials._process is not None
    os.kill(trials._process.pid, signal.SIGKILL)
    trial = done.get(timeout=30)
    assert (trial.state, trial.why) == ("failed", "the process that judged broke off; the console's log says more")
    assert ended(trials, task).state == "done"


def test_a_console_that_ends_ends_its_trial(task: Task) -> None:
    """No process is left behind."""
    trials = Trials()
    done: queue.Queue[Trial] = queue.Queue()
    trials.begin(RUNNING, task, done.put)
    process = trials._process
    assert process is not None
    trials.close()
    assert done.get(timeout=30).state == "failed"
    time.sleep(0.1)
    assert process.poll() is not None
