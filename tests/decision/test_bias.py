"""The headline under sourced priors on bias, against the same analyses made one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from glabella.decision import UnderBias, answer
from glabella.dossier import Evidence, load
from glabella.synthesis import (
    BiasPrior,
    InverseGamma,
    Normal,
    arrays,
    bayes,
    bias_adjusted,
    contrasts,
    model_average,
)

TAU = InverseGamma(1, 0.15)


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return load()


@pytest.fixture(scope="module")
def found(evidence: Evidence) -> UnderBias:
    it = answer(evidence).bias
    assert it is not None
    return it


@pytest.fixture(scope="module")
def effects(evidence: Evidence) -> tuple[np.ndarray, np.ndarray]:
    return arrays(contrasts(evidence, evidence.dossier.analyses[evidence.dossier.headline]).effects)


def test_without_bias_it_is_the_plain_analysis(found: UnderBias, effects: tuple[np.ndarray, np.ndarray]) -> None:
    fit = bayes(*effects, tau_prior=TAU)
    assert found.plain.value == pytest.approx(fit.mu.mean, abs=1e-9)
    assert (found.plain.low, found.plain.high) == pytest.approx(fit.mu.interval(kind="central"), abs=1e-7)


def test_each_prior_of_the_dossier_is_taken_off(
    evidence: Evidence, found: UnderBias, effects: tuple[np.ndarray, np.ndarray]
) -> None:
    assert evidence.priors is not None
    assert len(found.priors) == len(evidence.priors.bias)
    for row, prior in zip(found.priors, evidence.priors.bias.values(), strict=True):
        mean, sd = prior.value("mean"), prior.value("sd")
        fit = bias_adjusted(*effects, bias_prior=BiasPrior(mean, sd), tau_prior=TAU)
        assert row.prior.value == mean
        assert row.effect.value == pytest.approx(fit.mu.mean, abs=1e-9)
        assert row.effect.low == pytest.approx(fit.mu.quantile(0.025), abs=1e-7)
        sources = {source.reference for source in row.effect.sources}
        assert {key for number in prior.parameters.values() for key in number.sources} <= sources
    assert [row.letter for row in found.priors] == ["A", "B", "C", "D"][: len(found.priors)]


def test_turning_points_turn(found: UnderBias, effects: tuple[np.ndarray, np.ndarray]) -> None:
    assert found.tipping.value is not None
    assert found.halving.value is not None
    at = bias_adjusted(*effects, bias_prior=BiasPrior(found.tipping.value, 0), tau_prior=TAU)
    assert at.mu.quantile(0.975) == pytest.approx(0, abs=1e-7)
    half = bias_adjusted(*effects, bias_prior=BiasPrior(found.halving.value, 0), tau_prior=TAU)
    assert half.mu.mean == pytest.approx((found.plain.value or 0) / 2, abs=1e-7)
    # The curve reaches beyond everything that is marked in it.
    assert found.biases[0] == 0
    assert min(found.biases) < min(
        found.tipping.value, found.halving.value, *(p.prior.value or 0 for p in found.priors)
    )
    assert len(found.curve) == len(found.biases)


def test_the_average_is_the_one_made_alone(found: UnderBias, effects: tuple[np.ndarray, np.ndarray]) -> None:
    fit = model_average(*effects, effect_prior=Normal(0, 1), tau_prior=TAU, favours="less")
    assert found.averaged.value == pytest.approx(fit.mu.mean)
    assert (found.averaged.low, found.averaged.high) == pytest.approx(fit.mu.interval())
    assert found.chance_effect.value == pytest.approx(fit.effect.posterior)
    assert found.bf_bias.value == pytest.approx(fit.bias.bf)
    assert found.models.value == 36


def test_it_is_left_out_where_nothing_may_be_believed(evidence: Evidence) -> None:
    assert answer(replace(evidence, priors=None)).bias is None
    assert evidence.priors is not None
    unusual = evidence.priors.model_copy(update={"bias": {}})
    assert answer(replace(evidence, priors=unusual)).bias is None


def test_it_rests_on_the_file_of_priors_and_is_never_the_headline(evidence: Evidence, found: UnderBias) -> None:
    whole = answer(evidence)
    assert dict(found.plain.inputs)["priors.yaml"] == evidence.digests["priors.yaml"]
    ids = [claim.id for claim in whole.claims if claim.id.startswith("bias.")]
    assert len(ids) == len(set(ids))
    assert whole.headline.estimate.function == "glabella.synthesis.pool"
    assert "priors.yaml" not in dict(whole.headline.estimate.inputs)
