"""A segment file taken apart and put together again."""

from __future__ import annotations

import msgspec

from forewarn.console.segments.collection import Collection
from forewarn.sample import sample_segments
from geofence.segments import loaded
from tests.forewarn.console.segments.small import content, small


def test_nothing_is_lost_by_reading_and_writing() -> None:
    """The sample's thousand features come back with all their keys, its head too, and rules see the same."""
    before = sample_segments().read_bytes()
    after = Collection(before).content()
    assert msgspec.json.decode(after) == msgspec.json.decode(before)
    one, two = loaded(before, "before"), loaded(after, "after")
    assert one.segments == two.segments and one.lines.ids == two.lines.ids


def test_a_file_with_a_byte_order_mark_is_read() -> None:
    """Editors of GIS tools put one there."""
    assert Collection(b"\xef\xbb\xbf" + content()).features.keys() == small().features.keys()


def test_a_line_that_leads_nowhere_any_more_is_a_decoy() -> None:
    """It is still a road on which one is; what only an approach may say is gone."""
    draft = small()
    assert draft.unname("ramp", "leads_to") == 1
    assert draft.features["way"]["properties"]["role"] == "approach"
    assert draft.unname("village", "leads_to") == 1
    assert draft.features["way"]["properties"] == {"role": "decoy", "id": "way", "next": ["ramp"]}
    assert len(draft.checked()) == 3


def test_what_is_removed_is_driven_on_to_by_nobody() -> None:
    """No ``next`` names it any more."""
    draft = small()
    draft.remove(lambda one: one["properties"]["id"] == "out")
    assert draft.features["village"]["properties"]["next"] == []
    draft.checked()


def test_the_lines_of_a_segment_can_stand_for_it() -> None:
    """Whoever drove on to it drives on to its first line, and from its last to what followed it."""
    draft = small()
    draft.features["way"]["properties"]["next"].append("village")
    draft.bridge("village", draft.lying_on("village"))
    assert draft.features["way"]["properties"]["next"] == ["ramp", "village", "on1"]
    assert draft.features["on2"]["properties"]["next"] == ["out"]
