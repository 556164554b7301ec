"""One question to the server of segments, over real HTTP: what is newer comes whole, or not at all."""

from __future__ import annotations

import time

import pytest

from forewarn.terminal.pulling import Fetched, Marks, PullError, Server
from tests.forewarn.terminal.server import SegmentServer, serving

CONTENT = b'{"type": "FeatureCollection"}' * 100


@pytest.fixture
def server() -> SegmentServer:
    with serving(CONTENT) as one:
        yield one


def asking(server: SegmentServer, **more: float | str) -> Server:
    return Server(server.url, **{"timeout_s": 5.0, "most_bytes": 100_000, **more})  # type: ignore[arg-type]


def test_what_is_newer_comes_once(server: SegmentServer) -> None:
    """The marks that it came with are sent back as they were, and nothing more is sent until it changes."""
    ask = asking(server)
    fetched = ask.fetch(Marks())
    assert fetched == Fetched(CONTENT, Marks(server.etag, "Mon, 05 Jan 2026 08:30:15 GMT"))
    assert ask.fetch(fetched.marks) is None
    assert server.asked[1]["If-None-Match"] == server.etag
    assert server.asked[1]["If-Modified-Since"] == "Mon, 05 Jan 2026 08:30:15 GMT"
    server.content = CONTENT + b" "
    newer = ask.fetch(fetched.marks)
    assert newer is not None and newer.content == CONTENT + b" "
    assert server.answers == [200, 304, 200]


def test_it_may_come_packed_or_without_marks(server: SegmentServer) -> None:
    """What is unpacked is what counts."""
    server.how = "gzip"
    fetched = asking(server).fetch(Marks())
    assert fetched is not None and fetched.content == CONTENT
    server.how = "no marks"
    fetched = asking(server).fetch(Marks())
    assert fetched is not None and fetched.marks == Marks()


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("error", "answered 503"),
        ("broken off", "broke off|IncompleteRead"),
        ("bomb", "larger than 0.1 MB"),
    ],
)
def test_what_is_not_whole_is_nothing(server: SegmentServer, how: str, said: str) -> None:
    """And why is said."""
    server.how = how
    with pytest.raises(PullError, match=said):
        asking(server).fetch(Marks())


def test_size_and_time_have_bounds(server: SegmentServer) -> None:
    """The file as a whole, however slowly it drips."""
    with pytest.raises(PullError, match=r"larger than 0\.001 MB"):
        asking(server, most_bytes=1000).fetch(Marks())
    server.how = "slow"
    began = time.monotonic()
    with pytest.raises(PullError, match=r"not done in 0\.5 s"):
        asking(server, timeout_s=0.5).fetch(Marks())
    assert time.monotonic() - began < 3.0


def test_nobody_there(server: SegmentServer) -> None:
    """As without a network."""
    server.close()
    with pytest.raises(PullError, match="refused"):
        asking(server).fetch(Marks())
    with pytest.raises(PullError):
        Server("http://no-such-host.invalid/x", timeout_s=2.0, most_bytes=10).fetch(Marks())


def test_redirects_lead_to_the_web_alone(server: SegmentServer) -> None:
    """To another page, never to a file; the token stays with the server that was named."""
    server.how = "redirect"
    ask = asking(server, token="s3cret")  # noqa: S106  # of no server
    fetched = ask.fetch(Marks())
    assert fetched is not None and fetched.content == CONTENT
    assert server.asked[0]["Authorization"] == "Bearer s3cret" and "Authorization" not in server.asked[1]
    server.to = "file:///etc/passwd"
    with pytest.raises(PullError, match=r"redirects to file|answered 302"):
        ask.fetch(Marks())
