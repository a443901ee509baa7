"""The part of an analysis that is about the muscle: how it fits, how well it predicts, and what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from glabella.mechanism._answers import course, landmarks
from glabella.mechanism._checks import check, replicate
from glabella.mechanism._fit import Fit
from glabella.mechanism._likelihood import MuscleData
from glabella.mechanism._needed import amounts_needed
from glabella.mechanism._plain import interval, numbers
from glabella.mechanism._posterior import Posterior
from glabella.mechanism._predict import Predicted
from glabella.mechanism._profile import Profile
from glabella.mechanism._sensitivity import quantile
from glabella.mechanism._unknowns import Unknown

if TYPE_CHECKING:
    from glabella.dossier import MuscleObservation, Questions, TimeObservation

Floats = NDArray[np.float64]
LIMITS = (0.025, 0.5, 0.975)
SEXES = ("women", "men")
#: Days on which courses are computed: close together while the effect comes, weekly afterwards, for two years.
DAYS = np.unique(np.concatenate([np.arange(0, 14, 0.5), np.arange(14, 735, 7.0)]))
#: Courses are shown for a year.
SHOWN = DAYS[np.isclose(DAYS % 7, 0) & (DAYS <= 364) | (DAYS < 14) & np.isclose(DAYS % 1, 0)]
#: Spread of the posterior relative to the prior's: below the first the data tell an unknown, above the second not.
TOLD, UNTOLD = 0.5, 0.9


def fitted_part(
    found: Fit, alone: Fit, posterior: Posterior, lines: Sequence[Profile]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Give each unknown with what the data say of it, and the profiles."""
    low, middle, high = posterior.limits()
    by_name = {each.name: each for each in lines}
    spread = posterior.draws.std(axis=0)
    out = []
    for k, each in enumerate(posterior.likelihood.unknowns):
        prior = quantile(each, LIMITS)
        told = by_name.get(each.name)
        limits = () if each.name in alone.flat else (float(alone.low[k]), float(alone.high[k]))
        # Between these quantiles of a normal lie four standard deviations, nearly.
        wide = (
            (each.to_line(prior[2]) - each.to_line(prior[0])) / (2 * 1.959964) if _inside(each, prior) else np.inf
        )
        ratio = spread[k] / wide
        verdict = "identified" if ratio < TOLD else "not identified" if ratio > UNTOLD else "partly identified"
        out.append({
            "name": each.name,
            "assumed": each.assumed,
            "mode": float(found.estimate[k]),
            "posterior": interval(middle[k], low[k], high[k]),
            "prior": interval(prior[1], prior[0], prior[2]),
            "rhat": float(posterior.rhat[k]),
            "ess": float(posterior.ess[k]),
            "profile": interval(found.estimate[k], told.low, told.high) if told else None,
            "likelihood": interval(alone.estimate[k], *limits),
            "alone": each.name not in (*alone.flat, *alone.at_limit),
            "verdict": verdict,
        })  # fmt: skip
    curves = []
    for line in lines:
        # Where the model cannot be run there is nothing to draw.
        good = np.isfinite(line.rise) & np.isfinite(line.values)
        curves.append({"name": line.name, "values": numbers(line.values[good]), "rise": numbers(line.rise[good])})
    return out, curves


def _inside(each: Unknown, prior: Floats) -> bool:
    return each.line == "real" or bool((prior > 0).all() and (each.line == "log" or (prior < 1).all()))


def rows_part(
    observations: Sequence[MuscleObservation | TimeObservation],
    data: MuscleData,
    shares: Floats,
    mean: Floats,
    left_out: Predicted | None,
) -> list[dict[str, Any]]:
    """Give each share as seen, as replicated by the posterior, and as predicted by other trials."""
    low, high = np.quantile(shares, [LIMITS[0], LIMITS[2]], axis=0)
    out = []
    for k, each in enumerate(observations):
        out.append({
            "id": each.id,
            "seen": float(data.events[k] / data.n[k]),
            "fitted": interval(mean[k], low[k], high[k]),
            "left_out": interval(left_out.predicted[k], left_out.low[k], left_out.high[k]) if left_out else None,
        })  # fmt: skip
    return out


def predicted_part(by: str, found: Predicted) -> dict[str, Any]:
    """Sum up how well shares were predicted."""
    return {
        "by": by, "shares": len(found.seen), "groups": len(np.unique(found.left_out)), "error": found.error,
        "bias": float(100 * (found.predicted - found.seen).mean()), "coverage": 100 * found.coverage,
    }  # fmt: skip


def drawn(posterior: Posterior, data: MuscleData, draws: int, level: float) -> tuple[Predicted, Floats]:
    """Predict shares from draws of the posterior; give the replications too."""
    shares = replicate(posterior, data, draws=draws)
    low, high = np.quantile(shares, [0.5 - level / 2, 0.5 + level / 2], axis=0)
    return Predicted(data.study, data.events / data.n, shares.mean(axis=0), low, high, level), shares


def checks_part(posterior: Posterior, data: MuscleData, shares: Floats) -> list[dict[str, Any]]:
    """Give posterior predictive checks."""
    return [{"name": each.name, "seen": each.seen, "replicated": interval(each.middle, each.low, each.high),
             "p": each.p} for each in check(posterior, data, shares)]  # fmt: skip


def answers_part(
    posterior: Posterior, asked: Questions, draws: Floats
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Give courses and landmarks by product, dose and sex."""
    courses, marks = [], []
    likelihood = posterior.likelihood
    shown = np.isin(DAYS, SHOWN)
    for product, doses in asked.doses.items():
        setting: dict[str, Any] = {
            "product": product, "definition": asked.definition, "observer": asked.observer, "days": DAYS
        }  # fmt: skip
        needed = amounts_needed(likelihood, draws, **setting)
        for dose in doses:
            for sex in SEXES:
                who = {"product": product, "dose": dose, "sex": sex, "definition": asked.definition}
                found = course(likelihood, draws, dose=dose, sex=sex, needed=needed, **setting)
                courses.append(who | {"days": numbers(SHOWN)} | {
                    name: numbers(getattr(found, name)[shown])
                    for name in ("median", "low", "high", "next_low", "next_high")
                })  # fmt: skip
                at = landmarks(likelihood, draws, dose=dose, sex=sex, kept_days=asked.kept_days, needed=needed,
                               **setting)  # fmt: skip
                marks.append(who | {
                    name: interval(each.value, each.low, each.high)
                    for name in ("onset", "peak_day", "peak_share", "duration", "short", "long")
                    for each in [getattr(at, name)]
                } | {"kept": [{"day": day, "share": interval(each.value, each.low, each.high)}
                              for day, each in zip(at.kept_days, at.kept, strict=True)]})  # fmt: skip
    return courses, marks
