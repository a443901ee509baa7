"""Bayesian random effects: one analysis or a batch of them, by the same code."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._design import Design, basis
from glabella.synthesis._numbers import BAD_VALUE, FARTHEST, check_effects, check_level, numbers
from glabella.synthesis._pool import usable
from glabella.synthesis.bayesian._conditional import conditional
from glabella.synthesis.bayesian._distribution import Distribution
from glabella.synthesis.bayesian._posterior import Posterior, posterior
from glabella.synthesis.bayesian._priors import Normal, TauPrior, check_mean_prior, check_tau_prior

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]

NOTHING = "no study"
COLLINEAR = "moderators that are constant or collinear, or more of them than studies"
IMPROPER = "posterior that cannot be integrated"


@dataclass(frozen=True)
class Bayes:
    """The posterior of a random-effects analysis; numbers for a single one, arrays with a leading axis for a batch.

    Attributes
    ----------
    mu, tau, theta_new : Distribution
        The mean effect, the standard deviation between studies, and the true effect of a further study.
    k : int or ndarray
        Studies.
    reason : str or ndarray
        Empty, or why this row of a batch could not be analysed. A single analysis raises instead.
    tau_prior : TauPrior
        Prior of τ.
    mu_prior : Normal or None
        Prior of μ; None is the flat one.
    level : float
        Of intervals that are not asked for at another.
    error : float or ndarray
        By how much the quadrature's sum changes if half its points are left out, relatively.
    """

    mu: Distribution
    tau: Distribution
    theta_new: Distribution
    k: Any
    reason: Any
    tau_prior: TauPrior
    mu_prior: Normal | None
    level: float
    error: Any
    found: Posterior = field(repr=False)
    absent: NDArray[np.bool_] = field(repr=False)

    @cached_property
    def shrinkage(self) -> Distribution:
        """Each study's own effect, drawn towards the mean: a distribution of shape (k,) or (batch, k)."""
        return self.found.shrunken()

    @property
    def log_marginal(self) -> Any:
        """Log marginal likelihood of the data; NaN where a prior is improper, see :attr:`improper`."""
        return self.found.log_marginal()

    @property
    def improper(self) -> str:
        """Empty, or why there is no marginal likelihood."""
        names = [name for name, proper in (("tau", self.tau_prior.proper), ("mu", self.mu_prior is not None))
                 if not proper]  # fmt: skip
        return f"the prior of {' and of '.join(names)} is improper" if names else ""

    @property
    def bayes_factor_tau(self) -> Any:
        """How many times likelier the data are with τ = 0 than with its prior; NaN where that is improper.

        A flat prior of μ is common to both and does no harm.
        """
        return self.found.no_heterogeneity()

    @property
    def bayes_factor_mu(self) -> Any:
        """How many times likelier the data are with μ = 0 than with its prior; NaN where that is flat.

        By the ratio of Savage and Dickey, as the prior of τ is the same in both; it may be improper.
        """
        if self.mu_prior is None:
            return np.full(self.found.shape, np.nan)[()]
        return self.mu.density(0.0) / float(self.mu_prior.density(0.0))

    def log_posterior(self, tau: ArrayLike, mu: ArrayLike) -> Any:
        """Joint log density of τ and μ, which may be numbers or lists of one length, shared by a batch."""
        t, m = (np.clip(numbers(values, name), -FARTHEST, FARTHEST)
                for name, values in (("tau", tau), ("mu", mu)))  # fmt: skip
        if t.shape != m.shape and t.ndim and m.ndim:
            raise ValueError(f"tau has shape {t.shape} and mu {m.shape}, expected numbers or lists of one length")
        t, m = np.broadcast_arrays(t, m)
        rows = len(self.found.good)
        wide = (rows, max(1, t.size))
        found = self.found.log_posterior(
            np.broadcast_to(t.ravel(), wide), np.broadcast_to(m.ravel(), wide)[..., None]
        )
        values = self.found.spread(found)
        shown = np.asarray(values).reshape((*self.found.shape, *t.shape))
        return shown if shown.ndim else shown.item()

    @cached_property
    def joint_mode(self) -> tuple[Any, Any]:
        """τ and μ at which their joint density is highest."""
        tau, beta = self.found.joint_mode()
        return self.found.spread(tau), self.found.spread(beta[:, 0])

    def table(self) -> pl.DataFrame:
        """Give one row a quantity; of a batch, one row a quantity and analysis."""
        from glabella.synthesis.bayesian._report import bayes_table

        return bayes_table(self)

    def as_dict(self) -> dict[str, Any]:
        """Give the results by their names."""
        from glabella.synthesis.bayesian._report import bayes_dict

        return bayes_dict(self)

    def __str__(self) -> str:
        """Print as analysts know it."""
        from glabella.synthesis.bayesian._report import bayes_text

        return bayes_text(self)


