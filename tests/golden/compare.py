"""Holding a replay against its golden file, so that a person sees at once what has changed.

Ids are hashes of starts to the millisecond; they are compared as labels (which alert is it, of which vehicle, in what
order), so that the last bit of a sine on another processor is no difference. Times may differ by a second, metres and
km/h by 0.15, degrees by a metre; words, names, forms and reasons must be the same.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from typing import Any, Final

TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
LATEST_S: Final = 1.0
NUMBER: Final = 0.15
DEGREES: Final = 1.1e-5
MOST: Final = 40
"""Differences that are told; the rest is counted."""


def label(record: dict[str, Any]) -> str:
    """Whose record it is and what it is about, without time."""
    segment = record["segment"]["id"] if record["segment"] else "-"
    words = [record["vehicle"], record.get("kind", "passage"), segment]
    return " ".join(words)


def labelled(records: list[dict[str, Any]], names: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Records by a label that is unique and holds no hash; ``names`` collects the label of every id."""
    numbers: Counter[str] = Counter()
    found: dict[str, dict[str, Any]] = {}
    for record in records:
        if record["id"] not in names:
            base = label(record)
            numbers[base] += 1
            names[record["id"]] = f"{base} #{numbers[base]}"
        key = f"{names[record['id']]} seq {record.get('seq', 0)}"
        while key in found:
            key += " again"
        found[key] = record
    return found


def same(key: str, a: Any, b: Any, names_a: dict[str, str], names_b: dict[str, str]) -> bool:
    """Tell whether two values of one field are the same within the tolerances."""
    if key == "id":
        return names_a.get(a) == names_b.get(b)
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(k, a[k], b[k], names_a, names_b) for k in a)
    if isinstance(a, list) and isinstance(b, list):
        return [names_a.get(x, x) for x in a] == [names_b.get(x, x) for x in b]
    if isinstance(a, float) and isinstance(b, float):
        return abs(a - b) <= (DEGREES if key in ("lon", "lat") else NUMBER)
    if isinstance(a, str) and isinstance(b, str) and TIME.fullmatch(a) and TIME.fullmatch(b):
        return abs((datetime.fromisoformat(a) - datetime.fromisoformat(b)).total_seconds()) <= LATEST_S
    return bool(a == b)


def differences(golden: dict[str, list[dict[str, Any]]], found: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Say in lines what differs: gone, new, or changed and in which fields; empty where nothing does."""
    names_a: dict[str, str] = {}
    names_b: dict[str, str] = {}
    told: list[str] = []
    pairs = [(f, labelled(golden[f], names_a), labelled(found[f], names_b)) for f in sorted(golden)]
    for file, a, b in pairs:
        for key in [k for k in a if k not in b]:
            told.append(f"{file}: gone: {key} {short(a[key])}")
        for key in [k for k in b if k not in a]:
            told.append(f"{file}: new:  {key} {short(b[key])}")
        for key in [k for k in a if k in b]:
            fields = [
                f"{name} {a[key][name]!r} -> {b[key].get(name)!r}"
                for name in a[key]
                if not same(name, a[key][name], b[key].get(name), names_a, names_b)
            ]
            if fields:
                told.append(f"{file}: changed: {key}: " + "; ".join(fields))
    if len(told) > MOST:
        told[MOST:] = [f"and {len(told) - MOST} more"]
    return told


def short(record: dict[str, Any]) -> str:
    """The heart of a record in one line."""
    if "prompt" not in record:
        return f"approached {record['approached_at']} entered {record['entered_at']} left {record['left_at']}"
    said = f" {record['prompt']['form']}: {record['prompt']['text']}" if record["prompt"] else ""
    return f"at {record['at']} {record['state']} {record['reason'] or ''}{said}"


def counts_differ(golden: Any, found: Any, place: str = "") -> list[str]:
    """Say in lines where two trees of counts differ."""
    if isinstance(golden, dict) and isinstance(found, dict):
        return [
            line
            for key in sorted({*golden, *found})
            for line in counts_differ(golden.get(key), found.get(key), f"{place}/{key}")
        ]
    return [] if golden == found else [f"{place}: {golden!r} -> {found!r}"]
