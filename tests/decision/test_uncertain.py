"""Numbers that are not known for sure, against SciPy's distributions and draws."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from glabella.decision.uncertain import (
    POINTS,
    Uncertain,
    between,
    exactly,
    limits,
    normal,
    posterior,
    share_counted,
    share_printed,
)
from glabella.synthesis import HalfNormal, bayes

shares = st.floats(0.02, 0.98)


@given(st.floats(-3, 3), st.floats(0.01, 2), st.floats(0.01, 2))
def test_a_printed_interval_comes_out_as_it_went_in(middle: float, down: float, up: float) -> None:
    for df in (math.inf, 3):
        found = between(middle, middle - down, middle + up, df=df)
        assert found.interval == pytest.approx((middle - down, middle + up), abs=1e-12)
        assert (np.diff(found.at) > 0).all()


@given(st.tuples(shares, shares, shares).map(sorted))
def test_a_printed_share_does_too(three: list[float]) -> None:
    low, value, high = three
    found = share_printed(value, low, high)
    assert found.interval == pytest.approx((low, high), abs=1e-12)
    assert ((found.at > 0) & (found.at < 1)).all()


def test_a_share_whose_limit_is_nobody_is_cut_there() -> None:
    found = share_printed(0.01, 0.0, 0.05)
    assert found.interval == pytest.approx((0, 0.05), abs=1e-12)
    assert found.at.min() == 0


@pytest.mark.parametrize(("events", "n"), [(0, 30), (30, 30), (8, 75), (651, 1656)])
def test_a_counted_share_is_a_beta_distribution(events: int, n: int) -> None:
    found = share_counted(events, n)
    beta = stats.beta(events + 0.5, n - events + 0.5)
    assert found.middle == events / n
    assert limits(found.at) == pytest.approx(beta.ppf([0.025, 0.975]), rel=1e-10)
    low, high = found.interval
    assert low <= found.middle <= high


def test_a_sum_is_that_of_independent_numbers() -> None:
    found = normal(1, 3).plus(normal(-2, 4))
    assert found.middle == -1
    # Sums of points of a grid reach less far than the farthest sums, of which no limit here is one.
    expected = stats.norm(-1, 5).ppf((np.arange(POINTS) + 0.5) / POINTS)
    assert found.at[5:-5] == pytest.approx(expected[5:-5], abs=0.05)
    assert found.interval == pytest.approx(stats.norm(-1, 5).ppf([0.025, 0.975]), abs=0.01)


@given(st.floats(-4, 4))
def test_the_part_below_is_that_of_the_distribution(x: float) -> None:
    assert normal(0, 1).below(x) == pytest.approx(stats.norm.cdf(x), abs=0.5 / POINTS)


def test_values_for_a_uniform_number_give_the_distribution_back() -> None:
    u = np.random.default_rng(5).uniform(size=100_000)
    drawn = share_printed(0.375, 0.35, 0.4).drawn(u)
    assert np.quantile(drawn, [0.025, 0.975]) == pytest.approx([0.35, 0.4], abs=4e-4)


def test_a_posterior_is_drawn_out_to_wider_limits_only() -> None:
    new = bayes([0.1, 0.8, 0.3], [0.04, 0.05, 0.09], tau_prior=HalfNormal(0.5)).theta_new
    low, high = new.interval(0.95, kind="central")
    same = posterior(new, new.median, low, high)
    assert same.interval == pytest.approx((low, high), abs=1e-12)
    assert same.at[100] == pytest.approx(new.quantile(100.5 / POINTS), abs=1e-9)
    wider = posterior(new, new.median, low - 0.2, high)
    assert wider.interval == pytest.approx((low - 0.2, high), abs=1e-12)
    assert (wider.at[250:] == same.at[250:]).all()


def test_a_known_number_is_one() -> None:
    found: Uncertain = exactly(0.3)
    assert found.interval == (0.3, 0.3)
    assert (found.below(0.29), found.below(0.3), found.below(0.31)) == (0, 0.5, 1)
