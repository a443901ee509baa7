"""The least benefit: an option that probably does not do enough is shown, and is not ranked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True)
class Gate:
    """How probable it is that each option does enough, and which options enter.

    Attributes
    ----------
    chances : ndarray, shape (options,)
        Share of draws with at least the least benefit.
    enters : ndarray of bool, shape (options,)
        Whether the option is ranked; the control always is.
    """

    chances: NDArray[np.float64]
    enters: NDArray[np.bool_]


def minimum_benefit(benefit: ArrayLike, control: int, least: float, *, chance: float = 0.5) -> Gate:
    """Ask of each option for a least benefit beyond the control.

    Parameters
    ----------
    benefit : array_like, shape (draws, options)
        The outcome, turned so that more is better.
    control : int
        The option that the others are compared with.
    least : float
        The least benefit beyond it.
    chance : float
        How probable it must be.

    Returns
    -------
    Gate

    Examples
    --------
    >>> minimum_benefit([[0.3, 0.45, 0.35], [0.3, 0.38, 0.35]], 0, 0.1).enters
    array([ True,  True, False])
    """
    x = np.asarray(benefit, dtype=float)
    chances = (x - x[:, [control]] >= least).mean(axis=0)
    enters = chances >= chance
    enters[control] = True
    return Gate(chances, enters)
