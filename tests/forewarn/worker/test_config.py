"""A configuration says where Kafka is and what topics are called; what is wrong is named by its key, secrets never."""

from __future__ import annotations

from pathlib import Path

import pytest

from forewarn.worker.config import PASSWORD, SERVERS, BadConfigError, Config, connection, load

WHOLE = """
[kafka]
bootstrap_servers = "one:9092,two:9092"
security_protocol = "SASL_PLAINTEXT"
sasl_mechanism = "SCRAM-SHA-512"
username = "worker"
[topics]
positions = "gps.positions"
"""


def written(tmp_path: Path, text: str) -> Path:
    """A configuration file."""
    path = tmp_path / "forewarn.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_file_may_say_as_little_as_it_likes(tmp_path: Path) -> None:
    """What it does not say has a default."""
    assert load(None, {}) == load(written(tmp_path, ""), {}) == Config()
    config = load(written(tmp_path, WHOLE), {})
    assert (config.topics.positions, config.topics.alerts) == ("gps.positions", "alerts")


def test_the_environment_names_the_broker(tmp_path: Path) -> None:
    """It goes before the file."""
    config = load(written(tmp_path, WHOLE), {SERVERS: "three:9092"})
    assert config.kafka.bootstrap_servers == "three:9092"
    assert config.kafka.username == "worker"


def test_the_password_comes_from_a_file_or_the_environment(tmp_path: Path) -> None:
    """And stands nowhere in the configuration."""
    kafka = load(written(tmp_path, WHOLE), {}).kafka
    settings = connection(kafka, {PASSWORD: "s3cret"})
    assert "s3cret" in settings.values()
    assert settings["bootstrap_servers"] == ["one:9092", "two:9092"]
    assert "s3cret" not in repr(kafka)
    secret = tmp_path / "secret"
    secret.write_text("from a file\n", "utf-8")
    from_file = load(written(tmp_path, WHOLE.replace("[topics]", f'password_file = "{secret}"\n[topics]')), {}).kafka
    assert "from a file" in connection(from_file, {PASSWORD: "s3cret"}).values()


def test_without_sasl_there_is_no_password() -> None:
    """Nothing of it is handed to the library."""
    assert set(connection(Config().kafka, {PASSWORD: "s3cret"})) == {"bootstrap_servers", "security_protocol"}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[kafka]\nbootstrap_server = "x"', "bootstrap_server"),
        ("[kafka]\nbootstrap_servers = 7", "$.kafka.bootstrap_servers"),
        ('[kafka]\nsecurity_protocol = "TLS"', "$.kafka.security_protocol"),
        ('[kafka]\nsecurity_protocol = "SASL_SSL"', "needs sasl_mechanism and username"),
        ('[kafka]\nsasl_mechanism = "PLAIN"', "has no SASL"),
        ('[topics]\nalerts = "positions"', "positions stands for more than one topic"),
        ('[topics]\nalerts = "a b"', "$.topics.alerts"),
        ("[worker", "is no TOML"),
        ("[elsewhere]", "elsewhere"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, named: str) -> None:
    """By file and key."""
    path = written(tmp_path, text)
    with pytest.raises(BadConfigError) as caught:
        load(path, {})
    assert str(caught.value).startswith(f"{path}: ") and named in str(caught.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """The configuration's own, and that of the password."""
    with pytest.raises(BadConfigError, match="No such file"):
        load(tmp_path / "none.toml", {})
    kafka = load(written(tmp_path, WHOLE), {}).kafka
    with pytest.raises(BadConfigError, match=PASSWORD):
        connection(kafka, {})
    gone = load(written(tmp_path, WHOLE.replace("[topics]", 'password_file = "gone"\n[topics]')), {}).kafka
    with pytest.raises(BadConfigError, match="password_file"):
        connection(gone, {})
