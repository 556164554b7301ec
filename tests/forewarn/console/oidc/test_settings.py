"""The table of OpenID Connect: what cannot be stops the console at start and is named by its key."""

from __future__ import annotations

from pathlib import Path

import pytest
import trustme
from click.testing import CliRunner

from forewarn.commands.console import command
from forewarn.console.oidc.settings import SECRET, Oidc, is_safe
from forewarn.toml_config import BadConfigError
from forewarn.worker.config import load

WHOLE = {
    "issuer": '"https://id.example/realms/fleet"',
    "client_id": '"forewarn"',
    "public_url": '"https://console.example"',
    "role_claim": '"groups"',
    "roles": '{ "fleet-dispatch" = "dispatcher" }',
}
RIGHT = "0123456789abcdef"


def written(tmp_path: Path, secure: bool = True, **changed: str | None) -> Path:
    """A configuration with the table, some keys of it otherwise or (None) left out."""
    lines = [f"{key} = {value}" for key, value in (WHOLE | changed).items() if value is not None]
    path = tmp_path / "forewarn.toml"
    path.write_text(f"[console]\nsecure_cookies = {str(secure).lower()}\n[console.oidc]\n" + "\n".join(lines), "utf-8")
    return path


def read(path: Path) -> Oidc:
    """The table of a configuration."""
    found = load(path, {}).console.oidc
    assert found is not None
    return found


def test_without_the_table_there_is_none() -> None:
    """Nothing is set by itself."""
    assert load(None, {}).console.oidc is None


def test_a_table_may_say_little(tmp_path: Path) -> None:
    """Nobody unknown gets an account unless that is said."""
    found = read(written(tmp_path))
    assert (found.admit, found.scopes, found.name_claim) == (False, "openid profile email", "preferred_username")
    assert found.origin == "https://console.example"
    assert read(written(tmp_path, public_url='"https://console.example:8443/"')).origin.endswith(":8443")


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"issuer": None}, "issuer"),
        ({"issuer": '"http://id.example"'}, "oidc.issuer"),
        ({"issuer": '"id.example"'}, "oidc.issuer"),
        ({"issuer": '"https://id.example/?tenant=1"'}, "oidc.issuer"),
        ({"issuer": '"https://u:p@id.example/"'}, "oidc.issuer"),
        ({"client_id": '""'}, "console.oidc.client_id"),
        ({"client_id": '"a:b"'}, "console.oidc.client_id"),
        ({"public_url": None}, "public_url"),
        ({"public_url": '"http://console.example"'}, "oidc.public_url"),
        ({"public_url": '"https://console.example/base"'}, "oidc.public_url"),
        ({"public_url": '"https://console.example:x"'}, "oidc.public_url"),
        ({"scopes": '"profile"'}, "oidc.scopes"),
        ({"roles": '{ it = "root" }'}, "root: no role"),
        ({"roles": None}, "oidc.roles"),
        ({"role_claim": None}, "oidc.roles"),
        ({"role_claim": None, "roles": None, "admit": "true"}, "oidc.role_claim"),
        ({"role_claim": None, "roles": None, "carrier_claim": '"carrier"'}, "oidc.role_claim"),
        ({"all_carriers": '"*"'}, "oidc.all_carriers"),
        ({"prompt": '"none"'}, "console.oidc.prompt"),
        ({"admit": '"yes"'}, "console.oidc.admit"),
        ({"client_secret": '"in the file"'}, "client_secret"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, changed: dict[str, str | None], named: str) -> None:
    """By file and key; a secret in the file itself is no key at all."""
    with pytest.raises(BadConfigError) as caught:
        load(written(tmp_path, **changed), {})
    assert named in str(caught.value) and "in the file" not in str(caught.value)


def test_https_wants_secure_cookies(tmp_path: Path) -> None:
    """A cookie that also goes over HTTP would be read there."""
    with pytest.raises(BadConfigError, match="secure_cookies"):
        load(written(tmp_path, secure=False), {})
    assert load(written(tmp_path, secure=False, public_url='"http://127.0.0.1:8640"'), {}).console.oidc is not None


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://id.example", True),
        ("http://127.0.0.1:9000/x", True),
        ("http://[::1]:9000", True),
        ("http://localhost:9000", True),
        ("http://localhost.evil.example", False),
        ("http://127.0.0.1.evil.example", False),
        ("http://127.0.0.1@evil.example", False),
        ("http://10.0.0.1", False),
        ("ftp://127.0.0.1", False),
        ("javascript:alert(1)", False),
        ("//evil.example", False),
        ("https://", False),
        ("https://a b", False),
        ("https://a\\b", False),
        ("https://[", False),
        ("", False),
    ],
)
def test_where_nobody_reads_along(url: str, safe: bool) -> None:
    """HTTPS, or this machine."""
    assert is_safe(url) is safe


def test_the_secret_comes_from_a_file_or_the_environment(tmp_path: Path) -> None:
    """The file goes before; it stands nowhere in the settings."""
    found = read(written(tmp_path))
    assert found.client_secret({SECRET: RIGHT}) == RIGHT and RIGHT not in repr(found)
    secret = tmp_path / "secret"
    secret.write_text("fedcba9876543210\n", "utf-8")
    assert (
        read(written(tmp_path, client_secret_file=f'"{secret}"')).client_secret({SECRET: RIGHT}) == "fedcba9876543210"
    )


@pytest.mark.parametrize("secret", ["", "short", "x" * 15, "密" * 20, "x" * 20 + "\n" + "y"])
def test_a_secret_that_is_none_is_named_and_not_shown(tmp_path: Path, secret: str) -> None:
    """One that is found by trying would open the sealed cookie."""
    with pytest.raises(BadConfigError, match=r"console\.oidc\.client_secret_file") as caught:
        read(written(tmp_path)).client_secret({SECRET: secret})
    assert not secret or secret not in str(caught.value)


def test_certificates(tmp_path: Path) -> None:
    """The system's, or those of a file, which must be there and hold some."""
    assert read(written(tmp_path)).trusted() is None
    pem = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(pem))
    trusted = read(written(tmp_path, ca_file=f'"{pem}"')).trusted()
    assert trusted is not None and len(trusted.get_ca_certs()) == 1
    pem.write_text("no certificate", "utf-8")
    for path in (pem, tmp_path / "none.pem"):
        with pytest.raises(BadConfigError, match=r"console\.oidc\.ca_file"):
            read(written(tmp_path, ca_file=f'"{path}"')).trusted()


@pytest.mark.parametrize(
    ("changed", "environment", "named"),
    [
        ({}, {}, "console.oidc.client_secret_file"),
        ({"client_secret_file": '"none"'}, {SECRET: RIGHT}, "console.oidc.client_secret_file"),
        ({"ca_file": '"none"'}, {SECRET: RIGHT}, "console.oidc.ca_file"),
        ({"issuer": '"http://id.example"'}, {SECRET: RIGHT}, "oidc.issuer"),
    ],
)
def test_the_console_does_not_start_by_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    changed: dict[str, str | None],
    environment: dict[str, str],
    named: str,
) -> None:
    """With the exit code 2."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(SECRET, raising=False)
    given = ["--config", str(written(tmp_path, **changed)), "--store", f"sqlite:///{tmp_path}/c.db"]
    result = CliRunner(env=environment).invoke(command, [*given, "--standalone"], standalone_mode=True)
    assert result.exit_code == 2 and named in result.stderr
