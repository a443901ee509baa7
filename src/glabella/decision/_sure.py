"""How sure are we? The headline under every defensible choice, without each trial, and by the size of trials."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glabella._version import __version__
from glabella.decision._words import sources_of
from glabella.dossier import Analysis, Evidence
from glabella.shown import Certainty, Claim, Source, digest, steady
from glabella.synthesis import (
    Effect,
    Multiverse,
    arrays,
    contrasts,
    contrasts_of_each,
    egger,
    leave_one_out,
    pool_each,
)

_RATIOS = frozenset({"OR", "RR"})
_METHODS = {
    "REML": "restricted likelihood",
    "DL": "DerSimonian and Laird",
    "PM": "Paule and Mandel",
    "common": "one common effect",
}
_TESTS = {"knha": "Hartung and Knapp", "z": "normal"}
#: How the program's own choices and their options are called.
_CHOICES = {"method": "estimator", "test": "interval"}
_OPTIONS = {**_METHODS, **_TESTS}
#: Fewer trials than this, and a test for small-study effects says little (Sterne, BMJ 2011;343:d4002).
_ENOUGH = 10
#: Tests for small-study effects are weak, so their usual alarm is at a tenth (Egger, BMJ 1997;315:629).
_ALARM = 0.1


@dataclass(frozen=True, slots=True)
class Specification:
    """One defensible analysis: its effect, and for each choice the options by which one gets there."""

    effect: Claim
    chosen: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class ByOption:
    """The analyses that take one option of a choice; ``range`` is None where there is none."""

    choice: str
    option: str
    analyses: Claim
    excluding: Claim
    range: Claim | None


@dataclass(frozen=True, slots=True)
class Sure:
    """How the headline holds up.

    Attributes
    ----------
    specifications : tuple of Specification
        Every analysis that has an interval, in the order of their estimates. Their claims are drawn and exported;
        the page does not list them one by one.
    total, excluding : Claim
        How many, and in how many the interval excludes no effect.
    range : Claim
        Lowest and highest estimate among them.
    combinations, choices : Claim
        How many combinations the choices have, and how many choices there are.
    repeated : Claim
        Combinations that pool the same effects in the same way as another.
    by_option : tuple of ByOption
        The same for each option of each choice.
    without : tuple of (label, Claim)
        The headline without each comparison, in the order of the forest plot.
    small_study : Claim or None
        P value of Egger's test; None with fewer than three comparisons.
    enough : bool
        Whether there are enough comparisons for that test to say much.
    alarm : float
        P value below which small and large trials are said to differ.
    not_analysed : tuple of (reason, Claim)
        Combinations without an interval, counted by reason.
    unjudged : bool
        No study of these has a published judgement of risk of bias, so that no analysis can be chosen by it.
    """

    specifications: tuple[Specification, ...]
    total: Claim
    excluding: Claim
    range: Claim
    combinations: Claim
    choices: Claim
    repeated: Claim
    by_option: tuple[ByOption, ...]
    without: tuple[tuple[str, Claim], ...]
    small_study: Claim | None
    enough: bool
    alarm: float
    not_analysed: tuple[tuple[str, Claim], ...]
    unjudged: bool

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Every number that is shown in words."""
        found = [self.total, self.excluding, self.range, self.combinations, self.choices, self.repeated]
        for each in self.by_option:
            found += [each.analyses, each.excluding, *([each.range] if each.range else [])]
        found += [claim for _, claim in (*self.without, *self.not_analysed)]
        return (*found, *([self.small_study] if self.small_study else []))


@dataclass(frozen=True, slots=True)
class _Maker:
    """What all claims about the headline share."""

    evidence: Evidence
    analysis: Analysis
    certainty: Certainty
    inputs: tuple[tuple[str, str], ...]
    sources: tuple[Source, ...]

    def claim(self, name: str, label: str, value: float, function: str, **more: Any) -> Claim:
        span = more.pop("time_span", self.evidence.words.at(self.analysis.time))
        return Claim(
            id=f"sure.{name}", label=label, value=value, unit="", certainty=self.certainty,
            population=self.evidence.dossier.question.population, time_span=span,
            function=f"glabella.synthesis.{function}", version=__version__, inputs=self.inputs,
            sources=self.sources, **more,
        )  # fmt: skip


