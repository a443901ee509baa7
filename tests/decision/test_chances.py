"""Chances without and with an option: reference values, draws, and what must hold whatever the numbers are."""

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from glabella.decision.chances import (
    Chance,
    EffectOn,
    EffectsOf,
    Measure,
    Share,
    Without,
    chance_with,
    consult,
    read,
    without_option,
)
from glabella.decision.rating import LEVELS, Level
from glabella.decision.uncertain import Uncertain, between, exactly, normal, share_counted, share_printed
from glabella.dossier import Answers, Baseline, Score
from tests.decision.consultations import SAID, content, made, number, option, yes_no

TODAY = date(2026, 11, 30)
MADE = made()
WELL: Answers = {
    "age": 38.0, "expecting": False, "weak": False, "place": "near", "drugs": ("blue",),
    "severity": Score("points", 27), "doses": (),
}  # fmt: skip
MEASURES: tuple[Measure, ...] = ("OR", "RR", "RD", "SMD", "MD")
inside = st.floats(0.02, 0.98)
sizes = st.floats(-2, 2)


def effect(size: Uncertain, measure: Measure = "OR", **more: Any) -> EffectOn:
    return EffectOn("main", "all trials", measure, size, "next trial", 5, 500, **more)


def effects(
    main: EffectOn | None = None, certainty: Level = "moderate", *readings: EffectOn
) -> Mapping[str, EffectsOf]:
    it = main or effect(between(math.log(1.6), math.log(1.2), math.log(2.1)))
    return {"this": EffectsOf(it, readings, certainty), "other": EffectsOf(it, (), certainty)}


def base(*each: Uncertain) -> Without:
    low, high = min(one.interval[0] for one in each), max(one.interval[1] for one in each)
    middles = [one.middle for one in each]
    return Without("mock", ("all",), True, Share(low, high, (min(middles), max(middles))), True, each)


def consulted(answers: Answers, of: Mapping[str, EffectsOf] | None = None, **more: Any) -> dict[str, Chance]:
    return consult(made(**more) if more else MADE, answers, TODAY, effects() if of is None else of).chances


def whys(chance: Chance) -> list[str]:
    return [each.why for each in chance.refused]


# --- from effect to chance ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "size", "without", "more", "expected"),
    [
        ("OR", math.log(2), 0.375, {}, 0.5454545454545454),
        ("OR", math.log(8.2722), 0.107, {}, 0.4977857017283483),
        ("SMD", 0.24, 0.375, {}, 0.481130521727151),
        ("SMD", -0.24, 0.375, {"events": "lower"}, 0.481130521727151),
        ("SMD", 0.24, 0.375, {"scores": "normal"}, 0.4686597382790105),
        ("MD", 0.24 * 10.6, 0.375, {"sd": 10.6}, 0.4686597382790105),
        ("SMD", 0.7125, 0.235, {}, 0.5279811665111033),
        ("RR", math.log(2), 0.3, {}, 0.6),
        ("RR", math.log(2), 0.7, {}, 1.0),
        ("RD", -0.3, 0.2, {}, 0.0),
    ],
)
def test_reference_values(
    measure: Measure, size: float, without: float, more: dict[str, Any], expected: float
) -> None:
    assert float(chance_with(measure, size, without, **more)) == pytest.approx(expected, abs=1e-12)


def test_points_need_their_standard_deviation() -> None:
    with pytest.raises(ValueError, match="standard deviation"):
        chance_with("MD", 2.0, 0.3)


@given(st.sampled_from(MEASURES), sizes, sizes, inside, inside)
def test_a_chance_is_one_and_rises_with_effect_and_chance_without(
    measure: Measure, one: float, other: float, p: float, q: float
) -> None:
    (less, more), (low, high) = sorted((one, other)), sorted((p, q))
    found = [float(chance_with(measure, size, at, sd=1.0)) for size, at in ((less, low), (more, low), (more, high))]
    assert 0 <= found[0] <= found[1] + 1e-12 <= found[2] + 2e-12 <= 1 + 1e-9


@given(st.sampled_from(MEASURES), sizes, inside, st.sampled_from(["higher", "lower"]))
def test_swapped_arms_mirror(measure: Measure, size: float, p: float, events: Literal["higher", "lower"]) -> None:
    with_ = float(chance_with(measure, size, p, sd=1.0, events=events))
    assume(1e-6 < with_ < 1 - 1e-6)
    assert float(chance_with(measure, -size, with_, sd=1.0, events=events)) == pytest.approx(p, abs=1e-9)


