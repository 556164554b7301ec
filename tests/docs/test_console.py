"""The page of the console: every setting, alarm, state, role and path stands there."""

from __future__ import annotations

from pathlib import Path

import msgspec

from forewarn.console.alarms.kinds import KINDS
from forewarn.console.alarms.states import State
from forewarn.console.oidc.settings import Oidc
from forewarn.console.people.roles import ROLES
from forewarn.console.settings import Settings
from forewarn.console.web.routes import ENDPOINTS
from forewarn.worker.config import load

PAGE = (Path(__file__).parents[2] / "docs" / "console.md").read_text(encoding="utf-8")


def rows(title: str) -> list[list[str]]:
    """The cells of a section's tables whose first one is code, without its quotes."""
    lines = [line for line in PAGE.split(f"## {title}\n")[1].split("\n## ")[0].splitlines() if line.startswith("| `")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


def test_every_setting_is_told_with_its_default() -> None:
    """A key that is added, or whose default changes, must be told."""
    told = {row[0].strip("` "): row[1].strip("` ") for row in rows("Settings")}
    assert set(told) == set(Settings.__struct_fields__)
    for name in Settings.__struct_fields__:
        default = getattr(Settings(), name)
        if isinstance(default, bool):
            assert told[name] == str(default).lower()
        elif isinstance(default, str | None):
            assert told[name] == (default or "")
        else:
            assert float(told[name]) == default


def test_every_setting_of_openid_connect_is_told_with_its_default() -> None:
    """Those without one must be given."""
    told = {row[0].strip("` "): row[1].strip("` ") for row in rows("Login by OpenID Connect")}
    assert set(told) == set(Oidc.__struct_fields__)
    for field in msgspec.structs.fields(Oidc):
        if isinstance(field.default, bool):
            assert told[field.name] == str(field.default).lower()
        else:
            assert told[field.name] == (field.default if isinstance(field.default, str) else "")


def test_the_table_of_openid_connect_that_is_shown_can_be(tmp_path: Path) -> None:
    """As it stands there."""
    shown = PAGE.split("```toml\n[console]\nsecure_cookies")[1].split("```")[0]
    path = tmp_path / "forewarn.toml"
    path.write_text(f"[console]\nsecure_cookies{shown}", "utf-8")
    found = load(path, {}).console.oidc
    assert found is not None and found.admit


def test_every_alarm_and_every_state_is_told() -> None:
    """With its priority."""
    told = {row[0].strip("` "): row[1] for row in rows("What becomes an alarm")}
    assert set(told) == {*KINDS, *State}
    assert all(told[name].startswith(str(kind.priority)) for name, kind in KINDS.items())


def test_every_role_is_told_with_its_rights() -> None:
    """By their names."""
    told = {row[0].strip("` "): row[1] for row in rows("Who may")}
    assert set(told) == set(ROLES)
    for role, rights in ROLES.items():
        assert {right for right in set().union(*ROLES.values()) if right in told[role].split(":")[0]} == rights


def test_every_path_is_told() -> None:
    """And no other, but the stream."""
    told = {row[0].strip("` ") for row in rows("The interface")}
    assert told == {f"{one.method} {one.path}" for one in ENDPOINTS} | {"GET /api/stream"}
