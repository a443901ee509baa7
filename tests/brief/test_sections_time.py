"""How it works, its time course and how well that is predicted: sentences, tables and claims, from made-up fits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from glabella.brief.course_figure import points_of
from glabella.brief.doses import seen, timed, treated
from glabella.brief.mechanism import fitted_model
from glabella.brief.results import Results
from glabella.brief.sections import links, prediction, time_course, timing
from glabella.brief.words import words_of
from glabella.dossier import Evidence, Statement, load, write_starter
from glabella.plot import Plot
from glabella.shown import Claim, Icon, Ledger, Section, Shown, inlines_of, plain
from tests.brief.made_up_fit import evidence, made_up
from tests.brief.other_mechanism import interval, landmarks, muscle, other, unfitted
from tests.brief.told import bare_digits, figures, lead, lines, table, tables, text, told


@pytest.fixture(scope="module")
def read() -> Evidence:
    return evidence()


@pytest.fixture(scope="module")
def course(read: Evidence) -> tuple[Section, dict[str, Claim]]:
    return told(time_course.report, read)


@pytest.fixture(scope="module")
def predicted(read: Evidence) -> tuple[Section, dict[str, Claim]]:
    return told(prediction.report, read)


def changed(read: Evidence, **changes: Any) -> Evidence:
    """Give the shipped dossier with its made-up fit changed in some places."""
    assert read.mechanism is not None
    return replace(read, mechanism=replace(read.mechanism, fitted=made_up(read.mechanism, **changes)))


def fitted_part(read: Evidence, name: str) -> Any:
    assert read.mechanism is not None
    return made_up(read.mechanism).model_dump()[name]


def starter(folder: Path, **said: str) -> Evidence:
    """Give a dossier without a mechanism, whose products say something."""
    write_starter(folder)
    read = load(folder)
    statements = {name: (Statement(text=it, status="missing"),) * 2 for name, it in said.items()}
    return replace(read, products=read.products.model_copy(update=statements))


# --- how it works -------------------------------------------------------------------------------------------


def test_the_steps_begin_with_how_well_the_last_are_supported(read: Evidence) -> None:
    section, _ = told(links.report, read)
    assert section.id == "how"
    assert plain(section.title) == "How does it work?"
    assert lead(section) == (
        "How it would lead to relief of depression is not settled. Possible last steps: a face that cannot frown "
        "(partly), hope (partly), content with looks (partly), acts in the brain (untested). Most of the steps "
        "before are supported."
    )
    assert "Each step, and what supports it" in lines(section)
    assert {piece.kind for piece in inlines_of((section,)) if isinstance(piece, Icon)} == {"verdict"}


def test_every_step_gives_its_reasons(read: Evidence) -> None:
    section, claims = told(links.report, read)
    said = text(section)
    assert read.mechanism is not None
    nodes = read.mechanism.nodes
    for link in read.mechanism.links.values():
        name = nodes[link.begin] if link.begin == link.end else f"{nodes[link.begin]} → {nodes[link.end]}"
        assert f"{name}: {link.label} ({link.support}). " in said
    assert "Nerve cells recovered at least 2.5 times as fast" in said
    assert claims["link.persistence.0.fold"].value == 2.5
    assert "Over 286 results, such feedback was real but small" in said
    assert bare_digits(section, read.dossier.names) == []


def test_the_steps_are_drawn(read: Evidence) -> None:
    section, _ = told(links.report, read)
    (drawn,) = figures(section).values()
    assert isinstance(drawn.picture, Plot)
    assert drawn.alt == (
        "Diagram of the model from injected toxin to relief of depression; each arrow shows how well it is "
        "supported. The list below gives the reasons."
    )
    assert drawn.caption == "The steps of the model. The list below gives what supports each."


def test_a_last_step_that_is_supported_is_said_to_be(tmp_path: Path) -> None:
    read = unfitted(tmp_path / "mine")
    assert read.mechanism is not None
    assert lead(told(links.report, read)[0]) == (
        "How it would lead to mood is not settled. Possible last steps: lifts mood (untested). Most of the steps "
        "before are supported."
    )
    known = {key: each.model_copy(update={"support": "supported"}) for key, each in read.mechanism.links.items()}
    firm = replace(read, mechanism=replace(read.mechanism, links=known))
    assert lead(told(links.report, firm)[0]) == "The last step to mood is supported: lifts mood (supported)."
    weak = {key: each.model_copy(update={"support": "untested"}) for key, each in known.items()}
    unknown = replace(read, mechanism=replace(read.mechanism, links=weak))
    assert lead(told(links.report, unknown)[0]).endswith("Possible last steps: lifts mood (untested).")


def test_a_step_from_a_state_to_itself_leads_nowhere(tmp_path: Path) -> None:
    read = unfitted(tmp_path / "mine")
    assert read.mechanism is not None
    fading = read.mechanism.links["hope"].model_copy(update={"begin": "mood", "end": "mood", "label": "fades"})
    both = {**read.mechanism.links, "fading": fading}
    section, _ = told(links.report, replace(read, mechanism=replace(read.mechanism, links=both)))
    assert "Possible last steps: lifts mood (untested)." in lead(section)
    assert "mood: fades (untested). Nobody looked." in lines(section)
    alone = replace(read.mechanism, nodes={"mood": "mood"}, links={"fading": fading})
    section, _ = told(links.report, replace(read, mechanism=alone))
    assert lead(section).endswith("Possible last steps: fades (untested).")


@pytest.mark.parametrize(
    ("make", "field", "title"),
    [
        (links.report, "how_it_works", "How does it work?"),
        (time_course.report, "time_course", "How soon does it work, and how long?"),
    ],
)
def test_without_a_mechanism_there_are_the_sourced_facts_or_nothing(
    tmp_path: Path, make: Any, field: str, title: str
) -> None:
    section, _ = told(make, starter(tmp_path / "mine", **{field: "It acts on something."}))
    assert lead(section) == "It acts on something."
    assert lines(section) == [title, "It acts on something.", "It acts on something."]
    write_starter(tmp_path / "bare")
    assert make(Results(load(tmp_path / "bare")), Ledger()) is None
    assert prediction.report(Results(load(tmp_path / "bare")), Ledger()) is None


# --- time course --------------------------------------------------------------------------------------------


def test_what_trials_saw_stands_before_what_the_model_says(course: tuple[Section, dict[str, Claim]]) -> None:
    section, _ = course
    assert (section.id, plain(section.title)) == ("course", "How soon does it work, and how long?")
    assert lead(section) == (
        "Half of the people whose frown had weakened after 20 units of onabotulinumtoxinA had lost this again "
        "between day 90 and day 120 (Glogau 2012, four trials pooled). For women with this dose the model predicts "
        "17 weeks (15 to 20) in the average trial and 13 to 24 in a new one, and a weakened frown within 1.9 days "
        "(1.2 to 3.1) in half of them; its certainty is moderate."
    )
    said = lines(section)
    seen, model = said.index("What trials saw"), said.index("What the model predicts")
    assert seen < model
    assert all(not line.startswith("The muscle weakens within days.") for line in said[model:])
    assert said[seen + 1].startswith(
        "The muscle weakens within days. After onabotulinumtoxinA, doctors saw an effect"
    )
    assert model - seen == 8


def test_the_model_is_told_in_sentences(course: tuple[Section, dict[str, Claim]]) -> None:
    said = lines(course[0])
    model = said.index("What the model predicts")
    assert said[model + 1 : model + 5] == [
        "Here a frown counts as weakened when a physician calls the frown lines none or mild. Brackets are "
        "credible intervals of the average trial; what a new trial may see is wider, and stands beside it. Where "
        "the model and what trials saw differ, trust what trials saw.",
        "How soon. After 30 units of onabotulinumtoxinA, half of the women whose frown weakens have it weakened "
        "within 1.9 days (1.2 to 3.1). The effect is largest about day 24 (17 to 33); then the frown is weakened "
        "in 84\u202f% (78 to 90) of all women. The largest trial counted 84\u202f% on day 30 (Glogau 2012, four "
        "trials "
        "pooled).",
        "How long. Half of them have lost it after 19 weeks (16 to 22); in a new trial, after 14 to 25 weeks. "
        "People "
        "differ: 10 to 30 weeks, leaving out the tenth who lose it first and the tenth who keep it longest. Of "
        "those "
        "whose frown has weakened, 72\u202f% (60 to 81) still have it after 12 weeks, 20\u202f% (10 to 30) after "
        "24 "
        "weeks.",
        "Certainty: moderate. Why: the muscle was watched in trials of another use. Its predictions for late "
        "visits of "
        "trials left out one at a time were higher than what was seen, on average by 5.6 percentage points: how "
        "well "
        "it predicts.",
    ]
    assert " respond" not in "\n".join(said[model:])


def test_landmarks_are_those_of_the_fit_in_units_that_people_read(
    course: tuple[Section, dict[str, Claim]], read: Evidence
) -> None:
    _, claims = course
    place = "course.none_or_mild.onabotulinumtoxinA.women.40."
    (seen,) = [
        each
        for each in fitted_part(read, "landmarks")
        if (each["product"], each["sex"], each["dose"], each["definition"])
        == ("onabotulinumtoxinA", "women", 40, "none_or_mild")
    ]
    assert claims[place + "onset"].value == seen["onset"]["value"]
    assert claims[place + "onset"].interval == "95 % credible interval"
    assert claims[place + "peak_share"].value == pytest.approx(100 * seen["peak_share"]["value"])
    assert claims[place + "duration"].value == pytest.approx(seen["duration"]["value"] / 7)
    new = claims[place + "new_trial"]
    assert (new.value, new.low) == pytest.approx((seen["duration"]["value"] / 7, seen["next_duration"]["low"] / 7))
    assert new.interval == "95 % interval of a new trial"
    people = claims[place + "people"]
    assert (people.low, people.high) == pytest.approx((seen["short"]["value"] / 7, seen["long"]["value"] / 7))
    assert people.interval == "tenth to ninetieth percentile of people"
    assert {name for name in claims if ".kept." in name} == {
        f"course.none_or_mild.onabotulinumtoxinA.women.30.kept.{day}{more}"
        for day in (84, 168)
        for more in ("", ".time")
    }


def test_units_are_those_of_their_product(course: tuple[Section, dict[str, Claim]], read: Evidence) -> None:
    _, claims = course
    model = fitted_model(Results(read))
    assert model is not None
    doses = {name: claim for name, claim in claims.items() if name.endswith(".dose")}
    assert len(doses) == 11, "and the dose of the label by the other definition"
    for name, claim in doses.items():
        product, dose = name.split(".")[2], float(name.split(".")[4])
        assert claim.unit == f"units of {product}"
        assert f"units of {product} in the frown muscles; the frown counts as weakened when " in claim.population
        assert product == "onabotulinumtoxinA" or dose == model.label_dose(product)
    assert model.label_dose("nothing") is None


def test_rows_bear_the_letters_of_the_panels(course: tuple[Section, dict[str, Claim]]) -> None:
    section, _ = course
    drawn = figures(section)
    assert list(drawn) == ["course-definitions", "course-doses", "course-products"]
    for name, rows in (("course-definitions", table(section, "a response")),
                       ("course-doses", table(section, "people and units")),
                       ("course-products", table(section, "product and dose")[1:])):  # fmt: skip
        picture = drawn[name].picture
        assert isinstance(picture, Plot)
        assert rows
        assert all(f"{row[0].partition(':')[0]}: women" in str(picture.spec) or ": men" in row[0] for row in rows)
    assert table(section, "people and units")[3] == (
        "D: men, 20", "1.9 (1.2 to 3.1)", "62 (45 to 75)", "not known", "not known",
    )  # fmt: skip
    assert table(section, "product and dose")[0] == (
        "A: women, 20 units of onabotulinumtoxinA (moderate)", "1.9 (1.2 to 3.1)", "84 (78 to 90)", "17 (15 to 20)",
        "13 to 24",
    )  # fmt: skip


def test_each_definition_of_a_response_has_its_course(course: tuple[Section, dict[str, Claim]]) -> None:
    section, claims = course
    assert table(section, "a response") == [
        (
            "A: a physician calls the frown lines none or mild",
            "1.9 (1.2 to 3.1)",
            "84 (78 to 90)",
            "17 (15 to 20)",
            "13 to 24",
        ),
        ("K: the frown lines are a grade better", "1.9 (1.2 to 3.1)", "84 (78 to 90)", "21 (18 to 24)", "16 to 27"),
    ]
    assert (
        "How long depends on what is called a response: women given 20 units of onabotulinumtoxinA. The last "
        "column "
        "is what a new trial may see." in lines(section)
    )
    other = claims["course.one_grade.onabotulinumtoxinA.women.20.duration"]
    assert other.value == pytest.approx(144 / 7)
    assert "the frown counts as weakened when the frown lines are a grade better" in other.population


def test_where_nothing_late_was_seen_it_is_not_known(
    course: tuple[Section, dict[str, Claim]], read: Evidence
) -> None:
    section, claims = course
    by_name = {row[0].partition(": ")[2].partition(" (")[0]: row[3:] for row in table(section, "product and dose")}
    for product in ("incobotulinumtoxinA", "prabotulinumtoxinA"):
        assert by_name[f"women, 20 units of {product}"] == ("not known", "not known")
        assert claims[f"course.none_or_mild.{product}.women.20.duration"].value is None
    found = fitted_part(read, "landmarks")
    for each in found:
        each["known"] = False
    untold, _ = told(time_course.report, changed(read, landmarks=found))
    assert "How long. Not known: nothing late was seen of it." in lines(untold)
    assert "still have it after" not in text(untold)
    said = text(told(timing.brief, changed(read, landmarks=found))[0])
    assert "Not known: nothing late was seen." in said
    assert "Half lost it after" not in said


def test_the_brief_sets_a_new_trial_beside_the_average(read: Evidence) -> None:
    section, _ = told(timing.brief, read)
    (modelled,) = [line for line in lines(section) if line.startswith("Frown, as modelled")]
    assert modelled == (
        "Frown, as modelled | Weaker within 1.9 days (1.2 to 3.1) in half of the women. | Half lost it after 17 "
        "weeks (15 to 20); in a new trial, 13 to 24."
    )
    found = fitted_part(read, "muscle")
    found["predicted"][1]["error"] = 11.0
    poor = text(told(timing.brief, changed(read, muscle=found))[0])
    assert "Predicts poorly. Weaker within 1.9 days" in poor


def test_what_a_trial_saw_of_the_loss_lies_between_its_visits(read: Evidence) -> None:
    model = fitted_model(Results(read))
    assert model is not None
    rows = tuple(treated(model, Ledger(), "A", row) for row in model.shown)
    found = timed(model, rows)
    assert found is not None
    each, book = found[0], Ledger()
    assert plain(seen(model, book, each)) == "between day 90 and day 120"
    open_ = each.model_copy(update={"id": "open", "by_day": None})
    assert plain(seen(model, book, open_)) == "later than day 90"
    bare = each.model_copy(update={"id": "bare", "by_day": None, "after_day": None})
    assert plain(seen(model, book, bare)) == "by day 120"


def test_captions_and_notes_say_what_is_shown(course: tuple[Section, dict[str, Claim]], read: Evidence) -> None:
    section, words = course[0], words_of(read)
    said = lines(section)
    for line in (
        f"Share of people whose frown is weakened over weeks after one {words.session}, a panel for each dose and "
        "sex, with intervals and what trials saw. The table below holds the landmarks.",
        "Panels bear the letters of the table. Dots are what trials with these doses and this definition saw, "
        f"less what was seen after {words.control}; larger dots are of more people. Trials of both sexes stand "
        "with women.",
        f"After one {words.session} of onabotulinumtoxinA, in units of that product, as the model predicts. The "
        "last column is what a new trial may see.",
        "people and units | half have it by day | frown weakened at the peak, % | half have lost it by week | "
        "in a new trial",
        "Less certain than the rest: D, E (very low: nothing late was seen of it, no trial of this product in men "
        "alone).",
        "Share of people whose frown is weakened over weeks, a panel for each definition of a response, with "
        "intervals "
        "and what trials saw; the table above holds the landmarks.",
        "Each product in the dose of its own label. Units of one product are not units of another; the rows come "
        "from different trials and do not compare the products. In brackets: certainty.",
        "product and dose | half have it by day | frown weakened at the peak, % | half have lost it by week | in a "
        "new trial",
        "The other products over time",
        "Share of people whose frown is weakened over weeks, a panel for each other product in its own dose.",
        "Panels bear the letters of the table above.",
    ):
        assert line in said, line
    assert bare_digits(section, read.dossier.names) == []
    assert max(len(each.columns) for each in tables(section)) <= 5


def test_the_dots_are_what_trials_saw(read: Evidence) -> None:
    from glabella.synthesis import wilson

    model = fitted_model(Results(read))
    assert model is not None
    women, men = (next(each for each in model.fitted.courses if each.sex == sex) for sex in ("women", "men"))
    dots = {(dot.week * 7, dot.kind): dot for dot in points_of(model, women, "A")}
    assert {kind for _, kind in dots} == {"fitted"}, "nothing that is only reported"
    glogau = dots[30, "fitted"]
    assert (glogau.course, glogau.n) == ("A", 621)
    assert (glogau.value, glogau.low, glogau.high) == pytest.approx((523 / 621, *map(float, wilson(523, 621))))
    # What was seen without it is taken off: so many were a grade better after the placebo.
    grade = next(each for each in model.fitted.courses if each.product == "abobotulinumtoxinA"
                 and each.definition == "one_grade")  # fmt: skip
    late = {dot.week * 7: dot for dot in points_of(model, grade, "A")}
    assert late[28].value == pytest.approx((0.975 - 0.128) / (1 - 0.128))
    assert list(points_of(model, men, "D")) == [], "no trial of this product in men alone"
    unsized = next(each for each in model.fitted.courses if each.product == "abobotulinumtoxinA")
    dot = next(dot for dot in points_of(model, unsized, "F") if dot.week * 7 == 2)
    assert (dot.low, dot.high, dot.n, dot.value) == (None, None, 1.0, 0.47)


def test_where_everybody_has_it_without_the_treatment_nothing_is_left(read: Evidence) -> None:
    model = fitted_model(Results(read))
    assert model is not None
    women = next(each for each in model.fitted.courses if each.sex == "women")
    saw = next(each for each in model.mechanism.observations.muscle if each.id == "rza20_ona_d30")
    assert saw.placebo is not None
    assert saw.placebo.percent is not None
    everybody = saw.placebo.percent.model_copy(update={"value": 100.0})
    without = saw.placebo.model_copy(update={"percent": everybody})
    all_seen = saw.model_copy(update={"placebo": without, "use": "held_out"})
    observations = model.mechanism.observations.model_copy(update={"muscle": (all_seen,)})
    full = replace(model, mechanism=replace(model.mechanism, observations=observations))
    assert [dot.value for dot in points_of(full, women, "A")] == [0.0]


def test_a_course_that_outlasts_the_days_is_a_bound(read: Evidence) -> None:
    found = fitted_part(read, "landmarks")
    found[0]["duration"] = {"value": None, "low": 210.0, "high": None}
    _, claims = told(time_course.report, changed(read, landmarks=found))
    assert claims["course.none_or_mild.onabotulinumtoxinA.women.20.duration"].text == "> 52 weeks (30 or more)"


def test_the_sources_are_behind_the_fitted_observations_of_the_product(
    course: tuple[Section, dict[str, Claim]], read: Evidence
) -> None:
    assert read.mechanism is not None
    seen = {
        key
        for each in read.mechanism.observations.muscle
        if each.product == "prabotulinumtoxinA" and each.use == "fit"
        for key in each.sources
    }
    claim = course[1]["course.none_or_mild.prabotulinumtoxinA.women.20.duration"]
    found = {source.reference for source in claim.sources}
    assert seen <= found
    assert "LEB08" not in found, "a constant of the chain, on which the course does not rest"
    assert "BEER11" not in found, "a trial of another product"
    assert [source.reference for source in course[1]["course.seen.glo12_median.by"].sources] == ["GLO12"]


def test_a_dose_is_less_certain_for_reasons_of_its_own(course: tuple[Section, dict[str, Claim]]) -> None:
    _, claims = course
    place = "course.none_or_mild."
    assert claims[place + "onabotulinumtoxinA.women.20.onset"].certainty == "moderate"
    assert claims[place + "onabotulinumtoxinA.men.20.onset"].certainty == "very low"
    assert claims[place + "prabotulinumtoxinA.women.20.onset"].certainty == "low", "nothing late was seen of it"
    assert claims["course.seen.glo12_median.after"].certainty == "as printed"


def test_without_a_fit_the_section_says_so() -> None:
    section, claims = told(time_course.report, load(fitted=False))
    said = lines(section)
    assert lead(section) == (
        "Only what trials saw can be told: the model of how it works over time has not been fitted to the "
        "observations yet."
    )
    assert said[-1] == "The command “glabella mechanism fit” fits it."
    assert any(line.startswith("The muscle weakens within days.") for line in said)
    assert not any(name.startswith("course.") for name in claims)
    assert prediction.report(Results(load(fitted=False)), Ledger()) is None


# --- another treatment, whose trials timed nothing that the model is asked about ---------------------------------


def test_another_treatment_is_named_by_its_own_words(tmp_path: Path) -> None:
    section, _ = told(time_course.report, other(tmp_path / "mine"))
    words = words_of(other(tmp_path / "mine"))
    assert lines(section) == [
        "How soon does it work, and how long?",
        "After 20 units of my_drug, a model fitted to trials predicts that half of the men whose jaw weakens have "
        "lost this again after 8 weeks (7 to 9), in a new trial 6 to 11. Its certainty is very low; what trials "
        "saw "
        "stands first.",
        "What the model predicts",
        "Here a jaw counts as weakened when somebody sees it. Brackets are credible intervals of the average "
        "trial; "
        "what a new trial may see is wider, and stands beside it.",
        "How soon. After 20 units of my_drug, half of the men whose jaw weakens have it weakened within 2.0 days "
        "(1.0 to 3.0). The effect is largest about day 7; then the jaw is weakened in 60\u202f% of all men. The "
        "largest "
        "trial counted 50\u202f% on day 3 (example).",
        "How long. Half of them have lost it after 8 weeks (7 to 9); in a new trial, after 6 to 11 weeks. People "
        "differ: 4 to 10 weeks, leaving out the tenth who lose it first and the tenth who keep it longest.",
        "Certainty: very low. Why: the muscle was watched in trials of another use; how well it predicts "
        "trials was not computed; few trials of this product; no trial of this product in men alone.",
        f"Share of people whose jaw is weakened over weeks after one {words.session}, a panel for each dose and "
        "sex, with intervals and what trials saw. The table below holds the landmarks.",
        "Panels bear the letters of the table. Dots are what trials with these doses and this definition saw, "
        f"less what was seen after {words.control}; larger dots are of more people.",
        f"After one {words.session} of my drug, in units of that product, as the model predicts. The last column "
        "is what a new trial may see.",
        "people and units | half have it by day | jaw weakened at the peak, % | half have lost it by week | in a "
        "new "
        "trial",
        "A: men, 20 | 2.0 (1.0 to 3.0) | 60 | 8 (7 to 9) | 6 to 11",
        "Less certain than the rest: A (very low: few trials of this product, no trial of this product "
        "in men alone).",
    ]


@pytest.mark.parametrize(
    ("predicted", "says"),
    [
        ([("shares", -2.0)], "Its predictions for trials left out were lower than what was seen, on average by −2.0"
         " "
         "percentage points: how well it predicts."),
        ([("shares", -2.0), ("product_late", 1.0)], "Its predictions for late visits of trials left out one at a"
         " time "
         "were higher"),
        ([("shares", 0.0)], "no trial of this product in men alone."),
    ],
)  # fmt: skip
def test_it_says_on_which_side_the_model_errs(
    tmp_path: Path, predicted: list[tuple[str, float]], says: str
) -> None:
    ways = tuple(way(of, bias) for of, bias in predicted)
    section, _ = told(time_course.report, other(tmp_path / "mine", muscle=muscle(predicted=ways)))
    (certainty,) = [line for line in lines(section) if line.startswith("Certainty: ")]
    assert says in certainty
    assert predicted != [("shares", 0.0)] or certainty.endswith(says)


def way(of: str, bias: float) -> dict[str, Any]:
    """Make up how well some rows are predicted."""
    return {
        "of": of,
        "rows": 9,
        "trials": 2,
        "error": 3.0,
        "bias": bias,
        "coverage": 90.0,
        "width": 40.0,
        "score": -2.5,
    }


def test_an_untried_dose_says_so(tmp_path: Path) -> None:
    untried = other(tmp_path / "mine", landmarks=[landmarks(sex="women", dose=35.5)])
    section, claims = told(time_course.report, untried)
    assert "A (very low: few trials of this product, no trial gave this dose)." in text(section)
    assert claims["course.onset.my_drug.women.35.5.dose"].text == "35.5 units of my_drug"
    assert figures(section) == {}, "no course was computed"


def test_doses_that_are_as_certain_as_the_rest_need_no_note(read: Evidence) -> None:
    found = [each for each in fitted_part(read, "landmarks") if each["sex"] == "women"]
    section, _ = told(time_course.report, changed(read, landmarks=found))
    assert "Less certain than the rest" not in text(section)
    assert "Less certain than the rest" in text(told(time_course.report, read)[0])


def test_a_fit_without_the_product_of_the_trials_of_mood_is_refused(tmp_path: Path) -> None:
    lost = other(tmp_path / "mine", landmarks=[landmarks(product="other")])
    with pytest.raises(ValueError, match="no course of my_drug, the product of the trials of mood"):
        time_course.report(Results(lost), Ledger())


# --- prediction ---------------------------------------------------------------------------------------------


def test_prediction_begins_with_its_verdict_and_the_side_of_its_errors(
    predicted: tuple[Section, dict[str, Claim]], read: Evidence
) -> None:
    section, _ = predicted
    assert (section.id, plain(section.title)) == (
        "prediction",
        "How well does the model predict what it has not seen?",
    )
    assert lead(section) == (
        "Within its stated limits: each of 19 trials was predicted from the others, with a mean error of 8.7 "
        "percentage points in its shares; 92\u202f% of those that were seen lie in their prediction intervals, "
        "which "
        "are 50 percentage points wide. Late predictions for onabotulinumtoxinA are higher than seen, on average "
        "by "
        "5.6 percentage points."
    )
    found = fitted_part(read, "muscle")
    found["predicted"][1]["error"], found["predicted"][3]["bias"] = 31.0, -4.0
    found["rows"] = [row for row in found["rows"] if row["id"] == "beer11_physician_d4"]
    poor, _ = told(prediction.report, changed(read, muscle=found))
    assert lead(poor).startswith("Poorly: each of 19 trials was predicted from the others")
    assert "are lower than seen, on average by −4.0 percentage points" in lead(poor)
    assert "The largest error: Beer 2011, by 30 percentage points, predicted too low." in lines(poor)


def test_every_way_of_predicting_has_its_row(predicted: tuple[Section, dict[str, Claim]], read: Evidence) -> None:
    section, claims = predicted
    assert table(section, "predicted") == [
        ("71 shares and medians of every product", "8.1", "−2.0", "97\u202f%; 50", "−3.10"),
        ("60 shares of every product", "8.7", "1.2", "92\u202f%; 50", "−3.10"),
        ("22 shares of onabotulinumtoxinA", "14.1", "−3.4", "89\u202f%; 50", "−3.10"),
        ("17 shares and medians of onabotulinumtoxinA, late", "9.9", "5.6", "86\u202f%; 50", "−3.10"),
    ]
    assert claims["course.predicted.shares.bias"].function == "glabella.mechanism.scores"
    assert "each trial predicted from the others" in claims["course.predicted.shares.score"].population
    said = "\n".join(lines(section))
    assert "A median lies between two visits: predicted between them it is no error" in said
    assert "the model predicts a weakened frown in more people than trials saw" in said
    assert bare_digits(section, read.dossier.names) == []


def test_the_worst_miss_is_first_and_says_its_side(
    predicted: tuple[Section, dict[str, Claim]], read: Evidence
) -> None:
    section, claims = predicted
    assert read.mechanism is not None
    seen: dict[str, list[float]] = {}
    for each in read.mechanism.observations.muscle:
        if each.use == "fit":
            seen.setdefault(each.study, []).append(0.7 - each.arm.share)
    for time in read.mechanism.observations.times:
        if time.use == "fit" and time.after_day is not None:
            seen.setdefault(time.study, []).append(0.0)
    rows = table(section, "trial")
    errors = {name: 100 * sum(map(abs, off)) / len(off) for name, off in seen.items()}
    names = read.mechanism.words.trials
    assert [row[0] for row in rows] == [names[name] for name in sorted(errors, key=lambda name: -errors[name])]
    by_name = {row[0]: row for row in rows}
    for name, off in seen.items():
        assert claims[f"course.trial.{name}.error"].value == pytest.approx(errors[name])
        assert by_name[names[name]][2] == ("too high" if sum(off) > 0 else "too low")
    assert rows[0] == ("a trial of 77 people in a review", "64", "too high", "0 of 2")
    said = lines(section)
    assert said[said.index("Each trial, predicted from the others") + 1] == "The worst first."
    assert "trial | mean error, percentage points | predicted | within the interval" in said


def test_a_trial_with_a_file_of_its_own_has_the_name_from_there(read: Evidence) -> None:
    assert read.mechanism is not None
    model = fitted_model(Results(read))
    assert model is not None
    assert model.trial("wollmer2012") == read.studies["wollmer2012"].label
    assert model.trial("no_such_trial") == "no such trial"


def test_what_was_not_computed_is_not_there(tmp_path: Path) -> None:
    section, _ = told(prediction.report, other(tmp_path / "mine"))
    assert lines(section)[1:] == ["How well the model predicts trials that it has not seen was not computed."]
    ways = (way("shares", 0.0),)
    section, _ = told(prediction.report, other(tmp_path / "mine", muscle=muscle(predicted=ways)))
    assert lead(section) == (
        "Within its stated limits: each of 2 trials was predicted from the others, with a mean error of 3.0 "
        "percentage points in its shares; 90\u202f% of those that were seen lie in their prediction intervals, "
        "which "
        "are 40 percentage points wide."
    )
    row = {"id": "first", "kind": "share", "seen": 0.5, "left_out": interval(0.6, 0.4), "error": 0.1,
           "inside": False,
           "score": -4.0}  # fmt: skip
    days = {**row, "kind": "days", "seen": 50.0, "error": 40.0}
    section, claims = told(
        prediction.report, other(tmp_path / "mine", muscle=muscle(predicted=ways, rows=(row, days)))
    )
    assert "The largest error: example, by 10 percentage points, predicted too high." in lines(section)
    assert claims["course.trial.example.inside"].value == 0
    assert claims["course.trial.example.shares"].value == 1, "days are no percentage points"


def test_every_claim_of_the_three_is_shown_or_drawn(read: Evidence) -> None:
    for make in (links.report, time_course.report, prediction.report):
        section, claims = told(make, read)
        shown = {piece.id for piece in inlines_of((section,)) if isinstance(piece, Claim)}
        shown |= {piece.claim.id for piece in inlines_of((section,)) if isinstance(piece, Shown)}
        # The day of the peak stands in the sentences of the usual dose, and how people differ only of one product.
        assert {
            name
            for name in claims.keys() - shown
            if not name.endswith((".peak_day", ".people", ".trials"))
            # Their caption says the dose once.
            and name != "course.one_grade.onabotulinumtoxinA.women.20.dose"
        } == set()
