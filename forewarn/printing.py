"""The two streams of a command: results on standard output, everything else on standard error."""

from __future__ import annotations

from typing import Final

from rich.console import Console

WIDTH: Final = 140
"""Columns where no terminal says how many it has: files and pipes are not cut at 80."""


def console(*, stderr: bool = False) -> Console:
    """Return a console that colours only on a terminal and takes no word of the data for markup."""
    probe = Console(stderr=stderr)
    width = None if probe.is_terminal else WIDTH
    return Console(stderr=stderr, highlight=False, markup=False, emoji=False, width=width)
