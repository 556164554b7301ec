"""The keys: one table for the bindings, the line at the bottom and the help."""

from __future__ import annotations

from typing import Final, NamedTuple

from textual.binding import Binding


class Key(NamedTuple):
    """What one key does."""

    keys: str
    """As Textual calls them, with commas between."""
    shown: str
    """As a person reads it."""
    action: str
    """A method of the application, without ``action_``."""
    word: str
    """Its name in the table of words."""
    at_bottom: bool = True
    """Whether the line at the bottom has room for it."""


KEYS: Final = (
    Key("j", "j", "move(1)", "key.down", at_bottom=False),
    Key("k", "k", "move(-1)", "key.up", at_bottom=False),
    Key("g", "g", "move_to_newest", "key.first", at_bottom=False),
    Key("G", "G", "move_to_oldest", "key.last", at_bottom=False),
    Key("enter", "Enter", "detail", "key.detail"),
    Key("escape", "Esc", "leave", "key.back", at_bottom=False),
    Key("slash", "/", "filter", "key.filter"),
    Key("p", "p", "pause", "key.pause"),
    Key("l", "l", "language", "key.language"),
    Key("d", "d", "theme", "help.theme"),
    Key("question_mark", "?", "help", "key.help"),
    Key("q,ctrl+c,ctrl+q", "q", "quit", "key.quit"),
)
BINDINGS: Final = [Binding(key.keys, key.action, show=False) for key in KEYS]
