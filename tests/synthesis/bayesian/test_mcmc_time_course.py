"""Time courses against closed forms and quadrature, and what is refused."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from glabella.synthesis import (
    Course,
    EmaxCurve,
    HalfNormal,
    Normal,
    PiecewiseLinearCurve,
    bayes_time_course,
)

ERRORS = 4


def test_straight_lines_with_common_effects_are_generalised_least_squares() -> None:
    rng = np.random.default_rng(3)
    arms = [("1", "a"), ("1", "b"), ("2", "b"), ("2", "c"), ("3", "a"), ("3", "b"), ("3", "c")]
    study, treat, week = (np.repeat([arm[0] for arm in arms], 3), np.repeat([arm[1] for arm in arms], 3),
                          np.tile([2.0, 4.0, 10.0], 7))  # fmt: skip
    change, se = rng.normal(-5, 2, 21), rng.uniform(0.5, 1.5, 21)
    courses = [Course(Normal(-3, 4), Normal(0, 3)), Course(Normal(-6, 5), Normal(-1, 2))]
    curve = PiecewiseLinearCurve((4.0, 12.0))
    found = bayes_time_course(study, treat, week, change, se, reference="a", curve=curve,
                              courses=courses, correlation=0.8, draws=4000)  # fmt: skip

    # Per knot: three baselines (of arms a, b, a), then effects of b and c.
    rows = []
    for s, t, w in zip(study, treat, week, strict=True):
        lift = np.array([t == "b", t == "c"], float) - (np.array([1.0, 0.0]) if s == "2" else 0.0)
        per_knot = np.r_[[s == "1", s == "2", s == "3"], lift]
        late = max(0.0, (w - 4) / 8)
        early = w / 4 if w <= 4 else 1 - late
        rows.append(np.r_[early * per_knot, late * per_knot])
    design = np.array(rows)
    same = (study[:, None] == study) & (treat[:, None] == treat)
    covariance = np.where(same, 0.8 ** np.abs(np.subtract.outer(week, week)), 0.0) * np.outer(se, se)
    mean = np.array([-3, -3, -3, 0, 0, -6, -6, -6, -1, -1.0])
    precision = np.diag(1 / np.array([4, 4, 4, 3, 3, 5, 5, 5, 2, 2.0]) ** 2)
    inverse = np.linalg.inv(covariance)
    posterior = np.linalg.inv(design.T @ inverse @ design + precision)
    expected = posterior @ (design.T @ inverse @ change + precision @ mean)
    sd = np.sqrt(np.diag(posterior))
    effects = [3, 4, 8, 9]
    ours, error = (np.asarray(values)[1:].T.ravel() for values in (found.effects.mean, found.effects.mean_error))
    np.testing.assert_array_less(np.abs(ours - expected[effects]), ERRORS * error)
    ours, error = (np.asarray(values)[1:].T.ravel() for values in (found.effects.sd, found.effects.sd_error))
    np.testing.assert_array_less(np.abs(ours - sd[effects]), ERRORS * error)
    # Study 2 lacks the reference: its base arm's effect is taken off.
    baseline = np.zeros((2, 10))
    baseline[0, :3] = baseline[1, 5:8] = 1 / 3
    baseline[0, 3] = baseline[1, 8] = -1 / 3
    np.testing.assert_array_less(np.abs(found.baseline.mean - baseline @ expected),
                                 ERRORS * found.baseline.mean_error)  # fmt: skip
    # Half-way between knots lies half of both.
    between = found.effect(8.0).draws[:, 1, 0]
    np.testing.assert_allclose(between, found.effects.draws[:, 1].mean(axis=1), atol=1e-12)
    assert found.rank_probabilities(10.0, small_values="good").probability.sum() == pytest.approx(3)


def test_toxin_against_placebo_by_week_is_what_quadrature_gives() -> None:
    # One trial, made up: mean change of a depression score. Only the maximum differs; ET50 is known well.
    week = np.tile([2.0, 6.0, 12.0], 2)
    change = np.array([-2.0, -3.4, -4.1, -4.1, -6.9, -8.4])
    se = np.full(6, 1.1)
    courses = [Course(Normal(0, 10), Normal(0, 6)), Course(Normal(np.log(3), 1e-3), by_study=False)]
    found = bayes_time_course(["t"] * 6, ["placebo"] * 3 + ["toxin"] * 3, week, change, se, reference="placebo",
                              curve=EmaxCurve(), courses=courses, correlation=None,
                              structure="exchangeable")  # fmt: skip

    # Given the correlation the maxima are normal; the correlation is integrated on a grid.
    grid = (np.arange(400) + 0.5) / 400
    shape = week[:3] / (week[:3] + 3)
    design = np.zeros((6, 2))
    design[:3, 0] = design[3:, 0] = design[3:, 1] = np.r_[shape][:3]
    weight, means, variances = [], [], []
    for rho in grid:
        block = np.where(np.eye(3, dtype=bool), 1.0, rho) * 1.21
        noise = np.kron(np.eye(2), block)
        prior = np.diag([100.0, 36.0])
        marginal = noise + design @ prior @ design.T
        weight.append(stats.multivariate_normal(np.zeros(6), marginal).logpdf(change))
        gain = prior @ design.T @ np.linalg.inv(marginal)
        means.append((gain @ change)[1])
        variances.append((prior - gain @ design @ prior)[1, 1])
    p = np.exp(np.array(weight) - max(weight))
    p /= p.sum()
    mean = p @ means
    sd = np.sqrt(p @ (np.array(variances) + (np.array(means) - mean) ** 2))
    assert abs(found.effects.mean[1, 0] - mean) < ERRORS * found.effects.mean_error[1, 0]
    assert abs(found.effects.sd[1, 0] - sd) < ERRORS * found.effects.sd_error[1, 0]
    assert found.correlation is not None
    assert abs(found.correlation.mean - p @ grid) < ERRORS * found.correlation.mean_error
    # At week 6 two thirds of the maximum are reached.
    assert found.effect(6.0).mean[1, 0] == pytest.approx(mean * 2 / 3, abs=0.05)
    assert "exchangeable correlation" in str(found)
    assert found.table([2.0, 6.0]).shape == (4, 6)
    with pytest.raises(ValueError, match="expected one or more numbers of 0 or more"):
        found.mean_change(-1.0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"week": [0.0, 1.0]}, "study 1, a: week 0, change -1, se 1; expected finite numbers"),
        ({"se": [1.0, 0.0]}, "study 1, b: week 1, change -2, se 0"),
        ({"change": [np.nan, 1.0]}, "study 1, a: week 1, change nan"),
        ({"treat": ["a", "a"]}, "study 1, a: week 1 is given twice|study 1: one arm"),
        ({"week": [1.0]}, "have shapes"),
        ({"correlation": 1.0}, "correlation is 1.0, expected from 0 to below 1"),
        ({"structure": "toeplitz"}, "unknown structure 'toeplitz'"),
        (
            {"courses": [Course(Normal(0, 1), Normal(0, 1))]},
            "courses has 1, expected one for each of maximum, log_et50",
        ),
        ({"courses": [Course(Normal(0, 1))] * 2}, "no parameter has effects of treatments"),
        ({"curve": PiecewiseLinearCurve((0.25, 0.5))}, "week 1 is beyond the last knot, week 0.5"),
    ],
)
def test_what_cannot_be_is_refused(change: dict[str, Any], message: str) -> None:
    given: dict[str, Any] = {
        "studlab": ["1", "1"], "treat": ["a", "b"], "week": [1.0, 1.0], "change": [-1.0, -2.0], "se": [1.0, 1.0],
        "reference": "a", "curve": EmaxCurve(),
        "courses": [Course(Normal(0, 9), Normal(0, 9)), Course(Normal(0, 1))], "correlation": 0.5,
    }  # fmt: skip
    with pytest.raises(ValueError, match=message):
        bayes_time_course(**given | change)


def test_a_spread_of_effects_needs_effects() -> None:
    with pytest.raises(ValueError, match="tau has no effects"):
        Course(Normal(0, 1), None, HalfNormal(1.0))
