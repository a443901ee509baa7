"""Cluster-robust variances after a random-effects fit: CR1, and CR2 with Satterthwaite's degrees of freedom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._design import Design, columns
from glabella.synthesis._labels import codes
from glabella.synthesis._numbers import numbers
from glabella.synthesis._pool import Method, pool
from glabella.synthesis._rounding import rounding

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
Kind = Literal["CR1", "CR2"]

#: Directions of a cluster in which the model leaves less than this of the variance are its own coefficients'.
_DETERMINED = 1e-12
#: A cluster takes up a direction of the coefficients if less than this (half the digits) is left to the others; a
#: coefficient with more than this of its variance in such directions is determined by one cluster.
_ALONE = 2.0**-26
DETERMINED = "no robust standard error: one cluster alone determines it: no other tells how far off it may be"
EXACT = "the robust standard error is zero: every cluster's effects are fitted exactly"
#: Clusters whose inner products with all others are held at once.
_ROWS = 512


@dataclass(frozen=True, slots=True)
class Robust:
    """A pooled effect or a meta-regression with cluster-robust tests.

    Attributes
    ----------
    estimate, se, statistic, df, p_value, ci_low, ci_high : float, or ndarray of shape (p,) with moderators
        The mean effect or the coefficients, with t tests on ``df`` degrees of freedom.
    vcov : ndarray of shape (p, p)
        Robust covariance of the coefficients.
    reason : str, or ndarray of str of shape (p,) with moderators
        Empty, or why a coefficient has no standard error (which is NaN, as is all that follows from it).
    tau2 : float
        Variance between effects that the weights are made of.
    k, n_clusters : int
        Effects and clusters.
    names : tuple of str
        Coefficients.
    kind, method, level : str, str, float
        As asked.
    """

    estimate: Any
    se: Any
    statistic: Any
    df: Any
    p_value: Any
    ci_low: Any
    ci_high: Any
    vcov: Floats
    reason: Any
    tau2: float
    k: int
    n_clusters: int
    names: tuple[str, ...]
    kind: Kind
    method: Method
    level: float

    def table(self) -> pl.DataFrame:
        """Give one row a coefficient."""
        import polars as pl

        shown = ("estimate", "se", "statistic", "df", "p_value", "ci_low", "ci_high")
        return pl.DataFrame(
            {"coefficient": list(self.names), **{name: np.atleast_1d(getattr(self, name)) for name in shown}}
        )

    def __str__(self) -> str:
        """Print as analysts know it."""
        from glabella.synthesis._report import coefficients

        df = ", ".join(f"{each:.2f}" for each in np.atleast_1d(self.df))
        head = (f"Cluster-robust tests ({self.kind}); k = {self.k} in {self.n_clusters} clusters; "
                f"weights: {self.method}, tau^2 {self.tau2:.4f}")  # fmt: skip
        why = [f"{name}: {reason}" for name, reason in zip(self.names, np.atleast_1d(self.reason), strict=True)
               if reason]  # fmt: skip
        return "\n".join([head, f"Degrees of freedom: {df}", "", *coefficients(self.names, self, "t"), *why])


def robust(
    yi: ArrayLike,
    vi: ArrayLike,
    cluster: ArrayLike,
    *,
    mods: ArrayLike | Design | None = None,
    method: Method = "REML",
    kind: Kind = "CR1",
    level: float = 0.95,
) -> Robust:
    """Pool ``k`` effects and test with a variance that holds however effects of a cluster depend on each other.

    Parameters
    ----------
    yi, vi : array_like of shape (k,)
        Effects and sampling variances.
    cluster : array_like of shape (k,)
        Effects with the same label may depend on each other.
    mods : array_like of shape (k,) or (k, m), or Design, optional
        Moderators, as of :func:`pool`.
    method : str
        Estimator of the variance between effects, as of :func:`pool`; weights are ``1 / (vi + tau2)``.
    kind : {"CR1", "CR2"}
        CR1 multiplies by n / (n - p), n clusters and p coefficients, and tests by t with n - p degrees of freedom
        (as the program metafor). CR2 is unbiased if the weights are right (Bell and McCaffrey), and tests by t with
        Satterthwaite's degrees of freedom; prefer it below some 40 clusters.
    level : float
        Of every interval.

    Returns
    -------
    Robust

    Raises
    ------
    ValueError
        As :func:`pool`; if a cluster label is missing; if there are not more clusters than coefficients; or if no
        coefficient has a standard error.

    References
    ----------
    Hedges LV, Tipton E, Johnson MC. Res Synth Methods 2010;1:39-65. Bell RM, McCaffrey DF. Surv Methodol
    2002;28:169-181. Tipton E, Pustejovsky JE. J Educ Behav Stat 2015;40:604-634. Pustejovsky JE, Tipton E. J Bus
    Econ Stat 2018;36:672-683.

    Examples
    --------
    >>> fit = robust([0.2, 0.4, 0.9, 0.7, 0.1, 0.3], [0.02] * 6, [1, 1, 2, 2, 3, 3], kind="CR2")
    >>> round(fit.estimate, 3), round(fit.se, 3), round(fit.df, 3)
    (0.433, 0.186, 2.0)
    """
    from scipy.special import stdtr, stdtrit

    if kind not in ("CR1", "CR2"):
        raise ValueError(f"unknown kind {kind!r}; expected CR1 or CR2")
    y, v = numbers(yi, "yi"), numbers(vi, "vi")
    if y.ndim != 1:
        raise ValueError(f"yi has shape {y.shape}, expected (k,)")
    fit = pool(y, v, mods=mods, method=method, test="z", level=level)
    found = columns(mods, y.shape)
    x = found.matrix if found is not None else np.ones((len(y), 1))
    groups = codes(cluster, "cluster", len(y))
    n, p = int(groups.max()) + 1, x.shape[1]
    if n <= p:
        raise ValueError(f"cluster has {n} distinct labels for {p} coefficients, expected more clusters")
    w = 1 / (v + fit.tau2)
    beta, vcov, df = sandwich(y, x, w, groups, kind)
    reason = _without_error(y, v, x, w, groups, beta)
    if reason.all():
        raise ValueError(reason[0])
    lost = reason != ""
    vcov[lost], vcov[:, lost], df[lost] = np.nan, np.nan, np.nan
    se = np.sqrt(np.diagonal(vcov))
    critical = stdtrit(df, 0.5 + level / 2)
    statistic = beta / se

    def shown(values: Floats) -> Any:
        """Drop the coefficient's axis where there is only the mean."""
        return float(values[0]) if found is None else values

    return Robust(
        estimate=shown(beta),
        se=shown(se),
        statistic=shown(statistic),
        df=shown(df),
        p_value=shown(2 * stdtr(df, -np.abs(statistic))),
        ci_low=shown(beta - critical * se),
        ci_high=shown(beta + critical * se),
        vcov=vcov,
        reason=reason if found is not None else "",
        tau2=float(fit.tau2),
        k=len(y),
        n_clusters=n,
        names=fit.names,
        kind=kind,
        method=fit.method,
        level=level,
    )


