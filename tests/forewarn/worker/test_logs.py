"""What stands in the log, and what must not."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from forewarn.worker.logs import set_up


class Screen(io.StringIO):
    """Standard error; a terminal or not."""

    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        """Tell which."""
        return self._terminal


@pytest.fixture(params=[True, False])
def screen(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Screen]:
    """Where the log goes."""
    screen = Screen(request.param)
    monkeypatch.setattr("sys.stderr", screen)
    set_up("info")
    yield screen
    structlog.reset_defaults()


def test_a_trace_does_not_show_the_values_of_variables(screen: Screen) -> None:
    """Passwords and codes are among them; neither on a terminal nor in a file."""

    def login(password: Any) -> None:
        raise ValueError("refused")

    try:
        login("".join(("hun", "ter2")))
    except ValueError:
        structlog.get_logger().exception("login_failed")
    told = screen.getvalue()
    assert "login_failed" in told and "ValueError: refused" in told and "in login" in told
    assert "hunter2" not in told
