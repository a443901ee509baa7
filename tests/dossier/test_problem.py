"""A problem's file: what it may hold, and every fault of one at once, each with line and field."""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glabella.dossier import DossierError, Problem, json_schema, load_problem
from tests.problems_made import changed, everything, read, trial, written


def faults(folder: Path, data: Any) -> list[str]:
    with pytest.raises(DossierError) as error:
        read(folder, data)
    return [f"{fault.line}: {fault.message}" for fault in error.value.faults]


def said(folder: Path, data: Any) -> list[str]:
    return [line.partition(": ")[2] for line in faults(folder, data)]


@pytest.mark.parametrize("data", [trial(), everything()])
def test_a_sound_file_is_read(tmp_path: Path, data: dict[str, Any]) -> None:
    found = read(tmp_path, data)
    assert found.name == "problem"
    assert found.digest == hashlib.sha256((tmp_path / "problem.yaml").read_bytes()).hexdigest()
    assert list(found.problem.criteria) == ["response", "nausea", "insomnia", "anxiety"]
    assert found.problem.criteria["nausea"].range.high == 0.5


def test_the_schema_is_the_models() -> None:
    schema = json_schema("problem")
    assert schema["properties"].keys() == Problem.model_fields.keys()
    assert schema["$schema"].startswith("https://json-schema.org/")


