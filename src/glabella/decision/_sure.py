"""How sure are we? The headline under every defensible choice, without each trial, and by the size of trials."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from glabella._version import __version__
from glabella.claim import Certainty, Claim, Source
from glabella.dossier import Analysis, Evidence
from glabella.synthesis import Effect, arrays, contrasts, egger, leave_one_out, multiverse

_RATIOS = frozenset({"OR", "RR"})
_METHODS = {
    "REML": "restricted likelihood",
    "DL": "DerSimonian and Laird",
    "PM": "Paule and Mandel",
    "common": "one common effect",
}
_TESTS = {"knha": "Hartung and Knapp", "z": "normal"}
#: What a score stands for where a trial printed only how many responded.
_FROM_RESPONSE = "response odds"
#: Fewer trials than this, and a test for small-study effects says little (Sterne, BMJ 2011;343:d4002).
_ENOUGH = 10
#: Tests for small-study effects are weak, so their usual alarm is at a tenth (Egger, BMJ 1997;315:629).
_ALARM = 0.1


@dataclass(frozen=True, slots=True)
class Specification:
    """One defensible analysis: its effect, and what was chosen."""

    effect: Claim
    chosen: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Sure:
    """How the headline holds up.

    Attributes
    ----------
    specifications : tuple of Specification
        Every analysis that has an interval, in the order of their estimates.
    total, excluding : Claim
        How many, and in how many the interval excludes no effect.
    range : Claim
        Lowest and highest estimate among them.
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
    """

    specifications: tuple[Specification, ...]
    total: Claim
    excluding: Claim
    range: Claim
    without: tuple[tuple[str, Claim], ...]
    small_study: Claim | None
    enough: bool
    alarm: float
    not_analysed: tuple[tuple[str, Claim], ...]


@dataclass(frozen=True, slots=True)
class _Maker:
    """What all claims about the headline share."""

    evidence: Evidence
    analysis: Analysis
    certainty: Certainty
    inputs: tuple[tuple[str, str], ...]
    sources: tuple[Source, ...]

    def claim(self, name: str, label: str, value: float, function: str, **more: Any) -> Claim:
        return Claim(
            id=f"sure.{name}", label=label, value=value, unit="", certainty=self.certainty,
            population=self.evidence.dossier.question.population, time_span=f"week {self.analysis.week:g}",
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
        A dossier as read.
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
    make = _Maker(evidence, headline, certainty, inputs, sources).claim
    shown = math.exp if headline.measure in _RATIOS else float
    asked = (headline.outcome, headline.measure, headline.week)
    alike = {key: each for key, each in analyses.items() if (each.outcome, each.measure, each.week) == asked}
    found, names = _multiverse(evidence, alike)
    analysed = np.flatnonzero(np.isfinite(found.ci_low))
    order = analysed[np.argsort(found.estimate[analysed], kind="stable")]
    specifications = tuple(
        Specification(
            make(
                f"specification.{place + 1}", "pooled effect under other choices", shown(found.estimate[row]),
                "multiverse", low=shown(found.ci_low[row]), high=shown(found.ci_high[row]),
                interval="95 % confidence interval",
            ),
            tuple((choice, names.get(taken[row], taken[row])) for choice, taken in found.choices.items()),
        )
        for place, row in enumerate(order)
    )  # fmt: skip
    reasons = sorted({str(reason) for reason in found.reason if reason})
    yi, vi = arrays(effects)
    left = leave_one_out(yi, vi, method=headline.method, test=headline.test)
    test = egger(yi, vi)
    estimates = found.estimate[order]
    return Sure(
        specifications=specifications,
        total=make("total", "defensible analyses", found.analysed, "multiverse", decimals=0),
        excluding=make("excluding", "of them with an interval that excludes no effect", found.excluding,
                       "multiverse", decimals=0),
        range=make("range", "lowest to highest estimate among them", shown(float(np.median(estimates))),
                   "multiverse", low=shown(estimates.min()), high=shown(estimates.max()), interval="range"),
        without=tuple(
            (label, make(f"without.{place + 1}", f"pooled effect without {label}", shown(left.estimate[place]),
                         "leave_one_out", low=shown(left.ci_low[place]), high=shown(left.ci_high[place]),
                         interval="95 % confidence interval"))
            for place, label in enumerate(labels)
        ),
        small_study=make("egger", "P of a small-study effect", test.p_value, "egger", decimals=3),
        enough=len(effects) >= _ENOUGH,
        alarm=_ALARM,
        not_analysed=tuple(
            (reason, make(f"flagged.{place + 1}", f"combinations: {reason}", int((found.reason == reason).sum()),
                          "multiverse", decimals=0))
            for place, reason in enumerate(reasons)
        ),
    )  # fmt: skip


def _multiverse(evidence: Evidence, analyses: dict[str, Analysis]) -> tuple[Any, dict[str, str]]:
    """Pool every combination of trials, derivation, estimator and interval; give it with plain names of options."""
    effects: list[Effect] = []
    owner: list[str] = []
    for key, analysis in analyses.items():
        # A control that two arms share is split where both are in, so each analysis brings its own rows.
        computed = contrasts(evidence, analysis).effects
        effects += computed
        owner += [key] * len(computed)
    yi, vi = arrays(tuple(effects))
    owners = np.array(owner)
    derived = np.array([effect.route == _FROM_RESPONSE for effect in effects])
    scores = {"scores and response odds": np.ones(len(effects), dtype=bool), "scores only": ~derived}
    found = multiverse(
        yi,
        vi,
        {
            "trials": {analysis.label: owners == key for key, analysis in analyses.items()},
            "data": scores if derived.any() else {"scores only": ~derived},
        },
        methods=tuple(_METHODS),  # type: ignore[arg-type]
        tests=tuple(_TESTS),  # type: ignore[arg-type]
        study=[f"{effect.study}/{effect.comparison}" for effect in effects],
    )
    return found, {**_METHODS, **_TESTS}
