"""By how long relief of mood outlasts weakness of the muscle, and how slow mood must be for that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.mechanism._answers import falling
from glabella.mechanism._model import Model
from glabella.mechanism._population import simulate_population

Floats = NDArray[np.float64]
#: Half-lives of mood that are tried.
TRIED = 81


@dataclass(frozen=True, slots=True, eq=False)
class Gap:
    """How long relief outlasts weakness under one explanation, for each speed of mood.

    Attributes
    ----------
    explanation : str
    half_lives : ndarray of shape (m,)
        Of mood, in days.
    weakness_half : float
        Day on which weakness has fallen to half of its peak.
    relief_half : ndarray of shape (m,)
        The same of relief; infinite beyond the horizon, NaN if the explanation brings no relief.
    """

    explanation: str
    half_lives: Floats
    weakness_half: float
    relief_half: Floats

    @property
    def days(self) -> Floats:
        """Days by which relief outlasts weakness."""
        return self.relief_half - self.weakness_half


def gap(
    model: Model,
    explanations: Mapping[str, Mapping[str, float]],
    constants: Mapping[str, float],
    speeds: ArrayLike | Mapping[str, ArrayLike],
    *,
    sensitivity: float = 1.0,
    horizon: float,
) -> tuple[Gap, ...]:
    """Give how long relief outlasts weakness in one person, by explanation and speed of mood.

    Parameters
    ----------
    model : Model
        Computes ``weakness`` and ``relief``; has ``k_mood`` and ``sensitivity``.
    explanations : mapping of str to mapping of str to float
        Switches of the model, by explanation.
    constants : mapping of str to float
        Of the muscle, as fitted.
    speeds : array_like of shape (m,), or a mapping of explanations to such
        Of mood, per day.
    sensitivity : float
        Of the person.
    horizon : float
        Last day that is simulated.

    Returns
    -------
    tuple of Gap

    Raises
    ------
    ValueError
        If the model cannot be simulated, or weakness has not fallen to half by the horizon.
    """
    times = np.linspace(0.0, horizon, int(np.ceil(horizon)) + 1)
    gaps = []
    for name, switches in explanations.items():
        tried = np.atleast_1d(np.asarray(speeds[name] if isinstance(speeds, Mapping) else speeds, dtype=float))
        varied: dict[str, Any] = {**constants, **switches, "sensitivity": sensitivity, "k_mood": tried}
        found = simulate_population(model, times, varied, names=["weakness", "relief"])
        if found.failed.any():
            raise ValueError(f"the model cannot be simulated as {name}: {found.reason[found.failed][0]}")
        half = float(falling(times, found.values["weakness"][:1], 0.5)[0])
        if not np.isfinite(half):
            raise ValueError(f"weakness has not fallen to half of a peak by day {horizon:g}")
        gaps.append(Gap(name, np.log(2) / tried, half, falling(times, found.values["relief"], 0.5)))
    return tuple(gaps)


def speed_for_gap(
    model: Model,
    explanations: Mapping[str, Mapping[str, float]],
    constants: Mapping[str, float],
    *,
    days: float,
    half_lives: tuple[float, float],
    sensitivity: float = 1.0,
    horizon: float,
) -> dict[str, float | None]:
    """Give how slow mood must be under each explanation so that relief outlasts weakness by some days.

    Parameters
    ----------
    model, explanations, constants, sensitivity, horizon
        As for :func:`gap`.
    days : float
        By which relief outlasts weakness at least.
    half_lives : tuple of float
        Shortest and longest half-life of mood that are tried, in days.

    Returns
    -------
    dict of str to float or None
        Least half-life in days, interpolated between those tried; None if none within the range does it.

    Raises
    ------
    ValueError
        As :func:`gap`, and if the horizon ends before relief could have lasted so long.
    """
    tried = np.geomspace(*half_lives, TRIED)
    found: dict[str, float | None] = {}
    for each in gap(model, explanations, constants, np.log(2) / tried, sensitivity=sensitivity, horizon=horizon):
        if each.weakness_half + days > horizon:
            raise ValueError(f"weakness falls to half by day {each.weakness_half:.0f}; a gap of {days:g} days "
                             f"cannot be seen by day {horizon:g}")  # fmt: skip
        # Beyond the horizon relief lasted at least that long.
        least = np.minimum(each.days, horizon - each.weakness_half)
        enough = np.flatnonzero(least >= days)
        found[each.explanation] = None
        if enough.size:
            last = enough[0]
            before = max(last - 1, 0)
            found[each.explanation] = float(np.exp(
                np.interp(days, least[[before, last]], np.log(tried[[before, last]]))
            ))  # fmt: skip
    return found