def sure(
    evidence: Evidence,
    analyses: dict[str, Analysis],
    labels: tuple[str, ...],
    certainty: Certainty,
    inputs: tuple[tuple[str, str], ...],
    sources: tuple[Source, ...],
) -> Sure | None:
    """Put the headline analysis through every choice.

    Parameters
    ----------
    evidence : Evidence
        A dossier as read; its ``choices`` are made in every combination.
    analyses : dict of str to Analysis
        Those that the brief shows; the ones of the headline's outcome and measure are the choice of trials.
    labels : tuple of str
        Names of the headline's comparisons, in order.
    certainty, inputs, sources
        Of the headline; its claims carry them on.

    Returns
    -------
    Sure or None
        None with fewer than three comparisons, of which none can be left out.
    """
    headline = analyses[evidence.dossier.headline]
    effects = contrasts(evidence, headline).effects
    if len(effects) < 3:
        return None
    shown = math.exp if headline.measure in _RATIOS else float
    make = _Maker(evidence, headline, certainty, inputs, sources).claim
    yi, vi = arrays(effects)
    left = leave_one_out(yi, vi, method=headline.method, test=headline.test)
    return Sure(
        **_every_choice(evidence, analyses, headline, certainty),
        without=tuple(
            (label, make(f"without.{place + 1}", f"pooled effect without {label}", shown(left.estimate[place]),
                         "leave_one_out", low=shown(left.ci_low[place]), high=shown(left.ci_high[place]),
                         interval="95 % confidence interval"))
            for place, label in enumerate(labels)
        ),
        small_study=make("egger", "P of a small-study effect", egger(yi, vi).p_value, "egger", decimals=3),
        enough=len(effects) >= _ENOUGH,
        alarm=_ALARM,
    )  # fmt: skip


