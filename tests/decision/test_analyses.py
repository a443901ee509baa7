"""From a dossier's pooled analyses to a certainty: what is declared, and what without. Trials are made up."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from glabella.brief.results import PooledAnalysis, Results
from glabella.decision.bodies import OfTrial, estimated
from glabella.decision.rating import not_pooled, rate, target_of
from glabella.synthesis import pool
from tests.brief.made_up_trials import Trial, counted, made_up, number, scored

FIVE = [counted(f"Able {2001 + at}", 20 + at, 200, 40, 200, judgement="low") for at in range(5)]


def headline(folder: Path, trials: list[Trial], measure: str = "RR", better: str = "lower", **outcome: Any) -> (
    PooledAnalysis
):  # fmt: skip
    def change(plan: dict[str, Any]) -> None:
        plan["outcomes"]["response"] |= outcome

    return Results(made_up(folder / "d", measure, better, trials, change=change)).headline


def test_what_matters_is_rated_where_it_is_declared_and_else_the_side(tmp_path: Path) -> None:
    bare = headline(tmp_path / "bare", FIVE)
    assert (bare.rating.target, bare.certainty) == ("any_benefit", "high")
    worse = headline(tmp_path / "worse", FIVE, better="higher")
    assert worse.rating.target == "any_harm"
    assert headline(tmp_path / "a", FIVE, important=number(0.9)).rating.target == "important_benefit"
    little = headline(tmp_path / "b", FIVE, important=number(0.3))
    assert (little.rating.target, little.rating.cost("imprecision") > 0) == ("little_or_none", False)


def test_people_needed_come_from_what_matters_and_the_usual_risk(tmp_path: Path) -> None:
    usual = {"label": "usual care", "events": number(300), "n": number(1000)}
    few = headline(tmp_path, FIVE, important=number(0.9), usual_risk=usual)
    assert few.rating.cost("imprecision") == 2
    assert "people, " in str(few.rating.costs[0].why)


def test_a_design_without_chance_starts_lower(tmp_path: Path) -> None:
    open_ = {"design": {"type": "parallel", "randomised": "unclear", "blinding": "open"}}
    trials = [*FIVE[:4], replace(FIVE[4], more=open_)]
    assert headline(tmp_path, trials).rating.cost("design") == 2


@pytest.mark.parametrize(("related", "says"), [(5, "the"), (1, "some")])
def test_trials_of_another_question_are_indirect(tmp_path: Path, related: int, says: str) -> None:
    trials = [replace(trial, more={"role": "related"}) for trial in FIVE[:related]] + FIVE[related:]
    one = headline(tmp_path / "a", trials)
    (cost,) = one.rating.costs
    assert (cost.domain, cost.levels, str(cost.why)) == (
        "indirectness", 1, f"{says} trials asked another question"
    )  # fmt: skip
    told = headline(tmp_path / "b", trials, trusted={"visible": False, "subjective": True, "serious": ["one town"]})
    assert str(told.rating.costs[0].why) == f"one town; {says} trials asked another question"


def test_trials_that_cannot_be_pooled_are_trusted_least() -> None:
    assert (not_pooled().certainty, not_pooled().cost("inconsistency")) == ("very low", 3)


def test_without_a_declared_difference_the_estimate_is_the_step() -> None:
    trials = [OfTrial("a", 0.4, 0.04, 100, "low"), OfTrial("b", 0.6, 0.04, 100, "unknown")]

    def of(estimate: float, **more: Any) -> Any:
        return estimated(trials, better="higher", estimate=estimate, low=-9, high=9, important=None, **more).body

    assert of(0.5).important == 0.5
    assert of(-0.5).important == 0.5
    assert of(0.0).important == pytest.approx(math.sqrt(0.02))
    assert of(0.5).shares.low_agrees
    assert not of(-0.5).shares.low_agrees
    assert target_of(of(0.0), declared=False) == "any_benefit"
    # As far beyond none as the estimate lies before it: one step; a little more: another.
    wide = replace(of(0.5), se_within=1.0 / 1.959963984540054, shares=replace(of(0.5).shares, low=1, unknown=0))
    assert rate(wide, "any_benefit").cost("imprecision") == 1
    assert rate(replace(wide, se_within=0.52), "any_benefit").cost("imprecision") == 2


def test_the_word_is_that_of_the_zone_of_the_estimate(tmp_path: Path) -> None:
    """Points: means of ten trials, two points apart; from three on it matters."""
    trials = [
        scored(f"Able {2001 + at}", 12.0 + at / 50, 5.0, 400, (10.0, 5.0, 400), judgement="low") for at in range(10)
    ]
    one = headline(tmp_path, trials, "MD", "higher", kind="continuous", important=number(3.0), event=None)
    fit = pool([2.0 + at / 50 for at in range(10)], [0.125] * 10)
    assert one.fit.estimate == pytest.approx(fit.estimate)
    assert (one.rating.target, one.certainty) == ("little_or_none", "high")
