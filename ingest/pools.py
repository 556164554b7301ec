"""Pools: rows that only few vehicles need, taken within a fold and given back when they say nothing any more.

A row of a pool begins with ``next``, the next free row. Row 0 is never taken: it is what a row is like that nobody has,
for whoever has none to read, and for a row just taken.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

_OPTIONS: Final[dict[str, Any]] = {"cache": True, "nogil": True, "_nrt": False}
"""As in ``alerts.kernel``: nothing here makes a table."""
SPARE: Final = 256
"""Rows that a pool has to spare at the start."""


class Pool(NamedTuple):
    """Rows that are chained by whoever takes them."""

    rows: NDArray[Any]
    """Records; row 0 is never used."""
    ends: NDArray[np.int64]
    """Three numbers: first free row or 0, rows ever used, rows in use."""


class Pooled(NamedTuple):
    """Rows of which each vehicle (or whoever it is) has one or none."""

    of: NDArray[np.int32]
    """Whose row is which; 0 or less for none."""
    rows: NDArray[Any]
    """As in ``Pool``."""
    ends: NDArray[np.int64]
    """As in ``Pool``."""


@njit(**_OPTIONS)
def take(pool: Any) -> int:
    """Return a row that nobody has, for the caller; there must be room for it."""
    k = pool.ends[0]
    if k != 0:
        pool.ends[0] = pool.rows[k].next
    else:
        pool.ends[1] += 1
        k = pool.ends[1]
    pool.ends[2] += 1
    pool.rows[k] = pool.rows[0]
    return k


@njit(**_OPTIONS)
def give_back(pool: Any, k: int) -> None:
    """Give a row back; what stood in it is gone."""
    pool.rows[k] = pool.rows[0]
    pool.rows[k].next = pool.ends[0]
    pool.ends[0] = k
    pool.ends[2] -= 1


@njit(**_OPTIONS, forceinline=True)
def at(pooled: Any, who: int) -> int:
    """Return the row that somebody has, 0 for none: to read from."""
    return max(pooled.of[who], 0)


@njit(**_OPTIONS)
def own(pooled: Any, who: int) -> int:
    """Return the row that somebody has, taking one where he has none: to write to."""
    k = pooled.of[who]
    if k <= 0:
        k = take(pooled)
        pooled.of[who] = k
    return k


@njit(**_OPTIONS)
def let_go(pooled: Any, who: int) -> None:
    """Give back the row that somebody has, if he has one."""
    k = pooled.of[who]
    if k > 0:
        give_back(pooled, k)
        pooled.of[who] = 0


@njit(**_OPTIONS, forceinline=True)
def left(pool: Any) -> int:
    """Return how many more rows there is room for at least."""
    return pool.rows.size - 1 - pool.ends[1]


def grown(table: NDArray[Any], rows: int, like: NDArray[Any]) -> NDArray[Any]:
    """Return the table itself if it has at least ``rows`` rows, else a larger copy, filled up with ``like``.

    It grows by a quarter at least, so that what stands empty is never much.
    """
    if table.shape[0] >= rows:
        return table
    bigger = np.empty((max(rows, table.shape[0] * 5 // 4), *table.shape[1:]), table.dtype)
    bigger[: table.shape[0]] = table
    bigger[table.shape[0] :] = like
    return bigger


def roomy(pool: Any, more: int) -> Any:
    """Return the Pool or Pooled with room for ``more`` rows."""
    used = int(pool.ends[1]) + 1
    if used + more <= pool.rows.size:
        return pool
    return pool._replace(rows=grown(pool.rows, used + more, pool.rows[0]))


def pooled(like: NDArray[Any], who: int) -> Pooled:
    """Return rows like the only one of ``like``, which ``who`` may take and nobody has yet."""
    return Pooled(np.zeros(who, np.int32), np.repeat(like, SPARE), np.zeros(3, np.int64))


def seated(pool: Pooled, who: int) -> Pooled:
    """Return it for at least ``who`` to take rows from."""
    return pool if pool.of.size >= who else pool._replace(of=grown(pool.of, who, np.zeros((), np.int32)))


def tables_of(name: str, pool: Pooled, who: int) -> dict[str, NDArray[Any]]:
    """Return the tables of which it consists, by their names in a saved state; views."""
    return {name: pool.of[:who], **rows_of(name, pool)}


def rows_of(name: str, pool: Any) -> dict[str, NDArray[Any]]:
    """Return the tables of the rows alone."""
    return {f"{name}_rows": pool.rows[: int(pool.ends[1]) + 1], f"{name}_ends": pool.ends}


def gathered(rows: NDArray[Any], of: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[Any], NDArray[np.int64]]:
    """Return those rows of a pool that some have, as ``Pooled``: whose is which then, the rows, and their ends."""
    has = np.flatnonzero(of > 0)
    taken = np.empty(has.size + 1, rows.dtype)
    taken[0], taken[1:] = rows[0], rows[of[has]]
    of = of.copy()
    of[has] = np.arange(1, has.size + 1)
    return of, taken, np.array([0, has.size, has.size], np.int64)


def added(pool: Any, rows: NDArray[Any], of: NDArray[np.int32]) -> tuple[Any, NDArray[np.int32]]:
    """Return the Pool or Pooled with ``gathered`` rows of another besides its own, and whose is which here."""
    count = rows.size - 1
    pool = roomy(pool, count)
    used = int(pool.ends[1])
    pool.rows[used + 1 : used + 1 + count] = rows[1:]
    pool.ends[1:] += count
    return pool, np.where(of > 0, of + np.int32(used), of)


def picked(name: str, tables: dict[str, NDArray[Any]], who: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """Return the tables of a Pooled of a saved state for some alone, each by its number in ``who``."""
    of, rows, ends = gathered(tables[f"{name}_rows"], tables[name][who])
    return {name: of, f"{name}_rows": rows, f"{name}_ends": ends}


def joined(name: str, pool: Pooled, who: NDArray[Any], tables: dict[str, NDArray[Any]]) -> Pooled:
    """Return it with ``picked`` tables besides; ``who`` they belong to has a seat here, and no row yet."""
    pool, of = added(pool, tables[f"{name}_rows"], tables[name])
    pool.of[who] = of
    return pool


def numbered(chosen: NDArray[Any], of: int) -> NDArray[np.int32]:
    """Return for each number below ``of`` its place among the chosen ones, -1 where it is none; and -1 for -1."""
    place = np.full(of + 1, -1, np.int32)
    place[chosen] = np.arange(chosen.size, dtype=np.int32)
    return place


def put_rows(name: str, pool: Any, tables: dict[str, NDArray[Any]], more: int) -> Any:
    """Return it with rows of a saved state instead of its own, and room for ``more``; KeyError where they lack."""
    return roomy(pool._replace(rows=tables[f"{name}_rows"], ends=tables[f"{name}_ends"]), more)
