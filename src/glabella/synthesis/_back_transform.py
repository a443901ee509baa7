"""Effects brought back from the scale on which they were pooled to the one on which they are read."""

from __future__ import annotations

from typing import get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._effect_size import Measure
from glabella.synthesis._numbers import MANY, check_truth, numbers

Floats = NDArray[np.float64]

#: Halvings of an interval of order one, after which nothing is left of it.
_BISECTIONS = 60
_LOGS = frozenset({"OR", "RR", "PETO", "IRR", "ROM", "PLN"})


def back_transform(
    measure: Measure,
    values: ArrayLike,
    ni: ArrayLike | None = None,
    *,
    weights: ArrayLike | None = None,
    harmonic: bool = False,
) -> Floats:
    """Bring effects, limits of intervals or pooled values back to the scale of the measure's name.

    Parameters
    ----------
    measure : str
        A measure of :func:`effect_size`. ``OR``, ``RR``, ``PETO``, ``IRR``, ``ROM`` and ``PLN`` are
        exponentiated; ``PLO`` becomes a proportion by the inverse logit, ``PAS`` by the squared sine, ``PFT``
        as below; ``ZCOR`` becomes a correlation by tanh. Any other measure has no other scale
        (``AS`` too: a difference of arcsines is not a function of the risk difference) and stays as it is.
    values : array_like, any shape
        Values on the scale of the analysis.
    ni : array_like of shape (k,) or scalar, optional
        For ``PFT`` only, and required there: sizes of the studies that were pooled; for the effect of one study
        its own size.
    weights : array_like of shape (k,), optional
        For ``PFT``: the weights with which the studies were pooled (:attr:`Pooled.weights`); those of a common
        effect, ``ni + 1/2``, when left out.
    harmonic : bool
        For ``PFT``: as metafor does, Miller's inverse at the harmonic mean of ``ni``.

    Returns
    -------
    ndarray of the shape of ``values``
        NaN stays NaN. Beyond what no event or only events give, ``PAS`` and ``PFT`` are 0 or 1.

    Notes
    -----
    A double arcsine depends on the size of its study. What comes back is the proportion that, were it seen in every
    study, would give the value: with the studies' weights a pooled proportion then lies among the studies' own. One
    size for all, such as the harmonic mean where sizes are very unequal, may lead far outside (Schwarzer 2019).

    Raises
    ------
    ValueError
        If the measure is unknown, values are not numbers, or ``PFT`` lacks ``ni`` or has one that is not above 0.

    References
    ----------
    Miller JJ. The inverse of the Freeman-Tukey double arcsine transformation. Am Stat 1978;32:138.
    Schwarzer G, Chemaitelly H, Abu-Raddad LJ, Rücker G. Seriously misleading results using inverse of
    Freeman-Tukey double arcsine transformation in meta-analysis of single proportions. Res Synth Methods
    2019;10:476-483.

    Examples
    --------
    >>> back_transform("OR", [0.0, 2.277]).round(2).tolist()
    [1.0, 9.75]
    >>> back_transform("PFT", [0.419615063867], ni=20).round(6).tolist()
    [0.15]
    """
    if not isinstance(measure, str) or measure not in get_args(Measure):
        raise ValueError(f"unknown measure {measure!r}; expected one of {sorted(get_args(Measure))}")
    check_truth(harmonic, "harmonic")
    try:
        array = np.array(numbers(values, "values"))
    except ValueError as error:
        raise ValueError(f"values are not numbers: {error}") from error
    if measure in _LOGS:
        # A logarithm too large to bring back is that of something without bound.
        with np.errstate(over="ignore"):
            return np.asarray(np.exp(array))
    if measure == "PLO":
        from scipy.special import expit

        return np.asarray(expit(array))
    if measure == "PAS":
        return np.asarray(np.sin(np.clip(array, 0, np.pi / 2)) ** 2)
    if measure == "ZCOR":
        return np.asarray(np.tanh(array))
    if measure == "PFT":
        sizes = _sizes(ni)
        if harmonic or sizes.size == 1:
            return _miller(array, float(1 / np.mean(1 / sizes)))
        return _common_proportion(array, sizes, _shares(weights, sizes))
    return array


def _shares(weights: ArrayLike | None, sizes: Floats) -> Floats:
    w = sizes + 0.5 if weights is None else numbers(weights, "weights")
    if w.shape != sizes.shape or not (np.isfinite(w) & (w >= 0)).all() or not w.sum() > 0:
        raise ValueError(f"weights are {w.tolist()}, expected {sizes.size} numbers of 0 or more, not all 0")
    return np.asarray(w / w.sum())


def _common_proportion(t: Floats, n: Floats, share: Floats) -> Floats:
    """Find the proportion whose double arcsines in the studies have the mean ``t``.

    In terms of p = sin²(u) the mean rises from u = 0 to π/2; it is bisected down to the last digit.
    """
    there = t[..., None]

    def mean(u: Floats) -> Floats:
        x = np.sin(u) ** 2 * n
        both = np.arcsin(np.sqrt(x / (n + 1))) + np.arcsin(np.sqrt((x + 1) / (n + 1)))
        return np.asarray(both / 2 @ share)[..., None]

    low, high = np.zeros_like(there), np.full_like(there, np.pi / 2)
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        below = mean(middle) < there
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    # Where the value is beyond what no event, or only events, give, the end itself is meant.
    found = np.where(there <= mean(np.zeros_like(there)), 0.0, (low + high) / 2)
    found = np.where(there >= mean(np.full_like(there, np.pi / 2)), np.pi / 2, found)
    return np.where(np.isnan(t), np.nan, np.sin(found[..., 0]) ** 2)


def _sizes(ni: ArrayLike | None) -> Floats:
    if ni is None:
        raise ValueError("ni is missing; PFT needs the sizes of the studies that were pooled")
    sizes = np.atleast_1d(numbers(ni, "ni"))
    if sizes.ndim != 1 or not sizes.size:
        raise ValueError(f"ni has shape {sizes.shape}, expected one size or one a study")
    wrong = ~((sizes >= 1 / MANY) & (sizes <= MANY))
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise ValueError(f"ni is {sizes[row]:g} in row {row + 1}, expected more than 0, up to {MANY:g}")
    return sizes


def _miller(t: Floats, n: float) -> Floats:
    """Invert the double arcsine, which here is half of Miller's."""
    # Values of no event and of only events; beyond them the inverse would turn back.
    least = np.arcsin(np.sqrt(1 / (n + 1))) / 2
    angle = 2 * np.clip(t, least, np.pi / 2 - least)
    sine = np.sin(angle)
    s2 = np.minimum((sine + (sine - 1 / sine) / n) ** 2, 1.0)
    # The smaller of p and 1 - p, written so that a rare event keeps its digits.
    small = s2 / (2 * (1 + np.sqrt(1 - s2)))
    return np.asarray(np.where(np.cos(angle) >= 0, small, 1 - small))
