"""Bad input: each row named by reason, file and line; each useless file by an error that says what to do."""

from __future__ import annotations

import gzip
import json

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.errors import BadOption, IngestError, NothingUsable, UnknownFormat, UnreadableFile
from ingest.files import ReadOptions
from tests.ingest.reading import read

HEAD = "vehicle,time,lon,lat,speed_kmh\n"
GOOD = "A,2024-01-05T08:30:15Z,113.5,22.5,36\n"


def line_two(tmp_path, text: str):
    """Read a file whose second line is bad and whose third is good."""
    path = tmp_path / "x.csv"
    path.write_text(HEAD + text + "\n" + GOOD)
    return read(path)


@pytest.mark.parametrize(
    ("text", "reason", "says"),
    [
        ("A,2024-01-05T08:30:15Z,abc,22.5,36", "bad_number", "lon is 'abc'"),
        ("A,2024-01-05T08:30:15Z,113.5,1e999,36", "bad_number", "lat is '1e999'"),
        ("A,2024-01-05T08:30:15Z,,22.5,36", "missing_value", "lon is None"),
        ("A,2024-01-05T08:30:15Z,NULL,22.5,36", "missing_value", "lon is 'NULL'"),
        ("A,2024-01-05T08:30:15Z,nan,22.5,36", "missing_value", "lon is 'nan'"),
        ("A,2024-99-05T08:30:15Z,113.5,22.5,36", "bad_time", "time is '2024-99-05T08:30:15Z'"),
        ("A,,113.5,22.5,36", "missing_value", "time is None"),
        ("A,2024-01-05T08:30:15Z,113500000,22500000,36", "out_of_range", "lon is '113500000'"),
        ("A,2024-01-05T08:30:15Z,113.5", "wrong_field_count", "3 fields where 5 are due"),
        ("A,2024-01-05T08:30:15Z,113.5,22.5,36,7", "wrong_field_count", "6 fields where 5 are due"),
        ('A,"2024-01-05T08:30:15Z,113.5,22.5,36', "unbalanced_quote", "without its pair"),
    ],
)
def test_a_bad_row_is_named_and_the_next_is_read(text, reason, says, tmp_path):
    """One bad row costs one row."""
    got = line_two(tmp_path, text)
    assert got.faults == [(reason, 2)]
    assert says in got.rejects[0].detail
    assert got.rejects[0].source.endswith("x.csv")
    assert got.column("line") == [3]


def test_a_bad_optional_value_costs_only_itself(tmp_path):
    """The position is good without its speed; that it was taken as unknown is said."""
    got = line_two(tmp_path, "A,2024-01-05T08:30:14Z,113.5,22.5,fast")
    assert got.faults == []
    assert got.column("speed_kmh") == [None, 36.0]
    assert any("speed" in note and "line 2" in note and "1 times" in note for note in got.notes)


def test_blank_lines_and_trailing_delimiters_do_no_harm(tmp_path):
    """They are no rows, and lines keep their numbers."""
    got = line_two(tmp_path, "\n  \nA,2024-01-05T08:30:14Z,113.5,22.5,36,")
    assert got.faults == []
    assert got.column("line") == [4, 5]


def test_bytes_that_are_no_text_cost_their_line(tmp_path):
    """A few stray bytes in a long UTF-8 file are rejected by line."""
    path = tmp_path / "x.csv"
    many = GOOD.encode() * 3000
    path.write_bytes(HEAD.encode() + many + b"\xff\xfe,2024-01-05T08:30:15Z,1,2,3\n" + GOOD.encode())
    got = read(path)
    assert got.faults == [("bad_encoding", 3002)]
    assert len(got) == 3001


def test_what_is_taken_for_granted_is_said(tmp_path):
    """A zone that times do not carry, a unit that a speed does not name, a vehicle that a file does not name."""
    path = tmp_path / "truck9.csv"
    path.write_text("time,lon,lat,speed\n2024-01-05 08:30:15,1,2,3\n")
    got = read(path, tz="Asia/Shanghai")
    assert got.column("vehicle") == ["truck9"]
    for said in ("read as Asia/Shanghai", "read as km/h", "'truck9' stands for it"):
        assert any(said in note for note in got.notes), said


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"mapping": {"longitude": "x"}}, "cannot map 'longitude'"),
        ({"mapping": {"lon": "#9"}}, "no column #9"),
        ({"tz": "Mars/Olympus"}, "Mars/Olympus"),
        ({"speed_unit": "furlongs"}, "furlongs"),
        ({"datum": "gcj02"}, "converter"),
        ({"datum": "mars"}, "mars"),
        ({"delimiter": ",,"}, "delimiter"),
        ({"encoding": "klingon"}, "klingon"),
        ({"format": "doc"}, "doc"),
        ({"point_interval_s": 0.0}, "over 0"),
        ({"batch_rows": 0}, "batch_rows"),
    ],
)
def test_a_setting_that_makes_no_sense_stops_with_its_name(options, says, tmp_path):
    """Whatever else would have worked."""
    path = tmp_path / "x.csv"
    path.write_text(HEAD + GOOD)
    with pytest.raises(BadOption, match=says.replace("(", r"\(")):
        read(path, **options)


