"""The standard's encryption."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.jt809.cipher import LONGEST_KEPT, MOST_KEYS, Cipher
from tests.ingest.jt809 import independent

DWORD = st.integers(0, 0xFFFFFFFF)


@given(st.integers(1, 0xFFFFFFFF), DWORD, DWORD, DWORD, st.lists(st.binary(max_size=60), min_size=1, max_size=4))
def test_it_is_what_the_standard_says(m1: int, ia1: int, ic1: int, key: int, bodies: list[bytes]) -> None:
    """One object gives for each of several bodies what an independent calculation gives, and undoes it."""
    cipher = Cipher(m1, ia1, ic1)
    for body in bodies:
        secret = cipher.apply(key, body)
        assert secret == independent.cipher(m1, ia1, ic1, key, body)
        assert cipher.apply(key, secret) == body


def test_no_figure_divides_by_zero() -> None:
    """An M1 of 0 counts as 1, and so does a key of 0."""
    assert Cipher(0, 3, 5 << 20).apply(9, b"\0\0") == independent.cipher(1, 3, 5 << 20, 9, b"\0\0")
    assert Cipher(7, 3 << 20, 5).apply(0, b"abc") == Cipher(7, 3 << 20, 5).apply(1, b"abc")


def test_many_keys_and_long_bodies_take_little_room() -> None:
    """What is remembered is bounded, and what is forgotten is made again."""
    cipher, body = Cipher(30_000_000, 20_000_000, 20_000_000), b"x" * (LONGEST_KEPT + 10)
    assert cipher.apply(5, cipher.apply(5, body)) == body
    first = cipher.apply(1, b"some")
    for key in range(1, 3 * MOST_KEYS):
        cipher.apply(key, b"some")
    assert len(cipher._known) <= MOST_KEYS
    assert cipher.apply(1, b"some") == first


@pytest.mark.parametrize(("figures", "name"), [((-1, 0, 0), "m1"), ((1, 1 << 32, 0), "ia1"), ((1, 0, -5), "ic1")])
def test_a_figure_that_is_none_is_named(figures: tuple[int, int, int], name: str) -> None:
    """Configuration is wrong by name."""
    with pytest.raises(ValueError, match=name):
        Cipher(*figures)


def test_the_figures_are_not_shown() -> None:
    """Not in what is printed of it."""
    assert "12345678" not in repr(Cipher(12345678, 2, 3))
