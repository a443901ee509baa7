"""Timing shared by our own steps and the peers': standard library only, for peers have packages of their own."""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

#: Work done within this many seconds is done again, up to five times, and the median is taken.
SHORT, ROUNDS = 3.0, 5


def clocked(work: Callable[[], Any], least: int = 1) -> tuple[dict[str, Any], Any]:
    """Give the median of wall and processor seconds, the first round's, and what the last round gave.

    There are ``least`` rounds, and more where one is short.
    """
    wall: list[float] = []
    processor: list[float] = []
    result: Any = None
    while len(wall) < least or (wall[0] < SHORT and len(wall) < ROUNDS):
        result = None
        began, used = time.perf_counter(), time.process_time()
        result = work()
        wall.append(time.perf_counter() - began)
        processor.append(time.process_time() - used)
    median = statistics.median
    return {"seconds": median(wall), "processor": median(processor), "first": wall[0], "rounds": len(wall)}, result


def tell(facts: dict[str, Any]) -> None:
    """Print what a step found, with the bytes this process held at most, as the last line of its output."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    facts = {**facts, "peak": most if sys.platform == "darwin" else most * 1024}
    sys.stdout.write(f"{json.dumps(facts)}\n")
