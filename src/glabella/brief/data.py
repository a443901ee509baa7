"""The rows behind a report's pooled analyses, with the few lines of Python and of R that give the same numbers."""

from __future__ import annotations

import csv
import io

from glabella._reading import one_line
from glabella._writing import harmless
from glabella.brief.results import PooledAnalysis, Results
from glabella.shown import steady

#: The counts among the inputs of an effect that comes from counts.
_EVENTS = ("events, arm", "events, control")
_HEAD = ("study", "comparison", "yi", "vi", "events_arm", "n_arm", "events_control", "n_control", "weight",
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
        row = (study.label, effect.comparison, steady(effect.yi), steady(effect.vi), events[0], f"{effect.n1:g}",
               events[1], f"{effect.n2:g}", f"{float(weight):.4g}", effect.route)  # fmt: skip
        writer.writerow(_cell(value) for value in row)
    return text.getvalue()


def _cell(value: object) -> str:
    """Write a cell; words that a spreadsheet would compute are kept from it."""
    if isinstance(value, float):
        return f"{value:.15g}"
    return "" if value is None else harmless(str(value))


def _settings(one: PooledAnalysis) -> tuple[str, str]:
    """Estimator and interval; one comparison stands for itself."""
    return (one.analysis.method, one.analysis.test) if len(one.effects) > 1 else ("common", "z")


def _shown(one: PooledAnalysis) -> str:
    """Say in one line which analysis it is, and what the report shows of it."""
    fit = one.fit
    label = one_line(f"{one.analysis.label}, {one.outcome.label}")
    numbers = " to ".join(f"{one.shown(value):.4f}" for value in (fit.ci_low, fit.ci_high))
    return f"{label}: {one.analysis.measure} {one.shown(fit.estimate):.4f} ({numbers})"


def _python(pooled: tuple[PooledAnalysis, ...]) -> str:
    lines = [
        '"""Pool every analysis of the report again. Needs glabella; run it in this folder."""',
        "",
        "import csv",
        "",
        "from glabella.synthesis import pool",
        "",
        "",
        "def columns(name):",
        "    with open(name, newline='', encoding='utf-8') as file:",
        "        rows = list(csv.DictReader(file))",
        "    return [float(row['yi']) for row in rows], [float(row['vi']) for row in rows]",
        "",
    ]
    for one in pooled:
        method, test = _settings(one)
        exp = "exp" if one.ratio else ""
        lines += [
            "",
            f"# {_shown(one)}",
            f'fit = pool(*columns("{one.id}.csv"), method="{method}", test="{test}")',
            f'print("{one.id}", {_values("fit.estimate, fit.ci_low, fit.ci_high", exp)})',
        ]
    if any(one.ratio for one in pooled):
        lines.insert(3, "from math import exp")
    return "\n".join(lines) + "\n"


def _values(names: str, exp: str) -> str:
    return ", ".join(f"exp({name})" if exp else f"float({name})" for name in names.split(", "))


def _r(pooled: tuple[PooledAnalysis, ...]) -> str:
    """Write the same for R's metafor."""
    lines = ["# Pool every analysis of the report again. Needs the package metafor; run it in this folder.",
             "library(metafor)"]  # fmt: skip
    tests = {"knha": "knha", "t": "t", "z": "z"}
    for one in pooled:
        method, test = _settings(one)
        method = {"common": "EE"}.get(method, method)
        shown = "exp(c(fit$beta, fit$ci.lb, fit$ci.ub))" if one.ratio else "c(fit$beta, fit$ci.lb, fit$ci.ub)"
        lines += [
            "",
            f"# {_shown(one)}",
            f'fit <- rma(yi, vi, data = read.csv("{one.id}.csv"), method = "{method}", test = "{tests[test]}")',
            f'cat("{one.id}", format({shown}, digits = 10), "\\n")',
        ]
    return "\n".join(lines) + "\n"
