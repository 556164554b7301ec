"""Which prompt of one side is which of the other."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.record import Alert, Prompt, SegmentRef, iso
from forewarn.compare.difference import content, difference_of
from forewarn.compare.pairing import Pair, Said, paired, said_of
from tests.alerts.test_record import ALERT

T0_MS = 1_767_225_600_000


def said(
    begins_s: float,
    *,
    vehicle: str = "V1",
    segment: str | None = "r1",
    kind: str = "approach",
    form: str = "plain",
    text: str = "x",
) -> Said:
    """A prompt that begins so long after the start."""
    at = iso(T0_MS + round(begins_s * 1000.0))
    ref = None if segment is None else SegmentRef(segment, "ramp", f"place {segment}")
    return Said(vehicle, kind, ref, at, Prompt(form, text, "zh", 3, at, at), T0_MS / 1000.0 + begins_s)


SAID = st.builds(
    said,
    st.integers(0, 2000).map(float),
    vehicle=st.sampled_from(["V1", "V2"]),
    segment=st.sampled_from(["r1", "r2", None]),
    kind=st.sampled_from(["approach", "speeding"]),
    form=st.sampled_from(["plain", "sharper"]),
    text=st.sampled_from(["x", "y"]),
)
SIDE = st.lists(SAID, max_size=25)
SAME = {"r1": "r1", "r2": "r2"}


def verdicts(pairs: list[Pair]) -> Counter[str]:
    """How many of each."""
    return Counter(pair.verdict for pair in pairs)


@given(side=SIDE)
def test_a_side_against_itself_differs_nowhere(side: list[Said]) -> None:
    """Every prompt finds itself."""
    assert set(verdicts(paired(side, side, SAME))) <= {"same"}


@given(one=SIDE, two=SIDE)
def test_every_prompt_is_counted_once(one: list[Said], two: list[Said]) -> None:
    """On its own side: what is not lost of the first is the same or changed, and so for the second."""
    found = verdicts(paired(one, two, SAME))
    assert found["lost"] + found["same"] + found["changed"] == len(one)
    assert found["gained"] + found["same"] + found["changed"] == len(two)


@given(one=SIDE, two=SIDE)
def test_turned_round_lost_is_gained(one: list[Said], two: list[Said]) -> None:
    """B against A says the same as A against B."""
    forth, back = verdicts(paired(one, two, SAME)), verdicts(paired(two, one, SAME))
    assert (forth["lost"], forth["gained"]) == (back["gained"], back["lost"])


@pytest.mark.parametrize(
    ("one", "two", "changes"),
    [
        (said(0), said(0), ()),
        (said(0), said(1.5), ()),
        (said(0), said(30), ("later",)),
        (said(30), said(0), ("earlier",)),
        (said(0), said(0, text="y"), ("sentence",)),
        (said(0), said(40, form="sharper"), ("form", "later")),
        (said(0, kind="speeding", segment="r1"), said(0, kind="speeding", segment=None), ()),
    ],
)
def test_what_changed_is_named(one: Said, two: Said, changes: tuple[str, ...]) -> None:
    """The form before the sentence; a speeding episode belongs to no place."""
    (pair,) = paired([one], [two], SAME)
    assert (pair.changes, pair.verdict) == (changes, "changed" if changes else "same")


@pytest.mark.parametrize(
    "two",
    [said(181), said(0, vehicle="V2"), said(21, segment="r2"), said(0, kind="speeding"), said(21, segment="r9")],
)
def test_another_passage_vehicle_place_or_kind_is_another_prompt(two: Said) -> None:
    """One lost and one gained."""
    assert verdicts(paired([said(0)], [two], SAME)) == {"lost": 1, "gained": 1}


def test_a_place_under_another_id_is_the_same_place() -> None:
    """And one that the other file lacks never meets another that bears its id."""
    assert verdicts(paired([said(0, segment="old")], [said(0, segment="new")], {"old": "new"})) == {"same": 1}
    assert verdicts(paired([said(0, segment="r1")], [said(30, segment="r1")], {})) == {"lost": 1, "gained": 1}


def test_at_the_same_moment_another_place_takes_its_turn() -> None:
    """The driver hears of the exit behind instead: nothing was lost, the place changed; each keeps its own counts."""
    (pair,) = paired([said(0)], [said(15, segment="r2", text="y")], SAME)
    assert (pair.verdict, pair.changes) == ("changed", ("place", "sentence", "later"))
    whole = content(difference_of([pair]))
    assert [(one["id"], one["prompts_a"], one["prompts_b"], one["changed"]) for one in whole["segments"]] == [
        ("r1", 1, 0, 1),
        ("r2", 0, 1, 1),
    ]
    ramp = whole["kinds"]["approach ramp"]
    assert (ramp["prompts_a"], ramp["prompts_b"], ramp["lost"], ramp["gained"], ramp["changed"]) == (1, 1, 0, 0, 1)


def test_the_same_form_goes_before_the_nearer_time() -> None:
    """A sharper sentence is not held against the plain one beside it."""
    pairs = paired([said(0), said(20, form="sharper")], [said(19), said(40, form="sharper")], SAME)
    assert [(p.one and p.one.prompt.form, p.two and p.two.prompt.form) for p in pairs] == [
        ("plain", "plain"),
        ("sharper", "sharper"),
    ]


def alert(seq: int, state: str, at_s: float, speak_s: float | None = None) -> Alert:
    """One record of an alert."""
    at = iso(T0_MS + round(at_s * 1000.0))
    prompt = None
    if speak_s is not None:
        prompt = Prompt("plain", "x", "zh", 3, iso(T0_MS + round(speak_s * 1000.0)), at)
    return msgspec.structs.replace(ALERT, seq=seq, state=state, at=at, prompt=prompt)


def test_what_was_withdrawn_before_it_was_due_was_never_said() -> None:
    """Withdrawn afterwards it was."""
    assert said_of([alert(0, "raised", 0, 20), alert(1, "withdrawn", 10)]) == []
    assert len(said_of([alert(0, "raised", 0, 5), alert(1, "withdrawn", 10)])) == 1
    assert len(said_of([alert(0, "raised", 0, 5), alert(1, "updated", 8, 20), alert(2, "withdrawn", 10)])) == 1


def test_differences_are_told_by_kind_and_by_segment_with_examples() -> None:
    """The segment with most comes first; where nothing differs there is none."""
    one = [said(at * 500.0) for at in range(5)] + [said(0, segment="r2"), said(0, kind="speeding", segment=None)]
    two = [said(2000.0, text="y"), said(0, segment="r2"), said(0, kind="speeding", segment=None)]
    whole = content(difference_of(paired(one, two, SAME)))
    assert whole["kinds"]["approach ramp"] | {"lost": 4, "gained": 0, "changed": 1} == whole["kinds"]["approach ramp"]
    assert [(place["id"], place["prompts_a"], place["prompts_b"]) for place in whole["segments"]] == [("r1", 5, 1)]
    examples = whole["segments"][0]["examples"]
    assert [example["verdict"] for example in examples] == ["lost"] * 3 + ["changed"]
    assert (examples[-1]["a"]["text"], examples[-1]["b"]["text"], examples[0]["b"]) == ("x", "y", None)
    assert whole["vehicles"] == 1
