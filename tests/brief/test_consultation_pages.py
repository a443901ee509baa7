"""The pages of a consultation: what each made-up person must and must not be told, and how."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from glabella.brief import (
    ForPerson,
    Results,
    as_json,
    consultation_document,
    consulted_again,
    for_person,
    home_document,
    html,
    markdown,
    pdf,
)
from glabella.brief.render import available, document_of_json
from glabella.decision.preferences import Reading as Word
from glabella.decision.preferences import Stated
from glabella.decision.whose_values import ByMatter
from glabella.dossier import DoseGiven, Evidence, read_person
from glabella.shown import Document, Figure, Section, blocks_of, plain
from tests import persons
from tests.brief.pages import bare_digits
from tests.brief.readability import grade
from tests.brief.sections import lines
from tests.persons import CRISIS, PEOPLE, TODAY

pytestmark = pytest.mark.xdist_group("brief")
EACH = pytest.mark.parametrize("name", PEOPLE)
_DOSE = (DoseGiven("abobotulinumtoxinA", 50.0, date(2024, 10, 19)),)
Consult = Callable[..., ForPerson]


@pytest.fixture(scope="module")
def consult(results: Results, tmp_path_factory: pytest.TempPathFactory) -> Consult:
    """Hold a consultation for somebody."""
    folder = tmp_path_factory.mktemp("people")

    @cache
    def held(name: str) -> ForPerson:
        person = read_person(persons.written(folder, name), results.evidence, TODAY)
        return for_person(results, person, CRISIS)

    return held


def sections(document: Document) -> dict[str, list[str]]:
    """Give what each section says, what stands below its pictures last."""
    return {
        it.id: [*lines(it), *(plain(each.caption) for each in blocks_of(it.content) if isinstance(each, Figure))]
        for it in blocks_of(document.sections)
        if isinstance(it, Section)
    }


def said(document: Document) -> str:
    return "\n".join(line for each in sections(document).values() for line in each)


# --- every number a claim, on every page -----------------------------------------------------------------


@EACH
def test_no_digit_stands_outside_a_claim(consult: Consult, evidence: Evidence, name: str) -> None:
    of = consult(name)
    names = (*evidence.dossier.names, CRISIS)
    for document in (consultation_document(of), home_document(of)):
        assert bare_digits(html(document), document, names) == []


@EACH
def test_one_denominator_for_all_of_a_page(consult: Consult, name: str) -> None:
    of = consult(name)
    for document in (consultation_document(of), home_document(of)):
        pictures = re.findall(r'<svg[^>]*viewBox="0 0 (\d+) (\d+)"', html(document))
        assert {size for size in pictures if size not in {("48", "12"), ("16", "16")}} <= {("178", "178")}


@EACH
def test_pages_are_made_again_byte_for_byte(consult: Consult, name: str) -> None:
    of = consult(name)
    for make in (consultation_document, home_document):
        document = make(of)
        for written in (html(document), markdown(document), as_json(document)):
            assert consulted_again(written, of).lines == ()
        assert html(make(of)) == html(document)
        assert as_json(document_of_json(as_json(document))) == as_json(document)


def test_a_changed_number_is_found(consult: Consult) -> None:
    of = consult("woman")
    page = html(consultation_document(of))
    changed = page.replace(">51<i>(42 to 59)</i>", ">73<i>(42 to 59)</i>").replace(">51 <i>", ">73 <i>")
    assert changed != page
    assert consulted_again(changed, of).lines


# --- what each must be told ------------------------------------------------------------------------------


def test_the_woman_gets_readings_and_no_single_number_of_the_toxin(consult: Consult) -> None:
    document = consultation_document(consult("woman"))
    part = "\n".join(sections(document)["chances"])
    assert "38 (35 to 40) of a hundred people feel much better, 62 do not" in part
    assert "51 (42 to 59) of a hundred people feel much better, 49 do not" in part
    assert "no trial allows one number for you" in part
    # The largest trial comes first, never one alone, and no point within either that would be taken for the answer.
    assert part.index("31 to 53") < part.index("41 to 97")
    assert part.index("no trial allows one number") < part.index("31 to 53")
    assert not re.search(r"\d \((31 to 53|41 to 97)\)", part)
    home = "\n".join(sections(home_document(consult("woman")))["chances"])
    assert home.index("if the big test is right") < home.index("if the small ones are right")
    assert "No one can give you one number" in home


@pytest.mark.parametrize(("name", "rule"), [("pregnant", "pregnancy"), ("myasthenia", "myasthenia"), ("boy", "18"),
                                            ("bipolar", "Bipolar")])  # fmt: skip
def test_no_chance_of_the_treatment_where_it_is_withheld(consult: Consult, name: str, rule: str) -> None:
    of = consult(name)
    sheet, home = consultation_document(of), home_document(of)
    for document in (sheet, home):
        assert not [claim.id for claim in document.claims if claim.id.startswith("chance.toxin.")]
    assert rule in "\n".join(sections(sheet)["rules"])
    assert "We have no number for" in said(home)
    assert "That does not say that it does not help" in said(home)


@pytest.mark.parametrize("name", ["myasthenia", "boy"])
def test_what_is_out_of_the_question_is_said_first_at_home(consult: Consult, name: str) -> None:
    parts = sections(home_document(consult(name)))
    assert list(parts)[:2] == ["about", "against"]
    assert parts["against"][0] == "# Why it is not for you"
    assert not {"harms", "expect"} & parts.keys()
    sheet = consultation_document(consult(name))
    assert not [claim.id for claim in sheet.claims if claim.id.startswith("harm.")]


def test_a_drug_that_adds_to_it(consult: Consult) -> None:
    for document in (consultation_document(consult("gentamicin")), home_document(consult("gentamicin"))):
        assert "gentamicin" in said(document)


def test_another_product_six_weeks_ago(consult: Consult) -> None:
    parts = sections(consultation_document(consult("six weeks ago")))
    doses = "\n".join(parts["doses"])
    assert "Units of one product cannot be turned into units of another" in doses
    assert "Wait." in doses
    assert "42" in doses
    assert "You need to wait" in said(home_document(consult("six weeks ago")))


@pytest.mark.parametrize("name", ["item nine", "everything"])
def test_a_crisis_comes_before_anything_else(consult: Consult, name: str) -> None:
    of = consult(name)
    sheet = sections(consultation_document(of))
    assert next(iter(sheet)) == "crisis"
    assert CRISIS in "\n".join(sheet["crisis"])
    home = sections(home_document(of))
    assert next(iter(home)) == "about"
    assert (
        home["about"][1]
        == f"Thoughts of suicide: {CRISIS}. If you might act on them: call the emergency number now."
    )


@pytest.mark.parametrize("name", ["woman", "unknown"])
def test_the_crisis_text_is_there_for_everybody_and_no_answer_reassures(consult: Consult, name: str) -> None:
    of = consult(name)
    sheet = sections(consultation_document(of))
    assert "crisis" not in sheet
    assert CRISIS in "\n".join(sheet["first"])
    assert "whatever the form says" in "\n".join(sheet["first"])
    assert CRISIS in said(home_document(of))
    assert ("Not known, and to be asked first" in "\n".join(sheet["first"])) == (name == "unknown")


def test_what_is_not_known_is_asked(consult: Consult) -> None:
    of = consult("unknown")
    rules = "\n".join(sections(consultation_document(of))["rules"])
    asks = of.consultation.asks
    assert {ask for ask in of.found.eligibility.asks if asks[ask].ask not in rules} == set()
    assert len(of.found.eligibility.asks) > 8
    chances = "\n".join(sections(consultation_document(of))["chances"])
    assert "24 to 42" in chances
    # A range is no number to rank by.
    assert any("a range so far; ask first" in line for line in sections(consultation_document(of))["matters"])
    assert "Do not have it before we have asked you about" in said(home_document(of))


def test_nothing_is_ranked_while_a_number_is_missing(consult: Consult) -> None:
    part = sections(consultation_document(consult("woman")))["matters"]
    assert "The evidence, not your values, is the problem: nothing is ranked." in part
    assert any("several, that disagree" in line for line in part)
    assert "would choose" not in "\n".join(part)


def test_what_would_allow_a_ranking_is_named(consult: Consult) -> None:
    def named(name: str) -> str:
        part = sections(consultation_document(consult(name)))["matters"]
        return next(line for line in part if line.startswith("To rank them"))

    assert re.fullmatch(
        r"To rank them one needs a number for feeling much better with Botulinum toxin, added; for few unwanted "
        r"effects and no drooping lid with Go on as now, A new tablet \(SSRI\), Talking therapy \(CBT\); for few "
        r"visits and no needles with any option\. For feeling much better with Botulinum toxin, added that takes a "
        r"trial with \d{3} people in each group: it would find a difference of 10 of a hundred people 90 times of "
        r"a hundred\.",
        named("untreated"),
    )
    # Nobody is sent into a trial of what is not for people like them.
    for name in ("pregnant", "myasthenia"):
        assert "trial" not in named(name)


def test_who_would_choose_what_is_said_where_all_numbers_are_there(results: Results, consult: Consult) -> None:
    of = for_person(results, consult("woman").person, CRISIS)
    first = {"better": Stated(Word.CHOOSE, 0, 0.93, 0.9), "unwanted": Stated(Word.LEAN, 1, 0.66, 0.6),
             "visits": Stated(Word.UNSETTLED, 1, 0.4, 0.6)}  # fmt: skip
    of.__dict__["ranked"] = ByMatter(None, (), ("tablet", "toxin"), first)
    part = "\n".join(sections(consultation_document(of))["matters"])
    assert "People who put feeling much better first would choose A new tablet (SSRI): it is first in 93" in part
    assert (
        "People who put few unwanted effects first would lean to Botulinum toxin, added: it is first in 66" in part
    )
    assert "Putting few visits first does not settle it." in part
    assert "Not ranked, since it probably does not do enough: Go on as now, Talking therapy (CBT)." in part


# --- without what it needs -------------------------------------------------------------------------------


def test_no_page_without_a_crisis_text(results: Results, consult: Consult) -> None:
    person = consult("woman").person
    for text in (None, "", "  "):
        with pytest.raises(ValueError, match="the crisis text is not set"):
            for_person(results, person, text)


# --- a later visit ---------------------------------------------------------------------------------------


def test_a_later_visit_shows_the_course_and_claims_nothing(results: Results, tmp_path: Path) -> None:
    scores = [{"scale": "madrs", "value": 13}]
    file = persons.written(tmp_path, "woman", visits=[{"date": "2024-12-01", "scores": scores}])
    person = read_person(file, results.evidence, TODAY)
    of = for_person(results, person, CRISIS, TODAY)
    parts = sections(consultation_document(of))
    assert next(iter(parts)) == "course"
    course = "\n".join(parts["course"])
    assert "It fell by 14 points" in course
    assert "Much better: reached" in course
    assert "proves nothing" in course
    with pytest.raises(ValueError, match="no later visit on 2024-11-30; expected one of: 2024-12-01"):
        for_person(results, person, CRISIS, persons.DAY)


def test_a_score_that_rose_asks_for_help_at_once(results: Results, tmp_path: Path) -> None:
    scores = [{"scale": "madrs", "value": 31}]
    file = persons.written(tmp_path, "woman", visits=[{"date": "2024-12-01", "scores": scores}])
    person = read_person(file, results.evidence, TODAY)
    course = "\n".join(sections(consultation_document(for_person(results, person, CRISIS, TODAY)))["course"])
    assert "It rose by 4 points" in course
    assert "ask about suicide" in course


# --- the page to take home -------------------------------------------------------------------------------


@EACH
def test_it_is_one_side_of_paper(consult: Consult, name: str) -> None:
    if missing := available():
        pytest.skip(missing)
    reader = PdfReader(BytesIO(pdf(home_document(consult(name)))))
    assert len(reader.pages) == 1


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("myasthenia and drugs", {"earlier": _DOSE, "swallowing": True}),
        ("six weeks ago", {"drugs": ("aminoglycoside", "relaxant"), "swallowing": True}),
        ("weak", {"earlier": _DOSE}),
        ("boy", {"diagnosis": "bipolar", "suicidal": True, "item_nine": "several_days", "begun": 2.0}),
    ],
)
def test_it_is_one_side_of_paper_where_several_things_cannot_wait(
    results: Results, consult: Consult, name: str, answers: dict[str, Any]
) -> None:
    if missing := available():
        pytest.skip(missing)
    person = consult(name).person
    page = home_document(for_person(results, replace(person, answers={**person.answers, **answers}), CRISIS))
    assert len(PdfReader(BytesIO(pdf(page))).pages) == 1
    assert grade(sentences(page)) <= 6.5


def sentences(document: Document) -> str:
    """Give the sentences that a person reads on it: no titles, which would make it look easier, and no sources."""
    found = [line for each in sections(document).values() for line in each if not line.startswith("#")]
    words = [re.sub(r"\[[^\]]*\]", "", line).lstrip("- ").strip(" .") for line in found]
    return ". ".join(each for each in words if each) + "."


@EACH
def test_it_can_be_read_after_six_years_of_school(consult: Consult, name: str) -> None:
    assert grade(sentences(home_document(consult(name)))) <= 6.5


def test_the_sheet_says_where_each_chance_comes_from(consult: Consult) -> None:
    for claim in consultation_document(consult("woman")).claims:
        if claim.id.startswith("chance."):
            assert claim.sources, claim.id
            assert "person" in dict(claim.inputs), claim.id
