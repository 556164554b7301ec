"""``forewarn watch`` refuses what a full screen cannot be."""

from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner

from forewarn.cli import forewarn
from tests.forewarn.worker.stream import ENVIRONMENT


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ([], "--full-screen needs a terminal"),
        (["--json"], "--full-screen and --json exclude each other"),
        (["--until-now"], "--full-screen and --until-now exclude each other"),
    ],
)
def test_a_full_screen_is_refused_where_there_can_be_none(options: list[str], why: str) -> None:
    """By the exit code 2 and the reason, before any broker is asked."""
    result = CliRunner().invoke(forewarn, ["watch", "--full-screen", *options])
    assert result.exit_code == 2 and why in result.output


def test_textual_is_imported_for_the_full_screen_alone() -> None:
    """Lines, and every other command, do without it."""
    asked = "import sys, forewarn.commands.watch; print(any(name.split('.')[0] == 'textual' for name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, env=ENVIRONMENT, check=True)
    assert done.stdout == "False\n"
