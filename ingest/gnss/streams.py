"""Where bytes of a receiver come from: gpsd's port, a serial port, a file or a named pipe. Each only reads.

``read`` waits for at most so long and returns what has come, nothing where nothing has. It raises OSError where the
stream is lost, and EOFError at the end of a file.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import stat
import time
from typing import Final, Protocol

from ingest.errors import BadOption

AT_ONCE: Final = 1 << 12
"""Bytes that are read at once."""
CONNECT_S: Final = 5.0
"""Longest wait for a connection, s."""
GATHER_S: Final = 0.05
"""Once a first byte has come from a serial port the rest of a burst is waited for so long, s: one waking for many."""


class Stream(Protocol):
    """An open stream."""

    patient: bool
    """Whether nothing may come for as long as it likes: silence is no fault of a pipe, but it is of a receiver."""

    def read(self, wait_s: float) -> bytes:
        """Return what has come."""

    def write(self, data: bytes) -> None:
        """Send something."""

    def close(self) -> None:
        """Let go of it."""


def host_port(address: str) -> tuple[str, int]:
    """Return host and port of ``host:port``; raises BadOption for what is none."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise BadOption(f"address: '{address}' is no host:port")
    return host.strip("[]"), int(port)


class Connection:
    """A TCP connection to ``host:port``."""

    patient = False

    def __init__(self, address: str, baud: int) -> None:  # noqa: ARG002  # every stream is opened alike
        """Connect; raises BadOption for what is no address, OSError where nobody answers."""
        self._socket = socket.create_connection(host_port(address), CONNECT_S)

    def read(self, wait_s: float) -> bytes:
        """Return what has come."""
        self._socket.settimeout(max(wait_s, 0.001))
        try:
            data = self._socket.recv(AT_ONCE)
        except TimeoutError:
            return b""
        if not data:
            raise ConnectionResetError("the other side has closed the connection")
        return data

    def write(self, data: bytes) -> None:
        """Send something."""
        self._socket.sendall(data)

    def close(self) -> None:
        """Close it."""
        self._socket.close()


class SerialPort:
    """A serial port with a receiver that speaks by itself."""

    patient = False

    def __init__(self, address: str, baud: int) -> None:
        """Open it, 8 data bits, no parity; raises OSError where that cannot be, BadOption for a rate that none has."""
        import serial  # here, since only this stream needs it

        try:
            self._port = serial.Serial(address, baud, timeout=0, exclusive=True)
        except ValueError as error:
            raise BadOption(f"baud: {error}") from error

    def read(self, wait_s: float) -> bytes:
        """Return what has come."""
        if not select.select([self._port.fileno()], [], [], max(wait_s, 0.0))[0]:
            return b""
        time.sleep(GATHER_S)
        data = bytes(self._port.read(AT_ONCE))
        if not data:
            raise OSError("the port is gone")  # ready to be read, and nothing to read: unplugged
        return data

    def write(self, data: bytes) -> None:
        """Send something."""
        self._port.write(data)

    def close(self) -> None:
        """Close it."""
        with contextlib.suppress(OSError):  # a port that is gone cannot be reset
            self._port.close()


class File:
    """A file, read to its end, or a named pipe, from which more may come as long as it stands."""

    patient = True

    def __init__(self, address: str, baud: int) -> None:  # noqa: ARG002  # every stream is opened alike
        """Open it; raises OSError."""
        self._address = address
        self._file = os.open(address, os.O_RDONLY | os.O_NONBLOCK)
        self._pipe = stat.S_ISFIFO(os.fstat(self._file).st_mode)

    def read(self, wait_s: float) -> bytes:
        """Return what has come."""
        if not self._pipe:
            data = os.read(self._file, AT_ONCE)
            if not data:
                raise EOFError(self._address)
            return data
        if not select.select([self._file], [], [], max(wait_s, 0.0))[0]:
            return b""
        data = os.read(self._file, AT_ONCE)
        if not data:  # whoever wrote has closed it, and ``select`` would return at once until somebody else opens it
            time.sleep(max(wait_s, 0.0))
        return data

    def write(self, data: bytes) -> None:
        """Do nothing: nobody reads."""

    def close(self) -> None:
        """Close it."""
        os.close(self._file)
