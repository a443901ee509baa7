"""Numbers as they come in: lists, arrays, masked arrays, columns of pandas and polars; what is missing is NaN."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

#: Kinds of NumPy types that are numbers: true or false, integers with and without sign, floats.
_NUMBERS = "biuf"
#: Effects and variances beyond this, and variances below its inverse, would overflow in products of three.
_FAR = 1e100
#: Why a row of a batch has no result where :func:`can_be` says no.
BAD_VALUE = "an effect that is not finite or beyond 1e100, or a variance that is not between 1e-100 and 1e100"
#: As far as that is from where anything lies: a density there is nil.
FARTHEST = 1e120
#: Person-times and the like up to this, and down to its inverse, have squares and cubes that a computer holds.
HUGE = 1e40
#: More people than a computer counts one by one.
MANY = 1e15


def numbers(values: ArrayLike, name: str) -> Floats:
    """Read numbers as an array of floats, in which NaN marks what is masked, ``None`` or ``pandas.NA``.

    The array may be the caller's own; copy it before writing to it.

    Raises
    ------
    ValueError
        If ``values`` are not numbers, or lists of different lengths. The message has ``name``.
    """
    plain = type(values) is np.ndarray and values.dtype == np.float64
    if plain:
        return values  # type: ignore[return-value]
    found = _array(values, name)
    if np.ma.isMaskedArray(found):
        # Of another type first: an integer cannot be NaN.
        return np.asarray(_floats(found.data, name, found.mask), dtype=float)
    return _floats(found, name, np.ma.nomask)


def number(value: Any, name: str, expected: str = "a number") -> float:
    """Read one number.

    Raises
    ------
    ValueError
        If ``value`` is no number. The message has ``name``.
    """
    try:
        # A text may read as a number, a list of one as that one, and what is masked as NaN with a warning.
        if isinstance(value, str | bytes | np.complexfloating) or value is np.ma.masked or _has_rows(value):
            raise TypeError
        return float(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"{name} is {value!r}, expected {expected}") from error


def check_size(value: float, name: str, expected: str = "a number above 0") -> float:
    """Read a number above 0, such as a scale, of a size that can be squared and divided."""
    found = number(value, name, expected)
    if not 0 < found < np.inf:
        raise ValueError(f"{name} is {value}, expected {expected}")
    if not 1 / _FAR <= found <= _FAR:
        raise ValueError(f"{name} is {value}, expected {expected}, of a size between {1 / _FAR:g} and {_FAR:g}")
    return found


def _has_rows(value: Any) -> bool:
    return hasattr(value, "__array__") and np.ndim(value) > 0


def check_whole(value: Any, name: str, least: int, most: float = np.inf) -> None:
    """Refuse what is no whole number, such as one of draws or a seed, or is too small or too large."""
    if not isinstance(value, int | np.integer) or isinstance(value, bool) or not least <= value <= most:
        expected = f"{least} or more" if most == np.inf else f"{least} to {most:g}"
        raise ValueError(f"{name} is {value!r}, expected a whole number of {expected}")


def check_truth(value: Any, name: str) -> None:
    """Refuse what is neither true nor false: a text such as "no" would count as true."""
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"{name} is {value!r}, expected True or False")


def check_level(level: Any) -> None:
    """Refuse a level of intervals that is none."""
    found = number(level, "level", "between 0 and 1")
    if not 0 < found < 1:
        raise ValueError(f"level is {level}, expected between 0 and 1")
    if not 0.5 < 0.5 + found / 2 < 1:
        raise ValueError(f"level is {level}, expected between 0 and 1 by more than a computer's rounding")


def can_be(y: Floats, v: Floats) -> NDArray[np.bool_]:
    """Mark effects that are finite with variances above zero, of a size that can be squared and divided."""
    # Comparisons with NaN are false.
    with np.errstate(invalid="ignore"):
        return np.asarray((np.abs(y) <= _FAR) & (v >= 1 / _FAR) & (v <= _FAR))


def check_effects(y: Floats, v: Floats) -> None:
    """Name the first study whose effect or variance cannot be."""
    wrong = ~can_be(y, v)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        size = (
            f", of a size between {1 / _FAR:g} and {_FAR:g}"
            if np.isfinite([y[row], v[row]]).all() and v[row] > 0
            else ""
        )
        raise ValueError(f"yi is {y[row]} and vi {v[row]} in row {row + 1}, "
                         f"expected a finite effect and a variance above 0{size}")  # fmt: skip


def _array(values: ArrayLike, name: str) -> Any:
    if isinstance(values, np.ndarray):
        return values
    try:
        if isinstance(values, list | tuple) and any(isinstance(each, np.ma.MaskedArray) for each in values):
            # A list of masked arrays, or with ``np.ma.masked`` in it, would lose its masks.
            return _masked_list(values)
        return np.asarray(values)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} is not a list of numbers, or of lists of one length: {error}") from error


def _masked_list(values: Any) -> Any:
    if any(np.ndim(each) for each in values):
        return np.ma.array(values)
    return np.array([None if each is np.ma.masked else each for each in values], dtype=object)


def _floats(found: NDArray[Any], name: str, mask: Any) -> Floats:
    if found.dtype.kind in _NUMBERS:
        floats = found.astype(float)
    elif found.dtype.kind == "O":
        hidden = np.broadcast_to(mask, found.shape)
        floats = np.empty(found.shape)
        for place, value in np.ndenumerate(found):
            floats[place] = np.nan if hidden[place] or _missing(value) else _one(value, name, place)
    elif not found.size:
        floats = np.empty(found.shape)
    else:
        first = next(iter(found.flat))
        raise ValueError(f"{name} is not a list of numbers: it holds {_shown(first)}")
    if mask is not np.ma.nomask:
        floats[mask] = np.nan
    return floats


def _missing(value: Any) -> bool:
    """Tell what stands for a missing number, without importing pandas, whose NA is known by its type's name."""
    return value is None or value is np.ma.masked or type(value).__name__ == "NAType"


def _one(value: Any, name: str, place: tuple[int, ...]) -> float:
    try:
        if isinstance(value, str | bytes | np.datetime64 | np.timedelta64):
            raise TypeError
        return float(value)
    except (TypeError, ValueError, OverflowError) as error:
        row = f" in row {place[0] + 1}" if place else ""
        raise ValueError(f"{name} is not a list of numbers: it holds {_shown(value)}{row}") from error


def _shown(value: Any) -> str:
    return repr(value.item() if isinstance(value, np.generic) else value)
