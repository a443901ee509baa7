"""Level and power of every test of spontaneous reports, by simulation; ``--page`` writes docs/test-levels.md.

Synthetic counts throughout. Takes some five minutes on two idle cores; ``--quick`` less, to see that it runs.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from levels_page import page
from rich.console import Console
from rich.markdown import Markdown

from glabella.safety import measures

PAGE = Path(__file__).parents[1] / "docs" / "test-levels.md"
SHARES = (0.0, 0.2, 0.5)
#: Drugs, events, mean count of a pair, and tables drawn.
TABLES = ((20, 10, 20.0, 25), (20, 100, 5.0, 12), (20, 100, 100.0, 8), (20, 1_000, 0.5, 6), (20, 10_000, 0.05, 6))
#: Reports expected of a single pair beside the others' many, where tests of one pair are drawn alone.
SINGLE = (1.0, 5.0, 50.0)
NULLS = ("multinomial", "poisson", "zip", "pvlrt")
DRAWS, RATIO, PLANTED = 199, 4.0, 5
#: Pairs of a table that the slow exact limits are worked out for.
EXACT = 60
#: Pairs drawn alone, and those of them for the slow regressions.
PAIRS, WITH_COVARIATE, WITH_COMPANY = 4_000, 100, 20

Flags = dict[str, tuple[float, float]]


def table(shape: tuple[int, int], mean: float, share: float, random: np.random.Generator) -> tuple[Any, Any]:
    """Draw rates of uneven drugs and events, independent of one another, and which pairs are possible."""
    drug, event = random.gamma(1, size=shape[0]) + 0.05, random.gamma(0.7, size=shape[1]) + 0.02
    rates = np.outer(drug / drug.mean(), event / event.mean()) * mean
    return rates, random.random(shape) >= share


def plant(rates: Any, possible: Any, random: np.random.Generator) -> list[tuple[int, int]]:
    """Give some drugs one event each of a rate raised: the one whose expected count is nearest to five."""
    planted = [(int(drug), int(np.abs(np.log(rates[drug] / 5)).argmin())) for drug in
               random.choice(len(rates), PLANTED, replace=False)]  # fmt: skip
    for pair in planted:
        possible[pair] = True
        rates[pair] *= RATIO
    return planted


def of_drugs(n: Any, planted: list[tuple[int, int]] | None) -> Flags:
    """Count drugs with any signal, or planted pairs found, by the likelihood-ratio tests."""
    found: Flags = {}
    for null in NULLS:
        fit = measures.likelihood_ratio_test(n, n.sum(1), n.sum(0), n.sum(), null=null, draws=DRAWS)  # type: ignore[arg-type]
        if planted is None:
            found[null] = (len(np.unique(fit.drug[fit.p_value <= 0.05])), float((n.sum(1) > 0).sum()))
        else:
            flagged = fit.p_stepdown <= 0.05
            pairs = set(zip(fit.drug[flagged].tolist(), fit.event[flagged].tolist(), strict=True))
            found[null] = (len(pairs & set(planted)), len(planted))
    return found


def of_pairs(n: Any, at: Any, random: np.random.Generator) -> Flags:
    """Count the pairs marked by ``at`` that each measure of a pair flags."""
    drug, event, total = n.sum(1)[:, None] + 0 * n, n.sum(0) + 0 * n, n.sum()
    a, row, column = (cell[at] for cell in (n, drug, event))
    own = measures.disproportionality(a, row, column, total)
    flags = {
        "PRR, lower limit > 1": (own["prr_low"] > 1).fill_null(value=False),
        "ROR, lower limit > 1": (own["ror_low"] > 1).fill_null(value=False),
        "chi² ≥ 3.84": (own["chi2"] >= 3.841459).fill_null(value=False),
        "chi², Yates": (own["chi2_yates"] >= 3.841459).fill_null(value=False),
        "IC025 > 0": own["ic025"] > 0,
        "EudraVigilance": measures.ema(a, own),
        "Evans": measures.evans(a, own),
    }
    found = {name: (float(flag.sum()), float(len(flag))) for name, flag in flags.items()}
    few = random.permutation(len(a))[:EXACT]
    exact = measures.exact_ror(a[few], row[few], column[few], total)
    for name, column in (("ROR, exact limit > 1", "exact_low"), ("ROR, mid-p limit > 1", "midp_low")):
        found[name] = (float((exact[column] > 1).sum()), float(len(few)))
    return found | _gps(n, at, drug * event / total)


def _gps(n: Any, at: Any, expected: Any) -> Flags:
    """Flag by EBGM's lower bound; where no prior can be fitted nothing is flagged, and that is counted."""
    kept = expected > 0
    if not (n[kept] == 0).any():
        return {}
    fit = measures.fit_gps(n[kept], expected[kept])
    size = float(at.sum())
    low = fit.score(n[at], expected[at])["eb05"] if fit.converged else np.zeros(int(size))
    return {
        "EB05 > 1": (float((low > 1).sum()), size),
        "EB05 ≥ 2": (float((low >= 2).sum()), size),
        "(no prior fitted)": (float(not fit.converged), 1.0),
    }


