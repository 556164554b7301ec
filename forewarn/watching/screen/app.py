"""The application: what came is taken in some times a second, and keys change what is shown of it."""

from __future__ import annotations

import asyncio
import functools
import queue
import signal
import threading
from collections import deque
from collections.abc import Sequence
from typing import ClassVar, Final

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from forewarn.ending import TERMINATED
from forewarn.wall_clock import now_ms
from forewarn.watching.figures import Figures
from forewarn.watching.following import Gathered, Link, Source, follow
from forewarn.watching.kept import NEWEST, Entry, Kept, sought
from forewarn.watching.moments import Moments
from forewarn.watching.screen.alert_list import AlertList
from forewarn.watching.screen.help import Help
from forewarn.watching.screen.keys import BINDINGS as KEY_BINDINGS
from forewarn.watching.screen.look import DARK, LIGHT, THEMES
from forewarn.watching.screen.panes import Detail, FiguresStrip, KeyLine, TopBar
from forewarn.watching.topic import Arrived, Unreadable
from forewarn.watching.words import Words

TURN_S: Final = 0.2
CLOCK_S: Final = 1.0
WAITING: Final = 2
"""Batches that the reading may be ahead of the screen."""
TOLD: Final = 5
"""Records that could not be read and are named in the help."""
WIDE: Final = 120
"""Cells from which on table and detail stand side by side."""


