"""One thread a question: on a small or busy machine more of them make the slowest answers many times slower."""

from __future__ import annotations

from threadpoolctl import threadpool_limits


def use_one_thread() -> None:
    """Keep numpy's and FAISS's arithmetic to the calling thread, for the rest of the process.

    Affects the libraries that are loaded; call it after the imports of what will compute.
    """
    threadpool_limits(limits=1)
