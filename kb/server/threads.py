"""Threads for what may wait for the database, so that nothing else waits with it; and the turns of all threads."""

from __future__ import annotations

import asyncio
import contextvars
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, TypeVar

T = TypeVar("T")

_FEW: Final = ThreadPoolExecutor(max_workers=8, thread_name_prefix="database")
"""Pages and assets have forty threads of their own."""


_LOCK_SECONDS: Final = 0.0005
"""How long a thread keeps Python's lock while others want it. A question lets go of it for the encoder, and with 5 ms,
which is usual, waits that long for each other thread when it wants it back (``make load``: a quarter fewer answers)."""


def pass_the_lock_on() -> None:
    """Have the threads of this process take shorter turns; for processes that serve."""
    sys.setswitchinterval(_LOCK_SECONDS)


async def in_few_threads(work: Callable[..., T], *arguments: object) -> T:
    r"""Run what writes to the database in one of a few threads, in the context of the request.

    A database that another program holds answers late. What waits for it then takes these threads, and not those of
    the pages.

    :param work: Called in a thread.
    :param \*arguments: Handed to it.
    :return: What it returns.
    """
    call = partial(contextvars.copy_context().run, work, *arguments)
    return await asyncio.get_running_loop().run_in_executor(_FEW, call)
