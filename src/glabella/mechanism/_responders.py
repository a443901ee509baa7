"""Who responds: the share of people whose weakness at a day exceeds what is called a response.

People differ by a log-normal sensitivity, which multiplies the amount that one state of the model starts with. The
course of weakness is therefore needed once for each set of rates, over a grid of amounts; doses and products that
share their rates are other places on the same curve, and cost nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.mechanism._model import Model
from glabella.mechanism._population import cached_equations, simulate_population
from glabella.mechanism._reduce import moving_names, reduced

Floats = NDArray[np.float64]
#: Logarithm of the amount, relative to the model's own: a thousandth to a thousand times as much.
NODES = np.linspace(-7.0, 7.0, 57)
#: Between the nodes curves are interpolated once, by a monotone cubic, and then linearly.
FINE = np.linspace(-7.0, 7.0, 1121)
#: Of the solver: an error that does not show beside that of the interpolation.
CURVE_RTOL = 1e-8
#: Logits of weakness are cut off here: nothing is called a response at less than 1e-9.
TINY = 1e-9
Key = tuple[tuple[str, float], ...]


class Curves:
    """Weakness by amount and day, kept for each set of rates.

    Parameters
    ----------
    model : Model
        ``sensitivity`` must multiply the start of one state and do nothing else.
    days : array_like of shape (d,)
        Increasing.
    quantity : str
        What is compared to thresholds; between 0 and 1, and rising with the amount.
    sensitivity : str
        Constant that differs between people.

    Raises
    ------
    ValueError
        If the sensitivity acts otherwise.
    """

    def __init__(
        self, model: Model, days: ArrayLike, *, quantity: str = "weakness", sensitivity: str = "sensitivity"
    ) -> None:
        self.model, self.quantity, self.sensitivity = reduced(model, quantity), quantity, sensitivity
        self.days = np.array(days, dtype=float)
        self.known = cached_equations(self.model)
        if sensitivity not in self.known.constants:
            raise ValueError(f"the model has no constant {sensitivity!r}, by which people differ")
        self.moving = moving_names(self.model)
        self.filled = self._filled()
        self._kept: dict[Key, Floats] = {}

    def _filled(self) -> str:
        """Give the state that the sensitivity fills."""
        one, two = ({**self.known.constants, self.sensitivity: value} for value in (1.0, 2.0))
        before, after = self.known.start(one), self.known.start(two)
        changed = [name for name in self.known.states if before[name] != after[name]]
        fills = len(changed) == 1 and np.isclose(after[changed[0]], 2 * before[changed[0]], rtol=1e-12)
        if not fills or self.sensitivity in self.moving:
            raise ValueError(f"{self.sensitivity!r} must multiply the start of one state and do nothing else; "
                             f"it changes {', '.join(changed) or 'none'}")  # fmt: skip
        return changed[0]

    def amount(self, constants: Mapping[str, float]) -> float:
        """Give the logarithm of the amount at sensitivity 1, relative to the model's own."""
        own = self.known.constants | {self.sensitivity: 1.0}
        # As numbers of NumPy, which give infinity where plain ones raise.
        there = {name: np.float64(value) for name, value in (own | dict(constants)).items()}
        with np.errstate(all="ignore"):
            return float(np.log(self.known.start(there)[self.filled] / self.known.start(own)[self.filled]))

    def key(self, constants: Mapping[str, float]) -> Key:
        """Give the constants that change the curve, not only the place on it."""
        return tuple(sorted((name, float(value)) for name, value in constants.items() if name in self.moving))

    def of(self, keys: Sequence[Key]) -> list[Floats]:
        """Give logits of weakness (days, fine grid) for each set of rates; new ones by one stacked simulation.

        Rates with which the model cannot be simulated, or weakness does not lie between 0 and 1 and rise with the
        amount, give NaN.
        """
        new = [key for key in dict.fromkeys(keys) if key not in self._kept]
        if new:
            if len(self._kept) > 2000:
                self._kept.clear()
                new = list(dict.fromkeys(keys))
            for key, curve in zip(new, self._simulate(new), strict=True):
                self._kept[key] = curve
        return [self._kept[key] for key in keys]

    def _simulate(self, keys: Sequence[Key]) -> list[Floats]:
        from scipy.interpolate import PchipInterpolator
        from scipy.special import logit

        g = len(NODES)
        names = {name for key in keys for name, _ in key}
        constants: dict[str, Any] = {
            name: np.repeat([dict(key).get(name, self.known.constants[name]) for key in keys], g) for name in names
        }
        constants[self.sensitivity] = np.tile(np.exp(NODES), len(keys))
        found = simulate_population(self.model, self.days, constants, names=[self.quantity], rtol=CURVE_RTOL)
        curves = []
        for part in found.values[self.quantity].reshape(len(keys), g, len(self.days)):
            falls = (np.diff(part, axis=0) < -1e-6).any() or part.min() < -1e-6 or part.max() > 1 + 1e-6
            if np.isnan(part).any() or falls:
                curves.append(np.full((len(self.days), len(FINE)), np.nan))
                continue
            rising = np.maximum.accumulate(logit(np.clip(part, TINY, 1 - TINY)), axis=0)
            curves.append(np.ascontiguousarray(PchipInterpolator(NODES, rising)(FINE).T))
        return curves


