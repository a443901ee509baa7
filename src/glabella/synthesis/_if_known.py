"""What a pooled result would become if one effect that is missing, or known only roughly, were known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from glabella.synthesis._pool import Method, Test, pool


@dataclass(frozen=True, slots=True)
class IfKnown:
    """A pooled result, and what it becomes at each end of what one effect may be.

    Attributes
    ----------
    now : tuple of float
        Estimate and limits as they are.
    ends : tuple of tuple of float
        Estimate and limits at each end.
    """

    now: tuple[float, float, float]
    ends: tuple[tuple[float, float, float], ...]

    @property
    def moved(self) -> float:
        """The largest change of the estimate or of a limit, in widths of the interval as it is."""
        change = max(abs(new - old) for end in self.ends for new, old in zip(end, self.now, strict=True))
        return change / (self.now[2] - self.now[1])

    @property
    def turns(self) -> bool:
        """Whether the interval would come to exclude no effect, or to include it, at an end."""
        return len({low <= 0 <= high for _, low, high in (self.now, *self.ends)}) > 1


def pool_if_known(
    yi: ArrayLike,
    vi: ArrayLike,
    ends: Sequence[tuple[float, float]],
    *,
    place: int | None = None,
    method: Method = "REML",
    test: Test = "knha",
) -> IfKnown:
    """Pool again with one effect at each end of what it may be.

    Parameters
    ----------
    yi, vi : array_like of shape (k,)
        Effects and variances as they are; of ratios the logarithms.
    ends : sequence of (float, float)
        What the effect and its variance may be.
    place : int, optional
        Which effect it stands for; if left out it is added to the others.
    method, test : str
        As in :func:`pool`; a single effect stands for itself.

    Returns
    -------
    IfKnown

    Raises
    ------
    ValueError
        If there is no effect, or no end.

    Examples
    --------
    >>> found = pool_if_known([-0.5, -0.7, -0.6], [0.04, 0.05, 0.06], [(-1.0, 0.1), (0.4, 0.1)], test="z")
    >>> found.turns, round(found.moved, 2)
    (True, 0.78)
    """
    effects, variances = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    if not effects.size or not ends:
        raise ValueError("expected one effect or more, and one end or more")
    made = []
    for effect, variance in ends:
        if place is None:
            made.append((np.append(effects, effect), np.append(variances, variance)))
        else:
            one, its = effects.copy(), variances.copy()
            one[place], its[place] = effect, variance
            made.append((one, its))
    return IfKnown(_pooled(effects, variances, method, test), tuple(_pooled(*each, method, test) for each in made))


def _pooled(yi: np.ndarray, vi: np.ndarray, method: Method, test: Test) -> tuple[float, float, float]:
    several = len(yi) > 1
    fit = pool(yi, vi, method=method if several else "common", test=test if several else "z")
    return float(fit.estimate), float(fit.ci_low), float(fit.ci_high)


def likely_variance(variances: ArrayLike, sizes: Sequence[tuple[float, float]], n1: float, n2: float) -> float:
    """Guess the variance of an effect from the sizes of its groups, as other trials' variances go with theirs.

    An effect's variance times n₁n₂/(n₁ + n₂) hardly depends on the groups' sizes, for scores and counts alike; the
    median of it over the trials that are known is taken.

    Parameters
    ----------
    variances : array_like of shape (k,)
        Of the effects that are known.
    sizes : sequence of (float, float)
        People in the groups of each.
    n1, n2 : float
        People in the groups of the one that is not.

    Examples
    --------
    >>> round(likely_variance([0.2, 0.1], [(10, 10), (20, 20)], 40, 40), 3)
    0.05
    """
    each = [float(v) * a * b / (a + b) for v, (a, b) in zip(np.asarray(variances), sizes, strict=True)]
    return float(np.median(each)) * (n1 + n2) / (n1 * n2)
