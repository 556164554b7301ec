"""The page of the gateway: every setting and every handled message stands there."""

from __future__ import annotations

from pathlib import Path

from forewarn.gateway.handlers import FREE, KNOWN
from forewarn.gateway.platforms.settings import Platform
from forewarn.gateway.settings import Gateway

PAGE = (Path(__file__).parents[2] / "docs" / "gateway.md").read_text(encoding="utf-8")


def test_every_setting_is_told_with_its_default() -> None:
    """A key that is added, or whose default changes, must be told."""
    rows = [line for line in PAGE.split("## Settings")[1].split("\n## ")[0].splitlines() if line.startswith("| `")]
    told = {key.strip("` "): row.split("|")[2].strip("` ") for row in rows for key in row.split("|")[1].split(",")}
    defaults = {name: getattr(Gateway(), name) for name in Gateway.__struct_fields__}
    assert set(told) == set(defaults)
    for name, default in defaults.items():
        if isinstance(default, bool):
            assert told[name] == str(default).lower()
        elif isinstance(default, str | None):
            assert told[name] == (default or "")
        else:
            assert float(told[name].replace(",", "")) == default


def test_every_setting_of_a_platform_is_told() -> None:
    """In the example, or in a remark there."""
    example = PAGE.split("[[platforms]]\n")[1].split("```")[0]
    assert [name for name in Platform.__struct_fields__ if f"{name} =" not in example] == []


def test_every_message_of_a_terminal_is_told() -> None:
    """A message that is handled stands in the table."""
    table = PAGE.split("## What it does with each message")[1].split("\n## ")[0]
    assert [f"0x{number:04X}" for number in (*FREE, *KNOWN) if f"0x{number:04X}" not in table] == []
