"""How well a binomial model fits: deviance, effective parameters, DIC and WAIC."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
#: Draws worked on at once, so that long chains of large networks do not fill the memory.
_BLOCK = 512


@dataclass(frozen=True)
class Deviance:
    """Fit of a model of counts.

    Attributes
    ----------
    residual : float
        Posterior mean of the residual deviance; about ``arms`` where the model fits.
    arms : int
        Counts.
    effective : float
        Effective number of parameters: mean deviance less the deviance at the posterior mean of the fitted counts.
    dic : float
        ``residual + effective``.
    waic, waic_effective, waic_se : float
        Widely applicable information criterion, its effective number of parameters, and its standard error.
    by_arm, leverage : ndarray of shape (arms,)
        Contributions to ``residual`` and ``effective``, arms in the order in which they were given.

    References
    ----------
    Spiegelhalter DJ et al. J R Stat Soc B 2002;64:583-639. Watanabe S. J Mach Learn Res 2010;11:3571-3594.
    Dias S, Sutton AJ, Ades AE, Welton NJ. Med Decis Making 2013;33:607-617 (residual deviance, leverage).
    """

    residual: float
    arms: int
    effective: float
    dic: float
    waic: float
    waic_effective: float
    waic_se: float
    by_arm: Floats
    leverage: Floats


def deviance(logits: Floats, y: Floats, n: Floats, order: NDArray[np.intp]) -> Deviance:
    """Sum up the fit.

    Parameters
    ----------
    logits : ndarray of shape (samples, m)
        Log odds of each arm in each draw.
    y, n : ndarray of shape (m,)
        Counts.
    order : ndarray of shape (m,)
        Which given row each arm was.
    """
    from scipy.special import expit, gammaln, logsumexp

    samples = len(logits)
    sums = [np.zeros(len(y)) for _ in range(2)]
    log_likelihood = np.empty_like(logits)
    constant = gammaln(n + 1) - gammaln(y + 1) - gammaln(n - y + 1)
    for start in range(0, samples, _BLOCK):
        part = logits[start : start + _BLOCK]
        sums[0] += (n * expit(part)).sum(axis=0)
        sums[1] += _residual(y, n, part).sum(axis=0)
        log_likelihood[start : start + _BLOCK] = constant + y * part - n * np.logaddexp(0.0, part)
    fitted, by_arm = (total / samples for total in sums)
    leverage = by_arm - _residual(y, n, np.log(fitted) - np.log(n - fitted))
    density = logsumexp(log_likelihood, axis=0) - np.log(samples)
    spread = log_likelihood.var(axis=0, ddof=1)
    pointwise = -2 * (density - spread)
    back = np.argsort(order)
    return Deviance(
        residual=float(by_arm.sum()),
        arms=len(y),
        effective=float(leverage.sum()),
        dic=float(by_arm.sum() + leverage.sum()),
        waic=float(pointwise.sum()),
        waic_effective=float(spread.sum()),
        waic_se=float(np.sqrt(len(y) * pointwise.var(ddof=1))),
        by_arm=by_arm[back],
        leverage=leverage[back],
    )


def _residual(y: Floats, n: Floats, logit: Floats) -> Floats:
    """Residual deviance of counts given log odds; saturated less fitted log likelihood, twice."""
    from scipy.special import xlogy

    saturated = xlogy(y, y / n) + xlogy(n - y, (n - y) / n)
    return np.asarray(2 * (saturated - y * logit + n * np.logaddexp(0.0, logit)))
