"""Pool effects: common effect, random effects and meta-regression, one or a batch of them, by the same code."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._blocks import by_blocks
from glabella.synthesis._design import Basis, Design, basis, columns, independent, inverse, row_sum
from glabella.synthesis._numbers import BAD_VALUE, can_be, check_effects, check_level, numbers
from glabella.synthesis._rounding import fitted_exactly
from glabella.synthesis._tau2 import (
    Fit,
    by_df,
    estimate,
    log_likelihood,
    method_called,
    q_profile,
    trace_p,
    weighted,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Method = Literal["REML", "ML", "DL", "PM", "EB", "HE", "HS", "SJ", "common"]
Test = Literal["knha", "adhoc", "t", "z"]
Prediction = Literal["t", "hts"]
TESTS = ("knha", "adhoc", "t", "z")

#: Share of a column of ones that a design may leave over, in squares, and hold it all the same.
_NESTED = 1e-18

#: Why a row of a batch is not what was asked for, in the order in which they are looked for.
NOTHING = "no study"
ROUNDED = "coefficients of which rounding leaves nothing"
COLLINEAR = "moderators that are constant or collinear"
NO_FREEDOM = "no degree of freedom left for the variance between studies"
EQUAL = "effects all equal: the Knapp-Hartung standard error is zero"
EXACT = "effects that the moderators fit exactly: the Knapp-Hartung standard error is zero"
NOT_CONVERGED = "tau2 did not converge"


@dataclass(frozen=True)
class Pooled:
    """A pooled effect or a meta-regression; numbers for a single one, arrays with a leading axis for a batch.

    Attributes
    ----------
    estimate, se, statistic, p_value, ci_low, ci_high : float or ndarray
        The mean effect, its standard error, test, and confidence interval; with moderators one a coefficient.
    tau2, tau2_se : float or ndarray
        Variance between studies; its standard error.
    tau2_ci, i2_ci, h2_ci : tuple of float or ndarray
        Q-profile limits, sought when they are asked for.
    i2, h2 : float or ndarray
        Share of the variance that lies between studies, in percent, and H².
    q, q_df, q_p : float or ndarray
        Cochran's Q; with moderators the residual one.
    pi_low, pi_high : float or ndarray
        Prediction interval of a further study's true effect; NaN with moderators (one column without an intercept
        is a moderator too) and for a common effect.
    k : int or ndarray
        Studies.
    typical : float or ndarray
        Sampling variance of a typical study, to which τ² is compared in I² and H².
    converged : bool or ndarray
        Whether τ² was found; always true for the closed forms.
    reason : str or ndarray
        Empty, or why this row of a batch is not what was asked for. A single analysis raises instead.
    qm, qm_df, qm_p : float or ndarray
        Test of all coefficients but the intercept, or of the mean alone (F where the test is by t, else
        chi-squared).
    r2 : float or ndarray
        Share of the variance between studies that the moderators account for, in percent: by how much τ² is less
        than without them, 0 where it is not, and 0 where there is none without them either. NaN where the model
        without them is no part of the one with them (no intercept).
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
    i2: Any
    h2: Any
    q: Any
    q_df: Any
    q_p: Any
    pi_low: Any
    pi_high: Any
    k: Any
    typical: Any
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
    given: _Given = field(repr=False)

    @cached_property
    def tau2_ci(self) -> tuple[Any, Any]:
        """Q-profile limits of τ²."""
        low, high = self.given.limits(self.level)
        return (low, high) if np.ndim(self.k) else (low.item(), high.item())

    @property
    def i2_ci(self) -> tuple[Any, Any]:
        """Limits of I² that go with those of τ²."""
        low, high = (100 * limit / (self.typical + limit) for limit in self.tau2_ci)
        return low, high

    @property
    def h2_ci(self) -> tuple[Any, Any]:
        """Limits of H² that go with those of τ²."""
        low, high = (limit / self.typical + 1 for limit in self.tau2_ci)
        return low, high

    @property
    def moderated(self) -> bool:
        """Whether there are moderators, so that no coefficient is the mean effect of all studies."""
        return self.given.found is not None

    @property
    def narrower(self) -> Any:
        """Whether Knapp and Hartung's interval of a mean is narrower than the one of a common effect.

        That is so where effects happen to lie closer together than their variances would have it (Jackson D, Law M,
        Rücker G, Schwarzer G. Stat Med 2017;36:3923-3934); ``test="adhoc"`` has none that is. False with
        moderators and with other tests, an array in a batch.
        """
        from scipy.special import ndtri

        if self.test != "knha" or self.moderated:
            return np.zeros(np.shape(self.k), dtype=bool)[()]
        with np.errstate(invalid="ignore", divide="ignore"):
            common = 2 * float(ndtri(0.5 + self.level / 2)) / np.sqrt(np.nansum(1 / self.given.v, axis=1))
            found = self.ci_high - self.ci_low < common
        return found if np.ndim(self.k) else bool(found[0])

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of a single analysis should know of its numbers."""
        if np.ndim(self.k):
            return ()
        found = []
        if self.narrower:
            found.append("the Knapp-Hartung interval is narrower than that of a common effect; "
                         "test 'adhoc' has none that is")  # fmt: skip
        low, high = self.tau2_ci
        if self.method != "common" and not (np.isnan(low) or low <= self.tau2 <= high):
            found.append("tau^2 lies outside its interval, which is of another method (Q-profile)")
        return tuple(found)

    @property
    def aic(self) -> Any:
        """Akaike's criterion; counts the coefficients, and τ² where there is one."""
        return -2 * self.log_likelihood + 2 * (len(self.names) + (self.method != "common"))

    def as_dict(self) -> dict[str, Any]:
        """Give every result by its name."""
        names = [one.name for one in fields(self) if one.name != "given"]
        return {name: getattr(self, name) for name in (*names, "tau2_ci", "i2_ci", "h2_ci", "notes")}

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
        Estimator of the variance between studies, or none of it; ``common`` is also called FE, EE or CE.
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
    (0.384, 0.052)
    """
    # Copies, so that limits that are sought later are of what was pooled.
    y, v = np.array(numbers(yi, "yi")), np.array(numbers(vi, "vi"))
    if y.shape != v.shape or y.ndim not in (1, 2):
        raise ValueError(f"yi has shape {y.shape} and vi {v.shape}, expected both (k,) or both (batch, k)")
    if y.size == 0:
        raise ValueError("nothing to pool: no effect was given")
    method = method_called(method)
    for name, asked, known in (("test", test, TESTS), ("prediction", prediction, ("t", "hts"))):
        if asked not in known:
            raise ValueError(f"unknown {name} {asked!r}; expected one of {', '.join(known)}")
    check_level(level)
    found = columns(mods, y.shape)
    if found is not None:
        found = replace(found, matrix=np.array(found.matrix))
    single = y.ndim == 1
    if single:
        _check(y, v, found)
        y, v = y[None], v[None]
        if found is not None:
            found = replace(found, matrix=found.matrix[None])
    names = found.names if found is not None else ("Intercept",)
    given = _Given(y, v, found)
    parts = given.by_blocks(lambda rows: _fit(rows, method, test, level, prediction))
    if single:
        _complain(parts["reason"][0], parts["k"][0])
        parts = {name: values.item() if values.ndim == 1 else values[0] for name, values in parts.items()}
    return Pooled(**parts, names=names, method=method, test=test, level=level, given=given)


def _complain(reason: str, k: int) -> None:
    """Raise if a single analysis is not what was asked for."""
    if reason:
        advice = {
            EQUAL: "; expected test 't' or 'z'",
            EXACT: "; expected test 't' or 'z'",
            NO_FREEDOM: "; expected method 'common' and test 'z'",
            NOT_CONVERGED: "; expected effects and variances of more similar size, or method 'DL'",
            ROUNDED: "; expected effects and variances of more similar size",
        }
        raise ValueError(f"{reason}{advice.get(reason, '')} (k = {k})")


def _check(y: Floats, v: Floats, found: Design | None) -> None:
    """Name the first bad row of a single analysis."""
    check_effects(y, v)
    if found is not None and not np.isfinite(found.matrix).all():
        row, column = np.argwhere(~np.isfinite(found.matrix))[0]
        raise ValueError(f"moderator {found.names[column]} is {found.matrix[row, column]} in row {row + 1}, "
                         "expected a finite number")  # fmt: skip
    independent(found)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Some rows of a batch, ready to be worked on: a study that a row does not have has weight zero."""

    y: Floats
    v: Floats
    found: Design | None
    present: NDArray[np.bool_]
    bad: NDArray[np.bool_]
    k: NDArray[np.int_]
    span: Basis
    collinear: NDArray[np.bool_]

    @property
    def fits(self) -> NDArray[np.bool_]:
        """Rows that have coefficients."""
        return (self.k >= self.span.p) & ~self.collinear

    @property
    def free(self) -> NDArray[np.bool_]:
        """Rows with a degree of freedom for the variance between studies."""
        return self.fits & (self.k > self.span.p)

    def some(self, index: NDArray[np.intp]) -> tuple[Floats, Floats, Basis, NDArray[np.int_]]:
        """Effects, variances, basis and counts of some rows."""
        if len(index) == len(self.y):
            return self.y, self.v, self.span, self.k
        return self.y[index], self.v[index], self.span.rows(index), self.k[index]


