"""``glabella bayes`` on small files, by the command."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from glabella.synthesis import HalfNormal, LogT, Normal, bayes, bayes_regression, effect_size

FILE = "yi,vi,dose\n0.1,0.04,1\n0.4,0.05,2\n0.8,0.09,3\n0.6,0.05,5\n"
YI, VI, DOSE = [0.1, 0.4, 0.8, 0.6], [0.04, 0.05, 0.09, 0.05], [1.0, 2, 3, 5]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "glabella", "bayes", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_effects_from_a_file_are_analysed(tmp_path: Path) -> None:
    file = tmp_path / "data.csv"
    file.write_text(FILE, encoding="utf-8")
    done = run(
        str(file), "--tau-prior", "halfnormal:0.5", "--mu-prior", "0,2", "--json", "--plot", str(tmp_path / "out")
    )
    found = json.loads(done.stdout)
    expected = bayes(YI, VI, tau_prior=HalfNormal(0.5), mu_prior=Normal(0, 2))
    assert found["mu"]["mean"] == pytest.approx(expected.mu.mean)
    assert (found["tau"]["low"], found["tau"]["high"]) == pytest.approx(expected.tau.interval())
    assert found["log_marginal"] == pytest.approx(expected.log_marginal)
    assert found["shrinkage"]["mean"] == pytest.approx(expected.shrinkage.mean)
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"mu.svg", "tau.svg", "theta_new.svg"}
    text = run(str(file), "--tau-prior", "uniform").stdout
    assert "tau ~ Uniform(upper=inf)" in text
    assert "No marginal likelihood" in text


def test_moderators_and_measures(tmp_path: Path) -> None:
    file = tmp_path / "data.csv"
    file.write_text(FILE, encoding="utf-8")
    found = json.loads(run(str(file), "--tau-prior", "logt-tau2:-2.99,2.16", "--mods", "~ dose", "--json").stdout)
    expected = bayes_regression(YI, VI, DOSE, tau_prior=LogT.of_tau2(-2.99, 2.16))
    assert found["names"] == ["Intercept", "dose"]
    assert found["coefficients"]["mean"] == pytest.approx(expected.coefficients.mean)
    assert found["log_marginal"] is None
    counts = tmp_path / "counts.csv"
    counts.write_text("study,ai,n1i,ci,n2i\na,9,15,2,15\nb,17,33,6,41\n", encoding="utf-8")
    effects = effect_size("OR", ai=[9, 17], n1i=[15, 33], ci=[2, 6], n2i=[15, 41])
    found = json.loads(run(str(counts), "--measure", "OR", "--tau-prior", "halfnormal:0.5", "--json").stdout)
    assert found["mu"]["mean"] == pytest.approx(bayes(effects.yi, effects.vi, tau_prior=HalfNormal(0.5)).mu.mean)


@pytest.mark.parametrize(
    ("text", "options", "says"),
    [
        (FILE, ["--tau-prior", "normal:1"], "unknown prior of tau 'normal:1'; expected one of halfnormal:scale"),
        (FILE, ["--tau-prior", "halft:1"], "has 1 numbers, expected halft:df,scale"),
        (FILE, ["--tau-prior", "halfnormal:x"], "holds what is no number"),
        (FILE, ["--tau-prior", "halfnormal:-1"], "HalfNormal: scale is -1.0"),
        (FILE, ["--tau-prior", "halfnormal:1", "--mu-prior", "1"], "prior of mu '1' has 1 numbers"),
        (
            FILE,
            ["--tau-prior", "halfnormal:1", "--mods", "~ dose", "--plot", "x"],
            "--plot draws an analysis without",
        ),
        ("yi,vi\n0.1,0.1\n0.2,0.1\n", ["--tau-prior", "uniform"], "expected 3 or more studies"),
        ("yi,vi\n0.1,0.1\n0.2,-1\n", ["--tau-prior", "halfnormal:1"], "vi -1.0 in row 2"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, options: list[str], says: str) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(text, encoding="utf-8")
    done = run(str(file), *options)
    assert done.returncode == 2
    assert says in done.stderr
