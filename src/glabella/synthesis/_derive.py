"""Standard derivations of what a report leaves out: SDs from their relatives, g from test statistics.

Each is one formula on scalars or arrays, and gives finite numbers or a ValueError that names the argument.
What comes from the P or the interval of a difference goes by Student's t with n1 + n2 - 2 degrees of freedom,
whatever the size: so a difference with its P gives the same g as the P alone.

References: Higgins JPT et al. (eds), Cochrane Handbook version 6.5, section 6.5.2; Borenstein M et al.
Introduction to Meta-Analysis, 2009, chapters 4 and 7.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._effect_size import correction

Floats = NDArray[np.float64]
_Rule = tuple[Callable[[Any], Any], str]

_ANY: _Rule = (np.isfinite, "a finite number")
_POSITIVE: _Rule = (lambda x: x > 0, "more than 0")
_PEOPLE: _Rule = (lambda n: n >= 1, "1 or more")
_TWO: _Rule = (lambda n: n >= 2, "2 or more")
_NOT_ZERO: _Rule = (lambda x: x != 0, "a finite number other than 0")
_INSIDE: _Rule = (lambda p: (p > 0) & (p < 1), "more than 0 and less than 1")

#: Overflow is refused by name below, and needs no warning of its own.
_QUIET = np.errstate(all="ignore")


@_QUIET
def sd_from_se(se: ArrayLike, n: ArrayLike) -> Floats:
    """SD of a group of ``n`` from the standard error of its mean (Handbook 6.5.2.2).

    Raises
    ------
    ValueError
        If the standard error is not above 0, or the group is empty.
    """
    se, n = _given(se=(se, _POSITIVE), n=(n, _PEOPLE))
    return _finite(se * np.sqrt(n), se=se, n=n)


@_QUIET
def sd_from_ci(low: ArrayLike, high: ArrayLike, n: ArrayLike, level: ArrayLike = 0.95) -> Floats:
    """SD of a group of ``n`` from the confidence interval of its mean, by Student's t (Handbook 6.5.2.2).

    Raises
    ------
    ValueError
        If the lower limit is not below the upper one, or the group has fewer than two people.
    """
    low, high, n, level = _given(low=(low, _ANY), high=(high, _ANY), n=(n, _TWO), level=(level, _INSIDE))
    _ordered(low, high)
    return _finite(np.sqrt(n) * _half_width(low, high, n - 1, level), low=low, high=high, n=n)


@_QUIET
def sd_of_change(baseline: ArrayLike, endpoint: ArrayLike, correlation: ArrayLike) -> Floats:
    """SD of change from the SDs before and after and their correlation (Handbook 6.5.2.8).

    Raises
    ------
    ValueError
        If an SD is not above 0, or the correlation is not between -1 and 1.
    """
    within: _Rule = (lambda r: np.abs(r) <= 1, "-1 to 1")
    before, after, r = _given(
        baseline=(baseline, _POSITIVE), endpoint=(endpoint, _POSITIVE), correlation=(correlation, within)
    )
    # The law of cosines as a sum of squares: alike SDs that go together leave 0, not the root of a rounding.
    sd = np.hypot(before - after, np.sqrt(2 * (1 - r)) * np.sqrt(before) * np.sqrt(after))
    return _finite(sd, baseline=before, endpoint=after)


@_QUIET
def smd_from_d(d: ArrayLike, n1: ArrayLike, n2: ArrayLike) -> tuple[Floats, Floats]:
    """Hedges' g and its large-sample variance from Cohen's d (Borenstein 4.18 to 4.24, exact J).

    Raises
    ------
    ValueError
        If d is not finite, a group is empty, or both together have fewer than four people.
    """
    d, n1, n2 = _given(d=(d, _ANY), n1=(n1, _PEOPLE), n2=(n2, _PEOPLE))
    _together(n1, n2)
    g = _finite(correction(n1 + n2 - 2) * d + 0.0, d=d, n1=n1, n2=n2)  # nil has no sign
    return g, _finite(1 / n1 + 1 / n2 + g**2 / (2 * (n1 + n2)), d=d, n1=n1, n2=n2)


@_QUIET
def smd_from_t(t: ArrayLike, n1: ArrayLike, n2: ArrayLike) -> tuple[Floats, Floats]:
    """Hedges' g and its variance from Student's t of two independent groups.

    Raises
    ------
    ValueError
        As :func:`smd_from_d`.
    """
    t, n1, n2 = _given(t=(t, _ANY), n1=(n1, _PEOPLE), n2=(n2, _PEOPLE))
    return smd_from_d(_finite(t * np.sqrt(1 / n1 + 1 / n2), t=t), n1, n2)


@_QUIET
def smd_from_f(f: ArrayLike, n1: ArrayLike, n2: ArrayLike, sign: ArrayLike) -> tuple[Floats, Floats]:
    """Hedges' g and its variance from F with one numerator degree of freedom, which is t squared.

    Raises
    ------
    ValueError
        If F is negative, the sign is 0, and as :func:`smd_from_d`.
    """
    not_negative: _Rule = (lambda x: x >= 0, "0 or more")
    f, sign = _given(f=(f, not_negative), sign=(sign, _NOT_ZERO))
    return smd_from_t(np.sign(sign) * np.sqrt(f), n1, n2)


@_QUIET
def smd_from_p(p: ArrayLike, n1: ArrayLike, n2: ArrayLike, sign: ArrayLike) -> tuple[Floats, Floats]:
    """Hedges' g and its variance from the exact two-sided P of a t test.

    Raises
    ------
    ValueError
        If P is not between 0 and 1, the sign is 0, and as :func:`smd_from_d`.
    """
    p, n1, n2, sign = _given(p=(p, _INSIDE), n1=(n1, _PEOPLE), n2=(n2, _PEOPLE), sign=(sign, _NOT_ZERO))
    _together(n1, n2)
    return smd_from_t(np.sign(sign) * _finite(_t_of(p, n1 + n2 - 2), p=p), n1, n2)


@_QUIET
def se_from_p(difference: ArrayLike, p: ArrayLike, n1: ArrayLike, n2: ArrayLike) -> Floats:
    """Find the standard error of a difference of two means from its exact two-sided P (Handbook 6.5.2.3).

    Raises
    ------
    ValueError
        If P is not between 0 and 1, the difference is 0, or the groups together have fewer than three people.
    """
    difference, p, n1, n2 = _given(
        difference=(difference, _NOT_ZERO),
        p=(p, _INSIDE), n1=(n1, _PEOPLE), n2=(n2, _PEOPLE),
    )  # fmt: skip
    _together(n1, n2, least=3)
    return _finite(np.abs(difference) / _t_of(p, n1 + n2 - 2), positive=True, difference=difference, p=p)


@_QUIET
def se_from_ci(low: ArrayLike, high: ArrayLike, n1: ArrayLike, n2: ArrayLike, level: ArrayLike = 0.95) -> Floats:
    """Find the standard error of a difference of two means from its confidence interval (Handbook 6.5.2.3).

    Raises
    ------
    ValueError
        If the lower limit is not below the upper one, or the groups together have fewer than three people.
    """
    low, high, n1, n2, level = _given(
        low=(low, _ANY), high=(high, _ANY), n1=(n1, _PEOPLE), n2=(n2, _PEOPLE), level=(level, _INSIDE)
    )
    _ordered(low, high)
    _together(n1, n2, least=3)
    return _finite(_half_width(low, high, n1 + n2 - 2, level), positive=True, low=low, high=high)


@_QUIET
def sd_from_difference_se(se: ArrayLike, n1: ArrayLike, n2: ArrayLike) -> Floats:
    """Within-group SD that gives this standard error of the difference of two means (6.5.2.3).

    Raises
    ------
    ValueError
        If the standard error is not above 0, or a group is empty.
    """
    se, n1, n2 = _given(se=(se, _POSITIVE), n1=(n1, _PEOPLE), n2=(n2, _PEOPLE))
    return _finite(se / np.sqrt(1 / n1 + 1 / n2), se=se, n1=n1, n2=n2)


@_QUIET
def smd_from_odds_ratio(log_or: ArrayLike, variance: ArrayLike) -> tuple[Floats, Floats]:
    """SMD and its variance from a log odds ratio: times √3/π (Chinn S, Stat Med 2000;19:3127-3131).

    Raises
    ------
    ValueError
        If the log odds ratio is not finite, or its variance not above 0.
    """
    log_or, variance = _given(log_or=(log_or, _ANY), variance=(variance, _POSITIVE))
    factor = np.sqrt(3.0) / np.pi
    return factor * log_or, factor**2 * variance


def _t_of(p: Floats, df: Floats) -> Floats:
    """Student's t, above 0, of a two-sided P."""
    from scipy.special import stdtrit

    return np.asarray(np.abs(stdtrit(df, p / 2)), dtype=float)


