"""Jobs that do not depend on each other, over some processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

_Given = TypeVar("_Given")
_Found = TypeVar("_Found")


def spread(job: Callable[[_Given], _Found], items: Sequence[_Given], workers: int) -> Iterator[_Found]:
    """Do a job on each item, and give what was found in the order of the items as soon as it is there.

    Parameters
    ----------
    job : callable
        With more than one worker it must be known by name to a fresh interpreter.
    items : sequence
    workers : int
        Processes.
    """
    if workers < 2 or len(items) < 2:
        yield from map(job, items)
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    # A fresh interpreter: libraries that hold threads do not survive a fork.
    with ProcessPoolExecutor(min(workers, len(items)), mp_context=get_context("spawn")) as pool:
        yield from pool.map(job, items)
