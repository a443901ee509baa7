"""Results as a tidy table, and in the words that analysts know."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from glabella.synthesis._report import span

if TYPE_CHECKING:
    import polars as pl

    from glabella.synthesis.bayesian._bayes import Bayes
    from glabella.synthesis.bayesian._distribution import Distribution
    from glabella.synthesis.bayesian._regression import BayesRegression

_COLUMNS = ("mean", "sd", "median", "mode", "low", "high")


def summary(one: Distribution) -> dict[str, Any]:
    """Give the numbers that describe a distribution, with its shortest interval."""
    low, high = one.interval()
    values = (one.mean, one.sd, one.median, one.mode, low, high)
    return dict(zip(_COLUMNS, values, strict=True))


def table(quantities: dict[str, Distribution]) -> pl.DataFrame:
    """Give one row a quantity; of a batch, one row an analysis and quantity."""
    import polars as pl

    single = not next(iter(quantities.values())).shape
    parts = []
    for name, one in quantities.items():
        columns = {key: np.atleast_1d(value) for key, value in summary(one).items()}
        rows = len(columns["mean"])
        place = {} if single else {"analysis": np.arange(rows)}
        parts.append(pl.DataFrame({**place, "quantity": [name] * rows, **columns}))
    return pl.concat(parts) if single else pl.concat(parts).sort("analysis", maintain_order=True)


def bayes_table(fit: Bayes) -> pl.DataFrame:
    """Give one row a quantity."""
    return table({"mu": fit.mu, "tau": fit.tau, "theta_new": fit.theta_new})


def bayes_dict(fit: Bayes) -> dict[str, Any]:
    """Give the results by their names."""
    low, high = fit.shrinkage.interval()
    return {
        "k": fit.k,
        "level": fit.level,
        "tau_prior": str(fit.tau_prior),
        "mu_prior": "flat" if fit.mu_prior is None else str(fit.mu_prior),
        "reason": fit.reason,
        **{name: summary(getattr(fit, name)) for name in ("mu", "tau", "theta_new")},
        "shrinkage": {"mean": fit.shrinkage.mean, "sd": fit.shrinkage.sd, "low": low, "high": high},
        "log_marginal": fit.log_marginal,
        "improper": fit.improper,
        "bayes_factor_tau": fit.bayes_factor_tau,
        "bayes_factor_mu": fit.bayes_factor_mu,
        "joint_mode": dict(zip(("tau", "mu"), fit.joint_mode, strict=True)),
        "error": fit.error,
    }


def written(names: list[str], numbers: dict[str, Any], level: float) -> list[str]:
    """Write the lines of a table of quantities."""
    width = max(10, *(len(name) for name in names))
    found = [f"{'':{width}} {'mean':>9} {'sd':>9} {'median':>9} {'mode':>9}   {100 * level:g}% shortest interval"]
    for i, name in enumerate(names):
        values = " ".join(f"{numbers[key][i]:9.4f}" for key in _COLUMNS[:4])
        found.append(f"{name:{width}} {values}   {span((numbers['low'][i], numbers['high'][i]))}")
    return found


def evidence(fit: Bayes | BayesRegression) -> list[str]:
    """Write the lines on the marginal likelihood and Bayes factors."""
    found = [f"No marginal likelihood: {fit.improper}." if fit.improper
             else f"Log marginal likelihood {fit.log_marginal:.4f}"]  # fmt: skip
    factors = {"tau = 0": fit.bayes_factor_tau, "mu = 0": getattr(fit, "bayes_factor_mu", math.nan)}
    found += [f"Bayes factor of {name} against the model: {factor:.4g}"
              for name, factor in factors.items() if not math.isnan(factor)]  # fmt: skip
    return found


def flags(reason: Any) -> list[str]:
    """Write how many analyses of a batch there are, by what went wrong."""
    reasons, counts = np.unique(reason.astype(str), return_counts=True)
    return [f"  {count} {'analysed' if not why else 'flagged: ' + why}"
            for why, count in zip(reasons, counts, strict=True)]  # fmt: skip


def bayes_text(fit: Bayes) -> str:
    """Print one analysis, or of a batch how many there are and what went wrong."""
    head = f"Bayesian random-effects model; tau ~ {fit.tau_prior}; mu ~ {fit.mu_prior or 'flat'}"
    if np.ndim(fit.k) > 0:
        return "\n".join([f"{head}; {len(fit.k)} analyses", *flags(fit.reason)])
    parts = {name: summary(getattr(fit, name)) for name in ("mu", "tau", "theta_new")}
    numbers = {key: [part[key] for part in parts.values()] for key in _COLUMNS}
    return "\n".join([f"{head}; k = {fit.k}", "", *written(list(parts), numbers, fit.level), "", *evidence(fit)])


def regression_dict(fit: BayesRegression) -> dict[str, Any]:
    """Give the results by their names."""
    tau, beta = fit.joint_mode
    return {
        "k": fit.k,
        "level": fit.level,
        "names": list(fit.names),
        "tau_prior": str(fit.tau_prior),
        "beta_prior": ["flat" if prior is None else str(prior) for prior in fit.beta_prior],
        "reason": fit.reason,
        "coefficients": summary(fit.coefficients),
        "tau": summary(fit.tau),
        "shrinkage": {"mean": fit.shrinkage.mean, "sd": fit.shrinkage.sd},
        "log_marginal": fit.log_marginal,
        "improper": fit.improper,
        "bayes_factor_tau": fit.bayes_factor_tau,
        "joint_mode": {"tau": tau, "coefficients": beta},
        "error": fit.error,
    }


def regression_table(fit: BayesRegression) -> pl.DataFrame:
    """Give one row a coefficient and one for τ; of a batch, each for each analysis."""
    import polars as pl

    coefficients = {key: np.atleast_2d(value) for key, value in summary(fit.coefficients).items()}
    spread = {key: np.atleast_1d(value)[:, None] for key, value in summary(fit.tau).items()}
    columns = {key: np.concatenate([coefficients[key], spread[key]], axis=1) for key in coefficients}
    rows, names = len(columns["mean"]), [*fit.names, "tau"]
    place = {} if np.ndim(fit.k) == 0 else {"analysis": np.repeat(np.arange(rows), len(names))}
    return pl.DataFrame(
        {**place, "quantity": names * rows, **{key: values.ravel() for key, values in columns.items()}}
    )


def regression_text(fit: BayesRegression) -> str:
    """Print one analysis, or of a batch how many there are and what went wrong."""
    head = f"Bayesian meta-regression; tau ~ {fit.tau_prior}"
    if np.ndim(fit.k) > 0:
        return "\n".join([f"{head}; {len(fit.k)} analyses", *flags(fit.reason)])
    priors = (f"{name} ~ {'flat' if prior is None else prior}"
              for name, prior in zip(fit.names, fit.beta_prior, strict=True))  # fmt: skip
    found = [f"{head}; k = {fit.k}", *priors, ""]
    spread = summary(fit.tau)
    numbers = {key: np.append(value, spread[key]) for key, value in summary(fit.coefficients).items()}
    found += written([*fit.names, "tau"], numbers, fit.level)
    found += ["", *evidence(fit)]
    return "\n".join(found)
