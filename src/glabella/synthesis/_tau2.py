"""The variance between studies: eight estimators and Q-profile limits, for many meta-analyses at once.

Arrays have shape (batch, k). A study that a row does not have carries an infinite variance and an effect of zero:
its weight is then zero everywhere, with no mask in the sums.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glabella.synthesis._design import Basis, inverse, row_dot, row_sum

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: Newton's method settles in a few rounds; hundreds mean that it will not.
_MAX_ROUNDS = 500
#: So many rounds of scoring steps where Newton's is not safe; then the middle between the sides.
_SCORING_ROUNDS = 6
#: Relative change at which τ² is settled; and that of a step of Newton's, which squares the error, so that what is
#: left after it is far below the other.
_SETTLED, _SQUARED = 1e-11, 1e-8
#: Likelihoods of variances that differ by less than this factor have one maximum, as far as any was found.
_UNEVEN = 3.0
#: The inverse of less than this is more than a computer holds.
_LEAST_INFORMATION = 1e-307
#: Factor between the points at which a slope is looked at: a maximum is about as wide as its own place.
_APART = 3.0
METHODS = ("REML", "ML", "DL", "PM", "EB", "HE", "HS", "SJ", "common")
#: What other programs call the model of one common effect.
_COMMON = ("FE", "EE", "CE")


def method_called(name: str, known: tuple[str, ...] = METHODS) -> Any:
    """Give the method of a name, ``common`` by any of its names.

    Raises
    ------
    ValueError
        If no method is called so.
    """
    if "common" in known and name in _COMMON:
        return "common"
    if name not in known:
        raise ValueError(f"unknown method {name!r}; expected one of {', '.join(known)}")
    return name


@dataclass(frozen=True, slots=True)
class Fit:
    """Weighted least squares at given weights: coefficients on the basis, their covariance, Py, and y'Py."""

    w: Floats
    beta: Floats
    cov: Floats
    py: Floats
    q: Floats


def weighted(y: Floats, w: Floats, basis: Basis) -> Fit:
    """Fit by weighted least squares."""
    if basis.q is None:
        # The mean alone, by far the most frequent: the same in fewer calls.
        total = row_sum(w)
        mean = row_dot(w, y) / total
        residual = y - mean[:, None]
        py = w * residual
        return Fit(w, mean[:, None], (1 / total)[:, None, None], py, row_dot(py, residual))
    cov = inverse(basis.gram(w))
    beta = cov[:, 0] * basis.cross(w, y) if basis.p == 1 else (cov @ basis.cross(w, y)[..., None])[..., 0]
    residual = y - basis.fitted(beta)
    py = w * residual
    return Fit(w, beta, cov, py, row_dot(py, residual))


def trace_p(fit: Fit, basis: Basis) -> Floats:
    """Trace P, with P = W - WX(X'WX)⁻¹X'W."""
    return np.asarray(row_sum(fit.w) - _trace(fit.cov, basis.gram(fit.w, fit.w)))


def estimate(method: str, y: Floats, v: Floats, basis: Basis, k: NDArray[np.int_]) -> tuple[Floats, Floats, Mask]:
    """τ², its standard error, and whether an iteration settled (the closed forms always do).

    Parameters
    ----------
    method : str
        One of ``METHODS`` other than ``common``.
    y, v : ndarray of shape (batch, k)
        Effects and variances.
    basis : Basis
        The model's columns.
    k : ndarray of shape (batch,)
        Studies that each row has.

    References
    ----------
    DerSimonian R, Laird N. Control Clin Trials 1986;7:177-188 (DL). Hedges LV, Olkin I. 1985 (HE). Hunter JE,
    Schmidt FL. 1990 (HS). Sidik K, Jonkman JN. J R Stat Soc C 2005;54:367-384 (SJ). Paule RC, Mandel J. J Res Natl
    Bur Stand 1982;87:377-385 (PM). Morris CN. JASA 1983;78:47-55 (EB). Viechtbauer W. J Educ Behav Stat
    2005;30:261-293 (ML, REML, standard errors). Raudenbush SW. 2009 (with moderators).
    """
    df = np.maximum(k - basis.p, 1).astype(float)
    if method in ("REML", "ML"):
        return _likelihood(method == "REML", y, v, basis, k)
    always = np.ones(len(y), dtype=bool)
    if method in ("PM", "EB"):
        tau2, settled = root_of_q(y, v, basis, df)
        at = weighted(y, 1 / (v + tau2[:, None]), basis)
        return tau2, np.sqrt(2 * k**2 / df) / at.w.sum(axis=1), settled
    if method in ("DL", "HS"):
        fixed = weighted(y, 1 / v, basis)
        trace = trace_p(fixed, basis)
        scale, target = (trace, df) if method == "DL" else (fixed.w.sum(axis=1), k)
        # Without a degree of freedom DL's is 0/0, which rounding may turn into x/0.
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            tau2 = np.maximum(0.0, (fixed.q - target) / scale)
            variance = 2 * df + 4 * tau2 * trace + 2 * tau2**2 * _trace_pp(fixed, basis)
            return tau2, np.sqrt(variance) / scale, always
    present = np.isfinite(v)
    own = np.where(present, v, 0.0)
    if method == "HE":
        plain = weighted(y, present.astype(float), basis)
        _, trace_pv, trace_pvpv, _ = _traces(plain, basis, own)
        tau2 = np.maximum(0.0, (plain.q - trace_pv) / df)
        return tau2, np.sqrt(2 * trace_pvpv + 4 * tau2 * trace_pv + 2 * tau2**2 * df) / df, always
    mean = y.sum(axis=1) / np.maximum(k, 1)
    start = np.where(present, (y - mean[:, None]) ** 2, 0.0).sum(axis=1) / np.maximum(k, 1)
    at = weighted(y, 1 / (v + start[:, None]), basis)
    tau2 = start * at.q / df
    _, _, trace_pvpv, trace_pvp = _traces(at, basis, own)
    variance = 2 * trace_pvpv + 4 * tau2 * trace_pvp + 2 * tau2**2 * _trace_pp(at, basis)
    return tau2, start / df * np.sqrt(variance), always


