"""What a person answered to what a consultation asks; not known is an answer to everything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Score:
    """A score on a scale of the dossier.

    Attributes
    ----------
    scale : str
        Its key in dossier.yaml.
    value : float
        In points of the scale.
    date : date or None
        When it was taken; None where that is not known.
    """

    scale: str
    value: float
    date: date | None = None


@dataclass(frozen=True, slots=True)
class DoseGiven:
    """One product, given once.

    Attributes
    ----------
    product : str or None
        Its key in products.yaml; None where that is not known.
    units : float or None
        In this product's own units, which are no other product's; None where that is not known.
    date : date or None
        When it was given; None where that is not known.
    """

    product: str | None
    units: float | None = None
    date: date | None = None


#: None where it is not known; a number, a choice, choices (of which none is an answer too), yes or no, a score,
#: doses.
Answer = float | str | bool | Score | tuple[str, ...] | tuple[DoseGiven, ...] | None
#: By ask. An ask that is not among them was not answered, which is the same as not known.
Answers = Mapping[str, Answer]
