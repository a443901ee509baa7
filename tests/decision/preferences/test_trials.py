"""What knowing more is worth among options: closed forms, every table of data, integrals, and what must hold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from glabella.decision.preferences import (
    Beta,
    Distribution,
    Fixed,
    LogNormal,
    Normal,
    Perfect,
    Trials,
    arms_worth_trying,
    draw_outcomes,
    evpi,
    evpi_normal,
    evsi_normal,
    means,
    perfect_information,
    trial_information,
    trial_settles,
)

N = 400_000
Z = 1.959963984540054
Cells = Sequence[Sequence[Distribution]]


def perfect(cells: Cells, each: Sequence[float], draws: int = N, seed: int = 1) -> Perfect:
    per = np.array(each)
    return perfect_information(draw_outcomes(cells, draws=draws, seed=seed) * per, means(cells) * per)


def trials(cells: Cells, each: Sequence[float], sizes: Sequence[int], draws: int = N, seed: int = 1) -> Trials:
    x = draw_outcomes(cells, draws=draws, seed=seed)
    return trial_information(cells, x, each, range(len(cells)), sizes, draws=draws, seed=seed)


def near(share: float, draws: int = N) -> float:
    return 4 * math.sqrt(max(share * (1 - share), 1 / draws) / draws)


# --- two options whose chances are normal: unit normal losses ----------------------------------------------------


def test_a_normal_chance_against_a_known_one_is_the_closed_form() -> None:
    cells: Cells = [[Fixed(0.40)], [Normal(0.43, 0.06)]]
    found = perfect(cells, [1000])
    assert found.all == pytest.approx(evpi_normal(30, 60), abs=4 * found.error[-1, -1])
    assert found.value[1, 0] == pytest.approx(found.all)
    assert (found.value[0], found.now) == (pytest.approx([0, 0]), 1)
    assert found.stays == pytest.approx(stats.norm.cdf(0.5), abs=near(0.69))
    variance = 0.43 * 0.57 - 0.06**2
    sizes = (10, 100, 1000, 100_000)
    made = trials(cells, [1000], sizes)
    for n, value, error, settled in zip(sizes, made.value, made.error, made.settles, strict=True):
        assert value == pytest.approx(evsi_normal(30, 60, 1000 * math.sqrt(variance / n)), abs=4 * error + 1e-3)
        expected = trial_settles(0.43, 0.06, 0.40, n, variance=variance).settles
        assert settled == pytest.approx(expected, abs=near(expected) + 1e-4)


def test_two_normal_options_on_two_criteria_are_the_closed_form() -> None:
    cells = [[Normal(0.40, 0.05), Normal(0.2, 0.04)], [Normal(0.45, 0.07), Normal(0.25, 0.02)]]
    each = [1000.0, -600.0]
    sds = np.array([[50, 24], [70, 12.0]])
    mean = 50 - 30
    found = perfect(cells, each)
    assert found.all == pytest.approx(evpi_normal(mean, math.sqrt((sds**2).sum())), abs=4 * found.error[-1, -1])
    # One cell, one criterion, one option: the spread of what is known, and the mean of the rest.
    for option, criterion in product(range(2), range(2)):
        expected = evpi_normal(mean, sds[option, criterion])
        assert found.value[option, criterion] == pytest.approx(expected, abs=4 * found.error[option, criterion])
    for place in range(2):
        by_criterion = evpi_normal(mean, math.hypot(*sds[:, place]))
        by_option = evpi_normal(mean, math.hypot(*sds[place]))
        assert found.value[-1, place] == pytest.approx(by_criterion, abs=4 * found.error[-1, place])
        assert found.value[place, -1] == pytest.approx(by_option, abs=4 * found.error[place, -1])
    made = trials(cells, each, [50, 400])
    p, s = np.array([[0.40, 0.2], [0.45, 0.25]]), sds / np.abs(each)
    for n, value, error in zip(made.sizes, made.value, made.error, strict=True):
        learnt = sds**2 * s**2 / (s**2 + (p * (1 - p) - s**2) / n)
        assert value == pytest.approx(evpi_normal(mean, math.sqrt(learnt.sum())), abs=4 * error + 1e-3)


def test_a_normal_logarithm_is_the_closed_form() -> None:
    """What is gained beyond a known option is a call on a lognormal price (Black 1976)."""
    mean, sd, known = -1.2, 0.25, 0.33
    cells: Cells = [[Fixed(known)], [LogNormal(mean, sd)]]

    def call(spread: float) -> float:
        price = math.exp(mean + sd * sd / 2)
        d = (math.log(price / known) + spread**2 / 2) / spread
        return float(price * stats.norm.cdf(d) - known * stats.norm.cdf(d - spread)) - max(0.0, price - known)

    found = perfect(cells, [1000])
    assert found.all == pytest.approx(1000 * call(sd), abs=4 * found.error[-1, -1])
    variance = math.exp(-mean + sd * sd / 2) - 1
    made = trials(cells, [1000], [20, 200, 5000])
    for n, value, error in zip(made.sizes, made.value, made.error, strict=True):
        assert value == pytest.approx(
            1000 * call(sd * sd / math.hypot(sd, math.sqrt(variance / n))), abs=4 * error + 0.01
        )


# --- counts: every table that a small trial can give -------------------------------------------------------------


def tables(cells: Sequence[Beta], n: int) -> tuple[float, float]:
    """Give a trial's worth and its chance to settle it from every table of counts, of options on one criterion."""
    now = max(cell.events / (cell.events + cell.others) for cell in cells)
    worth = settled = 0.0
    chances = [stats.betabinom.pmf(np.arange(n + 1), n, cell.events, cell.others) for cell in cells]
    for counts in product(range(n + 1), repeat=len(cells)):
        chance = math.prod(float(one[y]) for one, y in zip(chances, counts, strict=True))
        worth += chance * max((cell.events + y) / (cell.events + cell.others + n)
                              for cell, y in zip(cells, counts, strict=True))  # fmt: skip
        own = [(y + 1) / (n + 2) for y in counts]
        spread = [p * (1 - p) / (n + 2) for p in own]
        first = max(range(len(own)), key=own.__getitem__)
        settled += chance * all(
            own[first] - own[other] > Z * math.sqrt(spread[first] + spread[other])
            for other in range(len(own)) if other != first
        )  # fmt: skip
    return worth - now, settled