@given(st.sampled_from(["OR", "RD", "SMD", "MD"]), sizes, inside)
def test_with_and_without_the_event_make_everybody(measure: Measure, size: float, p: float) -> None:
    """The chance of the event and that of its absence, by the turned effect, add up to one."""
    with_, without = (float(chance_with(measure, *pair, sd=1.0)) for pair in ((size, p), (-size, 1 - p)))
    assert with_ + without == pytest.approx(1, abs=1e-9)


# --- with all that is not known ----------------------------------------------------------------------------


@settings(max_examples=30)
@given(st.sampled_from(MEASURES), st.tuples(inside, inside, inside).map(sorted))
def test_no_effect_gives_back_the_chance_without(measure: Measure, three: list[float]) -> None:
    low, value, high = three
    without = base(share_printed(value, low, high))
    found = read(effect(exactly(0.0), measure, sd=1.0), without, better="higher", gate=0.1)
    assert found.share.middle == pytest.approx(without.share.middle, abs=1e-12)
    assert (found.share.low, found.share.high) == pytest.approx((without.share.low, without.share.high), abs=1e-12)
    assert (found.extra.low, found.extra.high) == pytest.approx((0, 0), abs=1e-12)
    assert found.worse == 0.5
    assert found.enough == (0, 0)


@pytest.mark.parametrize("measure", MEASURES)
def test_limits_are_those_of_draws(measure: Measure) -> None:
    rng = np.random.default_rng(17)
    size, without = normal(0.3, 0.25), share_counted(20, 60)
    n = 400_000
    drawn_size, drawn_without = rng.normal(0.3, 0.25, n), rng.beta(20.5, 40.5, n)
    drawn = np.sort(chance_with(measure, drawn_size, drawn_without, sd=1.0))
    found = read(effect(size, measure, sd=1.0), base(without), better="higher", gate=0.1)
    for limit, at in ((found.share.low, 0.025), (found.share.high, 0.975)):
        # Within four standard errors of the part of draws below, and what the grid loses.
        # Where draws are cut at one, many are exactly there.
        far = 4 * math.sqrt(at * (1 - at) / n) + 5e-4
        assert np.searchsorted(drawn, limit, "left") / n <= at + far
        assert np.searchsorted(drawn, limit, "right") / n >= at - far
    extra = chance_with(measure, drawn_size, drawn_without, sd=1.0) - drawn_without
    assert found.worse == pytest.approx(float((drawn_size < 0).mean()), abs=0.004)
    assert found.enough is not None
    assert found.enough[0] == pytest.approx(float((extra >= 0.1).mean()), abs=0.006)


def test_a_bad_event_that_is_less_often_is_a_gain() -> None:
    less = effect(normal(math.log(0.5), 0.1), "RR")
    found = read(less, base(exactly(0.4)), better="lower", gate=0.1)
    assert found.worse < 0.001
    assert found.enough is not None
    assert found.enough[0] > 0.9
    assert read(less, base(exactly(0.4)), better="higher", gate=0.1).worse > 0.999


def test_scores_where_low_ones_are_good_are_turned() -> None:
    found = read(effect(normal(-0.5, 0.1), "SMD", events="lower"), base(exactly(0.3)), better="higher")
    assert found.share.low > 0.3
    assert found.worse < 0.001
    assert found.normal is not None
    assert found.normal[0] == pytest.approx(float(chance_with("SMD", 0.5, 0.3, scores="normal")))


def test_a_ratio_of_a_good_event_that_most_have_is_put_on_the_others() -> None:
    ratio = effect(exactly(math.log(1.2)), "RR", own=0.5)
    found = read(ratio, base(exactly(0.8)), better="higher")
    assert found.complement
    # In its own trials 60 of 100 against 50: those without the event are 0.8 times as many.
    assert found.share.middle == pytest.approx(1 - 0.8 * 0.2, abs=1e-12)
    assert not read(ratio, base(exactly(0.4)), better="higher").complement
    assert read(ratio, base(exactly(0.5)), better="higher").share.middle == pytest.approx(0.6)


