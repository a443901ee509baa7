"""The section bias: the headline under sourced priors on bias, against the same analyses made one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glabella.brief.results import Results
from glabella.brief.sections import bias
from glabella.dossier import Evidence, Prior, load
from glabella.shown import Claim, Ledger, Section, plain
from glabella.synthesis import (
    BiasPrior,
    HalfCauchy,
    HalfNormal,
    HalfT,
    InverseGamma,
    LogNormal,
    LogT,
    Normal,
    arrays,
    bayes,
    bias_adjusted,
    contrasts,
    model_average,
    tau_prior_of,
)
from tests.brief.made_up_trials import (
    Data,
    Trial,
    bare_digits,
    counted,
    figure_of,
    lead,
    made_up,
    number,
    said,
    scored,
    tables,
)

TAU = LogT.of_tau2(-2.99, 2.16, 5)
WORSE = [scored("Able 2001", 9.0, 3.0, 60, (10.6, 3.0, 60)), scored("Baker 2002", 9.1, 3.0, 50, (10.4, 3.0, 50)),
         scored("Cole 2003", 9.0, 3.0, 80, (10.5, 3.0, 80))]  # fmt: skip
BETTER = [replace(trial, arm=trial.control, control=trial.arm) for trial in WORSE]


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return load()


@pytest.fixture(scope="module")
def shipped(evidence: Evidence) -> tuple[Section, Ledger]:
    book = Ledger()
    found = bias.report(Results(evidence), book)
    assert found is not None
    return found, book


@pytest.fixture(scope="module")
def effects(evidence: Evidence) -> tuple[np.ndarray, np.ndarray]:
    return arrays(contrasts(evidence, evidence.dossier.analyses[evidence.dossier.headline]).effects)


def claim(book: Ledger, name: str) -> Claim:
    return book.claims[f"bias.{name}"]


def value(book: Ledger, name: str) -> float:
    found = claim(book, name).value
    assert found is not None
    return found


# --- the shipped dossier ------------------------------------------------------------------------------------


def test_without_bias_it_is_the_plain_analysis(
    shipped: tuple[Section, Ledger], effects: tuple[np.ndarray, np.ndarray]
) -> None:
    plain_, fit = claim(shipped[1], "plain"), bayes(*effects, tau_prior=TAU)
    assert plain_.value == pytest.approx(fit.mu.mean, abs=1e-9)
    assert (plain_.low, plain_.high) == pytest.approx(fit.mu.interval(kind="central"), abs=1e-7)


def test_each_prior_of_the_dossier_is_taken_off(
    evidence: Evidence, shipped: tuple[Section, Ledger], effects: tuple[np.ndarray, np.ndarray]
) -> None:
    found, book = shipped
    assert evidence.priors is not None
    (table,) = tables(found)
    assert len(table.rows) == len(evidence.priors.bias)
    for row, letter, (name, prior) in zip(table.rows, "ABCD", evidence.priors.bias.items(), strict=True):
        mean, sd = prior.value("mean"), prior.value("sd")
        fit = bias_adjusted(*effects, bias_prior=BiasPrior(mean, sd), tau_prior=TAU)
        effect = claim(book, f"adjusted.{name}")
        assert value(book, f"prior.{name}") == mean
        assert effect.value == pytest.approx(fit.mu.mean, abs=1e-9)
        assert effect.low == pytest.approx(fit.mu.quantile(0.025), abs=1e-7)
        sources = {source.reference for source in effect.sources}
        assert {key for each in prior.parameters.values() for key in each.sources} <= sources
        assert plain(row.cells[0]).startswith(f"{letter}: {prior.label} ")
        assert [plain(row.cells[1]), plain(row.cells[3])] == [claim(book, f"prior.{name}").text, effect.text]
    assert "In 16 trials in which blinded and non-blinded raters" in plain(table.rows[0].cells[0])


def test_turning_points_turn(shipped: tuple[Section, Ledger], effects: tuple[np.ndarray, np.ndarray]) -> None:
    found, book = shipped
    tipping, halving = value(book, "tipping"), value(book, "halving")
    at = bias_adjusted(*effects, bias_prior=BiasPrior(tipping, 0), tau_prior=TAU)
    assert at.mu.quantile(0.975) == pytest.approx(0, abs=1e-7)
    half = bias_adjusted(*effects, bias_prior=BiasPrior(halving, 0), tau_prior=TAU)
    assert half.mu.mean == pytest.approx(value(book, "plain") / 2, abs=1e-7)
    assert lead(found).startswith(
        f"Pooled with a prior for the spread between trials, the effect is {claim(book, 'plain').text}; a bias of "
        f"{claim(book, 'tipping').text} in every trial is enough for the interval to include zero. Averaged over "
        f"models with and without publication bias, the effect is {claim(book, 'averaged').text}."
    )
    assert f"A bias of {claim(book, 'halving').text} in every trial would leave half the effect." in said(found)
    # The headline's interval includes zero, and this one excludes it.
    assert "the headline’s, which rests on none, includes zero without any bias." in said(found)


def test_the_curve_reaches_beyond_everything_that_is_marked_in_it(shipped: tuple[Section, Ledger]) -> None:
    found, book = shipped
    figure, spec = figure_of(found)
    rows = spec["data"]["values"]
    marks = [value(book, key.removeprefix("bias.")) for key in book.claims if key.startswith("bias.prior.")]
    assert rows[0]["bias"] == 0
    assert min(row["bias"] for row in rows) < min(value(book, "tipping"), value(book, "halving"), *marks)
    assert len(rows) == sum(key.startswith("bias.curve.") for key in book.claims)
    assert figure.alt.startswith("Effect left, with its interval")


def test_the_average_is_the_one_made_alone(
    shipped: tuple[Section, Ledger], effects: tuple[np.ndarray, np.ndarray]
) -> None:
    found, book = shipped
    fit = model_average(*effects, effect_prior=Normal(0, 1), tau_prior=TAU, favours="less")
    averaged = claim(book, "averaged")
    assert averaged.value == pytest.approx(fit.mu.mean)
    assert (averaged.low, averaged.high) == pytest.approx(fit.mu.interval())
    assert value(book, "chance.effect") == pytest.approx(fit.effect.posterior)
    assert value(book, "bf_effect") == pytest.approx(fit.effect.bf)
    assert value(book, "models") == 36
    text = said(found)
    assert "36 models, with and without an effect, heterogeneity and publication bias of several forms" in text
    effect, factor = (claim(book, name).text for name in ("chance.effect", "bf_effect"))
    assert (
        f"The probability of any effect was a half before the data and is {effect} with them (Bayes factor "
        f"{factor}). How likely publication bias is, is not told: as of any test for it, fewer than ten trials say "
        "little."
    ) in text
    assert "bias.bf_bias" not in book.claims
    assert "bias.chance.publication" not in book.claims


def test_it_rests_on_the_file_of_priors(evidence: Evidence, shipped: tuple[Section, Ledger]) -> None:
    found, book = shipped
    assert dict(claim(book, "plain").inputs)["priors.yaml"] == evidence.digests["priors.yaml"]
    assert (
        "None of these numbers is the headline. Priors: mental health, a drug against placebo, standardised "
        "differences; effect" in said(found)
    )
    assert "was not seen for any of these trials" in said(found)
    assert "the headline’s, which rests on none, includes zero without any bias." in said(found)
    assert bare_digits(found) == []


def test_it_is_left_out_where_nothing_may_be_believed(evidence: Evidence) -> None:
    assert evidence.priors is not None
    for priors in (
        None,
        *(evidence.priors.model_copy(update={part: {}}) for part in ("bias", "effect", "heterogeneity")),
    ):
        assert bias.report(Results(replace(evidence, priors=priors)), Ledger()) is None


# --- made-up dossiers ---------------------------------------------------------------------------------------


def prior(of: str, family: str, measure: str = "SMD", **parameters: float) -> Data:
    return {
        "label": f"made-up {of}", "of": of, "measure": measure, "applies_to": "anything", "family": family,
        "parameters": {name: number(value) for name, value in parameters.items()}, "usual": of != "bias",
        "why": [{"text": "It is made up.", "status": "seen", "source": "EXAMPLE"}],
    }  # fmt: skip


def believed(mean: float, measure: str = "SMD", tau: Data | None = None) -> Data:
    return {
        "heterogeneity": {"usual": tau or prior("tau", "half_normal", measure, scale=0.2)},
        "effect": {"usual": prior("effect", "normal", measure, mean=0.0, sd=1.0)},
        "bias": {"known": prior("bias", "normal", measure, mean=mean, sd=0.1)},
    }


def made(folder: Path, better: str, trials: Sequence[Trial], priors: Data, measure: str = "SMD") -> Any:
    book = Ledger()
    return bias.report(Results(made_up(folder / "dossier", measure, better, trials, priors=priors)), book), book


def test_where_higher_is_better_higher_effects_would_be_published(tmp_path: Path) -> None:
    found, book = made(tmp_path, "higher", BETTER, believed(0.2))
    assert bare_digits(found) == []
    assert "; above zero favours my drug." in said(found)
    yi, vi = arrays(Results(made_up(tmp_path / "again", "SMD", "higher", BETTER)).headline.effects)
    fit = model_average(yi, vi, effect_prior=Normal(0, 1), tau_prior=HalfNormal(0.2), favours="greater")
    assert value(book, "averaged") == pytest.approx(fit.mu.mean)
    _, mirrored = made(tmp_path / "lower", "lower", WORSE, believed(-0.2))
    for name in ("plain", "tipping", "halving", "averaged", "adjusted.known"):
        assert value(mirrored, name) == pytest.approx(-value(book, name), abs=1e-6), name
    assert value(mirrored, "bf_effect") == pytest.approx(value(book, "bf_effect"), rel=1e-6)


def test_from_ten_trials_on_publication_bias_has_its_probability(tmp_path: Path) -> None:
    trials = [scored(f"Able {2001 + at}", 12 + at % 3, 4.0, 30 + 5 * at, (10.0, 4.0, 30)) for at in range(10)]
    found, book = made(tmp_path / "ten", "higher", trials, believed(0.2))
    chance, factor = (claim(book, name).text for name in ("chance.publication", "bf_bias"))
    assert f" That of publication bias was a half and is {chance} (Bayes factor {factor})." in said(found)
    found, book = made(tmp_path / "nine", "higher", trials[:9], believed(0.2))
    assert "fewer than ten trials say little" in said(found)
    assert "bias.bf_bias" not in book.claims


def test_an_interval_that_includes_zero_needs_no_bias(tmp_path: Path) -> None:
    unsure = [replace(trial, arm={**trial.arm, "mean": 10.2}) for trial in WORSE]
    found, _ = made(tmp_path, "lower", unsure, believed(-0.2))
    assert lead(found).startswith("Pooled with a prior for the spread between trials, the effect is −0.10 (")
    assert "; the interval includes zero without any bias. Averaged" in lead(found)


@pytest.mark.parametrize(
    ("guessed", "words"),
    [
        ((True, True, True), None),
        ((True, False, True), "was not seen for all of these trials"),
        ((False, False, False), "was not seen for any of these trials"),
    ],
)
def test_it_says_of_how_many_trials_guesses_were_seen(
    tmp_path: Path, guessed: tuple[bool, ...], words: str | None
) -> None:
    trials = [replace(trial, guessed=seen) for trial, seen in zip(WORSE, guessed, strict=True)]
    text = said(made(tmp_path, "lower", trials, believed(-0.2))[0])
    assert "the headline’s, which rests on none" not in text
    assert words in text if words else "How often people guessed right" not in text
    assert "People who know what they were given may report a larger effect than there is." in text


def test_ratios_few_trials_and_other_measures_have_none(tmp_path: Path) -> None:
    events = [counted("Able 2001", 10, 100, 20, 100), counted("Baker 2002", 15, 150, 32, 150),
              counted("Cole 2003", 8, 80, 15, 80)]  # fmt: skip
    assert made(tmp_path / "ratio", "lower", events, believed(-0.2, "RR"), "RR")[0] is None
    assert made(tmp_path / "few", "lower", WORSE[:2], believed(-0.2))[0] is None
    assert made(tmp_path / "other", "lower", WORSE, believed(-0.2, "OR"))[0] is None
    assert made(tmp_path / "points", "lower", WORSE, believed(-0.2, "MD"), "MD")[0] is not None


def test_a_prior_of_an_unknown_family_is_named(tmp_path: Path) -> None:
    odd = prior("tau", "normal", mean=0.0, sd=1.0)
    with pytest.raises(
        ValueError, match="the usual prior of the spread is normal of tau, expected one of half_normal"
    ):
        made(tmp_path, "lower", WORSE, believed(-0.2, tau=odd))


@pytest.mark.parametrize(
    ("tau", "expected"),
    [
        (prior("tau", "half_normal", scale=0.2), HalfNormal(0.2)),
        (prior("tau", "half_cauchy", scale=0.2), HalfCauchy(0.2)),
        (prior("tau", "half_t", df=4, scale=0.2), HalfT(4, 0.2)),
        (prior("tau", "inverse_gamma", scale=0.15, shape=1), InverseGamma(1, 0.15)),
        (prior("tau", "log_normal", mean=-2, sd=1), LogNormal(-2, 1)),
        (prior("tau2", "log_normal", mean=-3, sd=1.5), LogNormal.of_tau2(-3, 1.5)),
        (prior("tau2", "log_t", df=5, mean=-3.4, scale=2), LogT.of_tau2(-3.4, 2, 5)),
    ],
)
def test_every_family_of_the_spread_is_taken(tau: Data, expected: object) -> None:
    assert tau_prior_of(Prior.model_validate(tau)) == expected
