"""Written Mandarin to spoken: figures, units, times and names of roads put into the words a person would read.

Applied to a segment's own advice, and before synthesis to any text, so that the same words have one clip. Numbers of
roads, plates and telephones are read digit by digit, one as 幺, as drivers do on the radio: G4 "G四", G25 "G二五",
S12 "S幺二", 12122 "幺二幺二二"; quantities as numbers, two before a measure word as 两.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from alerts.prompts.zh_numbers import DIGITS, cardinal, counted, decimal, digits

_UNITS: Final = {
    "km": "公里",
    "cm": "厘米",
    "mm": "毫米",
    "m": "米",
    "kg": "公斤",
    "t": "吨",
    "min": "分钟",
    "h": "小时",
    "s": "秒",
    "°": "度",
    "º": "度",
}
_MEASURES: Final = (
    "公里|千米|厘米|毫米|海里|英里|英尺|米|公斤|千克|吨|分钟|个|小时|秒|天|次|条|辆|处|座|位|名|人|倍|层|"
    "车道|车身|段|起|项|度"
)
_N: Final = r"(\d+(?:\.\d+)?)"
_SIGN: Final = r"(?<![\dA-Za-z])[-−－]"
_PROVINCES: Final = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_Say = Callable[[re.Match[str]], str]


def _number(text: str, measure: bool = False) -> str:
    if "." in text:
        text = text.rstrip("0").rstrip(".") if measure else text
        if "." not in text:
            return counted(int(text))
        return decimal(text) if len(text.split(".")[0]) < 9 else digits(text.replace(".", "点"))
    if len(text) >= 9:
        return digits(text)
    return counted(int(text)) if measure else cardinal(int(text))


def _time(found: re.Match[str]) -> str:
    hour, minute = int(found[1]), int(found[2])
    if minute == 0:
        return counted(hour) + "点"
    return counted(hour) + "点" + ("零" if minute < 10 else "") + cardinal(minute) + "分"


def _plain(found: re.Match[str]) -> str:
    text = found[0]
    if "." not in text and (len(text) >= 5 or (len(text) > 1 and text[0] == "0")):
        return digits(text)
    return _number(text)


def _year(found: re.Match[str]) -> str:
    return "".join(DIGITS[int(digit)] for digit in found[1]) + "年"


_RULES: Final[tuple[tuple[str, str | _Say], ...]] = (
    (r"(?<=\d)[,，](?=\d{3}(?!\d))", ""),
    (rf"(?<!\d)2\s*[-~～—–至]\s*(?={_N}\s*(?:{_MEASURES}|km|m|h|t)(?![A-Za-z]))", "两到"),
    (r"(?<=\d)\s*[-~～—–至]\s*(?=第?\d)", "到"),
    (r"(?<!\d)([01]?\d|2[0-4])[:：]([0-5]\d)(?:[:：][0-5]\d)?(?!\d)", _time),
    (r"(?<=[点分])\s*[-~～—–至]\s*(?=[\d零一二三四五六七八九十两])", "到"),
    (rf"([{_PROVINCES}][A-Z])[·• ]?([A-Z0-9]{{5,6}})(?![A-Za-z0-9])", lambda m: m[1] + digits(m[2])),
    (r"(?<![A-Za-z])([GSXYC])\s?(\d{1,4})(?!\d)", lambda m: m[1] + digits(m[2])),
    (r"(?<!\d)(\d{4})年", _year),
    (r"(?<=[拨打致电话警线号][:： ])(\d{3,})|(?<=[拨打致电话警线])(\d{3,})", lambda m: digits(m[0])),
    (r"第(\d+)", lambda m: "第" + _number(m[1])),
    (rf"{_SIGN}(?=\d)", "负"),
    (
        rf"(?<=[速到至])\s*{_N}\s*(?:km/h|km／h|kmh|kph|公里/小时|公里每小时|公里/时|千米/时)",
        lambda m: _number(m[1], True) + "公里",
    ),
    (
        rf"{_N}\s*(?:km/h|km／h|kmh|kph|公里/小时|公里每小时|公里/时|千米/时)",
        lambda m: "每小时" + _number(m[1], True) + "公里",
    ),
    (rf"{_N}\s*mph", lambda m: "每小时" + _number(m[1], True) + "英里"),
    (rf"{_N}\s*[%％]", lambda m: "百分之" + _number(m[1])),
    (rf"{_N}\s*(?:℃|°C|度C)", lambda m: _number(m[1], True) + "摄氏度"),
    (rf"{_N}\s*({'|'.join(_UNITS)})(?![A-Za-z])", lambda m: _number(m[1], True) + _UNITS[m[2].lower()]),
    (r"(?<!\d)(\d{1,4})/(\d{1,4})(?!\d)", lambda m: f"{_number(m[2])}分之{_number(m[1])}"),
    (rf"{_N}\s?(?={_MEASURES})", lambda m: _number(m[1], True)),
    (_N, _plain),
)
"""Pattern to reading, applied in this order."""
_COMPILED: Final = tuple((re.compile(pattern, re.IGNORECASE if "km" in pattern else 0), say) for pattern, say in _RULES)


def read(text: str) -> str:
    """Return the text with every figure in words; no digit of any script is left."""
    text = "".join(_narrow(character) for character in text)
    for pattern, say in _COMPILED:
        text = pattern.sub(say, text)
    text = re.sub(r"\s*,\s*", "，", text)
    return re.sub(r"(?<=[㐀-鿿，。！？])\s+(?=[㐀-鿿，。！？])", "", text)


def _narrow(character: str) -> str:
    """Return a digit of any script as an ASCII one, a full-width letter as a plain one."""
    value = unicodedata.digit(character, None)
    if value is not None:
        return str(value)
    if "\uff21" <= character <= "\uff5a":
        return unicodedata.normalize("NFKC", character)
    return "." if character == "\uff0e" else character
