"""Generalised linear mixed models for counts: exact likelihoods within studies, normal effects between them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._glmm_quadrature import objective
from glabella.synthesis._glmm_space import Space, fixed_intercepts, one_effect, random_intercepts
from glabella.synthesis._glmm_studies import Studies, binomial_pairs, binomials, hypergeometrics, poisson_pairs
from glabella.synthesis._likelihood import Maximum, maximise
from glabella.synthesis._numbers import check_level
from glabella.synthesis._rare import proportions, rates, tables

if TYPE_CHECKING:
    import polars

Floats = NDArray[np.float64]
GLMMMeasure = Literal["OR", "IRR", "PLO"]
GLMMModel = Literal["UM.FS", "UM.RS", "CM.EL"]

#: Beyond this a log odds ratio is not an estimate but a likelihood that has no maximum.
_DIVERGED = 25.0
#: Log-likelihoods closer than this are equal.
_NO_GAIN = 1e-9
#: A log-likelihood that moves by more than this with the number of nodes is not known well enough to be used: twice
#: this is what a test of heterogeneity or of models moves by.
_NODES_MATTER = 1e-3
#: Nodes are added until it moves by less than this: the estimates are then known to a hundredth of their errors.
_NODES_SUFFICE = 1e-4
#: Nodes per dimension beyond which none are added, for one and two random effects a study.
_MOST_NODES = {1: 191, 2: 31}


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
        studies with an empty cell, whose own estimate is infinite. With ``UM.RS`` the alternative is metafor's:
        normal intercepts of group two and an effect of its own for each study, so that these two statistics,
        unlike everything else, change when the groups are called the other way round.
    k : int
        Studies that carry information.
    nodes : int
        Nodes per dimension of the adaptive Gauss-Hermite quadrature, as asked or as were needed; one is Laplace's
        approximation.
    converged : bool
        Whether the gradient vanished at a proper maximum, and the quadrature is fine enough there: twice the nodes
        move the log-likelihood by 0.001 at most. Laplace's approximation, where asked for, is not held to that.
    reason : str
        Empty, or why it is not converged.
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
    reason: str
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
        return "\n".join(lines + ([] if self.converged else [f"NOT CONVERGED: {self.reason}"]))


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
        accuracy, or as many more as it takes until twice as many change nothing. metafor has 7 for ``UM.FS`` and
        ``PLO`` and, as lme4 allows no more, 1 for ``UM.RS``.
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
        If an option or column is unknown or missing, a value cannot be, the effect is infinite because one group
        has no event (or nothing else) in every study, or the variance between studies is because every study's own
        effect is infinite (``CM.EL``: every study has its events in one group alone).

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
    if nodes is not None and not (isinstance(nodes, int | np.integer) and 1 <= nodes <= 100):
        raise ValueError(f"nodes is {nodes!r}, expected 1 to 100")
    check_level(level)
    exact = measure == "OR" and model == "CM.EL"
    if measure == "PLO":
        studies = binomials(*proportions(columns))
    elif measure == "IRR":
        studies = poisson_pairs(*rates(columns))
    else:
        studies = (hypergeometrics if exact else binomial_pairs)(*tables(columns))
    k = len(studies.y)
    if measure == "PLO" or exact:
        space = one_effect(studies)
    elif model == "UM.FS":
        space = fixed_intercepts(studies)
    else:
        space = random_intercepts(studies)
    fit, common, nodes, steady = _fit_steadily(studies, space, nodes, 25 if exact else 7)
    if model == "UM.RS" and measure == "OR":
        q_wald, saturated = saturated_random(studies, common.theta, nodes)
    else:
        q_wald, saturated = studies.q_wald, studies.saturated
    q_lrt = max(0.0, 2 * (saturated - common.value))
    reason = _why_not(fit, space, nodes, steady)
    return _report(measure, model, fit, common, space, (q_wald, q_lrt, k), nodes, level, reason)


def _fit_steadily(
    studies: Studies, space: Space, chosen: int | None, first: int
) -> tuple[Maximum, Maximum, int, bool]:
    """Fit with the nodes that were chosen, or from the first number on with more until they change nothing.

    Beside the fits, with and without variance between studies, the nodes and whether they are enough.
    """
    nodes = chosen or first
    fits = fit_both(studies, space, nodes)
    if fits[1].value <= studies.at_infinity + _NO_GAIN:
        raise ValueError("the likelihood has no maximum: every study's own effect is infinite (an empty cell), so "
                         "that it rises with the variance between studies for ever; expected a study in which it "
                         "is finite")  # fmt: skip
    if chosen == 1 and studies.at_infinity == -np.inf:
        return *fits, nodes, True
    most = chosen or _MOST_NODES[space.random.shape[2]]
    while (moved := _moved(studies, space, nodes, fits)) > _NODES_SUFFICE and nodes < most:
        nodes = 2 * nodes + 1
        fits = fit_both(studies, space, nodes)
    return *fits, nodes, moved <= _NODES_MATTER


def _moved(studies: Studies, space: Space, nodes: int, fits: tuple[Maximum, Maximum]) -> float:
    """How far twice the nodes move the likelihoods."""
    finer = objective(studies, space, 2 * nodes + 1)[0]
    moved = [abs(finer(fit.theta)[0] - fit.value) for fit in fits]
    return float(np.nan_to_num(max(moved), nan=np.inf))


def _why_not(fit: Maximum, space: Space, nodes: int, steady: bool) -> str:
    """Say why a fit is not to be used."""
    if not fit.converged:
        return "no proper maximum of the likelihood was found"
    if abs(float(fit.theta[space.effect])) >= _DIVERGED:
        return "the effect grows without bound"
    if not steady:
        more = "; expected more of them" if nodes < 100 else ", so great is the variance between studies"
        return f"the log-likelihood depends on the number of nodes ({nodes}){more}"
    return ""


def fit_both(studies: Studies, space: Space, nodes: int) -> tuple[Maximum, Maximum]:
    """Fit with and without variance between studies; the better of several starts, since τ may have two maxima."""
    value_gradient, hessian = objective(studies, space, nodes)
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
        if found.value > best.value + _NO_GAIN:
            best = found
    return best, common


def saturated_random(studies: Studies, common: Floats, nodes: int) -> tuple[float, float]:
    """Wald statistic and log-likelihood with an effect of its own for each study and normal intercepts.

    The intercepts are those of group two, as in metafor.
    """
    k = len(studies.y)
    contrast = np.broadcast_to(np.array([1.0, 0.0])[None, :, None], (k, 2, 1))
    ones = np.ones((k, 2, 1))
    index = np.column_stack([np.full(k, k), np.arange(k), np.full(k, k + 1)])
    start = np.concatenate([studies.effects, [common[0] - common[1] / 2, common[2]]])
    space = Space(index, np.concatenate([ones, contrast], axis=2), ones, start, 0, (k + 1,))

    value_gradient, hessian = objective(studies, space, nodes)
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
    space: Space,
    heterogeneity: tuple[float, float, int],
    nodes: int,
    level: float,
    reason: str,
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
        converged=not reason,
        reason=reason,
        level=level,
    )
