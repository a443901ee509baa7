"""What holds of any comparison, whatever its numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glabella.decision.preferences import (
    First,
    Ranked,
    acceptability,
    draw_weights,
    evpi,
    evpi_normal,
    evsi_normal,
    first_shares,
    hull,
    linear,
    net_benefit,
    smaa,
    trial_settles,
)

DRAWS = 200
seeds = st.integers(0, 2**31)
sizes = st.tuples(st.integers(2, 5), st.integers(1, 5))
few = settings(max_examples=60, deadline=None)


def made(seed: int, options: int, criteria: int, *, ties: bool = False) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    values = random.random((DRAWS, options, criteria))
    if ties:
        values = np.round(values * 2) / 2
    return values, draw_weights(criteria, draws=DRAWS, seed=seed).draws


@few
@given(seeds, sizes, st.booleans())
def test_shares_sum_to_one(seed: int, size: tuple[int, int], ties: bool) -> None:
    found = smaa(*made(seed, *size, ties=ties))
    assert found.rank_acceptability.sum(axis=0) == pytest.approx(1)
    assert found.rank_acceptability.sum(axis=1) == pytest.approx(1)
    some = found.first > 0
    assert found.central_weights[some].sum(axis=1) == pytest.approx(1)
    assert (np.isnan(found.confidence_factors) == ~some).all()
    assert (found.pairwise + found.pairwise.T <= 1 + 1e-12).all()
    assert 0 <= found.entropy <= np.log2(size[0]) + 1e-12


@few
@given(seeds, sizes)
def test_shares_are_those_of_counting_one_draw_after_the_other(seed: int, size: tuple[int, int]) -> None:
    values, weights = made(seed, *size)
    options = size[0]
    ranks, wins = np.zeros((options, options)), np.zeros((options, options))
    leaders: list[list[np.ndarray]] = [[] for _ in range(options)]
    for value, weight in zip(values, weights, strict=True):
        worth = [float(sum(a * b for a, b in zip(row, weight, strict=True))) for row in value]
        order = sorted(range(options), key=lambda option: -worth[option])
        leaders[order[0]].append(weight)
        for rank, option in enumerate(order):
            ranks[option, rank] += 1
            for other in order[rank + 1 :]:
                wins[option, other] += 1
    found = smaa(values, weights)
    assert found.rank_acceptability == pytest.approx(ranks / DRAWS)
    assert found.pairwise == pytest.approx(wins / DRAWS)
    assert first_shares(values, weights) == pytest.approx(found.first)
    for option in range(options):
        if leaders[option]:
            central = np.mean(leaders[option], axis=0)
            assert found.central_weights[option] == pytest.approx(central)
            assert found.confidence_factors[option] == np.mean((values @ central).argmax(axis=1) == option)


@few
@given(seeds, sizes)
def test_an_option_that_another_dominates_is_never_first(seed: int, size: tuple[int, int]) -> None:
    values, weights = made(seed, *size)
    values[:, -1] = values[:, 0] - 0.01
    found = smaa(values, weights)
    assert found.first[-1] == 0
    assert found.pairwise[-1, 0] == 0


@few
@given(seeds, sizes, st.floats(0, 1))
def test_more_harm_never_raises_an_option(seed: int, size: tuple[int, int], more: float) -> None:
    values, weights = made(seed, *size)
    before = first_shares(values, weights)[0]
    values[:, 0, -1] -= more
    assert first_shares(values, weights)[0] <= before


@few
@given(seeds, sizes, st.floats(0.1, 10))
def test_a_range_that_grows_with_its_weight_changes_nothing(seed: int, size: tuple[int, int], times: float) -> None:
    outcomes, weights = made(seed, *size)
    worst, best = np.zeros(size[1]), np.ones(size[1])
    found = smaa(linear(outcomes, worst, best), weights)
    wider, heavier = best.copy(), weights.copy()
    wider[0], heavier[:, 0] = times, times * weights[:, 0]
    heavier /= heavier.sum(axis=1, keepdims=True)
    again = smaa(linear(outcomes, worst, wider), heavier)
    assert again.rank_acceptability == pytest.approx(found.rank_acceptability)
    assert again.pairwise == pytest.approx(found.pairwise)


@few
@given(seeds, sizes)
def test_the_order_of_options_is_irrelevant(seed: int, size: tuple[int, int]) -> None:
    values, weights = made(seed, *size)
    order = np.random.default_rng(seed).permutation(size[0])
    found, again = smaa(values, weights), smaa(values[:, order], weights)
    assert again.rank_acceptability == pytest.approx(found.rank_acceptability[order])
    assert again.confidence_factors == pytest.approx(found.confidence_factors[order], nan_ok=True)
    assert again.entropy == pytest.approx(found.entropy)


@few
@given(seeds, st.integers(2, 6), st.data())
def test_weights_agree_with_what_was_said(seed: int, criteria: int, data: st.DataObject) -> None:
    order = tuple(data.draw(st.permutations(range(criteria))))
    named = order[: data.draw(st.integers(2, criteria))]
    ranked = draw_weights(criteria, [Ranked(named)], draws=DRAWS, seed=seed).draws
    assert (np.diff(ranked[:, list(named)], axis=1) <= 0).all()
    first = draw_weights(criteria, [First(order[0])], draws=DRAWS, seed=seed).draws
    assert (first[:, order[0]] == first.max(axis=1)).all()
    for draws in (ranked, first):
        assert draws.sum(axis=1) == pytest.approx(1)
        assert (draws >= 0).all()
    # Nothing but places was changed.
    flat = draw_weights(criteria, draws=DRAWS, seed=seed).draws
    assert np.sort(first, axis=1) == pytest.approx(np.sort(flat, axis=1))


@few
@given(st.floats(-500, 500), st.floats(0, 300), st.floats(0.01, 300), st.floats(1.01, 10))
def test_a_trial_is_worth_less_than_certainty_and_more_with_more_people(
    mean: float, sd: float, error: float, more: float
) -> None:
    perfect = evpi_normal(mean, sd)
    small, large = evsi_normal(mean, sd, error * more), evsi_normal(mean, sd, error)
    assert -1e-12 <= small <= large + 1e-12 <= perfect + 2e-12
    assert evpi_normal(mean, 0.0) == 0 == evsi_normal(mean, 0.0, error)


@few
@given(st.floats(-2, 2), st.floats(0, 2), st.integers(1, 5000))
def test_more_people_settle_it_more_probably(mean: float, sd: float, n: int) -> None:
    found, more = trial_settles(mean, sd, 0.24, n), trial_settles(mean, sd, 0.24, n + 1)
    assert 0 <= found.settles <= 1
    assert more.settles >= found.settles - 1e-12


@few
@given(seeds)
def test_swapped_arms_flip_signs(seed: int) -> None:
    random = np.random.default_rng(seed)
    x, importance = random.random((DRAWS, 2, 3)), random.random(3)
    found, swapped = (net_benefit(x, control, importance, [True, False, False]) for control in (0, 1))
    assert found.per_draw[:, 1] == pytest.approx(-swapped.per_draw[:, 0])
    assert (found.low[1], found.high[1]) == pytest.approx((-swapped.high[0], -swapped.low[0]))
    assert found.parts.sum(axis=1) == pytest.approx(found.mean)
    assert evpi(found.per_draw) == pytest.approx(evpi(swapped.per_draw))


@few
@given(seeds, st.floats(0.01, 10))
def test_acceptability_rises_with_what_is_borne_where_there_is_benefit(seed: int, slope: float) -> None:
    random = np.random.default_rng(seed)
    benefit, harm = random.random(DRAWS), random.normal(size=DRAWS)
    low, high = acceptability(benefit, harm, [slope, 2 * slope])
    assert low <= high
    assert acceptability(benefit, harm, [slope]) == acceptability(7 * benefit, 7 * harm, [slope])


@few
@given(seeds, sizes)
def test_the_hull_holds_every_interval(seed: int, size: tuple[int, int]) -> None:
    low, high = np.sort(np.random.default_rng(seed).random((2, *size)), axis=0)
    better = np.random.default_rng(seed).random(size[1]) < 0.5
    ends = hull(low, high, better)
    assert ((ends[:, 0] < ends[:, 1]) == better).all()
    assert (ends.min(axis=1) == low.min(axis=0)).all()
    assert (ends.max(axis=1) == high.max(axis=0)).all()
