"""The prompts of the last hour."""

from __future__ import annotations

from forewarn.console.prompt_count import PromptCount
from forewarn.console.store import Store, records
from tests.forewarn.console.making import MINUTE, T0, alert, prompt

CARRIERS = {"N1": "north", "N2": "north", "S1": "south"}
NOON = T0 // MINUTE * MINUTE


def put(store: Store, *due: tuple[str, int], spoken: bool = True) -> None:
    """Keep an alert of each vehicle, so many minutes after noon."""
    made = [
        alert(f"e{vehicle}{at}", 0, NOON + at * MINUTE, vehicle=vehicle, prompt=prompt() if spoken else None)
        for vehicle, at in due
    ]
    with store.begin() as c:
        records.put_alerts(c, made)


def counted(prompts: PromptCount, store: Store, at: int) -> dict[str | None, int]:
    """So many minutes after noon."""
    with store.read() as c:
        return dict(prompts.last_hour(c, NOON + at * MINUTE))


def test_an_hour_is_counted_by_carrier(store: Store) -> None:
    """None are everybody's, also of a vehicle that nobody registered; what is older, or was not spoken, is left out."""
    prompts = PromptCount(CARRIERS.get)
    put(store, ("N1", 0), ("N1", 1), ("N2", 59), ("S1", 30), ("X", 60))
    put(store, ("N1", 2), spoken=False)
    assert counted(prompts, store, 60) == {None: 4, "north": 2, "south": 1}
    assert counted(prompts, store, 61) == {None: 3, "north": 1, "south": 1}


def test_what_comes_meanwhile_is_counted_too(store: Store) -> None:
    """Late by up to two minutes; and a clock that was set back counts anew."""
    prompts = PromptCount(CARRIERS.get)
    put(store, ("N1", 8))
    assert counted(prompts, store, 10) == {None: 1, "north": 1}
    put(store, ("N1", 9), ("S1", 10))
    assert counted(prompts, store, 10) == {None: 3, "north": 2, "south": 1}
    put(store, ("N2", 10))
    assert counted(prompts, store, 11) == {None: 4, "north": 3, "south": 1}
    assert counted(prompts, store, 130) == {}
    assert counted(prompts, store, 9) == {None: 2, "north": 2}
