"""The standard's encryption of bodies: bytes XOR a sequence of pseudo-random ones, so that it undoes itself.

    key = IA1 * (key mod M1) + IC1      32 bits without sign, for each byte
    byte ^= bits 20 to 27 of key

Upper and lower platform agree on M1, IA1 and IC1; the first key, 0 counting as 1, stands in the frame's header. It
keeps nobody out who has a few frames: secrecy is a matter of the network.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

MOST_KEYS: Final = 64
"""Keys of which the sequence is remembered; a platform mostly uses one."""
LONGEST_KEPT: Final = 1 << 16
"""Bytes of a sequence that are remembered."""
_WORD: Final = 0xFFFFFFFF


class Cipher:
    """Encrypts and decrypts bodies between two platforms."""

    def __init__(self, m1: int, ia1: int, ic1: int) -> None:
        """Take the figures agreed on, 0 to 2**32 - 1; raises ValueError for others. An ``m1`` of 0 counts as 1."""
        for name, figure in (("m1", m1), ("ia1", ia1), ("ic1", ic1)):
            if not 0 <= figure <= _WORD:
                raise ValueError(f"{name} must be from 0 to {_WORD}")
        self._m1, self._ia1, self._ic1 = m1 or 1, ia1, ic1
        self._known: OrderedDict[int, bytes] = OrderedDict()

    def apply(self, key: int, body: bytes) -> bytes:
        """Return a body encrypted, or an encrypted one decrypted."""
        if not body:
            return body
        sequence = self._sequence(key, len(body))
        return (int.from_bytes(body, "big") ^ int.from_bytes(sequence, "big")).to_bytes(len(body), "big")

    def _sequence(self, key: int, size: int) -> bytes:
        known = self._known.get(key, b"")
        if len(known) < size:
            known = self._made(key, max(size, min(2 * size, LONGEST_KEPT)))
            self._known[key] = known[:LONGEST_KEPT]
            if len(self._known) > MOST_KEYS:
                self._known.popitem(last=False)
        self._known.move_to_end(key)
        return known[:size]

    def _made(self, key: int, size: int) -> bytes:
        key = key or 1
        made = bytearray(size)
        for k in range(size):
            key = self._ia1 * (key % self._m1) + self._ic1 & _WORD
            made[k] = key >> 20 & 0xFF
        return bytes(made)
