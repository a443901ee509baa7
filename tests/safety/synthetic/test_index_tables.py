"""The index tables: the store's columns, sorted, distinct, labelled, and the same reports as the draw."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest

from glabella.safety.synthetic import Draw, draw, write_index_tables
from glabella.safety.synthetic import _index as module

KEYS = {
    "report_substance": ["report_id", "substance_id"],
    "report_product": ["report_id", "product_id"],
    "report_event": ["report_id", "event_id"],
    "report_indication": ["report_id", "substance_id", "indication_id"],
}
WORDS = ("substances", "products", "events", "indications", "senders")


@pytest.fixture(scope="module")
def drawn() -> Draw:
    return draw(5_000, seed=3)


@pytest.fixture(scope="module")
def index(drawn: Draw, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("synthetic") / "index"
    write_index_tables(drawn, folder)
    return folder


def test_every_file_says_that_it_is_synthetic(index: Path) -> None:
    assert json.loads((index / "index.json").read_text())["synthetic"] is True
    files = sorted(path.stem for path in index.glob("*.parquet"))
    assert files == sorted(["reports", *KEYS, *WORDS])
    for path in index.glob("*.parquet"):
        assert pq.read_metadata(path).metadata[b"synthetic"] == b"true"


def test_reports_are_those_of_the_draw(index: Path, drawn: Draw) -> None:
    reports = pl.read_parquet(index / "reports.parquet")
    assert reports["report_id"].to_list() == list(range(drawn.reports))
    assert np.array_equal(reports["primaryid"], drawn.history.primaryid)
    assert np.array_equal(reports["flags"], drawn.history.flags)
    assert set(reports["era"]) == {"aers", "faers"}
    assert reports["caseversion"].is_null().sum() == (reports["era"] == "aers").sum()
    assert set(reports["sex"]) == {"F", "M", None}
    assert reports.schema["quarter"] == pl.String
    bands = reports.filter(pl.col("age_band") == "18-44")["age_years"]
    assert bands.min() == 18
    assert bands.max() == 44


@pytest.mark.parametrize("table", KEYS)
def test_rows_are_distinct_whole_numbers_in_order(index: Path, table: str) -> None:
    rows = pl.read_parquet(index / f"{table}.parquet")
    assert set(rows.dtypes) == {pl.Int32}
    assert rows["report_id"].is_sorted()
    assert rows.select(KEYS[table]).is_unique().all()
    flags = pl.read_parquet(index / "reports.parquet").select("report_id", report_flags="flags")
    joined = rows.join(flags, on="report_id")
    assert (joined["flags"] == joined["report_flags"]).all()


@pytest.mark.parametrize("table", WORDS)
def test_ids_are_dense_and_ordered_by_name(index: Path, table: str) -> None:
    rows = pl.read_parquet(index / f"{table}.parquet")
    assert rows[f"{table[:-1]}_id"].to_list() == list(range(len(rows)))
    assert rows["name"].is_sorted()


def test_kept_reports_are_counted_by_mode(index: Path, drawn: Draw) -> None:
    card = json.loads((index / "index.json").read_text())
    flags = drawn.history.flags
    assert card["kept"] == {
        "raw": drawn.reports,
        "latest": int((flags & 3 == 0).sum()),
        "strict": int((flags == 0).sum()),
        "literature": int((flags == 0).sum()),
    }


def test_the_same_draw_gives_the_same_bytes_in_any_number_of_blocks(
    index: Path, drawn: Draw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_index_tables(drawn, tmp_path / "again")
    for path in index.iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()
    monkeypatch.setattr(module, "blocks", lambda count: [(a, min(a + 999, count)) for a in range(0, count, 999)])
    write_index_tables(drawn, tmp_path / "cut")
    for path in index.glob("*.parquet"):
        assert pl.read_parquet(path).equals(pl.read_parquet(tmp_path / "cut" / path.name))


def test_a_filled_folder_is_refused_and_a_failure_leaves_nothing(
    drawn: Draw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").touch()
    with pytest.raises(ValueError, match="expected a new or an empty folder"):
        write_index_tables(drawn, tmp_path / "full")

    def fails(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(module, "_write_words", fails)
    with pytest.raises(OSError, match="disk full"):
        write_index_tables(drawn, tmp_path / "new")
    assert [path.name for path in tmp_path.iterdir()] == ["full"]
