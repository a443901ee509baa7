"""Synthesis under bias that is believed in by a prior: what is left of an effect if patients knew what they had."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._numbers import FARTHEST, HUGE, check_size, number, numbers
from glabella.synthesis._root import root
from glabella.synthesis.bayesian._bayes import fitted
from glabella.synthesis.bayesian._distribution import Distribution
from glabella.synthesis.bayesian._posterior import Posterior
from glabella.synthesis.bayesian._priors import Normal, TauPrior, check_mean_prior

if TYPE_CHECKING:
    import polars

Floats = NDArray[np.float64]

#: Up to how many times the estimate and its interval a bias is sought that changes the conclusion.
_FAR = 20.0
#: Biases that are tried at once on the way there.
_LOOKED_AT = 8


@dataclass(frozen=True, slots=True)
class BiasPrior:
    """What is believed of an additive bias before the trials are seen.

    Attributes
    ----------
    mean, sd : float
        Of the part that all affected trials share. An sd of 0 takes the bias as known; an infinite one knows
        nothing of it, so that affected trials say nothing of the mean.
    between : float
        Standard deviation of what each affected trial has of its own.
    """

    mean: float
    sd: float
    between: float = 0.0

    def __post_init__(self) -> None:
        for name, value in (("mean", self.mean), ("sd", self.sd), ("between", self.between)):
            number(value, name)
        if not abs(float(self.mean)) < FARTHEST:
            raise ValueError(f"mean is {self.mean}, expected a finite number")
        if self.sd not in (0, math.inf):
            check_size(self.sd, "sd", "0 or more")
        if self.between != 0:
            check_size(self.between, "between", "a finite number of 0 or more")

    @classmethod
    def from_guesses(cls, correct: int, guesses: int, belief: Normal, *, between: float = 0.0) -> BiasPrior:
        """Make a prior of how many guessed their treatment, and of what a belief does.

        If arms are of one size and a share p guesses correctly, the arms differ by 2p - 1 in how many believe that
        they had the treatment (Bang's index of blinding, averaged over arms). That difference times the effect of
        believing it is the bias. Its mean and variance are exact, its shape is not: a product is not normal.

        Parameters
        ----------
        correct, guesses : int
            Correct guesses, and all; "don't know" counts as half a correct one.
        belief : Normal
            Outcome of those who believe that they had the treatment minus that of those who do not.
        between : float
            As in the prior.

        References
        ----------
        Bang H, Ni L, Davis CE. Control Clin Trials 2004;25:143-156.
        """
        if not 0 <= correct <= guesses or guesses < 1:
            raise ValueError(
                f"{correct} of {guesses} guessed correctly, expected up to {max(guesses, 1)} of 1 or more"
            )
        a, b = correct + 0.5, guesses - correct + 0.5
        apart, spread = 2 * a / (a + b) - 1, 4 * a * b / ((a + b) ** 2 * (a + b + 1))
        variance = spread * (belief.mean**2 + belief.sd**2) + apart**2 * belief.sd**2
        return cls(apart * belief.mean, float(np.sqrt(variance)), between)


@dataclass(frozen=True)
class BiasAdjusted:
    """A bias-adjusted analysis; numbers for a single one, arrays with a leading axis for a batch.

    Attributes
    ----------
    mu, tau, theta_new : Distribution
        Mean effect without bias, standard deviation between studies, and a further study's unbiased effect.
    bias : Distribution or None
        Posterior of the shared bias; ``None`` where it was taken as known.
    k, affected : int or ndarray
        Studies, and how many of them are affected.
    reason : str or ndarray
        Empty, or why this row of a batch could not be analysed. A single analysis raises instead.
    bias_prior, tau_prior, mu_prior : BiasPrior, TauPrior, Normal or None
        As asked.
    """

    mu: Distribution
    tau: Distribution
    theta_new: Distribution
    bias: Distribution | None
    k: Any
    affected: Any
    reason: Any
    bias_prior: BiasPrior
    tau_prior: TauPrior
    mu_prior: Normal | None
    found: Posterior = field(repr=False)

    @property
    def log_marginal(self) -> Any:
        """Log marginal likelihood of the data; NaN where a prior is improper."""
        return self.found.log_marginal()

    def table(self) -> polars.DataFrame:
        """Give one row a quantity; of a batch, one row a quantity and analysis."""
        from glabella.synthesis.bayesian._bias_report import adjusted_table

        return adjusted_table(self)

    def __str__(self) -> str:
        """Print the prior and the posteriors."""
        from glabella.synthesis.bayesian._bias_report import adjusted_text

        return adjusted_text(self)


@dataclass(frozen=True)
class UnblindingCurve:
    """The pooled effect over the bias that is assumed.

    Attributes
    ----------
    bias : ndarray of shape (n,)
        Assumed biases.
    estimate, low, high : ndarray of shape (n,)
        Posterior mean of the effect without bias, and its central interval.
    tipping : float
        Smallest bias, in the direction of the effect, with which the interval includes zero; 0 if it does so
        without any, NaN if no bias does.
    halving : float
        Bias with which half of the estimate is left; NaN if none does.
    unadjusted : float
        The estimate without bias.
    level : float
        Of the interval.
    """

    bias: Floats
    estimate: Floats
    low: Floats
    high: Floats
    tipping: float
    halving: float
    unadjusted: float
    level: float

    def table(self) -> polars.DataFrame:
        """Give one row an assumed bias."""
        import polars as pl

        return pl.DataFrame({name: getattr(self, name) for name in ("bias", "estimate", "low", "high")})

    def __str__(self) -> str:
        """Print both turning points and the curve."""
        from glabella.synthesis.bayesian._bias_report import curve_text

        return curve_text(self)


def bias_adjusted(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    bias_prior: BiasPrior,
    affected: ArrayLike | None = None,
    tau_prior: TauPrior,
    mu_prior: Normal | None = None,
    level: float = 0.95,
) -> BiasAdjusted:
    """Pool effects of which some carry an additive bias that is known by a prior only.

    An affected study estimates ``mu + x (B + e)``, with a bias ``B`` that all share and an ``e`` of its own. The
    shared part does not average out: the more studies, the more it rules the interval.

    Parameters
    ----------
    yi, vi : array_like of shape (k,) or (batch, k)
        Effects and sampling variances. In a batch NaN in both marks a study that a row does not have.
    bias_prior : BiasPrior
        Of the bias, on the scale of the effects and with their sign.
    affected : array_like of shape (k,), optional
        Which studies are affected, or to which degree ``x``: for functional unblinding, by how much the arms differ
        in the share that believes to have had the treatment. Left out, all are, fully.
    tau_prior : TauPrior
        Of the standard deviation between studies, apart from bias.
    mu_prior : Normal, optional
        Of the mean effect; without it, flat.
    level : float
        Of intervals.

    Returns
    -------
    BiasAdjusted
        By the quadrature of :func:`bayes`; without bias the same as it.

    Raises
    ------
    ValueError
        As :func:`bayes`; and if a bias of infinite sd affects all studies alike, so that nothing tells of the mean.

    References
    ----------
    Turner RM, Spiegelhalter DJ, Smith GCS, Thompson SG. J R Stat Soc A 2009;172:21-47.
    Welton NJ, Ades AE, Carlin JB, Altman DG, Sterne JAC. J R Stat Soc A 2009;172:119-136.

    Examples
    --------
    >>> from glabella.synthesis import HalfNormal
    >>> fit = bias_adjusted([-0.9, -0.6, -0.8], [0.06, 0.05, 0.09], bias_prior=BiasPrior(-0.3, 0.2),
    ...                     tau_prior=HalfNormal(0.3))
    >>> round(fit.mu.mean, 2), round(fit.mu.sd, 2)
    (-0.46, 0.28)
    """
    y, v = np.array(numbers(yi, "yi")), np.array(numbers(vi, "vi"))
    if y.shape != v.shape or y.ndim not in (1, 2):
        raise ValueError(f"yi has shape {y.shape} and vi {v.shape}, expected both (k,) or both (batch, k)")
    check_mean_prior(mu_prior)
    if not isinstance(bias_prior, BiasPrior):
        raise ValueError(f"bias_prior is {bias_prior!r}, expected a BiasPrior")
    degree = _degree(affected, y.shape[-1])
    _check_identified(y, degree, bias_prior, mu_prior)
    known, unknown = bias_prior.sd == 0, math.isinf(bias_prior.sd)
    columns = [np.ones_like(degree)] if known else [np.ones_like(degree), degree]
    # The shared bias is one more coefficient with a normal prior; what a study has of its own widens it.
    priors = (mu_prior,) if known else (mu_prior, None if unknown else Normal(bias_prior.mean, bias_prior.sd))
    x = np.broadcast_to(np.stack(columns, axis=-1), (*np.atleast_2d(y).shape, len(columns)))
    shifted = y - bias_prior.mean * degree if known else y
    widened = v + np.where(v > 0, (bias_prior.between * degree) ** 2, 0.0)
    found, reason, present = fitted(shifted, widened, x, tau_prior, priors, level)
    # A flat prior of one is in both: what is unknown of the bias is unknown of the mean.
    of_mean, flat = np.eye(len(columns))[0], None in priors
    single = y.ndim == 1
    count = (present & (degree != 0)).sum(axis=1)
    return BiasAdjusted(
        mu=found.effect(of_mean, flat, new=False),
        tau=found.tau(),
        theta_new=found.effect(of_mean, flat, new=True),
        bias=None if known else found.effect(np.eye(2)[1], flat, new=False),
        k=int(present.sum()) if single else present.sum(axis=1),
        affected=int(count[0]) if single else count,
        reason="" if single else reason,
        bias_prior=bias_prior,
        tau_prior=tau_prior,
        mu_prior=mu_prior,
        found=found,
    )


def _degree(affected: ArrayLike | None, k: int) -> Floats:
    if affected is None:
        return np.ones(k)
    degree = numbers(affected, "affected")
    if degree.shape != (k,):
        raise ValueError(f"affected has shape {degree.shape}, expected ({k},), one number a study")
    wrong = ~(np.abs(degree) <= HUGE)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise ValueError(f"affected is {degree[row]} in row {row + 1}, expected a finite number up to {HUGE:g}")
    return degree


def _check_identified(y: Floats, degree: Floats, prior: BiasPrior, mu_prior: Normal | None) -> None:
    """Raise if nothing is known of the bias, and it cannot be told from the mean or has no study at all."""
    if not math.isinf(prior.sd):
        return
    for row in np.atleast_2d(y):
        there = degree[np.isfinite(row)]
        if len(there) and (not there.any() or (mu_prior is None and not np.ptp(there))):
            found = "all studies alike" if there.any() else "no study"
            raise ValueError(f"the bias has an infinite sd and affects {found}; expected a finite sd, or studies "
                             "that differ in how much they are affected")  # fmt: skip


def unblinding_curve(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    bias: ArrayLike,
    affected: ArrayLike | None = None,
    tau_prior: TauPrior,
    mu_prior: Normal | None = None,
    sd: float = 0.0,
    between: float = 0.0,
    level: float = 0.95,
) -> UnblindingCurve:
    """Pool effects under each of several assumed biases, and find those that change the conclusion.

    Parameters
    ----------
    yi, vi : array_like of shape (k,)
        Effects and sampling variances.
    bias : array_like of shape (n,)
        Assumed biases, on the scale of the effects and with their sign.
    affected, tau_prior, mu_prior, level
        As in :func:`bias_adjusted`.
    sd, between : float
        How sure the assumed bias is, as in :class:`BiasPrior`.

    Returns
    -------
    UnblindingCurve

    Raises
    ------
    ValueError
        As :func:`bias_adjusted`.

    Examples
    --------
    >>> from glabella.synthesis import HalfNormal
    >>> curve = unblinding_curve([-0.9, -0.6, -0.8], [0.06, 0.05, 0.09], bias=[0, -0.2, -0.4],
    ...                          tau_prior=HalfNormal(0.3))
    >>> curve.estimate.round(2).tolist(), round(curve.tipping, 2), round(curve.halving, 2)
    ([-0.76, -0.56, -0.36], -0.37, -0.38)
    """
    y, v, grid = (np.array(numbers(each, name)) for each, name in ((yi, "yi"), (vi, "vi"), (bias, "bias")))
    if y.shape != v.shape or y.ndim != 1:
        raise ValueError(f"yi has shape {y.shape} and vi {v.shape}, expected both (k,)")
    if grid.ndim != 1 or not len(grid) or not np.isfinite(grid).all():
        raise ValueError(f"bias is {bias!r}, expected a list of finite numbers")
    degree = _degree(affected, len(y))

    def at(assumed: Floats) -> tuple[Floats, Floats, Floats]:
        fit = bias_adjusted(
            y - assumed[:, None] * degree, np.broadcast_to(v, (len(assumed), len(v))), affected=degree,
            bias_prior=BiasPrior(0.0, sd, between), tau_prior=tau_prior, mu_prior=mu_prior, level=level,
        )  # fmt: skip
        low, high = fit.mu.interval(kind="central")
        return fit.mu.mean, low, high

    # One analysis first, so that a bad study is named.
    bias_adjusted(y, v, affected=degree, bias_prior=BiasPrior(0.0, sd, between), tau_prior=tau_prior,
                  mu_prior=mu_prior, level=level)  # fmt: skip
    (start,), (low,), (high,) = at(np.zeros(1))
    sign = 1.0 if start >= 0 else -1.0
    far = _FAR * max(abs(start), high - low)

    def near_limit(assumed: Floats) -> Floats:
        _, below, above = at(sign * assumed)
        return below if sign > 0 else -above

    def above_half(assumed: Floats) -> Floats:
        return np.asarray(sign * (at(sign * assumed)[0] - start / 2))

    estimate, lows, highs = at(grid)
    tipping = 0.0 if low <= 0 <= high else sign * _first_root(near_limit, far)
    return UnblindingCurve(
        grid, estimate, lows, highs, tipping, sign * _first_root(above_half, far), float(start), level
    )


def _first_root(value: Callable[[Floats], Floats], far: float) -> float:
    """Find where a function that is positive at 0 first falls to 0; NaN if it does not."""
    ends = far * np.linspace(0, 1, 81)
    # A few at a time: the root is mostly near.
    for first in range(1, len(ends), _LOOKED_AT):
        fallen = np.flatnonzero(value(ends[first : first + _LOOKED_AT]) <= 0)
        if len(fallen):
            end = first + int(fallen[0])

            def alone(assumed: float) -> float:
                return float(value(np.array([assumed]))[0])

            return root(alone, ends[end - 1], ends[end], xtol=1e-12, rtol=1e-12)
    return float("nan")
