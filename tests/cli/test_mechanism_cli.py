"""``glabella mechanism``: on the shipped model, on files, and on a fit whose every number is made up."""

import csv
import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

import glabella.mechanism
from glabella.cli import main
from glabella.dossier import Mechanism, check, load, shipped
from glabella.mechanism import load as load_model
from glabella.mechanism import muscle_data, muscle_unknowns, simulate
from glabella.mechanism._likelihood import Likelihood
from tests.dossier.test_fitted import digest, interval, made_up
from tests.mechanism.models import TOXIN

INPUTS = ("model.ant", "parameters.yaml", "observations.yaml", "explanations.yaml", "questions.yaml",
          "course.yaml")  # fmt: skip
PRODUCT = "abobotulinumtoxinA"
ARM = ("--product", PRODUCT, "--dose", "50")
DEFINITIONS = ("none_or_mild", "one_grade")
#: Made up; anything but the values of parameters.yaml.
MODES = {"k_loss": 0.02, f"potency_{PRODUCT}": 0.5, "k_diffusion": 0.3, "sensitivity_men": -0.7,
         "sensitivity_spread": 0.8, "study_spread": 0.4, "antibody_share": 0.03, "threshold_none_or_mild": 0.45,
         "threshold_one_grade": 0.25}  # fmt: skip
STATEMENT = "The data of 1 trials do not tell the explanations apart. First: expectancy by AICc."
BIOMODEL = Path(__file__).parents[1] / "mechanism" / "data" / "BIOMD0000000178.xml"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["mechanism", *map(str, arguments)], catch_exceptions=False)


def printed(*arguments: object) -> Any:
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """Copy the shipped dossier without its fit."""
    folder = tmp_path / "dossier"
    shutil.copytree(shipped(), folder)
    (folder / "mechanism" / "fit.json").unlink(missing_ok=True)
    return folder


def made_up_here(folder: Path) -> dict[str, Any]:
    """Make up a fit of the shipped mechanism."""
    found = made_up_for(folder)
    names = {each["name"] for each in found["chain"]["constants"]}
    assert names == set(MODES)
    return found


def made_up_for(folder: Path) -> dict[str, Any]:
    found = made_up(folder)
    found["chain"]["constants"] = [{"name": name, "mode": mode} for name, mode in MODES.items()]
    found["muscle"]["rows"] = []
    for each in (*found["courses"], *found["landmarks"]):
        each["product"] = PRODUCT
    found["courses"] = [{**found["courses"][0], "definition": name} for name in DEFINITIONS]
    mood = found["mood"]
    mood["product"], mood["rows"], mood["weeks"] = "onabotulinumtoxinA", ["brin20_30u_w6"], [6.0]
    first = mood["explanations"][0]
    mood["explanations"] = [
        {**first, "name": "expectancy", "gain": interval(6.0), "half_life": {"value": 14.0, "high": 70.0}},
        {**first, "name": "none", "aicc": None, "half_life": {"value": None}, "gain": interval(0.0)},
    ]  # fmt: skip
    mood["apart"], mood["statement"] = None, STATEMENT
    found["mood_courses"] = [{"explanation": "expectancy", "days": [0.0, 42.0, 90.0], "relief": [0.0, 4.0, 2.0]}]
    return found


@pytest.fixture
def fitted(bare: Path) -> Path:
    (bare / "mechanism" / "fit.json").write_text(json.dumps(made_up_here(bare)), encoding="utf-8")
    assert check(bare) == []
    return bare


def mechanism(folder: Path) -> Mechanism:
    found = load(folder).mechanism
    assert found is not None
    return found


# --- simulate ---------------------------------------------------------------------------------------------


def test_without_a_fit_the_parameters_are_those_of_the_file(bare: Path, tmp_path: Path) -> None:
    out = tmp_path / "course.csv"
    done = run("simulate", bare, *ARM, "--explanation", "feedback", "--weeks", 8, "--out", out)
    assert done.exit_code == 0
    assert "Nothing is fitted" in done.stdout
    assert "need a fit" in done.stdout
    there = mechanism(bare)
    constants = {each.symbol or key: each.value for key, each in there.parameters.items()
                 if each.belongs_to == "model" and each.product in (None, PRODUCT)}  # fmt: skip
    constants |= {"dose": 50.0, **there.explanations["feedback"].switches}
    # The other engine.
    days = np.arange(113) / 2
    expected = simulate(load_model(there.model), days, constants)
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert [float(row["week"]) for row in rows] == pytest.approx(days / 7)
    for name, values in expected.items():
        assert [float(row[name]) for row in rows] == pytest.approx(values, rel=1e-6, abs=1e-9), name
    assert set(rows[0]) == {"week", "time", *expected}


