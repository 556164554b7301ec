"""``forewarn topics``: the topics of the stream. A thin table of its sub-commands."""

from __future__ import annotations

from typing import Final

import click

from forewarn.lazy import LazyGroup

SUBCOMMANDS: Final = {"create": "forewarn.commands.topics_create"}
"""Name on the command line to module; every module has a ``command``."""


@click.group(cls=LazyGroup, table=SUBCOMMANDS, name="topics")
def command() -> None:
    """Make the topics on which positions come in and alerts go out."""
