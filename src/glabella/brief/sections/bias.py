"""What would be left if people knew what they were given, or if unwelcome trials are missing.

A look at how far the headline depends on what cannot be seen; never the headline. Priors are the dossier's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from glabella.brief.measure import NAMES, axis, decimals_for, favours, holds, is_ratio, null_word
from glabella.brief.quoting import say_all
from glabella.brief.results import PooledAnalysis, Results, sources_of_prior
from glabella.brief.words import words_of
from glabella.dossier import Prior
from glabella.shown import (
    Block,
    Claim,
    Column,
    Drawn,
    Figure,
    Heading,
    Inline,
    Ledger,
    Link,
    Paragraph,
    Row,
    Section,
    Small,
    Table,
    written,
)
from glabella.synthesis import LEAST_TESTED, declared_prior, tau_prior_of

if TYPE_CHECKING:
    from glabella.synthesis import Distribution, ModelAverage
    from glabella.synthesis._declared import DeclaredPrior

Favours = Literal["less", "greater"]

#: Fewer trials than this say nothing of bias.
_LEAST = 3
#: Points of the curve, and how far it goes beyond the last bias that matters.
_POINTS, _BEYOND = 41, 1.25
_CREDIBLE = "95 % credible interval"


def report(results: Results, book: Ledger) -> Section | None:
    """Put the headline through every sourced prior on bias, and average it over models of missing trials."""
    one = results.headline
    given = _given(results)
    if given is None:
        return None
    under = _under_bias(results, book, given)
    average = _averaged(results, book, given)
    return Section(
        "bias",
        "What if people knew, or trials are missing?",
        (
            _lead(under, average, one),
            Heading("If people or raters knew"),
            *_knowing(results, book, given, under),
            Heading("If unwelcome trials are missing"),
            *_missing(given, average),
        ),
    )


@dataclass(frozen=True, slots=True)
class _Given:
    """The priors that a dossier holds for its headline."""

    spread: Prior
    size: Prior
    biases: dict[str, Prior]


def _given(results: Results) -> _Given | None:
    """Find the priors for the headline's measure; None where one is missing, or nothing can be said."""
    one, priors = results.headline, results.evidence.priors
    if priors is None or is_ratio(one.analysis.measure) or len(one.trials) < _LEAST:
        return None
    usable = (one.analysis.measure, "any")
    spread, size = declared_prior(priors, one.analysis.measure), _usual(priors.effect, usable)
    biases = {
        name: prior
        for name, prior in priors.bias.items()
        if prior.of == "bias" and prior.family == "normal" and prior.measure in usable
    }
    if spread is None or size is None or size.family != "normal" or not biases:
        return None
    return _Given(spread, size, biases)


def _usual(priors: dict[str, Prior], measures: tuple[str, ...]) -> Prior | None:
    return next((prior for prior in priors.values() if prior.usual and prior.measure in measures), None)


# --- what is claimed ----------------------------------------------------------------------------------------


def _about(results: Results, book: Ledger, *priors: Prior, function: str = "bias_adjusted") -> Ledger:
    """Give what claims about the headline under some priors share; they rest on the priors' sources too."""
    one = results.headline
    behind = [source for prior in priors for source in sources_of_prior(prior)]
    fields = results.fields_of(one)
    return book.under("bias.", **fields).under(
        inputs=(*fields["inputs"], ("priors.yaml", results.evidence.digests["priors.yaml"])),
        sources=tuple(dict.fromkeys((*fields["sources"], *behind))),
        function=f"glabella.synthesis.{function}",
    )


@dataclass(frozen=True, slots=True)
class _Adjusted:
    """The headline under one sourced prior on bias; ``letter`` marks it in the figure."""

    name: str
    letter: str
    prior: Claim
    effect: Claim


@dataclass(frozen=True, slots=True)
class _UnderBias:
    """How the headline depends on bias; ``curve`` holds the effect under each bias of ``assumed``."""

    plain: Claim
    tipping: Claim
    halving: Claim
    assumed: tuple[float, ...]
    curve: tuple[Claim, ...]
    adjusted: tuple[_Adjusted, ...]


@dataclass(frozen=True, slots=True)
class _Averaged:
    """The headline averaged over models with and without effect, heterogeneity and publication bias.

    ``publication`` holds the probability of publication bias and its Bayes factor; None with too few trials.
    """

    effect: Claim
    chance_effect: Claim
    bf_effect: Claim
    publication: tuple[Claim, Claim] | None
    models: Claim


def _posterior(about: Ledger, name: str, label: str, found: Distribution) -> Claim:
    low, high = (float(end) for end in found.interval(kind="central"))
    middle = float(found.mean)
    return about(
        name, label, middle, low=low, high=high, interval=_CREDIBLE, decimals=decimals_for(0.0, middle, low, high)
    )


