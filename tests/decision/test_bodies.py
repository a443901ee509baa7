"""From effects of trials to what is rated."""

from __future__ import annotations

import numpy as np
import pytest

from glabella.decision.bodies import Declared, OfTrial, body_of, disagreement, estimated, of_trials
from glabella.decision.rating import Indirect, Shares, needed_for_difference, rate
from glabella.dossier import Study, load, shipped
from glabella.synthesis import Effect, arrays, contrasts, pool


def study(name: str, **design: str) -> Study:
    return Study.model_validate({
        "id": name, "label": name, "year": 2000, "reports": ["R"],
        "design": {"type": "parallel", "randomised": "yes", "blinding": "double"} | design,
    })  # fmt: skip


def effect(name: str, comparison: str = "c") -> Effect:
    return Effect(name, comparison, "o", None, None, "SMD", -0.5, 0.04, 50, 40, "made up", ())


def test_what_is_known_of_a_trial_goes_with_its_effect() -> None:
    judged = study("b").model_copy(
        update={"risk_of_bias": study("b").risk_of_bias.model_copy(update={"judgement": "high"})}
    )
    some = judged.model_copy(
        update={"risk_of_bias": judged.risk_of_bias.model_copy(update={"judgement": "some_concerns"})}
    )
    studies = {
        "a": study("a"), "b": judged, "c": some, "d": study("d", randomised="unclear"),
        "e": study("e", randomised="no", type="single_arm"),
        "f": study("f").model_copy(update={"role": "observational"}),
    }  # fmt: skip
    found = of_trials([effect(name) for name in studies], studies)
    assert [one.judgement for one in found] == ["unknown", "high", "unknown", "unknown", "unknown", "unknown"]
    assert [one.design for one in found] == [
        "randomised", "randomised", "randomised", "non_randomised", "single_arm", "non_randomised",
    ]  # fmt: skip
    assert found[0] == OfTrial("a", -0.5, 0.04, 90)


@pytest.mark.parametrize(("declared", "judgement"), [((True, True), "high"), ((True, False), "low")])
def test_two_signals_declared_serious_make_a_high_risk(declared: tuple[bool, ...], judgement: str) -> None:
    signals = [
        {
            "domain": "missing_data",
            "short": "left out",
            "fact": {"text": "Some were left out.", "status": "seen", "source": "R"},
            "serious": "half of them" if serious else None,
        }
        for serious in declared
    ]
    base = study("a").model_dump(exclude_unset=True)
    bias = {"tool": "any", "judgement": "low", "status": "seen", "source": "R", "note": "made up"}
    judged = Study.model_validate(base | {"signals": signals, "risk_of_bias": bias})
    (found,) = of_trials([effect("a")], {"a": judged})
    assert found.judgement == judgement


def test_trials_are_counted_and_the_good_is_above_zero() -> None:
    trials = [OfTrial("a", -0.5, 0.04, 60), OfTrial("a", -0.3, 0.04, 60), OfTrial("b", -0.6, 0.02, 100, "low")]
    found = estimated(
        trials, better="lower", estimate=-0.5, low=-0.9, high=-0.1, important=0.24, prediction=(-1.2, 0.3),
        declared=Declared(indirect=Indirect(("other people",))),
    )  # fmt: skip
    body = found.body
    assert (body.trials, body.people, body.estimate) == (2, 220, 0.5)
    assert (found.low, found.high, body.prediction) == (0.1, 0.9, (-0.3, 1.2))
    assert body.se_within == pytest.approx(0.1)
    assert body.shares == Shares(0.5, 0, 0.5, low_agrees=True)
    assert body.indirect.serious == ("other people",)
    turned = estimated(
        trials, better="higher", estimate=-0.5, low=-0.9, high=-0.1, important=0.24,
        prediction=(float("nan"), float("nan")),
    )  # fmt: skip
    assert (turned.body.estimate, turned.low, turned.high, turned.body.prediction) == (-0.5, -0.9, -0.1, None)


def test_trials_at_low_risk_that_find_another_size_do_not_agree() -> None:
    trials = [OfTrial("a", 0.05, 0.02, 100, "low"), OfTrial("b", 0.9, 0.02, 100)]
    found = estimated(trials, better="higher", estimate=0.5, low=0.1, high=0.9, important=0.24)
    assert not found.body.shares.low_agrees
    none = estimated(trials[1:], better="higher", estimate=0.9, low=0.6, high=1.2, important=0.24)
    assert not none.body.shares.low_agrees
    assert none.body.disagreement_p == 1


def test_one_study_that_was_not_randomised_lowers_the_start_of_all() -> None:
    trials = [OfTrial("a", 0.5, 0.02, 100), OfTrial("b", 0.5, 0.02, 100, design="non_randomised")]
    assert estimated(
        trials, better="higher", estimate=0.5, low=0.1, high=0.9, important=0.24
    ).body.design == "non_randomised"  # fmt: skip


def test_disagreement_is_that_of_the_pooled_result() -> None:
    effects, variances = np.array([0.1, 0.9, 0.4]), np.array([0.02, 0.05, 0.03])
    assert disagreement(effects, variances) == pytest.approx(pool(effects, variances).q_p)


def test_a_large_trial_at_low_risk_decides_alone() -> None:
    small = tuple(OfTrial(name, 1.2, 0.13, 30) for name in "abcd")
    large = OfTrial("e", 0.05, 0.004, 1000, "low")
    needed = needed_for_difference(0.24)
    assert body_of((*small, large), needed) == (large,)
    assert body_of(small, needed) == small
    found = estimated(
        body_of((*small, large), needed), better="higher", estimate=0.05, low=-0.07, high=0.17, important=0.24,
        needed=needed,
    )  # fmt: skip
    assert rate(found.body, "not_important").certainty == "moderate"


def test_the_shipped_headline_can_be_rated() -> None:
    evidence = load(shipped())
    dossier = evidence.dossier
    analysis = dossier.analyses[dossier.headline]
    effects = contrasts(evidence, analysis).effects
    fit = pool(*arrays(effects))
    found = estimated(
        of_trials(effects, evidence.studies),
        better=dossier.outcomes[analysis.outcome].better,
        estimate=fit.estimate,
        low=fit.ci_low,
        high=fit.ci_high,
        important=0.24,
        prediction=(fit.pi_low, fit.pi_high),
        needed=needed_for_difference(0.24),
    )
    assert found.body.trials == len({one.study for one in effects})
    assert found.body.people == pytest.approx(sum(one.n1 + one.n2 for one in effects))
    assert found.body.disagreement_p == pytest.approx(fit.q_p)
    assert rate(found.body, "important_benefit").certainty == "very low"
