"""From events to sentences: the facts of each prompt, and its words, made once for all prompts of the same facts."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from copy import copy
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from alerts.columns import iso_column
from alerts.fold import SUBTYPES
from alerts.prompts import sentence
from alerts.prompts.facts import FORMS, Facts
from alerts.prompts.rounding import said_kmh, said_m
from alerts.record import Prompt
from geofence.segments import SegmentSet

OWN_SPEED_PCT: Final = 20.0
"""A driver is told his own speed when it is this much above the limit: below, it is no news."""
NEAREST_M: Final = 30.0
"""A place nearer than this is not said to be ahead by a distance, m."""
_NO_KIND: Final = -1
MOST_WORDINGS: Final = 50_000
"""Sentences kept; figures are rounded as they are said, so that few differ."""

_FACTS: Final = np.dtype(
    [
        ("kind", "i2"),
        ("form", "i1"),
        ("subtype", "i2"),
        ("distance_m", "f8"),
        ("also_m", "f8"),
        ("then_kind", "i2"),
        ("then_subtype", "i2"),
        ("many", "?"),
        ("mixed", "?"),
        ("limit_kmh", "f8"),
        ("speed_kmh", "f8"),
        ("remaining_s", "f8"),
        ("driven_s", "f8"),
        ("rest_s", "f8"),
        ("firm", "?"),
        ("advice", "i4"),
        ("miles", "?"),
        ("language", "i1"),
    ]
)
"""``Facts`` as a row: names as codes, NaN for none."""


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else value


class Names:
    """Codes for the few names of one kind."""

    def __init__(self, names: Sequence[str | None]) -> None:
        """Start with these, in this order."""
        self.names = list(dict.fromkeys(names))

    def codes(self, names: Sequence[str | None]) -> NDArray[np.int32]:
        """Return the code of each name, giving new ones theirs."""
        self.names = list(dict.fromkeys((*self.names, *names)))
        code = {name: k for k, name in enumerate(self.names)}
        return np.array([code[name] for name in names], np.int32)


class Wording:
    """Writes the prompts of events, over one segment set."""

    def __init__(
        self, segments: SegmentSet, rules: Sequence[str], languages: Sequence[str], miles: NDArray[np.bool_]
    ) -> None:
        """``rules`` and ``languages`` name the codes of events and fixes; ``miles`` is a column by profile row."""
        self._approach = rules.index("approach")
        self._languages = languages
        self._miles = miles
        kinds, subtypes, advices = Names(rules), Names([name or None for name in SUBTYPES]), Names([None])
        each = segments.segments
        self._segment_kind = kinds.codes([s.kind for s in each])
        self._segment_subtype = subtypes.codes([s.subtype for s in each])
        self._segment_advice = advices.codes([s.advice for s in each])
        self._kinds, self._subtypes, self._advices = kinds.names, subtypes.names, advices.names
        self._known: dict[bytes, tuple[str, str, str]] = {}

    def counted(self, miles: NDArray[np.bool_]) -> Wording:
        """Return the same with another column of who counts in miles, by profile row."""
        other = copy(self)
        other._miles = miles
        return other

    def prompts(self, e: NDArray[Any], f: NDArray[Any]) -> Iterator[Prompt]:
        """Return the prompt of each event, given its fix."""
        facts = self._facts(e, f)
        known = self._known
        if len(known) > MOST_WORDINGS:
            known.clear()
        worded = list(map(known.get, facts.view(f"V{_FACTS.itemsize}").tolist()))
        for k, found in enumerate(worded):
            if found is None:
                key = facts[k].tobytes()
                worded[k] = known.setdefault(key, self._word(facts[k]))
        forms, texts, languages = zip(*worded, strict=True) if worded else ((), (), ())
        speak, expire = iso_column(e["speak_ms"]), iso_column(e["expires_ms"])
        return map(Prompt, forms, texts, languages, e["priority"].tolist(), speak, expire)

    def _facts(self, e: NDArray[Any], f: NDArray[Any]) -> NDArray[Any]:
        at = e["segment"]
        place = (at >= 0) & (e["rule"] == self._approach)
        miles = self._miles[f["profile"]]
        facts = np.zeros(e.size, _FACTS)
        facts["kind"], facts["subtype"] = e["rule"], e["subtype"]
        facts["kind"][place] = self._segment_kind[at[place]]
        facts["subtype"][place] = self._segment_subtype[at[place]]
        facts["advice"][place] = self._segment_advice[at[place]]
        facts["distance_m"] = said_m(np.where(e["say_m"] >= NEAREST_M, e["say_m"], np.nan), miles)
        facts["also_m"] = said_m(e["also_m"], miles)
        over = e["say_kmh"] > e["limit_kmh"] * (1.0 + OWN_SPEED_PCT / 100.0)
        facts["speed_kmh"] = said_kmh(np.where(over, e["say_kmh"], np.nan), miles)
        for name in ("form", "remaining_s", "driven_s", "rest_s", "firm", "many", "mixed"):
            facts[name] = e[name]
        facts["limit_kmh"] = np.where(np.isnan(e["say_limit_kmh"]), e["limit_kmh"], e["say_limit_kmh"])
        then = e["then"]
        facts["then_kind"] = np.where(then >= 0, self._segment_kind[then], _NO_KIND)
        facts["then_subtype"] = np.where(then >= 0, self._segment_subtype[then], 0)
        facts["miles"], facts["language"] = miles, f["language"]
        return facts

    def _word(self, row: Any) -> tuple[str, str, str]:
        """Return form, text and language of the facts in a row."""
        value = dict(zip(_FACTS.names or (), row.tolist(), strict=True))
        then_kind = value["then_kind"]
        facts = Facts(
            kind=self._kinds[value["kind"]] or "",
            form=FORMS[value["form"]],
            subtype=self._subtypes[value["subtype"]],
            distance_m=_or_none(value["distance_m"]),
            also_m=_or_none(value["also_m"]),
            then=None if then_kind == _NO_KIND else (self._kinds[then_kind], self._subtypes[value["then_subtype"]]),
            many=value["many"],
            mixed=value["mixed"],
            limit_kmh=_or_none(value["limit_kmh"]),
            speed_kmh=_or_none(value["speed_kmh"]),
            remaining_s=_or_none(value["remaining_s"]),
            driven_s=_or_none(value["driven_s"]),
            rest_s=_or_none(value["rest_s"]),
            firm=value["firm"],
            advice=self._advices[value["advice"]],
            miles=value["miles"],
        )
        code = self._languages[value["language"]]
        return facts.form, sentence(code, facts), code
