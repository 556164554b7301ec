"""A table of formats: text in, columns out."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma

import polars as pl
import pytest

from ingest.files import FORMATS
from tests.ingest.reading import ms, read

T0 = "2024-01-05T08:30:15"
CSV = "vehicle,time,lon,lat,speed_kmh,heading\nA,2024-01-05T08:30:15Z,113.5,22.5,36,90\n"
GPX = f"""<?xml version="1.0"?>
<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><name>A</name><trkseg>
<trkpt lat="22.5" lon="113.5"><ele>3</ele><time>{T0}Z</time>
<extensions><speed>10</speed><course>90</course></extensions>
</trkpt></trkseg></trk></gpx>"""
GEO_POINT = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [113.5, 22.5]},
            "properties": {"vehicle": "A", "time": T0 + "Z", "speed_mps": 10, "bearing": 90},
        }
    ],
}
GEO_LINE = {
    "type": "Feature",
    "geometry": {"type": "LineString", "coordinates": [[113.5, 22.5]]},
    "properties": {"vehicle": "A", "coordTimes": [T0 + "Z"], "speeds": [36.0], "heading": 90},
}
RECORD = {"vehicle": "A", "gps": {"time": T0 + "Z", "lat": 22.5, "lon": 113.5, "speed": 36}, "course": 90}
WKT = {"id": "A", "point": "POINT(113.5 22.5)", "time": T0 + "+0000", "speed_kmh": 36, "heading": 90}


def sentence(body: str) -> str:
    """Close an NMEA sentence with its checksum."""
    total = 0
    for byte in body.encode():
        total ^= byte
    return f"${body}*{total:02X}\n"


GGA = sentence("GPGGA,083015.00,2230.0000,N,11330.0000,E,1,08,0.9,3.0,M,,M,,")
RMC = sentence("GPRMC,083015.00,A,2230.0000,N,11330.0000,E,19.438445,90.0,050124,,,A")
POLYLINE = 'TRIP_ID,TAXI_ID,TIMESTAMP,POLYLINE\n7,A,1704443415,"[[113.5,22.5]]"\n'

CASES = {
    "csv": CSV,
    "csv semicolon": CSV.replace(",", ";"),
    "csv tab": CSV.replace(",", "\t"),
    "csv mark": "﻿" + CSV,
    "csv windows": CSV.replace("\n", "\r\n"),
    "csv title": "Export of positions\n\n" + CSV,
    "csv quoted": "\n".join('"' + line.replace(",", '","') + '"' for line in CSV.splitlines()),
    "csv chinese": "车牌号,定位时间,经度,纬度,速度(km/h),方向\nA,2024年1月5日 8时30分15秒,113.5,22.5,36,90\n",
    "csv portuguese": "Placa;DataHora;Longitude;Latitude;Velocidade;Direção\nA;05/01/2024 08:30:15;113,5;22,5;36;90\n",
    "csv epoch": "imei,ts,lng,lat,speed_mps,course\nA,1704443415,113.5,22.5,10,90\n",
    "csv parts": "device_id,date,time,x,y,sog_kn,cog\nA,2024-01-05,08:30:15,113.5,22.5,19.438445,90\n",
    "csv letters": "vehicle,time,lon,lat,speed_kmh,heading\nA,20240105083015,E113.5°,22.5 N,36,90\n",
    "gpx": GPX,
    "geojson points": json.dumps(GEO_POINT),
    "geojson line": json.dumps(GEO_LINE, indent=1),
    "json lines": json.dumps(RECORD) + "\n",
    "json array": json.dumps([RECORD]),
    "json array pretty": json.dumps([RECORD], indent=2),
    "json inside": json.dumps({"device": "x", "data": [RECORD]}),
    "json wkt": json.dumps([WKT]),
    "nmea": GGA + RMC,
    "polylines": POLYLINE,
}
OPTIONS = {
    "csv portuguese": {"time_format": "%d/%m/%Y %H:%M:%S"},
    "gpx": {"mapping": {"vehicle": "name"}},
}
KNOWS_SPEED = [c for c in CASES if c != "polylines"]


@pytest.mark.parametrize("case", CASES)
def test_each_format_gives_the_same_fix(case, tmp_path):
    """The same fix in any format comes out as the same columns."""
    path = tmp_path / "A.data"
    path.write_text(CASES[case], encoding="utf-8")
    got = read(path, **OPTIONS.get(case, {}))
    assert got.faults == []
    assert got.column("vehicle") == ["A"]
    assert got.column("time_ms") == [ms(T0)]
    assert got.column("lon") == pytest.approx([113.5])
    assert got.column("lat") == pytest.approx([22.5])
    if case in KNOWS_SPEED:
        assert got.column("speed_kmh") == pytest.approx([36.0], abs=1e-4)
        assert got.column("heading_deg") == [90.0]
    else:
        assert got.column("speed_kmh") == [None]
        assert got.column("heading_deg") == [None]
    assert got.column("recorder_kmh") == [None]
    assert got.column("received_ms") == [None]
    assert got.column("valid") == [True]
    assert got.column("history") == [False]
    assert got.column("signs") == [0]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_packed_files_are_known_by_content(pack, tmp_path):
    """The suffix plays no part."""
    path = tmp_path / "A.csv"
    path.write_bytes(pack(CSV.encode()))
    assert read(path).column("time_ms") == [ms(T0)]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_encodings_are_known_by_content(encoding, tmp_path):
    """Chinese exports come as GB18030, spreadsheets as UTF-16."""
    path = tmp_path / "x.csv"
    path.write_bytes("车牌号,定位时间,经度,纬度\n粤B12345,2024-01-05 08:30:15,113.5,22.5\n".encode(encoding))
    assert read(path).column("vehicle") == ["粤B12345"]


def test_parquet_keeps_types(tmp_path):
    """Times as datetimes, numbers as numbers, flags as flags."""
    path = tmp_path / "x.parquet"
    table = {
        "vehicle": ["A", "A", None],
        "time": pl.Series([ms(T0), ms(T0) + 1000, None]).cast(pl.Datetime("ms", "UTC")),
        "lon": [113.5, None, 1.0],
        "lat": [22.5, 22.5, 1.0],
        "received_at": pl.Series([ms(T0) * 1000 + 500_000, None, None]).cast(pl.Datetime("us", "UTC")),
        "is_history": [True, False, None],
    }
    pl.DataFrame(table).write_parquet(path)
    got = read(path)
    assert got.rows()[0][:4] == ("A", None, ms(T0), ms(T0) + 500)
    assert got.column("history") == [True]
    assert got.faults == [("missing_value", 2), ("missing_value", 3)]


def test_polyline_points_are_an_interval_apart(tmp_path):
    """Point i is at the start plus i intervals; a trip can be made the vehicle."""
    path = tmp_path / "x.csv"
    path.write_text('TRIP_ID,TAXI_ID,TIMESTAMP,POLYLINE\n7,A,1704443415,"[[1,2],[3,4]]"\n8,A,1704443415,"[]"\n')
    got = read(path, point_interval_s=20, mapping={"vehicle": "TRIP_ID"})
    assert got.column("time_ms") == [ms(T0), ms(T0) + 20_000]
    assert got.column("vehicle") == ["7", "7"]
    assert got.faults == [("empty_polyline", 3)]


def test_nmea_without_a_fix_is_invalid(tmp_path):
    """A void RMC without coordinates is rejected as no_fix, quality 0 makes an RMC invalid, a false checksum is out."""
    path = tmp_path / "x.nmea"
    void = sentence("GPRMC,083014.00,V,,,,,,,050124,,,N")
    unsure = sentence(GGA[1:-4].replace(",E,1,", ",E,0,"))
    path.write_text(void + unsure + RMC + GGA.replace("*", "*0") + "$GPVTG,1*00\n$GPGSV,passed,over\n")
    got = read(path)
    assert got.column("valid") == [False]
    assert sorted(got.faults) == [("bad_checksum", 4), ("bad_checksum", 5), ("no_fix", 1)]


def test_nmea_hemispheres_and_ground_speed(tmp_path):
    """South and west are negative; VTG fills in what RMC leaves open."""
    path = tmp_path / "truck7.log"
    rmc = sentence("GNRMC,235959.50,A,0830.3000,S,00806.0000,W,,,311223,,,A")
    path.write_text("12:00 " + rmc + sentence("GNVTG,123.4,T,,M,10.0,N,18.5,K,A"))
    got = read(path)
    assert got.column("lat") == pytest.approx([-8.505])
    assert got.column("lon") == pytest.approx([-8.1])
    assert got.column("speed_kmh") == pytest.approx([18.52])
    assert got.column("heading_deg") == [123.4]
    assert got.column("time_ms") == [ms("2023-12-31T23:59:59.500")]
    assert got.column("vehicle") == ["truck7"]


def test_optional_columns_come_through(tmp_path):
    """Driver, recorder, accuracy, arrival, history and fix flags."""
    path = tmp_path / "x.csv"
    path.write_text(
        "vehicle,driver,time,received_at,lon,lat,speed,vec2,gps_accuracy,gps_valid,history\n"
        f"A,王,{T0}Z,{T0}.250Z,1,2,30,31.5,4.5,A,0\nA,,{T0}Z,,1,2,-1,,0,V,true\n"
    )
    got = read(path)
    assert sorted(got.column("driver"), key=str) == [None, "王"]
    assert sorted(got.column("received_ms"), key=str) == [ms(T0) + 250, None]
    by_driver = {row[1]: row for row in got.rows()}
    assert by_driver["王"][6:12] == (30.0, 31.5, None, 4.5, True, False)
    assert by_driver[None][6:12] == (None, None, None, None, False, True)


SIGNS = {"0": 0, "1": 1, "3": 3, "fatigue": 1, " Phone ": 2, "phone+fatigue": 3, "": 0, "none": 0, "2.0": 2}
"""A column of signs, and what is read."""
STRANGE = ("4", "-1", "1.5", "yes", "fatigue,phone", "true")


def test_signs_are_numbers_or_names(tmp_path):
    """Of a column of that name; what is neither is taken as none, told and counted, and the position stays."""
    path = tmp_path / "A.csv"
    rows = [f'{k},1,2,"{text}"\n' for k, text in enumerate((*SIGNS, *STRANGE), 1_704_443_415)]
    path.write_text("time,lon,lat,signs\n" + "".join(rows), encoding="utf-8")
    got = read(path)
    assert got.column("signs") == [*SIGNS.values(), *[0] * len(STRANGE)]
    assert got.faults == []
    assert [note for note in got.notes if "'signs'" in note] == [
        f"{path}: 'signs' names no known sign and is taken as none: {len(STRANGE)} times (first: line 11, '4')"
    ]


def test_signs_come_from_every_format_that_has_columns(tmp_path):
    """Parquet with its own types, JSON lines, GeoJSON with a value for each vertex; a flag says not which sign."""
    at = [1_704_443_415, 1_704_443_416, 1_704_443_417]
    table = {"time": at, "lon": [1.0] * 3, "lat": [2.0] * 3}
    numbers, names, flags = (tmp_path / f"{kind}.parquet" for kind in ("numbers", "names", "flags"))
    pl.DataFrame({**table, "signs": pl.Series([1, None, 3], dtype=pl.UInt8)}).write_parquet(numbers)
    pl.DataFrame({**table, "driver_signs": ["fatigue", None, "fatigue+phone"]}).write_parquet(names)
    pl.DataFrame({**table, "signs": [True, None, False]}).write_parquet(flags)
    lines = tmp_path / "x.jsonl"
    told = ["fatigue", 0, 3]
    lines.write_text(
        "".join(json.dumps({"time": t, "lon": 1, "lat": 2, "signs": s}) + "\n" for t, s in zip(at, told, strict=True))
    )
    line = {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": [[1, 2], [1, 2.001], [1, 2.002]]},
        "properties": {"times": at, "signs": ["fatigue", 0, 3], "speeds": [1, 2, 3]},
    }
    collection = tmp_path / "x.geojson"
    collection.write_text(json.dumps({"type": "FeatureCollection", "features": [line]}))
    for path in (numbers, names, lines, collection):
        assert read(path).column("signs") == [1, 0, 3], path
    assert read(collection).column("speed_kmh") == [1.0, 2.0, 3.0]
    got = read(flags)
    assert got.column("signs") == [0, 0, 0] and any("no known sign" in note for note in got.notes)


def test_every_format_stands_in_the_table_once():
    """Names and modules are unique, and each module has the two functions."""
    assert len({f.name for f in FORMATS}) == len({f.module for f in FORMATS}) == len(FORMATS)
    names = {"csv", "gpx", "geojson", "json", "nmea", "parquet", "polylines"}
    assert {f.name for f in FORMATS} == names
