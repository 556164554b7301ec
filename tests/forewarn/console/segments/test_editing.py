"""What an editor does to a draft, and what follows from it; the file is without faults after every edit."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forewarn.console.actions import BadRequestError
from forewarn.console.desk import NotThereError
from forewarn.console.segments import editing
from forewarn.console.segments.collection import Collection
from tests.forewarn.console.segments.small import drawn, feature, north, small


def test_a_segment_is_drawn() -> None:
    """It gets an id of its own, and says that it was drawn by hand; rules see it."""
    draft = small()
    id, notes = editing.put(draft, drawn(None, hours="07:00-19:00", advice="请减速"))
    assert id.startswith("hand-") and not notes
    made = {one.id: one for one in draft.checked().segments}[id]
    assert (made.kind, made.limit_kmh, made.hours, made.advice) == ("ramp", 30.0, "07:00-19:00", "请减速")
    assert (made.source, made.limit_source) == ("hand", "hand")


def test_what_is_not_said_stays() -> None:
    """Another limit keeps the name and the source of the map; null takes a value away."""
    draft = small()
    line = draft.features["ramp"]["geometry"]["coordinates"]
    editing.put(draft, feature("ramp", line, limit_kmh=30))
    ramp = draft.features["ramp"]["properties"]
    assert (ramp["limit_kmh"], ramp["limit_source"], ramp["name"], ramp["source"]) == (30, "hand", "Ramp", "osm")
    assert draft.leading_to("ramp") and ramp["next"] == ["on1"]
    editing.put(draft, feature("ramp", line, limit_kmh=None))
    assert "limit_kmh" not in draft.features["ramp"]["properties"]


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (drawn(limit_kmh=500), "limit_kmh"),
        (drawn(limit_kmh="40"), "limit_kmh"),
        (drawn(hours="7-9"), "hours"),
        (drawn(name=None), "name"),
        (drawn(coordinates=[[114.0, 22.0]]), "coordinates"),
        (drawn(coordinates=[[114.0, 22.0], [114.0, 22.0]]), "coordinates"),
        (drawn(coordinates=[[22.0, 114.0], [22.0, 114.1]]), "coordinates"),
        (drawn(coordinates=[114.0, 22.0]), "radius_m"),
        (drawn(next=["x"]), "next"),
        (drawn("way"), "id"),
        (drawn("new~"), "id"),
        (drawn("x" * 300), "id"),
        ({"type": "Feature", "properties": {}, "geometry": None}, "geometry"),
        ({"type": "Feature", "properties": {"id": 5}, "geometry": {}}, "id"),
        ({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": []}, "properties": {"name": "x"}}, "geom"),
        ([], "feature"),
        (None, "feature"),
    ],
)
def test_a_segment_with_faults_is_refused(given: Any, named: str) -> None:
    """The message names the key; nothing untold is thrown."""
    with pytest.raises(BadRequestError, match=named):
        editing.put(small(), given)


def test_an_entry_that_moves_loses_what_was_measured_to_it() -> None:
    """Approaches lead to the old place; they are dropped, told, and what leads elsewhere stays."""
    draft = small()
    _, notes = editing.put(draft, feature("ramp", north(22.014, 22.016)))
    assert [note._asdict() for note in notes] == [{"what": "approaches_dropped", "times": 1}]
    assert not draft.leading_to("ramp") and draft.leading_to("village")
    assert "next" not in draft.features["ramp"]["properties"]
    assert draft.features["way"]["properties"]["next"] == []


def test_an_entry_that_hardly_moves_keeps_them() -> None:
    """Ten metres, and the end where it was."""
    draft = small()
    line = north(22.01, 22.012)
    line[0] = [114.00005, 22.01005]
    _, notes = editing.put(draft, feature("ramp", line))
    assert not notes and draft.leading_to("ramp") and draft.features["ramp"]["properties"]["next"] == ["on1"]


def test_a_segment_turned_around_is_entered_from_the_other_side() -> None:
    """What led to it leads to its end now."""
    draft = small()
    line = draft.features["ramp"]["geometry"]["coordinates"][::-1]
    _, notes = editing.put(draft, feature("ramp", line))
    assert [note.what for note in notes] == ["approaches_dropped"]


def test_lines_that_do_not_cover_a_segment_any_more_are_dropped() -> None:
    """A longer village is its own line; the stretches that it was made of must not stand there a second time."""
    draft = small()
    _, notes = editing.put(draft, feature("village", north(22.02, 22.026)))
    assert ("lines_dropped", 2) in notes
    assert "on1" not in draft.features and "on2" not in draft.features
    assert draft.leading_to("village")


def test_an_approach_is_drawn_and_drawn_anew() -> None:
    """Its metres are measured from its end to the entry; those drawn before go, those of the map stay."""
    draft = small()
    line = draft.features["ramp"]["geometry"]["coordinates"]
    editing.put(draft, feature("ramp", line), [[[113.99, 22.01], [113.9995, 22.01]]])
    (made,) = [one for one in draft.leading_to("ramp") if one["properties"]["id"].startswith("hand-approach-")]
    assert made["properties"]["leads_to"] == [{"segment": "ramp", "ahead_m": pytest.approx(51.6, abs=0.5)}]
    editing.put(draft, feature("ramp", line), [])
    assert [one["properties"]["id"] for one in draft.leading_to("ramp")] == ["way"]


@pytest.mark.parametrize(
    "line", [[[113.9, 22.0], [113.99, 22.0]], [[114.0, 22.01]], [], None, [["a", "b"]], [[1e400, 22.0]], "xy"]
)
def test_an_approach_that_leads_elsewhere_is_refused(line: Any) -> None:
    """One that ends far from the entry, or is no line."""
    draft = small()
    with pytest.raises(BadRequestError):
        editing.put(draft, feature("ramp", draft.features["ramp"]["geometry"]["coordinates"]), [line])


def test_a_retired_segments_road_stays() -> None:
    """As a decoy: who drives there is known to be there and near no segment; a point, or what was drawn, is gone."""
    draft = small()
    notes = editing.retire(draft, "ramp")
    assert [note.what for note in notes] == ["approaches_dropped"]
    assert draft.features["ramp"]["properties"] == {"role": "decoy", "id": "ramp", "next": ["on1"]}
    editing.retire(draft, "crossing")
    id, _ = editing.put(draft, drawn(None), [[[114.0, 22.049], [114.0, 22.05]]])
    editing.retire(draft, id)
    assert "crossing" not in draft.features and id not in draft.features
    assert not [one for one in draft.features if one.startswith("hand-")]


def test_a_retired_segment_made_of_lines_leaves_them() -> None:
    """They are its road; its own feature would be a second one."""
    draft = small()
    editing.retire(draft, "village")
    assert "village" not in draft.features
    assert draft.features["on1"]["properties"]["role"] == "decoy"
    assert draft.features["on2"]["properties"]["next"] == ["out"]


def test_what_is_not_there_cannot_be_retired() -> None:
    """Neither an unknown id nor a line's."""
    for id in ("nothing", "way"):
        with pytest.raises(NotThereError):
            editing.retire(small(), id)


