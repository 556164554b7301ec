"""Prompts over restarts, kills and a store that cannot be written: heard once at most."""

from __future__ import annotations

import random
import sqlite3
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.forewarn.gateway.child import Child
from tests.forewarn.gateway.client import Client
from tests.forewarn.gateway.gate import Gate, an_alert, outcomes_of, told


@pytest.fixture
def answer_s() -> float:
    """Terminals that do not answer are not waited for long."""
    return 0.5


def test_nothing_is_sent_before_it_is_noted(client: Client, gate: Gate) -> None:
    """While the store cannot be written nobody hears anything; what is too late then is dropped."""
    other = sqlite3.connect(gate.settings.store, isolation_level=None)
    gate.take(an_alert("a", due_s=0.3, lasts_s=0.5), an_alert("b", due_s=0.3, lasts_s=30, text="二"))
    gate.take(an_alert("c", due_s=0.3, lasts_s=30, text="三"))
    other.execute("BEGIN IMMEDIATE")
    client.hear(1.0)
    assert not client.texts
    withdrawing = an_alert("c", 1, state="withdrawn", text=None)
    gate.call(lambda: gate.downlink.take([withdrawing], []))
    other.execute("ROLLBACK")
    other.close()
    client.until(lambda: bool(client.texts))
    client.until(lambda: len(gate.outcomes()) == 3)
    assert [text.text for text in client.texts] == ["二"]
    came = {id: told(outcome) for (id, _), outcome in gate.outcomes().items()}
    assert came == {"a": ("expired", "too_late"), "b": ("spoken", None), "c": ("withdrawn", "withdrawn")}
    assert gate.outcomes()["a", 0].began_at is None


def test_prompts_that_are_over_do_not_stay(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    """However far ahead they were due."""
    monkeypatch.setattr("forewarn.gateway.downlink.LOOKS_OVER", 50)
    for k in range(200):
        gate.take(an_alert(f"a{k}", due_s=3600), an_alert(f"a{k}", 1, state="withdrawn", text=None))
    assert len(gate.downlink._due) <= 60 and not gate.downlink._waiting and not gate.outbox.entries


def test_after_a_restart_what_waits_is_sent_and_what_was_sent_is_not(gate: Gate) -> None:
    """Of what was sent it is not known whether it was heard; what is late is dropped."""
    client = Client(gate.port).login()
    client.result = None
    gate.take(an_alert("sent"))
    client.until(lambda: bool(client.texts))
    gate.take(an_alert("waits", due_s=1.0, text="二"), an_alert("late", due_s=0.1, lasts_s=0.1, vehicle="T2"))
    gate.call(lambda: gate.outbox.entries["late", 0])
    gate.stop()
    client.until(lambda: client.closed)
    with Gate(Path(gate.settings.store), gate.vehicles, answer_s=2.0) as again:
        client.port, client.result = again.port, "ok"
        client.login()
        client.until(lambda: len(again.outcomes()) == 3)
        came = {id: told(outcome) for (id, _), outcome in again.outcomes().items()}
        assert came["sent"] == ("failed", "unknown_after_restart")
        assert came["waits"] == ("spoken", None)
        assert came["late"][0] == "expired"
        assert again.outcomes()["sent", 0].began_at is not None
        assert [text.text for text in client.texts] == ["前方匝道，请减速", "二"]
        client.close()


def test_however_often_the_process_is_killed_nothing_is_heard_twice(tmp_path: Path) -> None:
    """Each prompt is heard once at most, and ends once; what was heard and answered in time is known as spoken."""
    rng = random.Random(7)
    child = Child(tmp_path)
    heard: Counter[str] = Counter()
    client = Client(child.port)
    number = kills = 0
    end = time.monotonic() + 25
    while kills < 12 and time.monotonic() < end:
        child.start()
        client.login()
        stop = time.monotonic() + rng.uniform(0.0, 0.5)
        while time.monotonic() < stop:
            for _ in range(rng.randrange(3)):
                number += 1
                child.put(an_alert(f"a{number}", text=f"第{number}句", due_s=rng.choice([0, 0, 0.2]), lasts_s=60))
            client.hear(0.02)
        child.kill()
        client.hear(0.2)
        client.close()
        kills += 1
    child.start()
    client.login()
    store = tmp_path / "gateway.db"
    client.until(lambda: len(outcomes_of(store)) == number, 20)
    child.kill()
    heard.update(text.text for text in client.texts)
    assert max(heard.values()) == 1, heard.most_common(3)
    came = {f"第{id[1:]}句": told(outcome) for (id, _), outcome in outcomes_of(store).items()}
    counts = Counter(came.values())
    print(f"{kills} kills, {number} prompts, {len(heard)} heard: {dict(counts)}")  # noqa: T201  # the figure
    assert set(counts) <= {("spoken", None), ("failed", "unknown_after_restart"), ("failed", "connection_lost")}
    assert {text for text, outcome in came.items() if outcome[0] == "spoken"} <= set(heard)
    assert kills >= 3 and len(heard) > number / 2
