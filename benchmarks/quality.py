"""How early and how rightly drivers are warned: mines, simulates and judges, and prints the tables of the docs.

Real drives of Porto in every variant of ``forewarn evaluate``; simulated ones over four maps with fixed seeds, the very
same drives at each interval. Everything is made by the commands that a user has. It takes a quarter of an hour.

Usage: python benchmarks/quality.py [--data FOLDER] [--keep FOLDER] [--only MAP ...] [--write]

``--write`` puts the tables into docs/warning-quality.md, between its two marks; ``--keep`` keeps what was made.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from machine import machine

from forewarn.judge.figures import KINDS

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "warning-quality.md"
MARKS = "<!-- tables: benchmarks/quality.py --write -->", "<!-- end of tables -->"
FOREWARN = [sys.executable, "-c", "from forewarn.cli import main; main()"]

PORTO_MAP, PORTO_DRIVES, PORTO_TRUTH = (
    "porto_roads_2022.osm.pbf",
    "porto_taxi_train_1500.csv",
    "porto_matched_valhalla.csv.gz",
)
VEHICLES = 150
HOURS = 1
INTERVALS_S = (1, 10, 15, 30)
NOT_JUDGED = "not judged"
MOST_REASONS = 4


@dataclass(frozen=True)
class Country:
    """A map over which a fleet is simulated."""

    name: str
    map_file: str
    seed: int


COUNTRIES = (
    Country("Bayreuth", "north_bayreuth_2014.osm.gz", 11),
    Country("Imperial County", "imperial_county_ca_2024.osm.pbf", 12),
    Country("Longgang", "shenzhen_longgang_2019.osm", 13),
    Country("Jinan", "jinan_roads_mtrajrec.osm.pbf", 14),
)


def forewarn(*words: object) -> str:
    """Run the program and return what it printed; 1 says that a goal is missed, which is no fault."""
    done = subprocess.run([*FOREWARN, *map(str, words)], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"forewarn {' '.join(map(str, words))}: ended with {done.returncode}")
    return done.stdout


def evaluated(drives: Path, osm_map: Path, truth: Path, segments: Path, *words: str) -> dict[str, Any]:
    """Return what ``forewarn evaluate`` says."""
    began = time.perf_counter()
    said = forewarn(
        "evaluate", drives, "--map", osm_map, "--truth", truth, "--segments", segments, "--json", *words
    )  # fmt: skip
    print(f"{drives.name}: judged in {time.perf_counter() - began:.0f} s", file=sys.stderr)
    found: dict[str, Any] = json.loads(said)
    return found


def mined(osm_map: Path, folder: Path) -> Path:
    """Return the segments of a map."""
    segments = folder / f"{osm_map.name}.geojson"
    forewarn("segments", "import-osm", osm_map, "-o", segments)
    return segments


def real(data: Path, folder: Path) -> list[dict[str, Any]]:
    """Judge Porto's taxis in every variant."""
    osm_map = data / PORTO_MAP
    runs = evaluated(data / PORTO_DRIVES, osm_map, data / PORTO_TRUTH, mined(osm_map, folder))["runs"]
    return list(runs)


def simulated(country: Country, data: Path, folder: Path) -> dict[int, dict[str, Any]]:
    """Judge a simulated fleet over one map, by the seconds between its reports."""
    osm_map = data / country.map_file
    segments = mined(osm_map, folder)
    found = {}
    for interval_s in INTERVALS_S:
        drives, ways = (folder / f"sim-{country.name.replace(' ', '-')}-{interval_s}{end}" for end in (
            "s.csv.gz", "s-ways.csv.gz",
        ))  # fmt: skip
        forewarn(
            "simulate", "--map", osm_map, "--segments", segments, "--vehicles", VEHICLES, "--hours", HOURS,
            "--interval", interval_s, "--seed", country.seed, "-o", drives, "--truth-ways", ways,
        )  # fmt: skip
        found[interval_s] = evaluated(drives, osm_map, ways, segments, "--variant", "as_they_are")["runs"][0]
    return found


def text(value: float | None, decimals: int = 1) -> str:
    """Return a figure, or that there is none."""
    return NOT_JUDGED if value is None else f"{value:,.{decimals}f}"


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    """Yield a markdown table, figures to the right."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'|'.join('---' if at == 0 else '---:' for at in range(len(head)))}|"
    for row in rows:
        yield f"| {' | '.join(row)} |"


SHARES = (
    "scored", "found %", "in time %", "by time", "by clause", "neither", "two fixes: by time %",
    "s before: p5, p50, p95", "prompts", "wrong %", "idle per 100 km",
)  # fmt: skip


def shares(one: dict[str, Any]) -> tuple[str, ...]:
    """Return the row of one kind in one run; a share of nothing is not judged."""
    told, heard = one["passages"], one["prompts"]
    before = told["before_entry_s"]
    return (
        f"{told['scored']:,}",
        text(told["found_pct"]),
        text(told["in_time_pct"]),
        *(f"{told[name]:,}" for name in ("by_time", "by_clause", "neither")),
        text(told["two_fixes_by_time_pct"]),
        ", ".join(f"{before[name]:.0f}" for name in ("p5", "p50", "p95")) if before else "",
        f"{heard['judged']:,}",
        text(heard["wrong_pct"]),
        text(heard["idle_per_100km"]) if heard["judged"] else NOT_JUDGED,
    )


LOADS = (
    "scored passages per driving hour", "not found % for the pace", "prompts per driving hour: median", "p95",
    "shortest pause s", "idle outside towns per 100 km", "idle within 60 s", "in time at most %",
)  # fmt: skip
PACE = "without_sentence:rate_limited"


def loads(run: dict[str, Any]) -> tuple[str, ...]:
    """Return the row of one run's load."""
    load, told = run["load"], run["all"]["passages"]
    return (
        text(told["scored"] / run["hours"] if run["hours"] else None),
        text(100.0 * told["missed"].get(PACE, 0) / told["scored"] if told["scored"] else None),
        text(load["per_hour_median"]),
        text(load["per_hour_p95"]),
        text(load["shortest_pause_s"]),
        text(run["all"]["prompts"]["idle_outside_per_100km"]),
        f"{load['idle_within_60s']:,}",
        text(load["most_in_time_pct"]),
    )


