"""The speech model that records phrases: Kokoro-82M on ONNX Runtime, its front ends by language."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from alerts.voice.joining import Samples
from forewarn.recording.mandarin import mend
from forewarn.recording.models import KOKORO, MissingError, find, voice_file

RATE_HZ: Final = 24_000
"""Rate of the model's sound."""
LENGTHS: Final = 510
"""Rows of a voice file, one a length of text."""


@dataclass(frozen=True, slots=True)
class Take:
    """One way to speak a phrase: the models say it a little differently each."""

    speed: float
    end: str
    """Punctuation put behind the words, which bends the end of the phrase."""


TAKES: Final = (
    Take(1.0, ""),
    Take(1.0, "."),
    Take(1.1, ""),
    Take(0.9, "."),
    Take(1.2, "."),
    Take(1.05, ","),
    Take(0.95, ""),
    Take(1.15, "!"),
    Take(1.3, ""),
    Take(0.85, "!"),
)
"""What is tried in turn; faster ones also where the phrase would last too long. Journals count on their order."""

VOICES: Final[dict[str, tuple[str, str]]] = {
    "zm_yunyang": ("zh", "261e2c89470534dbbcb8fd98b8fdc495ec94063d9bb6c8277f7be43cccba3f42"),
    "zm_yunxi": ("zh", "7243892fb4e560d47014090ddf010f8b8b790f3c6b029ff82b2ac06aa4e27c8b"),
    "zm_yunxia": ("zh", "6b2b8fc15b3df19a368daebe5c581c7fabf433ee5b8a17ffd6b3d723cff8936d"),
    "zf_xiaobei": ("zh", "5dde6e1c9c4f12c8b327bc29c0cee361a23b52b952c04636858ba637ec66e640"),
    "zf_xiaoyi": ("zh", "bc1555c5c486099196ac254bae5e0bb543c121952a3092f50b7d8724f1bc36b3"),
    "af_heart": ("en", "d583ccff3cdca2f7fae535cb998ac07e9fcb90f09737b9a41fa2734ec44a8f0b"),
    "af_bella": ("en", "f69d836209b78eb8c66e75e3cda491e26ea838a3674257e9d4e5703cbaf55c8b"),
    "am_michael": ("en", "1d1f21dd8da39c30705cd4c75d039d265e9bc4a2a93ed09bc9e1b1225eb95ba1"),
    "bf_emma": ("en", "669fe0647f9dd04fcab92f1439a40eeb4c8b4ab1f82e4996fe3d918ce4a63b73"),
}
"""Voice to its language and the SHA-256 of its file; the first of a language is the one its pack is made with."""


def _mandarin() -> Callable[[str], str]:
    from misaki.zh import ZHG2P

    mend()
    front: Any = ZHG2P()
    return lambda text: str(front(text)[0])


def _english() -> Callable[[str], str]:
    from misaki.espeak import EspeakG2P

    front: Any = EspeakG2P("en-us")
    return lambda text: str(front(text)[0])


FRONTS: Final = {"zh": _mandarin, "en": _english}
"""Language to what makes phonemes of its words."""


class Kokoro:
    """One voice of the model."""

    def __init__(self, voice: str, folder: Path | None = None) -> None:
        """Load model, voice and front end; raises MissingError where one of them is not there."""
        if voice not in VOICES:
            raise MissingError(f"no voice {voice!r}; there are {', '.join(VOICES)}")
        self.voice = voice
        self.language, self.voice_sha256 = VOICES[voice]
        self.model_sha256 = KOKORO.sha256
        try:
            from kokoro_onnx import Kokoro as Model

            self._phonemes = FRONTS[self.language]()
        except ImportError as error:
            raise MissingError(f"{error.name} is not installed: {KOKORO.get}") from error
        model, style = find(KOKORO, folder), find(voice_file(voice, self.voice_sha256), folder)
        self._style = np.fromfile(style, "<f4").reshape(LENGTHS, 1, -1)
        with tempfile.TemporaryDirectory() as scratch:
            voices = Path(scratch) / "voices.npz"  # the library wants some, though every call brings its own
            np.savez(voices, self._style)
            self._model: Any = Model(str(model), str(voices))

    def speak(self, text: str, take: Take) -> Samples:
        """Return the sound of a text, silence at its ends included."""
        phonemes = self._phonemes(text) + take.end
        samples, _ = self._model.create(phonemes, voice=self._style, speed=take.speed, is_phonemes=True, trim=False)
        return np.asarray(samples, np.float32)
