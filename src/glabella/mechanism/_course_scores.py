"""How well a trial is predicted that a course has not seen: row by row, over what trials differ by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glabella.mechanism._rows import LEAST, Row, Rows, mean_days

Floats = NDArray[np.float64]
#: A chance of nought would make a score that no other row can mend.
FLOOR = 1e-12


@dataclass(frozen=True, slots=True)
class PredictedRow:
    """One row as a trial like it would see it, beside what was seen.

    Attributes
    ----------
    row : Row
    predicted, low, high : float
        Share of responders (days, for a mean). Of a median: the share that is left at the visit that is missed, or
        one half where the prediction crosses one half between the two; no interval.
    error : float
        Predicted less seen. Of a median nought inside its interval, else by how far the nearer end misses one half.
    inside : bool
        Whether what was seen lies in its interval; of a median whether the chance of an earlier, and of a later
        one, leaves it inside.
    score : float
        Log of the chance of what was seen.
    """

    row: Row
    predicted: float
    low: float | None
    high: float | None
    error: float
    inside: bool
    score: float


def predict_row(row: Row, share: Floats, rng: np.random.Generator, level: float = 0.95) -> PredictedRow:
    """Predict a row from draws of the shares on its days.

    Later visits of the same people are predicted as a share of all who were treated, not given the visit before.

    Parameters
    ----------
    row : Row
    share : ndarray of shape (draws, days of the row)
        Each draw of another trial.
    rng : Generator
    level : float
    """
    ends = [0.5 - level / 2, 0.5 + level / 2]
    if row.kind == "median":
        return _median(row, share, ends)
    if row.kind == "mean":
        found, _ = mean_days(row, share)
        low, high = map(float, np.quantile(found + row.se * rng.standard_normal(len(found)), ends))
        density = np.exp(-0.5 * ((row.y - found) / row.se) ** 2) / (row.se * np.sqrt(2 * np.pi))
        return PredictedRow(row, float(found.mean()), low, high, float(found.mean() - row.y), low <= row.y <= high,
                            float(np.log(density.mean() + FLOOR)))  # fmt: skip
    p = row.placebo + (1 - row.placebo) * share[:, 0]
    if row.kind == "kept":
        p = p / np.maximum(share[:, 1], LEAST)
    p = np.clip(p, LEAST, 1 - LEAST)
    n, middle = round(row.people), float(p.mean())
    low, high = map(float, np.quantile(rng.binomial(n, p) / n, ends))
    if row.kind == "bound":
        likely, _ = Rows((row,)).log_likelihood(share)
        score = float(np.log(np.exp(likely[:, 0]).mean() + FLOOR))
        short = min(middle - row.seen, 0.0) if not row.below else max(middle - row.seen, 0.0)
        return PredictedRow(
            row, middle, low, high, short, low <= row.seen if row.below else high >= row.seen, score
        )
    from scipy.special import gammaln

    y = row.seen * n
    y = round(y) if abs(y - round(y)) <= 0.005 * n else y
    ways = gammaln(n + 1) - gammaln(y + 1) - gammaln(n - y + 1)
    chance = np.exp(ways + y * np.log(p) + (n - y) * np.log1p(-p)).mean()
    # Percentages are rounded, and what is no whole number of people lies between two.
    near = 0.0005 + (0.5 / n if y != round(y) else 0.0)
    return PredictedRow(row, middle, low, high, middle - row.seen, low - near <= row.seen <= high + near,
                        float(np.log(chance + FLOOR)))  # fmt: skip


def _median(row: Row, share: Floats, ends: Sequence[float]) -> PredictedRow:
    from scipy.special import betainc

    half, n = int(row.n) // 2, row.n
    base = np.maximum(share[:, 2], LEAST)
    at = [np.clip(share[:, place] / base, LEAST, 1 - LEAST) for place in (0, 1)]
    if not np.isfinite(row.by):
        at[1] = np.full(len(share), LEAST)
    before, after = (betainc(n - half, half + 1, 1 - each).mean() for each in at)
    early, late = max(0.5 - float(at[0].mean()), 0.0), max(float(at[1].mean()) - 0.5, 0.0)
    inside = before < ends[1] and 1 - after < ends[1]
    return PredictedRow(row, 0.5 + late - early, None, None, late - early, bool(inside),
                        float(np.log(max(float(after - before), 0.0) + FLOOR)))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scores:
    """How well some rows are predicted.

    Attributes
    ----------
    rows, trials : int
    error, bias : float
        Mean absolute, and mean, of predicted less seen, in percentage points; means of days left out.
    coverage : float
        Per cent of rows inside.
    width : float
        Mean width of the intervals of shares, in percentage points.
    score : float
        Mean log score a row.
    """

    rows: int
    trials: int
    error: float
    bias: float
    coverage: float
    width: float
    score: float


def scores(found: Sequence[PredictedRow]) -> Scores:
    """Sum up predictions of rows."""
    shares = [each for each in found if each.row.kind != "mean"]
    errors = np.array([100 * each.error for each in shares])
    widths = [100 * (each.high - each.low) for each in shares if each.high is not None and each.low is not None]
    return Scores(
        len(shares), len({each.row.study for each in shares}), float(np.abs(errors).mean()), float(errors.mean()),
        100 * float(np.mean([each.inside for each in shares])), float(np.mean(widths)) if widths else 0.0,
        float(np.mean([each.score for each in found])),
    )  # fmt: skip
