"""The likelihood of dependent effects, by independent blocks, and whether data can tell its parameters apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glabella.synthesis._multilevel_structure import Model

Floats = NDArray[np.float64]
Ints = NDArray[np.int_]

#: Cells of covariances that are worked on at once.
_CELLS = 500_000
#: Below this an eigenvalue of the information (scaled to ones on its diagonal) means that nothing tells two apart.
_INSEPARABLE = 1e-9


@dataclass(frozen=True, slots=True)
class Group:
    """Independent blocks of the same size, stacked: ``b`` blocks of ``n`` rows.

    ``same[c]`` marks pairs of rows in the same group of a cluster; ``pair`` is the entry of the outcomes'
    covariance that a pair of rows gets, or J² for none.
    """

    rows: Ints
    y: Floats
    x: Floats
    v: Floats
    same: Floats
    pair: Ints | None


@dataclass(frozen=True, slots=True)
class Fit:
    """Negative log-likelihood without its constant, its gradient, and the coefficients on the basis."""

    value: float
    gradient: Floats
    beta: Floats
    cov: Floats
    q: float


def independent_groups(
    y: Floats, x: Floats, v: Floats, layers: list[Ints], labels: Ints | None, model: Model
) -> list[Group]:
    """Cut the data into independent blocks and stack those of the same size."""
    block = layers[0]
    if v.ndim == 2:
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        # A sampling covariance may tie studies together, for instance through a control they share.
        i, j = np.nonzero(v)
        count = int(block.max()) + 1
        ties = coo_array((np.ones(len(i)), (block[i], block[j])), shape=(count, count))
        block = connected_components(ties, directed=False)[1][block]
    order = np.argsort(block, kind="stable")
    sizes = np.bincount(block)
    starts = np.cumsum(sizes) - sizes
    groups = []
    for n in np.unique(sizes):
        rows = order[starts[sizes == n][:, None] + np.arange(n)]
        if v.ndim == 2:
            known = v[rows[:, :, None], rows[:, None, :]]
        else:
            known = np.zeros((len(rows), n, n))
            known[:, np.arange(n), np.arange(n)] = v[rows]
        alike = [layer[rows][:, :, None] == layer[rows][:, None, :] for layer in layers]
        pair = None
        if labels is not None:
            mine = labels[rows]
            pair = np.where(alike[0], mine[:, :, None] * model.outcomes + mine[:, None, :], model.outcomes**2)
            alike = alike[1:]
        same = np.array(alike, dtype=float).reshape(len(alike), len(rows), n, n)
        groups.append(Group(rows, y[rows], x[rows], known, same, pair))
    return groups


def check_definite(groups: list[Group]) -> None:
    """Name the rows of the first block whose sampling covariance is not positive definite."""
    for group in groups:
        least = np.linalg.eigvalsh(group.v)[:, 0]
        typical = np.trace(group.v, axis1=1, axis2=2) / group.v.shape[1]
        bad = np.flatnonzero(least <= 1e-12 * typical)
        if bad.size:
            rows = ", ".join(str(row + 1) for row in np.sort(group.rows[bad[0]])[:10])
            raise ValueError(f"vi is not positive definite in rows {rows}, expected a covariance of effects that "
                             "do not determine one another")  # fmt: skip


def _derivatives(group: Group, steps: Floats) -> Floats:
    """Differentiate the covariance of each block by each parameter; of shape (parameters, b, n, n)."""
    if group.pair is None:
        return group.same
    flat = np.concatenate([steps.reshape(len(steps), -1), np.zeros((len(steps), 1))], axis=1)
    return np.concatenate([flat[:, group.pair], group.same])


def _inverses(group: Group, model: Model, theta: Floats, full: Floats) -> tuple[Floats, float]:
    """Inverse covariance of each block, and the sum of log determinants."""
    m = group.v + np.einsum("c,cbij->bij", theta[model.own :], group.same)
    if group.pair is not None:
        m = m + np.append(full.ravel(), 0.0)[group.pair]
    factor = np.linalg.cholesky(m)
    half = np.linalg.inv(factor)
    return np.swapaxes(half, 1, 2) @ half, 2 * float(np.log(np.diagonal(factor, axis1=1, axis2=2)).sum())


def evaluate(groups: list[Group], model: Model, theta: Floats, restricted: bool) -> Fit:
    """Likelihood and gradient with the coefficients profiled out (Harville 1977), block by block."""
    full, steps = model.between(theta) if model.struct else (np.empty(0), np.empty(0))
    p = groups[0].x.shape[-1]
    gram, cross, square, logs = np.zeros((p, p)), np.zeros(p), 0.0, 0.0
    inverses = []
    for group in groups:
        inverse, log = _inverses(group, model, theta, full)
        ax = inverse @ group.x
        gram += np.einsum("bip,biq->pq", group.x, ax)
        cross += np.einsum("bip,bi->p", ax, group.y)
        logs += log
        inverses.append((inverse, ax))
    cov = np.linalg.inv(gram)
    cov = (cov + cov.T) / 2
    beta = cov @ cross
    gradient, outcomes = np.zeros(model.size), np.zeros(model.outcomes**2 + 1)
    for group, (inverse, ax) in zip(groups, inverses, strict=True):
        residual = group.y - group.x @ beta
        r = (inverse @ residual[..., None])[..., 0]
        square += float((residual * r).sum())
        e = inverse - r[:, :, None] * r[:, None, :]
        if restricted:
            e = e - (ax @ cov) @ np.swapaxes(ax, 1, 2)
        gradient[model.own :] += 0.5 * np.einsum("bij,cbij->c", e, group.same)
        if group.pair is not None:
            outcomes += np.bincount(group.pair.ravel(), weights=e.ravel(), minlength=len(outcomes))
    if model.struct:
        gradient[: model.own] = 0.5 * steps.reshape(model.own, -1) @ outcomes[:-1]
    value = 0.5 * (logs + square)
    if restricted:
        value += 0.5 * float(np.linalg.slogdet(gram)[1])
    return Fit(value, gradient, beta, cov, square)


def heights(groups: list[Group], model: Model, thetas: Floats, restricted: bool) -> Floats:
    """Negative log-likelihoods at many parameters, of shape (points, size), without their gradients."""
    cells = sum(group.v.size for group in groups)
    step = max(1, _CELLS // cells)
    parts = [_heights(groups, model, thetas[at : at + step], restricted) for at in range(0, len(thetas), step)]
    return np.concatenate(parts)


def _heights(groups: list[Group], model: Model, thetas: Floats, restricted: bool) -> Floats:
    p = groups[0].x.shape[-1]
    gram, cross = np.zeros((len(thetas), p, p)), np.zeros((len(thetas), p))
    square, logs = np.zeros(len(thetas)), np.zeros(len(thetas))
    if model.struct:
        full = np.array([np.append(model.between(theta)[0].ravel(), 0.0) for theta in thetas])
    for group in groups:
        m = group.v + np.einsum("tc,cbij->tbij", thetas[:, model.own :], group.same)
        if group.pair is not None:
            m = m + full[:, group.pair]
        try:
            factor = np.linalg.cholesky(m)
        except np.linalg.LinAlgError:
            # Rounded away beside a large variance; the others are worked out without it.
            if len(thetas) == 1:
                return np.array([np.inf])
            halves = np.array_split(thetas, 2)
            return np.concatenate([_heights(groups, model, half, restricted) for half in halves])
        logs += 2 * np.log(np.diagonal(factor, axis1=2, axis2=3)).sum(axis=(1, 2))
        both = np.concatenate([group.x, group.y[..., None]], axis=2)
        solved = np.linalg.solve(factor, np.broadcast_to(both, (len(thetas), *both.shape)))
        x, y = solved[..., :p], solved[..., p]
        gram += np.einsum("tbip,tbiq->tpq", x, x)
        cross += np.einsum("tbip,tbi->tp", x, y)
        square += np.einsum("tbi,tbi->t", y, y)
    square -= np.einsum("tp,tp->t", cross, np.linalg.solve(gram, cross[..., None])[..., 0])
    found = 0.5 * (logs + square)
    return np.asarray(found + 0.5 * np.linalg.slogdet(gram)[1] if restricted else found)


def check_separable(groups: list[Group], model: Model, theta: Floats) -> None:
    """Refuse parameters of which the data hold no, or only joint, information."""
    full, steps = model.between(theta) if model.struct else (np.empty(0), np.empty(0))
    size, p = model.size, groups[0].x.shape[-1]
    gram, information = np.zeros((p, p)), np.zeros((size, size))
    once, twice = np.zeros((size, p, p)), np.zeros((size, size, p, p))
    for group in groups:
        try:
            inverse, _ = _inverses(group, model, theta, full)
        except np.linalg.LinAlgError as error:
            raise ValueError(
                "the effects are so far apart that their variances are lost in rounding beside "
                "that between them; expected effects and variances of more similar size"
            ) from error
        ax = inverse @ group.x
        gram += np.einsum("bip,biq->pq", group.x, ax)
        changes = _derivatives(group, steps)
        weighed = inverse @ changes
        information += np.einsum("cbij,dbji->cd", weighed, weighed, optimize=True)
        moved = changes @ ax
        once += np.einsum("bip,cbiq->cpq", ax, moved, optimize=True)
        twice += np.einsum("cbip,bij,dbjq->cdpq", moved, inverse, moved, optimize=True)
    cov = np.linalg.inv(gram)
    around = cov @ once
    whole = np.diagonal(information)
    information = information - 2 * np.einsum("pq,cdqp->cd", cov, twice) + np.einsum("cpq,dqp->cd", around, around)
    left = np.diagonal(information)
    described = ", ".join((*model.components, *model.correlations))
    # What the coefficients take up is a difference of sums: where all is taken, rounding is left, not zero.
    if (left <= np.maximum(_INSEPARABLE * whole, 1e-24 * max(1.0, left.max()))).any():
        raise ValueError(f"the data hold no information on one of: {described}; expected fewer variances, "
                         "or outcomes that occur together")  # fmt: skip
    root = np.sqrt(left)
    values = np.linalg.eigvalsh(information / np.outer(root, root))
    if values[0] <= _INSEPARABLE:
        raise ValueError(
            f"the data cannot tell apart: {described}; expected clusters that group the rows differently, "
            "moderators that do not stand for a cluster, and outcomes that occur together"
        )
