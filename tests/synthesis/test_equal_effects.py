"""Effects that are equal but for rounding have no standard error of their own; a slope is not a mean."""

from typing import Any

import numpy as np
import pytest

from glabella.synthesis import (
    Design,
    cumulative,
    design,
    effect_size,
    egger,
    leave_one_out,
    permutation_test,
    pet_peese,
    pool,
    rank_test,
    robust,
)
from glabella.synthesis._pool import EQUAL, EXACT

#: Three differences of 2.1, that differ in their last digits.
MEANS: dict[str, Any] = {
    "m1i": [10.3, 7.4, 5.2], "sd1i": [2, 2, 2], "n1i": [20, 30, 40],
    "m2i": [8.2, 5.3, 3.1], "sd2i": [2, 2, 2], "n2i": [20, 30, 40],
}  # fmt: skip
TRIALS = effect_size("MD", **MEANS)


@pytest.mark.parametrize(
    ("y", "v"),
    [
        (TRIALS.yi, TRIALS.vi),
        ([0.1 + 0.2, 0.3, 0.3], [0.04, 0.05, 0.06]),
        ([0.1 + 0.2 - 0.3, 0.0, 0.0], [0.04, 0.05, 0.06]),
        ([1010.3 - 1008.2, 10.3 - 8.2, 2.1], [0.1, 0.1, 0.1]),
        (1e9 * np.array([0.1 + 0.2, 0.3, 0.3]), [4e16, 5e16, 6e16]),
    ],
)
@pytest.mark.parametrize("method", ["REML", "DL", "PM", "common"])
def test_effects_equal_up_to_rounding_are_equal(y: Any, v: Any, method: Any) -> None:
    with pytest.raises(ValueError, match="effects all equal: the Knapp-Hartung standard error is zero"):
        pool(y, v, method=method)
    batch = pool([y, np.arange(3.0)], [v, v], method=method)
    assert batch.reason.tolist() == [EQUAL, ""]
    assert np.isnan(batch.se).tolist() == [True, False]
    # The standard error of a common effect stands: 1/sqrt(sum of 1/v).
    usual = 1 / np.sqrt((1 / np.asarray(v)).sum())
    assert pool(y, v, method=method, test="z").se == pytest.approx(usual)
    assert pool(y, v, method=method, test="adhoc").se == pytest.approx(usual)


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_effects_that_differ_by_little_differ(scale: float) -> None:
    """Of equal variances the Knapp-Hartung standard error is the SD over root k: here 1e-9/sqrt(3) of the unit."""
    fit = pool(scale * np.array([1e-9, 2e-9, 3e-9]), [scale**2] * 3)
    assert fit.se == pytest.approx(scale * 1e-9 / np.sqrt(3))


def test_a_part_of_the_studies_may_be_equal() -> None:
    y, v = [*TRIALS.yi, 4.0], [*TRIALS.vi, 0.1]
    assert leave_one_out(y, v).reason.tolist() == ["", "", "", EQUAL]
    found = cumulative(y, v)
    assert found.reason.tolist()[1:] == [EQUAL, EQUAL, ""]
    assert np.isnan(found.p_value).tolist()[1:] == [True, True, False]


def test_flips_that_make_effects_equal_count_as_the_most_extreme() -> None:
    """All 16 flips of four effects of size 0.3: 2 make them equal, 8 leave one apart, as the data have it."""
    assert permutation_test([0.3, 0.3, 0.3, -0.3], [0.1] * 4, test="knha").p_value == pytest.approx(10 / 16)


def test_moderators_that_fit_exactly_say_so() -> None:
    dose = np.array([1.0, 2, 3, 4])
    with pytest.raises(ValueError, match=EXACT):
        pool(0.1 * dose, [0.04, 0.05, 0.09, 0.02], mods=dose)
    with pytest.raises(ValueError, match=EXACT):
        pool(0.1 * dose, [0.04, 0.05, 0.09, 0.02], mods=Design(dose[:, None], ("dose",)))


@pytest.mark.parametrize("effect", [0.0, 0.3, 0.1 + 0.2])
def test_regressions_on_equal_effects_are_refused(effect: float) -> None:
    y, v = [effect, 0.3 if effect else 0.0, effect], [0.01, 0.03, 0.05]
    for way in (lambda: pet_peese(y, v), lambda: egger(y, v, model="lm")):
        with pytest.raises(ValueError, match="exactly on the regression's line"):
            way()


# --- one column that is not the mean ----------------------------------------------------------------------


def test_a_slope_has_no_prediction_interval() -> None:
    dose, v = np.array([1.0, 2, 3, 4]), np.array([0.04, 0.05, 0.09, 0.02])
    fit = pool([0.1, 0.9, 0.3, 1.4], v, mods=Design(dose[:, None], ("dose",)))
    assert np.isnan([fit.pi_low, fit.pi_high, fit.r2]).all()
    text = str(fit)
    assert "prediction interval" not in text
    assert "Residual heterogeneity" in text
    assert "R^2" not in text
    assert fit.moderated
    assert not pool([0.1, 0.9], [0.1, 0.2]).moderated
    batch = pool([[0.1, 0.9, 0.3, 1.4]] * 2, [v] * 2, mods=Design(dose[:, None], ("dose",)))
    assert np.isnan(batch.pi_low).all()
    assert batch.table()["coefficient"].to_list() == ["dose"] * 2


def test_equal_effects_have_a_slope() -> None:
    """Weighted by 1/v, 0.5 on dose through the origin: sum(w d y) / sum(w d d) at the variance that was found."""
    dose, v = np.array([1.0, 2, 3, 4]), np.array([0.04, 0.05, 0.09, 0.02])
    fit = pool([0.5] * 4, v, mods=Design(dose[:, None], ("dose",)))
    w = 1 / (v + fit.tau2)
    assert fit.estimate[0] == pytest.approx((w * dose * 0.5).sum() / (w * dose**2).sum())


