"""Millions of pairs in chunks that fit the processor's cache, on all cores; NumPy lets go of the lock meanwhile."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

#: Pairs to a chunk: some fifteen columns of them stay in the cache; measured.
CHUNK = 32_768


def in_chunks(work: Callable[[slice], None], rows: int) -> None:
    """Run ``work`` on each slice of ``rows`` rows; it writes where it was told to, so nothing is joined."""
    slices = [slice(start, min(start + CHUNK, rows)) for start in range(0, rows, CHUNK)]
    if len(slices) <= 1:
        for each in slices:
            work(each)
        return
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for _ in threads.map(work, slices):
            pass
