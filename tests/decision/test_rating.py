"""Certainty by rule: cases written by hand before the rule, and what must hold of any body of evidence.

Of the cases of ``certainty_cases.yaml`` all are agreed with. Four are agreed with in spite of a doubt:

* C10 and R12 let people alone decide that information suffices. With 546 of 545 people the first gets *high*. A
  rule needs an edge, and here it is that of a trial with enough power; the limits are asked for besides.
* C16: one trial costs a level however large it is. Replication is not precision, and that is the domain it is in.
* C47: the level for a single trial is not taken from a collection of reports. It makes no difference to the word.
* R04: unblinding costs a level also where "little or none" is stated. Knowing what one was given could only have
  raised the effect there, but the domain is about whether the number can be trusted, not in which direction.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any, cast, get_args

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from glabella.decision.rare_harms import exact_limits, people_to_rule_out, rare_harm
from glabella.decision.rating import (
    LEVELS,
    TARGETS,
    Body,
    Design,
    Indirect,
    Missing,
    Shares,
    Target,
    Unblinding,
    complement,
    holds,
    levels_outside,
    limits_of,
    low_risk_decides,
    needed_for_difference,
    needed_for_shares,
    outside_words,
    rate,
    se_within,
    shares_of,
    worth_of_difference,
    worth_of_odds_ratio,
    zone,
)

CASES: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    (Path(__file__).parent / "certainty_cases.yaml").read_text(encoding="utf-8")
)


def body_of(given: dict[str, Any]) -> Body:
    rob = given["rob"]
    indirect, missing = given.get("indirect", {}), given.get("missing", {})
    return Body(
        given["design"],
        given["k"],
        given["n"],
        given["estimate"],
        given["se_within"],
        given["mid"],
        Shares(rob.get("low", 0), rob.get("high", 0), rob.get("unknown", 0), given.get("low_subset_agrees", False)),
        None if given["pi"] is None else (given["pi"][0], given["pi"][1]),
        given["q_p"],
        given["ois"],
        Unblinding(**given["unblinding"]) if "unblinding" in given else None,
        Indirect(("people",) * indirect.get("serious", 0), ("people",) * indirect.get("some", 0)),
        Missing(
            missing.get("egger_p"),
            missing.get("n_ratio", 1),
            missing.get("limit"),
            missing.get("unreported_share", 0),
            missing.get("all_small_and_interested", False),
        ),
        given.get("ratio_low"),
    )


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["id"])
def test_a_case_gets_the_expected_level_by_the_expected_moves(case: dict[str, Any]) -> None:
    rating = rate(body_of(case["inputs"]), case["inputs"]["target"])
    assert rating.certainty == case["expect"]["level"]
    if rating.certainty is None:
        assert rating.moves == ()
        return
    moved: dict[str, int] = {}
    for move in rating.moves:
        # Unblinding is a risk of bias: the cases give both together.
        domain = "risk_of_bias" if move.domain == "unblinding" else move.domain
        moved[domain] = moved.get(domain, 0) + move.levels
    assert {domain: levels for domain, levels in moved.items() if levels} == case["expect"]["moves"]


def test_all_cases_are_here() -> None:
    assert [len(CASES[kind]) for kind in ("cases", "rare_harms", "body_selection")] == [61, 8, 4]


@pytest.mark.parametrize("case", CASES["rare_harms"], ids=lambda case: case["id"])
def test_a_rare_harm_is_ruled_out_or_not(case: dict[str, Any]) -> None:
    given, expect = case["inputs"], case["expect"]
    found = rare_harm(given["events"] if given["reported"] else None, given["n"], given["threshold"])
    assert found.says == expect["says"]
    assert found.low == pytest.approx(expect["low"], abs=1e-6)
    assert found.high == pytest.approx(expect["high"], abs=1e-6)


@pytest.mark.parametrize("case", CASES["body_selection"], ids=lambda case: case["id"])
def test_trials_at_low_risk_decide_alone_where_they_are_large_enough(case: dict[str, Any]) -> None:
    given = case["inputs"]
    people = [given["n_low"] / 2, given["n_low"] / 2, given["n_all"] - given["n_low"]]
    decides = low_risk_decides(people, ["low", "low", "unknown"], given["ois"])
    assert ("low_risk" if decides else "all") == case["expect"]


# --- words ------------------------------------------------------------------------------------------------

CLEAN = Body("randomised", 8, 2000, 0.5, 0.05, 0.24, Shares(low=1), (0.3, 0.7), 0.5, 545)


def why(body: Body, domain: str, target: Target = "important_benefit") -> str:
    (move,) = (move for move in rate(body, target).moves if move.domain == domain)
    assert not any(letter.isdigit() for letter in move.why.text.replace("_2", "")), "a digit outside a number"
    return str(move.why)


def test_each_domain_says_its_numbers() -> None:
    assert why(CLEAN, "imprecision") == "enough people: 2000, 545 needed"
    assert why(replace(CLEAN, se_within=0.3), "imprecision") == (
        "even if all measured one effect, the interval, -0.09 to 1.09, would include no difference"
    )
    both = why(replace(CLEAN, se_within=0.3, people=389), "imprecision")
    assert both.startswith(
        "too few people: 389 of 545 needed; even if all measured one effect, the interval, -0.09"
    )
    assert why(replace(CLEAN, needed=None), "imprecision") == (
        "if all measured one effect, the interval, 0.40 to 0.60, would show a benefit that matters throughout"
    )
    assert why(replace(CLEAN, trials=1, se_within=0.15), "imprecision") == (
        "the interval, 0.21 to 0.79, includes a benefit too small to matter"
    )
    long, short = (
        "the trials disagree (Cochran’s Q, P 0.0003); in a new trial the effect may lie from -0.80 to 2.30, which "
        "includes a harm that matters",
        "the trials disagree: in a new trial the effect may lie from -0.80 to 2.30, which includes a harm that "
        "matters",
    )
    apart = replace(CLEAN, prediction=(-0.8, 2.3), disagreement_p=0.0003)
    assert why(apart, "inconsistency") == long
    (move,) = (move for move in rate(apart, "important_benefit").moves if move.domain == "inconsistency")
    assert str(move.short) == short
    charged = replace(CLEAN, prediction=(0.1, 0.9), people=389)
    assert why(charged, "inconsistency").endswith("a benefit too small to matter, already counted as imprecision")
    assert why(CLEAN, "inconsistency") == (
        "the trials do not clearly disagree (Cochran’s Q, P 0.50); in a new trial the effect may lie from 0.30 to "
        "0.70"
    )
    assert why(replace(CLEAN, trials=1), "inconsistency").startswith("only one trial")
    assert why(replace(CLEAN, prediction=None), "inconsistency").startswith("too few trials")
    assert why(replace(CLEAN, shares=Shares(high=0.3, low=0.7)), "risk_of_bias") == (
        "trials at high risk of bias carry 30 % of the weight"
    )
    assert why(CLEAN, "risk_of_bias") == "trials at low risk of bias carry 100 % of the weight"
    assert why(replace(CLEAN, shares=Shares(unknown=1)), "risk_of_bias").startswith("no trial is known")
    assert why(replace(CLEAN, indirect=Indirect(("almost only women",), ("one site",))), "indirectness") == (
        "indirect evidence: almost only women; one site"
    )
    assert why(replace(CLEAN, design="reports"), "design") == "reports have no comparison group"


@pytest.mark.parametrize("target", TARGETS)
def test_words_say_what_an_interval_includes_besides(target: Target) -> None:
    """Of each zone that the interval reaches beyond the target, the farthest is named; of a mirror, its mirror."""
    begin, end = limits_of(target, 1.0)
    zones = {
        "a harm that matters": (-9.0, -1.0), "no difference": (0.0, 0.0),
        "a benefit that matters": (1.0, 9.0), "a benefit too small to matter": (0.0, 1.0),
        "a harm too small to matter": (-1.0, 0.0), "harm": (-9.0, 0.0), "benefit": (0.0, 9.0),
    }  # fmt: skip
    for low, high in product(np.arange(-2.5, 2.6, 0.25), repeat=2):
        if (
            low > high
            or not holds(target, (low + high) / 2, (low + high) / 2, 1.0)
            or holds(target, low, high, 1.0)
        ):
            continue
        words = outside_words(low, high, target, 1.0)
        if words == "a benefit and a harm that matter":
            assert low < begin
            assert high > end
            continue
        first, last = zones[words]
        assert low <= last
        assert high >= first, "the interval reaches what is named"
        assert first < begin or last > end, "which lies outside of the target"


@pytest.mark.parametrize(
    ("guess", "levels", "words"),
    [
        ("none", 1, "blinding is doubtful: people can see or feel the effect, and how many guessed is not known"),
        (
            "better_than_chance",
            2,
            "blinding failed: people guessed their treatment better than by chance; less the largest usual "
            "bias of this, 0.40, the effect would be 0.10, which is not a benefit that matters",
        ),
        ("at_chance", 0, "people guessed their treatment no better than by chance"),
    ],
)
def test_unblinding_costs_by_what_is_left_without_it(guess: str, levels: int, words: str) -> None:
    body = replace(CLEAN, unblinding=Unblinding(True, True, cast("Any", guess), 0.23, 0.4))
    (move,) = (move for move in rate(body, "important_benefit").moves if move.domain == "unblinding")
    assert (move.levels, str(move.why)) == (levels, words)


def test_missing_results_say_which() -> None:
    small = replace(CLEAN, trials=12, missing=Missing(0.04, 8, 0.1, 0.33, True))
    said = why(small, "missing_results")
    assert (
        "smaller trials found larger effects (Egger’s test, P 0.04); allowing for it the effect would be 0.10"
        in said
    )
    assert "results of 33 % of the people randomised are missing or cannot be used" in said
    assert "half of the people in trials run by those with an interest" in said
    (move,) = (move for move in rate(small, "important_benefit").moves if move.domain == "missing_results")
    assert move.levels == 1, "three ways to be missing are one domain"


def test_the_line_names_the_highest_cost_first() -> None:
    body = replace(
        CLEAN, people=389, prediction=(-0.8, 2.3), disagreement_p=0.0003, indirect=Indirect(("almost only women",))
    )
    line = str(rate(body, "important_benefit").line)
    assert line.startswith("very low; the trials disagree (Cochran’s Q, P 0.0003); in a new trial the effect")
    assert line.endswith("too few people: 389 of 545 needed; indirect evidence: almost only women")
    assert str(rate(CLEAN, "important_benefit").line) == "high"
    assert str(rate(CLEAN, "any_harm").line) == "not rated: the estimate lies outside what is stated"


def test_more_that_gave_more_raises_and_says_so() -> None:
    seen = replace(CLEAN, design="non_randomised", dose_response=True, ratio_near_one=2.5)
    rating = rate(seen, "important_benefit")
    assert rating.certainty == "moderate"
    assert "the ratio’s limit nearer to no effect is 2.50; higher doses did more" in str(rating.line)
    assert rate(replace(seen, design="randomised"), "important_benefit").moves[-1].levels == 0


# --- what must hold of any body ---------------------------------------------------------------------------

NUMBERS = st.floats(-2, 2)
SHARES = st.sampled_from(
    [Shares(low=1), Shares(unknown=1), Shares(low=0.7, high=0.3), Shares(high=1), Shares(low=0.6, unknown=0.4)]
)


@st.composite
def bodies(draw: st.DrawFn) -> Body:
    estimate, se = draw(NUMBERS), draw(st.floats(0.01, 1))
    more = draw(st.floats(0, 2))
    prediction = draw(st.sampled_from([None, (estimate - 2 * se - more, estimate + 2 * se + more)]))
    return Body(
        draw(st.sampled_from(get_args(Design))),
        draw(st.integers(1, 15)),
        draw(st.integers(1, 3000)),
        estimate,
        se,
        draw(st.floats(0.05, 1)),
        draw(SHARES),
        prediction,
        draw(st.floats(0, 1)),
        draw(st.sampled_from([None, 545.1])),
        draw(st.sampled_from([None, Unblinding(True, True, "none", 0.23, 0.4),
                              Unblinding(True, True, "better_than_chance", 0.23, 0.4)])),
        draw(st.sampled_from([Indirect(), Indirect(("people",)), Indirect((), ("time", "people"))])),
        draw(st.sampled_from([Missing(), Missing(0.04, 8, 0.1), Missing(unreported_share=0.4)])),
        draw(st.sampled_from([None, 2.5, 6.0])),
    )  # fmt: skip


def rank(body: Body, target: Target) -> int | None:
    certainty = rate(body, target).certainty
    return None if certainty is None else 3 - LEVELS.index(certainty)


@given(bodies(), st.floats(1, 50), st.sampled_from(TARGETS))
def test_more_people_at_the_same_effect_never_lower_it(body: Body, times: float, target: Target) -> None:
    prediction = body.prediction
    if prediction is not None:  # the part that is sampling shrinks
        spared = 2 * body.se_within * (1 - times**-0.5)
        prediction = (prediction[0] + spared, prediction[1] - spared)
    more = replace(body, people=body.people * times, se_within=body.se_within * times**-0.5, prediction=prediction)
    before, after = rank(body, target), rank(more, target)
    assert (before is None) == (after is None)
    assert before is None or after is None or after >= before


@given(bodies())
def test_a_wider_statement_is_never_less_certain(body: Body) -> None:
    for narrow, wide in (
        ("important_benefit", "any_benefit"), ("any_benefit", "not_worse"), ("little_or_none", "not_worse"),
        ("little_or_none", "not_important"), ("important_harm", "any_harm"), ("any_harm", "not_important"),
    ):  # fmt: skip
        first, second = rank(body, cast("Target", narrow)), rank(body, cast("Target", wide))
        assert first is None or (second is not None and second >= first)


TURNED: dict[Target, Target] = {
    "important_benefit": "important_harm", "any_benefit": "any_harm", "not_worse": "not_important",
    "little_or_none": "little_or_none",
}  # fmt: skip


@given(bodies(), st.sampled_from(sorted(TURNED)))
def test_good_and_bad_are_rated_alike(body: Body, target: Target) -> None:
    assert rank(body, target) == rank(body.turned(), TURNED[target])
    assert rank(body.turned(), target) == rank(body, TURNED[target])


@given(bodies(), st.sampled_from(TARGETS))
def test_a_statement_or_its_complement_is_rated(body: Body, target: Target) -> None:
    assert rank(body, target) is not None or rank(body, complement(target, body.estimate)) is not None
    assert rank(body, zone(body.estimate, body.important)) is not None


@given(bodies(), st.sampled_from(TARGETS))
def test_worse_evidence_never_raises_it(body: Body, target: Target) -> None:
    before = rank(body, target)
    if before is None:
        return
    worse = [
        replace(body, indirect=replace(body.indirect, serious=(*body.indirect.serious, "another treatment"))),
        replace(body, missing=replace(body.missing, all_small_and_interested=True)),
        replace(body, disagreement_p=0.0),
        replace(body, shares=Shares(high=1)),
    ]
    for one in worse:
        after = rank(one, target)
        assert after is not None and after <= before  # noqa: PT018


@given(bodies(), st.sampled_from(TARGETS))
def test_what_was_not_randomised_is_never_high_and_reports_show_nothing(body: Body, target: Target) -> None:
    rating = rate(body, target)
    if body.design == "non_randomised":
        assert rating.certainty != "high"
    if body.design in ("single_arm", "reports"):
        assert rating.certainty in (None, "very low")


@given(st.floats(-3, 3), st.floats(0, 3), st.floats(0.05, 2), st.sampled_from(TARGETS))
def test_an_interval_that_lies_within_costs_nothing_and_a_wider_one_no_less(
    low: float, width: float, important: float, target: Target
) -> None:
    high = low + width
    levels = levels_outside(low, high, target, important)
    assert holds(target, low, high, important) == (levels == 0)
    assert levels <= levels_outside(low - 0.1, high + 0.1, target, important) <= 3


# --- numbers against others -------------------------------------------------------------------------------


@pytest.mark.parametrize(("events", "n"), [(1, 10), (16, 665), (9, 10), (10, 10), (250, 500)])
def test_exact_limits_are_those_of_scipy(events: int, n: int) -> None:
    expected = binomtest(events, n).proportion_ci(0.95, "exact")
    assert exact_limits(events, n) == pytest.approx((expected.low, expected.high), abs=1e-12)


@pytest.mark.parametrize("threshold", [0.001, 0.004, 0.01, 0.2])
def test_people_to_rule_out_are_just_enough(threshold: float) -> None:
    n = people_to_rule_out(threshold)
    assert rare_harm(0, n, threshold).says == "ruled out"
    assert rare_harm(0, n - 1, threshold).says == "cannot be told"


def test_a_rare_harm_says_its_counts_and_not_reported_is_not_none() -> None:
    assert str(rare_harm(16, 665, 0.01).why) == "16 of 665 people; of 1000, 13.81 to 38.78"
    assert str(rare_harm(None, 189, 0.01).why) == "not reported in 189 people, which is not the same as none"


def test_people_needed_are_those_of_a_trial_with_eighty_per_cent_power() -> None:
    rng = np.random.default_rng(1)
    each = round(needed_for_difference(0.4) / 2)
    one, other = rng.normal(0.4, 1, (4000, each)).mean(1), rng.normal(0, 1, (4000, each)).mean(1)
    assert np.mean(np.abs(one - other) > 1.959964 * (2 / each) ** 0.5) == pytest.approx(0.8, abs=0.02)
    each = round(needed_for_shares(0.375, 0.475) / 2)
    a, b = rng.binomial(each, 0.475, 4000) / each, rng.binomial(each, 0.375, 4000) / each
    found = np.abs(a - b) > 1.959964 * ((a * (1 - a) + b * (1 - b)) / each) ** 0.5
    assert found.mean() == pytest.approx(0.8, abs=0.02)


def test_information_is_worth_the_people_it_came_from() -> None:
    assert worth_of_difference((4 / 389) ** 0.5) == pytest.approx(389)
    each, p, q = 400, 0.375, 0.475
    se = (1 / (each * p) + 1 / (each * (1 - p)) + 1 / (each * q) + 1 / (each * (1 - q))) ** 0.5
    assert worth_of_odds_ratio(se, p, q) == pytest.approx(2 * each)


def test_shares_and_precision_of_trials() -> None:
    assert se_within(0.04) == pytest.approx(0.2)
    assert shares_of([0.1, 0.1], ["low", "high"], low_agrees=True) == Shares(0.5, 0.5, 0, low_agrees=True)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: replace(CLEAN, important=0), "smallest important difference is 0"),
        (lambda: replace(CLEAN, se_within=0), "standard error"),
        (lambda: replace(CLEAN, estimate=float("nan")), "standard error"),
        (lambda: replace(CLEAN, trials=0), "one trial or more"),
        (lambda: replace(CLEAN, people=-1), "0 people or more"),
        (lambda: replace(CLEAN, needed=0), "people needed are 0"),
        (lambda: replace(CLEAN, prediction=(1, 0)), "lower limit first"),
        (lambda: replace(CLEAN, prediction=(float("nan"), 0)), "lower limit first"),
        (lambda: Shares(low=0.5), "add up to 1"),
        (lambda: Shares(low=1.5, high=-0.5), "from 0"),
        (lambda: se_within([]), "one variance or more"),
        (lambda: se_within([0.1, 0]), "each above 0"),
        (lambda: shares_of([0.1], ["low", "low"]), "1 variances and 2 judgements"),
        (lambda: low_risk_decides([10], ["low", "low"], 545), "people of 1 trials and 2"),
        (lambda: needed_for_shares(0.4, 0.4), "two that differ"),
        (lambda: exact_limits(3, 2), "3 events of 2"),
        (lambda: exact_limits(0, 0), "0 events of 0"),
        (lambda: people_to_rule_out(0), "between 0 and 1"),
    ],
)
def test_what_cannot_be_is_refused(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
