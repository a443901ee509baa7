"""What one trial printed oddly is no end of the brief, and never a traceback. SYNTHETIC data throughout."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from glabella.cli import main
from tests.synthesis.test_contrasts import made, n, result


def brief(folder: Path) -> Result:
    where = ["--format", "json", "--to", str(folder / "brief")]
    return CliRunner().invoke(main, ["brief", str(folder / "dossier"), *where])


def differing(folder: Path, numbers: str) -> Result:
    between = f"    between:\n      - {{comparison: drug_v_placebo, {numbers}}}\n"
    made(folder, {"drug": 65, "placebo": 58}, result({"drug": {"n": 65}, "placebo": {"n": 58}}, between), "SMD")
    return brief(folder)


@pytest.mark.parametrize(
    "numbers",
    [f"difference: {n(0)}, p: {n(0.9)}, favours: neither", f"difference: {n(-0.1)}, p: {n(1)}, favours: arm",
     f"difference: {n(0)}, difference_se: {n(0)}", f"difference: {n(0)}, difference_ci: [{n(0)}, {n(0)}]"],
)  # fmt: skip
def test_no_difference_is_briefed(tmp_path: Path, numbers: str) -> None:
    done = differing(tmp_path, numbers)
    assert done.exit_code == 0, done.output
    assert list((tmp_path / "brief").iterdir())


@pytest.mark.parametrize(
    ("numbers", "reason"),
    [(f"difference: {n(-3.7)}, p: {n(0)}, favours: arm", "P is printed as nil"),
     (f"difference: {n(-3.7)}, difference_se: {n(0)}, favours: arm", "the standard error of the difference")],
)  # fmt: skip
def test_a_brief_of_that_trial_alone_says_why_there_is_none(tmp_path: Path, numbers: str, reason: str) -> None:
    done = differing(tmp_path, numbers)
    assert done.exit_code == 2
    assert f"no effect that could be computed; example2020/drug_v_placebo: {reason}" in done.output
    assert not (tmp_path / "brief").exists()


@pytest.mark.parametrize(("drug", "placebo"), [(3, 9), (3, 0), (9, 4), (0, 4)])
def test_nobody_or_everybody_in_an_arm_is_briefed(tmp_path: Path, drug: int, placebo: int) -> None:
    arms = {"drug": {"events": drug, "n": 9}, "placebo": {"events": placebo, "n": 9}}
    made(tmp_path, {"drug": 9, "placebo": 9}, result(arms), "OR")
    done = brief(tmp_path)
    assert done.exit_code == 0, done.output
    text = next((tmp_path / "brief").iterdir()).read_text(encoding="utf-8")
    # Where nobody or everybody of the control responds, a ratio tells nothing of a risk.
    assert ("absolute." in text) == (0 < placebo < 9)
