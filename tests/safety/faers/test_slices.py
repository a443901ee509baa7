"""Real slices of the agency's files, with the counts of their lines."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from glabella.safety.faers import IngestReport, QuarterManifest, ingest, verify
from tests.safety.data import DATA, unpacked
from tests.safety.faers.files import FAERS, as_folder

ROWS = {
    "2004Q1": {"demo": 100, "drug": 386, "reac": 416, "outc": 93, "rpsr": 119, "ther": 145, "indi": 124},
    "2017Q2": {"demo": 100, "drug": 328, "reac": 286, "outc": 75, "rpsr": 2, "ther": 142, "indi": 232},
    "2022Q4": {"demo": 258, "drug": 209, "reac": 974, "indi": 607, "outc": 1206, "rpsr": 386, "ther": 500},
    "2025Q4": {"demo": 1000, "drug": 6291, "reac": 4275, "indi": 4019, "outc": 1312, "rpsr": 31, "ther": 1504},
}


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, IngestReport]:
    folder = tmp_path_factory.mktemp("slices")
    # Of 2021Q4 there is only the list of deleted cases: invented tables go with it.
    invented = {f"ascii/{table}21Q4_synthetic.txt": text.encode() for table, text in FAERS.items()}
    invented["Deleted/DELETE21Q4.txt"] = (unpacked("deleted_lists") / "DELETE21Q4.txt").read_bytes()
    files = [
        *sorted((DATA / "faers_2004q1_2017q2_sample").glob("*.zip")),
        unpacked("faers_2022q4_sample"),
        unpacked("deleted_lists") / "DELETE22Q4.txt",
        unpacked("faers_25q4_sample"),
        as_folder(folder / "2021q4", invented),
    ]
    store = folder / "store"
    return store, ingest(files, store)


def manifest(report: IngestReport, quarter: str) -> QuarterManifest:
    (found,) = (one for one in report.added if one.quarter == quarter)
    return found


@pytest.mark.parametrize("quarter", ROWS)
def test_every_row_of_the_slices_is_read(ingested: tuple[Path, IngestReport], quarter: str) -> None:
    _, report = ingested
    found = manifest(report, quarter)
    rows = {name: entry.rows for name, entry in found.tables.items() if name != "deleted"}
    assert rows == ROWS[quarter]
    for file in found.files:
        if file.table != "deleted":
            assert file.rows_read == file.rows_kept == ROWS[quarter][file.table]
            assert file.rejected == {}
    assert not found.synthetic


def test_the_lists_of_deleted_cases_are_complete(ingested: tuple[Path, IngestReport]) -> None:
    store, report = ingested
    for quarter, lines in (("2021Q4", 7984), ("2022Q4", 3625)):
        (file,) = (file for file in manifest(report, quarter).files if file.table == "deleted")
        assert (file.rows_read, file.rows_kept, file.rejected) == (lines, lines - 1, {"blank_line": 1})
        cases = pl.read_parquet(store / "quarters" / quarter / "deleted.parquet")
        assert cases.columns == ["caseid"]
        assert cases["caseid"].str.contains(r"^\d+$").all()


def test_a_file_that_says_so_makes_its_quarter_synthetic(ingested: tuple[Path, IngestReport]) -> None:
    assert manifest(ingested[1], "2021Q4").synthetic


def test_the_stray_header_of_the_legacy_sample_is_taken_off(ingested: tuple[Path, IngestReport]) -> None:
    found = manifest(ingested[1], "2004Q1")
    assert found.era == "aers"
    for file in found.files:
        stray = {} if file.table == "indi" else {"stray_header_column": 1, "trailing_separator": file.rows_kept}
        assert file.repaired == stray


def test_the_slices_keep_their_text(ingested: tuple[Path, IngestReport]) -> None:
    store, _ = ingested
    for quarter, folder in (("2022Q4", "faers_2022q4_sample"), ("2025Q4", "faers_25q4_sample")):
        for table, rows in ROWS[quarter].items():
            path = unpacked(folder) / f"{table.upper()}{quarter[2:]}.txt"
            header, *lines = path.read_text(encoding="utf-8").splitlines()
            written = [line.split("$") for line in lines]
            names = header.split("$")
            frame = pl.read_parquet(store / "quarters" / quarter / f"{table}.parquet").select(names)
            assert frame.height == rows
            assert frame.fill_null("").rows() == [tuple(fields) for fields in written]


def test_values_of_the_slices_are_read(ingested: tuple[Path, IngestReport]) -> None:
    store, report = ingested
    legacy = pl.read_parquet(store / "quarters" / "2004Q1" / "demo.parquet")
    assert legacy["caseversion"].null_count() == legacy["country"].null_count() == 100
    assert legacy["sex_clean"].value_counts(sort=True).rows() == [("F", 58), ("M", 37), (None, 5)]
    assert legacy["wt_kg"].count() == 37
    assert legacy["event_maybe_padded"].sum() == 22
    children = pl.read_parquet(store / "quarters" / "2004Q1" / "reac.parquet")
    assert children["caseid"].null_count() == 416
    current = pl.read_parquet(store / "quarters" / "2025Q4" / "demo.parquet")
    assert (current["event_dt"].count(), current["event_date"].count()) == (495, 495)
    assert current["age_years"].count() == current["age"].count() == 685
    (file,) = (file for file in manifest(report, "2025Q4").files if file.table == "demo")
    assert file.normalised == {"country_unknown": 190, "decimal_suffix": 495, "event_date_padded": 200}


def test_the_store_is_sound(ingested: tuple[Path, IngestReport]) -> None:
    store, report = ingested
    assert verify(store).ok
    assert "2025Q4: 1,000 reports, 18,432 lines" in str(report)
    assert report.table().filter(kind="kept")["count"].sum() == sum(
        entry.rows for one in report.added for entry in one.tables.values()
    )
