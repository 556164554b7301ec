"""``forewarn segments``: mine, check and show segment files. A thin, lazy table of its sub-commands."""

from __future__ import annotations

import importlib
from typing import Final

import click

SUBCOMMANDS: Final = {
    "import-osm": "forewarn.commands.segments_import",
    "check": "forewarn.commands.segments_check",
    "show": "forewarn.commands.segments_show",
    "learn": "forewarn.commands.segments_learn",
}
"""Name on the command line to module; every module has a ``command``."""


class LazyGroup(click.Group):
    """A group that imports a sub-command's module only when that sub-command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Return the names in the order of the table."""
        return list(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return the sub-command of that name; None where there is none."""
        module = SUBCOMMANDS.get(cmd_name)
        if module is None:
            return None
        command = importlib.import_module(module).command
        assert isinstance(command, click.Command)  # noqa: S101  # a mistake in the table, not in the input
        return command


@click.group(cls=LazyGroup, name="segments")
def command() -> None:
    """Mine, check and show the accident-prone places of a map."""
