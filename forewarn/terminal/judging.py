"""The engine on board: one vehicle's fixes through screen and rules, the state of both, other segments under way."""

from __future__ import annotations

from typing import Final

from alerts.cab import View, view
from alerts.engine import Engine, Records
from alerts.engine import Vehicle as Facts
from alerts.profiles import load_profile
from alerts.swap import swapped
from forewarn.terminal import config
from forewarn.worker.packing import packed, unpacked
from geofence.index import Index
from geofence.segments import SegmentSet
from ingest.gnss import Fix, batch_of_fixes
from ingest.names import Dictionaries
from ingest.positions import PositionBatch
from ingest.screen import Screen

SOURCE: Final = "receiver"
"""What the receiver is called in rejects."""


class Judging:
    """The rules of one vehicle over a segment set."""

    def __init__(self, vehicle: config.Vehicle, segments: SegmentSet) -> None:
        """Load the profile; raises ProfileError."""
        profile = load_profile(vehicle.profile).on_board()
        self.language: str = vehicle.language or profile.language
        self.miles = profile.miles
        self._vehicle = vehicle
        self._profiles = {profile.name: profile}
        self._facts = Facts(profile.name, vehicle.vehicle_class or profile.default_class, self.language)
        self._template = self.template(segments)
        self.begin()

    @property
    def segments(self) -> SegmentSet:
        """The segments in force."""
        return self._template.index.segments

    def template(self, segments: SegmentSet) -> Engine:
        """Return an engine over other segments, for ``swap``; on any thread."""
        return Engine(Index(segments), self._profiles, self._facts)

    def begin(self) -> None:
        """Begin without any state."""
        self._names = Dictionaries()
        self.screen = Screen(source=SOURCE, names=self._names)
        self.engine = self._template.fresh(self._names)

    def step(self, fix: Fix, received_ms: int) -> tuple[PositionBatch, Records]:
        """Judge a fix; return what of it, and of such as were held back, was let through, and what came of that."""
        batch = batch_of_fixes(
            [fix],
            [received_ms],
            self._names,
            vehicle=self._vehicle.name,
            driver=self._vehicle.driver,
            source=SOURCE,
        )
        accepted = self.screen.apply(batch).batch
        return accepted, self.engine.step(accepted) if len(accepted) else Records([], [])

    def view(self, accepted: PositionBatch) -> View:
        """Return what is to be seen at the last fix of a batch that ``step`` returned, and that is not empty."""
        return view(self.engine, accepted.take(slice(len(accepted) - 1, len(accepted))))

    def swap(self, template: Engine) -> Records:
        """Go over to the segments of a template; return the passages that ended with segments that are gone."""
        self.engine, ended = swapped(self.engine, template)
        self._template = template
        return ended

    def saved(self) -> bytes:
        """Return all state."""
        return packed(self.engine.saved(copied=False), self.screen.saved(copied=False))

    def resume(self, content: bytes) -> None:
        """Go on from a state over the same segments; raises BadSnapshotError, and then begins anew.

        It is that of this vehicle alone: under another name there is nothing to go on from.
        """
        engine, screen = unpacked(content)
        self.begin()
        self.engine.restore(engine)
        self.screen.restore(screen)
