"""The one way to the truth of a set of drives: a map, segments, the drives, and a table of matched edges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from forewarn.judge.driven import lay_paths
from forewarn.judge.entries import entries_of
from forewarn.judge.join import entered, steps_of
from forewarn.judge.matched import MatchedEdges, read_matched
from forewarn.judge.passages import passages
from forewarn.judge.reach import NetworkReach
from forewarn.judge.survey import Survey, survey_map
from forewarn.judge.trips import vehicles_of
from forewarn.judge.truth import Truth
from geofence.segments import SegmentSet
from ingest.files import ReadOptions


def read_truth(
    map_path: Path,
    segments: SegmentSet,
    drives: Sequence[Path],
    truth_file: Path | None,
    options: ReadOptions | None = None,
    survey: Survey | None = None,
) -> Truth:
    """Return where the vehicles of some drives really went, and what they passed.

    ``map_path`` is an OpenStreetMap extract, ``survey`` the same map where it has been read already; ``drives`` the
    files that are replayed, read with ``options``; ``truth_file`` a table of matched edges (see ``matched.py``), or
    None to match the drives to the map by Valhalla. Raises BadMap, BadTruth, IngestError for drives that cannot be
    read, and JudgeUnavailable where Valhalla is asked for and not installed.
    """
    if truth_file is None:
        from forewarn.judge.valhalla import match_drives  # here, since a table does without

        edges, names = match_drives(map_path, drives, options or ReadOptions())
        notes: list[str] = []
    else:
        edges = read_matched(truth_file)
        names, notes = vehicles_of(edges.trips, drives, options or ReadOptions())
    truth = truth_of(survey or survey_map(map_path), segments, edges, names)
    truth.notes.extend(notes)
    return truth


def truth_of(survey: Survey, segments: SegmentSet, edges: MatchedEdges, vehicle_of: Mapping[str, str]) -> Truth:
    """Return the truth that matched edges tell of; ``vehicle_of`` names the vehicle of each drive."""
    tags, network = survey.tags, survey.network
    notes = ["for crossings and villages only the path and the time are independent of the segments, not the place"]
    driven = lay_paths(edges, tags, network.ground, vehicle_of)
    if driven.off_map:
        notes.append(
            f"{driven.off_map} of {edges.trip.size} edges of the truth lie on ways that the map does not have "
            "or has elsewhere; they were taken as straight"
        )
    entries = entries_of(segments, network.ground)
    found = entered(driven, entries, tags, network.ground, steps_of(driven.paths, network.ground))
    return Truth(
        paths=driven.paths,
        passages=passages(driven, survey, entries, found),
        rejected=Counter(edges.rejected),
        reach=NetworkReach(tags, network, driven.paths, entries, found),
        notes=notes,
    )
