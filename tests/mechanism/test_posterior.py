"""Draws of the posterior, and checks of data against it, on synthetic data from known numbers."""

from functools import cache

import numpy as np
import pytest

from glabella.mechanism._checks import check, replicate
from glabella.mechanism._fit import Fit, fit
from glabella.mechanism._posterior import Posterior, Target, sample
from glabella.mechanism._predict import leave_one_out
from glabella.mechanism._profile import profile, profiles
from tests.mechanism.test_fit import MODEL, QUICK, TRUTH
from tests.mechanism.test_predict import DATA, UNKNOWNS

# The posterior that most tests look at is drawn once for all.
pytestmark = pytest.mark.xdist_group("posterior")


@cache
def fitted() -> Fit:
    return fit(MODEL, DATA, UNKNOWNS, priors="all")


@cache
def drawn() -> Posterior:
    return sample(fitted(), walkers=24, steps=600, keep=2000, seed=3)


def test_with_many_data_the_posterior_is_the_normal_around_its_mode() -> None:
    # Bernstein and von Mises: thousands of people tell far more than the priors.
    found, posterior = fitted(), drawn()
    assert posterior.converged, str(posterior)
    error = found.se / np.sqrt(posterior.ess)
    np.testing.assert_array_less(np.abs(posterior.draws.mean(axis=0) - found.place), 5 * error + 0.1 * found.se)
    np.testing.assert_allclose(posterior.draws.std(axis=0), found.se, rtol=0.15)
    within = np.corrcoef(posterior.draws.T) - found.covariance / np.outer(found.se, found.se)
    assert np.abs(within).max() < 0.15


def test_draws_stand_on_both_scales() -> None:
    posterior = drawn()
    back = [each.to_line(x) for each, x in zip(UNKNOWNS, posterior.values[7], strict=True)]
    np.testing.assert_allclose(back, posterior.draws[7], rtol=1e-9)
    low, middle, high = posterior.limits()
    assert (low < middle).all()
    assert (middle < high).all()
    assert "converged" in str(posterior)


def test_the_target_is_the_likelihood_times_the_priors_and_ends_where_the_search_does() -> None:
    found = fitted()
    far = found.place.copy()
    far[0] += 50
    one, none = Target(found.likelihood)(np.array([found.place, far]))
    assert one == pytest.approx(found.log_posterior, rel=1e-9)
    assert none == -np.inf


def test_too_few_draws_are_not_called_converged() -> None:
    short = sample(fitted(), walkers=24, steps=9, keep=50, seed=1)
    assert not short.converged
    assert "NOT converged" in str(short)


def test_what_has_no_posterior_is_said() -> None:
    with pytest.raises(ValueError, match="needs all priors: without potency_other"):
        sample(fit(MODEL, DATA, QUICK))
    with pytest.raises(ValueError, match="1 ensembles, expected at least 2"):
        sample(fitted(), ensembles=1)


def test_data_that_the_model_made_pass_every_check() -> None:
    shares = replicate(drawn(), DATA, draws=300)
    # Counts of people are binomial around the truth, and the posterior is narrow.
    truth = DATA.events / DATA.n
    np.testing.assert_allclose(shares.mean(axis=0), truth, atol=0.02)
    for each in check(drawn(), DATA, shares):
        assert each.low <= each.middle <= each.high
        assert each.name in ("largest miss", "spread around the mean") or each.p > 0.05, each


def test_data_that_the_model_cannot_make_fail_a_check() -> None:
    late = DATA.day > 42
    wrong = DATA.rows(np.ones(len(DATA.day), dtype=bool))
    wrong.events[late] = 0.0
    found = {each.name: each for each in check(drawn(), wrong, replicate(drawn(), wrong, draws=300))}
    assert found["mean share, later"].p < 0.01
    assert found["largest miss"].p < 0.01
    assert found["mean share, first week"].p > 0.05


def test_processes_change_nothing() -> None:
    # The profile of a constant that needs simulations, so that a process has to make its likelihood anew.
    found = fit(MODEL, DATA, (*UNKNOWNS, TRUTH[1]), priors="assumed")
    one, two = profiles(found, ["kdeg", "sensitivity_men"], workers=2)
    alone = profile(found, "kdeg")
    assert (one.name, two.name) == ("kdeg", "sensitivity_men")
    np.testing.assert_allclose([one.low, one.high], [alone.low, alone.high], rtol=1e-6)
    here, there = (leave_one_out(MODEL, DATA, UNKNOWNS, draws=40, workers=n) for n in (1, 2))
    np.testing.assert_allclose(here.predicted, there.predicted, rtol=1e-9)
    assert here.left_out.tolist() == there.left_out.tolist()
    first, second = (sample(fitted(), walkers=24, steps=30, seed=5, workers=n) for n in (1, 2))
    np.testing.assert_array_equal(first.draws, second.draws)
