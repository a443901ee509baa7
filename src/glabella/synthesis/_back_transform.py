"""Effects brought back from the scale on which they were pooled to the one on which they are read."""

from __future__ import annotations

from typing import get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._effect_size import Measure
from glabella.synthesis._numbers import numbers

Floats = NDArray[np.float64]

_LOGS = frozenset({"OR", "RR", "PETO", "IRR", "ROM", "PLN"})


def back_transform(measure: Measure, values: ArrayLike, ni: ArrayLike | None = None) -> Floats:
    """Bring effects, limits of intervals or pooled values back to the scale of the measure's name.

    Parameters
    ----------
    measure : str
        A measure of :func:`effect_size`. ``OR``, ``RR``, ``PETO``, ``IRR``, ``ROM`` and ``PLN`` are
        exponentiated; ``PLO`` becomes a proportion by the inverse logit, ``PAS`` by the squared sine, ``PFT``
        by Miller's inverse; ``ZCOR`` becomes a correlation by tanh. Any other measure has no other scale
        (``AS`` too: a difference of arcsines is not a function of the risk difference) and stays as it is.
    values : array_like, any shape
        Values on the scale of the analysis.
    ni : array_like of shape (k,) or scalar, optional
        For ``PFT`` only, and required there: sizes of the studies that were pooled, of which the harmonic mean
        is used for all values; for the effect of one study its own size.

    Returns
    -------
    ndarray of the shape of ``values``
        NaN stays NaN. Beyond what no event or only events give, ``PAS`` and ``PFT`` are 0 or 1.

    Raises
    ------
    ValueError
        If the measure is unknown, values are not numbers, or ``PFT`` lacks ``ni`` or has one that is not above 0.

    References
    ----------
    Miller JJ. The inverse of the Freeman-Tukey double arcsine transformation. Am Stat 1978;32:138.

    Examples
    --------
    >>> back_transform("OR", [0.0, 2.277]).round(2).tolist()
    [1.0, 9.75]
    >>> back_transform("PFT", [0.419615063867], ni=20).round(6).tolist()
    [0.15]
    """
    if not isinstance(measure, str) or measure not in get_args(Measure):
        raise ValueError(f"unknown measure {measure!r}; expected one of {sorted(get_args(Measure))}")
    array = np.array(numbers(values, "values"))
    if measure in _LOGS:
        return np.asarray(np.exp(array))
    if measure == "PLO":
        from scipy.special import expit

        return np.asarray(expit(array))
    if measure == "PAS":
        return np.asarray(np.sin(np.clip(array, 0, np.pi / 2)) ** 2)
    if measure == "ZCOR":
        return np.asarray(np.tanh(array))
    if measure == "PFT":
        return _miller(array, _harmonic_mean(ni))
    return array


def _harmonic_mean(ni: ArrayLike | None) -> float:
    if ni is None:
        raise ValueError("ni is missing; PFT needs the sizes of the studies that were pooled")
    sizes = np.atleast_1d(numbers(ni, "ni"))
    if sizes.ndim != 1 or not sizes.size:
        raise ValueError(f"ni has shape {sizes.shape}, expected one size or one a study")
    wrong = ~(np.isfinite(sizes) & (sizes > 0))
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise ValueError(f"ni is {sizes[row]:g} in row {row + 1}, expected more than 0")
    return float(1 / np.mean(1 / sizes))


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
