"""What would be left if patients or raters knew the treatment, or if unwelcome trials are missing.

A look at how far the headline depends on what cannot be seen; never the headline. Priors are the dossier's.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from glabella._version import __version__
from glabella.decision._words import sources_of
from glabella.dossier import Analysis, Evidence, Prior, Statement
from glabella.dossier._priors import PARAMETERS
from glabella.shown import Certainty, Claim, Source
from glabella.synthesis import (
    BiasPrior,
    HalfCauchy,
    HalfNormal,
    HalfT,
    InverseGamma,
    LogNormal,
    LogT,
    ModelAverage,
    Normal,
    arrays,
    bias_adjusted,
    contrasts,
    model_average,
    unblinding_curve,
)

#: A prior of τ by its family and its parameters.
Kind = tuple[str, tuple[float, ...]]

_RATIOS = frozenset({"OR", "RR"})
_Spread = HalfNormal | HalfCauchy | HalfT | InverseGamma | LogNormal | LogT
_OF_TAU: dict[str, Callable[..., _Spread]] = {
    "tau:half_normal": HalfNormal,
    "tau:half_cauchy": HalfCauchy,
    "tau:half_t": HalfT,
    "tau:inverse_gamma": InverseGamma,
    "tau:log_normal": LogNormal,
    "tau2:log_normal": LogNormal.of_tau2,
    "tau2:log_t": lambda df, mean, scale: LogT.of_tau2(mean, scale, df),
}
#: Points of the curve, and how far it goes beyond the last bias that matters.
_POINTS, _BEYOND = 41, 1.25


@dataclass(frozen=True, slots=True)
class Assumed:
    """The headline under one sourced prior on bias; ``letter`` marks it in the plot."""

    letter: str
    label: str
    applies_to: str
    why: tuple[Statement, ...]
    prior: Claim
    effect: Claim


@dataclass(frozen=True, slots=True)
class UnderBias:
    """How the headline depends on bias.

    Attributes
    ----------
    plain : Claim
        The same analysis without any bias, so that the others can be compared with it.
    tipping, halving : Claim
        Bias of every trial with which the interval includes no effect, and with which half the effect is left;
        unknown where no bias does.
    curve : tuple of Claim
        The effect under each assumed bias; drawn and exported, not listed. ``biases`` are what is assumed.
    biases : tuple of float
        In the order of the curve.
    priors : tuple of Assumed
        Under each sourced prior on bias.
    averaged, chance_effect, chance_bias, bf_effect, bf_bias, models : Claim
        Averaged over models with and without effect, heterogeneity and publication bias.
    spread, size : str
        Which priors of τ and of the effect were used, in words.
    """

    plain: Claim
    tipping: Claim
    halving: Claim
    curve: tuple[Claim, ...]
    biases: tuple[float, ...]
    priors: tuple[Assumed, ...]
    averaged: Claim
    chance_effect: Claim
    chance_bias: Claim
    bf_effect: Claim
    bf_bias: Claim
    models: Claim
    spread: str
    size: str


def under_bias(
    evidence: Evidence, headline: Analysis, certainty: Certainty, inputs: tuple[tuple[str, str], ...],
    keep: Callable[[Claim], Claim],
) -> UnderBias | None:  # fmt: skip
    """Put the headline through every sourced prior on bias.

    Parameters
    ----------
    evidence : Evidence
        A dossier as read; its ``priors.yaml`` says what may be believed.
    headline : Analysis
        The one that the brief leads with; a difference, not a ratio.
    certainty, inputs
        Of the headline.
    keep : callable
        Remembers a claim that may be shown, and gives it back.

    Returns
    -------
    UnderBias or None
        None without priors on this measure, or with fewer than three effects.
    """
    effects = contrasts(evidence, headline).effects
    priors = evidence.priors
    if priors is None or headline.measure in _RATIOS or len(effects) < 3:
        return None
    usable = (headline.measure, "any")
    spread = _usual(priors.heterogeneity, usable)
    size = _usual(priors.effect, usable)
    biases = {name: prior for name, prior in priors.bias.items()
              if prior.of == "bias" and prior.family == "normal" and prior.measure in usable}  # fmt: skip
    if spread is None or size is None or size.family != "normal" or not biases:
        return None
    make = _Maker(evidence, headline, certainty, inputs, sources_of(effects), keep)
    yi, vi = arrays(effects)
    tau_prior, effect_prior = _of_tau(_kind(spread)), Normal(size.value("mean"), size.value("sd"))
    plain = bias_adjusted(yi, vi, bias_prior=BiasPrior(0, 0), tau_prior=tau_prior)
    found = {name: bias_adjusted(yi, vi, bias_prior=BiasPrior(prior.value("mean"), prior.value("sd")),
                                 tau_prior=tau_prior) for name, prior in biases.items()}  # fmt: skip
    curve = unblinding_curve(yi, vi, bias=[0.0], tau_prior=tau_prior)
    sign = -1.0 if curve.unadjusted < 0 else 1.0
    ends = [abs(each) for each in (curve.tipping, curve.halving, *(p.value("mean") for p in biases.values()))]
    grid = sign * np.linspace(0, _BEYOND * max(each for each in ends if not math.isnan(each)), _POINTS)
    under = bias_adjusted(yi - grid[:, None], np.tile(vi, (_POINTS, 1)), bias_prior=BiasPrior(0, 0),
                          tau_prior=tau_prior).mu  # fmt: skip
    average = _average(tuple(yi.tolist()), tuple(vi.tolist()), (effect_prior.mean, effect_prior.sd), _kind(spread))
    low, high = average.mu.interval()
    return UnderBias(
        plain=make.posterior("plain", "effect without bias", plain.mu, spread),
        tipping=make("tipping", "bias with which the interval includes no effect", curve.tipping, spread),
        halving=make("halving", "bias with which half the effect is left", curve.halving, spread),
        curve=tuple(
            make(f"curve.{place + 1}", f"effect if every trial is biased by {bias:.3f}", middle, spread, low=below,
                 high=above, interval="95 % credible interval")
            for place, (bias, middle, below, above) in enumerate(
                zip(*(each.tolist() for each in (grid, under.mean, *under.interval(kind="central"))), strict=True)
            )
        ),
        biases=tuple(grid.tolist()),
        priors=tuple(
            Assumed(
                chr(ord("A") + place), prior.label, prior.applies_to, prior.why,
                make(f"prior.{name}", f"assumed bias: {prior.label}", prior.value("mean"), prior,
                     interval="95 % of the prior", low=prior.value("mean") - 1.96 * prior.value("sd"),
                     high=prior.value("mean") + 1.96 * prior.value("sd")),
                make.posterior(f"adjusted.{name}", f"effect, if biased as by {prior.label}", found[name].mu, spread,
                               prior),
            )
            for place, (name, prior) in enumerate(biases.items())
        ),
        averaged=make("averaged", "effect, averaged over models", average.mu.mean, spread, size, low=low, high=high,
                      interval="95 % credible interval", function="model_average"),
        chance_effect=make.chance("effect", "probability of an effect", average.effect.posterior, spread, size),
        chance_bias=make.chance("publication", "probability of publication bias", average.bias.posterior, spread,
                                size),
        bf_effect=make("bf_effect", "Bayes factor for an effect", average.effect.bf, spread, size,
                       function="model_average"),
        bf_bias=make("bf_bias", "Bayes factor for publication bias", average.bias.bf, spread, size, decimals=0,
                     function="model_average"),
        models=make("models", "models averaged", len(average.models), spread, size, decimals=0,
                    function="model_average"),
        spread=spread.label,
        size=size.label,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Maker:
    """What all these claims share."""

    evidence: Evidence
    headline: Analysis
    certainty: Certainty
    inputs: tuple[tuple[str, str], ...]
    sources: tuple[Source, ...]
    keep: Callable[[Claim], Claim]

    def __call__(self, name: str, label: str, value: float, *priors: Prior, **more: Any) -> Claim:
        numbers = [number for prior in priors for number in prior.parameters.values()]
        behind = [Source(key, number.status, number.at) for number in numbers for key in number.sources]
        function = more.pop("function", "bias_adjusted")
        return self.keep(Claim(
            id=f"bias.{name}", label=label, value=None if math.isnan(value) else float(value), unit="",
            population=self.evidence.dossier.question.population,
            time_span=self.evidence.words.at(self.headline.time), certainty=self.certainty,
            function=f"glabella.synthesis.{function}", version=__version__,
            inputs=(*self.inputs, ("priors.yaml", self.evidence.digests["priors.yaml"])),
            sources=tuple(dict.fromkeys((*self.sources, *behind))), **more,
        ))  # fmt: skip

    def posterior(self, name: str, label: str, found: Any, *priors: Prior) -> Claim:
        low, high = found.interval(kind="central")
        return self(name, label, found.mean, *priors, low=low, high=high, interval="95 % credible interval")

    def chance(self, name: str, label: str, value: float, *priors: Prior) -> Claim:
        return self(f"chance.{name}", label, value, *priors, function="model_average")


def _usual(priors: dict[str, Prior], measures: tuple[str, ...]) -> Prior | None:
    return next((prior for prior in priors.values() if prior.usual and prior.measure in measures), None)


def _kind(prior: Prior) -> Kind:
    """Give a prior as plain values, by which an average can be remembered."""
    kind = f"{prior.of}:{prior.family}"
    if kind not in _OF_TAU:
        raise ValueError(f"the usual prior of the spread is {prior.family} on {prior.of}, expected one of "
                         f"{', '.join(_OF_TAU)}")  # fmt: skip
    return kind, tuple(prior.value(name) for name in PARAMETERS[prior.family])


def _of_tau(kind: Kind) -> _Spread:
    family, values = kind
    return _OF_TAU[family](*values)


@lru_cache(maxsize=32)
def _average(yi: tuple[float, ...], vi: tuple[float, ...], effect: tuple[float, float], tau: Kind) -> ModelAverage:
    """Average, once; what is below zero favours the treatment, and would be published more readily."""
    return model_average(yi, vi, effect_prior=Normal(*effect), tau_prior=_of_tau(tau), favours="less")