def test_mapped_columns_go_before_recognised_ones(tmp_path):
    """By name, in any case, or by number; a file without header is mapped by numbers alone."""
    path = tmp_path / "x.csv"
    path.write_text("car,when_seen,LNG_A,LAT_A,lon,lat\nA,2024-01-05T08:30:15Z,113.5,22.5,0,0\n")
    mapping = {"vehicle": "car", "time": "#2", "lon": "lng_a", "lat": "LAT_A"}
    assert read(path, mapping=mapping).rows()[0][:6:4] == ("A", 113.5)
    path.write_text("1,2008-02-02 15:36:08,116.51172,39.92123\n")
    got = read(path, mapping={"vehicle": "#1", "time": "#2", "lon": "#3", "lat": "#4"})
    assert (got.column("vehicle"), got.column("lat"), got.column("line")) == (["1"], [39.92123], [1])


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("x.csv", HEAD + GOOD),
        ("x.jsonl", '{"vehicle": "A", "time": 1704443415, "lon": 113.5, "lat": 22.5}\n'),
        ("x.parquet", None),
    ],
)
def test_a_column_that_is_mapped_and_not_there_is_named(file, content, tmp_path):
    """A needed one stops, with the columns that are there; without another one it is unknown, which is noted."""
    path = tmp_path / file
    if content is None:
        pl.DataFrame({"vehicle": ["A"], "time": [1704443415], "lon": [113.5], "lat": [22.5]}).write_parquet(path)
    else:
        path.write_text(content)
    with pytest.raises(NothingUsable, match=r"no (column|key) 'NOPE', to which lon is mapped; .*vehicle, time, lon"):
        read(path, mapping={"lon": "NOPE"})
    got = read(path, mapping={"speed": "NOPE"})
    assert len(got) == 1
    assert f"{path}: there is no column 'NOPE', to which speed is mapped: 1 times" in " ".join(got.notes)


def test_another_datum_is_converted_by_the_converter_given(tmp_path):
    """Ingest knows no datum but asks for WGS-84."""
    path = tmp_path / "x.csv"
    path.write_text(HEAD + GOOD)
    got = read(path, datum="gcj02", to_wgs84=lambda lon, lat: (lon - 0.5, lat - 0.25))
    assert (got.column("lon"), got.column("lat")) == ([113.0], [22.25])


@pytest.mark.parametrize(
    ("content", "error", "says"),
    [
        (b"", UnreadableFile, "is empty"),
        (b"PK\x03\x04rest", UnreadableFile, "ZIP archive or a spreadsheet"),
        (b"\x28\xb5\x2f\xfdrest", UnreadableFile, "zstd"),
        (bytes(range(256)) * 40, UnknownFormat, "is none of parquet"),
        (b"just words\n", UnknownFormat, "csv"),
        (b"PAR1 and no more", UnreadableFile, "no sound Parquet"),
        (b"a,b\n1,2\n", NothingUsable, "the columns are: a, b"),
        (b"time,lon,lat\n", NothingUsable, "no usable position"),
        (b"time,lon,lat\nx,y,z\n", NothingUsable, "1 bad_number; the first at .*line 2: lon is 'y'"),
        (b'{"a": 1}\n{"a": 2}\n', NothingUsable, "the keys are: a"),
        (b'[{"time": 1}', NothingUsable, "no key is recognised as lon, lat"),
        (b'{"type": "FeatureCollection", "features": []}', NothingUsable, "no usable position"),
        (b'<?xml version="1.0"?><gpx><trk>', NothingUsable, "bad_xml"),
        (b"$GPGGA,083015.00,2230.0,N,11330.0,E,1,08,0.9,3.0,M,,M,,\n", NothingUsable, "no RMC sentence"),
        (b"TRIP_ID,POLYLINE\n1,x\n", NothingUsable, "recognised as time"),
    ],
)
def test_a_useless_file_ends_with_a_clear_error(content, error, says, tmp_path):
    """It says what was found."""
    path = tmp_path / "x.dat"
    path.write_bytes(content)
    with pytest.raises(error, match=says):
        read(path)


