"""R2 to R6: what published analyses found is found again, to within four standard errors of both sides."""

from __future__ import annotations

import numpy as np
import pytest

from glabella.decision.preferences import (
    DRAWS,
    Beta,
    Ranked,
    draw_outcomes,
    draw_weights,
    first_shares,
    hull,
    linear,
    piecewise,
    smaa,
)
from tests.decision.preferences import reference_cases as cases
from tests.decision.preferences.reference_cases import Floats, gaps

#: Standard errors that a result may be off by.
FOUR = 4.0
N = 10_000


def test_r2_the_network_of_antidepressants() -> None:
    reference = np.concatenate([np.ravel(x) for x in (cases.R2_RANKS, cases.R2_CENTRAL, cases.R2_CONFIDENCE)])

    def compute(seed: int) -> Floats:
        better = np.array(cases.R2_BETTER)
        values = linear(cases.r2_outcomes(N, seed), np.where(better, 0.0, 1.0), np.where(better, 1.0, 0.0))
        found = smaa(values, draw_weights(6, draws=N, seed=1000 + seed).draws)
        parts = (found.rank_acceptability, found.central_weights, found.confidence_factors)
        return np.concatenate([np.ravel(part) for part in parts])

    assert (gaps(compute, reference, ratio=N / cases.R2_DRAWS, rounding=0.00005) < FOUR).all()


def r3_values(seed: int) -> Floats:
    return linear(draw_outcomes(cases.R3_CELLS, draws=N, seed=seed), *np.transpose(cases.R3_RANGES))


def test_r3_one_trial_without_preferences_and_in_order() -> None:
    def free(seed: int) -> Floats:
        found = smaa(r3_values(seed), draw_weights(4, draws=N, seed=1000 + seed).draws)
        return np.concatenate([found.first, found.confidence_factors])

    def ordered(seed: int) -> Floats:
        weights = draw_weights(4, [Ranked(cases.R3_ORDER)], draws=N, seed=1000 + seed)
        return first_shares(r3_values(seed), weights.draws)

    ratio = N / cases.R3_DRAWS
    assert (gaps(free, cases.R3_FIRST + cases.R3_CONFIDENCE, ratio=ratio, rounding=0.0005) < FOUR).all()
    assert (gaps(ordered, cases.R3_FIRST_ORDERED, ratio=ratio, rounding=0.0005) < FOUR).all()


def test_r4_four_drugs_on_the_ranges_that_their_intervals_span() -> None:
    # Quantiles of 1.96 in place of those of draws, as the ranges are given and not estimated.
    z = 1.959963984540054
    ends = np.array([
        [(c.mean - z * c.sd, c.mean + z * c.sd) for c in column] for column in zip(*cases.R4_CELLS, strict=True)
    ])  # fmt: skip
    ends[0] = np.exp(ends[0])
    low, high = ends[:, :, 0].min(axis=1), ends[:, :, 1].max(axis=1)
    better = np.array(cases.R4_BETTER)
    worst, best = np.where(better, low, high), np.where(better, high, low)
    # Of a normal, the 2.5 % quantile of n draws has a standard error of √(0.025 · 0.975 / n) / 0.0584 of its sd.
    error = (
        np.sqrt(0.025 * 0.975 / DRAWS) / 0.0584 * np.max([[c.sd for c in row] for row in cases.R4_CELLS], axis=0)
    )
    error[0] *= ends[0].max()
    drawn_low, drawn_high = np.quantile(draw_outcomes(cases.R4_CELLS), [0.025, 0.975], axis=0)
    assert (np.abs(hull(drawn_low, drawn_high, better).T - [worst, best]) < FOUR * error).all()

    def compute(seed: int) -> Floats:
        values = linear(draw_outcomes(cases.R4_CELLS, draws=N, seed=seed), worst, best)
        found = smaa(values, draw_weights(6, draws=N, seed=1000 + seed).draws)
        return np.concatenate([found.first, found.confidence_factors])

    reference = cases.R4_FIRST + cases.R4_CONFIDENCE
    assert (gaps(compute, reference, ratio=N / cases.R4_DRAWS, rounding=0.0005) < FOUR).all()


def r5_worth(response: Floats, side_effect: Floats) -> Floats:
    values = piecewise(response, *cases.R5_BENEFIT), piecewise(side_effect, *cases.R5_HARM)
    return np.asarray(sum(w * v for w, v in zip(cases.R5_WEIGHTS, values, strict=True)))


def test_r5_the_values_by_hand_are_exact() -> None:
    found = r5_worth(np.array([0.60, 0.10]), np.array([0.10, 0.80]))
    # The first is printed to seven digits: 0.75 × 0.36 + 0.25 × (1 − 0.1/3) has these.
    assert found == pytest.approx([0.5116666666666667, 0.055], abs=1e-12)


def test_r5_a_drug_against_placebo() -> None:
    cells = [[Beta(31, 71), Beta(4, 98)], [Beta(61, 41), Beta(41, 61)]]

    def compute(seed: int) -> Floats:
        x = draw_outcomes(cells, draws=N, seed=seed)
        placebo, drug = r5_worth(x[:, :, 0], x[:, :, 1]).T
        said = [(w.mean(), *np.quantile(w, [0.025, 0.975])) for w in (drug, placebo, drug - placebo)]
        return np.array([*np.ravel(said), (drug > placebo).mean()])

    assert (gaps(compute, cases.R5_RESULTS, ratio=N / cases.R5_DRAWS, rounding=0.0005) < FOUR).all()


def test_r6_piecewise_values_are_exact() -> None:
    found = piecewise([50, 90, 100, 10, 40, 101, 120], [50, 75, 90, 100], [1, 0.8, 0.5, 0])
    assert found == pytest.approx([1, 0.5, 0, 1, 1, 0, 0], abs=1e-12)
