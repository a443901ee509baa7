"""Predictions of what was left out, on synthetic data from known numbers."""

from dataclasses import replace

import numpy as np
import pytest

from glabella.mechanism._fit import fit
from glabella.mechanism._likelihood import Likelihood
from glabella.mechanism._predict import leave_one_out, predict
from glabella.mechanism._unknowns import Unknown
from tests.mechanism.test_fit import MODEL, QUICK, expected, synthetic

UNKNOWNS = (
    *(replace(each, family="normal", parameters={"mean": each.value, "sd": 1.0})
      for each in QUICK if each.line == "real"),
    *(replace(each, family="log_normal", parameters={"mean": np.log(each.value), "sd": 1.0})
      for each in QUICK if each.line == "log"),
    *(replace(each, family="beta", parameters={"alpha": 2.0, "beta": 2.0})
      for each in QUICK if each.line == "logit"),
)  # fmt: skip
DATA = expected(synthetic())


def test_a_trial_that_the_others_know_is_predicted() -> None:
    found = leave_one_out(MODEL, DATA, UNKNOWNS, draws=60)
    assert set(found.left_out) == {"one", "two", "three"}
    np.testing.assert_allclose(found.seen, DATA.events / DATA.n)
    # Trial one is told by the others but for the sex; no truth lies far off.
    assert found.coverage > 0.9
    assert found.error < 15
    assert (found.low <= found.high).all()
    assert "percentage points" in str(found)


def test_a_product_left_out_rests_on_its_prior() -> None:
    found = leave_one_out(MODEL, DATA, UNKNOWNS, by="product", draws=60)
    other = found.left_out == "other"
    assert set(found.left_out) == {"first", "other"}
    middle = other & (found.seen > 0.3) & (found.seen < 0.7)
    # A factor of e either way in its potency leaves its shares wide open.
    assert (found.high - found.low)[middle].min() > 0.4


def test_predictions_of_data_that_were_fitted_are_near_and_their_intervals_binomial() -> None:
    found = fit(MODEL, DATA, QUICK)
    seen = predict(found, DATA, draws=300)
    np.testing.assert_allclose(seen.predicted, seen.seen, atol=1e-3)
    p = seen.seen
    middle = (p > 0.2) & (p < 0.8)
    binomial = 2 * 1.96 * np.sqrt(p * (1 - p) / DATA.n)
    # Wider than people alone make it, but not by much: 400 people an arm, 30 arms.
    ratio = ((seen.high - seen.low) / binomial)[middle]
    assert (ratio > 0.8).all()
    assert (ratio < 1.8).all()


def test_a_spread_between_trials_widens_what_is_predicted() -> None:
    wide = (*QUICK, Unknown("study_spread", 0.8, "log"))
    found = fit(MODEL, DATA, QUICK)
    narrow = predict(found, DATA, draws=200)
    there = Likelihood(MODEL, DATA, wide)
    more = replace(
        found,
        names=(*found.names, "study_spread"),
        place=np.append(found.place, np.log(0.8)),
        covariance=np.pad(found.covariance, (0, 1)),
        likelihood=there,
    )
    wider = predict(more, DATA, draws=200)
    assert np.median(wider.high - wider.low) > 1.5 * np.median(narrow.high - narrow.low)


def test_what_cannot_be_left_out_is_said() -> None:
    with pytest.raises(ValueError, match="without a prior: potency_other"):
        leave_one_out(MODEL, DATA, QUICK)
    with pytest.raises(ValueError, match="only one study"):
        leave_one_out(MODEL, DATA.rows(DATA.study == "one"), UNKNOWNS)
    with pytest.raises(ValueError, match="by is 'dose'"):
        leave_one_out(MODEL, DATA, UNKNOWNS, by="dose")  # type: ignore[arg-type]
