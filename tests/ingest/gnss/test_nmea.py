"""NMEA 0183 as receivers send it: what becomes a fix, when it is handed out, and what is counted instead."""

from __future__ import annotations

import math
from collections import Counter
from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.nmea import burst, sentence
from ingest.gnss.fix import Fix
from ingest.gnss.nmea import FLOOR_MS, ROLLOVER_MS, Decoder, rolled_over

START_MS = 1_780_000_000_000
DRIVE = "".join(burst(START_MS + k * 1000, 114.2 + k * 1e-4, -22.7, 60.0 + k, 359.9) for k in range(6))


GOOD = "A,2230.0000,N,11330.0000,E,19.438445,90.0,050126,,,A"


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text + "+00:00").timestamp() * 1000)


def decoded(*portions: bytes | str) -> tuple[list[Fix], Counter[str]]:
    """The fixes of some portions of a stream, and what was counted."""
    counts: Counter[str] = Counter()
    decoder = Decoder(counts)
    fixes = []
    for portion in portions:
        fixes += decoder.feed(portion.encode() if isinstance(portion, str) else portion)
    fixes += decoder.idle()
    return fixes, +counts


def rmc(clock: str = "083015.00", rest: str = GOOD, by: str = "GN") -> str:
    return sentence(f"{by}RMC,{clock},{rest}")


def gga(clock: str = "083015.00", quality: int = 1, by: str = "GN") -> str:
    return sentence(f"{by}GGA,{clock},2230.0000,N,11330.0000,E,{quality},08,0.9,3.0,M,,M,,")


@pytest.mark.parametrize("talker", ["GP", "GN", "BD", "GB", "GL", "GA"])
def test_a_fix_has_what_the_sentences_of_its_moment_say(talker: str) -> None:
    """Place, time, speed, course and accuracy, whatever satellites they come from."""
    gst = sentence(f"{talker}GST,083015.00,4.0,,,,3.0,4.0,5.0")
    fixes, counts = decoded(gga(by=talker) + gst + rmc(by=talker))
    assert fixes == [
        Fix(ms("2026-01-05T08:30:15"), 113.5, 22.5, pytest.approx(36.0), 90.0, pytest.approx(math.sqrt(12.5)), True, 3)
    ]
    assert counts == {}


def test_a_moment_is_handed_out_once_all_is_there_that_the_last_one_had() -> None:
    """The first one waits for the second, or for silence; those behind it wait for nobody."""
    decoder = Decoder(Counter())
    bursts = [burst(START_MS + k * 1000, 114.2, 22.7, 60.0, 90.0) for k in range(3)]
    assert decoder.feed(bursts[0].encode()) == [] and decoder.pending
    first = decoder.feed(bursts[1].encode())
    assert [fix.time_ms for fix in first] == [START_MS, START_MS + 1000]
    lines = bursts[2].splitlines(keepends=True)
    got = [len(decoder.feed(line.encode())) for line in lines]
    assert got == [0, 0, 1, 0, 0, 0]  # RMC, VTG, GGA: complete; the rest of the burst adds nothing
    assert not decoder.pending
    assert decoder.satellites == 10


def test_silence_ends_a_moment() -> None:
    """A receiver that says RMC alone, or whose GGA was lost."""
    decoder = Decoder(Counter())
    assert decoder.feed(rmc().encode()) == [] and decoder.pending
    assert len(decoder.idle()) == 1 and not decoder.pending
    assert decoder.idle() == []


def test_the_same_told_by_several_systems_is_one_fix() -> None:
    """Some receivers say RMC once for each; a void one does not stand in the way of a good one."""
    void = rmc(rest="V,,,,,,,050126,,,N", by="GP")
    fixes, counts = decoded(rmc(by="GN") + rmc(by="BD") + gga() + rmc("083016.00") + rmc("083016.00", by="BD"))
    assert [fix.time_ms for fix in fixes] == [ms("2026-01-05T08:30:15"), ms("2026-01-05T08:30:16")]
    assert counts == {}
    assert [fix.time_ms for fix in decoded(void + rmc(by="BD"))[0]] == [ms("2026-01-05T08:30:15")]


def test_midnight_and_a_leap_day() -> None:
    """The date is that of the RMC itself."""
    place = "A,2230.0000,N,11330.0000,W,0.0,,"
    fixes, _ = decoded(
        rmc("235959.50", f"{place}280228,,,A")
        + rmc("000000.25", f"{place}290228,,,A")
        + rmc("000001", f"{place}010328,,,A")
    )
    assert [fix.time_ms for fix in fixes] == [
        ms("2028-02-28T23:59:59.500"),
        ms("2028-02-29T00:00:00.250"),
        ms("2028-03-01T00:00:01"),
    ]
    assert fixes[0].lon == -113.5 and fixes[0].speed_kmh == 0.0 and math.isnan(fixes[0].heading_deg)


def test_a_receiver_that_lost_count_of_the_weeks() -> None:
    """Dates of 1,024 weeks ago are moved to where they must be; a receiver without a date has no fix yet."""
    fixes, _ = decoded(rmc(rest="A,2230.0000,N,11330.0000,E,0.0,90.0,220506,,,A"))
    assert fixes[0].time_ms == ms("2006-05-22T08:30:15") + ROLLOVER_MS == ms("2026-01-05T08:30:15")
    assert decoded(rmc(rest="A,2230.0000,N,11330.0000,E,0.0,90.0,,,,A")) == ([], {"no_date": 1})


