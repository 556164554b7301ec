"""``forewarn topics create`` on a real broker: what it makes, what it leaves alone, what it complains of."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

from forewarn.cli import forewarn
from forewarn.worker.config import SERVERS, Topics
from forewarn.worker.topics import TOPICS


def run(kafka: str, *options: str) -> Result:
    """Run the command against a broker."""
    return CliRunner().invoke(forewarn, ["topics", "create", *options], env={SERVERS: kafka})


@pytest.fixture
def named(tmp_path: Path) -> tuple[Path, str]:
    """A configuration whose topics no other test has, and what their names begin with."""
    prefix = f"t{uuid4().hex[:8]}"
    path = tmp_path / "forewarn.toml"
    path.write_text("[topics]\n" + "".join(f'{t.name} = "{prefix}.{t.name}"\n' for t in TOPICS), "utf-8")
    return path, prefix


def test_topics_are_made_once_with_their_settings(kafka: str, named: tuple[Path, str]) -> None:
    """What goes with a vehicle has the partitions of positions; tables of the newest are compacted."""
    path, prefix = named
    result = run(kafka, "--config", str(path), "--partitions", "3", "--json")
    assert result.exit_code == 0, result.output
    made = {one["name"]: (one["partitions"], one["state"]) for one in json.loads(result.output)["topics"]}
    assert made[f"{prefix}.positions"] == made[f"{prefix}.engine_state"] == (3, "created")
    assert made[f"{prefix}.vehicles"] == (1, "created")
    admin = KafkaAdminClient(bootstrap_servers=kafka)
    wanted = {"cleanup.policy": None}
    names = [f"{prefix}.engine_state", f"{prefix}.alerts"]
    found = admin.describe_configs(
        [ConfigResource(ConfigResourceType.TOPIC, n, wanted) for n in names], config_filter="all"
    )
    admin.close()
    assert [found["topic"][n]["cleanup.policy"]["value"] for n in names] == ["compact", "delete"]
    again = run(kafka, "--config", str(path), "--partitions", "3")
    assert again.exit_code == 0
    assert again.output.count("there") == len(TOPICS) and "created" not in again.output


def test_other_partitions_than_those_that_are_there_are_told(kafka: str, named: tuple[Path, str]) -> None:
    """Nothing is changed, since that would send vehicles to other partitions."""
    path, prefix = named
    assert run(kafka, "--config", str(path), "--partitions", "2").exit_code == 0
    result = run(kafka, "--config", str(path), "--partitions", "4")
    assert result.exit_code == 1
    assert f"{prefix}.alerts" in result.output and "2 partitions  not 4, as asked for" in result.output


def test_every_topic_of_the_configuration_is_in_the_table() -> None:
    """And the other way round."""
    assert {topic.name for topic in TOPICS} == set(Topics.__struct_fields__)


def test_a_broker_that_is_not_there_is_named() -> None:
    """The command ends with 2 and says where it looked."""
    result = run("127.0.0.1:9")
    assert result.exit_code == 2
    assert "127.0.0.1:9" in result.output


def test_a_bad_configuration_is_named(tmp_path: Path) -> None:
    """By its key."""
    path = tmp_path / "forewarn.toml"
    path.write_text("[topics]\nalert = 1", "utf-8")
    result = run("127.0.0.1:9", "--config", str(path))
    assert result.exit_code == 2
    assert "alert" in result.output
