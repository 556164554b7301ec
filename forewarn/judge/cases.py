"""The cases: every passage and every sentence with what each clause says of it, ready for JSON."""

from __future__ import annotations

from typing import Final

import msgspec

SCORED: Final = "scored"
SLOW: Final = "slow"
NO_SEGMENT: Final = "no_segment"
UNJUDGED: Final = "unjudged"
PASSAGE_STATUS: Final = {
    SCORED: "entered above the limit, or over 80 % of it within the last 20 s before; or a place without a limit",
    SLOW: "slower: its driver may rightly hear nothing",
    NO_SEGMENT: "the segment file has no segment there",
    UNJUDGED: "the truth does not tell",
}
"""What may become of a passage, and when."""

BY_TIME: Final = "by_time"
BY_CLAUSE: Final = "by_clause"
NEITHER: Final = "neither"

WRONG: Final = {
    "unreachable": "from where the vehicle was when the fix was taken the place could not be reached: another road",
    "turned_off": "it could when the fix was taken, but no longer when the sentence began",
    "early": "begun more than the larger of 60 s and twice the lead before the entry",
    "parked": "spoken while parked",
    "repeated": "the same form twice in one passage",
    "ordered": "a plain or sharper sentence ahead of the last branch point, and the place not entered",
    "metres": "the metres told differ from the path by more than 20 % or 50 m, whichever is larger",
}
"""Why a sentence is wrong: reason to meaning."""

MISSED: Final = {
    "after_entry": "its sentence began behind the entry",
    "expired": "its sentence could not begin in time behind others",
    "withdrawn": "its sentence was taken back before it was due",
    "cut": "its sentence was cut short",
    "without_sentence": "an alert without a sentence, such as where the pace of prompts forbids one (rate limited)",
    "long_before": "its sentence was heard more than 3 minutes before",
    "no_fix_on_the_way_in": "no fix arrived while the vehicle was on the way in",
    "nothing_raised": "no alert",
    "nothing_raised_below_limit": "no alert, and the driver kept to the limit in the last 20 s before",
}
"""Why a scored passage was not found: reason, up to its colon, to meaning."""


LEVEL_CROSSING: Final = "level_crossing"
"""A crossing of this subtype is judged as a kind of its own."""


def kind_of(kind: str, subtype: str | None) -> str:
    """Return the kind under which a place is judged."""
    return LEVEL_CROSSING if subtype == LEVEL_CROSSING else kind


class PassageCase(msgspec.Struct, frozen=True, kw_only=True):
    """One true passage as judged; times are ISO 8601 in UTC, None where unknown."""

    row: int
    """Row in ``Truth.passages``."""
    vehicle: str
    kind: str
    """As judged: level crossings are a kind of their own."""
    place: str
    segment: str | None
    entered_at: str | None
    lon: float
    lat: float
    limit_kmh: float | None
    status: str
    """One of ``PASSAGE_STATUS``."""
    why: str | None
    """Why it is unjudged."""
    highest_kmh: float | None
    """Highest speed within the last 20 s before the entry."""
    lead_s: float | None
    """How long before the entry a sentence had to begin: of the sentence found, else of the longest at that speed."""
    fixes_in: int
    """Fixes on the way in that arrived before the entry."""
    fixes_before_lead: int
    """Of those, the ones that arrived before the lead point."""
    found: bool
    displaced: bool
    """Not found, since a sentence of a higher priority took its place."""
    before_s: float | None
    """How long before the entry the sentence began."""
    in_time: str | None
    """``by_time``, ``by_clause`` or ``neither``; None where not scored, or displaced."""
    missed: str | None
    """Why it was not found: what became of the sentence, why there was none, or that nothing was raised."""
    form: str | None
    text: str | None
    """The sentence found."""
    alert_id: str | None
    raised_at: str | None
    """The fix that raised it."""


class PromptCase(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence of kind approach that was spoken, as judged."""

    vehicle: str
    kind: str
    """Kind of the segment that it is about."""
    segment: str
    name: str
    alert_id: str
    seq: int
    form: str
    text: str
    raised_at: str
    """The fix that raised it."""
    began_at: str
    lon: float
    lat: float
    """Where that fix lay."""
    unjudged: str | None
    """Why nothing can be said of it: no path tells where the vehicle was, or the match jumped there."""
    entered: bool
    """The place was entered, or the vehicle was in it already."""
    before_s: float | None
    """How long before the entry it began; None where not entered, or within."""
    wrong: tuple[str, ...]
    """Reasons of ``WRONG``."""
    idle: bool
    """It named a place, or spoke of it on a condition, and the place was not entered."""
    turned_back: bool
    """A plain or sharper one; the vehicle stopped or turned round behind the last branch point: counted apart."""
    told_m: tuple[float, ...]
    true_m: float | None
    """Metres to the entry at ``speak_at``, along the path; where not entered, along the network from the fix on."""
    built_up: bool | None
    """Whether it was heard in a built-up area; None where the map does not tell."""
