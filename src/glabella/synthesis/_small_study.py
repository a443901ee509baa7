"""Small-study effects: whether the effect depends on how small a study is, and what is left if it does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._numbers import MANY, check_level, check_truth, numbers
from glabella.synthesis._pool import Method, Pooled, Test, pool
from glabella.synthesis._rounding import ROUNDING, rounding
from glabella.synthesis._sensitivity import _one

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
Predictor = Literal["sei", "vi", "seinv", "ni", "ninv", "sqrtni", "sqrtninv"]
_NEEDS_N = frozenset({"ni", "ninv", "sqrtni", "sqrtninv"})
#: Predictors that are zero for an infinitely large study, of which the intercept then tells.
_VANISHES = frozenset({"sei", "vi", "ninv", "sqrtninv"})
_NO_LIMIT = "no limit estimate: {} is zero for a study without people, not for an infinitely large one"
#: Distances from the centre that differ by less than this, relative to the largest, are ties: the centre itself is
#: sought to some 1e-11.
_TIE = 1e-9
Ties = Literal["mean", "first"]


@dataclass(frozen=True, slots=True)
class Egger:
    """A regression test for funnel-plot asymmetry.

    Attributes
    ----------
    slope, slope_se, statistic, p_value : float
        How the effect depends on the predictor, and its test.
    df : int or None
        Degrees of freedom of the t distribution; None for z.
    estimate, ci_low, ci_high : float
        The effect of an infinitely large study, for which the predictors ``sei``, ``vi``, ``ninv`` and ``sqrtninv``
        are zero; NaN for the others, which grow with size.
    tau2 : float
        Variance between studies; NaN with multiplicative dispersion.
    reason : str
        Empty, or why there is no limit estimate.
    """

    slope: float
    slope_se: float
    statistic: float
    p_value: float
    df: int | None
    estimate: float
    ci_low: float
    ci_high: float
    tau2: float
    predictor: str
    model: str
    reason: str

    def table(self) -> pl.DataFrame:
        """Give one row."""
        import polars as pl

        return pl.DataFrame({name: [getattr(self, name)] for name in self.__slots__})

    def __str__(self) -> str:
        """Print as analysts know it."""
        letter = "z" if self.df is None else f"t({self.df})"
        limit = self.reason or f"limit estimate {self.estimate:.4f} ({self.ci_low:.4f} to {self.ci_high:.4f})"
        return (f"Regression test for funnel-plot asymmetry ({self.model}, predictor {self.predictor})\n"
                f"{letter} = {self.statistic:.4f}, p = {self.p_value:.4f}\n{limit}")  # fmt: skip


@dataclass(frozen=True, slots=True)
class RankTest:
    """Kendall's rank correlation between effects and variances, with its P value.

    Attributes
    ----------
    tau, p_value : float
        NaN where there is nothing to rank.
    k : int
        Studies.
    reason : str
        Empty, or why there is no correlation.
    """

    tau: float
    p_value: float
    k: int
    reason: str

    def table(self) -> pl.DataFrame:
        """Give one row."""
        import polars as pl

        return pl.DataFrame({name: [getattr(self, name)] for name in self.__slots__})

    def __str__(self) -> str:
        """Print as analysts know it."""
        found = self.reason or f"Kendall's tau = {self.tau:.4f}, p = {self.p_value:.4f}"
        return f"Rank correlation test: {found} (k = {self.k})"


@dataclass(frozen=True, slots=True)
class TrimFill:
    """Trim and fill.

    Attributes
    ----------
    k0 : int
        Studies filled in.
    side : {"left", "right"}
        Where they are missing.
    yi, vi : ndarray of shape (k + k0,)
        Effects and variances, those filled in last.
    filled : ndarray of shape (k + k0,)
        True for those filled in.
    fit : Pooled
        Pooled with them.
    """

    k0: int
    side: str
    yi: Floats
    vi: Floats
    filled: NDArray[np.bool_]
    fit: Pooled

    def table(self) -> pl.DataFrame:
        """Give one row a study, real or filled in."""
        import polars as pl

        return pl.DataFrame({"yi": self.yi, "vi": self.vi, "filled": self.filled})

    def __str__(self) -> str:
        """Print as analysts know it."""
        return f"Studies missing on the {self.side} side: {self.k0}\n\n{self.fit}"


@dataclass(frozen=True, slots=True)
class PetPeese:
    """PET and PEESE: the effect of an infinitely precise study, by two regressions and the rule between them."""

    pet: Egger
    peese: Egger
    chosen: Literal["PET", "PEESE"]

    @property
    def estimate(self) -> float:
        """Estimate of the one that is chosen."""
        return self.pet.estimate if self.chosen == "PET" else self.peese.estimate

    def table(self) -> pl.DataFrame:
        """Give one row a regression."""
        import polars as pl

        both = pl.concat([self.pet.table(), self.peese.table()])
        return both.with_columns(regression=pl.Series(["PET", "PEESE"]), chosen=pl.Series(
            [self.chosen == "PET", self.chosen == "PEESE"]))  # fmt: skip

    def __str__(self) -> str:
        """Print both."""
        lines = [f"{name:5} {each.estimate:.4f} ({each.ci_low:.4f} to {each.ci_high:.4f})"
                 for name, each in (("PET", self.pet), ("PEESE", self.peese))]  # fmt: skip
        return "\n".join([*lines, f"chosen: {self.chosen}"])


def egger(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    model: Literal["rma", "lm"] = "rma",
    predictor: Predictor = "sei",
    ni: ArrayLike | None = None,
    method: Method = "REML",
    test: Test = "z",
    level: float = 0.95,
) -> Egger:
    """Test whether effects depend on how small their study is.

    Parameters
    ----------
    yi, vi : array_like of shape (k,)
        Effects and variances.
    model : {"rma", "lm"}
        Meta-regression with a variance between studies, or weighted regression with multiplicative dispersion
        (Egger's own).
    predictor : str
        ``sei`` (Egger), ``vi``, ``seinv``, ``ni`` (Macaskill), ``ninv`` (Peters), ``sqrtni`` or ``sqrtninv``.
    ni : array_like of shape (k,), optional
        Sizes, for the predictors that need them.
    method, test, level
        As for :func:`pool`; ``method`` and ``test`` with ``model="rma"``.

    Returns
    -------
    Egger
        The test and the limit estimate.

    Raises
    ------
    ValueError
        With fewer than three studies, an unknown model or predictor, or sizes that are missing or not above 0.

    References
    ----------
    Egger M et al. BMJ 1997;315:629-634. Macaskill P et al. Stat Med 2001;20:641-654. Peters JL et al. JAMA
    2006;295:676-680. Sterne JAC, Egger M. 2005.

    Examples
    --------
    >>> round(egger([0.1, 0.4, 0.8, 0.9], [0.01, 0.03, 0.09, 0.2], model="lm").p_value, 3)
    0.034
    """
    y, v = _one(yi, vi, 3)
    check_level(level)
    x = _predictor(predictor, v, ni)
    _check_varied(predictor, x)
    if model == "rma":
        fit = pool(y, v, mods=x, method=method, test=test, level=level)
        return _with_limit(Egger(
            slope=float(fit.estimate[1]), slope_se=float(fit.se[1]), statistic=float(fit.statistic[1]),
            p_value=float(fit.p_value[1]), df=None if test == "z" else len(y) - 2, estimate=float(fit.estimate[0]),
            ci_low=float(fit.ci_low[0]), ci_high=float(fit.ci_high[0]), tau2=fit.tau2, predictor=predictor,
            model=model, reason="",
        ))  # fmt: skip
    if model != "lm":
        raise ValueError(f"unknown model {model!r}; expected rma or lm")
    return _with_limit(_dispersed(y, v, x, predictor, level)[0])


def _with_limit(found: Egger) -> Egger:
    """Take away the intercept where it is no limit."""
    if found.predictor in _VANISHES:
        return found
    nan = float("nan")
    return replace(found, estimate=nan, ci_low=nan, ci_high=nan, reason=_NO_LIMIT.format(found.predictor))


def rank_test(yi: ArrayLike, vi: ArrayLike, *, exact: bool | None = None) -> RankTest:
    """Test the rank correlation of effects and variances.

    Parameters
    ----------
    yi, vi : array_like of shape (k,)
        Effects and variances.
    exact : bool, optional
        Use the exact distribution where there are no ties: by default with fewer than fifty studies (as R's
        ``cor.test``), ``True`` with any number (as metafor does), ``False`` never.

    Returns
    -------
    RankTest
        Where all variances, or all standardised effects, are equal there is no correlation, and ``reason`` says so.

    References
    ----------
    Begg CB, Mazumdar M. Biometrics 1994;50:1088-1101.

    Examples
    --------
    >>> round(rank_test([0.1, 0.4, 0.8, 0.9], [0.01, 0.03, 0.09, 0.2]).tau, 3)
    0.667
    """
    from scipy.stats import kendalltau

    if exact is not None:
        check_truth(exact, "exact")
    y, v = _one(yi, vi, 3)
    weight = 1 / v
    off = y - (weight * y).sum() / weight.sum()
    for what, equal in (("variances", np.ptp(v) <= ROUNDING * v.max()),
                        ("effects", (np.abs(off) <= rounding(y, v)).all())):  # fmt: skip
        if equal:
            return RankTest(float("nan"), float("nan"), len(y), f"all {what} are equal: there is no order of them")
    own = v - 1 / weight.sum()
    for row in np.flatnonzero(own <= ROUNDING * v):
        # A study that outweighs all others by far: both are differences of which rounding leaves nothing.
        own[row] = v[row] * (np.delete(weight, row).sum() / weight.sum())
        off[row] = (weight * (y[row] - y)).sum() / weight.sum()
    standard = off / np.sqrt(own)
    ties = len(np.unique(standard)) < len(y) or len(np.unique(v)) < len(y)
    wanted = len(y) < 50 if exact is None else exact
    way = "exact" if wanted and not ties else "asymptotic"
    found = kendalltau(standard, v, method=way)
    return RankTest(float(found.statistic), float(found.pvalue), len(y), "")


def trim_fill(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    estimator: Literal["L0", "R0"] = "L0",
    side: Literal["left", "right"] | None = None,
    ties: Ties = "mean",
    method: Method = "REML",
    test: Test = "knha",
    level: float = 0.95,
) -> TrimFill:
    """Trim the lopsided studies, find the centre of the rest, and fill in their mirror images.

    Parameters
    ----------
    yi, vi, method, test, level
        As for :func:`pool`; ``yi`` and ``vi`` of shape (k,).
    estimator : {"L0", "R0"}
        Of the number of studies missing.
    side : {"left", "right"}, optional
        Where they are missing; found by regression on the standard error when left out.
    ties : {"mean", "first"}
        Studies at the same distance from the centre share the mean of their ranks, and of equal effects the least
        precise is trimmed first, so that the answer is one for one set of studies. With "first" earlier rows have
        the lower ranks and are kept longer, as in metafor: there the answer depends on the order of the rows.

    Returns
    -------
    TrimFill
        The studies with those filled in, pooled.

    Raises
    ------
    ValueError
        As :func:`pool`, with fewer than three studies, if a side must be named because all variances are equal, or
        if all studies but one are trimmed.

    References
    ----------
    Duval S, Tweedie R. JASA 2000;95:89-98; Biometrics 2000;56:455-463.

    Examples
    --------
    >>> trim_fill([0.1, 0.2, 0.8, 0.9], [0.01, 0.01, 0.09, 0.2]).k0
    1
    """
    y, v = _one(yi, vi, 3)
    for name, asked, known in (("estimator", estimator, ("L0", "R0")), ("side", side, (None, "left", "right")),
                               ("ties", ties, ("mean", "first"))):  # fmt: skip
        if asked not in known:
            raise ValueError(f"unknown {name} {asked!r}; expected {' or '.join(each for each in known if each)}")
    side = side or _lighter_side(y, v, method)
    sign = -1.0 if side == "right" else 1.0
    order = np.argsort(sign * y, kind="stable")
    if ties == "mean":
        order = np.lexsort((v, _levels(sign * y, _TIE * np.ptp(y))))
    ordered, variances = sign * y[order], v[order]
    k, k0 = len(y), 0
    seen: list[int] = []
    centre = 0.0
    while k0 not in seen:
        seen.append(k0)
        rest = slice(0, k - k0)
        if k - k0 < 2:
            raise ValueError("trim and fill trimmed all studies but one; there is no centre to fill around")
        centre = pool(ordered[rest], variances[rest], method=method, test="z").estimate
        k0 = _missing(ordered - centre, estimator, ties)
    mirrored = 2 * centre - ordered[k - k0 :]
    all_y = np.concatenate([y, sign * mirrored])
    all_v = np.concatenate([v, variances[k - k0 :]])
    fit = pool(all_y, all_v, method=method, test=test, level=level)
    return TrimFill(k0, side, all_y, all_v, np.arange(k + k0) >= k, fit)


def _lighter_side(y: Floats, v: Floats, method: Method) -> Literal["left", "right"]:
    """Find the side on which small studies are missing: the left, unless their effects are the smaller."""
    se = np.sqrt(v)
    if np.ptp(se) <= ROUNDING * se.max():
        raise ValueError("all variances are equal, so that no side can be found; expected side 'left' or 'right'")
    fit = pool(y, v, mods=se, method=method, test="z")
    # A slope that is rounding has the sign of the order of the rows.
    return "right" if fit.estimate[1] < -_TIE * fit.se[1] else "left"


def _missing(off: Floats, estimator: str, ties: Ties) -> int:
    """How many studies are missing on the left, by the distances of those that there are from the centre."""
    k, away, near = len(off), np.abs(off), 0.0
    ranks = np.empty(k)
    ranks[np.argsort(away, kind="stable")] = np.arange(1, k + 1)
    if ties == "mean":
        near = _TIE * away.max()
        level = _levels(away, near)
        ranks = (np.bincount(level, weights=ranks) / np.bincount(level))[level]
    if estimator == "R0":
        left = ranks[off < -near]
        raw = k - (left.max() if left.size else 0) - 1
    else:
        raw = (4 * ranks[off > near].sum() - k * (k + 1)) / (2 * k - 1)
    # A mean rank may leave half a study missing, which is none.
    return max(0, int(np.ceil(raw - 0.5)))


def _levels(values: Floats, near: float) -> NDArray[np.int_]:
    """Give values the numbers of their order, those as good as equal the same."""
    order = np.argsort(values, kind="stable")
    level = np.empty(len(values), dtype=int)
    level[order] = np.concatenate([[0], np.cumsum(np.diff(values[order]) > near)])
    return level


def pet_peese(yi: ArrayLike, vi: ArrayLike, *, level: float = 0.95) -> PetPeese:
    """Estimate the effect of an infinitely precise study.

    PET regresses on the standard error, PEESE on the variance; PEESE is taken where PET finds an effect
    (one-sided P below 0.05 in the direction found).

    Parameters
    ----------
    yi, vi : array_like of shape (k,)
        Effects and variances.
    level : float
        Of the intervals.

    References
    ----------
    Stanley TD, Doucouliagos H. Res Synth Methods 2014;5:60-78.

    Examples
    --------
    >>> pet_peese([0.1, 0.4, 0.8, 0.9], [0.01, 0.03, 0.09, 0.2]).chosen
    'PET'
    """
    from scipy.special import stdtr

    y, v = _one(yi, vi, 3)
    check_level(level)
    pet, se = _dispersed(y, v, np.sqrt(v), "sei", level)
    peese, _ = _dispersed(y, v, v, "vi", level)
    one_sided = stdtr(len(y) - 2, -abs(pet.estimate) / se)
    return PetPeese(pet, peese, "PEESE" if one_sided < 0.05 else "PET")


def _predictor(predictor: str, v: Floats, ni: ArrayLike | None) -> Floats:
    known = {"sei": np.sqrt(v), "vi": v, "seinv": 1 / np.sqrt(v)}
    if predictor not in (*known, *_NEEDS_N):
        raise ValueError(f"unknown predictor {predictor!r}; expected one of {sorted([*known, *_NEEDS_N])}")
    if predictor in _NEEDS_N:
        if ni is None:
            raise ValueError(f"predictor {predictor!r} needs the studies' sizes: ni is missing")
        n = numbers(ni, "ni")
        if n.shape != v.shape:
            raise ValueError(f"ni has shape {n.shape}, expected {v.shape}")
        wrong = ~((n >= 1 / MANY) & (n <= MANY))
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            raise ValueError(f"ni is {n[row]:g} in row {row + 1}, expected a number above 0, up to {MANY:g}")
        by_size: dict[str, Floats] = {"ni": n, "ninv": 1 / n, "sqrtni": np.sqrt(n), "sqrtninv": 1 / np.sqrt(n)}
        return by_size[predictor]
    return known[predictor]


def _check_varied(predictor: str, x: Floats) -> None:
    if np.ptp(x) <= ROUNDING * np.abs(x).max():
        raise ValueError(f"predictor {predictor} is the same for all studies")


def _dispersed(y: Floats, v: Floats, x: Floats, predictor: str, level: float) -> tuple[Egger, float]:
    """Weighted regression whose residual variance is estimated, and the standard error of its intercept."""
    from scipy.special import stdtr

    root = 1 / np.sqrt(v)
    design = np.column_stack([np.ones_like(x), x]) * root[:, None]
    q, r = np.linalg.qr(design)
    if abs(r[1, 1]) <= 1e-9 * np.linalg.norm(design[:, 1]):
        raise ValueError(f"predictor {predictor} is the same for all studies")
    back = np.linalg.inv(r)
    beta = back @ (q.T @ (root * y))
    df = len(y) - 2
    residual = root * y - design @ beta
    if (np.abs(residual) <= root * rounding(y, v)).all():
        raise ValueError("effects that lie exactly on the regression's line leave no variance to test with")
    vcov = back @ back.T * (residual @ residual) / df
    se = np.sqrt(np.diag(vcov))
    statistic = beta[1] / se[1]
    half = _critical(df, level) * se[0]
    found = Egger(
        slope=float(beta[1]), slope_se=float(se[1]), statistic=float(statistic),
        p_value=float(2 * stdtr(df, -abs(statistic))), df=df, estimate=float(beta[0]),
        ci_low=float(beta[0] - half), ci_high=float(beta[0] + half), tau2=float("nan"), predictor=predictor,
        model="lm", reason="",
    )  # fmt: skip
    return found, float(se[0])


def _critical(df: int, level: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(df, 0.5 + level / 2))
