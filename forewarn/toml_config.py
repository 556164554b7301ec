"""Configuration files: TOML into structs, where whatever is wrong is named by file and key."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

C = TypeVar("C", bound=msgspec.Struct)


class BadConfigError(Exception):
    """The configuration is of no use; the message names file and key."""


def read_toml(path: Path, kind: type[C]) -> C:
    """Return a file's content; raise BadConfigError for an unknown key, a value that cannot be, or no TOML at all."""
    try:
        return msgspec.toml.decode(path.read_bytes(), type=kind)
    except OSError as error:
        raise BadConfigError(f"{path}: cannot be read: {error.strerror or error}") from error
    except msgspec.ValidationError as error:
        said = str(error)
        raise BadConfigError(f"{path}: {said}" if "`$" in said else f"{path}: {said} - at `$`") from error
    except (msgspec.DecodeError, ValueError) as error:
        raise BadConfigError(f"{path}: is no TOML: {error}") from error
