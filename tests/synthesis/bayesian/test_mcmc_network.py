"""Sampled networks of counts against quadrature, against networks of effects, and against published posteriors.

Every tolerance is Monte Carlo error, ours and where there is any theirs: four standard errors, to both sides.
"""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import special, stats

from glabella.synthesis import (
    BayesNetwork,
    HalfNormal,
    Normal,
    NotConvergedError,
    Uniform,
    bayes,
    bayes_network,
    network,
    pairwise,
)
from glabella.synthesis.bayesian import _mcmc_network
from glabella.synthesis.networks._ranks import rank_probabilities

REFERENCE = Path(__file__).parents[1] / "reference"
ERRORS = 4
PUBLISHED = json.loads((REFERENCE / "antidepressants.json").read_text(encoding="utf-8"))


def columns(name: str, **only: str) -> dict[str, Any]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if all(row[key] == value for key, value in only.items())]
    return {
        "studlab": [row["study"] for row in rows],
        "treat": [row["treatment"] for row in rows],
        "events": [int(row["events"]) for row in rows],
        "n": [int(row["n"]) for row in rows],
    }


def test_one_study_of_two_arms_is_what_quadrature_gives() -> None:
    priors = {"effects_prior": Normal(0.2, 1.0), "baseline_prior": Normal(-1.0, 1.5)}
    found = bayes_network(["1", "1"], ["drug", "placebo"], [9, 4], [20, 21], reference="placebo", tau_prior=None,
                          draws=4000, **priors)  # type: ignore[arg-type]  # fmt: skip

    baseline, effect = np.linspace(-7, 5, 1201)[:, None], np.linspace(-6, 6, 1201)
    log = (stats.norm.logpdf(baseline, -1.0, 1.5) + stats.norm.logpdf(effect, 0.2, 1.0)
           + stats.binom.logpmf(4, 21, special.expit(baseline))
           + stats.binom.logpmf(9, 20, special.expit(baseline + effect)))  # fmt: skip
    weight = np.exp(log - log.max()).sum(axis=0)
    weight /= weight.sum()
    mean = weight @ effect
    sd = np.sqrt(weight @ (effect - mean) ** 2)
    assert abs(found.effects.mean[0] - mean) < ERRORS * found.effects.mean_error[0]
    assert abs(found.effects.sd[0] - sd) < ERRORS * found.effects.sd_error[0]
    assert found.effects.mean[1] == 0
    # order of the rows and labels that sort alike: the very same draws
    again = bayes_network(["x", "x"], ["sham", "gel"], [4, 9], [21, 20], reference="sham", tau_prior=None,
                          draws=4000, **priors)  # type: ignore[arg-type]  # fmt: skip
    np.testing.assert_array_equal(again.draws, found.draws)
    # labels that sort otherwise, hence other draws: the same posterior
    other = bayes_network(["1", "1"], ["zinc", "placebo"], [9, 4], [20, 21], reference="placebo", tau_prior=None,
                          draws=4000, seed=2, **priors)  # type: ignore[arg-type]  # fmt: skip
    error = np.hypot(found.effects.mean_error[0], other.effects.mean_error[1])
    assert abs(other.effects.mean[1] - found.effects.mean[0]) < ERRORS * error
    # the other way round, a prior that is symmetric about zero apart
    turned = found.against("drug")
    np.testing.assert_array_equal(turned.chains[..., 1], -found.effects.chains[..., 0])


