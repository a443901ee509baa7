"""Selection models: publication that depends on the p-value, by steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._likelihood import Maximum, maximise
from glabella.synthesis._numbers import check_effects, check_level, numbers
from glabella.synthesis._tau2 import method_called

if TYPE_CHECKING:
    import polars

Floats = NDArray[np.float64]
Alternative = Literal["greater", "less", "two-sided"]

#: Log-likelihoods closer than this are equal.
_NO_GAIN = 1e-9
_NO_MAXIMUM = (
    "no proper maximum of the likelihood was found: it rises towards an infinite mean of which almost all is "
    "suppressed"
)
#: A search that found no maximum has to end higher than one by this to show that there is none.
_TOWARDS = 1e-6


@dataclass(frozen=True, slots=True)
class SelectionModel:
    """A step-function selection model.

    Attributes
    ----------
    estimate, se, statistic, p_value, ci_low, ci_high : float
        The mean effect before selection, its standard error, z test and confidence interval.
    tau2, tau2_se : float
        Variance between studies before selection; the error is NaN at the boundary 0.
    steps : ndarray of shape (intervals,)
        Upper ends of the intervals of p-values.
    delta, delta_se : ndarray of shape (intervals,)
        Probability of publication relative to the first interval, whose own is 1. Where no study lies in an
        interval its maximum is at 0, or, in the first, at infinity for the others; there the errors are NaN.
    count : ndarray of shape (intervals,)
        Studies in each interval.
    log_likelihood, log_likelihood_none : float
        Maximised; the same without selection.
    lrt, lrt_df, lrt_p : float, int, float
        Likelihood-ratio test of no selection. Its distribution is not the nominal one with an empty interval.
    k : int
        Studies.
    bounded : bool
        Whether a parameter lies on the boundary: an interval without studies, or τ² of 0.
    converged : bool
        Whether the gradient vanished at a proper maximum, and none of the searches came higher. Few studies can
        have a likelihood without one: it rises for ever towards an infinite mean of which almost all is suppressed.
    reason : str
        Empty, or why it is not converged; the numbers are then those where the search ended.
    alternative, method, level : str, str, float
        As asked.
    """

    estimate: float
    se: float
    statistic: float
    p_value: float
    ci_low: float
    ci_high: float
    tau2: float
    tau2_se: float
    steps: Floats
    delta: Floats
    delta_se: Floats
    count: NDArray[np.intp]
    log_likelihood: float
    log_likelihood_none: float
    lrt: float
    lrt_df: int
    lrt_p: float
    k: int
    bounded: bool
    converged: bool
    reason: str
    alternative: Alternative
    method: Literal["ML", "common"]
    level: float

    def table(self) -> polars.DataFrame:
        """Give one row per parameter: the mean, τ², and each interval's relative probability."""
        import polars

        lower = [0.0, *self.steps[:-1].tolist()]
        terms = [f"delta {low:g} < p <= {high:g}" for low, high in zip(lower, self.steps.tolist(), strict=True)]
        return polars.DataFrame(
            {
                "term": ["estimate", "tau2", *terms],
                "estimate": [self.estimate, self.tau2, *self.delta.tolist()],
                "se": [self.se, self.tau2_se, *self.delta_se.tolist()],
                "count": [self.k, self.k, *self.count.tolist()],
            }
        )

    def __str__(self) -> str:
        p, lrt_p = (("< .0001" if p < 1e-4 else f"= {p:.4f}") for p in (self.p_value, self.lrt_p))
        lines = [
            f"Step-function selection model (k = {self.k}; {self.method}; alternative {self.alternative})",
            "",
            f"estimate {self.estimate:.4f}, se {self.se:.4f}, z = {self.statistic:.4f}, p {p}, "
            f"{100 * self.level:g}% interval {self.ci_low:.4f} to {self.ci_high:.4f}",
            f"tau^2 = {self.tau2:.4f}; log-likelihood {self.log_likelihood:.4f}",
            f"Test of no selection: LRT(df = {self.lrt_df}) = {self.lrt:.4f}, p {lrt_p}",
            "",
            f"{'p-values':>18} {'k':>4} {'delta':>9} {'se':>9}",
        ]
        lower = [0.0, *self.steps[:-1].tolist()]
        for low, high, k, delta, se in zip(lower, self.steps, self.count, self.delta, self.delta_se, strict=True):
            lines.append(f"{f'{low:g} < p <= {high:g}':>18} {k:>4} {delta:>9.4f} {se:>9.4f}")
        ends = zip(lower, self.steps, self.count, strict=True)
        if empty := ", ".join(f"{low:g} < p <= {high:g}" for low, high, k in ends if not k):
            lines.append(
                f"No study in {empty}: how much was suppressed there is not identified, at its limit here."
            )
        return "\n".join(lines + ([] if self.converged else [f"NOT CONVERGED: {self.reason}"]))


