"""Treatments as combinations of components, and which sums of components data can tell apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from glabella.synthesis._labels import check_list, refuse_alike

Floats = NDArray[np.float64]

#: A combination that differs from what data tell by less is told: entries are counts, so the rest is rounding.
_TOLD = 1e-9


@dataclass(frozen=True)
class Combinations:
    """How treatments are put together.

    Attributes
    ----------
    components : tuple of str
        Components in alphabetical order, then interactions.
    single : int
        So many of them are components.
    inactive : str or None
        The component whose effect is zero.
    sep : str
        What stands between the components of a treatment.
    interactions : tuple of tuple of str
        Components that act otherwise together than their sum.
    """

    components: tuple[str, ...]
    single: int
    inactive: str | None
    sep: str
    interactions: tuple[tuple[str, ...], ...]
    _place: dict[str, int] = field(repr=False)

    def row(self, combination: str) -> Floats:
        """Give how often each component is in a combination: once, or not at all.

        Raises
        ------
        ValueError
            If it names a component twice, or one that no treatment has.
        """
        names = split(combination, self.sep)
        found = np.zeros(len(self.components))
        for name in names:
            if name == self.inactive:
                continue
            if name not in self._place:
                known = ", ".join(self.components[: self.single])
                raise ValueError(f"component {name!r} of {combination!r} is not in the network; it has {known}")
            found[self._place[name]] = 1.0
        for place, together in enumerate(self.interactions):
            found[self.single + place] = float(set(together) <= set(names))
        return found

    def rows(self, treatments: Iterable[str]) -> Floats:
        """Give one row a treatment."""
        return np.array([self.row(name) for name in treatments])


def combinations(
    treatments: Sequence[str], inactive: str | None, sep: str, interactions: Sequence[Sequence[str]]
) -> Combinations:
    """Take treatments apart.

    Raises
    ------
    ValueError
        If a treatment names a component twice or an empty one, two treatments are one combination, components
        differ only in case or spaces, no treatment has the inactive component, or an interaction is none of two or
        more active components that some treatment has together.
    """
    if not (isinstance(sep, str) and sep):
        raise ValueError(f"sep is {sep!r}, expected what stands between components")
    apart = {name: frozenset(split(name, sep)) for name in treatments}
    _refuse_same(apart)
    names = sorted(frozenset().union(*apart.values()))
    refuse_alike(names, "components")
    if inactive is not None and inactive not in names:
        raise ValueError(f"inactive is {inactive!r}, expected a component: {', '.join(names)}")
    active = [name for name in names if name != inactive]
    check_list(interactions, "interactions", "a list such as [('A', 'B')]")
    if any(isinstance(one, str) or not isinstance(one, Sequence) for one in interactions):
        raise ValueError(f"interactions is {interactions!r}, expected such as [('A', 'B')]")
    together = tuple(tuple(sorted(map(str, one))) for one in interactions)
    for one in together:
        shown = "*".join(one)
        if len(set(one)) < 2 or len(set(one)) < len(one) or any(name not in active for name in one):
            raise ValueError(
                f"interaction {shown!r}: expected two or more different components of {', '.join(active)}"
            )
        if not any(set(one) <= parts for parts in apart.values()):
            raise ValueError(f"interaction {shown!r}: no treatment has {' and '.join(one)} together, expected one")
    if len(set(together)) < len(together):
        raise ValueError(f"interactions name one twice: {', '.join('*'.join(one) for one in together)}")
    return Combinations(
        components=(*active, *("*".join(one) for one in together)), single=len(active), inactive=inactive, sep=sep,
        interactions=together, _place={name: place for place, name in enumerate(active)},
    )  # fmt: skip


def _refuse_same(apart: dict[str, frozenset[str]]) -> None:
    """Refuse two names of one combination: they would be two nodes of the network of whole treatments."""
    first: dict[frozenset[str], str] = {}
    for name, parts in apart.items():
        if first.setdefault(parts, name) != name:
            raise ValueError(f"treatments {first[parts]!r} and {name!r} have the same components, "
                             "expected one spelling for each combination")  # fmt: skip


def split(treatment: str, sep: str) -> list[str]:
    """Give the components of a treatment."""
    if not isinstance(treatment, str):
        raise ValueError(f"treatment is {treatment!r}, expected a name")
    names = [name.strip() for name in treatment.split(sep)]
    if not all(names):
        raise ValueError(f"treatment {treatment!r} has an empty component, expected a name on each side of {sep!r}")
    if len(set(names)) < len(names):
        raise ValueError(f"treatment {treatment!r} names a component twice, expected each once")
    return names


@dataclass(frozen=True)
class Told:
    """What contrasts of combinations tell of components.

    Attributes
    ----------
    span : ndarray of shape (components, rank)
        Orthonormal basis of the sums of components that they tell.
    """

    span: Floats

    def tells(self, rows: Floats) -> NDArray[np.bool_]:
        """Tell for each row of weights whether data determine that sum of components."""
        rest = rows - rows @ self.span @ self.span.T
        return np.asarray(np.abs(rest).max(axis=-1, initial=0.0) < _TOLD)


def told(contrasts: Floats) -> Told:
    """Look at contrasts of shape (m, components), in which entries are small whole numbers."""
    _, size, right = np.linalg.svd(np.unique(contrasts, axis=0), full_matrices=False)
    return Told(right[size > 1e-9 * max(1.0, float(size.max(initial=0.0)))].T)


def in_words(contrasts: Floats, components: Sequence[str]) -> tuple[str, ...]:
    """Name the sums of two or more components that data tell although they do not tell their parts.

    Each is a row of the reduced echelon form, in whole arithmetic: the shortest way to say what is told.
    """
    rows = [[Fraction(int(value)) for value in row] for row in np.unique(np.rint(contrasts), axis=0).tolist()]
    done = 0
    for column in range(len(components)):
        pivot = next((place for place in range(done, len(rows)) if rows[place][column]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        lead = [value / rows[done][column] for value in rows[done]]
        rows = [
            lead if place == done else [value - row[column] * first for value, first in zip(row, lead, strict=True)]
            if row[column] else row for place, row in enumerate(rows)
        ]  # fmt: skip
        done += 1
    return tuple(_sum(row, components) for row in rows[:done] if sum(map(bool, row)) > 1)


def _sum(weights: Sequence[Fraction], components: Sequence[str]) -> str:
    terms: list[str] = []
    for weight, name in zip(weights, components, strict=True):
        if weight:
            times = "" if abs(weight) == 1 else f"{abs(weight)} "
            sign = ("-" if weight < 0 else "") if not terms else ("- " if weight < 0 else "+ ")
            terms.append(f"{sign}{times}{name}")
    return " ".join(terms)
