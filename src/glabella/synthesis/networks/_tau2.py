"""The variance between studies of a network: that of a meta-regression on its independent contrasts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from glabella.synthesis._design import Basis
from glabella.synthesis._tau2 import estimate, log_likelihood, weighted
from glabella.synthesis.networks._independent import Independent

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
METHODS = ("REML", "DL", "ML", "common")


def basis(rows: Independent, reference: int, batch: int) -> Basis:
    """Columns of the basic parameters, every treatment versus the reference; shared where the batch allows it."""
    x = np.delete(rows.columns(), reference, axis=2)
    p = x.shape[2]
    if len(x) == 1:
        return Basis(x[0], np.eye(p), (x[0][:, :, None] * x[0][:, None, :]).reshape(len(x[0]), -1))
    return Basis(np.broadcast_to(x, (batch, *x.shape[1:])), np.broadcast_to(np.eye(p), (batch, p, p)))


def between_studies(
    method: str, rows: Independent, y: Floats, span: Basis, k: NDArray[np.int_]
) -> tuple[Floats, Mask]:
    """τ² of each row of a batch, and whether it was found.

    Parameters
    ----------
    method : {"REML", "DL", "ML"}
        The generalised estimator of DerSimonian and Laird, or the (restricted) maximum likelihood.
    rows : Independent
        Independent contrasts and their variances.
    y : ndarray of shape (batch, M)
        Their effects.
    span : Basis
        Columns of the basic parameters.
    k : ndarray of shape (batch,)
        Independent contrasts that each row has.

    References
    ----------
    Jackson D, White IR, Riley RD. Stat Med 2012;31:3805-3820 (DL). Rücker G, Schwarzer G. Stat Med
    2014;33:4353-4369. Harville DA. JASA 1977;72:320-338 (REML).
    """
    v = np.broadcast_to(rows.variance, y.shape)
    tau2, _, settled = estimate(method, y, v, span, k)
    return tau2, settled


def likelihood(method: str, rows: Independent, y: Floats, span: Basis, tau2: Floats) -> Floats:
    """Log-likelihood of the contrasts against one arm of each study, whichever it is; restricted for REML."""
    v = np.broadcast_to(rows.variance, y.shape)
    restricted = method == "REML"
    present = np.isfinite(v)
    found = log_likelihood(restricted, weighted(y, 1 / (v + tau2[:, None]), span), span)
    count = present.sum(axis=1) - restricted * span.p
    found = found - 0.5 * count * np.log(2 * np.pi)
    for block in rows.blocks:
        # From the orthonormal contrasts to those against one arm: n of det(DD'), halved once a column.
        n = block.group.n
        studies = present[:, block.columns].sum(axis=1) / (n - 1)
        found = found - 0.5 * studies * (np.log(n) - (n - 1) * np.log(2))
    if restricted:
        # log |X'X|, so that units of the design leave it alone.
        found = found + 0.5 * np.linalg.slogdet(span.gram(present.astype(float)))[1]
    return np.asarray(found)
