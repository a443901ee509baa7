"""Where a dossier's lists are: by folder, by name, by a folder of lists alone, or nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from glabella.dossier import ListFolder, list_folder, shipped, write_starter


def test_nothing_said_is_the_shipped_dossier_by_whatever_way(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = list_folder()
    assert ours == ListFolder(shipped().name, shipped() / "reports")
    monkeypatch.chdir(shipped())
    for way in (shipped().name, shipped(), str(shipped()), ".", "reports", shipped() / "reports"):
        assert list_folder(way) == ours, way


def test_a_dossier_may_have_no_lists_and_none_may_be_wanted(tmp_path: Path) -> None:
    write_starter(tmp_path / "mine")
    assert list_folder(tmp_path / "mine") == ListFolder("mine", None)
    assert list_folder("none") == ListFolder("", None)


def test_a_folder_of_lists_alone_has_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "lists" / "cohorts").mkdir(parents=True)
    assert list_folder(tmp_path / "lists") == ListFolder("lists", tmp_path / "lists")


def test_a_folder_here_goes_before_a_dossier_that_ships(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / shipped().name / "event_groups").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert list_folder(shipped().name).folder == tmp_path / shipped().name


def test_what_is_neither_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"nowhere: no such folder.*{shipped().name}"):
        list_folder("nowhere")
    with pytest.raises(ValueError, match=r"neither a dossier .* nor a folder of lists; expected one of cohorts"):
        list_folder(tmp_path)
