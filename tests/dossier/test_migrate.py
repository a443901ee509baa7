"""A dossier of version 1 becomes one of today that says the same, with its comments; all of it or nothing."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from glabella._writing import replace
from glabella.dossier import DossierError, Fitted, _migrate, check, json_schema, load, migrate, shipped
from tests.dossier.test_fitted import digest, keep
from tests.dossier.test_fitted import made_up as made_up_fit

OLD = Path(__file__).parent / "data" / "version1"
FIT = "mechanism/fit.json"


def old_fit(folder: Path) -> dict[str, Any]:
    """Make up a fit of the old dossier, with the names of version 1."""
    fit = made_up_fit(folder)
    fit["inputs"]["questions.yaml"] = digest(folder, "questions.yaml")
    threshold, potency = "threshold_none_or_mild", "potency_mine"
    constants = [{"name": name, "mode": 0.4} for name in (threshold, "frown_site", potency)]
    fit["chain"]["constants"], fit["muscle"]["rows"] = constants, []
    fit["muscle"]["foretold"] = fit["muscle"].pop("predicted")
    return fit


@pytest.fixture
def old(tmp_path: Path) -> Path:
    folder = tmp_path / "old"
    shutil.copytree(OLD, folder)
    keep(folder, old_fit(folder))
    return folder


def content(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_an_older_dossier_is_one_fault_that_says_what_to_do(old: Path) -> None:
    (fault,) = check(old)
    assert str(fault) == f"dossier.yaml:3: schema_version is 1, expected 2; run: glabella dossier migrate {old}"
    with pytest.raises(DossierError, match="expected 2; run: glabella dossier migrate"):
        load(old)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "schema_version is missing, expected 2; run: glabella dossier migrate"),
        ("schema_version: one\n", "schema_version is 'one', expected 2; run: glabella dossier migrate"),
        ("schema_version: 3\n", "schema_version is 3, expected 2; a later version of glabella reads it"),
    ],
)
def test_another_version_is_one_fault(old: Path, written: str, said: str) -> None:
    plan = (old / "dossier.yaml").read_text(encoding="utf-8")
    (old / "dossier.yaml").write_text(
        plan.replace("schema_version: 1 # of the format\n", written), encoding="utf-8"
    )
    (fault,) = check(old)
    assert said in str(fault)


def test_it_becomes_one_of_today_without_faults(old: Path) -> None:
    done = migrate(old)
    assert done.folder == old
    assert check(old) == []
    evidence = load(old)
    dossier, study = evidence.dossier, evidence.studies["made2001"]
    assert {each.time for each in dossier.analyses.values()} == {6}
    assert (dossier.analyses["weeks"].when, dossier.analyses["weeks"].controls) == ("last", ("placebo",))
    assert dossier.choices["week"]["last week reported"].when == "last"
    assert dossier.choices["control"]["saline"].controls == ("placebo",)
    assert dossier.scales.keys() == {"week"}
    assert evidence.products.products["my_drug"].kind == "treatment"
    assert (study.role, study.comparisons["drug_v_saline"].control, study.results[0].time) == ("main", "placebo", 6)
    assert [each and each.value for each in (study.design.follow_up, study.female, study.male)] == [12, 30, 10]
    assert [dose.who for dose in study.arms["drug"].doses] == ["female", "male"]
    mechanism = evidence.mechanism
    assert mechanism is not None
    assert mechanism.questions is not None
    assert "at_site = 1" in mechanism.model
    assert "at_site" in mechanism.parameters
    assert "at_site" in mechanism.nodes
    assert mechanism.links["uptake"].end == "at_site"
    assert mechanism.observations.site == mechanism.observations.mood[0].site == "frown"
    assert mechanism.observations.mood[0].comparator == "placebo"
    assert [who for _, who, _ in mechanism.observations.mood[0].doses_and_shares] == ["women", "men"]
    assert mechanism.questions.kept_days == (84.0,)
    assert json.loads((old / "schema" / "study.json").read_text(encoding="utf-8")) == json_schema("study")


def test_every_name_that_changed_was_met(old: Path) -> None:
    said = "\n".join(migrate(old).changes)
    assert [rename.said for rename in _migrate._RENAMES if rename.said not in said] == []
    assert "studies/made2001.yaml: control saline is now placebo, follow_up_weeks is now follow_up" in said


def test_only_names_change_and_comments_stay(old: Path) -> None:
    before = content(old)
    migrate(old)
    after = content(old)
    assert before.keys() == after.keys()
    for name in ("claims.yaml", "references.json", "mechanism/explanations.yaml"):
        assert after[name] == before[name]
    plan = after["dossier.yaml"].decode()
    assert "# MADE UP, in version 1 of the format. A comment that stays: week: 6, kind: toxin, saline." in plan
    assert "schema_version: 2 # of the format\n" in plan
    assert "    label: all 🙂 trials\n" in plan
    assert "    time: 6 # the main one\n" in plan
    assert "why: there is one; its week is the sixth" in plan
    assert "controls: &inert [placebo]" in plan
    assert "    saline: {controls: *inert}\n" in plan
    assert "Whether saline or toxin matters" in plan
    observations = after["mechanism/observations.yaml"].decode()
    assert observations.startswith("# MADE UP; a comment that stays first.\nsite: frown\nmood:\n")
    assert "  week: 6 # weeks stay weeks here\n" in observations
    # As many lines as before, but for the site.
    for name in ("dossier.yaml", "products.yaml", "studies/made2001.yaml"):
        assert after[name].count(b"\n") == before[name].count(b"\n")


def test_questions_that_are_asked_no_more_go_and_are_named(old: Path) -> None:
    path = old / "mechanism" / "questions.yaml"
    kept = yaml.safe_load(path.read_text(encoding="utf-8"))
    gone = {"gap_seen", "men", "relief_limit", "repeats"}
    assert gone < kept.keys()
    (said,) = [line for line in migrate(old).changes if line.startswith("mechanism/questions.yaml: ")]
    assert said.split(": ")[1].split(", ") == [f"{name} is asked no more" for name in sorted(gone)]
    left = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert left == {name: value for name, value in kept.items() if name not in gone}


@pytest.mark.parametrize(("text", "left"), [
    ("a: 1\nmen: {value: 0.2} # of mine\nb: 2 # stays\n", "a: 1\nb: 2 # stays\n"),
    ("a: 1\nrepeats:\n- {rule: fixed}\n# the end\n", "a: 1\n# the end\n"),
    ("a: 1\nrepeats:\n- rule: fixed # own\n  weeks: 12\n\n# of b\nb: 2", "a: 1\n\n# of b\nb: 2"),
    ("b: 2\nmen: 0.2", "b: 2\n"),
    ("{men: 2, gap_seen: 3, b: 3}\n", "{b: 3}\n"),
    ("{a: 1, men: 2, b: 3}\n", "{a: 1, b: 3}\n"),
    ("{a: 1, b: 3, men: 2}\n", "{a: 1, b: 3}\n"),
    ("{a: 1, gap_seen: 3, men: 2}\n", "{a: 1}\n"),
    ("{men: 2}\n", "{}\n"),
    ("a: {men: 2}\n", "a: {men: 2}\n"),
])  # fmt: skip
def test_a_question_is_cut_out_wherever_it_stands(text: str, left: str) -> None:
    new, _ = _migrate._of_yaml("mechanism/questions.yaml", text)
    assert new == left


def test_a_fit_keeps_standing_since_only_names_changed(old: Path) -> None:
    before = json.loads((old / FIT).read_text(encoding="utf-8"))
    migrate(old)
    evidence = load(old)
    assert evidence.mechanism is not None
    assert isinstance(evidence.mechanism.fitted, Fitted)
    text = (old / FIT).read_text(encoding="utf-8")
    after = json.loads(text)
    assert after["chain"]["constants"][1]["name"] == "at_site"
    changed = {name for name in before["inputs"] if before["inputs"][name] != after["inputs"][name]}
    assert changed == {"model.ant", "observations.yaml", "parameters.yaml", "questions.yaml"}
    assert "foretold" not in after["muscle"]
    assert after["muscle"]["predicted"] == before["muscle"]["foretold"]


def test_a_stale_fit_stays_stale(old: Path) -> None:
    fit = old_fit(old)
    fit["inputs"]["observations.yaml"] = "0" * 64
    keep(old, fit)
    migrate(old)
    assert ["stale" in str(fault) for fault in check(old)] == [True]


def test_a_new_folder_leaves_the_old_one_as_it_is(old: Path, tmp_path: Path) -> None:
    before = content(old)
    done = migrate(old, tmp_path / "deep" / "new")
    assert content(old) == before
    assert done.folder == tmp_path / "deep" / "new"
    assert check(done.folder) == []
    assert content(done.folder)["claims.yaml"] == before["claims.yaml"]
    with pytest.raises(FileExistsError, match="exists already; expected a new folder"):
        migrate(old, tmp_path / "deep")


def test_it_can_be_said_in_brackets_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "dossier.yaml").write_text("# of mine\n{id: mine, analyses: {a: {week: 6}}}\n", encoding="utf-8")
    assert migrate(tmp_path).changes == ("dossier.yaml: schema_version: 2 is said, week is now time",)
    text = (tmp_path / "dossier.yaml").read_text(encoding="utf-8")
    assert text == "# of mine\n{schema_version: 2, id: mine, analyses: {a: {time: 6}}}\n"


def test_windows_lines_and_a_mark_at_the_start_are_no_hindrance(old: Path) -> None:
    for name in ("dossier.yaml", "studies/made2001.yaml"):
        text = (old / name).read_bytes().replace(b"\n", b"\r\n")
        (old / name).write_bytes(b"\xef\xbb\xbf" + text)
    migrate(old)
    assert check(old) == []
    assert b"    time: 6 # the main one\r\n" in (old / "dossier.yaml").read_bytes()


@pytest.mark.parametrize(("written", "said"), [("2", "is of version 2, that of today"), ("7", "is of version 7")])
def test_what_is_not_older_is_refused(old: Path, written: str, said: str) -> None:
    plan = (old / "dossier.yaml").read_text(encoding="utf-8")
    (old / "dossier.yaml").write_text(
        plan.replace("schema_version: 1", f"schema_version: {written}"), encoding="utf-8"
    )
    before = content(old)
    with pytest.raises(ValueError, match=said):
        migrate(old)
    assert content(old) == before


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("studies/made2001.yaml", b"id: [", "not valid YAML"),
        ("studies/made2001.yaml", b"id: Fran\xe7ois\n", "is not UTF-8"),
        ("products.yaml", b"- a\n", "products.yaml:1: found a list, expected keys and values"),
        ("dossier.yaml", b"", "the file is empty"),
        (FIT, b"{", "not valid JSON"),
    ],
)
def test_what_cannot_be_read_changes_nothing(old: Path, name: str, text: bytes, said: str) -> None:
    (old / name).write_bytes(text)
    before = content(old)
    with pytest.raises(DossierError, match=said):
        migrate(old)
    assert content(old) == before


def test_where_there_is_no_dossier_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(DossierError, match=r"no dossier\.yaml here"):
        migrate(tmp_path)


@pytest.mark.parametrize("last", range(1, 9))
def test_a_disk_that_fails_midway_leaves_all_as_it_was(
    old: Path, last: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, wrote = content(old), 0
    original = replace

    def failing(target: Path, text: bytes) -> None:
        nonlocal wrote
        wrote += 1
        if wrote == last:
            raise OSError("disk full")
        original(target, text)

    monkeypatch.setattr(_migrate, "replace", failing)
    with pytest.raises(OSError, match="disk full"):
        migrate(old)
    assert content(old) == before


def test_what_was_cut_off_can_be_run_again(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a power cut: some files are new, the one with the version is not."""
    original = replace
    left = 4

    def cut(target: Path, text: bytes) -> None:
        nonlocal left
        if left > 0:
            original(target, text)
        left -= 1

    monkeypatch.setattr(_migrate, "replace", cut)
    migrate(old)
    assert "expected 2" in str(check(old)[0])
    left = 100
    migrate(old)
    assert check(old) == []


