"""The figures as a person reads them: definitions, a table for each kind of place, the goals, what was mined."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from forewarn.cleaning import clean
from forewarn.judge.bound import LATEST_S, PER_HOUR, SOONEST_S
from forewarn.judge.cases import MISSED, WRONG
from forewarn.judge.figures import KINDS, Figures, KindFigures
from forewarn.judge.goals import Verdict
from forewarn.judge.mining import Mined

NOT_JUDGED: Final = "not judged"
DEFINITIONS: Final = (
    ("scored", "passages entered above the limit, or over 80 % of it within the last 20 s before; others apart"),
    ("found", "a sentence for it was heard within 3 minutes before the entry; displaced by a more pressing one: apart"),
    ("by time", "found, and begun at least the larger of 20 s and the lead before the entry"),
    (
        "by clause",
        "else: raised at the first fix, by arrival, at which the way in was plain: every other road further away than "
        "twice the noise; at the latest the second fix on it",
    ),
    ("2 fixes", "by time alone, of the passages whose way in held two fixes before the lead point"),
    (
        "wrong",
        "the place could not be reached; or early (over 60 s and twice the lead before the entry); or spoken while "
        "parked; or the same form twice in one passage; or an order ahead of the last branch point and not entered; "
        "or the metres told more than 20 % and 50 m off",
    ),
    ("idle", "a place named, or spoken of on a condition, and not entered"),
    ("load", "sentences in each driving hour of each vehicle, an hour begun counts as one"),
    ("", "for crossings and villages only path and time are independent of the segments"),
)
"""Word and meaning, printed with the figures."""
MOST_LISTED: Final = 12
"""Places that the terminal lists of what the miner missed or invented; ``--json`` has all."""


def tell(
    runs: Sequence[Figures],
    verdicts: Sequence[Verdict],
    mined: Sequence[Mined],
    notes: Sequence[str],
    out: Console,
    *,
    simulated: bool,
) -> None:
    """Print everything; ``runs`` begins with the drives as they are, to which ``verdicts`` belong."""
    first = runs[0]
    word = "SIMULATED drives: " if simulated else ""
    out.print(
        f"{word}{first.fixes:,} fixes of {first.vehicles:,} vehicles, {first.km:,.0f} km and {first.hours:,.1f} h "
        f"driven; fixes lie {first.noise_m:g} m off the path (two thirds of them)",
        style="bold",
    )
    words = Table.grid(padding=(0, 2, 0, 0))
    words.add_column(style="bold", justify="right", no_wrap=True)
    words.add_column(style="dim")
    for word, meaning in DEFINITIONS:
        words.add_row(word, meaning)
    out.print(words)
    for kind, title in (*KINDS.items(), *((k, k) for k in first.kinds if k not in KINDS)):
        own = [(run, run.kinds[kind]) for run in runs if kind in run.kinds]
        _kind(title, own, out)
    _kind("all kinds", [(run, run.all) for run in runs], out)
    _load(runs, out)
    _reasons(first, out)
    _goals(verdicts, out)
    _mined(mined, out)
    for note in notes:
        out.print(f"note: {clean(note)}", style="dim")


def _kind(title: str, own: Sequence[tuple[Figures, KindFigures]], out: Console) -> None:
    if not any(figures.judged for _, figures in own):
        out.print(f"\n{title}: {NOT_JUDGED}, no passage and no sentence here tells anything", style="bold")
        return
    table = Table(title=f"\n{title}", title_justify="left", title_style="bold", box=None, padding=(0, 1, 0, 0))
    table.add_column("")
    for name in (
        "scored", "found", "in time", "by time", "by clause", "neither", "2 fixes", "s before: p5, p50, p95",
        "heard", "wrong", "idle", "per 100 km", "per h",
    ):  # fmt: skip
        table.add_column(name, justify="right")
    for run, k in own:
        p, h = k.passages, k.prompts
        before = p.before_entry_s
        table.add_row(
            run.title,
            f"{p.scored:,}",
            pct(p.found_pct),
            pct(p.in_time_pct),
            f"{p.by_time:,}",
            f"{p.by_clause:,}",
            f"{p.neither:,}",
            pct(p.two_fixes_by_time_pct),
            f"{before['p5']:.0f}, {before['p50']:.0f}, {before['p95']:.0f}" if before else "",
            f"{h.judged:,}",
            pct(h.wrong_pct),
            f"{h.idle:,}",
            _number(h.idle_per_100km),
            _number(h.idle_per_hour),
        )
    out.print(table)
    apart = own[0][1].passages
    parts = [f"slow {apart.slow:,} (told {apart.slow_told:,})", f"without a segment {apart.without_segment:,}"]
    parts += [f"displaced {apart.displaced:,}", f"unjudged {_counts(apart.unjudged)}"]
    out.print(f"apart, of {apart.total:,} passages: {'; '.join(parts)}", style="dim")


def _load(runs: Sequence[Figures], out: Console) -> None:
    table = Table(title="\nload", title_justify="left", title_style="bold", box=None, padding=(0, 1, 0, 0))
    table.add_column("")
    for name in (
        "prompts", "per hour: mean", "median", "p95", "p95 with speeding and fatigue", "shortest pause s",
        "idle within 60 s", "idle per 100 km outside towns", "in time at most %",
    ):  # fmt: skip
        table.add_column(name, justify="right")
    for run in runs:
        load = run.load
        table.add_row(
            run.title,
            f"{load.prompts:,}",
            *(_number(n) for n in (load.per_hour_mean, load.per_hour_median, load.per_hour_p95)),
            _number(load.all_kinds_per_hour_p95),
            _number(load.shortest_pause_s),
            f"{load.idle_within_60s:,}",
            _number(run.all.prompts.idle_outside_per_100km),
            pct(load.most_in_time_pct),
        )
    out.print(table)
    out.print(
        f"in time at most: by {PER_HOUR} sentences an hour from one who knew the drives beforehand, each for all "
        f"places entered {SOONEST_S:.0f} to {LATEST_S:.0f} s after it began",
        style="dim",
    )


def _reasons(first: Figures, out: Console) -> None:
    out.print("\nwhy, on the drives as they are", style="bold")
    for kind, figures in first.kinds.items():
        if not figures.judged:
            continue
        title = KINDS.get(kind, kind)
        h = figures.prompts
        p = figures.passages
        out.print(f"  {title}, over the limit: {p.over_limit:,}, found {pct(p.over_limit_found_pct)}")
        out.print(f"  {title}, not found: {_counts(p.missed)}")
        out.print(
            f"  {title}, wrong: {_counts(h.wrong_by)}; turned back {h.turned_back:,}; unjudged {_counts(h.unjudged)}"
        )
    missed = {reason.partition(":")[0] for k in first.kinds.values() for reason in k.passages.missed}
    wrong = {reason for k in first.kinds.values() for reason in k.prompts.wrong_by}
    for meanings, met in ((MISSED, missed), (WRONG, wrong)):
        for reason in (r for r in meanings if r in met):
            out.print(f"    {reason.replace('_', ' ')}: {meanings[reason]}", style="dim")


def _goals(verdicts: Sequence[Verdict], out: Console) -> None:
    table = Table(title="\ngoals", title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0))
    for name in ("", "goal", "reached", ""):
        table.add_column(name)
    for v in verdicts:
        word, style = {True: ("met", "green"), False: ("missed", "red"), None: (NOT_JUDGED, "dim")}[v.met]
        figure = "" if v.figure is None else f"{v.figure:g} {v.unit}".strip()
        table.add_row(v.words, v.bound, figure, Text(word, style=style))
    out.print(table)


def _mined(mined: Sequence[Mined], out: Console) -> None:
    for one in mined:
        title = KINDS.get(one.subtype or one.kind, one.kind)
        if not one.judged:
            out.print(f"\nmined {title}: {NOT_JUDGED}, the map tells of none", style="bold")
            continue
        out.print(
            f"\nmined {title}: {one.in_tags:,} that the tags tell, {one.in_file:,} segments (each way in its own); "
            f"missed {len(one.missed):,}, invented {len(one.invented):,}",
            style="bold",
        )
        for word, found in (("missed", one.missed), ("invented", one.invented)):
            for place in found[:MOST_LISTED]:
                out.print(f"  {word} {clean(place.place)} at {place.lat:.5f},{place.lon:.5f}: {clean(place.detail)}")
            if len(found) > MOST_LISTED:
                out.print(f"  and {len(found) - MOST_LISTED:,} more {word}; --json lists all", style="dim")


def pct(value: float | None) -> str:
    """Return a share as text."""
    return NOT_JUDGED if value is None else f"{value:.1f} %"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.1f}"


def _counts(counts: dict[str, int]) -> str:
    named = ((name.replace("_", " ").replace(":", ": "), n) for name, n in counts.items())
    return ", ".join(f"{name} {n:,}" for name, n in named) or "none"