# --- which baseline ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "ids", "fits"),
    [
        ({"place": "near", "age": 38.0}, ("all",), True),
        ({"place": "far", "age": 70.0}, ("far",), True),
        ({"place": "near", "age": 70.0}, ("old",), True),
        ({"place": "near"}, ("old", "all"), True),
        ({"age": 70.0}, ("far", "old"), True),
        ({}, ("far", "old", "all"), True),
    ],
)
def test_of_baselines_that_may_fit_all_are_used(answers: Answers, ids: tuple[str, ...], fits: bool) -> None:
    found = without_option(MADE.baselines, "mock", answers, TODAY)
    assert (found.ids, found.fits) == (ids, fits)


def test_where_none_is_known_to_fit_the_range_of_all_is_used() -> None:
    some = {key: MADE.baselines[key] for key in ("far", "old")}
    people: tuple[Answers, ...] = ({"place": "near", "age": 38.0}, {"place": "near"}, {})
    for answers in people:
        found = without_option(some, "mock", answers, TODAY)
        assert (found.ids, found.fits) == (("far", "old"), False)


def test_a_printed_share_without_limits_is_said_to_be_so() -> None:
    found = without_option(MADE.baselines, "nothing", {}, TODAY)
    assert (found.share.low, found.share.high, found.printed) == (0.23, 0.23, False)
    with pytest.raises(ValueError, match="no baseline of 'else'"):
        without_option(MADE.baselines, "else", {}, TODAY)


ASKS = ("a", "b", "c")
answered = st.fixed_dictionaries(dict.fromkeys(ASKS, st.sampled_from([True, False, None])))
conditions = st.dictionaries(st.sampled_from(ASKS), st.sampled_from([("yes",), ("no",)]), max_size=2)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(conditions, st.tuples(inside, inside, inside).map(sorted)), min_size=1, max_size=4),
    answered,
    st.sampled_from(ASKS),
    sizes,
    st.floats(0.01, 1),
)
def test_a_missing_answer_never_gives_a_narrower_interval(
    baselines: list[tuple[dict[str, tuple[str]], list[float]]],
    answers: dict[str, bool | None],
    missing: str,
    size: float,
    sd: float,
) -> None:
    of = {
        str(place): Baseline.model_validate({
            "label": "x", "control": "mock", "when": when, "time": "x", "why": SAID,
            "percent": number(100 * value, low=100 * low, high=100 * high),
        })
        for place, (when, (low, value, high)) in enumerate(baselines)
    }  # fmt: skip
    known = without_option(of, "mock", answers, TODAY)
    unknown = without_option(of, "mock", {**answers, missing: None}, TODAY)
    assert set(known.ids) <= set(unknown.ids)
    one = effect(normal(size, sd))
    narrow, wide = (read(one, each, better="higher", gate=0.1) for each in (known, unknown))
    for less, more in ((known.share, unknown.share), (narrow.share, wide.share), (narrow.extra, wide.extra)):
        assert more.low <= less.low <= less.high <= more.high
        assert more.middles[0] <= less.middles[0] <= less.middles[1] <= more.middles[1]
    assert narrow.enough is not None
    assert wide.enough is not None
    assert wide.enough[0] <= narrow.enough[0] <= narrow.enough[1] <= wide.enough[1]


# --- what is shown -----------------------------------------------------------------------------------------

#: Severity is never known to be like that of the trials here, and is left out of what is asked.
NEAR = {"age": MADE.nearness["age"].model_dump(), "place": MADE.nearness["place"].model_dump()}


def test_a_number_is_given_where_nothing_speaks_against_it() -> None:
    found = consulted(WELL)
    assert {key: chance.state for key, chance in found.items()} == {
        "this": "number", "other": "number", "wait": "number", "unknown": "no number"}  # fmt: skip
    assert found["this"].number is not None
    assert found["this"].number.middle == pytest.approx(float(chance_with("OR", math.log(1.6), 0.375)))
    assert found["wait"].number is not None
    assert found["wait"].number.middle == 0.23
    assert found["unknown"].number is None


@pytest.mark.parametrize(
    ("answers", "of", "why"),
    [
        ({}, effects(None, "very low"), "very low"),
        ({}, effects(effect(normal(0.5, 1.5))), "wide"),
        ({}, effects(replace(effect(normal(0.5, 0.1)), of="these trials")), "one trial"),
        ({"weak": True}, None, "stop"),
    ],
)
def test_a_single_number_is_refused(answers: Answers, of: Mapping[str, EffectsOf] | None, why: str) -> None:
    chance = consulted({**WELL, **answers}, of)["this"]
    assert (chance.state, whys(chance), chance.number) == ("readings", [why], None)
    assert chance.without is not None
    assert chance.main is not None