def reasons(counts: dict[str, int]) -> str:
    """Return the most frequent reasons, most first."""
    first = sorted(counts.items(), key=lambda one: -one[1])[:MOST_REASONS]
    return ", ".join(f"{name.replace('_', ' ').replace(':', ': ')} {n:,}" for name, n in first)


def whys(runs: list[tuple[str, dict[str, Any]]], first: str) -> Iterator[str]:
    """Yield why passages were not found and sentences wrong, all kinds together."""
    yield f"| {first} | not found, most frequent reasons | wrong |"
    yield "|---|---|---|"
    for name, run in runs:
        yield f"| {name} | {reasons(run['all']['passages']['missed'])} | {reasons(run['all']['prompts']['wrong_by'])} |"


def by_kind(runs: list[tuple[str, dict[str, Any]]], first: str) -> Iterator[str]:
    """Yield a table for each kind with evidence, then all kinds, the load, and the reasons."""
    for kind, title in (*KINDS.items(), ("all", "all kinds")):
        own = [(name, run["all"] if kind == "all" else run["kinds"][kind]) for name, run in runs]
        known = [(name, one) for name, one in own if one["passages"]["scored"] or one["prompts"]["judged"]]
        yield f"**{title}**\n" if known else f"**{title}**: {NOT_JUDGED}.\n"
        if known:
            yield from table((first, *SHARES), [(name, *shares(one)) for name, one in known])
            yield ""
            if len(known) < len(own):
                names = dict(known)
                yield f"{NOT_JUDGED.capitalize()}: {'; '.join(name for name, _ in own if name not in names)}.\n"
    yield "**load**\n"
    yield from table((first, *LOADS), [(name, *loads(run)) for name, run in runs])
    yield "\n**why**, all kinds\n"
    yield from whys(runs, first)


def told(data: Path, folder: Path, only: list[str]) -> Iterator[str]:
    """Yield the whole section."""
    yield f"Machine: {machine()}."
    if not only or "Porto" in only:
        runs = real(data, folder)
        one = runs[0]
        yield (
            f"\n### Porto, real drives\n\n{one['fixes']:,} fixes of {one['vehicles']:,} taxis, {one['km']:,.0f} km and "
            f"{one['hours']:,.0f} h; a fix each 15 s, no speed, no heading; two thirds lie within {one['noise_m']} m "
            "of the path.\n"
        )
        yield from by_kind([(run["title"], run) for run in runs], "Porto")
    chosen = [one for one in COUNTRIES if not only or one.name in only]
    if chosen:
        yield (
            f"\n### Simulated drives\n\nSimulated: {VEHICLES} invented vehicles over each map for {HOURS} h, in all "
            "manoeuvres of `forewarn simulate --help`; their truth is known. The very same drives at each interval.\n"
        )
        rows = [
            (f"{country.name}, {interval_s} s", run)
            for country in chosen
            for interval_s, run in simulated(country, data, folder).items()
        ]
        yield from by_kind(rows, "simulated, seconds between fixes")


def write(lines: list[str]) -> None:
    """Put the section between the marks of the page."""
    page = PAGE.read_text(encoding="utf-8")
    before, mark, rest = page.partition(MARKS[0])
    _, end, after = rest.partition(MARKS[1])
    if not (mark and end):
        sys.exit(f"{PAGE}: the marks are gone")
    PAGE.write_text(before + mark + "\n\n" + "\n".join(lines) + "\n\n" + end + after, encoding="utf-8")


def main() -> None:
    """Judge everything and print it."""
    asks = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asks.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data", help="Folder of maps and drives.")
    asks.add_argument("--keep", type=Path, help="Folder for segments, simulated drives and ways.")
    asks.add_argument(
        "--only", action="append", default=[], choices=["Porto", *(one.name for one in COUNTRIES)], help="One map."
    )
    asks.add_argument("--write", action="store_true", help=f"Put the tables into {PAGE.relative_to(ROOT)}.")
    given = asks.parse_args()
    if given.write and given.only:
        asks.error("--write wants all maps: tables of some would stand for all")
    if given.keep:
        given.keep.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        lines = list(told(given.data, given.keep or Path(folder), given.only))
    print("\n".join(lines))
    if given.write:
        write(lines)


if __name__ == "__main__":
    main()
