"""The table fits its width, and its signs every terminal."""

from __future__ import annotations

import unicodedata
from datetime import timedelta, timezone

import pytest
from msgspec.structs import replace
from rich.cells import cell_len

from forewarn.watching.columns import COLUMNS, GAP, SEVERITY_SIGNS, STATE_SIGNS, Cells, laid_out, weight
from forewarn.watching.kept import Entry
from forewarn.watching.moments import Moments
from forewarn.watching.words import WORDS, Words
from tests.forewarn.watching.scene import SAID, arrived, cleared, entry

CELLS = Cells(Words("zh"), Moments(timezone(timedelta(hours=8))))


def texts(one: Entry) -> dict[str, str]:
    """What stands in each column."""
    return {column.name: column.text(CELLS, one) for column in COLUMNS}


@pytest.mark.parametrize("width", [77, 78, 92, 110, 116, 124, 132, 145, 199, 400])
def test_columns_take_the_whole_width(width: int) -> None:
    """Whichever there is room for, and each at least its own width."""
    laid = laid_out(width)
    assert sum(cells for _, cells in laid) + GAP * (len(laid) - 1) == width
    assert all(cells >= column.width for column, cells in laid)


def test_what_matters_most_has_room_in_a_small_terminal() -> None:
    """More of it in a larger one, and the state always once."""
    small, large = ([column.name for column, _ in laid_out(width)] for width in (78, 200))
    assert small == ["time", "priority", "kind", "sign", "vehicle", "speed", "sentence"]
    assert set(large) == {column.name for column in COLUMNS} - {"sign"}


def test_signs_and_titles_have_one_width_everywhere() -> None:
    """None has the ambiguous width that is one cell in some terminals and two in others."""
    told = "".join([*STATE_SIGNS.values(), *SEVERITY_SIGNS.values()])
    told += "".join("".join(both) for name, both in WORDS.items() if name.split(".")[0] in ("column", "state", "kind"))
    assert [sign for sign in told if unicodedata.east_asian_width(sign) == "A"] == []
    for column in COLUMNS:
        assert all(cell_len(word) <= column.width for word in WORDS[f"column.{column.name}"])


def test_an_alert_is_told_in_cells() -> None:
    """Time of its first state in the zone of whoever watches, state and speed of the newest, its last sentence."""
    told = texts(entry(arrived(), cleared(carrier="Harbour Haulage", at="2026-03-02T06:01:00.000Z", speed_kmh=38.6)))
    assert told == {
        "date": "03-02",
        "time": "14:00:00",
        "priority": "3 !",
        "kind": "接近路段",
        "sign": "✓",
        "state": "✓ 解除",
        "vehicle": "B12345",
        "driver": "D7",
        "carrier": "Harbour Haulage",
        "speed": "39/40",
        "place": "G15 出口",
        "sentence": "匝道限速四十，请减速",
    }


def test_what_is_not_known_has_a_sign_of_its_own() -> None:
    """No sentence, no segment, no driver, no figures, a state and a severity of which nobody knows."""
    told = texts(
        entry(
            cleared(
                state="paused",
                severity="dire",
                reason="joint",
                driver=None,
                segment=None,
                speed_kmh=None,
                limit_kmh=None,
                at="yesterday\x07",
            )
        )
    )
    assert told["sign"] == "?" and told["priority"] == "- ?" and told["speed"] == "-/-"
    assert told["driver"] == told["carrier"] == told["place"] == "-"
    assert told["sentence"] == "(与邻近路段合并播报)"
    assert told["time"] == "yesterday?" and told["date"] == ""


@pytest.mark.parametrize(
    ("severity", "priority", "expected"),
    [
        ("info", 5, "info"),
        ("info", 3, "minor"),
        ("info", 1, "critical"),
        ("major", 4, "major"),
        ("critical", 2, "critical"),
        ("dire", 9, "info"),
    ],
)
def test_an_alert_weighs_as_much_as_the_worse_of_severity_and_priority(
    severity: str, priority: int, expected: str
) -> None:
    """What was said to stop at once is never grey, whatever its record is called."""
    one = entry(arrived(severity=severity, prompt=replace(SAID, priority=priority)), cleared(severity=severity))
    assert weight(one) == expected