@dataclass(frozen=True, slots=True)
class _Given:
    """What is pooled: effects and variances of shape (batch, k), and the design."""

    y: Floats
    v: Floats
    found: Design | None

    def by_blocks(self, work: Callable[[_Rows], dict[str, Any]]) -> dict[str, Any]:
        """Do some work on all rows."""
        p = 1 if self.found is None else len(self.found.names)
        return by_blocks(lambda rows: work(self._rows(rows)), *self.y.shape, p=p)

    def limits(self, level: float) -> tuple[Floats, Floats]:
        """Q-profile limits of τ²; NaN in rows without a degree of freedom."""

        def profile(rows: _Rows) -> dict[str, Any]:
            limits = np.full((2, len(rows.y)), np.nan)
            if (at_free := np.flatnonzero(rows.free)).size:
                limits[:, at_free] = q_profile(*rows.some(at_free), level)
            return {"low": limits[0], "high": limits[1]}

        found = self.by_blocks(profile)
        return found["low"], found["high"]

    def _rows(self, rows: slice) -> _Rows:
        found = self.found
        if found is not None and found.matrix.ndim == 3:
            found = replace(found, matrix=found.matrix[rows])
        y, v = self.y[rows], self.v[rows]
        present, bad = usable(y, v, found.matrix if found is not None else None)
        span, collinear = basis(found, present)
        return _Rows(np.where(present, y, 0.0), np.where(present, v, np.inf), found, present, bad,
                     present.sum(axis=1), span, collinear)  # fmt: skip


