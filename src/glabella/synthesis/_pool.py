"""Pool effects: common effect, random effects and meta-regression, one or a batch of them, by the same code."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._blocks import by_blocks
from glabella.synthesis._design import Design, basis, columns
from glabella.synthesis._tau2 import METHODS, estimate, log_likelihood, q_profile, trace_p, weighted

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
Method = Literal["REML", "ML", "DL", "PM", "EB", "HE", "HS", "SJ", "common"]
Test = Literal["knha", "adhoc", "t", "z"]
Prediction = Literal["t", "hts"]
TESTS = ("knha", "adhoc", "t", "z")

#: Why a row of a batch is not what was asked for, in the order in which they are looked for.
NOTHING = "no study"
BAD_VALUE = "an effect that is not finite, or a variance that is not above 0"
COLLINEAR = "moderators that are constant or collinear"
NO_FREEDOM = "no degree of freedom left for the variance between studies"
EQUAL = "effects all equal: the Knapp-Hartung standard error is zero"
NOT_CONVERGED = "tau2 did not converge"


@dataclass(frozen=True, slots=True)
class Pooled:
    """A pooled effect or a meta-regression; numbers for a single one, arrays with a leading axis for a batch.

    Attributes
    ----------
    estimate, se, statistic, p_value, ci_low, ci_high : float or ndarray
        The mean effect, its standard error, test, and confidence interval; with moderators one a coefficient.
    tau2, tau2_se : float or ndarray
        Variance between studies; its standard error.
    tau2_ci, i2_ci, h2_ci : tuple of float or ndarray
        Q-profile limits.
    i2, h2 : float or ndarray
        Share of the variance that lies between studies, in percent, and H².
    q, q_df, q_p : float or ndarray
        Cochran's Q; with moderators the residual one.
    pi_low, pi_high : float or ndarray
        Prediction interval of a further study's true effect; NaN with moderators and for a common effect.
    k : int or ndarray
        Studies.
    converged : bool or ndarray
        Whether τ² was found; always true for the closed forms.
    reason : str or ndarray
        Empty, or why this row of a batch is not what was asked for. A single analysis raises instead.
    qm, qm_df, qm_p : float or ndarray
        Test of all coefficients but the intercept, or of the mean alone (F where the test is by t, else
        chi-squared).
    r2 : float or ndarray
        Share of the variance between studies that the moderators account for, in percent.
    log_likelihood : float or ndarray
        Restricted for REML, full otherwise.
    vcov : ndarray of shape (p, p) or (batch, p, p)
        Covariance of the coefficients.
    weights : ndarray of shape (k,) or (batch, k)
        Weights in percent; NaN where masked.
    names : tuple of str
        Coefficients.
    method, test, level : str, str, float
        As asked.
    """

    estimate: Any
    se: Any
    statistic: Any
    p_value: Any
    ci_low: Any
    ci_high: Any
    tau2: Any
    tau2_se: Any
    tau2_ci: tuple[Any, Any]
    i2: Any
    i2_ci: tuple[Any, Any]
    h2: Any
    h2_ci: tuple[Any, Any]
    q: Any
    q_df: Any
    q_p: Any
    pi_low: Any
    pi_high: Any
    k: Any
    converged: Any
    reason: Any
    qm: Any
    qm_df: Any
    qm_p: Any
    r2: Any
    log_likelihood: Any
    vcov: Any
    weights: Any
    names: tuple[str, ...]
    method: Method
    test: Test
    level: float

    @property
    def aic(self) -> Any:
        """Akaike's criterion; counts the coefficients, and τ² where there is one."""
        return -2 * self.log_likelihood + 2 * (len(self.names) + (self.method != "common"))

    def table(self) -> pl.DataFrame:
        """Give one row a coefficient; of a batch, one row an analysis (without moderators)."""
        from glabella.synthesis._report import pooled_table

        return pooled_table(self)

    def __str__(self) -> str:
        """Print as analysts know it."""
        from glabella.synthesis._report import pooled_text

        return pooled_text(self)


