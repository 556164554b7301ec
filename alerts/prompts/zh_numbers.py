"""Numbers as they are said in Mandarin."""

from __future__ import annotations

from typing import Final

DIGITS: Final = "零一二三四五六七八九"
ON_THE_LINE: Final = str.maketrans("0123456789", "零幺二三四五六七八九")
"""Digits one by one, as numbers of telephones, plates and roads are read: one is 幺."""


def cardinal(number: int) -> str:
    """Return a whole number of 0 to 99,999,999 in words: 10 十, 105 一百零五, 200 两百, 12 十二."""
    if not 0 <= number < 100_000_000:
        raise ValueError(f"{number} is not in 0 to 99,999,999")
    if number >= 10_000:
        high, low = divmod(number, 10_000)
        head = ("两" if high == 2 else cardinal(high)) + "万"
        if low == 0:
            return head
        return head + ("零" if low < 1000 else "") + _below_10000(low, leading=False)
    return _below_10000(number, leading=True)


def _below_10000(number: int, leading: bool) -> str:
    if number < 10:
        return DIGITS[number]
    if number < 20:
        return ("" if leading else "一") + "十" + (DIGITS[number % 10] if number % 10 else "")
    for unit, word in ((1000, "千"), (100, "百"), (10, "十")):
        if number >= unit:
            high, low = divmod(number, unit)
            head = ("两" if high == 2 and unit >= 100 else DIGITS[high]) + word
            if low == 0:
                return head
            gap = "零" if low < unit // 10 else ""
            return head + gap + _below_10000(low, leading=False)
    raise AssertionError(number)


def counted(number: int) -> str:
    """Return a whole number before a measure word: as ``cardinal``, but 2 is 两."""
    return "两" if number == 2 else cardinal(number)


def decimal(text: str) -> str:
    """Return a decimal number's digits in words: 1.5 一点五, 2.25 二点二五."""
    whole, _, fraction = text.partition(".")
    return cardinal(int(whole)) + "点" + "".join(DIGITS[int(digit)] for digit in fraction)


def digits(text: str) -> str:
    """Return the digits one by one, 1 as 幺: 12122 幺二幺二二."""
    return text.translate(ON_THE_LINE)
