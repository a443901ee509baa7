"""What trials and networks found, as effects that can be put on a chance."""

import math
from typing import Literal

import numpy as np
import pytest

from glabella.decision.chances import EffectOn
from glabella.decision.effects_on import events_of, less_bias, of_network, size_of
from glabella.decision.uncertain import normal
from glabella.dossier import Prior
from glabella.synthesis import HalfNormal, indirect_comparison, network, pool_trials
from tests.decision.consultations import SAID, number

YI, VI = [0.1, 0.8, 0.3, 0.5, 0.2, 0.6], [0.04, 0.05, 0.09, 0.06, 0.03, 0.08]


def bias(**more: str) -> Prior:
    return Prior.model_validate({
        "label": "raters", "of": "bias", "measure": "SMD", "applies_to": "scores", "family": "normal",
        "parameters": {"mean": number(-0.23), "sd": number(0.09)}, "why": [SAID], **more})  # fmt: skip


def test_one_trial_gives_its_own_effect() -> None:
    found = size_of(pool_trials(YI[:1], VI[:1]))
    assert found is not None
    size, of = found
    assert of == "these trials"
    assert size.interval == pytest.approx((0.1 - 1.959964 * 0.2, 0.1 + 1.959964 * 0.2), abs=1e-6)


def test_two_without_a_prior_give_none() -> None:
    assert size_of(pool_trials(YI[:2], VI[:2])) is None


@pytest.mark.parametrize("k", [2, 3, 6])
def test_trials_that_tell_it_give_a_next_one(k: int) -> None:
    fit = pool_trials(YI[:k], VI[:k], tau_prior=HalfNormal(0.5))
    found = size_of(fit)
    assert found is not None
    size, of = found
    assert of == "next trial"
    assert size.middle == fit.expected
    assert size.interval == pytest.approx((fit.pi_low, fit.pi_high), abs=1e-9)
    assert (np.diff(size.at) > 0).all()


def test_few_without_a_prior_give_their_mean() -> None:
    fit = pool_trials(YI[:3], VI[:3])
    found = size_of(fit)
    assert found is not None
    assert found[1] == "these trials"
    assert found[0].interval == pytest.approx((fit.ci_low, fit.ci_high), abs=1e-12)


@pytest.mark.parametrize(
    ("score", "event", "expected"),
    [("lower", "higher", "lower"), ("higher", "higher", "higher"), ("lower", "lower", "higher"),
     ("higher", "lower", "lower")],
)  # fmt: skip
def test_good_scores_are_those_of_a_good_event(
    score: Literal["lower", "higher"], event: Literal["lower", "higher"], expected: str
) -> None:
    assert events_of(score, event) == expected


def test_a_bias_is_taken_off_with_its_doubt() -> None:
    one = EffectOn("a", "a", "SMD", normal(-0.7, 0.3), "next trial", 3, 100, events="lower")
    less = less_bias(one, "raters", bias())
    assert less is not None
    assert less.size.middle == pytest.approx(-0.47)
    assert less.less == "raters"
    spread = math.hypot(0.3, 0.09)
    assert less.size.interval == pytest.approx((-0.47 - 1.96 * spread, -0.47 + 1.96 * spread), abs=2e-3)
    assert less_bias(one, "raters", bias(measure="OR")) is None


def test_a_network_gives_a_next_trial_of_a_treatment() -> None:
    fit = network(
        ["1", "2", "3", "4"], ["b", "b", "c", "b"], ["a", "a", "a", "c"], [0.5, 0.1, 0.9, -0.2], [0.2] * 4
    )
    comparison = indirect_comparison(fit, "b", "a")
    found = of_network(fit, "b", "a", "the second", "OR", "higher", "higher")
    assert found.size.middle == comparison.estimate
    assert found.size.interval == pytest.approx((comparison.pi_low, comparison.pi_high), abs=1e-12)
    assert (found.of, found.trials, found.events, found.label) == ("next trial", 3, "higher", "the second")
    common = network(["1", "2"], ["b", "c"], ["a", "a"], [0.5, 0.9], [0.2, 0.2], method="common")
    assert of_network(common, "b", "a", "the second", "OR", "higher", "higher").of == "these trials"
