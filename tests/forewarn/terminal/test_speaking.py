"""Prompts to one voice: the terminal's own, texts from outside, what is said of the receiver; each at most once."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from alerts.record import Alert, Prompt, SegmentRef, iso
from alerts.voice.clips import Clips
from alerts.voice.errors import NoVoiceError, PlayerError
from alerts.voice.speaker import Voice
from forewarn.records import Outcome
from forewarn.terminal.event_clock import AGREE, EventClock
from forewarn.terminal.keeping import Keeper
from forewarn.terminal.speaking import Speaking
from forewarn.terminal.uplink import Text, about_of

T0 = 1_780_000_000_000
ORDER, ADVICE = "匝道限速四十，请降速", "前方两百米出口匝道，限速四十"


class Sound:
    """One sound of a tenth of a second, or of as long as it is held up."""

    def __init__(self, hold: threading.Event) -> None:
        self._hold = hold

    def wait(self, timeout_s: float) -> bool:
        time.sleep(0.1)
        return self._hold.wait(timeout_s)

    def stop(self) -> None:
        self._hold.set()


class Loudspeaker:
    """Plays sounds of a tenth of a second, and knows which; a test may hold it up."""

    name = "loudspeaker"

    def __init__(self) -> None:
        self.played: list[str] = []
        self.hold = threading.Event()
        self.hold.set()

    def play(self, path: Path) -> Sound:
        self.played.append(path.name)
        return Sound(self.hold)


class Cab:
    """A voice, its keeper and the clock."""

    def __init__(self, folder: Path, sound: bool = True) -> None:
        self.told: list[Outcome] = []
        self.loudspeaker = Loudspeaker()
        self.keeper = Keeper(folder, lambda *_: None)
        self.clock = EventClock()
        now_s = time.monotonic()
        for k in range(-AGREE, 1):
            self.clock.take(T0 + k * 1000, now_s + k)
        self.speaking = Speaking(self.keeper, self.clock, "zh", self.told.append)

        def no_voice(language: str) -> None:
            raise NoVoiceError(f"no {language} voice")

        def find() -> Loudspeaker:
            if not sound:
                raise PlayerError("no sound")
            return self.loudspeaker

        clips = Clips(["zh", "en"], folder / "clips", start=no_voice)  # type: ignore[arg-type]
        self.voice = Voice(clips, find, self.speaking.settled, begins=self.speaking.begins)  # type: ignore[arg-type]
        self.speaking.voice = self.voice

    def say(self, *alerts: Alert) -> None:
        """As the terminal does: written first."""
        prompts = self.speaking.pending(alerts)
        self.keeper.keep(T0, b"", (), prompts)
        self.speaking.alerts(alerts, prompts)

    def outcomes(self) -> list[tuple[str, int, str, str | None, str | None]]:
        """Wait for everything, and return what became of it."""
        assert self.voice.drain(10.0)
        self.speaking.write()
        return [(o.alert_id, o.seq, o.outcome, o.reason, o.by) for o in self.told]

    def close(self) -> None:
        self.voice.close()
        self.keeper.close()


@pytest.fixture
def cab(tmp_path: Path) -> Iterator[Cab]:
    one = Cab(tmp_path)
    yield one
    one.close()


def alert(
    id: str = "a", seq: int = 0, text: str = ORDER, priority: int = 3, delay_s: float = 0.0, **more: object
) -> Alert:
    """An alert about the ramp ``r1`` with a prompt that is due in so many seconds, for five."""
    prompt = Prompt(
        "plain", text, "zh", priority, iso(T0 + round(delay_s * 1000)), iso(T0 + round(delay_s * 1000) + 5000)
    )
    whole = Alert(
        id, seq, "T1", None, "approach", "raised", None, iso(T0), 114.2, 22.7, 60.0, 90.0, 40.0,
        SegmentRef("r1", "ramp", "exit"), 200.0, None, "info", False, iso(T0), None, None, prompt,
    )  # fmt: skip
    return msgspec.structs.replace(whole, **more)


def text(
    id: str = "t", words: str = ADVICE, priority: int = 3, about: str | None = None, expires_s: float = 10.0
) -> Text:
    return Text(id, words, "zh", priority, T0 + round(expires_s * 1000), about)


RAMP = about_of("approach", "r1")


def test_a_prompt_is_written_before_it_is_said_and_its_outcome_after(cab: Cab) -> None:
    """At the moment at which it sounds, the disk knows that it has begun."""
    seen = []
    play = cab.loudspeaker.play

    def watched(path: Path) -> Sound:
        seen.append([(p.alert_id, p.seq) for p in cab.keeper.unsettled()[1]])
        return play(path)

    cab.loudspeaker.play = watched  # type: ignore[method-assign]
    cab.say(alert())
    assert cab.outcomes() == [("a", 0, "spoken", None, "terminal")]
    assert seen == [[("a", 0)]]
    assert cab.keeper.unsettled() == ([], [])
    (record,) = [json.loads(r) for r in cab.keeper.records("outcome")]
    assert record["outcome"] == "spoken" and record["due_at"] == iso(T0)
    assert 0 <= (cab.clock.event_ms(time.monotonic()) - T0) < 60_000
    assert iso(T0) <= record["began_at"] < record["ended_at"] < iso(T0 + 60_000)


def test_speak_at_is_kept_by_the_vehicle_s_clock(cab: Cab) -> None:
    """Held until its moment, and withdrawn if a newer fix takes it back."""
    began_s = cab.clock.due_s(T0)
    cab.say(alert("a", delay_s=0.8), alert("b", delay_s=60.0, segment=SegmentRef("r2", "ramp", "x")))
    cab.speaking.alerts([alert("b", state="withdrawn", prompt=None)], [])
    assert cab.outcomes() == [("b", 0, "withdrawn", "withdrawn", "terminal"), ("a", 0, "spoken", None, "terminal")]
    assert cab.told[1].began_at is not None and time.monotonic() >= began_s + 0.8
    assert cab.told[1].began_at >= iso(T0 + 790)


def test_the_same_hazard_from_both_sides_is_said_once(cab: Cab) -> None:
    """Whoever comes first; the other's outcome says why it was not said."""
    cab.say(alert())
    cab.speaking.text(text(about=RAMP))
    assert cab.outcomes() == [("t", 0, "withdrawn", "told_elsewhere", "outside"), ("a", 0, "spoken", None, "terminal")]
    cab.speaking.text(text("t2", about=RAMP))
    assert cab.outcomes()[2:] == [("t2", 0, "withdrawn", "told_elsewhere", "outside")]
    assert len(cab.loudspeaker.played) == 1