def selection_model(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    steps: Sequence[float] = (0.025, 1.0),
    alternative: Alternative = "greater",
    method: Literal["ML", "common"] = "ML",
    level: float = 0.95,
) -> SelectionModel:
    """Fit Vevea and Hedges' selection model, by maximum likelihood.

    Studies are published with a probability that depends on the interval in which their p-value lies.
    One cut at 0.025 gives the three-parameter model.

    Parameters
    ----------
    yi, vi : array_like of shape (k,)
        Effects and sampling variances.
    steps : sequence of float
        Ascending cut points of the p-values, above 0 and up to 1; a last 1 may be left out.
    alternative : {"greater", "less", "two-sided"}
        Of which test: "greater" favours large effects, "less" small ones.
    method : {"ML", "common"}
        With or without variance between studies.
    level : float
        Of the confidence interval.

    Returns
    -------
    SelectionModel
        An interval without studies leaves its ``delta`` at the boundary (``bounded``): the data say nothing of
        how much was suppressed there beyond that it could be all.

    Raises
    ------
    ValueError
        If shapes differ, a variance is not above zero, a value is not finite, fewer than two studies are given,
        steps are not ascending between 0 and 1, or an option is unknown.

    References
    ----------
    Vevea JL, Hedges LV. Psychometrika 1995;60:419-435. Hedges LV. Stat Sci 1992;7:246-255.
    McShane BB, Böckenholt U, Hansen KT. Perspect Psychol Sci 2016;11:730-749 (three parameters).

    Examples
    --------
    >>> fit = selection_model([0.5, 0.6, 0.3, 0.1, 0.9, 0.45], [0.02, 0.04, 0.05, 0.03, 0.09, 0.04])
    >>> fit.count.tolist(), fit.estimate < 0.42
    ([4, 2], True)
    """
    from scipy.special import chdtrc, ndtr, ndtri

    y, v = numbers(yi, "yi"), numbers(vi, "vi")
    method = method_called(method, ("ML", "common"))
    ends = _checked(y, v, steps, alternative)
    check_level(level)
    # In units of a typical standard error, so that steps and starts fit whatever the measure is.
    unit = float(np.sqrt(np.median(v)))
    shift = len(y) * np.log(unit)
    data = _data(y / unit, v / unit**2, ends, alternative)
    count = np.bincount(data.interval, minlength=len(ends))
    none = _best(data, np.ones(len(ends)), np.zeros(len(ends), dtype=bool), method)
    present = count > 0
    reference = int(np.flatnonzero(present)[0])
    free = present.copy()
    free[reference] = False
    fit = _best(data, present.astype(float), free, method, none)
    cover = fit.covariance()
    tau = float(fit.theta[1]) * unit
    weight = np.where(present, np.exp(fit.theta[2:]), 0.0)
    delta, delta_se = weight, weight * np.sqrt(np.diag(cover)[2:])
    if not present[0]:
        delta = np.where(present, np.inf, np.nan)
    delta[0], delta_se[0] = 1.0, 0.0
    delta_se = np.where(present & present[0], delta_se, np.nan)
    estimate, se = float(fit.theta[0]) * unit, float(np.sqrt(cover[0, 0])) * unit
    critical = float(ndtri(0.5 + level / 2))
    lrt, df = max(0.0, 2 * (fit.value - none.value)), len(ends) - 1
    return SelectionModel(
        estimate=estimate,
        se=se,
        statistic=estimate / se,
        p_value=2 * float(ndtr(-abs(estimate / se))),
        ci_low=estimate - critical * se,
        ci_high=estimate + critical * se,
        tau2=tau**2,
        tau2_se=2 * abs(tau) * unit * float(np.sqrt(cover[1, 1])) if tau else float("nan"),
        steps=ends,
        delta=delta,
        delta_se=delta_se,
        count=count,
        log_likelihood=fit.value - shift,
        log_likelihood_none=none.value - shift,
        lrt=lrt,
        lrt_df=df,
        lrt_p=float(chdtrc(df, lrt)),
        k=len(y),
        bounded=not bool(present.all()) or (method == "ML" and tau == 0),
        converged=fit.converged,
        reason="" if fit.converged else _NO_MAXIMUM,
        alternative=alternative,
        method=method,
        level=level,
    )