def _without_error(
    y: Floats, v: Floats, x: Floats, w: Floats, groups: NDArray[np.int_], beta: Floats
) -> NDArray[np.object_]:
    """Why coefficients have no robust standard error: what is left of it is rounding, or says nothing of one."""
    q, r = np.linalg.qr(x * np.sqrt(w)[:, None])
    back = np.linalg.inv(r)
    n, p = int(groups.max()) + 1, x.shape[1]
    # How much of each direction of the coefficients each cluster takes up: one, where no other has a part in it.
    taken = np.zeros((n, p, p))
    np.add.at(taken, groups, q[:, :, None] * q[:, None, :])
    share, direction = np.linalg.eigh(taken)
    alone = np.where(share[:, None, :] > 1 - _ALONE, (back @ direction) ** 2, 0.0)
    determined = alone.sum(axis=(0, 2)) > _ALONE * (back**2).sum(axis=1)
    # A cluster's part in a coefficient's error is a sum of residuals: zero, if it is no more than their rounding.
    pull = (q * np.sqrt(w)[:, None]) @ back.T
    part, limit = np.zeros((n, p)), np.zeros((n, p))
    np.add.at(part, groups, pull * (y - x @ beta)[:, None])
    np.add.at(limit, groups, np.abs(pull) * rounding(y, v)[:, None])
    exact = (np.abs(part) <= limit).all(axis=0)
    return np.where(determined, DETERMINED, np.where(exact, EXACT, "")).astype(object)


