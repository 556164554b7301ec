"""All conditions over one stream of records."""

from __future__ import annotations

from forewarn.console.alarms.watch import Watch
from tests.forewarn.console.made import alert, fixes, ms, outcome, passage


def test_records_of_all_kinds_come_to_their_conditions() -> None:
    """Each signal with the name of its kind."""
    watch = Watch()
    watch.turn(ms(0))
    watch.fleet.take(fixes(("T1", 0, 110.0)), ms(0))
    assert [s.kind for s in watch.alerts([alert("fatigue", id="f")], ms(1))] == ["fatigue_past_limit"]
    assert not watch.alerts([alert("speeding", id="s", speak_s=2)], ms(2))
    watch.fleet.take(fixes(("T1", 100, 110.0)), ms(100))
    assert [s.kind for s in watch.turn(ms(100))] == ["speeding_goes_on"]
    warnings = [alert("approach", id=f"w{k}", speak_s=k, limit_kmh=40.0) for k in range(3)]
    assert not watch.alerts(warnings, ms(101))
    passed = [passage(f"p{k}", entry_kmh=60.0, alert_ids=[f"w{k}"]) for k in range(3)]
    assert [s.kind for s in watch.passages(passed, ms(102))] == ["warnings_ignored"]
    assert [s.kind for s in watch.outcomes([(outcome("failed", "tts_fault", id="f"), None)], ms(103))] == [
        "voice_broken"
    ]


def test_an_outcome_is_of_the_vehicle_of_its_alert() -> None:
    """Where it does not come with one; of an alert that nobody knows it says nothing."""
    watch = Watch()
    watch.alerts([alert("approach", id="a1", vehicle="T7", speak_s=1)], ms(0))
    (signal,) = watch.outcomes([(outcome("failed", "tts_fault"), None)], ms(1))
    assert signal.vehicle == "T7"
    assert not watch.outcomes([(outcome("failed", "tts_fault", id="?"), None)], ms(1))
    (signal,) = watch.outcomes([(outcome("failed", "tts_fault", id="?"), "T8")], ms(1))
    assert signal.vehicle == "T8"
