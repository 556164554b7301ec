"""The partition that a vehicle belongs to: Kafka's default partitioner, murmur2 of the key, for many names at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray


def partitions_of(names: Sequence[str], count: int) -> NDArray[np.int32]:
    """Return the partition, 0 to ``count`` - 1, to which Kafka's default partitioner sends the key of each name."""
    keys = [name.encode("utf-8", "replace") for name in names]
    ends = np.fromiter(accumulate(map(len, keys)), np.int64, len(keys))
    return _partitions(np.frombuffer(b"".join(keys), np.uint8), ends, count)


@njit(cache=True, nogil=True)
def _partitions(data: NDArray[np.uint8], ends: NDArray[np.int64], count: int) -> NDArray[np.int32]:
    """Hash the keys that lie in ``data`` one behind the other; ``ends`` tells where each one ends."""
    out = np.empty(ends.size, np.int32)
    start = 0
    for row in range(ends.size):
        out[row] = (_murmur2(data, start, ends[row]) & 0x7FFFFFFF) % count
        start = ends[row]
    return out


@njit(cache=True, nogil=True)
def _murmur2(data: Any, start: Any, end: Any) -> Any:
    """Return the hash of ``org.apache.kafka.common.utils.Utils.murmur2``, 32 bits."""
    mask: Any = np.int64(0xFFFFFFFF)
    mix: Any = np.int64(0x5BD1E995)
    h: Any = np.int64(0x9747B28C) ^ (end - start)
    at = start
    while end - at >= 4:
        k: Any = np.int64(0)
        for byte in range(3, -1, -1):
            k = k << 8 | np.int64(data[at + byte])
        k = (k * mix) & mask
        k = ((k ^ (k >> 24)) * mix) & mask
        h = ((h * mix) & mask) ^ k
        at += 4
    if at < end:
        for byte in range(end - at):
            h ^= np.int64(data[at + byte]) << (8 * byte)
        h = (h * mix) & mask
    h = ((h ^ (h >> 13)) * mix) & mask
    return h ^ (h >> 15)