def test_where_nobody_in_the_trials_was_like_the_person_nothing_is_computed() -> None:
    chance = consulted({**WELL, "age": 15.0, "place": "far"})["this"]
    assert (chance.state, chance.without, chance.main, chance.number) == ("withheld", None, None, None)
    assert {each.why: each.of for each in chance.refused} == {"nobody": ("age", "place")}


def test_the_reasons_name_what_they_are_about() -> None:
    chance = consulted({**WELL, "weak": True}, effects(None, "very low"))["this"]
    assert {each.why: each.of for each in chance.refused} == {"very low": (), "stop": ("weak",)}


def test_rules_and_distance_are_not_about_the_other_options() -> None:
    found = consulted({**WELL, "weak": True, "age": 15.0})
    assert (found["other"].state, found["other"].certainty) == ("number", "moderate")
    assert (found["this"].state, found["this"].certainty) == ("withheld", None)


def options(**more: Any) -> dict[str, Any]:
    """Give the made-up options with something more at the one that is not the treatment."""
    whole: dict[str, Any] = content()["options"]
    return whole | {"other": whole["other"] | more}


@pytest.mark.parametrize(
    ("place", "chances", "maybe"),
    [("near", True, {}), ("far", False, {}), (None, False, {"other": ("place",)})],
)
def test_an_option_is_one_of_those_whom_it_is_for(
    place: str | None, chances: bool, maybe: dict[str, tuple[str, ...]]
) -> None:
    it = made(options=options(when={"place": ["near"]}))
    found = consult(it, {**WELL, "place": place}, TODAY, effects())
    assert ("other" in found.chances, found.maybe, found.out) == (chances, maybe, {})


@pytest.mark.parametrize(("expecting", "out"), [(True, {"other": ("unborn",)}), (False, {}), (None, {})])
def test_what_is_not_offered_says_why_and_is_no_option(
    expecting: bool | None, out: dict[str, tuple[str, ...]]
) -> None:
    not_for = {"unborn": {"when": {"expecting": ["yes"]}, "text": SAID, "out": True}}
    found = consult(made(options=options(not_for=not_for)), {**WELL, "expecting": expecting}, TODAY, effects())
    assert found.out == out
    assert ("other" in found.chances) == (not out)


@pytest.mark.parametrize(("place", "certainty", "said"), [("near", "moderate", ()), ("far", "low", ("far",)),
                                                          (None, "low", ())])  # fmt: skip
def test_a_remark_is_said_of_whom_it_is_and_what_may_lower_certainty_does(
    place: str | None, certainty: str, said: tuple[str, ...]
) -> None:
    remarks = {"far": {"when": {"place": ["far"]}, "text": SAID, "lowers": True}}
    chance = consulted({**WELL, "place": place}, options=options(remarks=remarks))["other"]
    assert (chance.certainty, chance.remarks) == (certainty, said)


def test_a_width_of_fifty_points_is_not_wider() -> None:
    just = effect(between(0.0, -0.25, 0.25), "RD")
    exact = {"all": {**MADE.baselines["all"].model_dump(), "percent": number(50)}}
    more = {"baselines": exact | {"left": MADE.baselines["left"].model_dump()}}
    assert consulted(WELL, effects(just), **more)["this"].state == "number"
    beyond = effect(between(0.0, -0.25, 0.2501), "RD")
    assert whys(consulted(WELL, effects(beyond), **more)["this"]) == ["wide"]


def test_a_rule_withholds_the_treatment_and_not_studied_an_option() -> None:
    found = consulted({**WELL, "expecting": True})
    assert [(found[key].state, found[key].withheld) for key in ("this", "other")] == [
        ("withheld", ("expecting",)), ("withheld", ("unborn",))]  # fmt: skip
    assert found["this"].without is None
    assert found["this"].main is None
    assert found["wait"].state == "number"


