"""A file as unpacked bytes or as blocks of whole text lines in UTF-8, whatever it is packed or encoded in."""

from __future__ import annotations

import bz2
import codecs
import gzip
import lzma
import zlib
from collections.abc import Callable, Iterator
from io import BufferedReader
from pathlib import Path
from typing import Final

from ingest.errors import BadOption, UnreadableFile
from ingest.positions import Reject

HEAD_BYTES: Final = 1 << 16
"""What is looked at to tell a file's packing, encoding, format and columns."""
LONGEST_LINE: Final = 64 << 20
"""A line longer than this is no line of text."""

Unpacked = BufferedReader | gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile

_PACKED: Final[dict[bytes, Callable[[BufferedReader], Unpacked]]] = {
    b"\x1f\x8b": lambda raw: gzip.GzipFile(fileobj=raw),
    b"BZh": lambda raw: bz2.BZ2File(raw),
    b"\xfd7zXZ": lambda raw: lzma.LZMAFile(raw),  # noqa: SIM115  # reads from a file that its caller closes
}
_FOREIGN: Final = {
    b"\x28\xb5\x2f\xfd": "packed with zstd; unpack it first",
    b"PK\x03\x04": "a ZIP archive or a spreadsheet; unpack it, or save the sheet as CSV",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet; save the sheet as CSV",
}
_MARKS: Final = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_PACKING_ERRORS: Final = (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile)


class Source:
    """One file to be read. Nothing is held open between calls."""

    def __init__(
        self,
        path: Path,
        *,
        block_bytes: int,
        encoding: str | None = None,
        on_reject: Callable[[Reject], None],
        progress: Callable[[int], None] | None = None,
    ) -> None:
        """Look at the head of ``path``; raise UnreadableFile where that cannot be read."""
        self.path = path
        self.block_bytes = block_bytes
        self.on_reject = on_reject
        self.progress = progress
        if not path.exists():
            raise UnreadableFile(f"{path}: there is no such file")
        if path.is_dir():
            raise UnreadableFile(f"{path}: is a folder; name the files in it")
        try:
            with path.open("rb") as raw:
                start = raw.read(8)
                raw.seek(0)
                for magic, what in _FOREIGN.items():
                    if start.startswith(magic):
                        raise UnreadableFile(f"{path}: is {what}")
                self._unpack = next((f for magic, f in _PACKED.items() if start.startswith(magic)), None)
                head = self._head(raw)
        except OSError as error:
            raise UnreadableFile(f"{path}: cannot be read: {error.strerror or error}") from error
        if not head:
            raise UnreadableFile(f"{path}: is empty")
        self.head_bytes = head
        self.encoding = encoding or _encoding(head)
        try:
            self.head = codecs.getincrementaldecoder(self.encoding)("replace").decode(head)
        except LookupError as error:
            raise BadOption(f"character encoding '{self.encoding}' is not known") from error

    @property
    def name(self) -> str:
        """The file's name, as it was given."""
        return str(self.path)

    @property
    def stem(self) -> str:
        """The file's name without folder and suffixes: the vehicle, where the file does not name one."""
        return self.path.name.split(".")[0] or self.path.name

    @property
    def size(self) -> int:
        """Bytes of the content: as on disk, or for a packed file an estimate, text packing to about a sixth."""
        return self.path.stat().st_size * (6 if self._unpack else 1)

    def reject(self, reason: str, line: int, detail: str) -> None:
        """Report a bad line of this file."""
        self.on_reject(Reject(reason, self.name, line, detail[:200]))

    def report(self, read: int) -> None:
        """Report bytes that a format read from disk by a way of its own."""
        if self.progress is not None and read > 0:
            self.progress(read)

    def silent(self) -> Source:
        """Return the same file as a source that reports neither rejects nor progress, for a look beforehand."""
        return Source(self.path, block_bytes=self.block_bytes, encoding=self.encoding, on_reject=lambda _: None)

    def blocks(self) -> Iterator[bytes]:
        """Yield the unpacked bytes in blocks; a file cut short or damaged in its packing is reported and ends there."""
        with self.path.open("rb") as raw:
            told = 0
            for block in self._pieces(raw):
                if self.progress is not None and (at := raw.tell()) > told:
                    self.progress(at - told)
                    told = at
                yield block

    def _pieces(self, raw: BufferedReader) -> Iterator[bytes]:
        stream = self._unpack(raw) if self._unpack else raw
        while True:
            pieces, size = [], 0
            try:
                while size < self.block_bytes and (piece := stream.read1(self.block_bytes - size)):
                    pieces.append(piece)
                    size += len(piece)
            except _PACKING_ERRORS as error:
                yield b"".join(pieces)
                self.reject("truncated", 0, f"the packed file is cut short or damaged here and ends: {error}")
                return
            except OSError as error:
                raise UnreadableFile(f"{self.path}: cannot be read on: {error}") from error
            if not pieces:
                return
            yield b"".join(pieces)

    def text(self) -> Iterator[bytes]:
        """Yield the content in blocks of UTF-8 without a byte order mark; borders fall anywhere."""
        if self.encoding in ("utf-8", "ascii"):
            yield from self.blocks()
            return
        try:
            decoder = codecs.getincrementaldecoder(self.encoding)("replace")
        except LookupError as error:
            raise BadOption(f"character encoding '{self.encoding}' is not known") from error
        for block in self.blocks():
            if text := decoder.decode(block):
                yield text.encode()

    def line_blocks(self) -> Iterator[tuple[bytes, int, int]]:
        """Yield blocks of whole lines in UTF-8, ending with a newline; number of the first line from 1; lines.

        A line that is not valid UTF-8 in a file that seemed to be is rejected as ``bad_encoding`` and left empty.
        """
        rest = b""
        line = 1
        for text in self.text():
            cut = text.rfind(b"\n") + 1
            if cut == 0:
                rest += text
                if len(rest) > LONGEST_LINE:
                    raise UnreadableFile(f"{self.path}: line {line} is over {LONGEST_LINE >> 20} MB long: no text")
                continue
            block, rest = rest + text[:cut], text[cut:]
            count = block.count(b"\n")
            yield self._checked(block, line), line, count
            line += count
        if rest:
            yield self._checked(rest + b"\n", line), line, 1

    def _checked(self, block: bytes, line: int) -> bytes:
        try:
            block.decode()
        except UnicodeDecodeError:
            good = block.split(b"\n")
            for i, text in enumerate(good):
                try:
                    text.decode()
                except UnicodeDecodeError as error:
                    self.reject("bad_encoding", line + i, f"not {self.encoding}: {text[:60]!r}: {error.reason}")
                    good[i] = b""
            return b"\n".join(good)
        return block

    def _head(self, raw: BufferedReader) -> bytes:
        stream = self._unpack(raw) if self._unpack else raw
        try:
            return stream.read(HEAD_BYTES)
        except _PACKING_ERRORS:
            # So short a packed file breaks within its head: take what comes out byte by byte.
            raw.seek(0)
            return _drained(self._unpack(raw) if self._unpack else raw)


def _drained(stream: Unpacked) -> bytes:
    out = bytearray()
    try:
        while byte := stream.read(1):
            out += byte
    except _PACKING_ERRORS:
        return bytes(out)
    return bytes(out)


def _encoding(head: bytes) -> str:
    for mark, name in _MARKS.items():
        if head.startswith(mark):
            return name
    for name in ("utf-8", "gb18030"):
        try:
            codecs.getincrementaldecoder(name)().decode(head)
        except UnicodeDecodeError:
            continue
        return name
    return "utf-8"
