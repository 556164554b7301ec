"""A receiver that is read for as long as the program runs: opened, and opened again whenever it is lost."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from ingest.gnss.fix import Fix
from ingest.gnss.streams import Stream

AGAIN_S: Final = 2.0
"""Time from one try to open it to the next, s."""
SILENT_S: Final = 30.0
"""A stream from which nothing comes for so long is opened anew, s: a port may be another device's by now."""
BURST_S: Final = 0.15
"""A receiver that has been silent for so long has said all of a moment, s: ten characters at 1,200 baud take 0.08."""


class Decoder(Protocol):
    """Bytes in, fixes out."""

    @property
    def greeting(self) -> bytes:
        """What a receiver of this kind is to be sent at first."""

    @property
    def pending(self) -> bool:
        """Whether a fix waits for further bytes, or for ``idle``."""

    @property
    def satellites(self) -> int | None:
        """How many satellites are used; None where that is not known."""

    def feed(self, data: bytes) -> list[Fix]:
        """Return the fixes that are whole by now."""

    def idle(self) -> list[Fix]:
        """Return the fix that waits: the receiver has fallen silent for now."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of receiver."""

    stream: Callable[[str, int], Stream]
    """Opens where its bytes come from, given address and baud."""
    decoder: Callable[[Counter[str]], Decoder]
    """Makes what reads them, given where it counts what it does not use."""


class Receiver:
    """One receiver; for one thread."""

    def __init__(self, kind: Kind, address: str, baud: int = 9600) -> None:
        """Note what is to be read; it is opened at the first ``read``."""
        self.counts: Counter[str] = Counter()
        """Bytes that became no fix: messages by reason."""
        self.fault: str | None = None
        """Why it cannot be read, in words; None where it can."""
        self.ended = False
        """Whether it was a file, and has been read to its end."""
        self._kind, self._address, self._baud = kind, address, baud
        self._stream: Stream | None = None
        self._decoder = kind.decoder(self.counts)
        self._tried_s = -AGAIN_S
        self._heard_s = 0.0

    @property
    def satellites(self) -> int | None:
        """How many satellites are used; None where that is not known."""
        return self._decoder.satellites

    def read(self, wait_s: float) -> list[Fix]:
        """Return the fixes that have come, after waiting for at most so long; none where it cannot be read.

        Raises BadOption for an address that is none.
        """
        stream = self._opened()
        if stream is None:
            time.sleep(min(wait_s, AGAIN_S))
            return []
        try:
            data = stream.read(min(wait_s, BURST_S) if self._decoder.pending else wait_s)
        except EOFError:
            self.ended = True
            self._lose(None)
            return self._decoder.idle()
        except OSError as error:
            self._lose(str(error))
            return []
        if data:
            self._heard_s = time.monotonic()
            return self._decoder.feed(data)
        if not stream.patient and time.monotonic() > self._heard_s + SILENT_S:
            self._lose(f"nothing has come from {self._address} for {SILENT_S:.0f} s")
        return self._decoder.idle()

    def close(self) -> None:
        """Let go of it."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _opened(self) -> Stream | None:
        if self._stream is None and not self.ended and time.monotonic() >= self._tried_s + AGAIN_S:
            self._tried_s = self._heard_s = time.monotonic()
            try:
                self._stream = self._kind.stream(self._address, self._baud)
                self._decoder = self._kind.decoder(self.counts)
                if self._decoder.greeting:
                    self._stream.write(self._decoder.greeting)
                self.fault = None
            except OSError as error:
                self._lose(f"{self._address}: {error.strerror or error}")
        return self._stream

    def _lose(self, fault: str | None) -> None:
        if fault is not None:
            self.fault = fault
            self.counts["lost"] += 1
        self.close()
