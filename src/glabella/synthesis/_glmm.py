"""Generalised linear mixed models for counts: exact likelihoods within studies, normal effects between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._rare import check_level, proportions, rates, tables

if TYPE_CHECKING:
    import polars

Floats = NDArray[np.float64]
#: Real, or complex where a derivative travels in the imaginary part.
Numbers = NDArray[Any]
GLMMMeasure = Literal["OR", "IRR", "PLO"]
GLMMModel = Literal["UM.FS", "UM.RS", "CM.EL"]
#: Of the natural parameter: the cumulant function and its first three derivatives.
Cumulant = Callable[[Floats], tuple[Floats, Floats, Floats, Floats]]

#: Beyond this a log odds ratio is not an estimate but a likelihood that has no maximum.
_DIVERGED = 25.0
#: A maximum is found when a further Newton step would raise the log-likelihood by less.
_GAIN = 1e-10
_STRIDE = 2.0
_ROUNDS = 200


@dataclass(frozen=True, slots=True)
class GLMM:
    """A pooled effect from a generalised linear mixed model.

    Attributes
    ----------
    measure, model : str
        As asked; ``OR`` and ``IRR`` are on the log scale, ``PLO`` is a logit.
    estimate, se, statistic, p_value, ci_low, ci_high : float
        The mean effect, its standard error (from the whole Hessian), z test and confidence interval.
    tau2, tau2_se : float
        Variance between studies, its standard error; NaN at the boundary.
    sigma2 : float
        Variance of the study intercepts with ``UM.RS``, otherwise NaN.
    pi_low, pi_high : float
        Normal prediction interval of a further study's true effect.
    log_likelihood, log_likelihood_common : float
        Maximised, all constants kept; the same with no variance between studies.
    q_wald, q_lrt, q_df, q_p : float
        Wald and likelihood-ratio tests of equal effects; ``q_p`` is of the latter. The Wald test leaves out
        studies with an empty cell, whose own estimate is infinite. With ``UM.RS`` the alternative has normal
        intercepts midway between the groups, so that it matters not which group is called one; metafor counts
        from group two, and its statistics differ.
    k : int
        Studies that carry information.
    nodes : int
        Nodes per dimension of the adaptive Gauss-Hermite quadrature; one is Laplace's approximation.
    converged : bool
        Whether the gradient vanished at a proper maximum.
    level : float
        Of every interval.
    """

    measure: GLMMMeasure
    model: GLMMModel
    estimate: float
    se: float
    statistic: float
    p_value: float
    ci_low: float
    ci_high: float
    tau2: float
    tau2_se: float
    sigma2: float
    pi_low: float
    pi_high: float
    log_likelihood: float
    log_likelihood_common: float
    q_wald: float
    q_lrt: float
    q_df: int
    q_p: float
    k: int
    nodes: int
    converged: bool
    level: float

    def table(self) -> polars.DataFrame:
        """Give one row: the mean effect with the heterogeneity."""
        import polars

        return polars.DataFrame({one.name: [getattr(self, one.name)] for one in fields(self)})

    def __str__(self) -> str:
        scale = {"OR": "log OR", "IRR": "log IRR", "PLO": "logit"}[self.measure]
        name = "" if self.measure == "PLO" else f", {self.model}"
        p, q_p = (("< .0001" if p < 1e-4 else f"= {p:.4f}") for p in (self.p_value, self.q_p))
        lines = [
            f"Generalised linear mixed model (k = {self.k}; measure {scale}{name}; {self.nodes} nodes)",
            "",
            f"estimate {self.estimate:.4f}, se {self.se:.4f}, z = {self.statistic:.4f}, p {p}, "
            f"{100 * self.level:g}% interval {self.ci_low:.4f} to {self.ci_high:.4f}",
            f"tau^2 = {self.tau2:.4f} (tau = {self.tau2**0.5:.4f}); log-likelihood {self.log_likelihood:.4f}",
            f"Heterogeneity: LRT(df = {self.q_df}) = {self.q_lrt:.4f}, p {q_p}; Wald {self.q_wald:.4f}",
        ]
        return "\n".join(lines + ([] if self.converged else ["NOT CONVERGED"]))


def pool_glmm(
    measure: GLMMMeasure,
    *,
    model: GLMMModel = "UM.FS",
    nodes: int | None = None,
    level: float = 0.95,
    **columns: ArrayLike,
) -> GLMM:
    """Pool counts of ``k`` studies by a generalised linear mixed model, by maximum likelihood.

    Parameters
    ----------
    measure : {"OR", "IRR", "PLO"}
        Log odds ratio, log incidence rate ratio, or the logit of a single group's proportion.
    model : {"UM.FS", "UM.RS", "CM.EL"}
        Unconditional with a fixed intercept per study; unconditional with normal intercepts, independent of
        the effects; conditional on the number of events (``OR``: noncentral hypergeometric). ``IRR`` has
        ``UM.FS``. ``PLO`` has no nuisance parameter and disregards this. Group one counts +1/2 in the random
        effect and group two -1/2.
    nodes : int, optional
        Nodes per dimension of the adaptive Gauss-Hermite quadrature that integrates over the random effects;
        1 is Laplace's approximation. By default 7, and 25 for ``CM.EL``, which metafor integrates to high
        accuracy. metafor has 7 for ``UM.FS`` and ``PLO`` and, as lme4 allows no more, 1 for ``UM.RS``.
    level : float
        Of every interval.
    **columns : array_like of shape (k,)
        For ``OR`` ``ai``, ``ci`` with ``bi``, ``di`` or with ``n1i``, ``n2i``; for ``IRR`` ``x1i``, ``t1i``,
        ``x2i``, ``t2i``; for ``PLO`` ``xi``, ``ni``.

    Returns
    -------
    GLMM
        Studies with no event at all, or with nothing else (``OR``), carry no information on the effect and are
        left out.

    Raises
    ------
    ValueError
        If an option or column is unknown or missing, a value cannot be, or the effect is infinite because one
        group has no event (or nothing else) in every study.

    References
    ----------
    Stijnen T, Hamza TH, Ozdemir P. Stat Med 2010;29:3046-3067. Jackson D, Law M, Stijnen T, Viechtbauer W,
    White IR. Stat Med 2018;37:1059-1085 (the models and the coding). Pinheiro JC, Bates DM. J Comput Graph Stat
    1995;4:12-35 (adaptive quadrature).

    Examples
    --------
    >>> fit = pool_glmm("OR", ai=[4, 6, 3, 62], n1i=[123, 306, 231, 1361], ci=[11, 29, 11, 24],
    ...                 n2i=[139, 303, 220, 1200])
    >>> fit.k, fit.converged
    (4, True)
    """
    if measure not in ("OR", "IRR", "PLO"):
        raise ValueError(f"unknown measure {measure!r}; expected OR, IRR or PLO")
    if model not in ("UM.FS", "UM.RS", "CM.EL"):
        raise ValueError(f"unknown model {model!r}; expected UM.FS, UM.RS or CM.EL")
    if measure == "IRR" and model != "UM.FS":
        raise ValueError(f"model is {model!r} for IRR, expected UM.FS")
    if nodes is not None and not 1 <= nodes <= 100:
        raise ValueError(f"nodes is {nodes}, expected 1 to 100")
    check_level(level)
    exact = measure == "OR" and model == "CM.EL"
    nodes = nodes or (25 if exact else 7)
    if measure == "PLO":
        studies = _proportions(*proportions(columns))
    elif measure == "IRR":
        studies = _rates(*rates(columns))
    else:
        studies = (_conditional if exact else _tables)(*tables(columns))
    k = len(studies.y)
    if measure == "PLO" or exact:
        space = _one_effect(studies)
    elif model == "UM.FS":
        space = _fixed_intercepts(studies)
    else:
        space = _random_intercepts(studies)
    fit, common = _both(studies, space, nodes)
    if model == "UM.RS" and measure == "OR":
        q_wald, saturated = _saturated_random(studies, common.theta, nodes)
    else:
        q_wald, saturated = studies.q_wald, studies.saturated
    q_lrt = max(0.0, 2 * (saturated - common.value))
    return _report(measure, model, fit, common, space, (q_wald, q_lrt, k), nodes, level)


@dataclass(frozen=True, slots=True)
class _Studies:
    """Exponential-family data: ``y`` of shape (k, groups), their cumulants, and what is known at once."""

    y: Floats
    cumulant: Cumulant
    constant: Floats
    contrast: Floats
    effects: Floats
    intercepts: Floats
    saturated: float
    q_wald: float


@dataclass(frozen=True, slots=True)
class _Space:
    """How the parameters of all studies act on each.

    ``index`` of shape (k, q) picks a study's parameters; the first of them multiply the columns of ``fixed``,
    of shape (k, groups, ·), the last the columns of ``random``, as standard deviations of normal effects.
    """

    index: NDArray[np.intp]
    fixed: Floats
    random: Floats
    start: Floats
    effect: int
    deviations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Maximum:
    """Where a log-likelihood is greatest: parameters, value, Hessian, and whether it is a proper maximum."""

    theta: Floats
    value: float
    hessian: Floats
    converged: bool
    free: NDArray[np.bool_] = field(repr=False)

    def covariance(self) -> Floats:
        """Inverse of the negative Hessian of the free parameters, NaN where it has none and for the fixed."""
        size = len(self.theta)
        found = np.full((size, size), np.nan)
        inner = -self.hessian[np.ix_(self.free, self.free)]
        try:
            np.linalg.cholesky(inner)
        except np.linalg.LinAlgError:
            return found
        found[np.ix_(self.free, self.free)] = np.linalg.inv(inner)
        return found


def maximise(
    value_gradient: Callable[[Floats], tuple[float, Floats]],
    hessian: Callable[[Floats], Floats],
    start: Floats,
    free: NDArray[np.bool_],
) -> Maximum:
    """Maximise over the free parameters by Newton's method; the others stay at their start.

    Where the log-likelihood is not concave the step goes by the sizes of the curvatures, so that it climbs away
    from a saddle as well; a step is at most ``_STRIDE`` long and is halved until it gains.
    """
    theta, inner = start.copy(), np.ix_(free, free)
    # A trial step may overflow before it is refused.
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        value, gradient = value_gradient(theta)
        for _ in range(_ROUNDS):
            bend = hessian(theta)
            if not (np.isfinite(value) and np.isfinite(bend[inner]).all()):
                return Maximum(theta, value, bend, False, free)
            curvature, axes = np.linalg.eigh(-bend[inner])
            proper = bool(curvature[0] > 0)
            size = np.maximum(np.abs(curvature), 1e-8 * max(1.0, float(np.abs(curvature).max())))
            slope = gradient[free]
            step = axes @ ((axes.T @ slope) / size)
            gain = float(slope @ step)
            if gain < 1e-18:
                break
            step *= min(1.0, _STRIDE / float(np.abs(step).max()))
            moved = theta.copy()
            for _ in range(40):
                moved[free] = theta[free] + step
                moved_value, moved_gradient = value_gradient(moved)
                # Close to the maximum the gain drowns in the rounding of the value; the gradient still tells.
                flat = gain < 1e-8 and np.abs(moved_gradient[free]).max() < np.abs(slope).max()
                if moved_value > value + 1e-4 * float(slope @ step) or (flat and moved_value > value - 1e-8):
                    break
                step /= 2
            else:
                break
            theta, value, gradient = moved, moved_value, moved_gradient
    return Maximum(theta, value, bend, proper and gain < _GAIN, free)


def _both(studies: _Studies, space: _Space, nodes: int) -> tuple[Maximum, Maximum]:
    """Fit with and without variance between studies; the better of several starts, since τ may have two maxima."""
    value_gradient, hessian = _objective(studies, space, nodes)
    none = np.ones(len(space.start), dtype=bool)
    none[space.deviations[-1]] = False
    start = space.start.copy()
    start[space.deviations[-1]] = 0.0
    common = maximise(value_gradient, hessian, start, none)
    best = common
    for tau in (0.3, 1.0):
        start = common.theta.copy()
        start[space.deviations[-1]] = tau
        found = maximise(value_gradient, hessian, start, np.ones(len(start), dtype=bool))
        # The log-likelihood is even in τ, so its gradient vanishes at zero: a fit that ran there is not better.
        if found.value > best.value + 1e-9:
            best = found
    return best, common


def _objective(
    studies: _Studies, space: _Space, nodes: int
) -> tuple[Callable[[Floats], tuple[float, Floats]], Callable[[Floats], Floats]]:
    """Give the log-likelihood with its gradient, and the Hessian, as functions of all parameters."""

    def value_gradient(theta: Floats) -> tuple[float, Floats]:
        values, slopes = _study_gradients(studies, space, theta, nodes)
        gradient = np.zeros(len(theta))
        np.add.at(gradient, space.index, slopes)
        return float(values.sum()), gradient

    def hessian(theta: Floats) -> Floats:
        return _hessian(studies, space, theta, nodes)

    return value_gradient, hessian


def _study_gradients(studies: _Studies, space: _Space, theta: Floats, nodes: int) -> tuple[Floats, Floats]:
    """Log-likelihoods of shape (k,) and their derivatives by each study's own parameters, of shape (k, q)."""
    local = theta[space.index].astype(complex)
    mode = _mode(studies, space, local.real)
    slopes = np.empty(local.shape)
    values = np.empty(len(local))
    # Complex step: exact to rounding, since nothing is subtracted.
    step = 1e-20
    for column in range(local.shape[1]):
        moved = local.copy()
        moved[:, column] += 1j * step
        found = _marginal(studies, space, moved, mode, nodes)
        values, slopes[:, column] = found.real, found.imag / step
    return values, slopes


