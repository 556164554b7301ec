"""The command line: a thin, lazy table of commands, and the meaning of exit codes."""

from __future__ import annotations

import os
import sys

import click

from forewarn.commands import COMMANDS, ONE_THREAD
from forewarn.compiled import use_cache
from forewarn.ending import terminated_in_order
from forewarn.lazy import LazyGroup


class CachedGroup(LazyGroup):
    """The commands, with the place where compiled rules are kept settled before any module is imported."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return the command of that name; None where there is none."""
        use_cache()
        if cmd_name in ONE_THREAD:
            os.environ.setdefault("POLARS_MAX_THREADS", "1")
        return super().get_command(ctx, cmd_name)


@click.group(cls=CachedGroup, table=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="forewarn")
def forewarn() -> None:
    """Speak to a driver before an accident-prone stretch of road.

    \b
    Start here:
      forewarn demo                                     a simulated fleet over the sample's real roads
      forewarn segments import-osm MAP -o my.geojson    mine the accident-prone places of a map
      forewarn replay DRIVE.csv --segments my.geojson   hear what a real drive would have heard
      forewarn evaluate DRIVE.csv --map MAP             was it early, and right? (--truth, or the extra judge)

    \b
    Exit codes: 0 done; 1 done, and faults found; 2 wrong use, bad configuration or nothing usable;
    3 something needed is not installed; 130 interrupted, 143 terminated, files valid.
    """


@terminated_in_order()
def main() -> None:
    """Run the command line; Ctrl-C ends with 130, a SIGTERM with 143."""
    try:
        sys.exit(forewarn.main(standalone_mode=False) or 0)
    except click.exceptions.Abort:
        click.echo("interrupted; what was written is valid", err=True)
        sys.exit(130)
    except click.ClickException as error:
        from forewarn.cleaning import clean  # here, since only a fault needs it

        # a message may quote a name or a line of a file that others wrote
        message = "\n".join(clean(line) for line in error.format_message().split("\n"))
        shown = click.UsageError(message, getattr(error, "ctx", None))
        shown.show()
        sys.exit(error.exit_code)