def usable(y: Floats, v: Floats, x: Floats | None) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Studies that each row has, and rows that hold a value which cannot be."""
    absent = np.isnan(y) & np.isnan(v)
    good = can_be(y, v)
    if x is not None:
        # A shared moderator's row is broadcast; what it holds for a study that is absent does not matter.
        good = good & np.isfinite(x).all(axis=-1)
    bad = (~absent & ~good).any(axis=1)
    return good & ~np.asarray(bad)[:, None], np.asarray(bad)


def _fit(given: _Rows, method: Method, test: Test, level: float, prediction: Prediction) -> dict[str, Any]:
    """Analyse some rows of a batch."""
    from scipy.special import chdtrc, fdtrc, ndtr, ndtri, stdtr, stdtrit

    y, v, k, span, present, found = given.y, given.v, given.k, given.span, given.present, given.found
    rows, p = len(y), span.p
    fits, free = given.fits, given.free
    reason = np.full(rows, "", dtype=object)
    reason[~fits] = COLLINEAR
    reason[fits & ~free & ((method != "common") | (test != "z"))] = NO_FREEDOM
    reason[k == 0] = NOTHING
    reason[given.bad] = BAD_VALUE
    df = np.maximum(k - p, 1)

    with np.errstate(invalid="ignore", divide="ignore"):
        fixed = weighted(y, 1 / v, span)
        typical = np.where(free, df / trace_p(fixed, span), np.nan)
    converged = fits.copy()
    tau2, tau2_se = np.zeros(rows), np.full(rows, np.nan)
    at_free = np.flatnonzero(free)
    if at_free.size and method != "common":
        tau2[at_free], tau2_se[at_free], settled = estimate(method, *given.some(at_free))
        converged[at_free[~settled]] = False
        reason[at_free[~settled]] = NOT_CONVERGED
    good = fits & converged

    with np.errstate(invalid="ignore", divide="ignore"):
        at = weighted(y, 1 / (v + tau2[:, None]), span) if method != "common" else fixed
        beta, vcov = at.beta, at.cov
        if span.q is not None:
            back = inverse(span.r)
            beta, vcov = (back @ beta[..., None])[..., 0], back @ vcov @ np.swapaxes(back, -1, -2)
        beta = np.where(good[:, None], beta, np.nan)
        spread = at.q / df
        if test in ("knha", "adhoc"):
            equal = free & good & fitted_exactly(at.q, y, v, y - span.fitted(at.beta))
            if test == "knha":
                reason[equal & (reason == "")] = EQUAL if found is None else EXACT
            factor = np.maximum(1.0, spread) if test == "adhoc" else np.where(equal, np.nan, spread)
            vcov = vcov * np.where(free, factor, 1.0)[:, None, None]
        se = np.where(good[:, None], np.sqrt(np.einsum("bii->bi", vcov)), np.nan)
        reason[good & (reason == "") & ~(np.isfinite(beta) & np.isfinite(se)).all(axis=1)] = ROUNDED
        uses_t = free & (test != "z")
        tail = 0.5 + level / 2
        t_quantile = by_df(stdtrit, df, tail)
        critical = np.where(uses_t, t_quantile, ndtri(tail))[:, None]
        statistic = beta / se
        p_value = 2 * np.where(uses_t[:, None], stdtr(df[:, None], -np.abs(statistic)), ndtr(-np.abs(statistic)))

        predicts = free & good & (method != "common") & (found is None)
        if prediction == "t":
            reach = critical[:, 0]
        else:
            reach = np.where(k > 2, by_df(stdtrit, np.maximum(df - 1, 1), tail), np.nan)
        half = reach * np.sqrt(se[:, 0] ** 2 + tau2)
        q = np.where(fits, fixed.q, np.nan)
        if method == "common":
            h2 = np.where(free, q / df, 1.0)
            i2 = np.where(free & (q > df), 100 * (q - df) / np.where(q > df, q, 1.0), 0.0)
        else:
            h2 = np.where(free, tau2 / typical + 1, 1.0)
            i2 = np.where(free, 100 * tau2 / (typical + tau2), 0.0)
        limits = _likelihoods(method, at, found, span, k)
        names = found.names if found is not None else ("Intercept",)
        # The mean itself is tested where there is nothing else to test.
        tested = [place for place, name in enumerate(names) if name != "Intercept"] or [0]
        if len(tested) == 1:
            qm = beta[:, tested[0]] ** 2 / vcov[:, tested[0], tested[0]]
        else:
            b, c = beta[:, tested], vcov[:, tested][:, :, tested]
            ok = good & (np.linalg.det(c) > 0)
            qm = np.full(rows, np.nan)
            qm[ok] = np.einsum("bi,bi->b", b[ok], np.linalg.solve(c[ok], b[ok][..., None])[..., 0])
        qm_df = np.full(rows, float(len(tested)))
        if test == "z":
            qm_p = chdtrc(qm_df, qm)
        else:
            qm /= len(tested)
            qm_p = np.where(free, fdtrc(qm_df, df, qm), np.nan)
        r2 = _explained(method, y, v, k, tau2, span, present) if found is not None else np.full(rows, np.nan)
        share = 100 * at.w / at.w.sum(axis=1, keepdims=True)
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
        "i2": i2,
        "h2": h2,
        "q": q,
        "q_df": np.maximum(k - p, 0),
        "q_p": np.where(free, chdtrc(df, q), np.where(fits, 1.0, np.nan)),
        "pi_low": np.where(predicts, beta[:, 0] - half, np.nan),
        "pi_high": np.where(predicts, beta[:, 0] + half, np.nan),
        "k": k,
        "typical": typical,
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


def _likelihoods(method: str, at: Fit, found: Design | None, span: Basis, k: NDArray[np.int_]) -> Floats:
    """Log-likelihood with the constants that programs print."""
    restricted = method == "REML"
    value = log_likelihood(restricted, at, span) - 0.5 * (k - span.p * restricted) * np.log(2 * np.pi)
    if restricted and found is None:
        # log |X'X|, which is no constant once it is dropped from |X'WX|; an orthonormal basis has it built in.
        value = value + 0.5 * np.log(k)
    return np.asarray(value)


def _explained(
    method: Method, y: Floats, v: Floats, k: NDArray[np.int_], tau2: Floats, with_mods: Basis, present: Mask
) -> Floats:
    """R²: by how much τ² falls when the moderators come in (Raudenbush 2009); NaN where they hold no mean."""
    if method == "common":
        return np.full(len(y), np.nan)
    span, _ = basis(None, np.isfinite(v))
    without, _, settled = estimate(method, y, v, span, k)
    share = np.maximum(0.0, 100 * (without - tau2) / np.where(without > 0, without, 1.0))
    ones = present.astype(float)
    nested = row_sum((ones - with_mods.fitted(with_mods.cross(ones, ones))) ** 2 * ones) <= _NESTED * k
    return np.where(settled & nested, np.where(without > 0, share, 0.0), np.nan)
