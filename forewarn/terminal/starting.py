"""The beginning: which segments are in force, and the state of the last run over them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from alerts.profiles import load_profile
from forewarn.terminal import logs
from forewarn.terminal.config import BadConfigError, Config, Gateway
from forewarn.terminal.judging import Judging
from forewarn.terminal.keeping import Keeper
from forewarn.terminal.prepared import RefusedError
from forewarn.terminal.pulling import Marks
from forewarn.terminal.segments import EMPTY, Shelf, version_of
from forewarn.terminal.uplink import Text
from forewarn.worker.packing import BadSnapshotError
from geofence.segments import SegmentSet, load, loaded

if TYPE_CHECKING:
    from forewarn.terminal.reporting import Reporting


def check(config: Config, keeper: Keeper) -> None:
    """See at once what cannot be, before anything is compiled; raises BadConfigError or ProfileError."""
    load_profile(config.vehicle.profile)
    path, known = config.segments.file, keeper.fact("segments") is not None
    if path is None and config.segments.url is None and not known:
        raise BadConfigError("segments.file: neither it nor segments.url is given: there is nothing to judge by")
    if path is not None and not known and not os.access(path, os.R_OK):
        raise BadConfigError(f"segments.file: {path} cannot be read")


def begun(config: Config, keeper: Keeper, shelf: Shelf) -> tuple[Judging, int | None]:
    """Return the engine with the state of the last run, and the time of its newest fix, None where there is none.

    In force is what was put there last: the configured file where it is another than last time, else what was pulled.
    Raises BadConfigError or ProfileError where there is nothing to judge by.
    """
    chosen = _chosen(config, keeper, shelf)
    if chosen.proposed:
        logs.warn("segments_proposed", why=f"{chosen.proposed} segments are proposals for review")
    judging, newest_ms = _resumed(config, keeper, shelf, chosen)
    if judging.segments.version != chosen.version:
        judging.swap(judging.template(chosen))
    if newest_ms is not None:
        keeper.keep(newest_ms, judging.saved(), segments=chosen.version)
    else:
        keeper.note(segments=chosen.version)
    shelf.keep(chosen.version)
    return judging, newest_ms


def _chosen(config: Config, keeper: Keeper, shelf: Shelf) -> SegmentSet:
    """Return the segments to be put in force, of which the shelf has a copy then."""
    version = keeper.fact("segments")
    stored = shelf.get(version) if version else None
    if stored is None:
        keeper.note(segments_etag=None, segments_modified=None)  # what was pulled is gone: it is to be pulled again
    path = config.segments.file
    if path is None:
        return loaded(EMPTY, "none") if stored is None else stored
    try:
        seed = version_of(Path(path))
    except OSError as error:
        if stored is None:
            raise BadConfigError(f"segments.file: {path} cannot be read: {error.strerror or error}") from error
        logs.warn("segments_refused", why=f"{path}: {error.strerror or error}")
        return stored
    if stored is not None and seed == keeper.fact("seed"):
        return stored
    try:
        given = shelf.put(Path(path), path)
    except RefusedError as error:
        if stored is None:
            raise BadConfigError(f"segments.file: {error}") from error
        logs.warn("segments_refused", why=str(error))
        return stored
    except OSError as error:
        logs.warn("segments_not_stored", why=str(error))
        given = load(path)
    keeper.note(seed=seed)
    return given


def _resumed(config: Config, keeper: Keeper, shelf: Shelf, chosen: SegmentSet) -> tuple[Judging, int | None]:
    """Return the engine as the last run left it, over the segments that it had; a new one where that cannot be."""
    state = keeper.state()
    if state is None:
        return Judging(config.vehicle, chosen), None
    newest_ms, content = state
    version = keeper.fact("segments") or ""
    before = chosen if version == chosen.version else shelf.get(version)
    if before is None:
        logs.warn("state_refused", why=f"its segments, version {version}, are gone; begun anew")
    else:
        judging = Judging(config.vehicle, before)
        try:
            judging.resume(content)
        except BadSnapshotError as error:
            logs.warn("state_refused", why=f"{error}; begun anew")
        else:
            return judging, newest_ms
    keeper.forget_state()
    return Judging(config.vehicle, chosen), None


def marks_of(keeper: Keeper, url: str) -> Marks:
    """Return how the server at ``url`` knows what was pulled from it last; nothing where nothing was."""
    if keeper.fact("segments_url") != url:
        return Marks()
    return Marks(keeper.fact("segments_etag"), keeper.fact("segments_modified"))


def note_marks(keeper: Keeper, url: str, marks: Marks) -> None:
    """Note how the server knows what was pulled from it last."""
    keeper.note(segments_url=url, segments_etag=marks.etag, segments_modified=marks.modified)


def reporting(
    given: Gateway, keeper: Keeper, say: Callable[[Text], None], speaks: Callable[[], bool]
) -> Reporting | None:
    """Return what reports to the gateway; None where none is configured."""
    if given.address is None:
        return None
    from forewarn.terminal.reporting import Reporting  # here, since TLS and the protocol take memory

    code = keeper.fact("gateway_code")
    return Reporting(given, say, code, lambda code: keeper.note(gateway_code=code), speaks)
