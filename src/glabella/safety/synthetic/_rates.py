"""Planted relative rates: how much more often than its share an event is reported with a drug."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glabella.safety.synthetic._data import read, stream
from glabella.safety.synthetic._vocabulary import Vocabulary

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Mixture:
    """A mixture of two gammas for the planted relative rates.

    Attributes
    ----------
    alpha1, beta1 : float
        Shape and rate of the signal component.
    alpha2, beta2 : float
        Shape and rate of the background component.
    p : float
        Share of the signal component.

    References
    ----------
    DuMouchel W. American Statistician 1999;53:177-190.
    """

    alpha1: float
    beta1: float
    alpha2: float
    beta2: float
    p: float

    def __post_init__(self) -> None:
        for name in ("alpha1", "beta1", "alpha2", "beta2"):
            if not 0 < getattr(self, name) < np.inf:
                raise ValueError(f"{name} is {getattr(self, name)}, expected a positive number")
        if not 0 <= self.p <= 1:
            raise ValueError(f"p is {self.p}, expected 0 to 1")


def default_mixture() -> Mixture:
    """Give the mixture of the data file: the fit of a real FAERS quarter."""
    return Mixture(**read("shape")["mixture"])


def planted_rates(seed: int, mixture: Mixture, words: Vocabulary, drug: int) -> tuple[Floats, NDArray[np.uint8]]:
    """Draw the rates of one drug with every event.

    Each drug has its own random numbers, so they can be drawn again instead of being kept: 60 million rates of
    5,000 drugs and 12,000 events need no memory.

    Returns
    -------
    rates, components : ndarray of shape (events,)
        Planted relative rates; component 1 signal, 2 background, 0 set to one by hand (real drug, real event).
    """
    random = stream(seed, "rates", drug)
    size = len(words.events)
    signal = random.random(size) < mixture.p
    rates = np.empty(size)
    count = np.count_nonzero(signal)
    rates[signal] = random.standard_gamma(mixture.alpha1, count) / mixture.beta1
    rates[~signal] = random.standard_gamma(mixture.alpha2, size - count) / mixture.beta2
    component = np.where(signal, 1, 2).astype(np.uint8)
    if words.real_drug[drug]:
        rates[words.real_event] = 1.0
        component[words.real_event] = 0
    return rates, component


def event_probabilities(rates: Floats, words: Vocabulary) -> Floats:
    """Turn a drug's rates into the distribution of its events: base share times rate, summing to one."""
    weight = words.event_share * rates
    total = weight.sum()
    if not total > 0:  # all rates underflowed, which needs a mixture of absurdly small shapes
        return words.event_share.copy()
    return np.asarray(weight / total)
