"""A network as tidy tables, and in the words that analysts know."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from glabella.synthesis._report import p_text, span
from glabella.synthesis.networks._fit import best_first
from glabella.synthesis.networks._scale import Scale, Shown, shown

if TYPE_CHECKING:
    import polars as pl

    from glabella.synthesis.networks._network import Network, SmallValues

_LONG = {
    "common": "common effect",
    "DL": "random effects (DerSimonian-Laird)",
    "ML": "random effects (maximum likelihood)",
    "REML": "random effects (restricted maximum likelihood)",
}
_PER_ANALYSIS = ("tau2", "i2", "q", "q_df", "q_p", "q_within", "q_within_df", "q_within_p", "q_between",
                 "q_between_df", "q_between_p", "log_likelihood", "k", "m", "converged", "reason")  # fmt: skip


def network_table(fit: Network) -> pl.DataFrame:
    """Give one row a pair of treatments, the first versus the second; of a batch one row an analysis."""
    import polars as pl
    from scipy.special import ndtr

    if not fit.given.single:
        columns = {name: getattr(fit, name) for name in _PER_ANALYSIS}
        return pl.DataFrame(
            {name: each.tolist() if each.dtype == object else each for name, each in columns.items()}
        )
    first, second = np.triu_indices(len(fit.treatments), 1)
    table: dict[str, list[str] | np.ndarray] = {
        "first": [fit.treatments[i] for i in first],
        "second": [fit.treatments[j] for j in second],
    }
    for model, te, se in (("common", fit.te_common, fit.se_common), ("random", fit.te_random, fit.se_random)):
        low, high = fit.limits(model)  # type: ignore[arg-type]
        own = te[first, second], se[first, second]
        table |= {
            f"te_{model}": own[0], f"se_{model}": own[1], f"low_{model}": low[first, second],
            f"high_{model}": high[first, second], f"p_{model}": 2 * ndtr(-np.abs(own[0] / own[1])),
        }  # fmt: skip
    table |= {"pi_low": fit.pi_low[first, second], "pi_high": fit.pi_high[first, second]}
    return pl.DataFrame(table)


def network_text(fit: Network, small_values: SmallValues, scale: Scale, measure: str | None) -> str:
    """Print one network against its reference; of a batch how many there are and what went wrong."""
    of, change = fit.structure, shown(scale, measure)
    size = f"{of.n} treatments, {len(of.studies)} studies, {of.m} contrasts, {len(of.designs)} designs"
    head = f"Network meta-analysis, {_LONG[fit.method]}\n{size}"
    if not fit.given.single:
        reasons, counts = np.unique(fit.reason.astype(str), return_counts=True)
        lines = [f"{head}; {len(fit.reason)} analyses"]
        lines += [f"  {count} {'analysed' if not why else 'flagged: ' + why}"
                  for why, count in zip(reasons, counts, strict=True)]  # fmt: skip
        return "\n".join(lines)
    lines = [head, "", f"Effects: {change.words}; P-scores: small values are {small_values}"]
    lines += [*_against_reference(fit, change, fit.p_scores(small_values=small_values)), ""]
    if fit.method != "common":
        of_what = "" if change.fitted == change.words else f" (of the {change.fitted})"
        lines.append(f"tau^2 {fit.tau2:.4f}, tau {np.sqrt(fit.tau2):.4f}{of_what}")
    if fit.q_df > 0:
        lines.append(f"I^2 {fit.i2:.2f}%")
    for words, name in (("Total", "q"), ("Within designs", "q_within"), ("Between designs", "q_between")):
        q, df, p = (getattr(fit, f"{name}{end}") for end in ("", "_df", "_p"))
        lines.append(f"{words + ':':16} Q({df}) = {q:.4f}" + (f", p {p_text(p)}" if df > 0 else ""))
    return "\n".join(lines)


def _against_reference(fit: Network, change: Shown, score: np.ndarray) -> list[str]:
    """Write the effects versus the reference, the best P-score first."""
    from scipy.special import ndtr

    at = fit.structure.index(fit.reference)
    low, high = (change(each[:, at]) for each in fit.limits())
    te, se = fit.te_random[:, at], fit.se_random[:, at]
    width = max(len("versus " + fit.reference), *(len(name) for name in fit.treatments))
    lines = [f"{'versus ' + fit.reference:{width}} {'estimate':>9} {f'{100 * fit.level:g}% limits':20} {'p':>7}"
             f" {'P-score':>8}"]  # fmt: skip
    for i in best_first(score):
        if i == at:
            lines.append(f"{fit.treatments[i]:{width}} {'.':>9} {'.':20} {'.':>7} {score[i]:8.4f}")
            continue
        limits = span((low[i], high[i]))
        p = p_text(2 * ndtr(-abs(te[i] / se[i])))
        lines.append(f"{fit.treatments[i]:{width}} {change(te[i]):z9.4f} {limits:20} {p:>7} {score[i]:8.4f}")
    return lines
