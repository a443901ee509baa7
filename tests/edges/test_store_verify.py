"""``safety verify`` looks at everything that ``signals`` reads; SYNTHETIC reports."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from glabella.safety import open_store, verify
from tests.edges.files import few, run, store_of


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a store with its index and with what signals has counted and kept."""
    store = store_of(tmp_path_factory.mktemp("sound"), few())
    assert run("safety", "signals", store).exit_code == 0
    return store


@pytest.fixture
def store(sound: Path, tmp_path: Path) -> Path:
    return shutil.copytree(sound, tmp_path / "store")


def the(store: Path, pattern: str) -> Path:
    """Give the one file of a pattern."""
    (found,) = sorted(store.glob(pattern))
    return found


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def remove(path: Path) -> None:
    path.unlink()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def rewrite(path: Path) -> None:
    """Write other numbers of the same form: each report, and each count, twice."""
    frame = pl.read_parquet(path.read_bytes())
    pl.concat([frame, frame]).write_parquet(path)


DAMAGES: list[Callable[[Path], None]] = [cut, remove, empty, rewrite]
READ = [
    "index/*/substance_report.parquet", "index/*/report_event.parquet", "index/*/event_report.parquet",
    "index/*/reports.parquet", "index/*/substances.parquet", "index/*/events.parquet",
    "index/*/counted/*/frame.parquet", "index/*/counted/*/drugs.parquet", "index/*/counted/*/totals.parquet",
]  # fmt: skip


def test_a_sound_store_is_sound(store: Path) -> None:
    assert verify(store).ok
    assert run("safety", "verify", store).exit_code == 0


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("pattern", READ)
def test_damage_to_what_signals_reads_is_found(store: Path, pattern: str, damage: Callable[[Path], None]) -> None:
    path = the(store, pattern)
    damage(path)
    shown = run("safety", "verify", store)
    assert shown.exit_code == 1, shown.output
    assert path.name in shown.output
    assert not verify(store).ok


def test_other_numbers_in_the_description_of_an_index_are_found(store: Path) -> None:
    path = the(store, "index/*/index.json")
    said = json.loads(path.read_text(encoding="utf-8"))
    said["kept"]["strict"] += 1000
    path.write_text(json.dumps(said), encoding="utf-8")
    assert not verify(store).ok


def test_a_strange_file_in_an_index_is_found(store: Path) -> None:
    shutil.copy(
        the(store, "index/*/events.parquet"), the(store, "index/*/events.parquet").with_name("more.parquet")
    )
    assert not verify(store).ok


@pytest.mark.parametrize("place", [".building", ".building-77"])
def test_an_index_that_was_interrupted_is_named_or_harmless(store: Path, place: str) -> None:
    work = store / "index" / place
    work.mkdir()
    (work / "build.duckdb").write_bytes(b"half")
    shown = run("safety", "verify", store)
    assert shown.exit_code == 0 or place in shown.output


def test_an_ingest_that_was_interrupted_is_named(store: Path) -> None:
    half = store / ".partial" / "2018Q2"
    half.mkdir(parents=True)
    (half / "demo.parquet").write_bytes(b"PAR1")
    shown = run("safety", "verify", store)
    assert shown.exit_code == 1
    assert "2018Q2" in shown.output, "which quarter was interrupted is not said"


def test_a_quarter_that_is_gone_is_found(store: Path) -> None:
    shutil.rmtree(store / "quarters" / "2018Q1")
    shown = run("safety", "verify", store)
    assert shown.exit_code in (1, 2)
    assert "2018Q1" in shown.output


def test_signals_do_not_come_from_counts_that_were_cut(store: Path, tmp_path: Path) -> None:
    cut(the(store, "index/*/counted/*/frame.parquet"))
    shown = run("safety", "signals", store, "--to", tmp_path / "s.csv")
    # Either counted anew, or refused in one line.
    assert shown.exit_code in (0, 2), repr(shown.exception)
    if shown.exit_code == 0:
        assert pl.read_csv(tmp_path / "s.csv").height == 4
    assert "Traceback" not in shown.output


def test_verify_does_not_take_what_another_store_counted(store: Path, tmp_path: Path) -> None:
    # The counted tables of a store with other reports, put in the place of this one's.
    other = store_of(tmp_path / "other", [*few(), *({**one, "key": one["key"] + 1000} for one in few())])
    with open_store(other) as opened:
        opened.signals()
    mine, theirs = the(store, "index/*/counted/*/"), the(other, "index/*/counted/*/")
    shutil.rmtree(mine)
    shutil.copytree(theirs, mine)
    assert not verify(store).ok
