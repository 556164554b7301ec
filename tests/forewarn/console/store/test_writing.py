"""What the store does with text and values from anywhere."""

from __future__ import annotations

import pytest

from forewarn.console.store.columns import from_json, to_json, writable


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("沪A12345", "沪A12345"),
        ("", ""),
        ("a\x00b", "a\ufffdb"),
        ("🚚\n\x1b[31m", "🚚\n\x1b[31m"),
    ],
)
def test_text_is_kept_as_any_database_takes_it(text: str, kept: str) -> None:
    """Only what no database takes is replaced, and doing so again changes nothing."""
    assert writable(text) == kept
    assert writable(kept) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\x00b\x00\x00", "a\ufffdb\ufffd\ufffd"),
        ("\\\x00", "\\\ufffd"),
        ("\\u0000", "\\u0000"),
        ("\\\\u0000\x00", "\\\\u0000\ufffd"),
        ('"\x00', '"\ufffd'),
    ],
)
def test_texts_in_json_are_kept_as_any_database_takes_them(text: str, kept: str) -> None:
    """However deep; one that only looks like what stands for U+0000 is left alone, and so is JSON within JSON."""
    assert from_json(to_json({text: [{"a": text}]})) == {kept: [{"a": kept}]}
    assert from_json(from_json(to_json(to_json(text)))) == kept


def test_json_never_has_nan() -> None:
    """What is no number becomes null, which both databases read."""
    assert from_json(to_json({"a": float("nan"), "b": float("inf"), "c": [1.5]})) == {"a": None, "b": None, "c": [1.5]}
