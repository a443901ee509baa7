"""The posterior of a normal hierarchical model: heterogeneity on its grid, everything else normal given it."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glabella.synthesis._blocks import blocks
from glabella.synthesis.bayesian._conditional import Conditional
from glabella.synthesis.bayesian._distribution import Distribution, Heterogeneity, Mixture
from glabella.synthesis.bayesian._priors import TauPrior
from glabella.synthesis.bayesian._quadrature import Grid, heterogeneity_grid, together
from glabella.synthesis.bayesian._solve import peaks

Floats = NDArray[np.float64]

#: Points at which the posterior of τ is asked for at first; for the size of a block.
_POINTS = 100


@dataclass(frozen=True, slots=True)
class Posterior:
    """Posterior of some rows of a batch, those that can be analysed.

    Attributes
    ----------
    model, prior, grid : Conditional, TauPrior, Grid
        What was given, and the posterior of τ on its grid.
    shape : tuple of int
        () for a single analysis, (batch,) else.
    good : ndarray of int
        Where the rows stand in the batch.
    level : float
        Of intervals.
    """

    model: Conditional
    prior: TauPrior
    grid: Grid
    shape: tuple[int, ...]
    good: NDArray[np.intp]
    level: float

    def tau(self) -> Distribution:
        """Give the posterior of τ."""
        mean, sd = _moments(self.grid.weight, self.grid.tau, 0.0)
        has_mean, has_sd = self._has(1), self._has(2)
        mean, sd = np.where(has_mean, mean, np.inf), np.where(has_sd, sd, np.inf)
        curve = Heterogeneity.of(self.grid, self.model, self.prior)
        return Distribution(self.spread(mean), self.spread(sd), self.level, curve, self.shape, self.good, 0.0)

    def effect(self, x: Floats, flat: bool | Sequence[bool], *, new: bool) -> Distribution:
        """Give the mean effect at columns ``x`` of shape (p,) or (m, p), or the effect of a new study there.

        ``flat`` is whether a coefficient with a flat prior is in it: then its tails are as heavy as those of τ.
        """
        heavy = np.asarray(flat) | new
        at = np.atleast_2d(x) @ self.model.back
        mean = self.grid.beta @ np.swapaxes(at, 1, 2)
        variance = np.einsum("rmp,rnpq,rmq->rnm", at, self.grid.cov, at)
        if new:
            variance = variance + self.grid.tau[..., None] ** 2
        mean, variance = np.swapaxes(mean, 1, 2), np.swapaxes(variance, 1, 2)
        rows, m, n = mean.shape
        weight = np.broadcast_to(self.grid.weight[:, None, :], mean.shape)
        centre, width = _moments(weight, mean, variance)
        no_mean, no_sd = heavy & ~self._has(1)[:, None], heavy & ~self._has(2)[:, None]
        centre, width = np.where(no_mean, np.nan, centre), np.where(no_sd, np.inf, width)
        width = np.where(no_mean, np.nan, width)
        curve = Mixture(*(each.reshape(rows * m, n) for each in (weight, mean, np.sqrt(variance))))
        place = (self.good[:, None] * m + np.arange(m)).ravel()
        shape = self.shape if np.ndim(x) == 1 else (*self.shape, m)
        centre, width = (_spread(each.ravel(), place, shape) for each in (centre, width))
        return Distribution(centre, width, self.level, curve, shape, place, -math.inf)

    def shrunken(self) -> Distribution:
        """Give each study's own effect; of shape (k,) or (batch, k)."""
        model, tau2 = self.model, self.grid.tau[:, None, :] ** 2
        share = model.v[..., None] / (model.v[..., None] + tau2)
        fitted = model.x @ np.swapaxes(self.grid.beta, 1, 2)
        spread = np.einsum("rkp,rnpq,rkq->rkn", model.x, self.grid.cov, model.x)
        mean = (1 - share) * model.y[..., None] + share * fitted
        sd = np.sqrt(share * tau2 + share**2 * spread)
        there = model.present > 0
        k = there.shape[1]
        weight = np.broadcast_to(self.grid.weight[:, None, :], mean.shape)[there]
        curve = Mixture(weight, mean[there], sd[there])
        centre, width = _moments(curve.weight, curve.mean, curve.sd**2)
        shape = (*self.shape, k)
        place = (self.good[:, None] * k + np.arange(k))[there]
        return Distribution(_spread(centre, place, shape), _spread(width, place, shape), self.level, curve, shape,
                            place, -math.inf)  # fmt: skip

    def log_posterior(self, tau: Floats, beta: Floats) -> Floats:
        """Log density at τ of shape (rows, m) and coefficients, as asked for, of shape (rows, m, p)."""
        inside = (tau >= 0) & (tau <= self.prior.upper)
        at = np.where(inside, tau, 0.0)
        log, mean, cov = self.model.at(at)
        back = self.model.back[:, None]
        away = np.linalg.solve(np.broadcast_to(back, cov.shape), beta[..., None])[..., 0] - mean
        square = (away * np.linalg.solve(cov, away[..., None])[..., 0]).sum(-1)
        log_det = np.linalg.slogdet(cov)[1] + 2 * np.linalg.slogdet(back)[1]
        found = (
            log + self.prior.log_density(at) - self.grid.log_norm[:, None]
            - 0.5 * (square + log_det + away.shape[-1] * math.log(2 * math.pi))
        )  # fmt: skip
        return np.where(inside, found, -np.inf)

    def joint_mode(self) -> tuple[Floats, Floats]:
        """Give τ (rows,) and coefficients (rows, p) at which their joint density is highest."""
        curve = Heterogeneity.of(self.grid, self.model, self.prior)

        def height(z: Floats) -> Floats:
            tau = curve.x(z)[0]
            log, _, cov = self.model.at(tau)
            # Whatever τ is, the coefficients' mean given τ is their best value.
            return np.asarray(log + self.prior.log_density(tau) - 0.5 * np.linalg.slogdet(cov)[1])

        z = curve.table()[0]
        top = peaks(z, height(z), height)
        start = np.isneginf(top)
        tau = np.where(start, 0.0, curve.x(np.where(start, z[:, 0], top)[:, None])[0][:, 0])
        return tau, (self.model.back @ self.model.at(tau[:, None])[1][:, 0, :, None])[..., 0]

    def log_marginal(self) -> Any:
        """Log marginal likelihood; NaN unless all priors are proper."""
        known = self.prior.proper and self.model.flat == 0
        return self.spread(self.grid.log_norm if known else np.full(len(self.good), np.nan))

    def no_heterogeneity(self) -> Any:
        """Bayes factor of τ = 0; NaN unless the prior of τ is proper."""
        if not self.prior.proper:
            return self.spread(np.full(len(self.good), np.nan))
        return self.spread(np.exp(self.model.without_heterogeneity() - self.grid.log_norm))

    def spread(self, values: Floats) -> Any:
        """Bring numbers of the rows that can be analysed to their places."""
        return _spread(values, self.good, (*self.shape, *values.shape[1:]))

    def _has(self, order: int) -> NDArray[np.bool_]:
        """Whether τ has a moment: the posterior falls as τ to the power of -(k - flat coefficients + tail)."""
        if math.isfinite(self.prior.upper):
            return np.ones(len(self.good), dtype=bool)
        fall = self.model.present.sum(axis=1) - self.model.flat + self.prior.tail - 1
        return np.asarray(fall > order)


