"""When to inject again: a rule that is looked at on every visit, for each patient by what has become of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.mechanism._model import Model
from glabella.mechanism._population import (
    Block,
    Population,
    by_blocks,
    cached_equations,
    checked_constants,
    checked_names,
)

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rule:
    """Inject at time zero, and again on a visit when a quantity has fallen below a limit.

    Attributes
    ----------
    quantity : str
        State or computed quantity that is looked at.
    below : float
        Limit; infinity is a fixed interval, minus infinity never again.
    gap : float
        Least time between injections, in the model's unit of time.
    every : float
        Time between visits.
    until : float
        No injection later than this: what happens after stopping.
    """

    quantity: str
    below: float
    gap: float
    every: float
    until: float = np.inf


@dataclass(frozen=True, slots=True)
class Course:
    """What became of patients who are injected by a rule.

    Attributes
    ----------
    population : Population
        At every visit, before an injection of that visit.
    injected : ndarray of bool, shape (patients, visits)
        Whether a patient was injected on a visit; False throughout for a patient who failed.
    """

    population: Population
    injected: NDArray[np.bool_]

    @property
    def injections(self) -> NDArray[np.int_]:
        """Injections of each patient."""
        return np.asarray(self.injected.sum(axis=1))


def simulate_rule(
    model: Model,
    rule: Rule,
    end: float,
    constants: Mapping[str, ArrayLike] | None = None,
    *,
    into: str,
    names: Sequence[str] | None = None,
    workers: int = 1,
) -> Course:
    """Simulate patients who are injected again by a rule.

    Parameters
    ----------
    model, constants, into, names, workers
        As in :func:`simulate_population`.
    rule : Rule
        When an injection is given.
    end : float
        Last time, in the model's unit.

    Returns
    -------
    Course

    Raises
    ------
    ValueError
        If a name is not in the model, or gap, visits or end are not above zero.
    """
    known = cached_equations(model)
    if not (rule.every > 0 and rule.gap > 0 and np.isfinite(end) and end >= rule.every):
        raise ValueError(f"visits every {rule.every}, a gap of {rule.gap} and an end at {end}: "
                         "expected numbers above 0, and the end no sooner than the first visit")  # fmt: skip
    if into not in known.states:
        raise ValueError(f"the model has no state {into!r}; it has {', '.join(known.states)}")
    checked_names(known, [rule.quantity])
    kept = checked_names(known, names)
    given, n = checked_constants(known, constants or {})
    visits = np.arange(0.0, end * (1 + 1e-12), rule.every)
    found = by_blocks(_Visits(model, rule, visits, into, kept), given, n, workers)
    values = {name: np.concatenate([each[0][place] for each in found]) for place, name in enumerate(kept)}
    population = Population(visits, values, np.concatenate([each[2] for each in found]))
    injected = np.concatenate([each[1] for each in found])
    injected[population.failed] = False
    return Course(population, injected)


@dataclass(frozen=True, slots=True)
class _Visits:
    """Go from visit to visit with one block of patients."""

    model: Model
    rule: Rule
    visits: Floats
    into: str
    names: tuple[str, ...]

    def __call__(self, constants: dict[str, Any], n: int) -> tuple[list[Floats], NDArray[np.bool_], NDArray[Any]]:
        """Give the kept quantities, who was injected when, and why patients failed."""
        rule, block = self.rule, Block(cached_equations(self.model), constants, n)
        column, y = block.column(self.into), block.state()
        filled = block.first[self.into]
        out = [np.full((n, len(self.visits)), np.nan) for _ in self.names]
        injected = np.zeros((n, len(self.visits)), dtype=bool)
        injected[:, 0] = True
        last = np.zeros(n)
        for place, visit in enumerate(self.visits):
            if place:
                y = block.advance(y, self.visits[place - 1], self.visits[place : place + 1])[:, 0]
            found = block.values(visit, y)
            for each, name in zip(out, self.names, strict=True):
                each[:, place] = found[name]
            # A comparison with the NaN of a patient who failed is false: nobody injects them.
            due = (found[rule.quantity] < rule.below) & (visit - last >= rule.gap * (1 - 1e-12))
            if place and visit <= rule.until:
                injected[:, place] = due
                last = np.where(due, visit, last)
                y = y.copy()
                y[due, column] += filled[due]
        return block.finish(out), injected, block.reason
