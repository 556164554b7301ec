"""Recognise columns by their names: which field of a position a header means, and in which unit.

Names are compared after lower-casing and reducing everything but letters and digits to ``_``. Where several columns
could be the same field, the name that stands first in the table wins.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ingest.errors import BadOption

SPEED_UNITS: Final = {"km/h": 1.0, "m/s": 3.6, "mph": 1.609344, "knots": 1.852}
"""km/h in one of each unit; the mile is 1,609.344 m and the nautical mile 1,852 m by definition."""

_SUFFIXES: Final = {
    "km_h": "km/h",
    "kmh": "km/h",
    "kph": "km/h",
    "kmph": "km/h",
    "公里_小时": "km/h",
    "千米_时": "km/h",
    "m_s": "m/s",
    "mps": "m/s",
    "ms": "m/s",
    "米_秒": "m/s",
    "mph": "mph",
    "mi_h": "mph",
    "knots": "knots",
    "knot": "knots",
    "kn": "knots",
    "kt": "knots",
    "kts": "knots",
}

_NAMES: Final[dict[str, str]] = {
    "vehicle": "vehicle vehicle_id vehicleid vehicle_no vehicle_name vehicle_key veh_id vehid taxi_id taxiid truck_id "
    "truckid truck bus_id car_id carid cab_id unit_id unit device_id deviceid device device_name imei terminal_id "
    "terminalid terminal terminal_phone sim phone plate plate_no plateno plate_number license_plate licence_plate "
    "registration 车牌号 车牌号码 车牌 车辆 车辆id 车辆编号 车号 终端号 终端编号 终端手机号 设备号 设备id 手机号 "
    "veiculo veículo id_veiculo placa matricula matrícula id_viatura viatura ordem vehiculo fahrzeug kennzeichen "
    "vehicule track_id trackid trip_id tripid 轨迹id uid objectid object_id id",
    "driver": "driver driver_id driverid driver_name driver_code driver_card 司机 驾驶员 驾驶员id 司机id 驾驶员姓名 "
    "motorista condutor id_motorista conductor fahrer",
    "time": "time coord_time coordtime time_utc utc_time timestamp_utc utc timestamp time_ms timestamp_ms time_s "
    "timestamp_s datetime date_time gps_time gpstime gps_timestamp fix_time fixtime event_time eventtime "
    "device_time devicetime location_time loc_time position_time recorded_at captured_at event_at at "
    "time_stamp ts epoch unixtime unix_time gps_date gpsdate "
    "时间 定位时间 gps时间 采集时间 上报时间 位置时间 时间戳 日期时间 "
    "datahora data_hora data_e_hora instante momento hora fecha_hora fechahora zeit zeitstempel horodatage when",
    "date": "date day 日期 data fecha datum",
    "received": "received received_at received_ms receivedat received_time receive_time recv_time server_time "
    "servertime arrival_time arrived_at ingest_time created_at 接收时间 收到时间 服务器时间 入库时间 "
    "datahoraservidor recebido",
    "lon": "lon lng long longitude x lon_deg lng_deg longitude_deg gps_lon gps_lng gps_longitude location_lon "
    "location_lng location_long position_lon position_long coordinates_lon lon_wgs84 lng_wgs84 wgs84_lon wgs84_lng "
    "wgs_lon wgs_lng gcj_lon gcj_lng bd_lng 经度 gps经度 longitud 经度_度 laenge länge",
    "lat": "lat latitude y lat_deg latitude_deg gps_lat gps_latitude location_lat position_lat coordinates_lat "
    "lat_wgs84 wgs84_lat wgs_lat gcj_lat bd_lat 纬度 gps纬度 latitud 纬度_度 breite",
    "speed": "speed gps_speed gpsspeed speed_gps gnss_speed ground_speed speed_over_ground sog velocity vel spd "
    "vehicle_speed 速度 gps速度 车速 卫星速度 velocidade velocidad geschwindigkeit vitesse",
    "recorder": "recorder recorder_speed obd_speed speed_obd can_speed wheel_speed tacho_speed pulse_speed vss "
    "vehicle_speed_sensor vec2 speed2 行驶记录速度 行车记录仪速度 记录仪速度 脉冲速度 obd速度",
    "heading": "heading heading_deg bearing bearing_deg course course_deg direction direction_deg cog "
    "course_over_ground track_deg azimuth gps_bearing gps_heading gps_course angle dir head "
    "方向 方向角 航向 航向角 direcao direção rumo direccion direccion_deg kurs cap",
    "accuracy": "accuracy accuracy_m gps_accuracy horizontal_accuracy horizontal_accuracy_m hacc h_acc "
    "gps_accuracy_m precision_m radius_m 精度 定位精度 precisao precisão genauigkeit",
    "valid": "valid gps_valid is_valid fix_valid has_fix fix gps_fix fix_status gps_status located positioned "
    "定位状态 是否定位 定位 有效 是否有效 valido válido gps_valido",
    "history": "history is_history historical buffered archive is_archive re_upload reupload offline 补传 是否补传 "
    "历史 盲区补传 historico histórico",
    "signs": "signs driver_signs",
    "polyline": "polyline",
    "point": "point wkt geometry geom",
}

SHOWN_NAMES: Final = 30
"""So many columns are listed in a message."""
FIELDS: Final = tuple(_NAMES)
"""What a column can mean; ``date`` is put before a ``time`` that stands in a column of its own."""

_RANK: Final = {name: (f, rank) for f, names in _NAMES.items() for rank, name in enumerate(names.split())}


@dataclass(frozen=True, slots=True)
class Layout:
    """Which column of a table is which field."""

    columns: dict[str, str]
    """Field to column name."""
    units: dict[str, str]
    """Field to the unit that its header names; a key of SPEED_UNITS, or ``UTC`` for a time."""
    absent: dict[str, str] = field(default_factory=dict)
    """Field to the column that it is mapped to, where there is no such column."""

    @property
    def complete(self) -> bool:
        """Tell whether a position can be made: a time, and longitude and latitude, a point or a polyline."""
        return not self.missing

    @property
    def missing(self) -> list[str]:
        """The needed fields that no column stands for."""
        placed = "point" in self.columns or "polyline" in self.columns
        return [f for f in (("time",) if placed else ("time", "lon", "lat")) if f not in self.columns]


def recognise(names: Sequence[str], mapping: Mapping[str, str]) -> Layout:
    """Say which of the columns ``names`` are which fields; what ``mapping`` names goes before what is recognised.

    Raises BadOption where ``mapping`` gives a column number that does not exist. A name in ``mapping`` that is not
    among ``names`` is told in ``absent``: of several files only some may have it.
    """
    columns: dict[str, str] = {}
    units: dict[str, str] = {}
    absent: dict[str, str] = {}
    for f, wanted in mapping.items():
        column = _mapped(names, wanted)
        if column is None:
            absent[f] = wanted
            continue
        columns[f] = column
        units.update({f: unit} if (unit := _unit(plain(column))) else {})
    best: dict[str, int] = {}
    taken = set(columns.values())
    for name in names:
        if name in taken:
            continue
        key = plain(name)
        found, unit = _RANK.get(key), ""
        if found is None and (unit := _unit(key)):
            found = _RANK.get(_without_unit(key))
        if found is None or found[0] in mapping:
            continue
        f, rank = found
        if rank < best.get(f, len(_RANK)):
            best[f] = rank
            columns[f] = name
            units.pop(f, None)
            if unit and f in ("speed", "recorder"):
                units[f] = unit
            if f == "time" and "utc" in key.split("_"):
                units[f] = "UTC"
    if "time" not in columns and "date" in columns:
        columns["time"] = columns.pop("date")
    return Layout(columns, units, absent)


def complaint(file: str, names: Sequence[str], layout: Layout, what: str, missing: Sequence[str]) -> str:
    """Say which fields are missing in a file, why, what its columns (or keys: ``what``) are, and what to do.

    Why is that nothing in its head means them, or that what they are mapped to is not there.
    """
    unknown = ", ".join(f for f in missing if f not in layout.absent)
    faults = [f"no {what} is recognised as {unknown}"] if unknown else []
    faults += [
        f"there is no {what} '{layout.absent[f]}', to which {f} is mapped" for f in missing if f in layout.absent
    ]
    return (
        f"{file}: {'; '.join(faults)}; the {what}s are: {', '.join(names[:SHOWN_NAMES])}. "
        f"Say which is which, for example lon=LNG,lat=LAT,time=WHEN, or by number: lon=#3,lat=#4,time=#2"
    )


def plain(name: str) -> str:
    """Reduce a header to lower-case letters and digits joined by single underscores."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip())
    reduced = re.sub(r"[\W_]+", "_", parted.lower()).strip("_")
    joined = re.sub(r"[\W_]+", "_", name.strip().lower()).strip("_")
    return joined if joined in _RANK else reduced


def _mapped(names: Sequence[str], wanted: str) -> str | None:
    if wanted in names:
        return wanted
    if wanted.startswith("#") and wanted[1:].isdigit():
        number = int(wanted[1:])
        if not 1 <= number <= len(names):
            raise BadOption(f"there is no column {wanted}; the file has {len(names)}")
        return names[number - 1]
    return next((n for n in names if plain(n) == plain(wanted)), None)


def _unit(key: str) -> str:
    return next((unit for suffix, unit in _SUFFIXES.items() if key.endswith("_" + suffix)), "")


def _without_unit(key: str) -> str:
    suffix = max((s for s in _SUFFIXES if key.endswith("_" + s)), key=len)
    return key[: -len(suffix) - 1]
