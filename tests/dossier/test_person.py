"""A person's file: what was answered, every fault at once, its schema, and the text of a new one."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from glabella.dossier import (
    Consultation,
    DoseGiven,
    Evidence,
    Person,
    PersonError,
    Score,
    Visit,
    answers_in,
    load,
    new_person,
    person_of,
    person_schema,
    person_text,
    read_person,
)
from tests.dossier.test_consultation import made_up, number
from tests.made_up import write_fuller

TODAY = date(2026, 11, 30)


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    folder = tmp_path_factory.mktemp("person") / "d"
    write_fuller(folder)
    plan = yaml.safe_load((folder / "dossier.yaml").read_text(encoding="utf-8"))
    plan["scales"] |= {"pain": {"label": "PAIN", "range": [0, 10]}, "mood": {"label": "MOOD", "range": [-5, 5]}}
    (folder / "dossier.yaml").write_text(yaml.safe_dump(plan), encoding="utf-8")
    products = yaml.safe_load((folder / "products.yaml").read_text(encoding="utf-8"))
    products["products"]["other_drug"] = {"label": "other drug", "kind": "treatment", "brands": ["Brandy"]}
    (folder / "products.yaml").write_text(yaml.safe_dump(products), encoding="utf-8")
    whole = made_up()
    whole["asks"]["severity"] = {"label": "pain", "ask": "How bad?", "kind": "score", "scales": ["pain", "mood"]}
    whole["asks"]["expecting"] = {
        "label": "expecting",
        "ask": "Are you?",
        "kind": "yes_no",
        "of": {"sex": ["woman"]},
    }
    whole["asks"]["where"] = {"label": "where", "ask": "Where was it?", "kind": "several",
                              "choices": {"arm": "arm"}, "of": {"earlier": {"at_least": 0}}}  # fmt: skip
    whole["age"] = "age"
    whole["matters"] = {key: {"label": f"{key} matters", "better": "higher", "family": key} for key in "ab"}
    whole["spacing"]["other_drug"] = {"least_days": number(30), "text": {"text": "Apart.", "status": "missing"}}
    (folder / "consultation.yaml").write_text(yaml.safe_dump(whole, sort_keys=False), encoding="utf-8")
    return load(folder)


def read(folder: Path, evidence: Evidence, content: Any) -> Person:
    file = folder / "person.yaml"
    file.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
    return read_person(file, evidence, TODAY)


def faults(folder: Path, evidence: Evidence, content: Any) -> list[str]:
    with pytest.raises(PersonError) as caught:
        read(folder, evidence, content)
    return [fault.message for fault in caught.value.faults]


FULL = """\
date: 2026-11-20
answers:
  age: 38
  sex: woman
  drugs: [a]
  allergy: no
  severity: {scale: pain, value: 7, date: 2026-11-19}
  earlier:
    - {product: my_drug, units: 20, date: 2026-10-01}
    - {product: unknown, date: 2025-01-01}
order: [b, a]
leads: together
visits:
  - date: 2026-11-27
    scores: [{scale: pain, value: 5}, {scale: mood, value: -1.5}]
