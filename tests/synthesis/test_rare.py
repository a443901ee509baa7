"""Mantel-Haenszel, Peto and beta-binomial: metafor's numbers, and what must hold of any data."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.special import betaln, gammaln

from glabella.synthesis._beta_binomial import _Counts as Counts
from glabella.synthesis._beta_binomial import _exceeding, _logged, _parts, pool_beta_binomial
from glabella.synthesis._rare import pool_mh, pool_peto
from tests.synthesis.records import files, read

REFERENCES = [read(file) for file in files("metafor")]
POOLED = [reference for reference in REFERENCES if reference.get("mh")]
RELATIVE = 1e-10

QUANTITIES = {
    "estimate": "b", "se": "se", "statistic": "stat", "p_value": "p", "ci_low": "lb", "ci_high": "ub", "q": "QE",
    "q_p": "QEp", "cmh": "MH", "cmh_p": "MHp", "breslow_day": "BD", "breslow_day_p": "BDp", "tarone": "TA",
    "tarone_p": "TAp",
}  # fmt: skip


def compare(found: Any, expected: dict[str, Any]) -> int:
    compared = 0
    for ours, theirs in QUANTITIES.items():
        if isinstance(expected.get(theirs), int | float):
            assert getattr(found, ours) == pytest.approx(expected[theirs], rel=RELATIVE, abs=0), ours
            compared += 1
    return compared


@pytest.mark.parametrize("reference", POOLED, ids=lambda reference: reference["dataset"])
def test_mantel_haenszel_and_peto_agree(reference: dict[str, Any]) -> None:
    for measure, expected in reference["mh"].items():
        compared = compare(pool_mh(measure, **reference["raw"]), expected)
        assert compared == {"OR": 14, "RR": 8, "RD": 8, "IRR": 3}[measure]
    if reference.get("peto"):
        assert compare(pool_peto(**reference["raw"]), reference["peto"]) == 7


@st.composite
def trials(draw: st.DrawFn, largest: int = 60) -> dict[str, list[int]]:
    k = draw(st.integers(2, 6))
    columns: dict[str, list[int]] = {"ai": [], "n1i": [], "ci": [], "n2i": []}
    for _ in range(k):
        for events, total in (("ai", "n1i"), ("ci", "n2i")):
            columns[total].append(draw(st.integers(2, largest)))
            columns[events].append(draw(st.integers(0, columns[total][-1])))
    a, n1, c, n2 = (np.array(columns[name]) for name in ("ai", "n1i", "ci", "n2i"))
    assume((a * (n2 - c)).sum() > 0 and (c * (n1 - a)).sum() > 0)
    return columns


def swapped(columns: dict[str, Any]) -> dict[str, Any]:
    other = {
        "ai": "ci",
        "ci": "ai",
        "n1i": "n2i",
        "n2i": "n1i",
        "x1i": "x2i",
        "x2i": "x1i",
        "t1i": "t2i",
        "t2i": "t1i",
    }
    return {other[name]: column for name, column in columns.items()}


@given(trials(), st.sampled_from(["OR", "RR", "RD"]))
def test_swapping_groups_flips_the_sign(columns: Any, measure: Any) -> None:
    one, two = pool_mh(measure, **columns), pool_mh(measure, **swapped(columns))
    assert one.estimate == pytest.approx(-two.estimate, abs=1e-10)
    assert one.se == pytest.approx(two.se, rel=1e-7, abs=1e-10)
    assert one.q == pytest.approx(two.q, rel=1e-7, abs=1e-8)
    peto, other = pool_peto(**columns), pool_peto(**swapped(columns))
    assert peto.estimate == pytest.approx(-other.estimate, abs=1e-10)
    assert peto.se == pytest.approx(other.se)


@given(trials())
def test_events_and_non_events_are_symmetric_for_the_odds_ratio(columns: Any) -> None:
    rest = {"ai": np.subtract(columns["n1i"], columns["ai"]), "n1i": columns["n1i"]}
    rest |= {"ci": np.subtract(columns["n2i"], columns["ci"]), "n2i": columns["n2i"]}
    one, two = pool_mh("OR", **columns), pool_mh("OR", **rest)
    assert one.estimate == pytest.approx(-two.estimate, abs=1e-10)
    assert one.se == pytest.approx(two.se)
    assert one.cmh == pytest.approx(two.cmh, abs=1e-9)
    assert one.tarone <= one.breslow_day + 1e-12


@given(trials())
def test_a_study_without_events_changes_nothing_for_ratios(columns: Any) -> None:
    more: dict[str, Any] = {name: [*column, 0 if name in ("ai", "ci") else 40] for name, column in columns.items()}
    ratios: tuple[Any, ...] = ("OR", "RR")
    for measure in ratios:
        one, two = pool_mh(measure, **columns), pool_mh(measure, **more)
        assert one.estimate == pytest.approx(two.estimate, abs=1e-12)
        assert one.se == pytest.approx(two.se)
        assert one.k == two.k
    assert pool_peto(**columns).estimate == pytest.approx(pool_peto(**more).estimate, abs=1e-12)


def test_one_study_gives_its_own_effect() -> None:
    table: dict[str, Any] = {"ai": [12], "bi": [88], "ci": [20], "di": [70]}
    a, b, c, d = (column[0] for column in table.values())
    odds, risk, difference = (pool_mh(measure, **table) for measure in ("OR", "RR", "RD"))
    assert odds.estimate == pytest.approx(math.log(a * d / (b * c)))
    assert odds.se == pytest.approx(math.sqrt(1 / a + 1 / b + 1 / c + 1 / d))
    assert risk.estimate == pytest.approx(math.log(a / (a + b) / (c / (c + d))))
    assert risk.se == pytest.approx(math.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)))
    assert difference.estimate == pytest.approx(a / (a + b) - c / (c + d))
    assert (odds.q, odds.q_df, odds.q_p) == (0.0, 0, 1.0)


def test_rates_of_one_study_and_of_equal_studies() -> None:
    one: dict[str, Any] = {"x1i": [12], "t1i": [400.0], "x2i": [20], "t2i": [350.0]}
    ratio, difference = pool_mh("IRR", **one), pool_mh("IRD", **one)
    assert ratio.estimate == pytest.approx(math.log(12 / 400 / (20 / 350)))
    assert ratio.se == pytest.approx(math.sqrt(1 / 12 + 1 / 20))
    assert difference.estimate == pytest.approx(12 / 400 - 20 / 350)
    assert difference.se == pytest.approx(math.sqrt(12 / 400**2 + 20 / 350**2))
    four = {name: column * 4 for name, column in one.items()}
    for measure, single in (("IRR", ratio), ("IRD", difference)):
        fit = pool_mh(measure, **four)  # type: ignore[arg-type]
        assert fit.estimate == pytest.approx(single.estimate)
        assert fit.se == pytest.approx(single.se / 2)
        assert fit.q == pytest.approx(0, abs=1e-20)
    flipped = pool_mh("IRR", **swapped(four))
    assert flipped.estimate == pytest.approx(-ratio.estimate)
    assert flipped.cmh == pytest.approx(pool_mh("IRR", **four).cmh)


def test_the_correction_of_the_test_of_association_never_turns_the_sign() -> None:
    table: dict[str, Any] = {"ai": [10], "bi": [10], "ci": [10], "di": [10]}
    assert pool_mh("OR", **table).cmh == 0
    uneven: dict[str, Any] = {"ai": [15], "bi": [10], "ci": [10], "di": [15]}
    assert pool_mh("OR", **uneven).cmh < pool_mh("OR", correct=False, **uneven).cmh


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"ai": [1], "bi": [2], "ci": [1]}, "'di' or 'n2i' is missing"),
        ({"bi": [2], "ci": [1], "di": [3]}, "'ai' is missing"),
        ({"ai": [1, -2], "bi": [2, 2], "ci": [1, 1], "di": [2, 2]}, "ai is -2 in row 2, expected 0 or more"),
        ({"ai": [1], "n1i": [0], "ci": [1], "n2i": [4]}, "ai is 1 in row 1, expected at most n1i"),
        ({"ai": [0], "n1i": [0], "ci": [1], "n2i": [4]}, "n1i is 0 in row 1, expected 1 or more"),
        ({"ai": [1], "bi": [3], "n1i": [5], "ci": [1], "n2i": [4]}, "n1i is 5 in row 1, expected ai"),
        ({"ai": [1, 2], "bi": [2], "ci": [1], "di": [3]}, "differ in shape"),
        ({"ai": [], "bi": [], "ci": [], "di": []}, "'ai' is empty"),
        ({"ai": [math.nan], "bi": [2], "ci": [1], "di": [3]}, "ai is nan in row 1, expected a finite number"),
        ({"ai": [1], "bi": [2], "ci": [1], "di": [3], "mi": [3]}, "unknown column 'mi'"),
        ({"ai": [0, 0], "bi": [9, 9], "ci": [1, 2], "di": [8, 7]}, "odds ratio is not defined"),
    ],
)
def test_bad_counts_are_refused(columns: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        pool_mh("OR", **columns)


def test_bad_rates_options_and_empty_evidence_are_refused() -> None:
    rates: dict[str, Any] = {"x1i": [1], "t1i": [0.0], "x2i": [2], "t2i": [3.0]}
    with pytest.raises(ValueError, match="t1i is 0 in row 1, expected more than 0"):
        pool_mh("IRR", **rates)
    with pytest.raises(ValueError, match="'t2i' is missing"):
        pool_mh("IRD", x1i=[1], t1i=[1], x2i=[1])
    with pytest.raises(ValueError, match="unknown measure 'SMD'"):
        pool_mh("SMD")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="level is 95"):
        pool_peto(level=95, ai=[1], bi=[1], ci=[1], di=[1])
    nothing: dict[str, Any] = {"ai": [0], "bi": [5], "ci": [0], "di": [5]}
    with pytest.raises(ValueError, match="no table has both"):
        pool_peto(**nothing)
    with pytest.raises(ValueError, match="no standard error"):
        pool_mh("RD", **nothing)
    with pytest.raises(ValueError, match="no standard error"):
        pool_mh("IRD", x1i=[0], t1i=[1], x2i=[0], t2i=[1])


def test_tables_and_prints() -> None:
    data: dict[str, Any] = {"ai": [9, 4], "n1i": [15, 20], "ci": [2, 1], "n2i": [15, 20]}
    for fit in (pool_mh("OR", **data), pool_peto(**data), pool_beta_binomial(**data)):
        table = fit.table()
        assert table.height == 1
        assert table["estimate"][0] == fit.estimate
        assert "log OR" in str(fit)
        assert f"{fit.estimate:.4f}" in str(fit)


def direct(data: dict[str, Any], intercept: float, effect: float, rho: float) -> float:
    total = 0.0
    for events, size, logit in (("ai", "n1i", intercept + effect), ("ci", "n2i", intercept)):
        y, n = np.array(data[events], dtype=float), np.array(data[size], dtype=float)
        p = 1 / (1 + np.exp(-logit))
        one, two = p * (1 - rho) / rho, (1 - p) * (1 - rho) / rho
        choose = gammaln(n + 1) - gammaln(y + 1) - gammaln(n - y + 1)
        total += float((choose + betaln(y + one, n - y + two) - betaln(one, two)).sum())
    return total


@given(trials(largest=40))
def test_beta_binomial_is_a_maximum_of_the_likelihood_written_with_gamma_functions(data: Any) -> None:
    fit = pool_beta_binomial(**data)
    assert fit.converged
    assert fit.log_likelihood >= fit.log_likelihood_binomial
    if fit.rho > 1e-4:
        top = direct(data, fit.intercept, fit.estimate, fit.rho)
        assert fit.log_likelihood == pytest.approx(top, rel=1e-8)
        for moves in ((0.05, 0, 0), (-0.05, 0, 0), (0, 0.05, 0), (0, -0.05, 0), (0, 0, 0.05), (0, 0, -0.05)):
            rho = fit.rho * (1 + moves[2])
            if rho < 1:
                assert direct(data, fit.intercept + moves[0], fit.estimate + moves[1], rho) <= top + 1e-9
    other = pool_beta_binomial(**swapped(data))
    assert other.estimate == pytest.approx(-fit.estimate, abs=1e-6)
    assert other.rho == pytest.approx(fit.rho, abs=1e-6)


def test_beta_binomial_without_correlation_is_logistic_regression_of_the_sums() -> None:
    data: dict[str, Any] = {"ai": [5, 10, 15], "n1i": [50, 100, 150], "ci": [4, 8, 12], "n2i": [20, 40, 60]}
    fit = pool_beta_binomial(**data)
    assert fit.rho == 0
    assert math.isnan(fit.rho_se)
    assert fit.estimate == pytest.approx(math.log(30 / 270 / (24 / 96)))
    assert fit.se == pytest.approx(math.sqrt(1 / 30 + 1 / 270 + 1 / 24 + 1 / 96))
    assert fit.log_likelihood == fit.log_likelihood_binomial
    tiny = direct(data, fit.intercept, fit.estimate, 1e-6)
    assert fit.log_likelihood == pytest.approx(tiny, abs=1e-3)


def test_beta_binomial_derivatives_are_those_of_its_value() -> None:
    a, b, c, d = (np.array(x, dtype=float) for x in ([3, 0, 7], [20, 31, 12], [6, 2, 1], [17, 30, 22]))
    counts = Counts(_exceeding(a, c), _exceeding(b, d), _exceeding(a + b, c + d))
    at = np.array([-1.2, 0.4, -2.0])
    _, gradient, hessian = _logged(counts, at)
    for column in range(3):
        shift = np.eye(3)[column] * 1e-5
        above, below = _logged(counts, at + shift), _logged(counts, at - shift)
        assert gradient[column] == pytest.approx((above[0] - below[0]) / 2e-5, rel=1e-6)
        assert hessian[column] == pytest.approx((above[1] - below[1]) / 2e-5, rel=1e-6, abs=1e-7)
    zero = _parts(counts, at[:2], 0.0)
    p = 1 / (1 + np.exp(-np.array([at[0] + at[1], at[0]])))
    assert zero[0] == pytest.approx(
        a.sum() * np.log(p[0]) + b.sum() * np.log(1 - p[0]) + c.sum() * np.log(p[1]) + d.sum() * np.log(1 - p[1])
    )


def test_beta_binomial_finds_what_data_were_drawn_with() -> None:
    rng = np.random.default_rng(4)
    k, n, rho = 4000, 30, 0.1
    data: dict[str, Any] = {}
    for events, size, p in (("ai", "n1i", 0.15), ("ci", "n2i", 0.25)):
        risk = rng.beta(p * (1 - rho) / rho, (1 - p) * (1 - rho) / rho, k)
        data |= {events: rng.binomial(n, risk), size: np.full(k, n)}
    fit = pool_beta_binomial(**data)
    truth = math.log(0.15 / 0.85) - math.log(0.25 / 0.75)
    assert abs(fit.estimate - truth) < 3 * fit.se
    assert abs(fit.rho - rho) < 3 * fit.rho_se


def test_beta_binomial_without_correlation_has_the_likelihood_of_metafor_without_variances() -> None:
    hine = next(reference for reference in REFERENCES if reference["dataset"] == "dat.hine1989")
    expected = hine["glmm"]["UM.RS"]
    fit = pool_beta_binomial(**hine["raw"])
    assert expected["tau2"] == fit.rho == 0
    assert fit.log_likelihood == pytest.approx(expected["ll"], rel=1e-9)
    assert fit.estimate == pytest.approx(expected["b"], rel=1e-8)


def test_beta_binomial_refuses_what_it_cannot_fit() -> None:
    with pytest.raises(ValueError, match="ai is 0 in every row"):
        pool_beta_binomial(ai=[0, 0], n1i=[5, 5], ci=[1, 2], n2i=[5, 5])
    with pytest.raises(ValueError, match=r"ci is 1.5 in row 2, expected a whole number"):
        pool_beta_binomial(ai=[1, 2], n1i=[5, 5], ci=[1, 1.5], n2i=[5, 5])
