"""The guide to the format says what the format is."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from glabella.dossier import Outcome, Words, _migrate, check, write_starter
from glabella.dossier._load import MODELS, OPTIONAL_MODELS
from glabella.dossier.rules import Control

GUIDE = (Path(__file__).parents[2] / "docs" / "dossier.md").read_text(encoding="utf-8")


def test_its_study_is_sound(tmp_path: Path) -> None:
    folder = tmp_path / "dossier"
    write_starter(folder)
    study = GUIDE.split("```yaml\n")[1].split("```")[0]
    (folder / "studies" / "example2020.yaml").write_text(study, encoding="utf-8")
    assert check(folder) == []


def test_it_names_every_file_word_and_field() -> None:
    names = [*MODELS, *OPTIONAL_MODELS, *Words.model_fields, *get_args(Control)]
    names += [name for name in Outcome.model_fields if name != "minimal_important_difference"]
    assert [name for name in names if f"`{name}`" not in GUIDE] == []


def test_it_lists_every_name_that_changed() -> None:
    table = GUIDE.split("| version 1 | version 2 |")[1]
    old = {rename.old for rename in _migrate._RENAMES} | {_migrate._CONSTANT}
    new = {rename.new for rename in _migrate._RENAMES} | {_migrate._CONSTANT_NOW}
    assert [name for name in old | new if name not in table] == []
