"""``glabella brief`` and ``glabella report``: written, verified, compared; what is wrong is said, nothing left."""

from __future__ import annotations

import csv
import json
import math
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest
from click.testing import CliRunner, Result

import glabella
from glabella.brief import Results, document
from glabella.brief.data import files
from glabella.cli import main
from glabella.dossier import load, write_starter
from tests import dossiers_made
from tests.brief.made_up_trials import counted, made_up, number

FORMS = ("html", "md", "json")
KINDS = ("brief", "report")


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(scope="module")
def bcg(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return dossiers_made.bcg(tmp_path_factory.mktemp("dossier") / "bcg")


# --- written, verified, compared ----------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_document_is_written_verified_and_compared(bcg: Path, tmp_path: Path, kind: str, form: str) -> None:
    done = run(kind, bcg, "--to", tmp_path, "--format", form)
    assert done.exit_code == 0, done.output
    assert "bottom line: We cannot tell whether fewer people fall ill" in done.output
    (file,) = tmp_path.iterdir()
    assert file.name == f"bcg-tuberculosis{'-report' if kind == 'report' else ''}.{form}"
    # A terminal folds what is long.
    assert f"written:{file}" in "".join(done.output.split())

    sound = run(kind, "verify", file, "--dossier", bcg)
    assert sound.exit_code == 0, sound.output
    assert "made again, all as stated" in sound.output
    same = run(kind, "diff", file, file)
    assert (same.exit_code, same.output) == (0, "nothing changed\n")

    other = tmp_path / f"other.{form}"
    other.write_text(file.read_text(encoding="utf-8").replace("germ", "worm"), encoding="utf-8")
    if kind == "report":
        found = run(kind, "verify", other, "--dossier", bcg)
        assert found.exit_code == 1
        assert "What is BCG vaccine?" in found.output
        assert "worm" in found.output
        told = run("brief", "diff", file, other)
        assert told.exit_code == 1
        assert told.output.startswith("Words:\n")


def test_a_brief_beside_a_report_leads_into_it_and_alone_nowhere(bcg: Path, tmp_path: Path) -> None:
    assert run("brief", bcg, "--to", tmp_path).exit_code == 0
    brief = tmp_path / "bcg-tuberculosis.html"
    assert "bcg-tuberculosis-report.html" not in brief.read_text(encoding="utf-8")
    assert run("report", bcg, "--to", tmp_path).exit_code == 0
    assert run("brief", bcg, "--to", tmp_path).exit_code == 0
    ids = set(re.findall(r' id="([^"]+)"', (tmp_path / "bcg-tuberculosis-report.html").read_text(encoding="utf-8")))
    text = brief.read_text(encoding="utf-8")
    leads = re.findall(r'href="bcg-tuberculosis-report.html#([^"]*)"', text)
    assert leads
    assert {unquote(lead) for lead in leads} <= ids
    assert run("brief", "verify", brief, "--dossier", bcg).exit_code == 0


def test_the_same_files_come_of_another_process(bcg: Path, tmp_path: Path) -> None:
    for kind in KINDS:
        command = [sys.executable, "-m", "glabella", kind, str(bcg), "--to", str(tmp_path / "there")]
        subprocess.run(command, check=True, capture_output=True)
        assert run(kind, bcg, "--to", tmp_path / "here").exit_code == 0
    for file in (tmp_path / "here").iterdir():
        assert file.read_bytes() == (tmp_path / "there" / file.name).read_bytes()


def test_a_pdf_is_written_where_it_can_be(bcg: Path, tmp_path: Path) -> None:
    done = run("brief", bcg, "--to", tmp_path, "--format", "pdf")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "bcg-tuberculosis.pdf").read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_extra_is_said_before_anything_is_read(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    done = run(kind, tmp_path / "no such dossier", "--to", tmp_path / "made", "--format", "pdf")
    assert done.exit_code == 2
    assert "PDF needs glabella[pdf]" in done.output
    assert "dossier" not in done.output
    assert not (tmp_path / "made").exists()


# --- the rows behind it -------------------------------------------------------------------------------------


def printed(output: str) -> dict[str, list[float]]:
    """Give what a script printed: an analysis, then its estimate and interval."""
    return {name: [float(value) for value in values] for name, *values in map(str.split, output.splitlines())}


def by_python(folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "analyses.py"], cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(Path(glabella.__file__).parents[1])},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def by_r(folder: Path) -> str:
    if shutil.which("Rscript") is None:
        pytest.skip("R is not here")
    asked = subprocess.run(["Rscript", "-e", "library(metafor)"], capture_output=True, check=False)
    if asked.returncode:
        pytest.skip("R has no metafor")
    done = subprocess.run(["Rscript", "analyses.R"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(("compute", "apart"), [(by_python, 1e-9), (by_r, 2e-4)])
def test_the_code_beside_the_rows_gives_the_numbers_of_the_report(
    bcg: Path, tmp_path: Path, compute: Callable[[Path], str], apart: float
) -> None:
    """What R estimates by iteration ends where its own limit is reached."""
    evidence = load()
    for name, text in files(Results(evidence)).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    claims = {claim.id: claim for claim in document(Results(evidence), "report").claims}
    shipped = printed(compute(tmp_path))
    assert set(shipped) == {name.partition(".")[0] for name in claims if name.endswith(".estimate")}

    done = run("report", bcg, "--to", tmp_path / "made", "--format", "json", "--data", tmp_path / "data")
    assert done.exit_code == 0, done.output
    (file,) = (tmp_path / "made").iterdir()
    of_bcg = {claim["id"]: claim for claim in json.loads(file.read_text(encoding="utf-8"))["claims"]}
    for name, values in printed(compute(tmp_path / "data")).items():
        claim = of_bcg[f"{name}.estimate"]
        assert values == pytest.approx([claim["value"], claim["low"], claim["high"]], rel=apart)
    for name, values in shipped.items():
        it = claims[f"{name}.estimate"]
        assert it.value is not None
        known = [it.value, *((it.low, it.high) if it.low is not None and it.high is not None else values[1:])]
        assert values == pytest.approx(known, rel=apart, abs=apart)


@pytest.mark.parametrize(("compute", "apart"), [(by_python, 1e-9), (by_r, 2e-4)])
@pytest.mark.parametrize(
    "spread",
    [
        ("tau", "half_normal", {"scale": 0.4}), ("tau", "half_cauchy", {"scale": 0.4}),
        ("tau", "half_t", {"df": 4, "scale": 0.4}), ("tau", "inverse_gamma", {"shape": 1, "scale": 0.15}),
        ("tau", "log_normal", {"mean": -1.5, "sd": 0.8}), ("tau2", "log_normal", {"mean": -2.12, "sd": 1.53}),
        ("tau2", "log_t", {"df": 5, "mean": -2.99, "scale": 2.16}),
    ],
)  # fmt: skip
def test_the_code_pools_two_trials_under_the_declared_prior(
    tmp_path: Path, compute: Callable[[Path], str], apart: float, spread: tuple[str, str, dict[str, float]]
) -> None:
    trials = [counted(f"Able {2001 + at}", 10 + 6 * at, 60, 20, 60) for at in range(3)]
    of, family, parameters = spread
    prior = {
        "label": "made up", "of": of, "measure": "any", "applies_to": "anything", "family": family,
        "parameters": {name: number(value) for name, value in parameters.items()}, "usual": True,
        "why": [{"text": "It is made up.", "status": "seen", "source": "EXAMPLE"}],
    }  # fmt: skip
    few = {"label": "two of them", "comparisons": [f"{trial.id}/drug_v_placebo" for trial in trials[:2]]}
    made = made_up(
        tmp_path / "d", "OR", "lower", trials, analyses={"few": few}, priors={"heterogeneity": {"it": prior}}
    )
    results = Results(made)
    assert results.pooled["few"].fit.way == "two trials"
    for name, text in files(results).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    fit = results.pooled["few"].fit
    found = printed(compute(tmp_path))["few"]
    assert found == pytest.approx([math.exp(end) for end in (fit.estimate, fit.ci_low, fit.ci_high)], rel=apart)


def test_the_rows_are_those_of_the_report(bcg: Path, tmp_path: Path) -> None:
    assert run("report", bcg, "--to", tmp_path, "--format", "md", "--data", tmp_path / "data").exit_code == 0
    names = {"all_trials.csv", "by_chance.csv", "largest.csv", "analyses.py", "analyses.R"}
    assert {file.name for file in (tmp_path / "data").iterdir()} == names
    with (tmp_path / "data" / "all_trials.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["study"] for row in rows] == [f"{name} {year}" for name, year, *_ in dossiers_made.BCG]
    for row, (_, _, ill, well, control_ill, control_well, *_) in zip(rows, dossiers_made.BCG, strict=True):
        counts = [float(row[name]) for name in ("events_arm", "n_arm", "events_control", "n_control")]
        assert counts == [ill, ill + well, control_ill, control_ill + control_well]
    assert sum(float(row["weight"]) for row in rows) == pytest.approx(100, abs=0.1)
    code = (tmp_path / "data" / "analyses.py").read_text(encoding="utf-8")
    assert re.search(
        r"^# all thirteen trials, tuberculosis: RR 0\.4894 \(0\.3\d{3} to 0\.7\d{3}\)$", code, re.MULTILINE
    )


# --- what is wrong ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("studies/example2020.yaml", b"label: Example 2020", b"label:\tExample\n\tother: 1",
         r"example2020.yaml:\d+: not valid YAML: a tab"),
        ("studies/example2020.yaml", b"events: {value: 10,",
         b"sd: {value: -2, status: seen, source: EXAMPLE}\n        events: {value: 10,",
         r"example2020.yaml:\d+: .*sd is -2, expected more than 0"),
        ("studies/example2020.yaml", b"label: Example 2020", b"label: Ex\xe4mple 2020",
         r"example2020.yaml:\d+: .*UTF-8"),
        ("references.json", b'"id": "EXAMPLE"', b'"id": "ANOTHER"',
         r"\d+: reference 'EXAMPLE' is not in references"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", KINDS)
def test_bad_files_give_their_line_and_no_document(
    tmp_path: Path, kind: str, file: str, old: bytes, new: bytes, says: str
) -> None:
    write_starter(tmp_path / "mine")
    path = tmp_path / "mine" / file
    assert old in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(old, new, 1))
    done = run(kind, tmp_path / "mine", "--to", tmp_path / "made")
    assert done.exit_code == 2
    assert isinstance(done.exception, SystemExit)
    assert re.search(says, done.output), done.output
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("kind", KINDS)
def test_no_events_in_either_arm_is_an_error_that_says_why(tmp_path: Path, kind: str) -> None:
    write_starter(tmp_path / "mine")
    path = tmp_path / "mine" / "studies" / "example2020.yaml"
    text, changes = re.subn(r"events: \{value: \d+,", "events: {value: 0,", path.read_text(encoding="utf-8"))
    assert changes == 2
    path.write_text(text, encoding="utf-8")
    done = run(kind, tmp_path / "mine", "--to", tmp_path / "made")
    assert done.exit_code == 2
    assert re.search(r"example2020.yaml:\d+: no events in drug nor in placebo", done.output)
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("kind", KINDS)
def test_no_dossier_leaves_nothing_behind(tmp_path: Path, kind: str) -> None:
    (tmp_path / "empty").mkdir()
    done = run(kind, tmp_path / "empty", "--to", tmp_path / "made", "--data" if kind == "report" else "--to",
               tmp_path / "made")  # fmt: skip
    assert done.exit_code == 2
    assert "no dossier.yaml here" in done.output
    assert not (tmp_path / "made").exists()


def test_a_folder_that_cannot_be_written_is_said(bcg: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here", encoding="utf-8")
    done = run("brief", bcg, "--to", tmp_path / "file" / "made")
    assert done.exit_code == 2
    assert "cannot write" in done.output
    assert (tmp_path / "file").read_text(encoding="utf-8") == "here"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("brief", "--format", "docx"), "'docx' is not one of"),
        (("brief", "--store", "x"), "No such option"),
        (("brief", "verify", "nowhere.html"), "cannot read nowhere.html"),
        (("report", "diff", "nowhere.html", "nowhere.html"), "cannot read nowhere.html"),
        (("brief", "verify", "NOTES"), "expected a brief or a report, a checked article"),
        (("brief", "diff", "NOTES", "NOTES"), "expected a brief or a report, a checked article"),
        (("brief", "verify", "PICTURE"), "expected a document as HTML, Markdown or JSON"),
        (("brief", "verify", "OLDER"), "an older version of glabella made it"),
    ],
)
def test_bad_usage_and_bad_input_exit_with_two(tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    claim = {
        "id": "a", "label": "a", "value": 1, "unit": "", "population": "", "time_span": "", "certainty": "low",
        "function": "f", "version": "0", "inputs": [], "sources": [], "low": None, "high": None, "interval": None,
        "decimals": 0, "bound": None,
    }  # fmt: skip
    contents = {
        "NOTES": b"# Notes\n\nnothing\n",
        "PICTURE": b"\x89PNG\xff\x00",
        "OLDER": json.dumps({"claims": [claim]}).encode(),
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    done = run(*(tmp_path / word if word in contents else word for word in words))
    assert done.exit_code == 2, done.output
    assert says in done.output
    assert "Traceback" not in done.output


def test_a_document_made_from_another_dossier_is_found(bcg: Path, tmp_path: Path) -> None:
    assert run("brief", bcg, "--to", tmp_path, "--format", "json").exit_code == 0
    walking = dossiers_made.walking(tmp_path / "walking")
    done = run("brief", "verify", tmp_path / "bcg-tuberculosis.json", "--dossier", walking)
    assert done.exit_code == 1
    assert "all_trials.estimate: " in done.output