def test_random_effects_of_large_studies_are_those_of_the_normal_model() -> None:
    rng = np.random.default_rng(5)
    k, n = 8, 4000
    base, effect = rng.normal(-0.5, 0.3, k), rng.normal(0.4, 0.15, k)
    events = rng.binomial(n, special.expit(np.stack([base, base + effect])))
    study = [f"s{i}" for i in range(k)]
    found = bayes_network(study * 2, ["a"] * k + ["b"] * k, events.ravel(), [n] * 2 * k, reference="a",
                          tau_prior=HalfNormal(0.5), draws=3000)  # fmt: skip

    odds = np.log(events / (n - events))
    variance = (1 / events + 1 / (n - events)).sum(axis=0)
    expected = bayes(odds[1] - odds[0], variance, tau_prior=HalfNormal(0.5))
    assert found.tau is not None
    # The normal approximation of counts errs by about 1/events: 1e-3 here, below one Monte Carlo error of each.
    for ours, error, theirs in (
        (found.effects.mean[1], found.effects.mean_error[1], expected.mu.mean),
        (found.effects.sd[1], found.effects.sd_error[1], expected.mu.sd),
        (found.tau.mean, found.tau.mean_error, expected.tau.mean),
        (found.tau.sd, found.tau.sd_error, expected.tau.sd),
    ):
        assert abs(ours - theirs) < ERRORS * error


def test_common_effects_of_large_studies_are_those_of_the_network() -> None:
    rng = np.random.default_rng(6)
    study = ["1", "1", "2", "2", "3", "3", "3", "4", "4"]
    treat = ["a", "b", "b", "c", "a", "b", "c", "a", "c"]
    truth = {"a": 0.0, "b": 0.3, "c": -0.2}
    events = [int(rng.binomial(20_000, special.expit(-0.5 + truth[one]))) for one in treat]
    n = [20_000] * len(study)
    found = bayes_network(study, treat, events, n, reference="a", tau_prior=None)

    given = pairwise(study, treat, measure="OR", events=events, n=n)
    expected = network(given.studlab, given.treat1, given.treat2, given.te, given.se, method="common")
    np.testing.assert_array_less(np.abs(found.effects.mean - expected.te_common[:, 0])[1:],
                                 ERRORS * found.effects.mean_error[1:])  # fmt: skip
    np.testing.assert_array_less(np.abs(found.effects.sd - expected.se_common[:, 0])[1:],
                                 ERRORS * found.effects.sd_error[1:])  # fmt: skip
    assert found.fit.arms == 9
    assert found.fit.effective == pytest.approx(4 + 2, abs=0.4)


def test_twelve_antidepressants_are_as_published() -> None:
    given = columns("antidepressants_response.csv")
    # The prior of τ that was used.
    found = bayes_network(**given, reference="fluoxetine", tau_prior=Uniform(2.0), draws=2500)

    published = PUBLISHED["response"]["posterior"]
    low, high = found.effects.interval()
    for i, drug in enumerate(found.treatments):
        if drug == "fluoxetine":
            continue
        expected = published[drug]
        error = np.hypot(found.effects.mean_error[i], expected["error"])
        assert abs(found.effects.mean[i] - expected["mean"]) < ERRORS * error
        # A 2.5% quantile of a normal sample has 2.7 times the error of its mean.
        assert abs(low[i] - expected["low"]) < ERRORS * 2.7 * error
        assert abs(high[i] - expected["high"]) < ERRORS * 2.7 * error
        assert found.effects.sd[i] == pytest.approx(expected["sd"], rel=0.06)
    assert found.tau is not None
    error = np.hypot(found.tau.mean_error, published["sd"]["error"])
    assert abs(found.tau.mean - published["sd"]["mean"]) < ERRORS * error
    ranks = found.rank_probabilities(small_values="bad")
    assert ranks.table()["treatment"][0] == "mirtazapine"
    assert ranks.table()["treatment"][-1] == "reboxetine"
    # A model of counts that fits has a residual deviance near the number of arms.
    assert found.fit.residual == pytest.approx(224, abs=30)
    assert_near_the_network_of_effects(found, given)
    assert_named_in_print(found)


