"""The full screen, key by key."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

import pytest

from forewarn.watching.screen.look import DARK, LIGHT
from forewarn.watching.topic import Unreadable
from tests.forewarn.watching.scene import SAID, Told, arrived, cleared
from tests.forewarn.watching.screen.shown import LARGE, SIZES, SMALL, shown


def on_a_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run a test on a loop of its own."""

    @wraps(test)
    def run(**fixtures: Any) -> None:
        asyncio.run(test(**fixtures))

    return run


@pytest.mark.parametrize("size", SIZES)
@on_a_loop
async def test_an_alert_that_comes_is_a_row(size: tuple[int, int]) -> None:
    """With vehicle, kind, speed and sentence, in a terminal of any size; the newest comes first."""
    source = Told()
    async with shown(source, size) as screen:
        assert "No alert yet" in screen.text
        source.tell(arrived("a", vehicle="B1"), arrived("b", vehicle="B2", kind="speeding"))
        await screen.until_seen("B2")
        rows = [line for line in screen.lines if "匝道限速" in line and "/40" in line]
        assert ["B2" in rows[0] and "speeding" in rows[0], "B1" in rows[1] and "62/40" in rows[1]] == [True, True]
        assert len(screen.lines) == size[1] and "2 alerts" in screen.text


@on_a_loop
async def test_a_later_state_changes_its_row() -> None:
    """It is no second row, and the sentence that was withdrawn is told as such by a sign and a word."""
    source = Told()
    async with shown(source) as screen:
        source.tell(arrived("a", vehicle="B1"), arrived("b", vehicle="B2"))
        await screen.until_seen("B2")
        source.tell(cleared("a", vehicle="B1", state="withdrawn", reason="turned_off"))
        await screen.until_seen("✗ withdrawn")
        assert "B1" in screen.line("✗ withdrawn") and "匝道限速" in screen.line("✗ withdrawn")
        assert "2 alerts" in screen.text and screen.app._table.count == 2


@pytest.mark.parametrize("size", [SMALL, LARGE])
@on_a_loop
async def test_the_chosen_alert_is_shown_in_full(size: tuple[int, int]) -> None:
    """By Enter in a small terminal, always in a large one; j and k go from one to the next, Esc goes back."""
    source = Told()
    async with shown(source, size) as screen:
        source.tell(arrived("an-id", vehicle="B1"), cleared("an-id", vehicle="B1"))
        source.tell(arrived("another-id", vehicle="B2"))
        await screen.until_seen("another-id" if size == LARGE else "B2")
        assert ("Severity" in screen.text) is (size == LARGE)
        await screen.press("j", "enter", "end")
        await screen.until_seen("an-id")
        assert "✓ cleared" in screen.text and "▸ raised" in screen.text
        assert "G15 出口 (ramp, ramp-1)" in screen.text or size == SMALL  # it stands further up there
        await screen.press("k", "end")
        await screen.until_seen("another-id")
        await screen.press("escape")
        assert ("another-id" in screen.text) is (size == LARGE)
        assert screen.app._table.has_focus


@on_a_loop
async def test_rows_are_filtered_by_any_words() -> None:
    """As they are typed; Enter keeps the filter, Esc drops it, and letters are no keys meanwhile."""
    source = Told()
    async with shown(source) as screen:
        source.tell(*(arrived(f"a{k}", vehicle=f"QP{k}") for k in range(5)))
        await screen.until_seen("QP4")
        await screen.press("slash", *"qp3 RAMP")
        assert "QP3" in screen.text and "QP4" not in screen.text and "1 of 5" in screen.text
        await screen.press("enter")
        source.tell(arrived("b", vehicle="QP6"), arrived("c", vehicle="QP33"))
        await screen.until_seen("QP33")
        assert "QP6" not in screen.text and "2 of 7" in screen.text
        await screen.press("slash", "x")
        assert "No alert matches" in screen.text and "0 of 7" in screen.text
        await screen.press("escape")
        assert "QP6" in screen.text and "filter '" not in screen.text and screen.app._table.has_focus


