"""What partitions are judged by: profile, defaults, and an engine for each version of the segments, shared by all."""

from __future__ import annotations

import hashlib
from functools import cached_property, lru_cache

import msgspec

from alerts.engine import Engine, Vehicle
from alerts.profiles import Profile, ProfileError, load_profile
from alerts.prompts import LANGUAGES
from forewarn.worker import config
from geofence.index import Index
from geofence.segments import SegmentSet
from ingest.files.options import DATUMS
from ingest.vehicles import RegisteredVehicle


class Facts(msgspec.Struct, frozen=True, gc=False):
    """What the rules need of a registered vehicle."""

    profile: str
    vehicle_class: str
    language: str
    datum: str

    @property
    def vehicle(self) -> Vehicle:
        """What the engine needs of it: one object for all of the same facts, since a register may hold a million."""
        return _vehicle(self.profile, self.vehicle_class, self.language)


@lru_cache(maxsize=1024)
def _vehicle(profile: str, vehicle_class: str, language: str) -> Vehicle:
    return Vehicle(profile, vehicle_class, language)


class Rules:
    """Profiles and defaults of a configuration."""

    def __init__(self, given: config.Rules) -> None:
        """Load the profile; raises ProfileError, and BadConfigError for a language that nobody speaks here."""
        profile = load_profile(given.profile)
        self.profiles: dict[str, Profile] = {profile.name: profile}
        """By name; one that the register names comes to it when it is first met."""
        if given.language is not None and given.language not in LANGUAGES:
            raise config.BadConfigError(f"rules.language: '{given.language}' is not one of {', '.join(LANGUAGES)}")
        self.default = Vehicle(
            profile.name, given.vehicle_class or profile.default_class, given.language or profile.language
        )

    @cached_property
    def hash(self) -> str:
        """Digest of the default profile's figures: the same figures, the same digest."""
        figures = {
            "|".join(key): {name: given.value for name, given in figures.items()}
            for key, figures in self.profiles[self.default.profile].given.items()
        }
        return hashlib.blake2b(msgspec.json.encode(figures, order="sorted"), digest_size=16).hexdigest()

    def facts(self, one: RegisteredVehicle) -> Facts:
        """Return what the rules need of a registered vehicle; raises ValueError for what is not known here."""
        name = one.profile or self.default.profile
        if name not in self.profiles:
            if "/" in name or "\\" in name:  # a register is data: it names profiles that are here, no files
                raise ValueError(f"profile: '{name}' is no profile's name")
            try:
                self.profiles[name] = load_profile(name)
            except ProfileError as error:
                raise ValueError(f"profile: {error}") from error
        language = one.language or self.default.language
        if language not in LANGUAGES:
            raise ValueError(f"language: '{language}' is not one of {', '.join(LANGUAGES)}")
        datum = one.datum or DATUMS[0]
        if datum not in DATUMS:
            raise ValueError(f"datum: '{datum}' is not one of {', '.join(DATUMS)}")
        return Facts(name, one.vehicle_class or self.default.vehicle_class, language, datum)

    def engine(self, segments: SegmentSet) -> Engine:
        """Return an engine over a segment set."""
        return Engine(Index(segments), self.profiles, self.default)
