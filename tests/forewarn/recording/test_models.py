"""Model files: the ones that were tried, or an error that says how to get them."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pytest

from forewarn.recording.models import MissingError, ModelFile, cache_dir, find, voice_file

WHOLE = b"first half, second half"
PINNED = hashlib.sha256(WHOLE).hexdigest()


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache of the test's own, and two packages that hold a half each."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for number, half in enumerate((WHOLE[:11], WHOLE[11:]), 1):
        package = tmp_path / "site" / f"some_model_part_{number}"
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
        (package / "part.bin").write_bytes(half)
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site"), *sys.path])


def of_parts(sha256: str = PINNED) -> ModelFile:
    """A model whose file lies in two packages."""
    parts = tuple((f"some_model_part_{number}", "part.bin") for number in (1, 2))
    return ModelFile("some.onnx", sha256, parts, "pip install some-model")


def test_it_is_put_together_of_packages_once() -> None:
    """And kept in the cache."""
    path = find(of_parts())
    assert path == cache_dir() / "some.onnx"
    assert path.read_bytes() == WHOLE
    assert find(of_parts()) == path


def test_a_folder_goes_first(tmp_path: Path) -> None:
    """A file that somebody brought."""
    (tmp_path / "some.onnx").write_bytes(WHOLE)
    assert find(of_parts(), tmp_path) == tmp_path / "some.onnx"


def test_another_file_than_the_one_that_was_tried_is_refused(tmp_path: Path) -> None:
    """In a folder or in packages; nothing of it is left in the cache."""
    (tmp_path / "some.onnx").write_bytes(b"another")
    with pytest.raises(MissingError, match="not the file that was tried"):
        find(of_parts(), tmp_path)
    with pytest.raises(MissingError, match="hold another one; pip install some-model"):
        find(of_parts("0" * 64))
    assert list(cache_dir().iterdir()) == []


def test_what_is_nowhere_is_said_with_how_to_get_it() -> None:
    """A voice comes in no Python package."""
    with pytest.raises(MissingError, match=r"zf_x\.bin is not there: npm pack"):
        find(voice_file("zf_x", PINNED))
    with pytest.raises(MissingError, match=r"some\.onnx is not there"):
        find(ModelFile("some.onnx", PINNED, (("no_such_package", "part.bin"),), "pip"))
