"""Very large and very small numbers give the right value or a sentence, never a crash. SYNTHETIC data.

The value is that of the same data in other units: effects times c with variances times c squared give estimates
times c.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

from glabella.synthesis import (
    HalfNormal,
    Normal,
    back_transform,
    bayes,
    cumulative,
    effect_size,
    egger,
    gosh,
    influence,
    leave_one_out,
    model_average,
    network,
    permutation_test,
    pool,
    pool_beta_binomial,
    pool_glmm,
    pool_mh,
    pool_multilevel,
    pool_peto,
    rank_test,
    robust,
    selection_model,
    trim_fill,
)
from tests.edges.attempts import attempt

Y, V = np.array([0.1, 0.4, 0.8, 0.6, 0.3]), np.array([0.04, 0.05, 0.09, 0.05, 0.03])
PRIOR = HalfNormal(1)
#: Each gives something that grows with the unit.
CALLS: dict[str, Callable[[Any, Any], float]] = {
    "pool": lambda y, v: pool(y, v).estimate,
    "pool, SJ": lambda y, v: pool(y, v, method="SJ").estimate,
    "pool, PM": lambda y, v: pool(y, v, method="PM").estimate,
    "pool, common": lambda y, v: pool(y, v, method="common", test="z").se,
    "leave_one_out": lambda y, v: leave_one_out(y, v).estimate[0],
    "cumulative": lambda y, v: cumulative(y, v).estimate[-1],
    "egger, lm": lambda y, v: egger(y, v, model="lm").estimate,
    "egger": lambda y, v: egger(y, v).estimate,
    "trim_fill": lambda y, v: trim_fill(y, v).fit.estimate,
    "robust": lambda y, v: robust(y, v, [1, 2, 3, 4, 5]).se,
    "network": lambda y, v: network(list("12345"), ["A"] * 5, ["B"] * 5, y, np.sqrt(v)).te_random[0, 1],
    "pool_multilevel": lambda y, v: pool_multilevel(y, v, clusters={"s": [1, 1, 2, 2, 3]}).estimate,
    "selection_model": lambda y, v: selection_model(y, v).estimate,
}
#: Those that give a pure number.
PURE: dict[str, Callable[[Any, Any], float]] = {
    "influence": lambda y, v: influence(y, v).rstudent[0],
    "permutation_test": lambda y, v: float(np.ravel(permutation_test(y, v).p_value)[0]),
    "rank_test": lambda y, v: rank_test(y, v).tau,
    "gosh": lambda y, v: float(np.median(gosh(y, v).i2)),
}


@pytest.mark.parametrize("unit", [1e-100, 1e-150, 1e100, 1e150])
@pytest.mark.parametrize("call", [*CALLS, *PURE])
def test_units_that_are_very_small_or_large_change_nothing(call: str, unit: float) -> None:
    made = (CALLS | PURE)[call]
    found, says = attempt(lambda: made(Y * unit, V * unit * unit))
    if not says:
        assert found / (unit if call in CALLS else 1.0) == pytest.approx(made(Y, V), rel=1e-5)


STRANGE: dict[str, tuple[Any, Any]] = {
    "effects of 1e300": (Y * 1e300, V),
    "effects of 1e160": (Y * 1e160, V),
    "variances of 1e-300": (Y, V * 1e-300),
    "one variance of 1e-300": (Y, np.array([1e-300, 0.1, 0.1, 0.1, 0.1])),
    "variances at the edge": (Y, np.array([1.7, 1.6, 1.5, 1.4, 1.3]) * 1e308),
    "variances of 1e300": (Y, V * 1e300),
}
MORE: dict[str, Callable[[Any, Any], float]] = {
    "bayes": lambda y, v: bayes(y, v, tau_prior=PRIOR).mu.mean,
    "model_average": lambda y, v: float(len(str(model_average(y, v, effect_prior=Normal(0, 1), tau_prior=PRIOR)))),
}


@pytest.mark.parametrize("data", list(STRANGE))
@pytest.mark.parametrize("call", [*CALLS, *PURE, *MORE])
def test_numbers_of_no_common_size_give_a_number_or_a_sentence(call: str, data: str) -> None:
    found, says = attempt(lambda: (CALLS | PURE | MORE)[call](*STRANGE[data]))
    assert says or np.isfinite(found)


def test_effects_far_apart_for_their_variances_have_the_samples_mean() -> None:
    """By hand: where variances vanish all weights are equal, and the standard error is that of a sample."""
    for v in (V * 1e-10, V * 1e-100, V * 1e-300):
        found, says = attempt(partial(pool, Y, v))
        if not says:
            assert (found.estimate, found.se) == pytest.approx((Y.mean(), Y.std(ddof=1) / 5**0.5), rel=1e-6)


@pytest.mark.parametrize("unit", [1e-300, 1e-200, 1e200, 1e300])
@pytest.mark.parametrize(("measure", "value"), [("SMD", 0.5 * 0.980127), ("SMDH", 0.5 * 0.98), ("ROM", np.log(2))])
def test_effects_without_a_unit_do_not_depend_on_it(measure: Any, value: float, unit: float) -> None:
    """Means 1 and 0.5, SDs 1, twenty people each: half an SD, less the correction; twice the mean."""
    columns: dict[str, Any] = {
        "m1i": [unit],
        "sd1i": [unit],
        "n1i": [20],
        "m2i": [0.5 * unit],
        "sd2i": [unit],
        "n2i": [20],
    }
    found, says = attempt(lambda: effect_size(measure, **columns))
    assert says or found.yi[0] == pytest.approx(value, rel=1e-3)


@pytest.mark.parametrize("unit", [1e-300, 1e300])
def test_a_variance_beyond_the_machine_is_not_zero_or_infinite(unit: float) -> None:
    columns: dict[str, Any] = {
        "m1i": [unit],
        "sd1i": [unit],
        "n1i": [20],
        "m2i": [0.5 * unit],
        "sd2i": [unit],
        "n2i": [20],
    }
    found, says = attempt(lambda: effect_size("MD", **columns))
    assert says or np.isnan(found.vi[0])


@pytest.mark.parametrize("size", [1e100, 1e200, 1e300])
def test_counts_beyond_the_machine_have_the_odds_of_their_ratio(size: float) -> None:
    """Equal risks in both arms: a log ratio of nothing."""
    table: dict[str, Any] = {"ai": [size], "n1i": [2 * size], "ci": [size], "n2i": [2 * size]}
    times: dict[str, Any] = {"x1i": [size], "t1i": [2 * size], "x2i": [size], "t2i": [2 * size]}
    for call in (
        lambda: pool_mh("OR", **table).estimate,
        lambda: pool_mh("RR", **table).estimate,
        lambda: pool_mh("IRR", **times).estimate,
        lambda: pool_peto(**table).estimate,
    ):
        found, says = attempt(call)
        assert says or found == pytest.approx(0, abs=1e-9)


def test_ten_thousand_million_people_fit_into_memory() -> None:
    table: dict[str, Any] = {"ai": [1e10, 2e10], "n1i": [2e10, 4e10], "ci": [1e10, 2e10], "n2i": [2e10, 4e10]}
    found, says = attempt(lambda: pool_beta_binomial(**table).estimate)
    assert says or found == pytest.approx(0, abs=1e-3)


def test_rates_of_very_different_times_are_refused_or_right() -> None:
    """The log rate ratio is close to that of the times, 600 powers of ten."""
    times: dict[str, Any] = {"x1i": [3, 4], "t1i": [1e-300, 1e-300], "x2i": [3, 4], "t2i": [1e300, 1e300]}
    found, says = attempt(lambda: pool_glmm("IRR", **times).estimate)
    assert says or found == pytest.approx(600 * np.log(10), rel=1e-3)


def test_a_logarithm_too_large_to_bring_back_is_infinite_or_a_sentence() -> None:
    found, says = attempt(lambda: back_transform("OR", [1000.0]))
    assert says or found[0] == np.inf
