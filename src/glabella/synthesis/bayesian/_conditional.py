"""The model given τ: the likelihood with the coefficients integrated out, and what is left to know, all normal.

Effects yᵢ ~ N(θᵢ, vᵢ) with θᵢ ~ N(xᵢβ, τ²), each coefficient with a normal prior or a flat one. A model with the
mean alone is one with a column of ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glabella.synthesis.bayesian._priors import Normal

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Conditional:
    """Some rows of a batch, ready to be asked at any τ.

    Attributes
    ----------
    y, v, present : ndarray of shape (rows, k)
        Effects, variances (0 and 1 where a study is absent), and one where a study is there, else zero.
    x : ndarray of shape (rows, k, p)
        Columns, zero where a study is absent.
    start : ndarray of shape (rows, p)
        Coefficients about which sums are taken, so that no digits are lost: those without heterogeneity.
    prior_mean, prior_precision : ndarray of shape (p,)
        Of the coefficients; a flat prior has precision zero.
    sums : ndarray of shape (rows, k, p * p + p + 1)
        What is weighted and summed at each τ: products of the columns, with the effects, and the effects squared.
    """

    y: Floats
    v: Floats
    present: Floats
    x: Floats
    start: Floats
    prior_mean: Floats
    prior_precision: Floats
    sums: Floats

    @property
    def flat(self) -> int:
        """Coefficients with a flat prior."""
        return int((self.prior_precision == 0).sum())

    def rows(self, index: Any) -> Conditional:
        """Give the same for some rows."""
        return Conditional(self.y[index], self.v[index], self.present[index], self.x[index], self.start[index],
                           self.prior_mean, self.prior_precision, self.sums[index])  # fmt: skip

    def log_likelihood(self, tau: Floats) -> Floats:
        """Log-likelihood at ``tau`` of shape (rows, n), the coefficients integrated out over their priors.

        Over a flat prior of density one, so that it is known up to a constant only.
        """
        return self.at(tau)[0]

    def at(self, tau: Floats) -> tuple[Floats, Floats, Floats]:
        """Log-likelihood (rows, n), and mean (rows, n, p) and covariance (rows, n, p, p) of the coefficients."""
        p = self.x.shape[-1]
        total = self.v[:, None, :] + (tau * tau)[..., None]
        # Weights relative to the largest, so that they stay of order one however large τ is.
        unit = total.min(axis=-1)
        sums = (unit[..., None] / total) @ self.sums
        gram = sums[..., : p * p].reshape(*tau.shape, p, p)
        cross, square = sums[..., p * p : p * p + p], sums[..., -1]
        centre = self.prior_mean - self.start[:, None, :]
        weight = self.prior_precision * unit[..., None]
        right = cross + weight * centre
        if p == 1:
            matrix = gram[..., 0, 0] + weight[..., 0]
            inverse, log_det = (1 / matrix)[..., None, None], np.log(matrix)
            beta = right / matrix[..., None]
        else:
            matrix = gram + weight[..., None] * np.eye(p)
            inverse, log_det = np.linalg.inv(matrix), np.linalg.slogdet(matrix)[1]
            beta = (inverse @ right[..., None])[..., 0]
        rest = square - 2 * (cross * beta).sum(-1) + (beta * (gram @ beta[..., None])[..., 0]).sum(-1)
        away = (self.prior_precision * (beta - centre) ** 2).sum(-1)
        known = self.prior_precision[self.prior_precision > 0]
        k = self.present.sum(axis=-1)[:, None]
        logs = (np.log(total) @ self.present[..., None])[..., 0]
        found = -0.5 * (
            (k - self.flat) * np.log(2 * np.pi) + logs + rest / unit + away + log_det - p * np.log(unit)
            - np.log(known).sum()
        )  # fmt: skip
        return found, self.start[:, None, :] + beta, inverse * unit[..., None, None]

    def without_heterogeneity(self) -> Floats:
        """Log-likelihood (rows,) at τ = 0."""
        return self.log_likelihood(np.zeros((len(self.y), 1)))[:, 0]


def conditional(y: Floats, v: Floats, x: Floats, present: NDArray[np.bool_],
                priors: Sequence[Normal | None]) -> Conditional:  # fmt: skip
    """Prepare rows of effects ``y`` and variances ``v`` (rows, k) with columns ``x`` (rows, k, p)."""
    there = present.astype(float)
    y, v = np.where(present, y, 0.0), np.where(present, v, 1.0)
    x = x * there[..., None]
    mean = np.array([0.0 if prior is None else prior.mean for prior in priors])
    precision = np.array([0.0 if prior is None else prior.sd**-2 for prior in priors])
    start = _start(y, v, x, there, precision, mean)
    left = (y - (x @ start[..., None])[..., 0]) * there
    rows, k, p = x.shape
    products = (x[..., :, None] * x[..., None, :]).reshape(rows, k, p * p)
    sums = np.concatenate([products, x * left[..., None], (left * left)[..., None]], axis=-1)
    return Conditional(y, v, there, x, start, mean, precision, sums)


def _start(y: Floats, v: Floats, x: Floats, there: Floats, precision: Floats, mean: Floats) -> Floats:
    weighted = x * (there / v)[..., None]
    gram = np.swapaxes(weighted, -1, -2) @ x + np.diag(precision)
    right = (np.swapaxes(weighted, -1, -2) @ y[..., None])[..., 0] + precision * mean
    return np.asarray(np.linalg.solve(gram, right[..., None])[..., 0])