def _half_width(low: Floats, high: Floats, df: Floats, level: Floats) -> Floats:
    """Half an interval over the quantile of t that made it."""
    return (high / 2 - low / 2) / _t_of(1 - level, df)


def _given(**arguments: tuple[ArrayLike, _Rule]) -> tuple[Floats, ...]:
    """Take arguments as arrays, each of which must be what its rule says and all of which must go together."""
    arrays = []
    for name, (value, (holds, expected)) in arguments.items():
        if isinstance(value, float) and math.isfinite(value) and holds(value):  # a trial at a time: no arrays
            arrays.append(np.asarray(value))
            continue
        try:
            if isinstance(value, np.ma.MaskedArray) or np.iscomplexobj(value):
                raise TypeError
            array = np.asarray(value, dtype=float)
        except (TypeError, ValueError, OverflowError):
            raise ValueError(f"{name} is {value!r}, expected {expected}") from None
        _forbid(~(np.isfinite(array) & holds(array)), array, name, expected)
        arrays.append(array)
    if any(array.ndim for array in arrays):
        _go_together(tuple(arguments), arrays)
    return tuple(arrays)


def _go_together(names: tuple[str, ...], arrays: list[Floats]) -> None:
    try:
        np.broadcast_shapes(*(array.shape for array in arrays))
    except ValueError:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in zip(names, arrays, strict=True))
        raise ValueError(f"shapes do not go together: {shapes}") from None


