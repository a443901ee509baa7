"""PRR, ROR, chi-squared, RRR and IC: printed figures, PhViD's every pair, and what must hold of any table."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glabella.safety.measures import (
    disproportionality,
    ema,
    evans,
    exact_ror,
    from_cells,
    reporting_odds_ratio,
)
from tests.safety.measures.reference import agrees_with_phvid, caers_pairs, made_up

RATIOS = ["prr", "prr_low", "prr_high", "ror", "ror_low", "ror_high"]

#: Botulinum toxin in the primary-suspect reports of 2022Q3: n, the event without it, ROR with limits.
BOTULINUM = {
    "Depression": (1, 3_581, "0.287", "0.040", "2.051"),
    "Anxiety": (4, 6_342, "0.650", "0.242", "1.750"),
    "Death": (26, 15_951, "1.798", "1.192", "2.714"),
    "Headache": (33, 13_727, "2.790", "1.922", "4.049"),
    "Dysphagia": (9, 1_743, "5.579", "2.856", "10.898"),
    "Diplopia": (7, 463, "16.268", "7.614", "34.755"),
    "Migraine": (12, 2_156, "6.094", "3.397", "10.933"),
}


@st.composite
def tables(draw: st.DrawFn, least: int = 0) -> tuple[int, int, int, int]:
    """One table of counts a, b, c, d."""
    sizes = st.one_of(st.integers(least, 20), st.integers(least, 2_000_000))
    a, b, c, d = (draw(sizes) for _ in range(4))
    return a, b, c, d


def measured(table: tuple[int, int, int, int], **how: Any) -> dict[str, Any]:
    a, b, c, d = table
    return disproportionality(a, a + b, a + c, a + b + c + d, **how).row(0, named=True)


@pytest.mark.parametrize("event", BOTULINUM)
def test_botulinum_toxin_in_a_real_quarter(event: str) -> None:
    n, others, *printed = BOTULINUM[event]
    one = disproportionality(n, 207, n + others, 215_867).row(0, named=True)
    assert [f"{one[name]:.3f}" for name in ("ror", "ror_low", "ror_high")] == printed
    if event == "Depression":
        assert (f"{one['ic']:.2f}", f"{one['ic025']:.2f}") == ("-1.39", "-5.17")


def test_every_pair_of_phvid() -> None:
    pairs = made_up()
    ours = disproportionality(pairs["n"], pairs["n_drug"], pairs["n_event"], pairs["n_total"])
    # PhViD has no figure where a cell is empty, either.
    agrees_with_phvid("log_prr_low", ours["prr_low"].log(), 1e-12)
    agrees_with_phvid("log_ror_low", ours["ror_low"].log(), 1e-12)


def test_bayesian_neural_network_of_phvid_is_another_measure() -> None:
    """PhViD's BCPNN shrinks by a normal approximation with both margins uncertain: not IC as Norén defines it."""
    from scipy.special import digamma, polygamma
    from scipy.stats import norm

    pairs = made_up()
    n, drug, event, total = (pairs[name].to_numpy().astype(float) for name in ("n", "n_drug", "n_event", "n_total"))
    seen, p, q = 1 + n, (1 + drug, 1 + total - drug), (1 + event, 1 + total - event)
    unseen = total - n - 1 + (2 + total) ** 2 / (p[0] * q[0])
    mean = digamma(seen) - digamma(seen + unseen)
    mean -= digamma(p[0]) - digamma(sum(p)) + digamma(q[0]) - digamma(sum(q))
    shapes = (seen, p[0], q[0]), (seen + unseen, sum(p), sum(q))
    variance = sum(polygamma(1, one) for one in shapes[0]) - sum(polygamma(1, one) for one in shapes[1])
    low = (mean + norm.ppf(0.025) * np.sqrt(variance)) / np.log(2)
    agrees_with_phvid("bcpnn_low", pl.Series(low), 1e-10)
    ours = disproportionality(pairs["n"], pairs["n_drug"], pairs["n_event"], pairs["n_total"])
    assert (ours["ic025"] > 0).sum() < (low > 0).sum()


