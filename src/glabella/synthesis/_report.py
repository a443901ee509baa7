"""Results as a tidy table, and in the words that analysts know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import polars as pl

    from glabella.synthesis._pool import Pooled

_LONG = {
    "common": "Common-effect model",
    "DL": "Random-effects model (DerSimonian-Laird)",
    "HE": "Random-effects model (Hedges)",
    "HS": "Random-effects model (Hunter-Schmidt)",
    "SJ": "Random-effects model (Sidik-Jonkman)",
    "PM": "Random-effects model (Paule-Mandel)",
    "EB": "Random-effects model (empirical Bayes)",
    "ML": "Random-effects model (maximum likelihood)",
    "REML": "Random-effects model (restricted maximum likelihood)",
}
_TESTS = {"knha": "Knapp-Hartung", "adhoc": "Knapp-Hartung, never narrower", "t": "t", "z": "z"}
_PER_ANALYSIS = (
    "estimate", "se", "statistic", "p_value", "ci_low", "ci_high", "tau2", "tau2_se", "i2", "h2", "q", "q_df",
    "q_p",
    "pi_low", "pi_high", "k", "converged", "reason",
)  # fmt: skip
_PER_COEFFICIENT = ("estimate", "se", "statistic", "p_value", "ci_low", "ci_high")


def pooled_table(fit: Pooled) -> pl.DataFrame:
    """Give one row a coefficient, or of a batch without moderators one row an analysis."""
    import polars as pl

    if np.ndim(fit.k) == 0:
        rows = {name: np.atleast_1d(getattr(fit, name)) for name in _PER_COEFFICIENT}
        return pl.DataFrame({"coefficient": list(fit.names), **rows})
    if not fit.moderated:
        return pl.DataFrame({name: _plain(getattr(fit, name)) for name in _PER_ANALYSIS})
    batch, p = fit.estimate.shape
    rows = {name: getattr(fit, name).ravel() for name in _PER_COEFFICIENT}
    return pl.DataFrame(
        {"analysis": np.repeat(np.arange(batch), p), "coefficient": list(fit.names) * batch, **rows}
    )


def _plain(values: Any) -> Any:
    return values.tolist() if values.dtype == object else values


def pooled_text(fit: Pooled) -> str:
    """Print one analysis, or of a batch how many there are and what went wrong."""
    if np.ndim(fit.k) > 0:
        reasons, counts = np.unique(fit.reason.astype(str), return_counts=True)
        lines = [f"{_LONG[fit.method]}; {len(fit.k)} analyses; test: {_TESTS[fit.test]}"]
        lines += [f"  {count} {'analysed' if not why else 'flagged: ' + why}"
                  for why, count in zip(reasons, counts, strict=True)]  # fmt: skip
        return "\n".join(lines)
    percent = f"{100 * fit.level:g}%"
    lines = [f"{_LONG[fit.method]}; k = {fit.k}; test: {_TESTS[fit.test]}", ""]
    if fit.method != "common":
        lines.append(f"tau^2 {fit.tau2:.4f} (SE {fit.tau2_se:.4f}; {percent} CI {span(fit.tau2_ci)}), "
                     f"tau {np.sqrt(fit.tau2):.4f}")  # fmt: skip
    lines.append(f"I^2 {fit.i2:.2f}% ({span(fit.i2_ci, 2)}), H^2 {fit.h2:.2f}")
    what = "Residual heterogeneity" if fit.moderated else "Heterogeneity"
    lines.append(f"{what}: Q({fit.q_df}) = {fit.q:.4f}, p {p_text(fit.q_p)}")
    if fit.moderated:
        r2 = "" if np.isnan(fit.r2) else f"; R^2 {fit.r2:.2f}%"
        lines.append(f"Moderators: {'QM' if fit.test == 'z' else 'F'} = {fit.qm:.4f}, p {p_text(fit.qm_p)}{r2}")
    lines += ["", *coefficients(fit.names, fit, "z" if fit.test == "z" else "t")]
    if not np.isnan(fit.pi_low):
        lines.append(f"\n{percent} prediction interval {span((fit.pi_low, fit.pi_high))}")
    if fit.notes:
        lines += ["", *(f"Note: {note}" for note in fit.notes)]
    return "\n".join(lines)


def coefficients(names: tuple[str, ...], fit: Any, letter: str) -> list[str]:
    """Write the lines of a table of coefficients."""
    width = max(10, *(len(name) for name in names))
    lines = [f"{'':{width}} {'estimate':>9} {'se':>8} {letter:>8} {'p':>8} {'ci.low':>9} {'ci.high':>9}"]
    values = [np.atleast_1d(getattr(fit, name)) for name in _PER_COEFFICIENT]
    for i, name in enumerate(names):
        estimate, se, statistic, p, low, high = (each[i] for each in values)
        lines.append(f"{name:{width}} {estimate:9.4f} {se:8.4f} {statistic:8.4f} {p_text(p):>8} "
                     f"{low:9.4f} {high:9.4f}")  # fmt: skip
    return lines


def span(limits: tuple[float, float], digits: int = 4) -> str:
    """Write two limits."""
    return f"{limits[0]:z.{digits}f} to {limits[1]:z.{digits}f}"


def p_text(p: float) -> str:
    """Write a P value as programs print it."""
    return "<.0001" if p < 0.0001 else f"{p:.4f}"
