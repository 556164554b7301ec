"""A store that does not answer for a while: requests are told so, and pages miss nothing."""

from __future__ import annotations

import pytest

from forewarn.console.store.database import Store, StoreError
from tests.forewarn.console.made import alert
from tests.forewarn.console.running import Browser, Running
from tests.forewarn.gateway.gate import until


def test_the_console_goes_on_when_the_store_answers_again(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """What reads it is refused with 503 meanwhile; the stream goes on with what happened."""
    browser = Browser(running)
    read = Store.read
    silent = [False]

    def reading(store: Store) -> object:
        if silent[0]:
            raise StoreError("the store does not answer")
        return read(store)

    monkeypatch.setattr(Store, "read", reading)
    with browser.stream() as stream:
        until(lambda: len(running.console.tabs.all) == 1)
        silent[0] = True
        answer = browser.get("/api/alarms")
        assert (answer.status_code, answer.json()["error"]) == (503, "store_waits")
        with browser.stream() as other:
            assert other.status == 503
        running.raised(alert("fatigue", vehicle="N1"))
        assert not stream.alarms()
        silent[0] = False
        assert [what for _, _, what in stream.until(1)] == ["begin"]
    assert browser.get("/api/alarms").status_code == 200
