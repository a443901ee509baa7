"""Flat arrays of unequal lists: cutting, finding and thinning them in bounded memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

BLOCK = 1 << 20
_In = TypeVar("_In")
_Out = TypeVar("_Out")


def mapped(work: Callable[[_In], _Out], tasks: Iterable[_In]) -> Iterator[_Out]:
    """Do the tasks on all cores and give the results in order.

    Every task has its own stream of random numbers, so the number of cores changes nothing. NumPy lets go of the
    interpreter while it draws, sorts and searches, so threads are enough.
    """
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(work, tasks)


def blocks(count: int, size: int = BLOCK) -> list[tuple[int, int]]:
    """Cut a range into blocks of a fixed size, which bounds memory and fixes the streams of random numbers."""
    return [(a, min(a + size, count)) for a in range(0, count, size)]


def starts(count: NDArray[np.integer]) -> NDArray[np.int32]:
    """Turn the lengths of lists into where each starts, with the end last."""
    result = np.zeros(len(count) + 1, np.int32)
    np.cumsum(count, out=result[1:])
    return result


def gather(start: NDArray[np.int32], chosen: NDArray[np.integer]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find the rows of some lists in a flat array: positions, and how many each list has."""
    begin = start[chosen].astype(np.int64)
    count = start[chosen + 1] - begin
    before = np.cumsum(count) - count
    return np.arange(count.sum()) + np.repeat(begin - before, count), count
