"""An effect of one contrast, and the steps that led to it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from glabella.dossier import Number

Inputs = tuple[tuple[str, Number], ...]
#: The rule of a spread that is not a comparison's own.
BORROWED = "assumption: SD-equivalent borrowed from the same trial's other comparison"
#: The routes of an effect of counts, and of a standardised difference that was made of counts.
COUNTS, RESPONSE_ODDS = "counts", "response odds"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a derivation: the rule in words, and the named numbers that went in."""

    rule: str
    inputs: Inputs = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect size of one contrast.

    Attributes
    ----------
    study, comparison : str
        Ids in the dossier.
    outcome : str
        Id in the dossier.
    scale : str or None
        Id in the dossier; None for counts of an event that is on no scale.
    time : float or None
        When it was seen, in the dossier's unit of time; None where the trial has a single time.
    measure : str
        As in :func:`effect_size`; ratios are on the log scale.
    yi, vi : float
        Effect and its sampling variance; a negative SMD or MD means a lower score in the arm.
    n1, n2 : float
        People behind it, in the arm and in its (share of the) control.
    route : str
        What it was computed from, in words.
    steps : tuple of Step
        Every derivation and assumption, in order.
    """

    study: str
    comparison: str
    outcome: str
    scale: str | None
    time: float | None
    measure: str
    yi: float
    vi: float
    n1: float
    n2: float
    route: str
    steps: tuple[Step, ...]

    @property
    def counted(self) -> bool:
        """Whether it is an effect on an event, of the people who had it."""
        return self.route == COUNTS

    @property
    def converted(self) -> bool:
        """Whether it is a standardised difference that was turned from counts of people."""
        return self.route == RESPONSE_ODDS

    @property
    def borrowed(self) -> bool:
        """Whether its spread is another comparison's."""
        return any(step.rule == BORROWED for step in self.steps)

    @property
    def sources(self) -> tuple[str, ...]:
        """References of every number that went in, each once."""
        keys = [key for step in self.steps for _, number in step.inputs for key in number.sources]
        return tuple(dict.fromkeys(keys))


def known(number: Number) -> float:
    """Value of a number already known to be usable."""
    if number.value is None or not math.isfinite(number.value):
        raise ValueError("a number without a value reached a calculation")
    return float(number.value)
