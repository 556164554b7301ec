"""The console under a fleet: from an alert to its row in a real Chromium, 50 open pages, and kills under open pages.

    python benchmarks/bench_console.py [--minutes 10] [--vehicles 10000] [--alerts-per-s 200] [--alarms-per-s 2]
        [--tabs 50 --tab-minutes 3] [--stress-minutes 0.3] [--kills 20] [--store sqlite|postgresql] [--profile]

Kafka, the console, the sender, the browser and the streams are processes of their own on this machine. Of 200 alerts a
second 2 become alarms (three in five fatigue, which has priority 1 and therefore a row of its own in a flood too, at
the top; the others stand in their groups' rows); each ends after one to two minutes and is acknowledged after 20 to
40 s, so that some 200 are open. Every vehicle reports each 10 to 30 s. Latency counts from just before the alert is
handed to the producer's client until its row enters the document, and until the frame with it was drawn: the page's
clock against the sender's, both the machine's. The first minute does not count. There is no graphics card: what
Chromium draws by software runs on the same cores, and its share is printed. 0 leaves a part out.

Goal: p99 under 200 ms, and no growth of memory.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import click
import numpy as np
from console_kills import kills as with_kills
from console_page import Page
from console_process import ConsoleProcess, cpu_s
from console_tabs import Tabs
from console_traffic import CARRIERS, Load, Traffic, vehicle
from machine import machine
from stream_stage import Stage

from forewarn.worker.register import publish
from ingest.vehicles import Register, RegisteredVehicle

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tests.broker import Broker
from tests.postgres import Postgres

GOAL_P99_MS: Final = 200.0
GROWTH: Final = 1.1
"""No growth is at most this, from halfway to the end: by then the console's caches are full, and the page keeps as many
alarms that are over as it ever will."""
KNOWN_S: Final = 35.0
"""By then each vehicle has reported."""
WARM_S: Final = 60.0
STRESS_WARM_S: Final = 3.0
"""Nothing gets known in a stress; the list only grows."""
EACH_SESSION: Final = 10
"""Streams of one session; the console allows 12."""


def say(text: str) -> None:
    """Print at once."""
    print(text, flush=True)


def shown(values: list[float]) -> str:
    """Return the middle and the far end of durations."""
    if not values:
        return "none"
    p50, p99 = np.percentile(values, (50, 99))
    return f"p50 {p50:,.0f} ms, p99 {p99:,.0f} ms, longest {max(values):,.0f} ms"


@contextmanager
def stage(store: str) -> Iterator[tuple[Broker, ConsoleProcess]]:
    """Give a broker with topics and a register, and a console over a store of its own."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        broker = stack.enter_context(Broker())
        made = Stage(broker.bootstrap, folder, 4, {})
        names = [vehicle(k) for k in range(20_000)]
        fleet = {name: RegisteredVehicle(name, carrier=f"carrier {k % CARRIERS}") for k, name in enumerate(names)}
        publish(made.connection, "vehicles", Register(fleet), replace=False)
        url = f"sqlite:///{folder / 'console.db'}"
        if store == "postgresql":  # with fsync, as one runs it
            postgres = stack.enter_context(Postgres({"fsync": "on", "full_page_writes": "on"}))
            url = postgres.new_database("bench")
        yield broker, stack.enter_context(ConsoleProcess(broker.bootstrap, folder, url))


def row_latency(page: Page, sent: list[tuple[str, str, float]], since_s: float) -> tuple[list[float], list[float], int]:
    """Return from alert to row in the document, and to the row drawn, ms; and how many were never seen."""
    at = {who: when * 1000 for kind, who, when in sent if kind == "fatigue_past_limit" and when >= since_s}
    found = {row.vehicle: row for row in page.rows if row.priority == "p1" and row.vehicle in at}
    there = [row.at_ms - at[who] for who, row in found.items()]
    drawn = [row.drawn_ms - at[who] for who, row in found.items() if row.drawn_ms is not None]
    return there, drawn, len(at) - len(found)


