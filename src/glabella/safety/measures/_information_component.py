"""The information component of an observed and an expected count, with its limits."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Bounds = Literal["closed", "exact"]

#: Added to observed and expected: the shrinkage towards no association of all published use.
SHRINKAGE = 0.5
#: Counts up to here look their quantile up in a table; above, sorting the distinct counts costs less memory.
TABLE = 1 << 20


class InformationComponent(NamedTuple):
    """Information component and its two limits, arrays of one shape."""

    ic: Floats
    low: Floats
    high: Floats


def information_component(
    n: ArrayLike, expected: ArrayLike, *, bounds: Bounds = "exact", level: float = 0.95
) -> InformationComponent:
    """Give log2((n + 1/2) / (expected + 1/2)) with its credibility limits.

    Parameters
    ----------
    n, expected : array_like, broadcast together
        Observed and expected numbers of reports, 0 or more.
    bounds : "exact" or "closed"
        Quantiles of the gamma posterior of shape n + 1/2 and rate expected + 1/2, or the published closed
        approximation of them, which exists for the level 0.95 alone.
    level : float
        Of the credibility interval.

    Returns
    -------
    InformationComponent
        ``ic``, ``low``, ``high``; at the level 0.95 the limits are the field's IC025 and IC975.

    Raises
    ------
    ValueError
        If ``bounds`` is unknown, the level is none, or a closed limit is asked for at another level than 0.95.

    Notes
    -----
    The quantile of the posterior is that of a gamma of rate 1, which depends on n alone, divided by
    expected + 1/2. It is therefore inverted once for every distinct count, not for every pair.

    As a rule, "low above 0" holds a level of (1 - ``level``) / 2 for one look at one pair, and is cautious with
    few reports since the ratio is shrunken. It holds none where the expected count is too low: where others of whom
    it is made cannot have the event (``docs/test-levels.md``).

    References
    ----------
    Norén GN, Hopstadius J, Bate A. Stat Methods Med Res 2013;22:57-69: the ratio with 1/2 added to both counts,
    its gamma posterior, and the approximation IC - 3.3 (n + 1/2)^(-1/2) - 2 (n + 1/2)^(-3/2) below and
    IC + 2.4 (n + 1/2)^(-1/2) - 0.5 (n + 1/2)^(-3/2) above.

    Examples
    --------
    >>> ic = information_component(12, 4.0)
    >>> print(ic.ic.round(2), ic.low.round(2), ic.high.round(2))
    1.47 0.54 2.18
    """
    if bounds not in ("closed", "exact"):
        raise ValueError(f"unknown bounds {bounds!r}; expected 'closed' or 'exact'")
    if not 0 < level < 1:
        raise ValueError(f"level is {level}, expected between 0 and 1")
    observed, base = np.asarray(n, dtype=float), np.asarray(expected, dtype=float)
    ic = np.log2((observed + SHRINKAGE) / (base + SHRINKAGE))
    if bounds == "closed":
        if level != 0.95:
            raise ValueError(f"level is {level}, expected 0.95: closed limits exist for no other")
        root = 1 / np.sqrt(observed + SHRINKAGE)
        return InformationComponent(ic, ic - (3.3 * root + 2 * root**3), ic + (2.4 * root - 0.5 * root**3))
    scale = np.log2(base + SHRINKAGE)
    low, high = (log2_quantile(observed, q) - scale for q in ((1 - level) / 2, (1 + level) / 2))
    return InformationComponent(ic, low, high)


def log2_quantile(n: Floats, q: float) -> Floats:
    """Give log2 of the q quantile of a gamma distribution of shape n + 1/2 and rate 1, once per distinct n."""
    from scipy.special import gammaincinv

    def log2(counts: Floats) -> Floats:
        return np.asarray(np.log2(gammaincinv(counts + SHRINKAGE, q)))

    whole = n.astype(np.int64)
    if n.size and (whole == n).all() and whole.min() >= 0 and whole.max() < min(TABLE, 16 * n.size):
        present = np.flatnonzero(np.bincount(whole.ravel()))
        table = np.empty(int(present[-1]) + 1)
        table[present] = log2(present.astype(float))
        return np.asarray(table[whole])
    distinct, place = np.unique(n, return_inverse=True)
    return np.asarray(log2(distinct)[place].reshape(n.shape))
