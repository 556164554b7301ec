"""Configuration files: TOML into structs, where whatever is wrong is named by file and key."""

from __future__ import annotations

from collections.abc import Mapping
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


def secret(key: str, path: str | None, variable: str, environment: Mapping[str, str]) -> str:
    """Return what a file holds alone, without one what an environment variable does; raise BadConfigError for neither.

    ``key`` is what the file's path is called in the configuration.
    """
    if path is not None:
        try:
            return Path(path).read_text("utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise BadConfigError(f"{key}: {path} cannot be read: {error}") from error
    if variable not in environment:
        raise BadConfigError(f"{key} is not given, and neither is the environment variable {variable}")
    return environment[variable]