def of_tables(job: tuple[int, float, bool, int]) -> dict[str, Flags]:
    """Draw and test some tables of one kind; a table with signals is looked at for these alone."""
    kind, share, signals, tables = job
    drugs, events, mean, _ = TABLES[kind]
    whole: dict[str, Flags] = {"drugs": {}, "pairs": {}}
    for number in range(tables):
        random = np.random.default_rng([kind, round(100 * share), signals, number])
        rates, possible = table((drugs, events), mean, share, random)
        planted = plant(rates, possible, random) if signals else None
        n = random.poisson(rates * possible)
        at = (n.sum(1) > 0)[:, None] & (n.sum(0) > 0)
        if planted is not None:
            at = np.zeros_like(at)
            at[tuple(np.transpose(planted))] = True
            at &= n.sum(0) > 0
        for name, found in (("drugs", of_drugs(n, planted)), ("pairs", of_pairs(n, at, random))):
            _add(whole[name], found)
    return whole


def _add(whole: Flags, found: Flags) -> None:
    for name, (flagged, size) in found.items():
        before = whole.get(name, (0.0, 0.0))
        whole[name] = (before[0] + flagged, before[1] + size)


def of_single(job: tuple[float, float, bool, int]) -> Flags:
    """Test pairs drawn alone: strata, covariates, two drugs, quarters, and co-medication.

    Of the reports of others a share cannot have the event, and of the pairs likewise.
    """
    expected, share, signals, size = job
    random = np.random.default_rng([round(10 * expected), round(100 * share), signals])
    ratio = np.full(size, RATIO) if signals else np.where(random.random(size) >= share, 1.0, 0.0)
    found: Flags = {}
    for test in (_strata, _two_drugs, _quarters, _covariate, _company):
        _add(found, test(expected, share, ratio, random))
    return found


def _count(flag: Any) -> tuple[float, float]:
    return float(np.sum(flag)), float(np.size(flag))


def _strata(expected: float, share: float, ratio: Any, random: np.random.Generator) -> Flags:
    risk = np.array([0.01, 0.02, 0.04, 0.08])
    exposed, others = np.ceil(expected / risk / 4).astype(int), np.array([40_000, 30_000, 20_000, 10_000])
    a = random.binomial(exposed, risk * ratio[:, None])
    c = random.binomial(others, risk * (1 - share), size=a.shape)
    fit = measures.mantel_haenszel(a, exposed - a, c, others - c)
    # Of the test whether strata agree, the pair's ratio is no signal, but a ratio in two of four strata is.
    uneven = np.where((ratio == RATIO)[:, None] & (np.arange(4) % 2 == 1), RATIO, 1.0)
    apart = random.binomial(exposed, risk * uneven)
    tests = measures.mantel_haenszel(apart, exposed - apart, c, others - c)
    return {
        "Mantel-Haenszel ROR, lower limit > 1": _count(fit.ror_low > 1),
        "Mantel-Haenszel PRR, lower limit > 1": _count(fit.prr_low > 1),
        "Breslow-Day: p ≤ 0.05": _count(tests.breslow_day_p <= 0.05),
        "Tarone: p ≤ 0.05": _count(tests.tarone_p <= 0.05),
    }


def _two_drugs(expected: float, share: float, ratio: Any, random: np.random.Generator) -> Flags:
    risk = 0.01
    n11 = int(np.ceil(expected / risk))
    groups = {"n101": (5_000, 2.0), "n011": (5_000, 1.0), "n001": (100_000, 1 - share)}
    cells: dict[str, Any] = {"n11": n11, "n111": random.binomial(n11, 2 * risk * ratio)}
    for name, (reports, times) in groups.items():
        cells[name] = random.binomial(reports, risk * times, size=len(ratio))
        cells[name[:-1]] = reports
    fit = measures.omega(**cells)
    return {"Omega025 > 0": _count(fit.low > 0)}


