"""Numbers as they are said in English."""

from __future__ import annotations

from typing import Final

SMALL: Final = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
TENS: Final = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def cardinal(number: int) -> str:
    """Return a whole number of 0 to 999,999,999 in words, without an "and": 105 one hundred five."""
    if not 0 <= number < 1_000_000_000:
        raise ValueError(f"{number} is not in 0 to 999,999,999")
    if number < 20:
        return SMALL[number]
    if number < 100:
        return TENS[number // 10] + (f"-{SMALL[number % 10]}" if number % 10 else "")
    for unit, word in ((1_000_000, "million"), (1000, "thousand"), (100, "hundred")):
        if number >= unit:
            high, low = divmod(number, unit)
            return f"{cardinal(high)} {word}" + (f" {cardinal(low)}" if low else "")
    raise AssertionError(number)


def decimal(text: str) -> str:
    """Return a decimal number in words: 1.5 one point five."""
    whole, _, fraction = text.partition(".")
    return f"{cardinal(int(whole))} point {digits(fraction)}"


def digits(text: str) -> str:
    """Return the digits one by one: 12122 one two one two two."""
    return " ".join(SMALL[int(digit)] for digit in text)