def test_ratios_of_openebgm() -> None:
    pairs = caers_pairs()
    ours = disproportionality(pairs["n"], pairs["n_drug"], pairs["n_event"], 3356)
    assert (ours["rrr"].round(2) - pairs["RR"]).abs().max() < 1e-9  # type: ignore[operator]
    theirs = pairs["PRR"].replace("Inf", "inf").cast(pl.Float64)
    both = pl.DataFrame({"ours": ours["prr"], "theirs": theirs}).filter(pl.col("theirs").is_finite())
    assert (both["ours"] - both["theirs"]).abs().max() <= 0.00501  # type: ignore[operator]
    assert ours["prr"].is_infinite().to_list() == theirs.is_infinite().to_list()


@given(tables(least=1))
def test_measures_follow_their_formulas(table: tuple[int, int, int, int]) -> None:
    a, b, c, d = table
    one, total = measured(table), sum(table)
    assert one["expected"] == pytest.approx((a + b) * (a + c) / total)
    assert one["rrr"] == pytest.approx(a / one["expected"])
    assert one["prr"] == pytest.approx((a / (a + b)) / (c / (c + d)))
    assert one["ror"] == pytest.approx((a / b) / (c / d))
    assert one["ic"] == pytest.approx(np.log2((a + 0.5) / (one["expected"] + 0.5)), abs=1e-12)
    for name, variance in (
        ("ror", 1 / a + 1 / b + 1 / c + 1 / d),
        ("prr", 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)),
    ):
        width = 1.959963984540054 * variance**0.5
        assert np.log(one[f"{name}_high"] / one[name]) == pytest.approx(width)
        assert np.log(one[name] / one[f"{name}_low"]) == pytest.approx(width)


@given(tables(least=1))
def test_chi_squared_is_that_of_the_table(table: tuple[int, int, int, int]) -> None:
    from scipy.stats import chi2_contingency

    one = measured(table)
    cells = np.array(table).reshape(2, 2)
    plain = chi2_contingency(cells, correction=False).statistic
    assert one["chi2"] == pytest.approx(plain, rel=1e-6, abs=1e-9)
    a, b, c, d = (int(cell) for cell in table)
    corrected = max(0, 2 * abs(a * d - b * c) - sum(table))
    exact = corrected**2 * sum(table) / (4 * (a + b) * (c + d) * (a + c) * (b + d))
    assert one["chi2_yates"] == pytest.approx(exact, rel=1e-6, abs=1e-9)


@given(tables())
def test_drug_and_event_may_change_places(table: tuple[int, int, int, int]) -> None:
    a, b, c, d = table
    one, other = measured(table), measured((a, c, b, d))
    for name in ("expected", "ror", "ror_low", "ror_high", "chi2", "chi2_yates", "rrr", "ic", "ic025", "ic975"):
        assert (one[name] is None) == (other[name] is None)
        assert one[name] is None or one[name] == pytest.approx(other[name], rel=1e-9, abs=1e-9), name


@given(tables(least=1), st.integers(2, 9))
def test_more_of_the_same_reports_keep_the_ratios_and_narrow_the_limits(
    table: tuple[int, int, int, int], times: int
) -> None:
    one, more = measured(table), measured(tuple(times * cell for cell in table))  # type: ignore[arg-type]
    for name in ("prr", "ror", "rrr"):
        assert more[name] == pytest.approx(one[name])
    assert more["chi2"] == pytest.approx(times * one["chi2"], rel=1e-6, abs=1e-9)
    assert more["expected"] == pytest.approx(times * one["expected"])
    narrower = np.log(more["ror_high"] / more["ror_low"]) * times**0.5
    assert narrower == pytest.approx(np.log(one["ror_high"] / one["ror_low"]))


