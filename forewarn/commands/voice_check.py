"""``forewarn voice check``: is a voice understood, by a recogniser's ear."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import click
from rich.progress import track

from alerts.prompts import LANGUAGES
from alerts.voice import VoiceError
from alerts.voice.clips import Clips
from alerts.voice.pack import Pack, shipped
from forewarn.printing import console
from forewarn.recording.check import Ear, listen
from forewarn.recording.drawn import drawn
from forewarn.recording.models import MissingError
from forewarn.recording.recogniser import NAME, Recogniser

GOAL: Final = 0.02
"""Of the units: what a voice that is understood stays under (whisper-base's own floor on good speech is about 0.01)."""
SHOWN: Final = 10


@click.command(name="check")
@click.argument("pack", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False)
@click.option("--language", type=click.Choice(list(LANGUAGES)), default="zh", show_default=True)
@click.option("--synthesiser", is_flag=True, help="Listen to the synthesiser instead of a pack.")
@click.option("--sentences", type=click.IntRange(1), default=200, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed, the same sentences.")
@click.option("--noise-db", type=float, help="Add cab noise (brown), so many dB below the speech.")
@click.option("--goal", type=click.FloatRange(0.0), default=GOAL, show_default=True, help="Error that is good enough.")
@click.option("--models", type=click.Path(path_type=Path, file_okay=False), help="Folder with the recogniser's model.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object: error, counts, the worst sentences.")
@click.pass_context
def command(
    ctx: click.Context,
    pack: Path | None,
    language: str,
    synthesiser: bool,
    sentences: int,
    seed: int,
    noise_db: float | None,
    goal: float,
    models: Path | None,
    as_json: bool,
) -> None:
    """Listen to PACK, by default the package's own, with a speech recogniser, and print how much is misheard.

    Sentences are drawn from the tables. The error is counted in syllables without tones (Mandarin) or words (English).
    Needs the extra ``listen``. Ends with 1 where the goal is missed, with 3 where the recogniser is not installed.
    """
    err = console(stderr=True)
    try:
        if pack is not None:
            language = Pack(pack).language
        clips = Clips([language], find_pack=lambda code: None if synthesiser else pack or shipped(code))
        try:
            ear = Recogniser(models)
            texts = track(drawn(language, sentences, seed), "listening", console=err, transient=True)
            found = listen(clips, ear, language, texts, noise_db)
        finally:
            clips.close()
    except MissingError as error:
        click.echo(f"Error: {error}", err=True)
        ctx.exit(3)
    except VoiceError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(_record(found, language, noise_db, goal), ensure_ascii=False))
    else:
        for one in found.worst(SHOWN):
            click.echo(f"said  {one.said}\nheard {one.heard}   ({one.edits} of {one.units})")
        told = f" at {noise_db:g} dB of cab noise" if noise_db is not None else ""
        by = ", ".join(f"{voice} {count}" for voice, count in found.voices.items())
        click.echo(f"error {found.error:.4f}{told}: {language}, {len(found.heard)} sentences by {by}; ear: {NAME}")
    ctx.exit(0 if found.error <= goal else 1)


def _record(found: Ear, language: str, noise_db: float | None, goal: float) -> dict[str, object]:
    return {
        "language": language,
        "error": round(found.error, 5),
        "goal": goal,
        "noise_db": noise_db,
        "sentences": len(found.heard),
        "units": sum(one.units for one in found.heard),
        "voices": found.voices,
        "recogniser": NAME,
        "worst": [{"said": one.said, "heard": one.heard, "edits": one.edits} for one in found.worst(SHOWN)],
    }
