"""Columns of counts: the same rules and the same words for every measure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    import polars

Floats = NDArray[np.float64]
#: Whole numbers above this are not all of them numbers a float can hold.
_LARGEST = 2.0**53


def broadcast(columns: Mapping[str, ArrayLike]) -> dict[str, NDArray[Any]]:
    """Bring columns to one length without copying them.

    Raises
    ------
    ValueError
        If they have more than one dimension, do not fit each other, or do not hold numbers.
    """
    arrays = {name: np.asarray(values) for name, values in columns.items()}
    for name, values in arrays.items():
        if values.dtype.kind not in "iuf":
            raise ValueError(f"{name}: holds {values.dtype}, expected numbers")
        if values.ndim > 1:
            raise ValueError(f"{name}: has {values.ndim} dimensions, expected one")
    lengths = {name: values.size for name, values in arrays.items() if values.ndim == 1 and values.size != 1}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"columns differ in length: {lengths}")
    rows = next(iter(lengths.values()), 1)
    return {name: np.broadcast_to(values, (rows,)) for name, values in arrays.items()}


def whole(name: str, values: NDArray[Any], start: int = 0) -> Floats:
    """Give counts as floats; ``start`` is the row the first of them has, for the message."""
    counts = values.astype(np.float64)
    bad = ~((counts >= 0) & (counts <= _LARGEST))
    if values.dtype.kind == "f":
        bad |= counts != np.floor(counts)
    complain(name, values, bad, "a whole number from 0 to 2^53", start)
    return counts


def complain(name: str, values: NDArray[Any], bad: NDArray[np.bool_], expected: str, start: int = 0) -> None:
    """Refuse the first row where ``bad`` holds."""
    if bad.any():
        row = int(np.argmax(bad))
        raise ValueError(f"{name}, row {start + row}: {values[row]}, expected {expected}")


def frame(columns: Mapping[str, Floats], *, empty: frozenset[str] = frozenset()) -> polars.DataFrame:
    """Make a frame of arrays; NaN in the columns named by ``empty`` becomes null."""
    import polars

    made = polars.DataFrame({name: polars.Series(name, values) for name, values in columns.items()})
    return made.with_columns(polars.col(sorted(empty)).fill_nan(None)) if empty else made
