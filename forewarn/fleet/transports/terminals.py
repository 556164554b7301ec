"""A simulated fleet as JT/T 808 terminals over TCP, in plain or encrypted, at the pace of the clock."""

from __future__ import annotations

import asyncio
import math
import signal
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlsplit

import click
import numpy as np
from rich.progress import Progress

from forewarn.fleet import SIMULATED
from forewarn.fleet.hearing import Hearings
from forewarn.fleet.job import Done, Job
from forewarn.fleet.losses import losses
from forewarn.fleet.obeying import driven_until
from forewarn.fleet.register import registered
from forewarn.fleet.tally import Tally
from forewarn.fleet.unit import Field, Unit
from forewarn.fleet.vehicle import Habits, Vehicle
from forewarn.simulate import driver_name
from forewarn.simulate.fixes import Fixes
from ingest.jt808.names import STATUS_BITS
from ingest.jt808.reports import report_bodies
from ingest.jt808.terminal import Identity, Terminal

STATUS: Final = int.from_bytes(STATUS_BITS.build(["acc_on", "located", "gps", "beidou"]), "big")
"""Status bits of all reports."""
MODEL: Final = "SIM"
"""Model that the terminals name at their registration."""
REACH_S: Final = 10.0
"""So long may the gateway take to be reached before anything begins."""
BEGIN_STEP_S: Final = 0.005
"""From one terminal's first connection to the next one's, s; its first reports are written then too."""
LOOK_S: Final = 0.5
"""How often it is looked whether places are left, and shown how far it is."""
END_S: Final = 15.0
"""So long are acknowledgements waited for at the end."""
LEAVE_S: Final = 2.0
"""So long may it take until the last connection is closed."""
SPARE_FILES: Final = 64
"""Files that a process has open beside its terminals' connections."""


def run(job: Job) -> Done:
    """Let the terminals drive, report and hear. Raises UsageError for what cannot be used or reached."""
    host, port, context = _address(job)
    _make_room(len(job.drives))
    try:
        return asyncio.run(_run(job, host, port, context))
    except OSError as error:
        raise click.UsageError(f"{error.filename or job.to}: {error.strerror or error}") from error


def _address(job: Job) -> tuple[str, int, ssl.SSLContext | None]:
    try:
        parts = urlsplit(job.to)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise click.BadParameter(f"{job.to}: {error}", param_hint="--to") from error
    if not host or not port or parts.path not in ("", "/"):
        raise click.BadParameter(f"{job.to}: is not of the form {parts.scheme}://HOST:PORT", param_hint="--to")
    if parts.scheme == "tcp":
        return host, port, None
    try:
        return host, port, ssl.create_default_context(cafile=job.ca)
    except OSError as error:
        raise click.BadParameter(f"{job.ca}: holds no certificates to trust: {error}", param_hint="--ca") from error


def _make_room(terminals: int) -> None:
    """Allow as many open files as there are connections, where the system has a limit; raises UsageError."""
    try:
        import resource
    except ImportError:  # a system that has no such limit
        return
    needed = terminals + SPARE_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise click.UsageError(f"{terminals:,} terminals need as many open files, and the system allows {hard:,}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


async def _run(job: Job, host: str, port: int, context: ssl.SSLContext | None) -> Done:
    await _reach(job.to, host, port, context)
    loop = asyncio.get_running_loop()
    now_s = time.time()
    start_ms = math.ceil(now_s) * 1000  # terminals tell whole seconds
    with Progress(console=job.err, transient=True, disable=not job.err.is_terminal) as bar:
        say = bar.console.print
        hearings = Hearings(start_ms, job.heard, lambda line: say(line, soft_wrap=True))
        tally = Tally(len(job.drives))
        start_s = loop.time() + start_ms / 1000 - now_s
        field = Field(loop, start_s, job.seconds, host, port, context, tally, hearings)
        units = _units(job, field, start_ms)
        for k, one in enumerate(units):
            field.at(k * BEGIN_STEP_S, one.begin)
        told: list[int] = []
        with _told_to_end(loop, told):
            task = bar.add_task(SIMULATED, total=job.seconds)
            while field.now_s < job.seconds and not told:
                await asyncio.sleep(min(LOOK_S, max(0.0, job.seconds - field.now_s)))
                hearings.settle(field.now_s)
                bar.update(task, completed=max(0.0, field.now_s), description=_shown(tally, hearings))
            end_s = min(field.now_s, float(job.seconds))
            await _end(units, field)
        hearings.close(end_s)
    tally.left = sum(one.terminal.waiting + one.terminal.unanswered for one in units)
    drives = [
        replace(driven, legs=driven_until(one.vehicle.legs, end_s))
        for driven, one in zip(job.drives, units, strict=True)
    ]
    summary, lines = tally.summary(job.to, hearings), tally.lines(hearings)
    return Done(drives, start_ms, summary, lines, tally.good, told[0] if told else 0)


async def _reach(to: str, host: str, port: int, context: ssl.SSLContext | None) -> None:
    """Raise UsageError where nobody can be reached, before a whole fleet tries it."""
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(host, port, ssl=context), REACH_S)
    except TimeoutError as error:
        raise click.UsageError(f"{to}: not reached within {REACH_S:.0f} s") from error
    except OSError as error:
        raise click.UsageError(f"{to}: cannot be reached: {error}") from error
    writer.close()


def _units(job: Job, field: Field, start_ms: int) -> list[Unit]:
    def bodies(fixes: Fixes) -> list[bytes]:
        time_ms = start_ms + np.round(fixes.time_s * 1000).astype(np.int64)
        return report_bodies(time_ms, fixes.lon, fixes.lat, fixes.speed_kmh, fixes.heading_deg, STATUS)

    habits = Habits(job.roads, job.seed, job.interval_s, job.obey, bodies)
    units = []
    for number, driven in enumerate(job.drives):
        entry = registered(number)
        version = job.versions[number % len(job.versions)]
        identity = Identity(
            entry.phone or "", version, entry.plate or "", entry.plate_colour or "", f"S{number + 1:06d}", MODEL
        )
        vehicle = Vehicle(entry.vehicle, number, driven, habits)
        spans = losses(job.seed, number, job.seconds, job.losses_per_hour)
        units.append(Unit(field, vehicle, driver_name(number), Terminal(identity), spans))
    return units


def _shown(tally: Tally, hearings: Hearings) -> str:
    return f"{SIMULATED}  {tally.joined:,} terminals, {tally.acknowledged:,} acknowledged, {hearings.texts:,} texts"


async def _end(units: list[Unit], field: Field) -> None:
    """Wait until all is acknowledged, as long as that takes no longer than ``END_S``, and hang up."""
    for one in units:
        one.stop_reporting()
    until_s = field.now_s + END_S
    while field.now_s < until_s and (left := [one for one in units if not one.done]):
        for one in left:
            one.upload()
        await asyncio.sleep(LOOK_S)
    for one in units:
        one.leave()
    until_s = field.now_s + LEAVE_S
    while field.now_s < until_s and any(one.on_line for one in units):
        await asyncio.sleep(0.02)


@contextmanager
def _told_to_end(loop: asyncio.AbstractEventLoop, told: list[int]) -> Iterator[None]:
    """Put the number of a signal into ``told`` where one asks for the end; only the main thread receives any."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def note(number: int, _: Any) -> None:
        loop.call_soon_threadsafe(told.append, number)

    before: dict[int, Any] = {how: signal.signal(how, note) for how in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for how, handler in before.items():
            signal.signal(how, handler)
