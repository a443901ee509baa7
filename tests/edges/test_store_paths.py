"""Numbers of a store do not depend on the names of the folders above it; SYNTHETIC reports."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl
import pytest

from glabella.safety import open_store, verify
from tests.edges.files import archive, few, run, store_of

ODD = [
    "role=9", "flags=1", "report_id=7", "primaryid=5", "event_id=x", "substance_id=3", "what?", "[x]", "a*b",
    "it's",
    "two words", "50%25", "a#b", "-x",
]  # fmt: skip


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an indexed store below folders of plain names."""
    store = store_of(tmp_path_factory.mktemp("plain"), few())
    open_store(store).close()
    return store


def numbers(store: Path) -> pl.DataFrame:
    """Give what is counted, in all ways that read different tables."""
    with open_store(store) as opened:
        whole = opened.signals(ebgm=False).select("drug", "event", "n", "n_drug", "n_event", "n_total")
        one = opened.signals("ABOBOTULINUMTOXINA", "Dysphagia", ebgm=False).select(whole.columns)
        strata = opened.pairs(strata=("year", "sex")).frame
    assert strata["n"].sum() == whole["n"].sum()
    return pl.concat([whole, one])


@pytest.mark.parametrize("name", ODD)
def test_numbers_do_not_depend_on_a_folder_above(plain: Path, tmp_path: Path, name: str) -> None:
    place = tmp_path / name / "store"
    place.parent.mkdir()
    # What was counted before is left behind: it is counted again here.
    shutil.copytree(plain, place, ignore=shutil.ignore_patterns("index"))
    found = numbers(place)
    # By hand: 6 reports of the drug with the event, 10 of the drug, 11 of the event, 40 in all.
    assert found.row(-1)[2:] == (6, 10, 11, 40)
    assert found.equals(numbers(plain))
    assert verify(place).ok


@pytest.mark.parametrize("name", ["role=9", "flags=1", "what?"])
def test_commands_work_below_any_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    file = archive(folder / "a", few())
    shown = run("safety", "ingest", file, "--into", folder / "store")
    assert shown.exit_code == 0, shown.output
    written = run(
        "safety", "signals", folder / "store", "--drug", "ABOBOTULINUMTOXINA", "--to", folder / "all.csv",
        "--plot", folder / "p.svg",
    )  # fmt: skip
    assert written.exit_code == 0, written.output
    assert sorted(pl.read_csv(folder.joinpath("all.csv").read_bytes())["n"].to_list()) == [4, 6]
    assert (folder / "p.svg").is_file()


def test_a_neighbour_that_a_pattern_would_match_is_not_read(tmp_path: Path) -> None:
    # As a pattern, s[1] names the folder s1 beside it, which holds twice as many reports.
    store_of(tmp_path / "s1", [*few(), *({**one, "key": one["key"] + 1000} for one in few())])
    store = store_of(tmp_path / "s[1]", few())
    assert numbers(store).row(-1)[2:] == (6, 10, 11, 40)