def pool(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    mods: ArrayLike | Design | None = None,
    method: Method = "REML",
    test: Test = "knha",
    level: float = 0.95,
    prediction: Prediction = "t",
) -> Pooled:
    """Pool effects of ``k`` studies.

    Parameters
    ----------
    yi, vi : array_like of shape (k,) or (batch, k)
        Effects and sampling variances. In a batch NaN in both marks a study that a row does not have.
    mods : array_like of shape (k,), (k, m) or (batch, k, m), or Design, optional
        Moderators. An array gets an intercept; a :func:`design` is taken as it is.
    method : {"REML", "ML", "DL", "PM", "EB", "HE", "HS", "SJ", "common"}
        Estimator of the variance between studies, or none of it.
    test : {"knha", "adhoc", "t", "z"}
        Hartung, Knapp, Sidik and Jonkman's standard error with t; the same but never below the usual one; the
        usual one with t; or with z.
    level : float
        Of every interval.
    prediction : {"t", "hts"}
        Prediction interval with the quantile of the test (t with k - 1 degrees of freedom, or z), or as Higgins,
        Thompson and Spiegelhalter have it, t with k - 2.

    Returns
    -------
    Pooled
        A single study, pooled by ``method="common"`` and ``test="z"``, returns itself. In a batch a row that
        cannot be analysed is NaN and says why in ``reason``; a row of one study returns itself and says so.

    Raises
    ------
    ValueError
        If shapes differ, a variance is not above zero, a value is not finite, nothing is to be pooled, there is
        one study and a variance between studies is asked for, all effects are equal under Knapp-Hartung,
        moderators are constant or collinear, or τ² does not converge.

    References
    ----------
    Hartung J, Knapp G. Stat Med 2001;20:3875-3889. Sidik K, Jonkman JN. Stat Med 2002;21:3153-3159.
    Higgins JPT, Thompson SG, Spiegelhalter DJ. J R Stat Soc A 2009;172:137-159 (prediction).
    Viechtbauer W. Stat Med 2007;26:37-52 (Q-profile). Higgins JPT, Thompson SG. Stat Med 2002;21:1539-1558.
    Viechtbauer W. J Stat Softw 2010;36(3) (mixed-effects models).

    Examples
    --------
    >>> fit = pool([0.1, 0.4, 0.8], [0.04, 0.05, 0.09], test="z", method="DL")
    >>> round(fit.estimate, 3), round(fit.tau2, 3)
    (0.38, 0.039)
    """
    y, v = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    if y.shape != v.shape or y.ndim not in (1, 2):
        raise ValueError(f"yi has shape {y.shape} and vi {v.shape}, expected both (k,) or both (batch, k)")
    if y.size == 0:
        raise ValueError("nothing to pool: no effect was given")
    for name, asked, known in (("method", method, METHODS), ("test", test, TESTS),
                               ("prediction", prediction, ("t", "hts"))):  # fmt: skip
        if asked not in known:
            raise ValueError(f"unknown {name} {asked!r}; expected one of {', '.join(known)}")
    if not 0 < level < 1:
        raise ValueError(f"level is {level}, expected between 0 and 1")
    found = columns(mods, y.shape)
    single = y.ndim == 1
    if single:
        _check(y, v, found)
        y, v = y[None], v[None]
        if found is not None:
            found = replace(found, matrix=found.matrix[None])
    names = found.names if found is not None else ("Intercept",)
    each = found is not None and found.matrix.ndim == 3

    def fit(rows: slice) -> dict[str, Any]:
        mine = replace(found, matrix=found.matrix[rows]) if found is not None and each else found
        return _fit(y[rows], v[rows], mine, method, test, level, prediction)

    parts = by_blocks(fit, *y.shape, p=len(names))
    whole = Pooled(**parts, names=names, method=method, test=test, level=level)
    if not single:
        return whole
    if reason := whole.reason[0]:
        advice = {
            EQUAL: "; expected test 't' or 'z'",
            NO_FREEDOM: "; expected method 'common' and test 'z'",
            NOT_CONVERGED: "; expected effects and variances of more similar size, or method 'DL'",
        }
        raise ValueError(f"{reason}{advice.get(reason, '')} (k = {whole.k[0]})")
    return _only(whole)


def _check(y: Floats, v: Floats, found: Design | None) -> None:
    """Name the first bad row of a single analysis."""
    wrong = ~(np.isfinite(y) & np.isfinite(v) & (np.nan_to_num(v) > 0))
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise ValueError(f"yi is {y[row]} and vi {v[row]} in row {row + 1}, "
                         "expected a finite effect and a variance above 0")  # fmt: skip
    if found is not None and not np.isfinite(found.matrix).all():
        row, column = np.argwhere(~np.isfinite(found.matrix))[0]
        raise ValueError(f"moderator {found.names[column]} is {found.matrix[row, column]} in row {row + 1}, "
                         "expected a finite number")  # fmt: skip


