"""Sound files of sentences: joined from a pack where it has every phrase, else spoken whole by the synthesiser.

One sentence, one voice: a sentence is never put together of both. Files are kept under a name made of voice and words.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from alerts.prompts import readable
from alerts.voice.errors import NoVoiceError, PackError, SynthesisError, VoiceError
from alerts.voice.joining import Samples, even, read_wav, tone, write_samples
from alerts.voice.pack import Pack, shipped
from alerts.voice.synthesiser import Synthesiser
from alerts.voice.tiling import PAUSE
from alerts.voice.wav import WavInfo, measure

log = logging.getLogger("alerts.voice")

Start = Callable[[str], Synthesiser]
FindPack = Callable[[str], Path | None]
TILINGS: Final = 4096
"""Sentences whose phrases are remembered."""
MOST: Final = 200
"""Clips that are kept in a folder of this run's own, those asked for last, 0.2 MB each: far more than wait to sound,
and far fewer than a terminal says in months."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A sentence as a sound file."""

    path: Path
    info: WavInfo
    voice: str
    """Name of the voice that speaks it."""


class Clips:
    """Clips of several languages, a pack and a synthesiser each; may be used by several threads."""

    def __init__(
        self,
        languages: Iterable[str],
        cache_dir: Path | None = None,
        start: Start = Synthesiser,
        find_pack: FindPack = shipped,
    ) -> None:
        """Open the pack and start the synthesiser of each language; what is missing is named in ``faults``.

        ``cache_dir`` keeps the clips beyond this run; None uses a folder that is removed at the end. ``find_pack``
        gives the pack's file for a language, None for no pack at all.
        """
        self.faults: list[str] = []
        self.packs: dict[str, Pack] = {}
        self.synthesisers: dict[str, Synthesiser] = {}
        self._temporary = None
        if cache_dir is None:
            # removed at the exit of the interpreter too, should nobody come to close this
            self._temporary = tempfile.TemporaryDirectory(prefix="forewarn-clips-", ignore_cleanup_errors=True)
            cache_dir = Path(self._temporary.name)
        self._folder = cache_dir
        self._folder.mkdir(parents=True, exist_ok=True)
        self._locks: dict[str, threading.Lock] = {}
        self._asked: dict[Path, None] = {}
        self._asked_lock = threading.Lock()
        self._tiles = lru_cache(TILINGS)(self._find_tiles)
        for language in dict.fromkeys(languages):
            self._locks[language] = threading.Lock()
            self._open(language, find_pack(language), start)

    def _open(self, language: str, pack: Path | None, start: Start) -> None:
        if pack is not None:
            try:
                self.packs[language] = Pack(pack)
            except PackError as error:
                self.faults.append(f"{error}; the synthesiser speaks instead")
        try:
            self.synthesisers[language] = start(language)
        except NoVoiceError as error:
            self.faults.append(str(error))

    @property
    def voices(self) -> dict[str, str]:
        """Return for each language that has one the voice that is used first: the pack's, else the synthesiser's."""
        spoken = {language: synthesiser.voice for language, synthesiser in self.synthesisers.items()}
        return spoken | {language: pack.name for language, pack in self.packs.items()}

    def recorded(self, text: str, language: str) -> bool:
        """Tell whether the pack has every phrase of a sentence."""
        return self._tiles(text, language) is not None

    def _find_tiles(self, text: str, language: str) -> list[str] | None:
        pack = self.packs.get(language)
        return None if pack is None else pack.tiles(text)

    def clip(self, text: str, language: str, *, attention: bool = False) -> Clip:
        """Return the sound of a text, behind the attention tone if asked for; raises NoVoiceError or SynthesisError.

        A recording that cannot be read is said in the log, and the synthesiser speaks.
        """
        clip = self._made(text, language, attention)
        if self._temporary is not None:
            self._keep_few(clip.path)
        return clip

    def _made(self, text: str, language: str, attention: bool) -> Clip:
        tiles = self._tiles(text, language)
        pack = self.packs.get(language)
        if tiles is not None and pack is not None:
            try:
                return self._joined(pack, tiles, attention)
            except PackError as error:
                log.warning("voice: %s; the synthesiser speaks instead", error)
        return self._spoken(text, language, attention)

    def _keep_few(self, path: Path) -> None:
        """Note that a clip was asked for, and remove those that were not for long."""
        with self._asked_lock:
            self._asked.pop(path, None)
            self._asked[path] = None
            while len(self._asked) > MOST:
                oldest = next(iter(self._asked))
                del self._asked[oldest]
                oldest.unlink(missing_ok=True)

    def _joined(self, pack: Pack, tiles: list[str], attention: bool) -> Clip:
        # by the recordings, not the words: a phrase recorded anew makes a new clip
        recordings = "|".join("" if text == PAUSE else pack.phrases[text].sha256 for text in tiles)
        path = self._path(pack.name, pack.manifest.voice_sha256, recordings, attention)
        rate_hz = pack.manifest.rate_hz
        info = self._kept(path) or _written(path, lambda _: (pack.samples(tiles), rate_hz), attention)
        return Clip(path, info, pack.name)

    def _spoken(self, text: str, language: str, attention: bool) -> Clip:
        synthesiser = self.synthesisers.get(language)
        if synthesiser is None:
            raise NoVoiceError(f"no {language} voice")
        words = readable(language, text)
        path = self._path(synthesiser.voice, str(synthesiser.rate), words, attention)

        def speak(part: Path) -> tuple[Samples, int]:
            synthesiser.write(words, part)
            samples, rate_hz = read_wav(part)
            return even(samples, rate_hz), rate_hz

        with self._locks[language]:
            info = self._kept(path) or _written(path, speak, attention)
        return Clip(path, info, synthesiser.voice)

    def _path(self, voice: str, kind: str, words: str, attention: bool) -> Path:
        key = "|".join((voice, kind, words, "tone" if attention else ""))
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()}.wav"

    def _kept(self, path: Path) -> WavInfo | None:
        if not path.exists():
            return None
        try:
            return measure(path)
        except SynthesisError as error:
            log.warning("a kept clip is broken and made anew: %s", error)
            return None

    def write(self, text: str, language: str, path: Path, *, attention: bool = False) -> Clip:
        """Write the text's sound to a file of one's own choice, whole or not at all; raises VoiceError."""
        clip = self.clip(text, language, attention=attention)
        part = path.with_name(f".{path.name}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(clip.path, part)
            part.replace(path)
        except OSError as error:
            with contextlib.suppress(OSError):  # what cannot be written cannot be removed either
                part.unlink()
            raise VoiceError(f"{path}: {error}") from error
        return Clip(path, clip.info, clip.voice)

    def close(self) -> None:
        """End the synthesisers, and remove the clips unless a folder was given for them."""
        for synthesiser in self.synthesisers.values():
            synthesiser.close()
        for pack in self.packs.values():
            pack.close()
        if self._temporary is not None:
            self._temporary.cleanup()


def _written(path: Path, make: Callable[[Path], tuple[Samples, int]], attention: bool) -> WavInfo:
    """Write a sound as a whole file or none; ``make`` may use the unfinished file. Raises SynthesisError, PackError."""
    part = path.with_name(f".{path.stem}.{os.getpid()}.{threading.get_ident()}.wav")
    try:
        samples, rate_hz = make(part)
        if attention:
            samples = np.concatenate([tone(rate_hz), samples])
        write_samples(part, samples, rate_hz)
        part.replace(path)
    except OSError as error:
        raise SynthesisError(f"{path}: {error}") from error
    finally:
        part.unlink(missing_ok=True)
    level = float(np.sqrt(np.mean(samples.astype(np.float64) ** 2))) if samples.size else 0.0
    return WavInfo(samples.size, rate_hz, samples.size / rate_hz, level)
