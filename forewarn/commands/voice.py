"""``forewarn voice``: which voices are there, what a recogniser hears of them, how packs are made."""

from __future__ import annotations

from typing import Final

import click

from forewarn.lazy import LazyGroup

SUBCOMMANDS: Final = {
    "list": "forewarn.commands.voice_list",
    "check": "forewarn.commands.voice_check",
    "render": "forewarn.commands.voice_render",
}
"""Name on the command line to module; every module has a ``command``."""


@click.group(cls=LazyGroup, table=SUBCOMMANDS, name="voice")
def command() -> None:
    """List the voices, listen to them with a recogniser, record a clip pack."""
