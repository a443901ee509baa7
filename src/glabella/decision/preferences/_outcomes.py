"""Draws of outcomes from what is known of each: counts, an estimate with its error, or a fixed number."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glabella.decision.preferences._seed import DRAWS, SEED

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Beta:
    """A chance of which events were counted: a prior's events and other people, and those seen, together."""

    events: float
    others: float


@dataclass(frozen=True, slots=True)
class Normal:
    """A normal outcome."""

    mean: float
    sd: float


@dataclass(frozen=True, slots=True)
class LogNormal:
    """An outcome whose logarithm is normal; both numbers are of the logarithm."""

    mean: float
    sd: float


@dataclass(frozen=True, slots=True)
class Fixed:
    """An outcome without any doubt."""

    value: float


Distribution = Beta | Normal | LogNormal | Fixed


def draw_outcomes(cells: Sequence[Sequence[Distribution]], *, draws: int = DRAWS, seed: int = SEED) -> Floats:
    """Draw every criterion of every option, each independently of all others.

    Parameters
    ----------
    cells : sequence of sequence of Distribution
        By option, then by criterion.
    draws : int
        How many are wanted.
    seed : int
        Where the draws begin; each cell has its own stream.

    Returns
    -------
    ndarray, shape (draws, options, criteria)

    Examples
    --------
    >>> found = draw_outcomes([[Beta(38, 65), Fixed(0.1)], [Beta(46, 56), Normal(0.2, 0.01)]])
    >>> found.shape, found.mean(axis=0).round(2).tolist()
    ((100000, 2, 2), [[0.37, 0.1], [0.45, 0.2]])
    """
    options, criteria = len(cells), len(cells[0])
    found = np.empty((options, criteria, draws))

    def fill(place: tuple[int, int]) -> None:
        option, criterion = place
        # Not the stream of the weights, which has the seed alone.
        random = np.random.default_rng([seed, 1 + option, 1 + criterion])
        found[place] = _drawn(cells[option][criterion], random, draws)

    places = [(option, criterion) for option in range(options) for criterion in range(criteria)]
    # NumPy draws without Python's lock; streams are of their cells, so who draws first makes no difference.
    with ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(fill, places))
    # Draws of a cell lie side by side in memory, as all that is done with them runs along the draws.
    return np.moveaxis(found, 2, 0)


def _drawn(cell: Distribution, random: np.random.Generator, draws: int) -> Floats:
    match cell:
        case Beta(events, others):
            return random.beta(events, others, draws)
        case Normal(mean, sd):
            return random.normal(mean, sd, draws)
        case LogNormal(mean, sd):
            # What is too large is infinite, and said to be so where it is used.
            with np.errstate(over="ignore"):
                return random.lognormal(mean, sd, draws)
        case Fixed(value):
            return np.full(draws, value)
