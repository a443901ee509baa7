"""The adjusted odds ratio: statsmodels on single reports, likelihoods by brute force, and separated data."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize
from scipy.stats import chi2
from statsmodels.discrete.discrete_model import Logit

from glabella.safety.measures._binomial import fit_binomial, independent
from glabella.safety.measures._disproportionality import disproportionality
from glabella.safety.measures._logistic import Interval, logistic_ratio

Floats = NDArray[np.float64]


def reports(seed: int, size: int = 3000) -> dict[str, Any]:
    """Make reports with two confounders of a known odds ratio, e."""
    random = np.random.default_rng(seed)
    sex, age = random.random(size) < 0.4, random.integers(20, 80, size)
    exposed = random.random(size) < 0.15 + 0.3 * sex
    odds = -3 + exposed + 0.8 * sex + 0.02 * (age - 50)
    return {"exposed": exposed, "event": random.random(size) < 1 / (1 + np.exp(-odds)), "sex": sex, "age": age}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_statsmodels_on_single_reports_agrees(seed: int) -> None:
    data = reports(seed)
    found = logistic_ratio(
        data["exposed"], data["event"], {"sex": np.where(data["sex"], "M", "F"), "age": data["age"]}
    )
    design = np.column_stack([np.ones(3000), data["exposed"], data["sex"], data["age"]])
    reference = Logit(data["event"].astype(float), design).fit(disp=0, tol=1e-12)
    np.testing.assert_allclose(found.coefficients, reference.params, rtol=1e-7)
    np.testing.assert_allclose(found.se, reference.bse, rtol=1e-7)
    assert (found.low, found.high) == pytest.approx(tuple(np.exp(reference.conf_int()[1])), rel=1e-7)
    assert found.p_value == pytest.approx(reference.pvalues[1], rel=1e-6)
    assert found.names == ("(intercept)", "exposed", "sex=M", "age")
    assert (found.reference, found.separated, found.reports_left_out) == ({"sex": "F"}, False, 0)
    assert found.low < np.e < found.high


@given(st.tuples(*[st.integers(1, 500)] * 4))
@settings(max_examples=40)
def test_without_covariates_it_is_the_reporting_odds_ratio(cells: tuple[int, int, int, int]) -> None:
    a, b, c, d = cells
    found = logistic_ratio([1, 0], [a, c], total=[a + b, c + d])
    reference = disproportionality([a], [a + b], [a + c], [a + b + c + d])
    for name, value in (("ror", found.odds_ratio), ("ror_low", found.low), ("ror_high", found.high)):
        assert value == pytest.approx(reference[name][0], rel=1e-6)
    assert (found.crude_odds_ratio, found.crude_low) == pytest.approx((found.odds_ratio, found.low))


def test_how_reports_are_listed_changes_nothing() -> None:
    data = reports(4, 600)
    band = np.where(data["age"] < 45, "young", np.where(data["age"] < 65, "middle", "old"))
    order = np.random.default_rng(0).permutation(600)
    one = logistic_ratio(data["exposed"], data["event"], {"sex": data["sex"], "band": band})
    two = logistic_ratio(
        data["exposed"][order], data["event"][order], {"band": band[order], "sex": data["sex"][order]}
    )
    keys: dict[tuple[Any, ...], int] = {}
    events, totals = np.zeros(600), np.zeros(600)
    for row, key in enumerate(zip(data["exposed"], data["sex"], band, strict=True)):
        at = keys.setdefault(key, row)
        events[at] += data["event"][row]
        totals[at] += 1
    three = logistic_ratio(data["exposed"], events, {"sex": data["sex"], "band": band}, total=totals)
    renamed = np.array([{"young": "z", "middle": "y", "old": "x"}[level] for level in band])
    four = logistic_ratio(data["exposed"], data["event"], {"sex": ~data["sex"], "band": renamed})
    for other in (two, three, four):
        assert other.odds_ratio == pytest.approx(one.odds_ratio, rel=1e-9)
        assert (other.low, other.high) == pytest.approx((one.low, one.high), rel=1e-9)
        assert other.cells == one.cells
    ten = logistic_ratio(data["exposed"], events * 10, {"sex": data["sex"], "band": band}, total=totals * 10)
    assert ten.odds_ratio == pytest.approx(one.odds_ratio, rel=1e-9)
    assert ten.se[1] == pytest.approx(one.se[1] / np.sqrt(10), rel=1e-9)


def log_likelihood(beta: Floats, design: Floats, events: Floats, totals: Floats) -> float:
    fitted = design @ beta
    return float(-(events * np.logaddexp(0, -fitted) + (totals - events) * np.logaddexp(0, fitted)).sum())


def brute_limit(events: list[int], totals: list[int], side: int) -> float:
    """Find a profile limit of four cells (exposed F, M, unexposed F, M) with a general optimiser."""
    design = np.array([[1, 1, 0], [1, 1, 1], [1, 0, 0], [1, 0, 1.0]])
    y, n = np.array(events, dtype=float), np.array(totals, dtype=float)

    def best(log_ratio: float | None) -> float:
        def fall(free: Floats) -> float:
            beta = free if log_ratio is None else np.array([free[0], log_ratio, free[1]])
            return -log_likelihood(beta, design, y, n)

        start = np.full(3 if log_ratio is None else 2, -0.5)
        return -float(
            minimize(
                fall, start, method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-13, "maxiter": 9000}
            ).fun
        )

    top = best(None)
    return float(np.exp(brentq(lambda b: 2 * (top - best(b)) - chi2.ppf(0.95, 1), side * 0.3, side * 6, xtol=1e-8)))


def test_profile_limits_are_those_of_the_likelihood() -> None:
    events, totals = [9, 4, 6, 5], [30, 40, 35, 90]
    found = logistic_ratio(
        [1, 1, 0, 0], events, {"sex": list("FMFM")}, total=totals, interval="profile", level=0.95
    )
    wald = logistic_ratio([1, 1, 0, 0], events, {"sex": list("FMFM")}, total=totals)
    assert found.odds_ratio == wald.odds_ratio
    assert found.high == pytest.approx(brute_limit(events, totals, 1), rel=1e-5)
    near_one = logistic_ratio(
        [1, 1, 0, 0], events, {"sex": list("FMFM")}, total=totals, interval="profile", level=1 - found.p_value
    )
    assert near_one.low == pytest.approx(1, rel=1e-6)


def test_no_event_among_the_exposed_closes_the_profile_on_one_side() -> None:
    events, totals = [0, 0, 12, 9], [40, 30, 50, 60]
    found = logistic_ratio([1, 1, 0, 0], events, {"sex": list("FMFM")}, total=totals, interval="profile")
    assert (found.odds_ratio, found.low, found.separated) == (0, 0, True)
    design = np.array([[1, 0], [1, 1.0]])
    top = fit_binomial(design, np.array([12.0, 9]), np.array([50.0, 60])).log_likelihood

    def excess(log_ratio: float) -> float:
        held = fit_binomial(
            np.array([[1, 0], [1, 1], [1, 0], [1, 1.0]]),
            np.array(events, dtype=float),
            np.array(totals, dtype=float),
            log_ratio * np.array([1, 1, 0, 0.0]),
        )
        return float(2 * (top - held.log_likelihood) - chi2.ppf(0.95, 1))

    assert found.high == pytest.approx(np.exp(brentq(excess, -6, 0)), rel=1e-6)
    assert 0 < found.high < 0.5
    assert found.p_value < 0.01
    wald = logistic_ratio([1, 1, 0, 0], events, {"sex": list("FMFM")}, total=totals)
    assert np.isnan([wald.low, wald.high, wald.p_value]).all()
    other = logistic_ratio([0, 0, 1, 1], events, {"sex": list("FMFM")}, total=totals, interval="profile")
    assert (other.odds_ratio, other.high) == (np.inf, np.inf)
    assert other.low == pytest.approx(1 / found.high, rel=1e-6)


def test_a_stratum_without_events_says_nothing_and_is_counted() -> None:
    exposed, events, totals = [1, 1, 0, 0, 1, 0], [9, 4, 6, 5, 0, 0], [30, 40, 35, 90, 12, 30]
    intervals: tuple[Interval, ...] = ("wald", "profile")
    for interval in intervals:
        whole = logistic_ratio(exposed, events, {"sex": list("FMFMXX")}, total=totals, interval=interval)
        rest = logistic_ratio(exposed[:4], events[:4], {"sex": list("FMFM")}, total=totals[:4], interval=interval)
        assert (whole.reports_left_out, rest.reports_left_out) == (42, 0)
        assert whole.odds_ratio == pytest.approx(rest.odds_ratio, rel=1e-8)
        assert (whole.low, whole.high) == pytest.approx((rest.low, rest.high), rel=1e-6)
        assert dict(zip(whole.names, whole.coefficients, strict=True))["sex=X"] == -np.inf
        assert whole.table().height == 4


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=8, max_size=8).filter(
        lambda rows: any(e for e, _ in rows) and any(rest for _, rest in rows)
    )
)
@settings(max_examples=60)
def test_likelihood_is_the_supremum_whatever_is_separated(rows: list[tuple[int, int]]) -> None:
    events, rest = np.array(rows, dtype=float).T
    design = np.array([[1, a, b, c] for a in (0, 1) for b in (0, 1) for c in (0, 1.0)])[events + rest > 0]
    totals, events = (events + rest)[events + rest > 0], events[events + rest > 0]
    fit = fit_binomial(design, events, totals)
    random = np.random.default_rng(0)
    for scale in (1, 5, 30):
        for beta in random.normal(0, scale, size=(20, 4)):
            assert log_likelihood(beta, design, events, totals) <= fit.log_likelihood + 1e-9
    # A penalty so weak that it holds nothing but what runs away comes as near as one likes.
    weak = minimize(
        lambda beta: -log_likelihood(beta, design, events, totals) + 1e-7 * beta @ beta, np.zeros(4), tol=1e-12
    )
    assert log_likelihood(weak.x, design, events, totals) == pytest.approx(fit.log_likelihood, abs=2e-3)
    finite = np.isfinite(fit.coefficients)
    np.testing.assert_allclose(weak.x[finite], fit.coefficients[finite], atol=0.05, rtol=0.02)


def test_columns_that_others_determine_are_left_out() -> None:
    x = np.random.default_rng(0).normal(size=(20, 3))
    design = np.column_stack([np.ones(20), x[:, 0], np.zeros(20), x[:, 0] * 3 + 1, x[:, 1]])
    assert independent(design).tolist() == [0, 1, 4]


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match=r"exposed\[1\] is 2, expected 0 or 1"):
        logistic_ratio([0, 2], [0, 1])
    with pytest.raises(ValueError, match="there are no exposed reports"):
        logistic_ratio([0, 0], [0, 1])
    with pytest.raises(ValueError, match="there are no reports with the event"):
        logistic_ratio([0, 1], [0, 0])
    with pytest.raises(ValueError, match=r"event\[0\] is 3, expected at most total"):
        logistic_ratio([0, 1], [3, 0], total=[2, 2])
    with pytest.raises(ValueError, match="covariate 'sex' is missing in row 1"):
        logistic_ratio([0, 1, 1], [1, 0, 1], {"sex": np.array(["F", None, "M"])})
    with pytest.raises(ValueError, match=r"covariate 'age' is of shape \(2,\), expected \(3,\)"):
        logistic_ratio([0, 1, 1], [1, 0, 1], {"age": [1, 2]})
    with pytest.raises(ValueError, match="the covariates determine exposed"):
        logistic_ratio([0, 1, 1, 0], [1, 0, 1, 0], {"arm": ["no", "yes", "yes", "no"]})
