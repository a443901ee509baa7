"""Odds ratio of one exposure adjusted for covariates by logistic regression on grouped reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.safety.measures._binomial import BinomialFit, fit_binomial, independent
from glabella.safety.measures._check import check_level, counts, refuse, within

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
Interval = Literal["profile", "wald"]

#: Log odds ratio beyond which a profile limit counts as infinite: no database holds e^30 reports.
FAR = 30.0


@dataclass(frozen=True, slots=True)
class LogisticRatio:
    """An adjusted reporting odds ratio.

    Attributes
    ----------
    odds_ratio, low, high : float
        Of the exposed against the others. Zero or infinite where the data are separated: a profile interval is
        then closed on one side, a Wald interval is nan.
    p_value : float
        Of no association: Wald's or, with a profile interval, the likelihood-ratio test.
    crude_odds_ratio, crude_low, crude_high : float
        Without covariates, of the same reports, limits after Woolf.
    names : tuple of str
        Coefficients: ``"(intercept)"``, ``"exposed"``, a covariate's name, or ``"name=level"``.
    coefficients, se : ndarray of shape (p,)
        Log odds ratios and standard errors; infinite or nan where there is no finite estimate.
    reference : dict
        Level of each factor that the others are compared with, the most frequent one.
    separated : bool
        Whether the exposure's ratio has no finite estimate.
    reports, events, exposed : float
        All reports, those with the event, and the exposed ones.
    reports_left_out : float
        Reports in cells that an infinite estimate predicts perfectly, for example in a stratum without any event.
    cells : int
        Distinct combinations of exposure and covariates.
    interval : str
    level : float
    """

    odds_ratio: float
    low: float
    high: float
    p_value: float
    crude_odds_ratio: float
    crude_low: float
    crude_high: float
    names: tuple[str, ...]
    coefficients: Floats
    se: Floats
    reference: dict[str, str]
    separated: bool
    reports: float
    events: float
    exposed: float
    reports_left_out: float
    cells: int
    interval: Interval
    level: float

    def table(self) -> pl.DataFrame:
        """Give one row a coefficient, with Wald limits of its odds ratio."""
        import polars as pl
        from scipy.special import ndtri

        reach = float(ndtri(0.5 + self.level / 2)) * self.se
        ratios = {"odds_ratio": np.exp(self.coefficients)}
        ratios |= {"low": np.exp(self.coefficients - reach), "high": np.exp(self.coefficients + reach)}
        return pl.DataFrame({"name": self.names, "coefficient": self.coefficients, "se": self.se, **ratios})


def logistic_ratio(
    exposed: ArrayLike,
    event: ArrayLike,
    covariates: Mapping[str, ArrayLike] | None = None,
    *,
    total: ArrayLike | None = None,
    interval: Interval = "wald",
    level: float = 0.95,
) -> LogisticRatio:
    """Adjust the reporting odds ratio of one exposure for covariates.

    Parameters
    ----------
    exposed : array_like of shape (rows,)
        0 or 1 (or bool).
    event : array_like of shape (rows,)
        Reports with the event in each row: 0 or 1 where a row is a report.
    covariates : mapping of str to array_like of shape (rows,), optional
        Numbers enter linearly; strings and booleans as factors, against their most frequent level. Equal rows are
        grouped, so rows may be single reports or counts of a query.
    total : array_like of shape (rows,), optional
        Reports in each row; one each where it is not given.
    interval : "wald" or "profile"
        The profile of the likelihood is closed on one side even where no exposed report has the event.
    level : float
        Of the interval.

    Returns
    -------
    LogisticRatio
        Without covariates its Wald interval is Woolf's.

    Raises
    ------
    ValueError
        If lengths differ, a value is missing or cannot be, there are no reports with or without the event,
        exposed or unexposed, or the covariates determine the exposure.

    Notes
    -----
    Grouping leaves the likelihood as it is. Where cells are separated (for example a stratum in which no report
    has the event) the estimates are the limits of the likelihood: such cells say nothing on the exposure and are
    left out and counted. Both P values are those of large samples, near their level from some five expected
    reports; of no association with all others, some of whom may be unable to have the event
    (``docs/test-levels.md``).

    References
    ----------
    Venzon DJ, Moolgavkar SH. Appl Stat 1988;37:87-94 (profile). Geyer CJ. Electron J Stat 2009;3:259-289
    (separated cells). van Puijenbroek EP, Egberts ACG, Meyboom RHB, Leufkens HGM. Br J Clin Pharmacol
    1999;47:689-693 (logistic regression of spontaneous reports).

    Examples
    --------
    >>> found = logistic_ratio([1, 1, 0, 0], [9, 4, 2, 1], {"sex": ["F", "M", "F", "M"]}, total=[15, 20, 15, 20])
    >>> round(found.odds_ratio, 2), round(found.crude_odds_ratio, 2)
    (7.6, 6.3)
    """
    check_level(level)
    if interval not in ("wald", "profile"):
        raise ValueError(f"unknown interval {interval!r}; expected 'wald' or 'profile'")
    exposure, events, totals = _reports(exposed, event, total)
    columns, levels, reference = _columns(exposure, covariates or {}, totals)
    cells, events, totals = _group(columns, events, totals)
    design, names = _design(cells, levels)
    fit = fit_binomial(design, events, totals)
    low, high, p_value = _wald(fit, level) if interval == "wald" else _profile(fit, design, events, totals, level)
    crude = fit_binomial(design[:, :2], events, totals)
    crude_low, crude_high, _ = _wald(crude, level)
    return LogisticRatio(
        odds_ratio=float(np.exp(fit.coefficients[1])),
        low=low,
        high=high,
        p_value=p_value,
        crude_odds_ratio=float(np.exp(crude.coefficients[1])),
        crude_low=crude_low,
        crude_high=crude_high,
        names=names,
        coefficients=fit.coefficients,
        se=fit.se,
        reference=reference,
        separated=not bool(np.isfinite(fit.coefficients[1])),
        reports=float(totals.sum()),
        events=float(events.sum()),
        exposed=float(totals[design[:, 1] == 1].sum()),
        reports_left_out=float(totals[fit.left_out].sum()),
        cells=len(events),
        interval=interval,
        level=level,
    )


def _reports(exposed: ArrayLike, event: ArrayLike, total: ArrayLike | None) -> tuple[Floats, Floats, Floats]:
    exposure, events, totals = counts(exposed=exposed, event=event, total=1 if total is None else total)
    if exposure.ndim != 1 or np.shape(exposed) != np.shape(event):
        raise ValueError(
            f"exposed is of shape {np.shape(exposed)}, event {np.shape(event)}, expected (rows,) for both"
        )
    refuse((exposure != 0) & (exposure != 1), exposure, "exposed", "0 or 1")
    within(events, totals, "event", "total")
    for name, amount in (
        ("exposed reports", totals[exposure == 1].sum()),
        ("unexposed reports", totals[exposure == 0].sum()),
        ("reports with the event", events.sum()),
        ("reports without the event", (totals - events).sum()),
    ):
        if not amount > 0:
            raise ValueError(f"there are no {name}, expected at least one")
    return exposure, events, totals


def _columns(
    exposure: Floats, covariates: Mapping[str, ArrayLike], totals: Floats
) -> tuple[list[Floats], list[list[str]], dict[str, str]]:
    """Give one column of numbers or codes a covariate, its names, and the reference levels of factors."""
    columns, names, reference = [exposure], [["exposed"]], {}
    for name, values in covariates.items():
        array = np.asarray(values)
        if array.shape != exposure.shape:
            raise ValueError(f"covariate {name!r} is of shape {array.shape}, expected {exposure.shape}")
        if array.dtype.kind in "iuf":
            number = array.astype(float)
            refuse(~np.isfinite(number), number, f"covariate {name!r} ", "a finite number")
            columns.append(number)
            names.append([name])
            continue
        missing = np.array([value is None or value != value for value in array], dtype=bool)
        if missing.any():
            raise ValueError(
                f"covariate {name!r} is missing in row {int(missing.argmax())}, expected a value: make missing a "
                "level of its own, or leave the reports out and count them"
            )
        levels, code = np.unique(array.astype(str), return_inverse=True)
        # The most frequent level first, so that the comparison rests on many reports.
        order = np.argsort(-np.bincount(code, weights=totals), kind="stable")
        columns.append(np.argsort(order)[code].astype(float))
        names.append([f"{name}={levels[level]}" for level in order])
        reference[name] = str(levels[order[0]])
    return columns, names, reference


def _group(columns: list[Floats], events: Floats, totals: Floats) -> tuple[Floats, Floats, Floats]:
    """Add up rows that are equal in all columns; rows without reports vanish."""
    informs = totals > 0
    code = np.zeros(int(informs.sum()), dtype=np.int64)
    for column in columns:
        levels, own = np.unique(column[informs], return_inverse=True)
        # Numbered anew at each column, the code stays below rows × levels.
        _, code = np.unique(code * len(levels) + own, return_inverse=True)
    _, first = np.unique(code, return_index=True)
    cells = np.column_stack([column[informs][first] for column in columns])
    event_sum, total_sum = (np.bincount(code, weights=some[informs]).astype(float) for some in (events, totals))
    return cells, event_sum, total_sum


def _design(cells: Floats, names: list[list[str]]) -> tuple[Floats, tuple[str, ...]]:
    design, kept = [np.ones(len(cells))], ["(intercept)"]
    for column, own in zip(cells.T, names, strict=True):
        if len(own) == 1 and "=" not in own[0]:
            design.append(column)
            kept += own
        else:
            design += [(column == level).astype(float) for level in range(1, len(own))]
            kept += own[1:]
    whole = np.column_stack(design)
    others = np.delete(whole, 1, axis=1)
    if others.shape[1] not in independent(np.column_stack([others, whole[:, 1]])):
        raise ValueError(
            "the covariates determine exposed, expected exposed and unexposed reports that are alike in them"
        )
    return whole, tuple(kept)


def _wald(fit: BinomialFit, level: float) -> tuple[float, float, float]:
    from scipy.special import ndtr, ndtri

    estimate, se = float(fit.coefficients[1]), float(fit.se[1])
    if not np.isfinite(estimate):
        return float("nan"), float("nan"), float("nan")
    reach = float(ndtri(0.5 + level / 2)) * se
    return float(np.exp(estimate - reach)), float(np.exp(estimate + reach)), 2 * float(ndtr(-abs(estimate / se)))


def _profile(
    fit: BinomialFit, design: Floats, events: Floats, totals: Floats, level: float
) -> tuple[float, float, float]:
    from scipy.special import chdtrc, chdtri

    estimate = float(fit.coefficients[1])
    if np.isnan(estimate):
        return float("nan"), float("nan"), float("nan")
    others, exposure = np.delete(design, 1, axis=1), design[:, 1]
    fall = float(chdtri(1, 1 - level))
    known = {0.0: fit_binomial(others, events, totals)}

    def excess(log_ratio: float) -> float:
        # Newton's steps hold from near by only, so the way is walked in ones from what was fitted before.
        at = min(known, key=lambda other: abs(other - log_ratio))
        while at != log_ratio:
            start = known[at].coefficients
            at = log_ratio if abs(log_ratio - at) <= 1 else at + float(np.sign(log_ratio - at))
            known[at] = fit_binomial(others, events, totals, at * exposure, start)
        return 2 * (fit.log_likelihood - known[log_ratio].log_likelihood) - fall

    p_value = float(chdtrc(1, max(excess(0.0) + fall, 0)))
    low = 0.0 if estimate == -np.inf else float(np.exp(_crossing(excess, estimate, -1)))
    high = np.inf if estimate == np.inf else float(np.exp(_crossing(excess, estimate, 1)))
    return low, high, p_value


def _crossing(excess: Callable[[float], float], estimate: float, side: int) -> float:
    """Find where the likelihood has fallen enough, going from the estimate to one side."""
    from scipy.optimize import brentq

    near = estimate if np.isfinite(estimate) else 0.0
    while excess(near) >= 0:  # only where the estimate is infinite, and 0 already too far from it
        near -= side
    far = near + side
    while excess(far) < 0:
        near, far = far, far + side
        if side * far > FAR:
            return side * np.inf
    return float(brentq(excess, near, far, xtol=1e-10, rtol=1e-12))
