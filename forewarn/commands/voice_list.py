"""``forewarn voice list``: what there is to speak with, and what would be used."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import click

from alerts.prompts import LANGUAGES
from alerts.voice.clips import Clips
from alerts.voice.errors import PlayerError
from alerts.voice.player import PLAYERS, Player


@dataclass(frozen=True, slots=True)
class Found:
    """One voice."""

    language: str
    kind: str
    """``recorded`` or ``synthesised``."""
    voice: str
    speaks: str
    """What it can say."""
    used: str
    """When it is used."""


@click.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object: voices, players, faults.")
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """List the voices and players that are there, which of them are used, and what is missing.

    A sentence whose every phrase is recorded is joined from recordings; any other is synthesised whole. Ends with 1
    where a language has no voice or no player works.
    """
    clips = Clips(LANGUAGES)
    try:
        voices = [one for language in LANGUAGES for one in _voices(clips, language)]
        faults = list(clips.faults)
    finally:
        clips.close()
    players, used = {}, None
    for name in PLAYERS:
        try:
            Player(name)
        except PlayerError as error:
            players[name] = str(error).removeprefix("no sound: ")
        else:
            players[name] = ""
            used = used or name
    if as_json:
        found = {"voices": [asdict(one) for one in voices], "players": players, "player": used, "faults": faults}
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        for one in voices:
            click.echo(f"{one.language}  {one.kind:<12}{one.voice:<14}{one.speaks}; {one.used}")
        for name, fault in players.items():
            state = fault or ("works, used" if name == used else "works")
            click.echo(f"player {name}: {state}")
        for fault in faults:
            click.echo(f"missing: {fault}")
    ctx.exit(1 if faults or used is None or {one.language for one in voices} != set(LANGUAGES) else 0)


def _voices(clips: Clips, language: str) -> list[Found]:
    found = []
    pack = clips.packs.get(language)
    if pack is not None:
        manifest = pack.manifest
        speaks = f"{len(manifest.phrases)} phrases, {pack.path.stat().st_size / 1e6:.1f} MB ({manifest.made_by})"
        found.append(Found(language, "recorded", pack.name, speaks, "used for every sentence of the tables"))
    synthesiser = clips.synthesisers.get(language)
    if synthesiser is not None:
        used = "used where a phrase is not recorded" if pack is not None else "used"
        found.append(Found(language, "synthesised", synthesiser.voice, f"any text, rate {synthesiser.rate}", used))
    return found
