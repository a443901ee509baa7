"""Step-function selection models: metafor's likelihood, its optimum or a better one, and properties."""

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.stats import norm

from glabella.synthesis import _selection
from glabella.synthesis._selection import selection_model
from tests.synthesis.records import files, read

REFERENCES = [read(file) for file in files("metafor")]
FITS = [reference for reference in REFERENCES if reference.get("selmodel_stepfun")]

#: No p-value is at most 0.025, so that the likelihood rises for ever with delta; metafor stops at its limit of 100.
EMPTY = {f"dat.{name}" for name in ("bcg", "collins1985b", "egger2001", "hahn2001", "hart1999", "hine1989",
                                    "lee2004", "li2007")}  # fmt: skip
#: The maximum is at tau2 0, which metafor's logarithmic search only approaches.
BOUNDARY = {"dat.michael2013"}


def effects(reference: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    given = reference["effects"][reference["primary"]] if reference.get("primary") else reference["raw"]
    return tuple(np.array([given[name][row] for row in reference["used"]], dtype=float) for name in ("yi", "vi"))  # type: ignore[return-value]


@pytest.mark.parametrize("reference", FITS, ids=lambda reference: reference["dataset"])
def test_the_likelihood_is_metafors_and_the_optimum_no_worse(reference: dict[str, Any]) -> None:
    expected = reference["selmodel_stepfun"]
    y, v = effects(reference)
    fit = selection_model(y, v)
    assert fit.converged
    at = np.array([expected["b"], math.sqrt(expected["tau2"]), 0.0, math.log(expected["delta"][1])])
    data = _selection._data(y, v, np.array([0.025, 1.0]), "greater")
    theirs, _ = _selection._value_gradient(data, at, np.ones(2))
    assert theirs == pytest.approx(expected["ll"], rel=1e-12, abs=1e-12)
    plain = reference["fits"]["ML"]["z"]["logLik"]
    assert fit.log_likelihood_none == pytest.approx(plain, rel=1e-12, abs=1e-12)
    shortfall = fit.log_likelihood - expected["ll"]
    assert shortfall > -1e-10
    if reference["dataset"] in EMPTY:
        assert fit.count[0] == 0
        assert fit.bounded
        assert fit.delta[1] == math.inf
        assert shortfall > 1e-4
        return
    if reference["dataset"] in BOUNDARY:
        assert fit.tau2 == 0 < expected["tau2"] < 1e-5
        assert 1e-5 < shortfall < 1e-3
        return
    # Near a maximum nothing is further off, in standard errors, than the root of twice the shortfall; the factor
    # allows for the likelihood not being quite a parabola, the sum for rounding.
    assert shortfall < 1e-7
    reach = 1.1 * math.sqrt(2 * max(shortfall, 0.0)) + 1e-7
    assert abs(fit.estimate - expected["b"]) <= reach * fit.se
    assert abs(fit.tau2 - expected["tau2"]) <= reach * fit.tau2_se
    assert abs(fit.delta[1] - expected["delta"][1]) <= reach * fit.delta_se[1]
    assert fit.se == pytest.approx(expected["se"], rel=1e-3)
    # metafor's own fit without selection is not tightened there, so that its statistic carries that too.
    assert fit.lrt == pytest.approx(expected["LRT"], abs=3e-6)
    assert fit.lrt_p == pytest.approx(expected["LRTp"], abs=3e-6)


def test_which_references_fall_short_is_as_counted() -> None:
    short = {
        reference["dataset"]
        for reference in FITS
        if selection_model(*effects(reference)).log_likelihood - reference["selmodel_stepfun"]["ll"] > 1e-5
    }
    assert short == (EMPTY | BOUNDARY) & {reference["dataset"] for reference in FITS}


Y = np.array([0.52, 0.61, 0.31, 0.08, 0.93, 0.45, 0.72, 0.15, -0.12, 0.66])
V = np.array([0.02, 0.04, 0.05, 0.03, 0.09, 0.04, 0.06, 0.02, 0.05, 0.08])


@pytest.mark.parametrize("alternative", ["greater", "less", "two-sided"])
def test_the_published_density_integrates_to_one(alternative: Any) -> None:
    ends = np.array([0.025, 0.3, 1.0])
    theta = np.array([0.2, 0.3, 0.0, math.log(0.4), math.log(1.7)])

    def density(y: float, v: float) -> float:
        data = _selection._data(np.array([y]), np.array([v]), ends, alternative)
        return math.exp(_selection._value_gradient(data, theta, np.ones(3))[0])

    for v in (0.01, 0.3):
        s = math.sqrt(v)
        cuts = sorted(sign * s * z for z in (1.959963984540054, 0.5244005127080407, 2.241402727604947,
                                             1.036433389493790) for sign in (1, -1))  # fmt: skip
        edges = [-6.0, *cuts, 6.0]
        total = sum(quad(density, a, b, args=(v,))[0] for a, b in itertools.pairwise(edges))
        assert total == pytest.approx(1, abs=1e-7)


@pytest.mark.parametrize("alternative", ["greater", "less", "two-sided"])
def test_the_gradient_is_that_of_the_value(alternative: Any) -> None:
    data = _selection._data(Y, V, np.array([0.025, 0.3, 1.0]), alternative)
    theta = np.array([0.2, 0.3, 0.0, math.log(0.4), math.log(1.7)])
    _, gradient = _selection._value_gradient(data, theta, np.ones(3))
    for column in range(5):
        shift = np.eye(5)[column] * 1e-5
        above, below = (_selection._value_gradient(data, theta + by, np.ones(3))[0] for by in (shift, -shift))
        assert gradient[column] == pytest.approx((above - below) / 2e-5, rel=1e-6, abs=1e-7)


@st.composite
def studies(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    k = draw(st.integers(4, 12))
    y = np.array(draw(st.lists(st.integers(-100, 200), min_size=k, max_size=k))) / 100
    v = np.array(draw(st.lists(st.integers(2, 40), min_size=k, max_size=k))) / 100
    assume(np.ptp(y) > 0.05)
    return y, v


@settings(max_examples=25, deadline=None)
@given(studies(), st.sampled_from([(0.025, 1.0), (0.05, 0.5, 1.0)]))
def test_selection_never_fits_worse_and_mirrors(data: Any, steps: Any) -> None:
    y, v = data
    fit = selection_model(y, v, steps=steps)
    assert fit.log_likelihood >= fit.log_likelihood_none - 1e-8
    assert 0 <= fit.lrt_p <= 1
    mirrored = selection_model(-y, v, steps=steps, alternative="less")
    assert mirrored.estimate == pytest.approx(-fit.estimate, abs=1e-5, rel=1e-4)
    assert mirrored.log_likelihood == pytest.approx(fit.log_likelihood, abs=1e-7)
    assert mirrored.count.tolist() == fit.count.tolist()
    double = selection_model(2 * y, 4 * v, steps=steps)
    assert double.log_likelihood == pytest.approx(fit.log_likelihood - len(y) * math.log(2), abs=1e-6)
    two = selection_model(y, v, steps=steps, alternative="two-sided")
    assert two.log_likelihood == pytest.approx(
        selection_model(-y, v, steps=steps, alternative="two-sided").log_likelihood, abs=1e-6
    )


def test_a_step_that_selects_nothing_changes_nothing() -> None:
    """At delta 1 the likelihood is that without selection, whatever the steps."""
    for ends in ([0.025, 1.0], [0.01, 0.05, 0.5, 1.0]):
        data = _selection._data(Y, V, np.array(ends), "greater")
        theta = np.concatenate([[0.4, 0.2], np.zeros(len(ends))])
        found = _selection._value_gradient(data, theta, np.ones(len(ends)))[0]
        plain = -0.5 * (np.log(2 * np.pi * (V + 0.04)) + (Y - 0.4) ** 2 / (V + 0.04)).sum()
        assert found == pytest.approx(plain, rel=1e-12)


def test_finds_what_data_were_drawn_with() -> None:
    rng = np.random.default_rng(3)
    v = rng.uniform(0.01, 0.2, 6000)
    y = rng.normal(0.2, np.sqrt(v + 0.04))
    significant = y / np.sqrt(v) > 1.959963984540054
    published = significant | (rng.uniform(size=6000) < 0.3)
    fit = selection_model(y[published], v[published])
    assert abs(fit.estimate - 0.2) < 3 * fit.se
    assert abs(fit.tau2 - 0.04) < 3 * fit.tau2_se
    assert abs(fit.delta[1] - 0.3) < 3 * fit.delta_se[1]
    assert fit.lrt_p < 1e-6
    assert y[published].mean() > 0.25


def test_empty_intervals() -> None:
    low = selection_model(Y, V, steps=(0.9999, 1.0))
    assert low.count.tolist() == [10, 0]
    assert low.delta.tolist() == [1.0, 0.0]
    assert low.bounded
    none = selection_model(-Y, V)
    assert none.count[0] == 0
    assert none.delta.tolist() == [1.0, math.inf]
    # The limit: delta without bound.
    data = _selection._data(-Y, V, np.array([0.025, 1.0]), "greater")
    theta = np.array([none.estimate, math.sqrt(none.tau2), 0.0, math.log(1e9)])
    assert _selection._value_gradient(data, theta, np.ones(2))[0] == pytest.approx(none.log_likelihood, abs=1e-7)


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_a_likelihood_that_rises_for_ever_is_said(side: float) -> None:
    """Towards an infinite mean the density below the cut is an exponential's: closed form by hand.

    With rate a the log-likelihood is k log a - a sum(cut - y), greatest at a = k / sum(cut - y).
    """
    y = np.array([0.98, -0.57, 0.31, 0.1, -0.17])
    v = np.array([0.2905, 0.0289, 0.0795, 0.0653, 0.1331])
    away = 1.959963984540054 * np.sqrt(v) - y
    limit = 5 * math.log(5 / away.sum()) - 5
    fit = selection_model(side * y, v, alternative="greater" if side > 0 else "less")
    assert not fit.converged
    assert fit.log_likelihood == pytest.approx(limit, abs=1e-4)
    assert side * fit.estimate > 100
    assert "rises" in fit.reason
    assert fit.reason in str(fit)
    assert "No study in 0 < p <= 0.025" in str(fit)


def test_the_likelihood_far_from_all_that_is_published() -> None:
    """Where no probability is left but its logarithm: that of the upper tail, and the gradient of the value."""
    ends, weight = np.array([0.025, 0.5, 1.0]), np.array([1.0, 1.0, 0.0])
    data = _selection._data(Y[:1], V[:1], ends, "greater")
    for mean, tau in ((-1e3, 0.5), (-1e4, 3.0), (-30.0, 0.0)):
        theta = np.array([mean, tau, 0.0, 0.0, 0.0])
        value, gradient = _selection._value_gradient(data, theta, weight)
        sd = math.sqrt(V[0] + tau**2)
        expected = norm.logpdf(Y[0], mean, sd) - norm.logsf(0, mean, sd)
        # Squares of thousands of standard errors cancel here.
        assert value == pytest.approx(expected, abs=1e-14 * (mean / sd) ** 2 + 1e-9)
        step = 1e-4 * abs(mean)
        above, below = (
            _selection._value_gradient(data, theta + by * np.eye(5)[0], weight)[0] for by in (step, -step)
        )
        assert gradient[0] == pytest.approx((above - below) / (2 * step), rel=1e-3)


@pytest.mark.parametrize(
    ("y", "v", "steps", "alternative"),
    [
        ([1.06, 0.7, 0.66, 1.31, 0.19, 1.25, 0.89], [0.3989, 0.1532, 0.085, 0.1688, 0.3062, 0.1869, 0.2436],
         (0.01, 0.05, 0.5, 1.0), "greater"),
        ([0.12, -0.38, 0.2, 0.93], [0.1773, 0.2534, 0.2837, 0.2425], (0.01, 0.05, 0.5, 1.0), "two-sided"),
        ([-0.16, 0.78, 0.13], [0.0957, 0.1843, 0.2146], (0.025, 0.5, 1.0), "two-sided"),
    ],
)  # fmt: skip
def test_no_point_of_a_wide_grid_is_higher_than_a_maximum(y: Any, v: Any, steps: Any, alternative: Any) -> None:
    """Weights of the intervals that have studies are maximised too, by a search from a wide grid."""
    y, v = np.array(y), np.array(v)
    fit = selection_model(y, v, steps=steps, alternative=alternative)
    data = _selection._data(y, v, np.array(steps), alternative)
    present = fit.count > 0
    mask = np.concatenate([[True, True], present & (np.arange(len(steps)) != np.flatnonzero(present)[0])])

    def loss(inner: Any) -> float:
        theta = np.zeros(len(mask))
        theta[mask] = inner
        return -_selection._value_gradient(data, theta, present.astype(float))[0]

    best = max(-minimize(loss, np.concatenate([[mean, tau], np.zeros(mask.sum() - 2)])).fun
               for mean in (-9.0, -3.0, 0.0, 3.0, 9.0) for tau in (0.3, 1.0, 3.0))  # fmt: skip
    assert not fit.converged or fit.log_likelihood > best - 1e-4
    assert fit.log_likelihood > best - 0.01


def test_the_common_effect_has_no_variance() -> None:
    fit = selection_model(Y, V, method="common")
    assert fit.tau2 == 0
    assert not fit.bounded
    assert fit.log_likelihood <= selection_model(Y, V).log_likelihood + 1e-9


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"yi": Y[:3]}, "expected both"),
        ({"yi": Y[:1], "vi": V[:1]}, "1 studies were given, expected at least two"),
        ({"vi": np.where(np.arange(10) == 2, 0.0, V)}, "in row 3, expected a finite effect and a variance above 0"),
        ({"steps": (0.5, 0.025)}, "expected ascending"),
        ({"steps": (1.0,)}, "one below 1"),
        ({"alternative": "two.sided"}, "unknown alternative 'two.sided'"),
        ({"method": "REML"}, "unknown method 'REML'"),
        ({"level": 0.0}, "level is 0.0"),
    ],
)
def test_bad_input_is_refused(arguments: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        selection_model(**({"yi": Y, "vi": V} | arguments))


def test_table_and_print() -> None:
    fit = selection_model(Y, V, steps=(0.025,))
    table = fit.table()
    assert table["term"].to_list()[:2] == ["estimate", "tau2"]
    assert table.height == 4
    assert table["estimate"][3] == fit.delta[1]
    assert "Test of no selection" in str(fit)