def test_a_copy_that_fails_leaves_nothing(old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(shutil, "copytree", fail)
    with pytest.raises(OSError, match="disk full"):
        migrate(old, tmp_path / "new")
    assert [path.name for path in tmp_path.iterdir()] == ["old"]


def test_the_command_says_what_it_changed(old: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "glabella", "dossier", "migrate"]
    done = subprocess.run(
        [*command, str(old), "--to", str(tmp_path / "new")], capture_output=True, text=True, check=True
    )
    assert "products.yaml: kind toxin is now treatment\n" in done.stdout
    assert done.stdout.endswith(f"{tmp_path / 'new'} is of today's version, without faults\n")
    again = subprocess.run([*command, str(tmp_path / "new")], capture_output=True, text=True, check=False)
    assert again.returncode == 2
    assert again.stderr == f"{tmp_path / 'new'} is of version 2, that of today: there is nothing to bring along\n"


def test_the_command_tells_of_faults_that_are_left(old: Path) -> None:
    plan = (old / "dossier.yaml").read_text(encoding="utf-8")
    (old / "dossier.yaml").write_text(plan.replace("headline: all", "headline: none"), encoding="utf-8")
    command = [sys.executable, "-m", "glabella", "dossier", "migrate", str(old)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.endswith(f"{old} is of today's version; 1 fault to mend\n")
    assert "no analysis 'none'" in done.stderr


def test_today_says_nothing_as_version_1_did() -> None:
    """The shipped dossier was brought along by this command; nothing of it is left to rename."""
    old = {str(file.relative_to(shipped())): file.read_bytes() for file in shipped().rglob("*.yaml")}
    assert _migrate._edited(old) == ({}, ())


def test_what_is_left_out_of_an_alias_is_edited_once() -> None:
    text = "analyses:\n  a: &x {week: 6}\n  b: *x\n"
    new, said = _migrate._of_yaml("dossier.yaml", text)
    assert yaml.safe_load(new)["analyses"] == {"a": {"time": 6}, "b": {"time": 6}}
    assert said == ["schema_version: 2 is said", "week is now time"]


REPORTS = """\
ask: {drug: my_drug, events: [depression_core], cohort: mine}
studies: {}
caveats:
- {text: Made up., status: missing}
"""


def test_lists_that_the_program_had_come_along(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (old / "reports.yaml").write_text(REPORTS, encoding="utf-8")
    before = content(old)

    def failing(target: Path, text: bytes) -> None:
        if target.name == "dossier.yaml" and b"schema_version: 2" in text:
            raise OSError("disk full")
        replace(target, text)

    monkeypatch.setattr(_migrate, "replace", failing)
    with pytest.raises(OSError, match="disk full"):
        migrate(old)
    assert content(old) == before
    monkeypatch.undo()
    assert any(change.startswith("reports: lists that the program had") for change in migrate(old).changes)
    assert (old / "reports" / "event_groups" / "depression_core.yaml").is_file()


@pytest.mark.parametrize("text", [
    REPORTS.replace("depression_core", "own"), "studies: {}\n", "ask: depression_core\n", "ask: {events: {a: b}}\n",
    "ask: {events: [{a: b}]}\n",
])  # fmt: skip
def test_who_asks_for_no_such_list_gets_none(old: Path, text: str) -> None:
    (old / "reports.yaml").write_text(text, encoding="utf-8")
    migrate(old)
    assert not (old / "reports").exists()
