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


def lines(quantities: dict[str, Distribution], level: float) -> list[str]:
    """Write the lines of a table of quantities."""
    width = max(10, *(len(name) for name in quantities))
    found = [f"{'':{width}} {'mean':>9} {'sd':>9} {'median':>9} {'mode':>9}   {100 * level:g}% shortest interval"]
    for name, one in quantities.items():
        numbers = summary(one)
        values = " ".join(f"{numbers[key]:9.4f}" for key in _COLUMNS[:4])
        found.append(f"{name:{width}} {values}   {span((numbers['low'], numbers['high']))}")
    return found


def bayes_text(fit: Bayes) -> str:
    """Print one analysis, or of a batch how many there are and what went wrong."""
    if np.ndim(fit.k) > 0:
        reasons, counts = np.unique(fit.reason.astype(str), return_counts=True)
        head = f"Bayesian random-effects model; {len(fit.k)} analyses; tau ~ {fit.tau_prior}"
        return "\n".join([head, *(f"  {count} {'analysed' if not why else 'flagged: ' + why}"
                                  for why, count in zip(reasons, counts, strict=True))])  # fmt: skip
    mu = "flat" if fit.mu_prior is None else str(fit.mu_prior)
    text = [f"Bayesian random-effects model; k = {fit.k}; tau ~ {fit.tau_prior}; mu ~ {mu}", ""]
    text += lines({"mu": fit.mu, "tau": fit.tau, "theta_new": fit.theta_new}, fit.level)
    text.append("")
    if fit.improper:
        text.append(f"No marginal likelihood: {fit.improper}.")
    else:
        text.append(f"Log marginal likelihood {fit.log_marginal:.4f}")
    for name, factor in (("tau = 0", fit.bayes_factor_tau), ("mu = 0", fit.bayes_factor_mu)):
        if not math.isnan(factor):
            text.append(f"Bayes factor of {name} against the model: {factor:.4g}")
    return "\n".join(text)
