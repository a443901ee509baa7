"""``glabella network`` on small files, by the command."""

import csv
import io
import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from glabella.synthesis import network, pairwise

ROWS = [("1", "A", "B", 0.3, 0.2), ("2", "A", "B", 0.5, 0.25), ("3", "B", "C", 0.2, 0.2), ("4", "A", "C", 0.9, 0.3),
        ("5", "A", "B", 0.1, 0.3), ("5", "A", "D", 0.6, 0.35), ("5", "B", "D", 0.5, 0.32),
        ("6", "C", "D", -0.2, 0.3)]  # fmt: skip
CONTRASTS = "studlab,treat1,treat2,te,se\n" + "".join(",".join(map(str, row)) + "\n" for row in ROWS)
ARMS = ("studlab,treat,events,n\na,P,5,50\na,X,11,52\nb,P,7,60\nb,Y,15,61\nc,X,12,48\nc,Y,14,50\n"
        "d,P,4,40\nd,X,7,41\nd,Y,9,43\ne,P,0,20\ne,X,0,21\n")  # fmt: skip


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "glabella", "network", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def fit(**options: Any) -> Any:
    columns: Any = [list(column) for column in zip(*ROWS, strict=True)]
    return network(*columns, **options)


@pytest.fixture
def contrasts(tmp_path: Path) -> Path:
    file = tmp_path / "contrasts.csv"
    file.write_text(CONTRASTS, encoding="utf-8")
    return file


def test_everything_is_printed_as_json(contrasts: Path) -> None:
    found = json.loads(run(str(contrasts), "--reference", "B", "--json").stdout)
    expected = fit(reference="B")
    for name in ("tau2", "i2", "q", "q_p", "q_between", "k", "m"):
        assert found[name] == pytest.approx(getattr(expected, name))
    assert found["treatments"] == ["A", "B", "C", "D"]
    assert found["te_random"] == [pytest.approx(row) for row in expected.te_random.tolist()]
    assert found["p_score"] == pytest.approx(expected.p_score.tolist())
    assert found["p_score_small_bad"] == pytest.approx((1 - expected.p_score).tolist())
    split, own = found["node_split"], expected.node_split()
    assert split["first"] == list(own.first)
    assert [value is None for value in split["difference"]] == [value != value for value in own.difference]
    designs = expected.design_by_treatment()
    assert found["design_by_treatment"]["design"] == list(designs.designs)
    assert found["design_by_treatment"]["q_random"] == pytest.approx(designs.q_random)
    assert found["contribution"]["A:B"] == pytest.approx(expected.contribution().share[:, 0].tolist())
    assert found["left_out"] == []


def test_the_report_has_fit_ranks_league_inconsistency_and_splits(contrasts: Path) -> None:
    said = run(str(contrasts), "--method", "DL", "--small-values", "bad").stdout
    expected = fit(method="DL")
    assert expected.report(small_values="bad") in said
    assert str(expected.node_split()) in said
    assert str(expected.design_by_treatment()) in said
    best = max(zip(expected.p_scores(small_values="bad"), expected.treatments, strict=True))
    assert f"small values being bad\n{best[1]} {best[0]:6.4f}" in said
    assert "League table" in said


def test_netmetas_names_of_columns_are_understood(tmp_path: Path) -> None:
    file = tmp_path / "netmeta.csv"
    file.write_text(CONTRASTS.replace("te,se", "TE,seTE"), encoding="utf-8")
    assert json.loads(run(str(file), "--json").stdout)["tau2"] == pytest.approx(fit().tau2)


def test_arms_are_turned_into_contrasts_and_what_is_left_out_is_named(tmp_path: Path) -> None:
    file = tmp_path / "arms.csv"
    file.write_text(ARMS, encoding="utf-8")
    found = json.loads(run(str(file), "--measure", "OR", "--json", "--method", "DL").stdout)
    rows = list(csv.DictReader(io.StringIO(ARMS)))
    made = pairwise([row["studlab"] for row in rows], [row["treat"] for row in rows], measure="OR",
                    events=[float(row["events"]) for row in rows], n=[float(row["n"]) for row in rows])  # fmt: skip
    expected = network(made.studlab, made.treat1, made.treat2, made.te, made.se, method="DL")
    assert found["te_random"] == [pytest.approx(row) for row in expected.te_random.tolist()]
    assert len(found["left_out"]) == 1
    assert found["left_out"][0].endswith(": e")
    assert found["left_out"][0] in run(str(file), "--measure", "OR").stdout


def test_plots_and_league_table_are_written(contrasts: Path, tmp_path: Path) -> None:
    league, folder = tmp_path / "league.csv", tmp_path / "plots"
    done = run(str(contrasts), "--ratio", "--plot", str(folder), "--league", str(league), "--picture", "png")
    assert done.returncode == 0, done.stderr
    assert {file.name for file in folder.iterdir()} == {
        f"{name}.png" for name in ("network", "forest", "rankogram", "net_heat", "funnel")
    }
    assert all(file.read_bytes().startswith(b"\x89PNG") for file in folder.iterdir())
    rows = list(csv.reader(io.StringIO(league.read_text(encoding="utf-8"))))
    expected = fit().league(order=rows[0][1:], scale="exp")
    assert [row[1:] for row in rows[1:]] == expected.cells()


