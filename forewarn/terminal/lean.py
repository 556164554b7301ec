"""Little memory: what a terminal does without, and what it lets go of once everything is loaded.

Most of the memory is that of numba, which loads the compiled rules by way of LLVM: 69 MB of libllvmlite are touched
while it does, and none afterwards. Those pages are let go of; they are those of the file, and come back from there
should anybody want them. With each function numba also reads its intermediate code, to build it into others, of which
here are none: 15 MB. ``docs/terminal.md`` has the figures.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import sys
from pathlib import Path
from typing import Final

NEEDLESS: Final = ("scipy",)
"""numba imports scipy for linear algebra, which the rules do not need: 15 MB."""
ARENAS: Final = 1
"""Heaps of the C library; each thread would have one of its own."""
M_ARENA_MAX: Final = -8
MADV_DONTNEED: Final = 4
"""From malloc.h and linux/mman.h."""
LIBRARY: Final = "libllvmlite"


def begin() -> None:
    """Do without what is needless; to be called before anything imports numba."""
    for name in NEEDLESS:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]  # importing it raises ImportError then
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError):  # not every C library has it
            ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)


def let_go() -> None:
    """Give back what nobody will need; to be called again and again during the start, so that memory peaks low.

    Nothing can be compiled afterwards that calls what is loaded: all must have been compiled before.
    """
    gc.collect()
    _forget_intermediate_code()
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None)
    with contextlib.suppress(AttributeError):
        libc.malloc_trim(0)
    for begin_at, length in _of_the_file_alone(LIBRARY):
        libc.madvise(ctypes.c_void_p(begin_at), ctypes.c_size_t(length), MADV_DONTNEED)


def settle() -> None:
    """Give back what was needed at start alone; what stays the collector of garbage need not walk over again."""
    let_go()
    gc.freeze()


def _forget_intermediate_code() -> None:
    """Forget the intermediate code of functions that are loaded.

    numba has no call for it; where it is not found under the name that it has in numba 0.68, it stays.
    """
    from numba.core.codegen import CodeLibrary

    for library in gc.get_objects():
        if isinstance(library, CodeLibrary):
            module = getattr(library, "_shared_module", None)
            if module is not None:
                module.close()
                vars(library)["_shared_module"] = None


def _of_the_file_alone(library: str) -> list[tuple[int, int]]:
    """Return the parts of a shared library that are what stands in its file: address and length.

    Nothing can write to them, and nothing has: the linker has put no addresses into them.
    """
    found = []
    part: tuple[int, int] | None = None
    for line in Path("/proc/self/smaps").read_text("utf-8", "replace").splitlines():
        fields = line.split(maxsplit=5)
        if "-" in fields[0] and len(fields) > 4:
            begin_at, end = (int(edge, 16) for edge in fields[0].split("-"))
            mine = len(fields) == 6 and library in fields[5].rpartition("/")[2] and "w" not in fields[1]
            part = (begin_at, end - begin_at) if mine else None
        elif part is not None and fields[0] == "Anonymous:":
            if fields[1] == "0":
                found.append(part)
            part = None
    return found


def resident_mb() -> float:
    """Return the resident memory of this process, MB; 0 where the system does not tell."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    return 0.0
