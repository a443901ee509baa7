"""Counts and rows of one's own, without a store of the agency's files; SYNTHETIC rows.

Expected counts come from a brute-force count in Python, expected ratios from the four cells by hand.
"""

from __future__ import annotations

import math
from itertools import product
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from glabella.safety import disproportionality, measures
from tests.edges.files import refused, run

ROWS = [
    ("r1", "A", "x"), ("r1", "A", "x"), ("r1", "B", "x"), ("r1", "A", "y"), ("r1", "B", "y"), ("r2", "A", "x"),
    ("r3", "A", "y"), ("r4", "B", "z"), ("r5", "B", "x"), ("r6", "C", "z"), ("r7", "C", "z"), ("r8", "A", "x"),
]  # fmt: skip


def brute(rows: list[tuple[str, str, str]]) -> dict[tuple[str, str], tuple[int, int, int, int]]:
    """Count distinct reports of each pair that occurs, by sets."""
    total = len({row[0] for row in rows})
    found = {}
    for drug, event in product({row[1] for row in rows}, {row[2] for row in rows}):
        both = {row[0] for row in rows if row[1:] == (drug, event)}
        with_drug = {row[0] for row in rows if row[1] == drug}
        with_event = {row[0] for row in rows if row[2] == event}
        if both:
            found[drug, event] = (len(both), len(with_drug), len(with_event), total)
    return found


def counted(frame: pl.DataFrame) -> dict[tuple[str, str], tuple[int, int, int, int]]:
    frame = frame.filter(pl.col("n") > 0)
    names = ("drug", "event", "n", "n_drug", "n_event", "n_total")
    return {(str(row[0]), str(row[1])): (row[2], row[3], row[4], row[5]) for row in frame.select(names).iter_rows()}


def test_four_cells_give_what_margins_give() -> None:
    # By hand: a d / (b c) = 9 · 213,917 / (198 · 1743) = 5.579, as printed for botulinum toxin and dysphagia.
    found = disproportionality(*measures.from_cells(9, 198, 1743, 213_917))
    assert math.isclose(found["ror"][0], 9 * 213_917 / (198 * 1743), rel_tol=1e-12)
    whole = disproportionality(9, 9 + 198, 9 + 1743, 9 + 198 + 1743 + 213_917)
    for name in ("prr", "ror", "ror_low", "chi2", "ic", "ic025"):
        assert found[name].to_list() == pytest.approx(whole[name].to_list()), name


def test_cells_come_as_arrays() -> None:
    a, b, c, d = np.array([[9, 198, 1743, 213_917], [3, 7, 5, 85], [4, 6, 1, 89]]).T
    found = disproportionality(*measures.from_cells(a, b, c, d))
    assert found["ror"].to_list() == pytest.approx((a * d / (b * c)).tolist())
    assert found["prr"].to_list() == pytest.approx(((a / (a + b)) / (c / (c + d))).tolist())


@pytest.mark.parametrize("cells", [(-1, 2, 3, 4), (1.5, 2, 3, 4), (1, 2, math.nan, 4), (1, 2, 3, math.inf)])
def test_cells_that_cannot_be_are_refused(cells: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="whole"):
        measures.from_cells(*cells)


def test_margins_given_for_cells_are_refused() -> None:
    # 9 both, 198 only the drug: given as margins the drug would have fewer reports than the pair.
    with pytest.raises(ValueError, match=r"n_drug|n_event|n_total"):
        disproportionality(198, 9, 1743, 213_917)


def test_rows_are_counted_as_distinct_reports() -> None:
    report, drug, event = zip(*ROWS, strict=True)
    found = measures.count_pairs(report, drug, event)
    assert counted(found) == brute(ROWS)


def test_many_rows_are_counted_as_by_brute_force() -> None:
    random = np.random.default_rng(5)
    drawn = zip(
        random.integers(0, 300, 2000), random.integers(0, 12, 2000), random.integers(0, 9, 2000), strict=True
    )
    rows = [(f"r{r}", f"d{d}", f"e{e}") for r, d, e in drawn]
    report, drug, event = (list(column) for column in zip(*rows, strict=True))
    found = measures.count_pairs(report, drug, event)
    assert counted(found) == brute(rows)


def test_numbers_of_reports_are_names_too() -> None:
    drug, event = ["A", "A", "B"], ["x", "x", "x"]
    found = measures.count_pairs([1, 1, 2], drug, event)
    assert counted(found) == {("A", "x"): (1, 1, 2, 2), ("B", "x"): (1, 1, 2, 2)}


def test_columns_of_rows_that_differ_in_length_are_refused() -> None:
    with pytest.raises(ValueError, match=r"length|shape|same"):
        measures.count_pairs([1, 2], ["A"], ["x", "y"])


def table(folder: Path, text: str) -> Path:
    file = folder / "own.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_table_of_rows_is_scored_by_the_command(tmp_path: Path) -> None:
    file = table(tmp_path, "report,drug,event\n" + "".join(",".join(row) + "\n" for row in ROWS))
    shown = run("safety", "table", file)
    assert shown.exit_code == 0, shown.output
    # By hand: drug A with event x is in r1, r2 and r8, A in r1 r2 r3 r8, x in r1 r2 r5 r8, of eight reports.
    assert "8" in shown.output
    assert any("A" in words and "x" in words.lower() and " 3" in words for words in shown.output.splitlines())


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("report,drug\nr1,A\n", "event"),
        ("report,drug,event\n", "own.csv"),
        ("", "own.csv"),
        ("report,drug,event\nr1,A\nr2,B,x,y\n", "own.csv"),
        ("report,drug,event\nr1,,x\n", "drug"),
    ],
)
def test_a_table_that_is_none_is_refused(tmp_path: Path, text: str, named: str) -> None:
    refused(run("safety", "table", table(tmp_path, text)), "own.csv", named)
