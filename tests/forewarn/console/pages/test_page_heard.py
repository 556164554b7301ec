"""What a dispatcher hears: what the browser really gave to a sound server, by the height of its tones."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks.null_sink import LOUD, RATE_HZ, Recorder, Samples, null_sink
from forewarn.console.alarms.states import State
from tests import sound_server
from tests.forewarn.console.pages.conftest import Console, Open, launched

pytestmark = [pytest.mark.browser, *sound_server.marks("pulseaudio", "parec")]
URGENT_HZ, HIGH_HZ = [880, 698, 880, 698], [587, 784]
BLOCK = RATE_HZ // 25
"""40 ms, in which tones that are 25 Hz apart can be told from one another."""
NEAR_HZ = 25.0
CLICK_AT_NEXT = """() => new MutationObserver((_, its) => {
  its.disconnect();
  setTimeout(() => document.querySelector("button.silence").click(), 300);
}).observe(document.documentElement, { attributes: true, attributeFilter: ["data-chimes"] })"""
"""The click comes from within the page: from without it could come after the sound, which takes 0.84 s."""
CHIME_S = 1.5
"""By then the longest is over, and has come through the server."""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One that is not mute, and plays into a sound server of the tests' own."""
    with null_sink(tmp_path_factory.mktemp("sound")), launched(ignore_default_args=["--mute-audio"]) as running:
        yield running


def tones(heard: Samples) -> list[int]:
    """The heights of the tones that follow one another, Hz, each as the known one that it is near to, else 0.

    No tone of a chime is followed by its like: a gap in one is a sound server that was kept waiting, and so is a single
    block that is none.
    """
    found: list[int] = []
    for block in heard[: len(heard) // BLOCK * BLOCK].reshape(-1, BLOCK):
        if np.max(np.abs(block)) < 3 * LOUD:
            continue
        strength = np.abs(np.fft.rfft(block * np.hanning(BLOCK), 8 * BLOCK))
        height = float(np.argmax(strength)) * RATE_HZ / (8 * BLOCK)
        known = min({*URGENT_HZ, *HIGH_HZ}, key=lambda one: abs(one - height))
        found.append(known if abs(known - height) < NEAR_HZ else 0)
    runs = [(height, len(list(blocks))) for height, blocks in groupby(found)]
    return [height for height, _ in groupby(height for height, count in runs if height or count > 1)]


def listening(open_page: Open) -> tuple[Page, Recorder]:
    """A page that has had its click, and what records it."""
    page = open_page()
    page.mouse.click(5, 5)
    page.wait_for_timeout(500)
    return page, Recorder()


def test_each_priority_has_its_sound_and_the_lowest_none(console: Console, open_page: Open) -> None:
    """Of priority 3 nothing is heard, of 2 two tones that rise, of 1 four that go up and down."""
    page, recorder = listening(open_page)
    for kind, vehicle in (("voice_broken", 1), ("speeding_goes_on", 2), ("fatigue_past_limit", 3)):
        console.raise_alarm(kind, vehicle)
        page.wait_for_timeout(1000 * CHIME_S)
    assert tones(recorder.stop()) == HIGH_HZ + URGENT_HZ


def test_a_flood_is_heard_once_a_group(console: Console, open_page: Open) -> None:
    """Twelve like alarms are one sound."""
    page, recorder = listening(open_page)
    console.world.set_load(flood=True)
    expect(page.locator(".load .flood")).to_be_visible()
    for k in range(12):
        console.raise_alarm("warnings_ignored", 3 * k)
        page.wait_for_timeout(200)
    page.wait_for_timeout(1000 * CHIME_S)
    assert tones(recorder.stop()) == HIGH_HZ


def test_what_is_urgent_sounds_again_until_it_is_silenced(console: Console, open_page: Open) -> None:
    """After 20 s it is heard again; a click in the midst of it ends it there, and acknowledges nothing."""
    page, recorder = listening(open_page)
    urgent = console.raise_alarm("fatigue_past_limit", 1)
    recorder.wait_for_sound()
    page.wait_for_timeout(10_000)
    assert tones(recorder.heard()) == URGENT_HZ
    first = recorder.now()
    page.evaluate(CLICK_AT_NEXT)
    page.wait_for_timeout(8_000)
    recorder.wait_for_sound(first)
    page.wait_for_timeout(21_000)
    again = tones(recorder.stop()[first:])
    assert again
    assert len(again) < len(URGENT_HZ) and again == URGENT_HZ[: len(again)]
    assert console.alarm(urgent).state == State.UNACKNOWLEDGED