def sandwich(
    y: Floats, x: Floats, w: Floats, groups: NDArray[np.int_], kind: Kind
) -> tuple[Floats, Floats, Floats]:
    """Fit by weighted least squares, with a cluster-robust covariance.

    Parameters
    ----------
    y, w : ndarray of shape (k,)
        Effects, and weights: one over the variances that the working model gives them.
    x : ndarray of shape (k, p)
        Columns of the model, the intercept among them.
    groups : ndarray of int of shape (k,)
        Clusters, numbered from zero.
    kind : {"CR1", "CR2"}
        Which correction for few clusters.

    Returns
    -------
    beta, vcov, df : ndarray of shape (p,), (p, p), (p,)
    """
    n, p = int(groups.max()) + 1, x.shape[1]
    # On an orthonormal basis of the weighted columns (X'WX)⁻¹ is the identity, however the moderators are scaled.
    q, r = np.linalg.qr(x * np.sqrt(w)[:, None])
    z = q / np.sqrt(w)[:, None]
    on_basis = z.T @ (w * y)
    residual = y - z @ on_basis
    back = np.linalg.inv(r)
    beta = back @ on_basis
    if kind == "CR1":
        scores = np.zeros((n, p))
        np.add.at(scores, groups, z * (w * residual)[:, None])
        vcov = back @ (scores.T @ scores) @ back.T * n / (n - p)
        return beta, vcov, np.full(p, float(n - p))

    scores, spread, outer = np.zeros((n, p)), np.zeros((n, p)), np.zeros((n, p, p))
    order = np.argsort(groups, kind="stable")
    for j, rows in enumerate(np.split(order, np.cumsum(np.bincount(groups))[:-1])):
        # h = A'WX: what turns the cluster's residuals into its score, adjusted for how far the fit followed them.
        adjustment, left = _adjustment(z[rows], w[rows])
        pull = z[rows] * w[rows][:, None]
        h = adjustment @ pull
        scores[j] = h.T @ residual[rows]
        # The adjusted score has the variance of the unadjusted one in the directions that are left to the cluster.
        spread[j] = ((left.T @ (pull @ back.T / np.sqrt(w[rows])[:, None])) ** 2).sum(axis=0)
        outer[j] = z[rows].T @ h @ back.T
    vcov = back @ (scores.T @ scores) @ back.T
    # The variance is a sum of squares g'y with covariances -UU' between clusters under the working model; its first
    # two moments make the degrees of freedom (Bell and McCaffrey). A cluster that all but determines a coefficient
    # has an enormous U, so nothing may be found as a difference of squares.
    df = np.full(p, np.nan)
    for c in range(p):
        square = (spread[:, c] ** 2).sum() + _squares_between(outer[:, :, c])
        # Nothing is left of a coefficient that one cluster alone determines: its variance is no random quantity.
        if square > 0:
            df[c] = spread[:, c].sum() ** 2 / square
    return beta, vcov, df


def _squares_between(u: Floats) -> float:
    """Sum the squared inner products of different rows, a block of rows at a time."""
    total = 0.0
    for start in range(0, len(u), _ROWS):
        inner = u[start : start + _ROWS] @ u.T
        inner[np.arange(len(inner)), start + np.arange(len(inner))] = 0
        total += float((inner**2).sum())
    return total


def _adjustment(z: Floats, w: Floats) -> tuple[Floats, Floats]:
    """CR2's matrix of a cluster: D'(D(Φ - ZZ')D')^(-1/2)D with Φ the working variances and D'D = Φ.

    Beside it the orthonormal directions, of the standardised residuals, that the model leaves to the cluster.
    """
    root = 1 / np.sqrt(w)
    left = np.diag(1 / w) - z @ z.T
    values, vectors = np.linalg.eigh(root[:, None] * left * root)
    # Where the cluster alone determines a coefficient nothing is left of its residual, and nothing to be scaled.
    kept = values > _DETERMINED * (1 / w).max() ** 2
    half = (vectors[:, kept] / np.sqrt(values[kept])) @ vectors[:, kept].T
    return np.asarray(root[:, None] * half * root), np.asarray(vectors[:, kept])