def _quarters(expected: float, share: float, ratio: Any, random: np.random.Generator) -> Flags:
    risk, quarters, others = 0.01, 20, 20_000
    drug = int(np.ceil(expected / risk / quarters))
    n = random.binomial(drug, risk * ratio[:, None], size=(len(ratio), quarters))
    event = n + random.binomial(others, risk * (1 - share), size=n.shape)
    fit = measures.cumulative_ic(n, drug, event, others + drug)
    return {"trend: IC025 > 0 at the last of 20 looks": _count(fit.cumulative_low[:, -1] > 0),
            "trend: IC025 > 0 at any of 20 looks": _count(fit.first >= 0)}  # fmt: skip


def _covariate(expected: float, share: float, ratio: Any, random: np.random.Generator) -> Flags:
    sex, exposed = ["F", "M", "F", "M"], [1, 1, 0, 0]
    risk = np.array([0.01, 0.03, 0.01 * (1 - share), 0.03 * (1 - share)])
    reports = np.array([np.ceil(expected / 0.02), np.ceil(expected / 0.06), 20_000, 30_000]).astype(int)
    p_values: dict[str, list[float]] = {"wald": [], "profile": []}
    for one in ratio[:WITH_COVARIATE]:
        events = random.binomial(reports, risk * np.array([one, one, 1, 1]))
        for interval, values in p_values.items():
            fit = measures.logistic_ratio(exposed, events, {"sex": sex}, total=reports, interval=interval)  # type: ignore[arg-type]
            values.append(fit.p_value)
    return {f"logistic, {name}: p ≤ 0.05": _count(np.array(values) <= 0.05) for name, values in p_values.items()}


def _company(expected: float, share: float, ratio: Any, random: np.random.Generator) -> Flags:
    """Select drugs by the LASSO; drug 0 has the pair's ratio, nine others none, none of them being impossible."""
    selected, above, size = 0, 0, 4_000
    tried = ratio[:WITH_COMPANY]
    for one in tried:
        drugs = (random.random((size, 10)) < 0.1).astype(float)
        drugs[:, 0] = random.random(size) < min(expected / 0.05 / size, 0.5)
        event = random.random(size) < 0.05 * np.where(drugs[:, 0] == 1, one, 1 - share)
        fit = measures.lasso_logistic(drugs, event.astype(float))
        own = np.flatnonzero(fit.selected == 0)
        selected += len(own)
        above += int((fit.refit_low[own] > 1).sum())
    return {"LASSO, selected by BIC": (selected, len(tried)),
            "LASSO, selected, refit's limit > 1": (above, len(tried))}  # fmt: skip


def jobs(quick: bool) -> Iterator[tuple[Callable[[Any], Any], tuple[Any, ...], Any]]:
    """Give what is to be done: the function, what is reported under which key, and its argument."""
    part = 0.1 if quick else 1
    for kind in reversed(range(len(TABLES))):
        tables = max(1, round(TABLES[kind][3] * part))
        for share in SHARES:
            yield of_tables, ("tables", kind, share, False), (kind, share, False, tables)
            yield of_tables, ("tables", kind, share, True), (kind, share, True, tables)
    for expected in SINGLE:
        for share in SHARES:
            for signals in (False, True):
                pairs = round(PAIRS * part)
                yield of_single, ("single", expected, share, signals), (expected, share, signals, pairs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", action="store_true", help="write the page")
    parser.add_argument("--quick", action="store_true", help="a tenth of the draws")
    asked = parser.parse_args()
    begun = time.monotonic()
    with ProcessPoolExecutor(2) as pool:
        waiting = {key: pool.submit(work, argument) for work, key, argument in jobs(asked.quick)}
        found = {key: job.result() for key, job in waiting.items()}
    text = page(found, TABLES, SHARES, SINGLE, DRAWS, RATIO)
    if asked.page:
        PAGE.write_text(text, encoding="utf-8")
    Console().print(Markdown(f"{text}\n\n{time.monotonic() - begun:.0f} s"))


if __name__ == "__main__":
    main()
