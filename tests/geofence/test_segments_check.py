"""The command ``segments check``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from forewarn.commands.segments_check import command

Written = Callable[[Any], Path]


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(command, arguments)
    return result.exit_code, result.output


def test_a_clean_file_says_what_it_holds(document: dict[str, Any], written: Written) -> None:
    """Segments by kind, lines by role, pieces and kilometres; exit 0."""
    code, output = run(str(written(document)))
    assert code == 0
    assert "segments: 3 (1 ramp, 1 village_road, 1 school)" in output
    assert "lines: 11 (1 approach, 5 segment, 4 decoy, 1 sight), 10 pieces" in output
    assert "© OpenStreetMap contributors" in output
    assert output.endswith("0 faults, 0 warnings\n")


def test_each_fault_stands_on_a_line_of_its_own(document: dict[str, Any], written: Written) -> None:
    """Number, id, key, what is wrong and what to do; exit 1."""
    document["features"][0]["properties"]["limit_kmh"] = 400
    document["features"][7]["properties"]["next"] = ["gone"]
    code, output = run(str(written(document)))
    lines = output.splitlines()
    assert code == 1
    assert lines[0].startswith("feature 1 (id ramp), limit_kmh: limit_out_of_range: 400")
    assert lines[1] == ("feature 8 (id d2), next[0]: dangling_reference: gone; name the id of a feature of this file")
    assert lines[2].endswith("2 faults, 0 warnings")


def test_proposals_are_named_so(document: dict[str, Any], written: Written) -> None:
    """A file for review is clean, and says in its summary that nothing of it is in force; exit 0."""
    document["status"] = "proposed"
    code, output = run(str(written(document)))
    assert code == 0
    assert "3 of 3 segments are proposals" in output
    assert "3 of them proposed, not in force" in output


def test_a_warning_is_no_fault(document: dict[str, Any], written: Written) -> None:
    """A key that means nothing is named and the file is clean nevertheless; exit 0."""
    document["features"][0]["properties"]["limit_kph"] = 40
    code, output = run(str(written(document)))
    assert code == 0
    assert output.startswith("warning: feature 1 (id ramp), limit_kph: unknown_key")
    assert output.endswith("0 faults, 1 warning\n")


@pytest.mark.parametrize("content", [b"", b"not json", b"[]"])
def test_what_is_no_segment_file_ends_with_2(written: Written, content: bytes) -> None:
    """A file that is not such a thing at all is not usable."""
    assert run(str(written(content)))[0] == 2


def test_a_file_that_is_not_there_ends_with_2(tmp_path: Path) -> None:
    """A path that cannot be read is named."""
    code, output = run(str(tmp_path / "none.geojson"))
    assert code == 2
    assert "not_readable" in output


def test_json_is_one_object(document: dict[str, Any], written: Written) -> None:
    """Faults and what the file holds, for machines; broken text in the file breaks nothing."""
    code, output = run(str(written(document)), "--json")
    assert (code, json.loads(output)["holds"]["segments"]) == (0, {"ramp": 1, "village_road": 1, "school": 1})
    document["features"][2]["properties"]["id"] = "\udc00~"
    code, output = run(str(written(document)), "--json")
    assert code == 2
    assert {fault["reason"] for fault in json.loads(output)["faults"]} == {"not_json", "reserved_id"}
