"""Contrasts of a network as independent ones, so that a network is a meta-regression with known variances.

With effects θ of its arms, a study of n arms whose contrasts have variances V has the arms' covariance
G = -½ J V J, J = I - 11'/n, up to a constant that no contrast sees. A variance τ² between studies of every contrast
adds τ²/2 J. So the eigenvectors u of G stay what they are at every τ²: with s = √2 u, each s'θ is independent of
the others and has the variance 2e + τ², e being its eigenvalue. Two arms have one of them, the contrast itself.
The pairwise weights (Rücker G, Schwarzer G. Stat Med 2014;33:4353-4369) are the Laplacian Σ ss'/(2e + τ²).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from glabella.synthesis.networks._structure import Ints, MultiArm, Structure

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: Eigenvalues of a study's covariance below this share of the largest are no variance of any contrast: rounding of
#: standard errors to two digits moves them by a hundredth of their size.
_FLAT = 1e-6
#: An arm's variance this share of the smallest contrast's below zero is more than rounding: such arms are
#: positively correlated.
_BELOW = 0.1


@dataclass(frozen=True, slots=True)
class Block:
    """Studies of one number of arms: their eigenvectors, √2 u, of shape (batch or 1, s, n, n-1)."""

    group: MultiArm
    s: Floats
    start: int

    @property
    def size(self) -> int:
        """Independent contrasts of all its studies."""
        return int(self.s.shape[1] * self.s.shape[3])

    @property
    def columns(self) -> slice:
        """Where they stand."""
        return slice(self.start, self.start + self.size)


@dataclass(frozen=True, slots=True)
class Independent:
    """Independent contrasts: first the two-arm studies', then the others', by number of arms.

    Attributes
    ----------
    variance : ndarray of shape (batch or 1, M)
        Their variances; infinite where a row of the batch does not have the study.
    singular : ndarray of bool, shape (batch or 1, n_studies)
        Studies whose variances no arms can have.
    dependent : ndarray of bool, shape (batch or 1, n_studies)
        Studies whose variances only positively correlated arms can have.
    blocks : tuple of Block
        Studies with more than two arms.
    """

    of: Structure
    variance: Floats
    singular: Mask
    dependent: Mask
    blocks: tuple[Block, ...]

    @property
    def study(self) -> Ints:
        """Study of each independent contrast, of shape (M,)."""
        more = (np.repeat(block.group.studies, block.group.n - 1) for block in self.blocks)
        return np.concatenate([self.of.study[self.of.two_arm], *more])

    def of_those(self, has: Mask) -> Independent:
        """Leave out the studies that a row does not have; ``has`` is of shape (batch, n_studies)."""
        return replace(self, variance=np.where(has[:, self.study], self.variance, np.inf))

    def some(self, index: Ints) -> Independent:
        """Keep some rows of the batch."""
        if len(self.variance) == 1:
            return self
        blocks = tuple(replace(block, s=block.s[index] if len(block.s) > 1 else block.s) for block in self.blocks)
        return Independent(self.of, self.variance[index], self.singular, self.dependent, blocks)

    def effects(self, te: Floats) -> Floats:
        """Effects of the independent contrasts, (batch, M), of pairwise effects (batch, m).

        Where effects of a study miss adding up by rounding, those that are nearest by its own weights.
        """
        found = np.empty((len(te), self.variance.shape[1]))
        found[:, : len(self.of.two_arm)] = te[:, self.of.two_arm]
        if self.blocks:
            weighted = te * self.weights(np.zeros(len(self.variance)))
            half = np.where(np.isfinite(self.variance), self.variance, 0.0) / 2
        for block in self.blocks:
            group = block.group
            arms = (weighted[:, group.rows] * group.sign) @ pairs(group)
            own = (arms[:, :, None, :] @ block.s).reshape(len(te), block.size)
            found[:, block.columns] = own * half[:, block.columns]
        return found

    def columns(self) -> Floats:
        """Each independent contrast as a sum of treatments, of shape (batch or 1, M, n)."""
        two = self.of.two_arm
        found = np.zeros((*self.variance.shape, self.of.n))
        row = np.arange(len(two))
        found[:, row, self.of.a[two]], found[:, row, self.of.b[two]] = 1.0, -1.0
        for block in self.blocks:
            batch, studies, _, wide = block.s.shape
            own = np.zeros((batch, studies, self.of.n, wide))
            own[:, np.arange(studies)[:, None], block.group.arms] = block.s
            found[:, block.columns] = np.swapaxes(own, 2, 3).reshape(batch, block.size, self.of.n)
        return found

    def weights(self, tau2: Floats) -> Floats:
        """Pairwise weights, (batch, m), at τ² of shape (batch,)."""
        inverse = 1 / (self.variance + tau2[:, None])
        two = self.of.two_arm
        found = np.empty((len(inverse), self.of.m))
        found[:, two] = inverse[:, : len(two)]
        for block in self.blocks:
            _, studies, _, wide = block.s.shape
            by_study = inverse[:, block.columns].reshape(len(inverse), studies, 1, wide)
            laplacian = (block.s * by_study) @ np.swapaxes(block.s, 2, 3)
            group = block.group
            found[:, group.rows] = -laplacian[:, :, group.first, group.second]
        return found


def pairs(group: MultiArm) -> Floats:
    """Incidence of the pairs of arms, 1 at the first and -1 at the second."""
    return _pairs(group.n)


@cache
def _pairs(n: int) -> Floats:
    first, second = np.triu_indices(n, 1)
    found = np.zeros((len(first), n))
    row = np.arange(len(first))
    found[row, first], found[row, second] = 1.0, -1.0
    found.flags.writeable = False
    return found


@cache
def contrast_basis(n: int) -> Floats:
    """Orthonormal columns, (n, n-1), that are orthogonal to the constant."""
    found = np.linalg.svd(np.eye(n) - 1 / n)[0][:, : n - 1]
    found.flags.writeable = False
    return np.asarray(found)


def covariance(group: MultiArm, variance: Floats) -> Floats:
    """Covariance -½JVJ of the arms of each study, of shape (batch, s, n, n), from pairwise variances (batch, m)."""
    own = variance[:, group.rows]
    full = np.zeros((*own.shape[:2], group.n, group.n))
    full[:, :, group.first, group.second] = full[:, :, group.second, group.first] = own
    centre = np.eye(group.n) - 1 / group.n
    return np.asarray(-0.5 * centre @ full @ centre)


def independent(of: Structure, se: Floats) -> Independent:
    """Turn standard errors of pairwise contrasts, (batch or 1, m), into independent contrasts.

    The arms of a study may be correlated: only its contrasts enter.
    """
    batch = len(se)
    variance = se**2
    found = [variance[:, of.two_arm]]
    singular, dependent = np.zeros((2, batch, len(of.studies)), dtype=bool)
    blocks = []
    start = len(of.two_arm)
    for group in of.multi_arm:
        basis = contrast_basis(group.n)
        e, u = np.linalg.eigh(basis.T @ covariance(group, variance) @ basis)
        own = variance[:, group.rows]
        singular[:, group.studies] = bad = e[..., 0] <= _FLAT * e[..., -1]
        dependent[:, group.studies] = ~bad & (arm_variances(group, own) < -_BELOW * own.min(axis=2))
        found.append(np.where(bad[..., None], np.inf, 2 * e).reshape(batch, -1))
        blocks.append(Block(group, np.sqrt(2) * (basis @ u), start))
        start = blocks[-1].columns.stop
    return Independent(of, np.concatenate(found, axis=1), singular, dependent, tuple(blocks))


def arm_variances(group: MultiArm, own: Floats) -> Floats:
    """Smallest variance of an arm of each study, by least squares on v_ij = v_i + v_j, (batch, s, pairs)."""
    touches = np.abs(pairs(group))
    total = own.sum(axis=2, keepdims=True)
    return np.asarray(((own @ touches - total / (group.n - 1)) / (group.n - 2)).min(axis=2))


def closure(of: Structure, te: Floats, se: Floats) -> Floats:
    """How far the effects of each study with more than two arms are from adding up, by its smallest standard error.

    The largest residual of a contrast from the arms' effects, of shape (batch, n_studies); 0 for two arms.
    """
    found = np.zeros((len(te), len(of.studies)))
    for group in of.multi_arm:
        own = te[:, group.rows] * group.sign
        incidence = pairs(group)
        residual = own - own @ incidence @ incidence.T / group.n
        found[:, group.studies] = np.abs(residual).max(axis=2) / se[:, group.rows].min(axis=2)
    return found
