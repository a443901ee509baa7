"""The amounts that a response needs: computed once for each draw of the unknowns, for all doses and sexes.

A person responds on a day if the amount in the muscle is at least what that day needs. Doses and sexes are other
amounts beside the same needs, and cost nothing. Times are in the model's unit, days below.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.mechanism._likelihood import LOG_WEIGHTS, SHIFTS, Likelihood
from glabella.mechanism._population import checked_times
from glabella.mechanism._responders import Curves, crossing, share_above

Floats = NDArray[np.float64]
#: Draws simulated at once: their curves take megabytes each, and are needed only until they are crossed.
TOGETHER = 50


@dataclass(frozen=True, slots=True, eq=False)
class Needed:
    """The amounts that a response needs, from each draw of the unknowns.

    Attributes
    ----------
    product, definition, observer : str
    days : ndarray of shape (t,)
    draws : ndarray of shape (draws, p)
        On the real line; without those that could not be simulated.
    logs : ndarray of shape (draws, t, shifts + 1)
        Logarithm of the amount relative to the model's own, for each shift of a trial; the last is a next trial's.
    good : ndarray of bool, of all draws that were given
        False where the model could not be simulated, or weakness did not rise with the amount.
    """

    product: str
    definition: str
    observer: str
    days: Floats
    draws: Floats
    logs: Floats
    good: NDArray[np.bool_]

    @property
    def failed(self) -> int:
        """How many draws could not be simulated."""
        return int((~self.good).sum())

    def shares(self, likelihood: Likelihood, dose: float, sex: str) -> tuple[Floats, Floats]:
        """Give the share of responders over days: of the average trial, and of a next one, both (draws, t)."""
        mean, following = np.empty(self.logs.shape[:2]), np.empty(self.logs.shape[:2])
        weights = np.exp(LOG_WEIGHTS)
        for row, place in enumerate(self.draws):
            values = likelihood.values(place)
            centre = likelihood.curves.amount(likelihood.constants(values, self.product, dose))
            centre += values.get(f"sensitivity_{sex}", 0.0)
            found = share_above(self.logs[row], centre, values.get("sensitivity_spread", 0.0))
            found *= 1 - values.get("antibody_share", 0.0)
            mean[row], following[row] = (found[:, :-1] * weights).sum(axis=1), found[:, -1]
        return mean, following


def amounts_needed(
    likelihood: Likelihood,
    draws: ArrayLike,
    *,
    product: str,
    definition: str,
    observer: str = "physician",
    days: ArrayLike,
    rng_seed: int = 1,
) -> Needed:
    """Give the amounts that a response needs on each day, which courses and landmarks of all doses can share.

    Parameters
    ----------
    likelihood : Likelihood
        Gives the meaning of the unknowns.
    draws : array_like of shape (draws, p)
        Of the unknowns, on the real line.
    product, definition : str
    observer : str
        One without an unknown of its own shifts nothing.
    days : array_like of shape (t,)
        Increasing.
    rng_seed : int
        Of the shifts of next trials.

    Returns
    -------
    Needed

    Raises
    ------
    ValueError
        If the definition has no threshold, the dose acts otherwise than through the start, or no draw can be
        simulated.
    """
    places, grid = np.atleast_2d(np.asarray(draws, dtype=float)), checked_times(days)
    if places.shape[1] != len(likelihood.unknowns):
        raise ValueError(f"draws have {places.shape[1]} columns, expected one for each of the "
                         f"{len(likelihood.unknowns)} unknowns")  # fmt: skip
    names = [each.name for each in likelihood.unknowns]
    if f"threshold_{definition}" not in names:
        raise ValueError(f"no unknown threshold_{definition} for the definition {definition!r}")
    if "dose" in likelihood.curves.moving:
        raise ValueError("the dose must act through the start of the model alone")
    following = np.random.default_rng(rng_seed).standard_normal(len(places))
    column = names.index(f"threshold_{definition}")
    parts = []
    for first in range(0, len(places), TOGETHER):
        some = places[first : first + TOGETHER]
        values = [likelihood.values(place) for place in some]
        curves = Curves(likelihood.model, grid)
        keys = [curves.key(likelihood.constants(each, product, 1.0)) for each in values]
        for row, (each, curve) in enumerate(zip(values, curves.of(keys), strict=True)):
            shift = each.get("study_spread", 0.0) * np.append(SHIFTS, following[first + row])
            threshold = some[row, column] + each.get(f"observer_{observer}", 0.0) + shift
            crossed = crossing(curve, np.broadcast_to(threshold, (len(grid), len(threshold))))
            parts.append(np.full_like(crossed, np.nan) if np.isnan(curve).any() else crossed)
    logs = np.stack(parts)
    good = np.asarray(~np.isnan(logs).any(axis=(1, 2)))
    if not good.any():
        raise ValueError(f"none of {len(good)} draws of the unknowns can be simulated")
    return Needed(product, definition, observer, grid, places[good], logs[good], good)
