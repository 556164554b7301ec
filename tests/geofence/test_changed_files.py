"""A segment file changed anywhere gives named faults or loads, and never anything else."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geofence.faults import REASONS, SegmentFileError
from geofence.index import Index
from geofence.segments import check, load
from tests.geofence.conftest import DOCUMENT

JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=4),
    st.sampled_from(
        ["segment", "approach", "decoy", "ramp", "village", "a2", "d1~", "24:00-00:00", "Point", 1e999, 180, -180]
    ),
    st.lists(st.one_of(st.none(), st.integers(-200, 200), st.floats(), st.sampled_from(["ramp", "d1"])), max_size=3),
    st.dictionaries(
        st.sampled_from(["segment", "ahead_m", "from_m", "type", "coordinates"]), st.integers(-5, 5), max_size=3
    ),
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Return every (container, key) in a document."""
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [(value, key) for key in keys] + [place for key in keys for place in places(value[key])]


def named_or_loaded(file: Path) -> None:
    """Check and load one file: either named faults of both, or a set that can be matched against."""
    faults = [fault for fault in check(file) if not fault.warning]
    assert all(fault.reason in REASONS and str(fault).isprintable() for fault in faults)
    if faults:
        with pytest.raises(SegmentFileError) as raised:
            load(file)
        assert raised.value.faults == faults
    else:
        Index(load(file)).match([114.0, 180.0], [22.5, 0.0], [90.0, 0.0], 60.0)


@settings(max_examples=300)
@given(data=st.data(), changes=st.integers(1, 3))
def test_any_change_gives_a_named_fault_or_loads(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, changes: int
) -> None:
    """Values replaced, taken out, doubled or moved anywhere in a valid file never do anything else."""
    document = copy.deepcopy(DOCUMENT)
    for _ in range(changes):
        container, key = data.draw(st.sampled_from(places(document)))
        how = data.draw(st.sampled_from(["replace", "remove", "double", "move"]))
        if how == "replace":
            container[key] = data.draw(JUNK)
        elif how == "remove":
            del container[key]
        elif how == "double" and isinstance(container, list):
            container.insert(key, copy.deepcopy(container[key]))
        else:
            container[key] = copy.deepcopy(data.draw(st.sampled_from(places(document)).map(lambda p: p[0][p[1]])))
    file = tmp_path_factory.getbasetemp() / "changed.geojson"
    file.write_text(json.dumps(document), errors="surrogatepass")
    named_or_loaded(file)


@settings(max_examples=200)
@given(seed=st.integers(0, 2**32), changes=st.integers(1, 4))
def test_any_change_of_bytes_gives_a_named_fault_or_loads(
    tmp_path_factory: pytest.TempPathFactory, seed: int, changes: int
) -> None:
    """Bytes replaced, cut out or put in anywhere never do anything else."""
    chance = random.Random(seed)
    content = bytearray(json.dumps(DOCUMENT, ensure_ascii=False).encode())
    for _ in range(changes):
        at = chance.randrange(len(content))
        content[at : at + chance.choice([0, 1, 1, 5])] = chance.choice(
            [b"", b"9", b"-", b"e9", b'"', b"[", b"]", b"\xff", b","]
        )
    file = tmp_path_factory.getbasetemp() / "bytes.geojson"
    file.write_bytes(content)
    named_or_loaded(file)
