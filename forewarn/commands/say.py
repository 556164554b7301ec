"""``forewarn say``: one sentence, aloud or into a file; the smallest use of the voice, and the way to test it."""

from __future__ import annotations

import queue
from pathlib import Path

import click

from alerts.prompts import LANGUAGES, readable
from alerts.voice import NoVoiceError, Outcome, Prompt, Voice, VoiceError, write_wav
from alerts.voice.player import PLAYERS

SPEAK_S = 120.0
"""Longest wait for the sentence to end."""


@click.command()
@click.argument("text")
@click.option("--language", type=click.Choice(list(LANGUAGES)), help="By default the one that the text is written in.")
@click.option("--wav", type=click.Path(dir_okay=False, path_type=Path), help="Write this file instead of speaking.")
@click.option("--player", type=click.Choice(["auto", *PLAYERS]), default="auto", show_default=True)
def command(text: str, language: str | None, wav: Path | None, player: str) -> None:
    """Speak TEXT, or write it as a WAV file; say which voice and player are used, and what is wrong with them.

    Ends with 1 where it could not be heard or written, with 3 where no voice or no player is installed.
    """
    language = language or _written_in(text)
    words = readable(language, text)
    if not LANGUAGES[language].units(words):
        raise click.BadParameter(f"nothing to say in {text!r}", param_hint="TEXT")
    if wav is not None:
        _write(words, language, wav)
    else:
        _speak(words, language, player)


def _written_in(text: str) -> str:
    """Return the first language that can read the text; the first of all where it is figures only."""
    return next((code for code, tongue in LANGUAGES.items() if tongue.reads(text)), next(iter(LANGUAGES)))


def _write(words: str, language: str, wav: Path) -> None:
    try:
        clip = write_wav(words, language, wav)
    except NoVoiceError as error:
        _fail(str(error), 3)
    except VoiceError as error:
        _fail(str(error), 1)
    else:
        click.echo(f"{wav}: {words} ({clip.voice}, {clip.info.duration_s:.1f} s, {clip.info.rate_hz} Hz)")


def _speak(words: str, language: str, player: str) -> None:
    outcomes: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
    voice = Voice.open([language], player=player, sink=outcomes.put)
    try:
        click.echo(f"voice: {voice.voices.get(language, 'none')}; player: {voice.player or 'none'}")
        if language not in voice.voices or voice.player is None:
            _fail("cannot speak here; --wav FILE writes the sound instead", 3)
        click.echo(words)
        voice.say(Prompt(words, language, 1))
        voice.drain(SPEAK_S)
    finally:
        voice.close()
    outcome = outcomes.get()
    if outcome.outcome != "spoken":
        _fail(f"{outcome.outcome}: {outcome.reason}", 1)
    click.echo(f"spoken by {outcome.voice}")


def _fail(message: str, code: int) -> None:
    click.echo(f"Error: {message}", err=True)
    raise click.exceptions.Exit(code)
