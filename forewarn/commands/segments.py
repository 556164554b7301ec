"""``forewarn segments``: mine, check, show and publish segment files. A thin table of its sub-commands."""

from __future__ import annotations

from typing import Final

import click

from forewarn.lazy import LazyGroup

SUBCOMMANDS: Final = {
    "import-osm": "forewarn.commands.segments_import",
    "check": "forewarn.commands.segments_check",
    "show": "forewarn.commands.segments_show",
    "learn": "forewarn.commands.segments_learn",
    "publish": "forewarn.commands.segments_publish",
}
"""Name on the command line to module; every module has a ``command``."""


@click.group(cls=LazyGroup, table=SUBCOMMANDS, name="segments")
def command() -> None:
    """Mine, check, show and publish the accident-prone places of a map."""
