"""The page of the judge: the figures against the goals, and the worst cases on a map each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from forewarn.judge.evidence import Evidence
from forewarn.judge.figures import KINDS, Figures
from forewarn.judge.goals import Verdict
from forewarn.judge.telling import NOT_JUDGED, pct
from forewarn.judge.worst import BEFORE_S, BEHIND_S, WorstCase, clock
from forewarn.pages import layers
from forewarn.pages.background import Road
from forewarn.pages.page import MAP, framed, write_page
from geofence.lines import APPROACH, DECOY, SEGMENT
from geofence.segments import SegmentSet

PATH: Final = layers.Layer("path", "Way driven 真实路径", "#0b7285", width=3.0, arrows=True)
OTHERS: Final = layers.Layer("others", "Other approaches and segments 其他路段", "#a5d8ff", width=1.2, visible=False)
AROUND_DEG: Final = 0.003
"""Lines and roads this near to the case are drawn, degrees: about 300 m."""
CLOSE_S: Final = (60.0, 15.0)
"""A map opens on the way driven in these seconds before and behind its case."""


def write_judge_page(
    path: Path,
    *,
    title: str,
    figures: Sequence[Figures],
    verdicts: Sequence[Verdict],
    cases: Sequence[WorstCase],
    evidence: Evidence,
    roads: Sequence[Road],
    simulated: bool,
) -> int:
    """Write the report of a judgement as one HTML page that loads nothing, and return its size in bytes.

    ``figures`` begin with the drives as they are, to which ``verdicts`` and ``cases`` belong; ``roads`` are the
    background of the maps.
    """
    background = np.array([_box(road.lonlat) for road in roads]).reshape(-1, 4)
    data = {
        "cases": [_case(case, evidence, roads, background) for case in cases],
        "goals": [[v.words, v.bound, _figure(v), v.met] for v in verdicts],
        "kinds": _kinds(figures),
    }
    badge = '<span class="badge">SIMULATED 模拟数据</span>' if simulated else ""
    side = SIDE.format(title=escape(title), badge=badge)
    body = framed(side, attribution=evidence.segments.attribution, wide=True, below=CASE)
    shown = f"[SIMULATED 模拟] {title}" if simulated else title
    return write_page(path, title=shown, body=body, data=data, scripts=(*MAP, "judge.js"))


def _kinds(figures: Sequence[Figures]) -> list[list[str]]:
    """Return a row for each variant and kind: what, found, in time, wrong, idle per 100 km."""
    rows = []
    for run in figures:
        for kind, k in (*run.kinds.items(), ("all kinds", run.all)):
            words = f"{KINDS.get(kind, kind)}, {run.title}"
            idle = k.prompts.idle_per_100km
            shares = (k.passages.found_pct, k.passages.in_time_pct, k.prompts.wrong_pct)
            rows.append(
                [words, *map(pct, shares), "–" if idle is None else f"{idle:.1f}"] if k.judged else [words, NOT_JUDGED]
            )
    return rows


def _figure(v: Verdict) -> str:
    return NOT_JUDGED if v.figure is None else f"{v.figure:g} {v.unit}".strip()


def _case(case: WorstCase, e: Evidence, roads: Sequence[Road], background: NDArray[np.float64]) -> dict[str, Any]:
    """Return what the page shows of a case: its map, its facts, the fixes and sentences, and the reasons."""
    driven = _driven(case, e, BEFORE_S, BEHIND_S)
    marks = np.array([[t.lon, t.lat] for t in case.thoughts]).reshape(-1, 2)
    whole = np.concatenate((driven, marks))
    box = _box(whole) if whole.size else np.zeros(4)
    close = _driven(case, e, *CLOSE_S)
    around = box + np.array([-AROUND_DEG, -AROUND_DEG, AROUND_DEG, AROUND_DEG])
    kind = e.segments.segments[e.row_of[case.segment]].kind
    own = replace(layers.kind_layers({kind})[0], label="The place 路段")
    order = [layers.ROADS, OTHERS, layers.DECOYS, layers.APPROACHES, own, PATH]
    drawing = layers.Drawing(order)
    names = _lines(e.segments, case.segment, around, drawing)
    for row in np.flatnonzero(_touches(background, around)).tolist():
        drawing.add(0, roads[row].lonlat, layers.ONE_WAY if roads[row].one_way else layers.BOTH_WAYS)
        names.append(roads[row].name)
    if len(driven):
        drawing.add(len(order) - 1, driven)
        names.append("way driven 真实路径")
    return {
        "cause": case.cause,
        "of": case.of,
        "vehicle": case.vehicle,
        "facts": case.facts,
        "map": drawing.pack(),
        "names": names,
        "whole": box.tolist(),
        "close": (_box(close) if close.size else box).tolist(),
        "fixes": [[t.lon, t.lat, clock(t.at_s)] for t in case.thoughts],
        "thoughts": [
            [
                clock(t.at_s),
                f"{t.at_s - case.at_s:+.0f} s",
                "–" if t.speed_kmh is None else f"{t.speed_kmh:.0f}",
                "–" if t.ahead_m is None else f"{t.ahead_m:.0f}",
                "–" if t.share is None else f"{t.share:.2f}",
                t.why,
                "; ".join(t.near),
            ]
            for t in case.thoughts
        ],
        "heard": [_sentence(s, e) for s in case.sentences],
    }


def _sentence(s: Any, e: Evidence) -> dict[str, Any]:
    place = e.whereabouts.place(s.alert.vehicle, s.began_s if s.spoken else s.speak_s)
    at = None
    if place is not None:
        one = e.truth.paths[place.path]
        at = [float(np.interp(place.at_m, one.at_m, held)) for held in (one.lon, one.lat)]
    name = s.alert.segment.name if s.alert.segment else s.alert.kind
    became = s.outcome if s.reason is None else f"{s.outcome}: {s.reason}"
    return {
        "at": clock(s.began_s if s.spoken else s.speak_s),
        "text": s.said.text,
        "form": s.said.form,
        "about": name,
        "became": became.replace("_", " "),
        "spoken": s.spoken,
        "place": at,
    }


def _driven(case: WorstCase, e: Evidence, before_s: float, behind_s: float) -> NDArray[np.float64]:
    """Return the true path from so long before the case to so long behind it, (n, 2) degrees."""
    one = e.truth.paths[case.path]
    first, last = e.whereabouts.span_s(case.path)
    begin_m = e.whereabouts.at_m(case.path, max(case.at_s - before_s, first))
    end_m = e.whereabouts.at_m(case.path, min(case.at_s + behind_s, last))
    within = np.flatnonzero((one.at_m >= begin_m) & (one.at_m <= end_m))
    return np.column_stack((one.lon[within], one.lat[within]))


def _lines(segments: SegmentSet, segment: str, around: NDArray[np.float64], drawing: layers.Drawing) -> list[str]:
    """Add the lines of the segment file around a case, and return their names."""
    lines, names = segments.lines, []
    row = next(k for k, one in enumerate(segments.segments) if one.id == segment)
    for i in range(len(lines)):
        a, b = lines.vertex_start[i], lines.vertex_start[i + 1]
        lonlat = np.column_stack((lines.lon[a:b], lines.lat[a:b]))
        if b - a < 2 or not _touches(_box(lonlat)[None, :], around)[0]:
            continue
        leads = lines.lead_segment[lines.lead_start[i] : lines.lead_start[i + 1]]
        lies = lines.on_segment[lines.on_start[i] : lines.on_start[i + 1]]
        if row in lies:
            drawing.add(4, lonlat)
        elif row in leads and lines.role[i] in (APPROACH, SEGMENT):
            drawing.add(3, lonlat)
        else:
            drawing.add(2 if lines.role[i] == DECOY else 1, lonlat)
        names.append(segments.segments[row].name if row in lies else lines.ids[i])
    return names


def _box(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate((lonlat.min(axis=0), lonlat.max(axis=0)))


def _touches(boxes: NDArray[np.float64], around: NDArray[np.float64]) -> NDArray[np.bool_]:
    low = (boxes[:, 0] <= around[2]) & (boxes[:, 1] <= around[3])
    touching: NDArray[np.bool_] = low & (boxes[:, 2] >= around[0]) & (boxes[:, 3] >= around[1])
    return touching


SIDE: Final = """  <h1>{title}</h1>
  {badge}
  <div class="scroll">
    <h2>Goals 目标</h2>
    <table id="goals"></table>
    <h2>Worst cases 最差案例</h2>
    <div class="list" id="list"></div>
    <h2>Figures 指标</h2>
    <table id="kinds"></table>
  </div>"""
CASE: Final = '  <section class="case" id="case"></section>'
