"""Hamiltonian Monte Carlo of many posteriors at once, in a way that processors cannot tell apart.

Chains see different rows (each trial left out in turn) but have the same unknowns, so that all of them move in one
array. Libraries differ between processors in the last digits of logarithms and products of matrices. A chain of a
million steps would carry such a difference into the first digit of what is found; here slopes are rounded to
thousandths, far above the last digits and far below what matters to a step, so that every place is made by exact
additions and products of numbers that are the same everywhere. The density itself decides only whether a step is
accepted.

References
----------
Neal RM. Handbook of Markov Chain Monte Carlo 2011:113-162. Hoffman MD, Gelman A. J Mach Learn Res 2014;15:1593-1623
(step sizes by dual averaging).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Density = Callable[[Floats], tuple[Floats, Floats]]
#: Decimals of slopes.
EVEN = 3
#: A slope steeper than this is taken for this: at the start chains may stand where nothing is likely.
STEEP = 1e4
#: Share of steps that should be accepted, and how many steps a trajectory has at most.
ACCEPT, LEAPS = 0.7, 40


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Draws of all chains.

    Attributes
    ----------
    draws : ndarray of shape (draws, chains, unknowns)
    acceptance : float
        Share of steps that were accepted.
    """

    draws: Floats
    acceptance: float


def hamilton(density: Density, start: Floats, *, warm: int, draws: int, seed: int) -> Drawn:
    """Draw from posteriors.

    Parameters
    ----------
    density : callable
        Gives the log density (c,) and its slope (c, d) at places (c, d), one chain a row.
    start : ndarray of shape (c, d)
    warm : int
        Steps while step sizes and scales are found; dropped.
    draws : int
    seed : int

    Examples
    --------
    >>> def normal(z):
    ...     return -0.5 * (z**2).sum(1), -z
    >>> found = hamilton(normal, np.zeros((4, 2)), warm=100, draws=500, seed=1)
    >>> bool(abs(found.draws.std() - 1) < 0.1)
    True
    """
    rng = np.random.default_rng(seed)

    def at(x: Floats) -> tuple[Floats, Floats]:
        value, slope = density(x)
        even = np.round(np.clip(np.nan_to_num(slope, nan=0.0), -STEEP, STEEP), EVEN)
        return np.where(np.isfinite(value), value, -np.inf), np.asarray(even, dtype=np.float64)

    z, chains = start.copy(), len(start)
    scale = np.ones(start.shape[1])
    tuned, windows = _Tuned(chains, 0.05), {warm // 4, warm // 2, (3 * warm) // 4}
    past: list[Floats] = []
    kept, accepted = [], []
    with np.errstate(all="ignore"):
        value, slope = at(z)
        for step in range(warm + draws):
            size = (tuned.now if step < warm else tuned.smooth)[:, None] * (0.9 + 0.2 * rng.random((chains, 1)))
            push = rng.standard_normal(z.shape)
            x, g, speed = z, slope, push
            # Scales stretch places, so that pushes are standard normal.
            for _ in range(int(rng.integers(LEAPS // 2, LEAPS + 1))):
                speed = speed + (0.5 * size) * (scale * g)
                x = x + size * (scale * speed)
                there, g = at(x)
                speed = speed + (0.5 * size) * (scale * g)
            chance = np.exp(np.minimum(there - value + 0.5 * ((push**2).sum(1) - (speed**2).sum(1)), 0.0))
            chance = np.where(np.isfinite(chance), chance, 0.0)
            yes = rng.random(chains) < chance
            z, slope = np.where(yes[:, None], x, z), np.where(yes[:, None], g, slope)
            value = np.where(yes, there, value)
            if step >= warm:
                kept.append(z)
                accepted.append(float(chance.mean()))
                continue
            tuned.learn(chance)
            past.append(z)
            if step in windows and step:
                # Chains differ little, and their pooled spread is steadier than that of any.
                spread = np.concatenate([one - one.mean(0) for one in np.swapaxes(np.array(past), 0, 1)]).std(0)
                scale = np.round(np.clip(spread, 0.03, 2.0), 3)
                past, tuned = [], _Tuned(chains, 0.3, tuned)
    return Drawn(np.array(kept), float(np.mean(accepted)))


class _Tuned:
    """Step sizes of chains, by dual averaging."""

    def __init__(self, chains: int, first: float, before: _Tuned | None = None) -> None:
        start: Floats = np.full(chains, first) if before is None else before.smooth
        self.towards = np.log(2 * start)
        self.now: Floats = start
        self.smooth: Floats = start
        self.count, self.missed, self.log_smooth = 0, np.zeros(chains), np.log(start)

    def learn(self, chance: Floats) -> None:
        """Take a step's chance of acceptance into account."""
        self.count += 1
        part = 1 / (self.count + 10)
        self.missed = (1 - part) * self.missed + part * (ACCEPT - np.round(chance, 6))
        log_size = self.towards - np.sqrt(self.count) / 0.05 * self.missed
        part = self.count**-0.75
        self.log_smooth = part * log_size + (1 - part) * self.log_smooth
        self.now = np.round(np.clip(np.exp(log_size), 1e-6, 1.5), 6)
        self.smooth = np.round(np.clip(np.exp(self.log_smooth), 1e-6, 1.5), 6)


def rhat(draws: Floats) -> Floats:
    """Give split R-hat of draws (draws, chains, unknowns).

    >>> same = np.random.default_rng(1).standard_normal((400, 4, 1))
    >>> bool(rhat(same)[0] < 1.02), bool(rhat(same + 3.0 * np.arange(4)[:, None])[0] > 1.5)
    (True, True)
    """
    half = len(draws) // 2
    x = np.concatenate([draws[:half], draws[half : 2 * half]], axis=1)
    inside = x.var(axis=0, ddof=1).mean(axis=0)
    between = half * x.mean(axis=0).var(axis=0, ddof=1)
    return np.asarray(np.sqrt(((half - 1) / half * inside + between / half) / np.maximum(inside, 1e-12)))
