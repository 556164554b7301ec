"""What differs between two versions, in an editor's words."""

from __future__ import annotations

from forewarn.console.segments import editing
from forewarn.console.segments.changes import Change, changes
from forewarn.console.segments.trial import changed_places
from tests.forewarn.console.segments.small import content, drawn, feature, small


def test_the_same_has_no_changes() -> None:
    """Neither has one whose segment was put as it is."""
    draft = small()
    editing.put(draft, feature("ramp", draft.features["ramp"]["geometry"]["coordinates"]))
    assert changes(small(), draft) == []


def test_each_change_is_named_with_what_differs() -> None:
    """Added, changed with its keys, retired."""
    draft = small()
    line = draft.features["ramp"]["geometry"]["coordinates"]
    editing.put(draft, feature("ramp", line, limit_kmh=30, hours="06:00-22:00"))
    editing.put(draft, drawn("new"))
    editing.retire(draft, "crossing")
    assert changes(small(), draft) == [
        Change("ramp", "Ramp", "ramp", "changed", ["limit_kmh", "hours", "limit_source"]),
        Change("new", "New", "ramp", "added", []),
        Change("crossing", "Crossing", "unsignalled_crossing", "retired", []),
    ]


def test_what_leads_to_a_segment_is_part_of_it() -> None:
    """An approach more or less changes when drivers are warned."""
    draft = small()
    line = draft.features["ramp"]["geometry"]["coordinates"]
    editing.put(draft, feature("ramp", line), [[[113.99, 22.01], [114.0, 22.01]]])
    assert [(one.id, one.keys) for one in changes(small(), draft)] == [("ramp", ["approaches"])]


def test_a_trial_looks_where_something_differs() -> None:
    """The ids, and the places before and after."""
    draft = small()
    editing.put(draft, feature("crossing", [114.02, 22.0]))
    ids, boxes = changed_places(content(), draft.content())
    assert ids == ["crossing"]
    assert boxes == [(114.01, 22.0, 114.01, 22.0), (114.02, 22.0, 114.02, 22.0)]
