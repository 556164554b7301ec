"""One question to the server of segments, over real HTTP: what is newer comes whole, or not at all."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from forewarn.terminal.pulling import Marks, PullError, Server
from tests.forewarn.terminal.server import SegmentServer, serving

CONTENT = b'{"type": "FeatureCollection"}' * 100


@pytest.fixture
def server() -> SegmentServer:
    with serving(CONTENT) as one:
        yield one


class Asking:
    """Asks, and returns content and marks."""

    def __init__(self, server: SegmentServer, folder: Path, **more: float | str) -> None:
        self._ask = Server(server.url, **{"timeout_s": 5.0, "most_bytes": 100_000, **more})  # type: ignore[arg-type]
        self._path = folder / "file"

    def fetch(self, marks: Marks) -> tuple[bytes, Marks] | None:
        got = self._ask.fetch(marks, self._path)
        return None if got is None else (self._path.read_bytes(), got)


def test_what_is_newer_comes_once(server: SegmentServer, tmp_path: Path) -> None:
    """The marks that it came with are sent back as they were, and nothing more is sent until it changes."""
    ask = Asking(server, tmp_path)
    fetched = ask.fetch(Marks())
    marks = Marks(server.etag, "Mon, 05 Jan 2026 08:30:15 GMT")
    assert fetched == (CONTENT, marks)
    assert ask.fetch(marks) is None
    assert server.asked[1]["If-None-Match"] == server.etag
    assert server.asked[1]["If-Modified-Since"] == "Mon, 05 Jan 2026 08:30:15 GMT"
    server.content = CONTENT + b" "
    newer = ask.fetch(marks)
    assert newer is not None and newer[0] == CONTENT + b" "
    assert server.answers == [200, 304, 200]


def test_it_may_come_packed_or_without_marks(server: SegmentServer, tmp_path: Path) -> None:
    """What is unpacked is what counts."""
    server.how = "gzip"
    fetched = Asking(server, tmp_path).fetch(Marks())
    assert fetched is not None and fetched[0] == CONTENT
    server.how = "no marks"
    fetched = Asking(server, tmp_path).fetch(Marks())
    assert fetched is not None and fetched[1] == Marks()


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("error", "answered 503"),
        ("broken off", "broke off|IncompleteRead"),
        ("bomb", "larger than 0.1 MB"),
    ],
)
def test_what_is_not_whole_is_nothing(server: SegmentServer, tmp_path: Path, how: str, said: str) -> None:
    """And why is said."""
    server.how = how
    with pytest.raises(PullError, match=said):
        Asking(server, tmp_path).fetch(Marks())


def test_size_and_time_have_bounds(server: SegmentServer, tmp_path: Path) -> None:
    """The file as a whole, however slowly it drips."""
    with pytest.raises(PullError, match=r"larger than 0\.001 MB"):
        Asking(server, tmp_path, most_bytes=1000).fetch(Marks())
    server.how = "slow"
    began = time.monotonic()
    with pytest.raises(PullError, match=r"not done in 0\.5 s"):
        Asking(server, tmp_path, timeout_s=0.5).fetch(Marks())
    assert time.monotonic() - began < 3.0


def test_nobody_there(server: SegmentServer, tmp_path: Path) -> None:
    """As without a network."""
    server.close()
    with pytest.raises(PullError, match="refused"):
        Asking(server, tmp_path).fetch(Marks())
    with pytest.raises(PullError):
        Server("http://no-such-host.invalid/x", timeout_s=2.0, most_bytes=10).fetch(Marks(), tmp_path / "file")


def test_redirects_lead_to_the_web_alone(server: SegmentServer, tmp_path: Path) -> None:
    """To another page, never to a file; the token stays with the server that was named."""
    server.how = "redirect"
    ask = Asking(server, tmp_path, token="s3cret")  # noqa: S106  # of no server
    fetched = ask.fetch(Marks())
    assert fetched is not None and fetched[0] == CONTENT
    assert server.asked[0]["Authorization"] == "Bearer s3cret" and "Authorization" not in server.asked[1]
    server.to = "file:///etc/passwd"
    with pytest.raises(PullError, match=r"redirects to file|answered 302"):
        ask.fetch(Marks())


def test_a_disk_that_takes_nothing_is_no_fault_of_the_server(server: SegmentServer, tmp_path: Path) -> None:
    """It is told apart."""
    with pytest.raises(OSError, match="gone"):
        Server(server.url, timeout_s=5.0, most_bytes=100_000).fetch(Marks(), tmp_path / "gone" / "file")