def test_with_a_fit_the_constants_are_its_modes(fitted: Path) -> None:
    found = printed("simulate", fitted, *ARM, "--sex", "men", "--explanation", "expectancy", "--weeks", 20)
    constants = found["constants"]
    assert constants["potency"] == 0.5
    assert (constants["k_loss"], constants["k_diffusion"]) == (0.02, 0.3)
    assert constants["k_renewal"] == mechanism(fitted).parameters["k_renewal"].value
    assert constants["sensitivity"] == pytest.approx(np.exp(-0.7))
    assert (constants["feedback_on"], constants["expectancy_on"]) == (0, 1)
    assert (constants["gain"], constants["k_mood"]) == (6.0, pytest.approx(np.log(2) / 14))
    assert "modes of mechanism/fit.json" in found["notes"][0]
    assert "fitted to trials of onabotulinumtoxinA only" in found["notes"][1]


def test_shares_of_responders_are_those_of_the_likelihood(fitted: Path) -> None:
    found = printed("simulate", fitted, *ARM, "--sex", "men", "--weeks", 30)
    there, days = mechanism(fitted), np.arange(1, 211, 11)
    for definition in DEFINITIONS:
        m = len(days)
        data = muscle_data(study=["one"] * m, product=[PRODUCT] * m, dose=[50.0] * m, sex=["men"] * m,
                           definition=[definition] * m, day=days, n=100.0, events=[50.0] * m)  # fmt: skip
        model = load_model(there.model)
        unknowns, held = muscle_unknowns(there, model, data)
        free = [each for each in unknowns if each.name in MODES]
        held |= {each.constant: each.value for each in unknowns if each.constant and each.name not in MODES}
        likelihood = Likelihood(model, data, free, held)
        place = np.array([each.to_line(MODES[each.name]) for each in free])
        expected = likelihood.mean_shares(place)
        assert expected.max() > 0.5
        # People here are four hundred.
        assert np.array(found["responders"][definition])[days] == pytest.approx(expected, abs=2e-3)


def test_a_product_that_the_fit_leaves_out_says_so(fitted: Path) -> None:
    found = printed("simulate", fitted, "--product", "daxibotulinumtoxinA", "--dose", 40, "--weeks", 2)
    assert any(note.startswith("potency_daxibotulinumtoxinA is not in the fit") for note in found["notes"])
    # Its enzyme was fitted as that of all, whatever the file says of it alone.
    assert found["constants"]["k_loss"] == 0.02


def test_the_printed_table_says_whose_share_it_is(fitted: Path) -> None:
    done = run("simulate", fitted, *ARM, "--weeks", 12)
    lines = done.stdout.splitlines()
    assert lines[0] == "dossier, 50 U of abobotulinumtoxinA"
    head = next(line for line in lines if line.startswith("    week"))
    assert head.split() == ["week", "weakness", "relief", *DEFINITIONS]
    rows = [line.split() for line in lines[lines.index(head) + 1 : -1]]
    assert [row[0] for row in rows] == ["0", "1", "2", "3", "4", "6", "8", "10", "12"]
    assert rows[0][1:] == ["0", "0", "0", "%", "0", "%"]
    assert "share of people with that response" in lines[-1]


@pytest.mark.parametrize(("options", "weeks"), [(["--every", 4], [0, 4, 8, 12]), (["--times", "0,5,9"], [0, 5, 9])])
def test_injections_are_repeated(bare: Path, options: list[object], weeks: list[int]) -> None:
    found = printed("simulate", bare, *ARM, "--weeks", 12, *options)
    assert found["injections"] == [7 * week for week in weeks]
    assert found["into"] == "bulk"
    constants = {name: value for name, value in found["constants"].items() if name != "muscle"}
    expected = simulate(load_model(mechanism(bare).model), found["times"], constants,
                        injections=found["injections"], into="bulk")  # fmt: skip
    assert found["values"]["weakness"] == pytest.approx(expected["weakness"], rel=1e-6, abs=1e-9)
    assert f"{len(weeks)} injections" in found["title"]


