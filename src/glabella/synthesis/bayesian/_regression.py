"""Bayesian meta-regression: the same model with columns, by the same quadrature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._design import Design, columns, independent
from glabella.synthesis._numbers import check_truth, numbers
from glabella.synthesis.bayesian._bayes import fitted
from glabella.synthesis.bayesian._distribution import Distribution
from glabella.synthesis.bayesian._posterior import Posterior
from glabella.synthesis.bayesian._priors import Normal, TauPrior, check_mean_prior

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class BayesRegression:
    """The posterior of a meta-regression; numbers for a single one, arrays with a leading axis for a batch.

    Attributes
    ----------
    coefficients : Distribution
        Of shape (p,) or (batch, p), in the order of ``names``.
    tau : Distribution
        The standard deviation between studies that the columns leave.
    names : tuple of str
        Coefficients.
    k : int or ndarray
        Studies.
    reason : str or ndarray
        Empty, or why this row of a batch could not be analysed. A single analysis raises instead.
    tau_prior : TauPrior
        Prior of τ.
    beta_prior : tuple of Normal or None
        Prior of each coefficient; None is the flat one.
    level : float
        Of intervals that are not asked for at another.
    error : float or ndarray
        By how much the quadrature's sum changes if half its points are left out, relatively.
    """

    coefficients: Distribution
    tau: Distribution
    names: tuple[str, ...]
    k: Any
    reason: Any
    tau_prior: TauPrior
    beta_prior: tuple[Normal | None, ...]
    level: float
    error: Any
    found: Posterior = field(repr=False)

    @cached_property
    def shrinkage(self) -> Distribution:
        """Each study's own effect, drawn towards its fitted one: of shape (k,) or (batch, k)."""
        return self.found.shrunken()

    def predict(self, mods: ArrayLike | Design, *, new_study: bool = False) -> Distribution:
        """Give the mean effect at other moderators, or the true effect of a new study there.

        Parameters
        ----------
        mods : array_like of shape (m,) or (m, moderators), or Design
            Moderators, in the form in which they were given: an array gets an intercept, a design has its own.
        new_study : bool
            With what varies between studies.

        Returns
        -------
        Distribution
            Of shape (m,) or (batch, m).

        Raises
        ------
        ValueError
            If there are more or fewer columns than coefficients, or a value is not finite.
        """
        check_truth(new_study, "new_study")
        if isinstance(mods, Design):
            matrix = mods.matrix
        else:
            given = numbers(mods, "mods")
            given = given[:, None] if given.ndim == 1 else given
            matrix = np.concatenate([np.ones((*given.shape[:-1], 1)), given], axis=-1)
        if matrix.ndim != 2 or matrix.shape[1] != len(self.names):
            raise ValueError(f"columns have shape {matrix.shape}, expected (m, {len(self.names)}) for {self.names}")
        if not np.isfinite(matrix).all():
            row, column = np.argwhere(~np.isfinite(matrix))[0]
            raise ValueError(f"moderator {self.names[column]} is {matrix[row, column]} in row {row + 1}, "
                             "expected a finite number")  # fmt: skip
        return self.found.effect(matrix, None in self.beta_prior, new=new_study)

    @property
    def log_marginal(self) -> Any:
        """Log marginal likelihood of the data; NaN where a prior is improper, see :attr:`improper`."""
        return self.found.log_marginal()

    @property
    def improper(self) -> str:
        """Empty, or why there is no marginal likelihood."""
        names = [name for name, prior in zip(self.names, self.beta_prior, strict=True) if prior is None]
        names = names if self.tau_prior.proper else ["tau", *names]
        return f"the prior of {' and of '.join(names)} is improper" if names else ""

    @property
    def bayes_factor_tau(self) -> Any:
        """How many times likelier the data are with τ = 0 than with its prior; NaN where that is improper."""
        return self.found.no_heterogeneity()

    @cached_property
    def joint_mode(self) -> tuple[Any, Any]:
        """τ and coefficients at which their joint density is highest."""
        tau, beta = self.found.joint_mode()
        return self.found.spread(tau), self.found.spread(beta) if self.found.shape else beta[0]

    def as_dict(self) -> dict[str, Any]:
        """Give the results by their names."""
        from glabella.synthesis.bayesian._report import regression_dict

        return regression_dict(self)

    def table(self) -> pl.DataFrame:
        """Give one row a quantity."""
        from glabella.synthesis.bayesian._report import regression_table

        return regression_table(self)

    def __str__(self) -> str:
        """Print as analysts know it."""
        from glabella.synthesis.bayesian._report import regression_text

        return regression_text(self)