def _checked(y: Floats, v: Floats, steps: Sequence[float], alternative: str) -> Floats:
    if y.shape != v.shape or y.ndim != 1:
        raise ValueError(f"yi has shape {y.shape} and vi {v.shape}, expected both (k,)")
    if len(y) < 2:
        raise ValueError(f"{len(y)} studies were given, expected at least two")
    check_effects(y, v)
    if alternative not in ("greater", "less", "two-sided"):
        raise ValueError(f"unknown alternative {alternative!r}; expected greater, less or two-sided")
    ends = numbers(steps, "steps")
    if ends.ndim == 1 and len(ends) and ends[-1] < 1:
        ends = np.append(ends, 1.0)
    if ends.ndim != 1 or len(ends) < 2 or not (ends[0] > 0 and ends[-1] == 1 and (np.diff(ends) > 0).all()):
        raise ValueError(f"steps is {steps!r}, expected ascending numbers above 0 and up to 1, one below 1")
    return ends


@dataclass(frozen=True, slots=True)
class _Data:
    """Effects, the interval of each, and the effects at which intervals end: ``cuts`` of shape (k, 2 or 1, ·).

    Each row of ``cuts`` descends from infinity to the effect at which the last interval of that tail ends.
    ``sign`` turns the axis of each tail so that small p-values lie at its upper end.
    """

    y: Floats
    v: Floats
    interval: NDArray[np.intp]
    cuts: Floats
    sign: Floats


def _data(y: Floats, v: Floats, ends: Floats, alternative: Alternative) -> _Data:
    from scipy.special import ndtr, ndtri

    s = np.sqrt(v)
    z = y / s
    if alternative == "two-sided":
        p, signs = 2 * ndtr(-np.abs(z)), np.array([1.0, -1.0])
        limits = -ndtri(ends / 2)
    else:
        sign = 1.0 if alternative == "greater" else -1.0
        p, signs = ndtr(-sign * z), np.array([sign])
        limits = -ndtri(ends)
    # A p-value on a cut point belongs to the interval that ends there.
    interval = np.minimum(np.searchsorted(ends, p, side="left"), len(ends) - 1)
    limits = np.concatenate([[np.inf], limits])
    cuts = np.broadcast_to(limits * s[:, None], (len(y), len(limits)))
    return _Data(y, v, interval, np.repeat(cuts[:, None, :], len(signs), axis=1), signs)


