"""Players: found by trying, told by name where they fail; without a device nothing counts as spoken."""

from __future__ import annotations

import logging
import shutil
import sys
import time
import wave
from pathlib import Path

import pytest

from alerts.voice import Outcome, PlayerError, Prompt, Voice, write_wav
from alerts.voice.player import PLAYERS, Player, Sound

ENDS = (sys.executable, "-c", "import sys; sys.exit()")
FAILS = (sys.executable, "-c", "import sys; sys.exit('trying\\nno device at all')")
LASTS = (sys.executable, "-c", "import time; time.sleep(60)")


@pytest.fixture
def no_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine where no player finds a device."""
    (tmp_path / "asound.conf").write_text("")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asound.conf"))
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/nowhere")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))


def test_the_first_player_that_works_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order of the table; one that is missing or fails is passed over, one that is asked for is not replaced."""
    monkeypatch.setattr("alerts.voice.player.PLAYERS", {"gone": ("no-such-player",), "bad": FAILS, "good": ENDS})
    assert Player().name == "good"
    with pytest.raises(PlayerError, match=r"no sound: bad ended with 1: no device at all$"):
        Player("bad")
    with pytest.raises(PlayerError, match=r"no sound: gone is not installed$"):
        Player("gone")
    with pytest.raises(PlayerError, match="no player 'tuba'; there are gone, bad, good"):
        Player("tuba")


def test_a_player_that_is_stuck_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of a second of silence that does not end is no player."""
    monkeypatch.setattr("alerts.voice.player.PROBE_S", 0.3)
    monkeypatch.setattr("alerts.voice.player.PLAYERS", {"stuck": LASTS})
    with pytest.raises(PlayerError, match="no sound: stuck is stuck"):
        Player()


def test_a_sound_ends_by_itself_or_at_once_when_stopped(tmp_path: Path) -> None:
    """The end, a failure and a stop are told apart; stopping twice does no harm."""
    assert Sound("good", ENDS, tmp_path).wait(30.0)
    with pytest.raises(PlayerError, match="bad ended with 1: no device at all"):
        Sound("bad", FAILS, tmp_path).wait(30.0)
    sound = Sound("long", LASTS, tmp_path)
    assert not sound.wait(0.05)
    started = time.monotonic()
    sound.stop()
    sound.stop()
    assert time.monotonic() - started < 1.0
    with pytest.raises(PlayerError, match="gone does not start"):
        Sound("gone", ("/nowhere/player",), tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="only where ALSA and PulseAudio are all there is")
def test_without_a_device_the_fault_is_told_once_and_nothing_is_spoken(
    no_device: None, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """Real synthesiser, real players, no device: each prompt fails with the reason, and files can still be written."""
    outcomes: list[Outcome] = []
    with caplog.at_level(logging.WARNING, "alerts.voice"):
        voice = Voice.open(["zh"], sink=outcomes.append)
        assert voice.player is None
        for text in ("请降速", "注意行人"):
            voice.say(Prompt(text, "zh", 3))
        assert voice.drain(30.0)
        voice.close()
    assert [o.outcome for o in outcomes] == ["failed", "failed"]
    assert len(voice.faults) == len(caplog.records) == 1
    assert {o.reason for o in outcomes} == set(voice.faults)
    assert voice.faults[0].startswith("no sound: aplay ")
    assert all(name in voice.faults[0] for name in PLAYERS)
    assert write_wav("请降速", "zh", tmp_path / "said.wav").info.duration_s > 0.5


@pytest.mark.sound
@pytest.mark.skipif(shutil.which("aplay") is None, reason="aplay not installed: make setup-system")
def test_aplay_hands_every_sample_to_the_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Into a file instead of a sound card, bit for bit; the silence at the end is filled up to a whole period."""
    raw = tmp_path / "played.raw"
    (tmp_path / "asound.conf").write_text(
        f'pcm.!default {{ type file slave.pcm "nothing" file "{raw}" format "raw" }}\npcm.nothing {{ type null }}\n'
    )
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asound.conf"))
    clip = tmp_path / "clip.wav"
    write_wav("请降速", "zh", clip)
    player = Player("aplay")
    raw.unlink()
    assert player.play(clip).wait(30.0)
    with wave.open(str(clip), "rb") as file:
        sound = file.readframes(file.getnframes()).rstrip(b"\0")
    assert raw.read_bytes().rstrip(b"\0") == sound