@on_a_loop
async def test_a_pause_holds_what_is_shown() -> None:
    """What comes meanwhile is counted, and is there when it goes on."""
    source = Told()
    async with shown(source, SMALL) as screen:
        source.tell(arrived("a", vehicle="B1"))
        await screen.until_seen("B1")
        await screen.press("p")
        source.tell(*(arrived(f"b{k}", vehicle="B2") for k in range(7)), cleared("a", vehicle="B1"))
        await screen.until_seen("PAUSED: 7 held back")
        assert "B2" not in screen.text and "✓" not in screen.line("B1")
        await screen.press("p")
        assert "B2" in screen.text and "PAUSED" not in screen.text and "✓" in screen.line("B1")


@on_a_loop
async def test_everything_is_told_in_both_languages() -> None:
    """The key changes all words at once."""
    source = Told()
    async with shown(source, language="zh") as screen:
        source.tell(arrived("a"))
        await screen.until_seen("严重程度")
        assert "播报内容" in screen.text and "近 10 分钟" in screen.text and "接近路段" in screen.text
        await screen.press("l")
        for word in ("Sentence spoken", "last 10 min", "Severity", "approach", "filter", "connected"):
            await screen.until_seen(word)
        assert "接近路段" not in screen.text
        await screen.press("l")
        await screen.until_seen("播报内容")


@on_a_loop
async def test_it_is_dark_or_light() -> None:
    """At first dark."""
    async with shown(Told(), SMALL) as screen:
        assert screen.app.theme == DARK.name and "light" in screen.lines[-1]
        await screen.press("d")
        assert screen.app.theme == LIGHT.name and "dark" in screen.lines[-1]


@on_a_loop
async def test_the_help_tells_keys_signs_and_what_was_not_read() -> None:
    """Alerts go on coming meanwhile."""
    source = Told()
    async with shown(source) as screen:
        source.tell(Unreadable("alerts[3] offset 17", "[bold]no[/bold]"))
        await screen.until_seen("records not read: 1, last alerts[3] offset 17")
        await screen.press("question_mark")
        for word in ("Keys", "PgUp", "critical", "alerts[3] offset 17: [bold]no[/bold]"):
            assert word in screen.text
        source.tell(arrived("a", vehicle="B1"))
        await screen.until(lambda: screen.app._kept.newest)
        await screen.press("escape")
        await screen.until_seen("B1")
        assert screen.app.unreadable == 1


@pytest.mark.parametrize("size", [SMALL, LARGE])
@on_a_loop
async def test_text_of_the_topic_is_shown_as_it_is(size: tuple[int, int]) -> None:
    """It is no markup, and its control characters are taken away; nor is what is typed."""
    source = Told()
    async with shown(source, size) as screen:
        prompt = SAID.__class__("plain", "[red]x[/] \x1b[31m[/nope]", "zh", 3, SAID.speak_at, SAID.expires_at)
        source.tell(arrived("[b]", "[@click=app.quit]c[/]", vehicle="[u]B1[/]", driver="\x9b2J", prompt=prompt))
        await screen.until_seen("[u]B1[/]")
        assert "[red]x[/] ?[31m[/nope]" in screen.text
        await screen.press("slash", *"[u]", "enter")
        assert "filter '[u]': 1 of 1" in screen.text
        await screen.press("enter", "end")
        await screen.until_seen("[b]")
        assert all(line.isprintable() for line in screen.lines)


@pytest.mark.parametrize("size", [SMALL, LARGE])
@on_a_loop
async def test_a_broker_that_does_not_answer_is_told(size: tuple[int, int]) -> None:
    """With the time since when, until it answers again; what is left to read is told, too."""
    source = Told()
    async with shown(source, size) as screen:
        source.left = 1_234
        source.tell(arrived("a", vehicle="SIM-00001"))
        await screen.until_seen("connected, 1,234 behind")
        source.away = True
        await screen.until_seen("the broker does not answer since ")
        assert "SIMULATED" in screen.text
        source.away, source.left = False, 0
        await screen.until_seen("✓ connected")
        assert "does not answer" not in screen.text and "behind" not in screen.text


