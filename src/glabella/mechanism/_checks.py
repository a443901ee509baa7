"""Posterior predictive checks: data that the posterior would make, beside those that were seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glabella.mechanism._likelihood import Likelihood, MuscleData
from glabella.mechanism._posterior import Posterior

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Replicated:
    """A statistic of the data beside that of data drawn from the posterior.

    Attributes
    ----------
    name : str
    seen : float
    low, middle, high : float
        Of the replications.
    p : float
        Share of replications at or beyond what was seen, on its side of the median; 0.5 at most, small where the
        model cannot make such data.
    """

    name: str
    seen: float
    low: float
    middle: float
    high: float
    p: float


def replicate(posterior: Posterior, data: MuscleData, *, draws: int = 500, seed: int = 1) -> Floats:
    """Draw the shares that new trials like these would see.

    Parameters
    ----------
    posterior : Posterior
    data : MuscleData
        Its definitions must be known to the posterior.
    draws, seed : int

    Returns
    -------
    ndarray of shape (draws, m)
        Shares; each trial has a shift of its own in each draw.

    Raises
    ------
    ValueError
        If the model cannot be simulated with a draw.
    """
    there = posterior.likelihood
    new = Likelihood(there.model, data, there.unknowns, there.held)
    rng = np.random.default_rng(seed)
    places = posterior.draws[rng.integers(len(posterior.draws), size=draws)]
    out = new.replicate(places, rng)
    if np.isnan(out).any():
        raise ValueError(f"{int(np.isnan(out).any(axis=1).sum())} of {draws} draws cannot be simulated")
    return out


def check(posterior: Posterior, data: MuscleData, shares: Floats, *, level: float = 0.95) -> tuple[Replicated, ...]:
    """Compare what was seen to replications: by definition and stage, the spread between trials, and all of it.

    Parameters
    ----------
    posterior : Posterior
    data : MuscleData
    shares : ndarray of shape (draws, m)
        From :func:`replicate`.
    level : float

    Returns
    -------
    tuple of Replicated

    References
    ----------
    Gelman A, Meng XL, Stern H. Stat Sinica 1996;6:733-760.
    """
    seen, expected = data.events / data.n, posterior.likelihood.mean_shares
    stages = (("first week", data.day <= 7), ("second to sixth week", (data.day > 7) & (data.day <= 42)),
              ("later", data.day > 42))  # fmt: skip
    found = [_compared(f"mean share, {name}", seen[at].mean(), shares[:, at].mean(axis=1), level)
             for name, at in stages if at.any()]  # fmt: skip
    centre = shares.mean(axis=0)
    found.append(_compared("spread around the mean", float(np.std(seen - centre)), np.std(shares - centre, axis=1),
                           level))  # fmt: skip
    middle = np.median(posterior.draws, axis=0)
    if np.array_equal(posterior.likelihood.data.day, data.day):
        away = np.abs(seen - expected(middle))
        found.append(
            _compared("largest miss", float(away.max()), np.abs(shares - expected(middle)).max(axis=1), level)
        )
    return tuple(found)


def _compared(name: str, seen: float, drawn: Floats, level: float) -> Replicated:
    low, middle, high = np.quantile(drawn, [0.5 - level / 2, 0.5, 0.5 + level / 2])
    beyond = min(float((drawn >= seen).mean()), float((drawn <= seen).mean()))
    return Replicated(name, float(seen), float(low), float(middle), float(high), min(beyond, 0.5))
