"""What a text orders a driver: to go slower, and how fast he may go. Read from the words that prompts are made of."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from alerts.prompts import en_numbers, zh_numbers

LIMITS: Final = ("限速", "减速到", "limit", "slow to")
"""What stands before a limit."""
SLOWER: Final = ("降速", "减速", "慢行", "slow down", "too fast")
"""What orders to go slower."""
FIGURES: Final = range(3, 141)
"""Limits that a prompt may tell, as they are said: km/h, or miles per hour."""


class Order(NamedTuple):
    """An order to go slower."""

    limit: int | None
    """The limit as it was told, km/h or miles per hour; None where none was."""


_SAID: Final = {
    said: figure
    for figure in FIGURES
    for said in (zh_numbers.cardinal(figure), en_numbers.cardinal(figure), str(figure))
}
_LONGEST_FIRST: Final = "|".join(map(re.escape, sorted(_SAID, key=len, reverse=True)))
_LIMIT: Final = re.compile(rf"(?:{'|'.join(LIMITS)})\s*({_LONGEST_FIRST})", re.IGNORECASE)


def order_of(text: str) -> Order | None:
    """Return what a text orders; None where it is not about the speed, such as one about a rest."""
    found = _LIMIT.search(text)
    if found is not None:
        return Order(_SAID[found[1].lower()])
    return Order(None) if any(one in text.lower() for one in SLOWER) else None
