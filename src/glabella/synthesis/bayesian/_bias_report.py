"""A bias-adjusted analysis as a tidy table, and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import polars

    from glabella.synthesis.bayesian._unblinding import BiasAdjusted, UnblindingCurve

_LABELS = {"mu": "mean effect", "tau": "tau", "theta_new": "further study", "bias": "shared bias"}


def adjusted_table(fit: BiasAdjusted) -> polars.DataFrame:
    """Give one row a quantity; of a batch, one row a quantity and analysis."""
    import polars as pl

    rows = []
    for name in _LABELS:
        posterior = getattr(fit, name)
        if posterior is None:
            continue
        low, high = posterior.interval(kind="central")
        values = {"mean": posterior.mean, "sd": posterior.sd, "median": posterior.median, "low": low, "high": high}
        size = np.size(posterior.mean)
        columns = {key: np.atleast_1d(np.asarray(value, dtype=float)) for key, value in values.items()}
        analysis = {"analysis": np.arange(size)} if np.ndim(fit.k) else {}
        rows.append(pl.DataFrame({"quantity": [name] * size, **analysis, **columns}))
    return pl.concat(rows)


def adjusted_text(fit: BiasAdjusted) -> str:
    """Print the prior and the posteriors."""
    prior = fit.bias_prior
    lines = [f"Bias-adjusted random effects; shared bias {prior.mean:g} (sd {prior.sd:g}), "
             f"of each study's own sd {prior.between:g}"]  # fmt: skip
    if np.ndim(fit.k):
        reasons, counts = np.unique(fit.reason.astype(str), return_counts=True)
        lines.append(f"{len(fit.k)} analyses")
        lines += [f"  {count} {'analysed' if not why else 'flagged: ' + why}"
                  for why, count in zip(reasons, counts, strict=True)]  # fmt: skip
        return "\n".join(lines)
    percent = f"{100 * fit.mu.level:g}%"
    lines += [f"k = {fit.k}, {fit.affected} affected; tau ~ {fit.tau_prior}, "
              f"mean effect ~ {fit.mu_prior or 'flat'}", "",
              f"{'':16} {'mean':>9} {'sd':>8} {'median':>9} {percent + ' interval':>20}"]  # fmt: skip
    for name, *values in adjusted_table(fit).select("quantity", "mean", "sd", "median", "low", "high").rows():
        mean, sd, median, low, high = values
        lines.append(f"{_LABELS[name]:16} {mean:9.4f} {sd:8.4f} {median:9.4f} {f'{low:.4f} to {high:.4f}':>20}")
    return "\n".join(lines)


def curve_text(curve: UnblindingCurve) -> str:
    """Print both turning points and the curve."""
    percent = f"{100 * curve.level:g}%"

    def point(value: float) -> str:
        return "no bias looked at" if np.isnan(value) else f"a bias of {value:.4f}"

    lines = [f"Effect {curve.unadjusted:.4f} without bias; its interval includes zero with "
             f"{point(curve.tipping)}; half of it is left with {point(curve.halving)}", "",
             f"{'bias':>9} {'estimate':>9} {percent + ' interval':>20}"]  # fmt: skip
    for bias, estimate, low, high in zip(curve.bias, curve.estimate, curve.low, curve.high, strict=True):
        lines.append(f"{bias:9.4f} {estimate:9.4f} {f'{low:.4f} to {high:.4f}':>20}")
    return "\n".join(lines)
