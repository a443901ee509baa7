"""The rows behind a report's pooled analyses, with the few lines of Python and of R that give the same numbers."""

from __future__ import annotations

import csv
import io
import json
import math

from glabella._reading import one_line
from glabella._writing import harmless
from glabella.brief.results import PooledAnalysis, Results
from glabella.dossier import Prior
from glabella.shown import steady
from glabella.synthesis import tau_prior_of

#: The counts among the inputs of an effect that comes from counts.
_EVENTS = ("events, arm", "events, control")
_HEAD = ("study", "trial", "comparison", "yi", "vi", "events_arm", "n_arm", "events_control", "n_control", "weight",
         "computed_from")  # fmt: skip


def files(results: Results) -> dict[str, str]:
    """Give the content of each file by its name.

    Parameters
    ----------
    results : Results
        Of a dossier.

    Returns
    -------
    dict of str to str
        ``ANALYSIS.csv`` for every pooled analysis, ``analyses.py`` and ``analyses.R`` which pool them all.
    """
    pooled = tuple(results.pooled.values())
    made = {f"{one.id}.csv": _rows(one) for one in pooled}
    made["analyses.py"] = _python(pooled)
    made["analyses.R"] = _r(pooled)
    return made


def _rows(one: PooledAnalysis) -> str:
    """Write the effects as they were pooled; those of a ratio are logarithms."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_HEAD)
    for effect, study, weight in zip(one.effects, one.studies, one.fit.weights, strict=True):
        counts = dict(effect.steps[0].inputs) if effect.steps else {}
        events = [number.value if number is not None else None for number in map(counts.get, _EVENTS)]
        share = "" if math.isnan(weight) else f"{float(weight):.4g}"
        row = (study.label, effect.study, effect.comparison, steady(effect.yi), steady(effect.vi), events[0],
               f"{effect.n1:g}", events[1], f"{effect.n2:g}", share, effect.route)  # fmt: skip
        writer.writerow(_cell(value) for value in row)
    return text.getvalue()


def _cell(value: object) -> str:
    """Write a cell; words that a spreadsheet would compute are kept from it."""
    if isinstance(value, float):
        return f"{value:.15g}"
    return "" if value is None else harmless(str(value))


def _settings(one: PooledAnalysis) -> tuple[str, str]:
    """Estimator and interval as declared."""
    return one.analysis.method, one.analysis.test


def _shown(one: PooledAnalysis) -> str:
    """Say in one line which analysis it is, and what the report shows of it."""
    fit = one.fit
    label = one_line(f"{one.analysis.label}, {one.outcome.label}")
    numbers = " to ".join(f"{one.shown(value):.4f}" for value in (fit.ci_low, fit.ci_high))
    return f"{label}: {one.analysis.measure} {one.shown(fit.estimate):.4f} ({numbers})"


def _python(pooled: tuple[PooledAnalysis, ...]) -> str:
    priors = {one.id: tau_prior_of(one.prior) for one in pooled if one.prior is not None}
    names = ", ".join(sorted({"pool_trials", *(type(prior).__name__ for prior in priors.values())}))
    lines = [
        '"""Pool every analysis of the report again. Needs glabella; run it in this folder."""',
        "",
        "import csv",
        "",
        f"from glabella.synthesis import {names}",
        "",
        "",
        "def columns(name):",
        "    with open(name, newline='', encoding='utf-8') as file:",
        "        rows = list(csv.DictReader(file))",
        "    numbers = {column: [float(row[column]) for row in rows] for column in ('yi', 'vi')}",
        "    return numbers | {'trial': [row['trial'] for row in rows]}",
        "",
    ]
    for one in pooled:
        method, test = _settings(one)
        exp = "exp" if one.ratio else ""
        prior = f", tau_prior={priors[one.id]!r}" if one.id in priors else ""
        lines += [
            "",
            f"# {_shown(one)}",
            f'fit = pool_trials(**columns("{one.id}.csv"), method="{method}", test="{test}"{prior})',
            f'print("{one.id}", {_values("fit.estimate, fit.ci_low, fit.ci_high", exp)})',
        ]
    if any(one.ratio for one in pooled):
        lines.insert(3, "from math import exp")
    return "\n".join(lines) + "\n"


def _values(names: str, exp: str) -> str:
    return ", ".join(f"exp({name})" if exp else f"float({name})" for name in names.split(", "))


def _r(pooled: tuple[PooledAnalysis, ...]) -> str:
    """Write the same for R's metafor; two trials by a sum over the spread, which needs no package."""
    lines = ["# Pool every analysis of the report again. Needs the package metafor; run it in this folder.",
             "library(metafor)"]  # fmt: skip
    if any(one.fit.way == "two trials" for one in pooled):
        lines += ["", _TWO]
    for one in pooled:
        values = _r_two(one) if one.fit.way == "two trials" else _r_fit(one)
        shown = f"exp({values[-1]})" if one.ratio else values[-1]
        lines += [
            "",
            f"# {_shown(one)}",
            *values[:-1],
            f'cat("{one.id}", format({shown}, digits = 10), "\\n")',
        ]
    return "\n".join(lines) + "\n"