def _hessian(studies: _Studies, space: _Space, theta: Floats, nodes: int) -> Floats:
    """Central differences of the exact gradient, study by study: studies share nothing but parameters."""
    size, step = space.index.shape[1], 1e-5
    local_theta = theta[space.index]
    each = _Space(np.arange(space.index.size).reshape(space.index.shape), space.fixed, space.random, theta, 0, ())
    found = np.zeros((len(theta), len(theta)))
    for column in range(size):
        shift = np.zeros_like(local_theta)
        shift[:, column] = step
        above = _study_gradients(studies, each, (local_theta + shift).ravel(), nodes)[1]
        below = _study_gradients(studies, each, (local_theta - shift).ravel(), nodes)[1]
        rows = np.broadcast_to(space.index[:, column, None], space.index.shape)
        np.add.at(found, (rows, space.index), (above - below) / (2 * step))
    return np.asarray((found + found.T) / 2)


def _predictor(space: _Space, local: Numbers) -> tuple[Numbers, Numbers]:
    """Give the fixed part, of shape (k, groups), and loadings of the standard normal effects, (k, groups, d)."""
    split = space.fixed.shape[2]
    return np.einsum("kjp,kp->kj", space.fixed, local[:, :split]), space.random * local[:, None, split:]


def _derivatives(cumulant: Cumulant, eta: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Cumulant function, mean and variance, carrying a derivative in the imaginary part by the chain rule."""
    value, mean, variance, third = cumulant(eta.real)
    if not np.iscomplexobj(eta):
        return value, mean, variance
    turn = 1j * eta.imag
    return value + turn * mean, mean + turn * variance, variance + turn * third


def _newton(studies: _Studies, offset: Numbers, loading: Numbers, u: Numbers) -> tuple[Numbers, Numbers]:
    """Newton step towards the mode of the effects given the data, and the negative Hessian it used."""
    eta = offset + np.einsum("kjd,kd->kj", loading, u)
    _, mean, variance = _derivatives(studies.cumulant, eta)
    slope = np.einsum("kjd,kj->kd", loading, studies.y - mean) - u
    bend = np.einsum("kjd,kj,kje->kde", loading, variance, loading) + np.eye(u.shape[1])
    return np.linalg.solve(bend, slope[..., None])[..., 0], bend


def _mode(studies: _Studies, space: _Space, local: Floats) -> Floats:
    """Mode of each study's effects, of shape (k, d); the density is log-concave, so halving steps suffices."""
    offset, loading = _predictor(space, local)
    u = np.zeros((len(offset), loading.shape[2]))

    def height(u: Floats) -> Floats:
        eta = offset + np.einsum("kjd,kd->kj", loading, u)
        return np.asarray((studies.y * eta - studies.cumulant(eta)[0]).sum(axis=1) - (u**2).sum(axis=1) / 2)

    now = height(u)
    for _ in range(100):
        step, _ = _newton(studies, offset, loading, u)
        for _ in range(40):
            then = height(u + step)
            worse = ~(then >= now - 1e-12 * (1 + np.abs(now)))
            if not worse.any():
                break
            step[worse] /= 2
        u, now = u + step, then
        if np.abs(step).max() < 1e-10:
            break
    return u


def _marginal(studies: _Studies, space: _Space, local: Numbers, mode: Floats, nodes: int) -> Numbers:
    """Log-likelihood of each study with its effects integrated out, by adaptive Gauss-Hermite quadrature."""
    offset, loading = _predictor(space, local)
    u: Numbers = mode.astype(complex)
    # The real part is at the mode already, so the first step sets the derivative and the second confirms it.
    for _ in range(2):
        u = u + _newton(studies, offset, loading, u)[0]
    bend = _newton(studies, offset, loading, u)[1]
    spread = np.linalg.inv(bend)
    # Cholesky by hand: the library's conjugates, which would lose the derivative.
    factor = np.zeros_like(spread)
    factor[:, 0, 0] = np.sqrt(spread[:, 0, 0])
    size = factor[:, 0, 0]
    if u.shape[1] == 2:
        factor[:, 1, 0] = spread[:, 1, 0] / factor[:, 0, 0]
        factor[:, 1, 1] = np.sqrt(spread[:, 1, 1] - factor[:, 1, 0] ** 2)
        size = size * factor[:, 1, 1]
    z, log_weight = _grid(nodes, u.shape[1])
    at = u[:, None, :] + np.einsum("kde,re->krd", factor, z)
    eta = offset[:, :, None] + np.einsum("kjd,krd->kjr", loading, at)
    value = _derivatives(studies.cumulant, eta)[0]
    terms = (studies.y[:, :, None] * eta - value).sum(axis=1) - (at**2).sum(axis=2) / 2
    terms = terms + log_weight + (z**2).sum(axis=1) / 2
    top = terms.real.max(axis=1)
    found = top + np.log(np.exp(terms - top[:, None]).sum(axis=1)) + np.log(size) + studies.constant
    return np.asarray(found)


def _grid(nodes: int, dimensions: int) -> tuple[Floats, Floats]:
    """Nodes, of shape (nodes^d, d), and log weights for expectations under the standard normal distribution."""
    z, weight = np.polynomial.hermite_e.hermegauss(nodes)
    log_weight = np.log(weight) - np.log(weight.sum())
    if dimensions == 1:
        return z[:, None], log_weight
    points = np.stack(np.meshgrid(z, z, indexing="ij"), axis=-1).reshape(-1, 2)
    return points, np.add.outer(log_weight, log_weight).ravel()


def _logistic(n: Floats) -> Cumulant:
    from scipy.special import expit

    def cumulant(eta: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        size = n.reshape(n.shape + (1,) * (eta.ndim - 2))
        p = expit(eta)
        pq = p * expit(-eta)
        return size * np.logaddexp(0, eta), size * p, size * pq, size * pq * (1 - 2 * p)

    return cumulant


def _poisson(t: Floats) -> Cumulant:
    def cumulant(eta: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        with np.errstate(over="ignore"):
            mean = t.reshape(t.shape + (1,) * (eta.ndim - 2)) * np.exp(eta)
        return mean, mean, mean, mean

    return cumulant


def _noncentral_hypergeometric(log_ways: Floats, support: Floats, first: NDArray[np.intp]) -> Cumulant:
    """Cumulants of events of group one given their total.

    ``log_ways`` and ``support`` hold the studies' supports one after the other, each from its ``first``: supports
    differ a hundredfold in length, so a rectangle would mostly be empty.
    """
    lengths = np.diff(np.append(first, len(support)))
    study = np.repeat(np.arange(len(first)), lengths)

    def cumulant(eta: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        flat = eta.reshape(len(eta), -1)
        found = np.empty((4, *flat.shape))
        # One node at a time: nodes × support would not fit the memory for many large studies.
        for node in range(flat.shape[1]):
            terms = log_ways + support * flat[study, node]
            top = np.maximum.reduceat(terms, first)
            weight = np.exp(terms - top[study])
            total = np.add.reduceat(weight, first)
            weight /= total[study]
            mean = np.add.reduceat(weight * support, first)
            away = support - mean[study]
            square = weight * away**2
            variance, third = np.add.reduceat(square, first), np.add.reduceat(square * away, first)
            found[:, :, node] = top + np.log(total), mean, variance, third
        value, mean, variance, third = found.reshape(4, *eta.shape)
        return value, mean, variance, third

    return cumulant


def _log_choose(n: Floats, x: Floats) -> Floats:
    from scipy.special import gammaln

    return np.asarray(gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1))


def _log_binomial(y: Floats, n: Floats) -> Floats:
    """Greatest log probability of ``y`` of ``n``, at their own proportion."""
    from scipy.special import xlogy

    return np.asarray(_log_choose(n, y) + xlogy(y, y / n) + xlogy(n - y, (n - y) / n))


def _inverse_variance_q(yi: Floats, vi: Floats) -> float:
    if len(yi) == 0:
        return 0.0
    w = 1 / vi
    return float((w * (yi - (w * yi).sum() / w.sum()) ** 2).sum())


def _informative(a: Floats, b: Floats, c: Floats, d: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    informs = (a + c > 0) & (b + d > 0)
    a, b, c, d = a[informs], b[informs], c[informs], d[informs]
    if not ((a * d).sum() > 0 and (b * c).sum() > 0):
        raise ValueError(
            "the odds ratio is infinite: in every table ai or di is 0, or in every one bi or ci; expected data"
            " with an event in each group and a non-event in each"
        )
    return a, b, c, d


def _tables(a: Floats, b: Floats, c: Floats, d: Floats) -> _Studies:
    a, b, c, d = _informative(a, b, c, d)
    y, n = np.stack([a, c], axis=1), np.stack([a + b, c + d], axis=1)
    logit = np.log(y + 0.5) - np.log(n - y + 0.5)
    full = (y > 0).all(axis=1) & (y < n).all(axis=1)
    own = np.log(a[full] * d[full] / (b[full] * c[full]))
    variance = 1 / a[full] + 1 / b[full] + 1 / c[full] + 1 / d[full]
    return _Studies(
        y=y,
        cumulant=_logistic(n),
        constant=_log_choose(n, y).sum(axis=1),
        contrast=np.array([0.5, -0.5]),
        effects=logit[:, 0] - logit[:, 1],
        intercepts=logit.mean(axis=1),
        saturated=float(_log_binomial(y, n).sum()),
        q_wald=_inverse_variance_q(own, variance),
    )


def _rates(x1: Floats, t1: Floats, x2: Floats, t2: Floats) -> _Studies:
    from scipy.special import gammaln, xlogy

    informs = x1 + x2 > 0
    x1, t1, x2, t2 = x1[informs], t1[informs], x2[informs], t2[informs]
    if not (x1.sum() > 0 and x2.sum() > 0):
        raise ValueError("the rate ratio is infinite or 0: no study has an event in one of the groups")
    y, t = np.stack([x1, x2], axis=1), np.stack([t1, t2], axis=1)
    log_rate = np.log((y + 0.5) / t)
    full = (y > 0).all(axis=1)
    own = np.log(x1[full] * t2[full] / (x2[full] * t1[full]))
    constant = (xlogy(y, t) - gammaln(y + 1)).sum(axis=1)
    return _Studies(
        y=y,
        cumulant=_poisson(t),
        constant=constant,
        contrast=np.array([0.5, -0.5]),
        effects=log_rate[:, 0] - log_rate[:, 1],
        intercepts=log_rate.mean(axis=1),
        saturated=float((constant + (xlogy(y, y / t) - y).sum(axis=1)).sum()),
        q_wald=_inverse_variance_q(own, 1 / x1[full] + 1 / x2[full]),
    )


def _proportions(x: Floats, rest: Floats) -> _Studies:
    if not (x.sum() > 0 and rest.sum() > 0):
        raise ValueError("the logit is infinite: xi is 0 in every study, or ni in every one")
    n = x + rest
    logit = np.log((x + 0.5) / (rest + 0.5))
    full = (x > 0) & (rest > 0)
    return _Studies(
        y=x[:, None],
        cumulant=_logistic(n[:, None]),
        constant=_log_choose(n, x),
        contrast=np.array([1.0]),
        effects=logit,
        intercepts=logit,
        saturated=float(_log_binomial(x, n).sum()),
        q_wald=_inverse_variance_q(np.log(x[full] / rest[full]), 1 / x[full] + 1 / rest[full]),
    )


def _conditional(a: Floats, b: Floats, c: Floats, d: Floats) -> _Studies:
    a, b, c, d = _informative(a, b, c, d)
    whole = np.stack([a, b, c, d])
    if (whole != np.rint(whole)).any():
        row = int(np.flatnonzero((whole != np.rint(whole)).any(axis=0))[0])
        raise ValueError(f"informative table {row + 1} has the cells {whole[:, row]}, expected whole numbers")
    n1, n2, m = a + b, c + d, a + c
    low, high = np.maximum(0, m - n2), np.minimum(n1, m)
    lengths = (high - low).astype(int) + 1
    first = np.cumsum(lengths) - lengths
    study = np.repeat(np.arange(len(a)), lengths)
    support = low[study] + np.arange(lengths.sum()) - first[study]
    ways = _log_choose(n1[study], support) + _log_choose(n2[study], m[study] - support)
    # Counted from what was observed, so that exponents stay small; the observed count is then zero throughout.
    log_ways = ways - (_log_choose(n1, a) + _log_choose(n2, c))[study]
    cumulant = _noncentral_hypergeometric(log_ways, support - a[study], first)
    start = np.log((a + 0.5) * (d + 0.5) / ((b + 0.5) * (c + 0.5)))
    inner = (a > low) & (a < high)
    own = np.where(inner, start, 0.0)[:, None]
    for _ in range(100):
        _, mean, variance, _ = cumulant(own)
        # At an end of the support the maximum is at infinity, and the log probability there is zero.
        step = np.where(inner[:, None], np.clip(-mean / variance, -1, 1), 0.0)
        own = own + step
        if np.abs(step).max() < 1e-12:
            break
    value, _, variance, _ = cumulant(own)
    return _Studies(
        y=np.zeros((len(a), 1)),
        cumulant=cumulant,
        constant=np.zeros(len(a)),
        contrast=np.array([1.0]),
        effects=start,
        intercepts=np.zeros(len(a)),
        saturated=float(-value[inner].sum()),
        q_wald=_inverse_variance_q(own[inner, 0], 1 / variance[inner, 0]),
    )


def _start_effect(studies: _Studies) -> float:
    return float(np.median(studies.effects))


def _one_effect(studies: _Studies) -> _Space:
    k = len(studies.y)
    ones = np.ones((k, 1, 1))
    start = np.array([_start_effect(studies), 0.3])
    return _Space(np.tile([0, 1], (k, 1)), ones, ones, start, 0, (1,))


def _fixed_intercepts(studies: _Studies) -> _Space:
    k = len(studies.y)
    contrast = np.broadcast_to(studies.contrast[None, :, None], (k, 2, 1))
    index = np.column_stack([np.arange(k), np.full(k, k), np.full(k, k + 1)])
    fixed = np.concatenate([np.ones((k, 2, 1)), contrast], axis=2)
    start = np.append(studies.intercepts, [_start_effect(studies), 0.3])
    return _Space(index, fixed, contrast, start, k, (k + 1,))


def _random_intercepts(studies: _Studies) -> _Space:
    k = len(studies.y)
    contrast = np.broadcast_to(studies.contrast[None, :, None], (k, 2, 1))
    both = np.concatenate([np.ones((k, 2, 1)), contrast], axis=2)
    spread = max(float(np.std(studies.intercepts)), 0.1)
    start = np.array([studies.intercepts.mean(), _start_effect(studies), spread, 0.3])
    return _Space(np.tile(np.arange(4), (k, 1)), both, both, start, 1, (2, 3))


def _saturated_random(studies: _Studies, common: Floats, nodes: int) -> tuple[float, float]:
    """Wald statistic and log-likelihood with an effect of its own for each study and normal intercepts."""
    k = len(studies.y)
    contrast = np.broadcast_to(studies.contrast[None, :, None], (k, 2, 1))
    ones = np.ones((k, 2, 1))
    index = np.column_stack([np.full(k, k), np.arange(k), np.full(k, k + 1)])
    start = np.concatenate([studies.effects, common[[0, 2]]])
    space = _Space(index, np.concatenate([ones, contrast], axis=2), ones, start, 0, (k + 1,))

    value_gradient, hessian = _objective(studies, space, nodes)
    fit = maximise(value_gradient, hessian, start, np.ones(k + 2, dtype=bool))
    # An empty cell sends a study's own effect to infinity; it tells the Wald test nothing.
    finite = np.abs(fit.theta[:k]) < _DIVERGED / 2
    if finite.sum() < 2:
        return 0.0, fit.value
    own, others = np.append(finite, [False, False]), np.append(np.zeros(k, dtype=bool), [True, True])
    # Precision of the effects with the intercepts' mean and variance estimated too; the latter may tell nothing.
    bend = -fit.hessian
    cross = bend[np.ix_(own, others)]
    precision = bend[np.ix_(own, own)] - cross @ np.linalg.pinv(bend[np.ix_(others, others)]) @ cross.T
    effects = fit.theta[own]
    away = effects - precision.sum(axis=0) @ effects / precision.sum()
    return float(away @ precision @ away), fit.value


def _report(
    measure: GLMMMeasure,
    model: GLMMModel,
    fit: Maximum,
    common: Maximum,
    space: _Space,
    heterogeneity: tuple[float, float, int],
    nodes: int,
    level: float,
) -> GLMM:
    from scipy.special import chdtrc, ndtr, ndtri

    q_wald, q_lrt, k = heterogeneity
    cover = fit.covariance()
    estimate, se = float(fit.theta[space.effect]), float(np.sqrt(cover[space.effect, space.effect]))
    tau = float(fit.theta[space.deviations[-1]])
    tau_se = float(np.sqrt(cover[space.deviations[-1], space.deviations[-1]]))
    critical = float(ndtri(0.5 + level / 2))
    reach = critical * float(np.hypot(se, tau))
    return GLMM(
        measure=measure,
        model=model,
        estimate=estimate,
        se=se,
        statistic=estimate / se,
        p_value=2 * float(ndtr(-abs(estimate / se))),
        ci_low=estimate - critical * se,
        ci_high=estimate + critical * se,
        tau2=tau**2,
        tau2_se=2 * abs(tau) * tau_se,
        sigma2=float(fit.theta[space.deviations[0]] ** 2) if len(space.deviations) == 2 else float("nan"),
        pi_low=estimate - reach,
        pi_high=estimate + reach,
        log_likelihood=fit.value,
        log_likelihood_common=common.value,
        q_wald=q_wald,
        q_lrt=q_lrt,
        q_df=k - 1,
        q_p=float(chdtrc(k - 1, q_lrt)) if k > 1 else 1.0,
        k=k,
        nodes=nodes,
        converged=fit.converged and abs(estimate) < _DIVERGED,
        level=level,
    )
