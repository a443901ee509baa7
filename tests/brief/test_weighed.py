"""Weighed options as a document: what is said and what is not, every number a claim, the same bytes again."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from glabella.brief import as_json, html, markdown, weighed_again, weighed_document
from glabella.brief.render import document_of_json
from glabella.brief.written import read as read_document
from glabella.shown import Document, Section, blocks_of
from tests.brief.sections import bare_digits, lines
from tests.decision.preferences import reference_cases as cases
from tests.problems_made import changed, everything, read, trial


def made(folder: Path, data: dict[str, Any]) -> Document:
    return weighed_document(read(folder, data))


def sections(document: Document) -> dict[str, list[str]]:
    return {it.id: lines(it) for it in blocks_of(document.sections) if isinstance(it, Section)}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return made(tmp_path_factory.mktemp("whole"), changed(everything(), "gate.least", 0.05))


def test_it_says_what_people_would_choose_and_stands_by_its_guard_rails(whole: Document) -> None:
    said = sections(whole)
    answer = said["answer"]
    assert re.fullmatch(
        r"What was said does not settle it: placebo is most often first, in 4\d of a hundred draws\.", answer[1]
    )
    assert answer[2] == "- Putting response first does not settle it."
    assert answer[3] == "- People who put nausea first would choose placebo: it is first in 95 of a hundred draws."
    assert (
        answer[4] == "- People who put insomnia first would lean to placebo: it is first in 73 of a hundred draws."
    )
    assert answer[6].startswith(
        "To be ranked, an option must do better than placebo in response by at least 5 of a hundred people in 50 "
        "of a hundred draws (one more in ten). That is so for fluoxetine in 6"
    )
    assert said["guard-rails"][1] == "- Thoughts of suicide are asked about at every visit.[TER11]"
    assert said["said"][1] == "- In this order: response, then nausea, then anxiety, then insomnia."
    assert "the prior is uniform: 1 is added to events" in said["known"][-1]
    assert list(said) == [
        *("answer", "guard-rails", "said", "known", "ranks", "first", "net-benefit", "information"),
        *("plane", "ranges", "how"),
    ]


def test_every_number_is_a_claim_with_its_source(whole: Document) -> None:
    names = (*cases.R3_OPTIONS, *cases.R3_CRITERIA)
    for section in whole.sections:
        assert isinstance(section, Section)
        assert bare_digits(section, names) == []
    assert len({claim.id for claim in whole.claims}) == len(whole.claims)
    for claim in whole.claims:
        assert claim.function.startswith("glabella.decision.")
        assert claim.inputs[0][0] == "problem.yaml"
        assert claim.population == "adults in one trial"
    assert [one.key for one in whole.references] == ["TER11"]


def test_without_more_it_has_no_more(tmp_path: Path) -> None:
    said = sections(made(tmp_path, trial()))
    assert list(said) == ["answer", "said", "known", "ranks", "first", "ranges", "how"]
    assert said["said"][1] == "Nothing was said of what matters: every weight is as likely as any other."
    assert said["ranks"][0] == "# If every weight were as likely as any other"


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ({"first": "nausea"}, "- nausea comes first."),
        (
            {"ratio": {"of": "nausea", "to": "anxiety", "low": 1.5}},
            "- nausea matters at least 1.5 times as much as anxiety.",
        ),
        (
            {"ratio": {"of": "nausea", "to": "anxiety", "low": 1, "high": 4}},
            "- nausea matters 1 to 4 times as much as anxiety.",
        ),
        (
            {"weight": {"of": "nausea", "low": 0.25, "high": 0.5}},
            "- nausea has 25 to 50 parts of a hundred of all weight.",
        ),
    ],
)
def test_statements_are_repeated_in_words(tmp_path: Path, statement: dict[str, Any], expected: str) -> None:
    said = sections(made(tmp_path, trial() | {"statements": [statement]}))
    assert said["said"][1] == expected


def test_no_option_is_ranked_that_does_too_little(tmp_path: Path) -> None:
    said = sections(made(tmp_path, everything()))
    assert "That is so for fluoxetine in 4" in said["answer"][-3]
    assert ", so it is not ranked; for venlafaxine in 8" in said["answer"][-3]
    assert re.fullmatch(
        r"Who does enough would be settled with a chance of 67 in a hundred by a trial against placebo with so "
        r"many people in each group: for fluoxetine 1,[89]00; for venlafaxine 9\d0\.",
        said["answer"][-2],
    )
    none = sections(made(tmp_path, changed(everything(), "gate.least", 0.5)))
    assert none["answer"][1] == "Nothing is ranked: no option does enough beyond placebo."
    assert "ranks" not in none
    assert "ranges" not in none


def test_which_trial_would_settle_it_is_said_in_a_sentence(tmp_path: Path) -> None:
    data = changed(everything(), "gate", None)
    said = sections(made(tmp_path, data))
    assert re.fullmatch(
        r"By the importance given, a trial of fluoxetine against venlafaxine with 1,[789]00 people in each group "
        r"\(3,[468]00 in all\) would settle which does most good with a chance of about 6[678] in a hundred\. It "
        r"would be worth 17\.\d \(17\.\d to 17\.\d\) of the (19\.\d|20\.0) outcomes of importance one per 1,000 "
        r"people that deciding now costs; what counts above all is response\.",
        said["answer"][-1],
    )
    part = said["information"]
    assert "One more person with the outcome counts: response 1, nausea 0.2, insomnia 0.25." in part[1]
    assert not any("next setting" in line or "not ranked" in line for line in part)
    other = sections(made(tmp_path, changed(everything(), "spread", "next")))["information"]
    assert "What a trial would tell of options that are not ranked is not counted." in other[1]
    assert "it holds of a trial in the setting in which one decides" in other[-1]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        (
            900,
            "No trial would change the choice: by the importance given, fluoxetine does most good in every draw.",
        ),
        (
            560,
            "Hardly any trial would change the choice: by the importance given, fluoxetine does most good in all ",
        ),
    ],
)
def test_no_trial_is_named_where_none_would_change_the_choice(tmp_path: Path, events: int, expected: str) -> None:
    data = changed(everything(), "gate", None)
    data = changed(data, "options.fluoxetine.cells.response.counts", {"events": events, "people": 1000})
    data = changed(data, "options.venlafaxine.cells.response.counts", {"events": 530, "people": 1000})
    found = sections(made(tmp_path, data))
    assert found["answer"][-1].startswith(expected)
    assert ("information" in found) == (events < 900)


def test_options_too_alike_for_any_trial_are_said_to_be_so(tmp_path: Path) -> None:
    data = changed(everything(), "gate", None)
    for option in ("fluoxetine", "venlafaxine"):
        data = changed(data, f"options.{option}", {**data["options"]["placebo"], "label": option})
    for option in cases.R3_OPTIONS:
        counts = {"events": 4000, "people": 10_000}
        data = changed(data, f"options.{option}.cells.response.counts", counts)
    said = sections(made(tmp_path, data))["answer"][-1]
    assert said.startswith("By the importance given, no trial of ")
    assert "with 10,000 people in each group the chance is" in said


def test_evidence_too_unsure_is_called_the_problem(tmp_path: Path) -> None:
    data = trial()
    for option in cases.R3_OPTIONS:
        for key in cases.R3_CRITERIA:
            none = {"counts": {"events": 1, "people": 2}, "source": "TER11"}
            data = changed(data, f"options.{option}.cells.{key}", none)
    said = sections(made(tmp_path, data))
    assert said["answer"][1] == "The evidence, not people’s values, is the problem: nothing is ranked."
    assert "first" not in said
    assert not any("each rank" in line for line in said["ranks"])


def test_the_formats_hold_the_same_and_are_made_again(tmp_path: Path, whole: Document) -> None:
    file = read(tmp_path, changed(everything(), "gate.least", 0.05))
    assert weighed_document(file) == whole
    for text in (html(whole), markdown(whole), as_json(whole)):
        found = weighed_again(text, file)
        assert found.lines == ()
        assert read_document(text).kind == "weighed"
    assert document_of_json(as_json(whole)) == whole
    other = read(tmp_path, changed(everything(), "gate.least", 0.06))
    assert weighed_again(html(whole), other).lines
    with pytest.raises(ValueError, match="expected a brief or a report"):
        weighed_again("no document", file)


def test_hostile_text_is_shown_and_not_obeyed(tmp_path: Path) -> None:
    hostile = "<script>alert(1)</script> [a](b) {x} 7"
    data = changed(everything(), "options.venlafaxine.label", hostile)
    data = changed(data, "criteria.nausea.label", hostile + "!")
    data = changed(data, "title", hostile)
    data = changed(data, "people", hostile)
    data = changed(data, "references.TER11.text", hostile)
    page = html(made(tmp_path, data))
    assert "<script>alert" not in page
    assert page.count("<script") == 1  # the claims, for programs
