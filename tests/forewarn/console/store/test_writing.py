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


def test_json_never_has_nan() -> None:
    """What is no number becomes null, which both databases read."""
    assert from_json(to_json({"a": float("nan"), "b": float("inf"), "c": [1.5]})) == {"a": None, "b": None, "c": [1.5]}
