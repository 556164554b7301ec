"""Sentences to files, for a machine that cannot speak or a user who wants to keep them."""

from __future__ import annotations

import atexit
from functools import cache
from pathlib import Path

from alerts.voice.clips import Clip, Clips
from alerts.voice.errors import NoVoiceError


@cache
def _clips(language: str) -> Clips:
    """Return the clips of a language: one synthesiser serves all files of a run, and ends with it."""
    clips = Clips((language,))
    atexit.register(clips.close)
    return clips


def write_wav(text: str, language: str, path: Path, *, attention: bool = False) -> Clip:
    """Write a sentence as a WAV file (16 bit, mono), whole or not at all; folders are made.

    ``attention`` puts the attention tone before it.

    Raises NoVoiceError where no voice reads the language, SynthesisError where the text gives no sound, VoiceError
    where the file cannot be written.
    """
    clips = _clips(language)
    if language not in clips.voices:
        raise NoVoiceError(clips.faults[0])
    return clips.write(text, language, path, attention=attention)