def _forbid(wrong: NDArray[np.bool_], array: Floats, name: str, expected: str) -> None:
    """Name the first value that cannot be, and of several its row, counted from one."""
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        row = f" in row {first + 1}" if array.size > 1 else ""
        raise ValueError(f"{name} is {array.flat[first]:g}{row}, expected {expected}")


def _ordered(low: Floats, high: Floats) -> None:
    low, high = np.broadcast_arrays(low, high)
    wrong = low >= high
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        row = f" in row {first + 1}" if low.size > 1 else ""
        raise ValueError(f"low is {low.flat[first]:g} and high {high.flat[first]:g}{row}, expected low below high")


def _together(n1: Floats, n2: Floats, least: int = 4) -> None:
    both = n1 + n2
    _forbid(both < least, both, "n1 + n2", f"{least} or more people in the two groups together")


def _finite(found: Floats, positive: bool = False, **arguments: Floats) -> Floats:
    """Refuse what is beyond the numbers that a computer holds."""
    found = np.asarray(found, dtype=float)
    if not (np.isfinite(found) & (~np.asarray(positive) | (found > 0))).all():
        shown = ", ".join(f"{name} is {np.array2string(a, threshold=5)}" for name, a in arguments.items())
        raise ValueError(f"{shown}: no finite result, expected numbers of usual size")
    return found