@given(tables(), st.sampled_from(["closed", "exact"]))
def test_limits_contain_the_estimate_and_zero_cells_are_told_apart(
    table: tuple[int, int, int, int], bounds: str
) -> None:
    a, b, c, d = table
    one = measured(table, ic_bounds=bounds)
    for name, low, high in (("prr",) * 3, ("ror",) * 3):
        if one[name] is not None and np.isfinite(one[name]):
            assert one[f"{low}_low"] <= one[name] <= one[f"{high}_high"]
    assert one["ic025"] < one["ic"] < one["ic975"]
    # a / (a + b) over c / (c + d), and ad / bc: infinite where only what is below the line is zero.
    assert (one["ror"] == np.inf) == (a * d > 0 and b * c == 0)
    assert (one["ror"] is None) == (a * d == 0)
    assert (one["prr"] == np.inf) == (a * (c + d) > 0 and c == 0)
    assert (one["prr"] is None) == (a * (c + d) == 0)
    assert (one["chi2"] is None) == (0 in (a + b, c + d, a + c, b + d))
    assert all(
        (one[f"{name}_{side}"] is None) == (one[name] is None or (side == "low" and one[name] == np.inf))
        for name in ("prr", "ror")
        for side in ("low", "high")
    )


@given(st.integers(1, 100_000), st.floats(0.01, 1e3))
@settings(max_examples=40)
def test_closed_limits_of_ic_are_near_the_exact_ones(n: int, share: float) -> None:
    from scipy.stats import gamma

    total = 10**9
    margin = max(n, int((n * share * total) ** 0.5))
    closed, exact = (
        disproportionality(n, margin, margin, total, ic_bounds=bounds).row(0, named=True)
        for bounds in ("closed", "exact")
    )
    for name, q in (("ic025", 0.025), ("ic975", 0.975)):
        assert closed[name] == pytest.approx(exact[name], abs=0.05)
        quantile = gamma.ppf(q, n + 0.5, scale=1 / (exact["expected"] + 0.5))
        assert exact[name] == pytest.approx(np.log2(quantile), abs=1e-8)


def test_counts_are_broadcast_and_rows_keep_their_order() -> None:
    n = np.arange(100_001) % 50
    many = disproportionality(n, n + 7, 90, [10_000])
    assert many.columns[:2] == ["expected", "prr"]
    assert many.height == len(n)
    some = disproportionality(n[60_000:60_050], n[60_000:60_050] + 7, 90, 10_000)
    assert many[60_000:60_050].equals(some)
    assert disproportionality([], [], [], 10).height == 0
    # Counts too high for a table of limits give the same limits.
    high = disproportionality([3, 2_000_000], [10, 3_000_000], [10, 3_000_000], 10_000_000)
    assert high.row(0) == disproportionality(3, 10, 10, 10_000_000).row(0)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (([1, 4], 3, 5, 100), "n, row 1: 4.0, expected no more than n_drug"),
        (([1, 4], 5, 3, 100), "n, row 1: 4.0, expected no more than n_event"),
        ((1, 200, 5, 100), "n_drug, row 0: 200.0, expected no more than n_total"),
        ((1, 5, 200, 100), "n_event, row 0"),
        ((1, 60, 60, 100), "n_total, row 0: 100.0, expected at least n_drug"),
        (([0, -1], 3, 5, 100), "n, row 1: -1, expected a whole number"),
        ((1.5, 3, 5, 100), "n, row 0: 1.5, expected a whole number"),
        ((1, np.nan, 5, 100), "n_drug, row 0: nan"),
        ((1, 5, 5, np.inf), "n_total, row 0: inf"),
        (([1, 2], [3, 4, 5], 5, 100), "differ in length"),
        ((["a"], 3, 5, 100), "n: holds <U1"),
        (([[1]], 3, 5, 100), "n: has 2 dimensions"),
    ],
)
def test_impossible_counts_are_refused(columns: tuple[Any, ...], words: str) -> None:
    with pytest.raises(ValueError, match=words.replace("(", r"\(")):
        disproportionality(*columns)


def test_the_row_of_a_bad_count_is_the_callers() -> None:
    n = np.ones(200_000)
    n[150_123] = 0.5
    with pytest.raises(ValueError, match="row 150123"):
        disproportionality(n, 3, 5, 100)


