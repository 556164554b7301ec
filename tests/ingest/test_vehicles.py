"""The register: one line a vehicle, every fault by line and key."""

from __future__ import annotations

import pytest

from ingest.errors import BadRegister
from ingest.vehicles import COLUMNS, RegisteredVehicle, load_register, parse_register

HEAD = ",".join(COLUMNS) + "\n"


def test_a_full_line_gives_every_field():
    """Column by column."""
    register = parse_register(HEAD + "v1,粤B12345,yellow,13800000000,Fast,hazmat_truck,cn-hazmat,zh,GCJ02,jt808\n", "r")
    assert register.vehicles == {
        "v1": RegisteredVehicle(
            "v1", "粤B12345", "yellow", "13800000000", "Fast", "hazmat_truck", "cn-hazmat", "zh", "gcj02", "jt808"
        )
    }


def test_only_the_key_is_needed_and_empty_cells_are_none():
    """Columns may stand in any order, in any case; blank lines are no vehicles."""
    register = parse_register("Class;VEHICLE\n;v1\n\nbus;v2\n", "r")
    assert register.vehicles == {"v1": RegisteredVehicle("v1"), "v2": RegisteredVehicle("v2", vehicle_class="bus")}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_it_is_read_in_the_usual_encodings(encoding, tmp_path):
    """As spreadsheets write it."""
    path = tmp_path / "register.csv"
    path.write_bytes("vehicle,plate\nv1,粤B12345\n".encode(encoding))
    assert load_register(path).vehicles["v1"].plate == "粤B12345"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "line 1: column 'vehicle' is missing"),
        ("plate\nx\n", "line 1: column 'vehicle' is missing"),
        ("vehicle,colour\nv1,x\n", "line 1: column 'colour' is not known"),
        ("vehicle,vehicle\nv1,v1\n", "line 1: column 'vehicle' stands twice"),
        ("vehicle\n", "no vehicle follows"),
        ("vehicle,plate\nv1\n", "line 2: 1 fields where 2 are due"),
        ("vehicle,plate\n,x\n", "line 2, vehicle: is empty"),
        ("vehicle,plate\nv1,x\nv1,y\n", "line 3, vehicle: 'v1' stands in line 2 already"),
        ("vehicle,plate\nv1,x\nv2,x\n", "line 3, plate: 'x' stands in line 2 already"),
        ("vehicle,phone\nv1,1\nv2,1\n", "line 3, phone: '1' stands in line 2 already"),
        ("vehicle,datum\nv1,mars\n", "line 2, datum: 'mars' is not one of wgs84, gcj02, bd09"),
    ],
)
def test_a_fault_is_named_by_line_and_key(text, says):
    """And the file."""
    with pytest.raises(BadRegister, match=says) as error:
        parse_register(text, "r.csv")
    assert str(error.value).startswith("r.csv: ")


def test_all_faults_are_listed_at_once():
    """The first twenty in words, the rest counted."""
    with pytest.raises(BadRegister, match="30 faults") as error:
        parse_register("vehicle,datum\n" + "".join(f"v{i},x\n" for i in range(30)), "r")
    assert "line 21, datum" in str(error.value)
    assert "line 22, datum" not in str(error.value)
    assert "and 10 more" in str(error.value)


def test_a_register_that_is_not_there_is_named(tmp_path):
    """As any other fault."""
    with pytest.raises(BadRegister, match="cannot be read"):
        load_register(tmp_path / "none.csv")
