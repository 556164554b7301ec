"""What a recogniser makes of sentences that a voice speaks: the error, and the sentences it misheard most."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from alerts.voice.clips import Clips
from alerts.voice.joining import read_wav
from forewarn.recording.noise import in_cab
from forewarn.recording.recogniser import Heard, compare
from forewarn.recording.retake import Hears


@dataclass(slots=True)
class Ear:
    """What was heard of many sentences."""

    heard: list[Heard] = field(default_factory=list)
    voices: dict[str, int] = field(default_factory=dict)
    """Voice to how many sentences it spoke."""

    @property
    def error(self) -> float:
        """Return edits over units, of all sentences together."""
        units = sum(one.units for one in self.heard)
        return sum(one.edits for one in self.heard) / units if units else 0.0

    def worst(self, count: int) -> list[Heard]:
        """Return the sentences misheard most; none that was heard right."""
        return sorted((one for one in self.heard if one.edits), key=lambda one: -one.edits / one.units)[:count]


def listen(
    clips: Clips,
    ear: Hears,
    language: str,
    sentences: Iterable[str],
    noise_db: float | None = None,
) -> Ear:
    """Hear sentences as they would be spoken, under cab noise if a signal-to-noise ratio in dB is given.

    Raises VoiceError for a sentence that has no sound.
    """
    found = Ear()
    for number, text in enumerate(sentences):
        clip = clips.clip(text, language)
        samples, rate_hz = read_wav(clip.path)
        if noise_db is not None:
            samples = in_cab(samples, rate_hz, noise_db, seed=number)
        found.heard.append(compare(language, text, ear.hear(samples, rate_hz, language)))
        found.voices[clip.voice] = found.voices.get(clip.voice, 0) + 1
    return found
