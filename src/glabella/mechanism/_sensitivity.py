"""What a result owes to what is assumed: one unknown at a time, and all of them together over their priors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.mechanism._unknowns import Unknown, _distribution

Floats = NDArray[np.float64]
#: Values of the unknowns on their own scales (m, p) to the result (m,), all at once.
Result = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Tornado:
    """How far a result moves as one unknown moves, the farthest first.

    Attributes
    ----------
    centre : float
        The result with every unknown at its centre.
    names : tuple of str
    low, high : ndarray of shape (p,)
        Values of the unknown.
    at_low, at_high : ndarray of shape (p,)
        The result there; may be infinite.
    """

    centre: float
    names: tuple[str, ...]
    low: Floats
    high: Floats
    at_low: Floats
    at_high: Floats

    @property
    def swing(self) -> Floats:
        """Distance between the two results of each unknown."""
        return _distance(self.at_low, self.at_high)


def tornado(function: Result, centre: ArrayLike, low: ArrayLike, high: ArrayLike, names: Sequence[str]) -> Tornado:
    """Move one unknown at a time to its limits, the others staying at their centres.

    Parameters
    ----------
    function : callable
        Takes values of shape (m, p), gives results of shape (m,); called once.
    centre, low, high : array_like of shape (p,)
        Such as medians and limits of the prior or the posterior.
    names : sequence of str

    Returns
    -------
    Tornado

    Raises
    ------
    ValueError
        If lengths differ, limits are not in order, or a result is not a number; the message names how many.
    """
    middle, least, most = (np.asarray(each, dtype=float) for each in (centre, low, high))
    p = len(names)
    for what, each in (("centre", middle), ("low", least), ("high", most)):
        if each.shape != (p,):
            raise ValueError(f"{what} has shape {each.shape}, expected ({p},)")
    for place in np.flatnonzero(~((least <= middle) & (middle <= most)))[:1]:
        raise ValueError(
            f"{names[place]} lies at {middle[place]}, expected between {least[place]} and {most[place]}"
        )
    values = np.tile(middle, (2 * p + 1, 1))
    rows = np.arange(p)
    values[1 + rows, rows], values[1 + p + rows, rows] = least, most
    found = _results(function, values)
    at_low, at_high = found[1 : p + 1], found[p + 1 :]
    order = np.argsort(-_distance(at_low, at_high), kind="stable")
    ranked = tuple(names[place] for place in order)
    return Tornado(float(found[0]), ranked, least[order], most[order], at_low[order], at_high[order])


@dataclass(frozen=True, slots=True, eq=False)
class Sobol:
    """Which share of a result's variance comes from each unknown.

    Attributes
    ----------
    names : tuple of str
    first, total : ndarray of shape (p,)
        Of the unknown alone, and together with all others.
    first_half_width, total_half_width : ndarray of shape (p,)
        Half of the width of their confidence intervals, by the bootstrap.
    mean, sd : float
        Of the result.
    level : float
    """

    names: tuple[str, ...]
    first: Floats
    first_half_width: Floats
    total: Floats
    total_half_width: Floats
    mean: float
    sd: float
    level: float


def sobol(
    function: Result, priors: Sequence[Unknown], n: int = 1024, seed: int = 1, *, level: float = 0.95
) -> Sobol:
    """Share out the variance of a result over the priors of the unknowns.

    Parameters
    ----------
    function : callable
        Takes values of shape (m, p) on the unknowns' own scales, gives results of shape (m,); called once with
        ``n * (p + 2)`` rows.
    priors : sequence of Unknown
        Independent of each other.
    n : int
        A power of two.
    seed : int
    level : float
        Of the confidence intervals.

    Returns
    -------
    Sobol

    Raises
    ------
    ValueError
        If an unknown has no prior, ``n`` is no power of two, or results are not finite or all alike; the message
        names how many.

    References
    ----------
    Saltelli A, et al. Comput Phys Commun 2010;181:259-270.
    Herman J, Usher W. J Open Source Softw 2017;2:97 (SALib).
    """
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as sampling

    bare = [each.name for each in priors if not each.family]
    if bare or not priors:
        raise ValueError(f"without a prior: {', '.join(bare) or 'no unknown is given'}")
    if n < 2 or n & (n - 1):
        raise ValueError(f"n is {n}, expected a power of two")
    p = len(priors)
    problem = {"num_vars": p, "names": [each.name for each in priors], "bounds": [[0.0, 1.0]] * p}
    places = sampling.sample(problem, n, calc_second_order=False, seed=seed)
    # Neither end of a prior without limits can be simulated.
    places = np.clip(places, 1e-9, 1 - 1e-9)
    values = np.column_stack([quantile(each, column) for each, column in zip(priors, places.T, strict=True)])
    found = _results(function, values)
    wild = int((~np.isfinite(found)).sum())
    if wild:
        raise ValueError(f"{wild} of {len(found)} results are infinite; variances are of finite ones")
    if np.ptp(found) <= 1e-12 * np.abs(found).max():
        raise ValueError("the result is the same for all values of the unknowns: it has no variance to share out")
    # SALib takes a seed of 0 for none.
    shares = analysis.analyze(problem, found, calc_second_order=False, conf_level=level, seed=seed + 1)
    first, width, total, total_width = (np.asarray(shares[key], dtype=float)
                                        for key in ("S1", "S1_conf", "ST", "ST_conf"))  # fmt: skip
    names = tuple(each.name for each in priors)
    return Sobol(names, first, width, total, total_width, float(found.mean()), float(found.std()), level)


def quantile(unknown: Unknown, probability: ArrayLike) -> Floats:
    """Give quantiles of an unknown's prior, on its own scale."""
    if not unknown.family:
        raise ValueError(f"{unknown.name} has no prior")
    found = _distribution(unknown.family, tuple(sorted(unknown.parameters.items()))).ppf(probability)
    return np.asarray(found, dtype=float)


def _results(function: Result, values: Floats) -> Floats:
    found = np.asarray(function(values), dtype=float)
    if found.shape != (len(values),):
        raise ValueError(f"the function gave shape {found.shape} for {len(values)} rows, expected ({len(values)},)")
    bad = int(np.isnan(found).sum())
    if bad:
        raise ValueError(f"{bad} of {len(values)} results are not a number")
    return found


def _distance(low: Floats, high: Floats) -> Floats:
    """Give distances; none between two that are both infinite."""
    same = low == high
    return np.asarray(np.abs(np.where(same, 0.0, high) - np.where(same, 0.0, low)))
