"""Where every report of the event has the drug the ratio is infinite, which is strong and not unknown.

Expected values by hand from the four cells. SYNTHETIC reports.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from glabella.safety import disproportionality, ema, evans
from tests.edges.files import report, run, store_of

#: n, n_drug, n_event, n_total. Chi-squared by hand, N (ad − bc)² / (product of the margins):
#: 100 · (6 · 90)² / (10 · 90 · 6 · 94) = 57.4; 1000 · (3 · 997)² / (3 · 997 · 3 · 997) = 1000;
#: 40 · (6 · 30)² / (10 · 30 · 6 · 34) = 21.2; 10,000 · (50 · 9900)² / (100 · 9900 · 50 · 9950) = 4975.
STRONG = [(6, 10, 6, 100), (3, 3, 3, 1000), (6, 10, 6, 40), (50, 100, 50, 10_000)]
#: Nothing, too few reports, or (5 of 5 where 95 of 100 have the drug: chi-squared 0.28) nothing unusual.
WEAK = [(0, 10, 0, 100), (0, 10, 5, 100), (2, 2, 2, 1000), (0, 0, 0, 100), (5, 95, 5, 100)]


@pytest.mark.parametrize("cells", STRONG)
def test_the_strongest_pair_meets_the_rules(cells: tuple[int, int, int, int]) -> None:
    measures = disproportionality(*cells)
    assert evans(cells[0], measures).to_list() == [True]
    assert ema(cells[0], measures).to_list() == [True]
    assert ema(cells[0], measures, by="prr").to_list() == [True]


@pytest.mark.parametrize("cells", WEAK)
def test_what_is_nothing_or_little_meets_no_rule(cells: tuple[int, int, int, int]) -> None:
    measures = disproportionality(*cells)
    assert evans(cells[0], measures).to_list() == [False]
    assert ema(cells[0], measures).to_list() == [False]


def test_strong_and_weak_pairs_in_one_batch_are_told_apart() -> None:
    columns: list[Any] = [list(column) for column in zip(*STRONG, *WEAK, strict=True)]
    measures = disproportionality(*columns)
    expected = [True] * len(STRONG) + [False] * len(WEAK)
    assert evans(columns[0], measures).to_list() == expected
    assert ema(columns[0], measures).to_list() == expected


def strongest() -> list[dict[str, Any]]:
    """Give 60 reports: all 8 of an event have the drug; of another event 3 have it and 4 have not."""
    kinds = [("DYSPORT", "Botulism")] * 8 + [("DYSPORT", "Rash")] * 3 + [("ASPIRIN", "Rash")] * 4
    kinds += [("ASPIRIN", "Nausea")] * 45
    return [report(10_000_001 + i, drugs=[drug], events=[event]) for i, (drug, event) in enumerate(kinds)]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return store_of(tmp_path_factory.mktemp("strongest"), strongest())


def test_the_strongest_pair_is_drawn(store: Path, tmp_path: Path) -> None:
    shown = run("safety", "signals", store, "--drug", "ABOBOTULINUMTOXINA", "--plot", tmp_path / "v.svg")
    assert shown.exit_code == 0, shown.output
    assert "BOTULISM" in (tmp_path / "v.svg").read_text(encoding="utf-8")


def test_the_strongest_pair_alone_is_drawn(store: Path, tmp_path: Path) -> None:
    shown = run(
        "safety",
        "signals",
        store,
        "--drug",
        "ABOBOTULINUMTOXINA",
        "--event",
        "Botulism",
        "--plot",
        tmp_path / "v.png",
    )
    assert shown.exit_code == 0, shown.output
    assert (tmp_path / "v.png").read_bytes().startswith(b"\x89PNG")


def test_the_printed_table_says_that_the_ratio_is_infinite(store: Path) -> None:
    shown = run("safety", "signals", store, "--drug", "ABOBOTULINUMTOXINA", "--event", "Botulism")
    (row,) = [words for words in shown.output.splitlines() if words.startswith("BOTULISM")]
    # Or its lower limit is given, which is above one: exact by hand, the chance of 8 of 8 is far below 2.5 %.
    cells = row.split()
    assert any(mark in row for mark in ("∞", "inf", "above", ">")) or float(cells[3].strip("(")) > 1, row


def test_an_infinite_ratio_is_told_from_an_unknown_one(store: Path, tmp_path: Path) -> None:
    run("safety", "signals", store, "--drug", "ABOBOTULINUMTOXINA", "--event", "Botulism", "--event", "Nausea",
        "--to", tmp_path / "s.parquet")  # fmt: skip
    strong, nothing = pl.read_parquet(tmp_path / "s.parquet").to_dicts()
    told = [name for name in strong if name.startswith(("ror", "prr", "evans", "ema", "reason"))]
    assert any(strong[name] != nothing[name] for name in told), "infinity and nothing are both null"


def test_a_trend_of_the_strongest_pair_runs(store: Path, tmp_path: Path) -> None:
    shown = run(
        "safety",
        "trend",
        store,
        "--drug",
        "ABOBOTULINUMTOXINA",
        "--event",
        "Botulism",
        "--plot",
        tmp_path / "t.svg",
    )
    assert shown.exit_code == 0, shown.output
