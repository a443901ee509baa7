"""``glabella dossier check``: documents are made of what is sound so far, and of nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

import glabella.brief.agreement
import glabella.cli._main
from glabella.cli import main
from tests import dossiers_made


@pytest.mark.parametrize("make", [dossiers_made.starter, dossiers_made.bcg, dossiers_made.walking])
def test_dossiers_made_for_tests_have_no_fault(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    made = make(tmp_path / "made")
    done = CliRunner().invoke(main, ["dossier", "check", str(made)])
    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[-1] == f"no faults in {made}"


def test_no_document_is_made_of_a_dossier_with_faults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_: Path) -> list[str]:
        raise AssertionError

    monkeypatch.setattr(glabella.cli._main, "_disagreements", never)
    made = dossiers_made.starter(tmp_path / "made")
    (made / "dossier.yaml").write_text("no: dossier\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["dossier", "check", str(made)])
    assert done.exit_code == 2
    assert "dossier.yaml" in done.output


def test_intervals_that_disagree_without_a_reason_are_faults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        glabella.brief.agreement, "contradictions", lambda _: ["a is 1 and b is 2, and nothing says why"]
    )
    made = dossiers_made.starter(tmp_path / "made")
    done = CliRunner().invoke(main, ["dossier", "check", str(made)])
    assert done.exit_code == 2
    assert "brief: a is 1 and b is 2, and nothing says why" in done.output
    assert f"2 faults listed of {made}" in done.output


def test_its_help_says_that_documents_are_made() -> None:
    said = " ".join(CliRunner().invoke(main, ["dossier", "check", "--help"]).output.split())
    assert "Of a dossier that is sound so far, verdicts, brief and report are made, which takes seconds" in said
