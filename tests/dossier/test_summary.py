"""What ``summary.yaml`` names must be there."""

from __future__ import annotations

from pathlib import Path

import pytest

from glabella.dossier import check
from tests.made_up import write_fuller


def faults_of(folder: Path, summary: str, *edits: tuple[str, str]) -> list[str]:
    write_fuller(folder)
    (folder / "summary.yaml").write_text(summary, encoding="utf-8")
    plan = folder / "dossier.yaml"
    text = plan.read_text(encoding="utf-8")
    for old, new in edits:
        text = text.replace(old, new, 1)
    plan.write_text(text, encoding="utf-8")
    return [str(fault) for fault in check(folder) if fault.file == "summary.yaml"]


@pytest.mark.parametrize(
    ("summary", "line", "expected"),
    [
        ("readings:\n  - label: a\n    analysis: nix\n", 3,
         "no analysis 'nix' in dossier.yaml; expected one of ['response_all']"),
        ("asked: Does it?\npeople: nix\n", 2,
         "no analysis 'nix' in dossier.yaml; expected one of ['response_all']"),
        ("harms:\n  - nix\n", 2, "no harm_counts 'nix' in products.yaml; there is none"),
        ("claims:\n  nix: words\n", 2, "no claim 'nix' in claims.yaml; "),
    ],
)  # fmt: skip
def test_a_name_of_nothing_is_a_fault_of_its_line(tmp_path: Path, summary: str, line: int, expected: str) -> None:
    found = faults_of(tmp_path / "d", summary)
    assert len(found) == 1
    assert found[0].startswith(f"summary.yaml:{line}: {expected}")


def test_people_are_counted_by_an_event(tmp_path: Path) -> None:
    scored = (("kind: binary", "kind: continuous"), ("measure: OR", "measure: SMD"))
    assert faults_of(tmp_path / "d", "people: response_all\n", *scored) == [
        "summary.yaml:1: the outcome of analysis 'response_all' is no event; there is none"
    ]


def test_names_that_are_there_are_no_fault(tmp_path: Path) -> None:
    summary = "people: response_all\nreadings:\n  - {label: a, analysis: response_all}\n"
    assert faults_of(tmp_path / "d", summary) == []


def test_without_claims_there_is_none_to_name(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    faults_of(folder, "claims:\n  nix: words\n")
    (folder / "claims.yaml").unlink(missing_ok=True)
    assert "summary.yaml:2: no claim 'nix' in claims.yaml; there is none" in [str(each) for each in check(folder)]


def test_faults_of_a_file_that_could_not_be_read_hide_no_more(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    faults_of(folder, "claims:\n  nix: words\n")
    (folder / "claims.yaml").write_text("claims: 3\n", encoding="utf-8")
    assert not [each for each in check(folder) if each.file == "summary.yaml"]