@pytest.mark.parametrize(
    "cells", [[Beta(4, 8), Beta(3, 5)], [Beta(2, 30), Beta(1, 9)], [Beta(4, 8), Beta(3, 5), Beta(6, 11)]]
)
def test_counts_are_those_of_every_table(cells: list[Beta]) -> None:
    sizes = (1, 4, 12, 15)
    made = trials([[cell] for cell in cells], [1000], sizes)
    for n, value, error, settled in zip(sizes, made.value, made.error, made.settles, strict=True):
        worth, chance = tables(cells, n)
        assert value == pytest.approx(1000 * worth, abs=4 * error + 1e-9)
        assert settled == pytest.approx(chance, abs=near(chance))


def test_counts_of_two_criteria_are_those_of_every_table() -> None:
    cells, each, n = [[Beta(4, 8), Beta(2, 6)], [Beta(3, 5), Beta(3, 5)]], np.array([1000.0, -400.0]), 4
    flat = [cell for option in cells for cell in option]
    chances = [stats.betabinom.pmf(np.arange(n + 1), n, cell.events, cell.others) for cell in flat]
    expected = -float((means(cells) @ each).max())
    for counts in product(range(n + 1), repeat=4):
        chance = math.prod(float(one[y]) for one, y in zip(chances, counts, strict=True))
        later = [(cell.events + y) / (cell.events + cell.others + n) for cell, y in zip(flat, counts, strict=True)]
        expected += chance * float((np.reshape(later, (2, 2)) @ each).max())
    made = trials(cells, each.tolist(), (n,))
    assert made.value[0] == pytest.approx(expected, abs=4 * made.error[0])


