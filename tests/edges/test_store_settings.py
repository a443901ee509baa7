"""A dictionary of drug names or rules of cleaning given once belong to the store; SYNTHETIC reports."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import polars as pl
import pytest

from glabella.safety import build_index, open_store
from tests.edges.files import archive, few, report, run, store_of

SUBSTANCE = "ABOBOTULINUMTOXINA"


@pytest.fixture
def names(tmp_path: Path) -> Path:
    """Give a user's dictionary: a brand that no shipped table knows."""
    file = tmp_path / "own.csv"
    file.write_text(f"name_as_reported,substance\nWONDERBRAND,{SUBSTANCE}\n", encoding="utf-8")
    return file


def brands(quarter: int = 0) -> list[dict[str, object]]:
    """Give reports of the brand: 6 of 10 with the event."""
    return [{**one, "key": int(one["key"]) + quarter} for one in few("WONDERBRAND")]


def counted(store: Path, folder: Path) -> tuple[int, int]:
    """Give n and n_drug of the substance as the command writes them."""
    shown = run("safety", "signals", store, "--drug", SUBSTANCE, "--event", "Dysphagia", "--to", folder / "s.csv")
    assert shown.exit_code == 0, shown.output
    row = pl.read_csv(folder / "s.csv").row(0, named=True)
    return row["n"], row["n_drug"]


def test_names_given_to_ingest_are_used_by_later_commands(tmp_path: Path, names: Path) -> None:
    file = archive(tmp_path / "a", brands())
    shown = run("safety", "ingest", file, "--into", tmp_path / "store", "--names", names)
    assert shown.exit_code == 0, shown.output
    # By hand: all ten reports of the brand are of the substance, six with the event.
    assert counted(tmp_path / "store", tmp_path) == (6, 10)
    trend = run("safety", "trend", tmp_path / "store", "--drug", SUBSTANCE, "--event", "Dysphagia")
    assert trend.exit_code == 0, trend.output
    # ASPIRIN, in no dictionary, is 30 of 40 rows.
    assert "75.0" in run("safety", "describe", tmp_path / "store").output


def test_names_given_to_ingest_outlive_their_file(tmp_path: Path, names: Path) -> None:
    run("safety", "ingest", archive(tmp_path / "a", brands()), "--into", tmp_path / "store", "--names", names)
    names.unlink()
    assert counted(tmp_path / "store", tmp_path) == (6, 10)


def test_names_stay_when_another_quarter_is_taken_in_without_them(tmp_path: Path, names: Path) -> None:
    first = archive(tmp_path / "a", brands())
    second = archive(tmp_path / "a", brands(1_000_000), quarter="2018Q2")
    run("safety", "ingest", first, "--into", tmp_path / "store", "--names", names)
    run("safety", "ingest", second, "--into", tmp_path / "store")
    # Two quarters, each with ten reports of the brand; without event dates none is a twin.
    assert counted(tmp_path / "store", tmp_path) == (12, 20)


def test_a_store_that_was_moved_keeps_its_names(tmp_path: Path, names: Path) -> None:
    run("safety", "ingest", archive(tmp_path / "a", brands()), "--into", tmp_path / "store", "--names", names)
    (tmp_path / "else").mkdir()
    shutil.move(tmp_path / "store", tmp_path / "else" / "where")
    assert counted(tmp_path / "else" / "where", tmp_path) == (6, 10)


def test_names_given_to_the_library_are_used_by_those_who_open_the_store(tmp_path: Path, names: Path) -> None:
    store = store_of(tmp_path, brands())
    build_index(store, names=[names])
    with open_store(store) as opened:
        assert opened.signals(SUBSTANCE, "Dysphagia", ebgm=False)["n"].to_list() == [6]


def test_rules_given_once_are_used_later(tmp_path: Path) -> None:
    shipped = Path(build_index.__code__.co_filename).parents[1] / "data" / "rules.yaml"
    own = tmp_path / "rules.yaml"
    own.write_text(re.sub(r"\bon: true\b", "on: false", shipped.read_text(encoding="utf-8")), encoding="utf-8")
    # Two versions of one case: without any rule both stay.
    store = store_of(tmp_path, [report(10_000_001, caseversion=1), report(10_000_001, caseversion=2)])
    build_index(store, rules=own)
    with open_store(store) as opened:
        assert opened.describe().kept["strict"] == 2


def test_two_users_of_a_store_keep_their_indexes(tmp_path: Path, names: Path) -> None:
    store = store_of(tmp_path, brands())
    other = tmp_path / "other.csv"
    other.write_text("name_as_reported,substance\nWONDERBRAND,RIMABOTULINUMTOXINB\n", encoding="utf-8")
    with open_store(store, names=[names]) as mine:
        with open_store(store, names=[other]) as theirs:
            assert theirs.signals("RIMABOTULINUMTOXINB", "Dysphagia", ebgm=False)["n"].to_list() == [6]
        assert mine.signals(SUBSTANCE, "Dysphagia", ebgm=False)["n"].to_list() == [6]
        assert mine.index.is_dir()


def test_alternating_settings_do_not_build_again_each_time(tmp_path: Path, names: Path) -> None:
    store = store_of(tmp_path, brands())
    other = tmp_path / "other.csv"
    other.write_text("name_as_reported,substance\nELSEBRAND,RIMABOTULINUMTOXINB\n", encoding="utf-8")
    for given in (names, other):
        build_index(store, names=[given])
    said: list[str] = []
    for given in (names, other):
        build_index(store, names=[given], progress=said.append)
    assert said == []
