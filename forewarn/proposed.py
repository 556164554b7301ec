"""Saying aloud that segments are proposals: they are for review, and whoever puts them to use must know."""

from __future__ import annotations

from rich.console import Console

from geofence.segments import SegmentSet


def tell_proposed(segments: SegmentSet, name: str, err: Console) -> None:
    """Say how many segments of a file are proposals, if any are: history may be judged by them, live nobody is."""
    if segments.proposed:
        err.print(
            f"{name}: {segments.proposed} of {len(segments)} segments are PROPOSALS, not in force; "
            "they are judged as if they were",
            style="yellow",
            soft_wrap=True,
        )