def test_fewer_draws_of_data_tell_the_same_as_all() -> None:
    """The error that is given is that of the worth itself, over many seeds."""
    cells = [[Beta(12, 20)], [Beta(15, 19)], [Beta(10, 20)]]
    runs = [trial_information(cells, draw_outcomes(cells, draws=20_000, seed=seed), [1000], (0, 1, 2), (10, 80),
                              draws=4_000, seed=seed) for seed in range(60)]  # fmt: skip
    values = np.stack([run.value for run in runs])
    errors = np.stack([run.error for run in runs]).mean(axis=0)
    exact = trials(cells, [1000], (10, 80))
    assert (np.abs(values.mean(axis=0) - exact.value) < 4 * (errors / math.sqrt(60) + exact.error)).all()
    assert values.std(axis=0, ddof=1) == pytest.approx(errors, rel=0.4)


def test_parts_of_counts_are_integrals() -> None:
    cells = [[Beta(4, 8), Beta(3, 9)], [Beta(9, 11), Beta(8, 12)]]
    each = [1000.0, -500.0]
    found = perfect(cells, each)
    total = (means(cells) * each).sum(axis=1)
    for option, criterion in product(range(2), range(2)):
        cell = cells[option][criterion]
        density = stats.beta(cell.events, cell.others)
        rest = total[option] - each[criterion] * density.mean()
        worth, _ = integrate.quad(
            lambda p, d=density, r=rest, o=option, c=criterion: d.pdf(p) * max(r + each[c] * p, total[1 - o]), 0, 1
        )
        assert found.value[option, criterion] == pytest.approx(
            worth - total.max(), abs=4 * found.error[option, criterion] + 1e-6
        )
    # A criterion of both options, by a grid of midpoints of equal chance.
    at = (np.arange(1500) + 0.5) / 1500
    first, second = (stats.beta(cells[o][0].events, cells[o][0].others).ppf(at) for o in range(2))
    rest = total - means(cells)[:, 0] * each[0]
    both = np.maximum(rest[0] + each[0] * first[:, None], rest[1] + each[0] * second[None])
    assert found.value[-1, 0] == pytest.approx(both.mean() - total.max(), abs=4 * found.error[-1, 0] + 0.02)


# --- what must hold ----------------------------------------------------------------------------------------------


@st.composite
def problems(draw: st.DrawFn) -> tuple[list[list[Distribution]], list[float]]:
    criteria = draw(st.integers(1, 3))
    one = st.one_of(
        st.builds(Beta, st.floats(0.5, 40), st.floats(0.5, 40)),
        st.builds(Normal, st.floats(0.1, 0.9), st.floats(0.0, 0.1)),
        st.builds(LogNormal, st.floats(-3.0, -0.5), st.floats(0.0, 0.4)),
        st.builds(Fixed, st.floats(0.0, 1.0)),
    )
    options = st.lists(st.lists(one, min_size=criteria, max_size=criteria), min_size=2, max_size=4)
    return draw(options), draw(st.lists(st.floats(-1000, 1000), min_size=criteria, max_size=criteria))


@settings(max_examples=25, deadline=None)
@given(problems())
def test_a_trial_is_worth_less_than_knowing_and_more_with_more_people(
    problem: tuple[list[list[Distribution]], list[float]],
) -> None:
    cells, each = problem
    draws = 20_000
    found = perfect(cells, each, draws)
    made = trials(cells, each, (5, 50, 500, 50_000), draws)
    # What no draw showed has an error of nothing by its own reckoning, and still up to three chances in all draws.
    unseen = 3 / draws * float(np.abs(each).sum())
    slack = 1e-6 + unseen + 6 * float(np.maximum(found.error.max(), made.error.max()))
    assert (found.value >= 0).all()
    assert (found.value <= found.all + slack).all()
    assert (found.value[:-1, :-1] <= found.value[:-1, -1:] + slack).all()
    assert (found.value[:-1, :-1] <= found.value[-1:, :-1] + slack).all()
    assert (made.value >= 0).all()
    assert (np.diff(made.value) >= -slack).all()
    assert (made.value <= found.all + slack).all()
    # Each of so many people leaves nothing to be known.
    assert made.value[-1] == pytest.approx(found.all, rel=0.25, abs=slack + 0.5)
    x = draw_outcomes(cells, draws=draws) * np.array(each)
    assert found.all == pytest.approx(evpi(x.sum(axis=2)), abs=slack)


