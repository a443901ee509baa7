"""Large batches in blocks that fit the processor's cache, on all cores; NumPy lets go of the lock meanwhile."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

#: Numbers in a block: small enough for the cache, large enough to hide the cost of a call; measured.
_BLOCK = 150_000


def blocks(rows: int, k: int, p: int = 1) -> list[slice]:
    """Cut ``rows`` rows of ``k`` studies and ``p`` columns into blocks."""
    size = max(64, _BLOCK // max(1, k * p))
    return [slice(start, min(start + size, rows)) for start in range(0, rows, size)]


def by_blocks(work: Callable[[slice], dict[str, Any]], rows: int, k: int, *, p: int = 1) -> dict[str, Any]:
    """Run ``work`` on each block and join what it gives, array by array."""
    cut = blocks(rows, k, p)
    if len(cut) == 1:
        return work(cut[0])
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        parts = list(threads.map(work, cut))

    def join(name: str) -> Any:
        if isinstance(parts[0][name], tuple):
            return tuple(np.concatenate(each) for each in zip(*(part[name] for part in parts), strict=True))
        return np.concatenate([part[name] for part in parts])

    return {name: join(name) for name in parts[0]}
