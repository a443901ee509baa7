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
from glabella.shown import Claim, Ledger, Section, Shown, inlines_of, plain
from tests.brief.made_up_fit import evidence, made_up
from tests.brief.other_mechanism import interval, landmarks, mood, muscle, other, unfitted
from tests.brief.told import bare_digits, figures, lead, lines, table, tables, text, told

ALL = (links, time_course, prediction, explanations, retreatment, identifiability)
HOPE = "hope, because people notice what they got"


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


def test_mood_begins_with_what_the_trials_tell(followed: tuple[Section, dict[str, Claim]]) -> None:
    section, claims = followed
    assert lines(section)[:4] == [
        "Does mood follow the frown?",
        "The trials cannot tell: 9 differences in mood, some of them of the same people at another visit, come "
        "from 5 trials, too few to tell explanations apart. The usual criteria disagree: AIC and AICc put “no "
        "effect on mood” first; BIC puts “toxin carried to the brain” first.",
        "Without any effect the true results of trials must differ by a standard deviation of 9.1 points: that "
        "says that a trial may find anything, and not that there is no effect.",
        "Certainty: very low. Why: no trial followed muscle and mood side by side; the data cannot tell the "
        "explanations apart; few trials; the speed of mood has no limits in the data.",
    ]
    assert section.id == "mood"
    assert lead(section) == lines(section)[1]
    assert claims["course.mood.trials"].value == 5
    assert claims["course.mood.rows"].value == 9


