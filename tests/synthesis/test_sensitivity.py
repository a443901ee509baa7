"""What must hold of refits in batches: leave-one-out, GOSH, permutation, multiverse, PET-PEESE."""

import math
from itertools import combinations, permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from glabella.synthesis import (
    cumulative,
    egger,
    gosh,
    influence,
    leave_one_out,
    multiverse,
    permutation_test,
    pet_peese,
    pool,
    pool_each,
    rank_test,
    trim_fill,
)

YI = np.array([0.1, 0.5, 0.9, 0.3, -0.2, 0.7])
VI = np.array([0.04, 0.05, 0.09, 0.02, 0.06, 0.1])


@given(st.integers(0, 5), st.sampled_from(["REML", "DL", "PM", "common"]))
def test_leaving_one_out_is_pooling_the_rest(place: int, method: Any) -> None:
    keep = np.arange(6) != place
    alone = pool(YI[keep], VI[keep], method=method)
    batch = leave_one_out(YI, VI, method=method)
    for name in ("estimate", "se", "ci_low", "tau2", "q_p", "pi_high"):
        assert getattr(batch, name)[place] == pytest.approx(getattr(alone, name), rel=1e-9, nan_ok=True)


def test_the_last_cumulative_fit_is_the_whole() -> None:
    found, whole = cumulative(YI, VI, order=[3, 1, 2, 6, 5, 4]), pool(YI, VI)
    assert found.k.tolist() == [1, 2, 3, 4, 5, 6]
    assert found.estimate[-1] == pytest.approx(whole.estimate)
    assert found.estimate[0] == pytest.approx(YI[1])
    with pytest.raises(ValueError, match=r"order has shape \(2,\), expected \(6,\)"):
        cumulative(YI, VI, order=[1, 2])


def test_gosh_holds_every_subset_once() -> None:
    found = gosh(YI, VI, method="REML")
    assert len(found.k) == len(set(found.subset.tolist())) == 2**6 - 1
    assert found.contains(2).sum() == 2**5
    places = {tuple(i for i in range(6) if subset >> i & 1): row
              for row, subset in enumerate(found.subset.tolist())}  # fmt: skip
    for size in (1, 3, 6):
        for chosen in combinations(range(6), size):
            row = places[chosen]
            some = list(chosen)
            if size == 1:
                assert found.estimate[row] == pytest.approx(YI[some[0]])
                continue
            fit = pool(YI[some], VI[some], test="z")
            assert found.estimate[row] == pytest.approx(fit.estimate)
            assert found.tau2[row] == pytest.approx(fit.tau2, rel=1e-6, abs=1e-10)
            assert found.i2[row] == pytest.approx(fit.i2, rel=1e-6, abs=1e-8)
            assert found.q[row] == pytest.approx(fit.q)


def test_gosh_draws_where_there_are_too_many() -> None:
    rng = np.random.default_rng(3)
    yi, vi = rng.normal(size=30), rng.uniform(0.05, 0.2, 30)
    with pytest.raises(ValueError, match="k is 30, expected at most 24"):
        gosh(yi, vi)
    found = gosh(yi, vi, subsets=500, seed=1)
    assert len(found.k) == 500
    assert gosh(yi, vi, subsets=500, seed=1).estimate == pytest.approx(found.estimate)


def test_all_permutations_are_counted_exactly() -> None:
    found = permutation_test(YI, VI, test="z")
    assert found.exact
    assert found.draws == 64
    observed = abs(pool(YI, VI, test="z").statistic)
    count = 0
    for bits in range(64):
        signs = np.array([1 if bits >> i & 1 else -1 for i in range(6)])
        count += abs(pool(signs * YI, VI, test="z").statistic) >= observed - 1e-9
    assert found.p_value[0] == pytest.approx(count / 64)


def test_drawn_permutations_come_near_the_exact_ones() -> None:
    x = np.array([1.0, 2.0, 4.0, 3.0, 0.0, 5.0])
    exact = permutation_test(YI, VI, mods=x, draws=720)
    assert exact.exact
    assert exact.draws == 720
    drawn = permutation_test(YI, VI, mods=x, draws=719, seed=4)
    assert not drawn.exact
    assert drawn.p_value[1] == pytest.approx(exact.p_value[1], abs=0.06)
    assert (drawn.p_value >= 1 / 720).all()


