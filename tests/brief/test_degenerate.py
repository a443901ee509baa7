"""What one trial printed oddly is no end of a document, and never a traceback. SYNTHETIC data throughout."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from glabella.cli import main
from tests.synthesis.test_contrasts import made, n, result

DOCUMENTS = [("brief", "html"), ("report", "json")]


def written(folder: Path) -> list[Result]:
    where = ["--to", str(folder / "made")]
    return [
        CliRunner().invoke(main, [kind, str(folder / "dossier"), "--format", form, *where])
        for kind, form in DOCUMENTS
    ]


def differing(folder: Path, numbers: str) -> list[Result]:
    between = f"    between:\n      - {{comparison: drug_v_placebo, {numbers}}}\n"
    made(folder, {"drug": 65, "placebo": 58}, result({"drug": {"n": 65}, "placebo": {"n": 58}}, between), "SMD")
    return written(folder)


@pytest.mark.parametrize(
    "numbers",
    [f"difference: {n(0)}, p: {n(0.9)}, favours: neither", f"difference: {n(-0.1)}, p: {n(1)}, favours: arm",
     f"difference: {n(0)}, difference_se: {n(0)}", f"difference: {n(0)}, difference_ci: [{n(0)}, {n(0)}]"],
)  # fmt: skip
def test_no_difference_is_written(tmp_path: Path, numbers: str) -> None:
    for done in differing(tmp_path, numbers):
        assert done.exit_code == 0, done.output
    assert len(list((tmp_path / "made").iterdir())) == len(DOCUMENTS)


@pytest.mark.parametrize(
    ("numbers", "reason"),
    [(f"difference: {n(-3.7)}, p: {n(0)}, favours: arm", "P is printed as nil"),
     (f"difference: {n(-3.7)}, difference_se: {n(0)}, favours: arm", "the standard error of the difference")],
)  # fmt: skip
def test_a_document_of_that_trial_alone_says_why_there_is_none(tmp_path: Path, numbers: str, reason: str) -> None:
    for done in differing(tmp_path, numbers):
        assert done.exit_code == 2
        assert f"no effect that could be computed; example2020/drug_v_placebo: {reason}" in done.output
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    ("measure", "drug", "placebo"),
    [
        ("OR", 3, 9),
        ("OR", 3, 0),
        ("OR", 9, 4),
        ("OR", 0, 4),
        ("RR", 0, 3),
        ("RR", 9, 0),
        ("RD", 9, 9),
        ("RD", 0, 9),
    ],
)
def test_nobody_or_everybody_in_an_arm_is_written(tmp_path: Path, measure: str, drug: int, placebo: int) -> None:
    arms = {"drug": {"events": drug, "n": 9}, "placebo": {"events": placebo, "n": 9}}
    made(tmp_path, {"drug": 9, "placebo": 9}, result(arms), measure)
    for done in written(tmp_path):
        assert done.exit_code == 0, done.output
    text = next((tmp_path / "made").glob("*-report.json")).read_text(encoding="utf-8")
    # Where nobody or everybody of the control responds, a ratio tells nothing of a risk.
    if measure == "OR":
        assert ('"absolute.' in text) == (0 < placebo < 9)