def _under_bias(results: Results, book: Ledger, given: _Given) -> _UnderBias:
    from glabella.synthesis import BiasPrior, arrays, bias_adjusted, unblinding_curve

    yi, vi = arrays(results.headline.effects)
    null = null_word(results.headline.analysis.measure)
    tau = tau_prior_of(given.spread)
    none = BiasPrior(0, 0)
    about = _about(results, book, given.spread)
    plain = bias_adjusted(yi, vi, bias_prior=none, tau_prior=tau)
    curve = unblinding_curve(yi, vi, bias=[0.0], tau_prior=tau)
    sign = -1.0 if curve.unadjusted < 0 else 1.0
    means = [prior.value("mean") for prior in given.biases.values()]
    ends = [abs(each) for each in (curve.tipping, curve.halving, *means) if not math.isnan(each)]
    grid = sign * np.linspace(0, _BEYOND * max(ends), _POINTS)
    under = bias_adjusted(yi - grid[:, None], np.tile(vi, (_POINTS, 1)), bias_prior=none, tau_prior=tau).mu
    points = zip(*(each.tolist() for each in (grid, under.mean, *under.interval(kind="central"))), strict=True)
    adjusted = []
    for place, (name, prior) in enumerate(given.biases.items()):
        mean, sd = prior.value("mean"), prior.value("sd")
        found = bias_adjusted(yi, vi, bias_prior=BiasPrior(mean, sd), tau_prior=tau)
        adjusted.append(
            _Adjusted(
                name,
                chr(ord("A") + place),
                _about(results, book, prior)(
                    f"prior.{name}",
                    f"bias as measured for: {prior.label}",
                    mean,
                    low=mean - 1.96 * sd,
                    high=mean + 1.96 * sd,
                    interval="95 % interval of the prior",
                ),
                _posterior(
                    _about(results, book, given.spread, prior),
                    f"adjusted.{name}",
                    f"effect that is left, bias taken off as measured for: {prior.label}",
                    found.mu,
                ),
            )
        )
    return _UnderBias(
        plain=_posterior(about, "plain", "effect, if no trial is biased", plain.mu),
        tipping=about(
            "tipping", f"bias in every trial with which the interval includes {null}", _known(curve.tipping)
        ),
        halving=about("halving", "bias in every trial that leaves half the effect", _known(curve.halving)),
        assumed=tuple(grid.tolist()),
        curve=tuple(
            about(
                f"curve.{place + 1}",
                f"effect that is left, if every trial is biased by {written(bias, 3)}",
                middle,
                low=low,
                high=high,
                interval=_CREDIBLE,
            )
            for place, (bias, middle, low, high) in enumerate(points)
        ),
        adjusted=tuple(adjusted),
    )


def _averaged(results: Results, book: Ledger, given: _Given) -> _Averaged:
    one = results.headline
    size = (given.size.value("mean"), given.size.value("sd"))
    favoured: Favours = "less" if one.outcome.better == "lower" else "greater"
    yi, vi = (tuple(each) for each in zip(*((effect.yi, effect.vi) for effect in one.effects), strict=True))
    found = _average(yi, vi, size, tau_prior_of(given.spread), favoured)
    low, high = found.mu.interval()
    about = _about(results, book, given.spread, given.size, function="model_average")
    return _Averaged(
        effect=about(
            "averaged",
            "effect, averaged over models with and without publication bias",
            found.mu.mean,
            low=low,
            high=high,
            interval=_CREDIBLE,
            decimals=decimals_for(0.0, found.mu.mean, low, high),
        ),
        chance_effect=about("chance.effect", "probability of an effect", found.effect.posterior),
        bf_effect=about("bf_effect", "Bayes factor for an effect", found.effect.bf),
        publication=None
        if len(one.trials) < LEAST_TESTED
        else (
            about("chance.publication", "probability of publication bias", found.bias.posterior),
            about("bf_bias", "Bayes factor for publication bias", found.bias.bf, decimals=0),
        ),
        models=about("models", "models averaged", len(found.models), decimals=0),
    )


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


# --- priors -------------------------------------------------------------------------------------------------


@lru_cache(maxsize=32)
def _average(
    yi: tuple[float, ...], vi: tuple[float, ...], size: tuple[float, float], tau: DeclaredPrior, favoured: Favours
) -> ModelAverage:
    """Average, once; what favours the treatment would be published more readily."""
    from glabella.synthesis import Normal, model_average

    return model_average(yi, vi, effect_prior=Normal(*size), tau_prior=tau, favours=favoured)


# --- what is said -------------------------------------------------------------------------------------------


def _lead(under: _UnderBias, average: _Averaged, one: PooledAnalysis) -> Paragraph:
    return Paragraph(
        (
            *_turning(under, one),
            " Averaged over models with and without publication bias, the effect is ",
            average.effect,
            ". These are looks at the headline, not other answers: see ",
            Link("why other numbers differ", "differ"),
            ".",
        ),
        "lead",
    )


