"""From a dossier's pooled analyses to a certainty: what is declared, and what without. Trials are made up."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from glabella.brief.results import PooledAnalysis, Results
from glabella.decision.analyses import missing_of, people_lost, rating_in_network
from glabella.decision.bodies import OfTrial, estimated
from glabella.decision.rating import not_pooled, rate, target_of
from glabella.dossier import Number, load, shipped
from glabella.synthesis import contrasts, network, pool
from tests.brief.made_up_trials import Trial, counted, made_up, number, scored

FIVE = [counted(f"Able {2001 + at}", 20 + at, 200, 40, 200, judgement="low") for at in range(5)]


def headline(folder: Path, trials: list[Trial], measure: str = "RR", better: str = "lower", **outcome: Any) -> (
    PooledAnalysis
):  # fmt: skip
    def change(plan: dict[str, Any]) -> None:
        plan["outcomes"]["response"] |= outcome

    return Results(made_up(folder / "d", measure, better, trials, change=change)).headline


def test_what_matters_is_rated_where_it_is_declared_and_else_the_side(tmp_path: Path) -> None:
    bare = headline(tmp_path / "bare", FIVE)
    assert (bare.rating.target, bare.certainty) == ("any_benefit", "high")
    worse = headline(tmp_path / "worse", FIVE, better="higher")
    assert worse.rating.target == "any_harm"
    assert headline(tmp_path / "a", FIVE, important=number(0.9)).rating.target == "important_benefit"
    little = headline(tmp_path / "b", FIVE, important=number(0.3))
    assert (little.rating.target, little.rating.cost("imprecision") > 0) == ("little_or_none", False)


def test_people_needed_come_from_what_matters_and_the_usual_risk(tmp_path: Path) -> None:
    usual = {"label": "usual care", "events": number(300), "n": number(1000)}
    few = headline(tmp_path, FIVE, important=number(0.9), usual_risk=usual)
    assert few.rating.cost("imprecision") == 2
    assert "too few people: " in str(few.rating.costs[0].why)


def test_a_design_without_chance_starts_lower(tmp_path: Path) -> None:
    open_ = {"design": {"type": "parallel", "randomised": "unclear", "blinding": "open"}}
    trials = [*FIVE[:4], replace(FIVE[4], more=open_)]
    assert headline(tmp_path, trials).rating.cost("design") == 2


@pytest.mark.parametrize(("related", "says"), [(5, "the"), (1, "some")])
def test_trials_of_another_question_are_indirect(tmp_path: Path, related: int, says: str) -> None:
    trials = [replace(trial, more={"role": "related"}) for trial in FIVE[:related]] + FIVE[related:]
    one = headline(tmp_path / "a", trials)
    (cost,) = one.rating.costs
    assert (cost.domain, cost.levels, str(cost.why)) == (
        "indirectness", 1, f"indirect evidence: {says} trials asked another question"
    )  # fmt: skip
    told = headline(tmp_path / "b", trials, trusted={"visible": False, "subjective": True, "serious": ["one town"]})
    assert str(told.rating.costs[0].why) == f"indirect evidence: one town; {says} trials asked another question"


def test_trials_that_cannot_be_pooled_are_trusted_least() -> None:
    assert (not_pooled().certainty, not_pooled().cost("inconsistency")) == ("very low", 3)


def test_without_a_declared_difference_the_estimate_is_the_step() -> None:
    trials = [OfTrial("a", 0.4, 0.04, 100, "low"), OfTrial("b", 0.6, 0.04, 100, "unknown")]

    def of(estimate: float, **more: Any) -> Any:
        return estimated(trials, better="higher", estimate=estimate, low=-9, high=9, important=None, **more).body

    assert of(0.5).important == 0.5
    assert of(-0.5).important == 0.5
    assert of(0.0).important == pytest.approx(math.sqrt(0.02))
    assert of(0.5).shares.low_agrees
    assert not of(-0.5).shares.low_agrees
    assert target_of(of(0.0), declared=False) == "any_benefit"
    # As far beyond none as the estimate lies before it: one step; a little more: another.
    wide = replace(of(0.5), se_within=1.0 / 1.959963984540054, shares=replace(of(0.5).shares, low=1, unknown=0))
    assert rate(wide, "any_benefit").cost("imprecision") == 1
    assert rate(replace(wide, se_within=0.52), "any_benefit").cost("imprecision") == 2


def test_the_word_is_that_of_the_zone_of_the_estimate(tmp_path: Path) -> None:
    """Points: means of ten trials, two points apart; from three on it matters."""
    trials = [
        scored(f"Able {2001 + at}", 12.0 + at / 50, 5.0, 400, (10.0, 5.0, 400), judgement="low") for at in range(10)
    ]
    one = headline(tmp_path, trials, "MD", "higher", kind="continuous", important=number(3.0), event=None)
    fit = pool([2.0 + at / 50 for at in range(10)], [0.125] * 10)
    assert one.fit.estimate == pytest.approx(fit.estimate)
    assert (one.rating.target, one.certainty) == ("little_or_none", "high")


# --- results that are not there -----------------------------------------------------------------------------


def unseen(name: str, people: float | None) -> Trial:
    """Give a trial of which only the size of its arms was seen."""
    n = number(people) if people is not None else {"value": None, "status": "missing"}
    arms = {
        "drug": {"label": "my drug", "treatment": "my_drug", "role": "active", "n_randomised": n},
        "placebo": {"label": "placebo", "treatment": "placebo", "role": "control", "n_randomised": n},
    }
    total = number(2 * people) if people is not None else n
    return Trial(name, {}, {}, more={"results": [], "arms": arms, "n_randomised": total})


def test_people_of_trials_without_an_effect_are_lost(tmp_path: Path) -> None:
    assert headline(tmp_path / "a", FIVE).rating.cost("missing_results") == 0
    # 666 of 2,666 are not quite a quarter.
    assert headline(tmp_path / "b", [*FIVE, unseen("Dale 2004", 333)]).rating.cost("missing_results") == 0
    lost = headline(tmp_path / "c", [*FIVE, unseen("Dale 2004", 334)])
    assert lost.rating.cost("missing_results") == 1
    assert str(lost.rating.costs[0].why).endswith("% of the people randomised are missing or cannot be used")
    assert headline(tmp_path / "d", [*FIVE, unseen("Dale 2004", None)]).rating.cost("missing_results") == 0


def test_what_an_analysis_does_not_want_is_not_lost(tmp_path: Path) -> None:
    open_ = replace(unseen("Dale 2004", 900), more={
        **unseen("Dale 2004", 900).more, "design": {"type": "parallel", "randomised": "yes", "blinding": "open"}
    })  # fmt: skip

    def double_only(plan: dict[str, Any]) -> None:
        plan["analyses"]["response_all"]["blinding"] = ["double"]

    evidence = made_up(tmp_path / "d", "RR", "lower", [*FIVE, open_], change=double_only)
    assert Results(evidence).headline.rating.cost("missing_results") == 0


def test_small_trials_that_find_more_cost_from_ten_trials_on() -> None:
    """The smaller the trial, the larger its effect; one without error would find harm."""
    sizes = [20, 30, 40, 60, 80, 120, 200, 300, 500, 800]
    noise = [0.02, -0.02] * 5
    trials = [
        OfTrial(str(at), -0.3 + 2.0 * (4 / n) ** 0.5 + noise[at], 4 / n, n, "low") for at, n in enumerate(sizes)
    ]
    missing = missing_of(trials, "higher", 0.0)
    assert missing.egger_p is not None
    assert missing.egger_p < 0.1
    assert missing.size_ratio == 40
    assert missing.at_infinite_size == pytest.approx(-0.3, abs=0.1)
    turned = missing_of([replace(one, effect=-one.effect) for one in trials], "lower", 0.0)
    assert turned.at_infinite_size == pytest.approx(missing.at_infinite_size)
    assert missing_of(trials[:9], "higher", 0.0).egger_p is None
    alike = [replace(one, effect=0.5, variance=0.04) for one in trials]
    assert missing_of(alike, "higher", 100.0).egger_p is None
    assert missing_of([], "higher", 0.0).unreported_share == 0.0


def small(*changed: tuple[int, dict[str, Any]]) -> list[OfTrial]:
    """Give four trials of 30 people that found a benefit, half of them by people with an interest; some changed."""
    trials = [OfTrial(str(at), 0.5, 0.1, 30, interested=at < 2) for at in range(4)]
    for at, change in changed:
        trials[at] = replace(trials[at], **change)
    return trials


@pytest.mark.parametrize(
    ("trials", "needed", "so"),
    [
        (small(), 121, True),
        (small(), 120, False),  # a quarter of the people needed is not small
        (small(), None, False),
        (small((3, {"people": 31})), 121, False),
        (small((3, {"effect": 0.0})), 121, False),
        (small((1, {"interested": False})), 121, False),
        (small((3, {"people": 29})), 121, True),
        (small((0, {"people": 29})), 121, False),  # half of the people, not of the trials
        ([], 121, False),
    ],
)
def test_small_trials_by_those_with_an_interest_cost_where_all_found_a_benefit(
    trials: list[OfTrial], needed: float | None, so: bool
) -> None:
    assert missing_of(trials, "higher", 0.0, needed).all_small_and_interested is so
    turned = [replace(one, effect=-one.effect) for one in trials]
    assert missing_of(turned, "lower", 0.0, needed).all_small_and_interested is so
    assert not missing_of(turned, "higher", 0.0, needed).all_small_and_interested


def test_comparisons_of_one_trial_are_one_when_its_size_is_asked() -> None:
    trials = [replace(one, trial=str(at // 2)) for at, one in enumerate(small())]
    assert not missing_of(trials, "higher", 0.0, 240).all_small_and_interested
    assert missing_of(trials, "higher", 0.0, 241).all_small_and_interested


def test_an_interest_is_one_that_the_dossier_knows(tmp_path: Path) -> None:
    usual = {"label": "usual care", "events": number(300), "n": number(1000)}
    for status, levels in (("seen", 1), ("reported", 1), ("missing", 0)):
        told = {"text": "A patent.", "status": status, **({} if status == "missing" else {"source": "EXAMPLE"})}
        trials = [replace(trial, more={"interests": told}) for trial in FIVE]
        one = headline(tmp_path / status, trials, important=number(0.9), usual_risk=usual)
        assert one.rating.cost("missing_results") == levels
    assert headline(tmp_path / "none", FIVE, important=number(0.9), usual_risk=usual).rating.cost(
        "missing_results"
    ) == 0  # fmt: skip


def test_a_trial_is_lost_once_however_many_comparisons_it_has() -> None:
    """The largest trial of the shipped dossier has no counts in either of its two."""
    evidence = load(shipped())
    analysis = evidence.dossier.analyses["response_saline"]
    found = contrasts(evidence, analysis)
    lost = people_lost(evidence, analysis, found)
    sizes = {study: evidence.studies[study].n_randomised.value for study in ("zamanian2017", "brin2020", "li2022")}
    assert lost == sum(value or 0.0 for value in sizes.values())


# --- in a network -------------------------------------------------------------------------------------------


def test_an_option_of_a_network_is_rated_by_its_own_limits() -> None:
    outcome = load(shipped()).dossier.outcomes["response"]
    study = [str(at) for at in range(8)]
    fit = network(study, ["a"] * 6 + ["b"] * 2, ["p"] * 6 + ["a"] * 2,
                  [0.50, 0.52, 0.48, 0.5, 0.51, 0.49, 0.1, 0.12], [0.1] * 8, reference="p")  # fmt: skip
    direct = rating_in_network(fit, "a", "p", outcome, "OR", "higher")
    assert (direct.target, direct.certainty) == ("any_benefit", "moderate")
    assert [move.domain for move in direct.costs] == ["risk_of_bias"]
    indirect = rating_in_network(fit, "b", "p", outcome, "OR", "higher")
    assert indirect.cost("indirectness") == 1
    assert rating_in_network(fit, "a", "p", outcome, "OR", "lower").target == "any_harm"
    declared = outcome.model_copy(
        update={"important": Number.model_validate(number(1.5)), "usual_risk": outcome.usual_risk}
    )
    matters = rating_in_network(fit, "a", "p", declared, "OR", "higher", 0.4)
    assert matters.target == "important_benefit"
    assert "needed" in str(matters.moves[1].why) or "limits" in str(matters.moves[1].why)
