"""From the effects of trials to a body of evidence that can be rated."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from glabella.decision.rating import (
    Body,
    Design,
    Indirect,
    Judgement,
    Missing,
    Unblinding,
    low_risk_decides,
    se_within,
    shares_of,
    zone,
)
from glabella.decision.verdicts import Estimated
from glabella.dossier import Study
from glabella.synthesis import Effect

#: So many signals of bias that the dossier declares serious make a trial one at high risk.
_SERIOUS = 2
#: Marks of what a dossier says of interests that make them known.
_KNOWN = frozenset({"seen", "derived", "reported"})


@dataclass(frozen=True, slots=True)
class OfTrial:
    """One effect and what its trial is like.

    Attributes
    ----------
    trial : str
        Of which trial; several comparisons may be of one.
    effect, variance : float
        On a scale on which zero is no effect.
    people : float
        Behind it.
    judgement : {"low", "high", "unknown"}
        A published judgement of risk of bias, of which some concerns are neither low nor high; or high by two
        signals that the dossier declares serious.
    design : {"randomised", "non_randomised", "single_arm", "reports"}
        Of the trial.
    interested : bool
        Whether those who did it are known to have an interest in what it finds.
    """

    trial: str
    effect: float
    variance: float
    people: float
    judgement: Judgement = "unknown"
    design: Design = "randomised"
    interested: bool = False


@dataclass(frozen=True, slots=True)
class Declared:
    """What no number tells and the dossier declares; turned so that above zero is good."""

    unblinding: Unblinding | None = None
    indirect: Indirect = field(default_factory=Indirect)
    missing: Missing = field(default_factory=Missing)


def of_trials(effects: Sequence[Effect], studies: Mapping[str, Study]) -> tuple[OfTrial, ...]:
    """Join effects with what the dossier says of their trials.

    Parameters
    ----------
    effects : sequence of Effect
        Of an analysis.
    studies : mapping of str to Study
        Of the dossier, by id.
    """
    return tuple(of_trial(studies[effect.study], effect.yi, effect.vi, effect.n1 + effect.n2) for effect in effects)


def of_trial(study: Study, effect: float, variance: float, people: float) -> OfTrial:
    """Join one effect with what the dossier says of its trial."""
    judgements: dict[str | None, Judgement] = {"low": "low", "high": "high"}
    randomised = study.design.randomised == "yes" and study.role != "observational"
    design: Design = "randomised" if randomised else "non_randomised"
    if study.design.type == "single_arm":
        design = "single_arm"
    judgement = judgements.get(study.risk_of_bias.judgement, "unknown")
    if len(study.serious) >= _SERIOUS:
        judgement = "high"
    interested = study.interests is not None and study.interests.status in _KNOWN
    return OfTrial(study.id, effect, variance, people, judgement, design, interested)


def body_of(trials: Sequence[OfTrial], needed: float) -> tuple[OfTrial, ...]:
    """Give the trials that decide: those at low risk of bias where they are large enough, or else all.

    >>> large, small = OfTrial("a", 0.05, 0.004, 1000, "low"), OfTrial("b", 1.2, 0.2, 30)
    >>> [one.trial for one in body_of((large, small), 545)], len(body_of((large, small), 2000))
    (['a'], 2)
    """
    if low_risk_decides([one.people for one in trials], [one.judgement for one in trials], needed):
        return tuple(one for one in trials if one.judgement == "low")
    return tuple(trials)


def estimated(
    trials: Sequence[OfTrial],
    *,
    better: Literal["lower", "higher"],
    estimate: float,
    low: float,
    high: float,
    important: float | None,
    prediction: tuple[float, float] | None = None,
    needed: float | None = None,
    declared: Declared | None = None,
    ratio: bool = False,
) -> Estimated:
    """Turn what trials found and what was pooled from it into an effect that can be rated.

    Parameters
    ----------
    trials : sequence of OfTrial
        Those that were pooled.
    better : {"lower", "higher"}
        Which values are good.
    estimate, low, high : float
        Pooled, with the interval that is shown.
    important : float or None
        Smallest difference that matters, above zero; None: the estimate is the step by which limits are counted.
    prediction : (float, float) or None
        Interval of a new trial; None, or NaN, where there is none.
    needed : float or None
        The optimal information size.
    declared : Declared, optional
        Already turned so that above zero is good.
    ratio : bool
        Whether the numbers are logarithms of ratios.

    Examples
    --------
    >>> trials = [OfTrial("a", -0.5, 0.01, 400, "low")]
    >>> found = estimated(trials, better="lower", estimate=-0.5, low=-0.7, high=-0.3, important=0.24, needed=545)
    >>> found.body.estimate, found.low, found.body.people
    (0.5, 0.3, 400.0)
    """
    declared = declared or Declared()
    sign = 1.0 if better == "higher" else -1.0
    if prediction is not None and not all(map(math.isfinite, prediction)):
        prediction = None
    effects = sign * np.array([one.effect for one in trials], dtype=float)
    variances = np.array([one.variance for one in trials], dtype=float)
    judgements = [one.judgement for one in trials]
    value = sign * estimate
    # Of an estimate of none, with nothing declared, its standard error is the step.
    step = important or abs(value) or se_within(variances)
    body = Body(
        _design(trials),
        len({one.trial for one in trials}),
        float(sum(one.people for one in trials)),
        value,
        se_within(variances),
        step,
        shares_of(variances, judgements, low_agrees=_low_agrees(effects, variances, judgements, value, important)),
        None if prediction is None else _turned(sign, *prediction),
        disagreement(effects, variances),
        needed,
        declared.unblinding,
        declared.indirect,
        declared.missing,
    )
    return Estimated(body, *_turned(sign, low, high), ratio=ratio, measured=important is not None)


def disagreement(effects: np.ndarray, variances: np.ndarray) -> float:
    """Give the P value of Cochran's Q; one where there is a single effect.

    >>> round(disagreement(np.array([0.0, 1.0]), np.array([0.1, 0.1])), 4)
    0.0253
    """
    from scipy.special import chdtrc

    if effects.size < 2:
        return 1.0
    weights = 1 / variances
    mean = float(weights @ effects / weights.sum())
    return float(chdtrc(effects.size - 1, float(weights @ (effects - mean) ** 2)))


def _design(trials: Sequence[OfTrial]) -> Design:
    """Give the design of the whole: that of the trial of the lowest start."""
    order: tuple[Design, ...] = ("randomised", "non_randomised", "single_arm", "reports")
    return max((one.design for one in trials), key=order.index)


def _low_agrees(
    effects: np.ndarray, variances: np.ndarray, judgements: list[Judgement], value: float, important: float | None
) -> bool:
    """Say whether the trials at low risk alone have their estimate in the same zone, or on the same side."""
    low = np.array(judgements) == "low"
    if not low.any():
        return False
    weights = 1 / variances[low]
    alone = float(weights @ effects[low] / weights.sum())
    if important is None:
        return (alone >= 0) == (value >= 0)
    return zone(alone, important) == zone(value, important)


def _turned(sign: float, low: float, high: float) -> tuple[float, float]:
    return (low, high) if sign > 0 else (-high, -low)
