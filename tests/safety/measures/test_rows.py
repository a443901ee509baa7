"""Own data: four cells, and rows of report, drug and event."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glabella.safety.measures import count_pairs, disproportionality, from_cells


def test_cells_give_the_odds_ratio_of_the_table() -> None:
    """Botulinum toxin and dysphagia: 9 · 213,917 / (198 · 1,743), where margins in their place would give 5.82."""
    counts = from_cells(9, 198, 1743, 213_917)
    assert [int(one[0]) for one in counts] == [9, 207, 1752, 215_867]
    assert disproportionality(*counts)["ror"][0] == pytest.approx(9 * 213_917 / (198 * 1743))


def test_margins_given_for_cells_are_refused_where_rows_tell_them() -> None:
    with pytest.raises(ValueError, match=r"d: 215867 in every row"):
        from_cells([9, 4], [207, 30], [1752, 60], 215_867)
    # Of cells, too, the last may stay the same, if all of them do.
    assert from_cells([9, 9], [207, 207], [1752, 1752], 215_867).n_total.tolist() == [217_835] * 2


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ((1.5, 2, 3, 4), "a, row 0: 1.5"),
        ((1, -2, 3, 4), "b, row 0: -2"),
        ((1, 2, np.nan, 4), "c, row 0: nan"),
        (([1, 2], [1, 2, 3], 1, 1), "columns differ in length"),
        (("1", 2, 3, 4), "a: holds <U1, expected numbers"),
    ],
)
def test_cells_that_cannot_be_are_refused(cells: tuple[Any, ...], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        from_cells(*cells)


label = st.sampled_from("ABC")


@given(st.lists(st.tuples(st.integers(1, 6), label, label), min_size=1, max_size=30))
def test_counts_are_those_of_sets_of_reports(rows: list[tuple[int, str, str]]) -> None:
    """Counted again with Python's sets, which know a report once."""
    report, drug, event = zip(*rows, strict=True)
    takes = {d: {r for r, one, _ in rows if one == d} for d in drug}
    has = {e: {r for r, _, one in rows if one == e} for e in event}
    both = {(d, e): {r for r, *pair in rows if pair == [d, e]} for d, e in sorted({(d, e) for _, d, e in rows})}
    expected = [(d, e, len(those), len(takes[d]), len(has[e]), len(set(report))) for (d, e), those in both.items()]
    if any(of_drug + of_event - n > total for _, _, n, of_drug, of_event, total in expected):
        with pytest.raises(ValueError, match="which cannot be"):
            count_pairs(report, drug, event)
        return
    found = count_pairs(report, drug, event)
    assert found.rows() == expected
    assert disproportionality(*(found[name] for name in ("n", "n_drug", "n_event", "n_total"))).height == len(
        expected
    )


def test_strata_are_counted_each_by_itself() -> None:
    found = count_pairs([1, 2, 3, 3], ["A"] * 4, ["x", "x", "x", "y"], stratum=["F", "M", "M", "M"])
    assert found.rows() == [("A", "x", "F", 1, 1, 1, 1), ("A", "x", "M", 2, 2, 2, 2), ("A", "y", "M", 1, 2, 1, 2)]
    with pytest.raises(ValueError, match=r"stratum, row 2: 'M', expected 'F' as in an earlier row of report '1'"):
        count_pairs([1, 2, 1], ["A"] * 3, ["x", "y", "z"], stratum=["F", "M", "M"])


@pytest.mark.parametrize("column", ["report", "drug", "event"])
@pytest.mark.parametrize("missing", [None, float("nan"), "", "  ", "nan", np.nan, True, 1.5, b"x"])
def test_what_is_no_label_is_refused_with_its_row(column: str, missing: Any) -> None:
    given: dict[str, list[Any]] = {"report": [1, 2, 3], "drug": ["A", "B", "C"], "event": ["x", "y", "z"]}
    given[column][1] = missing
    with pytest.raises(ValueError, match=f"{column}, row 1: .*expected a label"):
        count_pairs(**given)


@pytest.mark.parametrize("kind", [list, np.asarray, pl.Series, lambda values: np.asarray(values, dtype=object)])
def test_any_kind_of_column_will_do(kind: Any) -> None:
    columns: Sequence[Sequence[Any]] = ([7, 7, 8], ["A", "A ", "B"], ["x", "x", "y"])
    assert count_pairs(*map(kind, columns)).rows() == [("A", "x", 1, 1, 1, 2), ("B", "y", 1, 1, 1, 2)]


def test_columns_of_other_lengths_are_refused() -> None:
    for columns in (([1, 2], ["A"], ["x", "y"]), ([], [], [])):
        with pytest.raises(ValueError, match="expected one length of 1 or more"):
            count_pairs(*columns)
    with pytest.raises(ValueError, match="one text"):
        count_pairs("12", ["A", "B"], ["x", "y"])
