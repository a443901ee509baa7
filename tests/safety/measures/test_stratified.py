"""Mantel-Haenszel over strata: statsmodels' numbers, our own pooling of trials, and what must hold of any data."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray
from statsmodels.stats.contingency_tables import StratifiedTable

from glabella.safety.measures import _stratified
from glabella.safety.measures._stratified import mantel_haenszel, stratified_expected
from glabella.synthesis import pool_mh

Cells = NDArray[np.int64]
RELATIVE = 1e-10


def tables(least: int) -> st.SearchStrategy[Cells]:
    """Draw the cells a, b, c, d of two to six strata."""
    cell = st.integers(least, 300)
    return st.lists(st.tuples(cell, cell, cell, cell), min_size=2, max_size=6).map(lambda rows: np.array(rows).T)


@given(tables(1))
def test_statsmodels_agrees(cells: Cells) -> None:
    found = mantel_haenszel(*cells)
    reference = StratifiedTable(cells.reshape(2, 2, -1).astype(float))
    assert found.ror == pytest.approx(reference.oddsratio_pooled, rel=RELATIVE)
    assert found.ror_se == pytest.approx(reference.logodds_pooled_se, rel=RELATIVE)
    assert (found.ror_low, found.ror_high) == pytest.approx(reference.oddsratio_pooled_confint(), rel=RELATIVE)
    assert found.prr == pytest.approx(reference.riskratio_pooled, rel=RELATIVE)
    # Near a ratio of 1 statsmodels solves its quadratic by a difference that cancels, and at 1 not at all.
    assume(abs(found.ror - 1) > 0.01)
    for ours, adjust in (("breslow_day", False), ("tarone", True)):
        theirs = reference.test_equal_odds(adjust=adjust)
        assert getattr(found, ours) == pytest.approx(theirs.statistic, rel=1e-8, abs=1e-8)
        assert getattr(found, f"{ours}_p") == pytest.approx(theirs.pvalue, rel=1e-8, abs=1e-12)


@given(tables(0))
def test_our_pooling_of_trials_agrees(cells: Cells) -> None:
    a, b, c, d = cells
    assume(((a + b > 0) & (c + d > 0)).all() and (a * d).sum() > 0 and (b * c).sum() > 0)
    found = mantel_haenszel(a, b, c, d)
    for measure, name in (("OR", "ror"), ("RR", "prr")):
        reference = pool_mh(measure, ai=a, bi=b, ci=c, di=d)  # type: ignore[arg-type]
        assert getattr(found, name) == pytest.approx(np.exp(reference.estimate), rel=RELATIVE)
        assert getattr(found, f"{name}_se") == pytest.approx(reference.se, rel=RELATIVE)
        assert getattr(found, f"{name}_low") == pytest.approx(np.exp(reference.ci_low), rel=RELATIVE)
        if measure == "OR" and found.strata > 1:
            assert found.breslow_day == pytest.approx(reference.breslow_day, rel=1e-8, abs=1e-8)
            assert found.tarone_p == pytest.approx(reference.tarone_p, rel=1e-8, abs=1e-8)


@given(tables(0), st.randoms(use_true_random=False))
def test_order_of_strata_and_empty_ones_change_nothing(cells: Cells, random: Any) -> None:
    order = list(range(cells.shape[1]))
    random.shuffle(order)
    mixed = np.concatenate([cells[:, order], np.zeros((4, 2), dtype=int)], axis=1)
    one, two = mantel_haenszel(*cells), mantel_haenszel(*mixed)
    for name in ("ror", "ror_low", "prr", "prr_high", "crude_ror", "breslow_day", "tarone_p"):
        np.testing.assert_allclose(getattr(two, name), getattr(one, name), rtol=1e-8, atol=1e-8)
    assert (one.strata, one.left_out, one.reports_left_out) == (two.strata, two.left_out, two.reports_left_out)


@given(tables(1))
def test_exchanging_drug_and_others_inverts_the_ratios(cells: Cells) -> None:
    a, b, c, d = cells
    one, two = mantel_haenszel(a, b, c, d), mantel_haenszel(c, d, a, b)
    assert one.ror * two.ror == pytest.approx(1)
    assert one.prr * two.prr == pytest.approx(1)
    assert one.ror_low * two.ror_high == pytest.approx(1)
    assert one.tarone == pytest.approx(float(two.tarone), rel=1e-7, abs=1e-7)


@given(tables(1), st.integers(2, 50))
def test_more_of_the_same_reports_change_no_ratio_and_shrink_the_error(cells: Cells, times: int) -> None:
    one, two = mantel_haenszel(*cells), mantel_haenszel(*(cells * times))
    assert two.ror == pytest.approx(float(one.ror))
    assert two.ror_se == pytest.approx(float(one.ror_se) / np.sqrt(times))
    assert two.prr_se == pytest.approx(float(one.prr_se) / np.sqrt(times))


@given(tables(1))
def test_one_stratum_is_the_crude_table(cells: Cells) -> None:
    found = mantel_haenszel(*cells[:, :1])
    assert found.ror == pytest.approx(float(found.crude_ror))
    assert (found.ror_low, found.prr_high) == pytest.approx(
        (float(found.crude_ror_low), float(found.crude_prr_high))
    )
    assert np.isnan(found.breslow_day)


def test_equal_odds_ratios_are_not_told_apart() -> None:
    found = mantel_haenszel([10, 200], [20, 40], [30, 300], [180, 180])
    assert found.ror == pytest.approx(3)
    assert found.breslow_day == pytest.approx(0, abs=1e-9)
    assert found.breslow_day_p == pytest.approx(1)


def test_strata_without_information_are_counted_not_dropped_in_silence() -> None:
    found = mantel_haenszel([9, 4, 0, 3, 0], [6, 16, 0, 5, 8], [2, 1, 7, 0, 0], [13, 19, 5, 0, 4])
    assert (int(found.strata), int(found.left_out), float(found.reports_left_out)) == (2, 3, 32)
    assert found.ror == pytest.approx(float(mantel_haenszel([9, 4], [6, 16], [2, 1], [13, 19]).ror))


def test_ratios_without_a_denominator_are_infinite_and_those_without_both_are_empty() -> None:
    found = mantel_haenszel([[3, 4], [0, 0], [0, 0]], [[1, 2], [5, 6], [0, 0]], [[0, 0], [3, 1], [2, 2]], 9)
    assert np.isinf([found.ror[0], found.prr[0], found.crude_ror[0], found.crude_prr[0]]).all()
    assert np.isnan([found.ror[2], found.prr[2]]).all()
    assert (found.ror[1], found.prr[1], found.crude_prr[1]) == (0, 0, 0)
    assert np.isnan(found.ror_low).all()
    assert np.isnan(found.tarone_p).all()


def test_blocks_leave_no_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = np.random.default_rng(1).integers(0, 30, size=(4, 5, 7, 3))
    whole = mantel_haenszel(*cells)
    monkeypatch.setattr(_stratified, "BLOCK", 12)
    parts = mantel_haenszel(*cells)
    assert whole.ror.shape == (5, 7)
    np.testing.assert_array_equal(whole.ror, parts.ror)
    np.testing.assert_array_equal(whole.tarone_p, parts.tarone_p)
    assert whole.table().height == 35
    np.testing.assert_array_equal(whole.ror[2, 3], mantel_haenszel(*cells[:, 2, 3]).ror)


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(50, 500)), min_size=1, max_size=8),
    st.integers(1, 9),
)
def test_expected_counts_add_up_and_scale(rows: list[tuple[int, int, int]], times: int) -> None:
    drug, event, total = np.array(rows).T
    whole = stratified_expected(drug, event, total)
    assert whole == pytest.approx(sum(float(stratified_expected([d], [e], [t])) for d, e, t in rows))
    assert stratified_expected(drug * times, event * times, total * times) == pytest.approx(float(whole) * times)
    assert stratified_expected([*drug, 0], [*event, 0], [*total, 0]) == pytest.approx(float(whole))


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match=r"b\[1\] is -1, expected a finite number, 0 or more"):
        mantel_haenszel([1, 1], [1, -1], [1, 1], [1, 1])
    with pytest.raises(ValueError, match="expected a last axis of strata"):
        mantel_haenszel(1, 1, 1, 1)
    with pytest.raises(ValueError, match="expected arrays that broadcast to one shape"):
        mantel_haenszel([1, 2], [1, 2, 3], 1, 1)
    with pytest.raises(ValueError, match=r"n_drug\[1\] is 30, expected at most n_total"):
        stratified_expected([1, 30], [1, 1], [20, 20])
