# ruff: noqa: N818  # named by what is wrong, as a user would say it
"""What can go wrong while judging: one small tree, every message names the place."""

from __future__ import annotations

from pathlib import Path


class JudgeError(Exception):
    """The judge cannot go on."""


class BadMap(JudgeError):
    """The map cannot be read, is malformed, or holds no road."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(f"{path}: {detail}")


class BadTruth(JudgeError):
    """The table of matched edges cannot be read, lacks a column, or holds nothing that can be used."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(f"{path}: {detail}")


class JudgeUnavailable(JudgeError):
    """Something that the judge needs is not installed; the message says how to get it."""
