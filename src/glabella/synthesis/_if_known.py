"""What a pooled result would become if one effect that is missing, or known only roughly, were known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike

from glabella.synthesis._few_trials import PooledTrials, pool_trials
from glabella.synthesis._pool import Method, Test

if TYPE_CHECKING:
    from glabella.synthesis.bayesian._priors import TauPrior


@dataclass(frozen=True, slots=True)
class IfKnown:
    """A pooled result, and what it becomes at each end of what one effect may be.

    Attributes
    ----------
    now : tuple of float
        Estimate and limits as they are; NaN where so few trials are not pooled.
    ends : tuple of tuple of float
        Estimate and limits at each end.
    intervals : tuple of {"confidence", "credible", ""}
        What the interval of each end is: credible where it rests on a prior.
    """

    now: tuple[float, float, float]
    ends: tuple[tuple[float, float, float], ...]
    intervals: tuple[Literal["confidence", "credible", ""], ...]

    @property
    def moved(self) -> float:
        """The largest change of the estimate or of a limit, in widths of the interval as it is; 0 without one."""
        if np.isnan((*self.now, *sum(self.ends, ()))).any():
            return 0.0
        change = max(abs(new - old) for end in self.ends for new, old in zip(end, self.now, strict=True))
        return change / (self.now[2] - self.now[1])

    @property
    def turns(self) -> bool:
        """Whether the interval would come to exclude no effect, or to include it, at an end."""
        # What is not pooled excludes nothing.
        return len({low > 0 or high < 0 for _, low, high in (self.now, *self.ends)}) > 1


def pool_if_known(
    yi: ArrayLike,
    vi: ArrayLike,
    ends: Sequence[tuple[float, float]],
    *,
    place: int | None = None,
    trial: Sequence[str] | None = None,
    of: str | None = None,
    method: Method = "REML",
    test: Test = "knha",
    tau_prior: TauPrior | None = None,
) -> IfKnown:
    """Pool again with one effect at each end of what it may be, as far as so few trials allow.

    Parameters
    ----------
    yi, vi : array_like of shape (k,)
        Effects and variances as they are; of ratios the logarithms.
    ends : sequence of (float, float)
        What the effect and its variance may be.
    place : int, optional
        Which effect it stands for; if left out it is added to the others.
    trial : sequence of str, optional
        The trial of each effect; each is of its own when left out.
    of : str, optional
        The trial of the effect that is added; one of its own when left out.
    method, test, tau_prior
        As in :func:`pool_trials`.

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
    names = [str(number) for number in range(len(effects))] if trial is None else list(trial)
    longer = [*names, "the one that is added" if of is None else of]
    made = []
    for effect, variance in ends:
        if place is None:
            made.append((np.append(effects, effect), np.append(variances, variance), longer))
        else:
            one, its = effects.copy(), variances.copy()
            one[place], its[place] = effect, variance
            made.append((one, its, names))
    now, *then = (
        pool_trials(y, v, trial=their, method=method, test=test, tau_prior=tau_prior)
        for y, v, their in ((effects, variances, names), *made)
    )
    return IfKnown(_limits(now), tuple(map(_limits, then)), tuple(each.interval for each in then))


def _limits(fit: PooledTrials) -> tuple[float, float, float]:
    return fit.estimate, fit.ci_low, fit.ci_high


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
