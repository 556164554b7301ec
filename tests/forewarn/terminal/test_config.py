"""The terminal's configuration: what is wrong stops at start and is named by its key; every key is documented."""

from __future__ import annotations

import errno
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from forewarn.cli import forewarn
from forewarn.terminal import config
from forewarn.terminal.config import STATE, BadConfigError, Config, load, state_folder, token

ROOT = Path(__file__).resolve().parents[3]
DOCS = (ROOT / "docs" / "terminal.md").read_text("utf-8")


def written(tmp_path: Path, text: str) -> Path:
    """A configuration file."""
    path = tmp_path / "terminal.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_file_may_say_as_little_as_it_likes(tmp_path: Path) -> None:
    """What it does not say has a default."""
    assert load(None) == load(written(tmp_path, "")) == Config()
    assert load(written(tmp_path, '[receiver]\nkind = "serial"\naddress = "/dev/ttyUSB0"')).receiver.baud == 9600


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[receiver]\nport = "x"', "port"),
        ('[receiver]\nkind = "bluetooth"', "not one of gpsd, serial, file"),
        ("[receiver]\nbaud = 300", "$.receiver.baud"),
        ("[receiver]\npace = -1", "$.receiver.pace"),
        ('[vehicle]\nlanguage = "tlh"', "not one of zh, en"),
        ('[vehicle]\nname = ""', "$.vehicle.name"),
        ('[segments]\nurl = "ftp://x/y"', "no address of http or https"),
        ('[segments]\nurl = "http://x/y"\ntoken_file = "t"', "token would be for all to read"),
        ('[voice]\nplayer = "gramophone"', "not one of auto, none, aplay"),
        ("[state]\nevery_s = 0", "$.state.every_s"),
        ('[display]\naddress = "0.0.0.0:80"', "no port of this machine"),
        ('[display]\naddress = "192.168.0.1:8642"', "no port of this machine"),
        ('[display]\nnight = "dusk"', "$.display.night"),
        ("[display", "is no TOML"),
        ("[elsewhere]", "elsewhere"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, named: str) -> None:
    """By file and key; the command ends with 2."""
    path = written(tmp_path, text)
    with pytest.raises(BadConfigError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}: ") and named in str(caught.value)


def test_the_command_ends_with_2(tmp_path: Path) -> None:
    """And says what is wrong, before it loads anything."""
    told = CliRunner().invoke(forewarn, ["terminal", "--config", str(written(tmp_path, "[receiver]\nkind = 7"))])
    assert told.exit_code == 2 and "$.receiver.kind" in told.output


def test_every_key_is_documented() -> None:
    """By table and name, in docs/terminal.md, with its default."""
    for table in msgspec.structs.fields(Config):
        assert f"`[{table.name}]`" in DOCS
        for field in msgspec.structs.fields(table.type):
            row = next((line for line in DOCS.splitlines() if line.startswith(f"| `{table.name}.{field.name}` ")), None)
            assert row is not None, f"{table.name}.{field.name}"
            default = (
                msgspec.toml.encode({"x": field.default}).decode().strip()[4:] if field.default is not None else ""
            )
            assert row.split("|")[2].strip().strip("`") == default, row


def test_the_sample_configuration_is_read() -> None:
    """The one in deploy/."""
    assert load(ROOT / "deploy" / "forewarn-terminal.toml").vehicle.profile == "cn-hazmat"


def test_the_state_s_folder(tmp_path: Path) -> None:
    """The configured one, else systemd's, else the user's own; one that is not ours is a fault of the configuration."""
    given = Config(state=config.State(folder=str(tmp_path / "a" / "b")))
    assert state_folder(given, {STATE: str(tmp_path / "c")}) == tmp_path / "a" / "b"
    assert state_folder(Config(), {STATE: f"{tmp_path / 'c'}:{tmp_path / 'd'}"}) == tmp_path / "c"
    (tmp_path / "file").write_text("")
    with pytest.raises(BadConfigError, match=r"state\.folder"):
        state_folder(Config(state=config.State(folder=str(tmp_path / "file" / "x"))), {})


def test_a_worn_out_disk_is_no_fault_of_the_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Full or read-only, the terminal still warns."""

    def full(path: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert state_folder(Config(state=config.State(folder=str(tmp_path))), {}) == tmp_path


def test_a_token_is_one_word_of_a_file(tmp_path: Path) -> None:
    """Read at start, never shown."""
    secret = tmp_path / "token"
    given = config.Segments(url="https://x/y", token_file=str(secret))
    with pytest.raises(BadConfigError, match=r"segments\.token_file"):
        token(given)
    secret.write_text("two words\n")
    with pytest.raises(BadConfigError, match="no token alone"):
        token(given)
    secret.write_text("s3cret\n")
    assert token(given) == "s3cret" and token(config.Segments()) is None
    assert "s3cret" not in repr(given)
