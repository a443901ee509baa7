"""What looks into one network asks for: its contrasts, and a word when a batch is given instead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from glabella.synthesis._labels import check_list, names

if TYPE_CHECKING:
    from glabella.synthesis.networks._network import Network

Floats = NDArray[np.float64]
Model = Literal["random", "common"]


def contrasts(fit: Network) -> tuple[Floats, Floats]:
    """Give effects and standard errors of the one network that was fitted.

    Raises
    ------
    ValueError
        If it is a batch.
    """
    if not fit.given.single:
        raise ValueError(f"the fit is a batch of {len(fit.given.te)} networks, expected a single one")
    return fit.given.te[0], fit.given.se[0]


def ordered(fit: Network, order: Sequence[str]) -> tuple[str, ...]:
    """Read an order of all treatments.

    Raises
    ------
    ValueError
        If it does not name every treatment once.
    """
    check_list(order, "order", f"the treatments {list(fit.treatments)}")
    asked = tuple(names(list(order), "order"))
    if sorted(asked) != list(fit.treatments):
        wrong = sorted(set(asked) ^ set(fit.treatments)) or sorted({t for t in asked if asked.count(t) > 1})
        raise ValueError(f"order and the network differ in {wrong}, expected each of {list(fit.treatments)} once")
    return asked


def variance(fit: Network, model: Model) -> float:
    """Give the variance between studies that a model has.

    Raises
    ------
    ValueError
        If there is no such model.
    """
    if model not in ("random", "common"):
        raise ValueError(f"unknown model {model!r}; expected random or common")
    contrasts(fit)
    return float(fit.tau2) if model == "random" else 0.0


def matrices(fit: Network, model: Model) -> tuple[Floats, Floats]:
    """Give effects and standard errors of all comparisons by a model."""
    variance(fit, model)
    return (fit.te_random, fit.se_random) if model == "random" else (fit.te_common, fit.se_common)