@pytest.mark.parametrize("id", ["ramp", "village", "crossing"])
def test_a_segment_is_put_back_as_it_was(id: str) -> None:
    """Retired or drawn anew, it and all that leads to it come back."""
    before = small()
    for edit in (
        lambda draft: editing.retire(draft, id),
        lambda draft: editing.put(draft, drawn(id, north(22.07, 22.08)), [[[114.0, 22.069], [114.0, 22.07]]]),
    ):
        draft = small()
        edit(draft)
        editing.restore(draft, before, id)
        assert draft.features == {key: before.features[key] for key in draft.features}
        assert draft.features.keys() == before.features.keys()


def test_one_that_was_added_goes() -> None:
    """In the version before there was none."""
    draft = small()
    id, _ = editing.put(draft, drawn(None))
    editing.restore(draft, small(), id)
    assert draft.features.keys() == small().features.keys()


def test_putting_one_back_leaves_others_as_they_are() -> None:
    """The line that leads to two segments comes back for the one alone."""
    draft = small()
    editing.retire(draft, "ramp")
    editing.retire(draft, "village")
    editing.restore(draft, small(), "ramp")
    assert draft.features["way"]["properties"]["leads_to"] == [{"segment": "ramp", "ahead_m": 0.0}]
    assert list(draft.segments) == ["ramp", "crossing"]


EDITS = st.lists(
    st.tuples(
        st.sampled_from(["put", "turn", "retire", "restore"]),
        st.sampled_from(["ramp", "village", "crossing", "new"]),
        st.floats(0.0, 0.05),
    ),
    max_size=8,
)


@given(EDITS)
def test_no_order_of_edits_leaves_faults(edits: list[tuple[str, str, float]]) -> None:
    """Whatever is done one after the other, the file loads, and putting everything back gives what was there."""
    before, draft = small(), small()
    original = copy.deepcopy(before.features)
    for what, id, by in edits:
        if what == "put" and (id in draft.segments or id not in draft.features):
            editing.put(draft, drawn(id, north(22.05 + by, 22.06 + by)), [[[114.0, 22.049 + by], [114.0, 22.05 + by]]])
        elif what == "restore":
            if id in draft.segments or id in before.segments:
                editing.restore(draft, before, id)
        elif id in draft.segments and what == "retire":
            editing.retire(draft, id)
        elif id in draft.segments and draft.features[id]["geometry"]["type"] == "LineString":
            line = draft.features[id]["geometry"]["coordinates"][::-1]
            editing.put(draft, feature(id, line))
        Collection(draft.content()).checked()
    for id in [*draft.segments, *before.segments]:
        if id in draft.segments or id in before.segments:
            editing.restore(draft, before, id)
    assert draft.features.keys() == original.keys() and before.features == original
    assert {id: one for id, one in draft.features.items() if id in before.segments} == {
        id: original[id] for id in before.segments
    }
