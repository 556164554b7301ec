"""How often a login may be tried: by an address, for a name, and by an address for a name. In memory.

Tries at another's login (OpenID Connect), which name nobody, count by address and apart: neither way locks the other.

A name alone is locked late, so that whoever knows a dispatcher's name cannot keep them out by wrong passwords from one
machine: that machine is locked first.
"""

from __future__ import annotations

import ipaddress
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from forewarn.console.people.accounts import name_of

IPV6_PREFIX: Final = 64
"""One household's or office's; each of its addresses would otherwise be another."""
MOST_KEYS: Final = 20_000
"""Of each kind: those not heard of for longest are forgotten first."""
MOST_NAME: Final = 64
"""Characters of a name that count."""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries at once, and another one each so often."""

    burst: int
    each_s: float


ADDRESS_AND_NAME: Final = Limit(5, 60.0)
ADDRESS: Final = Limit(20, 15.0)
"""A room of dispatchers behind one address logs in at the change of shift; of these, who succeed do not count."""
NAME: Final = Limit(50, 60.0)
ELSEWHERE: Final = Limit(20, 15.0)
"""By an address, of those who have logged in elsewhere."""


class Limits:
    """The tries that count; its methods may be called from several threads."""

    def __init__(self, wall_s: Callable[[], float], most_keys: int = MOST_KEYS) -> None:
        """By a clock, seconds."""
        self._wall_s, self._most = wall_s, most_keys
        self._lock = threading.Lock()
        self._tables: tuple[tuple[Limit, OrderedDict[str, float]], ...] = (
            (ADDRESS_AND_NAME, OrderedDict()),
            (ADDRESS, OrderedDict()),
            (NAME, OrderedDict()),
        )
        self._elsewhere: OrderedDict[str, float] = OrderedDict()

    def take(self, address: str, name: str | None) -> float:
        """Count a try, before the password is looked at: 0 where it may go on, else the seconds to wait.

        ``name`` None: they come from a login elsewhere.

        One that has to wait does not count, so that waiting helps.
        """
        now = self._wall_s()
        with self._lock:
            keyed = self._keyed(address, name)
            wait_s = max(self._wait_s(limit, table, key, now) for limit, table, key in keyed)
            if wait_s > 0:
                return wait_s
            for limit, table, key in keyed:
                table[key] = max(table.get(key, now), now) + limit.each_s
                table.move_to_end(key)
                while len(table) > self._most:
                    table.popitem(last=False)
        return 0.0

    def forgive(self, address: str, name: str | None) -> None:
        """Take the try back that has succeeded, and those before it by that address for that name."""
        with self._lock:
            for limit, table, key in self._keyed(address, name):
                if limit is ADDRESS_AND_NAME:
                    table.pop(key, None)
                elif key in table:
                    table[key] -= limit.each_s

    def _wait_s(self, limit: Limit, table: OrderedDict[str, float], key: str, now: float) -> float:
        # kept is the moment at which all tries are free again; each takes `each_s` of it (GCRA, ITU-T I.371)
        if key not in table:
            return 0.0
        # a clock that was put back must not lock for longer than a full burst
        table[key] = min(table[key], now + limit.burst * limit.each_s)
        return max(0.0, table[key] - now - (limit.burst - 1) * limit.each_s)

    def _keyed(self, address: str, name: str | None) -> list[tuple[Limit, OrderedDict[str, float], str]]:
        whence = network_of(address)
        if name is None:
            return [(ELSEWHERE, self._elsewhere, whence)]
        whom = name_of(name)[:MOST_NAME]
        keys = (f"{whence} {whom}", whence, whom)
        return [(limit, table, key) for (limit, table), key in zip(self._tables, keys, strict=True)]


def network_of(address: str) -> str:
    """Return what counts as one address: of IPv6 its network, and the text itself where it is no address."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address[:MOST_NAME]
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((int(ip), IPV6_PREFIX), strict=False))
    return str(ip)
