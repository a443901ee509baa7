"""Columns of raw study data: which there are, what they may hold, and what an empty cell is given."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._numbers import HUGE, MANY, number, numbers

Floats = NDArray[np.float64]

ZERO_RULES = ("only0", "all", "if0all", "none")

#: Why a study has no effect, in the words of the networks' arms.
NO_EVENT = "no event in either group"
ONLY_EVENTS = "the event in everybody of both groups"
UNDEFINED = "no finite effect and variance: an empty cell, or too few people"
BEYOND = "no finite effect and variance: numbers too large or too small to be computed with"

#: Spreads from here to its inverse have fourth powers that a computer holds.
_USUAL = 1e-60


def checked(given: dict[str, ArrayLike], known: tuple[str, ...]) -> dict[str, Floats]:
    """Take the columns as arrays of one length without a missing value."""
    if unknown := sorted(set(given) - set(known)):
        raise ValueError(f"unknown column {unknown[0]!r}; expected some of {list(known)}")
    arrays: dict[str, Floats] = {}
    for name, column in given.items():
        arrays[name] = np.atleast_1d(numbers(column, f"column {name!r}"))
    shapes = {name: array.shape for name, array in arrays.items()}
    if len(set(shapes.values())) > 1 or any(len(shape) != 1 for shape in shapes.values()):
        raise ValueError(f"columns differ in shape, expected one length for all: {shapes}")
    for name, array in arrays.items():
        forbid(~np.isfinite(array), array, name, "a finite number")
    return arrays


def need(columns: dict[str, Floats], *names: str) -> tuple[Floats, ...]:
    """Take the named columns, all of which must be there."""
    for name in names:
        if name not in columns:
            raise ValueError(f"column {name!r} is missing")
    return tuple(columns[name] for name in names)


def forbid(wrong: NDArray[np.bool_], column: Floats, name: str, expected: str) -> None:
    """Name the first row whose value cannot be."""
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise ValueError(f"{name} is {column[row]:g} in row {row + 1}, expected {expected}")


def forbid_uncountable(people: Floats, name: str) -> None:
    """Refuse more people, or smaller parts of one, than a computer counts."""
    if people.max(initial=0) > MANY:
        forbid(people > MANY, people, name, f"at most {MANY:g}")
    small = people < 1 / MANY
    # Most of what is so small is nil.
    if people[small].any():
        forbid(small & (people > 0), people, name, f"0, or {1 / MANY:g} or more")


def forbid_time(time: Floats, name: str) -> None:
    """Refuse what is no time, or so long or short that its square is none."""
    forbid(time <= 0, time, name, "more than 0")
    forbid((time > HUGE) | (time < 1 / HUGE), time, name, f"{1 / HUGE:g} to {HUGE:g}")


def usual(*spreads: Floats) -> bool:
    """Whether powers of all these numbers above 0 are numbers."""
    return all(each.min(initial=1) >= _USUAL and each.max(initial=1) <= 1 / _USUAL for each in spreads)


def in_units_of(unit: Floats, *columns: Floats) -> tuple[Floats, ...]:
    """Give the columns in a unit of each row: a power of two next to ``unit``, so that no digit is rounded."""
    exponent = np.frexp(unit)[1]
    return tuple(np.ldexp(column, -exponent) for column in columns)


def events_and_rest(columns: dict[str, Floats], events: str, rest: str, total: str) -> tuple[Floats, Floats]:
    """Take people with and without the event; the latter may be given as the total."""
    (with_event,) = need(columns, events)
    if rest not in columns and total not in columns:
        raise ValueError(f"column {rest!r} or {total!r} is missing")
    forbid(with_event < 0, with_event, events, "0 or more")
    forbid_uncountable(with_event, events)
    if rest not in columns:
        forbid_uncountable(columns[total], total)
        forbid(with_event > columns[total], with_event, events, f"at most {total}")
        without = columns[total] - with_event
    else:
        without = columns[rest]
        forbid(without < 0, without, rest, "0 or more")
        forbid_uncountable(without, rest)
        if total in columns:
            # Sums of fractional counts (a control group that is shared) may miss by a rounding error.
            apart = np.abs(with_event + without - columns[total]) > 1e-9 * np.abs(columns[total])
            forbid(apart, columns[total], total, f"{events} + {rest}")
    nobody = with_event + without <= 0
    forbid(nobody, with_event + without, f"{events} + {rest}" if rest in columns else total, "more than 0")
    return with_event, without


def checked_add(add: float) -> float:
    """Read what is added to a cell."""
    found = number(add, "add", "0 or more")
    if not 0 <= found <= MANY:
        raise ValueError(f"add is {add!r}, expected 0 or more, and at most {MANY:g}")
    return found


def fill_empty(cells: tuple[Floats, ...], add: float, to: str) -> tuple[Floats, ...]:
    """Add ``add`` to every cell of the studies that ``to`` selects by their empty cells."""
    if to not in ZERO_RULES:
        raise ValueError(f"unknown to {to!r}; expected only0, all, if0all or none")
    if to == "none" or add == 0:
        return cells
    if to == "all":
        return tuple(cell + add for cell in cells)
    empty = cells[0] == 0
    for cell in cells[1:]:
        empty = empty | (cell == 0)
    if not empty.any():
        return cells
    more = add if to == "if0all" else np.where(empty, add, 0.0)
    return tuple(cell + more for cell in cells)