@given(st.floats(0.2, 5), st.floats(-2, 2))
def test_permutation_does_not_see_units(factor: float, shift: float) -> None:
    x = np.array([1.0, 2.0, 4.0, 3.0, 0.0, 5.0])
    one = permutation_test(YI, VI, mods=x, draws=720)
    two = permutation_test(YI * factor + shift, VI * factor**2, mods=x * 3, draws=720)
    assert two.p_value[1] == pytest.approx(one.p_value[1], abs=0.02)


def test_a_multiverse_is_each_analysis_alone() -> None:
    trials = {"all": [True] * 6, "small": [True, True, True, False, False, True]}
    week = {"any": [True] * 6, "late": [False, True, True, True, True, True]}
    found = multiverse(YI, VI, {"trials": trials, "week": week}, methods=["REML", "DL"], tests=["knha", "z"])
    assert len(found.k) == 16
    for row in range(16):
        keep = np.array(trials[found.choices["trials"][row]]) & np.array(week[found.choices["week"][row]])
        method: Any = found.choices["method"][row]
        test: Any = found.choices["test"][row]
        alone = pool(YI[keep], VI[keep], method=method, test=test)
        assert found.estimate[row] == pytest.approx(alone.estimate)
        assert found.ci_low[row] == pytest.approx(alone.ci_low)
    assert found.excluding == ((found.ci_low > 0) | (found.ci_high < 0)).sum()
    assert found.table().height == 16


def test_a_multiverse_counts_nothing_twice() -> None:
    same = {"one name": [True] * 6, "another name": [True] * 6}
    assert len(multiverse(YI, VI, {"choice": same}).k) == 1
    assert multiverse(YI, VI, {"choice": same}).repeated == 1
    found = multiverse(YI, VI, {"rows": {"all": [1] * 6, "five": [1, 1, 1, 1, 1, 0], "one": [1, 0, 0, 0, 0, 0]}},
                       study=["a", "b", "c", "d", "e", "a"])  # fmt: skip
    assert found.reason.tolist() == ["a study is counted twice", "", "fewer than two effects"]
    assert found.analysed == 1
    assert np.isnan(found.estimate[[0, 2]]).all()
    with pytest.raises(ValueError, match=r"choice 'x', option 'y': \(2,\) flags, expected \(6,\)"):
        multiverse(YI, VI, {"x": {"y": [True, False]}})


def test_combinations_that_come_to_the_same_are_one_under_all_their_names() -> None:
    keep = np.array([[1, 1, 1, 0, 0, 0], [0, 1, 1, 1, 0, 0], [1, 1, 1, 0, 0, 0], [1, 0, 0, 0, 0, 0]], dtype=bool)
    found = pool_each(YI, VI, keep, {"week": ["a", "b", "c", "a"]}, methods=["REML", "DL"])
    assert found.choices["week"] == ("a", "b", "a") * 2
    assert found.times.tolist() == [2, 1, 1] * 2
    assert found.repeated == 2
    assert {name: flags.tolist() for name, flags in found.options["week"].items()} == {
        "a": [True, False, True] * 2,
        "b": [False, True, False] * 2,
        "c": [True, False, False] * 2,
    }
    assert found.options["method"]["DL"].tolist() == [False] * 3 + [True] * 3
    assert found.estimate[1] == pytest.approx(pool(YI[1:4], VI[1:4]).estimate)
    with pytest.raises(ValueError, match="choice 'week' has 1 entries, expected 4"):
        pool_each(YI, VI, keep, {"week": ["a"]})
    with pytest.raises(ValueError, match="keep"):
        pool_each(YI, VI, keep[:, :2], {"week": ["a"] * 4})


def test_a_symmetric_funnel_is_left_alone() -> None:
    vi = np.array([0.01, 0.04, 0.04, 0.09, 0.09, 0.16, 0.16])
    yi = np.array([0.3, 0.1, 0.5, 0.0, 0.6, -0.1, 0.7])
    assert trim_fill(yi, vi).k0 == 0
    assert egger(yi, vi).statistic == pytest.approx(0, abs=1e-8)
    assert rank_test(yi, vi).tau == pytest.approx(0, abs=0.2)


