"""``forewarn segments import-osm``: mine the accident-prone places of a map."""

from __future__ import annotations

import importlib
import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from forewarn.mining import mine_settings
from geofence.mine import MINERS
from geofence.mine.assemble import assemble
from geofence.mine.build import load_network
from geofence.mine.errors import MapError
from geofence.mine.place import Place


@click.command("import-osm")
@click.argument("map_file", metavar="MAP", type=click.Path(dir_okay=False, path_type=Path))
@click.option("-o", "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="File to write.")
@click.option("--country", metavar="CC", help="Country of the default limits (ISO code); guessed when left out.")
@click.option("--kinds", metavar="KIND,...", help=f"What to mine: {', '.join(MINERS)}; all when left out.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object.")
def command(map_file: Path, out: Path, country: str | None, kinds: str | None, as_json: bool) -> None:
    """Mine the accident-prone places of MAP, an OpenStreetMap extract (.osm, .osm.gz, .osm.pbf).

    Each place comes with the roads that lead to it and with those nearby that do not. The country is guessed from
    where the map lies and from the words in its road names; no network is needed.
    """
    began = time.monotonic()
    chosen = _chosen(kinds)
    if country is not None and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise click.BadParameter(f"{country!r} is not a two-letter ISO code", param_hint="--country")
    console = Console(stderr=True)
    try:
        with _steps(console) as progress:
            task = progress.add_task("reading")
            network = load_network(map_file, lambda step: progress.update(task, description=f"reading {step}"))
            settings = mine_settings(network, country)
            places: list[Place] = []
            for kind in chosen:
                progress.update(task, description=f"mining {kind}")
                places += importlib.import_module(MINERS[kind]).mine(network, settings)
            if not places:
                raise MapError(map_file, f"holds no place of the kinds {', '.join(chosen)}")
            progress.update(task, description="walking back the roads that lead there")
            made = assemble(network, settings, places)
            progress.update(task, description="writing")
            made.write(out)
    except MapError as error:
        raise click.BadParameter(str(error), param_hint="MAP") from error
    except OSError as error:
        raise click.BadParameter(f"{error.filename or out}: {error.strerror}", param_hint="--out") from error
    roles = made.counts()
    summary = _Summary(
        map=str(map_file),
        out=str(out),
        country=settings.country,
        country_guessed=country is None,
        names=settings.language,
        segments=_mined(places),
        approach_lines=roles["approach"],
        decoy_lines=roles["decoy"],
        left_out=dict(network.faults),
        size_bytes=out.stat().st_size,
        seconds=round(time.monotonic() - began, 1),
    )
    if as_json:
        click.echo(json.dumps(asdict(summary), ensure_ascii=False))
    else:
        _print(console, summary)


def _chosen(kinds: str | None) -> list[str]:
    chosen = list(MINERS) if kinds is None else [kind.strip() for kind in kinds.split(",") if kind.strip()]
    unknown = [kind for kind in chosen if kind not in MINERS]
    if unknown or not chosen:
        named = ", ".join(repr(kind) for kind in unknown) or "nothing"
        raise click.BadParameter(f"{named} is not one of {', '.join(MINERS)}", param_hint="--kinds")
    return list(dict.fromkeys(chosen))


@contextmanager
def _steps(console: Console) -> Iterator[Progress]:
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Progress(*columns, console=console, transient=True) as progress:
        yield progress


@dataclass(frozen=True, slots=True)
class _Summary:
    map: str
    out: str
    country: str | None
    country_guessed: bool
    names: str
    """Language of the generic words in names."""
    segments: list[dict[str, str | int | None]]
    """Kind, subtype and count."""
    approach_lines: int
    decoy_lines: int
    left_out: dict[str, int]
    """What of the map was not used, by reason."""
    size_bytes: int
    seconds: float


def _mined(places: Sequence[Place]) -> list[dict[str, str | int | None]]:
    mined = Counter((place.kind, place.subtype or "") for place in places)
    return [{"kind": kind, "subtype": sub or None, "count": count} for (kind, sub), count in sorted(mined.items())]


def _print(console: Console, summary: _Summary) -> None:
    how = "guessed; --country CC overrides" if summary.country_guessed else "as told"
    console.print(f"country {summary.country or 'unknown'} ({how}), generic words of names in {summary.names}")
    for one in summary.segments:
        console.print(f"{one['count']:>9,}  {one['kind']}" + (f", {one['subtype']}" if one["subtype"] else ""))
    console.print(f"{summary.approach_lines:>9,}  lines that lead there or lie on them")
    console.print(f"{summary.decoy_lines:>9,}  lines nearby that do not (decoys)")
    for reason, count in summary.left_out.items():
        console.print(f"{count:>9,}  left out: {reason}")
    size_mb = summary.size_bytes / 1e6
    console.print(f"wrote {summary.out}, {size_mb:.1f} MB, in {summary.seconds} s", soft_wrap=True)
