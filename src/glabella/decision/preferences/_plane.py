"""Benefit against harm (Lynd and O'Brien): how many harms would be borne for one more benefit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Plane:
    """Where draws of extra benefit and extra harm lie.

    Attributes
    ----------
    better, worse : float
        Share with more benefit and no more harm; with no more benefit and more harm.
    trade_more, trade_less : float
        Share with more of both; with less harm or as much, and no more benefit.
    slopes, acceptability : ndarray, shape (slopes,)
        Harms borne for one more benefit, and the share of draws that lie under that line.
    """

    better: float
    worse: float
    trade_more: float
    trade_less: float
    slopes: Floats
    acceptability: Floats


def plane(benefit: ArrayLike, harm: ArrayLike, slopes: ArrayLike) -> Plane:
    """Place draws of benefit and harm beyond a control, and say how often the harm would be borne.

    Parameters
    ----------
    benefit, harm : array_like, shape (draws,)
        Extra benefit, extra harm, of the same draws.
    slopes : array_like, shape (slopes,)
        Harms that would be borne for one more benefit.

    Returns
    -------
    Plane
    """
    b, h = _checked(benefit, harm)
    more, harms = b > 0, h > 0
    return Plane(
        better=float((more & ~harms).mean()),
        worse=float((~more & harms).mean()),
        trade_more=float((more & harms).mean()),
        trade_less=float((~more & ~harms).mean()),
        slopes=np.asarray(slopes, dtype=float),
        acceptability=acceptability(b, h, slopes),
    )


def acceptability(benefit: ArrayLike, harm: ArrayLike, slopes: ArrayLike) -> Floats:
    """Give the share of draws whose harm is less than so many times their benefit.

    Parameters
    ----------
    benefit, harm : array_like, shape (draws,)
        Extra benefit, extra harm, of the same draws.
    slopes : array_like, shape (slopes,)
        Harms that would be borne for one more benefit.

    Returns
    -------
    ndarray, shape (slopes,)

    Examples
    --------
    >>> acceptability([0.2, 0.1, -0.1], [0.1, 0.3, -0.1], [0.4, 1, 4]).round(3)
    array([0.333, 0.333, 0.667])
    """
    b, h = _checked(benefit, harm)
    return np.array([(h < slope * b).mean() for slope in np.atleast_1d(np.asarray(slopes, dtype=float))])


def _checked(benefit: ArrayLike, harm: ArrayLike) -> tuple[Floats, Floats]:
    b, h = np.asarray(benefit, dtype=float), np.asarray(harm, dtype=float)
    if b.ndim != 1 or b.shape != h.shape or not b.size:
        raise ValueError(f"benefit has shape {b.shape} and harm {h.shape}, expected draws of both, as many")
    return b, h
