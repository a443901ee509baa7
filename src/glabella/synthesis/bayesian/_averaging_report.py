"""A model average as a tidy table, and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars

    from glabella.synthesis.bayesian._averaging import ModelAverage


def average_table(fit: ModelAverage) -> polars.DataFrame:
    """Give one row a model."""
    import polars as pl

    names = ("effect", "heterogeneity", "bias", "prior", "posterior", "log_marginal", "bf_inclusion")
    columns = {name: [getattr(model, name) for model in fit.models] for name in names}
    columns["mu"] = [model.mu.mean for model in fit.models]
    columns["mu_sd"] = [model.mu.sd for model in fit.models]
    columns["tau"] = [model.tau.mean for model in fit.models]
    return pl.DataFrame(columns)


def average_text(fit: ModelAverage) -> str:
    """Print components, estimates and the models of bias."""
    lines = [f"Bayesian model average (k = {fit.k}; {len(fit.models)} models; favours {fit.favours})", ""]
    lines.append(f"{'':28} {'prior':>7} {'posterior':>10} {'BF':>10}")
    parts = {"effect": fit.effect, "heterogeneity": fit.heterogeneity, "publication bias": fit.bias}
    rows = [*parts.items(), *((f"  {name}", part) for name, part in fit.bias_models.items())]
    lines += [f"{name:28} {part.prior:7.3f} {part.posterior:10.3f} {part.bf:10.4g}" for name, part in rows]
    lines += ["", f"{'':28} {'mean':>9} {'sd':>8} {'median':>9} {'95% interval':>20}"]
    posteriors = {
        "mu": fit.mu,
        "mu, if there is an effect": fit.mu_conditional,
        "tau": fit.tau,
        "tau, if heterogeneous": fit.tau_conditional,
    }
    for name, posterior in posteriors.items():
        low, high = posterior.interval()
        lines.append(f"{name:28} {posterior.mean:9.4f} {posterior.sd:8.4f} {posterior.median:9.4f} "
                     f"{f'{low:.4f} to {high:.4f}':>20}")  # fmt: skip
    return "\n".join(lines)
