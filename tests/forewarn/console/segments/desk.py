"""A desk where the segments are edited, as the tests have it: over a store and a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from forewarn.console.people.person import Person
from forewarn.console.segments.drafting import Drafting
from forewarn.console.segments.in_force import Segments
from forewarn.console.segments.outlets import ToFile
from forewarn.console.store import Store, journal
from forewarn.console.store import segments as kept
from forewarn.console.store.segments import Stage, Version
from tests.forewarn.console.making import T0
from tests.forewarn.console.segments.small import content, feature, small

LIN = Person("lin", "editor", None, "zh")
WANG = Person("wang", "editor", None, "zh")


class Desk:
    """A desk over a store and a file, and what came into force by it."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self.path = folder / "segments.geojson"
        if not self.path.exists():
            self.path.write_bytes(content())
        self.live: list[Segments] = []
        self.drafting = Drafting(store, Segments.of_file(self.path), ToFile(self.path), self.live.append)
        self.drafting.begin("segments.geojson", T0)

    def versions(self) -> list[tuple[int, Stage, str]]:
        """Number, state and reason, the newest first."""
        with self.store.read() as c:
            return [(one.number, one.state, one.why) for one in kept.listed(c)]

    def entries(self) -> list[tuple[str, str, dict[str, Any]]]:
        """Who, what and the facts."""
        with self.store.read() as c:
            return [(one.who, one.what, one.facts) for one in journal.since(c, 0)]

    def draft(self) -> Version:
        """A draft with another limit of the ramp."""
        version = self.drafting.make(LIN, "a lower limit", T0)
        return self.limit(version, 30)

    def limit(self, version: Version, kmh: float, who: Person = LIN) -> Version:
        """Another limit of the ramp."""
        line = small().features["ramp"]["geometry"]["coordinates"]
        ramp = feature("ramp", line, limit_kmh=kmh)
        return self.drafting.put(who, version.number, version.hash, ramp, None, T0)[0]

    def file_limit(self) -> float | None:
        """The limit of the ramp in the file."""
        found = Segments.of_file(self.path).get("ramp")
        return None if found is None else found["properties"]["limit_kmh"]