class WatchApp(App[None]):
    """Alerts on the full screen of a terminal."""

    CSS_PATH = "app.tcss"
    TITLE = "Forewarn"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]  # noqa: RUF012  # mypy takes the base's for no ClassVar
    BINDINGS: ClassVar[list[BindingType]] = [*KEY_BINDINGS]

    def __init__(
        self,
        source: Source,
        kinds: Sequence[str],
        language: str,
        *,
        everything: bool = False,
        most: int = NEWEST,
        moments: Moments | None = None,
    ) -> None:
        """``kinds`` are those that figures tell apart; ``most`` alerts are kept; ``source`` is closed at the end."""
        super().__init__()
        self._source, self.words, self._moments = source, Words(language), moments or Moments()
        self._kept, self._figures = Kept(everything=everything, most=most), Figures(kinds)
        self._link = Link(now_ms())
        self._frozen: list[Entry] | None = None
        self._held = 0
        self._sought = ""
        self.unreadable = 0
        """Records that were no alerts."""
        self._unreadable: deque[Unreadable] = deque(maxlen=TOLD)
        self._gathered: queue.Queue[Gathered] = queue.Queue(WAITING)
        self._ended = threading.Event()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name
        # held here, since queries see the screen on top alone, which may be the help
        self._top, self._strip = TopBar(id="top"), FiguresStrip(id="figures")
        self._table, self._detail = AlertList(self.words, self._moments, id="list"), Detail(id="detail")
        self._status, self._keys = Static(id="status", markup=False), KeyLine(id="keys", markup=False)
        self._filter = Input(id="filter", select_on_focus=False)

    def compose(self) -> ComposeResult:
        """Lay it out."""
        yield self._top
        yield self._strip
        with Horizontal(id="main"):
            yield self._table
            yield self._detail
        yield self._status
        yield self._filter
        yield self._keys

    def on_mount(self) -> None:
        """Begin to read."""
        self._filter.display = False
        self._table.focus()
        self._draw()
        self.set_interval(TURN_S, self._turn)
        self.set_interval(CLOCK_S, self._draw_figures)
        self.run_worker(self._follow, thread=True, name="alerts")

    def on_unmount(self) -> None:
        """End the reading."""
        self._ended.set()

    def _follow(self) -> None:
        follow(self._source, self._hand_on, self._ended)

    def _hand_on(self, gathered: Gathered) -> None:
        while not self._ended.is_set():
            try:
                self._gathered.put(gathered, timeout=TURN_S)
            except queue.Full:
                continue
            return

    def _turn(self) -> None:
        """Take in what has come."""
        before = self._link, self.unreadable, self._kept.newest
        while not self._gathered.empty():
            self._take(self._gathered.get_nowait())
        if self._kept.newest is not before[2] and self._frozen is None:
            self._draw_list()
        if (self._link, self.unreadable, self._kept.newest) != before:
            self._draw_figures()
            self._draw_status()

    def _take(self, gathered: Gathered) -> None:
        self._link = gathered.link
        arrived = [one for one in gathered.records if isinstance(one, Arrived)]
        unreadable = [one for one in gathered.records if isinstance(one, Unreadable)]
        self.unreadable += len(unreadable)
        self._unreadable.extend(unreadable)
        new = self._kept.take(arrived)
        if self._frozen is not None:
            self._held += len(new)
        now = now_ms()
        for one in new:
            self._figures.count(one.alert.kind, one.received_ms, now)

    def _draw(self) -> None:
        """Draw everything, as after a change of the language."""
        self._filter.placeholder = self.words("filter.hint")
        self._draw_list()
        self._draw_figures()
        self._draw_status()
        self._keys.show(self.words, paused=self._frozen is not None, dark=self.theme == DARK.name)

    def _draw_list(self) -> None:
        self._table.words = self.words
        self._table.empty_note = self.words("list.none_found" if self._sought.strip() else "list.empty")
        self._table.show(sought(self._all, self._sought))
        self._draw_detail()

    def _draw_detail(self) -> None:
        self._detail.show(self.words, self._moments, self._table.chosen)

    def _draw_figures(self) -> None:
        now = now_ms()
        self._top.show(self.words, self._moments, self._link, self._kept.simulated, now)
        self._strip.show(self.words, self._figures, now)

    def _draw_status(self) -> None:
        words = self.words
        parts = [words("status.kept", n=f"{len(self._all):,}")]
        if self._frozen is not None:
            parts.insert(0, words("status.paused", n=f"{self._held:,}"))
        if self._sought.strip():
            parts.append(
                words("status.found", text=self._sought, n=f"{self._table.count:,}", all=f"{len(self._all):,}")
            )
        if self._kept.left_out:
            parts.append(words("status.left_out", n=f"{self._kept.left_out:,}"))
        if self._table.above:
            parts.append(words("status.above", n=f"{self._table.above:,}"))
        if self._unreadable:
            parts.append(words("status.unreadable", n=f"{self.unreadable:,}", place=self._unreadable[-1].place))
        self._status.update(Content(" | ".join(parts)))
        self._status.set_class(self._frozen is not None, "-paused")

    @property
    def _all(self) -> list[Entry]:
        return self._kept.newest if self._frozen is None else self._frozen

    def action_move(self, by: int) -> None:
        """Choose another alert."""
        self._table.move(by)
        self._moved()

    def action_move_to_newest(self) -> None:
        """Choose the newest, and go on doing so."""
        self._table.move_to(0)
        self._moved()

    def action_move_to_oldest(self) -> None:
        """Choose the oldest."""
        self._table.move_to(-1)
        self._moved()

    def on_alert_list_chosen(self) -> None:
        """Show what was chosen in the table itself."""
        self._moved()

    def _moved(self) -> None:
        self._draw_detail()
        self._draw_status()

    def action_detail(self) -> None:
        """Open the chosen alert; where there is room it is open always."""
        self.screen.add_class("-detail")
        self._detail.focus()

    def action_leave(self) -> None:
        """Leave the filter or the detail; from the table, drop the filter."""
        if self._filter.display:
            self._leave_filter()
        elif not self._table.has_focus:
            self._leave_detail()
            return
        if self._sought:
            self._seek("")

    def action_filter(self) -> None:
        """Ask for words."""
        self._leave_detail()
        self._filter.value, self._filter.display = self._sought, True
        self._filter.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter while it is typed."""
        if self._filter.display:
            self._seek(event.value)

    def on_input_submitted(self) -> None:
        """Keep the filter."""
        self._leave_filter()

    def _leave_detail(self) -> None:
        self.screen.remove_class("-detail")
        self._table.focus()

    def _leave_filter(self) -> None:
        self._filter.display = False
        self._table.focus()

    def _seek(self, text: str) -> None:
        self._sought = text
        self._draw_list()
        self._draw_status()

    def action_pause(self) -> None:
        """Hold what is shown as it is, or go on."""
        self._frozen, self._held = (self._kept.newest if self._frozen is None else None), 0
        self._draw()

    def action_language(self) -> None:
        """Go over to the other language."""
        self.words = self.words.other()
        self._draw()

    def action_theme(self) -> None:
        """Go over from dark to light, or back."""
        self.theme = LIGHT.name if self.theme == DARK.name else DARK.name
        self._draw()

    def action_help(self) -> None:
        """Show keys and signs."""
        self.push_screen(Help(self.words, tuple(self._unreadable)))


def run(app: WatchApp) -> int:
    """Run until it is left; returns the exit code: 143 where a SIGTERM ended it, which leaves the terminal in order."""

    async def running() -> None:
        end = functools.partial(app.exit, return_code=TERMINATED)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, end)
        await app.run_async()

    asyncio.run(running())
    return app.return_code or 0
