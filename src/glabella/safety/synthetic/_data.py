"""The generator's data files, read once."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import yaml

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
