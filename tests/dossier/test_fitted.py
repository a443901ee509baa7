"""What is kept of a fit: read with the dossier, and refused when it is not of the files beside it.

Every number of the fit is made up.
"""

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from glabella.dossier import DossierError, Fitted, check, fit_inputs, json_schema, load
from tests.dossier.test_mechanism import FILES
from tests.made_up import write_fuller

FIT = "mechanism/fit.json"
INPUTS = ("explanations.yaml", "model.ant", "observations.yaml", "parameters.yaml")


def interval(value: float) -> dict[str, float]:
    return {"value": value, "low": value / 2, "high": 2 * value}


def made_up(folder: Path) -> dict[str, Any]:
    """Make up a fit of the small dossier; no number of it was computed."""
    course = {name: [0.0, 1.0] for name in ("days", "median", "low", "high", "next_low", "next_high")}
    who = {"product": "my_drug", "dose": 20.0, "sex": "women", "definition": "onset"}
    days = ("onset", "peak_day", "peak_share", "duration", "next_duration", "short", "long")
    unknown = {
        "name": "days",
        "posterior": interval(0.5),
        "prior": interval(1.0),
        "rhat": 1.0,
        "verdict": "identified",
    }
    row = {"left_out": interval(0.4), "error": -0.1, "inside": True, "score": -2.0}
    explained = {"name": "hope", "gain": interval(4.0), "half_life": {"value": 7.0}, "spread": 0.0, "aic": 2.0,
                 "aicc": 3.0, "bic": 3.0, "parameters": 3, "expected": [2.5]}  # fmt: skip
    return {
        "format": 2, "function": "glabella.mechanism.analyse", "version": "0", "seed": 1, "level": 0.95,
        "inputs": {name: digest(folder, name) for name in (*INPUTS, "questions.yaml", "course.yaml")
                   if (folder / "mechanism" / name).exists()},
        "muscle": {
            "draws": 100, "chains": 2, "acceptance": 0.8,
            "unknowns": [unknown],
            "rows": [{**row, "id": "first", "kind": "share", "seen": 0.5},
                     {**row, "id": "lasting", "kind": "median", "seen": 120.0}],
            "predicted": [{"of": "shares", "rows": 2, "trials": 1, "error": 7.0, "bias": -1.0, "coverage": 95.0,
                           "width": 40.0, "score": -2.0}],
            "left_out": ["one: the number of people is not known"],
        },
        "chain": {"log_likelihood": -10.0, "constants": [{"name": "k_up", "mode": 0.5}]}, "responders_at": 30.0,
        "courses": [{**who, **course}],
        "landmarks": [{**who, "known": True, **{day: interval(3.0) for day in days}, "kept": []}],
        "mood": {
            "product": "my_drug", "rows": ["score"], "relief": [interval(3.0)], "weeks": [6.0],
            "explanations": [explained, {**explained, "name": "none", "parameters": 1, "aicc": None}],
            "trials": 1, "apart": "hope", "statement": "made up", "left_out": [],
        },
        "mood_courses": [{"explanation": "hope", "days": [0.0, 7.0], "relief": [0.0, 2.0]}],
    }  # fmt: skip


def digest(folder: Path, name: str) -> str:
    return hashlib.sha256((folder / "mechanism" / name).read_bytes()).hexdigest()


def keep(folder: Path, found: dict[str, Any]) -> None:
    (folder / FIT).write_text(json.dumps(found, indent=1, sort_keys=True), encoding="utf-8")


@pytest.fixture
def dossier(tmp_path: Path) -> Path:
    """Write the small dossier with a fit that belongs to it."""
    folder = tmp_path / "dossier"
    write_fuller(folder)
    (folder / "mechanism").mkdir()
    for name, text in FILES.items():
        (folder / "mechanism" / name).write_text(text, encoding="utf-8")
    keep(folder, made_up(folder))
    return folder


def test_a_fit_is_read_with_its_dossier(dossier: Path) -> None:
    assert check(dossier) == []
    evidence = load(dossier)
    assert evidence.mechanism is not None
    fitted = evidence.mechanism.fitted
    assert isinstance(fitted, Fitted)
    assert fitted.muscle.unknowns[0].posterior.low == 0.25
    assert fitted.muscle.rows[0].left_out.low == 0.2
    assert evidence.digests[FIT] == digest(dossier, "fit.json")
    assert fit_inputs(evidence.digests) == fitted.inputs


def test_a_mechanism_may_have_none(dossier: Path) -> None:
    (dossier / FIT).unlink()
    evidence = load(dossier)
    assert evidence.mechanism is not None
    assert evidence.mechanism.fitted is None
    assert FIT not in evidence.digests


@pytest.mark.parametrize("name", INPUTS)
def test_a_file_that_changed_makes_it_stale(dossier: Path, name: str) -> None:
    path = dossier / "mechanism" / name
    mark = "//" if name.endswith(".ant") else "#"
    path.write_text(path.read_text(encoding="utf-8") + f"{mark} a remark\n", encoding="utf-8")
    (fault,) = check(dossier)
    line = (dossier / FIT).read_text(encoding="utf-8").splitlines()[fault.line - 1]
    assert f'"{name}"' in line
    assert fault.message == (
        f"stale: changed since the fit was made: {name}; refit with: glabella mechanism fit {dossier}"
    )
    with pytest.raises(DossierError, match="stale"):
        load(dossier)


