"""Faults of ``frames.yaml``, each with its line."""

import shutil
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from glabella.dossier import Frames, check

SHIPPED = Path(str(files("glabella"))) / "dossiers" / "botulinum-depression"
FRAMES = """
language: en
subject: [tea]
concepts:
  cold: [cold|colds]
frames:
  - claim: a
    when: [cures .. <cold>]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("dossier") / "made"
    shutil.copytree(SHIPPED, place)
    return place


def faults(folder: Path, text: str) -> list[tuple[int | None, str]]:
    (folder / "frames.yaml").write_text(text, encoding="utf-8")
    return [(each.line, each.message) for each in check(folder) if each.file == "frames.yaml"]


def test_sound_frames_have_no_fault(folder: Path) -> None:
    assert faults(folder, FRAMES) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("claim: a", "claim: zz", 7, "no claim 'zz' in claims.yaml"),
        ("cures .. <cold>", "cures .. <colds>", 8, "no concept 'colds'"),
        ("cures .. <cold>", "cures .. sniffles", 5, "concept 'cold' is used by no pattern"),
        ("cold|colds", "cold|<cold>", 5, "concept 'cold' is made of itself"),
        ("when: [cures .. <cold>]", "over: [b]\n    unless: [<cold>]", 7, "claim 'a' has neither when nor denies"),
        ("cures .. <cold>", "cures .. <cold>]\n    over: [zz", 9, "no claim 'zz' in claims.yaml"),
        ("claim: a", "claim: f.never", 7, "no claim 'f.never' in claims.yaml"),
        ("claim: a", "claim: a\n    numbers: [nothing.treated]", 8, "no analysis for 'nothing.treated'"),
        ("claim: a", "claim: a\n    numbers: [response_saline.people]", 8, "response_saline.people"),
        ("cures .. <cold>", "Cures .. <cold>", 8, "'Cures' is no word in small letters"),
        ("cures .. <cold>", "cures & <cold> + heals || ends", 8, "has an empty phrase"),
    ],
)
def test_a_fault_is_named_at_its_line(folder: Path, old: str, new: str, line: int, message: str) -> None:
    found = faults(folder, FRAMES.replace(old, new))
    assert any(message in said for _, said in found), found
    assert {at for at, said in found if message in said} <= {line, line + 1, line - 1}, found


def test_a_part_of_a_claim_and_shares_of_an_analysis_may_be_named(folder: Path) -> None:
    more = "claim: f.alone\n    over: [f.together]\n    mirror: i\n    numbers: [response_saline.treated]"
    assert faults(folder, FRAMES.replace("claim: a", more)) == []


def test_a_claim_has_one_frame(folder: Path) -> None:
    twice = FRAMES + "  - claim: a\n    when: [ends .. <cold>]\n"
    assert sum("has 2 frames" in said for _, said in faults(folder, twice)) == 2


def test_digits_in_patterns_are_no_numbers_of_the_dossier(folder: Path) -> None:
    assert faults(folder, FRAMES.replace("cures", "cures|40|88")) == []


def test_the_shipped_frames_are_read() -> None:
    Frames.model_validate(yaml.safe_load((SHIPPED / "frames.yaml").read_text(encoding="utf-8")))