def _value_gradient(data: _Data, theta: Floats, weight: Floats) -> tuple[float, Floats]:
    """Log-likelihood and gradient by μ, τ and the logarithms of the weights; ``weight`` 0 stays 0."""
    from scipy.special import log_ndtr

    mean, tau = theta[:2]
    omega = weight * np.exp(theta[2:])
    variance = data.v + tau**2
    sd = np.sqrt(variance)
    t = (data.cuts - mean * data.sign[:, None]) / sd[:, None, None]
    upper, lower = t[..., :-1], t[..., 1:]
    # The difference is taken in the tail where both are small, so that it keeps its digits; as logarithms, relative
    # to the largest, since far from all that is published nothing is left of a probability but its logarithm.
    flip = lower > 0
    more, less = log_ndtr(np.where(flip, -lower, upper)), log_ndtr(np.where(flip, -upper, lower))
    hidden = weight == 0
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        log_share = more + np.log(-np.expm1(less - more))
        top = log_share[:, :, ~hidden].max(axis=(1, 2), keepdims=True)
        share = np.exp(log_share - top)
        density = np.exp(-(t**2) / 2 - top) / np.sqrt(2 * np.pi)
        by_mean = -(density[..., :-1] - density[..., 1:]) * data.sign[:, None] / sd[:, None, None]
        moved = density * np.where(np.isfinite(t), t, 0.0)
        by_variance = -(moved[..., :-1] - moved[..., 1:]) / (2 * variance[:, None, None])
        share, by_mean, by_variance = share.sum(axis=1), by_mean.sum(axis=1), by_variance.sum(axis=1)
    # What is never published may be boundlessly likelier.
    for each in (share, by_mean, by_variance):
        each[:, hidden] = 0.0
    total = share @ omega
    residual = data.y - mean
    value = np.log(omega[data.interval]) - np.log(2 * np.pi * variance) / 2 - residual**2 / (2 * variance)
    slope_variance = (residual**2 / variance - 1) / (2 * variance) - by_variance @ omega / total
    gradient = np.empty(len(theta))
    gradient[0] = (residual / variance - by_mean @ omega / total).sum()
    gradient[1] = 2 * tau * slope_variance.sum()
    chosen = np.bincount(data.interval, minlength=len(omega))
    gradient[2:] = chosen - (share * omega / total[:, None]).sum(axis=0)
    return float((value - np.log(total) - top[:, 0, 0]).sum()), gradient


def _best(
    data: _Data, weight: Floats, free: NDArray[np.bool_], method: str, none: Maximum | None = None
) -> Maximum:
    """Give the highest of what several starts lead to: the likelihood can have more than one maximum.

    It can also rise without end, towards an infinite mean and variance of which almost all is suppressed. Where
    that is higher than every maximum proper, it is given as not converged.
    """

    def value_gradient(theta: Floats) -> tuple[float, Floats]:
        return _value_gradient(data, theta, weight)

    def hessian(theta: Floats) -> Floats:
        step, rows = 1e-5, []
        for column in range(len(theta)):
            shift = np.zeros(len(theta))
            shift[column] = step
            rows.append((value_gradient(theta + shift)[1] - value_gradient(theta - shift)[1]) / (2 * step))
        found = np.stack(rows)
        return np.asarray((found + found.T) / 2)

    if none is None:
        centre, spread = float(np.average(data.y, weights=1 / data.v)), float(np.std(data.y))
    else:
        centre, spread = float(none.theta[0]), max(abs(float(none.theta[1])), 0.1 * float(np.std(data.y)))
    levels = (0.0, -1.5, 1.5) if free.any() else (0.0,)
    wide, far = max(spread, 1e-3), 3 * (1 + float(np.std(data.y)))
    deviations = (0.0, wide, 3 * wide) if method == "ML" else (0.0,)
    starts = [(centre, tau, level) for tau in deviations for level in levels]
    if method == "ML":
        starts += [(centre + 3 * side * far, far, 0.0) for side in _open_sides(data, weight)]
    best: Maximum | None = None
    for mean, tau, level in starts:
        theta = np.concatenate([[mean, tau], np.where(free, level, 0.0)])
        found = maximise(value_gradient, hessian, theta, np.concatenate([[True, tau > 0], free]))
        if np.isfinite(found.value) and (best is None or _better(found, best)):
            best = found
    assert best is not None
    return best


def _open_sides(data: _Data, weight: Floats) -> Floats:
    """Give the directions in which nothing is published at all, so that a mean may lie out there for ever.

    In the others a study is published wherever effects grow without end: its density there falls with the spread.
    """
    first = data.sign if weight[0] == 0 else data.sign[:0]
    last = -data.sign if weight[-1] == 0 and len(data.sign) == 1 else data.sign[:0]
    return np.concatenate([first, last])


def _better(found: Maximum, best: Maximum) -> bool:
    """Tell whether one end of a search is higher than another; what is no maximum has to be so beyond rounding."""
    # The log-likelihood is even in τ, so a fit that ran to zero is no better than the one held there.
    if found.converged == best.converged:
        return found.value > best.value + _NO_GAIN
    gain = found.value - best.value
    return gain > -_TOWARDS if found.converged else gain > _TOWARDS
