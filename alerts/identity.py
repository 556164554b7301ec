"""Ids of records: the same input gives the same id on every run and machine.

An id is the hash of what it identifies: kind, vehicle, driver, segment, start. Each name goes in as a digest of fixed
length, so that names cannot run into each other, and a name is digested once however many records it has.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import xxhash
from numpy.typing import NDArray

from alerts.tables import grown

DIGEST: Final = np.dtype("V16")
_KEY: Final = np.dtype(
    [("kind", DIGEST), ("vehicle", DIGEST), ("driver", DIGEST), ("segment", DIGEST), ("started_ms", "<i8")]
)
ID_DIGITS: Final = 20
"""Hexadecimal digits of an id: two of a billion records share one with a chance of a millionth."""


def digest(name: str | None) -> bytes:
    """Return the digest of a name; zeros, which no name has, for none."""
    if name is None:
        return bytes(DIGEST.itemsize)
    return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=DIGEST.itemsize).digest()


def digests(names: Sequence[str | None]) -> NDArray[Any]:
    """Return the digest of each name."""
    return np.frombuffer(b"".join(map(digest, names)), DIGEST)


class Digests:
    """The digests of a list of names that grows, each made when it is first asked for."""

    def __init__(self) -> None:
        """Know none."""
        self._digests = np.zeros(1, DIGEST)
        self._place = np.zeros(0, np.int32)
        self._count = 0

    def of(self, rows: NDArray[Any], names: Sequence[str | None]) -> NDArray[Any]:
        """Return the digest of the name at each row of ``names``, which may have grown since but not changed."""
        self._place = grown(self._place, len(names))
        fresh = np.unique(rows[self._place[rows] == 0])
        if fresh.size:
            self._place[fresh] = self._count + 1 + np.arange(fresh.size)
            self._digests = grown(self._digests, self._count + 1 + fresh.size)
            self._digests[self._place[fresh]] = digests([names[row] for row in fresh.tolist()])
            self._count += fresh.size
        return self._digests[self._place[rows]]


class Identities(NamedTuple):
    """The ids of records, and numbers that stand in their order."""

    ids: list[str]
    rank: NDArray[np.uint64]
    """The first 16 digits of each id, by which ids are ordered without comparing texts."""


def identities(
    kind: NDArray[Any],
    vehicle: NDArray[Any],
    driver: NDArray[Any],
    segment: NDArray[Any],
    started_ms: NDArray[np.int64],
) -> Identities:
    """Return ``record_id`` of each row, given the digests of its names."""
    keys = np.empty(started_ms.size, _KEY)
    columns = (kind, vehicle, driver, segment, started_ms)
    for name, column in zip(_KEY.names or (), columns, strict=True):
        keys[name] = column
    hashed = b"".join(map(xxhash.xxh3_128_digest, keys.view(f"V{_KEY.itemsize}").tolist()))
    digits = hashed.hex()
    ids = [digits[at : at + ID_DIGITS] for at in range(0, len(digits), 2 * DIGEST.itemsize)]
    return Identities(ids, np.frombuffer(hashed, ">u8")[::2])


def record_id(kind: str, vehicle: str, driver: str | None, segment: str | None, started_ms: int) -> str:
    """Return the id of an alert or passage."""
    names = digests([kind, vehicle, driver, segment])
    return identities(names[:1], names[1:2], names[2:3], names[3:], np.array([started_ms], np.int64)).ids[0]
