"""The help: keys and signs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from rich.cells import set_cell_size
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from forewarn.watching.columns import NONE, SEVERITY_SIGNS, STATE_SIGNS
from forewarn.watching.screen.keys import KEYS
from forewarn.watching.topic import Unreadable
from forewarn.watching.words import Words


class Help(ModalScreen[None]):
    """What can be pressed, what the signs mean, and which records could not be read."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,question_mark,q,enter", "dismiss", show=False)]

    def __init__(self, words: Words, unreadable: Sequence[Unreadable]) -> None:
        """``unreadable`` are the last few."""
        super().__init__()
        self._words, self._unreadable = words, unreadable

    def compose(self) -> ComposeResult:
        """Lay it out."""
        with VerticalScroll():
            yield Static(Content("\n").join(self._lines()), markup=False)

    def _lines(self) -> Iterator[Content]:
        words = self._words
        yield Content.styled(words("help.keys"), "bold")
        for key in KEYS:
            yield _line(key.shown, words(key.word))
        yield _line("PgUp PgDn", words("help.page"))
        yield Content("")
        yield Content.styled(words("help.signs"), "bold")
        for state, sign in STATE_SIGNS.items():
            yield _line(sign, words.code("state", state))
        for severity, sign in SEVERITY_SIGNS.items():
            yield _line(sign or NONE, words.code("severity", severity))
        yield _line("1 2 3 ..", words("help.priority"))
        if self._unreadable:
            yield Content("")
            yield Content.styled(words("help.records"), "bold")
            for one in self._unreadable:
                yield Content(f"{one.place}: {one.why}")


def _line(sign: str, meaning: str) -> Content:
    return Content.assemble((set_cell_size(f" {sign}", 12), "bold $primary"), meaning)