def inversions(n: int) -> list[int]:
    """Count the orders of n things by how many pairs stand the wrong way round, adding one thing at a time."""
    ways = [1]
    for size in range(2, n + 1):
        whole = [0] * (len(ways) + size - 1)
        for swaps, count in enumerate(ways):
            for more in range(size):
                whole[swaps + more] += count
        ways = whole
    return ways


@pytest.mark.parametrize("k", [49, 50, 60])
def test_rank_test_is_exact_below_fifty_studies_and_wherever_asked(k: int) -> None:
    """The exact P value counts orders by inversions; the normal one has variance 2(2k + 5) / 9k(k - 1)."""
    random = np.random.default_rng(k)
    yi, vi = random.normal(size=k), random.uniform(0.1, 1, k)
    found = rank_test(yi, vi)
    ways, pairs = inversions(k), k * (k - 1) // 2
    # As many pairs stand the wrong way round, or the right way, as in the data or more.
    fewest = round(pairs * (1 - abs(found.tau)) / 2)
    exact = min(1.0, 2 * sum(ways[: fewest + 1]) / math.factorial(k))
    normal = 2 * norm.sf(abs(found.tau) / math.sqrt(2 * (2 * k + 5) / (9 * k * (k - 1))))
    assert rank_test(yi, vi, exact=True).p_value == pytest.approx(exact, rel=1e-9)
    assert rank_test(yi, vi, exact=False).p_value == pytest.approx(normal, rel=1e-9)
    assert found.p_value == pytest.approx(exact if k < 50 else normal, rel=1e-9)


def test_filled_studies_mirror_those_trimmed() -> None:
    vi = np.array([0.01, 0.02, 0.04, 0.09, 0.16, 0.2])
    yi = np.array([0.1, 0.15, 0.4, 0.7, 1.0, 1.1])
    found = trim_fill(yi, vi, method="common")
    assert found.k0 > 0
    assert found.side == "left"
    assert found.fit.k == 6 + found.k0
    assert found.fit.estimate < pool(yi, vi, method="common").estimate
    mirrored = trim_fill(-yi, vi, method="common")
    assert mirrored.side == "right"
    assert mirrored.fit.estimate == pytest.approx(-found.fit.estimate)


def test_pet_and_peese_find_the_line_they_are_given() -> None:
    vi = np.array([0.01, 0.02, 0.05, 0.1, 0.2, 0.3])
    on_se = pet_peese(0.4 + 2 * np.sqrt(vi) + np.array([1, -1, 1, -1, 1, -1]) * 1e-6, vi)
    assert on_se.pet.estimate == pytest.approx(0.4, abs=1e-4)
    assert on_se.chosen == "PEESE"
    on_variance = pet_peese(0.4 + 2 * vi + np.array([1, -1, 1, -1, 1, -1]) * 1e-6, vi)
    assert on_variance.estimate == pytest.approx(0.4, abs=1e-4)


