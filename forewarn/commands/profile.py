"""``forewarn profile``: which profiles there are, and every figure of one with its unit and its source."""

from __future__ import annotations

import json
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from alerts.profiles import BASE, PROFILES, Given, Profile, ProfileError, load_profile
from alerts.profiles.figures import FIGURES


@click.group(name="profile")
def command() -> None:
    """List and print profiles: the limits by law and the engineering figures, with their sources."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def list_profiles(as_json: bool) -> None:
    """List the profiles that come with the program."""
    profiles = [load_profile(name) for name in PROFILES]
    if as_json:
        click.echo(json.dumps({"profiles": [_head(profile) for profile in profiles]}, ensure_ascii=False))
        return
    table = Table("name", "title", "default class", "language", box=None, pad_edge=False)
    for profile in profiles:
        table.add_row(profile.name, profile.title, profile.default_class, profile.language)
    Console().print(table)


@command.command("show")
@click.argument("name")
@click.option("--class", "vehicle_class", help="Only the figures that hold for this class of vehicle.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def show(name: str, vehicle_class: str | None, as_json: bool) -> None:
    """Print every figure of profile NAME (or of a TOML file) with its unit and source."""
    try:
        profile = load_profile(name)
    except ProfileError as error:
        raise click.UsageError(str(error)) from error
    if vehicle_class is not None and vehicle_class not in profile.classes:
        named = ", ".join(profile.classes) or "none"
        click.echo(f"{profile.name} has no figures for {vehicle_class} (it names: {named}); its base holds", err=True)
    if as_json:
        click.echo(json.dumps(_content(profile, vehicle_class), ensure_ascii=False, indent=2))
    else:
        _print(profile, vehicle_class)


def _head(profile: Profile) -> dict[str, Any]:
    return {
        "name": profile.name,
        "title": profile.title,
        "extends": profile.extends,
        "default_class": profile.default_class,
        "language": profile.language,
        "miles": profile.miles,
        "classes": list(profile.classes),
    }


def _differing(profile: Profile, rule: str, vehicle_class: str) -> dict[str, Given]:
    """Return what a class has other than the base."""
    base = profile.figures(rule, BASE)
    return {k: g for k, g in profile.figures(rule, vehicle_class).items() if g.value != base[k].value}


def _described(rule: str, figures: dict[str, Given]) -> dict[str, Any]:
    return {
        key: {
            "value": given.value,
            "unit": FIGURES[rule][key].unit,
            "meaning": FIGURES[rule][key].meaning,
            "source": given.source,
        }
        for key, given in figures.items()
    }


def _content(profile: Profile, vehicle_class: str | None) -> dict[str, Any]:
    content = _head(profile)
    shown = BASE if vehicle_class is None else vehicle_class
    content["class"] = vehicle_class
    content["figures"] = {rule: _described(rule, dict(profile.figures(rule, shown))) for rule in FIGURES}
    if vehicle_class is None:
        content["class_figures"] = {
            c: {rule: _described(rule, own) for rule in FIGURES if (own := _differing(profile, rule, c))}
            for c in profile.classes
        }
    return content


def _amount(rule: str, key: str, value: float) -> str:
    """Return a figure as a person reads it: long times in minutes or hours beside seconds."""
    unit = FIGURES[rule][key].unit
    if unit == "s" and value >= 3600:
        return f"{value:g} ({value / 3600:g} h)"
    if unit == "s" and value > 120:
        return f"{value:g} ({value / 60:g} min)"
    return f"{value:g}"


def _print(profile: Profile, vehicle_class: str | None) -> None:
    console = Console(highlight=False)
    console.print(f"[bold]{profile.name}[/]: {profile.title}")
    console.print(
        f"extends {profile.extends or 'nothing'}; default class {profile.default_class}, "
        f"language {profile.language}, {'miles' if profile.miles else 'kilometres'}"
    )
    sections = [(rule, dict(profile.figures(rule, vehicle_class or BASE))) for rule in FIGURES]
    if vehicle_class is None:
        for c in profile.classes:
            sections += [(f"class.{c}.{rule}", own) for rule in FIGURES if (own := _differing(profile, rule, c))]
    width = max(len(key) for figures in FIGURES.values() for key in figures)
    for name, figures in sections:
        rule = name.rpartition(".")[2]
        table = Table(box=None, pad_edge=False, show_header=False)
        table.add_column(width=width, no_wrap=True)
        table.add_column(width=14, justify="right", no_wrap=True)
        table.add_column(width=6, no_wrap=True)
        table.add_column(overflow="fold", ratio=1)
        for key, given in figures.items():
            table.add_row(
                key,
                _amount(rule, key, given.value),
                FIGURES[rule][key].unit,
                f"{FIGURES[rule][key].meaning}\n[dim]{_escaped(given.source)}[/]",
            )
        console.print(f"\n[bold]\\[{name}][/]")
        console.print(table)


def _escaped(text: str) -> str:
    """Return a text with its square brackets kept from being read as markup."""
    return text.replace("[", r"\[")
