"""Verdicts by rule: the claims judged by hand, what flips them, and what must hold of the operators."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any, cast, get_args

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from glabella.decision.rating import Body, Missing, Shares, Target, Unblinding
from glabella.decision.rule_words import in_words
from glabella.decision.verdicts import (
    Decision,
    Estimated,
    Interval,
    Known,
    Licence,
    Moderator,
    StudyKnown,
    Time,
    Verdict,
    denial,
    first_of,
    judge,
    of_all,
    of_any,
    whole,
)
from glabella.dossier.rules import Rule
from tests.decision.test_rating import CASES as RATED
from tests.decision.test_rating import body_of

CLAIMS: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "verdict_cases.yaml").read_text(encoding="utf-8")
)["claims"]
FLIPS = [(claim, flip) for claim in CLAIMS for flip in claim["flips"]]
IMPORTANT = 0.24


def estimated(spec: list[Any]) -> Estimated:
    """Build a pooled effect from the short form of the cases."""
    value, low, high, trials, people, how = spec
    sound = how in ("clean", "blunt")
    body = Body(
        "reports" if how == "reports" else "randomised", trials, people, value, (high - low) / 3.92, IMPORTANT,
        Shares(low=1) if sound else Shares(unknown=1), (low, high) if sound else (value - 2, value + 2), 0.5, 545,
        Unblinding(True, True, "at_chance" if how == "clean" else "none", 0.23, 0.4), missing=Missing(),
    )  # fmt: skip
    return Estimated(body, low, high)


def pairs(mapping: dict[str, Any], make: Callable[[Any], Any]) -> dict[tuple[str, str], Any]:
    return {(key.split("/")[0], key.split("/")[1]): make(value) for key, value in mapping.items()}


def known_of(*layers: dict[str, Any]) -> Known:
    """Lay what is known over each other, and build it."""
    found: dict[str, Any] = {}
    for layer in layers:
        for kind, value in layer.items():
            found[kind] = {**found.get(kind, {}), **value} if isinstance(value, dict) else value
    estimates = {key: estimated(spec) for key, spec in found.get("estimates", {}).items() if spec is not None}
    for key, spec in found.get("bodies", {}).items():
        case = next(case for case in RATED["cases"] if case["id"] == spec["case"])
        estimates[key] = Estimated(body_of(case["inputs"]), spec["low"], spec["high"])
    studies = [*found.get("studies", []), *found.get("more_studies", [])]
    counted = found.get("quantity_counts", {}).items()
    return Known(
        estimates=estimates,
        shares=pairs(found.get("shares", {}), lambda limits: Interval(*limits))
        | pairs(found.get("counts", {}), lambda counts: Interval.of_counts(*counts)),
        quantities={key: Interval.of_counts(*counts) for key, counts in counted},
        harms=pairs(found.get("harms", {}), tuple),
        marks=found.get("marks", {}),
        numbers=found.get("numbers", {}),
        studies=tuple(
            StudyKnown(
                study["people"],
                {kind: frozenset(words) for kind, words in study.get("words", {}).items()},
                study.get("numbers", {}),
            )
            for study in studies
        ),
        times={key: Time(*limits) for key, limits in found.get("times", {}).items()},
        licences=pairs(found.get("licences", {}), lambda spec: Licence(**spec)),
        moderators=pairs(found.get("moderators", {}), lambda spec: Moderator(**spec)),
    )


def rule_of(claim: dict[str, Any]) -> Rule:
    return Rule.model_validate(claim["rule"])


def named(decision: Decision) -> Iterator[tuple[str, Verdict]]:
    if decision.name and not decision.parts:
        yield decision.name, decision.verdict
    for part in decision.parts:
        yield from named(part)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim["id"])
def test_a_claim_gets_the_verdict_that_was_found_by_hand(claim: dict[str, Any]) -> None:
    today = claim["today"]
    decision = judge(rule_of(claim), known_of(today["known"]))
    assert decision.verdict == today["verdict"]
    parts = today.get("parts", {})
    assert {name: verdict for name, verdict in named(decision) if name in parts} == parts
    if "whole" in today:
        assert decision.whole == today["whole"]


@pytest.mark.parametrize(("claim", "flip"), FLIPS, ids=[f"{c['id']}: {f['change']}" for c, f in FLIPS])
def test_new_evidence_changes_the_verdict(claim: dict[str, Any], flip: dict[str, Any]) -> None:
    assert judge(rule_of(claim), known_of(claim["today"]["known"], flip["known"])).verdict == flip["verdict"]


def test_every_claim_of_the_library_and_of_the_other_data_set_is_here() -> None:
    assert len(CLAIMS) == 39 + 4  # one of 38 also as "most are"
    assert len(FLIPS) >= 45
    kinds = {kind for claim in CLAIMS for kind in kinds_of(rule_of(claim))}
    assert kinds == set(Rule.model_fields)


def kinds_of(rule: Rule) -> Iterator[str]:
    yield rule.kind
    for part in (*rule.parts, *([rule.cap.when] if rule.cap else [])):
        yield from kinds_of(part)


# --- the operators, all cases up to four parts -------------------------------------------------------------

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
#: By how much is known: supported and contradicted both lie above inconclusive.
MORE: dict[Verdict, tuple[Verdict, ...]] = {
    "untested": ("inconclusive", "supported", "contradicted"),
    "inconclusive": ("supported", "contradicted"),
    "supported": (),
    "contradicted": (),
}


def raised() -> Iterator[tuple[list[Verdict], list[Verdict]]]:
    for parts in (1, 2, 3, 4):
        for verdicts in product(VERDICTS, repeat=parts):
            for place, verdict in enumerate(verdicts):
                for better in MORE[verdict]:
                    yield list(verdicts), [*verdicts[:place], better, *verdicts[place + 1 :]]


def not_lower(before: Verdict, after: Verdict) -> bool:
    return after == before or after in MORE[before]


def test_knowing_more_of_a_part_never_lowers_all_or_any() -> None:
    count = 0
    for combine in (of_all, of_any):
        for before, after in raised():
            assert not_lower(combine(before), combine(after)), (combine, before, after)
            count += 1
    assert count == 3130


def test_first_and_cap_are_not_monotone_on_purpose() -> None:
    lowered = [pair for pair in raised() if not not_lower(first_of(pair[0]), first_of(pair[1]))]
    # Direct evidence takes over from indirect once there is some.
    assert (["untested", "supported"], ["inconclusive", "supported"]) in lowered
    rule = Rule.model_validate({"cap": {"when": {"facts": {"for": ["W"]}}, "rule": {"facts": {"for": ["A"]}}}})
    assert judge(rule, Known(marks={"A": "seen"})).verdict == "supported"
    assert judge(rule, Known(marks={"A": "seen", "W": "seen"})).verdict == "inconclusive"


def test_any_is_not_all_of_the_denials() -> None:
    for parts in (1, 2, 3, 4):
        for verdicts in product(VERDICTS, repeat=parts):
            assert of_any(verdicts) == denial(of_all([denial(one) for one in verdicts]))
            assert of_all(list(verdicts)) == of_all(list(reversed(verdicts)))


@pytest.mark.parametrize(
    ("verdicts", "of_every", "of_one"),
    [
        (["supported", "supported"], "supported", "supported"),
        (["supported", "inconclusive"], "inconclusive", "supported"),
        (["supported", "untested"], "inconclusive", "supported"),
        (["supported", "contradicted"], "contradicted", "supported"),
        (["inconclusive", "untested"], "inconclusive", "inconclusive"),
        (["contradicted", "untested"], "contradicted", "inconclusive"),
        (["contradicted", "contradicted"], "contradicted", "contradicted"),
        (["untested", "untested"], "untested", "untested"),
    ],
)
def test_all_and_any_of_two(verdicts: list[Verdict], of_every: Verdict, of_one: Verdict) -> None:
    assert (of_all(verdicts), of_any(verdicts)) == (of_every, of_one)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim["id"])
def test_a_denial_gets_the_opposite(claim: dict[str, Any]) -> None:
    known = known_of(claim["today"]["known"])
    denied = Rule.model_validate({"not": claim["rule"]})
    assert judge(denied, known).verdict == denial(judge(rule_of(claim), known).verdict)


def test_parts_that_differ_are_in_parts() -> None:
    assert whole(["supported", "inconclusive"]) == "in parts"
    assert whole(["supported", "supported"]) == "supported"
    alone = judge(Rule.model_validate({"facts": {"for": ["A"]}}), Known())
    assert alone.whole == "untested"


def test_what_is_tested_only_by_others_is_untested() -> None:
    rule = Rule.model_validate(
        {"tested": {"where": {"n_at_least": 50, "arms": 2}, "then": {"facts": {"for": ["A"]}}}}
    )
    marks = {"A": "seen"}
    for n, arms, verdict in ((50, 2, "supported"), (49, 2, "untested"), (50, 3, "untested")):
        study = StudyKnown(n, numbers={"n": n, "arms": arms})
        assert judge(rule, Known(marks=cast("Any", marks), studies=(study,))).verdict == verdict
    none = judge(rule, Known(studies=(StudyKnown(50),)))
    assert str(none.why) == "no study with n of at least 50 and arms of 2"


# --- one estimate ------------------------------------------------------------------------------------------

TARGETS: tuple[Target, ...] = (
    "important_benefit", "any_benefit", "not_worse", "little_or_none", "any_harm", "important_harm"
)  # fmt: skip


def verdict_on(one: Estimated, target: Target, need: str = "moderate") -> Verdict:
    rule = Rule.model_validate({"estimate": {"analysis": "x", "target": target, "need": need}})
    return judge(rule, Known(estimates={"x": one})).verdict


HOW = st.sampled_from(["clean", "blunt", "weak"])


@given(st.floats(-2, 2), st.floats(0.02, 1), st.integers(1, 12), st.integers(20, 3000), HOW,
       st.sampled_from(TARGETS), st.floats(1, 30))  # fmt: skip
def test_more_people_at_the_same_effect_never_make_a_verdict_weaker(
    value: float, half: float, trials: int, people: int, how: str, target: Target, times: float
) -> None:
    few = estimated([value, value - half, value + half, trials, people, how])
    half /= times**0.5
    many = estimated([value, value - half, value + half, trials, round(people * times), how])
    assert not_lower(verdict_on(few, target), verdict_on(many, target))


@given(st.floats(-2, 2), st.floats(0.02, 1), st.floats(0, 2), HOW,
       st.sampled_from(TARGETS[:3]))  # fmt: skip
def test_a_better_effect_never_worsens_a_claim_of_benefit(
    value: float, half: float, more: float, how: str, target: Target
) -> None:
    order = ["contradicted", "inconclusive", "supported"]
    before = verdict_on(estimated([value, value - half, value + half, 8, 2000, how]), target)
    value += more
    after = verdict_on(estimated([value, value - half, value + half, 8, 2000, how]), target)
    assert order.index(after) >= order.index(before)


@given(st.floats(-1, 1), st.floats(0.05, 1), HOW, st.sampled_from(TARGETS))
def test_no_small_move_turns_supported_into_contradicted(
    value: float, half: float, how: str, target: Target
) -> None:
    spec = [value, value - half, value + half, 8, 2000, how]
    moved = [value + 0.04, value + 0.04 - half, value + 0.04 + half, 8, 2000, how]
    assert {verdict_on(estimated(spec), target), verdict_on(estimated(moved), target)} != {
        "supported", "contradicted",
    }  # fmt: skip


def test_a_hedged_claim_needs_less() -> None:
    blunt = estimated([0.45, 0.35, 0.55, 10, 2000, "blunt"])
    assert verdict_on(blunt, "important_benefit", "low") == "supported"
    assert verdict_on(blunt, "important_benefit") == "inconclusive"
    assert verdict_on(blunt, "any_benefit") == "supported"


def test_an_interval_that_ends_at_none_is_rated_for_the_side_it_is_on() -> None:
    harm = estimated([0.0, -0.1, 0.0, 8, 2000, "clean"])
    assert verdict_on(harm, "any_benefit") == "contradicted"
    assert verdict_on(harm, "any_harm") == "supported"


# --- kinds of evidence at their edges ----------------------------------------------------------------------


def said_of(rule: dict[str, Any], known: Known) -> tuple[Verdict, str]:
    decision = judge(Rule.model_validate(rule), known)
    assert not any(letter.isdigit() for letter in decision.why.text.replace("_2", "")), "a digit outside a number"
    return decision.verdict, str(decision.why)


NARROW = Known(
    shares={("a", "x"): Interval(0.5, 0.45, 0.55)}, quantities={"q": Interval(0.5, 0.45, 0.55)},
    times={"t": Time(5, 9, 2), "late": Time(10, 12), "on": Time(8, 11)},
)  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "verdict"),
    [
        ({"share": {"arm": "a", "outcome": "x", "equals": 0.5, "tolerance": 0.1}}, "supported"),
        ({"share": {"arm": "a", "outcome": "x", "equals": 0.5, "tolerance": 0.01}}, "inconclusive"),
        ({"share": {"arm": "a", "outcome": "x", "equals": 0.8, "tolerance": 0.1}}, "contradicted"),
        ({"share": {"arm": "a", "outcome": "x", "below": 0.45}}, "contradicted"),
        ({"share": {"arm": "a", "outcome": "x", "above": 0.45}}, "inconclusive"),
        ({"share": {"arm": "b", "outcome": "x", "above": 0.45}}, "untested"),
        ({"stated": {"quantity": "q", "value": 0.46}}, "supported"),
        ({"stated": {"quantity": "q", "value": 0.6}}, "contradicted"),
        ({"stated": {"quantity": "q", "between": [0.4, 0.5]}}, "inconclusive"),
        ({"stated": {"quantity": "q", "between": [0.46, 0.5]}}, "supported"),
        ({"stated": {"quantity": "q", "between": [0.45, 0.55]}}, "supported"),
        ({"stated": {"quantity": "q", "between": [0.4, 0.6]}}, "supported"),  # known well, and wholly within
        ({"stated": {"quantity": "q", "between": [0.56, 0.6]}}, "contradicted"),
        ({"stated": {"quantity": "other", "value": 0.6}}, "untested"),
        ({"order": {"first": "t", "relation": "earlier", "second": "late"}}, "supported"),
        ({"order": {"first": "late", "relation": "earlier", "second": "t"}}, "contradicted"),
        ({"order": {"first": "t", "relation": "later", "second": "on"}}, "inconclusive"),
        ({"order": {"first": "t", "relation": "later", "second": "none"}}, "untested"),
        ({"rare_harm": {"event": "e", "population": "p", "per": 0.01}}, "untested"),
        ({"licence": {"use": "u", "authority": "a"}}, "untested"),
        ({"moderator": {"analysis": "x", "by": "age", "direction": "positive"}}, "untested"),
        ({"certainty": {"analysis": "x", "target": "any_benefit", "at_least": "low"}}, "untested"),
        ({"estimate": {"analysis": "x", "target": "any_benefit"}}, "untested"),
        ({"count": {"of": "trials", "at_least": 1}}, "untested"),
        ({"count": {"of": "studies", "at_most": 0}}, "supported"),
        ({"count": {"of": "people", "at_least_share": 0.5}}, "untested"),
        ({"facts": {"for": ["A"], "unclear": ["B"]}}, "untested"),
    ],
)
def test_a_kind_of_evidence_at_its_edges(rule: dict[str, Any], verdict: Verdict) -> None:
    assert said_of(rule, NARROW)[0] == verdict


def test_what_was_tested_and_cannot_tell_is_inconclusive() -> None:
    rule = {"facts": {"for": ["A"], "unclear": ["B"]}}
    assert said_of(rule, Known(marks={"B": "seen"})) == ("inconclusive", "what was seen: cannot tell")
    both = said_of(rule, Known(marks={"A": "derived", "B": "seen"}))
    assert both == ("inconclusive", "what was seen: for it and cannot tell")
    # What others report does not stand against what was seen.
    assert said_of(rule, Known(marks={"A": "seen", "B": "reported"}))[0] == "supported"


def test_a_slope_against_the_direction_contradicts_and_one_across_zero_cannot_tell() -> None:
    rule = {"moderator": {"analysis": "x", "by": "age", "direction": "negative"}}
    for low, high, verdict in ((0.1, 0.3, "contradicted"), (-0.1, 0.5, "inconclusive"), (-0.3, -0.1, "supported")):
        slope = Moderator((low + high) / 2, low, high, trials=20, coefficients=2, declared=True)
        assert said_of(rule, Known(moderators={("x", "age"): slope}))[0] == verdict
    few = Moderator(1, 0.5, 1.5, trials=19, coefficients=2, declared=True)
    assert said_of(rule, Known(moderators={("x", "age"): few})) == ("untested", "19 trials are too few to tell")


def test_a_certainty_can_be_asked_from_below() -> None:
    rule = {"certainty": {"analysis": "x", "target": "any_benefit", "at_least": "moderate"}}
    good = Known(estimates={"x": estimated([0.45, 0.35, 0.55, 10, 2000, "clean"])})
    weak = Known(estimates={"x": estimated([0.45, 0.35, 0.55, 10, 2000, "weak"])})
    assert said_of(rule, good) == ("supported", "certainty is high")
    assert said_of(rule, weak) == ("contradicted", "certainty is very low")


def test_the_part_that_decided_is_named_with_its_number() -> None:
    rule = Rule.model_validate({"all": [
        {"facts": {"for": ["A"], "as": "muscle 1"}}, {"any": [{"count": {"of": "trials", "at_least": 3}}]},
    ]})  # fmt: skip
    found = judge(rule, Known(marks={"A": "seen"}, numbers={"trials": 2}))
    assert (found.verdict, found.deciding.kind, str(found.deciding.why)) == (
        "contradicted", "count", "2 counted, at least 3 asked",
    )  # fmt: skip
    assert str(found.why) == (
        "muscle 1: supported (what was seen: for it); contradicted (contradicted (2 counted, at least 3 asked))"
    )
    open_ = judge(rule, Known(marks={"A": "seen"}))
    assert (open_.verdict, open_.deciding.verdict) == ("inconclusive", "untested")
    both = judge(rule, Known(marks={"A": "seen"}, numbers={"trials": 3}))
    assert (both.verdict, both.deciding) == ("supported", both)


def test_a_cap_says_what_it_held_back() -> None:
    capped = next(claim for claim in CLAIMS if claim["id"] == "u")
    decision = judge(rule_of(capped), known_of(capped["today"]["known"]))
    assert str(decision.why) == ("would be supported: 0.27 (0.16 to 0.40); but 34.40 counted, at most 75 asked")
    assert decision.deciding.kind == "count"


def test_an_estimate_says_its_numbers() -> None:
    rule = {"estimate": {"analysis": "x", "target": "important_benefit"}}
    known = Known(estimates={"x": estimated([0.7125, -0.24, 1.66, 4, 389, "weak"])})
    assert said_of(rule, known)[1] == "0.71 (-0.24 to 1.66), 4 trials, 389 people; certainty very low"


# --- rules as they are written -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({}, "has none, expected one of"),
        ({"facts": {"for": ["A"]}, "count": {"of": "x", "equals": 0}}, "has facts and count"),
        ({"all": []}, "at least 1 item"),
        ({"count": {"of": "x"}}, "expected one of equals"),
        ({"share": {"arm": "a", "outcome": "b", "above": 0.1, "below": 0.2}}, "has above and below"),
        ({"stated": {"quantity": "q"}}, "expected one of value, between"),
        ({"order": {"first": "a", "relation": "within", "second": "b"}}, "within goes with between"),
        ({"order": {"first": "a", "relation": "later"}}, "expected one of second, between"),
        ({"certainty": {"analysis": "x", "target": "any_benefit"}}, "expected one of at_least, at_most"),
        ({"tested": {"where": {}, "then": {"facts": {}}}}, "at least 1 item"),
        ({"estimate": {"analysis": "x", "target": "cures"}}, "important_benefit"),
        ({"estimate": {"target": "any_benefit"}}, "expected one of analysis, difference, network, harm"),
        ({"estimate": {"harm": "any", "target": "any_benefit"}}, "harm goes with against"),
        ({"estimate": {"network": "A", "against": "drug", "target": "any_benefit"}}, "harm goes with against"),
        ({"fact": {"for": ["A"]}}, "Extra inputs"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(rule: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Rule.model_validate(rule)


def test_limits_that_do_not_hold_the_number_are_refused() -> None:
    with pytest.raises(ValueError, match="within its limits"):
        Interval(1, 2, 3)
    with pytest.raises(ValueError, match="does not lie within"):
        Estimated(estimated([0.5, 0.4, 0.6, 3, 900, "clean"]).body, 0.6, 0.7)


# --- in words ----------------------------------------------------------------------------------------------


def words(rule: dict[str, Any], **more: Any) -> str:
    found = in_words(Rule.model_validate(rule), **more)
    assert not any(letter.isdigit() for letter in _without_places(found.text)), "a digit outside a number"
    return str(found)


def _without_places(text: str) -> str:
    from string import Formatter

    return "".join(literal for literal, _, _, _ in Formatter().parse(text))


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim["id"])
def test_every_rule_can_be_said_and_says_when_it_is_what(claim: dict[str, Any]) -> None:
    text = words(claim["rule"])
    assert any(word in text for word in get_args(Verdict))
    assert "_" not in text
    assert "{" not in text


def test_a_ratio_is_said_as_people_read_it() -> None:
    rule, key = {"estimate": {"network": "A", "target": "not_worse"}}, "network.A"
    text = words(rule, names={key: "the odds ratio"}, important={key: math.log(2)}, ratios=[key])
    assert text.startswith(
        "supported if the whole interval of the odds ratio, above one being good, lies above the smallest "
        "difference that matters for the worse (better than 0.50), contradicted if below it"
    )
    body = replace(estimated([0.7, 0.1, 1.3, 3, 900, "clean"]).body, estimate=math.log(2))
    known = Known(estimates={key: Estimated(body, 0.1, 1.3, ratio=True)})
    assert str(judge(Rule.model_validate(rule), known).why).startswith("2 (1.11 to 3.67)")


@pytest.mark.parametrize(
    ("kind", "target", "verdict"),
    [
        ("estimate", "any_benefit", "supported"),
        ("estimate", "any_harm", "contradicted"),
        ("estimate", "important_benefit", "untested"),
        ("estimate", "not_worse", "untested"),
        ("certainty", "any_benefit", "contradicted"),
        ("certainty", "little_or_none", "untested"),
    ],
)
def test_without_a_smallest_difference_only_the_side_is_told(kind: str, target: str, verdict: str) -> None:
    atom = {"analysis": "x", "target": target} | ({"at_most": "low"} if kind == "certainty" else {})
    known = Known(estimates={"x": replace(estimated([0.5, 0.4, 0.6, 3, 900, "clean"]), measured=False)})
    assert judge(Rule.model_validate({kind: atom}), known).verdict == verdict


WORDS: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "rule_words.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("one", WORDS, ids=[next(iter(one["rule"])) for one in WORDS])
def test_a_rule_in_words(one: dict[str, Any]) -> None:
    assert words(one["rule"], names={"main": "the main analysis"}, important={"main": 0.24}) == one["words"]
