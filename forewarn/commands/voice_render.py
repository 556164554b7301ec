"""``forewarn voice render``: record every phrase of a language's tables into a clip pack."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.progress import track

from alerts.prompts import LANGUAGES
from alerts.voice.pack import Pack, shipped
from forewarn.printing import console
from forewarn.recording.drawn import drawn
from forewarn.recording.kokoro import VOICES, Kokoro
from forewarn.recording.models import MissingError
from forewarn.recording.recogniser import Recogniser
from forewarn.recording.render import Parts, parts_of, record_all, wanted, write_pack
from forewarn.recording.retake import Listener

LISTENED: Final = 200
"""Sentences in which phrases are heard."""
SEED: Final = 1001
"""Of those sentences: other ones than ``voice check`` draws, which must not be the ones that were listened to."""


@click.command(name="render")
@click.argument("language", type=click.Choice(list(LANGUAGES)))
@click.option(
    "-o", "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The pack, a ZIP file."
)
@click.option("--voice", type=click.Choice(list(VOICES)), help="One of that language; its first by default.")
@click.option("--models", type=click.Path(path_type=Path, file_okay=False), help="Folder with model and voice files.")
@click.option("--anew", is_flag=True, help="Take over nothing of the package's own pack.")
@click.option("--listen", is_flag=True, help="Hear the phrases in sentences, and record anew what is misheard.")
@click.pass_context
def command(
    ctx: click.Context,
    language: str,
    out: Path,
    voice: str | None,
    models: Path | None,
    anew: bool,
    listen: bool,
) -> None:
    """Record every phrase that the tables of LANGUAGE can produce, and write the clip pack.

    Phrases that the package's own pack has by the same voice are taken over; all of them take about half an hour on two
    cores. Interrupted, the same command goes on where it was. What is recorded is gathered in OUT.parts, which may be
    deleted once the pack is written. Needs the extra ``render``, and ``listen`` for --listen. Ends with 3 where a model
    is not there; says where to get it.
    """
    voice = voice or next(name for name, (spoken, _) in VOICES.items() if spoken == language)
    if VOICES[voice][0] != language:
        raise click.BadParameter(f"{voice} does not speak {language}", param_hint="--voice")
    err = console(stderr=True)
    try:
        parts = Parts(parts_of(out), Kokoro(voice, models))
        ear = Recogniser(models) if listen else None
    except MissingError as error:
        click.echo(f"Error: {error}", err=True)
        ctx.exit(3)
    own = shipped(language)
    if own.exists() and not anew:
        pack = Pack(own)
        err.print(f"{parts.adopt(pack)} phrases taken over from {own}")
        pack.close()
    left = wanted(language, parts)
    record_all(parts, track(left, f"recording {len(left)} phrases", console=err))
    if ear is not None:
        retake_misheard(parts, ear, language, err)
    manifest = write_pack(parts, out)
    size = out.stat().st_size / 1e6
    seconds = sum(phrase.seconds for phrase in manifest.phrases)
    click.echo(f"{out}: {len(manifest.phrases)} phrases by {voice}, {seconds / 60:.1f} minutes, {size:.1f} MB")


def retake_misheard(parts: Parts, ear: Recogniser, language: str, err: Console) -> None:
    """Hear the phrases in sentences, and record anew those that were misheard."""
    listener = Listener(parts, ear)
    texts = track(drawn(language, LISTENED, SEED), "listening", console=err)
    doubtful = listener.doubtful(texts)
    better = 0
    for phrase in track(list(doubtful), f"recording {len(doubtful)} phrases anew", console=err):
        before, after = listener.retake(phrase)
        better += after < before
    err.print(f"{len(doubtful)} phrases were misheard; {better} are heard better now")