def test_a_text_from_outside_that_was_heard_silences_the_terminal_s_own(cab: Cab) -> None:
    """But for a sharper one, which is more pressing."""
    cab.speaking.text(text(about=RAMP))
    assert cab.outcomes() == [("t", 0, "spoken", None, "outside")]
    cab.say(alert(priority=3))
    cab.say(alert(seq=1, priority=1, text="车速过快，请立即减速到四十"))
    assert cab.outcomes()[1:] == [
        ("a", 0, "withdrawn", "told_elsewhere", "terminal"),
        ("a", 1, "spoken", None, "terminal"),
    ]


def test_an_urgent_text_cuts_what_sounds(cab: Cab) -> None:
    """It is the same queue; what was cut is told so."""
    cab.loudspeaker.hold.clear()
    cab.say(alert(priority=4))
    until = time.monotonic() + 5.0
    while not cab.loudspeaker.played and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(0.1)
    cab.speaking.text(text(priority=1))
    outcomes = cab.outcomes()
    assert ("t", 0, "spoken", None, "outside") in outcomes
    assert len(cab.loudspeaker.played) >= 2
    assert cab.speaking.last in ((ADVICE, "zh"), (ORDER, "zh"))


def test_a_text_expires_and_a_language_that_nobody_speaks_fails(cab: Cab) -> None:
    """Each with its outcome."""
    cab.speaking.text(text("late", expires_s=-5.0))
    cab.speaking.text(msgspec.structs.replace(text("other"), language="tlh"))
    told = {o[0]: o[2:4] for o in cab.outcomes()}
    assert told["late"][0] == "expired"
    assert told["other"] == ("failed", "no tlh voice")


