"""How the functions of the fold are compiled: by numba, kept on disk, and without counting references.

They read and write tables that the engine holds and make none of their own, so that no reference can be lost; numba
would count one at every use of a table, which took a third to a half of their time (docs/performance.md).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from numba import njit

_OPTIONS: Final[dict[str, Any]] = {"cache": True, "nogil": True, "_nrt": False}
Function = TypeVar("Function", bound=Callable[..., Any])


def kernel(function: Function) -> Function:
    """Compile a function of the fold when it is first called; one that allocates does not compile."""
    compiled: Function = njit(**_OPTIONS)(function)
    return compiled


def inlined(function: Function) -> Function:
    """Compile a function of the fold into its callers: what every fix goes through.

    A call hands every array of the state over in seven words; three such calls a fix took as long as half of the fold.
    """
    compiled: Function = njit(**_OPTIONS, forceinline=True)(function)
    return compiled
