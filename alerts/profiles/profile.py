"""A profile: the figures that a country's law and sound engineering set, for each class of vehicle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

BASE: Final = ""
"""Stands for the vehicles whose class a profile does not name."""


class ProfileError(Exception):
    """A profile that cannot be used; the message names the file and every fault by its key."""


class Given(NamedTuple):
    """A figure as a profile gives it."""

    value: float
    """In the unit of its ``figures.Figure``."""
    source: str
    """Article of law, or the reason for an engineering value."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Settings of every rule for every class of vehicle, with their sources."""

    name: str
    """Name of the file without its ending."""
    title: str
    """One line for a person."""
    extends: str | None
    """The profile that this one was made from, as its file names it."""
    default_class: str
    """Class of the vehicles of which no register knows better."""
    language: str
    """Language code of drivers of whom no register knows better, such as ``zh``."""
    miles: bool
    """True to speak of miles, feet and miles per hour."""
    classes: tuple[str, ...]
    """Classes with figures of their own, in order of the alphabet."""
    given: Mapping[tuple[str, str], Mapping[str, Given]]
    """(rule, class) to key to figure, complete for every class of ``classes`` and for ``BASE``."""

    def figures(self, rule: str, vehicle_class: str) -> Mapping[str, Given]:
        """Return the figures of a rule for a class; those of ``BASE`` for a class that the profile does not name.

        Raises KeyError for a rule that does not exist.
        """
        return self.given[rule, vehicle_class if vehicle_class in self.classes else BASE]

    def settings(self, rule: str, vehicle_class: str) -> Any:
        """Return the rule's ``Settings`` for a class of vehicle. Raises KeyError for a rule that does not exist."""
        from alerts.rules import SETTINGS  # here, since printing a profile need not wait for the compiler

        return SETTINGS[rule](**{key: figure.value for key, figure in self.figures(rule, vehicle_class).items()})

    def on_board(self) -> Profile:
        """Return the profile as it holds where the engine runs in the vehicle itself: sentences need no network."""
        given = {
            key: {**figures, "latency_network_s": figures["latency_board_s"]} if key[0] == "approach" else figures
            for key, figures in self.given.items()
        }
        return replace(self, given=given)

    @property
    def sources(self) -> dict[str, str]:
        """``rule.key`` (for a class ``class.NAME.rule.key``, where it differs) to the source of the figure."""
        found = {
            f"{rule}.{key}": g.source for (rule, c), fs in self.given.items() if c == BASE for key, g in fs.items()
        }
        for (rule, c), figures in self.given.items():
            for key, g in figures.items():
                if c != BASE and g != self.given[rule, BASE][key]:
                    found[f"class.{c}.{rule}.{key}"] = g.source
        return found
