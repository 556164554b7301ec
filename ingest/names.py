"""Names and codes: one growing dictionary for a whole reading, and what belongs to its names, worked out once each."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    import polars as pl

S = TypeVar("S", bound=np.generic)
LOOK_ROWS: Final = 256
"""Rows of a column that tell whether it holds few names, again and again, or many."""


class PerName(Generic[S]):
    """A value for each name of a dictionary that only grows: a batch costs nothing for the names known before it."""

    def __init__(self, of: Callable[[Sequence[str]], ArrayLike], absent: S) -> None:
        """``of`` returns the values of some names in their order; ``absent`` is that of the code -1, no name."""
        self._of = of
        self._absent = absent
        self._names: Sequence[str] | None = None
        self._done = 0
        self._values = np.full(1, absent)

    def __call__(self, names: Sequence[str]) -> NDArray[S]:
        """Return the values by code, valid until the next call; further than the names there is only ``absent``.

        A dictionary is known by its identity: given again it is only looked at from its former end on.
        """
        if names is not self._names or len(names) < self._done:
            self._names, self._done = names, 0
            self._values = np.full(len(names) + 1, self._absent)
        if len(names) > self._done:
            if len(names) >= self._values.size:  # the last one stays absent, for the code -1
                more = np.full(2 * len(names) + 1 - self._done, self._absent)
                self._values = np.concatenate((self._values[: self._done], more))
            self._values[self._done : len(names)] = self._of(names[self._done :])
            self._done = len(names)
        return self._values


class Names:
    """A dictionary of names over a whole reading; codes and names only ever come to it."""

    def __init__(self) -> None:
        """Start with no names."""
        self._codes: dict[str, int] = {}
        self._names: list[str] = []
        self._forget_others()

    def __len__(self) -> int:
        return len(self._names)

    @property
    def all(self) -> Sequence[str]:
        """The names by code: one and the same list, which grows."""
        return self._names

    def encode_names(self, names: Sequence[str]) -> NDArray[np.int32]:
        """Return the code of each name of another dictionary, by its code there; -1 stays -1."""
        return self._translated(names)

    def recoded(self, names: Sequence[str], codes: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return codes into another dictionary as codes into this one; those into its own list are so already."""
        return codes if names is self._names else self.encode_names(names)[codes]

    def known(self, name: str) -> int:
        """Return the code of a name, -1 where it is not there."""
        return self._codes.get(name, -1)

    def restore(self, names: Sequence[str]) -> None:
        """Take over what stood in another dictionary; raises ValueError where other names have these codes already."""
        for code, name in enumerate(names):
            if self.one(name) != code:
                raise ValueError(f"the name '{name[:80]}' has another code here")

    def encode(self, column: pl.Series, absent: Container[str] = ()) -> NDArray[np.int32]:
        """Return the code of each name of a text column, blanks around it cut off.

        A null and what ``absent`` holds, in lower case, is -1.
        """
        if column.head(LOOK_ROWS).n_unique() > LOOK_ROWS // 4:  # a fleet: each name is looked up as it comes
            return np.array(self._coded(column.to_list(), absent), np.int32)
        import polars as pl  # here, since positions of a receiver come without tables, and a vehicle has little memory

        distinct = column.unique(maintain_order=True).drop_nulls()
        new = self._coded(distinct.to_list(), absent)
        if len(new) == 1:
            return np.where(column.is_null().to_numpy(), -1, new[0]).astype(np.int32)
        coded = column.replace_strict(distinct, pl.Series(new, dtype=pl.Int32), default=-1, return_dtype=pl.Int32)
        return coded.to_numpy()

    def _coded(self, names: Sequence[str | None], absent: Container[str]) -> list[Any]:
        new: list[Any] = list(map(self._codes.get, names))  # type: ignore[arg-type]  # None is no name
        if None in new:
            for i, given in enumerate(names):
                if new[i] is None:
                    name = (given or "").strip()
                    new[i] = -1 if given is None or name.lower() in absent else self.one(name)
        return new

    def one(self, name: str) -> int:
        """Return the code of a single name."""
        code = self._codes.setdefault(name, len(self._names))
        if code == len(self._names):
            self._names.append(name)
        return code

    def cut(self, size: int) -> None:
        """Forget the names from a code on; whoever has met one of them must not ask by its code any more."""
        for name in self._names[size:]:
            del self._codes[name]
        del self._names[size:]
        self._forget_others()

    def _forget_others(self) -> None:
        """Look names of other dictionaries up anew."""
        self._translated = PerName(lambda names: [self.one(n) for n in names], np.int32(-1))


def some_of(names: Mapping[str, list[str]], vehicles: ArrayLike, drivers: ArrayLike) -> dict[str, list[str]]:
    """Return the names of a saved state with some of its vehicles and drivers alone, given by their codes."""
    chosen = {"vehicles": np.asarray(vehicles), "drivers": np.asarray(drivers)}
    return {**names, **{name: [names[name][code] for code in codes.tolist()] for name, codes in chosen.items()}}


@dataclass(frozen=True, slots=True)
class Dictionaries:
    """All dictionaries of one reading."""

    vehicles: Names = field(default_factory=Names)
    drivers: Names = field(default_factory=Names)
    sources: Names = field(default_factory=Names)