def test_missing_answers_make_a_number_one_with_an_if() -> None:
    found = consulted({**WELL, "expecting": None})
    assert [(found[key].state, found[key].open) for key in ("this", "other")] == [
        ("if", ("expecting",)), ("if", ("expecting",))]  # fmt: skip
    nothing = consulted({})
    assert nothing["this"].open == ("weak", "doses", "expecting", "age", "place", "severity")
    assert whys(nothing["this"]) == ["open"]
    assert nothing["wait"].state == "number"


def test_what_happens_without_anything_is_of_those_it_was_seen_in() -> None:
    only = {"baselines": {**MADE.model_dump()["baselines"], "left": {
        "label": "x", "control": "nothing", "when": {"weak": ["no"]}, "time": "x", "percent": number(23),
        "why": SAID}}}  # fmt: skip
    assert [consulted({**WELL, "weak": weak}, **only)["wait"].state for weak in (False, None, True)] == [
        "number", "if", "withheld"]  # fmt: skip


def test_a_baseline_that_its_source_lacks_gives_no_number() -> None:
    lacking = {key: {**each.model_dump(), "percent": number(None), "events": None, "n": None}
               for key, each in MADE.baselines.items()}  # fmt: skip
    found = consulted(WELL, baselines=lacking)
    assert {chance.state for chance in found.values()} == {"no number"}


def test_readings_come_in_their_order() -> None:
    one, other = effect(normal(0.1, 0.1)), effect(normal(2.0, 0.3))
    chance = consulted(WELL, effects(None, "very low", replace(one, id="large"), replace(other, id="small")))[
        "this"
    ]
    assert [each.effect.id for each in chance.readings] == ["large", "small"]
    assert chance.readings[0].share.high < chance.readings[1].share.low


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    "answers", list(product((True, False, None), (15.0, 38.0, 70.0, None), ("near", "far", None)))
)
def test_no_number_where_it_is_refused_and_certainty_is_never_above_the_trials(
    level: Level, answers: tuple[bool | None, float | None, str | None]
) -> None:
    weak, age, place = answers
    chance = consulted({**WELL, "weak": weak, "age": age, "place": place}, effects(None, level))["this"]
    # Where nobody in the trials was like the person, nothing is computed.
    nobody = any(each.why == "nobody" for each in chance.refused)
    assert (chance.certainty is None) is nobody
    assert chance.certainty is None or LEVELS.index(chance.certainty) >= LEVELS.index(level)
    must = nobody or weak is True or age == 15.0 or place == "far" or chance.certainty == "very low"
    assert (chance.state == "readings") is (must and not nobody)
    assert (chance.state == "withheld") is nobody
    assert (chance.number is None) is must
    assert (chance.state == "if") is (not must and None in answers)


def test_the_shares_that_may_be_shown_are_those_of_options_that_are_not_withheld() -> None:
    it = consult(MADE, {**WELL, "expecting": True}, TODAY, effects())
    assert it.shares == (0.23,)
    assert len(consult(MADE, WELL, TODAY, effects()).shares) == 5


def test_asks_that_the_dossier_makes_are_the_only_words() -> None:
    """A consultation of another dossier, where the event is bad and rare, goes the same way."""
    of = made(
        asks={"risk": yes_no("risk")}, rules={}, doses=None, spacing={}, crisis=None, nearness={}, plan=None,
        event="fall ill", better="lower",
        baselines={"high": {"label": "high", "control": "none", "when": {"risk": ["yes"]}, "time": "x", "why": SAID,
                            "events": number(90), "n": number(10_000)},
                   "low": {"label": "low", "control": "none", "when": {"risk": ["no"]}, "time": "x", "why": SAID,
                           "events": number(2), "n": number(10_000)}},
        options={"this": option(this=True, effect={"analysis": "main"}, control="none"), "wait": option()},
    )  # fmt: skip
    ratio = effect(between(math.log(0.49), math.log(0.14), math.log(1.76)), "RR")
    chance = consult(of, {"risk": True}, TODAY, {"this": EffectsOf(ratio, (), "low")}).chances["this"]
    assert chance.number is not None
    assert chance.number.middle == pytest.approx(0.009 * 0.49)
    assert chance.main is not None
    assert chance.main.worse == pytest.approx(0.14, abs=0.02)
    wide = consult(of, {}, TODAY, {"this": EffectsOf(ratio, (), "low")}).chances["this"].without
    assert wide is not None
    assert (wide.ids, wide.share.middles) == (("high", "low"), (0.0002, 0.009))
