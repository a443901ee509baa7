"""Designs of a network: Q within and between them, whether they contradict each other, and which of them do.

A design is the set of treatments that a study compares. Studies of one design can only be heterogeneous; what
designs say differently is inconsistency. Everything here is a regression in two steps: independent contrasts on the
parameters of their own design, and these on the basic parameters of the network.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from glabella.synthesis._design import Basis
from glabella.synthesis._tau2 import estimate
from glabella.synthesis.networks._independent import independent
from glabella.synthesis.networks._single import Model, contrasts, variance
from glabella.synthesis.networks._structure import Structure, reachable

if TYPE_CHECKING:
    import polars as pl

    from glabella.synthesis.networks._network import Network

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Within = Literal["DL", "REML", "ML"]
#: Changes of Q that agree to so many decimals of the largest are equal.
_TIED = 9


@dataclass(frozen=True, slots=True)
class DesignByTreatment:
    """Q of a network by its designs, and the design-by-treatment interaction.

    Attributes
    ----------
    designs : tuple of str
        Treatments of each design, joined by a colon.
    studies : ndarray of shape (d,)
        Studies of each design.
    q, q_df, q_p : float, int, float
        Of the whole network, common effects.
    q_within, q_within_df, q_within_p : float, int, float
        Heterogeneity between studies of the same design, summed over the designs.
    q_between, q_between_df, q_between_p : float, int, float
        Inconsistency between designs: the design-by-treatment interaction with common effects.
    q_random, q_random_p : float
        The same, with ``q_between_df`` degrees of freedom, in the full model: every design has parameters of its
        own, and studies of a design differ by ``tau2_within``. NaN where no design has studies to spare.
    tau2_within : float
        Variance between studies of the same design.
    design_q, design_df, design_p : ndarray of shape (d,)
        Heterogeneity within each design.
    detached_q, detached_df, detached_p : ndarray of shape (d,)
        Inconsistency that is left once a design has parameters of its own; NaN where the network falls apart
        without it. P values are NaN where there is no degree of freedom.
    method : str
        Estimator of ``tau2_within``.
    """

    designs: tuple[str, ...]
    studies: NDArray[np.int_]
    q: float
    q_df: int
    q_p: float
    q_within: float
    q_within_df: int
    q_within_p: float
    q_between: float
    q_between_df: int
    q_between_p: float
    q_random: float
    q_random_p: float
    tau2_within: float
    design_q: Floats
    design_df: NDArray[np.int_]
    design_p: Floats
    detached_q: Floats
    detached_df: NDArray[np.int_]
    detached_p: Floats
    method: Within

    def table(self) -> pl.DataFrame:
        """Give one row a design."""
        import polars as pl

        names = ("design_q", "design_df", "design_p", "detached_q", "detached_df", "detached_p")
        return pl.DataFrame({"design": list(self.designs), "studies": self.studies,
                             **{name: getattr(self, name) for name in names}})  # fmt: skip

    def __str__(self) -> str:
        """Print as analysts know it."""
        lines = ["Q of the network by designs", "", f"{'':26} {'Q':>9} {'df':>4} {'p':>8}"]
        rows = (
            ("Total", self.q, self.q_df, self.q_p),
            ("Within designs", self.q_within, self.q_within_df, self.q_within_p),
            ("Between designs", self.q_between, self.q_between_df, self.q_between_p),
            ("Between designs, random", self.q_random, self.q_between_df, self.q_random_p),
        )
        lines += [f"{name:26} {_q(q):>9} {df:4d} {_p(p):>8}" for name, q, df, p in rows]
        if not np.isnan(self.tau2_within):
            lines += ["", f"tau^2 within designs {self.tau2_within:.4f} ({self.method})"]
        width = max(6, *(len(name) for name in self.designs))
        heading = f"{'Q':>9} {'df':>4} {'p':>8}"
        lines += ["", f"{'design':{width}} studies {heading}  detached: {heading}"]
        lines += [
            f"{name:{width}} {k:7d} {_q(q):>9} {df:4d} {_p(p):>8} {'':10} {_q(dq):>9} {ddf:4d} {_p(dp):>8}"
            for name, k, q, df, p, dq, ddf, dp in zip(
                self.designs, self.studies, self.design_q, self.design_df, self.design_p, self.detached_q,
                self.detached_df, self.detached_p, strict=True)
        ]  # fmt: skip
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class NetHeat:
    """Where inconsistency comes from, and on what each direct estimate rests.

    Attributes
    ----------
    labels : tuple of str
        The direct estimates: a design of two arms has one, one of n arms n - 1.
    design : ndarray of shape (p,)
        The design of each.
    change : ndarray of shape (p, p)
        By how much the inconsistency of row i falls when the design of column j is detached; negative where it
        rises. NaN in columns whose design the network needs to hang together.
    hat : ndarray of shape (p, p)
        How the network's estimate of row i rests on the direct estimate of column j.
    inconsistency : ndarray of shape (p,)
        Share of each row in Q between designs.
    tau2 : float
        Variance between studies that was taken into account: 0, or that within designs.
    """

    labels: tuple[str, ...]
    design: Ints
    change: Floats
    hat: Floats
    inconsistency: Floats
    tau2: float

    @property
    def order(self) -> Ints:
        """Rows that can be shown, those of similar changes beside each other (complete linkage)."""
        from scipy.cluster.hierarchy import leaves_list, linkage
        from scipy.spatial.distance import pdist

        shown = np.flatnonzero(np.isfinite(self.change).all(axis=0))
        if len(shown) < 3:
            return shown
        some: Floats = self.change[np.ix_(shown, shown)]
        # Distances that are equal but for rounding are equal, so that no processor orders rows otherwise.
        unit = float(np.abs(some).max()) or 1.0
        some = np.asarray(np.round(some / unit, _TIED), dtype=float)
        apart = pdist(some, "cityblock") + pdist(some.T, "cityblock")
        return np.asarray(shown[leaves_list(linkage(apart, "complete"))])

    def table(self) -> pl.DataFrame:
        """Give one row a pair of direct estimates."""
        import polars as pl

        p = len(self.labels)
        return pl.DataFrame({
            "estimate": np.repeat(self.labels, p).tolist(), "detached": list(self.labels) * p,
            "change": self.change.ravel(), "hat": self.hat.ravel(),
        })  # fmt: skip


def design_by_treatment(fit: Network, *, method: Within | None = None) -> DesignByTreatment:
    """Decompose Q by designs, and test their interaction with treatments.

    Parameters
    ----------
    fit : Network
        One network, not a batch.
    method : {"REML", "DL", "ML"}, optional
        Estimator of the variance between studies within designs; that of the fit when left out (DL where it has
        common effects only).

    References
    ----------
    Krahn U, Binder H, König J. BMC Med Res Methodol 2013;13:35. Higgins JPT, Jackson D, Barrett JK, et al. Res
    Synth Methods 2012;3:98-110. Jackson D, Barrett JK, Rice S, White IR, Higgins JPT. Stat Med 2014;33:3639-3654.
    """
    of, (te, se) = fit.structure, contrasts(fit)
    used = _method(fit, method)
    common = _means(of, te, se, 0.0)
    k, arms = np.bincount(of.design, minlength=len(of.designs)), common.arms
    design_df = (k - 1) * (arms - 1)
    design_q = np.where(design_df > 0, common.heterogeneity, 0.0)
    within, within_df = float(design_q.sum()), int(design_df.sum())
    between_df = len(common.theta) - (of.n - 1)
    between = common.q_between(between_df)
    tau2 = tau2_within(fit, used)
    q_random = _means(of, te, se, tau2).q_between(between_df) if np.isfinite(tau2) else np.nan
    left = common.detached()
    detached_q = np.maximum(np.einsum("dp,dp->d", left, left @ common.precision), 0.0)
    detached_df = np.where(np.isnan(detached_q), 0, between_df - (arms - 1))
    detached_q = np.where((detached_df == 0) & ~np.isnan(detached_q), 0.0, detached_q)
    return DesignByTreatment(
        of.designs, k, within + between, within_df + between_df, _tail(within + between, within_df + between_df),
        within, within_df, _tail(within, within_df), between, between_df, _tail(between, between_df),
        q_random, _tail(q_random, between_df), tau2,
        design_q, design_df, _tails(design_q, design_df), detached_q, detached_df, _tails(detached_q, detached_df),
        used,
    )  # fmt: skip


def net_heat(fit: Network, *, model: Model = "common", method: Within | None = None) -> NetHeat:
    """Compute the net heat matrix.

    Parameters
    ----------
    fit : Network
        One network, not a batch. The direct estimates of a design of three arms or more are versus its reference
        where the design has it, else versus the design's first treatment.
    model : {"common", "random"}
        Whether the variance between studies within designs is taken into account.
    method : {"REML", "DL", "ML"}, optional
        Estimator of that variance; that of the fit when left out (DL where it has common effects only).

    References
    ----------
    Krahn U, Binder H, König J. A graphical tool for locating inconsistency in network meta-analyses. BMC Med Res
    Methodol 2013;13:35.
    """
    of, (te, se) = fit.structure, contrasts(fit)
    variance(fit, model)
    tau2 = tau2_within(fit, _method(fit, method)) if model == "random" else 0.0
    if np.isnan(tau2):
        raise ValueError(
            "no design has studies to spare: there is no variance within designs, expected model 'common'"
        )
    at = _means(of, te, se, tau2, of.index(fit.reference))
    left = at.detached()
    own = at.inconsistency()
    change = own[:, None] - (left * (left @ at.precision)).T[:, at.design]
    names = []
    for design, (base, other) in zip(at.design, at.pairs, strict=True):
        name = ":".join(of.treatments[each] for each in sorted((base, other)))
        names.append(name if at.arms[design] == 2 else f"{name} ({of.designs[design]})")
    return NetHeat(tuple(names), at.design, change, at.hat(), own, tau2)


def tau2_within(fit: Network, method: Within) -> float:
    """Estimate the variance between studies of the same design; NaN where no design has studies to spare."""
    te, se = contrasts(fit)
    at = _means(fit.structure, te, se, 0.0)
    if len(at.z) == at.z.shape[1]:
        return float("nan")
    span = Basis(at.z, np.eye(at.z.shape[1]))
    tau2, _, settled = estimate(method, at.y[None], at.v[None], span, np.array([len(at.y)]))
    if not settled[0]:
        raise ValueError(f"tau2 within designs did not converge by {method}, expected method 'DL'")
    return float(tau2[0])


def _method(fit: Network, method: Within | None) -> Within:
    if method not in (None, "REML", "DL", "ML"):
        raise ValueError(f"unknown method {method!r}; expected one of REML, DL, ML")
    return method or ("DL" if fit.method == "common" else fit.method)


@dataclass(frozen=True, slots=True)
class _Means:
    """Direct estimates of each design, as parameters versus one of its treatments.

    Attributes
    ----------
    y, v : ndarray of shape (M,)
        Independent contrasts and their variances without τ².
    z : ndarray of shape (M, p)
        The contrasts as sums of the parameters.
    design, pairs, arms
        Design of each parameter; its (base, other) treatments; number of arms of each design.
    x : ndarray of shape (p, n - 1)
        The parameters as sums of the network's basic ones.
    theta, precision, heterogeneity
        Estimates, the inverse of their covariance, and what is left within each design.
    """

    of: Structure
    y: Floats
    v: Floats
    z: Floats
    design: Ints
    pairs: list[tuple[int, int]]
    arms: NDArray[np.int_]
    x: Floats
    theta: Floats
    precision: Floats
    heterogeneity: Floats

    def hat(self) -> Floats:
        """Give each parameter as a sum of the direct estimates."""
        return np.asarray(self.x @ np.linalg.solve(self.x.T @ self.precision @ self.x, self.x.T @ self.precision))

    def inconsistency(self) -> Floats:
        """Share of each parameter in Q between designs."""
        left = self.theta - self.hat() @ self.theta
        return np.asarray(left * (self.precision @ left))

    def q_between(self, df: int) -> float:
        """Sum the shares; without a degree of freedom what is left is rounding."""
        return max(0.0, float(self.inconsistency().sum())) if df else 0.0

    def detached(self) -> Floats:
        """Residuals, (d, p), when each design in turn has parameters of its own; there they are zero."""
        own = self.design == np.arange(len(self.arms))[:, None]
        apart = ~self._connected(own)
        weights = np.where(own[:, None, :], 0.0, self.precision)
        gram = self.x.T @ weights @ self.x
        gram[apart] = np.eye(self.x.shape[1])
        cross = (self.x.T @ (weights @ self.theta)[..., None])[..., 0]
        beta = np.linalg.solve(gram, cross[..., None])[..., 0]
        left = np.where(own, 0.0, self.theta - beta @ self.x.T)
        left[apart] = np.nan
        return np.asarray(left)

    def _connected(self, own: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether the network holds together without each design."""
        linked = np.zeros((len(own), self.of.n, self.of.n), dtype=bool)
        for parameter, (a, b) in enumerate(self.pairs):
            linked[~own[:, parameter], a, b] = linked[~own[:, parameter], b, a] = True
        return np.asarray(reachable(linked).all(axis=(1, 2)))


