"""Explanations of the effect on mood, repeating, and what answers rest on: from made-up fits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from glabella.brief.mechanism import fitted_model, ranged, rated, worse
from glabella.brief.results import Results
from glabella.brief.sections import explanations, identifiability, links, prediction, retreatment, time_course
from glabella.brief.words import words_of
from glabella.dossier import Evidence, load, write_starter
from glabella.dossier._fitted import Interval
from glabella.plot import Plot
from glabella.shown import Claim, Ledger, Link, Section, Shown, inlines_of, plain
from tests.brief.made_up_fit import evidence, made_up
from tests.brief.other_mechanism import interval, mood, muscle, other, unfitted
from tests.brief.told import bare_digits, figures, lead, lines, table, tables, text, told

ALL = (links, time_course, prediction, explanations, retreatment, identifiability)
HOPE = "hope, because people notice what they got"
OUTLASTS = "days by which relief outlasts weakness"


@pytest.fixture(scope="module")
def read() -> Evidence:
    return evidence()


@pytest.fixture(scope="module")
def followed(read: Evidence) -> tuple[Section, dict[str, Claim]]:
    return told(explanations.report, read)


@pytest.fixture(scope="module")
def repeated(read: Evidence) -> tuple[Section, dict[str, Claim]]:
    return told(retreatment.report, read)


@pytest.fixture(scope="module")
def rests(read: Evidence) -> tuple[Section, dict[str, Claim]]:
    return told(identifiability.report, read)


def changed(read: Evidence, **changes: Any) -> Evidence:
    """Give the shipped dossier with its made-up fit changed in some places."""
    assert read.mechanism is not None
    return replace(read, mechanism=replace(read.mechanism, fitted=made_up(read.mechanism, **changes)))


def part(read: Evidence, name: str) -> Any:
    assert read.mechanism is not None
    return made_up(read.mechanism).model_dump()[name]


def told_of_mood(read: Evidence, **changes: Any) -> Section:
    return told(explanations.report, changed(read, mood={**part(read, "mood"), **changes}))[0]


# --- mood ---------------------------------------------------------------------------------------------------


def test_mood_begins_with_what_the_trials_tell(followed: tuple[Section, dict[str, Claim]], read: Evidence) -> None:
    section, condition = followed[0], words_of(read).condition
    assert lines(section)[:4] == [
        "Does mood follow the frown?",
        "The trials cannot tell: the data fit as well with no effect at all, which takes the fewest constants; "
        "with so few trials that does not prove there is none. Of the explanations with an effect, these fit "
        f"about equally well: {HOPE}; facial feedback.",
        "Certainty: very low. Why: no trial followed muscle and mood side by side; the data cannot tell the "
        "explanations apart; few trials; the speed of mood has no limits in the data.",
        "Each explanation was fitted to the same 9 differences in mood from 5 trials. Relief is in points of the "
        f"scale for {condition}. Relief counts from 3 points.",
    ]
    assert section.id == "mood"
    assert lead(section) == lines(section)[1]


def test_that_no_effect_fits_best_is_not_told_as_no_effect(read: Evidence) -> None:
    assert lead(told_of_mood(read, inseparable=["none"])) == (
        "The trials cannot tell: the data fit best with no effect at all, which takes the fewest constants; with "
        "so few trials that does not prove there is none. Of the explanations with an effect, these fit about "
        f"equally well: {HOPE}; facial feedback."
    )


def test_one_best_explanation_is_no_proof(read: Evidence) -> None:
    every = part(read, "mood")["explanations"]
    apart = [{**each, "aicc": 60.0} if each["name"] == "feedback" else each for each in every]
    two = told_of_mood(read, inseparable=["feedback", "expectancy"])
    assert lead(two) == (
        "The trials cannot tell. Of the explanations with an effect, these fit about equally well: "
        f"{HOPE}; facial feedback."
    )
    section = told_of_mood(read, explanations=apart, inseparable=["feedback"])
    assert lead(section) == (
        "Of the explanations with an effect, one fits best: facial feedback. That does not prove it."
    )
    assert "the data cannot tell the explanations apart" not in text(section)
    without = told_of_mood(
        read, explanations=[each for each in every if each["name"] == "none"], inseparable=["none"]
    )
    assert lead(without).endswith("that does not prove there is none.")
    nothing = told_of_mood(read, explanations=[], inseparable=[])
    assert lead(nothing) == "No explanation with an effect was fitted."


def test_the_table_of_explanations_says_what_the_data_limit(
    followed: tuple[Section, dict[str, Claim]], read: Evidence
) -> None:
    assert table(followed[0], "explanation") == [
        ("no effect on mood (no proof that there is none)", "40\u202f%", "none", "none", "none"),
        (f"{HOPE} (not told apart)", "25\u202f%", "6.5 (−0.9 to 13.0)", "12 (up to 90)", "31 or more"),
        ("facial feedback (not told apart)", "20\u202f%", "7.5 (−0.9 to 14.0)", "24 (no limits)",
         "none of the values tried"),
        ("content with looks", "10\u202f%", "8.5 (−0.9 to 15.0)", "36 (no limits)", "33 or more"),
        ("toxin carried to the brain", "5\u202f%", "9.5 (−0.9 to 16.0)", "48 (no limits)", "34 or more"),
    ]  # fmt: skip
    said = lines(followed[0])
    assert (
        "The best fit first; weights follow from AICc. The half-life says how slowly mood follows. The last column "
        "is the half-life that mood would need to outlast the frown by as much as was seen." in said
    )
    assert (
        "explanation | weight | largest relief, points | half-life of mood, days | half-life needed, days" in said
    )
    found = part(read, "mood")
    found["explanations"][1]["half_life"]["high"] = 20.0
    beyond, _ = told(explanations.report, changed(read, mood=found))
    assert table(beyond, "explanation")[1][4] == "31 or more (longer than the data support)"
    found["gaps"][0]["needed_half_life"] = None
    never, _ = told(explanations.report, changed(read, mood=found))
    assert table(never, "explanation")[1][4] == "none of the values tried (longer than the data support)"


def test_claims_of_mood_are_no_more_certain_than_what_they_rest_on(
    followed: tuple[Section, dict[str, Claim]], read: Evidence
) -> None:
    _, claims = followed
    assert claims["course.mood.feedback.gain"].interval == "95 % interval by likelihood"
    assert claims["course.mood.feedback.gain"].certainty == "very low"
    assert claims["course.mood.none.aicc"].value == 70.0
    assert "course.mood.none.needed" not in claims
    assert "course.mood.feedback.needed" not in claims
    assert claims["course.mood.expectancy.relief_half"].text == "129 days"
    assert claims["course.gap_seen"].text == "8 weeks"
    assert [source.reference for source in claims["course.gap_seen"].sources] == ["MAG14"]
    assert read.mechanism is not None
    unasked = replace(read, mechanism=replace(read.mechanism, questions=None))
    section, claims = told(explanations.report, unasked)
    assert "Relief counts" not in text(section)
    assert "course.relief_limit" not in claims
    assert len(claims["course.gap_seen"].sources) > 1, "all that was seen of mood"


def test_relief_that_the_data_do_not_limit_has_no_upper_limit(read: Evidence) -> None:
    found = part(read, "mood")
    for gap in found["gaps"]:
        gap["relief_half"] = {"value": 130.0, "low": 120.0, "high": 150.0}
    _, claims = told(explanations.report, changed(read, mood=found))
    assert claims["course.mood.expectancy.relief_half"].text == "130 days (120 to 150)"
    assert claims["course.mood.feedback.relief_half"].text == "130 days (120 or more)"


def test_that_mood_outlasts_the_muscle_is_told_as_a_question(
    followed: tuple[Section, dict[str, Claim]], read: Evidence
) -> None:
    said = lines(followed[0])
    heading = said.index("Mood outlasting the muscle")
    assert said[heading + 1] == (
        "Where it was watched, mood stayed better for 8 weeks or more after the frown was back. As fitted, "
        f"weakness has fallen to half by day 118, and relief by day 129 ({HOPE}), day 140 (facial feedback), day "
        "151 (content with looks), day 162 (toxin carried to the brain). If mood outlasts the frown, either mood "
        "is slow, as in the last column of the table, or something acts that no explanation here holds."
    )
    found = part(read, "mood")
    found["gaps"][0]["relief_half"]["value"] = None
    never, _ = told(explanations.report, changed(read, mood=found))
    assert f"and relief by no day that was followed ({HOPE}), day 140 (facial feedback)" in text(never)
    assert "Mood outlasting the muscle" not in text(told_of_mood(read, gaps=[]))


def test_relief_is_drawn_with_what_trials_saw(followed: tuple[Section, dict[str, Claim]], read: Evidence) -> None:
    (drawn,) = figures(followed[0]).values()
    assert isinstance(drawn.picture, Plot)
    assert drawn.picture.altair().to_dict()
    assert drawn.alt == (
        f"Relief of {words_of(read).condition} in points over weeks, a line for each explanation, with what trials "
        "saw."
    )
    assert drawn.caption == "Lines are the explanations as fitted, dots the differences that trials saw."
    assert figures(told(explanations.report, changed(read, mood_courses=[]))[0]) == {}
    found = part(read, "mood")
    found["weeks"] = [900.0, *found["weeks"][1:]]
    found["relief"] = [found["relief"][0], {"value": 3.0, "low": None, "high": None}, *found["relief"][2:]]
    (fewer,) = figures(told(explanations.report, changed(read, mood=found))[0]).values()
    assert isinstance(fewer.picture, Plot)
    nine, seven = (str(each.spec).count(": 3.7,") for each in (drawn.picture, fewer.picture))
    assert 0 < 7 * nine == 9 * seven, "one lies beyond the last week, one is of a bound"


def test_every_explanation_gives_its_reasons(followed: tuple[Section, dict[str, Claim]], read: Evidence) -> None:
    said = lines(followed[0])
    assert read.mechanism is not None
    at = [said.index("What each explanation predicts, and what speaks for and against it")]
    for each in read.mechanism.explanations.values():
        at.append(said.index(each.label[0].upper() + each.label[1:]))
        assert sum(line.startswith("Predicts: ") for line in said[at[-1] :]) >= len(each.predicts)
    assert at == sorted(at)
    assert "For: With the real drug in both places, 13 of 29 people improved by half" in text(followed[0])
    assert "Against: Mood stayed better to week 24, though the frown came back at week 12 to 16." in said
    assert {name.split(".")[0] for name in followed[1]} == {"course", "favour", "against"}
    assert bare_digits(followed[0], read.dossier.names) == []


def test_without_a_fit_the_explanations_stand_with_their_reasons(tmp_path: Path) -> None:
    section, claims = told(explanations.report, load(fitted=False))
    assert lines(section)[:4] == [
        "Does mood follow the frown?",
        "The data have not been asked: the model has not been fitted to the observations yet. Below is what each "
        "explanation predicts, and what speaks for and against it.",
        "Facial feedback",
        "Predicts: Mood follows the weakness of the frown: it comes with it and ends soon after it.",
    ]
    assert "against.feedback.0.mood" in claims
    assert not any(name.startswith("course.") for name in claims)
    for make in (retreatment.report, identifiability.report):
        assert make(Results(load(fitted=False)), Ledger()) is None
        assert make(Results(unfitted(tmp_path / "mine")), Ledger()) is None
    write_starter(tmp_path / "bare")
    for module in ALL:
        assert module.report(Results(load(tmp_path / "bare")), Ledger()) is None


# --- repeating ----------------------------------------------------------------------------------------------


def test_repeating_begins_with_that_it_was_not_tried_and_its_relief_is_not_shown(
    repeated: tuple[Section, dict[str, Claim]], read: Evidence
) -> None:
    section, _ = repeated
    assert (section.id, plain(section.title)) == ("repeat", "What if it is repeated?")
    assert lead(section) == (
        "No randomised trial repeated the treatment; each gave a single session. What follows is simulated, and "
        "its relief holds only if there is an effect on mood, which the pooled trials do not show."
    )
    assert [piece.section for piece in inlines_of((section,)) if isinstance(piece, Link)] == ["effect"]
    assert lines(section)[2] == (
        "No real person was followed: 10,000 simulated people for each rule differ as people do in the fitted "
        "model; in 3\u202f% of them the frown never weakens enough to count. Relief counts from 3 points. "
        "Brackets hold the middle eight tenths of people. Certainty: very low."
    )
    assert bare_digits(section, read.dossier.names) == []


def test_a_year_of_each_rule_is_told_under_each_explanation(
    repeated: tuple[Section, dict[str, Claim]], read: Evidence
) -> None:
    section, sessions = repeated[0], words_of(read).sessions
    said = lines(section)
    assert said[3:15] == [
        f"If mood follows by {HOPE}, 21\u202f% of simulated people never have relief that counts.",
        "A simulated year of onabotulinumtoxinA, by the rule of repeating: mean, and the middle eight tenths of "
        "people.",
        f"repeated | {sessions} | units | weeks with the frown weakened | weeks with relief, if there is an effect",
        "every 12 weeks | 4.3 (3.0 to 5.0) | 129 (90 to 150) | 45 (31 to 52) | 40 (20 to 51)",
        "as needed for the frown, at least 12 weeks apart | 3.8 (3.0 to 5.0) | 114 (90 to 150) | 44 (31 to 52) | "
        "41 (20 to 51)",
        "as needed for symptoms, at least 12 weeks apart | 3.3 (3.0 to 5.0) | 99 (90 to 150) | 43 (31 to 52) | "
        "42 (20 to 51)",
        f"After stopping, in weeks from the last {words_of(read).session}.",
        "repeated before | the frown is back after | relief is gone after, if there is an effect",
        "at fixed times | 16 (9 to 27) | 19 (10 or more)",
        "as needed for the frown | 16 (9 to 27) | 19 (10 or more)",
        "as needed for symptoms | 16 (9 to 27) | 19 (10 or more)",
        "The same, if mood follows by: facial feedback",
    ]
    assert len(tables(section)) == 4


def test_simulated_people_are_called_so(repeated: tuple[Section, dict[str, Claim]]) -> None:
    _, claims = repeated
    simulated = {name: claim for name, claim in claims.items() if name.startswith("course.repeat.")}
    assert len(simulated) == 2 * 3 * 10
    for claim in simulated.values():
        assert "simulated" in claim.population
        assert "synthetic" in claim.population
        assert claim.certainty == "very low"
    place = "course.repeat.weakness.feedback."
    assert claims[place + "units"].unit == "units of onabotulinumtoxinA"
    assert claims[place + "sessions"].population == (
        "simulated (synthetic) people given onabotulinumtoxinA when the frown is back; mood follows by: facial "
        "feedback"
    )
    assert claims[place + "stopping_weakness"].time_span == "after the last session"


def test_relief_that_is_shown_rests_on_its_explanation_only(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    read = other(folder)
    study = folder / "studies" / "example2020.yaml"
    many = study.read_text(encoding="utf-8").replace("events: {value: 10,", "events: {value: 19,")
    study.write_text(many, encoding="utf-8")
    shown = replace(load(folder), mechanism=read.mechanism)
    fit = Results(shown).headline.fit
    assert fit.ci_low > 0
    section, _ = told(retreatment.report, shown)
    assert lead(section) == (
        "Nobody gave it again. What follows is simulated, and its relief holds only if mood follows as each table "
        "assumes."
    )
    assert "if there is an effect" not in text(section)
    assert "if there is an effect" in text(told(retreatment.report, read)[0])


def test_without_questions_a_rule_is_named_without_its_gap(tmp_path: Path, read: Evidence) -> None:
    section, claims = told(retreatment.report, other(tmp_path / "mine", words="part: jaw\n"))
    assert lead(section).startswith("What follows is simulated")
    assert "Relief counts" not in text(section)
    assert table(section, "repeated") == [("as needed for the jaw", "3.0", "60", "30", "20")]
    assert "course.repeat.weakness.hope.gap" not in claims
    assert read.mechanism is not None
    unasked = replace(read, mechanism=replace(read.mechanism, questions=None))
    assert [row[0] for row in _first_rows(told(retreatment.report, unasked)[0])] == [
        "at fixed times", "as needed for the frown", "as needed for symptoms",
    ]  # fmt: skip
    assert retreatment.report(Results(other(tmp_path / "mine", schedules=[])), Ledger()) is None


def _first_rows(section: Section) -> list[tuple[str, ...]]:
    return [tuple(map(plain, row.cells)) for row in tables(section)[0].rows]


# --- what answers rest on -----------------------------------------------------------------------------------


def test_what_answers_rest_on_begins_with_counts_that_add_up(
    rests: tuple[Section, dict[str, Claim]], read: Evidence
) -> None:
    section, claims = rests
    assert (section.id, plain(section.title)) == ("identifiability", "What do the model’s answers rest on?")
    counts = [claims[f"course.constants.{name}"].value or 0 for name in ("identified", "partly", "assumed")]
    assert sum(counts) == len(part(read, "muscle")["unknowns"])
    assert lead(section) == (
        "Of the numbers that tell how soon and how long the frown is weakened, the data identify 3, and 2 in "
        "part; 1 "
        "rest on assumptions."
    )
    assert bare_digits(section, read.dossier.names) == []


def test_the_largest_swing_is_first(rests: tuple[Section, dict[str, Claim]]) -> None:
    said = lines(rests[0])
    assert said[2:9] == [
        "Each assumption was moved over its prior, one at a time; the bars show how far the result moves. First: "
        f"{OUTLASTS}, if mood follows by: {HOPE}, 14.0 with every assumption at its central value.",
        f"How far each assumption, moved over its prior, moves the {OUTLASTS}; the table holds the same numbers.",
        "",
        "The same as a table",
        f"With every assumption at its central value: {OUTLASTS}, if mood follows by: {HOPE}, 14.0. Then one is "
        "moved "
        "at a time.",
        "assumption | low value | result | high value | result",
        "how fast mood follows (per day) | 0.014 | 61.0 | 0.710 | 2.0",
    ]
    assert "how fast people notice that they cannot frown (per day) | 0.090 | 17.0 | 1.400 | not reached" in said
    drawn = figures(rests[0])
    assert list(drawn) == ["assumptions-0"]
    assert all(isinstance(each.picture, Plot) and each.picture.altair().to_dict() for each in drawn.values())


def test_a_result_is_as_certain_as_what_it_is_of(rests: tuple[Section, dict[str, Claim]], read: Evidence) -> None:
    _, claims = rests
    model = fitted_model(Results(read))
    assert model is not None
    assert model.certainty == "moderate"
    assert claims["course.swing.0.centre"].certainty == "very low"
    assert claims["course.constant.k_loss"].certainty == model.certainty


def test_every_result_is_named(read: Evidence) -> None:
    swing = {"name": "steepness", "low": 1.4, "high": 6.6, "at_low": None, "at_high": 90.0}
    found = [
        {"quantity": "outlasting", "centre": 68.0, "swings": [swing, {**swing, "name": "half_cut"}]},
        {"quantity": "outlasting", "centre": 1.0, "swings": [{**swing, "name": "not_a_constant"}]},
    ]
    section, claims = told(identifiability.report, changed(read, sensitivity=found))
    assert f"First: {OUTLASTS}, 68.0 with every assumption at" in text(section)
    assert "not a constant | 1.4 | not reached | 6.6 | 90.0" in text(section)
    assert list(figures(section)) == ["assumptions-0"], "one assumption has none to be drawn beside"
    assert claims["course.swing.1.centre"].label == f"{OUTLASTS}, with every assumption at its central value"


def test_every_number_of_the_course_has_its_verdict(
    rests: tuple[Section, dict[str, Claim]], read: Evidence
) -> None:
    section, claims = rests
    (unknowns,) = (each for each in tables(section) if plain(each.columns[0].head) == "number")
    rows = [tuple(map(plain, row.cells)) for row in unknowns.rows]
    assert rows[0] == ("days", "1.00 (−1.00 to 3.00)", "1.00 (0.60 to 1.60)", "identified")
    assert [row[3] for row in rows] == [each["verdict"] for each in part(read, "muscle")["unknowns"]]
    assert rows[2][0] == "ceiling of none or mild"
    assert claims["course.unknown.0.prior"].certainty == "not rated"
    assert claims["course.unknown.0.posterior"].function == "glabella.mechanism.fit_course"
    said = lines(section)
    folded = said.index("Every number of the course: before the data, and with them")
    assert said[folded + 1 : folded + 3] == [
        "Ceilings are logits, times are logarithms of days. Where the two intervals are alike, the data have added "
        "nothing. Numbers of single trials are left out.",
        "number | before the data | with the data | identified by the data",
    ]


def test_the_chain_stands_apart_and_says_that_it_times_nothing(
    rests: tuple[Section, dict[str, Claim]], read: Evidence
) -> None:
    section, claims = rests
    said = lines(section)
    folded = said.index("The chain of how it works, which is asked for no duration")
    assert said[folded + 1] == (
        "The chain says how it may work and carries weakness to mood. How soon and how long are told by the "
        "course, "
        "which predicts trials better."
    )
    fitted, held = (each for each in tables(section) if plain(each.columns[0].head) == "constant")
    rows = [tuple(map(plain, row.cells)) for row in fitted.rows]
    assert len(rows) == len(part(read, "chain")["constants"])
    assert rows[0] == (
        "what a unit of abobotulinumtoxinA does (per unit of abobotulinumtoxinA)",
        "0.400",
        "assumed",
    )
    assert {row[2] for row in rows} == {"assumed", "derived", "seen"}
    assert plain(held.rows[0].cells[1]) == "1.00"
    assert claims["course.constant.k_entry"].function == "glabella.brief.quote"
    assert claims["course.constant.k_loss"].function == "glabella.mechanism.fit"
    assert "Held as their sources have them." in said
    assert "Fitted to the same observations, with their priors." in said


# --- all of them --------------------------------------------------------------------------------------------


def test_every_number_names_its_people_its_inputs_and_its_sources(read: Evidence) -> None:
    book = Ledger()
    for module in ALL:
        module.report(Results(read), book)
    found = {name: claim for name, claim in book.claims.items() if name.startswith("course.")}
    assert len(found) > 250
    for claim in found.values():
        assert claim.population, claim.id
        assert claim.sources, claim.id
        assert claim.low is None or claim.interval, claim.id
        if claim.function != "glabella.brief.quote":
            names = dict(claim.inputs).keys()
            assert names >= {"mechanism/model.ant", "mechanism/parameters.yaml"}, claim.id
            assert "mechanism/words.yaml" not in names, "no number rests on words"


def test_every_function_that_is_named_is_there(read: Evidence) -> None:
    import importlib

    book = Ledger()
    for module in ALL:
        module.report(Results(read), book)
    for name in {claim.function for claim in book.claims.values()}:
        package, _, function = name.rpartition(".")
        assert callable(getattr(importlib.import_module(package), function)), name


def test_sections_are_the_same_in_any_order(read: Evidence) -> None:
    one, other_way = Ledger(), Ledger()
    for module in ALL:
        module.report(Results(read), one)
    for module in reversed(ALL):
        module.report(Results(read), other_way)
    assert one.claims == other_way.claims


def test_tables_have_five_columns_at_most(read: Evidence) -> None:
    for module in ALL:
        section, _ = told(module.report, read)
        assert all(len(each.columns) <= 5 for each in tables(section))


def test_every_claim_is_shown_or_stands_behind_one_that_is(read: Evidence) -> None:
    behind = (".aicc", ".weakness_half", ".never", ".never_relief", ".people", ".gain", ".half_life")
    for module in (explanations, retreatment, identifiability):
        section, claims = told(module.report, read)
        shown = {piece.id for piece in inlines_of((section,)) if isinstance(piece, Claim)}
        shown |= {piece.claim.id for piece in inlines_of((section,)) if isinstance(piece, Shown)}
        known = {name for name, claim in claims.items() if claim.value is not None}
        assert {name for name in known - shown if not name.endswith(behind)} == set()


@pytest.mark.parametrize("module", ALL)
def test_another_treatment_meets_none_of_our_words(module: Any, tmp_path: Path) -> None:
    ways = (
        {
            "of": "shares",
            "rows": 9,
            "trials": 2,
            "error": 3.0,
            "bias": 1.0,
            "coverage": 90.0,
            "width": 40.0,
            "score": -2.0,
        },
    )
    rows = (
        {
            "id": "first",
            "kind": "share",
            "seen": 0.5,
            "left_out": interval(0.6, 0.4, 0.8),
            "error": 0.1,
            "inside": True,
            "score": -2.0,
        },
    )
    gaps = ({"explanation": "hope", "weakness_half": interval(7.0), "relief_half": interval(8.0),
             "needed_half_life": 3.0},)  # fmt: skip
    swings = ({"name": "k_up", "low": 0.1, "high": 0.9, "at_low": 8.0, "at_high": 9.0},)
    owed = [{"quantity": "outlasting", "centre": 8.5, "swings": swings}]
    read = other(
        tmp_path / "mine", muscle=muscle(predicted=ways, rows=rows), mood=mood(gaps=gaps), sensitivity=owed
    )
    section, claims = told(module.report, read)
    said = [text(section), *(f"{claim.label} {claim.population}" for claim in claims.values())]
    for figure in figures(section).values():
        assert isinstance(figure.picture, Plot)
        said.append(str(figure.picture.spec))
    for word in (
        "toxin",
        "botul",
        "frown",
        "brow",
        "wrinkle",
        "depress",
        "madrs",
        "cosmetic",
        "saline",
        "serotonin",
    ):
        assert not any(word in each.lower() for each in said), word
    assert bare_digits(section, ()) == []
    assert "jaw" in said[0] or module is links


def test_the_words_of_the_mechanism_are_the_only_ones(read: Evidence) -> None:
    assert read.mechanism is not None
    words = read.mechanism.words.model_copy(update={"part": "grin", "definitions": {}})
    nowhere = read.mechanism.observations.model_copy(update={"site": None})
    other_words = replace(read, mechanism=replace(read.mechanism, words=words, observations=nowhere))
    _, claims = told(time_course.report, other_words)
    claim = claims["course.none_or_mild.onabotulinumtoxinA.women.20.onset"]
    assert (
        claim.population
        == "women given 20 units of onabotulinumtoxinA in the grin; the grin counts as weakened when none or mild"
    )
    section, claims = told(retreatment.report, other_words)
    assert (
        claims["course.repeat.weakness.feedback.weeks_weakness"].label == "simulated: weeks with the grin weakened"
    )
    assert claims["course.repeat.weakness.feedback.never"].label == (
        "simulated people whose grin never weakens enough to count"
    )
    assert "frown" not in text(section).replace("cannot frown", "")
    assert told(explanations.report, other_words)[1]["course.gap_seen"].label == (
        "least time by which mood outlasted the weakened grin, where it was seen"
    )


# --- how far to trust it ------------------------------------------------------------------------------------


def test_certainty_falls_a_level_a_reason_and_mood_is_no_better_than_its_effect() -> None:
    assert [rated("a" * n) for n in range(5)] == ["high", "moderate", "low", "very low", "very low"]
    assert worse("low", "moderate") == "low"
    assert worse("high", "as printed") == "very low"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"predicted": ()}, "how well it predicts trials was not computed"),
        ({"error": 31.0}, "trials that it has not seen are predicted poorly"),
        ({"coverage": 80.0}, "trials that it has not seen are predicted poorly"),
        ({"rhat": 1.2}, "the draws of the posterior have not settled"),
        ({"untold": True}, "many of its numbers stand on assumptions"),
    ],
)
def test_every_reason_against_the_muscle_is_given(read: Evidence, change: dict[str, Any], reason: str) -> None:
    found = part(read, "muscle")
    for each in found["unknowns"]:
        each.update(verdict="identified")
    firm = fitted_model(Results(changed(read, muscle=found)))
    assert firm is not None
    assert firm.reasons == ("the muscle was watched in trials of another use",)
    ((key, value),) = change.items()
    if key == "predicted":
        found["predicted"] = value
    elif key in ("error", "coverage"):
        found["predicted"][1][key] = value
    elif key == "rhat":
        found["unknowns"][0][key] = value
    else:
        for each in found["unknowns"][::2]:
            each["verdict"] = "not identified"
    shaken = fitted_model(Results(changed(read, muscle=found)))
    assert shaken is not None
    assert shaken.reasons == ("the muscle was watched in trials of another use", reason)


def test_a_mechanism_that_its_own_trials_watched_has_fewer_reasons_against_it(read: Evidence) -> None:
    assert read.mechanism is not None
    seen = read.mechanism.observations
    own = tuple(
        each.model_copy(update={"study": "wollmer2012"}) if each.use == "fit" else each for each in seen.muscle
    )
    watched = replace(read.mechanism, observations=seen.model_copy(update={"muscle": own}))
    model = fitted_model(Results(replace(read, mechanism=watched)))
    assert model is not None
    assert "the muscle was watched in trials of another use" not in model.reasons
    assert "no trial followed muscle and mood side by side" not in model.mood_reasons


def test_every_reason_against_mood_is_given(read: Evidence) -> None:
    found = part(read, "mood")
    every = [each for each in found["explanations"] if each["name"] != "none"]
    for at, each in enumerate(every):
        each.update(aicc=60.0 + 10 * at, half_life={"value": 9.0, "low": 1.0, "high": 20.0})
    firm = {**found, "explanations": every, "inseparable": [every[0]["name"]]}
    one = fitted_model(Results(changed(read, mood=firm)))
    assert one is not None
    assert one.mood_reasons == ("no trial followed muscle and mood side by side", "few trials")
    assert one.mood_certainty == "very low", "no better than the effect itself"
    two = fitted_model(Results(changed(read, mood={**firm, "inseparable": [it["name"] for it in every[:2]]})))
    assert two is not None
    assert "the data cannot tell the explanations apart" in two.mood_reasons
    section, _ = told(explanations.report, changed(read, mood=firm))
    assert "Certainty: very low. Why: no trial followed muscle and mood side by side; few trials." in text(section)


def test_mood_without_reasons_of_its_own_rests_on_the_rest(read: Evidence) -> None:
    assert read.mechanism is not None
    found = part(read, "mood")
    every = [{**each, "half_life": {"value": 9.0, "low": 1.0, "high": 20.0}, "aicc": 60.0 + 10 * at}
             for at, each in enumerate(found["explanations"]) if each["name"] != "none"]  # fmt: skip
    seen, rows = read.mechanism.observations, set(found["rows"])
    moods = tuple(
        each.model_copy(update={"study": f"trial{at}"}) if each.id in rows else each
        for at, each in enumerate(seen.mood)
    )
    extra = tuple(moods[0].model_copy(update={"id": f"extra{at}", "study": f"extra{at}"}) for at in range(10))
    muscle_ = tuple(each.model_copy(update={"study": "extra0"}) for each in seen.muscle)
    observations = seen.model_copy(update={"mood": (*moods, *extra), "muscle": muscle_})
    more = {
        **found, "explanations": [{**each, "expected": [3.0] * (len(rows) + 10)} for each in every],
        "rows": [*found["rows"], *(each.id for each in extra)], "inseparable": [every[0]["name"]],
        "weeks": [*found["weeks"], *[6.0] * 10], "relief": [*found["relief"], *[interval(3.0, 1.0, 5.0)] * 10],
    }  # fmt: skip
    firm = changed(read, mood=more)
    assert firm.mechanism is not None
    section, _ = told(
        explanations.report, replace(firm, mechanism=replace(firm.mechanism, observations=observations))
    )
    assert ". Why: it rests on the effect on mood, and on the course of the muscle." in text(section)


def test_an_explanation_or_a_product_without_a_label_is_named_by_its_key(read: Evidence) -> None:
    model = fitted_model(Results(read))
    assert model is not None
    assert (model.explanation("no effect"), model.product("gone")) == ("no effect", "gone")
    assert not model.has_effect("no effect")


def test_only_a_known_value_has_limits() -> None:
    book = Ledger().under(version="1", inputs=(), sources=(), population="p", time_span="t", certainty="low",
                          function="f", unit="%")  # fmt: skip
    half = ranged(book, "a", "a", Interval(value=0.5, low=0.2), "interval", scale=100.0)
    assert (half.value, half.low, half.high, half.interval) == (50.0, 20.0, None, "interval")
    unknown = ranged(book, "b", "b", Interval(value=None, low=0.2), "interval")
    assert (unknown.value, unknown.low, unknown.interval) == (None, None, None)
