"""The truth as it is judged by: read once, its questions to the network remembered, with what the map tells around."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from forewarn.judge.around import MapSurroundings
from forewarn.judge.errors import BadTruth
from forewarn.judge.reach import NetworkReach
from forewarn.judge.read import read_truth
from forewarn.judge.remembered import RememberedReach
from forewarn.judge.survey import Survey
from forewarn.judge.truth import Truth
from geofence.segments import SegmentSet
from ingest.files import ReadOptions
from ingest.positions import PositionBatch


class Known(NamedTuple):
    """What is known of a set of drives."""

    truth: Truth
    around: MapSurroundings


def read_known(
    map_file: Path,
    survey: Survey,
    segments: SegmentSet,
    drives: Sequence[Path],
    truth_file: Path | None,
    options: ReadOptions,
    sent: PositionBatch,
) -> Known:
    """Return the truth of some drives and their surroundings; see ``read.read_truth``.

    ``survey`` is the map, read; ``sent`` the positions of the drives. Raises what ``read_truth`` does, and BadTruth
    where the truth tells of none of the vehicles: figures of nothing would look like success.
    """
    truth = read_truth(map_file, segments, drives, truth_file, options, survey)
    told, driven = {path.vehicle for path in truth.paths}, set(sent.vehicles)
    if told.isdisjoint(driven):
        names = [", ".join(sorted(some)[:3]) or "none" for some in (told, driven)]
        detail = f"tells of {names[0]}, and of none of the vehicles driven, such as {names[1]}"
        raise BadTruth(truth_file or map_file, detail)
    assert isinstance(truth.reach, NetworkReach)  # noqa: S101  # what read_truth makes
    around = MapSurroundings(survey, truth.paths, truth.reach.leading)
    return Known(dataclasses.replace(truth, reach=RememberedReach(truth.reach)), around)
