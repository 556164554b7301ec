"""SASL and TLS from the configuration, and what a worker does that may not do everything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from kafka.admin import ACL, ACLOperation, ACLPermissionType, KafkaAdminClient, ResourcePattern, ResourceType

from tests.alerts.scene import motorway_exit
from tests.broker import Broker, free_port
from tests.forewarn.worker.stage import document
from tests.forewarn.worker.stream import COMPILED_S, Process, Stream, Threaded, until
from tests.forewarn.worker.test_worker import fleet, keyed
from tests.own_server import ServerError

SECRET = "s3cret-of-the-worker"  # noqa: S105  # nobody else's


class Guarded:
    """A broker with an open listener for whoever runs it, and one with SASL, TLS and ACLs for workers."""

    def __init__(self, folder: Path) -> None:
        """Lay it out."""
        authority = trustme.CA()
        self.ca_file = folder / "ca.pem"
        authority.cert_pem.write_to_path(str(self.ca_file))
        issued = authority.issue_cert("127.0.0.1", "localhost")
        key_store = folder / "broker.pem"
        key = load_pem_private_key(issued.private_key_pem.bytes(), None)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())  # the form that Java reads
        key_store.write_bytes(pem + b"".join(c.bytes() for c in issued.cert_chain_pems))
        port, open_port, controller = free_port(), free_port(), free_port()
        self.guarded = f"127.0.0.1:{port}"
        names = f"PLAINTEXT://127.0.0.1:{open_port}", f"GUARDED://{self.guarded}"
        login = "org.apache.kafka.common.security.plain.PlainLoginModule required"
        scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
        self.broker = Broker(
            {
                "listeners": ",".join([*names, f"CONTROLLER://127.0.0.1:{controller}"]),
                "controller.quorum.voters": f"1@127.0.0.1:{controller}",
                "advertised.listeners": ",".join(names),
                "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,GUARDED:SASL_SSL",
                "inter.broker.listener.name": "PLAINTEXT",
                "listener.name.guarded.sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512",
                "listener.name.guarded.plain.sasl.jaas.config": f'{login} user_worker="{SECRET}";',
                "listener.name.guarded.scram-sha-512.sasl.jaas.config": scram,
                "listener.name.guarded.ssl.keystore.type": "PEM",
                "listener.name.guarded.ssl.keystore.location": str(key_store),
                "listener.name.guarded.ssl.client.auth": "none",
                "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "super.users": "User:ANONYMOUS",
            },
            scram={"worker": SECRET},
        )
        self.broker.bootstrap = f"127.0.0.1:{open_port}"
        self.password_file = folder / "password"
        self.password_file.write_text(SECRET + "\n", "utf-8")

    def client(self, mechanism: str) -> dict[str, Any]:
        """The configuration's table of a worker."""
        return {
            "bootstrap_servers": self.guarded,
            "security_protocol": "SASL_SSL",
            "sasl_mechanism": mechanism,
            "username": "worker",
            "password_file": str(self.password_file),
            "ca_file": str(self.ca_file),
        }

    def allow(self, stream: Stream, *, but: str = "") -> None:
        """Let the worker do what a worker does, but not write one topic."""
        topic, literal = ResourceType.TOPIC, stream.topic
        rights: list[tuple[Any, str, Any]] = [
            *((topic, literal(name), ACLOperation.DESCRIBE_CONFIGS) for name in ("positions", "engine_state")),
            *(
                (topic, literal(name), operation)
                for name in ("positions", "vehicles", "segments", "engine_state")
                for operation in (ACLOperation.READ, ACLOperation.DESCRIBE)
            ),
            *(
                (topic, literal(name), ACLOperation.WRITE)
                for name in ("alerts", "passages", "rejects", "engine_state", "segments")
                if name != but
            ),
            *((topic, literal(name), ACLOperation.DESCRIBE) for name in ("alerts", "passages", "rejects", "outcomes")),
            (ResourceType.GROUP, stream.prefix, ACLOperation.READ),
            (ResourceType.TRANSACTIONAL_ID, "*", ACLOperation.WRITE),
            (ResourceType.TRANSACTIONAL_ID, "*", ACLOperation.DESCRIBE),
        ]
        admin = KafkaAdminClient(**stream.connection)
        admin.create_acls(
            [
                ACL("User:worker", "*", operation, ACLPermissionType.ALLOW, ResourcePattern(kind, name))
                for kind, name, operation in rights
            ]
        )
        admin.close()


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """The broker, started."""
    try:
        made = Guarded(tmp_path_factory.mktemp("guarded"))
        made.broker.start()
    except ServerError as error:
        pytest.fail(str(error), pytrace=False)
    yield made
    made.broker.close()


@pytest.fixture
def stream(guarded: Guarded, tmp_path: Path) -> Stream:
    """A stream whose topics exist; its tools use the open listener."""
    made = Stream(guarded.broker.bootstrap, tmp_path)
    made.publish(document(motorway_exit()))
    return made


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-512"])
def test_a_worker_works_over_sasl_and_tls(guarded: Guarded, stream: Stream, mechanism: str) -> None:
    """With no rights but those that it needs."""
    guarded.allow(stream)
    stream.kafka = guarded.client(mechanism)
    with Threaded(stream):
        stream.put("positions", keyed(fleet()))
        stream.wait_until_read()
    assert (stream.values("alerts"), stream.values("passages")) == stream.undisturbed()
    assert stream.values("alerts")


def test_a_worker_that_may_not_write_alerts_says_so_and_stops(guarded: Guarded, stream: Stream) -> None:
    """With nothing committed, exit code 2, and no secret in what it says."""
    guarded.allow(stream, but="alerts")
    stream.kafka = guarded.client("PLAIN")
    stream.put("positions", keyed(fleet()))
    worker = Process(stream, "refused")
    worker.start()
    assert worker.wait(COMPILED_S) == 2
    said = worker.log.read_text("utf-8")
    assert "does not allow it" in said and stream.topic("alerts") in said
    assert SECRET not in said and "Traceback" not in said
    assert stream.values("alerts") == stream.values("passages") == []


def test_a_wrong_password_is_told(guarded: Guarded, stream: Stream) -> None:
    """At start, without the password."""
    stream.kafka = guarded.client("PLAIN")
    wrong = stream.folder / "wrong"
    wrong.write_text("not-the-password", "utf-8")
    stream.kafka["password_file"] = str(wrong)
    worker = Process(stream, "wrong")
    worker.start()
    assert worker.wait(COMPILED_S) == 2
    said = worker.log.read_text("utf-8")
    assert "does not allow it" in said and "not-the-password" not in said


def test_a_certificate_of_nobody_is_not_trusted(guarded: Guarded, stream: Stream, tmp_path: Path) -> None:
    """The worker sends nothing, says why, and goes on waiting."""
    stream.kafka = guarded.client("PLAIN")
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    stream.kafka["ca_file"] = str(other)
    worker = Process(stream, "strange")
    worker.start()
    try:
        until(lambda: bool(worker.said("broker_not_reached")), 60.0)
    finally:
        assert worker.end() in (0, 143)
