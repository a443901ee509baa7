"""Claims about pooled analyses and their trials, and the sentences that say them, for all sections."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from glabella._version import __version__
from glabella.brief.measure import (
    about_null,
    comparison_label,
    decimals_for,
    decimals_of,
    decimals_of_prediction,
    favours,
    named,
    null_of,
)
from glabella.brief.quoting import capital, quote
from glabella.brief.results import PooledAnalysis, Results, sources_of
from glabella.brief.signals import judged
from glabella.brief.words import words_of
from glabella.shown import Claim, Icon, Inline, Ledger, Name, Shown
from glabella.synthesis import NO_PREDICTION, Effect

CONFIDENCE, PREDICTION = "95 % confidence interval", "95 % prediction interval"
#: Names of the numbers that an effect is made from, as people read them; others are read as they are.
_READ_AS = {
    "events, arm": "events with treatment",
    "n, arm": "people with treatment",
    "events, control": "events in the control",
    "n, control": "people in the control",
    "error df": "error degrees of freedom",
    "difference": "mean difference",
    "lender's difference": "mean difference of the other comparison",
    "P": "p",
}
#: Normal quantile of a 95 % interval of a single trial.
_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class PooledClaims:
    """The claims about one pooled analysis."""

    estimate: Claim
    prediction: Claim
    i2: Claim
    tau2: Claim
    k: Claim
    trials: Claim
    n: Claim


def pooled_claims(results: Results, book: Ledger, one: PooledAnalysis) -> PooledClaims:
    """Claim what a pooled analysis found."""
    fit, shown = one.fit, one.shown
    about = book.under(f"{one.id}.", **results.fields_of(one))
    whole = f"{one.analysis.label}, {one.outcome.label}"
    predicted = bool(fit.prediction)
    value, low, high = one.ends
    of_new = results.fields_of(one, of_new_trial=True)
    return PooledClaims(
        estimate=about(
            "estimate",
            f"pooled effect: {whole}",
            value,
            low=low,
            high=high,
            interval=one.interval,
            decimals=decimals_of(one),
        ),
        prediction=about.under(inputs=of_new["inputs"], sources=of_new["sources"])(
            "prediction",
            f"a new trial’s true effect: {whole}",
            shown(fit.expected) if predicted else None,
            low=shown(fit.pi_low) if predicted else None,
            high=shown(fit.pi_high) if predicted else None,
            interval=PREDICTION,
            decimals=decimals_of_prediction(one),
        ),
        i2=about(
            "i2", f"variability between trials beyond chance (I²): {whole}", _known(fit.i2), unit="%", decimals=0
        ),
        tau2=about("tau2", f"variance of true effects between trials (τ²): {whole}", _known(fit.tau2)),
        k=about("k", f"comparisons pooled: {whole}", fit.k, decimals=0),
        trials=about("trials", f"trials pooled: {whole}", fit.trials, decimals=0),
        n=about("n", f"people pooled: {whole}", one.people, decimals=0),
    )


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def read_as(name: str) -> str:
    """Name a number that an effect is made from.

    >>> read_as("n, arm"), read_as("F")
    ('people with treatment', 'F')
    """
    return _READ_AS.get(name, name)


@dataclass(frozen=True, slots=True)
class StepClaims:
    """One step by which an effect was made: the rule, and the numbers that were read for it, by name."""

    rule: str
    read: tuple[tuple[str, Claim], ...]


@dataclass(frozen=True, slots=True)
class TrialClaims:
    """The claims about one comparison in an analysis, and from what its effect was made."""

    label: str
    made_from: str
    effect: Claim
    weight: Claim
    n1: Claim
    n2: Claim
    steps: tuple[StepClaims, ...]
    risk_of_bias: Inline

    def counted(self, side: Literal["arm", "control"]) -> tuple[Claim, Claim] | None:
        """Give events and people of a side, where the effect was made from them."""
        read = dict(self.steps[0].read) if self.steps else {}
        events, people = read.get(f"events, {side}"), read.get(f"n, {side}")
        return (events, people) if events and people else None

    @property
    def shared(self) -> bool:
        """Whether its control serves other comparisons too, so that only a share of it enters."""
        sizes = [claim.value for step in self.steps for name, claim in step.read if name == "n, control"]
        return any(size is not None and size != self.n2.value for size in sizes)


def trial_claims(results: Results, book: Ledger, one: PooledAnalysis) -> tuple[TrialClaims, ...]:
    """Claim what each comparison of an analysis found, in order."""
    return tuple(
        _trial(results, book, one, effect, float(weight))
        for effect, weight in zip(one.effects, one.fit.weights, strict=True)
    )


def _trial(results: Results, book: Ledger, one: PooledAnalysis, effect: Effect, weight: float) -> TrialClaims:
    study = results.evidence.studies[effect.study]
    half = _Z * math.sqrt(effect.vi)
    whole = f"{study.label}, {study.arms[study.comparisons[effect.comparison].arm].label}"
    read = book.under(f"{one.id}.{effect.study}.{effect.comparison}.")
    about = read.under(
        population=f"{study.label}, as analysed",
        time_span=results.evidence.words.at(effect.time),
        certainty="not rated",
        function="glabella.synthesis.contrasts",
        version=__version__,
        inputs=results.inputs((study.id,), one.analysis),
        sources=sources_of((effect,)),
    )
    return TrialClaims(
        label=comparison_label(study, effect.comparison),
        made_from=", ".join(
            part for part in (results.evidence.dossier.scale_label(effect.scale), effect.route) if part
        ),
        effect=about(
            "effect",
            f"effect: {whole}",
            one.shown(effect.yi),
            low=one.shown(effect.yi - half),
            high=one.shown(effect.yi + half),
            interval=CONFIDENCE,
            decimals=decimals_for(
                null_of(one.analysis.measure),
                *(one.shown(value) for value in (effect.yi, effect.yi - half, effect.yi + half)),
            ),
        ),
        weight=about(
            "weight",
            f"weight: {whole}",
            _known(weight),
            unit="%",
            decimals=0,
            # A share of all weights: every trial of the analysis moves it.
            function="glabella.synthesis.pool_trials",
            inputs=results.inputs(tuple(it.id for it in one.studies), one.analysis),
        ),
        n1=about("n1", f"people treated: {whole}", effect.n1, decimals=0),
        n2=about("n2", f"people in the control: {whole}", effect.n2, decimals=0),
        steps=tuple(
            StepClaims(
                step.rule,
                tuple(
                    (
                        name,
                        quote(
                            read,
                            number,
                            f"step{index}.{place}",
                            f"{read_as(name)}: {whole}",
                            population=study.label,
                        ),
                    )
                    for place, (name, number) in enumerate(step.inputs)
                ),
            )
            for index, step in enumerate(effect.steps)
        ),
        risk_of_bias=judged(read, study),
    )


# --- in words -----------------------------------------------------------------------------------------------


def statement(results: Results, one: PooledAnalysis, found: PooledClaims) -> tuple[Inline, ...]:
    """Say what an analysis found: how much of what, which side favours whom, and whether the null is inside."""
    side = favours(one.analysis.measure, one.outcome.better, words_of(results.evidence).short)
    inside = about_null(found.estimate, one.analysis.measure)
    said: tuple[Inline, ...] = (f"the {named(one)} is ", found.estimate, f"; {side}; {inside}.")
    if one.fit.way == "not pooled":
        why = "; ".join(one.fit.notes)
        return (f"Not pooled: {why}. Each trial’s {named(one)} stands below; {side}.", *blend(one))
    if one.fit.way == "one trial":
        return (f"In the {_one_trial(one)} with ", found.n, " people ", *said, *blend(one))
    # A trial of several arms gives several comparisons.
    several: tuple[Inline, ...] = (" (", found.k, " comparisons)") if one.fit.k > one.fit.trials else ()
    return ("Pooled over ", found.trials, " trials", *several, " and ", found.n, " people ", *said, *blend(one))


def _one_trial(one: PooledAnalysis) -> str:
    """Name a trial that stands for itself; of several comparisons their common effect is told."""
    return "one trial" if one.fit.k == 1 else "one trial, its comparisons taken as one effect,"


def blend(one: PooledAnalysis) -> tuple[Inline, ...]:
    """Say that an analysis blends scores and converted counts, and of which effects the precision is borrowed."""
    said: list[Inline] = []
    if one.blended:
        turned = _named(one, [effect.converted for effect in one.effects])
        said += [
            " It blends scores and counts: the counts of ",
            *turned,
            " were turned into differences of scores.",
        ]
    if any(effect.borrowed for effect in one.effects):
        lent = _named(one, [effect.borrowed for effect in one.effects])
        said += [" The standard error of ", *lent, " is borrowed from the same trial’s other comparison."]
    return tuple(said)


def _named(one: PooledAnalysis, chosen: list[bool]) -> list[Inline]:
    """Name the comparisons that were chosen."""
    pairs = zip(one.studies, one.effects, chosen, strict=True)
    labels = [comparison_label(study, effect.comparison) for study, effect, yes in pairs if yes]
    return [
        piece for place, label in enumerate(labels) for piece in ((", ", Name(label)) if place else (Name(label),))
    ]


def trust(one: PooledAnalysis) -> tuple[Inline, ...]:
    """Say how far to trust an analysis, and why."""
    why = f". Why: {'; '.join(one.reasons)}." if one.reasons else "."
    return ("Certainty: ", Icon("certainty", one.certainty), why)


def new_trial(one: PooledAnalysis, found: PooledClaims) -> tuple[Inline, ...]:
    """Say where the true effect of a new trial is expected and what tells it, or why nobody knows."""
    if found.prediction.limits is None:
        return tuple(f"{capital(note)}." for note in one.fit.notes if note in NO_PREDICTION)
    begin: tuple[Inline, ...] = (
        "In a new trial the true effect is expected from ",
        Shown(found.prediction, "limits"),
    )
    if one.prior is None:
        return (*begin, " (prediction interval; with few trials it is often too narrow).")
    return (
        *begin,
        " (prediction interval). Fewer than five trials cannot tell how trials differ; it rests on a prior: ",
        Name(one.prior.label),
        ".",
    )
