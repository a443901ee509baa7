"""The index: named by what it depends on, whole or not there, and the same bytes from the same input."""

from __future__ import annotations

import fcntl
import hashlib
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from glabella.safety.store import build_index, open_index, open_store
from tests.safety.store.tiny import report, write_quarter

SOME = [
    report(101, caseid=1, caseversion="1", drugs=["BOTOX", ("ZOLOFT", "C")], events=["PTOSIS"], sex_clean="F"),
    report(102, caseid=1, caseversion="2", drugs=["BOTOX", ("ZOLOFT", "C")], events=["PTOSIS", "NAUSEA"]),
    report(20, drugs=[("BOTOX", "PS", None, "1"), ("BOTOX", "SS", None, "1")], indications=[("1", "MIGRAINE")]),
]


def digests(index: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(index.glob("*.*"))}


def table(index: Path, name: str) -> list[tuple[Any, ...]]:
    return pl.read_parquet(index / f"{name}.parquet").rows()


def test_the_tables(tmp_path: Path) -> None:
    write_quarter(tmp_path, "2022Q1", SOME)
    index = build_index(tmp_path)
    assert table(index, "substances") == [(0, "ONABOTULINUMTOXINA", "dictionary"), (1, "SERTRALINE", "dictionary")]
    assert table(index, "products") == [(0, "BOTOX", 0), (1, "ZOLOFT", 1)]
    assert table(index, "events") == [(0, "NAUSEA"), (1, "PTOSIS")]
    # Report 20 comes first by number; two doses in two roles are one row in the higher role.
    assert table(index, "report_substance") == [
        (0, 0, 1, 0),
        (1, 0, 1, 1),
        (1, 1, 4, 1),
        (2, 0, 1, 0),
        (2, 1, 4, 0),
    ]
    assert table(index, "report_product") == table(index, "report_substance")
    assert table(index, "report_event") == [(0, 0, 0), (1, 1, 1), (2, 0, 0), (2, 1, 0)]
    assert table(index, "report_indication") == [(0, 0, 0, 0)]
    assert table(index, "substance_report") == sorted(
        (s, r, role, f) for r, s, role, f in table(index, "report_substance")
    )
    assert table(index, "event_report") == sorted((e, r, f) for r, e, f in table(index, "report_event"))
    schema = pl.read_parquet_schema(index / "reports.parquet")
    names = "report_id era quarter primaryid caseid caseversion fda_date event_date sex age_years age_band year "
    assert " ".join(schema) == names + "reporter country sender_id report_type flags"
    assert [schema[name] for name in ("report_id", "primaryid", "flags")] == [pl.Int32, pl.Int64, pl.Int32]


@pytest.mark.parametrize(
    ("age", "band"),
    [
        (0.0, "0-1"),
        (1.99, "0-1"),
        (2.0, "2-11"),
        (12.0, "12-17"),
        (18.0, "18-44"),
        (45.0, "45-64"),
        (65.0, "65-74"),
        (75.0, "75+"),
        (None, None),
    ],
)
def test_age_bands(tmp_path: Path, age: float | None, band: str | None) -> None:
    write_quarter(tmp_path, "2022Q1", [report(1, age_years=age)])
    assert pl.read_parquet(build_index(tmp_path) / "reports.parquet")["age_band"].to_list() == [band]


def test_eras_come_in_order_and_the_year_from_the_quarter_where_no_date_is(tmp_path: Path) -> None:
    write_quarter(tmp_path, "2012Q4", [report(5, fda_date=20130105)])
    write_quarter(tmp_path, "2012Q3", [report(900)])
    reports = pl.read_parquet(build_index(tmp_path) / "reports.parquet")
    assert reports.select("era", "primaryid", "year").rows() == [("aers", 900, 2012), ("faers", 5, 2013)]


def test_the_same_input_gives_the_same_bytes_whatever_the_order_of_rows(tmp_path: Path) -> None:
    for name, rows in (("a", SOME), ("b", SOME), ("c", SOME[::-1])):
        write_quarter(tmp_path / name, "2022Q1", rows)
        write_quarter(tmp_path / name, "2012Q3", [report(7, drugs=["DYSPORT"])], deleted=[20])
    one, same, turned = (digests(build_index(tmp_path / name)) for name in "abc")
    assert one == same
    assert {k: v for k, v in one.items() if k != "index.json"} == {
        k: v for k, v in turned.items() if k != "index.json"
    }


