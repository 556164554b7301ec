"""Sound files of sentences: rendered once, kept under a name made of voice, rate and words."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from alerts.prompts import readable
from alerts.voice.errors import NoVoiceError, SynthesisError, VoiceError
from alerts.voice.synthesiser import Synthesiser
from alerts.voice.wav import WavInfo, measure

log = logging.getLogger("alerts.voice")

Start = Callable[[str], Synthesiser]


class Clips:
    """Clips of several languages, one synthesiser each; may be used by several threads."""

    def __init__(self, languages: Iterable[str], cache_dir: Path | None = None, start: Start = Synthesiser) -> None:
        """Start a synthesiser for each language; those without a voice are named in ``faults``.

        ``cache_dir`` keeps the clips beyond this run; None uses a folder that is removed at the end.
        """
        self.faults: list[str] = []
        self.voices: dict[str, str] = {}
        self._lock = threading.Lock()
        self._temporary = None
        if cache_dir is None:
            # removed at the exit of the interpreter too, should nobody come to close this
            self._temporary = tempfile.TemporaryDirectory(prefix="forewarn-clips-", ignore_cleanup_errors=True)
            cache_dir = Path(self._temporary.name)
        self._folder = cache_dir
        self._folder.mkdir(parents=True, exist_ok=True)
        self._synthesisers: dict[str, Synthesiser] = {}
        for language in dict.fromkeys(languages):
            try:
                self._synthesisers[language] = start(language)
            except NoVoiceError as error:
                self.faults.append(str(error))
            else:
                self.voices[language] = self._synthesisers[language].voice

    def clip(self, text: str, language: str) -> tuple[Path, WavInfo]:
        """Return the sound file of a text and what it holds; raises NoVoiceError or SynthesisError."""
        synthesiser = self._synthesisers.get(language)
        if synthesiser is None:
            raise NoVoiceError(f"no {language} voice")
        words = readable(language, text)
        key = "|".join((synthesiser.voice, str(synthesiser.rate), words))
        path = self._folder / f"{hashlib.sha256(key.encode()).hexdigest()}.wav"
        with self._lock:
            if path.exists():
                try:
                    return path, measure(path)
                except SynthesisError as error:
                    log.warning("a kept clip is broken and rendered anew: %s", error)
            return path, synthesiser.write(words, path)

    def write(self, text: str, language: str, path: Path) -> WavInfo:
        """Write the text's sound to a file of one's own choice, whole or not at all; raises VoiceError."""
        clip, info = self.clip(text, language)
        part = path.with_name(f".{path.name}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(clip, part)
            part.replace(path)
        except OSError as error:
            with contextlib.suppress(OSError):  # what cannot be written cannot be removed either
                part.unlink()
            raise VoiceError(f"{path}: {error}") from error
        return info

    def close(self) -> None:
        """End the synthesisers, and remove the clips unless a folder was given for them."""
        for synthesiser in self._synthesisers.values():
            synthesiser.close()
        if self._temporary is not None:
            self._temporary.cleanup()
