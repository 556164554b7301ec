"""Who speaks next, on a clock that only the tests move: every prompt ends in one outcome, whatever goes wrong."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from alerts.voice.arbiter import COOLDOWN_S, Arbiter
from alerts.voice.queue import OUTCOMES, Entry, Outcome, Prompt

LENGTH_S = 4.0


class Cab:
    """An arbiter with a player that sounds as long as the clock says, and faults when told to."""

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []
        self.arbiter = Arbiter(self.outcomes.append)
        self.now_s = 0.0
        self.ends_s = float("inf")
        self.heard: list[tuple[float, str]] = []
        self.player_faults: list[str] = []

    def say(
        self,
        text: str,
        priority: int = 3,
        at: float = 0.0,
        until: float = 1e9,
        *,
        length_s: float | None = LENGTH_S,
        key: str | None = None,
        about: str | None = None,
    ) -> Entry | None:
        """Say something that takes so long; None is what cannot be rendered."""
        entry = self.arbiter.say(Prompt(text, "zh", priority, at, until, key, about), self.now_s)
        if entry is not None and length_s is not None:
            self.arbiter.rendered(entry, length_s, "fake")
        return entry

    def run(self, until_s: float) -> None:
        """Let the clock go on, doing what the arbiter orders."""
        while True:
            if self.arbiter.now is not None and self.ends_s <= self.now_s:
                self.ends_s = float("inf")
                self.arbiter.ended(self.arbiter.now, self.now_s)
            order = self.arbiter.turn(self.now_s)
            if order.begin is not None:
                if self.player_faults:
                    self.arbiter.broke(order.begin, self.player_faults.pop(0), self.now_s, again=True)
                else:
                    self.arbiter.begun(order.begin, self.now_s)
                    self.heard.append((self.now_s, order.begin.prompt.text))
                    self.ends_s = self.now_s + order.begin.length_s
                continue
            step = min(max(order.next_s, self.now_s + 0.001), self.ends_s)
            if step > until_s:
                self.now_s = until_s
                return
            self.now_s = step

    def told(self) -> list[tuple[str, str, str | None]]:
        """Return texts, outcomes and reasons as they were settled."""
        return [(o.prompt.text, o.outcome, o.reason) for o in self.outcomes]


@pytest.fixture
def cab() -> Cab:
    """A cab in silence."""
    return Cab()


def test_priority_then_order(cab: Cab) -> None:
    """The most pressing of those that wait; equal ones as they came."""
    for text, priority in (("甲", 3), ("乙", 3), ("急", 1)):
        cab.say(text, priority)
    cab.run(60)
    assert cab.heard == [(0.0, "急"), (LENGTH_S, "甲"), (2 * LENGTH_S, "乙")]
    assert {(o.outcome, o.voice) for o in cab.outcomes} == {("spoken", "fake")}


def test_never_before_its_moment_and_never_begun_after_its_end(cab: Cab) -> None:
    """Held to the moment; what waited too long behind another is dropped, and says so."""
    cab.say("等", at=5.0)
    cab.say("长", length_s=4.5)
    cab.say("迟", until=4.4)
    cab.run(60)
    assert cab.heard == [(0.0, "长"), (5.0, "等")]
    assert ("迟", "expired", "too_late") in cab.told()


def test_what_is_not_rendered_in_time_says_so(cab: Cab) -> None:
    """A synthesiser that hangs costs that prompt, and none of the others."""
    cab.say("卡", 1, until=3.0, length_s=None)
    cab.say("好", 4)
    cab.run(60)
    assert cab.told() == [("卡", "expired", "not_rendered"), ("好", "spoken", None)]


def test_a_more_pressing_one_cuts_and_the_cut_one_goes_on_if_in_time(cab: Cab) -> None:
    """From its beginning, behind the other; not when it would begin too late, nor when it was of the same place."""
    cab.say("路口", 4, until=30.0, about="x")
    cab.run(1.0)
    cab.say("匝道", 1, about="r")
    cab.run(20.0)
    assert cab.heard == [(0.0, "路口"), (1.0, "匝道"), (5.0, "路口")]
    cab.say("短", 4, until=22.0, about="y")
    cab.run(21.0)
    cab.say("急", 1)
    cab.run(30.0)
    assert ("短", "cut", "for_a_more_pressing_one") in cab.told()
    cab.say("出口", 4, about="same")
    cab.run(31.0)
    cab.say("过快", 1, about="same")
    cab.run(60.0)
    assert [outcome for text, outcome, _ in cab.told() if text in ("出口", "过快")] == ["cut", "spoken"]


def test_an_equal_one_never_cuts(cab: Cab) -> None:
    """It waits for the end."""
    cab.say("一")
    cab.run(1.0)
    cab.say("二")
    cab.run(60.0)
    assert cab.heard == [(0.0, "一"), (LENGTH_S, "二")]


def test_the_same_thing_waits_for_its_cooldown_unless_more_pressing(cab: Cab) -> None:
    """Counted from the end of the last sentence about it; another segment is another thing."""
    cab.say("提示", 4, about="ramp 7")
    cab.run(5.0)
    cab.say("再提示", 4, about="ramp 7")
    cab.say("别处", 4, about="ramp 8")
    cab.say("请降速", 3, about="ramp 7")
    cab.run(LENGTH_S + COOLDOWN_S + 10.0)
    cab.say("又提示", 4, about="ramp 7")
    cab.run(200.0)
    assert cab.told() == [
        ("提示", "spoken", None),
        ("再提示", "withdrawn", "cooldown"),
        ("请降速", "spoken", None),
        ("别处", "spoken", None),
        ("又提示", "spoken", None),
    ]


def test_superseded_and_withdrawn_are_not_heard(cab: Cab) -> None:
    """A newer prompt of the same key takes the place of a waiting one; what sounds is spoken to its end."""
    cab.say("旧", at=3.0, key="a")
    cab.say("新", at=2.0, key="a")
    cab.say("撤", at=2.0, key="b")
    cab.arbiter.withdraw("b", cab.now_s)
    cab.run(3.0)
    cab.arbiter.withdraw("a", cab.now_s)
    cab.run(60.0)
    assert cab.told() == [
        ("旧", "withdrawn", "superseded"),
        ("撤", "withdrawn", "withdrawn"),
        ("新", "spoken", None),
    ]


def test_a_player_that_fails_is_tried_once_more_while_in_time(cab: Cab) -> None:
    """Once more, not twice; too late it has failed, and is not said to have expired."""
    cab.player_faults = ["died"]
    cab.say("甲")
    cab.run(10.0)
    cab.player_faults = ["died", "died"]
    cab.say("乙")
    cab.run(20.0)
    assert cab.told() == [("甲", "spoken", None), ("乙", "failed", "died")]
    entry = cab.say("丙", until=21.0)
    order = cab.arbiter.turn(cab.now_s)
    assert entry is not None and order.begin is entry
    cab.arbiter.broke(entry, "died", cab.now_s, again=True)
    cab.now_s = 22.0
    cab.run(30.0)
    assert cab.told()[-1] == ("丙", "failed", "died")


def test_what_expires_while_a_player_is_looked_for_does_not_begin(cab: Cab) -> None:
    """The search may take seconds."""
    entry = cab.say("慢", until=2.0)
    assert entry is not None and cab.arbiter.turn(0.0).begin is entry
    assert cab.arbiter.still(entry, 1.9)
    assert not cab.arbiter.still(entry, 2.1)
    assert cab.told() == [("慢", "expired", "too_late")]


def test_a_sound_that_ends_after_it_was_cut_settles_nothing_twice(cab: Cab) -> None:
    """The player's word of its end may come late."""
    first = cab.say("旧", 4, until=1.0)
    cab.run(0.5)
    cab.say("急", 1)
    cab.run(0.6)
    assert first is not None
    cab.arbiter.ended(first, 0.7)
    cab.arbiter.broke(first, "killed", 0.7, again=True)
    cab.run(60.0)
    assert cab.told() == [("旧", "cut", "for_a_more_pressing_one"), ("急", "spoken", None)]


