"""Exact and mid-p limits of the odds ratio."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glabella.safety.measures import disproportionality, exact_ror

small = st.integers(0, 12)
margin = st.one_of(small, st.integers(0, 5_000))


@given(small, margin, margin, st.one_of(margin, st.integers(0, 2_000_000)))
@settings(max_examples=40)
def test_agrees_with_the_conditional_odds_ratio_of_scipy(a: int, b: int, c: int, d: int) -> None:
    from scipy.stats.contingency import odds_ratio

    one = exact_ror(a, a + b, a + c, a + b + c + d).row(0, named=True)
    least, most = max(0, a - d), min(a + b, a + c)
    if least == most:
        assert (one["ror"], one["exact_low"], one["exact_high"]) == (None, 0, None)
        return
    theirs = odds_ratio([[a, b], [c, d]])
    interval = theirs.confidence_interval(0.95)
    for ours, value in (
        (one["ror"], theirs.statistic),
        (one["exact_low"], interval.low),
        (one["exact_high"], interval.high),
    ):
        # SciPy's probabilities come from log gamma functions of millions, which leave it about 7 digits.
        assert (np.inf if ours is None else ours) == pytest.approx(value, rel=2e-6)


@given(st.lists(st.tuples(small, margin, margin, margin), min_size=1, max_size=8))
@settings(max_examples=40)
def test_limits_leave_their_share_in_each_tail(tables: list[tuple[int, int, int, int]]) -> None:
    from scipy.stats import nchypergeom_fisher

    a, b, c, d = np.array(tables).T
    total, drug, event = a + b + c + d, a + b, a + c
    found = exact_ror(a, drug, event, total, level=0.9)
    for row, one in enumerate(found.iter_rows(named=True)):
        n, sizes = a[row], (total[row], drug[row], event[row])
        for name, half in (("exact", 1.0), ("midp", 0.5)):
            if one[f"{name}_low"] > 0:
                known = nchypergeom_fisher(*sizes, one[f"{name}_low"])
                assert known.sf(n) + half * known.pmf(n) == pytest.approx(0.05, rel=1e-6)
            if one[f"{name}_high"] is not None and np.isfinite(one[f"{name}_high"]):
                known = nchypergeom_fisher(*sizes, one[f"{name}_high"])
                assert known.cdf(n - 1) + half * known.pmf(n) == pytest.approx(0.05, rel=1e-6)
        assert one["exact_low"] <= one["midp_low"]
        assert (one["midp_high"] or np.inf) <= (one["exact_high"] or np.inf)
        if one["ror"] is not None:
            assert one["midp_low"] <= one["ror"] <= (one["midp_high"] or np.inf)


@given(st.tuples(small, margin, margin, margin))
@settings(max_examples=15)
def test_drug_and_event_may_change_places(table: tuple[int, int, int, int]) -> None:
    a, b, c, _ = table
    one, other = exact_ror(a, [a + b, a + c], [a + c, a + b], sum(table)).fill_null(np.inf).rows()
    assert one == pytest.approx(other, rel=1e-9)


def test_large_tables_come_near_woolf() -> None:
    counts = 400, 9_000, 8_000, 1_000_000
    exact, woolf = exact_ror(*counts), disproportionality(*counts)
    assert exact["ror"][0] == pytest.approx(woolf["ror"][0], rel=1e-3)
    assert exact["midp_low"][0] == pytest.approx(woolf["ror_low"][0], rel=5e-3)
    assert exact["midp_high"][0] == pytest.approx(woolf["ror_high"][0], rel=5e-3)


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match="n, row 1: 4"):
        exact_ror([1, 4], 3, 5, 100)
    with pytest.raises(ValueError, match="n, row 0: 1"):
        exact_ror(1, 60, 60, 100)
    with pytest.raises(ValueError, match="level: 95"):
        exact_ror(1, 3, 5, 100, level=95)
    assert exact_ror([], [], [], 10).height == 0
