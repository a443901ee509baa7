"""Models of publication bias for model averaging, each with its prior: weight functions, PET and PEESE."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from glabella.synthesis.bayesian._averaging_priors import ProperPrior, require_proper
from glabella.synthesis.bayesian._priors import HalfCauchy

Floats = NDArray[np.float64]

#: Gauss-Jacobi nodes along each free weight, by how many there are.
_NODES = {1: 28, 2: 16, 3: 11}
#: The weight's root of this order is integrated: the integrand's poles lie just below a weight of 0, and the root
#: moves them away, so that a rule with few nodes sees a smooth function.
_POWER = 4


@dataclass(frozen=True, slots=True)
class WeightFunction:
    """Publication that depends on the p-value by steps, never more likely the larger it is.

    Attributes
    ----------
    steps : tuple of float
        Ascending cut points of the p-values, one to three of them.
    sides : {"one", "two"}
        Of the test that the p-values come from.
    concentration : tuple of float
        Of the Dirichlet prior on the drops of the weight from one interval to the next, the last drop being to 0;
        one number an interval. Left out, all are 1: the ordered weights are uniform.
    weight : float
        Prior probability relative to the other models of bias.
    """

    steps: tuple[float, ...]
    sides: Literal["one", "two"] = "one"
    concentration: tuple[float, ...] = ()
    weight: float = 1.0

    def __post_init__(self) -> None:
        steps = (0.0, *self.steps, 1.0)
        if not 1 <= len(self.steps) <= 3 or any(low >= high for low, high in pairwise(steps)):
            raise ValueError(f"steps is {self.steps}, expected one to three ascending numbers between 0 and 1")
        if self.sides not in ("one", "two"):
            raise ValueError(f"sides is {self.sides!r}, expected 'one' or 'two'")
        if self.concentration and (len(self.concentration) != len(steps) - 1 or min(self.concentration) <= 0):
            raise ValueError(f"concentration is {self.concentration}, expected {len(steps) - 1} numbers above 0")
        _check_weight(self.weight)

    @property
    def name(self) -> str:
        """As a table shows it."""
        return f"{self.sides}-sided {', '.join(f'{step:g}' for step in self.steps)}"

    def rules(self, points: int | None = None) -> tuple[tuple[Floats, Floats], ...]:
        """Give for each step nodes of the ratio of its weight to the one before, and their prior mass.

        Each ratio is Beta, and they are independent; so a rule for all weights is a product of Gauss-Jacobi rules.
        """
        free = len(self.steps)
        drops = np.array(self.concentration or (1.0,) * (free + 1))
        return tuple(
            _beta_rule(points or _NODES[free], float(drops[step + 1 :].sum()), float(drops[step]))
            for step in range(free)
        )


@lru_cache(maxsize=64)
def _beta_rule(number: int, a: float, b: float) -> tuple[Floats, Floats]:
    """Give nodes and masses of a Beta distribution, for functions that are smooth in its fourth root."""
    from scipy.special import roots_jacobi

    x, w = roots_jacobi(number, b - 1, _POWER * a - 1)
    root = (1 + x) / 2
    mass = w * np.polynomial.polynomial.polyval(root, np.ones(_POWER)) ** (b - 1)
    found = root**_POWER, mass / mass.sum()
    for each in found:
        each.setflags(write=False)
    return found


@dataclass(frozen=True, slots=True)
class Slope:
    """Effects that grow with their standard error (PET) or with its square (PEESE), in the direction favoured.

    Attributes
    ----------
    kind : {"PET", "PEESE"}
        Which of the two.
    prior : ProperPrior
        Of the slope: one of those of τ.
    weight : float
        Prior probability relative to the other models of bias.
    """

    kind: Literal["PET", "PEESE"]
    prior: ProperPrior
    weight: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in ("PET", "PEESE"):
            raise ValueError(f"kind is {self.kind!r}, expected 'PET' or 'PEESE'")
        require_proper(self.prior, f"the prior of {self.kind}'s slope")
        _check_weight(self.weight)

    @property
    def name(self) -> str:
        """As a table shows it."""
        return self.kind

    def predictor(self, v: Floats) -> Floats:
        """Give what the slope multiplies."""
        return np.sqrt(v) if self.kind == "PET" else v


BiasModel = WeightFunction | Slope


def psma() -> tuple[BiasModel, ...]:
    """Give the eight models of RoBMA-PSMA: six weight functions, which share half the probability, PET and PEESE.

    The priors of the slopes, half-Cauchy with scales 1 and 5, are meant for standardised mean differences.

    References
    ----------
    Bartoš F, Maier M, Wagenmakers EJ, Doucouliagos H, Stanley TD. Res Synth Methods 2023;14:99-116.
    """
    steps: tuple[tuple[tuple[float, ...], Literal["one", "two"]], ...] = (
        ((0.05,), "two"),
        ((0.05, 0.1), "two"),
        ((0.05,), "one"),
        ((0.025, 0.05), "one"),
        ((0.05, 0.5), "one"),
        ((0.025, 0.05, 0.5), "one"),
    )
    functions = tuple(WeightFunction(cuts, sides, weight=1 / 12) for cuts, sides in steps)
    return (*functions, Slope("PET", HalfCauchy(1.0), 1 / 4), Slope("PEESE", HalfCauchy(5.0), 1 / 4))


def _check_weight(weight: float) -> None:
    if not (np.isfinite(weight) and weight > 0):
        raise ValueError(f"weight is {weight}, expected a number above 0")
