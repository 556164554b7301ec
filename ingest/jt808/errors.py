"""What can be wrong with a frame or a message: each has a short reason by which it is counted."""

from __future__ import annotations


class FrameError(Exception):
    """Bytes that are no frame, or a message that does not fit one."""

    def __init__(self, reason: str, detail: str) -> None:
        """``reason`` is a short name such as ``too_short``; ``detail`` says it in words with the figures."""
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class BodyError(FrameError):
    """A body that has not the layout of its message."""