def test_a_file_that_came_later_makes_it_stale(dossier: Path) -> None:
    found = made_up(dossier)
    del found["inputs"]["observations.yaml"]
    keep(dossier, found)
    (fault,) = check(dossier)
    assert fault.message.startswith("made from ['explanations.yaml', 'model.ant', 'parameters.yaml'], expected [")


def test_what_supports_a_link_does_not_enter_the_fit(dossier: Path) -> None:
    path = dossier / "mechanism" / "links.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# a remark\n", encoding="utf-8")
    assert check(dossier) == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"seed": NaN}', "caf\xe9"])
def test_to_fit_anew_needs_no_sound_fit(dossier: Path, text: str) -> None:
    (dossier / FIT).write_bytes(text.encode("latin-1"))
    faults = check(dossier)
    assert faults
    assert all(fault.file == FIT for fault in faults)
    evidence = load(dossier, fitted=False)
    assert evidence.mechanism is not None
    assert evidence.mechanism.fitted is None
    assert FIT not in evidence.digests


def put(*path: str | int) -> Callable[[dict[str, Any], Any], None]:
    def change(found: dict[str, Any], value: Any) -> None:
        part: Any = found
        for step in path[:-1]:
            part = part[step]
        part[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "value", "says"),
    [
        (put("courses", 0, "product"), "other", r"no treatment in products.yaml 'other'; refit with"),
        (put("landmarks", 0, "product"), "placebo", r"no treatment in products.yaml 'placebo'"),
        (put("mood", "product"), "other", r"no treatment in products.yaml 'other'"),
        (put("chain", "constants", 0, "name"), "k_gone", r"no parameter 'k_gone'"),
        (put("muscle", "rows", 1, "id"), "score", r"no observation of the muscle 'score'"),
        (put("mood", "rows", 0), "first", r"no observation of mood 'first'"),
        (put("mood", "explanations", 0, "name"), "fear", r"no explanation 'fear'"),
        (put("mood", "apart"), "fear", r"no explanation 'fear'"),
        (put("mood_courses", 0, "explanation"), "fear", r"no explanation 'fear'"),
    ],
)  # fmt: skip
def test_names_are_those_of_the_dossier(
    dossier: Path, change: Callable[[dict[str, Any], Any], None], value: Any, says: str
) -> None:
    found = made_up(dossier)
    change(found, value)
    keep(dossier, found)
    (fault,) = check(dossier)
    assert re.match(says, fault.message)
    assert f'"{value}"' in (dossier / FIT).read_text(encoding="utf-8").splitlines()[fault.line - 1]


@pytest.mark.parametrize(
    ("change", "value", "says"),
    [
        (put("muscle", "draws"), "many", r"muscle.draws: found 'many', expected a whole number"),
        (
            put("muscle", "acceptance"),
            float("nan"),
            r"not valid JSON: NaN; expected a number, or null",
        ),
        (put("surplus"), 1, r"unknown key 'surplus'"),
        (put("courses", 0, "median"), [0.1], r"courses.0: columns of different lengths: days 2, median 1"),
        (put("mood", "weeks"), [], r"mood: columns of different lengths: rows 1, relief 1, weeks 0"),
        (put("mood_courses", 0, "days"), [], r"mood_courses.0: columns of different lengths"),
        (put("format"), 1, r"format is 1, expected 2; refit with: glabella mechanism fit"),
        (put("inputs"), {"model.ant": "0"}, r"made from \['model.ant'\], expected \['explanations.yaml', 'model"),
    ],
)
def test_its_shape_is_checked(
    dossier: Path, change: Callable[[dict[str, Any], Any], None], value: Any, says: str
) -> None:
    found = made_up(dossier)
    change(found, value)
    keep(dossier, found)
    faults = check(dossier)
    assert any(re.match(says, fault.message) and fault.line > 1 for fault in faults), faults


def test_a_fit_of_an_older_form_is_one_fault_that_says_what_to_do(dossier: Path) -> None:
    found = made_up(dossier)
    del found["format"], found["chain"]
    found["muscle"] = {"profiles": []}
    keep(dossier, found)
    (fault,) = check(dossier)
    assert fault.message == f"format is 1, expected 2; refit with: glabella mechanism fit {dossier}"


def test_a_fault_elsewhere_does_not_hide_behind_it(dossier: Path) -> None:
    (dossier / "mechanism" / "parameters.yaml").write_text("parameters: {", encoding="utf-8")
    assert [fault.file for fault in check(dossier)] == ["mechanism/parameters.yaml"]


def test_its_schema_names_every_part() -> None:
    assert json_schema("fit")["properties"].keys() == Fitted.model_fields.keys()


def test_lines_are_sought_only_where_something_is_wrong(dossier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from glabella.dossier import _check_fitted, _load

    read = []
    for module in (_check_fitted, _load):
        original = module.read_document

        def count(path: Path, file: str, original: Any = original) -> Any:
            read.append(file)
            return original(path, file)

        monkeypatch.setattr(module, "read_document", count)
    load(dossier)
    assert FIT not in read
    found = made_up(dossier)
    found["mood"]["product"] = "other"
    keep(dossier, found)
    assert check(dossier)[0].line > 1
    assert read.count(FIT) == 1
