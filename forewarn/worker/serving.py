"""/metrics, /healthz and /readyz over HTTP, for Prometheus and for whatever supervises the worker."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from forewarn.worker.config import BadConfigError


class Server:
    """Serves until it is closed."""

    def __init__(
        self,
        address: str,
        registry: CollectorRegistry,
        state: Callable[[], tuple[bool, bool, dict[str, Any]]],
        key: str = "worker.metrics",
    ) -> None:
        """Listen at ``host:port``; ``state`` tells: alive, ready, and what to show.

        Raises BadConfigError, in which ``key`` names where the address stands.
        """
        host, _, port = address.rpartition(":")
        try:
            self._http = ThreadingHTTPServer((host or "127.0.0.1", int(port)), _handler(registry, state))
        except (OSError, ValueError, OverflowError) as error:
            raise BadConfigError(f"{key}: cannot listen at {address}: {error}") from error
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, name="metrics", daemon=True).start()

    @property
    def port(self) -> int:
        """The port, where 0 was given."""
        return int(self._http.server_address[1])

    def close(self) -> None:
        """Listen no more."""
        self._http.shutdown()
        self._http.server_close()


def _handler(
    registry: CollectorRegistry, state: Callable[[], tuple[bool, bool, dict[str, Any]]]
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the library's name
            path = self.path.split("?", 1)[0]
            if path == "/metrics":
                self._answer(200, CONTENT_TYPE_LATEST, generate_latest(registry))
                return
            alive, ready, shown = state()
            good = {"/healthz": alive, "/readyz": ready}.get(path)
            if good is None:
                self._answer(404, "text/plain; charset=utf-8", b"/metrics, /healthz or /readyz\n")
                return
            self._answer(200 if good else 503, "application/json", msgspec.json.encode(shown))

        def _answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Stay quiet: whoever scrapes does so every few seconds."""

    return Handler
