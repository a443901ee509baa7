"""Every kind of bad dossier gives its fault, with file and line and what was expected."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from glabella.dossier import DossierError, check, json_schema, load, shipped
from tests.made_up import write_fuller


@pytest.fixture
def dossier(tmp_path: Path) -> Path:
    folder = tmp_path / "dossier"
    write_fuller(folder)
    return folder


def edit(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"the starter no longer holds {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


STUDY = "studies/example2020.yaml"


def test_the_shipped_dossier_carries_current_schemas() -> None:
    for kind in ("dossier", "study", "products", "claims", "reports", "comparators", "priors",
                 "consultation", "parameters", "observations", "links", "explanations", "questions",
                 "words"):  # fmt: skip
        kept = json.loads((shipped() / "schema" / f"{kind}.json").read_text(encoding="utf-8"))
        assert kept == json_schema(kind), f"schema/{kind}.json is old; `make schema` writes it anew"
    for file in (*sorted(shipped().glob("*.yaml")), *sorted((shipped() / "studies").glob("*.yaml"))):
        line = file.read_text(encoding="utf-8").partition("\n")[0]
        assert (file.parent / line.removeprefix("# yaml-language-server: $schema=")).is_file(), file


def test_the_starter_has_no_fault_and_loads(dossier: Path) -> None:
    assert check(dossier) == []
    evidence = load(dossier)
    assert list(evidence.studies) == ["example2020"]
    assert evidence.digests.keys() >= {"dossier.yaml", STUDY}


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (STUDY, "events: {value: 10,", "events: {value: 21,", r":34: .*events 21 > n 20"),
        (STUDY, "n_randomised: {value: 40,", "n_randomised: {value: 41,", r":10: arms do not sum: 20 \+ 20 = 40, "
         r"expected n_randomised 41"),
        (STUDY, "co_treatment: unknown", "co_treatment: unknown\ncolour: red", r":10: unknown key 'colour'"),
        (STUDY, "events: {value: 10, status: seen, source: EXAMPLE,", "events: {value: 10, status: seen,",
         r":34: .*a number with no source"),
        (STUDY, "events: {value: 10,",
         "sd: {value: -2, status: seen, source: EXAMPLE}\n        events: {value: 10,",
         r":34: .*sd is -2, expected more than 0"),
        (STUDY, "type: parallel", "type: crossover", r":28: crossover data without period"),
        (STUDY, "source: EXAMPLE", "source: NOBODY", r":\d+: reference 'NOBODY' is not in references.json"),
        (STUDY, "versus: placebo,", "versus: nobody,", r":25: no arm 'nobody'; expected one of"),
        (STUDY, "treatment: my_drug", "treatment: other", r":15: no product 'other'; expected a key of products"),
        (STUDY, "scale: my_scale", "scale: other", r":29: no scale 'other'; expected one of \['my_scale'\]"),
        (STUDY, "id: example2020 ", "id: example2021 ", r":3: id 'example2021', expected the file's name"),
        (STUDY, "label: Example 2020", "label:\tExample 2020\n\tother: 1", r":\d+: not valid YAML: a tab"),
        (STUDY, "label: Example 2020", "label: a\nlabel: b", r":5: key 'label' stands twice"),
        (STUDY, "year: 2020", "year: soon", r":5: year: found 'soon'"),
        (STUDY, "text: No guess test was seen.", "text: All 7 guessed.", r":\d+: text holds the bare number '7'"),
        ("dossier.yaml", "headline: response_all", "headline: other", r":\d+: no analysis 'other'"),
        ("dossier.yaml", "example2020/drug_v_placebo", "example2020/x", r":\d+: no comparison 'example2020/x'"),
        ("references.json", '"id": "EXAMPLE"', '"id": "UNUSED"', r":2: nothing cites reference 'UNUSED'"),
        ("references.json", '"note": "nothing; replace it"', '"note": "x",', r":\d+: not valid JSON"),
    ],
)  # fmt: skip
def test_a_fault_names_file_line_and_what_was_expected(
    dossier: Path, file: str, old: str, new: str, says: str
) -> None:
    edit(dossier, file, old, new)
    faults = [str(fault) for fault in check(dossier)]
    assert any(re.search(re.escape(file) + says, fault) for fault in faults), faults


def test_all_faults_come_at_once(dossier: Path) -> None:
    edit(dossier, STUDY, "events: {value: 10,", "events: {value: 21,")
    edit(dossier, STUDY, "co_treatment: unknown", "co_treatment: perhaps")
    edit(dossier, "dossier.yaml", "headline: response_all", "headline: other")
    found = " ".join(str(fault) for fault in check(dossier))
    assert "events 21 > n 20" in found
    assert "perhaps" in found
    assert "other" in found


def test_an_empty_folder_and_a_missing_one_are_told_apart(tmp_path: Path) -> None:
    assert "no dossier.yaml here" in str(check(tmp_path)[0])
    assert "no such folder" in str(check(tmp_path / "nowhere")[0])


def test_a_file_that_is_not_utf8_is_named_with_its_line(dossier: Path) -> None:
    (dossier / STUDY).write_bytes(b"id: example2020\nlabel: Fran\xe7ois\n")
    assert any(str(f).startswith(f"{STUDY}:2: byte 0xe7 is not UTF-8") for f in check(dossier))


def test_one_arm_only(dossier: Path) -> None:
    text = (dossier / STUDY).read_text(encoding="utf-8")
    start, end = text.index("  placebo:\n    label"), text.index("comparisons:")
    (dossier / STUDY).write_text(text[:start] + text[end:], encoding="utf-8")
    assert any("one arm only" in str(fault) for fault in check(dossier))


def test_no_event_in_either_arm_must_be_acknowledged(dossier: Path) -> None:
    edit(dossier, STUDY, "events: {value: 10,", "events: {value: 0,")
    edit(dossier, STUDY, "events: {value: 5,", "events: {value: 0,")
    assert any("no events in drug nor in placebo" in str(fault) for fault in check(dossier))
    text = "    between:\n      - {comparison: drug_v_placebo, not_convertible: nobody responded}\n"
    edit(dossier, STUDY, "    arms:\n      drug:\n", text + "    arms:\n      drug:\n")
    assert check(dossier) == []


def test_an_unsound_dossier_does_not_load(dossier: Path) -> None:
    edit(dossier, "dossier.yaml", "headline: response_all", "headline: other")
    with pytest.raises(DossierError, match="no analysis 'other'"):
        load(dossier)


def test_the_command_exits_with_two_and_leaves_nothing(dossier: Path, tmp_path: Path) -> None:
    shutil.rmtree(dossier / "studies")
    command = [sys.executable, "-m", "glabella", "dossier"]
    checked = subprocess.run([*command, "check", str(dossier)], capture_output=True, text=True, check=False)
    assert checked.returncode == 2
    assert "expected at least one studies/NAME.yaml" in checked.stderr
    again = subprocess.run([*command, "new", str(dossier)], capture_output=True, text=True, check=False)
    assert again.returncode == 2
    assert "exists already" in again.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dossier"]


def test_the_schema_refuses_what_the_reader_refuses() -> None:
    schema = json_schema("study")
    assert schema["additionalProperties"] is False
    assert "design" in schema["required"]
