"""The command line: every command explains itself, exit codes mean what they say, streams are kept apart."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from forewarn import cli
from forewarn.commands import COMMANDS

ROOT = Path(__file__).resolve().parents[2]


def every_command() -> list[list[str]]:
    """The words of each command and sub-command."""
    found: list[list[str]] = [[]]
    for name in COMMANDS:
        found.append([name])
        command = cli.forewarn.get_command(click.Context(cli.forewarn), name)
        if isinstance(command, click.Group):
            found += [[name, sub] for sub in command.commands]
    return found


@pytest.mark.parametrize("words", every_command(), ids=" ".join)
def test_every_command_explains_itself(words: list[str]) -> None:
    """--help ends with 0, says what it is for, and no option is without a word."""
    result = CliRunner().invoke(cli.forewarn, [*words, "--help"])
    assert result.exit_code == 0
    assert result.stdout.startswith("Usage:")
    assert result.stderr == ""
    command: click.Command = cli.forewarn
    for name in words:
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), name)
        assert found is not None
        command = found
    assert command.help


def test_help_lists_every_command_and_the_exit_codes() -> None:
    """What a newcomer sees first."""
    text = CliRunner().invoke(cli.forewarn, ["--help"]).stdout
    for word in (*COMMANDS, "Exit codes", "130", "143"):
        assert word in text


def test_help_loads_no_compiled_rules() -> None:
    """A lazy table: asking for the version must not wait for numba."""
    code = (
        "import sys; from forewarn.cli import forewarn; forewarn(['--version'], standalone_mode=False);"
        "sys.exit(any(m in sys.modules for m in ('numba', 'polars', 'alerts.engine', 'geofence')))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "version" in done.stdout


def ended(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """The exit code of the program."""
    monkeypatch.setattr(sys, "argv", ["forewarn", *words])
    with pytest.raises(SystemExit) as end:
        cli.main()
    return int(end.value.code or 0)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--version"], 0, ""),
        (["profile", "list"], 0, ""),
        (["no-such-command"], 2, "no-such-command"),
        (["replay"], 2, "FILES"),
        (["replay", "no-such-file.csv"], 2, "no-such-file.csv"),
        (["replay", "--no-such-option"], 2, "--no-such-option"),
        (["simulate", "-o", "x.csv"], 2, "--map or --segments"),
        (["segments", "import-osm", "no-such-map.osm", "-o", "x.geojson"], 2, "no-such-map.osm"),
        (["profile", "show", "no-such"], 2, "no-such"),
    ],
)
def test_exit_codes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], code: int, said: str
) -> None:
    """0 done, 2 wrong use; the fault is named on standard error, nothing goes to standard output."""
    assert ended(monkeypatch, *words) == code
    out, err = capsys.readouterr()
    assert said in err
    assert "Traceback" not in err
    if code:
        assert out == ""


def test_a_fault_that_quotes_a_file_of_others_is_harmless(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Escapes in the line at fault do not reach the terminal."""
    path = tmp_path / "drive.csv"
    path.write_text('vehicle,time,lon,lat\n"A\x1b[2J\x1b]0;x\x07,2026-01-01T00:00:00Z,1,1\n', encoding="utf-8")
    assert ended(monkeypatch, "replay", str(path), "--map", "lon=\x1b[2J") == 2
    err = capsys.readouterr().err
    assert "\x1b" not in err and "drive.csv" in err
    assert ended(monkeypatch, "replay", str(path)) == 2
    assert "\x1b" not in capsys.readouterr().err


def test_ctrl_c_ends_with_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever was under way, with one line and no traceback."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    command = cli.forewarn.get_command(click.Context(cli.forewarn), "profile")
    assert isinstance(command, click.Group)
    monkeypatch.setattr(command.commands["list"], "callback", interrupted)
    assert ended(monkeypatch, "profile", "list") == 130
    assert "interrupted" in capsys.readouterr().err


def test_a_sigterm_ends_with_143(monkeypatch: pytest.MonkeyPatch) -> None:
    """In any command: what is open is closed on the way out."""
    closed: list[bool] = []

    def terminated(*_: object, **__: object) -> None:
        try:
            signal.raise_signal(signal.SIGTERM)
        finally:
            closed.append(True)

    command = cli.forewarn.get_command(click.Context(cli.forewarn), "profile")
    assert isinstance(command, click.Group)
    monkeypatch.setattr(command.commands["list"], "callback", terminated)
    before = signal.getsignal(signal.SIGTERM)
    assert ended(monkeypatch, "profile", "list") == 143
    assert closed == [True]
    assert signal.getsignal(signal.SIGTERM) is before