def test_closing_settles_all_and_takes_nothing_more(cab: Cab) -> None:
    """What sounds is cut, what waits or comes later is withdrawn."""
    cab.say("响")
    cab.say("等", at=9.0)
    cab.run(1.0)
    cab.arbiter.close(cab.now_s)
    assert cab.say("后") is None
    assert cab.told() == [("等", "withdrawn", "closed"), ("响", "cut", "closed"), ("后", "withdrawn", "closed")]
    assert cab.arbiter.idle


@pytest.mark.parametrize("seed", range(4))
def test_a_shift_of_ten_hours_adds_up(seed: int) -> None:
    """Some 3,000 prompts at random moments, with hangs, broken players and withdrawals: each has one outcome.

    Nothing overlaps, begins early or late, or is heard twice about the same within the cooldown at the same priority.
    """
    rng = random.Random(seed)
    cab = Cab()
    said = 0
    while cab.now_s < 36_000.0:
        cab.run(cab.now_s + rng.expovariate(1 / 12.0))
        for _ in range(rng.choice((1, 1, 1, 2, 4))):
            at = cab.now_s + rng.choice((0.0, 0.0, rng.uniform(0.0, 30.0)))
            cab.say(
                f"第{said}句",
                rng.choice((1, 2, 3, 3, 4, 5)),
                at,
                at + rng.uniform(0.5, 40.0),
                length_s=None if rng.random() < 0.03 else rng.uniform(1.5, 6.0),
                key=f"alert-{rng.randrange(said + 1) if rng.random() < 0.1 else said}",
                about=f"segment-{rng.randrange(60)}",
            )
            said += 1
        if rng.random() < 0.1:
            cab.arbiter.withdraw(f"alert-{rng.randrange(max(1, said - 5), said + 1)}", cab.now_s)
        if rng.random() < 0.02:
            cab.player_faults += ["died"] * rng.choice((1, 2))
    cab.run(cab.now_s + 200.0)
    cab.arbiter.close(cab.now_s)
    counts = Counter(o.outcome for o in cab.outcomes)
    assert said > 3000
    assert sum(counts.values()) == len(cab.outcomes) == said
    assert len({o.prompt.text for o in cab.outcomes}) == said
    assert set(counts) == set(OUTCOMES)
    last: dict[str | None, tuple[float, int]] = {}
    free_s = -1.0
    for o in sorted((o for o in cab.outcomes if o.outcome == "spoken"), key=lambda o: o.begun_s or 0.0):
        assert o.begun_s is not None
        assert o.prompt.speak_at_s <= o.begun_s <= o.prompt.expires_at_s
        assert o.begun_s >= free_s
        free_s = o.ended_s
        ended_s, priority = last.get(o.prompt.about, (-1e9, 9))
        assert o.begun_s >= ended_s + COOLDOWN_S or o.prompt.priority < priority
        last[o.prompt.about] = (o.ended_s, o.prompt.priority)