@settings(max_examples=15, deadline=None)
@given(problems(), st.floats(0.01, 100))
def test_a_unit_of_another_size_changes_nothing_else(
    problem: tuple[list[list[Distribution]], list[float]], times: float
) -> None:
    cells, each = problem
    one, other = perfect(cells, each, 2000), perfect(cells, [times * k for k in each], 2000)
    assert other.value == pytest.approx(times * one.value, rel=1e-9, abs=1e-7 * times)


def test_nothing_is_gained_where_one_option_always_wins() -> None:
    cells: Cells = [[Beta(900, 100), Fixed(0.0)], [Beta(100, 900), Fixed(0.0)], [Fixed(0.2), Normal(0.5, 0.01)]]
    found = perfect(cells, [1000, -100], 100_000)
    assert not found.value.any()
    assert not found.error.any()
    assert (found.now, found.stays) == (0, 1.0)
    made = trials(cells, [1000, -100], (20, 2000), 20_000)
    assert made.value.tolist() == made.error.tolist() == [0, 0]
    assert made.settles[1] > 0.99


def test_the_order_of_options_moves_nothing_but_the_draws() -> None:
    cells = [[Beta(38, 65)], [Beta(46, 56)], [Beta(52, 46)]]
    one, other = perfect(cells, [1000]), perfect(cells[::-1], [1000])
    assert (one.now, other.now) == (2, 0)
    assert one.value[:-1, 0] == pytest.approx(other.value[-2::-1, 0], abs=8 * one.error.max())
    assert one.all == pytest.approx(other.all, abs=8 * one.error.max())


def test_a_trial_is_of_the_options_that_it_pays_to_know() -> None:
    each = [1000.0]

    def arms(*cells: Distribution) -> tuple[int, ...]:
        x = draw_outcomes([[cell] for cell in cells]) * each
        return arms_worth_trying(x, means([[cell] for cell in cells]) * each)

    # The first is far behind, the second and third vie.
    assert arms(Beta(10, 90), Beta(45, 55), Beta(47, 53)) == (1, 2)
    assert arms(Beta(45, 55), Beta(46, 54), Beta(47, 53)) == (0, 1, 2)
    assert arms(Beta(46, 54), Beta(45, 55)) == (0, 1)
    # Nothing to be gained: two groups all the same.
    assert len(arms(Beta(900, 100), Beta(10, 990), Beta(10, 990))) == 2


def test_what_was_known_without_doubt_is_not_learnt() -> None:
    cells: Cells = [[Fixed(0.3), Beta(5, 45)], [Fixed(0.5), Beta(20, 30)]]
    found = perfect(cells, [1000, -700])
    assert not found.value[:, 0].any()
    assert found.value[-1, 1] == pytest.approx(found.all)


def test_draws_are_the_same_again_and_are_not_the_outcomes_own() -> None:
    cells = [[Beta(38, 65)], [Beta(46, 56)]]
    one, again = (trials(cells, [1000], (50, 500), 10_000) for _ in range(2))
    assert one.value.tolist() == again.value.tolist()
    assert one.settles.tolist() == again.settles.tolist()


@pytest.mark.parametrize(("arms", "sizes"), [((0, 1), (50, 20)), ((0, 1), (0, 20)), ((0,), (20,))])
def test_trials_that_cannot_be(arms: tuple[int, ...], sizes: tuple[int, ...]) -> None:
    cells = [[Beta(1, 1)], [Beta(1, 1)]]
    with pytest.raises(ValueError, match="expected rising sizes from 1, and several groups"):
        trial_information(cells, draw_outcomes(cells, draws=10), [1], arms, sizes)


def test_chances_that_are_hardly_any_stay_numbers() -> None:
    cells: Cells = [[LogNormal(-800.0, 2.0)], [LogNormal(-9.0, 3.0)], [Normal(0.0, 0.0)]]
    made = trials(cells, [1000], (20, 10_000), 4000)
    assert np.isfinite(made.value).all()
    assert np.isfinite(made.error).all()
