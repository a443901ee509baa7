"""Component networks: a combination's effect as the sum of its components', with interactions or without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._design import Design, basis
from glabella.synthesis._numbers import check_level, check_truth, numbers
from glabella.synthesis._tau2 import estimate, method_called
from glabella.synthesis.networks._analysis import NO_FREEDOM, NOT_CONVERGED
from glabella.synthesis.networks._combinations import Told, combinations, in_words, told
from glabella.synthesis.networks._component_network import (
    Coefficients,
    ComponentMethod,
    ComponentNetwork,
    Model,
    linear,
)
from glabella.synthesis.networks._independent import Independent, independent
from glabella.synthesis.networks._network import Network, network
from glabella.synthesis.networks._single import contrasts
from glabella.synthesis.networks._structure import subnetworks
from glabella.synthesis.networks._tau2 import METHODS

Floats = NDArray[np.float64]


def component_network(
    studlab: ArrayLike,
    treat1: ArrayLike,
    treat2: ArrayLike,
    te: ArrayLike,
    se: ArrayLike,
    *,
    inactive: str | None = None,
    sep: str = "+",
    interactions: Sequence[Sequence[str]] = (),
    method: ComponentMethod = "REML",
    level: float = 0.95,
    correlated_arms: bool = False,
) -> ComponentNetwork:
    """Fit a network in which a combination's effect is the sum of its components' effects.

    Parameters
    ----------
    studlab, treat1, treat2 : array_like of shape (m,)
        Study of each contrast, and the two treatments it compares. A study with n arms gives all its n(n-1)/2
        contrasts. The network may fall into parts that have components in common.
    te, se : array_like of shape (m,)
        Effect of ``treat1`` versus ``treat2``, and its standard error.
    inactive : str, optional
        Component without effect, such as placebo; without it only contrasts of components are told.
    sep : str
        What stands between the components of a treatment.
    interactions : sequence of sequence of str
        Components that together add something more, such as ``[("CBT", "SSRI")]``; every combination that has
        them all gets one further term.
    method : {"REML", "DL", "ML", "common"}
        Estimator of the variance between studies, or none of it.
    level : float
        Of every interval.
    correlated_arms : bool
        As of :func:`~glabella.synthesis.network`.

    Returns
    -------
    ComponentNetwork

    Raises
    ------
    ValueError
        As :func:`~glabella.synthesis.network` does, except for a network that falls into parts; and if a treatment
        names a component twice, no treatment has the inactive component or an interaction, or treatments do not
        differ in an active component.

    Notes
    -----
    Treatments are θ = Cβ, C telling which components each has; contrasts are Bθ with errors as in the ordinary
    network, in which studies of several arms have correlated ones. Where BC has less than full rank, effects that
    are the same for every solution are given; the others are NaN and named in ``not_identified``.

    References
    ----------
    Rücker G, Petropoulou M, Schwarzer G. Network meta-analysis of multicomponent interventions. Biom J
    2020;62:808-821. Rücker G, Schmitz S, Schwarzer G. Component network meta-analysis compared to a matching method
    in a disconnected network: a case study. Biom J 2021;63:447-461. Welton NJ, Caldwell DM, Adamopoulos E,
    Vedhara K. Am J Epidemiol 2009;169:1158-1165.

    Examples
    --------
    >>> fit = component_network(["1", "2", "3", "4"], ["A", "B", "A+B", "A"], ["P"] * 4, [0.2, 0.3, 0.6, 0.3],
    ...                         [0.1, 0.1, 0.1, 0.1], inactive="P", method="DL")
    >>> round(fit.effect("A + B").estimate, 3), round(fit.q_difference_p, 3)
    (0.58, 0.752)
    """
    method = method_called(method, METHODS)
    check_level(level)
    check_truth(correlated_arms, "correlated_arms")
    parts = subnetworks(studlab, treat1, treat2)
    label, one, two = (np.asarray(column, dtype=object).ravel() for column in (studlab, treat1, treat2))
    effects, errors = np.array(numbers(te, "te")), np.array(numbers(se, "se"))
    if effects.shape != (len(label),) or errors.shape != effects.shape:
        raise ValueError(f"te has shape {effects.shape} and se {errors.shape}, expected both ({len(label)},)")
    treatments = tuple(sorted(name for part in parts for name in part.treatments))
    combined = combinations(treatments, inactive, sep, interactions)
    C = combined.rows(treatments)
    whole = [network(label[part.rows], one[part.rows], two[part.rows], effects[part.rows], errors[part.rows],
                     method="common", correlated_arms=correlated_arms) for part in parts]  # fmt: skip
    rows = [_Part.of(fit, C[[treatments.index(name) for name in fit.treatments]]) for fit in whole]
    compared = np.concatenate([row.pairs for row in rows])
    known = told(compared)
    if known.span.shape[1] == 0:
        raise ValueError(f"the treatments compared ({', '.join(treatments)}) do not differ in an active component, "
                         "expected some that do")  # fmt: skip
    tau2 = _between_studies(rows, known, method)
    common = _weighted(rows, known, 0.0)
    fits: dict[Model, Coefficients] = {"common": common, "random": _weighted(rows, known, tau2)}
    df = sum(len(row.v) for row in rows) - known.span.shape[1]
    each = np.eye(C.shape[1])
    unknown = tuple(np.array(combined.components)[~known.tells(each)].tolist())
    found: dict[str, Any] = _tests(common.q, df, sum(fit.q for fit in whole), sum(fit.q_df for fit in whole))
    for model, coefficients in fits.items():
        found[f"te_{model}"], found[f"se_{model}"] = linear(known, coefficients, each)
    return ComponentNetwork(
        components=combined.components, **found, tau2=tau2, not_identified=unknown,
        identified_sums=in_words(compared, combined.components) if unknown else (), inactive=inactive,
        treatments=treatments, subnetworks=parts, k=len(set(map(str, label))), m=len(label), method=method,
        level=level, combined=combined, told=known, fits=fits,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Part:
    """A connected part: its contrasts, and the independent ones, as sums of components."""

    te: Floats
    pairs: Floats
    own: Independent
    y: Floats
    v: Floats
    columns: Floats

    @classmethod
    def of(cls, fit: Network, C: Floats) -> _Part:
        te, se = contrasts(fit)
        own = independent(fit.structure, se[None])
        pairs, columns = fit.structure.incidence @ C, own.columns()[0] @ C
        return cls(te, pairs, own, own.effects(te[None])[0], own.variance[0], columns)


def _between_studies(rows: Sequence[_Part], known: Told, method: str) -> float:
    """Estimate τ² around the component model."""
    if method == "common":
        return 0.0
    y, v = (np.concatenate([getattr(row, name) for row in rows])[None] for name in ("y", "v"))
    span, _ = basis(Design(np.concatenate([row.columns for row in rows]) @ known.span, ()), np.isfinite(v))
    if y.shape[1] == span.p:
        raise ValueError(f"{NO_FREEDOM} ({span.p} independent contrasts and as many sums of components); "
                         "expected method 'common', or more studies")  # fmt: skip
    tau2, _, settled = estimate(method, y, v, span, np.array([y.shape[1]]))
    if not settled[0]:
        raise ValueError(f"{NOT_CONVERGED}; expected effects and standard errors of more similar size, "
                         "or method 'DL'")  # fmt: skip
    return float(tau2[0])


def _weighted(rows: Sequence[_Part], known: Told, tau2: float) -> Coefficients:
    """Fit by weighted least squares on the pairwise contrasts, as the ordinary network is."""
    te = np.concatenate([row.te for row in rows])
    x = np.concatenate([row.pairs for row in rows]) @ known.span
    w = np.concatenate([row.own.weights(np.array([tau2]))[0] for row in rows])
    cov = np.asarray(np.linalg.inv((x.T * w) @ x), dtype=float)
    beta = cov @ (x.T @ (w * te))
    residual = te - x @ beta
    return Coefficients(beta, cov, float(residual @ (w * residual)))


def _tests(q: float, df: int, standard: float, standard_df: int) -> dict[str, float | int]:
    from scipy.special import chdtrc

    def p(value: float, freedom: int) -> float:
        return float(chdtrc(freedom, value)) if freedom else float("nan")

    between, between_df = max(0.0, q - standard) if df > standard_df else 0.0, df - standard_df
    return {
        "i2": 100 * max(0.0, (q - df) / q if q > 0 else 0.0) if df else float("nan"),
        "q_additive": q, "q_df": df, "q_p": p(q, df),
        "q_standard": standard, "q_standard_df": standard_df, "q_standard_p": p(standard, standard_df),
        "q_difference": between, "q_difference_df": between_df, "q_difference_p": p(between, between_df),
    }  # fmt: skip
