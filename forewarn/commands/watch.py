"""``forewarn watch``: the topic of alerts as lines that a person reads, as they come, or on a full screen."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from alerts.engine import Records
from alerts.rules import RULES
from forewarn.printing import console
from forewarn.replay import SIMULATED
from forewarn.simulate import is_simulated
from forewarn.sinks.terminal import TerminalLines
from forewarn.watching.topic import AlertsTopic, Arrived, Unreadable
from forewarn.watching.wanted import Wanted
from forewarn.watching.words import language_of
from forewarn.worker.options import config_option, stream_of

KINDS = tuple(rule.NAME for rule in RULES)


@click.command()
@config_option
@click.option("--kind", multiple=True, type=click.Choice(KINDS), help="Only alerts of this kind.")
@click.option("--segment", multiple=True, help="Only alerts of this segment, by id or name.")
@click.option("--vehicle", multiple=True, help="Only alerts of this vehicle.")
@click.option("--carrier", multiple=True, help="Only alerts of vehicles of this carrier, as the register has it.")
@click.option("--from-beginning", is_flag=True, help="Begin with the oldest alert that is kept.")
@click.option("--until-now", is_flag=True, help="End where the topic ends now; with --from-beginning.")
@click.option("--all", "everything", is_flag=True, help="Also alerts that carry no sentence.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, as on the topic.")
@click.option(
    "--full-screen",
    is_flag=True,
    help="On a terminal: a table of the newest alerts, figures, and one alert in full; '?' tells the keys.",
)
def command(config: Path | None, full_screen: bool, **given: Any) -> int:
    """Print alerts as they come, until Ctrl-C. Filters of one option add up, those of different ones narrow down.

    \b
    Examples:
      forewarn watch
      forewarn watch --full-screen
      forewarn watch --kind speeding --carrier "Harbour Haulage"
      forewarn watch --from-beginning --until-now --json > alerts.jsonl

    Exit codes: 0 done; 1 done, and some records could not be read; 2 bad configuration, no broker reached, or no
    terminal for --full-screen; 130 interrupted.
    """
    if full_screen:
        _refuse(given)
    wanted = Wanted(given)
    with stream_of(config) as (settings, client):
        topic = AlertsTopic(
            client, settings.topics, wanted, from_beginning=given["from_beginning"], carriers=full_screen
        )
    return _on_screen(topic, given) if full_screen else _as_lines(topic, given)


def _refuse(given: dict[str, Any]) -> None:
    """Refuse what a full screen cannot be; raises UsageError."""
    for name, value in (("--json", given["as_json"]), ("--until-now", given["until_now"])):
        if value:
            raise click.UsageError(f"--full-screen and {name} exclude each other")
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.UsageError("--full-screen needs a terminal: standard input or output is none")


def _on_screen(topic: AlertsTopic, given: dict[str, Any]) -> int:
    from forewarn.watching.screen.app import WatchApp, run  # here, since nothing else needs Textual

    app = WatchApp(topic, KINDS, language_of(), everything=given["everything"])
    return run(app) or (1 if app.unreadable else 0)


def _as_lines(topic: AlertsTopic, given: dict[str, Any]) -> int:
    out, err = console(), console(stderr=True)
    lines = TerminalLines(out, everything=given["everything"])
    bad = 0
    simulated = False
    for one in _records(topic, given["until_now"]):
        if isinstance(one, Unreadable):
            bad += 1
            err.print(f"{one.place}: no alert: {one.why}")
            continue
        if not simulated and is_simulated([one.alert.vehicle]):
            simulated = True
            err.print(f"note: {SIMULATED}", style="yellow")
        if given["as_json"]:
            sys.stdout.buffer.write(one.value + b"\n")
            sys.stdout.buffer.flush()
        else:
            lines.add(Records([one.alert], []))
    return 1 if bad else 0


def _records(topic: AlertsTopic, until_now: bool) -> Iterator[Arrived | Unreadable]:
    """Yield what comes, or what stands on the topic now."""
    if until_now:
        yield from topic.up_to_now()
        return
    while True:
        yield from topic.new(500)
