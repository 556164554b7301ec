"""Figures and units put into the words a person would read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.prompts import readable
from alerts.prompts.zh_numbers import cardinal

ZH = [
    ("300米", "三百米"), ("2公里", "两公里"), ("2.0公里", "两公里"), ("1.5公里", "一点五公里"), ("200米", "两百米"),
    ("2小时", "两小时"), ("12公里", "十二公里"), ("20米", "二十米"), ("105米", "一百零五米"), ("限速10", "限速十"),
    ("限速110", "限速一百一十"), ("12122", "幺二幺二二"), ("拨打110", "拨打幺幺零"), ("G4", "G四"), ("S12", "S幺二"),
    ("G25", "G二五"), ("粤B12345", "粤B幺二三四五"), ("40km/h", "每小时四十公里"), ("限速40km/h", "限速四十公里"),
    ("-5", "负五"), ("-5℃", "负五摄氏度"), ("08:30", "八点三十分"), ("08:00", "八点"), ("22:05", "二十二点零五分"),
    ("07:00-09:00", "七点到九点"), ("2-3公里", "两到三公里"), ("第3-5车道", "第三到五车道"),
    ("G4~15", "G四到十五"), ("5~10分钟", "五到十分钟"), ("6%", "百分之六"),
    ("49t", "四十九吨"), ("4.2m", "四点二米"), ("第2出口", "第二出口"), ("12,000米", "一万两千米"), ("1/2", "二分之一"),
    ("2024年", "二零二四年"), ("３００米", "三百米"), ("10010米", "一万零一十米"), ("2个村庄", "两个村庄"),
]  # fmt: skip
EN = [
    ("300m", "three hundred metres"), ("2 km", "two kilometres"), ("1 km", "one kilometre"),
    ("1.5 km", "one point five kilometres"), ("12122", "one two one two two"), ("G25", "G twenty-five"),
    ("I-95", "I ninety-five"), ("M602", "M six zero two"), ("40 km/h", "forty kilometres per hour"),
    ("25mph", "twenty-five miles per hour"), ("-5°C", "minus five degrees"), ("08:30", "eight thirty"),
    ("08:05", "eight oh five"), ("8:00", "eight o'clock"), ("6% grade", "six per cent grade"),
    ("4.2m", "four point two metres"), ("2nd exit", "second exit"), ("10-20 t", "ten to twenty tonnes"),
    ("12,000 kg", "twelve thousand kilograms"), ("exit 12A", "exit twelve A"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "spoken"), ZH)
def test_reads_mandarin(written: str, spoken: str) -> None:
    """Quantities as numbers, roads, plates and telephones digit by digit."""
    assert readable("zh", written) == spoken


@pytest.mark.parametrize(("written", "spoken"), EN)
def test_reads_english(written: str, spoken: str) -> None:
    """Quantities as numbers, telephones digit by digit."""
    assert readable("en", written) == spoken


@given(st.text(alphabet=st.sampled_from("0123456789.,:-/%~ mktG米公里第年限速℃٣³½①\n[<"), max_size=30))
def test_any_text_can_be_read(text: str) -> None:
    """Whatever is written, nothing is raised, no digit is left, and what has been read stays as it is."""
    for language in ("zh", "en"):
        said = readable(language, text)
        assert not any(character.isdigit() for character in said)
        assert readable(language, said) == said


@given(st.integers(0, 99_999_999))
def test_every_number_has_words_of_its_own(number: int) -> None:
    """Reading the words back gives the number."""
    values = {word: value for value, word in enumerate("零一二三四五六七八九")} | {"两": 2}
    total = part = digit = 0
    for word in cardinal(number):
        if word in values:
            digit = values[word]
        elif word == "万":
            total, part, digit = (part + digit) * 10_000, 0, 0
        else:
            part += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[word]
            digit = 0
    assert total + part + digit == number
