"""Clip packs: recorded phrases of one voice in one file, of which any sentence of a language's tables is joined.

A pack is a ZIP file: ``manifest.json``, and one Ogg Opus file a phrase. The manifest says who speaks, by
which model, under which licence, and for each phrase its text, its file, the file's SHA-256 and its length in seconds.
"""

from __future__ import annotations

import hashlib
import io
import threading
import zipfile
from pathlib import Path
from typing import Final

import msgspec
import soundfile

from alerts.prompts import LANGUAGES, readable
from alerts.voice.errors import PackError
from alerts.voice.joining import Samples, even, joined
from alerts.voice.tiling import PAUSE, tile

FOLDER: Final = Path(__file__).parent / "packs"
"""The packs that are part of the package, one a language."""
MANIFEST: Final = "manifest.json"
FORMAT: Final = 1
KEPT: Final = 64
"""Decoded phrases that are kept, those used last, about 0.1 MB each; decoding one takes a millisecond or two."""


class Phrase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One recorded phrase."""

    text: str
    file: str
    sha256: str
    seconds: float


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a pack says of itself."""

    format: int
    language: str
    voice: str
    """Name of the voice, as it stands in outcomes."""
    made_by: str
    """Model and front end that spoke it."""
    model_sha256: str
    voice_sha256: str
    licence: str
    """SPDX name of the licence of model and voice."""
    rate_hz: int
    phrases: list[Phrase]


class Pack:
    """An open pack; may be used by several threads."""

    def __init__(self, path: Path) -> None:
        """Open a pack; raises PackError where the file is none, or is of another format."""
        self.path = path
        self._lock = threading.Lock()
        self._decoded: dict[str, Samples] = {}
        try:
            self._zip = zipfile.ZipFile(path)
            self.manifest = msgspec.json.decode(self._zip.read(MANIFEST), type=Manifest)
        except (OSError, KeyError, ValueError, zipfile.BadZipFile, RuntimeError) as error:
            raise PackError(f"{path}: not a clip pack: {error}") from error
        if self.manifest.format != FORMAT or self.manifest.language not in LANGUAGES:
            raise PackError(
                f"{path}: format {self.manifest.format}, language {self.manifest.language!r}; this program reads "
                f"format {FORMAT} in {', '.join(LANGUAGES)}"
            )
        self.phrases = {phrase.text: phrase for phrase in self.manifest.phrases}

    @property
    def language(self) -> str:
        """Return the language code."""
        return self.manifest.language

    @property
    def name(self) -> str:
        """Return the name of the voice."""
        return self.manifest.voice

    def tiles(self, text: str) -> list[str] | None:
        """Return the phrases that make up a text, ``PAUSE`` between clauses; None where not all are recorded."""
        return tile(self.language, readable(self.language, text), self.phrases)

    def samples(self, tiles: list[str]) -> Samples:
        """Return phrases joined, as loud as every voice; raises PackError where one cannot be read."""
        with self._lock:
            parts = [None if text == PAUSE else self._phrase(text) for text in tiles]
        return even(joined(parts, self.manifest.rate_hz), self.manifest.rate_hz)

    def _phrase(self, text: str) -> Samples:
        samples = self._decoded.pop(text, None)
        if samples is None:
            samples = self._decode(self.phrases[text])
            if len(self._decoded) >= KEPT:
                del self._decoded[next(iter(self._decoded))]
        self._decoded[text] = samples  # the last one used stands last
        return samples

    def _decode(self, phrase: Phrase) -> Samples:
        where = self._where(phrase)
        try:
            samples, rate_hz = soundfile.read(io.BytesIO(self.file(phrase)), dtype="float32")
        except (ValueError, RuntimeError) as error:
            raise PackError(f"{where}: {error}") from error
        if rate_hz != self.manifest.rate_hz or samples.ndim != 1:
            raise PackError(f"{where}: {rate_hz} Hz, {samples.ndim} channels; the manifest says otherwise")
        return even(samples, rate_hz)

    def file(self, phrase: Phrase) -> bytes:
        """Return the file of a phrase; raises PackError where it is not the one that the manifest describes."""
        where = self._where(phrase)
        try:
            data = self._zip.read(phrase.file)
        except (OSError, KeyError, ValueError, zipfile.BadZipFile, RuntimeError) as error:
            raise PackError(f"{where}: {error}") from error
        if hashlib.sha256(data).hexdigest() != phrase.sha256:
            raise PackError(f"{where}: not the file that the manifest describes")
        return data

    def _where(self, phrase: Phrase) -> str:
        return f"{self.path}: {phrase.file} ({phrase.text})"

    def close(self) -> None:
        """Close the file."""
        self._zip.close()


def shipped(language: str) -> Path:
    """Return where the package's own pack of a language is, whether there is one or not."""
    return FOLDER / f"{language}.zip"
