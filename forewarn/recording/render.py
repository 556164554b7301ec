"""Recording all phrases of a language into a clip pack: interrupted at any moment, it goes on where it was.

What is recorded stands in a folder beside the pack until the pack is whole: a FLAC file a phrase, and a journal with a
line for each. A phrase whose voice or model has changed is recorded anew. Recordings of an older pack of the same voice
and model are taken over as they are, so that a changed wording costs its own phrases only.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Protocol

import msgspec
import numpy as np
import soundfile

from alerts.prompts.phrases import phrases
from alerts.voice.joining import Samples, even
from alerts.voice.pack import FORMAT, MANIFEST, Manifest, Pack, Phrase
from forewarn.recording.kokoro import RATE_HZ, TAKES, Take
from forewarn.recording.phrase import encoded, most_s, trimmed

MADE_BY: Final = "Kokoro-82M v1.0 (int8), front end misaki"
LICENCE: Final = "Apache-2.0"
JOURNAL: Final = "journal.jsonl"
ADOPTED: Final = -1
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""Time of every file in a pack; a ZIP file wants one."""


class Speaks(Protocol):
    """What records: ``Kokoro``, or a test's own."""

    voice: str
    language: str
    model_sha256: str
    voice_sha256: str

    def speak(self, text: str, take: Take) -> Samples:
        """Return the sound of a text."""


class Recorded(msgspec.Struct, frozen=True):
    """A line of the journal."""

    text: str
    file: str
    seconds: float
    take: int
    """Which of ``TAKES``; ``ADOPTED`` where it came from a pack."""
    by: str
    """Digest of voice and model."""


def parts_of(pack: Path) -> Path:
    """Return the folder in which a pack's recordings are gathered."""
    return pack.with_name(f"{pack.name}.parts")


class Parts:
    """The recordings gathered so far."""

    def __init__(self, folder: Path, speaker: Speaks) -> None:
        """Open the folder, or make it; what another voice or model recorded is passed over."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.speaker = speaker
        self.by = hashlib.sha256(f"{speaker.voice_sha256} {speaker.model_sha256}".encode()).hexdigest()[:16]
        self.recorded: dict[str, Recorded] = {}
        journal = folder / JOURNAL
        held = journal.read_bytes() if journal.exists() else b""
        if held and not held.endswith(b"\n"):  # an interrupted run broke off in this line
            with journal.open("ab") as file:
                file.write(b"\n")
        for line in held.splitlines():
            try:
                one = msgspec.json.decode(line, type=Recorded)
            except msgspec.DecodeError:  # such a line; its phrase is recorded anew
                continue
            if one.by == self.by and (folder / one.file).is_file():
                self.recorded[one.text] = one

    def record(self, text: str, take: int) -> Recorded:
        """Record a phrase by one take, and keep it in place of an older one."""
        samples = self.sound(text, take)
        return self.keep(text, take, samples)

    def sound(self, text: str, take: int) -> Samples:
        """Return a phrase as it is recorded by one take."""
        return trimmed(self.speaker.speak(text, TAKES[take]))

    def keep(self, text: str, take: int, samples: Samples) -> Recorded:
        """Keep a phrase's sound."""
        file = f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.flac"
        part = self.folder / f".{file}"
        soundfile.write(part, even(samples, RATE_HZ), RATE_HZ, format="FLAC", subtype="PCM_16")
        part.replace(self.folder / file)
        one = Recorded(text, file, round(len(samples) / RATE_HZ, 3), take, self.by)
        self._note(one)
        return one

    def _note(self, one: Recorded) -> None:
        with (self.folder / JOURNAL).open("ab") as journal:
            journal.write(msgspec.json.encode(one) + b"\n")
        self.recorded[one.text] = one

    def adopt(self, pack: Pack) -> int:
        """Take over what a pack of the same voice and model has and is not recorded yet; return how many phrases.

        Raises PackError where one cannot be read.
        """
        manifest = pack.manifest
        if (manifest.voice_sha256, manifest.model_sha256) != (self.speaker.voice_sha256, self.speaker.model_sha256):
            return 0
        new = [phrase for text, phrase in pack.phrases.items() if text not in self.recorded]
        for phrase in new:
            file = f"{hashlib.sha256(phrase.text.encode()).hexdigest()[:16]}.opus"
            (self.folder / file).write_bytes(pack.file(phrase))
            self._note(Recorded(phrase.text, file, phrase.seconds, ADOPTED, self.by))
        return len(new)

    def kept(self, text: str) -> Samples:
        """Return the sound of a phrase that was recorded."""
        samples, _ = soundfile.read(self.folder / self.recorded[text].file, dtype="float32")
        return np.asarray(samples, np.float32)

    def packed(self, text: str) -> bytes:
        """Return a phrase as it goes into a pack; one that came from a pack is not encoded again."""
        one = self.recorded[text]
        return (self.folder / one.file).read_bytes() if one.take == ADOPTED else encoded(self.kept(text))


def wanted(language: str, parts: Parts) -> list[str]:
    """Return the phrases of a language that are not recorded yet."""
    return [text for text in phrases(language) if text not in parts.recorded]


def record_all(parts: Parts, texts: Iterable[str]) -> None:
    """Record phrases, each by the first take that is short enough; the shortest where none is."""
    language = parts.speaker.language
    for text in texts:
        tried: list[tuple[int, Samples]] = []
        for take in range(len(TAKES)):
            tried.append((take, parts.sound(text, take)))
            if len(tried[-1][1]) / RATE_HZ <= most_s(language, text):
                break
        else:
            tried.sort(key=lambda one: len(one[1]))
            tried = tried[:1]
        parts.keep(text, *tried[-1])


def write_pack(parts: Parts, pack: Path) -> Manifest:
    """Write the pack of all phrases recorded, whole or not at all; raises OSError."""
    speaker = parts.speaker
    held: list[tuple[Phrase, bytes]] = []
    for text in phrases(speaker.language):
        one = parts.recorded.get(text)
        if one is not None:
            data = parts.packed(text)
            file = f"{len(held):04d}.opus"
            held.append((Phrase(text, file, hashlib.sha256(data).hexdigest(), one.seconds), data))
    manifest = Manifest(
        format=FORMAT,
        language=speaker.language,
        voice=speaker.voice,
        made_by=MADE_BY,
        model_sha256=speaker.model_sha256,
        voice_sha256=speaker.voice_sha256,
        licence=LICENCE,
        rate_hz=RATE_HZ,
        phrases=[phrase for phrase, _ in held],
    )
    part = pack.with_name(f".{pack.name}.part")
    with zipfile.ZipFile(part, "w") as out:
        listed = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
        out.writestr(zipfile.ZipInfo(MANIFEST, _EPOCH), listed, zipfile.ZIP_DEFLATED)
        for phrase, data in held:
            out.writestr(zipfile.ZipInfo(phrase.file, _EPOCH), data)
    part.replace(pack)
    return manifest