def root_of_q(y: Floats, v: Floats, basis: Basis, target: Floats) -> tuple[Floats, Mask]:
    """τ² at which Q(τ²) equals ``target``; zero where Q is below it already at zero.

    Q is a sum of terms a/(b + τ²), so 1/Q rises and is concave: Newton's method on it approaches the root from
    below, cannot overshoot, and settles in a few rounds.
    """
    tau2 = np.zeros(len(y))
    settled = ~np.isfinite(target)
    _rounds(_QStep(target), y, v, basis, tau2, settled)
    return tau2, settled


def q_profile(y: Floats, v: Floats, basis: Basis, k: NDArray[np.int_], level: float) -> tuple[Floats, Floats]:
    """Limits of τ² at which Q(τ²) meets the chi-squared quantiles (Viechtbauer W. Stat Med 2007;26:37-52)."""
    from scipy.special import chdtri

    df = np.maximum(k - basis.p, 1)
    low, high = (by_df(chdtri, df, tail) for tail in ((1 - level) / 2, (1 + level) / 2))
    # Both limits in one call: the second half of the rows seeks the upper one.
    both = np.tile(np.arange(len(y)), 2)
    limit, settled = root_of_q(y[both], v[both], basis.rows(both), np.concatenate([low, high]))
    limit = np.where((k[both] > basis.p) & settled, limit, np.nan)
    return limit[: len(y)], limit[len(y) :]


def by_df(quantile: Callable[..., Floats], df: NDArray[np.int_], tail: float) -> Floats:
    """Quantile at each row's degrees of freedom, all above zero; in a long batch once for each that may occur."""
    most = int(df.max())
    return quantile(df, tail) if len(df) <= most else quantile(np.maximum(np.arange(most + 1), 1), tail)[df]


def log_likelihood(restricted: bool, at: Fit, basis: Basis) -> Floats:
    """Log-likelihood, or the restricted one, of a fit at weights 1/(v + τ²), without what τ² leaves alone."""
    # An absent study has weight zero, whose logarithm is put at zero.
    log_v = -row_sum(np.log(np.where(at.w > 0, at.w, 1.0)))
    found = -0.5 * (log_v + at.q)
    if restricted:
        with np.errstate(invalid="ignore", divide="ignore"):
            size = -np.log(at.cov[:, 0, 0]) if basis.p == 1 else np.linalg.slogdet(basis.gram(at.w))[1]
        found = found - 0.5 * size
    return np.asarray(found)


