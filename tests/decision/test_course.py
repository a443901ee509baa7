"""What a mechanism says, from a fit that is made up: every number a claim, nothing more certain than it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest

from glabella.decision import Course, Timed, answer
from glabella.decision._course import course, label_dose
from glabella.decision._told import decimals_of, rated, worse
from glabella.dossier import Evidence, load
from glabella.shown import Claim
from tests.decision.made_up import evidence, made_up


@pytest.fixture(scope="module")
def read() -> Evidence:
    return evidence()


@pytest.fixture(scope="module")
def timed(read: Evidence) -> Timed:
    return told(read)


def told(read: Evidence, **changes: Any) -> Timed:
    """Tell a made-up fit, changed in some places."""
    kept: dict[str, Claim] = {}

    def keep(claim: Claim) -> Claim:
        assert kept.setdefault(claim.id, claim) == claim, f"two claims are called {claim.id}"
        return claim

    assert read.mechanism is not None
    if changes:
        fitted = made_up(read.mechanism, **changes)
        read = replace(read, mechanism=replace(read.mechanism, fitted=fitted))
    found = course(read, "low", keep)
    assert found is not None
    assert found.timed is not None
    return found.timed


def claims_in(thing: object) -> Iterator[Claim]:
    if isinstance(thing, Claim):
        yield thing
    elif isinstance(thing, tuple | list):
        for each in thing:
            yield from claims_in(each)
    elif is_dataclass(thing):
        for field in fields(thing):
            yield from claims_in(getattr(thing, field.name))


def landmark(fitted: Any, **wanted: Any) -> Any:
    return next(each for each in fitted.landmarks if all(getattr(each, key) == x for key, x in wanted.items()))


def test_every_number_names_its_people_its_inputs_and_its_sources(timed: Timed) -> None:
    found = list(claims_in(timed))
    assert len(found) > 200
    for claim in found:
        assert claim.population, claim.id
        assert claim.sources, claim.id
        assert claim.low is None or claim.interval, claim.id
        if claim.function != "glabella.decision.quote":
            assert dict(claim.inputs).keys() >= {"mechanism/model.ant", "mechanism/parameters.yaml"}, claim.id
    assert len({claim.id for claim in found}) == len({id(claim) for claim in found})


def test_landmarks_are_those_of_the_fit_in_units_that_people_read(timed: Timed) -> None:
    row = next(row for row in timed.by_dose if row.sex == "women" and row.dose.value == 40)
    seen = landmark(timed.fitted, product="onabotulinumtoxinA", sex="women", dose=40)
    assert row.onset.value == seen.onset.value
    assert row.onset.interval == "95 % credible interval"
    assert row.peak_share.value == pytest.approx(100 * seen.peak_share.value)
    assert row.duration.value == pytest.approx(seen.duration.value / 7)
    assert (row.people.low, row.people.high) == pytest.approx((seen.short.value / 7, seen.long.value / 7))
    assert row.people.interval == "tenth to ninetieth percentile of people"


def test_units_are_those_of_their_product(timed: Timed, read: Evidence) -> None:
    for row in (*timed.by_dose, *timed.by_product):
        assert row.dose.unit == f"units of {row.product}"
        assert f"units of {row.product}" in row.onset.population
    for row in timed.by_product:
        assert row.dose.value == label_dose(read, row.product)
    assert {row.product for row in timed.by_dose} == {"onabotulinumtoxinA"}
    assert timed.schedules[0][1][0].units.unit == "units of onabotulinumtoxinA"


def test_a_course_that_outlasts_the_days_is_a_bound(read: Evidence) -> None:
    assert read.mechanism is not None
    landmarks = made_up(read.mechanism).model_dump()["landmarks"]
    landmarks[0]["duration"] = {"value": None, "low": 210.0, "high": None}
    row = told(read, landmarks=landmarks).by_dose[0]
    assert row.duration.text == "> 52 weeks (30 or more)"


def test_one_limit_is_never_shown_as_none() -> None:
    claim = Claim("x", "x", 3.0, "days", "p", "t", "low", "f", "1", (), (), low=2.0, interval="i", decimals=0)
    assert claim.text == "3 days (2 or more)"
    assert replace(claim, low=None, high=9.0).text == "3 days (up to 9)"
    assert replace(claim, low=None).limits is None


def test_the_sources_are_behind_the_fitted_observations_of_the_product(timed: Timed, read: Evidence) -> None:
    assert read.mechanism is not None
    seen = {key for each in read.mechanism.observations.muscle
            if each.product == "prabotulinumtoxinA" and each.use == "fit" for key in each.sources}  # fmt: skip
    row = next(row for row in timed.by_product if row.product == "prabotulinumtoxinA")
    found = {source.reference for source in row.duration.sources}
    assert seen <= found
    assert "LEB08" in found, "the source of a constant that is held"
    assert "BEER11" not in found, "a trial of another product"


def test_certainty_falls_a_level_a_reason_and_mood_is_no_better_than_its_effect(
    timed: Timed, read: Evidence
) -> None:
    assert [rated("a" * n) for n in range(5)] == ["high", "moderate", "low", "very low", "very low"]
    assert worse("low", "moderate") == "low"
    assert worse("high", "as printed") == "very low"
    assert timed.mood.certainty == "very low"
    assert all(claim.certainty == "very low" for claim in claims_in((timed.mood.accounts, timed.schedules))
               if claim.function != "glabella.decision.quote")  # fmt: skip
    assert read.mechanism is not None
    base = made_up(read.mechanism).model_dump()
    base["muscle"]["foretold"][0]["error"] = 31.0
    poor = told(read, muscle=base["muscle"])
    assert "trials that it has not seen are foretold poorly" in poor.reasons
    assert "trials that it has not seen are foretold poorly" not in timed.reasons
    assert "some of what was seen is unlike what the model makes" not in timed.reasons
    base["muscle"]["checks"][0]["p"] = 0.001
    assert "some of what was seen is unlike what the model makes" in told(read, muscle=base["muscle"]).reasons
    assert timed.by_dose[-1].sex == "men"
    assert "no trial of this product in men alone" in timed.by_dose[-1].reasons


def test_the_worst_miss_is_first_and_says_its_side(timed: Timed, read: Evidence) -> None:
    errors = [row.error.value or 0.0 for row in timed.misses]
    assert errors == sorted(errors, reverse=True)
    assert read.mechanism is not None
    seen = {each.id: each for each in read.mechanism.observations.muscle}
    for row in timed.misses:
        off = [0.7 - each.arm.share for each in seen.values() if each.study == row.study and each.use == "fit"]
        assert row.error.value == pytest.approx(100 * sum(map(abs, off)) / len(off))
        assert row.too_high == (sum(off) > 0)


def test_no_effect_is_one_account_and_no_finding(timed: Timed, read: Evidence) -> None:
    assert timed.mood.without_effect
    assert timed.mood.accounts[0].effect is False
    assert timed.mood.accounts[0].needed is None
    assert read.mechanism is not None
    mood = made_up(read.mechanism).mood.model_dump()
    apart = told(read, mood={**mood, "inseparable": ["feedback"]})
    assert not apart.mood.without_effect
    assert apart.mood.close == ("facial feedback",)
    alone = told(read, mood={**mood, "inseparable": ["none"]}).mood
    assert alone.without_effect
    assert alone.close == ("no effect on mood",)
    assert alone.alike == ("hope, because people notice what they got", "facial feedback")
    assert "the data cannot tell the explanations apart" in alone.reasons


def test_a_half_life_without_limits_says_so(timed: Timed) -> None:
    limits = {row.name: row.limits for row in timed.mood.accounts}
    assert limits == {"none": False, "expectancy": True, "feedback": False, "satisfaction": False, "central": False}


def test_simulated_people_are_called_so(timed: Timed) -> None:
    for _, rows in timed.schedules:
        for claim in claims_in(rows):
            assert "simulated" in claim.population
            assert "synthetic" in claim.population


def test_every_unknown_has_its_verdict_and_counts_add_up(timed: Timed) -> None:
    found = timed.constants
    counts = [claim.value or 0.0 for claim in (found.told, found.untold, found.assumed)]
    assert sum(counts) == len(found.unknowns) == len(timed.fitted.muscle.unknowns)
    assert {row.verdict.partition(";")[0] for row in found.unknowns} == {
        "the data tell", "the data tell a little", "the data do not tell"
    }  # fmt: skip
    assert any(row.verdict.endswith("not without priors") for row in found.unknowns)
    debts = [(each.explanation, each.centre.certainty) for each in found.sensitivity]
    assert debts == [(None, timed.certainty), ("hope, because people notice what they got", "very low")]
    swings = found.sensitivity[0].swings
    assert swings[0].label == "cut share at which the muscle is half weak"


def test_numbers_have_two_digits_that_count() -> None:
    assert [decimals_of(x) for x in (123.0, 12.0, 1.2, 0.12, 0.0012, 0.0)] == [0, 0, 1, 2, 4, 1]


def test_without_a_fit_there_is_the_model_alone() -> None:
    found = answer(load(fitted=False)).course
    assert isinstance(found, Course)
    assert found.timed is None
    assert found.nodes
