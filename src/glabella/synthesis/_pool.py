"""Pool effects: common effect or random effects, one meta-analysis or a batch of them, by the same code."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._tau2 import dersimonian_laird, moments, q_profile, restricted_likelihood

Floats = NDArray[np.float64]
Method = Literal["REML", "DL", "common"]
Test = Literal["knha", "t", "z"]


@dataclass(frozen=True, slots=True)
class Pooled:
    """A pooled effect; numbers for a single meta-analysis, arrays of shape (batch,) for a batch.

    Attributes
    ----------
    estimate, se, statistic, p_value, ci_low, ci_high : float or ndarray
        The mean effect, its standard error, test, and confidence interval.
    tau2, tau2_se : float or ndarray
        Variance between studies; its standard error.
    tau2_ci, i2_ci, h2_ci : tuple of float or ndarray
        Q-profile limits.
    i2, h2 : float or ndarray
        Share of the variance that lies between studies, in percent, and H².
    q, q_df, q_p : float or ndarray
        Cochran's Q.
    pi_low, pi_high : float or ndarray
        Prediction interval of a further study's true effect; NaN for one study and for a common effect.
    k : int or ndarray
        Studies.
    converged : bool or ndarray
        Whether τ² was found; always true for the closed forms. False marks a batch row that has no study.
    weights : ndarray of shape (k,) or (batch, k)
        Weights in percent; NaN where masked.
    method, test, level : str, str, float
        As asked.
    """

    estimate: Any
    se: Any
    statistic: Any
    p_value: Any
    ci_low: Any
    ci_high: Any
    tau2: Any
    tau2_se: Any
    tau2_ci: tuple[Any, Any]
    i2: Any
    i2_ci: tuple[Any, Any]
    h2: Any
    h2_ci: tuple[Any, Any]
    q: Any
    q_df: Any
    q_p: Any
    pi_low: Any
    pi_high: Any
    k: Any
    converged: Any
    weights: Any
    method: Method
    test: Test
    level: float


def pool(
    yi: ArrayLike, vi: ArrayLike, *, method: Method = "REML", test: Test = "knha", level: float = 0.95
) -> Pooled:
    """Pool effects of ``k`` studies.

    Parameters
    ----------
    yi, vi : array_like of shape (k,) or (batch, k)
        Effects and sampling variances. In a batch NaN in both marks a study that a row does not have.
    method : {"REML", "DL", "common"}
        Estimator of the variance between studies, or none of it.
    test : {"knha", "t", "z"}
        Hartung, Knapp, Sidik and Jonkman's standard error with t; the usual one with t; or with z.
    level : float
        Of every interval.

    Returns
    -------
    Pooled
        A single study returns itself: with no degree of freedom left its interval is the normal one, and it
        has neither a prediction interval nor limits of τ².

    Raises
    ------
    ValueError
        If shapes differ, a variance is not above zero, a value is not finite, or nothing is to be pooled.

    References
    ----------
    Hartung J, Knapp G. Stat Med 2001;20:3875-3889. Sidik K, Jonkman JN. Stat Med 2002;21:3153-3159.
    Higgins JPT, Thompson SG, Spiegelhalter DJ. J R Stat Soc A 2009;172:137-159 (prediction).
    Viechtbauer W. Stat Med 2007;26:37-52 (Q-profile). Higgins JPT, Thompson SG. Stat Med 2002;21:1539-1558.

    Examples
    --------
    >>> fit = pool([0.1, 0.4, 0.8], [0.04, 0.05, 0.09], test="z", method="DL")
    >>> round(fit.estimate, 3), round(fit.tau2, 3)
    (0.38, 0.039)
    """
    y, v = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    if y.shape != v.shape or y.ndim not in (1, 2):
        raise ValueError(f"yi has shape {y.shape} and vi {v.shape}, expected both (k,) or both (batch, k)")
    if method not in ("REML", "DL", "common"):
        raise ValueError(f"unknown method {method!r}; expected REML, DL or common")
    if test not in ("knha", "t", "z"):
        raise ValueError(f"unknown test {test!r}; expected knha, t or z")
    if not 0 < level < 1:
        raise ValueError(f"level is {level}, expected between 0 and 1")
    _check(y, v)
    fit = _pool(np.atleast_2d(y), np.atleast_2d(v), method, test, level)
    return _single(fit) if y.ndim == 1 else fit


def _check(y: Floats, v: Floats) -> None:
    if y.shape[-1] == 0 or y.size == 0:
        raise ValueError("nothing to pool: no effect was given")
    if y.ndim == 1 and not np.isfinite(y).all():
        row = int(np.flatnonzero(~np.isfinite(y))[0])
        raise ValueError(f"yi is {y[row]} in row {row + 1}, expected a finite number")
    masked = np.isnan(y) & np.isnan(v) if y.ndim == 2 else np.zeros(y.shape, dtype=bool)
    wrong = ~masked & ~(np.isfinite(y) & np.isfinite(v) & (np.nan_to_num(v) > 0))
    if wrong.any():
        place = np.argwhere(wrong)[0]
        where = " of batch row ".join(str(int(i) + 1) for i in place[::-1])
        found = f"yi {y[tuple(place)]} and vi {v[tuple(place)]}"
        raise ValueError(f"{found} in row {where}, expected a finite effect and a variance above 0")


def _pool(y: Floats, v: Floats, method: Method, test: Test, level: float) -> Pooled:
    from scipy.special import chdtrc, ndtr, ndtri, stdtr, stdtrit

    present = ~np.isnan(y)
    k = present.sum(axis=1)
    some, several = k > 0, k > 1
    df = np.maximum(k - 1, 1)
    y0, v0 = np.where(present, y, 0.0), np.where(present, v, 1.0)
    fixed = moments(y0, v0, present, np.zeros(len(y)))
    q = fixed.q
    converged = some.copy()
    if method == "common":
        tau2, tau2_se = np.zeros(len(y)), np.full(len(y), np.nan)
    elif method == "DL":
        tau2, tau2_se = dersimonian_laird(fixed, k)
    else:
        tau2, tau2_se, found = restricted_likelihood(y0, v0, present)
        converged &= found
    tau2 = np.where(several, tau2, 0.0)
    at = moments(y0, v0, present, tau2)
    se = np.sqrt(1 / np.where(some, at.sum_w, np.nan))
    if test == "knha":
        # A common spread of zero (equal effects) gives a standard error of zero, as the method says.
        se = np.where(several, se * np.sqrt(at.q / df), se)
    uses_t = several & (test != "z")
    tail = 0.5 + level / 2
    critical = np.where(uses_t, stdtrit(df, tail), ndtri(tail))
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = at.mean / se
    p_value = 2 * np.where(uses_t, stdtr(df, -np.abs(statistic)), ndtr(-np.abs(statistic)))
    spread = critical * np.sqrt(se**2 + tau2)
    predicts = several & (method != "common")
    typical = np.where(several, df / np.where(several, fixed.trace_p, 1.0), np.nan)
    if method == "common":
        with np.errstate(divide="ignore", invalid="ignore"):
            h2 = q / df
            i2 = np.where(q > 0, np.maximum(0.0, 100 * (q - df) / q), 0.0)
        i2, h2 = np.where(several, i2, 0.0), np.where(several, h2, 1.0)
    else:
        i2 = np.where(several, 100 * tau2 / (typical + tau2), 0.0)
        h2 = np.where(several, tau2 / typical + 1, 1.0)
    low, high = q_profile(y0, v0, present, level)
    mean = np.where(some, at.mean, np.nan)
    return Pooled(
        estimate=mean,
        se=se,
        statistic=statistic,
        p_value=p_value,
        ci_low=mean - critical * se,
        ci_high=mean + critical * se,
        tau2=tau2,
        tau2_se=np.where(several, tau2_se, np.nan),
        tau2_ci=(low, high),
        i2=i2,
        i2_ci=(100 * low / (typical + low), 100 * high / (typical + high)),
        h2=h2,
        h2_ci=(low / typical + 1, high / typical + 1),
        q=q,
        q_df=np.maximum(k - 1, 0),
        q_p=np.where(several, chdtrc(df, q), 1.0),
        pi_low=np.where(predicts, mean - spread, np.nan),
        pi_high=np.where(predicts, mean + spread, np.nan),
        k=k,
        converged=converged,
        weights=np.where(present, 100 * at.w / at.w.sum(axis=1, keepdims=True), np.nan),
        method=method,
        test=test,
        level=level,
    )


def _single(fit: Pooled) -> Pooled:
    """Give the only row of a batch of one, as plain numbers."""

    def first(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(first(item) for item in value)
        if isinstance(value, np.ndarray):
            return value[0] if value.ndim == 2 else value[0].item()
        return value

    return replace(fit, **{field.name: first(getattr(fit, field.name)) for field in fields(fit)})
