"""A mechanism's files: the shipped ones against what they are drawn from, and every kind of bad one."""

import json
import math
import re
import shutil
from pathlib import Path
from statistics import NormalDist

import pytest

from glabella.dossier import Mechanism, MuscleObservation, Number, check, load, shipped
from tests.made_up import write_fuller

FACTS = Path(__file__).parent / "data" / "muscle_facts.json"
MODEL = """\
// a comment that names potency2
model small
  species drug
  drug = dose*potency
  uptake: drug -> effect; k_up*drug
  mood = hope_on*effect
end
"""
PARAMETERS = """\
parameters:
  potency_mine:
    label: what a unit does
    symbol: potency
    product: my_drug
    value: 1
    unit: 1/U
    role: fixed
    status: by_definition
  k_up:
    label: uptake
    value: 0.5
    unit: 1/day
    role: fitted
    status: seen
    source: EXAMPLE
    prior: {family: log_normal, parameters: {mean: 0, sd: 1}}
  spread:
    label: how people differ
    belongs_to: people
    value: 0.5
    unit: '1'
    role: assumed
    status: assumed
    prior: {family: half_normal, parameters: {scale: 1}}
    why: nobody measured it
"""
OBSERVATIONS = """\
muscle:
  - id: first
    study: example
    product: my_drug
    dose: {value: 20, unit: U, status: seen, source: EXAMPLE}
    use: fit
    observer: physician
    definition: onset
    day: 3
    arm:
      percent: {value: 50, status: seen, source: EXAMPLE}
      n: {value: 40, status: derived, derived_from: [EXAMPLE], note: about 40}
times:
  - id: lasting
    study: example
    product: my_drug
    dose: {value: 20, unit: U, status: seen, source: EXAMPLE}
    use: held_out
    kind: median_duration
    observer: physician
    definition: one_grade
    days: {value: 120, unit: days, status: recalled}
    people: {value: null, status: missing}
mood:
  - id: score
    study: example2020
    product: my_drug
    use: fit
    comparison: drug_v_placebo
    site: frown
    comparator: placebo
    scale: my_scale
    week: 6
    measure: points
    difference: {value: -3, status: seen, source: EXAMPLE}
    se: {value: 1.5, status: derived, derived_from: [EXAMPLE], note: from P}
site: frown
"""
LINKS = """\
nodes: {drug: drug, effect: effect, mood: mood}
links:
  uptake:
    from: drug
    to: effect
    through: uptake
    label: is taken up
    support: supported
    why:
      - {text: Seen., status: seen, source: EXAMPLE}
  hope:
    from: effect
    to: mood
    through: mood
    label: lifts mood
    support: untested
    why:
      - {text: Nobody looked., status: missing}
"""
EXPLANATIONS = """\
explanations:
  hope:
    label: hope
    switches: {hope_on: 1}
    predicts:
      - {text: Mood follows., status: derived}
  none:
    label: nothing
    switches: {hope_on: 0}
    predicts:
      - {text: No difference., status: derived}
"""
FILES = {
    "model.ant": MODEL,
    "parameters.yaml": PARAMETERS,
    "observations.yaml": OBSERVATIONS,
    "links.yaml": LINKS,
    "explanations.yaml": EXPLANATIONS,
}
MOD, PAR, OBS, LIN, EXP = FILES


@pytest.fixture
def dossier(tmp_path: Path) -> Path:
    folder = tmp_path / "dossier"
    write_fuller(folder)
    (folder / "mechanism").mkdir()
    for name, text in FILES.items():
        (folder / "mechanism" / name).write_text(text, encoding="utf-8")
    return folder


def test_a_mechanism_is_read(dossier: Path) -> None:
    assert check(dossier) == []
    evidence = load(dossier)
    mechanism = evidence.mechanism
    assert mechanism is not None
    assert mechanism.model == MODEL
    assert evidence.digests.keys() >= {f"mechanism/{name}" for name in FILES}
    assert list(mechanism.of_product("potency")) == ["my_drug"]
    (seen,) = mechanism.observations.muscle
    assert (seen.units, seen.arm.share, seen.arm.people, seen.status) == (20, 0.5, 40, "derived")
    assert mechanism.observations.times[0].status == "recalled"
    assert mechanism.links["uptake"].begin == "drug"
    assert mechanism.explanations["none"].switches == {"hope_on": 0}


