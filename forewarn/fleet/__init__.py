"""A simulated fleet in the field: its vehicles report as they drive, hear what they are told, and some obey."""

from typing import Final

SIMULATED: Final = "SIMULATED 模拟"
"""Stands wherever such a fleet is shown."""
