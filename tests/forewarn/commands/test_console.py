"""``forewarn console`` on the command line."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner

from alerts.record import encode
from forewarn.commands.console import command
from tests.forewarn.console.made import alert

MAIN = "import sys; from forewarn.cli import main; sys.argv[0] = 'forewarn'; main()"


def test_the_first_start_prints_the_password_once_and_a_signal_ends_it(tmp_path: Path) -> None:
    """It serves the page and its alarms; the second start prints none."""
    records = tmp_path / "alerts.jsonl"
    records.write_bytes(encode(alert("fatigue")) + b"\n")
    given = ["console", "--port", "0", "--store", f"sqlite:///{tmp_path}/c.db", "--replay", str(records), "--pace", "0"]
    for start in range(2):
        process = subprocess.Popen([sys.executable, "-c", MAIN, *given], stderr=subprocess.PIPE, text=True)
        assert process.stderr is not None
        said = ""
        while "the console is at" not in said:
            line = process.stderr.readline()
            assert line, said
            said += line
        passwords = re.findall(r"with the password (\S+)", said)
        assert len(passwords) == (1 if start == 0 else 0)
        address = re.search(r"http://\S+", said)
        assert address is not None
        if passwords:
            body = json.dumps({"name": "admin", "password": passwords[0]}).encode()
            asked = urllib.request.Request(f"{address[0]}api/login", body, {"Content-Type": "application/json"})  # noqa: S310
            with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310  # its own console
                assert json.load(answer)["role"] == "admin"
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        process.stderr.close()


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (["--store", "mysql://x/y"], "console.store"),
        (["--store", "sqlite:////nowhere/at/all/c.db"], "console.store"),
        (["--standalone"], "gateway.store"),
        (["--standalone", "--replay", __file__], "exclude each other"),
        (["--replay", __file__], "--replay"),
        (["--config", "none.toml"], "none.toml"),
    ],
)
def test_what_cannot_be_is_told_at_start_by_its_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: list[str], why: str
) -> None:
    """With the exit code 2."""
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(command, given, standalone_mode=True)
    assert result.exit_code == 2 and why in result.stderr


def test_a_broker_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its address."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")
    result = CliRunner().invoke(command, [], standalone_mode=True)
    assert result.exit_code == 2 and "127.0.0.1:1" in result.stderr


def test_a_password_in_the_url_is_never_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even where the store cannot be opened."""
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(command, ["--store", "postgresql://me:s3cret@127.0.0.1:1/db"], standalone_mode=True)
    assert result.exit_code == 2 and "s3cret" not in result.stderr and "127.0.0.1" in result.stderr


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    """By its key, with the exit code 2."""
    records = tmp_path / "alerts.jsonl"
    records.write_bytes(encode(alert("fatigue")) + b"\n")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        given = ["--port", port, "--store", f"sqlite:///{tmp_path}/c.db", "--replay", str(records)]
        result = CliRunner().invoke(command, given, standalone_mode=True)
    assert result.exit_code == 2 and "console.port" in result.stderr and port in result.stderr