def test_sizes_of_nodes_are_participants_where_arms_are_given(tmp_path: Path) -> None:
    file = tmp_path / "arms.csv"
    file.write_text(ARMS, encoding="utf-8")
    run(str(file), "--measure", "OR", "--plot", str(tmp_path / "plots"))
    assert "participants" in (tmp_path / "plots" / "network.svg").read_text(encoding="utf-8")


def test_a_network_without_a_loop_has_no_net_heat(tmp_path: Path) -> None:
    file = tmp_path / "tree.csv"
    file.write_text("studlab,treat1,treat2,te,se\n1,A,B,0.1,0.2\n2,A,B,0.4,0.2\n3,B,C,0.3,0.2\n", encoding="utf-8")
    done = run(str(file), "--plot", str(tmp_path / "plots"))
    assert done.returncode == 0, done.stderr
    assert "nothing to split" in done.stdout
    assert not (tmp_path / "plots" / "net_heat.svg").exists()
    assert (tmp_path / "plots" / "funnel.svg").exists()


@pytest.mark.parametrize(
    ("text", "options", "says"),
    [
        ("studlab,treat1,treat2,te\n1,A,B,0.1\n", [], "column 'se' is missing; the file holds"),
        ("studlab,treat1,treat2,te,se\n1,A,B,0.1,x\n", [], "column 'se' holds 'x' in row 1, expected a number"),
        ("studlab,treat1,treat2,te,se\n1,A,,0.1,0.2\n", [], "column 'treat2' is empty in row 1, expected a name"),
        ("studlab,treat1,treat2,te,se\n1,A,A,0.1,0.2\n", [], "study '1': 'A'"),
        ("studlab,treat1,treat2,te,se\n1,A,B,0.1,0.2\n2,C,D,0.1,0.2\n", [], "falls into 2 parts"),
        (CONTRASTS, ["--reference", "Z"], "reference 'Z' is not in the network"),
        (CONTRASTS, ["--method", "XX"], "unknown method 'XX'"),
        (ARMS, ["--measure", "XX"], "unknown measure 'XX'"),
        (ARMS, ["--measure", "MD"], "column 'mean' is missing"),
        ("studlab,treat,events,n\na,P,5,3\na,X,1,5\n", ["--measure", "OR"], "events is 5 in study 'a'"),
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


def test_ratios_are_ratios_in_json_too_and_say_so(contrasts: Path) -> None:
    """Effects and limits are exponents of those that are printed without the option; errors stay those of logs."""
    logs = json.loads(run(str(contrasts), "--json").stdout)
    found = json.loads(run(str(contrasts), "--json", "--ratio", "--small-values", "bad").stdout)
    for name in ("te_common", "te_random", "low_random", "high_random", "pi_low"):
        assert found[name][1][0] == pytest.approx(math.exp(logs[name][1][0]))
    assert found["se_random"] == logs["se_random"]
    for name in ("te", "direct", "indirect", "difference"):
        assert found["node_split"][name][0] == pytest.approx(math.exp(logs["node_split"][name][0]))
    assert found["node_split"]["difference_se"] == logs["node_split"]["difference_se"]
    assert (logs["scale"], logs["scale_of_errors"]) == ("effect as given", "effect as given")
    assert (found["scale"], found["scale_of_errors"]) == ("ratio", "log ratio")
    assert (found["small_values"], found["p_score"]) == ("bad", logs["p_score_small_bad"])


def test_every_table_says_its_scale(tmp_path: Path) -> None:
    file = tmp_path / "arms.csv"
    file.write_text(ARMS, encoding="utf-8")
    for options, words in (([], "log odds ratio"), (["--ratio"], "odds ratio")):
        said = run(str(file), "--measure", "OR", *options).stdout
        assert f"Effects: {words}; P-scores: small values are good" in said
        assert f"League table (random effects; {words})" in said
        assert f"Direct and indirect evidence (random effects; {words})" in said
    assert "(of the log odds ratio)" in said


def test_ratios_of_differences_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "arms.csv"
    file.write_text(ARMS, encoding="utf-8")
    done = run(str(file), "--measure", "RD", "--ratio")
    assert done.returncode == 2
    assert "the measure is RD, a risk difference" in done.stderr
    assert not done.stdout


def test_a_split_face_trial_is_taken_when_its_arms_are_said_to_be_correlated(tmp_path: Path) -> None:
    file = tmp_path / "split.csv"
    file.write_text("studlab,treat1,treat2,te,se\n1,A,B,0.1,0.2132\n1,A,S,-0.6,0.1701\n1,B,S,-0.7,0.2950\n"
                    "2,A,B,0.2,0.3\n", encoding="utf-8")  # fmt: skip
    done = run(str(file))
    assert done.returncode == 2
    assert "independent arms cannot have" in done.stderr
    assert run(str(file), "--correlated-arms").returncode == 0
