"""LASSO logistic regression of one event on all drugs of a report at once: co-medication and masking."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.safety.measures._binomial import BinomialFit, fit_binomial
from glabella.safety.measures._check import check_level, counts, refuse

if TYPE_CHECKING:
    import polars as pl
    from scipy.sparse import csr_array

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Choice = Literal["bic", "cv"]

#: Penalties of the path, from the least that selects nothing down to a thousandth of it.
PENALTIES, RATIO = 50, 1e-3
#: Penalties without a better criterion after which the path ends: it grows slow and does not turn back.
PATIENCE = 10
FOLDS = 10
#: liblinear penalises the intercept too; scaled like this the penalty on it is a thousandth of that on a drug.
INTERCEPT_SCALING = 1000.0
TOLERANCE, STEPS = 1e-9, 2000


@dataclass(frozen=True, slots=True)
class LassoLogistic:
    """A LASSO logistic regression along a path of penalties.

    Attributes
    ----------
    penalty : float
        The chosen one, on the scale of the log-likelihood of all reports.
    intercept : float
    coefficients, odds_ratio : ndarray of shape (drugs,)
        Penalised log odds ratios, shrunken towards no association, and their exponentials.
    selected : ndarray of int
        Drugs whose coefficient is not zero.
    refit_coefficients, refit_se, refit_odds_ratio, refit_low, refit_high : ndarray of shape (selected,)
        Unpenalised logistic regression on the selected drugs with Wald limits. The selection was made on the
        same reports, so the ratios are too far from 1 and the intervals TOO NARROW; they describe, and test
        nothing. Infinite or nan where every or no report with the drug has the event.
    penalties, n_selected, criterion : ndarray of shape (path,)
        The path as far as it was followed, how many drugs each penalty selects, and what was minimised: BIC, or
        the mean deviance a report in the folds left out.
    choose : str
    level : float
    reports, events : int
        All reports, and those with the event.
    """

    penalty: float
    intercept: float
    coefficients: Floats
    odds_ratio: Floats
    selected: Ints
    refit_coefficients: Floats
    refit_se: Floats
    refit_odds_ratio: Floats
    refit_low: Floats
    refit_high: Floats
    penalties: Floats
    n_selected: Ints
    criterion: Floats
    choose: Choice
    level: float
    reports: int
    events: int

    def table(self) -> pl.DataFrame:
        """Give one row a selected drug; the limits are of the refit and too narrow."""
        import polars as pl

        return pl.DataFrame(
            {
                "drug": self.selected,
                "odds_ratio": self.odds_ratio[self.selected],
                "refit_odds_ratio": self.refit_odds_ratio,
                "refit_low": self.refit_low,
                "refit_high": self.refit_high,
            }
        )

    def path(self) -> pl.DataFrame:
        """Give one row a penalty."""
        import polars as pl

        columns = {"penalty": self.penalties, "n_selected": self.n_selected, "criterion": self.criterion}
        return pl.DataFrame(columns)


@dataclass(frozen=True, slots=True)
class _Patterns:
    """Reports with the same drugs put together: drugs, and per pattern and fold the reports with event and all."""

    drugs: csr_array
    events: Floats
    totals: Floats


def lasso_logistic(
    reports_by_drug: Any,
    event: ArrayLike,
    *,
    choose: Choice = "bic",
    penalties: ArrayLike | None = None,
    seed: int = 0,
    level: float = 0.95,
) -> LassoLogistic:
    """Regress one event on all drugs of the reports, most coefficients being zero.

    Parameters
    ----------
    reports_by_drug : sparse or dense array of shape (reports, drugs)
        1 where a report names the drug, else 0.
    event : array_like of shape (reports,)
        1 where the report names the event, else 0.
    choose : "bic" or "cv"
        What picks the penalty. BIC of the unpenalised refit aims at few false drugs; ten-fold cross-validation
        aims at prediction and selects far more. Which drugs are selected depends on this more than on anything.
    penalties : array_like, optional
        Penalties to try; otherwise 50 from the least that selects nothing down to a thousandth of it.
    seed : int
        Of the folds.
    level : float
        Of the Wald limits of the refit.

    Returns
    -------
    LassoLogistic
        Of the penalty with the least criterion. The path ends where ten penalties have not bettered it.

    Raises
    ------
    ValueError
        If lengths differ, an entry is neither 0 nor 1, all reports or none have the event, or a penalty is not
        above zero; for ``"cv"`` also if reports with or without the event are fewer than the folds.

    Notes
    -----
    Minimises -log likelihood + penalty × Σ|coefficient| by coordinate descent (liblinear), the drugs not
    standardised, the intercept all but free of penalty. Reports with the same drugs are put together, which
    leaves the likelihood as it is. BIC is -2 log likelihood of the refit + (drugs + 1) ln(reports).

    References
    ----------
    Caster O, Norén GN, Madigan D, Bate A. Stat Anal Data Min 2010;3:197-208. Courtois E, Tubert-Bitter P,
    Ahmed I. BMC Med Res Methodol 2021;21:271 (BIC of the refit). Berk R, Brown L, Buja A, Zhang K, Zhao L. Ann
    Stat 2013;41:802-837 (limits after selection).

    Examples
    --------
    >>> drugs = np.repeat([[1, 0], [1, 1], [0, 1], [0, 0]], 100, axis=0)
    >>> event = np.tile([1] * 10 + [0] * 90, 4) + np.repeat([1, 1, 0, 0], 100) * np.tile([0] * 80 + [1] * 20, 4)
    >>> found = lasso_logistic(drugs, event)
    >>> found.selected.tolist(), found.refit_odds_ratio.round(2).tolist()
    ([0], [3.86])
    """
    from scipy.special import ndtri

    check_level(level)
    if choose not in ("bic", "cv"):
        raise ValueError(f"unknown choice {choose!r}; expected 'bic' or 'cv'")
    drugs, events = _reports(reports_by_drug, event)
    folds = _folds(events, seed) if choose == "cv" else np.zeros(len(events), dtype=np.int64)
    patterns = _patterns(drugs, events, folds)
    tried = _penalties(patterns, penalties)
    criterion: list[float] = []
    fits: list[tuple[float, Floats]] = []
    refits: dict[bytes, BinomialFit] = {}
    for penalty in tried:
        fits.append(_fit(patterns.drugs, patterns.events.sum(1), patterns.totals.sum(1), penalty))
        criterion.append(_bic(patterns, fits[-1][1], refits) if choose == "bic" else _deviance(patterns, penalty))
        if penalties is None and len(criterion) - 1 - int(np.argmin(criterion)) >= PATIENCE:
            break
    best = int(np.argmin(criterion))
    intercept, coefficients = fits[best]
    selected = np.flatnonzero(coefficients)
    refit = refits.get(selected.tobytes()) or _refit(patterns, selected)
    own, se = refit.coefficients[1:], refit.se[1:]
    reach = float(ndtri(0.5 + level / 2)) * se
    return LassoLogistic(
        penalty=float(tried[best]),
        intercept=intercept,
        coefficients=coefficients,
        odds_ratio=np.exp(coefficients),
        selected=selected,
        refit_coefficients=own,
        refit_se=se,
        refit_odds_ratio=np.exp(own),
        refit_low=np.exp(own - reach),
        refit_high=np.exp(own + reach),
        penalties=tried[: len(criterion)],
        n_selected=np.array([np.count_nonzero(fit[1]) for fit in fits]),
        criterion=np.array(criterion),
        choose=choose,
        level=level,
        reports=len(events),
        events=int(events.sum()),
    )


def _reports(reports_by_drug: Any, event: ArrayLike) -> tuple[csr_array, Floats]:
    from scipy.sparse import csr_array, issparse

    drugs = csr_array(reports_by_drug if issparse(reports_by_drug) else np.asarray(reports_by_drug), dtype=float)
    (events,) = counts(event=event)
    if events.shape != drugs.shape[:1]:
        raise ValueError(
            f"event is of shape {events.shape}, expected ({drugs.shape[0]},) as reports_by_drug has rows"
        )
    refuse((events != 0) & (events != 1), events, "event", "0 or 1")
    drugs.sum_duplicates()
    wrong = (drugs.data != 0) & (drugs.data != 1)
    if wrong.any():
        at = int(wrong.argmax())
        report = int(np.searchsorted(drugs.indptr, at, side="right")) - 1
        where = f"reports_by_drug[{report}, {drugs.indices[at]}]"
        raise ValueError(f"{where} is {drugs.data[at]:g}, expected 0 or 1")
    drugs.eliminate_zeros()
    if not 0 < events.sum() < len(events):
        raise ValueError(f"{events.sum():g} of {len(events)} reports have the event, expected some and not all")
    return drugs, events


def _folds(events: Floats, seed: int) -> Ints:
    """Give each report a fold, with and without the event shared out evenly."""
    random = np.random.default_rng(seed)
    folds = np.empty(len(events), dtype=np.int64)
    for kind in (0, 1):
        of_kind = np.flatnonzero(events == kind)
        if len(of_kind) < FOLDS:
            which = "with" if kind else "without"
            raise ValueError(
                f"{len(of_kind)} reports are {which} the event, expected at least {FOLDS} for as many folds"
            )
        folds[random.permutation(of_kind)] = np.arange(len(of_kind)) % FOLDS
    return folds


def _patterns(drugs: csr_array, events: Floats, folds: Ints) -> _Patterns:
    """Put together reports with the same drugs."""
    from scipy.sparse import csr_array

    code = np.random.default_rng(0).integers(1 << 62, size=drugs.shape[1], dtype=np.uint64)
    ones = csr_array((np.ones(drugs.nnz, dtype=np.uint64), drugs.indices, drugs.indptr), shape=drugs.shape)
    _, first, pattern = np.unique(ones @ code, return_index=True, return_inverse=True)
    kept = csr_array(drugs[first])
    if (kept[pattern] - drugs).count_nonzero():
        raise RuntimeError("two sets of drugs got the same code; this has a chance of a few in a million")
    # scikit-learn takes sparse arrays with 32-bit indices only.
    kept.indices, kept.indptr = kept.indices.astype(np.int32), kept.indptr.astype(np.int32)
    n_folds = int(folds.max()) + 1
    shape, cell = (len(first), n_folds), pattern * n_folds + folds
    size = shape[0] * shape[1]
    return _Patterns(
        drugs=kept,
        events=np.bincount(cell, weights=events, minlength=size).astype(float).reshape(shape),
        totals=np.bincount(cell, minlength=size).astype(float).reshape(shape),
    )


def _penalties(patterns: _Patterns, penalties: ArrayLike | None) -> Floats:
    if penalties is not None:
        (given,) = counts(penalties=np.atleast_1d(np.asarray(penalties, dtype=float)))
        refuse(given <= 0, given, "penalties", "more than 0")
        return np.sort(given)[::-1]
    events, totals = patterns.events.sum(1), patterns.totals.sum(1)
    gradient = patterns.drugs.T @ (events - totals * events.sum() / totals.sum())
    greatest = float(np.abs(gradient).max(initial=0))
    if greatest == 0:
        raise ValueError("no drug goes with more or fewer events than the others, expected at least one that does")
    return np.geomspace(greatest, greatest * RATIO, PENALTIES)


def _fit(drugs: csr_array, events: Floats, totals: Floats, penalty: float) -> tuple[float, Floats]:
    """Minimise the penalised likelihood; reports with and without the event are rows with weights."""
    from scipy.sparse import vstack
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    have, lack = events > 0, totals > events
    weights = np.concatenate([events[have], (totals - events)[lack]])
    model = LogisticRegression(
        C=1 / penalty,
        l1_ratio=1.0,
        solver="liblinear",
        intercept_scaling=INTERCEPT_SCALING,
        tol=TOLERANCE,
        max_iter=STEPS,
        random_state=0,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        try:
            model.fit(
                vstack([drugs[have], drugs[lack]], format="csr"),
                np.repeat([1, 0], [have.sum(), lack.sum()]),
                sample_weight=weights,
            )
        except ConvergenceWarning:
            raise ValueError(f"the LASSO did not converge at penalty {penalty:g} in {STEPS} steps") from None
    return float(model.intercept_[0]), np.asarray(model.coef_[0])


def _refit(patterns: _Patterns, selected: Ints) -> BinomialFit:
    """Fit the selected drugs without penalty, on their own patterns."""
    own = patterns.drugs[:, selected].toarray()
    kinds, place = np.unique(own, axis=0, return_inverse=True)
    design = np.column_stack([np.ones(len(kinds)), kinds])
    counted = (patterns.events.sum(1), patterns.totals.sum(1))
    events, totals = (np.bincount(place.ravel(), weights=reports).astype(float) for reports in counted)
    return fit_binomial(design, events, totals)


def _bic(patterns: _Patterns, coefficients: Floats, refits: dict[bytes, BinomialFit]) -> float:
    selected = np.flatnonzero(coefficients)
    key = selected.tobytes()
    if key not in refits:
        refits[key] = _refit(patterns, selected)
    return float(-2 * refits[key].log_likelihood + (len(selected) + 1) * np.log(patterns.totals.sum()))


def _deviance(patterns: _Patterns, penalty: float) -> float:
    """Give the mean deviance of reports in folds that the fit did not see."""
    events, totals = patterns.events.sum(1), patterns.totals.sum(1)
    whole = 0.0
    for fold in range(patterns.events.shape[1]):
        seen, of = events - patterns.events[:, fold], totals - patterns.totals[:, fold]
        intercept, coefficients = _fit(patterns.drugs, seen, of, penalty)
        fitted = intercept + patterns.drugs @ coefficients
        have, all_reports = patterns.events[:, fold], patterns.totals[:, fold]
        whole += float((have * np.logaddexp(0, -fitted) + (all_reports - have) * np.logaddexp(0, fitted)).sum())
    return 2 * whole / float(totals.sum())
