"""What the shipped consultation says of made-up people for whom a wrong word would be unsafe."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from glabella.dossier import Answers, Consultation, DoseGiven, Evidence, Statement, load, new_person, shipped
from glabella.dossier.conditions import holds

TODAY = date(2026, 11, 30)


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return load(shipped())


@pytest.fixture(scope="module")
def consultation(evidence: Evidence) -> Consultation:
    assert evidence.consultation is not None
    return evidence.consultation


def rules_of(consultation: Consultation, answers: Answers) -> dict[str, str]:
    return {key: rule.then for key, rule in consultation.rules.items() if holds(rule.when, answers, TODAY)}


#: Somebody to whom no rule applies.
WELL: dict[str, Any] = {
    "age": 38.0, "sex": "woman", "pregnant": False, "breastfeeding": False, "diagnosis": "unipolar", "begun": 10.0,
    "nerve_muscle": (), "swallowing": False, "heart": False, "allergy": (), "drugs": (), "skin": False,
    "face": False, "suicidal": False, "item_nine": "not_at_all",
}  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "expected", "withheld"),
    [
        ({}, {}, False),
        ({"age": 15.0, "sex": "man"}, {"child": "stop"}, True),
        ({"age": 18.0}, {}, False),
        ({"age": 65.0}, {}, False),
        ({"age": 70.0}, {"older": "caution"}, False),
        ({"pregnant": True}, {"pregnant": "stop"}, True),
        ({"breastfeeding": True}, {"breastfeeding": "caution"}, False),
        ({"nerve_muscle": ("myasthenia",)}, {"myasthenia": "stop"}, True),
        ({"nerve_muscle": ("myasthenia", "other")}, {"myasthenia": "stop", "nerve_muscle": "caution"}, True),
        ({"drugs": ("aminoglycoside",)}, {"aminoglycoside": "caution"}, False),
        ({"drugs": ("relaxant", "anticoagulant")}, {"relaxant": "caution", "anticoagulant": "caution"}, False),
        ({"allergy": ("toxin",)}, {"allergy": "stop"}, True),
        ({"allergy": ("milk",)}, {"milk": "caution"}, False),
        ({"skin": True}, {"infection": "stop"}, False),
        ({"swallowing": True}, {"swallowing": "caution"}, False),
        ({"swallowing": True, "nerve_muscle": ("other",)},
         {"nerve_and_swallowing": "stop", "nerve_muscle": "caution", "swallowing": "caution"}, True),
        ({"swallowing": True, "nerve_muscle": ("myasthenia",)},
         {"myasthenia": "stop", "swallowing": "caution"}, True),
        ({"earlier_mood": ("worse",)}, {"earlier_worse": "caution"}, False),
        ({"earlier_mood": (), "earlier_where": ("frown",)}, {"earlier_no_help": "ask first"}, False),
        ({"diagnosis": "bipolar"}, {"bipolar": "caution"}, True),
        ({"diagnosis": "psychotic"}, {"psychotic": "caution"}, True),
        ({"begun": 3.0}, {"just_begun": "ask first"}, False),
    ],
)  # fmt: skip
def test_whom_its_rules_stop(
    consultation: Consultation, answers: dict[str, Any], expected: dict[str, str], withheld: bool
) -> None:
    found = rules_of(consultation, WELL | answers)
    assert found == expected
    assert any(consultation.rules[key].withhold for key in found) == withheld


def test_every_stop_rests_on_a_source_that_was_seen(consultation: Consultation) -> None:
    for key, rule in consultation.rules.items():
        if rule.then == "stop":
            assert (rule.text.status, bool(rule.text.source)) == ("seen", True), key


def test_a_warning_of_pregnancy_does_not_hang_on_the_answer_about_sex(consultation: Consultation) -> None:
    """Whoever answers man, or is written down as one by mistake, may be pregnant and must be warned."""
    for key in ("pregnant", "breastfeeding"):
        for sex in ("man", "woman", "other"):
            assert holds(consultation.rules[key].when, {"sex": sex, key: True}) is True
            assert holds(consultation.rules[key].when, {"sex": sex}) is None


def test_thoughts_of_suicide_speak_against_it(consultation: Consultation) -> None:
    assert rules_of(consultation, WELL | {"item_nine": "several_days"}) == {"self_harm": "caution"}
    assert rules_of(consultation, WELL | {"suicidal": True}) == {"suicidal": "caution"}


def test_who_has_bipolar_disorder_is_told_what_a_tablet_alone_may_do(consultation: Consultation) -> None:
    said = consultation.options["tablet"].not_for["bipolar"]
    assert holds(said.when, WELL | {"diagnosis": "bipolar"}, TODAY) is True
    assert "mania" in said.text.text


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"item_nine": "not_at_all", "suicidal": False}, False),
        ({"item_nine": "several_days"}, True),
        ({"item_nine": "more_than_half"}, True),
        ({"item_nine": "nearly_every_day", "suicidal": False}, True),
        ({"suicidal": True, "item_nine": "not_at_all"}, True),
        ({"item_nine": "not_at_all"}, None),
        ({}, None),
    ],
)
def test_any_answer_but_not_at_all_comes_first(
    consultation: Consultation, answers: Answers, expected: bool | None
) -> None:
    assert consultation.crisis is not None
    each = [holds(when, answers) for when in consultation.crisis.when]
    assert (True if True in each else None if None in each else False) is expected
    assert consultation.crisis.text is None, "whom to call differs from country to country: the user says it"


def test_no_number_of_another_option_is_shown_to_whom_its_trials_left_out(consultation: Consultation) -> None:
    for answers in ({"age": 15.0}, {"diagnosis": "bipolar"}, {"pregnant": True}):
        for key in ("tablet", "talking"):
            option = consultation.options[key]
            shown = [name for name, each in option.not_for.items() if holds(each.when, WELL | answers, TODAY)]
            assert shown, (key, answers)


def test_every_option_is_told_in_equal_detail(consultation: Consultation) -> None:
    for option in consultation.options.values():
        parts: list[Statement] = [option.what, option.approved, option.visits, option.trouble, option.unknown]
        assert all(20 < len(part.text) < 400 for part in parts)


def test_products_that_may_be_given_say_how_far_apart(consultation: Consultation, evidence: Evidence) -> None:
    own = consultation.spacing["onabotulinumtoxinA"]
    assert own.least_days is not None
    assert own.least_days.value == 90
    assert set(consultation.spacing) < set(evidence.products.products)
    assert consultation.mixed is not None
    dose = DoseGiven("abobotulinumtoxinA", 50.0, date(2026, 10, 19))
    assert holds({"earlier": ("none",)}, {"earlier": (dose,)}) is False


def test_a_new_file_of_it_puts_every_question(evidence: Evidence, consultation: Consultation) -> None:
    text = new_person(evidence, TODAY)
    assert all(f"\n  {key}: unknown\n" in text for key in consultation.asks)
    assert max(map(len, text.splitlines())) <= 110
