"""The report of a replay: where the drives went, what was said and when, how fast it went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any, Final

from plotly.offline import get_plotlyjs

from forewarn.pages import layers
from forewarn.pages.page import MAP, framed, write_page
from forewarn.pages.report_data import (
    MOST_RECORDS,
    NO_DRIVE,
    TRACK,
    Drive,
    episodes,
    in_order,
    places,
    prompts,
    thinned,
    tracks,
    visits,
)
from geofence.segments import SegmentSet

WORDS: Final = {
    "fixes": "Fixes 定位点",
    "rows": "Rows 行数",
    "vehicles": "Vehicles 车辆",
    "drivers": "Drivers 驾驶员",
    "rejected": "Rejected 剔除",
    "rejects": "Rejected 剔除",
    "passages": "Passages 通过路段",
    "prompts": "Prompts 语音提示",
    "episodes": "Episodes 违规事件",
    "alerts": "Alerts 告警",
    "repeaters": "Repeaters 高频违规",
    "withdrawn": "Withdrawn 撤回",
    "speeding": "Speeding 超速",
    "fatigue": "Fatigue 疲劳驾驶",
    "approach": "Approach 临近提示",
    "ramp": "Ramps 匝道",
    "unsignalled_crossing": "Unsignalled crossings 无灯控路口",
    "village_road": "Village roads 村庄路段",
    "first": "First fix 起始",
    "last": "Last fix 结束",
}
"""Words of a summary that have a Chinese one beside them; others stand as they are."""
PALE: Final = "#a5d8ff"
"""Colour of approaches here, where the drives lie on them."""
MOST_ROWS: Final = 80
"""Rows of the summary table."""


def write_report(
    path: Path,
    *,
    title: str,
    segments: SegmentSet | None,
    drive: Drive | None,
    alerts: Sequence[dict[str, Any]],
    passages: Sequence[dict[str, Any]],
    summary: dict[str, Any],
    simulated: bool,
) -> int:
    """Write the report as one HTML page that loads nothing, and return its size in bytes.

    ``drive`` is None where there was no fix; ``alerts`` and ``passages`` are records as in DESIGN.md, times as text;
    ``summary`` is shown as it is, one level of nesting as ``outer · inner``. Of a drive with more than ``MOST_FIXES``
    fixes every k-th is drawn, and of alert records the first ``MOST_RECORDS``; the page says so.
    """
    notes: list[str] = []
    whole = in_order(drive) if drive else NO_DRIVE
    drawn, step = thinned(whole)
    if step > 1:
        notes.append(f"One fix in {step} drawn, {len(drawn):,} of {len(whole):,} 轨迹已抽稀")
    if len(alerts) > MOST_RECORDS:
        notes.append(f"The first {MOST_RECORDS:,} of {len(alerts):,} alert records shown 仅显示部分告警")
    if len(passages) > MOST_RECORDS:
        notes.append(f"The first {MOST_RECORDS:,} of {len(passages):,} passages shown 仅显示部分通过记录")
    kinds = {one.kind for one in segments.segments} if segments else set()
    order = [replace(layers.APPROACHES, colour=PALE, arrows=False), *layers.kind_layers(kinds), TRACK]
    layer_of = {layer.key: at for at, layer in enumerate(order)}
    drawing = layers.Drawing(order)
    driven = tracks(drawn, drawing, layer_of["track"])
    facts: list[dict[str, Any] | None] = [None] * len(drawing)
    if segments is not None and len(drawn):
        found, left_out = places(segments, drawn, drawing, layer_of)
        facts += found
        if left_out:
            notes.append(f"{left_out:,} lines of the segment file not drawn 部分路段未绘制")
    data = {
        "map": drawing.pack(),
        "facts": facts,
        "vehicles": driven,
        "prompts": prompts(alerts[:MOST_RECORDS]),
        "episodes": episodes(alerts[:MOST_RECORDS]),
        "visits": visits(passages[:MOST_RECORDS], segments),
        "summary": _rows(summary),
        "simulated": simulated,
    }
    side = SIDE.format(
        title=escape(title),
        badge='<span class="badge">SIMULATED 模拟数据</span>' if simulated else "",
        notes="".join(f'<div class="warn">{escape(note)}</div>' for note in notes),
    )
    body = framed(side, attribution=segments.attribution if segments else "", wide=True, below=CHART)
    shown = f"[SIMULATED 模拟] {title}" if simulated else title
    return write_page(path, title=shown, body=body, data=data, scripts=(*MAP, "report.js"), libraries=(get_plotlyjs(),))


def _rows(summary: dict[str, Any]) -> list[list[str]]:
    """Return label and value, nested ones as ``outer · inner``."""
    rows: list[list[str]] = []
    for key, value in summary.items():
        if isinstance(value, dict):
            rows += [[f"{_word(key)} · {_word(inner)}", _value(one)] for inner, one in value.items()]
        else:
            rows.append([_word(key), _value(value)])
    if len(rows) > MOST_ROWS:
        rows = [*rows[:MOST_ROWS], ["…", f"{len(rows) - MOST_ROWS} more 更多"]]
    return rows


def _word(key: Any) -> str:
    return WORDS.get(str(key), str(key).replace("_", " "))


def _value(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return "–" if value is None else ("yes 是" if value else "no 否")
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.1f}"
    if isinstance(value, list):
        return ", ".join(_value(one) for one in value[:8]) + (" …" if len(value) > 8 else "")
    text = str(value)
    return text if len(text) <= 200 else text[:199] + "…"


SIDE: Final = """  <h1>{title}</h1>
  {badge}
  {notes}
  <label class="quiet" for="vehicle">Vehicle 车辆</label>
  <select id="vehicle"></select>
  <div class="scroll">
    <h2>Prompts in order 语音提示 <em id="prompt-count"></em></h2>
    <div class="list" id="prompts"></div>
    <h2>Episodes 违规事件 <em id="episode-count"></em></h2>
    <div class="list" id="episodes"></div>
    <h2>Summary 汇总</h2>
    <table id="summary"></table>
    <h2>Legend 图例</h2>
    <ul class="legend" id="legend"></ul>
  </div>"""
CHART: Final = """  <div id="chart" aria-label="Speed over time 车速曲线"></div>
  <div id="chart-note" class="quiet" hidden>Choose a vehicle to see its speed 选择车辆查看车速</div>"""
