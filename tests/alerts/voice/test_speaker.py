"""One voice at a time, whatever synthesiser and player do; the sound is a fake one here."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.voice import Outcome, PlayerError, Prompt, Voice
from alerts.voice.clips import Clips
from tests.alerts.voice.stand_ins import LENGTH_S, FakePlayer, FakeSynthesiser, Scene
from tests.forewarn.recording.hand_made import make_pack


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A voice with a player that works."""
    made = Scene(tmp_path)
    yield made
    made.voice.close()


def test_speaks_in_order_and_says_so(scene: Scene) -> None:
    """Each prompt is spoken once, one after the other, with its times and voice."""
    scene.say("甲")
    scene.say("乙")
    assert scene.told() == [("甲", "spoken"), ("乙", "spoken")]
    first, second = scene.outcomes
    assert first.begun_s is not None
    assert second.begun_s is not None
    assert first.ended_s - first.begun_s >= LENGTH_S * 0.9
    assert second.begun_s >= first.ended_s - 0.01
    assert first.voice == "fake"


def test_say_returns_at_once(scene: Scene) -> None:
    """Neither a slow synthesiser nor a sound holds the caller."""
    started = time.monotonic()
    for number in range(20):
        scene.say("慢" * (number + 1), for_s=0.1)
    assert time.monotonic() - started < 0.1
    assert len(scene.told()) == 20


def test_a_more_pressing_prompt_cuts_a_lesser_one(scene: Scene) -> None:
    """The lesser one is silenced; it is spoken again from its start where it is still in time, else it is cut."""
    scene.say("疲劳", 4)
    time.sleep(0.05)
    scene.say("急", 1)
    assert scene.told() == [("急", "spoken"), ("疲劳", "spoken")]
    scene.outcomes.clear()
    scene.say("匝道", 4, for_s=0.1)
    time.sleep(0.05)
    scene.say("快", 1)
    assert scene.told() == [("匝道", "cut"), ("快", "spoken")]


def test_an_equal_prompt_waits(scene: Scene) -> None:
    """Equal priority queues."""
    scene.say("一", 3)
    time.sleep(0.05)
    scene.say("二", 3)
    assert scene.told() == [("一", "spoken"), ("二", "spoken")]


def test_neither_too_early_nor_too_late(scene: Scene) -> None:
    """Held until speak_at; dropped past expires_at, also where the sound before it lasted too long."""
    scene.say("等", in_s=0.3)
    scene.say("长", for_s=60.0)
    scene.say("迟", for_s=0.05)
    assert scene.told() == [("迟", "expired"), ("长", "spoken"), ("等", "spoken")]
    held = scene.outcomes[2]
    assert held.begun_s is not None
    assert 0.0 <= held.begun_s - held.prompt.speak_at_s < 0.2


def test_withdrawn_superseded_and_cooling(scene: Scene) -> None:
    """What was withdrawn or replaced is not heard; nor is the same thing spoken of again at once."""
    scene.say("旧", in_s=0.2, key="a")
    scene.say("新", in_s=0.1, key="a", about="ramp 7")
    scene.say("撤", in_s=0.1, key="b")
    scene.voice.withdraw("b")
    scene.told()
    scene.say("又", key="c", about="ramp 7")
    assert scene.told() == [("旧", "withdrawn"), ("撤", "withdrawn"), ("新", "spoken"), ("又", "withdrawn")]
    assert [o.reason for o in scene.outcomes] == ["superseded", "withdrawn", None, "cooldown"]


def test_a_failed_sentence_is_a_fault_and_the_next_goes_on(scene: Scene) -> None:
    """A synthesiser without a usable sound, or without a voice, fails that prompt by name."""
    scene.say("坏")
    scene.voice.say(Prompt("hello", "en", 3))
    scene.say("好")
    assert sorted(scene.told()) == [("hello", "failed"), ("坏", "failed"), ("好", "spoken")]
    assert "no en voice: none installed" in scene.voice.faults
    assert "an empty sound" in scene.voice.faults


def test_a_player_that_fails_is_tried_once_more(scene: Scene) -> None:
    """One failure is recovered from; two fail the prompt, never taken for spoken."""
    scene.player.faults = ["died"]
    scene.say("甲")
    assert scene.told() == [("甲", "spoken")]
    scene.player.faults = ["died", "died"]
    scene.say("乙")
    assert scene.told()[1:] == [("乙", "failed")]
    assert scene.voice.faults.count("died") == 1