CELL = "options.fluoxetine.cells.nausea"
ONE = {
    "a cell is missing": (CELL, ..., f"{CELL}: no data, expected some: nothing is ranked unless every option"),
    "a cell is unknown": (CELL, None, f"{CELL}: no data"),
    "a family twice": (
        "criteria.nausea.family",
        "mood",
        "criteria.nausea.family: 'mood' is the family of 'response' too, expected one criterion of a family",
    ),
    "a label twice": ("options.placebo.label", "fluoxetine", "options.fluoxetine.label: 'fluoxetine' is the label"),
    "a range reversed": (
        "criteria.nausea.range",
        {"low": 0.5, "high": 0.04, "source": "TER11"},
        "criteria.nausea.range: low 0.5 is not below high 0.04: the range is reversed or empty",
    ),
    "a range of no width": (
        "criteria.nausea.range",
        {"low": 0.5, "high": 0.5, "source": "TER11"},
        "criteria.nausea.range: low 0.5 is not below high 0.5",
    ),
    "a range beyond a chance": (
        "criteria.nausea.range.high",
        50,
        "criteria.nausea.range.high: found 50, expected 0 to 1: a chance",
    ),
    "a range without source": ("criteria.nausea.range.source", ..., "criteria.nausea.range.source is missing"),
    "an unknown source": (f"{CELL}.source", "X", f"{CELL}.source: no reference 'X', expected one of TER11"),
    "a cell in two ways": (
        f"{CELL}.fixed",
        0.2,
        f"{CELL}: has counts and fixed of counts, normal, lognormal, fixed",
    ),
    "a cell in none": (CELL, {"source": "TER11"}, f"{CELL}: has none of counts, normal, lognormal, fixed"),
    "more events than people": (f"{CELL}.counts.events", 200, f"{CELL}.counts: events 200 > people 102"),
    "half an event": (f"{CELL}.counts.events", 2.5, f"{CELL}.counts.events: found 2.5, expected a whole number"),
    "no prior": ("prior", ..., "prior: missing, expected uniform or jeffreys: events are counted"),
    "another prior": ("prior", "flat", "prior: found 'flat', expected uniform or jeffreys"),
    "a chance above one": (
        CELL,
        {"fixed": 20, "source": "TER11"},
        f"{CELL}.fixed: found 20, expected 0 to 1: a chance",
    ),
    "a chance above one in quotes": (
        CELL,
        {"fixed": "1.5", "source": "TER11"},
        f"{CELL}.fixed: found '1.5', expected a number",
    ),
    "a chance that is true": (
        CELL,
        {"fixed": True, "source": "TER11"},
        f"{CELL}.fixed: found true, expected a number",
    ),
    "a chance below zero": (
        CELL,
        {"normal": {"mean": -0.2, "sd": 0.01}, "source": "TER11"},
        f"{CELL}.normal.mean: found -0.2, expected 0 to 1: a chance",
    ),
    "a chance whose logarithm is of more than one": (
        CELL,
        {"lognormal": {"mean": 0.4, "sd": 0.1}, "source": "TER11"},
        f"{CELL}.lognormal.mean: found 0.4, expected the logarithm of a chance, 0 or less",
    ),
    "a chance drawn below zero": (
        CELL,
        {"normal": {"mean": 0.1, "sd": 0.1}, "source": "TER11"},
        f"{CELL}.normal.sd: found 0.1, with which 95 of 100 draws lie between -0.096 and 0.296; expected a spread",
    ),
    "a chance drawn above one": (
        CELL,
        {"lognormal": {"mean": -0.1, "sd": 0.1}, "source": "TER11"},
        f"{CELL}.lognormal.sd: found 0.1, with which 95 of 100 draws lie between -0.296 and 0.096; expected",
    ),
    "a gate that no chance opens": ("gate.least", 5, "gate.least: found 5, expected at most 1: of a chance"),
    "a gate of nothing": ("gate.least", 0, "gate.least: found 0, expected more than 0"),
    "a gate sure of it": ("gate.chance", 1, "gate.chance: found 1, expected less than 1"),
    "a weight above one": (
        "statements.0",
        {"weight": {"of": "nausea", "high": 2}},
        "statements.0.weight.high: found 2, expected 1 or less",
    ),
    "a name with a space": ("control", "a b", "control: found 'a b', expected a name of letters, digits, _ and -"),
    "a key with a space": (
        "criteria.two words",
        trial()["criteria"]["nausea"],
        "criteria.two words: found the key 'two words', expected a name of letters, digits, _ and -",
    ),
    "no address": (
        "references.TER11.address",
        "doi.org/x",
        "references.TER11.address: found 'doi.org/x', expected an address that begins with http",
    ),
    "no text": ("title", 7, "title: found 7, expected text"),
    "an empty text": ("people", " ", "people: found ' ', expected text"),
    "a list of no keys": ("gate", [1], "gate: found a list, expected keys and values"),
    "keys of no list": ("guard_rails", {"a": 1}, "guard_rails: found keys and values, expected a list"),
    "nothing where a text is": ("time", None, "time: found null, expected text"),
    "a number without end": (
        "importance.nausea",
        float("inf"),
        "importance.nausea: found inf, expected a number that",
    ),
    "a spread below zero": (
        CELL,
        {"normal": {"mean": 0.2, "sd": -1}, "source": "TER11"},
        f"{CELL}.normal.sd: found -1, expected 0 or more",
    ),
    "counts of a number": (
        "criteria.nausea.scale",
        "number",
        "options.venlafaxine.cells.nausea.counts: events are counted, but the criterion's scale is number",
    ),
    "a number without unit": (
        "criteria.nausea.scale",
        "number",
        "criteria.nausea.unit: missing, expected that of the number",
    ),
    "an unknown cell": (
        "options.placebo.cells.sleep",
        {"fixed": 0.1, "source": "TER11"},
        "options.placebo.cells.sleep: no criterion 'sleep', expected one of anxiety, insomnia, nausea, response",
    ),
    "an unknown control": ("control", "nothing", "control: no option 'nothing', expected one of fluoxetine"),
    "no control": ("control", ..., "control: missing, expected one of fluoxetine, placebo, venlafaxine: gate and "),
    "an unknown first": ("statements.0", {"first": "x"}, "statements.0.first: no criterion 'x'"),
    "an unknown rank": ("statements.0.rank.1", "x", "statements.0.rank.1: no criterion 'x'"),
    "a rank twice": ("statements.0.rank.1", "response", "statements.0.rank.1: 'response' stands twice"),
    "a rank of one": (
        "statements.0.rank",
        ["response"],
        "statements.0.rank: found a list, expected 2 or more, not 1",
    ),
    "two statements in one": ("statements.0.first", "nausea", "statements.0: has rank and first of rank, first"),
    "a ratio to itself": (
        "statements.0",
        {"ratio": {"of": "nausea", "to": "nausea", "low": 2}},
        "statements.0.ratio: 'nausea' against itself",
    ),
    "a ratio reversed": (
        "statements.0",
        {"ratio": {"of": "nausea", "to": "anxiety", "low": 2, "high": 1}},
        "statements.0.ratio: low 2 is above high 1",
    ),
    "a weight reversed": (
        "statements.0",
        {"weight": {"of": "nausea", "low": 0.5, "high": 0.2}},
        "statements.0.weight: low 0.5 is above high 0.2",
    ),
    "a gate on nothing": ("gate.criterion", "x", "gate.criterion: no criterion 'x'"),
    "a gate without why": ("gate.why", ..., "gate.why is missing"),
    "an importance too few": (
        "importance.nausea",
        ...,
        "importance: 'nausea' is missing, expected every criterion",
    ),
    "an importance too many": ("importance.x", 1, "importance.x: no criterion 'x'"),
    "an importance below zero": ("importance.nausea", -1, "importance.nausea: found -1, expected 0 or more"),
    "a harm that is good": ("plane.harm", "response", "plane.harm: of 'response' higher is better, expected lower"),
    "a benefit that is bad": ("plane.benefit", "anxiety", "plane.benefit: of 'anxiety' lower is better"),
    "a number in words": ("guard_rails.0.text", "1 in 1000 die", "guard_rails.0: '1 in 1000 die' holds a number"),
    "a day that is none": ("date", "soon", "date: found 'soon', expected a day as YEAR-MONTH-DAY"),
    "a day of no calendar": ("date", "2026-13-30", "date: found '2026-13-30', expected a day of the calendar"),
    "another format": ("format", 2, "format: found 2, expected 1"),
    "an unknown key": ("weights", 1, "unknown key 'weights'"),
    "one option": (
        "options",
        {"placebo": trial()["options"]["placebo"]},
        "options: found keys and values, expected 2 or more, not 1",
    ),
}


