"""Virtual people: unknowns and people are drawn together, so that what is not known adds to how people differ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.mechanism._likelihood import Likelihood
from glabella.mechanism._population import simulate_population
from glabella.mechanism._reduce import reduced

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class VirtualPeople:
    """People who differ, each with unknowns of their own.

    Attributes
    ----------
    constants : dict of str to ndarray of shape (n,)
        Of the model.
    threshold : ndarray of shape (n,)
        Weakness that is called a response.
    antibodies, men : ndarray of bool, shape (n,)
        Carriers of antibodies have a sensitivity of zero.
    weak : ndarray of bool, shape (n,)
        Who carries none and yet does not respond to one injection.
    failed : ndarray of bool, shape (n,)
        With whom the model could not be simulated.
    """

    constants: dict[str, Floats]
    threshold: Floats
    antibodies: Flags
    men: Flags
    weak: Flags
    failed: Flags


def virtual_people(
    n: int,
    *,
    draws: ArrayLike,
    likelihood: Likelihood,
    product: str,
    dose: float,
    definition: str,
    sex_share_men: float,
    antibody_share_from: str = "antibody_share",
    days: ArrayLike,
    seed: int = 1,
) -> VirtualPeople:
    """Draw people and unknowns together.

    Parameters
    ----------
    n : int
    draws : array_like of shape (draws, p)
        Of the unknowns, on the real line; each is used as often as any other, but for one.
    likelihood : Likelihood
        Gives the meaning of the unknowns.
    product, definition : str
        The definition's threshold tells who responds.
    dose : float
        In units of the product.
    sex_share_men : float
        Share of men among the people.
    antibody_share_from : str
        Unknown, or held number, that is the share of carriers.
    days : array_like
        Days after one injection on which it is looked whether a person responds.
    seed : int

    Returns
    -------
    VirtualPeople

    Raises
    ------
    ValueError
        If a share is not between 0 and 1, or a name has no unknown.
    """
    places = np.atleast_2d(np.asarray(draws, dtype=float))
    if n < 1 or not 0 <= sex_share_men <= 1:
        raise ValueError(f"{n} people and a share of men of {sex_share_men}; expected at least 1, and a share")
    values = [likelihood.held | likelihood.values(place) for place in places]
    for name in (f"threshold_{definition}", antibody_share_from):
        if name not in values[0]:
            raise ValueError(f"no unknown {name}")
    rng = np.random.default_rng(seed)
    which = rng.permutation(np.resize(rng.permutation(len(places)), n))

    def own(name: str) -> Floats:
        column = np.array([each.get(name, 0.0) for each in values], dtype=float)
        return np.asarray(column[which])

    men = rng.random(n) < sex_share_men
    antibodies = rng.random(n) < own(antibody_share_from)
    shift = np.where(men, own("sensitivity_men"), own("sensitivity_women"))
    sensitivity = np.exp(shift + own("sensitivity_spread") * rng.standard_normal(n))
    arms = [likelihood.constants(each, product, dose) for each in values]
    constants = {name: np.array([arm[name] for arm in arms])[which] for name in arms[0]}
    constants["sensitivity"] = np.where(antibodies, 0.0, sensitivity)
    threshold = own(f"threshold_{definition}")
    small = reduced(likelihood.model, "weakness")
    once = simulate_population(small, days, constants, names=["weakness"])
    # The NaN of those who failed compares as false.
    responds = (once.values["weakness"] >= threshold[:, None]).any(axis=1)
    return VirtualPeople(constants, threshold, antibodies, men, ~responds & ~antibodies & ~once.failed, once.failed)
