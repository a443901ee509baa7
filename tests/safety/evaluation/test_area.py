"""Areas under the ROC curve against brute force, another program, and what must hold."""

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from glabella.safety.evaluation import evaluate, evaluate_difference, evaluate_rule

#: Few distinct values, so that ties are the rule.
SAMPLES = st.lists(st.tuples(st.integers(-3, 3), st.booleans()), min_size=4, max_size=60).filter(
    lambda rows: 2 <= sum(truth for _, truth in rows) <= len(rows) - 2
)


def columns(rows: list[tuple[int, bool]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([score for score, _ in rows], float), np.array([truth for _, truth in rows])


def psi(score: np.ndarray, positive: np.ndarray) -> np.ndarray:
    """DeLong's kernel, positives by negatives, written out."""
    above, below = score[positive][:, None], score[~positive][None, :]
    return np.asarray((above > below) + 0.5 * (above == below))


@settings(max_examples=50)
@given(SAMPLES)
def test_area_is_that_of_scikit_learn_and_se_that_of_the_written_out_formula(rows: list[tuple[int, bool]]) -> None:
    score, positive = columns(rows)
    area, kernel = evaluate(score, positive), psi(score, positive)
    assert area.auc == pytest.approx(roc_auc_score(positive, score), abs=1e-12)
    by_positive, by_negative = kernel.mean(axis=1), kernel.mean(axis=0)
    variance = by_positive.var(ddof=1) / len(by_positive) + by_negative.var(ddof=1) / len(by_negative)
    assert area.se == pytest.approx(np.sqrt(variance), abs=1e-9)
    assert 0 <= area.low <= area.auc <= area.high <= 1
    assert (area.positives, area.negatives) == kernel.shape


@settings(max_examples=50)
@given(SAMPLES)
def test_only_the_order_counts_and_turning_it_round_mirrors_the_area(rows: list[tuple[int, bool]]) -> None:
    score, positive = columns(rows)
    area = evaluate(score, positive)
    assert evaluate(np.exp(score), positive) == area
    turned = evaluate(-score, positive)
    assert turned.auc == pytest.approx(1 - area.auc, abs=1e-12)
    assert turned.se == pytest.approx(area.se, abs=1e-9)


@settings(max_examples=50)
@given(SAMPLES, st.randoms(use_true_random=False))
def test_difference_is_that_of_the_areas_with_the_covariance_written_out(
    rows: list[tuple[int, bool]], random: Random
) -> None:
    score, positive = columns(rows)
    other = np.array([random.choice([-1, 0, 1, 2]) for _ in score], float)
    found = evaluate_difference(score, other, positive)
    assert found.difference == pytest.approx(
        evaluate(score, positive).auc - evaluate(other, positive).auc, abs=1e-12
    )
    one, two = psi(score, positive), psi(other, positive)
    by_positive = np.cov(one.mean(axis=1), two.mean(axis=1)) / one.shape[0]
    by_negative = np.cov(one.mean(axis=0), two.mean(axis=0)) / one.shape[1]
    covariance = by_positive + by_negative
    wanted = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    assert found.se**2 == pytest.approx(wanted, abs=1e-9)


def test_the_interval_covers_what_it_should() -> None:
    """Two normals one standard deviation apart: the area is Φ(1/√2) = 0.7602."""
    random = np.random.default_rng(5)
    positive = np.arange(150) < 60
    covered = []
    for _ in range(1500):
        area = evaluate(random.standard_normal(150) + positive, positive)
        covered.append(area.low <= 0.7602499 <= area.high)
    # 95 % less what a normal interval loses at this size; the simulation error is half a point.
    assert 0.935 <= np.mean(covered) <= 0.965


def test_infinite_scores_rank_at_the_ends() -> None:
    assert evaluate([np.inf, 1, 0, -np.inf], [True, True, False, False]).auc == 1
    assert evaluate([-np.inf, -np.inf, -np.inf, -np.inf], [1, 1, 0, 0]).auc == 0.5


@pytest.mark.parametrize(
    ("score", "positive", "words"),
    [
        ([1.0, np.nan, 2, 3], [1, 1, 0, 0], "score, row 1: missing"),
        ([1.0, 2, 3], [1, 1, 0, 0], "expected one for each of the 4 pairs"),
        ([1.0, 2, 3, 4], [1, 2, 0, 0], "positive, row 1: 2, expected true or false"),
        ([1.0, 2, 3, 4], [1, 0, 0, 0], "1 positive pairs, expected two or more"),
        ([1.0, 2, 3, 4], [1, 1, 1, 0], "1 negative pairs, expected two or more"),
        ([[1.0, 2]], [[1, 0]], "2 dimensions"),
    ],
)
def test_what_cannot_be_evaluated_is_refused(score: list[float], positive: list[int], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        evaluate(score, positive)


def test_rule_counts_and_wilson_limits() -> None:
    flagged = [True] * 8 + [False] * 2 + [True] + [False] * 9
    quality = evaluate_rule(flagged, [True] * 10 + [False] * 10)
    assert (quality.found, quality.positives, quality.spared, quality.negatives) == (8, 10, 9, 10)
    # Wilson's limits are where the score test of the share is just at 5 %.
    for limit in (quality.sensitivity_low, quality.sensitivity_high):
        assert limit is not None
        assert abs(0.8 - limit) / np.sqrt(limit * (1 - limit) / 10) == pytest.approx(1.959964, abs=1e-6)
    assert quality.specificity == 0.9


def test_rule_without_positive_pairs_has_no_sensitivity() -> None:
    quality = evaluate_rule([True, False], [False, False])
    assert (quality.sensitivity, quality.sensitivity_low) == (None, None)
    assert quality.specificity == 0.5
    with pytest.raises(ValueError, match="flagged: 1 pairs, expected 2"):
        evaluate_rule([True], [False, False])
