"""Clip packs: read, held against their manifest, and never half trusted."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alerts.voice.errors import PackError
from alerts.voice.joining import LEVEL_DBFS, level_dbfs
from alerts.voice.pack import MANIFEST, Pack
from alerts.voice.tiling import PAUSE
from tests.forewarn.recording.hand_made import make_pack

TEXTS = ("前方四百米", "匝道", "请降速")
"""Phrases of the Mandarin tables."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A pack of three phrases, hummed."""
    make_pack(tmp_path / "zh.zip", TEXTS)
    return tmp_path / "zh.zip"


def rewritten(path: Path, change: Callable[[dict[str, Any], dict[str, bytes]], None]) -> Path:
    """Write the pack again with something changed in its manifest or its files."""
    with zipfile.ZipFile(path) as held:
        files = {name: held.read(name) for name in held.namelist()}
    manifest = json.loads(files.pop(MANIFEST))
    change(manifest, files)
    with zipfile.ZipFile(path, "w") as out:
        out.writestr(MANIFEST, json.dumps(manifest))
        for name, data in files.items():
            out.writestr(name, data)
    return path


def test_a_sentence_of_recorded_phrases_is_joined(path: Path) -> None:
    """However its figures are written; at the level of every voice."""
    pack = Pack(path)
    tiles = pack.tiles("前方400米匝道，请降速")
    assert tiles == ["前方四百米", "匝道", PAUSE, "请降速"]
    samples = pack.samples(tiles)
    assert level_dbfs(samples, pack.manifest.rate_hz) == pytest.approx(LEVEL_DBFS, abs=0.2)
    assert pack.tiles("前方四百米老王家路口") is None


def test_what_is_no_pack_is_named(tmp_path: Path, path: Path) -> None:
    """No file, no ZIP file, no manifest, another format, a language that no table has."""
    (tmp_path / "no.zip").write_bytes(b"PK")
    with zipfile.ZipFile(tmp_path / "empty.zip", "w"):
        pass
    for name in ("gone.zip", "no.zip", "empty.zip"):
        with pytest.raises(PackError, match=f"{name}: not a clip pack"):
            Pack(tmp_path / name)

    def older(manifest: dict[str, Any], files: dict[str, bytes]) -> None:
        manifest["format"] = 0

    with pytest.raises(PackError, match="format 0"):
        Pack(rewritten(path, older))

    def foreign(manifest: dict[str, Any], files: dict[str, bytes]) -> None:
        manifest.update(format=1, language="xx")

    with pytest.raises(PackError, match="language 'xx'"):
        Pack(rewritten(path, foreign))

    def stranger(manifest: dict[str, Any], files: dict[str, bytes]) -> None:
        manifest.update(language="zh", more=1)

    with pytest.raises(PackError, match="not a clip pack"):
        Pack(rewritten(path, stranger))


def test_a_recording_that_is_not_the_one_described_is_refused(path: Path) -> None:
    """Other bytes, no sound, or no file at all: the phrase and its file are named, the others still speak."""

    def spoil(manifest: dict[str, Any], files: dict[str, bytes]) -> None:
        names = {phrase["text"]: phrase["file"] for phrase in manifest["phrases"]}
        files[names["匝道"]] = b"\0" + files[names["匝道"]][1:]
        del files[names["请降速"]]

    pack = Pack(rewritten(path, spoil))
    with pytest.raises(PackError, match=r"\(匝道\): not the file that the manifest describes"):
        pack.samples(["匝道"])
    with pytest.raises(PackError, match=r"\(请降速\)"):
        pack.samples(["请降速"])
    assert np.any(pack.samples(["前方四百米"]))