def crossing(curves: Floats, thresholds: Floats) -> Floats:
    """Give the log amount at which each curve reaches its thresholds.

    Parameters
    ----------
    curves : ndarray of shape (m, grid)
        Logits of weakness on the fine grid.
    thresholds : ndarray of shape (m, u)
        Logits.

    Returns
    -------
    ndarray of shape (m, u)
        Minus infinity where the least amount exceeds it, infinity where the greatest does not reach it.
    """
    place = np.stack([np.searchsorted(curve, each) for curve, each in zip(curves, thresholds, strict=True)])
    inside = np.clip(place, 1, curves.shape[1] - 1)
    below, above = np.take_along_axis(curves, inside - 1, 1), np.take_along_axis(curves, inside, 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.clip((thresholds - below) / (above - below), 0, 1)
    found = FINE[inside - 1] + share * (FINE[1] - FINE[0])
    return np.where(place == 0, -np.inf, np.where(place == curves.shape[1], np.inf, found))


def share_above(needed: ArrayLike, centre: ArrayLike, spread: float) -> Floats:
    """Give the share of people whose log amount exceeds what is needed.

    Parameters
    ----------
    needed : array_like
        From :func:`crossing`.
    centre : array_like
        Median of the log amount among the people.
    spread : float
        Standard deviation of the log sensitivity between people; 0 makes a step.
    """
    from scipy.special import ndtr

    distance = np.asarray(centre, dtype=float) - np.asarray(needed, dtype=float)
    if spread < 0:
        raise ValueError(f"the spread between people is {spread}, expected 0 or more")
    return np.asarray(ndtr(distance / spread) if spread else (distance > 0).astype(float))


def with_placebo(share: ArrayLike, placebo: ArrayLike) -> Floats:
    """Add those who would have responded anyway.

    References
    ----------
    Abbott WS. J Econ Entomol 1925;18:265-267.
    """
    rate = np.asarray(placebo, dtype=float)
    return np.asarray(rate + (1 - rate) * np.asarray(share, dtype=float))


def responders(
    model: Model,
    days: ArrayLike,
    threshold: float,
    spread: float,
    *,
    constants: Mapping[str, float] | None = None,
    shift: float = 0.0,
    placebo: float = 0.0,
    quantity: str = "weakness",
    sensitivity: str = "sensitivity",
) -> Floats:
    """Give the share of people with a response at each day.

    Parameters
    ----------
    model : Model
    days : array_like of shape (d,)
    threshold : float
        Weakness that is called a response, between 0 and 1.
    spread : float
        Standard deviation of the log sensitivity between people.
    constants : mapping of str to float, optional
        Dose, product and whatever differs from the model's own.
    shift : float
        Added to the log sensitivity of everybody, such as for men.
    placebo : float
        Share who respond without the drug.
    quantity, sensitivity : str
        Names in the model.

    Returns
    -------
    ndarray of shape (d,)
    """
    from scipy.special import logit

    if not 0 < threshold < 1:
        raise ValueError(f"the threshold is {threshold}, expected between 0 and 1")
    curves = _cached(model, tuple(np.atleast_1d(np.asarray(days, dtype=float)).tolist()), quantity, sensitivity)
    given = dict(constants or {})
    for name in given:
        if name not in curves.known.constants:
            raise ValueError(f"the model has no constant {name!r}")
    curve = curves.of([curves.key(given)])[0]
    if np.isnan(curve).any():
        raise ValueError(f"with {given} the model cannot be simulated, or {quantity} does not rise with the amount")
    needed = crossing(curve, np.full((len(curve), 1), logit(threshold)))[:, 0]
    return with_placebo(share_above(needed, curves.amount(given) + shift, spread), placebo)


@lru_cache(maxsize=16)
def _cached(model: Model, days: tuple[float, ...], quantity: str, sensitivity: str) -> Curves:
    return Curves(model, days, quantity=quantity, sensitivity=sensitivity)