def posterior(model: Conditional, prior: TauPrior, shape: tuple[int, ...], good: NDArray[np.intp],
              level: float) -> Posterior:  # fmt: skip
    """Find the posterior of each row of a model, in blocks, on all cores."""
    rows, k = model.y.shape
    cut = blocks(rows, k * _POINTS) or [slice(0, 0)]
    if len(cut) == 1:
        return Posterior(model, prior, heterogeneity_grid(model, prior), shape, good, level)
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        grids = list(threads.map(lambda block: heterogeneity_grid(model.rows(block), prior), cut))
    return Posterior(model, prior, together(grids), shape, good, level)


def _moments(weight: Floats, mean: Floats, variance: Floats | float) -> tuple[Floats, Floats]:
    """Mean and standard deviation of mixtures."""
    with np.errstate(over="ignore", invalid="ignore"):
        centre = (weight * mean).sum(axis=-1)
        square = (weight * ((mean - centre[..., None]) ** 2 + variance)).sum(axis=-1)
    return centre, np.sqrt(square)


def _spread(values: Floats, place: NDArray[np.intp], shape: tuple[int, ...]) -> Any:
    """Put values at their places in an array of NaN; a number where there is only one."""
    if not shape:
        return values.item()
    rows = math.prod(shape) // max(1, math.prod(values.shape[1:]))
    found = np.full((rows, *values.shape[1:]), np.nan)
    found[place] = values
    return found.reshape(shape)