def test_criteria() -> None:
    n = np.array([2, 3, 3, 30, 3])
    measures = disproportionality(n, [2, 10, 10, 1000, 3], [10, 30, 10, 600, 10], [10_000, 10_000, 300, 20_000, 10])
    assert measures["prr"].is_null().to_list() == [False] * 5
    assert measures["ror"].is_null().to_list() == [False, False, False, False, True]
    assert measures["ror"].is_infinite().to_list()[:4] == [True, False, False, False]
    assert evans(n, measures).to_list() == [False, True, True, False, False]
    assert ema(n, measures).to_list() == [False, True, True, False, False]
    assert ema(n, measures, by="prr").to_list() == [False, True, True, False, False]
    with pytest.raises(ValueError, match="n: 1 counts"):
        evans(3, measures)
    with pytest.raises(ValueError, match="by: 'ic'"):
        ema(n, measures, by="ic")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="ic_bounds: 'none'"):
        disproportionality(1, 2, 3, 4, ic_bounds="none")  # type: ignore[arg-type]


def test_the_strongest_pairs_there_are_meet_the_rules() -> None:
    """Four reports of a drug, all with an event nobody else has; and less of it, with the exact limit beside.

    By hand, of the first in 200 reports: expected 4 · 4 / 200 = 0.08, and chi-squared of 4, 0, 0, 196 is N = 200.
    One other report with the drug, or with the event, leaves one of the cells empty. Without a report of both
    nothing is infinite.
    """
    n = np.array([4, 4, 4, 0, 2])
    measures = disproportionality(n, [4, 5, 4, 4, 2], [4, 4, 5, 4, 2], 200)
    assert measures["expected"][0] == pytest.approx(0.08)
    assert measures["chi2"][0] == pytest.approx(200)
    assert measures["ror"].to_list() == [np.inf, np.inf, np.inf, None, np.inf]
    assert measures["prr"].is_infinite().to_list()[:3] == [True, True, False]
    assert measures["ror_low"].is_null().all()
    assert evans(n, measures).to_list() == [True, True, True, False, False]
    assert ema(n, measures).to_list() == [True, True, True, False, False]
    assert ema(n, measures, by="prr").to_list() == [True, True, True, False, False]
    exact = exact_ror(n[:3], [4, 5, 4], [4, 4, 5], 200)
    assert (exact["exact_low"] > 1).all()
    assert exact["exact_high"].is_infinite().all()


def test_an_infinite_ratio_within_chance_is_no_signal() -> None:
    """All three reports of the event have the drug, and so have eight of ten at all.

    Chi-squared of 3, 5, 0, 2 is 10 (3 · 2)² / (8 · 2 · 3 · 7) = 360 / 336, far below 3.84.
    """
    measures = disproportionality(3, 8, 3, 10)
    assert measures["ror"][0] == np.inf
    assert measures["chi2"][0] == pytest.approx(360 / 336)
    assert not ema(3, measures)[0]
    assert not evans(3, measures)[0]


def test_cells_of_several_pairs_are_not_taken_for_margins() -> None:
    a, b, c, d = [9, 3, 1, 5], [198, 20, 9, 50], [1743, 30, 2, 100], [213_917, 215_814, 215_855, 215_712]
    with pytest.raises(ValueError, match="give cells to from_cells"):
        disproportionality(a, b, c, d)
    assert disproportionality(*from_cells(a, b, c, d))["ror"][0] == pytest.approx(9 * 213_917 / (198 * 1743))
    # Margins within strata, whose totals differ, are as they should be.
    assert disproportionality([1, 2, 3, 4], 9, 9, [90, 80, 70, 60]).height == 4


@given(st.lists(tables(), min_size=1, max_size=3))
def test_the_ratio_alone_is_that_of_all_measures(found: list[tuple[int, int, int, int]]) -> None:
    a, b, c, d = (np.array(column) for column in zip(*found, strict=True))
    margins = (a, a + b, a + c, a + b + c + d)
    whole = disproportionality(*margins)
    for name, column in zip(RATIOS[3:], reporting_odds_ratio(*margins), strict=True):
        assert np.array_equal(whole[name].to_numpy(), column, equal_nan=True)