def test_constants_can_be_set(bare: Path) -> None:
    plain = printed("simulate", bare, *ARM, "--weeks", 30)
    quick = printed("simulate", bare, *ARM, "--weeks", 30, "--set", "k_loss=0.1", "--set", "gain=0")
    assert quick["constants"]["k_loss"] == 0.1
    assert quick["values"]["weakness"][-1] < 0.1 * plain["values"]["weakness"][-1]
    assert set(quick["values"]["relief"]) == {0.0}


def test_an_export_runs_alike_in_another_program(bare: Path, tmp_path: Path) -> None:
    """The injections are events there, which libRoadRunner runs by itself."""
    import roadrunner

    sbml = tmp_path / "model.xml"
    found = printed("simulate", bare, *ARM, "--weeks", 20, "--times", "0,10", "--sbml", sbml)
    runner = roadrunner.RoadRunner(str(sbml))
    runner.integrator.relative_tolerance, runner.integrator.absolute_tolerance = 1e-11, 1e-15
    runner.timeCourseSelections = ["weakness"]
    weakness = np.array(runner.simulate(times=found["times"]))[:, 0]
    assert runner["dose"] == 50
    assert weakness == pytest.approx(found["values"]["weakness"], rel=1e-6, abs=1e-9)
    assert weakness[-1] > 0.5


def test_a_file_in_sbml_has_its_own_time(tmp_path: Path) -> None:
    out = tmp_path / "course.csv"
    done = run("simulate", BIOMODEL, "--weeks", 0.05, "--out", out)
    assert done.exit_code == 0
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    minutes = [float(row["time"]) for row in rows]
    assert minutes[-1] == pytest.approx(0.05 * 7 * 24 * 60)
    expected = simulate(load_model(BIOMODEL.read_text(encoding="utf-8")), minutes)
    assert [float(row["tension"]) for row in rows] == pytest.approx(expected["tension"], rel=1e-6)
    assert "tension" in done.stdout


def test_plots_are_drawn(fitted: Path, tmp_path: Path) -> None:
    assert run("simulate", fitted, *ARM, "--weeks", 12, "--plot", tmp_path / "a.svg").exit_code == 0
    drawn = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert "people with none or mild" in drawn
    assert run("simulate", fitted, *ARM, "--weeks", 12, "--plot", tmp_path / "a.png").exit_code == 0
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    model = tmp_path / "toxin.ant"
    model.write_text("model m\nunit time_unit = 86400 second\nunit per_day = 1/86400 second\nvar x = 1\n"
                     "x has dimensionless\nx' = -k*x\nk = 0.1\nk has per_day\nend\n", encoding="utf-8")  # fmt: skip
    assert run("simulate", model, "--plot", tmp_path / "b.svg").exit_code == 0
    assert run("compare", fitted, "--plot", tmp_path / "c.svg").exit_code == 0
    assert mechanism(fitted).explanations["expectancy"].label in (tmp_path / "c.svg").read_text(encoding="utf-8")


