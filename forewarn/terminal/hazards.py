"""What a sentence warns of, by its words: texts from outside name no segment, and must not repeat what was said."""

from __future__ import annotations

from typing import Final

WORDS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("speeding", ("超速", "speeding", "over the limit")),
    ("fatigue", ("驾驶", "疲劳", "休息", "driving time", "driven", "driving for", "rest", "break", "tired")),
    ("level_crossing", ("铁路道口", "道口", "railway", "level crossing")),
    ("village_road", ("村庄", "村", "village")),
    ("unsignalled_crossing", ("路口", "crossing", "junction", "crossroads")),
    ("ramp", ("匝道", "出口", "入口", "汇入", "互通", "ramp", "exit", "entry", "slip road", "interchange")),
)
"""Hazard to words of it, in both languages; the first that is found counts."""


def hazard_of(text: str) -> str | None:
    """Return what a sentence warns of, one of ``WORDS``; None where its words tell of none."""
    plain = text.lower()
    return next((hazard for hazard, words in WORDS if any(word in plain for word in words)), None)
