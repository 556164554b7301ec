"""``forewarn vehicles``: the register of vehicles. A thin table of its sub-commands."""

from __future__ import annotations

from typing import Final

import click

from forewarn.lazy import LazyGroup

SUBCOMMANDS: Final = {"publish": "forewarn.commands.vehicles_publish"}
"""Name on the command line to module; every module has a ``command``."""


@click.group(cls=LazyGroup, table=SUBCOMMANDS, name="vehicles")
def command() -> None:
    """Publish the register of vehicles."""
