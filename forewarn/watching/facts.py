"""All that is known of one alert, in words: its fields, its sentence and its states."""

from __future__ import annotations

from typing import NamedTuple

from alerts.record import Alert, Prompt, Worst
from forewarn.cleaning import clean
from forewarn.watching.columns import NONE, SEVERITY_SIGNS, sign
from forewarn.watching.kept import Entry
from forewarn.watching.moments import Moments
from forewarn.watching.words import Words


class State(NamedTuple):
    """One state of an alert, in words."""

    heading: str
    """Sign, word, time and sequence number."""
    more: str
    """Reason, sentence and speed; may be empty."""


def fields(entry: Entry, words: Words, moments: Moments) -> list[tuple[str, str]]:
    """Return the fields of the newest state as pairs of name and value, fit for a terminal.

    The sentence is that of the newest state which has one.
    """
    alert, spoken = entry.alert, entry.spoken
    severity = f"{words.code('severity', alert.severity)} {SEVERITY_SIGNS.get(alert.severity, '?')}"
    pairs = [
        ("vehicle", clean(alert.vehicle)),
        ("driver", clean(alert.driver or NONE)),
        ("carrier", clean(entry.carrier or NONE)),
        ("state", words.code("state", alert.state)),
        ("reason", words.code("reason", alert.reason) if alert.reason else NONE),
        ("severity", severity.strip()),
        ("at", moments.full(alert.at)),
        ("started_at", moments.full(alert.started_at)),
        ("ended_at", moments.full(alert.ended_at) if alert.ended_at else NONE),
        ("segment", _segment(alert, words)),
        ("ahead_m", _figure(alert.ahead_m, "m")),
        ("branch_ahead_m", _figure(alert.branch_ahead_m, "m")),
        ("speed_kmh", _figure(alert.speed_kmh, "km/h")),
        ("limit_kmh", _figure(alert.limit_kmh, "km/h")),
        ("heading_deg", _figure(alert.heading_deg, "deg")),
        ("position", f"{alert.lat:.6f}, {alert.lon:.6f}"),
        ("worst", _worst(alert.worst, words, moments) if alert.worst is not None else NONE),
        ("retrospective", words("yes" if alert.retrospective else "no")),
    ]
    if spoken is not None and spoken.prompt is not None:
        pairs += _prompt(spoken.prompt, words, moments)
    pairs += [("seq", str(alert.seq)), ("id", clean(alert.id))]
    return [(words(f"field.{name}"), value) for name, value in pairs]


def states(entry: Entry, words: Words, moments: Moments) -> list[State]:
    """Return the states of an alert, the newest first."""
    return [_state(alert, words, moments) for alert in reversed(entry.states)]


def _state(alert: Alert, words: Words, moments: Moments) -> State:
    heading = f"{sign(alert)} {words.code('state', alert.state)}  {moments.time(alert.at)}  #{alert.seq}"
    more = []
    if alert.reason:
        more.append(words.code("reason", alert.reason))
    if alert.prompt is not None:
        more.append(f"{words.code('form', alert.prompt.form)} 「{clean(alert.prompt.text)}」")
    if alert.speed_kmh is not None:
        more.append(_figure(alert.speed_kmh, "km/h"))
    return State(heading, ", ".join(more))


def _segment(alert: Alert, words: Words) -> str:
    segment = alert.segment
    return f"{clean(segment.name)} ({words.code('place', segment.kind)}, {clean(segment.id)})" if segment else NONE


def _prompt(prompt: Prompt, words: Words, moments: Moments) -> list[tuple[str, str]]:
    told = f"{words.code('form', prompt.form)}, {words('prompt.priority', n=prompt.priority)}"
    return [
        ("prompt", told),
        ("language", clean(prompt.language)),
        ("speak_at", moments.time(prompt.speak_at)),
        ("expires_at", moments.time(prompt.expires_at)),
    ]


def _worst(worst: Worst, words: Words, moments: Moments) -> str:
    told = [moments.time(worst.at)] if worst.at else []
    if worst.speed_kmh is not None:
        told.append(_figure(worst.speed_kmh, "km/h"))
    if worst.over_pct is not None:
        told.append(words("worst.over", n=f"{worst.over_pct:.0f}"))
    if worst.driven_s is not None:
        minutes = int(worst.driven_s // 60)
        told.append(words("worst.driven", n=f"{minutes // 60}:{minutes % 60:02d} h"))
    return ", ".join(told) or NONE


def _figure(value: float | None, unit: str) -> str:
    return NONE if value is None else f"{value:.0f} {unit}"
