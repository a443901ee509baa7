"""What a careful physician looks for on the pages of made-up people: what must stand there, and what must not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from glabella.brief import ForPerson, Results, consultation_document, for_person, home_document
from glabella.brief.icon_arrays import people, whole
from glabella.dossier import read_person
from glabella.shown import Document, Ledger, Section, blocks_of
from tests import persons
from tests.brief.sections import lines
from tests.persons import CRISIS, PEOPLE, TODAY, WOMAN

pytestmark = pytest.mark.xdist_group("brief")
EACH = pytest.mark.parametrize("name", PEOPLE)
#: With an answer that stops the treatment, and with one that withholds its number without stopping it.
STOPPED, WITHHELD = ("myasthenia", "boy"), ("pregnant", "bipolar")
Consult = Callable[..., ForPerson]


@pytest.fixture(scope="module")
def consult(results: Results, tmp_path_factory: pytest.TempPathFactory) -> Consult:
    """Hold a consultation for somebody, with other answers where they are given."""
    folder = tmp_path_factory.mktemp("people")

    @cache
    def held(name: str) -> ForPerson:
        return for_person(results, read_person(persons.written(folder, name), results.evidence, TODAY), CRISIS)

    def changed(name: str, **answers: Any) -> ForPerson:
        of = held(name)
        if not answers:
            return of
        known = {**of.person.answers, **answers}
        person = replace(of.person, answers={key: value for key, value in known.items() if value is not None})
        return for_person(results, person, CRISIS)

    return changed


def parts(document: Document) -> dict[str, str]:
    return {it.id: "\n".join(lines(it)) for it in blocks_of(document.sections) if isinstance(it, Section)}


def both(of: ForPerson) -> tuple[dict[str, str], dict[str, str]]:
    return parts(consultation_document(of)), parts(home_document(of))


# --- safety ----------------------------------------------------------------------------------------------


@EACH
def test_whom_to_call_stands_on_every_page_before_any_number(consult: Consult, name: str) -> None:
    for page in both(consult(name)):
        assert any(CRISIS in said for said in page.values())
        assert "emergency number at once" in "\n".join(page.values())
    sheet = list(both(consult(name))[0])
    assert min(sheet.index(key) for key in ("crisis", "first") if key in sheet) < sheet.index("chances")


@EACH
def test_nothing_says_that_there_is_no_danger(consult: Consult, name: str) -> None:
    for page in both(consult(name)):
        said = "\n".join(page.values()).lower()
        for words in ("no risk", "is safe", "harmless", "no need to worry", "not dangerous", "nothing to fear"):
            assert words not in said.replace("knows if it is safe", ""), words


@pytest.mark.parametrize("answer", ["several_days", "more_than_half", "nearly_every_day"])
def test_thoughts_of_death_come_first_and_keep_the_page_from_saying_that_nothing_is_in_the_way(
    consult: Consult, answer: str
) -> None:
    sheet, home = both(consult("woman", item_nine=answer))
    assert next(iter(sheet)) == "crisis"
    assert "Your safety comes first" in home["against"]
    assert "nothing stands in the way" not in home["against"]
    assert "No rule of the dossier" not in sheet["rules"]


def test_a_wish_to_die_is_enough_by_itself(consult: Consult) -> None:
    sheet, home = both(consult("woman", suicidal=True))
    assert next(iter(sheet)) == "crisis"
    assert "needs help today" in sheet["rules"]
    assert "You need help today" in home["against"]


@pytest.mark.parametrize("name", STOPPED)
def test_what_is_out_of_the_question_cannot_be_chosen_nor_planned(consult: Consult, name: str) -> None:
    of = consult(name)
    sheet, home = both(of)
    this = next(option.label for option in of.consultation.options.values() if option.this)
    assert this not in sheet["decide"]
    assert "moments" not in sheet
    assert not {"harms", "expect"} & home.keys()
    assert "nothing stands in the way" not in home["against"]


@pytest.mark.parametrize("name", STOPPED)
def test_whom_it_is_not_for_is_told_what_next_and_nothing_of_its_giving(consult: Consult, name: str) -> None:
    sheet, home = both(consult(name))
    assert "What next: " in home["against"]
    assert not [words for page in home.values() for words in ("if you have it", "Who gives") if words in page]
    assert "what the studies gave" not in sheet["options"].lower()
    assert "out of the question: agree on another option" in sheet["plan"]
    assert "repeat" not in sheet["plan"]


@EACH
def test_a_day_to_judge_is_named_only_to_whom_it_could_be_given_today(consult: Consult, name: str) -> None:
    of = consult(name)
    sheet, home = both(of)
    could = name in ("woman", "gentamicin", "resistant", "untreated")
    assert (of.judged_if_today is not None) == could
    assert ("11 January 2025" in home.get("expect", "")) == could
    assert ("11 January 2025" in sheet["plan"]) == could
    assert "expect" not in home or "Six weeks after the shot" in home["expect"]


def test_a_man_is_not_asked_whether_he_is_pregnant(consult: Consult) -> None:
    unknown = {"pregnant": None, "breastfeeding": None}
    for sex, asked in (("man", False), ("woman", True), ("other", True), (None, True)):
        of = consult("resistant", sex=sex, **unknown)
        sheet, home = both(of)
        assert ("pregnancy" in home["against"]) == asked
        assert ("Could you be pregnant" in sheet["rules"]) == asked
        assert ("Pregnancy" in sheet["distance"]) == asked
        assert ("not asked of this person" in sheet["answers"]) != asked


def test_pictures_are_explained_before_they_are_seen(consult: Consult) -> None:
    said = both(consult("woman"))[1]["chances"]
    assert "No one can give you one number for the frown shot" in said
    assert "Compare only pictures with no upright line between them" in said
    assert "39 (37 to 42): most likely 39 (the black step), it may be 37 to 42." in said
    assert said.index("upright line") < said.index("Filled")


def test_what_the_trials_gave_stands_bound_to_its_product_on_the_sheet(consult: Consult) -> None:
    said = both(consult("woman"))[0]["options"]
    assert "onabotulinumtoxinA" in said
    assert "29 U" in said


@pytest.mark.parametrize("name", [*STOPPED, *WITHHELD])
def test_no_number_of_the_treatment_is_computed(consult: Consult, name: str) -> None:
    of = consult(name)
    assert of.found.chances["toxin"].main is None
    for document in (consultation_document(of), home_document(of)):
        assert not [claim.id for claim in document.claims if claim.id.startswith("chance.toxin.")]


@pytest.mark.parametrize("sex", ["woman", "man", "other", None])
def test_whoever_may_be_pregnant_is_warned(consult: Consult, sex: str | None) -> None:
    of = consult("pregnant", sex=sex)
    sheet, home = both(of)
    assert "Best not in pregnancy" in sheet["rules"]
    assert "You are pregnant, or may be" in home["against"]
    assert {chance.state for chance in of.found.chances.values()} == {"withheld"}
    assert "Do not stop a tablet by yourself" in sheet["chances"]


def test_a_boy_is_stopped_and_gets_no_number_of_grown_ups(consult: Consult) -> None:
    of = consult("boy")
    assert {chance.state for chance in of.found.chances.values()} == {"withheld"}
    assert "too young" in both(of)[1]["against"]


def test_bipolar_depression_goes_to_a_specialist_and_a_tablet_alone_is_warned_of(consult: Consult) -> None:
    sheet, home = both(consult("bipolar"))
    assert "specialist should decide" in sheet["rules"]
    assert "mania" in sheet["chances"]
    assert "specialist" in home["against"]


def test_gentamicin_says_wait(consult: Consult) -> None:
    sheet, home = both(consult("gentamicin"))
    assert "Better wait" in sheet["rules"]
    assert "better to wait" in home["against"]


def test_another_product_six_weeks_ago_says_wait_and_converts_nothing(consult: Consult) -> None:
    of = consult("six weeks ago")
    sheet, home = both(of)
    assert sheet["rules"].startswith("# What speaks against the toxin\nWait")
    assert "No rule of the dossier" not in sheet["rules"]
    assert "You need to wait" in home["against"]
    assert "not before" in sheet["plan"]
    assert "another brand counts too. You need to wait till 17 January 2025 at least" in home["against"]
    assert "If you have it today" not in home["expect"]
    mine = {each.product: each.units for each in of.found.eligibility.doses}
    assert {units for product, units in mine.items() if product != "abobotulinumtoxinA"} <= {0, None}
    claims = {claim.id: claim.value for claim in consultation_document(of).claims}
    assert claims["person.dose.onabotulinumtoxinA.units"] == 0


def test_of_somebody_unknown_suicide_and_every_stop_are_asked(consult: Consult) -> None:
    of = consult("unknown")
    sheet, home = both(of)
    asks = of.consultation.asks
    assert asks["suicidal"].label in home["against"]
    assert all((asks[ask].plain or asks[ask].label) in home["against"] for ask in of.found.eligibility.asks)
    assert "such a shot before" in home["against"]
    assert asks["item_nine"].label in sheet["first"]
    stops = {ask for rule in of.consultation.rules.values() if rule.then == "stop" for ask in rule.when}
    assert stops <= set(of.found.eligibility.asks)
    assert "nothing stands in the way" not in home["against"]
    assert all(chance.number is None for key, chance in of.found.chances.items() if chance.option.this)


# --- properties ------------------------------------------------------------------------------------------


@EACH
def test_shares_are_shares_and_their_limits_are_in_order(consult: Consult, name: str) -> None:
    for share in consult(name).found.shares:
        assert 0 <= share <= 1
    for chance in consult(name).found.chances.values():
        for reading in chance.readings:
            assert 0 <= reading.share.low <= reading.share.high <= 1
            assert 0 <= reading.worse <= 1


@pytest.mark.parametrize("of", [100, 1000])
def test_icons_are_as_many_as_the_people_for_every_count(of: int) -> None:
    book = Ledger().under("x.", population="p", time_span="t", certainty="low", function="glabella.brief.count",
                          version="1", inputs=(), sources=())  # fmt: skip
    for count in range(of + 1):
        it = people(book.under(f"{count}."), "n", "people", count / of, None, of, "95 % interval")
        assert (it.count, sum(it.tones.values()), it.tones["dark"]) == (count, of, count)
        assert whole(it.rest.value or 0) == of - count


@pytest.mark.parametrize("ask", WOMAN)
def test_not_knowing_an_answer_never_makes_an_interval_narrower(consult: Consult, ask: str) -> None:
    known, unknown = consult("woman").found, consult("woman", **{ask: None}).found
    for key, chance in known.chances.items():
        other = unknown.chances[key]
        if chance.main is None or other.main is None:
            continue
        for one, two in zip((chance.main, *chance.readings), (other.main, *other.readings), strict=True):
            assert two.share.low <= one.share.low + 1e-12, (key, ask)
            assert two.share.high >= one.share.high - 1e-12, (key, ask)
