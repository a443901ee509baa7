"""Pool counts without a normal approximation within studies: Mantel-Haenszel and Peto."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    import polars

from glabella.synthesis._numbers import HUGE, MANY, check_level, check_truth, numbers

Floats = NDArray[np.float64]
MHMeasure = Literal["OR", "RR", "RD", "IRR", "IRD"]

_TABLE = ("ai", "bi", "ci", "di", "n1i", "n2i")
_RATES = ("x1i", "t1i", "x2i", "t2i")
_TIMES = ("t1i", "t2i")
_LOG = frozenset({"OR", "RR", "IRR"})


@dataclass(frozen=True, slots=True)
class MantelHaenszel:
    """A Mantel-Haenszel estimate.

    Attributes
    ----------
    measure : str
        As asked; ``OR``, ``RR`` and ``IRR`` are on the log scale.
    estimate, se, statistic, p_value, ci_low, ci_high : float
        The common effect, its standard error, z test and confidence interval.
    q, q_p : float
        Heterogeneity of the studies' own effects around the estimate, with inverse-variance weights. Its
        degrees of freedom are ``q_df``; studies without an event, or with nothing else, do not enter.
    cmh, cmh_p : float
        Cochran-Mantel-Haenszel test of no effect; for ``OR`` and ``IRR``, otherwise NaN.
    breslow_day, breslow_day_p, tarone, tarone_p : float
        Tests of equal odds ratios, with ``q_df`` degrees of freedom; for ``OR``, otherwise NaN.
    k : int
        Studies with a defined effect.
    q_df : int
        Degrees of freedom of the tests of heterogeneity.
    level : float
        Of the interval.
    """

    measure: MHMeasure
    estimate: float
    se: float
    statistic: float
    p_value: float
    ci_low: float
    ci_high: float
    q: float
    q_df: int
    q_p: float
    cmh: float
    cmh_p: float
    breslow_day: float
    breslow_day_p: float
    tarone: float
    tarone_p: float
    k: int
    level: float

    def table(self) -> polars.DataFrame:
        """Give one row: the estimate with its tests."""
        import polars

        return polars.DataFrame({one.name: [getattr(self, one.name)] for one in fields(self)})

    def __str__(self) -> str:
        lines = [f"Mantel-Haenszel common-effect model (k = {self.k}; measure {_scale(self.measure)})", ""]
        lines += _coefficient(self)
        lines += ["", f"Heterogeneity: {_chi2('Q', self.q, self.q_df, self.q_p)}"]
        if self.cmh == self.cmh:
            lines.append(f"Cochran-Mantel-Haenszel test: {_chi2('CMH', self.cmh, 1, self.cmh_p)}")
        if self.measure == "OR":
            lines.append(f"Breslow-Day test: {_chi2('X2', self.breslow_day, self.q_df, self.breslow_day_p)}")
            lines.append(f"Tarone's test: {_chi2('X2', self.tarone, self.q_df, self.tarone_p)}")
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Peto:
    """Peto's one-step log odds ratio.

    Attributes
    ----------
    estimate, se, statistic, p_value, ci_low, ci_high : float
        The common log odds ratio, its standard error, z test and confidence interval.
    q, q_p : float
        Heterogeneity of the studies' own one-step log odds ratios, with ``q_df`` degrees of freedom.
    k : int
        Studies with an event and a non-event; the others carry no information.
    q_df : int
        Degrees of freedom.
    level : float
        Of the interval.
    """

    estimate: float
    se: float
    statistic: float
    p_value: float
    ci_low: float
    ci_high: float
    q: float
    q_df: int
    q_p: float
    k: int
    level: float

    def table(self) -> polars.DataFrame:
        """Give one row: the estimate with its test of heterogeneity."""
        import polars

        return polars.DataFrame({one.name: [getattr(self, one.name)] for one in fields(self)})

    def __str__(self) -> str:
        head = f"Peto's one-step common-effect model (k = {self.k}; measure log OR)"
        return "\n".join([head, "", *_coefficient(self), "", _heterogeneity(self)])


def _scale(measure: str) -> str:
    return f"log {measure}" if measure in _LOG else measure


def _coefficient(fit: MantelHaenszel | Peto) -> list[str]:
    head = f"{'estimate':>10} {'se':>9} {'z':>9} {'p':>8} {'ci_low':>9} {'ci_high':>9}"
    p = "<.0001" if fit.p_value < 1e-4 else f"{fit.p_value:.4f}"
    row = (
        f"{fit.estimate:>10.4f} {fit.se:>9.4f} {fit.statistic:>9.4f} {p:>8} {fit.ci_low:>9.4f} {fit.ci_high:>9.4f}"
    )
    return [head, row]


def _heterogeneity(fit: MantelHaenszel | Peto) -> str:
    return f"Heterogeneity: {_chi2('Q', fit.q, fit.q_df, fit.q_p)}"


def _chi2(name: str, value: float, df: int, p: float) -> str:
    return f"{name}(df = {df}) = {value:.4f}, p {'< .0001' if p < 1e-4 else f'= {p:.4f}'}"


def pool_mh(
    measure: MHMeasure, *, level: float = 0.95, correct: bool = True, **columns: ArrayLike
) -> MantelHaenszel:
    """Pool two-group counts of ``k`` studies by Mantel and Haenszel's method.

    Empty cells need no correction here and get none; only ``q``, which uses the studies' own effects, adds 0.5
    to the cells of a table that has an empty one.

    Parameters
    ----------
    measure : {"OR", "RR", "RD", "IRR", "IRD"}
        Log odds ratio, log risk ratio, risk difference, log incidence rate ratio or rate difference.
    level : float
        Of the confidence interval.
    correct : bool
        Continuity correction of the Cochran-Mantel-Haenszel test: one half, where the difference from the
        expectation is at least that.
    **columns : array_like of shape (k,)
        ``ai``, ``ci`` with ``bi``, ``di`` or with ``n1i``, ``n2i``; for rates events ``x1i``, ``x2i`` and
        person-times ``t1i``, ``t2i``.

    Returns
    -------
    MantelHaenszel
        Group one against group two.

    Raises
    ------
    ValueError
        If the measure is unknown, a column is missing, unknown or of another length, a value cannot be, or
        the estimate does not exist because no study has an event in one of the groups.

    References
    ----------
    Mantel N, Haenszel W. J Natl Cancer Inst 1959;22:719-748. Robins J, Breslow N, Greenland S. Biometrics
    1986;42:311-323 (variance of the OR). Greenland S, Robins JM. Biometrics 1985;41:55-68 (RR and rates).
    Sato T, Greenland S, Robins JM. Biometrics 1989;45:1323-1324 (RD). Breslow NE, Day NE. Statistical Methods
    in Cancer Research, volume 1. IARC 1980. Tarone RE. Biometrika 1985;72:91-95.

    Examples
    --------
    >>> fit = pool_mh("OR", ai=[9, 4], n1i=[15, 20], ci=[2, 1], n2i=[15, 20])
    >>> round(float(np.exp(fit.estimate)), 2)
    7.25
    """
    if measure not in ("OR", "RR", "RD", "IRR", "IRD"):
        raise ValueError(f"unknown measure {measure!r}; expected OR, RR, RD, IRR or IRD")
    check_level(level)
    check_truth(correct, "correct")
    tests = dict.fromkeys(("cmh", "cmh_p", "breslow_day", "breslow_day_p", "tarone", "tarone_p"), float("nan"))
    if measure in ("IRR", "IRD"):
        x1, t1, x2, t2 = rates(columns)
        estimate, se = _mh_rates(measure, x1, t1, x2, t2)
        yi, vi = _own_rates(measure, x1, t1, x2, t2)
        if measure == "IRR":
            share = t1 / (t1 + t2)
            m = x1 + x2
            tests["cmh"], tests["cmh_p"] = _cmh(x1 - m * share, m * share * (1 - share), correct)
    else:
        a, b, c, d = tables(columns)
        estimate, se = _mh_counts(measure, a, b, c, d)
        yi, vi = _own_counts(measure, a, b, c, d)
        if measure == "OR":
            difference, variance = _hypergeometric(a, b, c, d)
            tests["cmh"], tests["cmh_p"] = _cmh(difference, variance, correct)
            tests |= _homogeneity(estimate, a, b, c, d)
    q, q_df, q_p = _heterogeneity_test(yi, vi, estimate)
    return MantelHaenszel(
        measure=measure, **_wald(estimate, se, level), q=q, q_df=q_df, q_p=q_p, **tests, k=len(yi), level=level
    )


def pool_peto(*, level: float = 0.95, **columns: ArrayLike) -> Peto:
    """Pool 2×2 tables of ``k`` studies by Peto's one-step method.

    Parameters
    ----------
    level : float
        Of the confidence interval.
    **columns : array_like of shape (k,)
        ``ai``, ``ci`` with ``bi``, ``di`` or with ``n1i``, ``n2i``.

    Returns
    -------
    Peto
        Log odds ratio of group one against group two. It is biased where groups are of very different size or
        the effect is large.

    Raises
    ------
    ValueError
        If a column is missing, unknown or of another length, a value cannot be, or no table has both an event
        and a non-event.

    References
    ----------
    Yusuf S, Peto R, Lewis J, Collins R, Sleight P. Prog Cardiovasc Dis 1985;27:335-371.
    Greenland S, Salvan A. Stat Med 1990;9:247-252 (bias).

    Examples
    --------
    >>> fit = pool_peto(ai=[1, 0, 2], n1i=[100, 80, 150], ci=[4, 3, 5], n2i=[100, 80, 150])
    >>> round(fit.estimate, 3), fit.k
    (-1.223, 3)
    """
    check_level(level)
    difference, variance = _hypergeometric(*tables(columns))
    if not variance.sum() > 0:
        raise ValueError("no table has both an event and a non-event, expected at least one that has")
    estimate = float(difference.sum() / variance.sum())
    se = float(1 / np.sqrt(variance.sum()))
    informs = variance > 0
    own, weight = difference[informs] / variance[informs], variance[informs]
    q, q_df, q_p = _heterogeneity_test(own, 1 / weight, estimate)
    return Peto(**_wald(estimate, se, level), q=q, q_df=q_df, q_p=q_p, k=len(own), level=level)


def tables(columns: dict[str, ArrayLike]) -> tuple[Floats, Floats, Floats, Floats]:
    """Give the cells a, b, c, d of 2×2 tables, from either way of writing them."""
    given = _columns(columns, _TABLE)
    cells: list[Floats] = []
    for events, rest, total in (("ai", "bi", "n1i"), ("ci", "di", "n2i")):
        if events not in given:
            raise ValueError(f"column {events!r} is missing")
        if rest not in given and total not in given:
            raise ValueError(f"column {rest!r} or {total!r} is missing")
        others = given[rest] if rest in given else given[total] - given[events]
        _refuse(given[events] < 0, given[events], events, "0 or more")
        if rest in given:
            _refuse(others < 0, others, rest, "0 or more")
            if total in given:
                unequal = given[events] + others != given[total]
                _refuse(unequal, given[total], total, f"{events} + {rest}")
        else:
            _refuse(others < 0, given[events], events, f"at most {total}")
        _refuse(given[events] + others == 0, given[events] + others, total, "1 or more")
        cells += [given[events], others]
    a, b, c, d = cells
    return a, b, c, d


def rates(columns: dict[str, ArrayLike]) -> tuple[Floats, Floats, Floats, Floats]:
    """Give events and person-times x1, t1, x2, t2."""
    given = _columns(columns, _RATES)
    for name in _RATES:
        if name not in given:
            raise ValueError(f"column {name!r} is missing")
    for name in ("x1i", "x2i"):
        _refuse(given[name] < 0, given[name], name, "0 or more")
    for name in ("t1i", "t2i"):
        _refuse(given[name] <= 0, given[name], name, "more than 0")
    return given["x1i"], given["t1i"], given["x2i"], given["t2i"]


def proportions(columns: dict[str, ArrayLike]) -> tuple[Floats, Floats]:
    """Give events and non-events of one group."""
    given = _columns(columns, ("xi", "ni"))
    for name in ("xi", "ni"):
        if name not in given:
            raise ValueError(f"column {name!r} is missing")
    _refuse(given["xi"] < 0, given["xi"], "xi", "0 or more")
    _refuse(given["ni"] < 1, given["ni"], "ni", "1 or more")
    _refuse(given["xi"] > given["ni"], given["xi"], "xi", "at most ni")
    return given["xi"], given["ni"] - given["xi"]


def _columns(columns: dict[str, ArrayLike], known: tuple[str, ...]) -> dict[str, Floats]:
    if unknown := sorted(set(columns) - set(known)):
        raise ValueError(f"unknown column {unknown[0]!r}; expected some of {list(known)}")
    arrays = {name: np.atleast_1d(numbers(column, f"column {name!r}")) for name, column in columns.items()}
    shapes = {name: array.shape for name, array in arrays.items()}
    if len(set(shapes.values())) > 1 or any(len(shape) != 1 for shape in shapes.values()):
        raise ValueError(f"columns differ in shape, expected one length for all: {shapes}")
    for name, array in arrays.items():
        if array.size == 0:
            raise ValueError(f"column {name!r} is empty, expected at least one study")
        _refuse(~np.isfinite(array), array, name, "a finite number")
        most = HUGE if name in _TIMES else MANY
        size = np.abs(array)
        _refuse((size > most) | ((size > 0) & (size < 1 / most)), array, name, f"{1 / most:g} to {most:g}, or 0")
    return arrays


def _refuse(wrong: NDArray[np.bool_], column: Floats, name: str, expected: str) -> None:
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise ValueError(f"{name} is {column[row]:g} in row {row + 1}, expected {expected}")


def _wald(estimate: float, se: float, level: float) -> dict[str, float]:
    from scipy.special import ndtr, ndtri

    critical = float(ndtri(0.5 + level / 2))
    # Where every patient of one group and none of the other has the event, a risk difference has no error.
    statistic = estimate / se if se > 0 else float(np.copysign(np.inf, estimate))
    return {
        "estimate": estimate,
        "se": se,
        "statistic": statistic,
        "p_value": 2 * float(ndtr(-abs(statistic))),
        "ci_low": estimate - critical * se,
        "ci_high": estimate + critical * se,
    }


def _heterogeneity_test(yi: Floats, vi: Floats, estimate: float) -> tuple[float, int, float]:
    from scipy.special import chdtrc

    q, df = float(((yi - estimate) ** 2 / vi).sum()), len(yi) - 1
    return (q, df, float(chdtrc(df, q))) if df > 0 else (0.0, max(df, 0), 1.0)


def _log_ratio(up: float, down: float, what: str) -> float:
    if not (up > 0 and down > 0):
        raise ValueError(f"the {what} is not defined: no study has an event in one of the groups to set against")
    return float(np.log(up / down))


def _mh_counts(measure: str, a: Floats, b: Floats, c: Floats, d: Floats) -> tuple[float, float]:
    n1, n2 = a + b, c + d
    n = n1 + n2
    if measure == "OR":
        p, q = (a + d) / n, (b + c) / n
        r, s = a * d / n, b * c / n
        R, S = float(r.sum()), float(s.sum())
        estimate = _log_ratio(R, S, "odds ratio")
        variance = ((p * r).sum() / R**2 + (p * s + q * r).sum() / (R * S) + (q * s).sum() / S**2) / 2
    elif measure == "RR":
        R, S = float((a * n2 / n).sum()), float((c * n1 / n).sum())
        estimate = _log_ratio(R, S, "risk ratio")
        variance = ((n1 * n2 * (a + c) / n - a * c) / n).sum() / (R * S)
    else:
        weight = n1 * n2 / n
        if not (a + c).sum() > 0 or not (b + d).sum() > 0:
            raise ValueError("the risk difference has no standard error: no study has an event, or a non-event")
        estimate = float(((a * n2 - c * n1) / n).sum() / weight.sum())
        # Sato's variance is consistent both for few large and for many sparse strata.
        p = (c * n1**2 - a * n2**2 + n1 * n2 * (n2 - n1) / 2) / n**2
        q = (a * d + b * c) / (2 * n)
        variance = (estimate * p.sum() + q.sum()) / weight.sum() ** 2
    return estimate, float(np.sqrt(variance))


def _mh_rates(measure: str, x1: Floats, t1: Floats, x2: Floats, t2: Floats) -> tuple[float, float]:
    t = t1 + t2
    R, S = float((x1 * t2 / t).sum()), float((x2 * t1 / t).sum())
    if measure == "IRR":
        estimate = _log_ratio(R, S, "rate ratio")
        return estimate, float(np.sqrt((t1 * t2 * (x1 + x2) / t**2).sum() / (R * S)))
    weight = t1 * t2 / t
    if not (x1 + x2).sum() > 0:
        raise ValueError("the rate difference has no standard error: no study has an event")
    variance = (weight**2 * (x1 / t1**2 + x2 / t2**2)).sum() / weight.sum() ** 2
    return (R - S) / float(weight.sum()), float(np.sqrt(variance))


def _own_counts(measure: str, a: Floats, b: Floats, c: Floats, d: Floats) -> tuple[Floats, Floats]:
    from glabella.synthesis._effect_size import effect_size

    informs = (a + c > 0) & (b + d > 0)
    cells = {"ai": a[informs], "bi": b[informs], "ci": c[informs], "di": d[informs]}
    # The half is added to every cell, as where Q is known from: also to a difference's.
    found = effect_size(measure, add=0.5, **cells)  # type: ignore[arg-type]
    return found.yi, found.vi


def _own_rates(measure: str, x1: Floats, t1: Floats, x2: Floats, t2: Floats) -> tuple[Floats, Floats]:
    informs = x1 + x2 > 0
    x1, t1, x2, t2 = x1[informs], t1[informs], x2[informs], t2[informs]
    half = np.where((x1 == 0) | (x2 == 0), 0.5, 0.0)
    x1, x2 = x1 + half, x2 + half
    if measure == "IRR":
        return np.log(x1 / t1) - np.log(x2 / t2), 1 / x1 + 1 / x2
    return x1 / t1 - x2 / t2, x1 / t1**2 + x2 / t2**2


def _hypergeometric(a: Floats, b: Floats, c: Floats, d: Floats) -> tuple[Floats, Floats]:
    """Observed minus expected events of group one, and their variance, given the margins and no effect."""
    n1, n2, m1, m0 = a + b, c + d, a + c, b + d
    n = n1 + n2
    return a - n1 * m1 / n, n1 * n2 * m1 * m0 / (n**2 * (n - 1))


def _cmh(difference: Floats, variance: Floats, correct: bool) -> tuple[float, float]:
    from scipy.special import chdtrc

    distance, total = abs(float(difference.sum())), float(variance.sum())
    if total == 0:
        return float("nan"), float("nan")
    # A correction beyond the distance itself would turn the sign.
    half = 0.5 if correct and distance >= 0.5 else 0.0
    statistic = (distance - half) ** 2 / total
    return statistic, float(chdtrc(1, statistic))


def _homogeneity(estimate: float, a: Floats, b: Floats, c: Floats, d: Floats) -> dict[str, float]:
    """Breslow and Day's test at the Mantel-Haenszel odds ratio, and Tarone's correction of it."""
    from scipy.special import chdtrc

    informs = (a + c > 0) & (b + d > 0)
    a, b, c, d = a[informs], b[informs], c[informs], d[informs]
    n1, n2, m1 = a + b, c + d, a + c
    ratio = np.exp(estimate)
    # Expected events solve e (n2 - m1 + e) = ratio (n1 - e) (m1 - e), a quadratic in e. The root written with
    # the discriminant in the denominator loses no digits near ratio 1, where the square term vanishes.
    square, linear, constant = 1 - ratio, n2 - m1 + ratio * (n1 + m1), -ratio * n1 * m1
    e = -2 * constant / (linear + np.sqrt(linear**2 - 4 * square * constant))
    variance = 1 / (1 / e + 1 / (n1 - e) + 1 / (m1 - e) + 1 / (n2 - m1 + e))
    breslow_day = float(((a - e) ** 2 / variance).sum())
    tarone = breslow_day - float((a - e).sum() ** 2 / variance.sum())
    df = len(a) - 1
    p = [float(chdtrc(df, value)) if df > 0 else 1.0 for value in (breslow_day, tarone)]
    return {"breslow_day": breslow_day, "breslow_day_p": p[0], "tarone": tarone, "tarone_p": p[1]}
