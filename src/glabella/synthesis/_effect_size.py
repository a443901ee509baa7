"""Effect sizes and their sampling variances from two groups, with metafor's definitions and column letters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

Measure = Literal["OR", "RR", "RD", "MD", "SMD"]

_COUNTS = frozenset({"OR", "RR", "RD"})
_MEANS = frozenset({"MD", "SMD"})


@dataclass(frozen=True, slots=True)
class EffectSizes:
    """Effects of one measure.

    Attributes
    ----------
    measure : str
        The measure; ``OR`` and ``RR`` are on the log scale.
    yi, vi : ndarray of shape (k,)
        Effects and sampling variances.
    """

    measure: str
    yi: Floats
    vi: Floats


def effect_size(
    measure: Measure,
    *,
    vtype: Literal["LS", "UB"] = "LS",
    add: float = 0.5,
    to: Literal["only0", "all", "if0all", "none"] = "only0",
    **columns: ArrayLike,
) -> EffectSizes:
    """Compute effect sizes of ``k`` studies.

    Parameters
    ----------
    measure : {"OR", "RR", "RD", "MD", "SMD"}
        Log odds ratio, log risk ratio, risk difference, mean difference, or standardised mean difference
        (Hedges' g with the exact correction).
    vtype : {"LS", "UB"}
        Variance of the SMD: large-sample approximation, or unbiased.
    add : float
        Added to each cell of a table that ``to`` selects.
    to : {"only0", "all", "if0all", "none"}
        Add to tables with an empty cell, to all, to all when any has an empty cell, or to none.
    **columns : array_like of shape (k,)
        For counts ``ai``, ``ci`` with ``bi``, ``di`` or with ``n1i``, ``n2i``; for means ``m1i``, ``sd1i``,
        ``n1i``, ``m2i``, ``sd2i``, ``n2i``.

    Returns
    -------
    EffectSizes
        ``yi`` and ``vi``; group one minus group two. Entries that are not defined (an empty cell with
        ``to="none"``) are NaN.

    Raises
    ------
    ValueError
        If the measure is unknown, a column is missing or unknown, lengths differ, or a value cannot be;
        the message names the column and the row, counted from one.

    References
    ----------
    Hedges LV. Distribution theory for Glass's estimator of effect size. J Educ Stat 1981;6:107-128.
    Viechtbauer W. Conducting meta-analyses in R with the metafor package. J Stat Softw 2010;36(3).

    Examples
    --------
    >>> found = effect_size("OR", ai=[9], n1i=[15], ci=[2], n2i=[15])
    >>> float(np.exp(found.yi[0]).round(2))
    9.75
    """
    if measure in _COUNTS:
        return _from_counts(measure, add, to, _columns(columns, ("ai", "bi", "ci", "di", "n1i", "n2i")))
    if measure in _MEANS:
        given = _columns(columns, ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i"))
        return _from_means(measure, vtype, given)
    raise ValueError(f"unknown measure {measure!r}; expected one of {sorted(_COUNTS | _MEANS)}")


def correction(m: ArrayLike) -> Floats:
    """Exact small-sample correction J of Hedges for ``m`` degrees of freedom (Hedges 1981, eq. 6e)."""
    from scipy.special import gammaln

    m = np.asarray(m, dtype=float)
    return np.asarray(np.exp(gammaln(m / 2) - 0.5 * np.log(m / 2) - gammaln((m - 1) / 2)), dtype=float)


def _columns(columns: dict[str, ArrayLike], known: tuple[str, ...]) -> dict[str, Floats]:
    if unknown := sorted(set(columns) - set(known)):
        raise ValueError(f"unknown column {unknown[0]!r}; expected some of {list(known)}")
    arrays = {name: np.atleast_1d(np.asarray(column, dtype=float)) for name, column in columns.items()}
    lengths = {name: array.shape for name, array in arrays.items()}
    if len(set(lengths.values())) > 1 or any(len(shape) != 1 for shape in lengths.values()):
        raise ValueError(f"columns differ in shape, expected one length for all: {lengths}")
    return arrays


def _need(columns: dict[str, Floats], *names: str) -> None:
    for name in names:
        if name not in columns:
            raise ValueError(f"column {name!r} is missing")


def _forbid(wrong: NDArray[np.bool_], column: Floats, name: str, expected: str) -> None:
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise ValueError(f"{name} is {column[row]:g} in row {row + 1}, expected {expected}")


def _from_counts(measure: str, add: float, to: str, columns: dict[str, Floats]) -> EffectSizes:
    _need(columns, "ai", "ci")
    cells: list[Floats] = []
    for events, rest, total in (("ai", "bi", "n1i"), ("ci", "di", "n2i")):
        if rest not in columns:
            if total not in columns:
                raise ValueError(f"column {rest!r} or {total!r} is missing")
            _forbid(columns[events] > columns[total], columns[events], events, f"at most {total}")
            columns[rest] = columns[total] - columns[events]
        for name in (events, rest):
            _forbid(columns[name] < 0, columns[name], name, "0 or more")
            cells.append(columns[name])
    if to not in ("only0", "all", "if0all", "none"):
        raise ValueError(f"unknown to {to!r}; expected only0, all, if0all or none")
    tables = np.stack(cells)
    empty = (tables == 0).any(axis=0)
    chosen = {
        "only0": empty,
        "all": np.ones_like(empty),
        "if0all": np.full_like(empty, empty.any()),
        "none": np.zeros_like(empty),
    }[to]
    a, b, c, d = tables + np.where(chosen, add, 0.0)
    n1, n2 = a + b, c + d
    with np.errstate(divide="ignore", invalid="ignore"):
        if measure == "OR":
            yi, vi = np.log(a / b) - np.log(c / d), 1 / a + 1 / b + 1 / c + 1 / d
        elif measure == "RR":
            yi, vi = np.log(a / n1) - np.log(c / n2), 1 / a - 1 / n1 + 1 / c - 1 / n2
        else:
            yi, vi = a / n1 - c / n2, a * b / n1**3 + c * d / n2**3
    defined = np.isfinite(yi) & np.isfinite(vi)
    return EffectSizes(measure, np.where(defined, yi, np.nan), np.where(defined, vi, np.nan))


def _from_means(measure: str, vtype: str, columns: dict[str, Floats]) -> EffectSizes:
    _need(columns, "m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i")
    for name in ("sd1i", "sd2i"):
        _forbid(columns[name] <= 0, columns[name], name, "more than 0")
    for name in ("n1i", "n2i"):
        _forbid(columns[name] < 1, columns[name], name, "1 or more")
    m1, sd1, n1, m2, sd2, n2 = (columns[name] for name in ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i"))
    if measure == "MD":
        return EffectSizes(measure, m1 - m2, sd1**2 / n1 + sd2**2 / n2)
    if vtype not in ("LS", "UB"):
        raise ValueError(f"unknown vtype {vtype!r}; expected LS or UB")
    m = n1 + n2 - 2
    _forbid(m < 2, n1 + n2, "n1i + n2i", "4 or more")
    pooled = np.sqrt(((n1 - 1) * sd1**2 + (n2 - 1) * sd2**2) / m)
    j = correction(m)
    yi = j * (m1 - m2) / pooled
    if vtype == "LS":
        vi = 1 / n1 + 1 / n2 + yi**2 / (2 * (n1 + n2))
    else:
        vi = 1 / n1 + 1 / n2 + (1 - (m - 2) / (m * j**2)) * yi**2
    return EffectSizes(measure, yi, vi)
