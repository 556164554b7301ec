"""What a miner may be told beside the map."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MineSettings:
    """Settings shared by all miners."""

    country: str | None = None
    """ISO 3166-1 alpha-2 code of the country, for default limits; None where unknown."""
    language: str = "en"
    """Language of the generic words in names, ``zh`` or ``en``: that of the map's own names."""
    left_driving: bool = False
    """True where traffic keeps to the left."""
    town_class: str = "tertiary"
    """In towns a crossing counts only where a road of this class or higher meets another such road."""
