"""What is derived from P or an interval of a small trial is by Student's t. SYNTHETIC data."""

import math
from pathlib import Path

import pytest
from scipy.stats import t as student

from tests.edges.made_up import effects, fields, study

#: Two-sided P of 0.04 of two groups of five: t with 8 degrees of freedom.
T = student.isf(0.02, 8)


def exact_g(d: float, df: int) -> float:
    """Hedges' exact correction, by its gamma functions."""
    return d * math.exp(math.lgamma(df / 2) - math.lgamma((df - 1) / 2)) / math.sqrt(df / 2)


@pytest.mark.parametrize("difference", [-2.0, -0.3, -11.0])
def test_d_from_p_does_not_depend_on_the_difference_beside_it(tmp_path: Path, difference: float) -> None:
    printed = fields(difference=difference, p=0.04, favours="arm")
    (effect,) = effects(tmp_path / "dossier", "SMD", study(between=printed, n=(5, 5))).effects
    assert effect.yi == pytest.approx(-exact_g(T * math.sqrt(2 / 5), 8), rel=1e-9)


def test_p_alone_and_p_beside_a_difference_say_the_same(tmp_path: Path) -> None:
    (alone,) = effects(tmp_path / "a", "SMD", study(between=fields(p=0.2, favours="versus"), n=(8, 4))).effects
    printed = fields(difference=3.0, p=0.2, favours="versus")
    (beside,) = effects(tmp_path / "b", "SMD", study(between=printed, n=(8, 4))).effects
    assert (beside.yi, beside.vi) == pytest.approx((alone.yi, alone.vi), rel=1e-9)


def test_a_mean_differences_standard_error_from_p_is_by_t(tmp_path: Path) -> None:
    """By hand: SE = |difference| / t; the variance is its square."""
    printed = fields(difference=-2.0, p=0.04, favours="arm")
    (effect,) = effects(tmp_path / "dossier", "MD", study(between=printed, n=(5, 5))).effects
    assert effect.vi == pytest.approx((2 / T) ** 2, rel=1e-9)


def test_an_interval_of_a_small_trial_is_by_t(tmp_path: Path) -> None:
    """By hand: half the width of 3.8 over the quantile of t with 8 degrees of freedom, 2.306."""
    printed = fields(difference=-2.0, difference_ci=(-3.9, -0.1), favours="arm")
    se = 1.9 / 2.306004135
    (md,) = effects(tmp_path / "md", "MD", study(between=printed, n=(5, 5))).effects
    assert md.vi == pytest.approx(se**2, rel=1e-7)
    (smd,) = effects(tmp_path / "smd", "SMD", study(between=printed, n=(5, 5))).effects
    assert smd.yi == pytest.approx(-exact_g(2 / (se / math.sqrt(2 / 5)), 8), rel=1e-7)


@pytest.mark.parametrize(
    ("drug", "placebo"),
    [
        ({"change_mean": -10.0, "change_sd": 4.0}, {"mean": 12.0, "sd": 4.0}),
        ({"mean": 12.0, "sd": 4.0}, {"change_mean": -10.0, "change_sd": 4.0}),
    ],
    ids=["change first", "final first"],
)
@pytest.mark.parametrize("measure", ["SMD", "MD"])
def test_a_final_score_is_never_set_against_a_change(
    tmp_path: Path, measure: str, drug: dict[str, float], placebo: dict[str, float]
) -> None:
    found = effects(tmp_path / "dossier", measure, study(fields(**drug), fields(**placebo)))
    assert found.effects == ()
    assert found.not_computed[0].reason


def test_where_both_arms_have_final_scores_those_are_used(tmp_path: Path) -> None:
    """By hand: 12 - 14 = -2, although one arm alone reports its change too."""
    drug = fields(mean=12.0, sd=4.0, change_mean=-9.0, change_sd=5.0)
    (effect,) = effects(tmp_path / "dossier", "MD", study(drug, fields(mean=14.0, sd=4.0))).effects
    assert effect.yi == pytest.approx(-2)
    assert effect.vi == pytest.approx(16 / 20 + 16 / 20)


def test_a_baseline_of_one_arm_alone_is_not_subtracted(tmp_path: Path) -> None:
    """By hand: final scores are 12 and 14 in both arms; only one arm's baseline was printed."""
    drug = fields(mean=12.0, sd=4.0, baseline_mean=20.0, baseline_sd=4.0)
    text = study(drug, fields(mean=14.0, sd=4.0)).replace(
        "    time: 6\n", "    time: 6\n    correlation: {value: 0.5, status: seen, source: EXAMPLE}\n"
    )
    found = effects(tmp_path / "dossier", "MD", text)
    assert [effect.yi for effect in found.effects] in ([], [pytest.approx(-2)])


@pytest.mark.parametrize(
    ("drug", "placebo", "plain"), [(0.0, 4.0, -0.2), (20.0, 5.0, 0.75), (3.0, 0.0, 0.15)], ids=str
)
def test_what_is_added_to_a_risk_difference_is_said(
    tmp_path: Path, drug: float, placebo: float, plain: float
) -> None:
    """The plain difference of the two risks out of 20, and a step that says the half is the variance's alone."""
    text = study(fields(events=drug), fields(events=placebo))
    (effect,) = effects(tmp_path / "dossier", "RD", text).effects
    assert effect.yi == pytest.approx(plain)
    assert any("half" in step.rule and "variance" in step.rule for step in effect.steps)
