"""Standard deviations out of what an arm or a difference between two arms shows, each with the step that led there.

Only what was printed as it can be is used. What rounding made of it - a standard error of 0, limits alike, a P of
0 - gives no spread, and says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeGuard

from glabella.dossier import ArmResult, Between, Number, Result
from glabella.synthesis._derive import (
    sd_from_ci,
    sd_from_difference_se,
    sd_from_se,
    sd_of_change,
    se_from_ci,
    se_from_p,
)
from glabella.synthesis._effect import Inputs, Step, known

#: What stands for a P that rounding made nil.
P_OF_ZERO = "P is printed as nil, which no t gives; a bound is known of it at most"
#: A final score and a change are not taken from one another.
Kind = Literal["change", "endpoint"]
Usable = Callable[[Number | None], TypeGuard[Number]]


@dataclass(frozen=True, slots=True)
class ArmScore:
    """Mean and SD of one arm, and how they were found."""

    mean: float
    sd: float
    step: Step


def scores_of_arm(shown: ArmResult, result: Result, n: Number, usable: Usable) -> dict[Kind, ArmScore]:
    """Give what an arm shows of its change and of how it ended, by the first of the standard ways for each."""
    change = _change_as_printed(shown, usable) or _change_by_correlation(shown, result, usable)
    ended = _as_printed(shown, result, n, usable)
    found: dict[Kind, ArmScore] = {}
    if change is not None:
        found["change"] = change
    if ended is not None:
        found.setdefault(result.score or "endpoint", ended)
    return {kind: score for kind, score in found.items() if score.sd > 0}


def _change_as_printed(shown: ArmResult, usable: Usable) -> ArmScore | None:
    if not (usable(shown.change_mean) and usable(shown.change_sd)):
        return None
    inputs = (("mean change", shown.change_mean), ("SD of change", shown.change_sd))
    return ArmScore(known(shown.change_mean), known(shown.change_sd), Step("change scores", inputs))


def _change_by_correlation(shown: ArmResult, result: Result, usable: Usable) -> ArmScore | None:
    if result.score == "change" or not (usable(shown.mean) and usable(shown.sd) and usable(result.correlation)):
        return None
    if not (usable(shown.baseline_mean) and usable(shown.baseline_sd)):
        return None
    sd = float(sd_of_change(known(shown.baseline_sd), known(shown.sd), known(result.correlation)))
    inputs = (
        ("mean", shown.mean),
        ("SD", shown.sd),
        ("baseline mean", shown.baseline_mean),
        ("baseline SD", shown.baseline_sd),
        ("correlation", result.correlation),
    )
    step = Step("change from baseline, its SD from both SDs and the correlation", inputs)
    return ArmScore(known(shown.mean) - known(shown.baseline_mean), sd, step)


def _as_printed(shown: ArmResult, result: Result, n: Number, usable: Usable) -> ArmScore | None:
    if not usable(shown.mean):
        return None
    mean, named = known(shown.mean), ("mean", shown.mean)
    if usable(shown.sd):
        step = Step(f"{result.score or 'endpoint'} scores", (named, ("SD", shown.sd)))
        return ArmScore(mean, known(shown.sd), step)
    if usable(shown.se):
        sd = float(sd_from_se(known(shown.se), known(n)))
        return ArmScore(mean, sd, Step("SD from the standard error", (named, ("SE", shown.se))))
    if shown.ci is None or not all(usable(limit) for limit in shown.ci) or known(n) < 2:
        return None
    low, high = shown.ci
    if known(low) == known(high):
        return None
    sd = float(sd_from_ci(known(low), known(high), known(n)))
    if not known(low) <= mean <= known(high):
        raise ValueError(f"mean is {mean:g}, expected within its interval {known(low):g} to {known(high):g}")
    return ArmScore(mean, sd, Step("SD from the confidence interval", (named, ("low", low), ("high", high))))


def spread_is_nil(shown: ArmResult | None) -> bool:
    """Whether both limits of a mean are printed alike, as rounding may."""
    return shown is not None and shown.ci is not None and shown.ci[0].value == shown.ci[1].value


def units_of(*steps: Step) -> tuple[str, ...]:
    """Give the units that are stated of the numbers that went in, people and correlations aside."""
    numbers = [
        n for step in steps for name, n in step.inputs if name != "correlation" and not name.startswith("n,")
    ]
    return tuple(dict.fromkeys(number.unit for number in numbers if number.unit is not None))


#: A standard error, what it comes from, and the numbers; or why it does not come; or nothing printed.
_Found = tuple[float, str, Inputs] | str | None


def sd_of_difference(between: Between, n1: float, n2: float, usable: Usable) -> tuple[float, Step] | str:
    """SD-equivalent of a difference from the first of SE, interval and P that tells it, or why none does."""
    reasons: list[str] = []
    for found in (_se(between, usable), _of_interval(between, n1, n2, usable), _of_p(between, n1, n2, usable)):
        if isinstance(found, str):
            reasons.append(found)
        elif found is not None:
            se, rule, inputs = found
            step = Step(f"SD-equivalent of the difference from {rule}", inputs)
            return float(sd_from_difference_se(se, n1, n2)), step
    return "; ".join(reasons) or "the difference was printed without a spread"


def _se(between: Between, usable: Usable) -> _Found:
    if not usable(between.difference_se):
        return None
    if known(between.difference_se) == 0:
        return "the standard error of the difference is printed as nil"
    return known(between.difference_se), "its standard error", (("SE", between.difference_se),)


def _of_interval(between: Between, n1: float, n2: float, usable: Usable) -> _Found:
    if between.difference_ci is None or not all(usable(limit) for limit in between.difference_ci):
        return None
    low, high = between.difference_ci
    if known(low) == known(high):
        return "both limits of the difference are printed alike"
    se = float(se_from_ci(known(low), known(high), n1, n2))
    if usable(between.difference) and not known(low) <= known(between.difference) <= known(high):
        told = f"difference is {known(between.difference):g}"
        raise ValueError(f"{told}, expected within its interval {known(low):g} to {known(high):g}")
    return se, "its confidence interval, by Student's t", (("low", low), ("high", high))


def _of_p(between: Between, n1: float, n2: float, usable: Usable) -> _Found:
    if not (usable(between.p) and usable(between.difference)):
        return None
    p, difference = known(between.p), known(between.difference)
    if p == 0:
        return P_OF_ZERO
    if p == 1 or difference == 0:
        return "a difference of nil, or with a P of one, tells nothing of its spread"
    return float(se_from_p(difference, p, n1, n2)), "its exact p, by Student's t", (("P", between.p),)
