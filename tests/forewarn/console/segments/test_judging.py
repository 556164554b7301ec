"""The last day's positions under another version: simulated drives on the sample's real roads, the real rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from forewarn.console.segments import editing
from forewarn.console.segments.changes import changes
from forewarn.console.segments.collection import Collection
from forewarn.console.segments.judging import judge, near
from forewarn.console.segments.trial import Judged, changed_places
from forewarn.console.store import Store, open_store, positions
from forewarn.console.store.database import open_to_read
from forewarn.replay import Plan, Replay
from forewarn.sample import sample_segments
from forewarn.simulate.fleet import simulate
from forewarn.simulate.from_lines import roads_of_segments
from forewarn.simulate.output import fixes_table, write_table
from forewarn.worker.config import Rules as Given
from forewarn.worker.rules import Rules
from geofence.segments import load, loaded
from tests.forewarn.console.making import T0

SPAN = (T0, T0 + 3_600_000)


@pytest.fixture(scope="module")
def drives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Positions of twelve simulated vehicles in a file."""
    path = tmp_path_factory.mktemp("drives") / "drives.csv"
    roads = roads_of_segments(load(sample_segments()))
    fleet = simulate(roads, vehicles=12, interval_s=10.0, seconds=1800, seed=1)
    write_table(fixes_table(fleet, T0, speed=True, heading=True), path)
    return path


@pytest.fixture(scope="module")
def filled(drives: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Store]]:
    """A store that has kept them."""
    url = f"sqlite:///{tmp_path_factory.mktemp('store') / 'console.db'}"
    store = open_store(url)
    for batch in Replay(Plan(files=[drives], segments=sample_segments())).batches():
        with store.begin() as c:
            positions.put(
                c,
                vehicles=[batch.vehicles[code] for code in batch.vehicle.tolist()],
                time_ms=batch.time_ms,
                lon=batch.lon,
                lat=batch.lat,
                speed_kmh=batch.speed_kmh,
                heading_deg=batch.heading_deg,
                drivers=[batch.drivers[code] for code in batch.driver.tolist()],
            )
    yield url, store
    store.close()


def judged(store: Store, after: bytes, told: list[float] | None = None) -> Judged:
    """What the drives would have given under the sample and under another version."""
    before = sample_segments().read_bytes()
    ids, boxes = changed_places(before, after)
    sets = loaded(before, "before"), loaded(after, "after")
    hear = (lambda _: None) if told is None else told.append
    return judge(store, sets, Rules(Given()), [], SPAN, (set(ids), boxes), hear)


def prompted(drives: Path) -> dict[str, int]:
    """Prompts by segment, as a replay of the file itself gives them."""
    replay = Replay(Plan(files=[drives], segments=sample_segments()))
    counts: dict[str, int] = {}
    for batch in replay.batches():
        for alert in replay.engine.step(batch).alerts:
            if alert.kind == "approach" and alert.prompt is not None and alert.segment is not None:
                counts[alert.segment.id] = counts.get(alert.segment.id, 0) + 1
    return counts


def test_a_retired_place_says_nothing_any_more(drives: Path, filled: tuple[str, Store]) -> None:
    """At the place itself as many prompts before as the replay gives, none after; elsewhere little changes."""
    counts = prompted(drives)
    busiest = max(counts, key=counts.__getitem__)
    draft = Collection(sample_segments().read_bytes())
    editing.retire(draft, busiest)
    told: list[float] = []
    figures = judged(filled[1], draft.content(), told)
    assert (figures.before, figures.after) == (counts[busiest], 0)
    assert figures.lost >= figures.before - figures.changed
    assert figures.before_all >= figures.after_all
    assert figures.vehicles == 12 and figures.fixes > 1000
    assert busiest in {place.id for place in figures.places}
    assert told == sorted(told) and told[-1] == 1.0


def test_other_words_are_other_prompts(drives: Path, filled: tuple[str, Store]) -> None:
    """A lower limit is another sentence: as many prompts, changed."""
    counts = prompted(drives)
    ramps = {id: n for id, n in counts.items() if id.startswith("ramp")}
    busiest = max(ramps, key=ramps.__getitem__)
    draft = Collection(sample_segments().read_bytes())
    feature = draft.features[busiest]
    said = {"id": busiest, "limit_kmh": 15}
    editing.put(draft, {"type": "Feature", "properties": said, "geometry": feature["geometry"]})
    figures = judged(filled[1], draft.content())
    assert figures.before == counts[busiest] > 0
    assert figures.changed > 0
    assert [one.what for one in changes(Collection(sample_segments().read_bytes()), draft)] == ["changed"]


def test_the_same_version_changes_nothing(filled: tuple[str, Store]) -> None:
    """No place differs, so no vehicle is near one."""
    figures = judged(filled[1], sample_segments().read_bytes())
    assert (figures.before, figures.after, figures.lost, figures.gained, figures.changed) == (0, 0, 0, 0, 0)
    assert figures.places == []


def test_only_vehicles_that_came_near_are_judged(filled: tuple[str, Store]) -> None:
    """In the time and within some kilometres of a box; all of them where there are very many boxes."""
    store = filled[1]
    everywhere = (114.0, 22.0, 115.0, 23.0)
    assert len(near(store, *SPAN, [everywhere]) or ()) == 12
    assert near(store, *SPAN, [(10.0, 50.0, 10.1, 50.1)]) == set()
    assert near(store, SPAN[1], SPAN[1] + 1, [everywhere]) == set()
    assert near(store, *SPAN, [everywhere] * 101) is None


def test_the_store_is_read_beside_its_console(filled: tuple[str, Store]) -> None:
    """Another process opens it to read alone, and sees what stands there."""
    beside = open_to_read(filled[0])
    assert len(near(beside, *SPAN, [(114.0, 22.0, 115.0, 23.0)]) or ()) == 12
    beside.close()