@given(st.integers(FLOOR_MS - 3 * ROLLOVER_MS, FLOOR_MS + 2 * ROLLOVER_MS))
def test_only_dates_before_the_software_are_moved(time_ms: int) -> None:
    """And by whole rollovers, to the earliest date that can be."""
    moved = rolled_over(time_ms)
    assert moved >= FLOOR_MS and (moved - time_ms) % ROLLOVER_MS == 0
    assert moved == time_ms or moved < FLOOR_MS + ROLLOVER_MS


FAULTY = {
    "bad_checksum": rmc()[:-4] + "00\r\n" if not rmc().endswith("00\r\n") else rmc()[:-4] + "01\r\n",
    "no_checksum": rmc().partition("*")[0] + "\r\n",
    "bad_sentence": "$GNRMC\r\n" + "$GN RMC,1\r\n" + "$GNRMC|083015\r\n",
    "wrong_field_count": sentence("GNRMC,083015.00,A,2230.0000"),
    "bad_time": rmc(rest="A,2230.0000,N,11330.0000,E,0.0,90.0,990299,,,A") + rmc("256199"),
    "bad_number": rmc(rest="A,22x0.0000,N,11330.0000,E,0.0,90.0,050126,,,A"),
    "no_fix": rmc(rest="V,,,,,,,050126,,,N"),
    "no_date": rmc(rest="A,2230.0000,N,11330.0000,E,0.0,90.0,,,,A"),
    "no_sentence": "12345\r\n\x00\xff\xfe\r\n",
    "too_long": "$" + "x" * 70_000 + "\r\n",
}


@pytest.mark.parametrize("reason", sorted(FAULTY))
def test_what_is_no_fix_is_counted_by_its_reason(reason: str) -> None:
    """And the next sentence is read as if nothing had been."""
    fixes, counts = decoded(FAULTY[reason].encode("latin-1") + (gga("090000") + rmc("090000")).encode())
    assert [fix.time_ms for fix in fixes] == [ms("2026-01-05T09:00:00")]
    assert set(counts) == {reason}


def test_quality_and_mode_make_a_fix_void() -> None:
    """GGA's quality 0 and RMC's mode N; the navigational status V of NMEA 4.1 does not, which u-blox always sends."""
    assert decoded(gga(quality=0) + rmc()) == ([], {"no_fix": 1})
    assert decoded(rmc(rest="A,2230.0000,N,11330.0000,E,0.0,90.0,050126,,,N")) == ([], {"no_fix": 1})
    assert len(decoded(rmc(rest="A,2230.0000,N,11330.0000,E,0.0,90.0,050126,,,A,V"))[0]) == 1


def test_an_empty_place_is_not_zero_degrees() -> None:
    """Nor is a place without its hemisphere north or east."""
    assert decoded(rmc(rest="A,,,,,0.0,90.0,050126,,,A")) == ([], {"no_fix": 1})
    assert decoded(rmc(rest="A,2230.0000,,11330.0000,E,0.0,90.0,050126,,,A")) == ([], {"bad_number": 1})
    assert decoded(rmc(rest="A,,N,,E,0.0,90.0,050126,,,A")) == ([], {"bad_number": 1})


def test_a_line_that_was_cut_off_does_not_take_the_next_one_with_it() -> None:
    """As when a port is opened in the middle, or bytes were lost."""
    fixes, counts = decoded("30.0000,N,11330.0" + rmc()[:20] + rmc())
    assert len(fixes) == 1 and counts == {"cut_off": 1}


def test_makers_own_sentences_are_passed_over() -> None:
    """Garmin's PGRMC is no RMC."""
    assert decoded(sentence("PGRMC,A,25.0,100,1,1,1,1,1,1") + sentence("PUBX,00,1,2,3") + "!AIVDM,1,1\r\n")[0] == []


@given(st.lists(st.integers(0, len(DRIVE)), max_size=12))
def test_bytes_may_be_cut_anywhere(cuts: list[int]) -> None:
    """Whatever portions they come in, the same fixes come out."""
    marks = [0, *sorted(cuts), len(DRIVE)]
    portions = [DRIVE[a:b] for a, b in pairwise(marks)]
    whole, counts = decoded(DRIVE)
    assert len(whole) == 6 and counts == {}
    assert str(decoded(*portions)[0]) == str(whole)


@given(st.lists(st.tuples(st.integers(0, len(DRIVE) - 1), st.integers(0, 255)), min_size=1, max_size=3))
def test_damaged_bytes_never_make_another_fix(damage: list[tuple[int, int]]) -> None:
    """Eight bits of checksum let one in 256 pass where two bytes are wrong: still it is a fix or none."""
    data = bytearray(DRIVE.encode())
    for at, byte in damage:
        data[at] = byte
    whole = {fix.time_ms: fix for fix in decoded(DRIVE)[0]}
    fixes, _ = decoded(bytes(data))
    assert len(fixes) <= 7
    if len(damage) == 1:
        for fix in fixes:
            known = whole[fix.time_ms]
            assert (fix.lon, fix.lat) == (known.lon, known.lat)


@given(st.binary(max_size=400))
def test_no_bytes_raise(data: bytes) -> None:
    """Noise on a line is counted, whatever it is."""
    decoded(data, b"\r\n", data)


@given(st.text("$GPRMCGAST,*0123456789AVNEW.\r\n", max_size=200))
def test_no_sentence_raises(text: str) -> None:
    """Nor anything that looks like one; a checksum that is right lets strange fields in."""
    decoded(text, *(sentence(f"GPRMC,{text}") for _ in range(2)), sentence(f"GPGST,{text}"))