"""


def test_everything_that_is_answered_is_read(tmp_path: Path, evidence: Evidence) -> None:
    assert read(tmp_path, evidence, FULL) == Person(
        date=date(2026, 11, 20),
        answers={
            "age": 38.0,
            "sex": "woman",
            "drugs": ("a",),
            "allergy": False,
            "severity": Score("pain", 7.0, date(2026, 11, 19)),
            "earlier": (
                DoseGiven("my_drug", 20.0, date(2026, 10, 1)),
                DoseGiven(None, None, date(2025, 1, 1)),
            ),
        },
        order=("b", "a"),
        leads="together",
        visits=(Visit(date(2026, 11, 27), (Score("pain", 5.0), Score("mood", -1.5))),),
    )


def test_json_is_read_alike(tmp_path: Path, evidence: Evidence) -> None:
    file = tmp_path / "person.json"
    plain = {"date": "2026-11-20", "answers": {"age": 38, "allergy": "no"}, "order": ["b", "a"]}
    file.write_text(json.dumps(plain), encoding="utf-8")
    person = read_person(file, evidence, TODAY)
    assert (person.answers, person.order) == ({"age": 38.0, "allergy": False}, ("b", "a"))


def test_a_new_file_knows_nothing(tmp_path: Path, evidence: Evidence) -> None:
    text = new_person(evidence, TODAY)
    assert read(tmp_path, evidence, text) == Person(TODAY)
    assert isinstance(evidence.consultation, Consultation)
    for key, ask in evidence.consultation.asks.items():
        assert f"  # {ask.ask}\n" in text
        assert f"  {key}: unknown\n" in text
    assert "other_drug: other drug (Brandy)" in text


@pytest.mark.parametrize("said", ["unknown", None])
def test_not_known_is_an_answer_to_everything(tmp_path: Path, evidence: Evidence, said: str | None) -> None:
    assert evidence.consultation is not None
    whole = {
        "date": "2026-11-20",
        "answers": dict.fromkeys(evidence.consultation.asks, said),
        "order": said,
        "leads": said,
        "visits": said,
    }
    assert read(tmp_path, evidence, whole) == Person(date(2026, 11, 20))
    dose = {
        "earlier": [{"product": said, "units": said, "date": said}],
        "severity": {"scale": "pain", "value": said},
    }
    assert read(tmp_path, evidence, {"date": "2026-11-20", "answers": dose}).answers == {
        "earlier": (DoseGiven(None),),
    }


def test_what_is_said_without_a_file_is_read_alike(tmp_path: Path, evidence: Evidence) -> None:
    said = answers_in(FULL.encode(), "person.yaml")
    assert person_of(said, evidence, TODAY) == read(tmp_path, evidence, FULL)


def test_faults_name_their_answers_and_keep_what_could_be_read(evidence: Evidence) -> None:
    said = {"date": "never", "answers": {"age": 190, "sex": "woman", "earlier": [{"units": 0}]}}
    with pytest.raises(PersonError) as caught:
        person_of(said, evidence, TODAY)
    places = [("date",), ("answers", "age"), ("answers", "earlier", 0, "units")]
    assert [each.path for each in caught.value.unfit] == places
    assert caught.value.person == Person(TODAY, {"sex": "woman", "earlier": (DoseGiven(None),)})
    assert "answers: answers.age: found 190 years" in str(caught.value)


PAST = st.none() | st.dates(date(1990, 1, 1), date(2020, 1, 1))
SCORES = st.builds(Score, st.sampled_from(["pain"]), st.floats(0, 10), PAST) | st.builds(
    Score, st.just("mood"), st.floats(-5, 5), PAST
)
PEOPLE = st.builds(
    Person,
    st.just(date(2020, 1, 2)),
    st.fixed_dictionaries({}, optional={
        "age": st.floats(30, 120), "sex": st.sampled_from(["woman", "man"]), "drugs": st.sampled_from([(), ("a",)]),
        "allergy": st.booleans(), "severity": SCORES,
        "earlier": st.lists(st.builds(
            DoseGiven, st.sampled_from([None, "my_drug", "other_drug"]),
            st.none() | st.floats(0, exclude_min=True, allow_infinity=False), PAST,
        ), max_size=4, unique=True).map(tuple),
    }),
    st.lists(st.sampled_from("ab"), unique=True).map(tuple),
    st.sampled_from([None, "person", "together", "clinician"]),
    st.lists(st.builds(Visit, st.dates(date(2020, 1, 3), date(2024, 1, 1)), st.lists(
        st.builds(Score, st.just("pain"), st.floats(0, 10)), max_size=1).map(tuple)),
        max_size=3, unique_by=lambda it: it.date).map(lambda its: tuple(sorted(its, key=lambda it: it.date))),
)  # fmt: skip


@given(PEOPLE)
def test_what_is_written_of_a_person_is_read_as_the_same(evidence: Evidence, person: Person) -> None:
    said = answers_in(person_text(person, evidence).encode(), "person.yaml")
    assert person_of(said, evidence, TODAY) == person


def test_a_score_without_scale_that_is_no_number_has_two_faults(tmp_path: Path, evidence: Evidence) -> None:
    assert faults(tmp_path, evidence, {"date": "2026-11-20", "answers": {"severity": {"value": "high"}}}) == [
        "answers.severity: a score without scale; expected pain, mood",
        "answers.severity.value: found 'high', expected a number",
    ]


def test_none_is_not_the_same_as_not_known(tmp_path: Path, evidence: Evidence) -> None:
    said = {"date": "2026-11-20", "answers": {"drugs": "none", "earlier": "none"}}
    assert read(tmp_path, evidence, said).answers == {"drugs": (), "earlier": ()}
    said = {"date": "2026-11-20", "answers": {"drugs": [], "earlier": []}}
    assert read(tmp_path, evidence, said).answers == {"drugs": (), "earlier": ()}


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"age": 190}, "answers.age: found 190 years, expected 0 to 120 years, or unknown"),
        ({"age": -1}, "answers.age: found -1 years, expected 0 to 120 years, or unknown"),
        ({"age": True}, "answers.age: found True, expected 0 to 120 years, or unknown"),
        ({"age": "old"}, "answers.age: found 'old', expected 0 to 120 years, or unknown"),
        ({"sex": "child"}, "answers.sex: found 'child', expected woman, man, or unknown"),
        ({"sex": ["woman"]}, "answers.sex: found a list, expected woman, man, or unknown"),
        ({"drugs": "a"}, "answers.drugs: found 'a', expected a list of a, or none, or unknown"),
        ({"drugs": ["b"]}, "answers.drugs.1: found 'b', expected a, or unknown"),
        ({"drugs": ["a", "a"]}, "answers.drugs: a (one drug) stands 2 times, expected once"),
        ({"drugs": ["a", "none"]}, "answers.drugs: none stands beside others, expected either"),
        ({"earlier": ["none", {}]}, "answers.earlier: none stands beside doses, expected either"),
        ({"allergy": "maybe"}, "answers.allergy: found 'maybe', expected yes, no or unknown"),
        ({"severity": 7}, "answers.severity: found 7, expected keys and values"),
        ({"severity": {"value": 7}}, "answers.severity: a score without scale; expected pain, mood"),
        ({"severity": {"scale": "joy", "value": 7}}, "answers.severity.scale: found 'joy', expected pain, mood, "
                                                     "or unknown"),
        ({"severity": {"scale": "pain", "value": 11}}, "answers.severity.value: found 11, expected 0 to 10 points "
                                                       "on PAIN"),
        ({"severity": {"scale": "pain", "value": 5, "date": "2026-11-21"}},
         "answers.severity.date: found 2026-11-21, expected no day after the visit, 2026-11-20"),
        ({"severity": {"scale": "pain", "value": 5, "date": "2026-12-01"}},
         "answers.severity.date: found 2026-12-01, which is in the future; expected 2026-11-30 or before"),
        ({"earlier": "yes"}, "answers.earlier: found 'yes', expected a list of doses, or none, or unknown"),
        ({"earlier": [{"product": "tea"}]}, "answers.earlier.1.product: no product 'tea'; expected my_drug, "
                                            "other_drug, or unknown"),
        ({"earlier": [{"product": "placebo"}]}, "answers.earlier.1.product: no product 'placebo'; expected "
                                                "my_drug, other_drug, or unknown"),
        ({"earlier": [{"product": "Brandy"}]}, "answers.earlier.1.product: no product 'Brandy'; expected "
                                               "other_drug, or unknown"),
        ({"earlier": [{"product": "my_drug + Brandy"}]}, "answers.earlier.1.product: several products in one dose, "
                                                         "found 'my_drug + Brandy'; expected one dose for each"),
        ({"earlier": [{"product": ["my_drug", "tea"]}]}, "answers.earlier.1.product: several products in one dose, "
                                                         "found 'my_drug + tea'; expected one dose for each"),
        ({"earlier": [{"product": "my_drug", "units": 0}]}, "answers.earlier.1.units: found 0, expected a number "
                                                            "above 0, or unknown"),
        ({"earlier": [{"product": "my_drug", "date": "2026-02-30"}]},
         "answers.earlier.1.date: found '2026-02-30', expected a day as YEAR-MONTH-DAY"),
        ({"earlier": [{"product": "my_drug", "date": "2026-W05-1"}]},
         "answers.earlier.1.date: found '2026-W05-1', expected a day as YEAR-MONTH-DAY"),
        ({"earlier": [{"product": "my_drug", "units": 1, "other": 2}]},
         "answers.earlier.1.other: unknown key; expected product, units, date"),
        ({"shoes": 43}, "answers.shoes: unknown key; expected age, sex, drugs, allergy, earlier, severity, "
                        "expecting, where"),
        ([], "answers: found a list, expected keys and values"),
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be(tmp_path: Path, evidence: Evidence, answers: Any, expected: str) -> None:
    assert faults(tmp_path, evidence, {"date": "2026-11-20", "answers": answers}) == [expected]


@pytest.mark.parametrize(
    ("whole", "expected"),
    [
        ({}, "date: is missing, expected the day of the visit as YEAR-MONTH-DAY"),
        ({"date": "unknown"}, "date: is missing, expected the day of the visit as YEAR-MONTH-DAY"),
        ({"date": "2026-12-01"}, "date: found 2026-12-01, which is in the future; expected 2026-11-30 or before"),
        ({"date": 2026}, "date: found 2026, expected a day as YEAR-MONTH-DAY"),
        ({"date": "2026-11-20", "order": ["c"]}, "order.1: found 'c', expected a, b, or unknown"),
        ({"date": "2026-11-20", "order": ["a", "a"]}, "order: a (a matters) stands 2 times, expected once"),
        ({"date": "2026-11-20", "leads": "me"}, "leads: found 'me', expected person, together, clinician, or "
                                                "unknown"),
        ({"date": "2026-11-20", "visits": [{"date": "2026-11-20"}]},
         "visits.1.date: found 2026-11-20, expected a day after 2026-11-20, the visit before it"),
        ({"date": "2026-11-20", "visits": [{"scores": []}]},
         "visits.1.date: is missing, expected the day of this visit as YEAR-MONTH-DAY"),
        ({"date": "2026-11-20", "name": "Anna"}, "name: unknown key; expected date, answers, order, leads, visits"),
        ("[]", "found a list, expected keys and values"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be(tmp_path: Path, evidence: Evidence, whole: Any, expected: str) -> None:
    assert faults(tmp_path, evidence, whole) == [expected]


def test_all_faults_come_at_once_each_with_its_line(tmp_path: Path, evidence: Evidence) -> None:
    text = FULL.replace("age: 38", "age: 380").replace("[a]", "[z]").replace("value: 7", "value: 70")
    with pytest.raises(PersonError) as caught:
        read(tmp_path, evidence, text)
    assert str(caught.value).splitlines() == [
        "person.yaml:3: answers.age: found 380 years, expected 0 to 120 years, or unknown",
        "person.yaml:5: answers.drugs.1: found 'z', expected a, or unknown",
        "person.yaml:7: answers.severity.value: found 70, expected 0 to 10 points on PAIN",
    ]


@pytest.mark.parametrize("text", ["", "date: [", "date: 2026-11-20\ndate: 2026-11-20\n"])
def test_a_file_that_is_no_yaml(tmp_path: Path, evidence: Evidence, text: str) -> None:
    assert faults(tmp_path, evidence, text)


def test_no_file(tmp_path: Path, evidence: Evidence) -> None:
    with pytest.raises(PersonError, match="cannot be read"):
        read_person(tmp_path / "nobody.yaml", evidence, TODAY)


def test_a_dossier_without_a_consultation_asks_nothing(tmp_path: Path) -> None:
    write_fuller(tmp_path / "d")
    evidence = load(tmp_path / "d")
    with pytest.raises(ValueError, match="no consultation"):
        new_person(evidence, TODAY)
    with pytest.raises(ValueError, match="no consultation"):
        person_schema(evidence)


def test_the_schema_takes_what_the_reader_takes(evidence: Evidence) -> None:
    schema = person_schema(evidence)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for text in (FULL, new_person(evidence, TODAY)):
        plain = yaml.load(text, Loader=_Plain)
        assert list(validator.iter_errors(plain)) == []
    for wrong in ({"answers": {"age": 190}}, {"answers": {"shoes": 1}}, {"leads": "me"}, {"order": ["c"]}):
        assert list(validator.iter_errors({"date": "2026-11-20", **wrong}))


class _Plain(yaml.SafeLoader):
    """Reads days as text, as the project's own reader does."""


_Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if not tag.endswith("timestamp")]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


#: Whatever people may write in a file: texts, numbers, lists, keys.
_ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**6), 10**6)
    | st.floats(allow_nan=True, allow_infinity=True)
    | st.sampled_from(["unknown", "none", "yes", "my_drug", "pain", "a", "woman", "2026-11-01", "2099-01-01"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["age", "sex", "drugs", "allergy", "severity", "earlier", "scale", "value", "product",
                         "units", "date", "scores", "x"]),
        inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(
    whole=st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("date", "answers", "order", "leads", "visits"), _ANYTHING)
    )
)
def test_whatever_is_written_is_a_person_or_faults(
    tmp_path_factory: pytest.TempPathFactory, evidence: Evidence, whole: dict[str, Any]
) -> None:
    file = tmp_path_factory.getbasetemp() / "anything.json"
    file.write_text(json.dumps(whole), encoding="utf-8")
    try:
        person = read_person(file, evidence, TODAY)
    except PersonError:
        return
    assert person.date <= TODAY
    assert None not in person.answers.values()


# --- answers that cannot both be -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"sex": "man", "expecting": "yes"},
         ["answers.expecting: found yes, but answers.sex is man, of whom this is not asked; expected no or unknown "
          "here, or another answer to sex"]),
        ({"expecting": "yes", "sex": "man", "earlier": "none", "where": ["arm"]},
         ["answers.expecting: found yes, but answers.sex is man, of whom this is not asked; expected no or unknown "
          "here, or another answer to sex",
          "answers.where: found a list, but answers.earlier is none, of whom this is not asked; expected none or "
          "unknown here, or another answer to earlier"]),
        ({"age": 30, "earlier": [{"product": "my_drug", "date": "1995-11-20"}]},
         ["answers.earlier.1.date: found 1995-11-20, which is before birth, as answers.age is 30; expected a day "
          "after 1995-11-20"]),
        ({"age": 0, "severity": {"scale": "pain", "value": 3, "date": "2025-01-01"}},
         ["answers.severity.date: found 2025-01-01, which is before birth, as answers.age is 0; expected a "
          "day after 2025-11-20"]),
    ],
)  # fmt: skip
def test_answers_that_cannot_both_be_are_faults_that_name_both(
    tmp_path: Path, evidence: Evidence, answers: dict[str, Any], expected: list[str]
) -> None:
    assert faults(tmp_path, evidence, {"date": "2026-11-20", "answers": answers}) == expected


@pytest.mark.parametrize(
    "answers",
    [
        {"sex": "man", "expecting": "no"},
        {"sex": "man", "expecting": "unknown"},
        {"sex": "woman", "expecting": "yes"},
        {"expecting": "yes"},
        {"earlier": "none", "where": "none"},
        {"where": ["arm"]},
        {"age": 30, "earlier": [{"product": "my_drug", "date": "1995-11-21"}]},
        {"earlier": [{"product": "my_drug", "date": "1900-01-01"}]},
    ],
)
def test_answers_that_can_both_be_are_read(tmp_path: Path, evidence: Evidence, answers: dict[str, Any]) -> None:
    assert read(tmp_path, evidence, {"date": "2026-11-20", "answers": answers}).date == date(2026, 11, 20)