def _every_choice(
    evidence: Evidence, analyses: dict[str, Analysis], headline: Analysis, certainty: Certainty
) -> dict[str, Any]:
    """Give those parts of the answer that rest on all combinations."""
    asked = (headline.outcome, headline.measure, headline.time)
    alike = [each for each in analyses.values() if (each.outcome, each.measure, each.time) == asked]
    found, effects = _combined(evidence, alike)
    studies = sorted({effect.study for effect in effects})
    inputs = [(name, evidence.digests[f"studies/{name}.yaml"]) for name in studies]
    declared = [each.model_dump(mode="json") for each in alike]
    declared += [{choice: {name: option.model_dump(mode="json") for name, option in options.items()}}
                 for choice, options in evidence.dossier.choices.items()]  # fmt: skip
    maker = _Maker(evidence, headline, certainty, (*inputs, ("choices", digest(declared))), sources_of(effects))
    shown = math.exp if headline.measure in _RATIOS else float

    def make(name: str, label: str, value: float, **more: Any) -> Claim:
        span = evidence.words.at(headline.time) + (", or as chosen" if evidence.dossier.choices else "")
        return maker.claim(name, label, value, "pool_each", time_span=span, **more)

    def count(name: str, label: str, value: int) -> Claim:
        return make(name, label, int(value), decimals=0)

    def spread(name: str, label: str, estimates: NDArray[np.float64]) -> Claim:
        return make(name, label, shown(float(np.median(estimates))), low=shown(estimates.min()),
                    high=shown(estimates.max()), interval="range")  # fmt: skip

    analysed = np.isfinite(found.ci_low)
    clear = (found.ci_low > found.null) | (found.ci_high < found.null)
    # Estimators often agree to the last digits: what a claim keeps decides their order, the same everywhere.
    kept = [steady(estimate) for estimate in found.estimate[analysed]]
    order = np.flatnonzero(analysed)[np.argsort(kept, kind="stable")]
    specifications = tuple(
        Specification(
            make(f"specification.{place + 1}", "pooled effect under other choices", shown(found.estimate[row]),
                 low=shown(found.ci_low[row]), high=shown(found.ci_high[row]), interval="95 % confidence interval"),
            tuple((_CHOICES.get(choice, choice),
                   tuple(_OPTIONS.get(option, option) for option, reached in options.items() if reached[row]))
                  for choice, options in found.options.items()),
        )
        for place, row in enumerate(order)
    )  # fmt: skip
    by_option = []
    for place, (choice, options) in enumerate(found.options.items()):
        for number, (option, reached) in enumerate(options.items()):
            takes = analysed & reached
            base, what = (
                f"{place + 1}.{number + 1}",
                f"{_CHOICES.get(choice, choice)}, {_OPTIONS.get(option, option)}",
            )
            by_option.append(ByOption(
                _CHOICES.get(choice, choice),
                _OPTIONS.get(option, option),
                count(f"option.{base}.total", f"analyses with this option: {what}", takes.sum()),
                count(f"option.{base}.excluding", f"of them with an interval that excludes no effect: {what}",
                      (takes & clear).sum()),
                spread(f"option.{base}.range", f"lowest to highest estimate among them: {what}",
                       found.estimate[takes]) if takes.any() else None,
            ))  # fmt: skip
    reasons = sorted({str(reason) for reason in found.reason if reason})
    return {
        "specifications": specifications,
        "total": count("total", "different analyses", found.analysed),
        "excluding": count("excluding", "of them with an interval that excludes no effect", found.excluding),
        "range": spread("range", "lowest to highest estimate among them", found.estimate[analysed]),
        "combinations": count("combinations", "combinations of all choices", found.times.sum()),
        "choices": count("choices", "choices", len(found.options)),
        "repeated": count("repeated", "combinations that come to the same as another",
                          found.times[analysed].sum() - analysed.sum()),
        "by_option": tuple(by_option),
        "not_analysed": tuple(
            (reason, count(f"flagged.{place + 1}", f"combinations not possible: {reason}",
                           found.times[found.reason == reason].sum()))
            for place, reason in enumerate(reasons)
        ),
        "unjudged": all(evidence.studies[study].risk_of_bias.judgement is None for study in studies),
    }  # fmt: skip


def _combined(evidence: Evidence, alike: list[Analysis]) -> tuple[Multiverse, tuple[Effect, ...]]:
    """Pool every combination of the analyses alike, the declared choices, estimator and interval, in one call.

    A combination is an analysis of its own: which effect a trial gives, and whether a control is shared, depends
    on all of its options together. Effects that many combinations use are one row.
    """
    choices = evidence.dossier.choices
    made = list(product(alike, product(*(options.items() for options in choices.values()))))
    each = contrasts_of_each(evidence, [first.choosing(*(option for _, option in rest)) for first, rest in made])
    rows = {_same(effect): effect for found in each for effect in found.effects}
    row_of = {same: row for row, same in enumerate(rows)}
    keep = np.zeros((len(made), len(rows)), dtype=bool)
    for place, found in enumerate(each):
        keep[place, [row_of[_same(effect)] for effect in found.effects]] = True
    effects = tuple(rows.values())
    taken = {"trials": [first.label for first, _ in made]}
    taken |= {choice: [rest[column][0] for _, rest in made] for column, choice in enumerate(choices)}
    pooled = pool_each(
        *arrays(effects),
        keep,
        taken,
        methods=tuple(_METHODS),  # type: ignore[arg-type]
        tests=tuple(_TESTS),  # type: ignore[arg-type]
        study=[f"{effect.study}/{effect.comparison}" for effect in effects],
    )
    return pooled, effects


def _same(effect: Effect) -> tuple[str, str, float, float]:
    """Give what two effects share that pool alike."""
    return effect.study, effect.comparison, effect.yi, effect.vi