def usable(y: Floats, v: Floats, x: Floats | None) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Studies that each row has, and rows that hold a value which cannot be."""
    absent = np.isnan(y) & np.isnan(v)
    with np.errstate(invalid="ignore"):
        good = np.isfinite(y) & np.isfinite(v) & (v > 0)
    if x is not None:
        # A shared moderator's row is broadcast; what it holds for a study that is absent does not matter.
        good = good & np.isfinite(x).all(axis=-1)
    bad = (~absent & ~good).any(axis=1)
    return good & ~np.asarray(bad)[:, None], np.asarray(bad)


def _fit(
    yi: Floats, vi: Floats, found: Design | None, method: Method, test: Test, level: float, prediction: Prediction
) -> dict[str, Any]:
    """Analyse some rows of a batch, by arrays of shape (rows, k)."""
    from scipy.special import chdtrc, fdtrc, ndtr, ndtri, stdtr, stdtrit

    rows = len(yi)
    present, bad = usable(yi, vi, found.matrix if found is not None else None)
    y, v = np.where(present, yi, 0.0), np.where(present, vi, np.inf)
    k = present.sum(axis=1)
    span, collinear = basis(found, present)
    p = span.p
    reason = np.full(rows, "", dtype=object)
    fits = (k >= p) & ~collinear
    free = fits & (k > p)
    reason[(k < p) | collinear] = COLLINEAR
    reason[fits & ~free & ((method != "common") | (test != "z"))] = NO_FREEDOM
    reason[k == 0] = NOTHING
    reason[bad] = BAD_VALUE
    df = np.maximum(k - p, 1)

    with np.errstate(invalid="ignore", divide="ignore"):
        fixed = weighted(y, 1 / v, span)
        typical = np.where(free, df / trace_p(fixed, span), np.nan)
    converged = fits.copy()
    tau2, tau2_se = np.zeros(rows), np.full(rows, np.nan)
    at_free = np.flatnonzero(free)
    low, high = np.full(rows, np.nan), np.full(rows, np.nan)
    if at_free.size:
        whole = at_free.size == rows
        ys, vs, some, ks = (y, v, span, k) if whole else (y[at_free], v[at_free], span.rows(at_free), k[at_free])
        if method != "common":
            tau2[at_free], tau2_se[at_free], settled = estimate(method, ys, vs, some, ks)
            converged[at_free[~settled]] = False
            reason[at_free[~settled]] = NOT_CONVERGED
        low[at_free], high[at_free] = q_profile(ys, vs, some, ks, level)
    good = fits & converged

    with np.errstate(invalid="ignore", divide="ignore"):
        at = weighted(y, 1 / (v + tau2[:, None]), span) if method != "common" else fixed
        beta, vcov = at.beta, at.cov
        if span.q is not None:
            back = np.linalg.inv(span.r)
            beta, vcov = (back @ beta[..., None])[..., 0], back @ vcov @ np.swapaxes(back, -1, -2)
        beta = np.where(good[:, None], beta, np.nan)
        spread = at.q / df
        if test in ("knha", "adhoc"):
            equal = free & (spread <= 1e-28 * np.einsum("bk,bk,bk->b", at.w, y, y))
            if p == 1:
                equal = free & (
                    np.where(present, y, -np.inf).max(axis=1) == np.where(present, y, np.inf).min(axis=1)
                )
            if test == "knha":
                reason[equal & (reason == "")] = EQUAL
            factor = np.maximum(1.0, spread) if test == "adhoc" else np.where(equal, np.nan, spread)
            vcov = vcov * np.where(free, factor, 1.0)[:, None, None]
        se = np.where(good[:, None], np.sqrt(np.einsum("bii->bi", vcov)), np.nan)
        uses_t = free & (test != "z")
        some_df = np.arange(df.max() + 1)
        tail = 0.5 + level / 2
        quantile = stdtrit(np.maximum(some_df, 1), tail)
        critical = np.where(uses_t, quantile[df], ndtri(tail))[:, None]
        statistic = beta / se
        p_value = 2 * np.where(uses_t[:, None], stdtr(df[:, None], -np.abs(statistic)), ndtr(-np.abs(statistic)))

        predicts = free & good & (method != "common") & (p == 1)
        reach = critical[:, 0] if prediction == "t" else np.where(k > 2, quantile[np.maximum(df - 1, 0)], np.nan)
        half = reach * np.sqrt(se[:, 0] ** 2 + tau2)
        q = np.where(fits, fixed.q, np.nan)
        if method == "common":
            h2 = np.where(free, q / df, 1.0)
            i2 = np.where(free & (q > df), 100 * (q - df) / np.where(q > df, q, 1.0), 0.0)
        else:
            h2 = np.where(free, tau2 / typical + 1, 1.0)
            i2 = np.where(free, 100 * tau2 / (typical + tau2), 0.0)
        limits = _likelihoods(method, y, v, found, span, tau2, k)
        names = found.names if found is not None else ("Intercept",)
        # The mean itself is tested where there is nothing else to test.
        tested = [place for place, name in enumerate(names) if name != "Intercept"] or [0]
        b, c = beta[:, tested], vcov[:, tested][:, :, tested]
        if len(tested) == 1:
            qm = b[:, 0] ** 2 / c[:, 0, 0]
        else:
            ok = good & (np.linalg.det(c) > 0)
            qm = np.full(rows, np.nan)
            qm[ok] = np.einsum("bi,bi->b", b[ok], np.linalg.solve(c[ok], b[ok][..., None])[..., 0])
        qm_df = np.full(rows, float(len(tested)))
        if test == "z":
            qm_p = chdtrc(qm_df, qm)
        else:
            qm /= len(tested)
            qm_p = np.where(free, fdtrc(qm_df, df, qm), np.nan)
        r2 = _explained(method, y, v, k, tau2) if found is not None else np.full(rows, np.nan)
        share = 100 * at.w / at.w.sum(axis=1, keepdims=True)
    mean_only = p == 1
    lost = ~good

    def shown(values: Floats) -> Floats:
        """Drop the coefficient's axis where there is only the mean."""
        return values[:, 0] if found is None else values

    for values in (tau2, i2, h2):
        values[lost] = np.nan
    return {
        "estimate": shown(beta),
        "se": shown(se),
        "statistic": shown(statistic),
        "p_value": shown(p_value),
        "ci_low": shown(beta - critical * se),
        "ci_high": shown(beta + critical * se),
        "tau2": tau2,
        "tau2_se": np.where(good, tau2_se, np.nan),
        "tau2_ci": (low, high),
        "i2": i2,
        "i2_ci": (100 * low / (typical + low), 100 * high / (typical + high)),
        "h2": h2,
        "h2_ci": (low / typical + 1, high / typical + 1),
        "q": q,
        "q_df": np.maximum(k - p, 0),
        "q_p": np.where(free, chdtrc(df, q), np.where(fits, 1.0, np.nan)),
        "pi_low": np.where(predicts, beta[:, 0] - half, np.nan) if mean_only else np.full(rows, np.nan),
        "pi_high": np.where(predicts, beta[:, 0] + half, np.nan) if mean_only else np.full(rows, np.nan),
        "k": k,
        "converged": converged,
        "reason": reason,
        "qm": qm,
        "qm_df": qm_df,
        "qm_p": qm_p,
        "r2": r2,
        "log_likelihood": np.where(good, limits, np.nan),
        "vcov": np.where(good[:, None, None], vcov, np.nan),
        "weights": np.where(present, share, np.nan),
    }


