"""The kinds of alarm: what each asks of a person. One table; what is not in it never becomes an alarm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of the table."""

    name: str
    priority: int
    """1: act at once, 2: act soon, 3: act within the shift."""
    on_delay_s: float
    """So long the condition must hold before it is an alarm, s."""
    off_delay_s: float
    """So long it must be gone before the alarm returns, s."""
    title: dict[str, str]
    """What it is called, by language."""
    response: dict[str, str]
    """What is expected of the dispatcher, by language."""


KINDS: Final[dict[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind(
            "fatigue_past_limit",
            1,
            0.0,
            0.0,
            {"zh": "疲劳驾驶超时", "en": "Driving past the limit"},
            {
                "zh": "致电驾驶员，要求就近停车休息；不接则联系企业",
                "en": "Call the driver, who is to stop at the next safe place; no answer: call the carrier",
            },
        ),
        Kind(
            "speeding_goes_on",
            2,
            60.0,
            0.0,
            {"zh": "提醒后仍超速", "en": "Speeding goes on after the warning"},
            {
                "zh": "发语音提醒或致电驾驶员，要求降速；记录结果",
                "en": "Speak to the cab or call the driver to slow down; note what came of it",
            },
        ),
        Kind(
            "warnings_ignored",
            2,
            0.0,
            0.0,
            {"zh": "多次不听提醒", "en": "Warnings ignored again and again"},
            {
                "zh": "通知企业安全员，约谈驾驶员",
                "en": "Tell the carrier's safety officer; the driver is to be spoken to",
            },
        ),
        Kind(
            "terminal_silent",
            3,
            900.0,
            60.0,
            {"zh": "行驶中终端失联", "en": "Terminal silent while driving"},
            {
                "zh": "致电驾驶员或企业，核实车辆位置与终端",
                "en": "Call the driver or carrier; find out where the truck is",
            },
        ),
        Kind(
            "voice_broken",
            3,
            0.0,
            0.0,
            {"zh": "终端语音故障", "en": "Terminal cannot speak"},
            {"zh": "通知企业检修终端；期间改用电话", "en": "Have the carrier repair it; until then call by phone"},
        ),
    )
}
"""Name to row, the most pressing first. Figures: 60 s is twice the time in which a warned driver brakes to the limit
(DESIGN, When to speak: 20 s and the sentence); 900 s outlasts the tunnels and dead spots that a round may meet."""

PRIORITIES: Final = {
    1: {"zh": "紧急", "en": "urgent"},
    2: {"zh": "重要", "en": "high"},
    3: {"zh": "一般", "en": "low"},
}
"""Priority to what it is called."""