def bayes(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    tau_prior: TauPrior,
    mu_prior: Normal | None = None,
    level: float = 0.95,
) -> Bayes:
    """Analyse effects of ``k`` studies by the normal hierarchical model, exactly, without simulation.

    Parameters
    ----------
    yi, vi : array_like of shape (k,) or (batch, k)
        Effects and sampling variances. In a batch NaN in both marks a study that a row does not have.
    tau_prior : TauPrior
        Of the standard deviation between studies: :class:`HalfNormal`, :class:`HalfCauchy`, :class:`HalfT`,
        :class:`LogNormal`, :class:`LogT`, :class:`Uniform`, ... No default: it matters with few studies.
    mu_prior : Normal, optional
        Of the mean effect; without it, flat.
    level : float
        Of intervals.

    Returns
    -------
    Bayes
        In a batch a row that cannot be analysed is NaN and says why in ``reason``.

    Raises
    ------
    ValueError
        If shapes differ, a variance is not above zero, a value is not finite, nothing is given, or the posterior
        cannot be integrated: under an improper prior that falls as τ to the power of -a (a is 0 for the uniform
        one), k - 1 + a must be above 1 with a flat prior of μ, k + a with a proper one.

    References
    ----------
    Röver C. J Stat Softw 2020;93(6):1-51. Higgins JPT, Thompson SG, Spiegelhalter DJ. J R Stat Soc A
    2009;172:137-159. Gelman A. Bayesian Anal 2006;1:515-534 (priors of τ, and when posteriors are proper).
    Dickey JM. Ann Math Stat 1971;42:204-223.

    Examples
    --------
    >>> from glabella.synthesis import HalfNormal, bayes
    >>> fit = bayes([0.1, 0.4, 0.8], [0.04, 0.05, 0.09], tau_prior=HalfNormal(0.5))
    >>> round(fit.mu.mean, 3), round(fit.tau.median, 3)
    (0.388, 0.271)
    """
    check_mean_prior(mu_prior)
    y, v = np.array(numbers(yi, "yi")), np.array(numbers(vi, "vi"))
    if y.shape != v.shape or y.ndim not in (1, 2):
        raise ValueError(f"yi has shape {y.shape} and vi {v.shape}, expected both (k,) or both (batch, k)")
    x = np.ones((*np.atleast_2d(y).shape, 1))
    found, reason, present = fitted(y, v, x, tau_prior, (mu_prior,), level)
    one = np.ones(1)
    single = y.ndim == 1
    return Bayes(
        mu=found.effect(one, mu_prior is None, new=False),
        tau=found.tau(),
        theta_new=found.effect(one, mu_prior is None, new=True),
        k=int(present.sum()) if single else present.sum(axis=1),
        reason="" if single else reason,
        tau_prior=tau_prior,
        mu_prior=mu_prior,
        level=level,
        error=found.spread(found.grid.error),
        found=found,
        absent=~present,
    )


def fitted(
    y: Floats, v: Floats, x: Floats, tau_prior: TauPrior, priors: tuple[Normal | None, ...], level: float
) -> tuple[Posterior, NDArray[Any], NDArray[np.bool_]]:
    """Check what is given, and find the posterior of the rows that can be analysed.

    Returns the posterior, why each row cannot be analysed, and which studies each row has.
    """
    if y.size == 0:
        raise ValueError("nothing to analyse: no effect was given")
    check_level(level)
    check_tau_prior(tau_prior)
    single = y.ndim == 1
    if single:
        check_effects(y, v)
        y, v = y[None], v[None]
    present, bad = usable(y, v, x)
    k = present.sum(axis=1)
    reason = np.full(len(y), "", dtype=object)
    at_flat = [place for place, prior in enumerate(priors) if prior is None]
    flat = len(at_flat)
    if not tau_prior.proper:
        reason[k - flat + tau_prior.tail <= 1] = IMPROPER
    if x.shape[-1] > 1 and flat:
        names = tuple(str(place) for place in at_flat)
        collinear = basis(Design(x[..., at_flat], names), present)[1] if x.shape[1] >= flat else True
        reason[collinear | (k < flat)] = COLLINEAR
    reason[k == 0] = NOTHING
    reason[bad] = BAD_VALUE
    if single and reason[0] == COLLINEAR:
        raise ValueError(f"{reason[0]} (k = {k[0]}, {flat} coefficients with flat priors)")
    if single and reason[0]:
        what = f"tau_prior {tau_prior} is improper and the posterior cannot be integrated with k = {k[0]}"
        need = math.floor(1 + flat - tau_prior.tail) + 1
        raise ValueError(f"{what}; expected {need} or more studies, or a proper prior of tau")
    good = np.flatnonzero(reason == "")
    try:
        model = conditional(y[good], v[good], x[good], present[good], priors)
        return posterior(model, tau_prior, () if single else (len(y),), good, level), reason, present
    except np.linalg.LinAlgError as error:
        raise ValueError("the coefficients cannot be told apart beside the rounding of the largest weights; "
                         "expected variances, and columns, of more similar size") from error  # fmt: skip