def test_it_is_built_once_and_again_when_anything_it_depends_on_changes(tmp_path: Path) -> None:
    store = tmp_path / "store"
    write_quarter(store, "2022Q1", SOME)
    said: list[str] = []
    first = build_index(store, progress=said.append)
    assert said
    said.clear()
    assert build_index(store, progress=said.append) == first
    assert said == []
    (tmp_path / "names.csv").write_text("drugname,substance\nASPIRIN,ACETYLSALICYLIC ACID\n")
    second = build_index(store, names=[tmp_path / "names.csv"])
    write_quarter(store, "2022Q2", [report(7)])
    third = build_index(store)
    assert len({first, second, third}) == 3
    assert [path for path in (store / "index").iterdir() if path.is_dir()] == [third]


def test_a_build_that_fails_leaves_the_old_index_and_nothing_else(tmp_path: Path) -> None:
    write_quarter(tmp_path, "2022Q1", SOME)
    index = build_index(tmp_path)
    write_quarter(tmp_path, "2022Q2", SOME)
    (tmp_path / "quarters" / "2022Q2" / "reac.parquet").unlink()
    with pytest.raises(ValueError, match=r"reac\.parquet: missing; the quarter is not whole"):
        build_index(tmp_path)
    assert {path.name for path in (tmp_path / "index").iterdir()} == {index.name, ".lock"}


def test_what_a_killed_build_left_behind_is_cleared(tmp_path: Path) -> None:
    write_quarter(tmp_path, "2022Q1", SOME)
    left = tmp_path / "index" / ".building" / "out"
    left.mkdir(parents=True)
    (left / "reports.parquet").write_text("half")
    index = build_index(tmp_path)
    assert {path.name for path in (tmp_path / "index").iterdir()} == {index.name, ".lock"}


def test_a_second_build_at_once_is_refused(tmp_path: Path) -> None:
    write_quarter(tmp_path, "2022Q1", SOME)
    (tmp_path / "index").mkdir()
    with (tmp_path / "index" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(BlockingIOError, match="another process"):
            build_index(tmp_path)
    assert build_index(tmp_path).exists()


def test_what_could_not_be_used_is_counted(tmp_path: Path) -> None:
    reports = [
        report(1, caseid=1, events=["NAUSEA", None, ""], indications=[("9", "MIGRAINE"), ("1", None)]),
        report(1, caseid=1, fda_date=20220101),
        report("x1", caseid=2),  # type: ignore[arg-type]
        report(3, drugs=[("BOTOX", "DN"), ("DYSPORT", "ZZ")]),
    ]
    write_quarter(tmp_path, "2022Q1", reports)
    with open_store(tmp_path) as store:
        rows = store.describe().rows
        assert rows["demo_rows"] == 4
        assert rows["demo_primaryid_not_a_number"] == 1
        assert rows["demo_repeats_a_primaryid"] == 1
        assert rows["drug_without_report"] == rows["reac_without_report"] == 1
        assert rows["reac_without_term"] == 2
        assert rows["indi_without_term"] == rows["indi_without_drug"] == 1
        assert rows["drug_with_other_role"] == 2
        assert store.describe().reports == 2
        # A drug not given is in no role.
        assert store.margins("any").drugs["n_drug"].to_list() == [1]


def test_synthetic_data_say_so(tmp_path: Path) -> None:
    write_quarter(tmp_path, "2022Q1", SOME, synthetic=False)
    with open_store(tmp_path) as store:
        assert not store.describe().synthetic
        assert "SYNTHETIC" not in str(store.describe())
    write_quarter(tmp_path, "2022Q2", [report(9)], synthetic=True)
    with open_store(tmp_path) as store:
        assert store.describe().synthetic
        assert store.describe().quarters == ("2022Q1", "2022Q2")
        assert str(store.describe()).startswith("SYNTHETIC DATA")


def test_a_folder_that_is_no_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"store\.json is missing"):
        open_store(tmp_path)
    (tmp_path / "store.json").write_text(json.dumps({"format": 1}))
    with pytest.raises(ValueError, match="holds no quarters"):
        open_store(tmp_path)
    with pytest.raises(ValueError, match=r"reports\.parquet is missing"):
        open_index(tmp_path)