def test_a_dossier_may_have_none(tmp_path: Path) -> None:
    write_fuller(tmp_path / "mine")
    assert load(tmp_path / "mine").mechanism is None


@pytest.mark.parametrize("name", FILES)
def test_a_folder_has_all_its_files(dossier: Path, name: str) -> None:
    (dossier / "mechanism" / name).unlink()
    assert f"mechanism/{name}: no such file, expected one" in [str(fault) for fault in check(dossier)]


def test_a_model_that_is_not_utf8_is_named(dossier: Path) -> None:
    (dossier / "mechanism" / MOD).write_bytes(b"model caf\xe9")
    assert any("mechanism/model.ant: not UTF-8" in str(fault) for fault in check(dossier))


DOSE = "    dose: {value: 20, unit: U, status: seen, source: EXAMPLE}\n    use: fit"
PERCENT = "percent: {value: 50, status: seen, source: EXAMPLE}"


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        # Units belong to a product.
        (OBS, "    product: my_drug\n" + DOSE, DOSE, r":2: muscle.0.product is missing"),
        (OBS, DOSE, DOSE.replace("unit: U, ", ""), r":2: .*20.0 None; expected units \(U\) of my_drug"),
        (OBS, DOSE, DOSE.replace("unit: U", "unit: ng"), r":2: muscle.0: dose is 20.0 ng; expected units"),
        (OBS, DOSE, DOSE.replace("value: 20", "value: 0"), r":2: muscle.0: dose is 0.0 U; expected units"),
        (OBS, "product: my_drug", "product: other", r":4: no treatment 'other' in products.yaml; expected one of"),
        (OBS, "product: my_drug", "product: placebo", r":4: no treatment 'placebo' in products.yaml"),
        (PAR, "    product: my_drug\n", "", r":2: .*unit 1/U without a product; units \(U\) are those of one"),
        (PAR, "product: my_drug", "product: placebo", r":5: no treatment 'placebo' in products.yaml"),
        # Only what was seen is fitted.
        (OBS, PERCENT, "percent: {value: 50, status: recalled}", r":2: .*with a number that is recalled"),
        (OBS, PERCENT, "percent: {value: 50, status: reported, source: EXAMPLE}",
         r":2: muscle.0: use is fit with a number that is reported; expected seen or derived"),
        (OBS, "difference: {value: -3,", "difference: {value: -3, bound: '<=',", r":\d+: .*expected a difference"),
        (OBS, "difference: {value: -3, status: seen", "difference: {value: -3, status: reported",
         r":\d+: mood.0: use is fit with a number that is reported"),
        (OBS, "    se: {value: 1.5, status: derived, derived_from: [EXAMPLE], note: from P}\n", "",
         r":\d+: mood.0: use is fit; expected a difference, not a bound, and its se"),
        # Shares and observations.
        (OBS, PERCENT, PERCENT.replace("50", "150"), r":\d+: .*: a share of 1.5, expected between 0 and 1"),
        (OBS, PERCENT, f"{PERCENT}\n      events: {{value: 20, status: seen, source: EXAMPLE}}",
         r":\d+: muscle.0.arm: expected either percent or events"),
        (OBS, "id: lasting", "id: first", r":\d+: id 'first' stands twice"),
        (OBS, "study: example2020", "study: other", r":\d+: no study 'other'; expected the id of a file"),
        (OBS, "comparison: drug_v_placebo", "comparison: x", r":\d+: example2020 has no comparison 'x'"),
        (OBS, "comparator: placebo", "comparator: sham", r":\d+: comparator is sham, but the study"),
        (OBS, "scale: my_scale", "scale: other", r":\d+: no scale 'other'; expected one of \['my_scale'\]"),
        (OBS, "measure: points", "measure: response", r":\d+: .*measure is response; expected arm and versus"),
        (OBS, "source: EXAMPLE", "source: NOBODY", r":\d+: reference 'NOBODY' is not in references.json"),
        # Parameters are accounted for.
        (PAR, "  k_up:", "  k_gone:", r":10: the model has no 'k_gone'; expected one of its names"),
        (PAR, "symbol: potency", "symbol: potency2", r":2: the model has no 'potency2'"),
        (PAR, "    why: nobody measured it\n", "", r":\d+: .*a parameter that is assumed needs why"),
        (PAR, "    prior: {family: half_normal, parameters: {scale: 1}}\n", "",
         r":\d+: .*role is assumed; expected a prior"),
        (PAR, "role: assumed", "role: fixed", r":\d+: .*role is fixed but the value is assumed"),
        (PAR, "    source: EXAMPLE\n", "", r":\d+: .*a parameter with no source: status seen needs a source"),
        (PAR, "source: EXAMPLE", "source: NOBODY", r":\d+: reference 'NOBODY' is not in references.json"),
        (PAR, "{mean: 0, sd: 1}", "{mean: 0, sd: 0}", r":\d+: .*parameter sd is 0, expected more than zero"),
        (PAR, "{mean: 0, sd: 1}", "{mean: 0}", r":\d+: .*log_normal has parameters \['mean'\]"),
        (PAR, "nobody measured it", "all 7 guessed", r":\d+: why holds the bare number '7'"),
        # Links and explanations are those of the model.
        (LIN, "through: uptake", "through: osmosis", r":6: the model has no 'osmosis'; expected a reaction"),
        (LIN, "nodes: {drug: drug,", "nodes: {gone: gone, drug: drug,", r":1: the model has no 'gone'"),
        (LIN, "nodes: {drug: drug,", "nodes: {dose: dose, drug: drug,", r":1: no link touches node 'dose'"),
        (LIN, "to: mood", "to: joy", r":\d+: .*link hope has no node 'joy'; expected one of"),
        (LIN, "support: untested", "support: strong", r":\d+: links.hope.support: found 'strong'"),
        (EXP, "{hope_on: 1}", "{hop_on: 1}", r":\d+: explanations set different switches; expected all of"),
        (EXP, "{hope_on: 1}", "{hope_on: 0}", r":\d+: two explanations set the switches alike"),
        (EXP, "{hope_on: 1}", "{hope_on: 2}", r":4: .*found 2"),
    ],
)  # fmt: skip
def test_a_fault_names_file_line_and_what_was_expected(
    dossier: Path, file: str, old: str, new: str, says: str
) -> None:
    path = dossier / "mechanism" / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"the example no longer holds {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    faults = [str(fault) for fault in check(dossier)]
    assert any(re.search(f"mechanism/{re.escape(file)}{says}", fault) for fault in faults), faults


