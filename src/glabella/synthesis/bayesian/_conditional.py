"""The model given τ: the likelihood with the coefficients integrated out, and what is left to know, all normal.

Effects yᵢ ~ N(θᵢ, vᵢ) with θᵢ ~ N(xᵢβ, τ²), each coefficient with a normal prior or a flat one. A model with the
mean alone is one with a column of ones. Several columns are made orthonormal first, so that a calendar year among
them costs no digits; coefficients here are those of the new columns, and ``back`` leads to those that are wanted.
"""

from __future__ import annotations

import math
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
    back : ndarray of shape (rows, p, p)
        Times coefficients here gives coefficients of the columns that were given.
    start : ndarray of shape (rows, p)
        Coefficients about which sums are taken, so that no digits are lost: those without heterogeneity.
    centre, precision : ndarray of shape (rows, p) and (rows, p, p)
        Of the prior, from ``start``; along flat directions the precision is zero.
    constant : ndarray of shape (rows,)
        What the log-likelihood has whatever τ is.
    flat : int
        Coefficients with a flat prior.
    sums : ndarray of shape (rows, k, p * p + p + 1)
        What is weighted and summed at each τ: products of the columns, with the effects, and the effects squared.
    """

    y: Floats
    v: Floats
    present: Floats
    x: Floats
    back: Floats
    start: Floats
    centre: Floats
    precision: Floats
    constant: Floats
    flat: int
    sums: Floats

    def rows(self, index: Any) -> Conditional:
        """Give the same for some rows."""
        return Conditional(self.y[index], self.v[index], self.present[index], self.x[index], self.back[index],
                           self.start[index], self.centre[index], self.precision[index], self.constant[index],
                           self.flat, self.sums[index])  # fmt: skip

    def log_likelihood(self, tau: Floats) -> Floats:
        """Log-likelihood at ``tau`` of shape (rows, n), the coefficients integrated out over their priors.

        The density of a flat prior is taken to be one.
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
        weight = self.precision[:, None] * unit[..., None, None]
        centre = self.centre[:, None, :]
        right = cross + (weight @ centre[..., None])[..., 0]
        matrix = gram + weight
        if p == 1:
            inverse, log_det = 1 / matrix, np.log(matrix[..., 0, 0])
            beta = right * inverse[..., 0]
            fitted, away = gram[..., 0] * beta, self.precision[:, None, :, 0] * (beta - centre) ** 2
        else:
            inverse, log_det = np.linalg.inv(matrix), np.linalg.slogdet(matrix)[1]
            beta = (inverse @ right[..., None])[..., 0]
            fitted = (gram @ beta[..., None])[..., 0]
            away = (beta - centre) * (self.precision[:, None] @ (beta - centre)[..., None])[..., 0]
        rest = square + (beta * (fitted - 2 * cross)).sum(-1)
        logs = (np.log(total) @ self.present[..., None])[..., 0]
        lost = logs + rest / unit + away.sum(-1) + log_det - p * np.log(unit)
        return self.constant[:, None] - 0.5 * lost, self.start[:, None, :] + beta, inverse * unit[..., None, None]

    def without_heterogeneity(self) -> Floats:
        """Log-likelihood (rows,) at τ = 0."""
        return self.log_likelihood(np.zeros((len(self.y), 1)))[:, 0]


def conditional(y: Floats, v: Floats, x: Floats, present: NDArray[np.bool_],
                priors: Sequence[Normal | None]) -> Conditional:  # fmt: skip
    """Prepare rows of effects ``y`` and variances ``v`` (rows, k) with columns ``x`` (rows, k, p)."""
    there = present.astype(float)
    y, v = np.where(present, y, 0.0), np.where(present, v, 1.0)
    x = np.where(present[..., None], x, 0.0)
    rows, k, p = x.shape
    precision = np.diag([0.0 if prior is None else prior.sd**-2 for prior in priors])
    mean = np.array([0.0 if prior is None else prior.mean for prior in priors])
    flat = sum(prior is None for prior in priors)
    constant = -0.5 * (there.sum(axis=1) - flat) * math.log(2 * math.pi)
    constant -= sum(math.log(prior.sd) for prior in priors if prior is not None)
    if p == 1:
        back: Floats = np.ones((rows, 1, 1))
    else:
        back = np.broadcast_to(np.eye(p), (rows, p, p)) if flat == 0 or k < p else _back(x)
        x, constant = x @ back, constant + np.linalg.slogdet(back)[1]
    mean = np.linalg.solve(back, np.broadcast_to(mean[:, None], (rows, p, 1)))[..., 0]
    precision = np.swapaxes(back, -1, -2) @ precision @ back
    weighted = np.swapaxes(x * (there / v)[..., None], -1, -2)
    right = weighted @ y[..., None] + precision @ mean[..., None]
    start = np.linalg.solve(weighted @ x + precision, right)[..., 0]
    left = (y - (x @ start[..., None])[..., 0]) * there
    products = (x[..., :, None] * x[..., None, :]).reshape(rows, k, p * p)
    sums = np.concatenate([products, x * left[..., None], (left * left)[..., None]], axis=-1)
    return Conditional(y, v, there, x, back, start, mean - start, precision, constant, flat, sums)


def _back(x: Floats) -> Floats:
    """Give the inverse of R of x = QR; the identity for columns that only priors tell apart: they have none."""
    r = np.linalg.qr(x).R
    size = np.abs(np.diagonal(r, axis1=-2, axis2=-1))
    alike = (size <= 1e-9 * size.max(axis=-1, keepdims=True)).any(axis=-1)
    return np.asarray(np.linalg.inv(np.where(alike[:, None, None], np.eye(x.shape[-1]), r)), dtype=float)