def test_missing_files_and_folders_stop_at_once(tmp_path):
    """Before anything is read."""
    with pytest.raises(UnreadableFile, match="no such file"):
        read(tmp_path / "none.csv")
    with pytest.raises(UnreadableFile, match="is a folder"):
        read(tmp_path)
    with pytest.raises(NothingUsable, match="no file was named"):
        read()


def test_one_useless_file_among_several_is_counted(tmp_path):
    """The others are read."""
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(HEAD + GOOD)
    bad.write_text("")
    got = read(bad, good)
    assert got.faults == [("unusable_file", 0)]
    assert len(got) == 1


@pytest.mark.parametrize("keep", [30, 0.5, 0.9])
def test_a_packed_file_cut_short_is_read_as_far_as_it_goes(keep, tmp_path):
    """And that it was cut is rejected by name."""
    rng = np.random.default_rng(1)
    lines = "".join(f"A,{1704443415 + i},{rng.random():.9f},{rng.random():.9f},3\n" for i in range(20_000))
    packed = gzip.compress((HEAD + lines).encode())
    path = tmp_path / "x.csv.gz"
    path.write_bytes(packed[: keep if keep > 1 else int(len(packed) * keep)])
    if keep == 30:
        with pytest.raises(IngestError):
            read(path)
        return
    got = read(path)
    assert ("truncated", 0) in got.faults
    assert len(got) > 5_000


def test_broken_json_costs_only_its_record(tmp_path):
    """A line that is no JSON, one that is no object, an array that breaks off."""
    record = {"id": "A", "time": 1704443415, "lon": 1.5, "lat": 2.5}
    good = json.dumps(record)
    path = tmp_path / "x.jsonl"
    path.write_text(f'{good}\n{{"id": \n[1, 2]\n\n{good}\n')
    got = read(path)
    assert got.faults == [("bad_json", 2), ("bad_json", 3)]
    assert got.column("line") == [1, 5]
    path.write_text(f"[{good}, {good}, {good[:20]}")
    got = read(path)
    assert got.faults == [("bad_json", 3)]
    assert got.column("line") == [1, 2]


def test_geojson_without_times_is_named(tmp_path):
    """A line needs a time for each of its points; an area is no position."""
    line = {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}
    area = {"type": "Polygon", "coordinates": [[[1, 2], [3, 4], [1, 2]]]}
    point = {"type": "Point", "coordinates": [1]}
    features = [
        {"type": "Feature", "geometry": g, "properties": {"time": 1704443415}} for g in (line, area, None, point)
    ]
    features.append(
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}, "properties": {"time": 1704443415}}
    )
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    got = read(path)
    assert got.faults == [("no_times", 1), ("no_points", 2), ("bad_json", 3), ("missing_value", 4)]
    assert len(got) == 1


def test_progress_counts_the_bytes_on_disk(tmp_path):
    """In all, as many as the file has."""
    from ingest.files import open_history

    for path in (tmp_path / "x.csv", tmp_path / "x.csv.gz", tmp_path / "x.parquet"):
        text = HEAD + GOOD * 1000
        if path.suffix == ".parquet":
            pl.read_csv(text.encode()).write_parquet(path)
        else:
            path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
        told: list[int] = []
        history = open_history([path], options=ReadOptions(block_bytes=1000), on_reject=print, progress=told.append)
        assert sum(len(b) for b in history) == 1000
        assert sum(told) == path.stat().st_size


@settings(max_examples=60)
@given(st.lists(st.text(alphabet='A1.,;"\t Z:-{}[]\\', max_size=40), max_size=12))
def test_any_lines_below_a_header_are_read_without_a_crash(tmp_path_factory, lines):
    """Each line is a position or a reject, or nothing but blanks."""
    path = tmp_path_factory.mktemp("any") / "x.csv"
    path.write_text(HEAD + GOOD + "\n".join(lines) + "\n", newline="")
    got = read(path)
    told = {line for _, line in got.faults} | set(got.column("line"))
    assert told == {1 + n for n, text in enumerate([GOOD, *lines], 1) if text.strip(" \r\n") or n == 1}