def assert_near_the_network_of_effects(found: BayesNetwork, given: dict[str, Any]) -> None:
    made = pairwise(given["studlab"], given["treat"], measure="OR", events=given["events"], n=given["n"])
    expected = network(made.studlab, made.treat1, made.treat2, made.te, made.se, method="REML")
    at = expected.treatments.index("fluoxetine")

    assert expected.treatments == found.treatments
    # REML has one τ where there is a skewed posterior, and normal log odds are an approximation in small arms.
    apart = np.abs(found.effects.mean - expected.te_random[:, at])
    assert (apart <= 0.25 * found.effects.sd).all()
    assert apart.max() > 0


def assert_named_in_print(found: BayesNetwork) -> None:
    text = str(found)

    for one in ("111 studies, 224 arms, 12 treatments", "no divergence", "mirtazapine", "tau", "WAIC"):
        assert one in text
    assert found.table().shape == (12, 7)
    with pytest.raises(ValueError, match="treatment 'sugar' is not in the network"):
        found.against("sugar")


@pytest.mark.parametrize("outcome", ["response", "dizziness"])
def test_four_antidepressants_from_their_trials_are_as_published(outcome: str) -> None:
    given = columns("antidepressants_outcomes.csv", outcome=outcome)
    found = bayes_network(**given, reference="placebo", tau_prior=Uniform(2.0))
    at = [found.treatments.index(name) for name in PUBLISHED["outcomes"]["treatments"]]
    expected = PUBLISHED["outcomes"]["posterior"][outcome]

    # The authors' own tolerance; neither priors nor Monte Carlo errors of their run are published.
    tolerance = 0.05
    assert found.effects.mean_error.max() < tolerance / 5
    np.testing.assert_allclose(found.effects.mean[at], expected["mean"], atol=tolerance)
    np.testing.assert_allclose(np.cov(found.draws[:, at].T), expected["cov"], atol=tolerance)


@pytest.mark.parametrize("seed", [1, 2])
def test_preferences_over_four_antidepressants_are_as_published(seed: int) -> None:
    published = PUBLISHED["outcomes"]
    options, criteria = published["options"], published["criteria"]
    rng, draws = np.random.default_rng(seed), 100_000
    value = np.empty((draws, len(options), len(criteria)))
    for j, criterion in enumerate(criteria):
        given = published["posterior"][criterion]
        relative = np.zeros((draws, len(options)))
        relative[:, [options.index(name) for name in published["treatments"]]] = rng.multivariate_normal(
            given["mean"], given["cov"], draws
        )
        chance = special.expit(rng.normal(given["placebo_mean"], given["placebo_sd"], (draws, 1)) + relative)
        value[..., j] = chance if criterion == "response" else 1 - chance
    weight = rng.dirichlet(np.ones(len(criteria)), draws)
    total = np.einsum("soc,sc->so", value, weight)
    ranks = rank_probabilities(total, treatments=options, small_values="bad")
    first = total.argmax(axis=1)
    central = np.stack([weight[first == i].mean(axis=0) for i in range(len(options))])
    confidence = [(np.einsum("soc,c->so", value, one).argmax(axis=1) == i).mean() for i, one in enumerate(central)]

    # The authors' own tolerances, for their 10,000 draws; our Monte Carlo errors are far smaller.
    chances, weights = 0.02, 0.03
    assert 0.5 / np.sqrt(draws) < chances / 10
    np.testing.assert_allclose(ranks.probability, published["rank_acceptability"], atol=chances)
    np.testing.assert_allclose(central, published["central_weight"], atol=weights)
    np.testing.assert_allclose(confidence, published["confidence"], atol=weights)


def test_chains_that_stand_still_raise_and_carry_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def stuck(_density: Any, _data: Any, start: Any, **_: Any) -> tuple[Any, int]:
        return np.repeat(start[:, None, :], 100, axis=1), 7

    monkeypatch.setattr(_mcmc_network, "run", stuck)
    with pytest.raises(NotConvergedError, match="7 of 400 trajectories diverged") as raised:
        bayes_network(["1", "1"], ["a", "b"], [3, 5], [9, 9], reference="a", tau_prior=None, draws=100)
    assert "NOT CONVERGED" in str(raised.value.result)
