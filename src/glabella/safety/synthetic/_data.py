"""The generator's data files, read once."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

#: What each stream of random numbers is for: a new use never disturbs an old one.
STREAMS = ("popularity", "rates", "contents", "history", "people", "events", "text", "defects", "names")


@cache
def read(name: str) -> dict[str, Any]:
    """Read ``name``.yaml of the data folder."""
    text = (files("glabella.safety") / "data" / "synthetic" / f"{name}.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def stream(seed: int, use: str, *where: int) -> np.random.Generator:
    """Give the random numbers of one use at one place, whatever was drawn elsewhere."""
    return np.random.Generator(
        np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(STREAMS.index(use), *where)))
    )


def scattered(number: NDArray[np.uint64], seed: int, use: int) -> NDArray[np.float64]:
    """Give a random number to each of some numbers, whichever others are asked.

    SplitMix64 (Steele, Lea, Flood. OOPSLA 2014), so that a report looks the same in every quarter that tells of it.
    """
    with np.errstate(over="ignore"):
        mixed = (number + np.uint64(use) * np.uint64(0x632BE59BD9B4E019) + np.uint64(seed)) * np.uint64(
            0x9E3779B97F4A7C15
        )
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        mixed ^= mixed >> np.uint64(31)
    return np.asarray((mixed >> np.uint64(11)) * 2.0**-53)