def _turning(under: _UnderBias, one: PooledAnalysis) -> tuple[Inline, ...]:
    """Say how large a bias would change the conclusion."""
    null = null_word(one.analysis.measure)
    start: tuple[Inline, ...] = ("Pooled with a prior for the spread between trials, the effect is ", under.plain)
    if under.tipping.value == 0:
        return (*start, f"; the interval includes {null} without any bias.")
    if under.tipping.value is None:
        return (*start, f"; no bias that was tried lets the interval include {null}.")
    return (*start, "; a bias of ", under.tipping, f" in every trial is enough for the interval to include {null}.")


def _knowing(results: Results, book: Ledger, given: _Given, under: _UnderBias) -> list[Block]:
    one, short = results.headline, words_of(results.evidence).short
    measure, better = one.analysis.measure, one.outcome.better
    said: list[Inline] = [_guessed(one)]
    if one.fit.ci_low <= 0 <= one.fit.ci_high and not holds(under.plain, measure):
        said.append(
            " Intervals here are credible intervals that rest on a prior for the spread between trials; the "
            f"headline’s, which rests on none, includes {null_word(measure)} without any bias."
        )
    if under.halving.value is not None:
        said += [" A bias of ", under.halving, " in every trial would leave half the effect."]
    rows = []
    for place, each in enumerate(under.adjusted):
        prior = given.biases[each.name]
        why = _apart(say_all(book, prior.why, f"bias{place}."))
        rows.append(
            Row(
                (
                    (f"{each.letter}: {prior.label} ", Small(why)),
                    each.prior,
                    Drawn(each.effect, "pooled"),
                    each.effect,
                )
            )
        )
    side = favours(measure, better, short)
    table = Table(
        f"The headline’s trials with a bias taken off that was measured elsewhere; {side}.",
        (
            Column("bias as measured for", "wide"),
            Column("bias", "number"),
            Column(NAMES[measure][0], "drawn"),
            Column("effect that is left", "number"),
        ),
        tuple(rows),
        axis(measure, better, short, tuple(each.effect for each in under.adjusted)),
    )
    return [Paragraph(tuple(said)), _curve(under, side), table]


def _guessed(one: PooledAnalysis) -> str:
    """Say of how many trials it is known how often people guessed right."""
    missing = [study.blinding_check.status == "missing" for study in one.studies]
    unblinded = "People who know what they were given may report a larger effect than there is."
    if all(missing):
        return f"{unblinded} How often people guessed right was not seen for any of these trials."
    if any(missing):
        return f"{unblinded} How often people guessed right was not seen for all of these trials."
    return unblinded


def _curve(under: _UnderBias, side: str) -> Figure:
    from glabella.plot import unblinding

    def ends(name: Literal["value", "low", "high"]) -> list[float]:
        return [float(getattr(claim, name)) for claim in under.curve]

    picture = unblinding(
        under.assumed,
        ends("value"),
        ends("low"),
        ends("high"),
        marks=[each.prior.value or 0.0 for each in under.adjusted],
        labels=[each.letter for each in under.adjusted],
        title=f"effect left: {side}",
    )
    return Figure(
        "unblinding",
        picture,
        "Effect left, with its interval, over the bias that is assumed of every trial. Letters mark biases that "
        "others measured; the table below holds them.",
        "What is left of the effect, over the bias assumed of every trial.",
    )


def _missing(given: _Given, average: _Averaged) -> list[Block]:
    said: list[Inline] = [
        average.models,
        " models, with and without an effect, heterogeneity and publication bias of several forms, were weighted "
        "by how well they predict these trials. Averaged over them, the effect is ",
        average.effect,
        ". The probability of any effect was a half before the data and is ",
        average.chance_effect,
        " with them (Bayes factor ",
        average.bf_effect,
        ").",
    ]
    if average.publication is None:
        said.append(
            " How likely publication bias is, is not told: as of any test for it, fewer than ten trials say little."
        )
    else:
        said += [
            " That of publication bias was a half and is ",
            average.publication[0],
            " (Bayes factor ",
            average.publication[1],
            ").",
        ]
    return [
        Paragraph(tuple(said)),
        Paragraph(
            f"None of these numbers is the headline. Priors: {given.spread.label}; {given.size.label}. Publication "
            "bias is one reason why small trials find more; guessed treatment, other doses and other people are "
            "others, and these models cannot tell them apart.",
            "note",
        ),
    ]


def _apart(sentences: tuple[Inline, ...]) -> Inline:
    """Set sentences apart by a space."""
    return tuple(piece for place, each in enumerate(sentences) for piece in ((" ", each) if place else (each,)))
