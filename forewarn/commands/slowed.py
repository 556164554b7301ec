"""``forewarn slowed``: did drivers slow down where they were warned."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console
from rich.table import Table

from forewarn.cleaning import clean
from forewarn.printing import console
from forewarn.records import Alert, BadLines, Outcome, Passage, RecordsError, read_records, seconds
from forewarn.simulate import PREFIX
from forewarn.slowed.arms import ARMS, BEFORE, FAILED, SPOKEN, Arms, Gathering, by_alert, first_speeds
from forewarn.slowed.effect import (
    CONFIDENCE,
    DRAWS,
    LEAST_PASSAGES,
    LEAST_VEHICLES,
    LIKE_KMH,
    Compared,
    Effect,
    compare,
)
from forewarn.slowed.speeds import Speeds, speeds_of

FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
MOST_SEGMENTS: Final = 20
"""Segments that are listed; the JSON has all."""
AGAINST: Final = {FAILED: "whose prompt failed", BEFORE: "before the introduction"}
CAUTION: Final = {
    FAILED: "prompts may fail where or when driving differs, such as in poor coverage",
    BEFORE: "before and after may differ in more than the warning, such as season, traffic or vehicles",
}

LATEST: Final = "mind: the approach speed is that at the latest prompt; with --alerts it is that at the first"


@click.command("slowed")
@click.argument("passages", nargs=-1, required=True, type=FILE)
@click.option("--outcomes", multiple=True, type=FILE, help="What became of the prompts, as JSON lines.")
@click.option("--before", multiple=True, type=FILE, help="Passages from before the introduction (a replay's).")
@click.option("--introduced", metavar="TIME", help="PASSAGES entered before this are from before the introduction.")
@click.option("--alerts", multiple=True, type=FILE, help="Alerts of all passages: speeds at the first prompt, limits.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, with every segment.")
def command(passages: tuple[Path, ...], **given: Any) -> int:
    """Tell whether drivers entered slower where a prompt was spoken, from PASSAGES and outcomes.

    Passages whose prompt was spoken before the entry are held against passages of the same segment, approached at a
    like speed, whose prompt failed, or which were before the introduction. Where no outcome says that anything was
    spoken, as in a replay of history, it prints the speeds and no difference. The files are those that forewarn
    replay writes by --passages, --out (alerts) and --speak --outcomes.

    \b
    Examples:
      forewarn slowed passages.jsonl --outcomes outcomes.jsonl --alerts alerts.jsonl
      forewarn slowed passages.jsonl --outcomes outcomes.jsonl --before replay-of-last-year.jsonl
      forewarn slowed passages.jsonl --alerts alerts.jsonl          (speeds only)

    Exit codes: 0 done; 2 wrong use or nothing usable.
    """
    out, err = console(), console(stderr=True)
    bad = BadLines()
    try:
        introduced_s = _moment(given["introduced"])
        outcomes = by_alert(read_records(given["outcomes"], Outcome, bad))
        after = list(read_records(passages, Passage, bad))
        earlier = list(read_records(given["before"], Passage, bad))
        alerts = [one for one in read_records(given["alerts"], Alert, bad) if one.kind == "approach"]
    except RecordsError as error:
        raise click.UsageError(str(error)) from error
    if not after:
        raise click.UsageError("PASSAGES hold no passage")
    simulated = _simulated([*after, *earlier])
    limits = {one.segment.id: one.limit_kmh for one in alerts if one.segment is not None and one.limit_kmh is not None}
    gathering = Gathering(outcomes, introduced_s, first_speeds(alerts) if given["alerts"] else None)
    gathering.add(after)
    gathering.add(earlier, before=True)
    arms = gathering.arms()
    against = [arm for arm in AGAINST if (arms.arm == arm).any()]
    compared = {arm: compare(arms, arm) for arm in against} if (arms.arm == SPOKEN).any() else {}
    speeds = speeds_of(after, limits)
    for text in bad.examples:
        err.print(f"no record: {clean(text)}", soft_wrap=True)
    if given["as_json"]:
        whole = _content(arms, compared, speeds, simulated=simulated, first=bool(given["alerts"]), bad=bad)
        click.echo(json.dumps(whole, ensure_ascii=False))
        return 0
    if simulated:
        out.print(
            "SIMULATED 模拟: invented vehicles; this says how the simulator drives, not how people do", style="bold"
        )
    for arm, found in compared.items():
        _print_compared(out, arms, arm, found, first=bool(given["alerts"]))
    if not compared:
        _print_why_not(out, arms)
        _print_speeds(out, speeds)
    for reason, n in arms.left_out.most_common():
        err.print(f"{n:>7,} passages not compared: {reason}", soft_wrap=True)
    return 0


def _moment(text: str | None) -> float | None:
    at_s = seconds(text)
    if text is not None and at_s is None:
        raise click.BadParameter(f"{text}: not a time in ISO 8601", param_hint="--introduced")
    return at_s


def _simulated(passages: list[Passage]) -> bool:
    """Tell whether all are simulated. Raises UsageError where simulated and real ones are mixed."""
    kinds = {one.vehicle.startswith(PREFIX) for one in passages}
    if len(kinds) > 1:
        raise click.UsageError("simulated and real vehicles are mixed: what one does says nothing of the other")
    return True in kinds


def _content(
    arms: Arms, compared: dict[int, Compared], speeds: list[Speeds], *, simulated: bool, first: bool, bad: BadLines
) -> dict[str, Any]:
    return {
        "simulated": simulated,
        "warned": bool((arms.arm == SPOKEN).any()),
        "method": {
            "like_kmh": LIKE_KMH,
            "approach_speed": "at the first prompt" if first else "at the latest prompt",
            "confidence": CONFIDENCE,
            "interval": "percentile bootstrap over vehicles",
            "draws": DRAWS,
        },
        "compared": {
            ARMS[arm]: {
                "effects": [asdict(one) for one in found.effects],
                "unmatched_spoken": found.unmatched_spoken,
                "unmatched_others": found.unmatched_others,
            }
            for arm, found in compared.items()
        },
        "speeds": [asdict(one) for one in speeds],
        "not_compared": dict(arms.left_out.most_common()),
        "bad_lines": dict(bad.count),
    }


def _print_compared(out: Console, arms: Arms, arm: int, found: Compared, *, first: bool) -> None:
    names = {one.id: one.name for one in arms.segments}
    out.print(f"spoken, against passages of like approach speed at the same place {AGAINST[arm]}", style="bold")
    table = Table("", "spoken", "others", "approach km/h", "entry km/h", "entered", "95 %", box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
        column.no_wrap = True
    single = [one for one in found.effects if one.level == "segment"]
    wide = [one for one in found.effects if one.level != "segment"]
    told = [one for one in single if one.difference_kmh is not None]
    for one in [*wide, *told[:MOST_SEGMENTS]]:
        table.add_row(*_row(one, clean(names[one.name] if one.level == "segment" else one.name.replace("_", " "))))
    if found.effects:
        out.print(table)
    more = f"; {len(told) - MOST_SEGMENTS:,} more in --json" if len(told) > MOST_SEGMENTS else ""
    lines = (
        f"difference of mean entry speeds within one place and {LIKE_KMH:g} km/h of approach speed, weighted by the "
        f"spoken; interval: percentile bootstrap over vehicles, {DRAWS:,} draws",
        f"at least {LEAST_PASSAGES} passages and {LEAST_VEHICLES} vehicles each, else nothing is said: so of "
        f"{len(single) - len(told):,} segments; of the {len(told):,} told one in twenty may differ by chance{more}",
        f"without a like passage: {found.unmatched_spoken:,} spoken, {found.unmatched_others:,} others",
        f"mind: {CAUTION[arm]}",
        *(() if first else (LATEST,)),
    )
    for line in lines:
        out.print(line, style="dim", soft_wrap=True)


def _row(one: Effect, name: str) -> tuple[str, ...]:
    if one.difference_kmh is None:
        entered, interval = "too few to tell", ""
    else:
        word = "slower" if one.difference_kmh < 0 else "faster"
        certain = (one.low_kmh or 0.0) * (one.high_kmh or 0.0) > 0.0
        entered = f"{abs(one.difference_kmh):.1f} km/h {word}" + ("" if certain else ", or chance")
        interval = f"{one.low_kmh:+.1f} to {one.high_kmh:+.1f}"
    return (
        name,
        f"{one.spoken:,}",
        f"{one.others:,}",
        f"{one.approach_spoken_kmh:.0f} | {one.approach_others_kmh:.0f}",
        f"{one.entry_spoken_kmh:.0f} | {one.entry_others_kmh:.0f}",
        entered,
        interval,
    )


def _print_why_not(out: Console, arms: Arms) -> None:
    if (arms.arm == SPOKEN).any():
        out.print("spoken prompts, and no like passages to hold them against: no failed prompt, nothing from before")
    else:
        out.print("nobody is known to have been warned: no outcome says that a prompt was spoken to a driver")
    out.print("speeds only; they say nothing of what a warning does", style="bold")


def _print_speeds(out: Console, speeds: list[Speeds]) -> None:
    table = Table("kind", "passages", "prompt due", "entry", "lowest", "highest", "entered over the limit", box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    for one in speeds:
        medians = (one.approach_kmh, one.entry_kmh, one.lowest_kmh, one.highest_kmh)
        over = "limit unknown" if one.over_limit is None else f"{one.over_limit:,} of {one.limit_known:,}"
        table.add_row(
            one.kind.replace("_", " "), f"{one.passages:,}", *("" if v is None else f"{v:.0f}" for v in medians), over
        )
    out.print(table)
    out.print("medians, km/h", style="dim")
