"""A person's answers within bounds: so many rows and keys, told in one fault and in no time; and what cannot be."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from glabella.decision.eligibility import eligibility
from glabella.dossier import MOST_ROWS, MOST_VALUES, Evidence, PersonError, answers_in, load, person_of, read_person

TODAY = date(2026, 11, 30)
DAY = {"date": "2026-11-20"}
DOSE = {"product": "onabotulinumtoxinA", "units": 20, "date": "2026-01-01"}


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return load()


def told(evidence: Evidence, whole: dict[str, Any]) -> list[tuple[str, str]]:
    """Give the fields with faults, and what is said of each."""
    try:
        person_of({**DAY, **whole}, evidence, TODAY)
    except PersonError as error:
        return [(".".join(map(str, each.path)), each.message) for each in error.unfit]
    return []


def scores(many: int) -> list[dict[str, Any]]:
    return [{"scale": "madrs", "value": 3}] * many


@pytest.mark.parametrize("many", [MOST_ROWS + 1, 100_001])
@pytest.mark.parametrize(
    ("whole", "field"),
    [
        (lambda rows: {"answers": {"earlier": rows}}, "answers.earlier"),
        (lambda rows: {"answers": {"taking": rows}}, "answers.taking"),
        (lambda rows: {"visits": rows}, "visits"),
        (lambda rows: {"visits": [{"date": "2026-11-25", "scores": rows}]}, "visits.0.scores"),
        (lambda rows: {"order": rows}, "order"),
    ],
)
def test_too_many_rows_are_one_fault_and_no_work(evidence: Evidence, whole: Any, field: str, many: int) -> None:
    began = time.process_time()
    assert told(evidence, whole([{}] * many)) == [(field, f"found {many:,} of them, expected at most {MOST_ROWS}")]
    assert time.process_time() - began < 0.5


def test_as_many_rows_as_a_form_has_are_read(evidence: Evidence) -> None:
    doses = [{**DOSE, "date": f"2020-01-{1 + place % 28:02}", "units": 1 + place} for place in range(MOST_ROWS)]
    assert told(evidence, {"answers": {"earlier": doses}}) == []


def test_of_many_unknown_keys_the_first_are_told(evidence: Evidence) -> None:
    found = told(evidence, {"answers": {f"x{place}": 1 for place in range(80_000)}})
    assert len(found) == 101
    assert found[-1] == ("answers", "found 80,000 unknown keys, of which the first 100 are told")


#: Files of up to 1 MB that took seconds to be refused.
TIRING = {
    "visits.json": b'{"date": "2026-11-20", "visits": [' + b"{}," * 300_000 + b"{}]}",
    "lists.json": b'{"date": [' + b"[]," * 300_000 + b"[]]}",
    "keys.json": b"{" + b",".join(b'"k%d":1' % place for place in range(80_000)) + b"}",
    "twice.json": b"{" + b",".join([b'"a":1'] * 150_000) + b"}",
    "keys.yaml": b"answers: {" + b",".join(b"x%d: 1" % place for place in range(80_000)) + b"}",
    "taking.yaml": b"date: 2026-11-20\nanswers:\n  taking: [" + b"ssri," * 150_000 + b"ssri]\n",
    "lists.yaml": b"a: [" + b"[]," * 300_000 + b"[]]\n",
    "lines.yaml": b"".join(b"k%d: 1\n" % place for place in range(100_000)),
    "doses.yaml": b"answers:\n earlier:\n" + b"  - {units: 3}\n" * 60_000,
    "bomb.yaml": b"a: &a [x,x,x,x,x,x,x,x,x]\n"
    + b"".join(b"%c: &%c [%s]\n" % (98 + at, 98 + at, b",".join([b"*%c" % (97 + at)] * 9)) for at in range(12)),
    "words.yaml": b"date: " + b"a" * 900_000 + b"\n",
    "anchors.yaml": b"".join(b"- &a%d x\n" % place for place in range(80_000)),
}  # fmt: skip


@pytest.mark.parametrize("name", TIRING)
def test_a_file_of_a_megabyte_is_refused_soon(evidence: Evidence, name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(TIRING[name])
    began = time.process_time()
    with pytest.raises(PersonError) as caught:
        read_person(tmp_path / name, evidence, TODAY)
    assert time.process_time() - began < 1.5
    assert len(str(caught.value)) < 100_000


def test_more_values_than_any_person_has_are_told_with_their_line() -> None:
    for name in ("a.json", "a.yaml"):
        with pytest.raises(PersonError, match=f":3: more than {MOST_VALUES:,} values") as caught:
            answers_in(b'{"a":\n1, "b":\n[' + b"1," * MOST_VALUES + b"1]}", name)
        assert len(caught.value.faults) == 1


@pytest.mark.parametrize("scale", ["phq9", "madrs", "ham_d17"])
def test_a_score_of_whole_points_has_no_half(evidence: Evidence, scale: str) -> None:
    label = evidence.dossier.scales[scale].label
    said = f"found 12.5, expected a whole number of points on {label}"
    wrong, right = {"scale": scale, "value": 12.5}, {"scale": scale, "value": 12.0}
    assert told(evidence, {"answers": {"severity": wrong}}) == [("answers.severity.value", said)]
    assert told(evidence, {"visits": [{"date": "2026-11-25", "scores": [wrong]}]}) == [
        ("visits.0.scores.0.value", said)
    ]
    assert told(evidence, {"answers": {"severity": right}}) == []


def test_the_same_dose_stands_once(evidence: Evidence) -> None:
    said = "20 units of onabotulinumtoxinA on 2026-01-01 stand twice, expected once"
    assert told(evidence, {"answers": {"earlier": [DOSE, DOSE]}}) == [("answers.earlier.1", said)]
    for other in ({"units": 21}, {"date": "2026-01-02"}, {"product": "incobotulinumtoxinA"}):
        assert told(evidence, {"answers": {"earlier": [DOSE, {**DOSE, **other}]}}) == []
    for unknown in DOSE:
        # Of two of which something is not known, it may be another.
        dose = {**DOSE, unknown: "unknown"}
        assert told(evidence, {"answers": {"earlier": [dose, dose]}}) == []


@pytest.mark.parametrize(("weeks", "fits"), [(2_000, False), (992, False), (991, True), (0, True)])
def test_nothing_was_begun_before_birth(evidence: Evidence, weeks: int, fits: bool) -> None:
    said = f"found {weeks} weeks, which is before birth, as answers.age is 18; expected at most 991 weeks"
    expected = [] if fits else [("answers.begun", said)]
    assert told(evidence, {"answers": {"age": 18, "begun": weeks}}) == expected
    assert told(evidence, {"answers": {"begun": weeks}}) == []


def test_what_was_found_is_shown_as_far_as_it_helps(evidence: Evidence) -> None:
    found = told(evidence, {"leads": "x" * 900_000, "\0<b>": 1, "k" * 900_000: 1, "answers": {"age": "y" * 501}})
    assert len(str(found)) < 2_000
    assert "\0" not in str([field for field, _ in found])
    assert [message for field, message in found if field == "leads"] == [
        f"found {'x' * 100!r}… (900,000 characters), expected person, together, clinician, or unknown"
    ]


@pytest.mark.parametrize(
    ("item", "points", "clash"),
    [("several_days", 0, True), ("several_days", 1, False), ("more_than_half", 1, True),
     ("more_than_half", 2, False), ("nearly_every_day", 2, True), ("nearly_every_day", 3, False),
     ("not_at_all", 0, False)],
)  # fmt: skip
def test_one_question_has_no_more_points_than_all(evidence: Evidence, item: str, points: int, clash: bool) -> None:
    severity = {"scale": "phq9", "value": points, "date": "2026-11-20"}
    person = person_of({**DAY, "answers": {"item_nine": item, "severity": severity}}, evidence, TODAY)
    assert evidence.consultation is not None
    found = eligibility(evidence.consultation, person.answers, person.date).clashes
    assert sum(key.startswith("more_than_the_sum") for key in found) == int(clash)
