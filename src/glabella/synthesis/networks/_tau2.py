"""The variance between studies of a network: that of a meta-regression on its independent contrasts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glabella.synthesis._design import Basis
from glabella.synthesis._tau2 import estimate, log_likelihood, weighted
from glabella.synthesis.networks._independent import Independent

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
METHODS = ("REML", "DL", "ML", "common")


@dataclass(frozen=True, slots=True)
class Regression:
    """A meta-regression whose variance between studies, and likelihood, are those of a network.

    Attributes
    ----------
    y, v : ndarray of shape (batch, r)
        Effects and variances.
    span : Basis
        Columns.
    k : ndarray of shape (batch,)
        Effects that each row has.
    constant : ndarray of shape (batch,)
        What the log-likelihood of the network's contrasts has more.
    """

    y: Floats
    v: Floats
    span: Basis
    k: NDArray[np.int_]
    constant: Floats

    def between_studies(self, method: str) -> tuple[Floats, Mask]:
        """τ² of each row, and whether it was found.

        References
        ----------
        Jackson D, White IR, Riley RD. Stat Med 2012;31:3805-3820 (DL). Rücker G, Schwarzer G. Stat Med
        2014;33:4353-4369. Harville DA. JASA 1977;72:320-338 (REML).
        """
        tau2, _, settled = estimate(method, self.y, self.v, self.span, self.k)
        return tau2, settled

    def likelihood(self, method: str, tau2: Floats) -> Floats:
        """Log-likelihood of the contrasts against one arm of each study, whichever it is; restricted for REML."""
        restricted = method == "REML"
        at = weighted(self.y, 1 / (self.v + tau2[:, None]), self.span)
        count = self.k - restricted * self.span.p
        return np.asarray(
            log_likelihood(restricted, at, self.span) - 0.5 * count * np.log(2 * np.pi) + self.constant
        )


def regression(method: str, own: Independent, te: Floats, reference: int) -> Regression:
    """See the networks of a batch as meta-regressions.

    Parameters
    ----------
    method : {"REML", "DL", "ML", "common"}
        For REML, rows that share variances become regressions without columns: see :func:`_rotated`.
    own : Independent
        Independent contrasts of each row.
    te : ndarray of shape (batch, m)
        Pairwise effects.
    reference : int
        Treatment against which the basic parameters are.
    """
    y = own.effects(te)
    v = np.broadcast_to(own.variance, y.shape)
    x = np.delete(own.columns(), reference, axis=2)
    present = np.isfinite(v)
    k = present.sum(axis=1)
    constant = np.zeros(len(y))
    for block in own.blocks:
        # From the orthonormal contrasts to those against one arm: n of det(DD'), halved once a column.
        n = block.group.n
        studies = present[:, block.columns].sum(axis=1) / (n - 1)
        constant -= 0.5 * studies * (np.log(n) - (n - 1) * np.log(2))
    free = y.shape[1] - x.shape[2]
    if method == "REML" and len(own.variance) == 1 < len(y) and free > 0:
        z, spread = _rotated(y, own.variance[0], x[0])
        none = Basis(np.zeros((free, 0)), np.eye(0))
        return Regression(z, np.broadcast_to(spread, z.shape), none, np.full(len(y), free), constant)
    span = _basis(x, len(y))
    if method == "REML":
        # log |X'X|, so that units of the design leave the likelihood alone.
        constant += 0.5 * np.linalg.slogdet(span.gram(present.astype(float)))[1]
    return Regression(y, v, span, k, constant)


def _rotated(y: Floats, v: Floats, x: Floats) -> tuple[Floats, Floats]:
    """Error contrasts that are independent at every τ², with variances λ + τ².

    K holds orthonormal columns orthogonal to X. With K'VK = UΛU', the likelihood of z = U'K'y is the restricted one
    of y, so that once for many rows all matrices are gone from it.
    """
    outside = np.linalg.qr(x, mode="complete")[0][:, x.shape[1] :]
    spread, u = np.linalg.eigh(outside.T @ (v[:, None] * outside))
    return y @ (outside @ u), spread


def _basis(x: Floats, batch: int) -> Basis:
    """Columns of the basic parameters, shared by the batch where they are the same."""
    p = x.shape[2]
    if len(x) == 1:
        return Basis(x[0], np.eye(p), (x[0][:, :, None] * x[0][:, None, :]).reshape(len(x[0]), p * p))
    return Basis(np.broadcast_to(x, (batch, *x.shape[1:])), np.broadcast_to(np.eye(p), (batch, p, p)))
