"""On planted truth EB05 and IC025 are not below a plain PRR."""

from functools import cache

import numpy as np
import polars as pl
import pytest

from glabella.safety.evaluation import SCORES, evaluate, evaluate_difference, rank_scores, threshold_rules
from glabella.safety.measures import disproportionality, fit_gps
from glabella.safety.synthetic import draw, planted_truth


@cache
def pairs() -> pl.DataFrame:
    """Pairs of one draw with a report, measured, where the generator says whether they are to be found."""
    one = draw(40_000, seed=11)
    truth = planted_truth(one).filter(pl.col("n") > 0).drop("expected")
    n, n_drug, n_event = (truth[name].to_numpy() for name in ("n", "n_drug", "n_event"))
    measured = disproportionality(n, n_drug, n_event, one.contents)
    drugs = np.bincount(one.medication.suspect, minlength=len(one.words.substances))
    events = np.bincount(one.events, minlength=len(one.words.events))
    gps = fit_gps(n, measured["expected"], margins=(drugs, events, one.contents))
    assert gps.converged
    scores = gps.score(n, measured["expected"])
    return pl.concat([truth, measured, scores], how="horizontal").filter(pl.col("positive").is_not_null())


def not_below(score: str, other: str, frame: pl.DataFrame) -> None:
    """Demand that one measure ranks as well as another, on the estimate itself, without allowance."""
    scores, positive = rank_scores(frame), frame["positive"].to_numpy()
    found = evaluate_difference(scores[score].to_numpy(), scores[other].to_numpy(), positive)
    assert found.difference >= 0, f"{score} is below {other}: {found}"


@pytest.mark.parametrize("least", [1, 3])
@pytest.mark.parametrize("score", ["eb05", "ic025", "ebgm"])
def test_shrunken_measures_are_not_below_a_plain_prr(score: str, least: int) -> None:
    frame = pairs().filter(pl.col("n") >= least)
    not_below(score, "prr", frame)
    assert evaluate(rank_scores(frame)[score].to_numpy(), frame["positive"].to_numpy()).auc > 0.85


@pytest.mark.parametrize("least", [1, 3])
def test_the_demand_can_fail(least: int) -> None:
    """A lower bound that has lost its count, or its sign, does not pass."""
    frame = pairs().filter(pl.col("n") >= least)
    random = np.random.default_rng(0)
    for wrong in (-frame["eb05"], frame["eb05"].gather(random.permutation(frame.height))):
        with pytest.raises(AssertionError, match="eb05 is below prr"):
            not_below("eb05", "prr", frame.with_columns(eb05=wrong))
    with pytest.raises(AssertionError, match="prr is below eb05"):
        not_below("prr", "eb05", frame)


def test_head_of_the_list_is_signals() -> None:
    frame = pairs()
    for score, least in (("eb05", 0.99), ("ic025", 0.99), ("ebgm", 0.99)):
        first = frame.sort(score, descending=True).head(300)
        assert (first["ratio"] >= 2).mean() >= least  # type: ignore[operator]


def test_scores_and_rules_of_measured_pairs() -> None:
    frame = pairs()
    scores = rank_scores(frame)
    assert tuple(scores.columns) == SCORES
    assert scores.null_count().sum_horizontal().item() == 0
    undefined = frame["prr"].is_null()
    assert np.isneginf(scores["prr"].filter(undefined).to_numpy()).all()
    seldom = frame["n"] < frame["expected"]
    assert (scores["chi2"].filter(seldom) <= 0).all()
    rules = threshold_rules(frame)
    assert list(rules) == ["EB05 ≥ 2", "IC025 > 0", "PRR ≥ 2, chi² ≥ 4, n ≥ 3"]
    assert rules["EB05 ≥ 2"].equals(frame["eb05"] >= 2, check_names=False)
    without = frame.with_columns(pl.lit(None, pl.Float64).alias(name) for name in ("ebgm", "eb05"))
    assert list(threshold_rules(without)) == ["IC025 > 0", "PRR ≥ 2, chi² ≥ 4, n ≥ 3"]
    assert "eb05" not in rank_scores(without).columns
