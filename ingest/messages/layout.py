"""How objects of one shape are read: what polars parses, and which value is which field."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import polars as pl


@dataclass(frozen=True, slots=True)
class Layout:
    """How objects of one shape are read."""

    schema: dict[str, Any]
    """What polars is to read, all values as text, so that none depends on its neighbours' types."""
    fields: dict[str, pl.Expr]
    """Field to its value."""
    flat: dict[str, str] = field(default_factory=dict)
    """Field to the key that holds it, where all stand at the top of the object."""
    units: dict[str, str] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)
    """As in ``headers.Layout``."""
    lists: dict[str, pl.Expr] = field(default_factory=dict)
    """Column to the list whose elements stand in it, where an object holds many positions."""
    fault: str = ""
    """Why objects of this shape are no positions."""
    empty: bool = False
    """Objects of this shape are sound, and hold no position."""
