"""Weights that agree with what somebody said: all of them alike likely, no others.

A weight is what the whole step from the worst to the best end of a criterion's range matters, of all such steps
together. Who says nothing may have any weights; each statement rules some out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from glabella.decision.preferences._seed import DRAWS, SEED

Floats = NDArray[np.float64]
#: Of fewer weights that agree, statements contradict each other or nearly so, and what is left is no preference.
LEAST_KEPT = 0.01


@dataclass(frozen=True, slots=True)
class Ranked:
    """Criteria in their order, the weightiest first; those not named may stand anywhere."""

    order: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class First:
    """A criterion that weighs most of all."""

    criterion: int


@dataclass(frozen=True, slots=True)
class Ratio:
    """The criterion weighs from ``low`` to ``high`` times as much as the other."""

    criterion: int
    other: int
    low: float = 0.0
    high: float = inf


@dataclass(frozen=True, slots=True)
class Between:
    """The criterion's weight lies from ``low`` to ``high``."""

    criterion: int
    low: float = 0.0
    high: float = 1.0


Statement = Ranked | First | Ratio | Between


@dataclass(frozen=True, slots=True)
class Weights:
    """Draws of weights.

    Attributes
    ----------
    draws : ndarray, shape (draws, criteria)
        Each row sums to one.
    kept : float
        Share of the weights drawn that agreed with the statements that cannot be drawn by directly.
    """

    draws: Floats
    kept: float


class TooFewAgreeError(ValueError):
    """Fewer than one in a hundred weights agree with the statements."""


def draw_weights(
    criteria: int, statements: Iterable[Statement] = (), *, draws: int = DRAWS, seed: int = SEED
) -> Weights:
    """Draw weights, uniform among those that agree with every statement.

    Parameters
    ----------
    criteria : int
        How many there are.
    statements : iterable of Statement
        What was said; nothing: every weight is as likely as any other.
    draws : int
        How many are wanted.
    seed : int
        Where the draws begin.

    Returns
    -------
    Weights

    Raises
    ------
    TooFewAgreeError
        If fewer than one in a hundred agree.
    ValueError
        If a statement names a criterion that is not there, or one twice, or limits in the wrong order.

    Notes
    -----
    Flat Dirichlet weights are exchangeable: sorting one draw by a ranking, or swapping its largest into place,
    gives a draw from the weights that agree with it. The longest ranking, or else the first criterion that is said
    to be first, is drawn so; draws that contradict another statement are thrown away.

    Examples
    --------
    >>> ranked = draw_weights(3, [Ranked((2, 0, 1))], draws=1000)
    >>> ranked.kept, bool((ranked.draws[:, 2] >= ranked.draws[:, 0]).all())
    (1.0, True)
    """
    said = tuple(statements)
    if criteria < 1:
        raise ValueError(f"{criteria} criteria, expected one or more")
    for each in said:
        _check(each, criteria)
    direct = _direct(said)
    others = tuple(each for each in said if each is not direct)
    random = np.random.default_rng(seed)
    found: list[Floats] = []
    tried = agreed = 0
    while agreed < draws:
        drawn = _placed(_flat(random, draws, criteria), direct)
        agrees = np.ones(draws, dtype=bool)
        for each in others:
            agrees &= _agrees(drawn, each)
        tried, agreed = tried + draws, agreed + int(agrees.sum())
        if agreed < LEAST_KEPT * tried:
            raise TooFewAgreeError(
                f"{100 * agreed / tried:.2g} of 100 weights agree with all that was said, expected 1 or more: the "
                "statements contradict each other, or nearly so"
            )
        found.append(drawn if agrees.all() else drawn[agrees])
    kept = found[0] if len(found) == 1 else np.concatenate(found)[:draws]
    return Weights(kept, agreed / tried)


def centroid(criteria: int) -> Floats:
    """Give the mean of all weights in a full ranking, the weightiest first (rank-order centroid).

    >>> centroid(3).round(4)
    array([0.6111, 0.2778, 0.1111])
    """
    inverse = 1.0 / np.arange(1, criteria + 1)
    return np.asarray(np.cumsum(inverse[::-1])[::-1] / criteria)


def _flat(random: np.random.Generator, draws: int, criteria: int) -> Floats:
    """Draw from the flat Dirichlet: exponentials over their sum."""
    drawn = random.standard_exponential((draws, criteria))
    drawn /= drawn.sum(axis=1, keepdims=True)
    return drawn


def _direct(statements: tuple[Statement, ...]) -> Statement | None:
    """Choose the statement that is drawn by directly: the longest ranking, or else the first criterion."""
    rankings = [each for each in statements if isinstance(each, Ranked)]
    if rankings:
        return max(rankings, key=lambda each: len(each.order))
    return next((each for each in statements if isinstance(each, First)), None)


def _placed(drawn: Floats, statement: Statement | None) -> Floats:
    """Put the weights of each draw in the places that a statement gives them."""
    match statement:
        case Ranked(order):
            places = list(order)
            drawn[:, places] = -np.sort(-drawn[:, places], axis=1)
        case First(criterion):
            rows, largest = np.arange(len(drawn)), drawn.argmax(axis=1)
            own = drawn[:, criterion].copy()
            drawn[:, criterion] = drawn[rows, largest]
            other = largest != criterion
            drawn[rows[other], largest[other]] = own[other]
    return drawn


def _agrees(drawn: Floats, statement: Statement) -> NDArray[np.bool_]:
    match statement:
        case Ranked(order):
            placed = drawn[:, list(order)]
            agrees = (placed[:, :-1] >= placed[:, 1:]).all(axis=1)
        case First(criterion):
            agrees = drawn[:, criterion] >= drawn.max(axis=1)
        case Ratio(criterion, other, low, high):
            agrees = drawn[:, criterion] >= low * drawn[:, other]
            if high != inf:
                agrees &= drawn[:, criterion] <= high * drawn[:, other]
        case Between(criterion, low, high):
            agrees = (drawn[:, criterion] >= low) & (drawn[:, criterion] <= high)
    return np.asarray(agrees)


def _check(statement: Statement, criteria: int) -> None:
    match statement:
        case Ranked(order):
            named: tuple[int, ...] = order
            if len(order) < 2:
                raise ValueError(f"a ranking of {len(order)}, expected two or more")
        case Ratio(criterion, other, low, high):
            named = (criterion, other)
            if not 0 <= low <= high or high == 0:
                raise ValueError(f"a ratio of {low:g} to {high:g}, expected 0 or more, the lower one first")
        case Between(criterion, low, high):
            named = (criterion,)
            if not 0 <= low <= high <= 1:
                raise ValueError(f"a weight of {low:g} to {high:g}, expected within 0 to 1, the lower one first")
        case First(criterion):
            named = (criterion,)
    if len(set(named)) < len(named):
        raise ValueError(f"criterion {max(named, key=named.count)} is named twice in one statement")
    if wrong := [each for each in named if not 0 <= each < criteria]:
        raise ValueError(f"criterion {wrong[0]} of {criteria}, expected 0 to {criteria - 1}")