def _likelihood(
    restricted: bool, y: Floats, v: Floats, basis: Basis, k: NDArray[np.int_]
) -> tuple[Floats, Floats, Mask]:
    """τ² by maximum likelihood; zero where the likelihood is higher there than at the maximum that was found."""
    present = np.isfinite(v)
    plain = weighted(y, present.astype(float), basis)
    within = np.where(present, v, 0.0).sum(axis=1) / np.maximum(k, 1)
    tau2 = np.maximum(0.0, plain.q / np.maximum(k - basis.p, 1) - within)
    settled = k <= basis.p
    tau2[~np.isfinite(tau2)] = 0.0
    sides = np.full(len(y), -1.0), np.full(len(y), np.inf)
    _rounds(_ScoreStep(restricted, *sides), y, v, basis, tau2, settled)
    _climb_others(restricted, y, v, basis, tau2, settled & (k > basis.p), plain.q)
    at = weighted(y, 1 / (v + tau2[:, None]), basis)
    positive = tau2 > 0
    if positive.any():
        at_zero = weighted(y, 1 / v, basis)
        lower = log_likelihood(restricted, at, basis) < log_likelihood(restricted, at_zero, basis)
        if (positive & lower).any():
            tau2[positive & lower] = 0.0
            at = weighted(y, 1 / (v + tau2[:, None]), basis)
    information = _trace_pp(at, basis) if restricted else row_dot(at.w, at.w)
    return tau2, np.sqrt(2 / np.where(information > _LEAST_INFORMATION, information, np.nan)), settled


def _climb_others(
    restricted: bool, y: Floats, v: Floats, basis: Basis, tau2: Floats, some: Mask, squares: Floats
) -> None:
    """Put τ² at a higher maximum of the likelihood where there is one; in place.

    With very different variances it may have several. The slope is positive before a maximum and not after it, and
    negative for good where τ² is above the sum of squares without weights (``squares``) and the largest variance.
    """
    least = v.min(axis=1, initial=np.inf)
    most = np.where(np.isfinite(v), v, 0.0).max(axis=1, initial=0.0)
    rows = np.flatnonzero(some & (most > _UNEVEN * least))
    if not rows.size:
        return
    low, high = least[rows] / _APART, squares[rows] + most[rows]
    times = int(np.ceil(np.log((high / low).max()) / np.log(_APART)))
    factor = (high / low) ** (1 / times)
    points = np.concatenate([np.zeros((1, len(rows))), low * factor ** np.arange(times + 1)[:, None]])
    # All points in one call: with one analysis it is the calls that take the time.
    tiled = np.tile(rows, len(points))
    at = basis.rows(tiled)
    fit = weighted(y[tiled], 1 / (v[tiled] + points.reshape(-1, 1)), at)
    expected = trace_p(fit, at) if restricted else row_sum(fit.w)
    rising = (row_dot(fit.py, fit.py) > expected).reshape(points.shape)
    known = (points[:-1] <= tau2[rows]) & (tau2[rows] <= points[1:])
    spot, which = np.nonzero(rising[:-1] & ~rising[1:] & ~known)
    if not which.size:
        return
    rises, falls = points[spot, which], points[spot + 1, which]
    found, done = (rises + falls) / 2, np.zeros(len(which), dtype=bool)
    ys, vs, others = y[rows[which]], v[rows[which]], basis.rows(rows[which])
    _rounds(_ScoreStep(restricted, rises.copy(), falls.copy()), ys, vs, others, found, done)

    def height(value: Floats) -> Floats:
        return log_likelihood(restricted, weighted(ys, 1 / (vs + value[:, None]), others), others)

    new = height(found)
    order = np.argsort(new)
    # The highest of a row's others comes last, and stays.
    better = order[(done & (new > height(tau2[rows[which]])))[order]]
    tau2[rows[which[better]]] = found[better]


#: What to add, and where that is a step of Newton's.
Change = tuple[Floats, Mask | bool]
Step = Callable[[Floats, Floats, Floats, Basis, NDArray[np.intp], int], Change]


@dataclass(frozen=True, slots=True)
class _QStep:
    """One round towards Q(τ²) = target."""

    target: Floats

    def __call__(
        self, y: Floats, v: Floats, tau2: Floats, basis: Basis, rows: NDArray[np.intp], round_: int
    ) -> Change:
        del round_
        at = weighted(y, 1 / (v + tau2[:, None]), basis)
        target = self.target[rows]
        slope = row_dot(at.py, at.py)
        above = at.q > target
        safe = np.where(above, target * slope, 1.0)
        return np.where(above, at.q * (at.q - target) / safe, 0.0), True


