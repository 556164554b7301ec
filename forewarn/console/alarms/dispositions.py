"""What a dispatcher can say was done about an alarm; two tables."""

from __future__ import annotations

from typing import Final

DISPOSITIONS: Final[dict[str, dict[str, str]]] = {
    "called_driver": {"zh": "已致电驾驶员", "en": "Called the driver"},
    "spoke_to_cab": {"zh": "已向车内播报", "en": "Spoke to the cab"},
    "informed_carrier": {"zh": "已通知企业", "en": "Informed the carrier"},
    "informed_authority": {"zh": "已通知主管部门", "en": "Informed the authority"},
    "no_answer": {"zh": "无人接听", "en": "No answer"},
    "no_action": {"zh": "无需处理", "en": "No action needed"},
    "false_alarm": {"zh": "误报", "en": "False alarm"},
}
"""Name to what it is called, by language."""

FALSE_BECAUSE: Final[dict[str, dict[str, str]]] = {
    "wrong_road": {"zh": "定位到错误道路", "en": "Taken for another road"},
    "wrong_limit": {"zh": "限速值不对", "en": "Wrong limit"},
    "bad_position": {"zh": "定位漂移", "en": "Bad position"},
    "wrong_driver": {"zh": "驾驶员信息有误", "en": "Wrong driver"},
    "wrong_segment": {"zh": "路段设置有误", "en": "Segment is drawn wrong"},
    "other": {"zh": "其他", "en": "Other"},
}
"""Why an alarm was a false one; ``other`` asks for a note."""
