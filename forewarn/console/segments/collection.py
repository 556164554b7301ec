"""A segment file as plain features that can be changed, and its bytes, one feature a line.

What a feature has beyond what is edited stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

import msgspec

from geofence.segments import SegmentSet, loaded

Feature = dict[str, Any]
SEGMENT: Final = "segment"
APPROACH: Final = "approach"
DECOY: Final = "decoy"


class Collection:
    """The features of a file, by id, in the order of the file."""

    def __init__(self, content: bytes) -> None:
        """Take the bytes of a file that was checked before."""
        document = msgspec.json.decode(content.removeprefix(b"\xef\xbb\xbf"))
        self._head: dict[str, Any] = {name: value for name, value in document.items() if name != "features"}
        self.features: dict[str, Feature] = {one["properties"]["id"]: one for one in document["features"]}

    @classmethod
    def of(cls, features: Iterable[Feature]) -> Collection:
        """Return a collection of some features alone."""
        made = cls(b'{"type":"FeatureCollection","features":[]}')
        made.features = {one["properties"]["id"]: one for one in features}
        return made

    @property
    def segments(self) -> dict[str, Feature]:
        """Those that are segments."""
        return {id: one for id, one in self.features.items() if role_of(one) == SEGMENT}

    def leading_to(self, id: str) -> list[Feature]:
        """Return the approaches that name a segment in ``leads_to``."""
        return [one for one in self.features.values() if _names(one, "leads_to", id)]

    def lying_on(self, id: str) -> list[Feature]:
        """Return the lines that name a segment in ``on``."""
        return [one for one in self.features.values() if _names(one, "on", id)]

    def unname(self, id: str, key: str) -> int:
        """Take a segment out of ``leads_to`` or ``on`` wherever it is named; returns how many lines named it.

        A line that then leads to nothing stays as a decoy: whoever drives there is still known to be there, and nowhere
        near a segment.
        """
        named = [one for one in self.features.values() if _names(one, key, id)]
        for one in named:
            properties = one["properties"]
            properties[key] = [each for each in properties[key] if each["segment"] != id]
            if not properties.get("leads_to") and not properties.get("on"):
                as_decoy(one)
        return len(named)

    def remove(self, which: Callable[[Feature], bool]) -> None:
        """Take features out, and out of ``next`` wherever one drives on to them."""
        for id in [id for id, one in self.features.items() if which(one)]:
            del self.features[id]
            self.unfollow(id)

    def bridge(self, id: str, lines: Iterable[Feature]) -> None:
        """Let the lines that a segment is made of stand for it wherever one drives on to it, or from it."""
        ons = [(line, on["from_m"]) for line in lines for on in line["properties"]["on"] if on["segment"] == id]
        firsts = [line["properties"]["id"] for line, from_m in ons if from_m <= min(at for _, at in ons)]
        onward = self.features[id]["properties"].get("next") or []
        for line, from_m in ons:
            if from_m >= max(at for _, at in ons) and onward:
                _add(line, onward)
        for one in self.features.values():
            if id in (one["properties"].get("next") or ()):
                _add(one, firsts)

    def unfollow(self, id: str) -> None:
        """Take a feature out of ``next`` wherever one drives on to it."""
        for one in self.features.values():
            following = one["properties"].get("next")
            if following and id in following:
                one["properties"]["next"] = [each for each in following if each != id]

    def content(self) -> bytes:
        """Return the bytes of the file."""
        head = msgspec.json.encode(self._head)[:-1]
        features = b",\n".join(msgspec.json.encode(one) for one in self.features.values())
        return head + b',"features":[\n' + features + b"\n]}\n"

    def checked(self) -> SegmentSet:
        """Return the segments as rules see them; raises SegmentFileError with every fault."""
        return loaded(self.content(), "draft")


def role_of(feature: Feature) -> str:
    """Return ``segment``, ``approach`` or ``decoy``."""
    return feature["properties"].get("role") or SEGMENT


def as_decoy(feature: Feature) -> None:
    """Make a line a decoy; of what it said only what a decoy may say is kept."""
    was = feature["properties"]
    kept = {name: was[name] for name in ("two_way", "next", "osm_ways") if was.get(name) is not None}
    feature["properties"] = {"role": DECOY, "id": was["id"], **kept}


def _add(feature: Feature, following: Iterable[str]) -> None:
    properties = feature["properties"]
    properties["next"] = list(dict.fromkeys([*(properties.get("next") or ()), *following]))


def _names(feature: Feature, key: str, id: str) -> bool:
    return any(one["segment"] == id for one in feature["properties"].get(key) or ())