def _likelihoods(
    method: str, y: Floats, v: Floats, found: Design | None, span: Any, tau2: Floats, k: NDArray[np.int_]
) -> Floats:
    """Log-likelihood with the constants that programs print."""
    restricted = method == "REML"
    value = log_likelihood(restricted, y, v, span, tau2) - 0.5 * (k - span.p * restricted) * np.log(2 * np.pi)
    if restricted and found is None:
        # log |X'X|, which is no constant once it is dropped from |X'WX|; an orthonormal basis has it built in.
        value = value + 0.5 * np.log(k)
    return np.asarray(value)


def _explained(method: Method, y: Floats, v: Floats, k: NDArray[np.int_], tau2: Floats) -> Floats:
    """R²: by how much τ² falls when the moderators come in (Raudenbush 2009)."""
    if method == "common":
        return np.full(len(y), np.nan)
    span, _ = basis(None, np.isfinite(v))
    without, _, settled = estimate(method, y, v, span, k)
    share = np.maximum(0.0, 100 * (without - tau2) / np.where(without > 0, without, 1.0))
    return np.where(settled, np.where(without > 0, share, 0.0), np.nan)


def _only(fit: Pooled) -> Pooled:
    """Give the only row of a batch of one, as plain numbers where they are numbers."""

    def first(value: Any) -> Any:
        if isinstance(value, tuple) and value and isinstance(value[0], np.ndarray):
            return tuple(first(item) for item in value)
        if isinstance(value, np.ndarray):
            row = value[0]
            return row if isinstance(row, np.ndarray | str) else row.item()
        return value

    return replace(fit, **{field.name: first(getattr(fit, field.name)) for field in fields(fit)})
