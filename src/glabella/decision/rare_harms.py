"""Rare harms by exact limits: what is ruled out, what comes more often, and what nobody can tell."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from glabella.decision.said import Said, noun, said

Rare = Literal["more often", "ruled out", "cannot be told", "not reported"]


@dataclass(frozen=True, slots=True)
class RareHarm:
    """What counts say of a harm against a threshold.

    Attributes
    ----------
    says : {"more often", "ruled out", "cannot be told", "not reported"}
        Whether it comes more often than the threshold.
    low, high : float or None
        Exact limits of its share; None where it was not reported, which is never zero.
    why : Said
        A clause with the numbers.
    """

    says: Rare
    low: float | None
    high: float | None
    why: Said


def exact_limits(events: int, n: int) -> tuple[float, float]:
    """Give the exact limits of a share; where nobody had the event, the upper one is one-sided (rule of three).

    >>> [round(limit, 4) for limit in exact_limits(16, 665)]
    [0.0138, 0.0388]
    >>> round(exact_limits(0, 400)[1], 6)
    0.007461
    """
    from scipy.special import betaincinv

    if n < 1 or not 0 <= events <= n:
        raise ValueError(f"{events} events of {n}, expected from 0 to n of one or more")
    if events == 0:
        return 0.0, float(-np.expm1(math.log(0.05) / n))
    low = float(betaincinv(events, n - events + 1, 0.025))
    return low, 1.0 if events == n else float(betaincinv(events + 1, n - events, 0.975))


def rare_harm(events: int | None, n: int, threshold: float) -> RareHarm:
    """Say whether a harm is ruled out, comes more often than a threshold, or cannot be told.

    Parameters
    ----------
    events : int or None
        None where it was not reported.
    n : int
        People.
    threshold : float
        A share.

    Examples
    --------
    >>> rare_harm(0, 2995, 0.001).says, rare_harm(0, 2994, 0.001).says, rare_harm(None, 189, 0.01).says
    ('ruled out', 'cannot be told', 'not reported')
    """
    if events is None:
        return RareHarm("not reported", None, None, said(
            f"not reported in {{n}} {noun(n, 'person', 'people')}, which is not the same as none", n=("people", n)
        ))  # fmt: skip
    low, high = exact_limits(events, n)
    says: Rare = "more often" if low > threshold else "ruled out" if high < threshold else "cannot be told"
    return RareHarm(says, low, high, said(
        f"{{events}} of {{n}} {noun(n, 'person', 'people')}; of {{all}}, {{low}} to {{high}}",
        events=("people with the event", events), n=("people", n), all=("of so many", 1000),
        low=("lower exact limit, of a thousand", 1000 * low),
        high=("upper exact limit, of a thousand", 1000 * high),
    ))  # fmt: skip


def people_to_rule_out(threshold: float) -> int:
    """Give the people without an event that it takes to rule out a harm.

    >>> [people_to_rule_out(x) for x in (0.001, 0.005, 0.01)]
    [2995, 598, 299]
    """
    if not 0 < threshold < 1:
        raise ValueError(f"the threshold is {threshold:g}, expected between 0 and 1")
    return math.floor(math.log(0.05) / math.log1p(-threshold)) + 1
