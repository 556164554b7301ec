"""Sentences drawn from the tables by lot: every kind and form as likely as any other, figures as on the road."""

from __future__ import annotations

import random
from typing import Final

from alerts.prompts import OWN_WORDS, SUBTYPES, sentence
from alerts.prompts.facts import FORMS, Facts
from alerts.prompts.phrases import MINUTES, SIGNED
from alerts.prompts.rounding import FEET, KM_PER_MILE, M_PER_FOOT, METRES

MILES_SHARE: Final = 0.15
"""Of sentences in miles: few fleets have them."""
FATIGUE_SHARE: Final = 0.15
FAR_M: Final = 3000.0
"""No sentence begins further from its place (DESIGN: an approach ends at 2,000 m)."""


def drawn(language: str, count: int, seed: int) -> list[str]:
    """Return so many different sentences; the same seed draws the same."""
    lot = random.Random(seed)  # noqa: S311  # a sample, no secret
    found: dict[str, None] = {}
    while len(found) < count:
        found[sentence(language, _fatigue(lot) if lot.random() < FATIGUE_SHARE else _place(lot))] = None
    return list(found)


def _fatigue(lot: random.Random) -> Facts:
    minutes = [minutes for minutes in MINUTES if minutes <= 14 * 60]
    driven, left, rest = (60.0 * lot.choice(minutes) for _ in range(3))
    subtype = lot.choice((None, *SUBTYPES["fatigue"]))
    return Facts("fatigue", "episode", subtype, driven_s=driven, remaining_s=left, rest_s=rest, firm=lot.random() < 0.2)


def _place(lot: random.Random) -> Facts:
    kind = lot.choice([*(kind for kind in SUBTYPES if kind not in OWN_WORDS), "unknown", "speeding"])
    form = "episode" if kind == "speeding" else lot.choice([form for form in FORMS if form != "episode"])
    miles = lot.random() < MILES_SHARE
    metres = [step * M_PER_FOOT for step in FEET] if miles else [float(step) for step in METRES]
    near = lot.choice([None, *(step for step in metres if step <= FAR_M)])
    shared = lot.random() < 0.3
    other = lot.choice([kind for kind in SUBTYPES if kind not in (*OWN_WORDS, "ramp")])
    sharing = lot.choice(("also", "then", "many", "mixed")) if shared else ""
    limit = lot.choice([None, *sorted(SIGNED)])
    return Facts(
        kind,
        form,
        lot.choice((None, *SUBTYPES.get(kind, ()))),
        distance_m=near,
        also_m=lot.choice(metres) if sharing == "also" else None,
        then=(other, lot.choice((None, *SUBTYPES[other]))) if sharing == "then" and kind != "ramp" else None,
        many=sharing in ("many", "mixed"),
        mixed=sharing == "mixed",
        limit_kmh=None if limit is None else limit * (KM_PER_MILE if miles else 1.0),
        speed_kmh=lot.choice((None, float(lot.randrange(20, 131)))),
        firm=lot.random() < 0.2,
        miles=miles,
    )
