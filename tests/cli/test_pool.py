"""``glabella pool`` on small files, by the command."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from glabella.synthesis import effect_size, pool


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "glabella", "pool", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_effects_from_a_file_are_pooled(tmp_path: Path) -> None:
    file = tmp_path / "data.csv"
    file.write_text("yi,vi,dose\n0.1,0.04,1\n0.4,0.05,2\n0.8,0.09,3\n0.6,0.05,5\n", encoding="utf-8")
    found = json.loads(run(str(file), "--json").stdout)
    expected = pool([0.1, 0.4, 0.8, 0.6], [0.04, 0.05, 0.09, 0.05])
    for name in ("estimate", "se", "ci_low", "tau2", "i2", "q_p", "pi_high", "k", "converged"):
        assert found[name] == pytest.approx(getattr(expected, name))
    regression = json.loads(run(str(file), "--mods", "~ dose", "--json").stdout)
    assert regression["names"] == ["Intercept", "dose"]
    assert len(regression["estimate"]) == 2
    assert regression["pi_low"] is None
    assert "Random-effects model" in run(str(file)).stdout


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (2, ["with two trials: both trials, and a Bayesian estimate under a declared prior of tau"]),
        (4, ["with fewer than five trials: a prediction interval from a declared prior of tau, or none"]),
        (5, []),
    ],
)
def test_what_a_report_would_say_of_few_trials_is_noted(tmp_path: Path, rows: int, said: list[str]) -> None:
    """The numbers stay metafor's."""
    file = tmp_path / "data.csv"
    y, v = [0.1, 0.9, 0.3, 1.4, -0.6][:rows], [0.04, 0.05, 0.03, 0.05, 0.04][:rows]
    file.write_text("yi,vi\n" + "".join(f"{a},{b}\n" for a, b in zip(y, v, strict=True)), encoding="utf-8")
    found, text = json.loads(run(str(file), "--json").stdout), run(str(file)).stdout
    assert found["ci_low"] == pytest.approx(pool(y, v).ci_low)
    assert len(found["few_trials"]) == len(said)
    assert all(any(each.startswith(words) for each in found["few_trials"]) for words in said)
    assert text.count("Of so few trials a report says otherwise: ") == len(said)


def test_effects_are_computed_from_counts(tmp_path: Path) -> None:
    file = tmp_path / "counts.csv"
    file.write_text("study,ai,n1i,ci,n2i\na,9,15,2,15\nb,17,33,6,41\n", encoding="utf-8")
    effects = effect_size("OR", ai=[9, 17], n1i=[15, 33], ci=[2, 6], n2i=[15, 41])
    found = json.loads(run(str(file), "--measure", "OR", "--json", "--test", "z").stdout)
    assert found["estimate"] == pytest.approx(pool(effects.yi, effects.vi, test="z").estimate)


@pytest.mark.parametrize(
    ("text", "options", "says"),
    [
        ("yi,vi\n0.1,0.1\n0.2,x\n", [], "column 'vi' holds 'x' in row 2, expected a number"),
        ("yi,vi\n0.1,0.1\n,0.2\n", [], "column 'yi' is empty in row 2, expected a number"),
        ("yi,se\n0.1,0.1\n", [], "column 'vi' is missing; the file holds ['yi', 'se']"),
        ("yi,vi\n0.1,0.1\n0.2,-1\n", [], "vi -1.0 in row 2, expected a finite effect"),
        ("yi,vi\n0.1,0.1\n", [], "(k = 1)"),
        ("yi,vi,x\n0.1,0.1,1\n0.2,0.1,1\n0.4,0.1,1\n", ["--mods", "~ x"], "constant or collinear"),
        ("yi,vi\n0.1,0.1\n0.2,0.1\n", ["--mods", "~ dose"], "dose"),
        ("yi,vi\n0.1,0.1\n0.2,0.1\n", ["--method", "XX"], "unknown method 'XX'"),
        ("ai,n1i,ci,n2i\n9,5,2,15\n", ["--measure", "OR"], "row 1"),
    ],
)
def test_bad_files_are_named(tmp_path: Path, text: str, options: list[str], says: str) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(text, encoding="utf-8")
    done = run(str(file), *options)
    assert done.returncode == 2
    assert says in done.stderr
    assert str(file) in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = run(str(tmp_path / "nowhere.csv"))
    assert done.returncode == 2
    assert "nowhere.csv" in done.stderr
