"""Memory of a process that serves: no garbage collection while it starts, and nothing held back from the system.

What a start loads stays, and each collection would walk all of it again. glibc gives each thread one of many pools of
memory, and keeps what was freed in each. Streamlit starts a thread for every run of a page, so a server would keep the
most that each pool ever held. Other C libraries have no such pools, and what is done about them does nothing there.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from typing import Final

_M_ARENA_MAX: Final = -8
"""``mallopt``'s name for the greatest number of pools, from malloc.h."""
_POOLS: Final = 2


def begin() -> None:
    """Bound the number of pools, and put garbage collection off; call it before threads are started."""
    gc.disable()
    library = _glibc()
    if library is not None:
        library.mallopt(_M_ARENA_MAX, _POOLS)


def give_back() -> None:
    """Give memory that is free back to the system, after much of it was used for a while."""
    gc.collect()
    library = _glibc()
    if library is not None:
        library.malloc_trim(0)


def is_settled() -> bool:
    """Return whether garbage is collected: not in a process that is still starting."""
    return gc.isenabled()


def settle() -> None:
    """Collect garbage from now on, but never walk what is there: it lives as long as the process."""
    give_back()
    gc.freeze()
    gc.enable()


def _glibc() -> ctypes.CDLL | None:
    """Return the C library if it is glibc."""
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "gnu_get_libc_version") and hasattr(library, "malloc_trim") else None
