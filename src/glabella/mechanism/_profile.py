"""Profiles: how much worse the fit becomes as one unknown is held elsewhere, and what that says of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glabella.mechanism._fit import REACH, Fit, objective, search
from glabella.mechanism._likelihood import Likelihood, MuscleData
from glabella.mechanism._model import Model
from glabella.mechanism._spread import spread
from glabella.mechanism._unknowns import Unknown

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """One unknown held at values around its estimate, all others fitted again.

    Attributes
    ----------
    name : str
    values, rise : ndarray
        Values in order, and twice the rise of minus the log-likelihood there.
    low, high : float
        Limits on its own scale; infinite (or the end of its range) where the profile stays below the cut.
    verdict : {"identified", "bounded below", "bounded above", "not identified"}
        Whether the profile crosses the cut on both sides, one, or none, within where the unknown was sought.
    """

    name: str
    values: Floats
    rise: Floats
    low: float
    high: float
    verdict: str

    def __str__(self) -> str:
        """Say what the data tell of it."""
        return f"{self.name}: {self.low:.4g} to {self.high:.4g}, {self.verdict}"


def profile(found: Fit, name: str) -> Profile:
    """Give the profile of one unknown and its limits.

    Parameters
    ----------
    found : Fit
    name : str

    Raises
    ------
    ValueError
        If there is no such unknown.

    References
    ----------
    Raue A, et al. Bioinformatics 2009;25:1923-1929.
    """
    from scipy.special import chdtri

    if name not in found.names:
        raise ValueError(f"no unknown {name!r} in the fit; it has {', '.join(found.names)}")
    place = found.names.index(name)
    cut = float(chdtri(1, 1 - found.level))
    unknown = found.likelihood.unknowns[place]
    sides = [_side(found, place, cut, sign) for sign in (-1.0, 1.0)]
    limits = [unknown.from_line(limit) if limit is not None else (
        unknown.from_line(sign * np.inf) if unknown.line != "log" or sign > 0 else 0.0)
        for (limit, _), sign in zip(sides, (-1.0, 1.0), strict=True)]  # fmt: skip
    below, above = (limit is not None for limit, _ in sides)
    verdict = "identified" if below and above else "bounded below" if below else "bounded above"
    if not below and not above:
        verdict = "not identified"
    points = sorted([*sides[0][1], (found.place[place], 0.0), *sides[1][1]])
    values = np.array([unknown.from_line(x) for x, _ in points])
    return Profile(name, values, np.array([rise for _, rise in points]), limits[0], limits[1], verdict)


def profiles(found: Fit, names: Sequence[str], *, workers: int = 1) -> tuple[Profile, ...]:
    """Give the profiles of several unknowns, each in a process of its own.

    Parameters
    ----------
    found : Fit
    names : sequence of str
    workers : int
        Processes.
    """
    return tuple(spread(_Again(found), list(names), workers))


@dataclass(frozen=True, slots=True, eq=False)
class _Again:
    """A fit that can be sent to another process, where its likelihood is made anew."""

    found: Fit

    def __call__(self, name: str) -> Profile:
        """Give one profile."""
        return profile(self.found, name)

    def __reduce__(self) -> tuple[Any, ...]:
        there = self.found.likelihood
        bare = {each.name: getattr(self.found, each.name) for each in fields(Fit) if each.name != "likelihood"}
        return _remade, (bare, there.model, there.data, there.unknowns, there.held)


def _remade(
    bare: dict[str, Any], model: Model, data: MuscleData, unknowns: tuple[Unknown, ...], held: dict[str, float]
) -> _Again:
    return _Again(Fit(**bare, likelihood=Likelihood(model, data, unknowns, held)))


def _side(found: Fit, place: int, cut: float, sign: float) -> tuple[float | None, list[tuple[float, float]]]:
    """Walk to one side until the cut is crossed; give where, and the points on the way."""
    rise = _riser(found, place)
    centre = found.place[place]
    end = found.likelihood.start[place] + sign * REACH
    room = abs(end - centre)
    se = found.se[place]
    step = min(np.sqrt(cut) * se if np.isfinite(se) and se > 0 else 1.0, room)
    points = [(centre, 0.0)]
    away = step
    while room > 0:
        points.append((centre + sign * away, rise(centre + sign * away)))
        if points[-1][1] >= cut:
            return _crossing(points, rise, cut), points[1:]
        if away >= room:
            break
        away = min(2 * away, room)
    return None, points[1:]


def _crossing(points: list[tuple[float, float]], rise: Callable[[float], float], cut: float) -> float:
    """Find where the rise is the cut: on its square root, which is close to straight, by false position."""
    (a, fa), (b, fb) = points[-2], points[-1]
    for _ in range(8):
        x = a + (b - a) * (np.sqrt(cut) - np.sqrt(fa)) / (np.sqrt(fb) - np.sqrt(fa))
        f = rise(x)
        points.append((x, f))
        if abs(f - cut) < 0.01:
            break
        if f < cut:
            a, fa = x, f
        else:
            b, fb = x, f
    return float(x)


def _riser(found: Fit, place: int) -> Callable[[float], float]:
    """Give a function: twice the rise of the objective with one unknown held and the others fitted again."""
    free = np.ones(len(found.names), dtype=bool)
    free[place] = False
    scale = np.where(np.isfinite(found.se) & (found.se > 1e-6), found.se, 1.0)
    last = found.place.copy()
    base = -found.log_posterior

    def rise(x: float) -> float:
        last[place] = x
        if free.any():
            last[:] = search(found.likelihood, last, found.priors, free, scale)[0]
        return max(0.0, 2 * (objective(found.likelihood, last, found.priors) - base))

    return rise
