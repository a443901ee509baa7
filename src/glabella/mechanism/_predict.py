"""How well trials are predicted from others: one left out at a time, the rest fitted, those left out predicted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from glabella.mechanism._fit import DECIMALS, Fit, fit, spread_out
from glabella.mechanism._likelihood import Likelihood, MuscleData
from glabella.mechanism._model import Model
from glabella.mechanism._spread import spread
from glabella.mechanism._unknowns import Unknown

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Predicted:
    """Shares of responders as predicted, beside those seen.

    Attributes
    ----------
    left_out : ndarray of str of shape (m,)
        What was left out when a row was predicted.
    seen, predicted, low, high : ndarray of shape (m,)
        Shares, with an interval for what a trial of this size would see.
    error : float
        Mean absolute difference, in percentage points.
    coverage : float
        Share of rows whose seen value lies in its interval.
    level : float
    """

    left_out: NDArray[Any]
    seen: Floats
    predicted: Floats
    low: Floats
    high: Floats
    level: float

    @property
    def error(self) -> float:
        """Mean absolute error in percentage points."""
        return float(100 * np.abs(self.predicted - self.seen).mean())

    @property
    def coverage(self) -> float:
        """Share of intervals that hold what was seen."""
        # Percentages are rounded, which must not decide.
        near = 0.0005
        return float(((self.seen >= self.low - near) & (self.seen <= self.high + near)).mean())

    def __str__(self) -> str:
        """Say how far off the predictions are."""
        return (f"{len(self.seen)} shares of {len(np.unique(self.left_out))} predicted: off by {self.error:.1f} "
                f"percentage points on average; {100 * self.coverage:.0f} % lie in their "
                f"{100 * self.level:.0f} % intervals")  # fmt: skip


def predict(
    found: Fit, data: MuscleData, *, left_out: Sequence[str] | None = None, draws: int = 200, seed: int = 1
) -> Predicted:
    """Predict shares that a fit has not seen.

    Parameters
    ----------
    found : Fit
        Must know the thresholds of the definitions in ``data``.
    data : MuscleData
    left_out : sequence of str, optional
        Of each row; its study by default.
    draws : int
        Of unknowns from the normal approximation, of a trial's shift, and of people.
    seed : int

    Returns
    -------
    Predicted
    """
    there = found.likelihood
    new = Likelihood(there.model, data, there.unknowns, there.held)
    rng = np.random.default_rng(seed)
    outcomes = new.replicate(_places(found, rng, draws), rng)
    outcomes = outcomes[~np.isnan(outcomes).any(axis=1)]
    if len(outcomes) < draws / 2:
        raise ValueError(f"only {len(outcomes)} of {draws} draws of the unknowns can be simulated")
    low, high = np.quantile(outcomes, [0.5 - found.level / 2, 0.5 + found.level / 2], axis=0)
    names = np.asarray(data.study if left_out is None else left_out)
    return Predicted(names, data.events / data.n, new.mean_shares(found.place), low, high, found.level)


def _places(found: Fit, rng: np.random.Generator, draws: int) -> Floats:
    """Draw unknowns around the estimate; those that the data do not tell, within a factor of about seven."""
    away = rng.standard_normal((draws, len(found.place))) @ spread_out(found.covariance, 0.0)
    return np.round(found.place + away, DECIMALS)


def leave_one_out(
    model: Model,
    data: MuscleData,
    unknowns: Sequence[Unknown],
    *,
    by: Literal["study", "product"] = "study",
    held: Mapping[str, float] | None = None,
    start: Floats | None = None,
    draws: int = 200,
    workers: int = 1,
) -> Predicted:
    """Leave out each study or product, fit the rest, and predict what was left out.

    All priors are used, since without its trials a product or a definition rests on its prior alone.

    Parameters
    ----------
    model, data, unknowns, held
        As for :func:`fit`.
    by : {"study", "product"}
        What is left out.
    start : ndarray, optional
        Where each search starts, on the real line.
    draws : int
        For intervals.
    workers : int
        Processes.

    Returns
    -------
    Predicted

    Raises
    ------
    ValueError
        If there are fewer than two of what is to be left out, or an unknown has no prior.
    """
    if by not in ("study", "product"):
        raise ValueError(f"by is {by!r}, expected study or product")
    groups = getattr(data, by)
    each = np.unique(groups)
    if len(each) < 2:
        raise ValueError(f"only one {by}, {each[0]!r}: nothing is left to fit")
    bare = [one.name for one in unknowns if not one.family]
    if bare:
        raise ValueError(f"without a prior: {', '.join(bare)}; what is left out may be all that tells it")
    fold = _Fold(model, data, tuple(unknowns), held, start, groups, draws)
    parts = list(spread(fold, each.tolist(), workers))
    back = np.argsort(np.concatenate([np.flatnonzero(groups == name) for name in each]))
    joined = {name: np.concatenate([getattr(part, name) for part in parts])[back]
              for name in ("left_out", "seen", "predicted", "low", "high")}  # fmt: skip
    return Predicted(**joined, level=parts[0].level)


@dataclass(frozen=True, slots=True, eq=False)
class _Fold:
    """One group left out; can be sent to another process."""

    model: Model
    data: MuscleData
    unknowns: tuple[Unknown, ...]
    held: Mapping[str, float] | None
    start: Floats | None
    groups: NDArray[Any]
    draws: int

    def __call__(self, name: str) -> Predicted:
        """Fit the others, and predict what was left out."""
        inside = self.groups == name
        found = fit(
            self.model, self.data.rows(~inside), self.unknowns, held=self.held, priors="all", start=self.start
        )
        return predict(found, self.data.rows(inside), left_out=self.groups[inside], draws=self.draws)
