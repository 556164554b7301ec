"""One question to the server of segments: anything newer than this? By HTTP, with ETag and Last-Modified.

The answer is bounded in size and time, packed or not, and comes from the scheme that was asked, or a safer one.
"""

from __future__ import annotations

import http.client
import ssl
import time
import urllib.error
import urllib.request
import zlib
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import urlsplit

import msgspec

AT_ONCE: Final = 1 << 16
"""Bytes that are read at once."""
STEP_S: Final = 20.0
"""Longest wait for the next bytes, s."""
LONGEST_MARK: Final = 512
"""A mark of more characters is none."""


class PullError(Exception):
    """Nothing could be pulled; the message says why."""


class Marks(msgspec.Struct, frozen=True):
    """How the server knows the version that is here again."""

    etag: str | None = None
    modified: str | None = None


class _SafeRedirects(urllib.request.HTTPRedirectHandler):
    """Follows no way from https to anything else."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        """Return the request to follow."""
        if urlsplit(newurl).scheme not in (("https",) if req.type == "https" else ("http", "https")):
            raise urllib.error.URLError(f"it redirects to {newurl[:200]}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class Server:
    """One address."""

    def __init__(
        self, url: str, *, timeout_s: float, most_bytes: int, token: str | None = None, ca_file: str | None = None
    ) -> None:
        """Note how it is to be asked; raises OSError where ``ca_file`` cannot be read."""
        self._url, self._timeout_s, self._most = url, timeout_s, most_bytes
        self._token = token
        context = ssl.create_default_context(cafile=ca_file)
        https = urllib.request.HTTPSHandler(context=context)
        self._opener = urllib.request.build_opener(_SafeRedirects, https)

    def fetch(self, marks: Marks, into: Path) -> Marks | None:
        """Write what is newer than the version of these marks into a file, and return its own marks; None for nothing.

        Raises PullError, and OSError where the file cannot be written; what it holds then is of no use.
        """
        request = urllib.request.Request(self._url, headers={"Accept-Encoding": "gzip"})  # noqa: S310  # http(s) alone
        if self._token is not None:
            # for the server that was named alone
            request.add_unredirected_header("Authorization", f"Bearer {self._token}")
        if marks.etag is not None:
            request.add_header("If-None-Match", marks.etag)
        if marks.modified is not None:
            request.add_header("If-Modified-Since", marks.modified)
        until_s = time.monotonic() + self._timeout_s
        try:
            with self._opener.open(request, timeout=min(self._timeout_s, STEP_S)) as answer:
                if answer.status != http.HTTPStatus.OK:
                    raise PullError(f"{self._url}: answered {answer.status}")
                self._save(answer, until_s, into)
                return Marks(_mark(answer, "ETag"), _mark(answer, "Last-Modified"))
        except urllib.error.HTTPError as error:
            with error:
                if error.code == http.HTTPStatus.NOT_MODIFIED:
                    return None
            raise PullError(f"{self._url}: answered {error.code}") from error
        except _DiskError as error:
            raise OSError(str(error)) from error
        except (OSError, http.client.HTTPException, zlib.error) as error:
            reason = getattr(error, "reason", None) or error
            raise PullError(f"{self._url}: {reason or type(error).__name__}") from error

    def _save(self, answer: http.client.HTTPResponse, until_s: float, into: Path) -> None:
        packed = (answer.headers.get("Content-Encoding") or "").lower() == "gzip"
        unpacker = zlib.decompressobj(wbits=31)
        read = written = 0
        with _opened(into) as out:
            while piece := answer.read1(AT_ONCE):
                read += len(piece)
                piece = unpacker.decompress(piece, self._most + 1 - written) if packed else piece
                written += len(piece)
                if written > self._most:
                    raise PullError(f"{self._url}: it is larger than {self._most / 1e6:g} MB")
                if time.monotonic() > until_s:
                    raise PullError(f"{self._url}: not done in {self._timeout_s:g} s")
                _write(out, piece)
        length = answer.headers.get("Content-Length")
        if (length is not None and length.isdecimal() and read < int(length)) or (packed and not unpacker.eof):
            raise PullError(f"{self._url}: broke off after {read} bytes")


class _DiskError(Exception):
    """A file that cannot be written: no fault of the server's."""


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("wb")
    except OSError as error:
        raise _DiskError(str(error)) from error


def _write(out: IO[bytes], piece: bytes) -> None:
    try:
        out.write(piece)
    except OSError as error:
        raise _DiskError(str(error)) from error


def _mark(answer: http.client.HTTPResponse, name: str) -> str | None:
    """Return a header that is to be sent back as it is; None where there is none, or where it is no such."""
    value = answer.headers.get(name)
    if value is None or len(value) > LONGEST_MARK or not value.isascii() or not value.isprintable():
        return None
    return str(value)