def test_after_a_restart_what_waited_is_said_and_what_had_begun_is_not(tmp_path: Path) -> None:
    """And what is too late by then is neither; nothing is said before it is known what time it is."""
    first = Cab(tmp_path)
    first.close()
    keeper = Keeper(tmp_path, lambda *_: None)
    early, begun, late = alert("w"), alert("b"), alert("l", delay_s=-60.0)
    speaking = Speaking(keeper, first.clock, "zh", lambda _: None)
    keeper.keep(T0, b"", (), speaking.pending([early, begun, late]))
    keeper.begins("b", 0)
    keeper.close()
    again = Cab(tmp_path)
    known, again.speaking._clock = again.speaking._clock, EventClock()
    again.speaking.resume()
    again.speaking.write()
    assert again.told == []
    again.speaking._clock = known
    again.speaking.resume()
    again.speaking.resume()
    assert sorted(again.outcomes()) == [
        ("b", 0, "failed", "unknown_after_restart", "terminal"),
        ("l", 0, "expired", "too_late", "terminal"),
        ("w", 0, "spoken", None, "terminal"),
    ]
    assert len(again.loudspeaker.played) == 1 and again.keeper.unsettled() == ([], [])
    again.close()


def test_what_is_said_of_the_receiver(cab: Cab) -> None:
    """In recorded words; it is no record."""
    cab.speaking.position("lost")
    assert cab.outcomes() == []
    assert cab.speaking.last == ("卫星定位中断，预警暂停", "zh")
    assert len(cab.loudspeaker.played) == 1


def test_without_sound_it_can_still_be_read(tmp_path: Path) -> None:
    """The panel shows what could not be heard; the outcome is a failure."""
    silent = Cab(tmp_path, sound=False)
    silent.say(alert())
    assert silent.outcomes() == [("a", 0, "failed", "no sound", "terminal")]
    assert silent.speaking.last == (ORDER, "zh") and silent.voice.player is None
    silent.close()


def test_waiting_for_the_disk_does_not_hold_up_the_caller(cab: Cab, monkeypatch: pytest.MonkeyPatch) -> None:
    """A card that takes half a second: ``say`` returns at once."""
    begins = cab.keeper.begins

    def slow(alert_id: str, seq: int) -> None:
        time.sleep(0.5)
        begins(alert_id, seq)

    monkeypatch.setattr(cab.keeper, "begins", slow)
    cab.say(alert())
    time.sleep(0.2)
    began = time.monotonic()
    cab.speaking.position("lost")
    assert time.monotonic() - began < 0.1
    assert ("a", 0, "spoken", None, "terminal") in cab.outcomes()


def test_a_text_that_names_no_segment_is_held_against_what_was_said_of_such_a_hazard(cab: Cab) -> None:
    """A gateway's words about a ramp are not said when the terminal has just told of one; about a village they are."""
    cab.say(alert())
    cab.speaking.text(text("t1", ADVICE))
    cab.speaking.text(text("t2", "前方三百米村庄路段，注意行人"))
    told = {outcome[0]: outcome[2:4] for outcome in cab.outcomes()}
    assert told["t1"] == ("withdrawn", "told_elsewhere")
    assert told["a"] == told["t2"] == ("spoken", None)


def test_a_ramp_that_the_gateway_told_of_is_not_told_of_again_but_for_the_sharper_sentence(cab: Cab) -> None:
    """Within a minute; the sharper one says what the driver has not done yet."""
    cab.speaking.text(text("t1", ADVICE))
    assert cab.outcomes() == [("t1", 0, "spoken", None, "outside")]
    cab.say(alert())
    cab.say(alert(seq=1, priority=1, text="车速过快，请立即降速"))
    assert cab.outcomes()[1:] == [
        ("a", 0, "withdrawn", "told_elsewhere", "terminal"),
        ("a", 1, "spoken", None, "terminal"),
    ]