def _means(of: Structure, te: Floats, se: Floats, tau2: float, reference: int = 0) -> _Means:
    rows = independent(of, se[None])
    y, v, c = rows.effects(te[None])[0], rows.variance[0], rows.columns()[0]
    # A contrast's study: those of two arms first, then all of each block, a study after another.
    blocks = [np.repeat(block.group.studies, block.group.n - 1) for block in rows.blocks]
    study = np.concatenate([of.study[of.two_arm], *blocks])
    design, pairs = [], []
    for number, arms in enumerate(of.design_arms):
        base = reference if reference in arms else arms[0]
        pairs += [(base, other) for other in arms if other != base]
        design += [number] * (len(arms) - 1)
    place, other = np.array(design, dtype=np.intp), np.array([each[1] for each in pairs])
    z = np.where(of.design[study][:, None] == place, c[:, other], 0.0)
    x = np.zeros((len(pairs), of.n))
    for row, (base, each) in enumerate(pairs):
        x[row, each], x[row, base] = 1.0, -1.0
    w = 1 / (v + tau2)
    precision = z.T @ (w[:, None] * z)
    theta = np.linalg.solve(precision, z.T @ (w * y))
    left = w * (y - z @ theta) ** 2
    spread = np.bincount(of.design[study], left, minlength=len(of.designs)).astype(float)
    arms_of = np.array([len(arms) for arms in of.design_arms])
    return _Means(of, y, v, z, place, pairs, arms_of, x[:, 1:], theta, precision, spread)


def _tail(q: float, df: int) -> float:
    return float(_tails(np.array([q]), np.array([df]))[0])


def _tails(q: Floats, df: NDArray[np.int_]) -> Floats:
    from scipy.special import chdtrc

    return np.asarray(np.where(df > 0, chdtrc(np.maximum(df, 1), np.maximum(q, 0.0)), np.nan))


def _q(q: float) -> str:
    return "." if np.isnan(q) else f"{q:.4f}"


def _p(p: float) -> str:
    return "." if np.isnan(p) else "<.0001" if p < 0.0001 else f"{p:.4f}"