def test_influence_knows_an_outlier() -> None:
    found = influence([0.1, 0.12, 0.09, 0.11, 2.0], [0.05] * 5)
    assert int(np.argmax(np.abs(found.rstudent))) == 4
    assert int(np.argmax(found.cook_d)) == 4
    assert found.hat.sum() == pytest.approx(1)
    assert found.weight.sum() == pytest.approx(100)
    assert found.table().height == 5


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: egger(YI, VI, predictor="ni"), "needs the studies' sizes: ni is missing"),
        (lambda: egger(YI, VI, predictor="xx"), "unknown predictor 'xx'"),  # type: ignore[arg-type]
        (lambda: egger(YI[:2], VI[:2]), "k is 2, expected 3 studies or more"),
        (lambda: egger(YI, np.full(6, 0.1), model="lm"), "predictor sei is the same for all studies"),
        (lambda: trim_fill(YI, VI, estimator="Q0"), "unknown estimator 'Q0'"),  # type: ignore[arg-type]
        (lambda: gosh(YI, VI, method="XX"), "unknown method 'XX'"),  # type: ignore[arg-type]
        (lambda: permutation_test(YI, VI, draws=0), "draws is 0, expected a whole number of 1 or more"),
        (lambda: leave_one_out([0.1, np.nan], VI[:2]), "yi is nan and vi 0.05 in row 2"),
    ],
)
def test_bad_input_is_named(call: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        call()


def test_summaries_read_as_analysts_know_them() -> None:
    assert "Knapp-Hartung" in str(pool(YI, VI))
    assert "Regression test for funnel-plot asymmetry" in str(egger(YI, VI))
    assert "Kendall's tau" in str(rank_test(YI, VI))
    assert "Studies missing on the" in str(trim_fill(YI, VI))
    assert "63 subsets" in str(gosh(YI, VI))
    assert "64 all permutations" in str(permutation_test(YI, VI))
    assert "chosen: " in str(pet_peese(YI, VI))


# --- trim and fill ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("estimator", ["L0", "R0"])
@pytest.mark.parametrize("method", ["common", "REML"])
def test_trim_and_fill_is_of_a_set_of_studies(estimator: Any, method: Any) -> None:
    """Effects with one decimal, so that ties abound: every order of the rows, and every origin, has one answer."""
    random = np.random.default_rng(4)

    def answer(y: Any, v: Any, side: Any, origin: float = 0.0) -> Any:
        try:
            fit = trim_fill(y + origin, v, estimator=estimator, method=method, test="z", side=side)
        except ValueError as error:
            return str(error)
        return fit.k0, fit.side, round(float(fit.fit.estimate) - origin, 8)

    for side in (None, "left", "right"):
        for _ in range(4):
            y, v = random.integers(-2, 4, 4) / 10, random.choice([0.01, 0.02, 0.05], 4)
            expected = answer(y, v, side)
            assert {answer(y[list(order)], v[list(order)], side) for order in permutations(range(4))} == {expected}
            assert {answer(y, v, side, origin) for origin in (0.1, 1.0, -7.3, 100.0)} == {expected}
        for _ in range(10):
            y, v = random.integers(-5, 9, 8) / 10, random.choice([0.01, 0.02, 0.05], 8)
            orders = [random.permutation(8) for _ in range(4)]
            assert len({answer(y[order], v[order], side) for order in [*orders, np.arange(8)]}) == 1


def test_trim_and_fill_with_ties_by_hand() -> None:
    """Weights 100, 100, 20, 20: the centre is (20 + 40 + 8 + 8) / 240 = 0.3167.

    0.2 is 0.1167 below it, rank 4, and the three of 0.4 are 0.0833 above, ranks 1 to 3 and 2 on average: L0 is
    (4 * 6 - 20) / 7 = 0.57, one. Without one of v 0.05 the centre is (20 + 40 + 8) / 220 = 0.3091, the ranks are
    the same, and one stays. Its mirror image is at 2 * 0.3091 - 0.4, and pooled are (68 + 8 + 20 * 0.2182) / 260.
    """
    y, v = np.array([0.2, 0.4, 0.4, 0.4]), np.array([0.01, 0.01, 0.05, 0.05])
    for order in permutations(range(4)):
        found = trim_fill(y[list(order)], v[list(order)], method="common", test="z", side="left")
        assert found.k0 == 1
        assert found.vi[-1] == 0.05
        assert found.fit.estimate == pytest.approx((68 + 8 + 20 * (2 * 68 / 220 - 0.4)) / 260)
    by_rows = {trim_fill(y[list(o)], v[list(o)], method="common", test="z", side="left", ties="first").k0
               for o in permutations(range(4))}  # fmt: skip
    assert by_rows == {1, 2}


def test_trim_and_fill_without_ties_is_the_same_either_way() -> None:
    y, v = [0.11, 0.23, 0.37, 0.58, 0.94, 0.41], [0.01, 0.02, 0.03, 0.05, 0.09, 0.02]
    one, other = (trim_fill(y, v, ties=ties) for ties in ("mean", "first"))
    assert one.k0 == other.k0
    assert one.yi.tolist() == other.yi.tolist()


def test_trim_and_fill_asks_for_a_side_where_none_can_be_found() -> None:
    with pytest.raises(ValueError, match=r"all variances are equal, .* expected side 'left' or 'right'"):
        trim_fill([0.1, 0.2, 0.8, 0.9], [0.1] * 4)
