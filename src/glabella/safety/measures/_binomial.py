"""Logistic regression on grouped counts, also where some coefficient has no finite estimate."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

#: A standard error over the range of a column that no finite estimate reaches with a report of each kind. Only
#: where one is greater are the data searched for separation, by linear programs that take longer than the fit.
SUSPICIOUS = 30.0
#: Newton's steps end in a handful where there is an estimate, rare as the event may be. They stop at a step this
#: small, whose square is what is left: the deviance of many reports is not known to as many digits.
STEPS, STEP = 50, 1e-8
ROUNDING = 1e-8


@dataclass(frozen=True, slots=True)
class BinomialFit:
    """A logistic regression with its limits where estimates are infinite.

    Attributes
    ----------
    coefficients : ndarray of shape (p,)
        Log odds ratios; infinite where the likelihood rises without end in one direction, nan where the data do
        not tell the direction.
    se : ndarray of shape (p,)
        Standard errors, nan where the estimate is not finite.
    log_likelihood : float
        Of single reports, at its supremum.
    left_out : ndarray of bool of shape (cells,)
        Cells that an infinite estimate predicts perfectly; they say nothing on the finite ones.
    """

    coefficients: Floats
    se: Floats
    log_likelihood: float
    left_out: Bools


def fit_binomial(
    design: Floats, events: Floats, totals: Floats, offset: Floats | None = None, start: Floats | None = None
) -> BinomialFit:
    """Fit a logistic regression to cells of reports.

    Parameters
    ----------
    design : ndarray of shape (cells, p)
        Columns, among them the intercept. Those that others determine get nan.
    events, totals : ndarray of shape (cells,)
        Reports with the event, and all.
    offset : ndarray of shape (cells,), optional
        Known part of the log odds.
    start : ndarray of shape (p,), optional
        Where the search begins; needed far from the estimate only. What is not finite in it counts as 0.

    Returns
    -------
    BinomialFit
        Where the data are separated, the estimates are those of the limit: cells that the diverging direction
        predicts perfectly are left out, and the rest is fitted.

    Raises
    ------
    ValueError
        If the fit does not converge.

    References
    ----------
    Albert A, Anderson JA. Biometrika 1984;71:1-10 (when there is no estimate). Konis K. Linear programming
    algorithms for detecting separated data in binary logistic regression models. DPhil thesis, Oxford 2007.
    Geyer CJ. Electron J Stat 2009;3:259-289 (the limit).
    """
    offset = np.zeros(len(events)) if offset is None else offset
    start = None if start is None else np.where(np.isfinite(start), start, 0)
    kept = independent(design)
    left_out = np.zeros(len(events), dtype=bool)
    coefficients, se, converged = _newton(
        design[:, kept], events, totals, offset, None if start is None else start[kept]
    )
    span = np.ptp(design[:, kept], axis=0)
    span[span == 0] = 1
    if not converged or not (se * span < SUSPICIOUS).all():
        left_out = _separated(design[:, kept], events, totals)
        if left_out.any():
            return _limit(design, events, totals, offset, start, left_out)
        if not converged:
            raise ValueError(f"the logistic regression did not converge in {STEPS} steps, expected it to")
    whole, errors = np.full(design.shape[1], np.nan), np.full(design.shape[1], np.nan)
    whole[kept], errors[kept] = coefficients, se
    loose = ~_estimable(design)
    whole[loose] = errors[loose] = np.nan
    fitted = design[:, kept] @ coefficients + offset
    return BinomialFit(whole, errors, _log_likelihood(fitted, events, totals), left_out)


def independent(design: Floats) -> NDArray[np.int64]:
    """Give columns that span the design, earlier ones before later ones."""
    basis = np.empty((len(design), design.shape[1]), order="F")
    kept: list[int] = []
    for column in range(design.shape[1]):
        left = design[:, column]
        # Twice: what rounding leaves of the first projection is as great as what a dependent column leaves.
        for _ in range(2):
            left = left - basis[:, : len(kept)] @ (basis[:, : len(kept)].T @ left)
        norm = float(np.linalg.norm(left))
        if norm > ROUNDING * float(np.linalg.norm(design[:, column])):
            basis[:, len(kept)] = left / norm
            kept.append(column)
    return np.array(kept, dtype=np.int64)


def _estimable(design: Floats) -> Bools:
    """Say which coefficients the design determines: those that every vector it sends to zero leaves alone."""
    if not len(design):
        return np.zeros(design.shape[1], dtype=bool)
    size = np.abs(design).max(axis=0, initial=0)
    # The triangle has the design's right singular vectors, and its size does not grow with the cells.
    triangle = np.linalg.qr(design / np.where(size > 0, size, 1), mode="r")
    _, values, vectors = np.linalg.svd(triangle, full_matrices=True)
    rank = int((values > ROUNDING * values.max(initial=1e-300)).sum())
    return np.asarray((np.abs(vectors[rank:]) < ROUNDING**0.5).all(axis=0))


def _newton(
    design: Floats, events: Floats, totals: Floats, offset: Floats, start: Floats | None
) -> tuple[Floats, Floats, bool]:
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM

    if not design.shape[1]:
        return np.zeros(0), np.zeros(0), True
    counts = np.column_stack([events, totals - events])
    with warnings.catch_warnings():
        # Separation and overflow on the way are judged from the result.
        warnings.simplefilter("ignore")
        try:
            fit = GLM(counts, design, family=Binomial(), offset=offset).fit(
                start_params=start, maxiter=STEPS, tol=STEP, tol_criterion="params", wls_method="qr"
            )
        except (ValueError, np.linalg.LinAlgError):
            nothing = np.full(design.shape[1], np.nan)
            return nothing, nothing, False
        return np.asarray(fit.params), np.asarray(fit.bse), bool(fit.converged)


def _log_likelihood(fitted: Floats, events: Floats, totals: Floats) -> float:
    return float(-(events * np.logaddexp(0, -fitted) + (totals - events) * np.logaddexp(0, fitted)).sum())


def _cone(design: Floats, events: Floats, totals: Floats) -> tuple[Floats, Floats]:
    """Give the rows that no direction without end may lower, and those it must leave alone."""
    one_sided = (events == 0) | (events == totals)
    sign = np.where(events > 0, 1.0, -1.0)[:, None]
    return (design * sign)[one_sided], design[~one_sided]


def _separated(design: Floats, events: Floats, totals: Floats) -> Bools:
    """Find the cells that some direction predicts ever better while it worsens none."""
    from scipy.optimize import linprog

    rising, still = _cone(design, events, totals)
    rows, columns = rising.shape
    # The greatest sum of slacks of at most 1 reaches 1 in every cell that any direction separates: directions
    # add and scale, so one of them separates all these cells together.
    found = linprog(
        np.concatenate([np.zeros(columns), -np.ones(rows)]),
        A_ub=np.hstack([-rising, np.eye(rows)]) if rows else None,
        b_ub=np.zeros(rows) if rows else None,
        A_eq=np.hstack([still, np.zeros((len(still), rows))]) if len(still) else None,
        b_eq=np.zeros(len(still)) if len(still) else None,
        bounds=[(None, None)] * columns + [(0, 1)] * rows,
    )
    if found.status != 0:
        raise ValueError(f"the search for separated cells ended with {found.message!r}, expected an optimum")
    left_out = np.zeros(len(events), dtype=bool)
    left_out[(events == 0) | (events == totals)] = found.x[columns:] > 0.5
    return left_out


def _directions(design: Floats, events: Floats, totals: Floats, column: int) -> tuple[float, float]:
    """Give how far a coefficient may fall and rise along the directions without end, each held within a box."""
    from scipy.optimize import linprog

    rising, still = _cone(design, events, totals)
    least, most = (
        linprog(
            sign * np.eye(design.shape[1])[column],
            A_ub=-rising if len(rising) else None,
            b_ub=np.zeros(len(rising)) if len(rising) else None,
            A_eq=still if len(still) else None,
            b_eq=np.zeros(len(still)) if len(still) else None,
            bounds=(-1, 1),
        )
        for sign in (1, -1)
    )
    return float(least.fun), float(-most.fun)


def _limit(
    design: Floats, events: Floats, totals: Floats, offset: Floats, start: Floats | None, left_out: Bools
) -> BinomialFit:
    left = design[~left_out]
    kept = independent(left)
    found, errors, converged = _newton(
        left[:, kept],
        events[~left_out],
        totals[~left_out],
        offset[~left_out],
        None if start is None else start[kept],
    )
    if not converged:
        raise ValueError(f"the logistic regression did not converge in {STEPS} steps, expected it to")
    coefficients, se = np.full(design.shape[1], np.nan), np.full(design.shape[1], np.nan)
    coefficients[kept], se[kept] = found, errors
    log_likelihood = _log_likelihood(
        left[:, kept] @ found + offset[~left_out], events[~left_out], totals[~left_out]
    )
    for column in np.flatnonzero(~_estimable(left)):
        least, most = _directions(design, events, totals, int(column))
        down, up = least < -ROUNDING, most > ROUNDING
        coefficients[column] = np.inf if up and not down else -np.inf if down and not up else np.nan
        se[column] = np.nan
    return BinomialFit(coefficients, se, log_likelihood, left_out)
