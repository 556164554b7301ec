"""Written English to spoken: figures, units, times and names of roads put into the words a person would read.

Applied to a segment's own advice, and before synthesis to any text, so that the same words have one clip. Road numbers
of up to two digits are read as numbers, longer ones and telephone numbers digit by digit.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from alerts.prompts.en_numbers import cardinal, decimal, digits

_UNITS: Final = {
    "km/h": ("kilometre per hour", "kilometres per hour"),
    "kmh": ("kilometre per hour", "kilometres per hour"),
    "kph": ("kilometre per hour", "kilometres per hour"),
    "mph": ("mile per hour", "miles per hour"),
    "km": ("kilometre", "kilometres"),
    "mi": ("mile", "miles"),
    "ft": ("foot", "feet"),
    "min": ("minute", "minutes"),
    "kg": ("kilogram", "kilograms"),
    "m": ("metre", "metres"),
    "h": ("hour", "hours"),
    "s": ("second", "seconds"),
    "t": ("tonne", "tonnes"),
    "%": ("per cent", "per cent"),
    "°C": ("degree", "degrees"),
    "℃": ("degree", "degrees"),
}
"""Unit as written to the word for one and for more."""
_ORDINALS: Final = {"1st": "first", "2nd": "second", "3rd": "third", "4th": "fourth", "5th": "fifth", "6th": "sixth"}
_N: Final = r"(\d+(?:\.\d+)?)"
_Say = Callable[[re.Match[str]], str]


def _number(text: str) -> str:
    if "." in text:
        return decimal(text) if len(text.split(".")[0]) < 9 else digits(text.replace(".", ""))
    return digits(text) if len(text) >= 9 else cardinal(int(text))


def _plain(found: re.Match[str]) -> str:
    text = found[0]
    if "." not in text and (len(text) >= 5 or (len(text) > 1 and text[0] == "0")):
        return digits(text)
    return _number(text)


def _time(found: re.Match[str]) -> str:
    hour, minute = int(found[1]), int(found[2])
    if minute == 0:
        return f"{cardinal(hour)} o'clock" if hour <= 12 else f"{cardinal(hour)} hundred"
    return f"{cardinal(hour)} {'oh ' if minute < 10 else ''}{cardinal(minute)}"


def _road(found: re.Match[str]) -> str:
    number = found[2]
    return f"{found[1]} {cardinal(int(number)) if len(number) <= 2 else digits(number)}"


def _quantity(found: re.Match[str]) -> str:
    one, more = _UNITS[found[2]]
    return f"{_number(found[1])} {one if found[1] == '1' else more}"


_RULES: Final[tuple[tuple[str, str | _Say], ...]] = (
    (r"(?<=\d),(?=\d{3}(?!\d))", ""),
    (r"\b([1-6](?:st|nd|rd|th))\b", lambda m: _ORDINALS.get(m[1], m[1])),
    (r"(?<=\d)\s*[-~–—]\s*(?=\d)", " to "),
    (r"(?<!\d)([01]?\d|2[0-4]):([0-5]\d)(?::[0-5]\d)?(?!\d)", _time),
    (r"\b([A-Z]{1,2})-?(\d{1,4})\b", _road),
    (r"(?<![\w])[-−](?=\d)", "minus "),
    (rf"{_N}\s*({'|'.join(_UNITS)})(?![A-Za-z])", _quantity),
    (r"(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])", " "),
    (_N, _plain),
)
"""Pattern to reading, applied in this order."""
_COMPILED: Final = tuple((re.compile(pattern), say) for pattern, say in _RULES)


def read(text: str) -> str:
    """Return the text with every figure in words; no digit of any script is left."""
    text = "".join(character if (d := unicodedata.digit(character, None)) is None else str(d) for character in text)
    for pattern, say in _COMPILED:
        text = pattern.sub(say, text)
    return text
