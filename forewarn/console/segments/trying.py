"""The process in which a trial runs: told what to judge on its input, it tells how far it is and what came of it.

Its priority is low: the console's pages go before it.
"""

from __future__ import annotations

import os
import sys
from typing import Final

import msgspec

from alerts.profiles import ProfileError
from forewarn.console.segments.judging import judge
from forewarn.console.segments.trial import Task, Word
from forewarn.console.store.database import StoreError, open_to_read
from forewarn.toml_config import BadConfigError
from forewarn.worker.config import Rules as Given
from forewarn.worker.rules import Rules
from geofence.faults import SegmentFileError
from geofence.segments import loaded

NICE: Final = 10


def main() -> None:
    """Judge what stands on the input."""
    os.nice(NICE)
    task = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Task)
    try:
        sets = loaded(task.before, "the version in force"), loaded(task.after, "the version that is tested")
        rules = Rules(Given(profile=task.profile, vehicle_class=task.vehicle_class, language=task.language))
        store = open_to_read(task.store)
        try:
            span = task.from_ms, task.to_ms
            changed = set(task.changed), task.boxes
            told = judge(store, sets, rules, task.register, span, changed, lambda share: _say(Word(share=share)))
        finally:
            store.close()
    except (StoreError, BadConfigError, ProfileError, SegmentFileError, ValueError) as error:
        _say(Word(fault=str(error)))
    else:
        _say(Word(judged=told))


def _say(word: Word) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(word) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
