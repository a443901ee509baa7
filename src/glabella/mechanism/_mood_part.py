"""The part of an analysis that is about mood: what carries weakness to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from glabella.mechanism._compare import Compared, Explained, MoodData
from glabella.mechanism._model import Model
from glabella.mechanism._plain import interval, numbers
from glabella.mechanism._population import simulate_population

if TYPE_CHECKING:
    from glabella.dossier import MoodObservation

Floats = NDArray[np.float64]
WEEKS = np.arange(0.0, 53.0)


def explained_part(found: Compared) -> list[dict[str, Any]]:
    """Give each explanation as fitted."""
    return [{
        "name": each.name,
        "gain": interval(each.gain, each.gain - 1.959964 * each.gain_se, each.gain + 1.959964 * each.gain_se),
        "half_life": _half_life(each),
        "spread": each.spread, "aic": each.aic, "aicc": each.aicc if np.isfinite(each.aicc) else None,
        "bic": each.bic, "parameters": each.parameters, "expected": numbers(each.relief),
    } for each in found.explanations]  # fmt: skip


def _half_life(each: Explained) -> dict[str, float | None]:
    """Turn speeds into half-lives; what the data do not bound is null."""
    if not np.isfinite(each.speed):
        return interval(None)
    low = np.log(2) / each.speed_high if np.isfinite(each.speed_high) else None
    high = np.log(2) / each.speed_low if each.speed_low > 0 else None
    return interval(np.log(2) / each.speed, low, high)


def seen_part(observations: Sequence[MoodObservation], data: MoodData) -> dict[str, Any]:
    """Give the differences that were fitted."""
    half = 1.959964 * data.se
    return {
        "rows": [each.id for each in observations],
        "relief": [interval(value, None if bound else value - wide, None if bound else value + wide)
                   for value, wide, bound in zip(data.relief, half, data.bound, strict=True)],
        "weeks": numbers(data.week),
    }  # fmt: skip


def courses_part(
    model: Model,
    found: Compared,
    switches: Mapping[str, Mapping[str, float]],
    constants: Mapping[str, float],
    sensitivity: Floats,
) -> list[dict[str, Any]]:
    """Give mean relief over a year under each explanation with an effect, at its best gain and speed."""
    out = []
    for each in _with_effect(found, switches):
        own = {**constants, **switches[each.name], "k_mood": each.speed, "gain": each.gain}
        run = simulate_population(model, 7 * WEEKS, {**own, "sensitivity": sensitivity}, names=["relief"])
        out.append({"explanation": each.name, "days": numbers(7 * WEEKS),
                    "relief": numbers(run.values["relief"].mean(axis=0))})  # fmt: skip
    return out


def _with_effect(found: Compared, switches: Mapping[str, Mapping[str, float]]) -> list[Explained]:
    return [each for each in found.explanations if each.name in switches and each.parameters > 1 and each.gain > 0]
