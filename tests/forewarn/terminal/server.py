"""A real HTTP server of segments: with ETag and Last-Modified, and with everything that can go wrong."""

from __future__ import annotations

import gzip
import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class SegmentServer:
    """What it serves, and what it was asked."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.asked: list[dict[str, str]] = []
        """Headers of each request."""
        self.answers: list[int] = []
        self.how = "well"
        """``well``, ``gzip``, ``no marks``, ``broken off``, ``slow``, ``error``, ``redirect`` or ``bomb``."""
        self.to = ""
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}/segments.geojson"
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.content).hexdigest()[:20]}"'

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


@contextmanager
def serving(content: bytes) -> Iterator[SegmentServer]:
    """Serve a file."""
    server = SegmentServer(content)
    try:
        yield server
    finally:
        server.close()


def _handler(server: SegmentServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.asked.append(dict(self.headers.items()))
            marks = server.how != "no marks"
            if server.how == "error":
                self._answer(503, b"", {})
            elif server.how == "redirect" and self.path != "/there":
                self._answer(302, b"", {"Location": server.to or "/there"})
            elif marks and self.headers.get("If-None-Match") == server.etag:
                self._answer(304, b"", {"ETag": server.etag})
            else:
                self._content({"ETag": server.etag, "Last-Modified": "Mon, 05 Jan 2026 08:30:15 GMT"} if marks else {})

        def _content(self, headers: dict[str, str]) -> None:
            content = server.content
            if server.how == "gzip":
                self._answer(200, gzip.compress(content), {**headers, "Content-Encoding": "gzip"})
            elif server.how == "bomb":
                self._answer(200, gzip.compress(bytes(50_000_000)), {**headers, "Content-Encoding": "gzip"})
            elif server.how == "broken off":
                self._answer(200, content[: len(content) // 2], {**headers, "Content-Length": str(len(content))})
                self.close_connection = True
            elif server.how == "slow":
                self._head(200, {**headers, "Content-Length": str(len(content))})
                for byte in content:
                    self.wfile.write(bytes([byte]))
                    time.sleep(0.05)
            else:
                self._answer(200, content, headers)

        def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            server.answers.append(status)
            self._head(status, {"Content-Length": str(len(body)), **headers})
            self.wfile.write(body)

        def _head(self, status: int, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Stay quiet."""

    return Handler
