"""Interaction of two drugs: more reports with both than the two drugs apart would lead one to expect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.safety.measures._check import counts, within
from glabella.safety.measures._information_component import Bounds, information_component

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Omega:
    """Shrunken observed-to-expected ratio of two drugs taken together.

    Attributes
    ----------
    omega, low, high : ndarray
        Ω and its credibility limits on the scale of log2; at the level 0.95 ``low`` is Ω025. nan where a group
        of reports that the expected count rests on is empty.
    expected : ndarray
        Reports with both drugs and the event that are expected without interaction.
    level : float
        Of the limits.
    """

    omega: Floats
    low: Floats
    high: Floats
    expected: Floats
    level: float


def omega(
    *,
    n111: ArrayLike,
    n11: ArrayLike,
    n101: ArrayLike,
    n10: ArrayLike,
    n011: ArrayLike,
    n01: ArrayLike,
    n001: ArrayLike,
    n00: ArrayLike,
    bounds: Bounds = "exact",
    level: float = 0.95,
) -> Omega:
    """Measure interaction of drug pairs against an additive model of their risks.

    Parameters
    ----------
    n111, n101, n011, n001 : array_like, broadcast together
        Reports with the event: with both drugs, the first alone, the second alone, neither. (Other drugs may be
        there in all four.)
    n11, n10, n01, n00 : array_like
        All reports of these four groups, with or without the event.
    bounds, level
        As for :func:`information_component`; the posterior of Ω is of the same form.

    Returns
    -------
    Omega
        Above zero: reported together more often than expected. It shows interaction in reporting, not in the body.

    Raises
    ------
    ValueError
        If a count is negative or not finite, or a group has more reports with the event than reports.

    Notes
    -----
    With f the share of reports with the event in each group and o = f / (1 - f) its odds, the share expected
    with both drugs is g11 = 1 - 1 / (max(o00, o10) + max(o00, o01) - o00 + 1); a drug reported with the event
    less often than the rest lowers nothing. E111 = g11 n11, Ω = log2((n111 + 1/2) / (E111 + 1/2)), and n111 + 1/2
    and E111 + 1/2 are shape and rate of the gamma posterior of the ratio.
    The closed limits are the approximation that is in use for the information component; the normal one of the
    paper, Ω ± 1.96 / (ln 2 √n111), is of the ratio without shrinkage and worse for few reports.

    Level (``docs/test-levels.md``, simulated): where risks add, Ω025 is above zero with a chance of 0.025 or less
    only if reports with both drugs are few beside those with either alone. The expected count is taken as known:
    where about as many are expected with both as were seen with one alone, the chance is 0.06.

    References
    ----------
    Norén GN, Sundberg R, Bate A, Edwards IR. Stat Med 2008;27:3057-3070.

    Examples
    --------
    >>> found = omega(n111=12, n11=100, n101=20, n10=1000, n011=30, n01=1000, n001=900, n00=90_000)
    >>> print(found.omega.round(2), found.low.round(2), found.expected.round(2))
    1.49 0.56 3.96
    """
    n111, n11, n101, n10, n011, n01, n001, n00 = counts(
        n111=n111, n11=n11, n101=n101, n10=n10, n011=n011, n01=n01, n001=n001, n00=n00
    )
    groups = {"n111": (n111, n11), "n101": (n101, n10), "n011": (n011, n01), "n001": (n001, n00)}
    for name, (events, reports) in groups.items():
        within(events, reports, name, name[:-1])
    o10, o01, o00 = _odds(n101, n10), _odds(n011, n01), _odds(n001, n00)
    with np.errstate(invalid="ignore"):
        odds = np.maximum(o00, o10) + np.where(np.isinf(o00), 0, np.maximum(o00, o01) - o00)
        expected = n11 * np.where(np.isinf(odds), 1, odds / (1 + odds))
    # Where nothing can be expected the limits are nan, and the quantile is asked for by the count alone.
    found = information_component(n111, expected, bounds=bounds, level=level)
    return Omega(omega=found.ic, low=found.low, high=found.high, expected=expected, level=level)


def _odds(events: Floats, reports: Floats) -> Floats:
    """Odds of the event, infinite where every report has it, nan where there is no report."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(events / (reports - events))
