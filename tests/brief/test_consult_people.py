"""What a careful physician looks for on the pages of made-up people: what must stand there, and what must not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pytest

from glabella.brief import ForPerson, Results, consultation_document, for_person, home_document
from glabella.brief.icon_arrays import people, whole
from glabella.dossier import DoseGiven, Score, read_person
from glabella.shown import Document, Figure, Ledger, Section, blocks_of
from tests import persons
from tests.brief.sections import lines
from tests.persons import CRISIS, PEOPLE, TODAY, WOMAN

pytestmark = pytest.mark.xdist_group("brief")
EACH = pytest.mark.parametrize("name", PEOPLE)
#: With an answer that stops the treatment, and with one that withholds its number without stopping it.
STOPPED = ("myasthenia", "boy", "pregnant", "weak", "bipolar pregnant", "myasthenia and drugs")
WITHHELD = ("bipolar", "psychotic")
#: In whom something cannot wait for another day; all but one of them are seen again the next day.
TODAY_FIRST = (
    *("myasthenia", "weak", "psychotic", "swallowing", "myasthenia and drugs", "bipolar pregnant"),
    *("given and gentamicin", "everything", "bipolar"),
)
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


# --- boxes and numbers ------------------------------------------------------------------------------------


def box(of: ForPerson, label: str) -> str:
    """Give the line of an option under what was decided."""
    (line,) = [each for each in both(of)[0]["decide"].splitlines() if each.startswith(f"- ☐ {label}")]
    return line


def test_a_new_tablet_hangs_on_what_is_taken_and_on_what_was_just_begun(consult: Consult) -> None:
    assert "known what is taken now, and how to change over" in box(consult("resistant"), "A new tablet")
    assert "judge the last one first" in box(consult("woman", begun=2.0), "A new tablet")
    assert "judge" not in box(consult("woman"), "A new tablet")
    assert box(consult("untreated"), "A new tablet").endswith("(SSRI)")
    open_ = box(consult("unknown"), "A new tablet")
    assert "treatment now" in open_
    assert open_.index("last question of the PHQ-9") < open_.index("treatment now")


@pytest.mark.parametrize(
    ("label", "said"),
    [("A second medicine", "heart, kidney, thyroid and bleeding"), ("Esketamine", "an aneurysm or a bleed"),
     ("Electroconvulsive", "an anaesthetist have looked at heart, muscles and clots")],
)  # fmt: skip
def test_what_is_for_resistant_depression_is_never_ticked_bare(consult: Consult, label: str, said: str) -> None:
    line = box(consult("resistant"), label)
    assert said in line
    assert "a look at why the others failed" in line


def test_what_goes_beside_a_tablet_is_not_offered_to_who_takes_none(consult: Consult) -> None:
    assert not {"augment", "esketamine"} & consult("resistant", taking=()).found.chances.keys()
    assert {"augment", "esketamine"} <= consult("resistant", taking=None).found.maybe.keys()


@pytest.mark.parametrize("taking", [(), ("mood_drug",), ("ssri",)])
def test_bipolar_depression_is_left_alone_by_nobody_but_a_specialist(
    consult: Consult, taking: tuple[str, ...]
) -> None:
    assert "after a look by a specialist" in box(consult("bipolar", taking=taking), "Go on as now")


def test_waiting_is_for_less_severe_depression(consult: Consult) -> None:
    severe = consult("untreated", severity=Score("phq9", 16.0, persons.DAY))
    assert severe.found.chances["as_now"].number is None
    assert "less severe depression" in box(severe, "Go on as now")
    milder = consult("untreated", severity=Score("phq9", 15.0, persons.DAY))
    assert milder.found.chances["as_now"].number is not None
    assert box(milder, "Go on as now").endswith("now")
    assert "a clinician has judged how severe it is" in box(consult("untreated"), "Go on as now")


def test_nothing_is_added_before_there_is_a_score_of_today(consult: Consult) -> None:
    for label in ("Go on as now", "A new tablet", "Talking therapy"):
        assert "depression score today" in box(consult("stale"), label)


def test_who_may_never_have_it_is_given_no_day_for_it(consult: Consult) -> None:
    of = consult("six weeks ago", allergy=("toxin",))
    sheet, home = both(of)
    assert "Wait" not in sheet["rules"]
    assert "January" not in sheet["doses"]
    assert "out of the question" in sheet["doses"]
    assert "need to wait" not in home["against"]


def test_the_day_after_another_product_is_called_the_soonest_and_not_enough(consult: Consult) -> None:
    rows = [line for line in both(consult("six weeks ago"))[0]["doses"].splitlines() if "January 2025" in line]
    others = [line for line in rows if "Dysport" not in line and "abobotulinumtoxinA |" not in line]
    assert others
    assert all("not before" in line for line in others)


def test_where_harm_may_be_likelier_its_numbers_say_so(consult: Consult) -> None:
    for name, wanted in (("everything", True), ("gentamicin", True), ("woman", False)):
        sheet, home = both(consult(name))
        assert ("may be more often in this person" in sheet["harms"]) is wanted
        assert ("For you harm may be more often" in home["harms"]) is wanted


def test_out_of_the_question_leaves_out_how_to_take_care(consult: Consult) -> None:
    of = consult("myasthenia", drugs=("aminoglycoside", "anticoagulant"), item_nine="several_days")
    sheet, home = both(of)
    for page in (sheet["rules"], home["against"]):
        assert "bruise" not in page
        assert "better to wait" not in page.lower()
    assert "Your safety comes first" in home["against"]
    assert "left out, as it is out of the question" in sheet["rules"]


def test_of_a_low_score_nothing_is_said_of_how_sure_a_number_is(consult: Consult) -> None:
    assert "may help less" not in both(consult("low"))[1]["chances"]
    assert "may help less" in both(consult("woman"))[1]["chances"]
    assert "expect less" not in both(consult("low"))[0]["options"]
    assert "expect less" in both(consult("woman"))[0]["options"]


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


@EACH
def test_what_cannot_wait_stands_first_and_sets_the_day_to_see_each_other_again(
    consult: Consult, name: str
) -> None:
    of = consult(name)
    sheet, home = both(of)
    if name not in TODAY_FIRST:
        assert not of.found.eligibility.today
        assert "Today: " not in sheet.get("crisis", "")
        return
    assert next(iter(sheet)) == "crisis"
    assert "Today: " in sheet["crisis"]
    if name != "bipolar":
        assert "See each other again by 1 December 2024, by phone too" in sheet["crisis"]
        assert "We see you again by 1 December 2024, by phone too" in home["call"]
    assert "now." in home["about"] or "today" in home["about"]
    assert of.judged_if_today is None


def test_with_bipolar_depression_on_a_tablet_too_high_a_mood_is_asked_of_today(consult: Consult) -> None:
    sheet, home = both(consult("bipolar"))
    assert "racing thoughts" in sheet["crisis"]
    assert "Tell us today" in home["about"]
    assert "unless a specialist says so" in home["against"]
    assert "Today: " not in both(consult("bipolar", taking=()))[0].get("crisis", "")


# --- a later visit -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def later(results: Results, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., ForPerson]:
    """Hold a consultation six weeks after the first, with a score of then."""
    folder = tmp_path_factory.mktemp("later")

    def held(name: str, *values: float, **answers: Any) -> ForPerson:
        first = {
            **WOMAN,
            **PEOPLE[name],
            "severity": {"scale": "madrs", "value": 27, "date": "2024-10-01"},
            **answers,
        }
        visit = {"date": "2024-11-12", "scores": [{"scale": "madrs", "value": value} for value in values]}
        file = persons.written(folder, name, date="2024-10-01", answers=first, visits=[visit])
        return for_person(results, read_person(file, results.evidence, TODAY), CRISIS, date(2024, 11, 12))

    return held


@pytest.mark.parametrize("value", [38, 26, 6])
def test_a_later_visit_clears_nothing_that_was_asked_weeks_ago(
    later: Callable[..., ForPerson], value: float
) -> None:
    of = later("woman", value)
    sheet, home = both(of)
    assert f"Your score today: MADRS {value} of 60" in home["expect"]
    assert f"The score today: MADRS {value} points" in sheet["plan"]
    assert "at the first visit: MADRS 27 points" in sheet["plan"]
    assert "nothing stands in the way" not in home["against"]
    assert "such a shot before" in home["against"]
    assert "thoughts or plans of suicide" in home["against"]
    assert "12 November" not in home["expect"]
    assert of.judged_if_today is None
    assert "the answers are those of 1 October 2024" in sheet["first"]
    line = box(of, "Botulinum toxin")
    assert "after the questions that are still to ask are answered" in line
    assert ("if it was given, not again" in line) == (value > 13)


def test_of_a_later_visit_what_is_worse_is_seen_within_days(later: Callable[..., ForPerson]) -> None:
    assert "We see you again by 15 November 2024" in both(later("woman", 38))[1]["call"]
    assert "We see you again by 19 November 2024" in both(later("woman", 26))[1]["call"]
    assert later("woman", 6).low
    assert "depression score today" in box(later("woman"), "Go on as now")


def test_at_a_later_visit_what_spoke_against_it_still_counts(later: Callable[..., ForPerson]) -> None:
    assert later("myasthenia", 26).found.eligibility.stops
    assert later("item nine", 26).found.eligibility.crisis is True
    given = [{"product": "onabotulinumtoxinA", "units": 30, "date": "2024-09-20"}]
    of = later("woman", 26, earlier=given, earlier_where=["frown"], earlier_mood="none")
    sheet, home = both(of)
    # The dose and its wait stand, counted to this visit; whether more was given is asked.
    assert "if none was given since: 19 December 2024" in sheet["doses"]
    assert "This counts doses up to 1 October 2024 only" in sheet["doses"]
    assert "the last dose is too recent" in sheet["rules"]
    assert "Did you ever have botulinum toxin" in sheet["rules"]
    assert "after the wait since the last dose" in box(of, "Botulinum toxin")
    assert "at the first visit: ask again" in sheet["answers"]
    assert "of a hundred" not in home["chances"]


@pytest.mark.parametrize(("value", "worse"), [(28, False), (29, False), (30, True)])
def test_a_rise_by_less_than_counts_changes_no_treatment(
    later: Callable[..., ForPerson], value: float, worse: bool
) -> None:
    of = later("woman", value)
    assert of.got_worse == worse
    assert ("Do not wait for the date" in both(of)[0]["course"]) == worse
    assert ("less than a change that counts" in both(of)[0]["course"]) == (not worse)


def test_a_score_that_has_fallen_low_is_first_asked_about_too_high_a_mood(later: Callable[..., ForPerson]) -> None:
    sheet, home = both(later("bipolar", 6))
    assert sheet["plan"].index("too high a mood") < sheet["plan"].index("that is good")
    assert "racing thoughts" in home["against"]


@pytest.mark.parametrize(("item_nine", "suicidal"), [("several_days", None), (None, True), ("several_days", False)])
def test_not_knowing_the_one_answer_about_suicide_makes_nothing_later(
    consult: Consult, item_nine: str | None, suicidal: bool | None
) -> None:
    of = consult("woman", item_nine=item_nine, suicidal=suicidal)
    assert "See each other again by 1 December 2024" in both(of)[0]["crisis"]
    assert "with a plan for safety" in box(of, "Go on as now")


def test_what_passes_hides_nothing_that_lasts(consult: Consult) -> None:
    sheet, home = both(consult("six weeks ago", skin=True, earlier_mood="worse"))
    assert "Mood got worse after toxin before" in sheet["rules"]
    assert "19 January 2025" in sheet["doses"]
    assert "You need to wait till 19 January 2025" in home["against"]
    assert "mood got worse" in home["against"]


def test_a_danger_of_what_is_taken_already_is_told_of_going_on(consult: Consult) -> None:
    assert "risk of bleeding" in box(consult("woman", drugs=("anticoagulant",)), "Go on as now")
    assert "which mood stabiliser" in box(
        consult("woman", breastfeeding=True, taking=("mood_drug",)), "Go on as now"
    )


def test_no_number_of_what_is_forbidden_after_an_allergy(consult: Consult) -> None:
    assert consult("woman", allergy=("toxin",)).found.chances["toxin"].number is None
    assert "41 to 97" not in both(consult("woman", allergy=("toxin",)))[0]["chances"]


def test_with_psychosis_voices_that_command_are_asked_after_and_told_of(consult: Consult) -> None:
    sheet, home = both(consult("psychotic"))
    for words in ("voices that command", "danger to others", "neglect of oneself", "specialist service today"):
        assert words in sheet["crisis"]
    assert "call the emergency number now" in home["about"]
    assert "A specialist service" in sheet["options"]
    assert "after what comes before anything else" in sheet["decide"]


def test_in_bipolar_disorder_better_may_be_too_high(consult: Consult) -> None:
    sheet, home = both(consult("bipolar"))
    assert "If better: First ask about too high a mood" in sheet["plan"].replace(" | ", ": ")
    said = "\n".join([*sheet.values(), *home.values()]).lower()
    for words in ("go on as agreed", "keep your tablets", "go on with the other treatment"):
        assert words not in said
    for page in (sheet["plan"], home["call"]):
        assert "Little need of sleep" in page
        assert "A specialist by: ____" in page


@pytest.mark.parametrize("name", STOPPED)
def test_whom_to_call_speaks_of_no_shot_where_none_is_given(consult: Consult, name: str) -> None:
    sheet, home = both(consult(name))
    for page in (sheet["plan"], home["call"]):
        assert "whoever gave" not in page
        # A lid and double sight matter without a shot where the illness itself may show in them.
        assert ("A lid droops more, or you see double: your nerve doctor today" in page) == ("myasthenia" in name)
        assert ("see double" in page) == ("myasthenia" in name)
        assert "weak all over: emergency number at once" in page


def test_the_young_are_referred_and_offered_nothing_of_adults(consult: Consult) -> None:
    of = consult("boy")
    sheet, home = both(of)
    for key in ("as_now", "talking", "tablet"):
        assert key in of.found.out
    assert of.consultation.options["young_care"].label in sheet["decide"]
    assert "We ask a doctor for young people to see you" in home["against"]
    assert "a parent" in home["against"]
    assert "A parent or carer" in sheet["options"]
    assert "young_care" in consult("woman", age=None).found.maybe


def test_on_the_day_of_judging_an_earlier_dose_the_score_before_it_is_asked(consult: Consult) -> None:
    sheet, home = both(consult("six weeks ago"))
    assert "what was the score before it" in sheet["rules"]
    assert "If it is no better now, do not repeat it" in sheet["rules"]
    assert "do not have it again" in home["against"]
    assert "what was the score before it" not in both(consult("woman"))[0]["rules"]


def test_after_several_failures_dose_time_and_diagnosis_are_looked_at_first(consult: Consult) -> None:
    sheet, home = both(consult("resistant"))
    for words in ("dose, time and whether each was taken", "alcohol", "thyroid", "too high mood"):
        assert words in sheet["rules"]
    assert "First we look at what you took" in home["against"]
    assert "gain of weight" in sheet["options"]


def test_what_less_severe_means_is_told_where_it_is_said(consult: Consult) -> None:
    said = both(consult("woman"))[0]["options"]
    assert said.count("less severe depression") == 3
    assert said.count("16") >= 3
    assert "Less severe is below" in said


def test_of_a_drug_that_adds_to_it_doctors_are_told_for_months(consult: Consult) -> None:
    sheet, home = both(consult("gentamicin"))
    assert "For months after" in sheet["rules"]
    assert "For months after a shot, tell doctors of it before a drip" in home["against"]


def test_with_milk_allergy_every_brand_of_the_product_is_named(consult: Consult) -> None:
    of = consult("everything")
    for page in both(of):
        for brand in of.results.evidence.products.products["abobotulinumtoxinA"].brands:
            assert any(brand in said for said in page.values())


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
    could = name in ("woman", "in therapy")
    assert (of.judged_if_today is not None) == could
    assert ("11 January 2025" in home.get("expect", "")) == could
    assert ("11 January 2025" in sheet["plan"]) == could
    assert "expect" not in home or ("Six weeks after the shot" in home["expect"]) == (name != "low")


@pytest.mark.parametrize(
    ("name", "option", "only"),
    [
        ("item nine", "as_now", "with a plan for safety"),
        ("item nine", "talking", "after what comes before anything else"),
        ("bipolar", "as_now", "after a look by a specialist"),
        ("psychotic", "as_now", "after a look by a specialist"),
        ("psychotic", "talking", "after the acute signs have eased"),
        ("low", "tablet", "why anything is to be added while the score is low"),
        ("unknown", "tablet", "kind of depression"),
        ("unknown", "tablet", "pregnancy"),
        ("unknown", "tablet", "other drugs"),
        ("unknown", "tablet", "age"),
        ("low", "as_now", ""),
        ("untreated", "tablet", ""),
    ],
)
def test_a_box_says_on_what_its_choice_hangs(consult: Consult, name: str, option: str, only: str) -> None:
    of = consult(name)
    label = of.consultation.options[option].label
    (box,) = [line for line in both(of)[0]["decide"].splitlines() if label in line]
    assert only in box
    assert (": only " in box) == bool(only)


@EACH
def test_no_box_is_bare_where_a_rule_that_holds_warns(consult: Consult, name: str) -> None:
    of = consult(name)
    found = of.found.eligibility
    label = next(option.label for option in of.consultation.options.values() if option.this)
    boxes = [line for line in both(of)[0]["decide"].splitlines() if label in line]
    assert len(boxes) == (not found.stops)
    warned = bool(found.cautions or found.first or found.asks or found.crisis)
    assert all(": only " in box for box in boxes if warned)


@pytest.mark.parametrize("name", ["resistant", "six weeks ago", "everything"])
def test_nobody_like_the_person_in_the_trials_means_no_number(consult: Consult, name: str) -> None:
    of = consult(name)
    sheet, home = both(of)
    chance = of.found.chances["toxin"]
    assert (chance.state, chance.main, chance.number) == ("withheld", None, None)
    assert "no number for you. As far as was seen nobody in the trials was like you" in sheet["chances"]
    assert "the frown shot in people like you" in home["chances"]
    assert "The frown shot" not in home["chances"]
    assert "Pale: may or may not" in "".join(home.values()) or name == "everything"


def test_both_pages_say_the_same_of_what_is_not_the_next_step(consult: Consult) -> None:
    sheet, home = both(consult("resistant"))
    assert "No rule of the dossier" not in sheet["rules"]
    assert "Talk about those first" in sheet["rules"]
    assert "ask about them first" in home["against"]


def test_an_answer_that_another_contradicts_is_not_clear_and_counts_as_the_worse(consult: Consult) -> None:
    sheet = both(consult("item nine"))[0]
    assert "Thoughts of suicide | not clear; count as yes" in sheet["distance"]
    assert "Thoughts or plans of suicide | no: not clear; count as yes" in sheet["answers"]
    assert "not clear" not in both(consult("woman"))[0]["distance"]


@EACH
def test_a_tablet_is_neither_begun_nor_stopped_alone_and_what_it_may_do_is_said(
    consult: Consult, name: str
) -> None:
    of = consult(name)
    home = "\n".join(both(of)[1].values())
    assert "Do not start or stop a tablet on your own" in home
    if "tablet" in of.found.chances:
        assert "many feel sick" in home or "What may go wrong with it?" in home


@EACH
def test_the_tones_are_explained_wherever_there_are_pictures(consult: Consult, name: str) -> None:
    for document in (consultation_document(consult(name)), home_document(consult(name))):
        drawn = [it for it in blocks_of(document.sections) if isinstance(it, Figure) and "icons" in it.name]
        said = "\n".join(parts(document).values())
        assert not drawn or "Empty: " in said


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
    assert "Compare only pictures with no line between them" in said
    assert "38 (35 to 40): most likely 38 (the black step), it may be 35 to 40." in said
    assert said.index("no line") < said.index("Dark")


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
    assert "Not in pregnancy" in sheet["rules"]
    assert "You are pregnant, or may be" in home["against"]
    assert {chance.state for chance in of.found.chances.values()} == {"withheld"}
    assert "do not begin or stop a tablet alone" in sheet["options"]
    assert "Do not start or stop a tablet on your own" in home["against"]


def test_a_boy_is_stopped_and_gets_no_number_of_grown_ups(consult: Consult) -> None:
    of = consult("boy")
    assert {chance.state for chance in of.found.chances.values() if chance.option.effect} == {"withheld"}
    assert {chance.number for chance in of.found.chances.values()} == {None}
    assert "too young" in both(of)[1]["against"]


def test_bipolar_depression_goes_to_a_specialist_and_a_tablet_alone_is_warned_of(consult: Consult) -> None:
    sheet, home = both(consult("bipolar"))
    assert "specialist should decide" in sheet["rules"]
    assert "Not offered here: A new tablet (SSRI). In bipolar disorder an antidepressant alone" in sheet["options"]
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
    assert "another brand counts too. You need to wait till 19 January 2025 at least" in home["against"]
    assert "If you have it today" not in home["expect"]
    mine = {each.product: each.units for each in of.found.eligibility.doses}
    assert {units for product, units in mine.items() if product != "abobotulinumtoxinA"} <= {0, None}
    assert "0 of at most" not in sheet["doses"]
    assert "not countable: another product was given" in sheet["doses"]
    assert not [
        claim.id
        for claim in consultation_document(of).claims
        if claim.id.startswith("person.dose.") and claim.id.endswith(".units")
    ]
    assert "the latest that its own rule, or that of any product given before, asks for" in sheet["doses"]


def test_of_somebody_unknown_suicide_and_every_stop_are_asked(consult: Consult) -> None:
    of = consult("unknown")
    sheet, home = both(of)
    asks = of.consultation.asks
    assert asks["suicidal"].label in home["against"]
    # What is asked of earlier doses follows from whether there were any.
    asked = [asks[ask] for ask in of.found.eligibility.asks if "earlier" not in asks[ask].of]
    assert all((each.plain or each.label) in home["against"] for each in asked)
    assert "such a shot before" in home["against"]
    assert asks["item_nine"].label in sheet["first"]
    stops = {ask for rule in of.consultation.rules.values() if rule.then == "stop" for ask in rule.when}
    assert stops <= set(of.found.eligibility.asks)
    assert "nothing stands in the way" not in home["against"]
    assert all(chance.number is None for key, chance in of.found.chances.items() if chance.option.this)


# --- which options and rules are whose ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("woman", {"as_now", "tablet", "talking", "toxin"}),
        ("untreated", {"as_now", "tablet", "talking", "toxin"}),
        ("bipolar", {"as_now", "talking", "bipolar_care", "toxin"}),
        ("psychotic", {"as_now", "talking", "psychosis_care", "ect", "toxin"}),
        ("boy", {"young_care", "toxin"}),
        ("resistant", {"as_now", "tablet", "talking", "augment", "esketamine", "ect", "toxin"}),
        ("in therapy", {"as_now", "tablet", "toxin"}),
        ("unknown", {"as_now", "tablet", "talking", "toxin"}),
    ],
)
def test_who_has_which_options(consult: Consult, name: str, options: set[str]) -> None:
    assert set(consult(name).found.chances) == options


@EACH
def test_a_tablet_alone_is_offered_to_nobody_whom_it_may_harm(consult: Consult, name: str) -> None:
    of = consult(name)
    offered = "tablet" in of.found.chances
    if name in ("bipolar", "bipolar pregnant", "psychotic", "boy"):
        assert not offered
        sheet, home = both(of)
        label = of.consultation.options["tablet"].label
        assert f"Not offered here: {label}" in sheet["options"]
        assert not [key for key in ("decide", "matters", "chances", "harms") if label in sheet[key]]
        assert "new tablet" not in "\n".join(home.values()).lower()
    else:
        assert offered


@pytest.mark.parametrize("failed", ["none", "one", None])
def test_what_is_for_resistant_depression_is_offered_after_two_failures_alone(
    consult: Consult, failed: str | None
) -> None:
    of = consult("woman", failed=failed)
    late = {"augment", "esketamine", "ect"}
    assert not late & set(of.found.chances)
    assert (late <= set(of.found.maybe)) == (failed is None)
    assert ("Not known whether it is an option" in both(of)[0]["options"]) == (failed is None)


def test_after_two_failures_nothing_says_that_the_treatment_is_the_next_step(consult: Consult) -> None:
    sheet, home = both(consult("resistant"))
    assert "Not the next step after several failed treatments" in sheet["options"]
    assert "Doctors know other ways" in home["against"]
    for key in ("augment", "esketamine", "ect"):
        chance = consult("resistant").found.chances[key]
        assert (chance.state, chance.number) == ("no number", None)


def test_a_spray_is_not_offered_in_pregnancy(consult: Consult) -> None:
    of = consult("resistant", sex="woman", age=35.0, pregnant=True)
    assert "esketamine" in of.found.out
    assert "esketamine" not in of.found.chances


def test_first_treatments_are_not_taken_for_those_of_people_whom_one_failed(consult: Consult) -> None:
    first, after = consult("woman", failed="none"), consult("woman")
    assert first.found.chances["tablet"].without is not None
    assert after.found.chances["tablet"].without is not None
    assert first.found.chances["tablet"].without.ids == ("primary_care",)
    assert after.found.chances["tablet"].without.ids == ("tablets_trials",)
    assert first.found.chances["tablet"].certainty == "moderate"
    assert after.found.chances["tablet"].certainty == "low"
    assert consult("woman", failed=None).found.chances["tablet"].certainty == "low"
    sheet, home = both(after)
    assert "These trials were of first treatments" in sheet["options"]
    assert "These tests were of first tablets" in home["chances"]


# --- what is cleared, and when to see each other again ------------------------------------------------------


@pytest.mark.parametrize(
    ("item_nine", "suicidal", "clash"),
    [("several_days", False, "thoughts_and_no"), ("nearly_every_day", False, "thoughts_and_no"),
     ("not_at_all", True, "nothing_and_yes"), ("several_days", True, None), ("not_at_all", False, None),
     ("several_days", None, None)],
)  # fmt: skip
def test_answers_about_suicide_that_do_not_go_together_are_cleared_first(
    consult: Consult, item_nine: str, suicidal: bool | None, clash: str | None
) -> None:
    of = consult("woman", item_nine=item_nine, suicidal=suicidal)
    assert of.found.eligibility.clashes == ((clash,) if clash else ())
    sheet = both(of)[0]
    assert ("To clear now" in sheet.get("crisis", "")) == (clash is not None)


@pytest.mark.parametrize(("points", "clash"), [(24, False), (25, True)])
def test_a_sum_that_the_other_questions_cannot_give_is_cleared_first(
    consult: Consult, points: float, clash: bool
) -> None:
    of = consult("untreated", severity=Score("phq9", points, persons.DAY))
    assert ("more_than_the_rest" in of.found.eligibility.clashes) == clash
    assert ("To clear now" in both(of)[0]["first"]) == clash


@pytest.mark.parametrize("name", ["item nine", "everything"])
def test_a_crisis_has_a_plan_for_safety_and_a_day_within_a_week(consult: Consult, name: str) -> None:
    sheet, home = both(consult(name))
    assert "Write a safety plan" in sheet["crisis"]
    # One answer tells of thoughts and the other denies them: the day is that of the worse one.
    assert "See each other again by 1 December 2024, by phone too" in sheet["crisis"]
    assert "We see you again by 1 December 2024" in home["call"]


@EACH
def test_everybody_is_seen_again_within_two_weeks(consult: Consult, name: str) -> None:
    sheet, home = both(consult(name))
    soon = name in ("bipolar", "boy", "unknown")
    day = "7 December 2024" if soon else "14 December 2024"
    next_day = name == "item nine" or (name in TODAY_FIRST and name != "bipolar")
    if next_day:
        day = "1 December 2024"
    assert ("by phone too" in home["call"]) == next_day
    assert f"See each other again by {day}" in sheet["plan"]
    assert f"We see you again by {day}" in home["call"]


def test_who_has_to_wait_is_treated_meanwhile(consult: Consult) -> None:
    sheet, home = both(consult("six weeks ago"))
    assert "agree today on another option of this page for the meantime" in sheet["plan"]
    assert "Do not go without help till then" in home["against"]


def test_of_an_earlier_dose_place_and_mood_are_asked(consult: Consult) -> None:
    sheet, home = both(consult("six weeks ago"))
    assert "injected" in sheet["rules"]
    assert "Did your mood change" in sheet["rules"]
    assert "how your mood was after it" in home["against"]
    assert "injected" not in both(consult("woman", earlier_where=None, earlier_mood=None))[0]["rules"]


# --- scores -------------------------------------------------------------------------------------------------


def test_an_old_score_is_not_that_of_today(consult: Consult) -> None:
    of = consult("stale")
    sheet, home = both(of)
    assert of.score is None
    assert "The score today is not known" in sheet["plan"]
    assert "MADRS 27 points, 30 October 2023 is too old to count" in sheet["plan"]
    assert "What is the score today" in sheet["rules"]
    assert "too old to count, ask again" in sheet["answers"]
    assert "or fewer" not in sheet["plan"]
    assert "Your score today" not in home["expect"]
    assert "Do not have it before we have asked you about: depression score today" in home["against"]


def test_a_low_score_is_not_judged_by_a_fall(consult: Consult) -> None:
    sheet, home = both(consult("low"))
    assert "already as low as what is called remission" in sheet["rules"]
    assert "No rule of the dossier" not in sheet["rules"]
    assert "Much better" not in sheet["plan"]
    assert "Judge" not in sheet["plan"]
    assert "Your score is low now" in home["against"]
    assert "known to work in people like this one" not in sheet["plan"]
    assert "If it stays low" in sheet["plan"]
    assert "Do not stop tablets alone" in sheet["plan"]
    assert {chance.state for chance in consult("low").found.chances.values()} == {"withheld"}
    for page in (sheet, home):
        assert "no number" in page["chances"]
    assert not [words for words in ("You feel low", "say if it helped") if words in "\n".join(home.values())]
    assert "nothing stands in the way" not in home["against"]


@pytest.mark.parametrize(("scale", "well", "top"), [("madrs", 9, 60), ("ham_d17", 7, 52), ("phq9", 4, 27)])
def test_every_score_to_be_reached_is_whole_and_below_the_first_and_no_lower_than_being_well(
    consult: Consult, scale: str, well: int, top: int
) -> None:
    for value in range(top + 1):
        of = consult("woman", severity=Score(scale, float(value)))
        claims = [each for each in consultation_document(of).claims if each.id.startswith("person.plan.change")]
        targets = [each.value for each in claims if each.value is not None]
        assert well in targets
        assert all(at == int(at) and at >= well for at in targets), value
        assert of.low == (value <= well)
        if value > well:
            assert all(at < value for at in targets), value


# --- whom it is not for -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", STOPPED)
def test_whom_it_is_not_for_reads_nothing_that_sounds_as_if_it_might_help(consult: Consult, name: str) -> None:
    home = both(consult(name))[1]
    assert "We are not sure that it works" not in "\n".join(home.values())
    assert "frown shot" not in "\n".join(home.get(key, "") for key in ("chances", "sure", "ask"))


def test_with_myasthenia_swallowing_is_asked_and_a_crisis_is_told(consult: Consult) -> None:
    asked = both(consult("myasthenia", swallowing=None))
    assert "trouble swallowing" in asked[0]["rules"]
    assert "We still need to ask you about: trouble when you swallow" in asked[1]["against"]
    told = both(consult("myasthenia"))
    assert "myasthenic crisis" in told[0]["crisis"]
    assert "Call the emergency number now" in told[1]["about"]
    for sheet, home in (asked, told):
        assert "nerve doctor" in sheet["options"]
        assert "Ask your nerve doctor before you take a new drug" in home["chances"]


# --- danger has a way up --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["everything", "item nine", "bipolar pregnant"])
def test_danger_has_a_way_up_on_both_pages(consult: Consult, name: str) -> None:
    sheet, home = both(consult(name))
    for words in ("intent, a plan, means at hand and earlier attempts", "Where danger cannot be ruled out",
                  "the emergency service today", "not left alone"):  # fmt: skip
        assert words in sheet["crisis"]
    assert sheet["crisis"].index("not left alone") < sheet["crisis"].index("See each other again")
    assert f"Thoughts of suicide: {CRISIS}. If you might act on them: call the emergency number" in home["about"]
    assert home["about"].index("emergency number") < home["about"].index("We talked about")


@pytest.mark.parametrize("item_nine", ["not_at_all", "several_days", None])
def test_after_a_yes_to_thoughts_of_suicide_the_next_contact_is_the_day_after(
    consult: Consult, item_nine: str | None
) -> None:
    sheet, home = both(consult("woman", suicidal=True, item_nine=item_nine))
    assert "See each other again by 1 December 2024, by phone too" in sheet["crisis"]
    assert "We see you again by 1 December 2024, by phone too" in home["call"]


_WAIT, _GREW = "may still be about to work", "began or grew since"


@pytest.mark.parametrize(
    ("answers", "today"),
    [
        ({"item_nine": "several_days"}, True),
        ({"suicidal": True}, True),
        ({"suicidal": True, "item_nine": None}, True),
        ({"suicidal": True, "item_nine": "several_days"}, True),
        ({"diagnosis": "bipolar"}, False),
        ({"age": 25.0}, False),
        ({"age": 20.0, "item_nine": None}, False),
        ({"age": 20.0, "item_nine": "several_days"}, True),
        ({"age": 16.0}, False),
    ],
)
def test_who_may_be_getting_worse_from_a_change_is_not_told_to_wait_for_it(
    consult: Consult, answers: dict[str, Any], today: bool
) -> None:
    sheet, home = both(consult("woman", begun=2.0, **answers))
    assert _WAIT not in sheet["rules"]
    assert "It may still help" not in home["against"]
    assert sheet["rules"].count(_GREW) == 1
    assert ("Whoever prescribes hears of it today" in sheet.get("crisis", "")) == today
    assert ("Did the dark thoughts start or grow" in home["about"]) == today
    assert ("Did dark thoughts, unrest or too high a mood start or grow?" in home["against"]) != today
    assert "Do not stop it alone" in home["about"] + home["against"]
    assert _GREW not in both(consult("woman", **answers))[0]["rules"]


def test_others_may_wait_for_what_was_begun_not_long_ago(consult: Consult) -> None:
    sheet, home = both(consult("woman", begun=2.0))
    assert _WAIT in sheet["rules"]
    assert "It may still help" in home["against"]
    assert _GREW not in sheet["rules"]
    # While nobody knows of such thoughts nothing is said to wait for.
    assert _WAIT not in both(consult("woman", begun=2.0, suicidal=None))[0]["rules"]


@pytest.mark.parametrize("illness", [(), ("other",), ("myasthenia",), None])
def test_new_trouble_swallowing_is_an_emergency_whatever_illness_is_known(
    consult: Consult, illness: tuple[str, ...] | None
) -> None:
    sheet, home = both(consult("swallowing", nerve_muscle=illness))
    assert next(iter(sheet)) == "crisis"
    assert sheet["crisis"].count("If it is new or worse it is an emergency, at once") == 1
    for words in ("myasthenic crisis", "stroke", "closing airway"):
        assert words in sheet["crisis"]
    assert home["about"].count("Call the emergency number now") == 1


@pytest.mark.parametrize("name", ["myasthenia", "weak"])
def test_with_such_an_illness_swallowing_is_asked_before_anything_else(consult: Consult, name: str) -> None:
    sheet, home = both(consult(name, swallowing=None, frown=None, age=None))
    assert next(iter(sheet)) == "crisis"
    assert "Ask first: Do you have trouble swallowing, speaking or breathing?" in sheet["crisis"]
    still = sheet["rules"].split("Still to ask")[1].strip().splitlines()
    assert "trouble swallowing" in still[0]
    assert "about: trouble when you swallow" in home["against"]
    assert "Ask first: " not in both(consult("woman", swallowing=None))[0].get("crisis", "")


@pytest.mark.parametrize("drugs", [("aminoglycoside",), ("relaxant",), ("aminoglycoside", "relaxant")])
def test_a_drug_that_can_bring_on_a_myasthenic_crisis_is_told_of_today(
    consult: Consult, drugs: tuple[str, ...]
) -> None:
    of = consult("myasthenia and drugs", drugs=drugs)
    sheet, home = both(of)
    for words in ("up to a myasthenic crisis", "The nerve doctor and whoever gives the drug hear of it now",
                  "nothing is stopped alone"):  # fmt: skip
        assert words in sheet["crisis"]
    assert "Your nerve doctor must hear of it today. Do not stop it alone" in home["about"]
    # Said once, and nothing of waiting with a treatment that is out of the question.
    assert "much worse" not in home["against"]
    assert "better to wait" not in home["against"]
    for other in ({"nerve_muscle": ()}, {"drugs": ("anticoagulant",)}):
        assert "myasthenic crisis" not in both(consult("myasthenia and drugs", swallowing=False, **other))[0].get(
            "crisis", ""
        )
    for page, first, then in (
        (home["about"], "Call the emergency number now", "Your nerve doctor must hear of it today"),
        (sheet["crisis"], "an emergency, at once", "The nerve doctor and whoever gives the drug hear of it now"),
    ):
        assert page.index(first) < page.index(then)


# --- a dose of not long ago -----------------------------------------------------------------------------------


def given(day: date | None) -> tuple[DoseGiven, ...]:
    return (DoseGiven("abobotulinumtoxinA", 50.0, day),)


_RECENT, _LONG_AGO = given(date(2024, 10, 19)), given(date(2024, 7, 1))


@pytest.mark.parametrize("drugs", [("aminoglycoside",), ("relaxant",)])
def test_of_a_drug_that_adds_to_a_dose_of_not_long_ago_whoever_gives_it_hears_today(
    consult: Consult, drugs: tuple[str, ...]
) -> None:
    sheet, home = both(consult("given and gentamicin", drugs=drugs))
    for words in ("Whoever gives the drug hears of the toxin today", "Nothing is stopped alone",
                  "Ask about weakness, swallowing, speaking and breathing"):  # fmt: skip
        assert words in sheet["crisis"]
    assert "You had a shot not long ago" in home["about"]
    assert "Tell the doctor who gives it of the shot today" in home["about"]
    assert home["about"].index("Call the emergency number now") < home["about"].index("Tell the doctor")
    for other in ({"drugs": ()}, {"earlier": ()}, {"earlier": _LONG_AGO}):
        assert "hears of the toxin" not in both(consult("given and gentamicin", **other))[0].get("crisis", "")
    # While it is not known whether there was a dose, or when, that is asked before anything else.
    for unknown in (None, given(None)):
        asked = both(consult("given and gentamicin", drugs=drugs, earlier=unknown))[0]["crisis"]
        assert "Ask first: Did you ever have botulinum toxin" in asked


@pytest.mark.parametrize("name", ["swallowing", "myasthenia", "weak"])
def test_trouble_swallowing_after_a_dose_is_an_emergency_though_it_has_not_changed(
    consult: Consult, name: str
) -> None:
    sheet, home = both(consult(name, earlier=_RECENT))
    for words in ("the toxin may have spread, as in botulism", "also where it has not changed since",
                  "product, units and day", "aminoglycoside antibiotic"):  # fmt: skip
        assert words in sheet["crisis"]
    # One rule says it, in place of the one for trouble without a dose.
    assert "If it is new or worse it is an emergency" not in sheet["crisis"]
    assert "since your last shot? Or is it new or worse? Call the emergency number now, even if it" in home["about"]
    assert "botulism" not in both(consult(name, earlier=_LONG_AGO))[0]["crisis"]
    assert "Ask first: Did you ever have botulinum toxin" in both(consult(name, earlier=None))[0]["crisis"]


def test_the_box_after_such_trouble_still_hangs_on_a_look_at_it(consult: Consult) -> None:
    for earlier in ((), _RECENT):
        line = box(consult("swallowing", earlier=earlier), "Botulinum toxin")
        assert "after the trouble swallowing, speaking or breathing has been looked at" in line


@pytest.mark.parametrize("illness", ["myasthenia", "other"])
def test_with_a_disease_of_nerve_or_muscle_its_doctor_hears_of_the_dose_today(
    consult: Consult, illness: str
) -> None:
    sheet, home = both(consult("six weeks ago", nerve_muscle=(illness,)))
    assert "Whoever treats the disease hears of the dose today" in sheet["crisis"]
    assert "Ask about weakness, swallowing, speaking and breathing" in sheet["crisis"]
    assert "Your nerve doctor must hear of the shot today" in home["about"]
    assert "hears of the dose" not in both(consult("woman", nerve_muscle=(illness,)))[0].get("crisis", "")


def test_who_cares_for_a_pregnancy_hears_of_the_dose(consult: Consult) -> None:
    sheet, home = both(consult("pregnant", earlier=_RECENT))
    assert "Whoever cares for the pregnancy hears of it: product, units and day" in sheet["rules"]
    assert "Tell those who care for you in pregnancy which one, and when" in home["against"]
    assert "hears of it: product" not in both(consult("pregnant"))[0]["rules"]


@pytest.mark.parametrize(
    "stop", [{"nerve_muscle": ("myasthenia",)}, {"pregnant": True}, {"allergy": ("toxin",)}, {"age": 15.0}]
)
def test_beside_a_stop_nothing_reads_as_if_it_might_be_given_again(consult: Consult, stop: dict[str, Any]) -> None:
    again = {"earlier_where": ("frown",), "earlier_mood": (), "skin": True}
    sheet, home = both(consult("six weeks ago", **again, **stop))
    for words in ("do not have it again", "why it should now", "healed", "unless", "before a doctor has"):
        assert words not in home["against"]
    for words in ("do not repeat it", "another session would do more", "healed"):
        assert words not in sheet["rules"]
    # What passes is told where nothing lasts, and what is asked first where nothing stops.
    assert "Wait till it has healed" in both(consult("woman", skin=True))[1]["against"]
    free = both(consult("six weeks ago", earlier_where=("frown",), earlier_mood=()))[1]["against"]
    assert "do not have it again" in free
    assert "Ask why it should now" in free


# --- gates at home --------------------------------------------------------------------------------------------


_GATES: dict[str, tuple[dict[str, Any], str]] = {
    "self_harm": ({"item_nine": "several_days"}, "The shot can wait."),
    "suicidal": ({"suicidal": True}, "The shot can wait."),
    "nerve_muscle": ({"nerve_muscle": ("other",)}, "Do not have it unless your nerve doctor agrees."),
    "swallowing": ({"swallowing": True}, "Do not have it before a doctor has looked at why."),
    "given_swallowing": ({"swallowing": True, "earlier": _RECENT}, "Do not have it before a doctor has looked at"),
    "breastfeeding": ({"breastfeeding": True}, "It is best to wait till that is over."),
    "aminoglycoside": ({"drugs": ("aminoglycoside",)}, "It is better to wait till the drug is over."),
    "face": ({"face": True}, "Do not have it before someone with skill has looked."),
    "bipolar": ({"diagnosis": "bipolar", "taking": ()}, "Do not have it unless a specialist says so."),
    "psychotic": ({"diagnosis": "psychotic"}, "Do not have it unless a specialist says so."),
    "earlier_worse": ({"earlier": _LONG_AGO, "earlier_mood": ("worse",)}, "Do not have it before we know more."),
}


def test_every_gate_of_a_box_has_words_for_home(consult: Consult) -> None:
    rules = consult("woman").consultation.rules
    assert {key for key, rule in rules.items() if rule.only is not None} == _GATES.keys()


@pytest.mark.parametrize("rule", _GATES)
def test_the_gate_of_a_box_reaches_the_page_for_home(consult: Consult, rule: str) -> None:
    answers, said = _GATES[rule]
    of = consult("woman", **answers)
    assert rule in [met.id for met in of.found.eligibility.met]
    assert said in both(of)[1]["against"]
    assert said not in both(consult("woman", allergy=("toxin",), **answers))[1]["against"]


def test_beside_a_stop_no_specialist_is_named_who_might_allow_it(consult: Consult) -> None:
    assert "unless a specialist says so" in both(consult("bipolar"))[1]["against"]
    assert "unless" not in both(consult("bipolar pregnant"))[1]["against"]


# --- pregnancy and the young ----------------------------------------------------------------------------------


@pytest.mark.parametrize("diagnosis", ["unipolar", "psychotic"])
def test_a_current_in_pregnancy_is_given_by_those_who_know_both(consult: Consult, diagnosis: str) -> None:
    of = consult("resistant", sex="woman", age=35.0, pregnant=True, diagnosis=diagnosis)
    assert "In pregnancy only with obstetrics and anaesthesia together" in both(of)[0]["options"]
    assert "after a specialist for the pregnancy has agreed" in box(of, "Electroconvulsive")
    open_ = consult("resistant", sex="woman", age=35.0, pregnant=None, diagnosis=diagnosis)
    assert "pregnancy" in box(open_, "Electroconvulsive").split("(ECT)")[1]
    assert "pregnancy" not in box(consult("resistant", diagnosis=diagnosis), "Electroconvulsive").split("(ECT)")[1]


@pytest.mark.parametrize(("diagnosis", "care"), [("bipolar", "bipolar_care"), ("psychotic", "psychosis_care")])
def test_medicines_of_adults_are_not_offered_to_the_young(consult: Consult, diagnosis: str, care: str) -> None:
    of = consult("boy", diagnosis=diagnosis)
    assert care not in of.found.chances
    assert "young_care" in of.found.chances
    if diagnosis == "bipolar":
        said = "medicines are for adults; the service for the young decides"
        assert said in both(of)[0]["options"]


@pytest.mark.parametrize("danger", [{"suicidal": True}, {"item_nine": "several_days"},
                                    {"suicidal": True, "item_nine": "more_than_half"}])  # fmt: skip
def test_those_who_look_after_the_young_are_told_of_danger(consult: Consult, danger: dict[str, Any]) -> None:
    sheet, home = both(consult("boy", **danger))
    for words in ("are told today and asked to keep means of harm away", "even if the young person does not agree",
                  "The safety plan names these adults and the means at home"):  # fmt: skip
        assert sheet["crisis"].count(words) == 1
    assert home["about"].count("we tell those who look after you") == 1
    assert "We tell you first" in home["about"]
    for other in (consult("boy"), consult("woman", **danger)):
        assert "we tell those who look after you" not in both(other)[1]["about"]


# --- other things that cannot wait ----------------------------------------------------------------------------


def test_a_mood_drug_in_pregnancy_is_told_of_today_and_does_not_just_go_on(consult: Consult) -> None:
    sheet, home = both(consult("bipolar pregnant", suicidal=False, item_nine="not_at_all"))
    for words in ("which one", "Valproate above all", "carbamazepine and lithium", "nothing is stopped alone",
                  "Whoever prescribes and the pregnancy service hear of it today"):  # fmt: skip
        assert words in sheet["crisis"]
    assert "Tell us today which one it is. Do not stop it alone" in home["about"]
    (box,) = [line for line in sheet["decide"].splitlines() if "Go on as now" in line]
    assert "after it is known which mood stabiliser or antipsychotic it is, and a specialist has agreed" in box
    for other in ({"pregnant": False}, {"taking": ("ssri",)}):
        assert "Valproate" not in both(consult("bipolar pregnant", **other))[0]["crisis"]


@EACH
def test_help_is_a_number_that_fits_the_trouble(consult: Consult, name: str) -> None:
    for page in both(consult(name)):
        assert "call for help" not in "\n".join(page.values()).lower()
    home = both(consult(name))[1]
    assert f"Thoughts of suicide: {CRISIS}" in "\n".join(home.values())


def test_whom_to_call_after_a_dose_stays_where_another_is_out_of_the_question(consult: Consult) -> None:
    earlier = (DoseGiven("onabotulinumtoxinA", 29.0, date(2024, 11, 10)),)
    sheet, home = both(consult("weak", earlier=earlier))
    for page in (sheet["plan"], home["call"]):
        assert "a rash" in page
        assert "whoever gave the shot" in page


def test_with_a_disease_and_trouble_swallowing_one_line_says_it_at_home(consult: Consult) -> None:
    home = both(consult("weak"))[1]["against"]
    assert "You have an illness of nerves or muscles, and it is hard to swallow or breathe" in home
    assert "It may get worse" not in home
    assert home.count("illness of nerves or muscles") == 1


def test_in_bipolar_disorder_there_is_somebody_to_call_at_night(consult: Consult) -> None:
    for page in (both(consult("bipolar"))[0]["plan"], both(consult("bipolar"))[1]["call"]):
        assert "emergency number if we are closed or you are not safe" in page


def test_doses_of_trials_are_no_prescription(consult: Consult) -> None:
    said = both(consult("woman"))[0]["options"]
    assert "no prescription" in said
    assert "cannot be turned into those of another" in said


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