def _r_fit(one: PooledAnalysis) -> tuple[str, str]:
    """Give R's pooling and its numbers, by the method and interval that were used."""
    method = {"common": "EE"}.get(one.fit.method, one.fit.method)
    return (
        f'fit <- rma(yi, vi, data = read.csv("{one.id}.csv"), method = "{method}", test = "{one.fit.test}")',
        "c(fit$beta, fit$ci.lb, fit$ci.ub)",
    )


def _r_two(one: PooledAnalysis) -> tuple[str, str]:
    assert one.prior is not None, "two trials are pooled under a prior"
    return (f"fit <- two_trials({json.dumps(f'{one.id}.csv')}, function(tau) {_r_density(one.prior)})", "fit")


def _r_density(prior: Prior) -> str:
    """Write the density of a prior of tau in R."""
    value, half = prior.value, 2 if prior.of == "tau2" else 1
    match prior.family:
        case "half_normal":
            return f"2 * dnorm(tau, 0, {value('scale'):.15g})"
        case "half_cauchy":
            return f"2 * dcauchy(tau, 0, {value('scale'):.15g})"
        case "half_t":
            scale = value("scale")
            return f"2 * dt(tau / {scale:.15g}, {value('df'):.15g}) / {scale:.15g}"
        case "log_normal":
            return f"dlnorm(tau, {value('mean') / half:.15g}, {value('sd') / half:.15g})"
        case "log_t":
            middle, scale = value("mean") / half, value("scale") / half
            return f"dt((log(tau) - {middle:.15g}) / {scale:.15g}, {value('df'):.15g}) / ({scale:.15g} * tau)"
        case _:  # inverse gamma
            shape, scale = value("shape"), value("scale")
            return f"dgamma(1 / tau, {shape:.15g}, rate = {scale:.15g}) / tau^2"


#: Two trials under a prior of the spread, as :func:`glabella.synthesis.pool_trials` pools them, in R.
_TWO = """\
# Two trials: median and central interval of their mean effect under a prior of the spread between trials.
two_trials <- function(name, prior) {
  rows <- read.csv(name)
  of <- factor(rows$trial, unique(rows$trial))
  v <- 1 / tapply(1 / rows$vi, of, sum)
  y <- tapply(rows$yi / rows$vi, of, sum) * v
  tau <- exp(seq(log(1e-30), log(1e6), length.out = 50001))
  w1 <- 1 / (v[1] + tau^2)
  w2 <- 1 / (v[2] + tau^2)
  middle <- (w1 * y[1] + w2 * y[2]) / (w1 + w2)
  share <- prior(tau) * tau * sqrt(w1 * w2 / (w1 + w2)) *
    exp(-(w1 * (y[1] - middle)^2 + w2 * (y[2] - middle)^2) / 2)
  share <- share / sum(share)
  reach <- 1000 * sqrt(max(v)) + diff(range(y))
  at <- function(p) uniroot(function(x) sum(share * pnorm((x - middle) * sqrt(w1 + w2))) - p,
                            min(y) + c(-reach, reach), tol = 1e-10)$root
  c(at(0.5), at(0.025), at(0.975))
}"""
