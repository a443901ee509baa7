"""A pooled result with one effect at the ends of what it may be, against pooling by hand."""

from __future__ import annotations

import numpy as np
import pytest

from glabella.synthesis import HalfNormal, bayes, likely_variance, pool, pool_if_known, pool_trials

YI, VI = [-0.5, -0.7, -0.2, -0.9], [0.04, 0.05, 0.06, 0.2]


@pytest.mark.parametrize(("given", "test"), [("knha", "adhoc"), ("z", "z")])
def test_each_end_is_pooled_as_if_it_had_been_seen(given: str, test: str) -> None:
    """Knapp and Hartung's interval is never narrower than the usual one, as everywhere."""
    found = pool_if_known(YI, VI, [(0.3, 0.1), (-2.0, 0.1)], test=given)  # type: ignore[arg-type]
    for end, effect in zip(found.ends, (0.3, -2.0), strict=True):
        by_hand = pool([*YI, effect], [*VI, 0.1], test=test)  # type: ignore[arg-type]
        assert end == (by_hand.estimate, by_hand.ci_low, by_hand.ci_high)
    now = pool(YI, VI, test=test)  # type: ignore[arg-type]
    assert found.now == (now.estimate, now.ci_low, now.ci_high)
    assert found.intervals == ("confidence", "confidence")


def test_a_trial_added_to_one_is_pooled_under_the_declared_prior_or_not_at_all() -> None:
    prior = HalfNormal(0.5)
    found = pool_if_known([-0.5], [0.04], [(-1.0, 0.04)], tau_prior=prior)
    by_hand = bayes([-0.5, -1.0], [0.04, 0.04], tau_prior=prior).mu
    assert found.ends[0] == pytest.approx((by_hand.median, *by_hand.interval(kind="central")))
    assert found.intervals == ("credible",)
    alone = pool_if_known([-0.1], [0.04], [(-1.0, 0.04)])
    assert np.isnan(alone.ends[0]).all()
    assert (alone.moved, alone.turns) == (0.0, False)


def test_trials_are_counted_and_not_comparisons() -> None:
    """A second comparison of the only trial leaves one trial, which stands for itself."""
    within = pool_if_known([-0.5], [0.04], [(-1.0, 0.04)], trial=["A"], of="A")
    assert within.ends[0][0] == pytest.approx(-0.75)
    three = pool_if_known([-0.5, -0.7], [0.04, 0.05], [(-1.0, 0.04)], trial=["A", "A"], tau_prior=HalfNormal(0.5))
    same = pool_trials([-0.5, -0.7, -1.0], [0.04, 0.05, 0.04], trial=["A", "A", "B"], tau_prior=HalfNormal(0.5))
    assert three.ends[0] == (same.estimate, same.ci_low, same.ci_high)
    assert three.intervals == ("credible",)


def test_trials_that_come_to_be_pooled_turn_what_is_said_where_they_exclude_no_effect() -> None:
    found = pool_if_known([-0.9, -0.9], [0.01, 0.01], [(-0.9, 0.01)])
    assert np.isnan(found.now).all()
    assert found.ends[0][2] < 0
    assert (found.moved, found.turns) == (0.0, True)


def test_an_effect_stands_in_the_place_of_its_own() -> None:
    found = pool_if_known(YI, VI, [(0.3, 0.1)], place=1)
    by_hand = pool([-0.5, 0.3, -0.2, -0.9], [0.04, 0.1, 0.06, 0.2], test="adhoc")
    assert found.ends == ((by_hand.estimate, by_hand.ci_low, by_hand.ci_high),)


def test_what_moves_is_the_largest_change_in_widths_of_the_interval() -> None:
    found = pool_if_known(YI, VI, [(0.3, 0.1), (-2.0, 0.1)])
    changes = np.abs(np.array(found.ends) - np.array(found.now))
    assert found.moved == pytest.approx(changes.max() / (found.now[2] - found.now[1]))
    assert pool_if_known(YI, VI, [(-0.7, 0.05)], place=1).moved == 0


def test_scale_and_sign_change_nothing_of_what_moves() -> None:
    ends = [(0.3, 0.1), (-2.0, 0.1)]
    first = pool_if_known(YI, VI, ends)
    turned = pool_if_known([-3 * y for y in YI], [9 * v for v in VI], [(-3 * y, 9 * v) for y, v in ends])
    assert turned.moved == pytest.approx(first.moved, rel=1e-5)
    assert turned.turns == first.turns


def test_it_turns_where_no_effect_comes_into_the_interval_or_leaves_it() -> None:
    clear = pool_if_known(YI, VI, [(-0.5, 0.05)], test="z")
    assert clear.now[2] < 0
    assert not clear.turns
    assert pool_if_known(YI, VI, [(2.0, 0.01)], test="z").turns
    open_ = pool_if_known([-0.2], [0.04], [(-0.6, 0.04)], place=0)
    assert open_.now[1] < 0 < open_.now[2]
    assert open_.turns


def test_one_effect_stands_for_itself() -> None:
    found = pool_if_known([-0.5], [0.04], [(-1.0, 0.04)], place=0)
    assert found.now == pytest.approx((-0.5, -0.5 - 1.959964 * 0.2, -0.5 + 1.959964 * 0.2))
    assert found.ends[0][0] == -1.0


@pytest.mark.parametrize(("yi", "ends"), [([], [(0.1, 0.1)]), ([0.1], [])])
def test_nothing_to_pool_or_no_end_is_refused(yi: list[float], ends: list[tuple[float, float]]) -> None:
    with pytest.raises(ValueError, match="expected one effect or more, and one end or more"):
        pool_if_known(yi, yi, ends)


def test_a_variance_goes_with_the_sizes_of_the_groups() -> None:
    sizes = [(20, 30), (50, 50), (10, 40)]
    variances = [1 / a + 1 / b for a, b in sizes]  # of a standardised difference near zero
    assert likely_variance(variances, sizes, 15, 60) == pytest.approx(1 / 15 + 1 / 60)
    assert likely_variance(variances, sizes, 60, 15) == pytest.approx(1 / 15 + 1 / 60)
