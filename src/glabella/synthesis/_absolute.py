"""Pooled effects in terms that people use: of how many the event is expected, and how many points of a scale."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._effect import Effect
from glabella.synthesis._numbers import numbers

Floats = NDArray[np.float64]

#: A standardised difference of logistic scores times this is a log odds ratio (Chinn S, Stat Med 2000;19:3127).
PER_SD = math.pi / math.sqrt(3)


def risk_with(
    measure: Literal["OR", "PETO", "RR", "RD", "SMD"],
    estimate: ArrayLike,
    baseline: ArrayLike,
    *,
    events: Literal["higher", "lower"] = "higher",
) -> Floats:
    """Give the risk of an event under treatment, from an effect and the risk without treatment.

    Parameters
    ----------
    measure : {"OR", "PETO", "RR", "RD", "SMD"}
        What the effect is.
    estimate : array_like
        Effects or limits of intervals as :func:`pool` gives them: logarithms of odds ratios and risk ratios,
        differences of risks, standardised differences of a score.
    baseline : array_like
        Risk without treatment, 0 to 1; broadcast against ``estimate``.
    events : {"higher", "lower"}
        For a standardised difference: whether high or low scores count as the event. Unused for other measures.

    Returns
    -------
    ndarray
        Risks, 0 to 1, of the shape that ``estimate`` and ``baseline`` have together; NaN where either is NaN.

    Raises
    ------
    ValueError
        If a baseline risk is not between 0 and 1, or the measure has no risk: a mean difference in points needs a
        standard deviation, by which it is divided first.

    Notes
    -----
    An odds ratio multiplies the odds, a risk ratio the risk, and a difference of risks is added. The last two may
    lead below 0 or above 1, where the risk is 0 or 1. A standardised difference d becomes a log odds ratio
    d π/√3, as if scores were logistic with one spread in both groups, whatever the score from which on somebody has
    the event. The same relative effect is assumed at every baseline risk; an interval of ``estimate`` carried over
    takes the baseline risk as known.

    References
    ----------
    Chinn S. A simple method for converting an odds ratio to effect size for use in meta-analysis. Stat Med
    2000;19:3127-3131. Cochrane Handbook for Systematic Reviews of Interventions, chapter 15 (15.4.4 risk ratios and
    odds ratios, 15.5.3.3 standardised differences).

    Examples
    --------
    Ten of a hundred without treatment, and odds doubled:

    >>> risk_with("OR", np.log([2]), 0.10).round(3).tolist()
    [0.182]

    A standardised difference with its interval, where low scores are what counts:

    >>> risk_with("SMD", [-0.5, -0.8, -0.2], 0.30, events="lower").round(2).tolist()
    [0.51, 0.65, 0.38]
    """
    if measure not in _WITH:
        known = ", ".join(_WITH)
        raise ValueError(f"measure is {measure!r}, expected one of {known}; divide points by a standard deviation")
    if events not in ("higher", "lower"):
        raise ValueError(f"events is {events!r}, expected 'higher' or 'lower'")
    effect, base = numbers(estimate, "estimate"), numbers(baseline, "baseline")
    wrong = (base < 0) | (base > 1)
    if wrong.any():
        raise ValueError(f"baseline is {base[wrong].flat[0]:g}, expected a risk between 0 and 1")
    if measure == "SMD" and events == "lower":
        effect = -effect
    # Odds of nobody or everybody are without bound; what nothing is known of stays NaN.
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        return np.asarray(_WITH[measure](effect, base), dtype=float)


def to_scale_points(smd: ArrayLike, sd: ArrayLike) -> Floats:
    """Turn standardised differences into points of a scale.

    Parameters
    ----------
    smd : array_like
        Standardised differences, or limits of their intervals.
    sd : array_like
        Standard deviation of the scale among people like those of interest, in points; broadcast against ``smd``.

    Returns
    -------
    ndarray
        ``smd`` times ``sd``.

    Raises
    ------
    ValueError
        If a standard deviation is not above 0.

    Notes
    -----
    How many points depends on whose standard deviation is taken: say which one beside the number.

    References
    ----------
    Cochrane Handbook for Systematic Reviews of Interventions, 15.5.3.2.

    Examples
    --------
    >>> to_scale_points([-0.71, -1.66, 0.24], sd=10.6).round(1).tolist()
    [-7.5, -17.6, 2.5]
    """
    effect, spread = numbers(smd, "smd"), numbers(sd, "sd")
    wrong = ~(spread > 0) & ~np.isnan(spread)
    if wrong.any():
        raise ValueError(f"sd is {spread[wrong].flat[0]:g}, expected a standard deviation above 0")
    return np.asarray(effect * spread, dtype=float)


def control_counts(effects: Sequence[Effect]) -> tuple[float, float]:
    """Count events and people in the controls of effects that come from counts.

    A control that serves several comparisons counts once; effects from scores have none.

    Parameters
    ----------
    effects : sequence of Effect
        As :func:`contrasts` gives them.

    Returns
    -------
    tuple of float
        Events and people; both 0 where no effect comes from counts.
    """
    controls: dict[tuple[str, int, int], tuple[float, float]] = {}
    for effect in effects:
        inputs = dict(effect.steps[0].inputs) if effect.steps else {}
        events, people = inputs.get("events, control"), inputs.get("n, control")
        if events is None or people is None or events.value is None or people.value is None:
            continue
        # Comparisons with one control hold the very same numbers, not equal ones.
        controls[effect.study, id(events), id(people)] = (events.value, people.value)
    return sum(events for events, _ in controls.values()), sum(people for _, people in controls.values())


def _by_odds(log_or: Floats, base: Floats) -> Floats:
    logit = np.log(base) - np.log1p(-base) + log_or
    return np.asarray(np.exp(-np.logaddexp(0.0, -logit)))


#: For each measure, the risk under treatment from the effect and the risk without.
_WITH: dict[str, Callable[[Floats, Floats], Floats]] = {
    "OR": _by_odds,
    "PETO": _by_odds,
    "RR": lambda log_rr, base: np.minimum(base * np.exp(log_rr), 1.0),
    "RD": lambda difference, base: np.clip(base + difference, 0.0, 1.0),
    "SMD": lambda d, base: _by_odds(d * PER_SD, base),
}
