"""Figures as a person would say them."""

from __future__ import annotations

import numpy as np
import pytest

from alerts.prompts import LANGUAGES
from alerts.prompts.rounding import (
    said_kmh,
    said_m,
    spoken_ft,
    spoken_limit,
    spoken_m,
    spoken_min,
    spoken_speed,
)
from alerts.prompts.seams import seamless


def test_a_spoken_distance_is_never_an_eighth_off() -> None:
    """From 57 m to 9.5 km, in metres and in feet, every metre."""
    for metres in range(57, 9500):
        assert abs((spoken_m(metres) or 0) - metres) <= 0.125 * metres
        assert abs((spoken_ft(metres) or 0) * 0.3048 - metres) <= 0.125 * metres


@pytest.mark.parametrize("miles", [False, True])
def test_what_is_said_is_said_again(miles: bool) -> None:
    """A figure taken as near as it is said has the same words; one that is not said stays as it is."""
    metres = np.array([*range(0, 12_000, 3), np.inf, -5.0])
    system = np.full(metres.size, miles)
    near = said_m(metres, system)
    for language in LANGUAGES.values():
        for given, taken in zip(metres.tolist(), near.tolist(), strict=True):
            assert language.distance(taken, miles) == language.distance(given, miles)
    assert (said_m(near, system) == near).all()
    tenths = np.arange(2500) / 10
    spoken = said_kmh(tenths, np.full(tenths.size, miles)).tolist()
    assert [spoken_speed(v, miles) for v in spoken] == [spoken_speed(v, miles) for v in tenths.tolist()]
    nothing = np.array([np.nan])
    assert np.isnan([said_m(nothing, system[:1]), said_kmh(nothing, system[:1])]).all()


@pytest.mark.parametrize(
    ("metres", "zh", "en", "en_miles"),
    [
        (20, "", "", ""),
        (62, "六十米", "sixty metres", "two hundred feet"),
        (130, "一百二十米", "one hundred twenty metres", "four hundred fifty feet"),
        (230, "两百五十米", "two hundred fifty metres", "eight hundred feet"),
        (402, "四百米", "four hundred metres", "a quarter mile"),
        (640, "六百米", "six hundred metres", "point four miles"),
        (805, "八百米", "eight hundred metres", "half a mile"),
        (1010, "一公里", "one kilometre", "point six miles"),
        (1210, "一点二公里", "one point two kilometres", "three quarters of a mile"),
        (1990, "两公里", "two kilometres", "one point two miles"),
        (3218, "三点二公里", "three point two kilometres", "two miles"),
        (25_000, "", "", ""),
    ],
)
def test_distances_in_words(metres: float, zh: str, en: str, en_miles: str) -> None:
    """Rounded as a person would, 两 before a measure word."""
    assert LANGUAGES["zh"].distance(metres, False) == zh
    assert LANGUAGES["en"].distance(metres, False) == en
    assert LANGUAGES["en"].distance(metres, True) == en_miles


@pytest.mark.parametrize(
    ("kmh", "mph"), [(40, 25), (48.28032, 30), (88.51392, 55), (112.65408, 70), (30, 20), (5, 5), (60, 35)]
)
def test_limits_in_miles_per_hour_are_those_of_signs(kmh: float, mph: int) -> None:
    """Converted and rounded to five; one signed in miles per hour comes back exactly."""
    assert spoken_limit(kmh, miles=True) == mph


@pytest.mark.parametrize(("seconds", "minutes"), [(0, 1), (61, 1), (239, 4), (1740, 30), (12_540, 210), (14_430, 240)])
def test_times_are_said_in_fives(seconds: float, minutes: int) -> None:
    """Whole minutes below five, fives from there."""
    assert spoken_min(seconds) == minutes


@pytest.mark.parametrize(
    ("minutes", "zh", "en"),
    [
        (2, "两分钟", "two minutes"),
        (30, "三十分钟", "thirty minutes"),
        (60, "一小时", "one hour"),
        (120, "两小时", "two hours"),
        (150, "两个半小时", "two and a half hours"),
        (225, "三小时四十五分钟", "three hours forty-five"),
    ],
)
def test_times_in_words(minutes: int, zh: str, en: str) -> None:
    """Hours with 两, halves as halves."""
    for language, words in (("zh", zh), ("en", en)):
        tongue = LANGUAGES[language]
        assert seamless(tongue.GLUE, tongue.duration(minutes)) == words