BLOWS_UP = """model m
unit time_unit = 86400 second
unit per_day = 1/86400 second
var x = 1
x has dimensionless
x' = k*x^2
k = 0.1
k has per_day
end
"""


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--dose", 20], "--dose 20 without --product: units belong to a product; known are abobotulinumtoxinA, "),
        (["--product", PRODUCT], f"--product {PRODUCT} without --dose: expected units of {PRODUCT}"),
        (
            ["--product", "saline", "--dose", 1],
            "--product saline: the mechanism has no such product; known are abo",
        ),
        (["--product", PRODUCT, "--dose", -1], f"--dose -1: expected more than 0 units of {PRODUCT}"),
        (
            [*ARM, "--explanation", "fear"],
            "--explanation fear: no such explanation; known are feedback, expectancy",
        ),
        ([*ARM, "--set", "k_gone=1"], "--set k_gone=1: the model has no constant 'k_gone'; it has "),
        ([*ARM, "--set", "k_loss"], "--set k_loss: expected NAME=VALUE with a number"),
        ([*ARM, "--set", "k_loss=fast"], "--set k_loss=fast: expected NAME=VALUE with a number"),
        ([*ARM, "--set", "dose=30"], "--set dose=30: units belong to a product; expected --product and --dose"),
        ([*ARM, "--set", "k_loss=nan"], "the simulation failed: k_loss is no finite number"),
        ([*ARM, "--every", 4, "--times", "0,4"], "--every and --times: expected one of them"),
        ([*ARM, "--times", "0,x"], "--times 0,x: expected weeks with commas between"),
        ([*ARM, "--times", "4,4"], "--times 4,4: expected weeks that increase from 0 or later"),
        ([*ARM, "--weeks", 2, "--plot", "x.pdf"], "--plot x.pdf: expected a name that ends in .svg or .png"),
    ],
)
def test_what_cannot_be_simulated_is_named(bare: Path, options: list[object], says: str) -> None:
    done = run("simulate", bare, *options)
    assert done.exit_code == 2
    assert says in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("name", "text", "options", "says"),
    [
        ("m.ant", BLOWS_UP, [], "the simulation failed: the solver stopped near time 10\n"),
        ("m.ant", BLOWS_UP.replace("k has per_day\n", ""), [], "'k' has no unit; expected one"),
        ("m.ant", BLOWS_UP.replace("k = 0.1\n", ""), [], "parameter 'k' has no value at the start"),
        ("m.ant", "model m\n x = = 1\nend", [], "not a model in Antimony or SBML"),
        ("m.ant", TOXIN, ["--times", "0,-1"], "--times 0,-1: expected weeks that increase"),
        ("m.ant", BLOWS_UP, ["--every", 4], "repeated injections need one state that the constant 'dose' fills"),
        ("m.ant", BLOWS_UP, ARM, "--product is for a dossier; of a model file, --set NAME=VALUE"),
        ("m.xml", "<sbml", [], "not valid SBML, line 2: Unclosed XML"),
        ("m.txt", TOXIN, [], "expected a dossier's folder, or a file .xml or .sbml (SBML) or .ant (Antimony)"),
    ],
)
def test_a_file_that_cannot_be_run_is_named(
    tmp_path: Path, name: str, text: str, options: list[object], says: str
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    done = run("simulate", path, *options)
    assert done.exit_code == 2
    assert done.stderr.startswith(f"{path}: ")
    assert says in done.stderr


def test_what_is_wrong_with_a_dossiers_model_is_told_with_its_file(bare: Path) -> None:
    path = bare / "mechanism" / "model.ant"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("k_loss has per_day", ""), encoding="utf-8")
    done = run("simulate", bare, *ARM)
    assert done.exit_code == 2
    assert done.stderr.startswith(f"{bare}: mechanism/model.ant: 'k_loss' has no unit; expected one")


def test_a_missing_extra_is_named(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "antimony", None)
    done = run("simulate", bare, *ARM)
    assert done.exit_code == 2
    assert "install glabella[mechanism]" in done.stderr


# --- fit --------------------------------------------------------------------------------------------------


