"""The naive build that the engine is measured against: one position at a time, Python objects, one query each.

Per position an R-tree query and shapely distances, per vehicle a dict, and the rules in plain Python: approach (the
lead, the heading gate, conditional and plain sentence, passage), speeding (an episode), fatigue (the clock). It knows
nothing of what makes them right (no memory of the roads driven, no late fixes, no rests that turn out to be none, no
repeaters, no pace), which is in its favour; everything that can be prepared is prepared beforehand.
"""

from __future__ import annotations

import hashlib
import json
import math
from datetime import UTC, datetime
from typing import Any

import numpy as np
import rtree.index
import shapely
from pyproj import Transformer

from alerts.profiles import Profile
from alerts.prompts import sentence, speech_bound_s
from alerts.prompts.facts import Facts
from geofence.index import Index
from ingest.positions import PositionBatch

RADIUS_M = 40.0
EXPECT_S, LATENCY_S, COOLDOWN_S = 30.0, 2.0, 300.0


class Naive:
    """The rules over one segment set, the usual way."""

    def __init__(self, index: Index, profile: Profile, vehicle_class: str, language: str) -> None:
        """Build the tree and the shapes of all pieces, and plain dicts of lines and segments."""
        rows, lines = index.pieces, index.segments.lines
        middle = f"+proj=laea +lat_0={lines.lat.mean()} +lon_0={lines.lon.mean()}"
        self.to_plane = Transformer.from_crs("EPSG:4326", middle, always_xy=True)
        x, y = self.to_plane.transform(rows["lon"], rows["lat"])
        x_to, y_to = self.to_plane.transform(rows["lon"] + rows["east_deg"], rows["lat"] + rows["north_deg"])
        ends = np.stack([np.column_stack([x, y]), np.column_stack([x_to, y_to])], axis=1)
        low, high = np.ascontiguousarray(ends.min(axis=1)), np.ascontiguousarray(ends.max(axis=1))
        self.tree = rtree.index.Index((np.arange(rows.size), low, high))
        self.shapes = shapely.linestrings(ends).tolist()
        self.course = (np.degrees(np.arctan2(x_to - x, y_to - y)) % 360.0).tolist()
        length = np.hypot(x_to - x, y_to - y)
        self.line_of = rows["line"].tolist()
        ends_line = np.r_[rows["line"][1:] != rows["line"][:-1], True]
        done = np.cumsum(length)
        self.left_m = (done[np.flatnonzero(ends_line)][np.cumsum(ends_line) - ends_line] - done + length).tolist()
        self.leads: list[list[tuple[int, float, float]]] = []
        self.on: list[list[int]] = []
        for k in range(len(lines)):
            part = slice(lines.lead_start[k], lines.lead_start[k + 1])
            columns = (lines.lead_segment[part], lines.lead_ahead_m[part], lines.lead_branch_m[part])
            self.leads.append(list(zip(*(c.tolist() for c in columns), strict=True)))
            self.on.append(lines.on_segment[lines.on_start[k] : lines.on_start[k + 1]].tolist())
        self.segments = index.segments.segments
        self.limit = index.segments.limit_kmh.tolist()
        self.approach = profile.settings("approach", vehicle_class)
        self.speeding = profile.settings("speeding", vehicle_class)
        self.fatigue = profile.settings("fatigue", vehicle_class)
        self.language = language
        self.speech_s = {
            (kind, form): speech_bound_s(language, kind, form)
            for kind in {s.kind for s in self.segments}
            for form in ("conditional", "plain")
        }
        self.vehicles: dict[str, dict[str, Any]] = {}
        self.records: list[dict[str, Any]] = []

    def step(self, batch: PositionBatch) -> None:
        """Judge a batch, position by position; the projection is done for all at once, in its favour."""
        x, y = self.to_plane.transform(batch.lon, batch.lat)
        columns = (batch.vehicle, batch.time_ms, x, y, batch.speed_kmh, batch.heading_deg)
        for code, time_ms, east, north, kmh, heading in zip(*(c.tolist() for c in columns), strict=True):
            self.fix(batch.vehicles[code], time_ms / 1000.0, east, north, kmh, heading)

    def fix(self, name: str, at_s: float, x: float, y: float, kmh: float, heading: float) -> None:
        """Judge one position."""
        vehicle = self.vehicles.get(name)
        if vehicle is None:
            vehicle = {"tracks": {}, "said_s": -1e9, "over": None, "driven_s": 0.0, "since": at_s, "at": None}
            self.vehicles[name] = vehicle
        kmh, heading = self._motion(vehicle, at_s, x, y, kmh, heading)
        point = shapely.Point(x, y)
        near: dict[int, tuple[float, float]] = {}
        for k in self.tree.intersection((x - RADIUS_M, y - RADIUS_M, x + RADIUS_M, y + RADIUS_M)):
            across = self.shapes[k].distance(point)
            if across > RADIUS_M:
                continue
            turn = (heading - self.course[k] + 180.0) % 360.0 - 180.0
            if abs(turn) > self.approach.heading_gate_deg:
                continue
            line = self.line_of[k]
            if line not in near or across < near[line][0]:
                near[line] = (across, self.left_m[k] - self.shapes[k].project(point))
        inside: set[int] = set()
        ahead: dict[int, tuple[float, float]] = {}
        if near:
            line = min(near, key=lambda each: near[each][0])
            inside.update(self.on[line])
            for segment, ahead_m, branch_m in self.leads[line]:
                ahead[segment] = (near[line][1] + ahead_m, branch_m)
        self._approach(name, vehicle, at_s, kmh, inside, ahead)
        self._speed(name, vehicle, at_s, kmh, inside)
        self._tired(name, vehicle, at_s, kmh)
        vehicle["at"] = at_s

    @staticmethod
    def _motion(
        vehicle: dict[str, Any], at_s: float, x: float, y: float, kmh: float, heading: float
    ) -> tuple[float, float]:
        """Return speed and heading, from the way since the last position where the position has none."""
        last, vehicle["place"] = vehicle.get("place"), (x, y)
        if last is not None and at_s > vehicle["at"]:
            east, north = x - last[0], y - last[1]
            if math.isnan(kmh):
                kmh = 3.6 * math.hypot(east, north) / (at_s - vehicle["at"])
            if math.isnan(heading) and (east or north):
                heading = math.degrees(math.atan2(east, north)) % 360.0
        return kmh, heading

    def _approach(
        self, name: str, vehicle: dict[str, Any], at_s: float, kmh: float, inside: set[int], ahead: dict[int, Any]
    ) -> None:
        s, v = self.approach, kmh / 3.6
        tracks = vehicle["tracks"]
        for segment in inside:
            track = tracks.setdefault(segment, {"since": at_s, "said": set(), "entered": None, "worst": kmh})
            if track["entered"] is None:
                track["entered"], track["entry_kmh"] = at_s, kmh
            track["worst"] = max(track["worst"], kmh)
        for segment, (ahead_m, branch_m) in ahead.items():
            limit = self.limit[segment]
            if not kmh > max(limit, s.least_speed_kmh):
                continue
            track = tracks.setdefault(segment, {"since": at_s, "said": set(), "entered": None, "worst": kmh})
            form = "plain" if math.isnan(branch_m) else "conditional"
            if track["entered"] is not None or form in track["said"]:
                continue
            speech_s = self.speech_s[self.segments[segment].kind, form]
            lead = v * (LATENCY_S + speech_s + s.reaction_s)
            lead += max(0.0, v * v - (limit / 3.6) ** 2) / (2.0 * s.decel_ms2)
            lead = max(lead, v * s.least_lead_s)
            if (ahead_m - lead) / v > EXPECT_S:
                continue
            track["said"].add(form)
            self._record(name, "approach", "raised", at_s, kmh, track["since"], segment, form, ahead_m)
        for segment in [k for k in tracks if k not in inside and k not in ahead]:
            track = tracks[segment]
            if "left" not in track:
                track["left"] = at_s
                self._record(name, "approach", "cleared", at_s, kmh, track["since"], segment)
                if track["entered"] is not None:
                    self._record(name, "passage", "left", at_s, kmh, track["since"], segment)
            elif at_s - track["left"] > COOLDOWN_S:
                del tracks[segment]

    def _speed(self, name: str, vehicle: dict[str, Any], at_s: float, kmh: float, inside: set[int]) -> None:
        s = self.speeding
        limit = min([s.general_kmh or math.inf, *(self.limit[k] for k in inside)])
        over = vehicle["over"]
        if kmh > limit + max(s.tolerance_kmh, limit * s.tolerance_pct / 100.0):
            if over is None:
                over = vehicle["over"] = {"since": at_s, "worst": kmh, "limit": limit, "raised": False}
            over["worst"], over["last"] = max(over["worst"], kmh), at_s
            if not over["raised"] and at_s - over["since"] >= s.least_s:
                over["raised"] = True
                self._record(name, "speeding", "raised", at_s, kmh, over["since"], None, "episode")
        elif over is not None and (kmh <= over["limit"] - s.end_below_kmh or at_s - over["last"] >= s.end_after_s):
            if over["raised"]:
                self._record(name, "speeding", "cleared", at_s, kmh, over["since"], None)
            vehicle["over"] = None

    def _tired(self, name: str, vehicle: dict[str, Any], at_s: float, kmh: float) -> None:
        s = self.fatigue
        if kmh > s.drive_kmh:
            if vehicle["at"] is not None:
                vehicle["driven_s"] += at_s - vehicle["at"]
            vehicle["still"] = None
        elif vehicle.get("still") is None:
            vehicle["still"] = at_s
        elif at_s - vehicle["still"] >= s.rest_s:
            vehicle["driven_s"], vehicle["tired"], vehicle["since"] = 0.0, False, at_s
        if s.limit_s > 0.0 and vehicle["driven_s"] >= s.limit_s - s.ahead_s and not vehicle.get("tired"):
            vehicle["tired"] = True
            self._record(name, "fatigue", "raised", at_s, kmh, vehicle["since"], None, "episode")

    def _record(
        self,
        name: str,
        kind: str,
        state: str,
        at_s: float,
        kmh: float,
        since_s: float,
        segment: int | None,
        form: str | None = None,
        ahead_m: float | None = None,
    ) -> None:
        place = self.segments[segment] if segment is not None else None
        text = None
        if form is not None:
            limit = self.limit[segment] if segment is not None else None
            about = place.kind if place else kind
            text = sentence(self.language, Facts(about, form, distance_m=ahead_m, limit_kmh=limit, speed_kmh=kmh))
        key = json.dumps([kind, name, place.id if place else None, since_s])
        self.records.append(
            {
                "id": hashlib.blake2b(key.encode(), digest_size=10).hexdigest(),
                "vehicle": name,
                "kind": kind,
                "state": state,
                "at": datetime.fromtimestamp(at_s, UTC).isoformat(),
                "since": datetime.fromtimestamp(since_s, UTC).isoformat(),
                "segment": place.id if place else None,
                "speed_kmh": round(kmh, 1),
                "ahead_m": round(ahead_m, 1) if ahead_m is not None else None,
                "text": text,
            }
        )
