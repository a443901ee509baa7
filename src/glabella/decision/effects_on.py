"""What trials or a network found, as effects that can be put on a chance."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from glabella.decision.chances import EffectOn, Measure, Of, Which
from glabella.decision.uncertain import Uncertain, between, normal, posterior
from glabella.dossier import Analysis, Outcome, Prior
from glabella.synthesis import Effect, PooledTrials, control_counts, indirect_comparison

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glabella.synthesis import Network


def size_of(fit: PooledTrials) -> tuple[Uncertain, Of] | None:
    """Give the effect of a next trial as far as trials tell it; else the effect that they found themselves.

    Parameters
    ----------
    fit : PooledTrials
        As :func:`glabella.synthesis.pool_trials` gives it.

    Returns
    -------
    Uncertain and str, or None
        None where nothing was pooled.
    """
    if fit.way == "not pooled":
        return None
    if fit.prediction == "prior" and fit.posterior is not None:
        found = posterior(fit.posterior.theta_new, fit.expected, fit.pi_low, fit.pi_high)
        return found, "next trial"
    if fit.prediction:
        return between(fit.expected, fit.pi_low, fit.pi_high, df=max(fit.k - 2, 1)), "next trial"
    return between(fit.estimate, fit.ci_low, fit.ci_high), "these trials"


def events_of(better_score: Which, better_event: Which) -> Which:
    """Say which scores count as the event: the good ones where the event is good.

    >>> events_of("lower", "higher"), events_of("lower", "lower")
    ('lower', 'higher')
    """
    if better_event == "higher":
        return better_score
    return "lower" if better_score == "higher" else "higher"


def of_analysis(
    key: str,
    analysis: Analysis,
    outcome: Outcome,
    effects: Sequence[Effect],
    fit: PooledTrials,
    better: Which,
) -> EffectOn | None:
    """Give the effect of a pooled analysis on the event.

    Parameters
    ----------
    key : str
        Of the analysis.
    analysis, outcome
        As declared.
    effects : sequence of Effect
        Those that were pooled.
    fit : PooledTrials
        What came out.
    better : {"higher", "lower"}
        Whether the event is good.

    Returns
    -------
    EffectOn or None
        None where nothing was pooled, or points have no standard deviation.
    """
    found = size_of(fit)
    sd = outcome.points.sd.value if outcome.points is not None and outcome.points.sd.usable else None
    if found is None or (analysis.measure == "MD" and not sd):
        return None
    events, people = control_counts(effects)
    return EffectOn(
        key,
        analysis.label,
        analysis.measure,
        *found,
        fit.trials,
        sum(effect.n1 + effect.n2 for effect in effects),
        events_of(outcome.better, better),
        sd,
        events / people if people else None,
    )


def less_bias(effect: EffectOn, name: str, prior: Prior) -> EffectOn | None:
    """Take off an effect what it usually owes to people knowing what they were given; None where it cannot be.

    Parameters
    ----------
    effect : EffectOn
        On the prior's scale.
    name : str
        Key of the prior.
    prior : Prior
        Of a bias: what is added to an effect.
    """
    if prior.of != "bias" or prior.family != "normal" or prior.measure not in (effect.measure, "any"):
        return None
    off = normal(-prior.value("mean"), prior.value("sd"))
    return replace(effect, size=effect.size.plus(off), less=name)


def of_network(
    fit: Network,
    treatment: str,
    against: str,
    label: str,
    measure: Measure,
    better_effect: Which,
    better: Which,
) -> EffectOn:
    """Give the effect of a network's treatment on the event, in a next trial of it.

    Parameters
    ----------
    fit : Network
        A single one.
    treatment, against : str
        Treatments of it.
    label : str
        What people call the treatment.
    measure : str
        Of its effects.
    better_effect : {"higher", "lower"}
        Which effects are the better ones.
    better : {"higher", "lower"}
        Whether the event is good.
    """
    found = indirect_comparison(fit, treatment, against)
    predicted = math.isfinite(found.pi_low) and math.isfinite(found.pi_high)
    low, high = (found.pi_low, found.pi_high) if predicted else (found.ci_low, found.ci_high)
    of: Of = "next trial" if predicted else "these trials"
    member = np.asarray(fit.structure.member, dtype=bool)
    trials = int(member[:, fit.treatments.index(treatment)].sum())
    events: Literal["higher", "lower"] = events_of(better_effect, better)
    return EffectOn(treatment, label, measure, between(found.estimate, low, high), of, trials, None, events)