def test_a_player_that_hangs_is_ended_and_failed(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is killed some time after the clip should have ended; tried once more, the prompt has failed."""
    monkeypatch.setattr("alerts.voice.speaker.OVERDUE_S", 0.1)
    scene.player.hangs = True
    scene.say("甲")
    assert scene.told() == [("甲", "failed")]
    assert "still playing" in (scene.outcomes[0].reason or "")
    assert len(scene.player.sounds) == 2
    assert all(sound.stopped.is_set() for sound in scene.player.sounds)


def test_looking_for_a_player_holds_up_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Players may take seconds to say that they do not work; what expires meanwhile is not begun."""
    looked = []

    def slow() -> FakePlayer:
        looked.append(time.monotonic())
        if len(looked) == 1:
            raise PlayerError("no sound: not yet")
        time.sleep(0.5)
        return FakePlayer()

    monkeypatch.setattr("alerts.voice.speaker.PROBE_AGAIN_S", 0.0)
    scene = Scene(tmp_path, slow)
    scene.say("甲", for_s=0.2)
    time.sleep(0.1)
    started = time.monotonic()
    scene.say("乙")
    assert time.monotonic() - started < 0.1
    assert scene.told() == [("甲", "expired"), ("乙", "spoken")]
    scene.voice.close()


def test_a_synthesiser_that_hangs_holds_up_no_recording(tmp_path: Path) -> None:
    """Recorded sentences are made on a thread of their own."""
    make_pack(tmp_path / "zh.zip", ["请降速"])
    clips = Clips(["zh"], tmp_path / "clips", FakeSynthesiser, lambda _: tmp_path / "zh.zip")  # type: ignore[arg-type]
    outcomes: list[Outcome] = []
    voice = Voice(clips, FakePlayer, outcomes.append)  # type: ignore[arg-type]
    voice.say(Prompt("慢", "zh", 1))
    voice.say(Prompt("请降速", "zh", 4))
    assert voice.drain(10.0)
    voice.close()
    assert [(o.prompt.text, o.voice) for o in outcomes] == [("请降速", "hummer"), ("慢", "fake")]


def test_without_a_device_nothing_counts_as_spoken(tmp_path: Path) -> None:
    """No player that works: said once, loudly, and each prompt fails with that reason."""

    def none() -> FakePlayer:
        raise PlayerError("no sound: nothing installed")

    scene = Scene(tmp_path, none)
    scene.say("甲")
    scene.say("乙")
    assert scene.told() == [("甲", "failed"), ("乙", "failed")]
    assert {o.reason for o in scene.outcomes} == {"no sound: nothing installed"}
    assert scene.voice.faults.count("no sound: nothing installed") == 1
    scene.voice.close()


def test_closing_settles_everything(scene: Scene) -> None:
    """What sounds is cut, what waits is withdrawn, what comes later too."""
    scene.say("响")
    scene.say("等", in_s=9.0)
    time.sleep(0.08)
    scene.voice.close()
    scene.say("后")
    assert sorted((o.prompt.text, o.outcome) for o in scene.outcomes) == [
        ("后", "withdrawn"),
        ("响", "cut"),
        ("等", "withdrawn"),
    ]
    assert scene.player.sounds[0].stopped.is_set()


def test_what_is_about_to_sound_is_told_before_it_does(tmp_path: Path) -> None:
    """On the thread that speaks, and without holding up whoever says the next; not for what has no player."""
    told: list[tuple[str, int]] = []
    player = FakePlayer()

    def begins(prompt: Prompt) -> None:
        told.append((prompt.text, len(player.sounds)))
        time.sleep(0.3)

    clips = Clips(("zh",), tmp_path, FakeSynthesiser, lambda _: None)  # type: ignore[arg-type]
    voice = Voice(clips, lambda: player, begins=begins)  # type: ignore[arg-type]
    voice.say(Prompt("前方", "zh", 3))
    time.sleep(0.15)
    began = time.monotonic()
    voice.say(Prompt("出口", "zh", 3))
    assert time.monotonic() - began < 0.1
    assert voice.drain(5.0)
    voice.close()
    assert told == [("前方", 0), ("出口", 1)]


def test_without_a_player_nothing_begins(tmp_path: Path) -> None:
    """It fails, and nobody is told that it begins."""
    told: list[Prompt] = []
    outcomes: list[Outcome] = []

    def none() -> FakePlayer:
        raise PlayerError("no sound")

    clips = Clips(("zh",), tmp_path, FakeSynthesiser, lambda _: None)  # type: ignore[arg-type]
    voice = Voice(clips, none, outcomes.append, begins=told.append)  # type: ignore[arg-type]
    voice.say(Prompt("前方", "zh", 3))
    assert voice.drain(5.0)
    voice.close()
    assert told == [] and [o.outcome for o in outcomes] == ["failed"]