@dataclass(frozen=True, slots=True)
class _ScoreStep:
    """One round towards the maximum of the likelihood, between the sides on which it is known to rise and to fall.

    Newton's step where the curve bends down and the step stays between the sides; else Fisher's scoring step at
    first, which is safe but may creep, and later the middle, which cannot.
    """

    restricted: bool
    rises: Floats
    falls: Floats

    def __call__(
        self, y: Floats, v: Floats, tau2: Floats, basis: Basis, rows: NDArray[np.intp], round_: int
    ) -> Change:
        at = weighted(y, 1 / (v + tau2[:, None]), basis)
        w, u = at.w, at.py
        y_pp_y = row_dot(u, u)
        if self.restricted:
            expected, information = _traces_p(at, basis)
        else:
            expected, information = row_sum(w), row_dot(w, w)
        lost = basis.cross(w, u)
        if basis.p == 1:
            back = lost[:, 0] ** 2 * at.cov[:, 0, 0]
        else:
            back = (lost * (at.cov @ lost[..., None])[..., 0]).sum(axis=1)
        y_ppp_y = row_dot(w * u, u) - back
        score = y_pp_y - expected
        observed = 2 * y_ppp_y - information
        rises = np.where(score > 0, tau2, self.rises[rows])
        falls = np.where(score < 0, tau2, self.falls[rows])
        self.rises[rows], self.falls[rows] = rises, falls
        fisher = score / information
        newton = score / observed
        to = tau2 + newton
        between = (to > rises) & (to < falls)
        short = np.isfinite(falls) & (rises >= 0) | (np.abs(newton) <= 4 * np.abs(fisher))
        good = (observed > 0) & between & short
        if round_ < _SCORING_ROUNDS:
            return np.where(good, newton, fisher), good
        middle = np.where(np.isfinite(falls), (np.maximum(rises, 0.0) + falls) / 2 - tau2, fisher)
        return np.where(good, newton, middle), good


def _rounds(step: Step, y: Floats, v: Floats, basis: Basis, tau2: Floats, settled: Mask) -> None:
    """Repeat a step, rows that have settled left out, until all have or the rounds are spent; in place."""
    rows = np.flatnonzero(~settled)
    if not rows.size:
        return
    ys, vs, some = (y, v, basis) if rows.size == len(y) else (y[rows], v[rows], basis.rows(rows))
    at = tau2[rows]
    # Below this a change is rounding: it is lost when τ² is added to the smallest variance.
    floor = 1e-14 * vs.min(axis=1, initial=np.inf) + 1e-300
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for round_ in range(_MAX_ROUNDS):
            change, squares = step(ys, vs, at, some, rows, round_)
            new = np.maximum(0.0, at + change)
            # A step that is not a number is as final as one that no longer moves, but has found nothing.
            over = ~(np.abs(new - at) > np.where(squares, _SQUARED, _SETTLED) * new + floor)
            if over.any():
                found = np.isfinite(new)
                tau2[rows[over]] = np.where(found, new, 0.0)[over]
                settled[rows[over & found]] = True
                if over.all():
                    return
                going = ~over
                rows, new = rows[going], new[going]
                ys, vs, some, floor = ys[going], vs[going], some.rows(going), floor[going]
            at = new


def _trace(a: Floats, b: Floats) -> Floats:
    """Trace AB of each pair."""
    return a[:, 0, 0] * b[:, 0, 0] if a.shape[-1] == 1 else np.einsum("bij,bji->b", a, b)


def _traces_p(fit: Fit, basis: Basis) -> tuple[Floats, Floats]:
    """Traces of P and of PP."""
    w = fit.w
    squares = row_dot(w, w)
    if basis.q is None:
        total = 1 / fit.cov[:, 0, 0]
        share = squares / total
        return total - share, squares - 2 * row_dot(w * w, w) / total + share * share
    inner = fit.cov @ basis.gram(w, w)
    lost = _trace(fit.cov, basis.gram(w * w, w))
    return row_sum(w) - np.einsum("bii->b", inner), squares - 2 * lost + _trace(inner, inner)


def _trace_pp(fit: Fit, basis: Basis) -> Floats:
    """Trace of PP."""
    return _traces_p(fit, basis)[1]


def _traces(fit: Fit, basis: Basis, v: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Trace P, tr PV, tr PVPV and tr PVP for weights that need not be 1/v."""
    a = fit.w
    outer_v = fit.cov @ basis.gram(a * a * v)
    outer = fit.cov @ basis.gram(a * a)
    return (
        trace_p(fit, basis),
        np.asarray((a * v).sum(axis=1) - np.einsum("bii->b", outer_v)),
        np.asarray(
            (a * a * v * v).sum(axis=1) - 2 * _trace(fit.cov, basis.gram(a**3 * v * v)) + _trace(outer_v, outer_v)
        ),
        np.asarray((a * a * v).sum(axis=1) - 2 * _trace(fit.cov, basis.gram(a**3 * v)) + _trace(outer, outer_v)),
    )
