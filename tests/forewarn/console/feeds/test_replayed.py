"""Files of records as if they came now."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import msgspec
import pytest

from alerts.record import encode, iso
from forewarn.console.console import Console
from forewarn.console.starting import Started
from forewarn.console.store import alarms, journal, positions
from forewarn.toml_config import BadConfigError
from forewarn.worker.config import Config
from tests.forewarn.console.made import alert, ms, outcome, passage
from tests.forewarn.console.making import T0
from tests.forewarn.gateway.gate import until


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, ...]:
    """A day of one driver: tired from second 10 on, rested at 600; three warnings ignored; one sentence not spoken."""
    alerts = [
        alert("fatigue", id="f", at_s=10),
        *(alert("approach", id=f"w{k}", at_s=12 + k, speak_s=12 + k, limit_kmh=40.0) for k in range(3)),
        alert("fatigue", "cleared", id="f", seq=1, at_s=600),
    ]
    passages = [passage(f"p{k}", entry_kmh=60.0, alert_ids=[f"w{k}"]) for k in range(3)]
    failed = outcome("failed", "tts_fault", id="w0")
    failed = msgspec.structs.replace(failed, ended_at=alerts[1].at)
    lines = {
        "alerts.jsonl": [encode(one) for one in alerts],
        "passages.jsonl": [b"not a record", *map(encode, passages)],
        "outcomes.jsonl": [msgspec.json.encode(failed)],
    }
    for name, rows in lines.items():
        (tmp_path / name).write_bytes(b"\n".join(rows) + b"\n")
    return tuple(tmp_path / name for name in lines)


def replayed(config: Config, files: tuple[Path, ...], pace: float, seconds: float) -> tuple[Console, list[str]]:
    """Replay for at most so long; returns the console and what happened, in order."""
    with Started(config) as started:
        feed = started.replayed(files, pace)
        thread = threading.Thread(target=feed.run, args=(started.console.intake,), daemon=True)
        thread.start()
        time.sleep(0.1)

        def happened() -> list[str]:
            with started.console.store.read() as c:
                return [f"{one.what} {one.facts['occasion']}" for one in journal.since(c, 0) if one.alarm_id]

        until(lambda: "end f" in happened(), seconds)
        feed.end()
        thread.join(20)
        with started.console.store.read() as c:
            assert {one.kind for one in alarms.listed(c)} == {"fatigue_past_limit", "warnings_ignored", "voice_broken"}
        return started.console, happened()


def config_of(folder: Path) -> Config:
    """With a store in a folder."""
    config = Config()
    return msgspec.structs.replace(
        config, console=msgspec.structs.replace(config.console, store=f"sqlite:///{folder}/console.db")
    )


def test_a_file_gives_its_alarms_in_the_order_of_time(files: tuple[Path, ...], tmp_path: Path) -> None:
    """As fast as it goes, by the times of the records; a bad line is counted."""
    console, happened = replayed(config_of(tmp_path), files, 0, 60)
    assert happened == ["begin f", "begin w0/0", "begin p2", "end f"]
    assert console.now_ms() >= ms(600)


def test_a_pace_is_kept(files: tuple[Path, ...], tmp_path: Path) -> None:
    """Ten minutes at two hundred times real time take three seconds."""
    begun = time.monotonic()
    replayed(config_of(tmp_path), files, 200, 60)
    assert 2.5 < time.monotonic() - begun < 30


def test_an_episode_replayed_again_is_raised_no_more(files: tuple[Path, ...], tmp_path: Path) -> None:
    """It was counted before."""
    _, first = replayed(config_of(tmp_path), files, 0, 60)
    _, second = replayed(config_of(tmp_path), files, 0, 60)
    assert [one for one in second if " p" not in one] == [one for one in first if " p" not in one]


def drives(folder: Path) -> Path:
    """Positions of two vehicles, one every ten seconds, the second vehicle's 5 s late; and a row that is none."""
    path = folder / "positions.csv"
    rows = [
        f"{name},{iso(T0 + 10_000 * k)},{iso(T0 + 10_000 * k + late_ms)},{114.0 + k / 1000},22.6,50"
        for k in range(12)
        for name, late_ms in (("V1", 0), ("V2", 5_000))
    ]
    path.write_text("\n".join(["vehicle,time,received_at,lon,lat,speed_kmh", *rows, "V3,never,,x,y,"]) + "\n", "utf-8")
    return path


def test_positions_come_by_their_arrival(tmp_path: Path) -> None:
    """The map is at the place of the clock, and a row that is none is counted."""
    with Started(config_of(tmp_path)) as started:
        feed = started.replayed((drives(tmp_path),), 0)
        thread = threading.Thread(target=feed.run, args=(started.console.intake,), daemon=True)
        thread.start()
        console = started.console
        until(lambda: len(console.rows(lambda _: True)) == 2 and feed._first_ms() is None, 60)
        feed.end()
        thread.join(20)
        assert {row[0]: row[1] for row in console.rows(lambda _: True)} == {"V1": 114.011, "V2": 114.011}
        with console.store.read() as c:
            assert len(positions.of_vehicle(c, "V1", 0)) == len(positions.of_vehicle(c, "V2", 0)) == 12
        assert feed.rejects.count.total() == 1


def test_a_beginning_may_come_at_once(tmp_path: Path) -> None:
    """A minute is there at the start, the second one comes in its own time."""
    with Started(config_of(tmp_path)) as started:
        feed = started.replayed((drives(tmp_path),), 1.0, 60_000)
        thread = threading.Thread(target=feed.run, args=(started.console.intake,), daemon=True)
        thread.start()
        begun = time.monotonic()
        with started.console.store.read() as c:
            known = len(positions.of_vehicle(c, "V1", 0))

        def there() -> int:
            with started.console.store.read() as c:
                return len(positions.of_vehicle(c, "V1", 0))

        until(lambda: there() >= 7, 30)
        assert known <= 1 and there() <= 7 + (time.monotonic() - begun) // 10 + 1
        assert 0 <= started.console.now_ms() - (T0 + 60_000) < 1000 * (time.monotonic() - begun + 5)
        feed.end()
        thread.join(20)


@pytest.mark.parametrize(
    ("name", "content"),
    [("other.jsonl", b""), ("alerts.jsonl", b""), ("alerts.jsonl", b"{}\n"), ("positions.csv", b"{}")],
)
def test_a_file_of_no_use_is_refused_at_start(tmp_path: Path, name: str, content: bytes) -> None:
    """By its name."""
    path = tmp_path / "given" / name
    path.parent.mkdir()
    path.write_bytes(content)
    with Started(config_of(tmp_path)) as started, pytest.raises(BadConfigError, match="--replay"):
        started.replayed((path,), 0)
