"""The priors that a dossier declares, as the engine takes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from glabella.dossier import Prior, Priors

if TYPE_CHECKING:
    from glabella.synthesis.bayesian._priors import (
        HalfCauchy,
        HalfNormal,
        HalfT,
        InverseGamma,
        LogNormal,
        LogT,
    )

    DeclaredPrior = HalfNormal | HalfCauchy | HalfT | InverseGamma | LogNormal | LogT


def declared_prior(priors: Priors | None, measure: str) -> Prior | None:
    """Give the prior of the spread between trials that a dossier takes first for a measure.

    Parameters
    ----------
    priors : Priors or None
        The dossier's ``priors.yaml``.
    measure : str
        As an analysis declares it.

    Returns
    -------
    Prior or None
        The one marked ``usual`` for the measure, else for any; None where none is.

    Examples
    --------
    >>> from glabella.dossier import load
    >>> prior = declared_prior(load().priors, "OR")
    >>> prior.family, declared_prior(None, "OR")
    ('log_normal', None)
    """
    found = [] if priors is None else [prior for prior in priors.heterogeneity.values() if prior.usual]
    return next((prior for name in (measure, "any") for prior in found if prior.measure == name), None)


def tau_prior_of(prior: Prior) -> DeclaredPrior:
    """Give a dossier's prior of the spread between trials as the engine takes it.

    Parameters
    ----------
    prior : Prior
        Of ``tau`` or of ``tau2``.

    Raises
    ------
    ValueError
        If the engine has none of its family.

    Examples
    --------
    >>> from glabella.dossier import load
    >>> tau_prior_of(load().priors.heterogeneity["psychology"])
    InverseGamma(shape=1.0, scale=0.15)
    """
    from glabella.synthesis.bayesian._priors import HalfCauchy, HalfNormal, HalfT, InverseGamma, LogNormal, LogT

    families: dict[tuple[str, str], Callable[..., DeclaredPrior]] = {
        ("tau", "half_normal"): HalfNormal,
        ("tau", "half_cauchy"): HalfCauchy,
        ("tau", "half_t"): HalfT,
        ("tau", "inverse_gamma"): InverseGamma,
        ("tau", "log_normal"): LogNormal,
        ("tau2", "log_normal"): LogNormal.of_tau2,
        ("tau2", "log_t"): lambda df, mean, scale: LogT.of_tau2(mean, scale, df),
    }
    if (prior.of, prior.family) not in families:
        known = ", ".join(f"{name} of {what}" for what, name in families)
        raise ValueError(f"the usual prior of the spread is {prior.family} of {prior.of}, expected one of {known}")
    values = {name: prior.value(name) for name in prior.parameters}
    return families[prior.of, prior.family](**values)