@on_a_loop
async def test_simulated_vehicles_are_called_so() -> None:
    """Only where there are any."""
    source = Told()
    async with shown(source, SMALL) as screen:
        source.tell(arrived("a", vehicle="B1"))
        await screen.until_seen("B1")
        assert "SIMULATED" not in screen.text
        source.tell(arrived("b", vehicle="SIM-00001"))
        await screen.until_seen("SIMULATED 模拟")


@on_a_loop
async def test_alerts_of_late_are_counted() -> None:
    """By kind, and with their rate; updates are none."""
    source = Told()
    async with shown(source) as screen:
        source.tell(*(arrived(f"a{k}", kind="speeding") for k in range(25)), cleared("a0", kind="speeding"))
        source.tell(arrived("b", kind="fatigue"), arrived("c", kind="flood"))
        await screen.until(lambda: "27" in screen.line("last 10 min"))
        assert screen.line("last 10 min").split()[3:9] == ["2.7", "27", "0", "25", "1", "1"]


@on_a_loop
async def test_the_chosen_alert_stays_where_it_is() -> None:
    """While newer ones come above it; at the top it is always the newest that is chosen."""
    source = Told()
    async with shown(source, SMALL) as screen:
        source.tell(*(arrived(f"a{k}", vehicle=f"A{k:03d}") for k in range(100)))
        await screen.until_seen("A099")
        assert screen.chosen == "A099"
        await screen.press(*["j"] * 30)
        line = screen.lines.index(screen.line("A069"))
        source.tell(*(arrived(f"b{k}", vehicle=f"B{k:03d}") for k in range(50)))
        await screen.until_seen("above (g)")
        await screen.until(lambda: screen.app._table.count == 150)
        assert screen.lines.index(screen.line("A069")) == line
        assert screen.chosen == "A069"
        await screen.press("g")
        assert screen.chosen == "B049" and "above" not in screen.text
        source.tell(arrived("c", vehicle="C000"))
        await screen.until_seen("C000")
        assert screen.chosen == "C000"
        await screen.press("G")
        assert "A000" in screen.text
        await screen.press("pageup")
        assert screen.chosen == "A017"


@on_a_loop
async def test_no_more_alerts_are_kept_than_said() -> None:
    """How many were left out is told, and the choice moves on to one that is there."""
    source = Told()
    async with shown(source, SMALL, most=10) as screen:
        source.tell(*(arrived(f"a{k}", vehicle=f"A{k}") for k in range(10)))
        await screen.until_seen("A9")
        await screen.press("G")
        source.tell(*(arrived(f"b{k}", vehicle=f"B{k}") for k in range(10)))
        await screen.until_seen("10 older left out")
        assert screen.app._table.count == 10 and screen.chosen == "B0"


@on_a_loop
async def test_a_row_can_be_chosen_by_the_mouse() -> None:
    """Its detail is shown."""
    source = Told()
    async with shown(source) as screen:
        source.tell(*(arrived(f"id-{k}", vehicle=f"A{k}") for k in range(5)))
        await screen.until_seen("A4")
        assert await screen.pilot.click("#list", offset=(5, 3))
        await screen.until_seen("id-2")
        await screen.pilot.click("#list", offset=(5, 30))
        assert "id-2" in screen.text


@on_a_loop
async def test_the_screen_follows_a_change_of_size() -> None:
    """The chosen alert stays in sight, and the detail beside it comes and goes."""
    source = Told()
    async with shown(source, LARGE) as screen:
        source.tell(*(arrived(f"a{k}", vehicle=f"A{k:03d}") for k in range(50)))
        await screen.until_seen("A049")
        await screen.press(*["j"] * 40)
        await screen.pilot.resize_terminal(*SMALL)
        await screen.pilot.pause()
        assert "A009" in screen.text and "Severity" not in screen.text and len(screen.lines) == 24
        await screen.pilot.resize_terminal(*LARGE)
        await screen.until_seen("Severity")
        assert "A009" in screen.text


@pytest.mark.parametrize("key", ["q", "ctrl+c"])
@on_a_loop
async def test_it_is_left_by_a_key(key: str) -> None:
    """And the reading ends."""
    source = Told()
    async with shown(source, SMALL) as screen:
        await screen.press(key)
    assert source.closed.wait(10) and screen.app.return_code == 0