def every(read: Evidence, **criteria: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the explanations of the made-up fit, some with other criteria."""
    return [{**each, **criteria.get(each["name"], {})} for each in part(read, "mood")["explanations"]]


def test_which_criterion_puts_which_explanation_first(read: Evidence) -> None:
    low = {"aic": 50.0, "bic": 50.0}
    three = lead(told_of_mood(read, explanations=every(read, feedback=low, expectancy={"aic": 40.0, "bic": 60.7})))
    assert three.endswith(
        f"The usual criteria disagree: AIC puts “{HOPE}” first; AICc puts “no effect on mood” first; BIC puts "
        "“facial feedback” first."
    )
    same = lead(told_of_mood(read, explanations=every(read, feedback={**low, "aicc": 50.0})))
    assert same.endswith("Each usual criterion puts “facial feedback” first, but none well before the others.")
    unknown: dict[str, dict[str, Any]] = {each["name"]: {"aicc": None} for each in every(read)}
    assert lead(told_of_mood(read, explanations=every(read, **unknown))).endswith(
        "The usual criteria disagree: AIC puts “no effect on mood” first; BIC puts “toxin carried to the brain” "
        "first."
    )


def test_one_best_explanation_is_no_proof(read: Evidence) -> None:
    section = told_of_mood(read, apart="feedback")
    assert lead(section) == (
        "Of the explanations, one fits 9 differences in mood from 5 trials best by every criterion: facial "
        "feedback. That does not prove it."
    )
    assert "the data cannot tell the explanations apart" not in text(section)


def test_without_the_fit_of_no_effect_nothing_is_said_of_it(read: Evidence) -> None:
    section = told_of_mood(read, explanations=[each for each in every(read) if each["name"] != "none"])
    assert "Without any effect" not in text(section)


def test_the_tables_say_what_the_data_limit(followed: tuple[Section, dict[str, Claim]], read: Evidence) -> None:
    section, condition = followed[0], words_of(read).condition
    assert table(section, "explanation") == [
        ("no effect on mood", "60.0", "70.0", "64.5", "9.1"),
        (HOPE, "61.0", "71.0", "63.5", "3.1"),
        ("facial feedback", "62.0", "72.0", "62.5", "4.1"),
        ("content with looks", "63.0", "73.0", "61.5", "5.1"),
        ("toxin carried to the brain", "64.0", "74.0", "60.5", "6.1"),
    ]
    assert table(section, "explanation with an effect") == [
        (HOPE, "6.5 (−0.9 to 13.0)", "12 (up to 90)"),
        ("facial feedback", "7.5 (−0.9 to 14.0)", "24 (no limits)"),
        ("content with looks", "8.5 (−0.9 to 15.0)", "36 (no limits)"),
        ("toxin carried to the brain", "9.5 (−0.9 to 16.0)", "48 (no limits)"),
    ]
    said = lines(section)
    assert "explanation | AIC | AICc | BIC | spread between trials, points" in said
    assert (
        "The criteria: lower is better; they count trials, not visits. The spread is the standard deviation by "
        "which the true results of trials differ besides." in said
    )
    assert (
        f"Relief is in points of the scale for {condition}; its limits take half-life and spread as fitted, so "
        "they are too narrow. The half-life says how slowly mood follows." in said
    )
    few = told_of_mood(read, explanations=every(read, feedback={"aicc": None}))
    assert table(few, "explanation")[2] == ("facial feedback", "62.0", "too few trials", "62.5", "4.1")
    nothing = told_of_mood(read, explanations=[each for each in every(read) if each["name"] == "none"])
    assert len(tables(nothing)) == 1


def test_claims_of_mood_are_no_more_certain_than_what_they_rest_on(
    followed: tuple[Section, dict[str, Claim]],
) -> None:
    _, claims = followed
    assert claims["course.mood.feedback.gain"].interval == "95 % interval by likelihood"
    assert claims["course.mood.feedback.gain"].certainty == "very low"
    assert claims["course.mood.none.aicc"].value == 70.0
    assert claims["course.mood.none.spread"].text == "9.1 points"


def test_no_weights_and_no_gaps_are_told(followed: tuple[Section, dict[str, Claim]]) -> None:
    assert not [name for name in followed[1] if name.endswith((".weight", ".needed", ".relief_half"))]
    assert "weight" not in text(followed[0])


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
    assert "no effect on mood" in str(drawn.picture.spec), "a flat line"
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


def test_repeating_begins_with_that_it_was_not_tried_and_computes_no_relief(
    repeated: tuple[Section, dict[str, Claim]], read: Evidence
) -> None:
    section, claims = repeated
    assert (section.id, plain(section.title)) == ("repeat", "What if it is repeated?")
    model = fitted_model(Results(read))
    assert model is not None
    usual = f"course.none_or_mild.onabotulinumtoxinA.women.{model.usual.dose:g}."
    assert lines(section)[1:] == [
        "No randomised trial repeated the treatment; each gave a single session. ",
        "The frown weakens for a time that is known: in half of the women who responded it was back after "
        f"{claims[usual + 'duration'].text}, in a new trial after 14 to 25 weeks. Whether "
        f"{words_of(read).condition} returns with it, and whether repeating prevents that, nobody has tested; so "
        "nothing is computed of it here.",
    ]
    assert not any("repeat." in name or "simulat" in claim.label for name, claim in claims.items())
    assert bare_digits(section, read.dossier.names) == []


def test_where_the_duration_is_not_known_it_says_so(tmp_path: Path) -> None:
    read = other(tmp_path / "mine", landmarks=[landmarks(known=False)])
    section, _ = told(retreatment.report, read)
    assert lines(section)[1:] == [
        "Nobody gave it again. ",
        f"How long the jaw stays weak is not known either. Whether {words_of(read).condition} returns with it, and "
        "whether repeating prevents that, nobody has tested; so nothing is computed of it here.",
    ]
    assert retreatment.report(Results(other(tmp_path / "two", words="part: jaw\n")), Ledger()) is None


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


def test_a_constant_is_as_certain_as_the_course(rests: tuple[Section, dict[str, Claim]], read: Evidence) -> None:
    section, claims = rests
    model = fitted_model(Results(read))
    assert model is not None
    assert claims["course.constant.k_loss"].certainty == model.certainty == "moderate"
    assert figures(section) == {}


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
    assert len(found) > 150
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
    behind = (".gain", ".half_life")
    # Repeating rests on the course, and shows two numbers of it.
    course = told(time_course.report, read)[1].keys()
    for module in (explanations, retreatment, identifiability):
        section, claims = told(module.report, read)
        shown = {piece.id for piece in inlines_of((section,)) if isinstance(piece, Claim)}
        shown |= {piece.claim.id for piece in inlines_of((section,)) if isinstance(piece, Shown)}
        known = {name for name, claim in claims.items() if claim.value is not None}
        assert {name for name in known - shown - course if not name.endswith(behind)} == set()


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
    read = other(tmp_path / "mine", muscle=muscle(predicted=ways, rows=rows), mood=mood(apart=None))
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
    section, _ = told(retreatment.report, other_words)
    assert "The grin weakens for a time" in text(section)
    assert "frown" not in text(section)


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
    for each in every:
        each.update(half_life={"value": 9.0, "low": 1.0, "high": 20.0})
    firm = {**found, "explanations": every, "apart": every[0]["name"]}
    one = fitted_model(Results(changed(read, mood=firm)))
    assert one is not None
    assert one.mood_reasons == ("no trial followed muscle and mood side by side", "few trials")
    assert one.mood_certainty == "very low", "no better than the effect itself"
    two = fitted_model(Results(changed(read, mood={**firm, "apart": None})))
    assert two is not None
    assert "the data cannot tell the explanations apart" in two.mood_reasons
    section, _ = told(explanations.report, changed(read, mood=firm))
    assert "Certainty: very low. Why: no trial followed muscle and mood side by side; few trials." in text(section)


def test_mood_without_reasons_of_its_own_rests_on_the_rest(read: Evidence) -> None:
    assert read.mechanism is not None
    found = part(read, "mood")
    every = [{**each, "half_life": {"value": 9.0, "low": 1.0, "high": 20.0}}
             for each in found["explanations"] if each["name"] != "none"]  # fmt: skip
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
        "rows": [*found["rows"], *(each.id for each in extra)], "apart": every[0]["name"],
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
