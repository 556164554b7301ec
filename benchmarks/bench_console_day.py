"""A SIMULATED day of 12,000 trucks: alarms per operator and hour, against 6 (good) and 12 (the most).

    python benchmarks/bench_console_day.py [--vehicles 12000] [--distinct 1200] [--hours 10] [--operators 120]

The simulator drives, the engine judges, the console's own Watch and Desk raise; the sample's roads, on which places
stand far closer than elsewhere (a truck passes two a minute). Drives are simulated once each (``--distinct``) and
dealt to the trucks with starts of their own: four fifths set off around 06:30, the others around 18:30, each for
``--hours``; what lasts beyond midnight is counted at its hour. Nobody slows down for what is said (the simulator's
drivers of the manner ``speeds`` never do), 1 terminal in 200 cannot speak, and an operator acknowledges each alarm
after a minute. One operator a hundred trucks is what China asks of whoever watches them (Order 2014 No. 5, section 22),
and a third of them is on duty at a time. The figures of 6 and 12 are EEMUA 191's and ANSI/ISA-18.2's, for one operator.
"""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Final

import click
from console_day import DAY_S, Result, Share, day
from machine import machine

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from forewarn.compiled import use_cache
from forewarn.console.alarms.conditions import ignoring
from forewarn.console.alarms.kinds import KINDS
from forewarn.console.alarms.workload import GOOD_PER_HOUR, MOST_PER_HOUR

SHIFTS: Final = 3
OBEYING: Final = 0.8
"""Share of drivers who slow down for what is read aloud: the simulator's own figure for terminals."""
OBEYED: Final = ("speeding_goes_on", "warnings_ignored")
"""Kinds that do not come where it is obeyed."""


def load_line(name: str, by_hour: list[float], on_duty: float) -> str:
    """Return the load of one operator: on average, and in the hour of the day that has most."""
    each, most = sum(by_hour) / 24 / on_duty, max(by_hour) / on_duty
    needed = max(by_hour) / MOST_PER_HOUR
    level = "good" if most <= GOOD_PER_HOUR else "bearable" if most <= MOST_PER_HOUR else "TOO MANY"
    return (
        f"  {name}: {sum(by_hour):,.0f} a day; per operator and hour {each:.1f}, in the busiest hour "
        f"({by_hour.index(max(by_hour)):02}:00) {most:.1f}: {level}; for {MOST_PER_HOUR} then {needed:.0f} must "
        f"be on duty, for {GOOD_PER_HOUR} {max(by_hour) / GOOD_PER_HOUR:.0f}"
    )


def by_hour(result: Result, *, obeying: float = 0.0) -> list[float]:
    """Return the alarms of each hour of the day, where so many drivers obey."""
    found = [0.0] * 24
    for (kind, _, _, hour), count in result.raised.items():
        found[hour] += count * (1.0 - obeying if kind in OBEYED else 1.0)
    return found


def told(result: Result, vehicles: int, operators: int) -> bool:
    """Print all figures; tells whether the busiest hour is bearable."""
    on_duty = operators / SHIFTS
    driven_h = result.fixes_s / 3600
    print(
        f"  {result.fixes:,} fixes judged, {driven_h:,.0f} h of driving; {result.alerts:,} alerts, {result.prompts:,} "
        f"prompts ({result.prompts / driven_h:.1f} an hour of driving), {result.passages:,} passages"
    )
    for kind in KINDS.values():
        of_kind = {key: count for key, count in result.raised.items() if key[0] == kind.name}
        total = sum(of_kind.values())
        priorities, manners = Counter[int](), Counter[str]()
        for (_, priority, manner, _), count in of_kind.items():
            priorities[priority] += count
            manners[manner] += count
        print(
            f"  {kind.name:<20}{total:>8,} a day, {1000 * total / driven_h:6.1f} per 1,000 h of driving, "
            f"{total / 24 / on_duty:5.2f} per operator and hour; "
            f"priority {', '.join(f'{p}: {n:,}' for p, n in sorted(priorities.items())) or '-'}; "
            f"{100 * result.vehicles[kind.name] / vehicles:.0f} % of the trucks; drivers "
            f"{', '.join(f'{name} {n:,}' for name, n in manners.most_common()) or '-'}"
        )
    print(f"  {operators} operators, {on_duty:.0f} on duty at a time:")
    hourly = by_hour(result)
    print(load_line("as simulated, nobody obeys", hourly, on_duty))
    obeyed = by_hour(result, obeying=OBEYING)
    print(load_line(f"where {OBEYING:.0%} obeyed, in proportion", obeyed, on_duty))
    print("  by hour of the day: " + " ".join(f"{count:,.0f}" for count in hourly))
    return max(hourly) / on_duty <= MOST_PER_HOUR


@click.command()
@click.option("--vehicles", default=12_000, show_default=True)
@click.option("--distinct", default=1_200, show_default=True, help="Drives that are simulated; the others repeat them.")
@click.option("--hours", default=10.0, show_default=True, help="Each truck is under way, rests included.")
@click.option("--interval", default=20.0, show_default=True, help="Seconds between reports.")
@click.option("--operators", default=120, show_default=True, help="In all; a third of them is on duty.")
@click.option(
    "--ignored-times", default=ignoring.TIMES, show_default=True, help="What-if: ignored warnings that are one."
)
@click.option("--ignored-over", default=ignoring.OVER, show_default=True, help="What-if: times the limit, at entry.")
def main(
    vehicles: int,
    distinct: int,
    hours: float,
    interval: float,
    operators: int,
    ignored_times: int,
    ignored_over: float,
) -> None:
    """Simulate, judge, raise, and print."""
    print(machine())
    print(
        f"{vehicles:,} SIMULATED trucks, {distinct:,} distinct drives of {hours:g} h, a report each {interval:g} s",
        flush=True,
    )
    began = time.monotonic()
    use_cache()  # for the processes that are started now
    each = (vehicles // 2, distinct // 2, hours, interval, ignored_times, ignored_over)
    halves = [Share(k, *each) for k in range(2)]
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        result = Result.of(pool.map(day, halves, chunksize=1))
    good = told(result, vehicles, operators)
    print(f"  {time.monotonic() - began:.0f} s for {DAY_S / 3600:.0f} h")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
