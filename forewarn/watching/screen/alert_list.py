"""The table of alerts, newest first.

It draws the lines in sight straight from the list of alerts. Textual's own table takes new rows at its end alone and
lays out every cell: sorting it anew five times a second would cost more than the reading.
"""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from forewarn.watching.columns import GAP, SEVERITY_SIGNS, Cells, Column, laid_out, weight
from forewarn.watching.kept import Entry
from forewarn.watching.moments import Moments
from forewarn.watching.words import Words


class AlertList(ScrollView, can_focus=True):
    """A title line, and one line an alert; one of them is chosen, at first and at the top always the newest."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "list--title",
        "list--plain",
        "list--strong",
        "list--withdrawn",
        "list--chosen",
        *(f"list--{severity}" for severity in SEVERITY_SIGNS),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "app.move(1)", show=False),
        Binding("up", "app.move(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("home", "app.move_to_newest", show=False),
        Binding("end", "app.move_to_oldest", show=False),
    ]

    class Chosen(Message):
        """Another alert was chosen here, by the mouse or a page at a time."""

    def __init__(self, words: Words, moments: Moments, id: str) -> None:
        """Show nothing yet."""
        super().__init__(id=id)
        self.words, self._moments = words, moments
        self.empty_note = ""
        """What stands there where there is no alert."""
        self._entries: list[Entry] = []
        self._index = 0
        self._chosen: str | None = None  # none: the newest, whichever that is

    @property
    def chosen(self) -> Entry | None:
        """The chosen alert, None where there is none at all."""
        return self._entries[self._index] if self._entries else None

    @property
    def count(self) -> int:
        """How many alerts there are."""
        return len(self._entries)

    @property
    def above(self) -> int:
        """How many alerts are out of sight above."""
        return round(self.scroll_y)

    def show(self, entries: list[Entry]) -> None:
        """Show other alerts; what is chosen stays chosen, and stays where it is on the screen."""
        top = round(self.scroll_y)
        anchored = self._chosen is not None or top > 0
        before = self._index if self._chosen is not None else min(top, len(self._entries) - 1)
        anchor = self._entries[before].alert.id if anchored and self._entries else None
        self._entries = entries
        at = {entry.alert.id: k for k, entry in enumerate(entries)} if anchor is not None else {}
        self._index = 0
        if self._chosen is not None:
            self._index = max(0, min(at.get(self._chosen, before), len(entries) - 1))
            self._chosen = entries[self._index].alert.id if entries else None
        self.virtual_size = Size(self.size.width, len(entries) + 1)
        if anchor in at:
            self._scroll(top + at[anchor] - before)
        self.refresh()

    def move(self, by: int) -> None:
        """Choose the alert so many lines below; at the top the newest stays chosen from then on."""
        if self._entries:
            self._choose(max(0, min(self._index + by, len(self._entries) - 1)))

    def move_to(self, index: int) -> None:
        """Choose an alert by its line; -1 is the oldest."""
        if self._entries:
            self._choose(range(len(self._entries))[index])

    def action_page(self, direction: int) -> None:
        """Move by as many lines as are in sight."""
        self.move(direction * self._lines)
        self.post_message(self.Chosen())

    @property
    def _lines(self) -> int:
        return max(1, self.size.height - 1)

    def _choose(self, index: int) -> None:
        self._index = index
        self._chosen = self._entries[index].alert.id if index else None
        top = round(self.scroll_y)
        if not top <= index < top + self._lines:
            self._scroll(index if index < top else index - self._lines + 1)
        self.refresh()

    def _scroll(self, top: int) -> None:
        self.scroll_to(y=max(0, top), animate=False, immediate=True, force=True)

    def on_resize(self, event: events.Resize) -> None:
        """Keep the chosen line in sight."""
        self.virtual_size = Size(event.size.width, len(self._entries) + 1)
        if self._entries:
            self._choose(self._index)

    def on_click(self, event: events.Click) -> None:
        """Choose the line that was clicked."""
        index = round(self.scroll_y) + event.y - 1
        if event.y > 0 and index < len(self._entries):
            self._choose(index)
            self.post_message(self.Chosen())

    def render_line(self, y: int) -> Strip:
        """Return one line of what is in sight."""
        width = self.size.width
        laid = laid_out(width)
        if y == 0:
            style = self.get_component_rich_style("list--title")
            return self._strip([(self.words(f"column.{column.name}"), style) for column, _ in laid], laid, style)
        index = round(self.scroll_y) + y - 1
        if index < len(self._entries):
            entry = self._entries[index]
            ground = self.get_component_rich_style("list--chosen", partial=True) if index == self._index else Style()
            told = Cells(self.words, self._moments)
            cells = [(column.text(told, entry), self._style(column, entry)) for column, _ in laid]
            return self._strip([(text, style + ground) for text, style in cells], laid, self.rich_style + ground)
        note = self.empty_note if not self._entries and y == 2 else ""
        return Strip(
            [Segment(set_cell_size(f"  {note}", width), self.get_component_rich_style("list--withdrawn"))], width
        )

    def _style(self, column: Column, entry: Entry) -> Style:
        """Return colour by weight while there is something to expect, then only that of the priority."""
        state = entry.alert.state
        name = "list--plain"
        if state == "withdrawn":
            name = "list--withdrawn"
        elif column.name == "priority" or (column.name == "kind" and state != "cleared"):
            name = f"list--{weight(entry)}"
        elif column.name in ("vehicle", "sentence") and state != "cleared":
            name = "list--strong"
        style = self.get_component_rich_style(name)
        struck = state == "withdrawn" and column.name == "sentence"
        return style + Style(strike=True) if struck else style

    def _strip(self, cells: list[tuple[str, Style]], laid: list[tuple[Column, int]], ground: Style) -> Strip:
        segments: list[Segment] = []
        for (text, style), (_, width) in zip(cells, laid, strict=True):
            if segments:
                segments.append(Segment(" " * GAP, ground))
            shown = text if cell_len(text) <= width else set_cell_size(text, width)
            segments += [Segment(shown, style), Segment(" " * (width - cell_len(shown)), ground)]
        return Strip(segments).crop(0, self.size.width)
