"""One data set through the sampler: what can be asked for, and a second attempt where trajectories diverged."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from glabella.synthesis._numbers import check_whole
from glabella.synthesis.bayesian._mcmc_sampler import ACCEPTANCE, Data, LogDensity, sample

Floats = NDArray[np.float64]


def run(density: LogDensity, data: Data, start: Floats, *, draws: int, tune: int, seed: int) -> tuple[Floats, int]:
    """Sample one data set: positions of shape (chains, draws, parameters), and how many trajectories diverged.

    If any did, all is sampled once more with shorter steps.
    """
    batched = {name: np.asarray(values)[None] for name, values in data.items()}
    for acceptance in ACCEPTANCE:
        found = sample(density, start[None], batched, draws=draws, tune=tune, seed=seed, acceptance=acceptance)
        if not found.divergent[0]:
            break
    return found.position[0], int(found.divergent[0])


def check_run(draws: int, tune: int, chains: int, seed: int) -> None:
    """Raise unless there is enough to judge chains by, and a seed."""
    for name, value, least in (
        ("draws", draws, 100),
        ("tune", tune, 100),
        ("chains", chains, 2),
        ("seed", seed, 0),
    ):
        check_whole(value, name, least)
