"""The panel's page, served on this machine alone: one screen, and what it shows as server-sent events.

``/`` is the page, ``/events`` what changes as it changes, ``/state`` the same once. A browser in kiosk mode is all it
needs; nothing is loaded from elsewhere, and words of others are put on the page as text.
"""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Any, Final

import msgspec

from forewarn.terminal.config import LOCAL
from forewarn.toml_config import BadConfigError

POLICY: Final = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-ancestors 'none'"
"""What the page may do: run and draw what comes with it, and listen to this server."""
PAGES: Final = {
    "/": ("panel.html", "text/html; charset=utf-8"),
    "/panel.css": ("panel.css", "text/css; charset=utf-8"),
    "/panel.js": ("panel.js", "text/javascript; charset=utf-8"),
}
"""Path to file and type."""
MOST: Final = 8
"""Panels that may listen at once."""
FIRST: Final = b'id="first">{}<'
"""In the page: where what is shown now is put, so that it stands there at once."""
BEAT_S: Final = 5.0
"""The same is sent again after so long without news, s: so each side notices that the other one is gone."""


class Board:
    """What is shown now; written by one thread, read by those of the panels."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._changed = threading.Condition()
        self._content = b"{}"
        self._number = 0
        self._closed = False
        self.watched = 0
        """How many panels listen."""

    def show(self, **told: Any) -> None:
        """Show this."""
        content = msgspec.json.encode(told)
        with self._changed:
            if content != self._content:
                self._content = content
                self._number += 1
                self._changed.notify_all()

    def now(self) -> bytes:
        """Return what is shown, as JSON."""
        with self._changed:
            return self._content

    def after(self, number: int, wait_s: float) -> tuple[int, bytes]:
        """Return what is shown once it is something newer than ``number``, or after so long at the latest."""
        with self._changed:
            self._changed.wait_for(lambda: self._number > number or self._closed, wait_s)
            return self._number, self._content

    def joined(self) -> bool:
        """Let a panel listen; False where too many do."""
        with self._changed:
            if self.watched >= MOST:
                return False
            self.watched += 1
            return True

    def left(self) -> None:
        """Note that a panel listens no more."""
        with self._changed:
            self.watched -= 1

    @property
    def closed(self) -> bool:
        """Whether nothing more will be shown."""
        return self._closed

    def close(self) -> None:
        """Let all panels go."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


class Display:
    """Serves until it is closed."""

    def __init__(self, address: str, board: Board) -> None:
        """Listen at ``host:port``; raises BadConfigError where that cannot be."""
        host, _, port = address.rpartition(":")
        self._board = board
        try:
            self._http = _Server((host.strip("[]"), int(port)), _handler(board))
        except OSError as error:
            raise BadConfigError(f"display.address: cannot listen at {address}: {error}") from error
        threading.Thread(target=self._http.serve_forever, args=(1.0,), name="display", daemon=True).start()

    @property
    def port(self) -> int:
        """The port, where 0 was given."""
        return int(self._http.server_address[1])

    def close(self) -> None:
        """Listen no more."""
        self._board.close()
        self._http.shutdown()
        self._http.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False


def _in_script(content: bytes) -> bytes:
    """Return JSON that can stand inside a script element: nothing in it can end that."""
    return content.replace(b"<", b"\\u003c").replace(b">", b"\\u003e").replace(b"&", b"\\u0026")


def _handler(board: Board) -> type[BaseHTTPRequestHandler]:
    pages = {path: ((files(__package__) / "panel" / name).read_bytes(), kind) for path, (name, kind) in PAGES.items()}

    class Handler(BaseHTTPRequestHandler):
        timeout = 30.0

        def do_GET(self) -> None:  # the library's name
            host = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
            path = self.path.split("?", 1)[0]
            if host.strip("[]") not in LOCAL:  # a page of elsewhere that calls this machine by a name of its own
                self._answer(403, "text/plain; charset=utf-8", b"for this machine alone\n")
            elif path in pages:
                body, kind = pages[path]
                self._answer(200, kind, body.replace(FIRST, FIRST.replace(b"{}", _in_script(board.now()))))
            elif path == "/state":
                self._answer(200, "application/json", board.now())
            elif path == "/events":
                self._events()
            else:
                self._answer(404, "text/plain; charset=utf-8", b"no such page\n")

        def _events(self) -> None:
            if not board.joined():
                self._answer(503, "text/plain; charset=utf-8", b"too many panels\n")
                return
            try:
                self._head(200, "text/event-stream; charset=utf-8")
                self._push(board)
            except OSError:
                self.close_connection = True  # the panel is gone
            finally:
                board.left()

        def _push(self, board: Board) -> None:
            number = 0
            while not board.closed:
                number, content = board.after(number, BEAT_S)
                self.wfile.write(b"data: " + content + b"\n\n")

        def _answer(self, status: int, kind: str, body: bytes) -> None:
            self._head(status, kind, len(body))
            self.wfile.write(body)

        def _head(self, status: int, kind: str, length: int | None = None) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Security-Policy", POLICY)
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Cache-Control", "no-store")
            if length is not None:
                self.send_header("Content-Length", str(length))
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Stay quiet."""

    return Handler
