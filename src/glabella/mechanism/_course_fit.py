"""A course fitted to everything that was seen, and to all but each trial in turn, in one run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from glabella.mechanism._course_scores import PredictedRow, predict_row
from glabella.mechanism._hamilton import hamilton, rhat
from glabella.mechanism._rows import Row
from glabella.mechanism._time_to_loss import TimeToLoss

if TYPE_CHECKING:
    from glabella.dossier._course import CoursePriors

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class CourseFit:
    """What was drawn of a course.

    Attributes
    ----------
    model : TimeToLoss
    draws : ndarray of shape (draws, size)
        Of the posterior with every trial, all chains together.
    rhat : ndarray of shape (size,)
        Between the chains, of the unknowns on their own scales.
    acceptance : float
    chains : int
    predicted : tuple of PredictedRow
        Each row as the other trials predict it, in the order of the rows; empty where nothing was left out.
    """

    model: TimeToLoss
    draws: Floats = field(repr=False)
    rhat: Floats = field(repr=False)
    acceptance: float
    chains: int
    predicted: tuple[PredictedRow, ...] = field(repr=False)


def fit_course(
    priors: CoursePriors,
    rows: Sequence[Row],
    *,
    chains: int = 6,
    left_out: int = 3,
    warm: int = 600,
    draws: int = 900,
    seed: int = 1,
    level: float = 0.95,
) -> CourseFit:
    """Fit a course, and predict each trial from the others.

    A trial that is left out keeps its unknowns, with no data to tell them: its draws are those of a trial that was
    not seen, so that predictions allow for what trials differ by.

    Parameters
    ----------
    priors : CoursePriors
    rows : sequence of Row
    chains : int
        With every trial.
    left_out : int
        Chains for each trial that is left out; with 0, or with one trial, none is.
    warm, draws : int
        Of each chain.
    seed : int
    level : float
        Of the intervals of predictions.

    References
    ----------
    Vehtari A, et al. Stat Comput 2017;27:1413-1432 (scores of what is left out).
    """
    model = TimeToLoss(priors, rows)
    names = model.rows.studies
    trials = sorted(set(names.tolist())) if left_out else []
    trials = trials if len(trials) > 1 else []
    keep = np.vstack([np.ones((chains, len(names))),
                      *(np.tile((names != trial).astype(float), (left_out, 1)) for trial in trials)])  # fmt: skip
    found = hamilton(lambda z: model.log_posterior(z, keep), _start(model, len(keep), seed), warm=warm, draws=draws,
                     seed=seed)  # fmt: skip
    whole = found.draws[:, :chains]
    added, _, spreads, shapes = model.unpack(whole)
    rng, predicted = np.random.default_rng(seed), dict[int, PredictedRow]()
    for at, trial in enumerate(trials):
        first = chains + at * left_out
        share = model.shares(found.draws[:, first : first + left_out].reshape(-1, model.size))
        for row in np.flatnonzero(names == trial):
            days = slice(model.rows.first[row], model.rows.first[row] + len(model.rows.rows[row].days))
            predicted[int(row)] = predict_row(model.rows.rows[row], share[:, days], rng, level)
    return CourseFit(
        model, np.swapaxes(whole, 0, 1).reshape(-1, model.size),
        rhat(np.concatenate([added, spreads, shapes], axis=-1)), found.acceptance, chains,
        tuple(predicted[row] for row in sorted(predicted)),
    )  # fmt: skip


def _start(model: TimeToLoss, chains: int, seed: int) -> Floats:
    """Give places to start from: near the middle of the priors, with trials that differ little."""
    rng = np.random.default_rng([seed, 1])
    z = 0.3 * rng.standard_normal((chains, model.size))
    spread = slice(len(model.added), len(model.added) + len(model.spreads))
    z[:, spread] = np.log(0.5 * model.scale) + 0.2 * z[:, spread]
    return np.round(z, 9)
