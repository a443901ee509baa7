"""Stochastic multicriteria acceptability analysis (SMAA-2): whose weights put which option where.

Each draw is one way in which outcomes may truly be, weighed by one way in which somebody may value them. Lahdelma
and Salminen 2001.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Smaa:
    """What a comparison of ``a`` options on ``c`` criteria comes to.

    Attributes
    ----------
    rank_acceptability : ndarray, shape (a, a)
        Share of draws in which an option (row) has a rank (column), the best first. Options that are worth the
        same share their ranks, so that rows and columns sum to one.
    central_weights : ndarray, shape (a, c)
        Mean of the weights that put the option first; NaN where none does.
    confidence_factors : ndarray, shape (a,)
        Share of draws in which the option is first if its own central weights hold; NaN where it never is first.
    pairwise : ndarray, shape (a, a)
        Share of draws in which the option of the row is worth more than that of the column.
    entropy : float
        Of who is first, in bits: 0 where one option always is.
    ranking_entropy : float
        Of the whole ranking, in bits.
    draws : int
        How many draws there were.
    """

    rank_acceptability: Floats
    central_weights: Floats
    confidence_factors: Floats
    pairwise: Floats
    entropy: float
    ranking_entropy: float
    draws: int

    @property
    def first(self) -> Floats:
        """Share of draws in which each option is first."""
        return np.asarray(self.rank_acceptability[:, 0])


def smaa(values: ArrayLike, weights: ArrayLike) -> Smaa:
    """Rank options by their weighted values, draw by draw.

    Parameters
    ----------
    values : array_like, shape (draws, options, criteria)
        Partial values.
    weights : array_like, shape (draws, criteria) or (criteria,)
        Weights of each draw, or the same for all.

    Returns
    -------
    Smaa

    Raises
    ------
    ValueError
        If a value is missing: without every criterion of every option, nothing is ranked.

    Examples
    --------
    >>> from glabella.decision.preferences import draw_weights
    >>> fixed = np.broadcast_to([[0.6, 0.0], [0.0, 1.0]], (100_000, 2, 2))
    >>> found = smaa(fixed, draw_weights(2).draws)
    >>> found.first.round(1), found.central_weights[0].round(2), float(found.confidence_factors[0])
    (array([0.4, 0.6]), array([0.81, 0.19]), 1.0)
    """
    v, w = _checked(values, weights)
    draws, options, _ = v.shape
    ahead, alike, pairwise, tied = _compared(_worth(v, w))
    if tied:
        acceptability = _shared(ahead, alike)
        first = np.where(ahead == 0, 1.0 / alike, 0.0)
    else:
        acceptability = np.stack([np.bincount(each, minlength=options) for each in ahead]) / draws
        first = (ahead == 0).astype(float)
    with np.errstate(invalid="ignore"):
        central = (first @ w) / first.sum(axis=1, keepdims=True)
    return Smaa(
        rank_acceptability=acceptability,
        central_weights=central,
        confidence_factors=_confidence(v, central),
        pairwise=pairwise,
        entropy=entropy(acceptability[:, 0]),
        ranking_entropy=_ranking_entropy(ahead),
        draws=draws,
    )


def first_shares(values: ArrayLike, weights: ArrayLike) -> Floats:
    """Give the share of draws in which each option is first, and nothing else of what :func:`smaa` gives.

    Parameters
    ----------
    values, weights : array_like
        As in :func:`smaa`.

    Returns
    -------
    ndarray, shape (options,)
    """
    return _tops(_worth(*_checked(values, weights)))


def entropy(shares: ArrayLike) -> float:
    """Give the entropy of shares, in bits.

    >>> round(entropy([0.375, 0.625]), 12)
    0.954434002925
    """
    given = np.asarray(shares, dtype=float)
    some = given[given > 0]
    # A sum of nothing but ones is minus zero.
    return abs(float(-(some * np.log2(some)).sum()))


def _checked(values: ArrayLike, weights: ArrayLike) -> tuple[Floats, Floats]:
    v, w = np.asarray(values, dtype=float), np.asarray(weights, dtype=float)
    if v.ndim != 3 or 0 in v.shape:
        raise ValueError(f"values have shape {v.shape}, expected (draws, options, criteria)")
    draws, _, criteria = v.shape
    if w.shape not in ((draws, criteria), (criteria,)):
        raise ValueError(f"weights have shape {w.shape}, expected {(draws, criteria)} or {(criteria,)}")
    if not np.isfinite(v).all():
        _, option, criterion = (int(each) for each in np.argwhere(~np.isfinite(v))[0])
        raise ValueError(f"option {option} has no value of criterion {criterion}, expected one for every option")
    if not (np.isfinite(w).all() and (w >= 0).all()):
        raise ValueError("a weight is below 0 or no number, expected 0 or more")
    return v, np.broadcast_to(w, (draws, criteria))


def _worth(values: Floats, weights: Floats) -> Floats:
    """Give what each option is worth, shape (options, draws)."""
    along = np.ascontiguousarray(weights.T)
    return np.stack([np.einsum("cd,cd->d", option.T, along) for option in values.transpose(1, 0, 2)])


def _compared(worth: Floats) -> tuple[Counts, Counts, Floats, bool]:
    """Count for each option and draw who is ahead of it, and who is worth the same, itself included."""
    options, draws = worth.shape
    ahead, alike = np.zeros(worth.shape, dtype=np.intp), np.ones(worth.shape, dtype=np.intp)
    pairwise = np.zeros((options, options))
    tied = False
    for one, other in combinations(range(options), 2):
        above, below = worth[one] > worth[other], worth[one] < worth[other]
        ahead[other] += above
        ahead[one] += below
        wins, losses = int(above.sum()), int(below.sum())
        pairwise[one, other], pairwise[other, one] = wins / draws, losses / draws
        if wins + losses < draws:
            tied = True
            same = ~(above | below)
            alike[one] += same
            alike[other] += same
    return ahead, alike, pairwise, tied


def _shared(ahead: Counts, alike: Counts) -> Floats:
    """Give rank acceptabilities where options that are worth the same have an equal share of their ranks."""
    options, draws = ahead.shape
    found = np.zeros((options, options))
    for option in range(options):
        for place in range(int(alike[option].max())):
            some = alike[option] > place
            ranks = ahead[option][some] + place
            found[option] += np.bincount(ranks, weights=1.0 / alike[option][some], minlength=options)
    return np.asarray(found / draws)


def _tops(worth: Floats) -> Floats:
    """Give the share of draws in which each option is worth most."""
    best = worth == worth.max(axis=0)
    number = best.sum(axis=0)
    if int(number.max()) == 1:
        return np.asarray(best.mean(axis=1))
    return np.asarray((best / number).mean(axis=1))


def _confidence(values: Floats, central: Floats) -> Floats:
    """Give for each option how often it is first under its own central weights."""
    found = np.full(values.shape[1], np.nan)
    some = np.flatnonzero(np.isfinite(central).all(axis=1))
    worth = np.stack([central[some] @ option.T for option in values.transpose(1, 0, 2)])
    for place, option in enumerate(some):
        found[option] = _tops(worth[:, place])[option]
    return found


def _ranking_entropy(ahead: Counts) -> float:
    """Give the entropy of whole rankings."""
    options, draws = ahead.shape
    if options**options < 2**62:
        powers = options ** np.arange(options, dtype=np.int64)
        _, counts = np.unique(powers @ ahead, return_counts=True)
    else:
        _, counts = np.unique(ahead, axis=1, return_counts=True)
    return entropy(counts / draws)
