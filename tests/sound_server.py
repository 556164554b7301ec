"""What tests of sound need on the machine; the server itself is the one of the benchmarks."""

from __future__ import annotations

import shutil

import pytest


def marks(*tools: str) -> list[pytest.MarkDecorator]:
    """The marks of a module whose tests need these programs; without them they are skipped by name."""
    missing = [tool for tool in tools if shutil.which(tool) is None]
    return [
        pytest.mark.sound,
        pytest.mark.skipif(bool(missing), reason=f"{', '.join(missing)} not installed: make setup-system"),
    ]