@pytest.fixture
def analysed(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Take the place of minutes of computing; gives what it was asked."""
    asked: dict[str, Any] = {}

    def analyse(evidence: Mechanism, **options: Any) -> dict[str, Any]:
        asked.update(options, evidence=evidence)
        options["say"]("sampling")
        if "error" in asked:
            raise ValueError(asked["error"])
        found = {name: part for name, part in made_up_for(asked["folder"]).items()
                 if name not in ("function", "version", "inputs")}  # fmt: skip
        found["chain"]["log_likelihood"] = asked.get("log_likelihood", -10.123456789)
        found["courses"][0]["median"] = np.array([0.0, 1 / 3])
        return found

    monkeypatch.setattr(glabella.mechanism, "analyse", analyse, raising=False)
    return asked


def test_a_fit_is_written_and_told(bare: Path, analysed: dict[str, Any]) -> None:
    analysed["folder"] = bare
    done = run("fit", bare, "--seed", 7, "--quick")
    assert done.exit_code == 0
    assert (analysed["seed"], analysed["quick"]) == (7, True)
    assert done.stderr == "sampling\n"
    kept = mechanism(bare).fitted
    assert kept is not None
    assert kept.inputs == {name: digest(bare, name) for name in INPUTS}
    assert kept.chain.log_likelihood == -10.1235
    assert kept.courses[0].median == (0.0, 0.333333)
    text = (bare / "mechanism" / "fit.json").read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    assert re.search(r"days +0.5 +0.25 +1 +1.000  identified", done.stdout)
    assert re.search(r"k_loss +0.02\n", done.stdout)
    assert (
        "shares: 2 of 1 trials left out in turn, missed by 7.0 points (bias -1.0); 95 % lie in their 95 % "
        "intervals, "
        "40 points wide; log score -2.00 a row" in done.stdout
    )
    assert STATEMENT in done.stdout
    assert "Left out:\n  one: the number of people is not known\n" in done.stdout
    again = run("fit", bare, "--seed", 7, "--quick", "--json")
    assert again.stdout == text == (bare / "mechanism" / "fit.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("text", ["{", None])
def test_a_broken_or_stale_fit_is_replaced(fitted: Path, analysed: dict[str, Any], text: str | None) -> None:
    analysed["folder"] = fitted
    path = fitted / "mechanism" / ("fit.json" if text else "parameters.yaml")
    path.write_text(text or path.read_text(encoding="utf-8") + "# a remark\n", encoding="utf-8")
    assert run("simulate", fitted, *ARM).exit_code == 2
    assert "glabella mechanism fit" in run("compare", fitted).stderr or text
    assert run("fit", fitted).exit_code == 0
    assert check(fitted) == []


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"error": "the model cannot be simulated"}, "the model cannot be simulated"),
        (
            {"log_likelihood": float("nan")},
            "nothing is written: 1 validation error for Fitted\nchain.log_likelihood",
        ),
    ],
)
def test_an_error_leaves_what_was_there(
    fitted: Path, analysed: dict[str, Any], how: dict[str, Any], says: str
) -> None:
    analysed.update(how, folder=fitted)
    before = {path: path.read_bytes() for path in (fitted / "mechanism").iterdir()}
    done = run("fit", fitted)
    assert done.exit_code == 2
    assert says in done.stderr
    assert {path: path.read_bytes() for path in (fitted / "mechanism").iterdir()} == before


def test_a_dossier_without_a_mechanism_has_nothing_to_fit(tmp_path: Path) -> None:
    from glabella.dossier import write_starter

    write_starter(tmp_path / "mine")
    for command in ("simulate", "fit", "compare"):
        done = run(command, tmp_path / "mine")
        assert done.exit_code == 2
        assert "the dossier has no folder mechanism, expected one with a model" in done.stderr
    done = run("compare", tmp_path / "none")
    assert (done.exit_code, "no such folder, expected a dossier" in done.stderr) == (2, True)


# --- compare ----------------------------------------------------------------------------------------------


def test_a_kept_comparison_is_printed(fitted: Path) -> None:
    done = run("compare", fitted)
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0].split()[-3:] == ["AIC", "AICc", "BIC"]
    gain, half = ["6", "(3", "to", "12)"], ["14", "(?", "to", "70)"]
    assert lines[1].split() == ["expectancy", *gain, *half, "2.00", "3.00", "3.00"]
    assert lines[2].split()[:1] == ["none"]
    assert lines[2].split()[-3:] == ["2.00", "none", "3.00"]
    assert STATEMENT in lines
    assert lines[-1] == "Source: mechanism/fit.json"
    found = printed("compare", fitted)
    assert found["explanations"][0]["half_life"] == {"value": 14.0, "low": None, "high": 70.0}


def test_without_a_fit_it_is_computed(bare: Path) -> None:
    from glabella.mechanism import compare, mood_rows

    found = printed("compare", bare)
    there = mechanism(bare)
    values = {key: each.value for key, each in there.parameters.items()}
    assert there.questions is not None
    data, left = mood_rows(there, "onabotulinumtoxinA", men=values["sensitivity_men"],
                           usual_dose=there.questions.usual_dose.value)  # fmt: skip
    own = {name: value for name, value in values.items() if there.parameters[name].belongs_to == "model"
           and there.parameters[name].product is None}  # fmt: skip
    expected = compare(load_model(there.model), data,
                       {key: each.switches for key, each in there.explanations.items()},
                       constants=own, spread_people=values["sensitivity_spread"])  # fmt: skip
    assert found["statement"] == expected.statement
    assert "computed now" in found["source"]
    assert found["left_out"] == list(left)
    rows = {row["name"]: row for row in found["explanations"]}
    for each in expected.explanations:
        row = rows[each.name]
        assert [row[name] for name in ("aic", "aicc", "bic")] == pytest.approx([each.aic, each.aicc, each.bic])
        assert row["gain"]["value"] == pytest.approx(each.gain)
        if np.isfinite(each.speed_high) and each.speed_high > 0:
            assert row["half_life"]["low"] == pytest.approx(np.log(2) / each.speed_high)
    assert rows["none"]["half_life"] == {"value": None, "low": None, "high": None}
    done = run("compare", bare, "--plot", "x.svg")
    assert (done.exit_code, "make one with: glabella mechanism fit" in done.stderr) == (2, True)
