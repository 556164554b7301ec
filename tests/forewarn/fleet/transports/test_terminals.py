"""A simulated fleet of terminals and a real gateway, over real sockets."""

from __future__ import annotations

import json
import re
import signal
import threading
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import trustme

from alerts.record import Alert, Prompt, encode, iso
from forewarn.fleet.register import write_register
from forewarn.simulate import vehicle_name
from forewarn.worker.config import connection
from forewarn.worker.register import publish
from ingest.files.options import ReadOptions
from ingest.messages import Message, Reader
from ingest.positions import PositionBatch
from ingest.vehicles import load_register
from tests.broker import free_port
from tests.forewarn.fleet.gateways import COMPILED_S, Running, lines, options, simulate, simulating, summary
from tests.forewarn.fleet.stage import exit_file
from tests.forewarn.worker.stream import Stream, until

VEHICLES = 6
TEXT = "前方匝道限速四十，降速"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the road and the register."""
    exit_file(tmp_path / "exit.geojson")
    write_register(tmp_path / "register.csv", VEHICLES)
    return tmp_path


def alert(vehicle: str, due_ms: int) -> Alert:
    """An order that is to be read aloud at a moment."""
    prompt = Prompt("plain", TEXT, "zh", 2, iso(due_ms), iso(due_ms + 20_000))
    return Alert(
        f"alert-{vehicle}", 0, vehicle, None, "approach", "raised", None, iso(due_ms), 114.2, 22.7, 60.0, 0.0, 40.0,
        None, 300.0, None, "major", False, iso(due_ms), None, None, prompt,
    )  # fmt: skip


def positions(stream: Stream) -> PositionBatch:
    """What stands on the topic of positions."""
    rejects: list[Any] = []
    messages = [Message(one.value, one.key, k, one.timestamp) for k, one in enumerate(stream.records("positions"))]
    batch = Reader("positions", ReadOptions(), rejects.append).read(messages)
    assert rejects == []
    return batch


def test_all_is_acknowledged_and_what_a_loss_held_back_comes_as_history(kafka: str, folder: Path) -> None:
    """Over losses of the network every report reaches the topic; drivers of all three versions hear their texts."""
    stream = Stream(kafka, folder)
    publish(stream.connection, stream.topic("vehicles"), load_register(folder / "register.csv"), replace=False)
    config = stream.file().read_text("utf-8") + "\n[gateway]\n"
    heard, truth = folder / "heard.jsonl", folder / "truth.csv"
    with Running(folder, config, connection(stream.config().kafka, {})) as gateway:
        to = f"tcp://127.0.0.1:{gateway.port}"

        def order() -> None:
            time.sleep(12)
            due_ms = round(time.time() * 1000) + 500
            names = [vehicle_name(k) for k in range(VEHICLES)]
            stream.put("alerts", [(name.encode(), encode(alert(name, due_ms))) for name in names])

        orders = threading.Thread(target=order)
        orders.start()
        made = options(folder / "exit.geojson", to, hours=0.01, outages=120, obey=1, heard=heard, truth=truth)
        result = simulate(*made, "--json")
        orders.join()
    assert result.code == 0, result.err
    told = summary(result)
    assert told["simulated"] and told["joined"] == told["terminals"] == VEHICLES
    assert told["reports"] > 100 and told["losses"] > 2 and told["uploaded"] > 10
    assert told["not_acknowledged"] == 0 and told["refused"] == {}
    assert told["acknowledged"] == told["reports"] == told["sent"] + (told["reports"] - told["sent"])
    batch = positions(stream)
    names = [batch.vehicles[code] for code in batch.vehicle.tolist()]
    assert all(name.startswith("SIM-") for name in names)
    arrived = set(zip(names, batch.time_ms.tolist(), strict=True))
    assert len(arrived) == told["reports"]
    assert int(batch.history.sum()) == told["uploaded"]
    assert (batch.received_ms - batch.time_ms)[~batch.history].max() < 10_000
    drivers = {batch.drivers[code] for code in batch.driver.tolist() if code >= 0}
    assert drivers <= {f"SIM-D{k + 1:05d}" for k in range(VEHICLES)} and len(drivers) == VEHICLES
    texts = lines(heard)
    assert {one["version"] for one in texts} == {2011, 2013, 2019}
    for one in texts:
        assert one["text"] == TEXT and one["urgent"] and one["read_aloud"] and one["simulated"]
        shown = re.search(rf"{one['vehicle']}  urgent  「{TEXT}」  (\d+) km/h, then", result.err)
        # the line is rounded from the speed itself, the file to a tenth of it
        assert shown and abs(int(shown[1]) - one["speed_kmh"]) <= 0.55
    outcomes = [json.loads(value) for value in stream.values("outcomes")]
    spoken = [one for one in outcomes if one["outcome"] == "spoken"]
    assert len(spoken) == len(texts) == told["texts"] >= 3
    assert "SIMULATED 模拟" in result.err
    assert (pl.read_csv(truth)["simulated"] == 1).all()


def test_who_obeys_the_gateway_is_slower_than_the_same_driver_who_does_not(folder: Path) -> None:
    """The gateway's own rules warn two fleets of the same seed; where one obeyed, it entered slower, and at the limit.

    Both truths are of the same drives: whoever was not told, or did not obey, drove the same in both.
    """
    config = f'[rules]\nsegments = "{folder}/exit.geojson"\n[gateway]\n'
    vehicles = 24
    sides: dict[int, Path] = {}
    for obey in (0, 1):
        sides[obey] = folder / f"obey-{obey}"
        sides[obey].mkdir()
        write_register(sides[obey] / "register.csv", vehicles)
    with Running(sides[0], config) as deaf, Running(sides[1], config) as heeded:
        warm_up(folder, deaf, heeded)
        fleets = []
        for obey, gateway in ((0, deaf), (1, heeded)):
            side = sides[obey]
            made = options(
                folder / "exit.geojson", f"tcp://127.0.0.1:{gateway.port}", vehicles=vehicles, hours=0.033, outages=0,
                obey=obey, heard=side / "heard.jsonl", truth=side / "truth.csv", seed=5,
            )  # fmt: skip
            fleets.append(simulating(*made, "--json"))
        said = [fleet.communicate(timeout=300) for fleet in fleets]
    told = [json.loads(out) for out, _ in said]
    assert [fleet.returncode for fleet in fleets] == [0, 0], said
    assert all(one["not_acknowledged"] == 0 and one["texts"] > 5 for one in told)
    assert told[0]["effects"].get("obeyed", 0) == 0 and told[1]["effects"]["obeyed"] >= 3
    assert told[1]["mean_drop_kmh"]["obeyed"] > 10
    means = told[1]["mean_kmh_in_places"]
    assert means["driven"] < means["planned"] - 2
    obeyed = {one["vehicle"] for one in lines(sides[1] / "heard.jsonl") if one["effect"] == "obeyed"}
    assert {one["version"] for one in lines(sides[1] / "heard.jsonl")} == {2011, 2013, 2019}
    entered = [pl.read_csv(sides[obey] / "truth.csv").unique("vehicle", keep="first") for obey in (0, 1)]
    before, after = (dict(zip(one["vehicle"], one["speed_at_entry_kmh"], strict=True)) for one in entered)
    both = before.keys() & after.keys()
    fast = [vehicle for vehicle in both & obeyed if before[vehicle] > 60]
    assert len(fast) >= 4
    assert np.mean([before[vehicle] - after[vehicle] for vehicle in fast]) > 10
    assert all(after[vehicle] < before[vehicle] + 1 for vehicle in both)
    assert all(abs(after[vehicle] - before[vehicle]) < 0.2 for vehicle in both - obeyed)
    at = dict(zip(entered[1]["vehicle"], entered[1]["entered_at"], strict=True))
    in_time = {
        one["vehicle"]
        for one in lines(sides[1] / "heard.jsonl")
        if one["vehicle"] in both and "四十" in one["text"] and seconds(one["at"], at[one["vehicle"]]) > 30
    }
    assert len(in_time) >= 3 and all(after[vehicle] < 42 for vehicle in in_time)


def seconds(one: str, other: str) -> float:
    """From one time to another, s."""
    return (datetime.fromisoformat(other) - datetime.fromisoformat(one)).total_seconds()


def warm_up(folder: Path, *gateways: Running) -> None:
    """Wait until the rules of gateways are compiled: the first reports are acknowledged then."""
    for gateway in gateways:
        to = f"tcp://127.0.0.1:{gateway.port}"
        taken = simulate(*options(folder / "exit.geojson", to, vehicles=1, hours=0.003, seed=99, outages=0))
        assert "1 of 1 terminals" in taken.out
        until(lambda gateway=gateway: gateway.hub.uplink.waiting == 0, COMPILED_S)  # type: ignore[misc]


def test_terminals_that_the_gateway_does_not_know_are_told_so(kafka: str, folder: Path) -> None:
    """The summary names the reason, and the exit code is 1."""
    stream = Stream(kafka, folder)
    config = stream.file().read_text("utf-8") + "\n[gateway]\n"
    with Running(folder, config, connection(stream.config().kafka, {})) as gateway:
        to = f"tcp://127.0.0.1:{gateway.port}"
        result = simulate(*options(folder / "exit.geojson", to, vehicles=2, hours=0.002))
    assert result.code == 1
    assert "0 of 2 terminals logged in" in result.out
    assert "login refused, registration: terminal_not_known" in result.out


def test_terminals_speak_tls_with_whom_they_trust(kafka: str, folder: Path) -> None:
    """By a certificate of the authority given; a gateway of another one is not spoken with."""
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    issued.private_key_pem.write_to_path(str(folder / "key.pem"))
    issued.cert_chain_pems[0].write_to_path(str(folder / "cert.pem"))
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    trustme.CA().cert_pem.write_to_path(str(folder / "other.pem"))
    stream = Stream(kafka, folder)
    publish(stream.connection, stream.topic("vehicles"), load_register(folder / "register.csv"), replace=False)
    files = f'certificate_file = "{folder}/cert.pem"\nkey_file = "{folder}/key.pem"'
    config = stream.file().read_text("utf-8") + f"\n[gateway]\n{files}"
    with Running(folder, config, connection(stream.config().kafka, {})) as gateway:
        made = options(folder / "exit.geojson", f"tls://127.0.0.1:{gateway.port}", hours=0.005, outages=0)
        result = simulate(*made, "--ca", folder / "ca.pem", "--json")
        refused = simulate(*made, "--ca", folder / "other.pem")
    assert result.code == 0, result.err
    told = summary(result)
    assert told["joined"] == VEHICLES and told["acknowledged"] == told["reports"] > 20
    assert refused.code == 2 and "cannot be reached" in refused.err
    assert len(positions(stream)) == told["reports"]


def test_a_fleet_outlives_its_gateway_and_a_signal_ends_it_in_order(kafka: str, folder: Path) -> None:
    """Terminals come back with the codes they have; then all is acknowledged and the truth ends where the drive did."""
    stream = Stream(kafka, folder)
    publish(stream.connection, stream.topic("vehicles"), load_register(folder / "register.csv"), replace=False)
    config = stream.file().read_text("utf-8") + "\n[gateway]\n"
    broker, port, truth = connection(stream.config().kafka, {}), free_port(), folder / "truth.csv"
    with Running(folder, config, broker, port) as first:
        made = options(folder / "exit.geojson", f"tcp://127.0.0.1:{port}", hours=0.03, outages=0, truth=truth)
        fleet = simulating(*made, "--json")
        first.until_taken(50)
    time.sleep(1.5)
    with Running(folder, config, broker, port) as second:
        second.until_taken(50)
        assert second.hub.counts["frames", "0x0100"] == 0 and second.hub.counts["frames", "0x0102"] >= VEHICLES
        fleet.send_signal(signal.SIGTERM)
        out, err = fleet.communicate(timeout=60)
        ended_ms = round(time.time() * 1000)
    assert fleet.returncode == 143, err
    told = json.loads(out)
    assert told["acknowledged"] == told["reports"] > 100 and told["not_acknowledged"] == 0
    assert told["uploaded"] > 0 and told["losses"] == 0 and told["broken"]["hung_up"] == VEHICLES
    assert told["logins"] == 2 * VEHICLES
    batch = positions(stream)
    assert batch.time_ms.max() <= ended_ms
    assert len({*zip(batch.vehicle.tolist(), batch.time_ms.tolist(), strict=True)}) == told["reports"]
    entered = pl.read_csv(truth)["entered_at"].to_list()
    assert all(one <= iso(ended_ms) for one in entered)


def test_a_gateway_that_is_not_there_ends_the_command_before_anything_begins(folder: Path) -> None:
    """With 2, and a word about it."""
    result = simulate(*options(folder / "exit.geojson", f"tcp://127.0.0.1:{free_port()}", hours=0.01))
    assert result.code == 2 and "cannot be reached" in result.err
