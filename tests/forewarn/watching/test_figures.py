"""How many alerts came of late."""

from __future__ import annotations

from forewarn.watching.figures import HOUR_MS, MINUTE_MS, OTHER, SLOT_MS, TEN_MINUTES_MS, Figures

NOW_MS = 1_800_000_000_000


def test_alerts_are_counted_by_kind_and_span() -> None:
    """What is older than a span does not count in it."""
    figures = Figures(("speeding", "fatigue"))
    for kind, ago_min in (("speeding", 0), ("speeding", 9), ("speeding", 11), ("fatigue", 59), ("fatigue", 61)):
        figures.count(kind, NOW_MS - ago_min * MINUTE_MS, NOW_MS)
    assert figures.last(TEN_MINUTES_MS, NOW_MS) == {"speeding": 2}
    assert figures.last(HOUR_MS, NOW_MS) == {"speeding": 3, "fatigue": 1}
    assert figures.last(HOUR_MS, NOW_MS + 2 * HOUR_MS).total() == 0


def test_any_number_of_unknown_kinds_is_one() -> None:
    """A topic may name what it likes."""
    figures = Figures(("speeding",))
    for k in range(1_000):
        figures.count(f"kind {k}", NOW_MS, NOW_MS)
    assert figures.last(HOUR_MS, NOW_MS) == {OTHER: 1_000}


def test_minutes_are_told_one_by_one() -> None:
    """The present one last."""
    figures = Figures(("speeding",))
    for ago_min, count in ((0, 3), (1, 2), (58, 1)):
        for _ in range(count):
            figures.count("speeding", NOW_MS - ago_min * MINUTE_MS, NOW_MS)
    minutes = figures.by_minute(NOW_MS)
    assert len(minutes) == 60 and minutes[-2:] == [2, 3] and minutes[1] == 1 and sum(minutes) == 6


def test_what_is_remembered_stays_bounded() -> None:
    """Over a day, an hour's slots."""
    figures = Figures(("speeding",))
    for at_ms in range(NOW_MS, NOW_MS + 24 * HOUR_MS, SLOT_MS):
        figures.count("speeding", at_ms, at_ms)
    assert figures.last(24 * HOUR_MS, NOW_MS + 24 * HOUR_MS).total() <= HOUR_MS // SLOT_MS