def test_a_product_without_potency_cannot_be_put_beside_the_model(dossier: Path) -> None:
    path = dossier / "mechanism" / PAR
    path.write_text(PARAMETERS.replace("symbol: potency", "symbol: k_up"), encoding="utf-8")
    faults = [str(fault) for fault in check(dossier) if "has no potency" in str(fault)]
    assert [fault.split(": ")[0] for fault in faults] == [f"mechanism/{OBS}:{line}" for line in (4, 16, 27)]


def test_switches_that_the_model_lacks_are_named(dossier: Path) -> None:
    path = dossier / "mechanism" / EXP
    path.write_text(EXPLANATIONS.replace("hope_on", "hop_on"), encoding="utf-8")
    assert [str(fault) for fault in check(dossier)] == [
        f"mechanism/{EXP}:{line}: the model has no 'hop_on'; expected a switch of it" for line in (4, 9)
    ]


# --- the shipped mechanism --------------------------------------------------------------------------------


def known(number: Number | None) -> float:
    assert number is not None
    assert number.value is not None
    return number.value


@pytest.fixture(scope="module")
def mechanism() -> Mechanism:
    found = load().mechanism
    assert found is not None
    return found


@pytest.fixture(scope="module")
def muscle(mechanism: Mechanism) -> dict[str, MuscleObservation]:
    return {each.id: each for each in mechanism.observations.muscle}


def test_a_copy_without_the_mechanism_still_loads(tmp_path: Path) -> None:
    folder = tmp_path / "dossier"
    shutil.copytree(shipped(), folder)
    shutil.rmtree(folder / "mechanism")
    faults = [str(fault) for fault in check(folder)]
    # Only what the mechanism alone cites is then uncited.
    assert faults
    assert all("nothing cites reference" in fault for fault in faults), faults


def test_its_files_name_their_schemas() -> None:
    for file in sorted((shipped() / "mechanism").glob("*.yaml")):
        line = file.read_text(encoding="utf-8").partition("\n")[0]
        assert (file.parent / line.removeprefix("# yaml-language-server: $schema=")).is_file(), file