def measured(
    store: str,
    load: Load,
    minutes: float,
    tabs: int,
    pages: int,
    *,
    profile: bool,
    is_stress: bool = False,
) -> bool:
    """Run for so long with so many streams and pages, and print all figures; tells whether the goal is met.

    A stress has none.
    """
    with stage(store) as (broker, console), ExitStack() as stack:
        load.bootstrap = broker.bootstrap
        traffic = stack.enter_context(Traffic(load))
        cookies = [console.logged_in() for _ in range(-(-(tabs + 1) // EACH_SESSION))]
        clients = stack.enter_context(Tabs(console.address, cookies, tabs))
        page = stack.enter_context(Page(console.address, "admin", console.password, tabs=pages))
        skew = page.skew_ms()
        page.watch(KNOWN_S)
        traffic.begin()
        page.watch(STRESS_WARM_S if is_stress else WARM_S)
        held = [(page.held(), console.memory_mb())]
        page.frames_ms.clear()
        page.by_script.clear()
        began, used = time.time(), _used(broker, console, page)
        loads = [os.getloadavg()[0]]
        if profile:
            for ms, what in page.profile(30.0):
                say(f"    {ms:8.0f} ms  {what}")
        for until in (began + 30 * minutes, began + 60 * minutes):
            while (left_s := until - time.time()) > 0:
                page.watch(min(30.0, left_s))
                loads.append(os.getloadavg()[0])
            held.append((page.held(), console.memory_mb()))
        took_s = time.time() - began
        used = {name: (s - used[name]) / took_s for name, s in _used(broker, console, page).items()}
        frames = list(page.frames_ms)
        sent = traffic.end()
        page.watch(3.0)
        skew = (max(skew[0], page.skew_ms()[0]), min(skew[1], page.skew_ms()[1]))
        done = clients.end()
        counts = traffic.stop()
        errors, scripts = page.errors, page.by_script.most_common(5)
        open_ones = len(console.get("/api/alarms")["alarms"])
    there, drawn, unseen = row_latency(page, sent, began)
    streams = [_stream_latency(tab.raised, sent, began) for tab in done.tabs]
    late = [ms for found, _ in streams for ms in found]
    say(f"  load average {min(loads):.1f} to {max(loads):.1f}; sent: " + _counts(counts))
    say(f"  clocks: the page's before the sender's by {skew[0]:.1f} to {skew[1]:.1f} ms")
    say(f"  alert to row in the document ({len(there):,} rows, {unseen} never seen): {shown(there)}")
    say(f"  alert to row drawn: {shown(drawn)}")
    say(
        f"  alert to event at {len(done.tabs)} streams ({len(late):,}): {shown(late)}; worst stream p99 "
        f"{max(np.percentile(found, 99) for found, _ in streams if found):,.0f} ms; missed "
        f"{sum(missed for _, missed in streams)}, resyncs {sum(tab.resyncs for tab in done.tabs)}, breaks "
        f"{sum(tab.breaks for tab in done.tabs)}"
    )
    say(
        f"  acknowledged by the dispatcher: {len(done.acknowledged):,}, {shown(done.acting_ms)}; "
        f"open at the end {open_ones}"
    )
    for when, (of_page, console_mb) in zip(("at the beginning", "halfway", "at the end"), held, strict=True):
        say(
            f"  {when}: console {console_mb:.0f} MB; page {of_page.heap_mb:.1f} MB of heap, {of_page.nodes:,} nodes, "
            f"{of_page.listeners:,} listeners, its process {of_page.renderer_mb:.0f} MB"
        )
    say("  shares of a core: " + ", ".join(f"{name} {share:.2f}" for name, share in used.items()))
    say(
        f"  frames over 50 ms: {len(frames)}, {sum(frames) / 1000 / took_s:.1%} of the time, {shown(frames)}; by "
        + ", ".join(f"{what} {ms / 1000:.1f} s" for what, ms in scripts)
    )
    if errors:
        say(f"  errors of the page: {errors[:3]}")
    if is_stress:
        return True
    (half, half_mb), (end, end_mb) = held[1:]
    grown = end.heap_mb > GROWTH * half.heap_mb or end.nodes > GROWTH * half.nodes or end_mb > GROWTH * half_mb
    good = bool(there) and not unseen and not errors and float(np.percentile(there, 99)) < GOAL_P99_MS
    say(f"  goal p99 {GOAL_P99_MS:.0f} ms: {'met' if good else 'MISSED'}; memory {'GROWN' if grown else 'not grown'}")
    return good and not grown


def _stream_latency(
    raised: dict[tuple[str, str], float], sent: list[tuple[str, str, float]], since_s: float
) -> tuple[list[float], int]:
    """Return from alert to event of all alarms that rise by their alert alone, ms; and how many did not come."""
    at = {(kind, who): when for kind, who, when in sent if kind == "fatigue_past_limit" and when >= since_s}
    return [(raised[key] - when) * 1000 for key, when in at.items() if key in raised], len(at.keys() - raised.keys())


def _used(broker: Broker, console: ConsoleProcess, page: Page) -> dict[str, float]:
    of_page = page.cpu_s()
    return {
        "console": console.cpu_s(),
        "broker": cpu_s(broker.pid) if broker.pid else 0.0,
        "page": of_page.get("renderer", 0.0),
        "drawing by software": of_page.get("GPU", 0.0),
    }


def _counts(counts: dict[str, float]) -> str:
    told = ", ".join(f"{int(count):,} {what}" for what, count in counts.items() if what != "late_s")
    return f"{told} (late by {1000 * counts['late_s']:.0f} ms at most)"


@click.command()
@click.option("--minutes", default=10.0, show_default=True, help="Of the page alone.")
@click.option("--vehicles", default=10_000, show_default=True)
@click.option("--alerts-per-s", default=200.0, show_default=True)
@click.option("--alarms-per-s", default=2.0, show_default=True, help="Of these, so many become alarms.")
@click.option("--tabs", default=50, show_default=True, help="Open pages; three of them in the browser.")
@click.option("--tab-minutes", default=3.0, show_default=True)
@click.option("--stress-minutes", default=0.3, show_default=True, help="In which every alert becomes a row.")
@click.option("--kills", default=20, show_default=True, help="The console is killed so often under open pages.")
@click.option("--store", type=click.Choice(["sqlite", "postgresql"]), default="sqlite", show_default=True)
@click.option("--profile", is_flag=True, help="Print what the page's main thread spends 30 s on.")
def main(
    minutes: float,
    vehicles: int,
    alerts_per_s: float,
    alarms_per_s: float,
    tabs: int,
    tab_minutes: float,
    stress_minutes: float,
    kills: int,
    store: str,
    profile: bool,
) -> None:
    """Run all parts, and print each figure."""
    say(f"{machine()}; {store}; {vehicles:,} SIMULATED vehicles, {alerts_per_s:g} alerts/s")
    good = True
    load = Load("", vehicles, alerts_per_s, alarms_per_s)
    if minutes:
        say(f"one page with the map, {alarms_per_s:g} alarms/s, {minutes:g} minutes")
        good &= measured(store, load, minutes, 0, 1, profile=profile)
    if tabs and tab_minutes:
        say(f"{tabs} open pages, {tab_minutes:g} minutes")
        good &= measured(store, load, tab_minutes, tabs - 3, 3, profile=False)
    if stress_minutes:
        say(f"stress, not a goal: every alert a row, {stress_minutes:g} minutes")
        all_ = Load("", vehicles, alerts_per_s, alerts_per_s, alarms={"fatigue_past_limit": 1.0})
        measured(store, all_, stress_minutes, 0, 1, profile=profile and not minutes, is_stress=True)
    if kills:
        say(f"the console killed {kills} times under open pages")
        with stage(store) as (broker, console):
            load.bootstrap = broker.bootstrap
            good &= with_kills(console, load, kills, say)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
