"""The summary of a replay as a person reads it."""

from __future__ import annotations

from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from forewarn.cleaning import clean
from forewarn.replay import Tally

MOST_REPEATERS: Final = 10
"""Repeaters that are listed; the JSON summary has all."""


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {n:,}" for name, n in counts.items()) or "none"


def print_summary(summary: dict[str, Any], tally: Tally, out: Console) -> None:
    """Print what was read, left out, passed, said and found, and whoever offends again and again."""
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    period = f", {summary['from'][:16]}Z to {summary['to'][:16]}Z".replace("T", " ") if summary["from"] else ""
    table.add_row("fixes", f"{summary['fixes']:,} of {summary['vehicles']:,} vehicles{period}")
    table.add_row("left out", _counts(summary["rejected"]))
    for reason, reject in tally.examples.items():
        place = f"{reject.source}:{reject.line}" if reject.line else reject.source
        table.add_row("", Text(f"{reason}: {clean(place)}: {clean(reject.detail)}", style="dim"))
    if summary["speeds_doubted"]:
        table.add_row("not believed", _counts(summary["speeds_doubted"]))
    warned = sum(summary["passages_warned"].values())
    table.add_row("passages", f"{_counts(summary['passages'])}; in {warned:,} the driver was warned")
    shared = f"; {summary['shared']:,} further places told in them" if summary["shared"] else ""
    table.add_row("prompts", _counts(summary["prompts"]) + shared)
    table.add_row("not spoken", f"{_counts(summary['without_prompt'])}; withdrawn {summary['withdrawn']:,}")
    table.add_row("episodes", _counts(summary["episodes"]))
    repeaters = summary["repeaters"]
    often = [r for r in repeaters if max(r["ignored"], r["broken"]) > 1]
    table.add_row("repeaters", f"{len(often):,}")
    for r in sorted(often, key=lambda r: -max(r["ignored"], r["broken"]))[:MOST_REPEATERS]:
        who = clean(r["vehicle"]) + (f" ({clean(r['driver'])})" if r["driver"] else "")
        table.add_row(
            "", f"{who}: {clean(r['name'])}: warning ignored {r['ignored']}, limit broken {r['broken']} times"
        )
    table.add_row(
        "rules", f"{summary['profile']}; {summary['segments']['count']:,} segments of {summary['segments']['file']}"
    )
    for note in summary["notes"]:
        table.add_row("note", clean(note))
    out.print(table)
