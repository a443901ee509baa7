"""The information component as the reports came in: quarter by quarter and up to each quarter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.safety.measures._check import counts, within
from glabella.safety.measures._information_component import Bounds, information_component

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Trend:
    """Information component over time.

    Attributes
    ----------
    n, expected, ic, ic_low, ic_high : ndarray of shape (..., quarters)
        Of the reports of each quarter alone.
    cumulative_n, cumulative_expected, cumulative_ic, cumulative_low, cumulative_high : ndarray, same shape
        Of all reports up to the end of each quarter.
    first : ndarray of int of shape (...)
        Index of the first quarter in which ``cumulative_low`` is above 0; -1 where there is none.
    level : float
        Of the intervals; at 0.95 ``cumulative_low`` is IC025.
    """

    n: Floats
    expected: Floats
    ic: Floats
    ic_low: Floats
    ic_high: Floats
    cumulative_n: Floats
    cumulative_expected: Floats
    cumulative_ic: Floats
    cumulative_low: Floats
    cumulative_high: Floats
    first: Ints
    level: float


def cumulative_ic(
    n: ArrayLike,
    n_drug: ArrayLike,
    n_event: ArrayLike,
    n_total: ArrayLike,
    *,
    bounds: Bounds = "exact",
    level: float = 0.95,
) -> Trend:
    """Follow the information component of drug-event pairs over quarters.

    Parameters
    ----------
    n, n_drug, n_event, n_total : array_like of shape (..., quarters), broadcast together
        Reports received in each quarter with drug and event, with the drug, with the event, and at all.
        ``n_total`` is usually of shape (quarters,).
    bounds, level
        As for :func:`information_component`.

    Returns
    -------
    Trend
        Quarters without any report have observed and expected 0, and so an information component of 0.

    Raises
    ------
    ValueError
        If a count is negative or not finite, ``n`` exceeds a margin, a margin exceeds ``n_total``, or there is no
        axis of quarters.

    Notes
    -----
    The expected count up to a quarter is the product of the cumulated margins over the cumulated total: what an
    analyst would have seen who looked at the whole database at the end of that quarter. It is not the sum of the
    quarters' expected counts, which would adjust for time. The limits are those of one look; looking every
    quarter makes a first crossing by chance more likely than their level says: three to four times as likely over
    twenty quarters (``docs/test-levels.md``).

    References
    ----------
    Bate A et al. Eur J Clin Pharmacol 1998;54:315-321 (the component over time). Norén GN, Hopstadius J, Bate A.
    Stat Methods Med Res 2013;22:57-69 (limits).

    Examples
    --------
    >>> trend = cumulative_ic([0, 3, 6], [10, 20, 20], [10, 10, 12], [1000, 1000, 1000])
    >>> print(trend.cumulative_low.round(2), trend.first)
    [-10.25   0.08   2.11] 1
    """
    pair, drug, event, total = counts(n=n, n_drug=n_drug, n_event=n_event, n_total=n_total)
    if pair.ndim == 0:
        raise ValueError("n, n_drug, n_event, n_total are single numbers, expected a last axis of quarters")
    within(pair, drug, "n", "n_drug")
    within(pair, event, "n", "n_event")
    within(drug, total, "n_drug", "n_total")
    within(event, total, "n_event", "n_total")
    expected = drug * event / np.maximum(total, 1)
    own = information_component(pair, expected, bounds=bounds, level=level)
    so_far, drugs, events, totals = (np.cumsum(column, axis=-1) for column in (pair, drug, event, total))
    expected_so_far = drugs * events / np.maximum(totals, 1)
    upto = information_component(so_far, expected_so_far, bounds=bounds, level=level)
    above = upto.low > 0
    return Trend(
        n=pair,
        expected=expected,
        ic=own.ic,
        ic_low=own.low,
        ic_high=own.high,
        cumulative_n=so_far,
        cumulative_expected=expected_so_far,
        cumulative_ic=upto.ic,
        cumulative_low=upto.low,
        cumulative_high=upto.high,
        first=np.where(above.any(-1), above.argmax(-1), -1),
        level=level,
    )
