"""The information component over quarters."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glabella.safety.measures._information_component import information_component
from glabella.safety.measures._trend import cumulative_ic

QUARTERS = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 50), st.integers(0, 50), st.integers(0, 900)),
    min_size=1,
    max_size=12,
)


def margins(rows: list[tuple[int, int, int, int]]) -> list[np.ndarray[tuple[int, ...], np.dtype[np.int64]]]:
    n, drug_alone, event_alone, rest = np.array(rows).T
    return [n, n + drug_alone, n + event_alone, n + drug_alone + event_alone + rest]


@given(QUARTERS)
def test_each_quarter_is_what_an_analyst_would_have_seen(rows: list[tuple[int, int, int, int]]) -> None:
    columns = margins(rows)
    trend = cumulative_ic(*columns)
    for quarter in range(len(rows)):
        n, drug, event, total = (int(column[: quarter + 1].sum()) for column in columns)
        seen = information_component(n, drug * event / max(total, 1))
        assert trend.cumulative_ic[quarter] == pytest.approx(float(seen.ic))
        assert trend.cumulative_low[quarter] == pytest.approx(float(seen.low))
        assert trend.cumulative_high[quarter] == pytest.approx(float(seen.high))
    above = np.flatnonzero(trend.cumulative_low > 0)
    assert trend.first == (above[0] if len(above) else -1)
    assert trend.ic[0] == trend.cumulative_ic[0]


@given(QUARTERS, st.integers(0, 12))
def test_a_quarter_without_reports_repeats_the_one_before(rows: list[tuple[int, int, int, int]], at: int) -> None:
    at = min(at, len(rows) - 1)
    one = cumulative_ic(*margins(rows))
    two = cumulative_ic(*margins([*rows[: at + 1], (0, 0, 0, 0), *rows[at + 1 :]]))
    assert two.cumulative_low[at + 1] == two.cumulative_low[at]
    assert two.ic[at + 1] == 0
    np.testing.assert_allclose(np.delete(two.cumulative_low, at + 1), one.cumulative_low)


@given(QUARTERS)
def test_order_within_the_past_is_forgotten(rows: list[tuple[int, int, int, int]]) -> None:
    one, two = cumulative_ic(*margins(rows)), cumulative_ic(*margins(rows[::-1]))
    assert one.cumulative_low[-1] == pytest.approx(two.cumulative_low[-1])


def test_many_pairs_at_once() -> None:
    random = np.random.default_rng(0)
    n = random.poisson(2, size=(6, 5, 8))
    trend = cumulative_ic(n, n + 10, n + 20, 1000, bounds="closed")
    assert trend.first.shape == (6, 5)
    np.testing.assert_array_equal(
        trend.cumulative_low[3, 2],
        cumulative_ic(n[3, 2], n[3, 2] + 10, n[3, 2] + 20, 1000, bounds="closed").cumulative_low,
    )


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match=r"n\[1\] is 5, expected at most n_drug"):
        cumulative_ic([1, 5], [3, 4], [9, 9], [20, 20])
    with pytest.raises(ValueError, match="expected a last axis of quarters"):
        cumulative_ic(1, 2, 3, 4)
