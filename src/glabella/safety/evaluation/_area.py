"""The area under the ROC curve with DeLong's standard error, and the difference of two on the same pairs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Truth = NDArray[np.bool_]

#: Standard normal quantile of 97.5 %.
_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Area:
    """Area under the ROC curve.

    Attributes
    ----------
    auc : float
        Chance that a positive pair scores above a negative one, ties counting half.
    se : float
        DeLong's standard error. Zero where the score separates the two kinds entirely: then it says little.
    low, high : float
        95 % limits, auc ± 1.96 · se, cut to 0 and 1.
    positives, negatives : int
        Pairs of each kind.
    """

    auc: float
    se: float
    low: float
    high: float
    positives: int
    negatives: int


@dataclass(frozen=True, slots=True)
class AreaDifference:
    """Difference of two areas on the same pairs.

    Attributes
    ----------
    difference : float
        First area less second.
    se : float
        DeLong's standard error, which minds that both rest on the same pairs.
    low, high : float
        95 % limits, difference ± 1.96 · se.
    """

    difference: float
    se: float
    low: float
    high: float


def evaluate(score: ArrayLike, positive: ArrayLike) -> Area:
    """Measure how well a score tells positive from negative pairs.

    Parameters
    ----------
    score : array
        One per pair, higher means more likely positive. May be infinite: a score that is undefined belongs at
        minus infinity, last in the ranking.
    positive : array of bool, or of 0 and 1
        The truth of each pair.

    Returns
    -------
    Area

    Raises
    ------
    ValueError
        If a score is missing, the truth is not yes or no, lengths differ, or there are fewer than two pairs of a
        kind, of which no standard error can be had.

    Notes
    -----
    Mann and Whitney's statistic. The standard error is that of DeLong, DeLong and Clarke-Pearson (Biometrics
    1988;44:837-845), from ranks as Sun and Xu (IEEE Signal Process Lett 2014;21:1389-1393) do. It takes pairs for
    independent. Pairs of one drug, or of one event, are not, so with many pairs of few drugs it is too small.

    Examples
    --------
    >>> area = evaluate([0.9, 0.8, 0.7, 0.6], [True, True, False, False])
    >>> area.auc, area.positives
    (1.0, 2)
    """
    scores, truth = _checked(score, positive)
    positives, negatives = _placements(scores, truth)
    auc = float(positives.mean())
    se = float(np.sqrt(_variance(positives, negatives)))
    low, high = max(auc - _Z * se, 0.0), min(auc + _Z * se, 1.0)
    return Area(auc, se, low, high, len(positives), len(negatives))


def evaluate_difference(first: ArrayLike, second: ArrayLike, positive: ArrayLike) -> AreaDifference:
    """Compare two scores of the same pairs.

    Parameters
    ----------
    first, second : array
        Scores, see :func:`evaluate`.
    positive : array of bool, or of 0 and 1
        The truth of each pair.

    Returns
    -------
    AreaDifference

    Raises
    ------
    ValueError
        As :func:`evaluate`.

    Notes
    -----
    DeLong, DeLong and Clarke-Pearson (1988), see :func:`evaluate`.
    """
    of_positives, of_negatives = (
        one - other
        for one, other in zip(
            _placements(*_checked(first, positive)), _placements(*_checked(second, positive)), strict=True
        )
    )
    difference = float(of_positives.mean())
    se = float(np.sqrt(_variance(of_positives, of_negatives)))
    return AreaDifference(difference, se, difference - _Z * se, difference + _Z * se)


def _placements(score: Floats, truth: Truth) -> tuple[Floats, Floats]:
    """Give for each positive the share of negatives below it, for each negative the share of positives above it."""
    from scipy.stats import rankdata

    above, below = score[truth], score[~truth]
    ranks = rankdata(score)
    of_positives = (ranks[truth] - rankdata(above)) / len(below)
    of_negatives = 1 - (ranks[~truth] - rankdata(below)) / len(above)
    return of_positives, of_negatives


def _variance(of_positives: Floats, of_negatives: Floats) -> float:
    return float(of_positives.var(ddof=1) / len(of_positives) + of_negatives.var(ddof=1) / len(of_negatives))


def _checked(score: ArrayLike, positive: ArrayLike) -> tuple[Floats, Truth]:
    scores, truth = np.asarray(score, dtype=np.float64), truths("positive", positive)
    if scores.shape != truth.shape:
        raise ValueError(f"score: shape {scores.shape}, expected one for each of the {len(truth)} pairs")
    if np.isnan(scores).any():
        raise ValueError(f"score, row {int(np.argmax(np.isnan(scores)))}: missing, expected a number")
    for kind, count in (("positive", int(truth.sum())), ("negative", int((~truth).sum()))):
        if count < 2:
            raise ValueError(f"positive: {count} {kind} pairs, expected two or more of each kind")
    return scores, truth


def truths(name: str, values: ArrayLike) -> Truth:
    """Read yes and no, as booleans or as 1 and 0."""
    given = np.asarray(values)
    if given.ndim != 1:
        raise ValueError(f"{name}: has {given.ndim} dimensions, expected one")
    bad = np.zeros(len(given), bool) if given.dtype.kind == "b" else ~np.isin(given, (0, 1))
    if bad.any():
        row = int(np.argmax(bad))
        raise ValueError(f"{name}, row {row}: {given[row]}, expected true or false")
    return given.astype(np.bool_)