def test_groups_without_an_intercept_hold_the_mean() -> None:
    mods = design("~ 0 + g", {"g": ["a", "a", "b", "b"]})
    y, v = [0.1, 0.2, 0.9, 1.1], [0.04, 0.05, 0.06, 0.07]
    assert pool(y, v, mods=mods).r2 == pytest.approx(pool(y, v, mods=[0.0, 0, 1, 1]).r2)


# --- what is said of an interval --------------------------------------------------------------------------


def test_an_interval_narrower_than_the_common_effects_is_noted() -> None:
    y, v = np.array([0.30, 0.31, 0.30]), np.array([0.04, 0.05, 0.06])
    fit, common = pool(y, v), pool(y, v, method="common", test="z")
    assert fit.ci_high - fit.ci_low < common.ci_high - common.ci_low
    assert fit.narrower
    assert "narrower than that of a common effect" in str(fit)
    assert not pool(y, v, test="adhoc").notes
    assert not pool([0.1, 0.9, 0.4], v).notes
    lost = [np.nan] * 3
    batch = pool(np.array([y, [0.1, 0.9, 0.4], lost]), np.array([v, v, lost]))
    assert batch.narrower.tolist() == [True, False, False]


def test_a_variance_outside_its_own_interval_is_noted() -> None:
    """DerSimonian and Laird's estimate lets a precise study count; the limits are of another statistic."""
    y, v = [0.0, 40.0, -35.0, 50.0, 20.0], [1.0, 0.01, 900.0, 0.02, 400.0]
    fits = [pool(y, v, method=method) for method in ("DL", "HS", "SJ", "HE", "PM")]
    for fit in fits:
        outside = not fit.tau2_ci[0] <= fit.tau2 <= fit.tau2_ci[1]
        assert outside == any("lies outside its interval" in note for note in fit.notes)
    assert any(fit.notes for fit in fits)
    assert not fits[-1].notes


# --- robust standard errors -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["CR1", "CR2"])
@pytest.mark.parametrize("formula", ["~ g", "~ 0 + g"])
def test_what_one_cluster_determines_has_no_robust_error(kind: Any, formula: str) -> None:
    """Group b has one cluster: its mean is that cluster's, and no other says how far clusters lie apart."""
    y, cluster = [0.1, 0.5, 0.3, 0.2, 0.9, 0.7, 0.4], [1, 1, 2, 2, 3, 4, 4]
    fit = robust(y, [0.1] * 7, cluster, mods=design(formula, {"g": list("aaaaabb")}), kind=kind)
    assert np.isnan(fit.se).tolist() == [False, True]
    assert np.isnan(fit.ci_low).tolist() == np.isnan(fit.p_value).tolist() == [False, True]
    assert "one cluster alone" in fit.reason[1]
    assert fit.reason[0] == ""
    assert fit.reason[1] in str(fit)
    # Group a is as if it were alone, but for n - p of CR1.
    alone = robust(y[:5], [0.1] * 5, cluster[:5], kind="CR2")
    if kind == "CR2" and fit.tau2 == alone.tau2:
        assert fit.se[0] == pytest.approx(alone.se)


@pytest.mark.parametrize("kind", ["CR1", "CR2"])
@pytest.mark.parametrize(
    ("y", "cluster", "says"),
    [
        ([0.3, 0.3, 0.3], [1, 2, 3], "fitted exactly"),
        ([0.1 + 0.2, 0.3, 0.3], [1, 2, 3], "fitted exactly"),
        ([0.2, 0.4, 0.1, 0.5, 0.3, 0.3], [1, 1, 2, 2, 3, 3], "fitted exactly"),
    ],
)
def test_a_robust_error_that_is_rounding_is_none(kind: Any, y: Any, cluster: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        robust(y, [0.1] * len(y), cluster, kind=kind)


@pytest.mark.parametrize("kind", ["CR1", "CR2"])
def test_a_study_that_outweighs_all_others_determines_the_mean(kind: Any) -> None:
    with pytest.raises(ValueError, match="one cluster alone"):
        robust([0.2, 0.4, 0.1, 0.5], [1e-12, 1, 1, 1], [1, 2, 3, 4], kind=kind, method="common")


# --- ranks and limits that there are not ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("y", "v", "says"),
    [([0.1, 0.2, 0.4], [0.05] * 3, "all variances"), ([0.1 + 0.2, 0.3, 0.3], [0.1, 0.2, 0.3], "all effects")],
)
def test_nothing_to_rank_is_said(y: Any, v: Any, says: str) -> None:
    found = rank_test(y, v)
    assert np.isnan(found.tau)
    assert np.isnan(found.p_value)
    assert says in found.reason
    assert says in str(found)


@pytest.mark.parametrize("model", ["rma", "lm"])
def test_only_predictors_that_vanish_with_size_have_a_limit(model: Any) -> None:
    y, v, n = [0.1, 0.4, 0.3, 0.9], [0.01, 0.03, 0.05, 0.09], [300, 120, 90, 40]
    for predictor in ("sei", "vi", "ninv", "sqrtninv", "ni", "sqrtni", "seinv"):
        found = egger(y, v, model=model, predictor=predictor, ni=n)
        has = predictor in ("sei", "vi", "ninv", "sqrtninv")
        assert np.isfinite([found.estimate, found.ci_low, found.ci_high]).all() == has
        assert (found.reason == "") == has
        assert found.reason in str(found)
        assert np.isfinite([found.slope, found.p_value]).all()