def bayes_regression(
    yi: ArrayLike,
    vi: ArrayLike,
    mods: ArrayLike | Design,
    *,
    tau_prior: TauPrior,
    beta_prior: Normal | Sequence[Normal | None] | None = None,
    level: float = 0.95,
) -> BayesRegression:
    """Regress effects of ``k`` studies on moderators by the normal hierarchical model, exactly, without simulation.

    Parameters
    ----------
    yi, vi : array_like of shape (k,) or (batch, k)
        Effects and sampling variances. In a batch NaN in both marks a study that a row does not have.
    mods : array_like of shape (k,), (k, m) or (batch, k, m), or Design
        Moderators. An array gets an intercept; a :func:`design` is taken as it is.
    tau_prior : TauPrior
        Of the standard deviation between studies.
    beta_prior : Normal, sequence of Normal or None, optional
        Of every coefficient, or of each, the intercept among them; None is flat.
    level : float
        Of intervals.

    Raises
    ------
    ValueError
        If shapes differ, a value is not finite, a variance is not above zero, moderators with flat priors are
        constant or collinear or more than studies, or the posterior cannot be integrated: see :func:`bayes`, with
        as many studies fewer as there are flat priors.

    References
    ----------
    Röver C, Friede T. Comput Methods Programs Biomed 2023;229:107303.

    Examples
    --------
    >>> from glabella.synthesis import HalfNormal, bayes_regression
    >>> fit = bayes_regression([0.1, 0.3, 0.7], [0.04, 0.05, 0.09], [1.0, 2.0, 4.0], tau_prior=HalfNormal(0.5))
    >>> fit.names, fit.coefficients.mean.round(3).tolist()
    (('Intercept', 'mods1'), [-0.1, 0.2])
    """
    y, v = np.array(numbers(yi, "yi")), np.array(numbers(vi, "vi"))
    if y.shape != v.shape or y.ndim not in (1, 2):
        raise ValueError(f"yi has shape {y.shape} and vi {v.shape}, expected both (k,) or both (batch, k)")
    found = columns(mods, y.shape) or Design(np.ones((y.shape[-1], 1)), ("Intercept",))
    p = len(found.names)
    several = isinstance(beta_prior, Sequence) and not isinstance(beta_prior, str)
    priors: tuple[Any, ...] = tuple(beta_prior) if several else (beta_prior,) * p  # type: ignore[arg-type]
    for prior in priors:
        check_mean_prior(prior, "beta_prior")
    if len(priors) != p:
        raise ValueError(f"beta_prior has {len(priors)} priors, expected {p}, one for each of {found.names}")
    single = y.ndim == 1
    if single and not np.isfinite(found.matrix).all():
        row, column = np.argwhere(~np.isfinite(found.matrix))[0]
        raise ValueError(f"moderator {found.names[column]} is {found.matrix[row, column]} in row {row + 1}, "
                         "expected a finite number")  # fmt: skip
    if single:
        flat = [place for place, prior in enumerate(priors) if prior is None]
        own = Design(found.matrix[:, flat], tuple(found.names[place] for place in flat))
        independent(own if flat else None, " with flat priors")
        found = replace(found, matrix=found.matrix[None])
    shape = (*np.atleast_2d(y).shape, p)
    post, reason, present = fitted(y, v, np.broadcast_to(found.matrix, shape), tau_prior, priors, level)
    return BayesRegression(
        coefficients=post.effect(np.eye(p), [prior is None for prior in priors], new=False),
        tau=post.tau(),
        names=found.names,
        k=int(present.sum()) if single else present.sum(axis=1),
        reason="" if single else reason,
        tau_prior=tau_prior,
        beta_prior=priors,
        level=level,
        error=post.spread(post.grid.error),
        found=post,
    )
