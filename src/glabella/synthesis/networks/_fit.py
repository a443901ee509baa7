"""Fit many networks of one structure at once: weighted least squares on the pairwise contrasts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from glabella.synthesis._design import inverse, row_dot
from glabella.synthesis.networks._independent import pairs
from glabella.synthesis.networks._structure import Structure

Floats = NDArray[np.float64]
#: Scores between 0 and 1 that agree to so many decimals are equal: rounding moves the last two or three of sixteen.
_TIED = 10


@dataclass(frozen=True)
class Estimates:
    """Basic parameters of each row of a batch, at given weights.

    Attributes
    ----------
    effect : ndarray of shape (batch, n)
        Effect of each treatment versus the reference, whose own is 0.
    cov : ndarray of shape (batch, n, n)
        Their covariance; zeros for the reference.
    q : ndarray of shape (batch,)
        Weighted sum of squared residuals.
    weights : ndarray of shape (batch, m)
        Pairwise weights; 0 where a row does not have a contrast.
    """

    effect: Floats
    cov: Floats
    q: Floats
    weights: Floats

    @cached_property
    def te(self) -> Floats:
        """Effect of each row's treatment versus each column's."""
        return self.effect[:, :, None] - self.effect[:, None, :]

    @cached_property
    def se(self) -> Floats:
        """Standard errors of ``te``."""
        own = np.einsum("bii->bi", self.cov)
        variance = own[:, :, None] + own[:, None, :] - 2 * self.cov
        at = np.arange(variance.shape[1])
        variance[:, at, at] = np.where(np.isnan(own), np.nan, 0.0)
        return np.asarray(np.sqrt(variance))


def solve(of: Structure, te: Floats, weights: Floats, reference: int) -> Estimates:
    """Fit by weighted least squares; pairwise weights already carry the correlation within studies.

    Parameters
    ----------
    of : Structure
        The network.
    te, weights : ndarray of shape (batch, m)
        Effects, and pairwise weights; both 0 where a row does not have a contrast.
    reference : int
        Treatment whose effect is set to zero.
    """
    batch, n = len(te), of.n
    others = np.delete(np.arange(n), reference)
    laplacian = _laplacian(of, weights)
    cross = (weights * te) @ of.incidence
    cov = np.zeros((batch, n, n))
    found = inverse(laplacian[:, others[:, None], others])
    cov[:, others[:, None], others] = found
    effect = np.zeros((batch, n))
    effect[:, others] = (found @ cross[:, others, None])[..., 0]
    residual = te - (effect[:, of.a] - effect[:, of.b])
    return Estimates(effect, cov, row_dot(weights * residual, residual), np.broadcast_to(weights, te.shape))


def _laplacian(of: Structure, weights: Floats) -> Floats:
    """B' diag(w) B, of shape (batch, n, n): first sums along each edge, then each edge in its four places."""
    i, j = of.edges.T
    found = np.zeros((len(weights), of.n, of.n))
    found[:, i, j] = found[:, j, i] = -(weights @ of.edge_sums)
    at = np.arange(of.n)
    found[:, at, at] = -found.sum(axis=2)
    return found


def p_scores(te: Floats, se: Floats, small_values: str) -> Floats:
    """Mean probability that a treatment is better than another (Rücker, Schwarzer 2015)."""
    from scipy.special import ndtr

    n = te.shape[-1]
    off = ~np.eye(n, dtype=bool)
    ratio = te / np.where(off, se, 1.0)
    better = np.where(off, ndtr(-ratio if small_values == "good" else ratio), 0.0)
    return np.asarray(better.sum(axis=-1) / (n - 1))


def best_first(scores: Floats) -> NDArray[np.intp]:
    """Order by falling scores; those that are equal but for rounding stay in the order in which they are."""
    return np.argsort(-np.round(scores, _TIED), kind="stable")


def within_designs(of: Structure, te: Floats, weights: Floats) -> Floats:
    """Q of the studies of each design about their own common effects, of shape (batch, n_designs)."""
    found = np.zeros((len(te), len(of.design_arms)))
    two = of.two_arm
    if two.size:
        oriented, w = te[:, two] * np.where(of.a[two] < of.b[two], 1.0, -1.0), weights[:, two]
        design = of.design[of.study[two]]
        sums = _indicators(design, len(of.design_arms))
        total = w @ sums
        mean = (w * oriented) @ sums / np.where(total > 0, total, 1.0)
        found += (w * (oriented - mean[:, design]) ** 2) @ sums
    for group in of.multi_arm:
        designs, place = np.unique(of.design[group.studies], return_inverse=True)
        sums = _indicators(place, len(designs))
        incidence = pairs(group)[:, 1:]
        w, y = weights[:, group.rows], te[:, group.rows] * group.sign
        total = np.einsum("bsr,sd->bdr", w, sums)
        gram = incidence.T @ (total[..., None] * incidence)
        # A design that a row of the batch does not have has no weight, and any effects will do.
        gram[~(total.sum(axis=2) > 0)] = np.eye(group.n - 1)
        cross = np.einsum("bsr,sd->bdr", w * y, sums) @ incidence
        arms = (inverse(gram) @ cross[..., None])[..., 0]
        residual = y - (arms @ incidence.T)[:, place]
        found[:, designs] = (w * residual**2).sum(axis=2) @ sums
    return found


def _indicators(group: NDArray[np.intp], groups: int) -> Floats:
    """One column a group, 1 where a row belongs to it."""
    found = np.zeros((len(group), groups))
    found[np.arange(len(group)), group] = 1.0
    return found