def test_nothing_remembered_or_told_by_others_is_fitted(mechanism: Mechanism) -> None:
    seen = mechanism.observations
    every = (*seen.muscle, *seen.times, *seen.nerve, *seen.mood)
    assert {each.status for each in every if each.use == "fit"} == {"seen", "derived"}
    remembered = [each for each in every if each.status == "recalled"]
    assert {each.id for each in remembered} == {"zam17_w6"}
    assert {each.use for each in remembered} == {"held_out"}
    # What only others report of the muscle is neither fitted nor scored.
    reported = [each for each in (*seen.muscle, *seen.times) if each.status == "reported"]
    assert {each.use for each in reported} == {"context"}
    assert all(each.use != "fit" for each in seen.nerve)
    times = [each for each in seen.times if each.use == "fit"]
    assert all(each.people.value for each in times)
    assert all(each.after_day is not None or each.kind == "mean_duration" for each in times)


def test_what_is_asked_fits_the_mechanism(tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(shipped(), folder)
    file = folder / "mechanism" / "questions.yaml"
    text = file.read_text(encoding="utf-8")
    changed = text.replace("  incobotulinumtoxinA: [20]", "  letibotulinumtoxinA: [20]")
    file.write_text(changed.replace("definition: none_or_mild", "definition: improved"), encoding="utf-8")
    found = [fault.message for fault in check(folder) if fault.file == "mechanism/questions.yaml"]
    assert any("'letibotulinumtoxinA' has no potency" in message for message in found)
    assert any("no threshold_improved" in message for message in found)
    file.write_text(text.replace("abobotulinumtoxinA: [50]", "abobotulinumtoxinA: [-50]"), encoding="utf-8")
    assert any("doses of abobotulinumtoxinA are [-50.0]" in fault.message for fault in check(folder))


def test_every_constant_of_the_model_has_a_parameter(mechanism: Mechanism) -> None:
    from glabella.mechanism import load as load_model

    model = load_model(mechanism.model)
    switches = set(mechanism.explanations["none"].switches)
    settings = switches | {"dose", "sensitivity", "at_site"}
    assert settings <= model.parameters.keys()
    ours = {each.symbol or key: each for key, each in mechanism.parameters.items() if each.belongs_to == "model"}
    assert ours.keys() == model.parameters.keys() - settings
    fixed = {key: each.value for key, each in mechanism.parameters.items() if each.role == "fixed" and key in ours}
    assert fixed
    assert fixed == {key: model.parameters[key] for key in fixed}


def test_what_has_no_data_says_so(mechanism: Mechanism) -> None:
    for key, parameter in mechanism.parameters.items():
        if parameter.role != "fixed":
            assert parameter.prior is not None, key
        if parameter.status == "assumed":
            assert parameter.why, key
    assert {key for key, each in mechanism.parameters.items() if each.role == "assumed"} >= {
        "steepness", "k_noticing", "k_satisfaction", "k_transport", "k_central_loss", "half_central",
    }  # fmt: skip


def test_standard_errors_follow_from_the_printed_p(mechanism: Mechanism) -> None:
    mood = {each.id: each for each in mechanism.observations.mood}
    for week in (3, 6, 9):
        each = mood[f"brin20_30u_w{week}"]
        quantile = NormalDist().inv_cdf(1 - known(each.p) / 2)
        assert known(each.se) == pytest.approx(abs(known(each.difference)) / quantile, abs=5e-4)
    low, high = known(mood["brin20_30u_w6"].se), known(mood["brin20_50u_w6"].se)
    # The higher dose borrows the standard deviation, not the standard error: its arms are of 65 and 67.
    spread = low / math.sqrt(1 / 65 + 1 / 58)
    assert high == pytest.approx(spread * math.sqrt(1 / 65 + 1 / 67), abs=1e-3)
    assert mechanism.parameters["points_per_sd"].value == pytest.approx(spread, abs=0.05)
    for week, d in ((6, 1.28), (16, 1.8)):
        assert known(mood[f"wol12_w{week}"].se) == pytest.approx(math.sqrt(30 / 225 + d**2 / 60), abs=5e-4)


def test_mood_says_what_the_studies_files_say(mechanism: Mechanism) -> None:
    studies = load().studies
    compared = 0
    for each in mechanism.observations.mood:
        study = studies[each.study]
        pair = study.comparisons[each.comparison]
        results = [
            r for r in study.results if r.time == each.week and r.scale == each.scale and r.period in (None, 1)
        ]
        for result in results:
            for between in result.between:
                if between.comparison != each.comparison or each.difference is None:
                    continue
                for printed, sign in ((between.difference, 1), (between.d, -1)):
                    if printed is not None:
                        assert known(each.difference) == sign * known(printed), each.id
                        compared += 1
            if each.measure == "response" and result.outcome == "response":
                for side, arm in ((each.arm, pair.arm), (each.versus, pair.versus)):
                    shown = result.arms[arm]
                    assert side is not None
                    assert known(side.events) == known(shown.events), each.id
                    assert known(side.n) == known(shown.n), each.id
                    compared += 1
        doses = [(dose.who, dose.units.value) for dose in study.arms[pair.arm].doses]
        assert [(dose.who, dose.units.value) for dose in each.doses] == doses, each.id
    assert compared == 4 + 2 + 6


def test_worked_out_numbers_of_people_give_the_printed_percentages(muscle: dict[str, MuscleObservation]) -> None:
    checked = 0
    for each in muscle.values():
        for side in (each.arm, each.placebo):
            if side is None or side.percent is None or side.percent.value is None or side.n.note is None:
                continue
            if side.n.value is not None and "whole count" in side.n.note:
                events = round(side.n.value * side.share)
                shown = len(f"{side.percent.value:.6g}".partition(".")[2])
                tolerance = 0.5000001 * 10**-shown
                assert abs(100 * events / side.n.value - side.percent.value) <= tolerance, each.id
                checked += 1
    assert checked >= 30


def test_the_observations_are_those_of_the_facts(muscle: dict[str, MuscleObservation]) -> None:
    facts = {name: fact["value"] for name, fact in json.loads(FACTS.read_text(encoding="utf-8")).items()}

    def percents(name: str) -> list[float]:
        each = muscle[name]
        sides = [each.arm] + ([each.placebo] if each.placebo else [])
        return [round(100 * side.share, 6) for side in sides]

    for week, row in facts["G017"].items():
        for dose, percent in zip((50, 75, 100, 125), row[:4], strict=True):
            assert percents(f"jos21_{dose}u_w{week}") == [percent, row[4]]
            assert muscle[f"jos21_{dose}u_w{week}"].day == 7 * int(week)
    assert facts["G018"].keys() == {"50", "75", "100", "125", "placebo"}
    for key, percent in facts["G018"].items():
        if key != "placebo":
            assert percents(f"jos21_{key}u_d1") == [percent, facts["G018"]["placebo"]]
    for observer, days in facts["G005"].items():
        for day, percent in days.items():
            assert percents(f"beer11_{observer}_d{day}") == [percent]
    for key, relapsed in facts["G006"].items():
        assert percents(f"car05_{key}u_m4") == [100 - relapsed]
    for key, percent in facts["G008"].items():
        if key != "0":
            assert percents(f"onadose_{key}u_w24") == [percent, facts["G008"]["0"]]
    # The label's shares by day were only remembered, and stand nowhere.
    assert not any(name.startswith("label") for name in muscle)
    for when, row in facts["G034"].items():
        assert percents("ready1_subject_" + when.replace("day", "d").replace("month", "m")) == row
    events, n = facts["G004"]["responders"]
    assert muscle["glo12_d30"].arm.share == events / n
    men, women = facts["G024"]["pooled"]
    assert [*percents("incomen_us_men"), *percents("incomen_us_women")] == [men, women]
    for trial, name in (("EV001", "ev001_d30"), ("EV002", "ev002_d30")):
        assert percents(name) == facts["G026"][trial][:2]
    for trial, name in (("SAKURA1", "sakura1_w4"), ("SAKURA2", "sakura2_w4")):
        assert percents(name) == facts["G028"][trial][:2]
    assert percents("daxcn_composite_w4") == facts["G029"]["composite"]
    assert percents("ready1_two_grade_composite_m1") == facts["G033"]["composite"]


def test_an_arrow_is_as_well_supported_as_its_sources(mechanism: Mechanism) -> None:
    for key, link in mechanism.links.items():
        assert any(statement.status == "seen" for statement in link.why), key
    # Nobody has looked for the toxin in the brain of people.
    assert {key for key, link in mechanism.links.items() if link.support == "untested"} == {"carriage", "brain"}
    assert set(mechanism.explanations) == {"feedback", "expectancy", "satisfaction", "central", "none"}
    assert not any(mechanism.explanations["none"].switches.values())
    for name in ("feedback", "expectancy", "satisfaction", "central"):
        explanation = mechanism.explanations[name]
        assert sum(explanation.switches.values()) == 1
        assert explanation.in_favour, name
        assert explanation.against, name
