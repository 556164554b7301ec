"""Options that several commands share: how files of positions are to be read, and a replay's plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from forewarn.replay import Plan
from geofence.datum import TO_WGS84
from ingest.errors import BadOption
from ingest.files.options import DATUMS, ReadOptions

F = TypeVar("F", bound=Callable[..., Any])


def reading_options(command: F, columns_flag: str = "--map") -> F:
    """Add the options that say what a file cannot say about itself.

    Where ``--map`` names a map of roads, the columns are told by another flag.
    """
    for option in reversed(
        (
            click.option(
                columns_flag, "mapping", metavar="FIELD=COLUMN,...", help="Columns, such as lon=LNG,time=GPS_TIME."
            ),
            click.option("--tz", default="UTC", show_default=True, help="Zone of times that carry none."),
            click.option(
                "--datum",
                "datum_name",
                type=click.Choice(DATUMS),
                default="wgs84",
                show_default=True,
                help="Datum of the positions.",
            ),
            click.option("--speed-unit", help="Unit of speeds whose header names none: km/h, m/s, mph or knots."),
            click.option("--time-format", help="strptime pattern of times of an unusual form."),
            click.option("--format", "file_format", help="Format of the files, where their content is not to tell."),
            click.option(
                "--point-interval",
                type=float,
                default=15.0,
                show_default=True,
                help="Seconds between points of polylines.",
            ),
        )
    ):
        command = option(command)
    return command


def reading_options_beside_map(command: F) -> F:
    """Add the same options to a command whose ``--map`` is a map of roads: columns are told by ``--columns``."""
    return reading_options(command, "--columns")


def read_options(given: dict[str, Any]) -> ReadOptions:
    """Return the reading options of a command line. Raises BadOption naming what makes no sense."""
    name = given["datum_name"]
    return ReadOptions(
        mapping=column_mapping(given["mapping"], "--map (--columns beside a map of roads)"),
        tz=given["tz"],
        time_format=given["time_format"],
        speed_unit=given["speed_unit"],
        datum=name,
        to_wgs84=None if name == "wgs84" else TO_WGS84[name],
        format=given["file_format"],
        point_interval_s=given["point_interval"],
    )


def column_mapping(text: str | None, flag: str) -> dict[str, str]:
    """Return ``field=column,...`` as a mapping; ``flag`` names the option. Raises BadOption."""
    mapping: dict[str, str] = {}
    for part in filter(None, (text or "").split(",")):
        field, found, column = part.partition("=")
        if not found or not column:
            raise BadOption(f"{flag} takes field=column pairs, not '{part}'")
        mapping[field.strip()] = column.strip()
    return mapping


def replay_plan(files: Sequence[Path], given: dict[str, Any], segments: Path) -> Plan:
    """Return the plan of a replay from a command line's options. Raises BadOption."""
    return Plan(
        files=files,
        segments=segments,
        profile=given["profile"],
        vehicle_class=given["vehicle_class"],
        language=given["language"],
        register=given["vehicles"],
        options=read_options(given),
        delay_s=given["delay_s"],
    )
