"""The one way to the truth of a set of drives: a map, segments, the drives, and a table of matched edges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from forewarn.judge.crossings import crossings
from forewarn.judge.driven import lay_paths
from forewarn.judge.entries import entries_of
from forewarn.judge.join import entered, steps_of
from forewarn.judge.matched import MatchedEdges, read_matched
from forewarn.judge.network import build_network
from forewarn.judge.passages import passages
from forewarn.judge.reach import NetworkReach
from forewarn.judge.tags import read_tags
from forewarn.judge.trips import vehicles_of
from forewarn.judge.truth import Truth
from forewarn.judge.villages import villages
from geofence.segments import SegmentSet
from ingest.files import ReadOptions


def read_truth(
    map_path: Path,
    segments: SegmentSet,
    drives: Sequence[Path],
    truth_file: Path | None,
    options: ReadOptions | None = None,
) -> Truth:
    """Return where the vehicles of some drives really went, and what they passed.

    ``map_path`` is an OpenStreetMap extract; ``drives`` the files that are replayed, read with ``options``;
    ``truth_file`` a table of matched edges (``forewarn.judge.matched``), or None to match the drives to the map by
    Valhalla. Raises BadMap, BadTruth, IngestError for drives that cannot be read, and JudgeUnavailable where Valhalla
    is asked for and not installed.
    """
    if truth_file is None:
        from forewarn.judge.valhalla import match_drives  # here, since a table does without

        edges = match_drives(map_path, drives, options or ReadOptions())
    else:
        edges = read_matched(truth_file)
    return truth_of(map_path, segments, edges, drives, options or ReadOptions())


def truth_of(
    map_path: Path, segments: SegmentSet, edges: MatchedEdges, drives: Sequence[Path], options: ReadOptions
) -> Truth:
    """Return the truth that matched edges tell of; see ``read_truth``."""
    tags = read_tags(map_path)
    network = build_network(tags)
    names, notes = vehicles_of(edges.trips, drives, options)
    driven = lay_paths(edges, tags, network.ground, names)
    entries = entries_of(segments, network.ground)
    found = entered(driven, entries, tags, network.ground, steps_of(driven.paths, network.ground))
    true_passages = passages(
        driven, tags, network.ground, found, crossings(tags, network), villages(tags, network.ground)
    )
    if driven.off_map:
        notes.append(
            f"{driven.off_map} of {edges.trip.size} edges of the truth lie on ways that the map does not have "
            "or has elsewhere; they were taken as straight"
        )
    notes.append("for crossings and villages only the path and the time are independent of the segments, not the place")
    return Truth(
        paths=driven.paths,
        passages=true_passages,
        rejected=Counter(edges.rejected),
        reach=NetworkReach(tags, network, driven.paths, entries, found),
        notes=notes,
    )