@pytest.mark.parametrize("name", ONE)
def test_a_fault_names_its_field(tmp_path: Path, name: str) -> None:
    path, value, expected = ONE[name]
    assert any(line.startswith(expected) for line in said(tmp_path, changed(everything(), path, value)))


def test_every_fault_is_listed_at_once_with_its_line(tmp_path: Path) -> None:
    data = everything()
    for path, value in (
        (CELL, None),
        ("criteria.nausea.family", "mood"),
        ("criteria.anxiety.range.low", 0.9),
        ("statements.0.rank.0", "x"),
        ("title", ...),
    ):
        data = changed(data, path, value)
    found = faults(tmp_path, data)
    assert len(found) == 5
    text = (tmp_path / "problem.yaml").read_text(encoding="utf-8").splitlines()
    for line in found:
        number, _, message = line.partition(": ")
        if "family" in message:
            assert text[int(number) - 1].strip() == "family: mood"
        if "cells" in message:
            assert text[int(number) - 1].strip() == "nausea: null"


def test_a_fault_within_a_part_hides_none_beside_it(tmp_path: Path) -> None:
    data = everything()
    for path, value in (
        ("criteria.nausea.label", ...),
        ("criteria.nausea.range", {"low": 2, "high": 1}),
        (CELL, {"counts": {"events": 9, "people": 3}, "fixed": 0.2}),
        ("statements.0", {"first": 7, "weight": {"of": "nausea", "low": 0.5, "high": 0.2}}),
        ("gate.least", 5),
        ("gate.why", ...),
        ("date", "2026-13-30"),
    ):
        data = changed(data, path, value)
    wanted = (
        "criteria.nausea.label is missing", "criteria.nausea.range: low 2", "criteria.nausea.range.low: found 2",
        "criteria.nausea.range.source is missing", f"{CELL}: has counts and fixed", f"{CELL}.counts: events 9",
        f"{CELL}.source is missing", "statements.0.first: found 7, expected text", "statements.0: has first and",
        "statements.0.weight: low 0.5", "gate.least: found 5", "gate.why is missing", "date: found '2026-13-30'",
    )  # fmt: skip
    found = said(tmp_path, data)
    assert [each for each in wanted if not any(line.startswith(each) for line in found)] == []
    assert len(found) == len(wanted)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", "the file is empty"),
        (b"- a\n", "found a list, expected keys and values"),
        (b"a: [", "not valid YAML"),
        (b"a: \xff", "not UTF-8"),
        (b"title: 1\ntitle: 2\n", "key 'title' stands twice"),
    ],
)
def test_a_file_that_is_none(tmp_path: Path, raw: bytes, expected: str) -> None:
    path = tmp_path / "p.yaml"
    path.write_bytes(raw)
    with pytest.raises(DossierError, match=expected):
        load_problem(path)
    with pytest.raises(DossierError, match=r"none\.yaml: cannot be read"):
        load_problem(tmp_path / "none.yaml")


leaves = st.none() | st.booleans() | st.integers(-3, 3) | st.floats() | st.text(max_size=5)
parts = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner)
)
PATHS = (
    *("criteria", "criteria.nausea", "criteria.nausea.range", "criteria.nausea.family", "options", CELL),
    *("options.placebo", f"{CELL}.counts", "statements", "statements.0", "statements.0.rank", "gate"),
    *("gate.criterion", "importance", "importance.nausea", "plane", "plane.benefit", "guard_rails", "references"),
    *("control", "prior"),
)


@settings(max_examples=150, deadline=None)
@given(path=st.sampled_from(PATHS), value=parts)
def test_whatever_stands_in_a_place_is_read_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, path: str, value: Any
) -> None:
    file = written(tmp_path_factory.mktemp("made"), changed(everything(), path, value))
    with contextlib.suppress(DossierError):
        assert isinstance(load_problem(file).problem, Problem)
