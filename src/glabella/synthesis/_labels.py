"""Labels of rows: none of them missing, as text or as numbers of clusters, nested clusters and outcomes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int_]
Mask = NDArray[np.bool_]

#: Codes that read as numbers keep their case, as they keep their leading zeros.
_CODE = re.compile(r"[-+.\d]+[eE][-+]?\d+")
#: An error names so many spellings.
_NAMED = 8
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def labels(given: ArrayLike, name: str) -> list[Any]:
    """Take labels as they are, in one row.

    Raises
    ------
    ValueError
        If one is missing: ``None``, NaN, NaT, ``pandas.NA``, masked, empty or blank.
    """
    found = cells(given)
    if set(map(type, found)) == {int}:
        return found
    for row, label in enumerate(found):
        if missing(label):
            said = "" if label is None or _is_masked(label) else f": it is {label!r}"
            raise ValueError(f"{name} is missing in row {row + 1}{said}, expected a label")
    return found


def names(given: ArrayLike, name: str) -> list[str]:
    """Take labels as text: 1, 1.0 and "1" are one name, True and "01" are others."""
    return [label if type(label) is str else _text(label) for label in labels(given, name)]


def codes(given: ArrayLike, name: str, k: int) -> Ints:
    """Give labels numbers, from zero in order of appearance.

    Raises
    ------
    ValueError
        If there are not ``k`` of them or one is missing.
    """
    found = _of_rows(given, name, k)
    order = {label: place for place, label in enumerate(dict.fromkeys(found))}
    return np.fromiter(map(order.__getitem__, found), int, k)


def outcome_codes(outcome: ArrayLike, k: int) -> tuple[Ints, tuple[str, ...]]:
    """Give outcomes numbers in the order of their labels: that of numbers where all are, as weeks in text."""
    found = names(_of_rows(outcome, "outcome", k), "outcome")
    order = sorted(set(found))
    if all(map(_NUMBER.fullmatch, order)):
        order.sort(key=float)
    if len(order) < 2:
        raise ValueError(f"outcome is {found[0]!r} in every row, expected two or more outcomes")
    place = {label: j for j, label in enumerate(order)}
    return np.array([place[label] for label in found], dtype=int), tuple(order)


def nested_codes(clusters: Mapping[str, ArrayLike], k: int) -> dict[str, Ints]:
    """Give the groups of each cluster numbers, each within the clusters before it."""
    if not isinstance(clusters, Mapping):
        raise ValueError(f"clusters is a {type(clusters).__name__}, expected a mapping such as {{'study': labels}}")
    if not clusters:
        raise ValueError("clusters is empty, expected one or more, such as {'study': labels}")
    layers: dict[str, Ints] = {}
    above = np.zeros(k, dtype=int)
    for name, given in clusters.items():
        own = codes(given, f"cluster {name!r}", k)
        above = np.unique(above * k + own, return_inverse=True)[1].reshape(k)
        layers[name] = above
        if above.max() == 0:
            raise ValueError(f"cluster {name!r} has one group, expected two or more: its variance cannot be found")
    return layers


def flags(given: ArrayLike, name: str) -> Mask:
    """Take flags, each true or false, 1 or 0.

    Raises
    ------
    ValueError
        If one is missing or something else, such as a word or another number.
    """
    found = np.asarray(given)
    if found.dtype.kind in "biuf" and not np.ma.isMaskedArray(given):
        wrong = (found != 0) & (found != 1)
    else:
        found = _objects(given)
        wrong = np.array([missing(value) or value not in (0, 1) for value in found.flat], dtype=bool)
        wrong = wrong.reshape(found.shape)
    if wrong.any():
        place = tuple(np.argwhere(wrong)[0])
        value = found[place]
        row = f" in row {place[-1] + 1}" if place else ""
        said = "missing" if missing(value) else repr(getattr(value, "item", lambda: value)())
        raise ValueError(f"{name} is {said}{row}, expected true or false, 1 or 0")
    return found.astype(bool)


def check_list(given: Any, name: str, expected: str = "a list") -> None:
    """Refuse what has no entries, and a text, whose letters would be taken for them."""
    if isinstance(given, str | bytes) or not isinstance(given, Iterable) or getattr(given, "ndim", 1) == 0:
        raise ValueError(f"{name} is {given!r}, expected {expected}")


def refuse_alike(given: Iterable[str], what: str) -> None:
    """Refuse names that differ only in case or spaces: two spellings would part what belongs together.

    Raises
    ------
    ValueError
        If there are such names; it lists the first of them.
    """
    spellings: dict[str, list[str]] = {}
    for name in given:
        plain = "".join(name.split())
        spellings.setdefault(plain if _CODE.fullmatch(plain) else plain.casefold(), []).append(name)
    pairs = [" and ".join(map(repr, sorted(each))) for each in spellings.values() if len(each) > 1]
    if pairs:
        more = f" and {len(pairs) - _NAMED} more" if len(pairs) > _NAMED else ""
        raise ValueError(f"{what} differ only in case or spaces ({', '.join(pairs[:_NAMED])}{more}), "
                         "expected one spelling for each")  # fmt: skip


def cells(given: Any) -> list[Any]:
    """Take what stands in the rows, whatever holds them, without turning numbers into text."""
    return _objects(given).ravel().tolist()


def missing(value: Any) -> bool:
    """Tell what is no label."""
    if isinstance(value, str):
        return not value.strip()
    # pandas is not imported for this: its NA is known by the name of its type. NaN and NaT differ from themselves.
    return value is None or _is_masked(value) or type(value).__name__ == "NAType" or bool(value != value)


def _objects(given: Any) -> NDArray[Any]:
    """Give an array of objects, in which None stands for what is masked or no time."""
    if np.ma.isMaskedArray(given):
        found = _objects(given.data).copy()
        found[np.ma.getmaskarray(given)] = None
        return found
    if not hasattr(given, "__array__"):
        # A list of numbers and words would be words alone.
        return np.asarray(given, dtype=object)
    array = np.asarray(given)
    if array.dtype.kind == "M":
        # As objects, times in nanoseconds would be integers.
        found = np.asarray(np.datetime_as_string(array)).astype(object)
        found[np.isnat(array)] = None
        return found
    return array.astype(object)


def _of_rows(given: ArrayLike, name: str, k: int) -> list[Any]:
    """Take a label for each of ``k`` rows, as they are where all are of one plain type, else as text."""
    found = _objects(given)
    if found.shape != (k,):
        raise ValueError(f"{name} has shape {found.shape}, expected ({k},) as there are {k} effects")
    kinds = set(map(type, found.tolist()))
    return labels(found, name) if kinds in ({int}, {str}) else names(found, name)


def _text(label: Any) -> str:
    """Write a whole number without a point: a column with floats elsewhere is the same column."""
    whole = isinstance(label, float | np.floating) and float(label).is_integer()
    return str(int(label)) if whole else str(label)


def _is_masked(value: Any) -> bool:
    return value is np.ma.masked
