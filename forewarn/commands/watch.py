"""``forewarn watch``: the topic of alerts as lines that a person reads, as they come."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec

from alerts.engine import Records
from alerts.record import Alert
from alerts.rules import RULES
from forewarn.cleaning import clean
from forewarn.printing import console
from forewarn.replay import SIMULATED
from forewarn.simulate import is_simulated
from forewarn.sinks.terminal import TerminalLines
from forewarn.worker.options import config_option, stream_of
from forewarn.worker.tail import Tail


class Wanted:
    """What is to be shown."""

    def __init__(self, given: dict[str, Any]) -> None:
        """Take the options; an option that is not given lets everything through."""
        self._kinds, self._segments = set(given["kind"]), set(given["segment"])
        self._vehicles, self._carriers = set(given["vehicle"]), set(given["carrier"])
        self._carrier_of: dict[str, str | None] = {}

    @property
    def by_carrier(self) -> bool:
        """Tell whether the register is needed."""
        return bool(self._carriers)

    def know(self, records: list[Any]) -> None:
        """Take in entries of the register; one that cannot be read says nothing of the carrier."""
        for record in records:
            try:
                row = msgspec.json.decode(record.value) if record.value is not None else {}
                carrier = row.get("carrier")
            except (msgspec.DecodeError, AttributeError):
                carrier = None
            self._carrier_of[(record.key or b"").decode("utf-8", "replace")] = carrier

    def __call__(self, alert: Alert) -> bool:
        """Tell whether the alert is to be shown."""
        segment = alert.segment
        return (
            (not self._kinds or alert.kind in self._kinds)
            and (not self._vehicles or alert.vehicle in self._vehicles)
            and (not self._segments or (segment is not None and bool({segment.id, segment.name} & self._segments)))
            and (not self._carriers or self._carrier_of.get(alert.vehicle) in self._carriers)
        )


@click.command()
@config_option
@click.option(
    "--kind", multiple=True, type=click.Choice([rule.NAME for rule in RULES]), help="Only alerts of this kind."
)
@click.option("--segment", multiple=True, help="Only alerts of this segment, by id or name.")
@click.option("--vehicle", multiple=True, help="Only alerts of this vehicle.")
@click.option("--carrier", multiple=True, help="Only alerts of vehicles of this carrier, as the register has it.")
@click.option("--from-beginning", is_flag=True, help="Begin with the oldest alert that is kept.")
@click.option("--until-now", is_flag=True, help="End where the topic ends now; with --from-beginning.")
@click.option("--all", "everything", is_flag=True, help="Also alerts that carry no sentence.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, as on the topic.")
def command(config: Path | None, **given: Any) -> int:
    """Print alerts as they come, until Ctrl-C. Filters of one option add up, those of different ones narrow down.

    \b
    Examples:
      forewarn watch
      forewarn watch --kind speeding --carrier "Harbour Haulage"
      forewarn watch --from-beginning --until-now --json > alerts.jsonl

    Exit codes: 0 done; 1 done, and some records could not be read; 2 bad configuration, or no broker reached;
    130 interrupted.
    """
    out, err = console(), console(stderr=True)
    wanted = Wanted(given)
    with stream_of(config) as (settings, client):
        register = Tail(client, settings.topics.vehicles) if wanted.by_carrier else None
        tail = Tail(client, settings.topics.alerts, at_end=not given["from_beginning"])
        if register is not None:
            wanted.know(register.up_to_now())
    decoder = msgspec.json.Decoder(Alert)
    lines = TerminalLines(out, everything=given["everything"])
    bad = 0
    simulated = False
    for record in _records(tail, register, wanted, given["until_now"]):
        try:
            alert = decoder.decode(record.value or b"")
        except msgspec.DecodeError as error:
            bad += 1
            err.print(f"{record.topic}[{record.partition}] offset {record.offset}: no alert: {clean(str(error))}")
            continue
        if not wanted(alert):
            continue
        if not simulated and is_simulated([alert.vehicle]):
            simulated = True
            err.print(f"note: {SIMULATED}", style="yellow")
        if given["as_json"]:
            sys.stdout.buffer.write(record.value + b"\n")
            sys.stdout.buffer.flush()
        else:
            lines.add(Records([alert], []))
    return 1 if bad else 0


def _records(tail: Tail, register: Tail | None, wanted: Wanted, until_now: bool) -> Iterator[Any]:
    """Yield the records of the alerts topic, those that stand there now by their time."""
    if until_now:
        yield from sorted(tail.up_to_now(), key=lambda record: record.timestamp)
        return
    while True:
        yield from tail.new(500)
        if register is not None:
            wanted.know(register.new())
