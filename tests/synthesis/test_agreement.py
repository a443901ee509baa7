"""Agreement with metafor's reference outputs: every number agrees, or differs for a reason that is shown here."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glabella.synthesis import pool, pool_glmm, trim_fill
from tests.synthesis import agreement
from tests.synthesis.records import outputs, read


@pytest.mark.parametrize("part", agreement.PARTS, ids=lambda part: part.__name__)
@pytest.mark.parametrize("file", agreement.FILES, ids=lambda file: file.stem)
def test_every_number_agrees_or_is_explained(file: Path, part: Any) -> None:
    differing = [r for r in part(read(file)) if not r.agrees and agreement.explanation(r) is None]
    assert differing == []


def test_the_table_in_the_docs_is_current() -> None:
    assert agreement.TABLE.read_text(encoding="utf-8") == agreement.table(), "`make agreement` writes it anew"


def test_the_hts_entry_repeats_the_z_interval() -> None:
    for file in agreement.FILES:
        reference = read(file)
        printed = reference["fits"]["REML"]["z"]
        assert reference["hts_pi"]["lb"] == pytest.approx(printed["pi_lb"], rel=1e-9)
        assert reference["hts_pi"]["ub"] == pytest.approx(printed["pi_ub"], rel=1e-9)


def loose(y: np.ndarray, v: np.ndarray, x: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """REML by Fisher scoring that stops at a change of 1e-5, by dense matrices; with it, coefficients and SEs."""
    k, p = x.shape
    plain = np.eye(k) - x @ np.linalg.inv(x.T @ x) @ x.T
    tau2 = max(0.0, (y @ plain @ y - np.trace(plain * v)) / (k - p))
    while True:
        w = np.diag(1 / (v + tau2))
        projection = w - w @ x @ np.linalg.inv(x.T @ w @ x) @ x.T @ w
        step = (y @ projection @ projection @ y - np.trace(projection)) / np.sum(projection * projection)
        while tau2 + step < 0:
            step /= 2
        tau2 += step
        if abs(step) <= 1e-5:
            break
    w = np.diag(1 / (v + tau2))
    cov = np.linalg.inv(x.T @ w @ x)
    return float(tau2), cov @ x.T @ w @ y, np.sqrt(np.diag(cov))


@pytest.mark.parametrize("file", agreement.FILES, ids=lambda file: file.stem)
def test_regression_tests_agree_at_the_stopping_rule_of_the_reference(file: Path) -> None:
    reference = read(file)
    y, v = agreement.used(reference)
    for name, predictor in (("rma_sei", np.sqrt(v)), ("rma_vi", v)):
        expected = reference["regtest"][name]
        _, beta, se = loose(y, v, np.column_stack([np.ones_like(v), predictor]))
        assert beta[0] == pytest.approx(expected["est"], rel=1e-7, abs=1e-10)
        assert beta[1] / se[1] == pytest.approx(expected["stat"], rel=1e-7, abs=1e-10)


@pytest.mark.parametrize("file", agreement.FILES, ids=lambda file: file.stem)
def test_trim_and_fill_agrees_at_the_stopping_rule_of_the_reference(file: Path) -> None:
    reference = read(file)
    y, v = agreement.used(reference)
    estimators: tuple[Any, ...] = ("L0", "R0")
    for estimator in estimators:
        expected = reference["trimfill"][estimator]
        if expected["k0"] == 0:
            continue  # nothing is refitted: the table compares it
        found = trim_fill(y, v, estimator=estimator, test="z", ties="first")
        centre = loose_centre(y, v, found.k0, found.side)
        yi = found.yi.copy()
        yi[found.filled] = 2 * centre - mirrored(y, found.k0, found.side)
        tau2, beta, se = loose(yi, found.vi, np.ones((len(yi), 1)))
        assert tau2 == pytest.approx(expected["tau2"], rel=1e-7, abs=1e-10)
        assert beta[0] == pytest.approx(expected["b"], rel=1e-7, abs=1e-10)
        assert se[0] == pytest.approx(expected["se"], rel=1e-7)


def mirrored(y: np.ndarray, k0: int, side: str) -> np.ndarray:
    ordered = np.sort(-y if side == "right" else y)[len(y) - k0 :]
    return -ordered if side == "right" else ordered


def loose_centre(y: np.ndarray, v: np.ndarray, k0: int, side: str) -> float:
    order = np.argsort(-y if side == "right" else y, kind="stable")[: len(y) - k0]
    return float(loose(y[order], v[order], np.ones((len(order), 1)))[1][0])


def test_a_calendar_year_is_as_exact_as_a_centred_one() -> None:
    reference = outputs("metafor", "dat.egger2001")
    y, v = agreement.used(reference)
    year = np.array([reference["moderators"]["year"][row] for row in reference["used"]], dtype=np.longdouble)
    x = np.column_stack([np.ones_like(year), year - year.mean()])
    w = 1 / v.astype(np.longdouble)
    a, b, c = w.sum(), (w * x[:, 1]).sum(), (w * x[:, 1] ** 2).sum()
    d, e = (w * y).sum(), (w * x[:, 1] * y).sum()
    slope = (a * e - b * d) / (a * c - b * b)
    residual = y - ((d - b * slope) / a + slope * x[:, 1])
    q = float((w * residual**2).sum())
    fit = pool(y, v, mods=year.astype(float), method="DL", test="z")
    assert fit.q == pytest.approx(q, rel=1e-12)
    assert reference["metareg"]["year"]["DL"]["z"]["QE"] != pytest.approx(q, rel=1e-9)


LME4 = json.loads((Path(__file__).parent / "reference" / "glmm_tight.json").read_text(encoding="utf-8"))["fits"]


@pytest.mark.parametrize("dataset", LME4)
def test_random_intercepts_agree_once_the_inner_search_is_tight(dataset: str) -> None:
    reference = outputs("metafor", dataset)
    printed = reference["glmm"]["UM.RS"]
    # The models are those of the reference: fitted as it has them, they give its numbers.
    whole, tests = (LME4[dataset]["as_it_stands"][part] for part in ("whole", "tests"))
    again = {name: whole[name] for name in ("b", "se", "tau2", "ll")}
    again |= {name: tests[name] for name in ("QE_Wld", "QE_LRT")}
    assert again == pytest.approx({name: printed[name] for name in again}, rel=1e-10, abs=1e-10)
    # Then only the tolerance of the inner search is made smaller.
    fit = pool_glmm("OR", model="UM.RS", nodes=1, **reference["raw"])
    whole, tests = (LME4[dataset]["tight"][part] for part in ("whole", "tests"))
    assert fit.se == pytest.approx(whole["se"], rel=1e-5)
    assert fit.estimate == pytest.approx(whole["b"], abs=1e-4 * fit.se)
    assert fit.tau2 == pytest.approx(whole["tau2"], abs=1e-4 * fit.tau2_se if fit.tau2 > 0 else 0)
    assert fit.log_likelihood == pytest.approx(whole["ll"], abs=1e-6)
    assert fit.q_lrt == pytest.approx(tests["QE_LRT"], rel=1e-6)
    # In these three lme4 gets to no usable Hessian of the saturated model; glmmTMB does (test_glmm.py).
    if dataset not in ("dat.bcg", "dat.egger2001", "dat.laopaiboon2015"):
        assert fit.q_wald == pytest.approx(tests["QE_Wld"], rel=1e-4)


@pytest.mark.parametrize("dataset", ["dat.egger2001", "dat.hahn2001", "dat.li2007"])
def test_the_reference_has_a_wald_statistic_without_the_hessian(dataset: str) -> None:
    expected = outputs("metafor", dataset)["glmm"]["UM.RS"]["QE_Wld"]
    assert LME4[dataset]["as_it_stands"]["tests"]["without"] == pytest.approx(expected, rel=1e-10)
