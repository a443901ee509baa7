"""Files that belong together are written all or none, whatever keeps one of them from being written."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from glabella._writing import replace_all
from glabella.cli import main
from tests import dossiers_made
from tests.edges.files import few, store_of


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def content(folder: Path) -> dict[str, bytes | None]:
    """Give everything in a folder: files with what they hold, folders with nothing."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")
    }


def test_all_are_written(tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(b"old")
    replace_all({tmp_path / "a" / "b" / "new": b"1", tmp_path / "old": b"2"})
    assert content(tmp_path) == {"a": None, "a/b": None, "a/b/new": b"1", "old": b"2"}


@pytest.mark.parametrize("bad", ["a folder", "below a file"])
def test_one_that_cannot_be_written_keeps_all_as_they_were(tmp_path: Path, bad: str) -> None:
    (tmp_path / "old").write_bytes(b"old")
    (tmp_path / "folder").mkdir()
    target = tmp_path / "folder" if bad == "a folder" else tmp_path / "old" / "x" / "y"
    before = content(tmp_path)
    with pytest.raises(OSError, match="directory") as error:
        replace_all({tmp_path / "a" / "new": b"1", tmp_path / "old": b"2", target: b"3", tmp_path / "last": b"4"})
    assert error.value.filename == str(target)
    assert content(tmp_path) == before


@pytest.mark.parametrize("linked", [True, False])
def test_a_failure_at_the_last_step_brings_back_what_stood_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, linked: bool
) -> None:
    (tmp_path / "old").write_bytes(b"old")
    before = content(tmp_path)
    original = Path.replace

    def failing(path: Path, target: Path) -> Path:
        if target.name == "second" and path.read_bytes() == b"3":
            raise OSError(errno.EIO, "broken", str(path))
        return original(path, target)

    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(Path, "replace", failing)
    if not linked:
        monkeypatch.setattr(os, "link", no_links)
    with pytest.raises(OSError, match="broken") as error:
        replace_all({tmp_path / "old": b"1", tmp_path / "a" / "first": b"2", tmp_path / "second": b"3"})
    assert error.value.filename == str(tmp_path / "second")
    assert content(tmp_path) == before


def test_a_link_is_followed_and_a_pipe_comes_last(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    replace_all({Path(os.devnull): b"1", tmp_path / "link": b"2"})
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"2"


# --- every command that writes several ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def bcg(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return dossiers_made.bcg(tmp_path_factory.mktemp("made") / "bcg")


@pytest.mark.parametrize("blocked", ["report", "rows"])
def test_a_report_and_its_rows(tmp_path: Path, bcg: Path, blocked: str) -> None:
    out, rows = tmp_path / "out", tmp_path / "rows"
    (out if blocked == "report" else rows).write_text("a file", encoding="utf-8")
    done = run("report", bcg, "--to", out, "--data", rows, "--format", "md")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"cannot write {out if blocked == 'report' else rows}")
    assert content(tmp_path) == {("out" if blocked == "report" else "rows"): b"a file"}


def test_a_network_s_league_and_plots(tmp_path: Path) -> None:
    table = tmp_path / "net.csv"
    table.write_text(
        "studlab,treat1,treat2,TE,seTE\na,A,B,0.1,0.1\nb,B,C,0.2,0.1\nc,A,C,0.3,0.1\n", encoding="utf-8"
    )
    (tmp_path / "plots").write_text("a file", encoding="utf-8")
    before = content(tmp_path)
    done = run("network", table, "--league", tmp_path / "league.csv", "--plot", tmp_path / "plots")
    assert done.exit_code == 2
    assert "plots" in done.stderr
    assert content(tmp_path) == before


def test_a_table_of_reports_and_its_plot(tmp_path: Path) -> None:
    store = store_of(tmp_path / "made", few())
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "file").write_text("a file", encoding="utf-8")
    before = content(tmp_path / "out")
    words = ("safety", "signals", store, "--drug", "ABOBOTULINUMTOXINA", "--to", tmp_path / "out" / "x.csv")
    for plot in ("file/x.svg", "x.gif"):
        done = run(*words, "--plot", tmp_path / "out" / plot)
        assert done.exit_code == 2, done.output
        assert content(tmp_path / "out") == before
