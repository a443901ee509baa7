"""A store counts the same wherever it lies: no folder above it gives a column, a wildcard or an escape."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

from glabella.safety import verify
from glabella.safety.store import Store, open_index, open_store
from tests.safety.store.tiny import report, write_quarter

#: Names that DuckDB, Polars or Spark would take for something else.
NAMES = ["year=2020", "era=aers", "report_id=7", "[ab]", "a[b]c", "[!a]", "all*", "wh?t", "{a,b}", "it's",
         'say "x"', "a b", "#1", "100%", "%41", "x:y", "semi;colon", "back\\slash",
         "quarter=x/[1]/*?/it's #1 100%"]  # fmt: skip


def rows() -> list[dict[str, object]]:
    return [
        report(1, drugs=["BOTOX"], events=["PTOSIS"], fda_date=20220101, sex_clean="F"),
        report(2, drugs=["BOTOX", "ZOLOFT"], events=["PTOSIS", "NAUSEA"], fda_date=20220102),
        report(3, drugs=["ZOLOFT"], events=["NAUSEA"], fda_date=20220103),
    ]


def counted(store: Store) -> list[list[tuple[object, ...]]]:
    """Give pairs, by year too, and the signals: three reports, all of 2022."""
    return [
        store.pairs(strata=("year", "era")).frame.rows(),
        store.pairs().frame.rows(),
        store.signals().select("drug", "event", "n", "n_drug", "n_event", "n_total").rows(),
    ]


#: Ids are in the order of names: NAUSEA 0, PTOSIS 1; ONABOTULINUMTOXINA 0, SERTRALINE 1. Counted by hand.
BY_HAND = [
    ("ONABOTULINUMTOXINA", "NAUSEA", 1, 2, 2, 3),
    ("ONABOTULINUMTOXINA", "PTOSIS", 2, 2, 2, 3),
    ("SERTRALINE", "NAUSEA", 2, 2, 2, 3),
    ("SERTRALINE", "PTOSIS", 1, 2, 2, 3),
]


def by_hand(found: list[list[tuple[object, ...]]]) -> None:
    named = [(drug, event, *counts) for drug, event, counts in
             ((("ONABOTULINUMTOXINA", "SERTRALINE")[row[0]], ("NAUSEA", "PTOSIS")[row[1]], row[2:])  # type: ignore
              for row in found[1])]  # fmt: skip
    assert named == found[2] == BY_HAND
    assert [row[2:4] for row in found[0]] == [(2022, "faers")] * 4
    assert [(*row[:2], *row[4:]) for row in found[0]] == found[1]


@pytest.mark.parametrize("name", NAMES)
def test_a_store_built_there_counts_the_same(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name / "store"
    folder.mkdir(parents=True)
    write_quarter(folder, "2022Q1", rows())
    for _ in range(2):
        # Counted first, and read from what was kept then.
        with open_store(folder) as store:
            by_hand(counted(store))
    assert verify(folder).ok


def test_what_stands_beside_is_never_read(tmp_path: Path) -> None:
    """``[ab]`` as a wildcard would be ``a``, and ``*`` every store there is."""
    for name in ("a", "b", "[ab]", "*", "?"):
        folder = tmp_path / name
        folder.mkdir()
        write_quarter(folder, "2022Q1", rows() if name in ("[ab]", "*", "?") else [report(1)])
        with open_store(folder) as store:
            store.pairs()
    for name in ("[ab]", "*", "?"):
        with open_store(tmp_path / name) as store:
            by_hand(counted(store))


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Give an index at every place."""
    base = tmp_path_factory.mktemp("moved")
    write_quarter(base / "plain", "2022Q1", rows())
    with open_store(base / "plain") as store:
        index = store.index
    places = [base / "to" / name / "index" for name in NAMES]
    for place in places:
        shutil.copytree(index, place)
    return places


@pytest.mark.xdist_group("spark")
def test_spark_reads_paths_as_they_are(moved: list[Path], spark: str) -> None:
    for place in moved:
        if "\\" in str(place):
            continue  # Hadoop has no backslash in a path
        with open_index(place, engine=spark, memory="1GB") as store:
            found = store.pairs(strata=("year", "era")).frame
        assert found.select(pl.exclude("year", "era")).height == 4, place
        assert found["year"].unique().to_list() == [2022], place


def test_an_index_moved_there_counts_the_same(moved: list[Path]) -> None:
    for place in moved:
        with open_index(place) as store:
            by_hand(counted(store))
