"""The scale on which effects are shown, as they were fitted or as ratios, and what it is called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Scale = Literal["as_given", "exp"]

#: Measures whose logarithms are fitted.
_RATIOS = {
    "OR": "odds ratio", "RR": "risk ratio", "HR": "hazard ratio", "IRR": "incidence rate ratio",
    "ROM": "ratio of means",
}  # fmt: skip
_OTHERS = {
    "RD": "risk difference", "IRD": "incidence rate difference", "MD": "mean difference",
    "SMD": "standardised mean difference", "AS": "difference of arcsine square roots",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """How effects are shown.

    Attributes
    ----------
    words, fitted : str
        What they are, as they are shown and as they were fitted.
    ratio : bool
        Whether logarithms are turned into ratios.
    """

    words: str
    fitted: str
    ratio: bool

    def __call__(self, values: Floats) -> Floats:
        """Turn effects, limits or differences into what is shown."""
        if not self.ratio:
            return values
        # A logarithm above 709 is a ratio that is infinite to a computer, and to everybody else.
        with np.errstate(over="ignore", under="ignore"):
            return np.exp(values)


def shown(scale: Scale, measure: str | None) -> Shown:
    """Choose how effects of a measure, or of one that is not named, are shown.

    Raises
    ------
    ValueError
        If the scale or measure is unknown, or ratios are asked for of a measure that is none.
    """
    if scale not in ("as_given", "exp"):
        raise ValueError(f"unknown scale {scale!r}; expected as_given or exp")
    if measure is not None and not (isinstance(measure, str) and measure in _RATIOS | _OTHERS):
        raise ValueError(f"unknown measure {measure!r}; expected one of {', '.join(_RATIOS | _OTHERS)}")
    ratio = scale == "exp"
    if measure in _OTHERS:
        if ratio:
            raise ValueError(f"ratios were asked for and the measure is {measure}, a {_OTHERS[measure]}; "
                             f"expected one of {', '.join(_RATIOS)}")  # fmt: skip
        return Shown(_OTHERS[measure], _OTHERS[measure], ratio)
    if measure is None:
        return Shown("ratio", "log ratio", ratio) if ratio else Shown("effect as given", "effect as given", ratio)
    fitted = f"log {_RATIOS[measure]}"
    return Shown(_RATIOS[measure] if ratio else fitted, fitted, ratio)
