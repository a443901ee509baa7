"""How a dossier's things are called: what it says, and what stands for what it leaves out."""

from __future__ import annotations

from pathlib import Path

import pytest

from glabella.brief.words import words_of
from glabella.dossier import Words, check, load, shipped
from tests.made_up import write_fuller

PLAN = "dossier.yaml"


@pytest.fixture
def dossier(tmp_path: Path) -> Path:
    write_fuller(tmp_path / "dossier")
    return tmp_path / "dossier"


def add(folder: Path, text: str, file: str = PLAN) -> None:
    with (folder / file).open("a", encoding="utf-8") as end:
        end.write(text)


def test_what_is_left_out_comes_from_the_rest(dossier: Path) -> None:
    words = load(dossier).words
    assert words == Words(
        treatment="my drug", short="my drug", condition="the condition", people="adults with my condition",
        control="the control", given="my treatment", session="treatment", sessions="treatments", visit="week",
        visits="weeks", co_treatment={
            "adjunct": "everybody had other treatment too", "monotherapy": "nobody had other treatment",
            "mixed": "some had other treatment too", "unknown": "not known",
        },
    )  # fmt: skip
    assert all(getattr(words, name) for name in Words.model_fields if name not in ("sites", "plural"))


def test_a_treatment_that_is_no_product_is_called_by_its_name(dossier: Path) -> None:
    plan = (dossier / PLAN).read_text(encoding="utf-8")
    (dossier / PLAN).write_text(plan.replace("treatment: my_drug ", "treatment: another drug "), encoding="utf-8")
    assert load(dossier).words.treatment == "another drug"


def test_what_is_said_stands(dossier: Path) -> None:
    add(dossier, "words: {treatment: a potion, condition: gout, session: draught, visit: month, sessions: drinks,"
                 " sites: {toe: the big toe}, co_treatment: {mixed: some also ate cherries}}\n")  # fmt: skip
    evidence = load(dossier)
    words = words_of(evidence)
    assert words is evidence.words is evidence.dossier.words
    assert (words.treatment, words.short, words.condition, words.session) == (
        "a potion",
        "a potion",
        "gout",
        "draught",
    )
    assert (words.sessions, words.visits) == ("drinks", "months")
    assert (words.at(3), words.at(2.5), words.at(None)) == ("month 3", "month 2.5", "as in each trial")
    assert (words.others("mixed"), words.others("adjunct")) == (
        "some also ate cherries",
        "everybody had other treatment too",
    )
    assert (words.site("toe"), words.site("left_arm")) == ("the big toe", "left arm")


def test_an_empty_word_and_an_unknown_one_are_faults(dossier: Path) -> None:
    add(dossier, "words: {short: '', long: x}\n")
    said = [str(fault) for fault in check(dossier)]
    assert any("words.short: found ''" in fault for fault in said)
    assert any("unknown key 'long'" in fault for fault in said)


@pytest.mark.parametrize(
    ("old", "new", "field", "found"),
    [
        ("population: adults", "population: adults of 65 years or older", "population", "65"),
        ("why: the only trial", "why: all 13 trials", "why", "13"),
        ("    family:", "    event: live 5 years longer\n    family:", "event", "5"),
        ("title: My treatment", "words: {treatment: vitamin D3}\ntitle: My treatment", "treatment", "3"),
    ],
)
def test_a_digit_is_a_fault_that_says_both_ways_out(
    dossier: Path, old: str, new: str, field: str, found: str
) -> None:
    plan = (dossier / PLAN).read_text(encoding="utf-8")
    assert old in plan
    (dossier / PLAN).write_text(plan.replace(old, new, 1), encoding="utf-8")
    (fault,) = check(dossier)
    assert fault.message == (
        f"{field} holds the bare number {found!r}; say it without the number, or, where it belongs to a name or a "
        "definition, list that under names in dossier.yaml"
    )
    # The second way out.
    listed = {"65": "65 years or older", "13": "13 trials", "5": "5 years longer", "3": "vitamin D3"}[found]
    plan = (dossier / PLAN).read_text(encoding="utf-8")
    (dossier / PLAN).write_text(plan.replace("names: []", f"names: [{listed}]"), encoding="utf-8")
    assert check(dossier) == []


def test_a_digit_in_a_word_of_other_treatment_is_a_fault(dossier: Path) -> None:
    add(dossier, "words: {co_treatment: {mixed: some took vitamin B12}}\n")
    (fault,) = check(dossier)
    assert fault.message.startswith("co_treatment holds the bare number '12'; say it without the number")


def test_an_unknown_kind_of_other_treatment_is_a_fault(dossier: Path) -> None:
    add(dossier, "words: {co_treatment: {often: some took tea}}\n")
    assert any("co_treatment" in str(fault) for fault in check(dossier))


def test_a_digit_in_a_sentence_may_have_a_source_too(dossier: Path) -> None:
    add(dossier, "unknown: [{text: Whether 13 trials are enough., status: missing}]\n")
    (fault,) = check(dossier)
    assert "text holds the bare number '13'; name it {like_this} and give its source, or, where" in fault.message


def test_the_shipped_dossier_says_how_things_are_called() -> None:
    words = load(shipped()).words
    given = ("treatment", "short", "condition", "people", "given", "session", "visit")
    assert [getattr(words, name) for name in given] == [
        "botulinum toxin", "the toxin", "depression", "adults with depression", "injected into the frown muscles",
        "session", "week",
    ]  # fmt: skip
    assert words.control.startswith("saline")
    assert words.sites == {"frown": "the frown muscles", "crows_feet": "the crow's feet"}
    assert words.others("adjunct") == "everybody also took an antidepressant"
    assert words.at(6) == "week 6"
