"""The comparison-adjusted funnel: studies less what all of their comparison find, in an order that has a side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from glabella.synthesis._small_study import Egger, egger
from glabella.synthesis.networks._single import Model, contrasts, ordered
from glabella.synthesis.networks._split import direct_evidence

if TYPE_CHECKING:
    import polars as pl

    from glabella.synthesis.networks._network import Network

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class AdjustedFunnel:
    """Contrasts around their comparison's direct estimate.

    Attributes
    ----------
    studies, first, second : tuple of str
        Study and treatments of each contrast: the first stands before the second in the order.
    te, se : ndarray of shape (m,)
        Effect of the first versus the second, and its standard error.
    direct : ndarray of shape (m,)
        Direct estimate of the comparison.
    adjusted : ndarray of shape (m,)
        ``te`` less ``direct``; zero where a study is alone.
    """

    studies: tuple[str, ...]
    first: tuple[str, ...]
    second: tuple[str, ...]
    te: Floats
    se: Floats
    direct: Floats
    adjusted: Floats

    @property
    def egger(self) -> Egger:
        """Regress adjusted effects on standard errors, with multiplicative dispersion."""
        return egger(self.adjusted, self.se**2, model="lm", predictor="sei")

    def table(self) -> pl.DataFrame:
        """Give one row a contrast."""
        import polars as pl

        return pl.DataFrame({name: list(getattr(self, name)) for name in self.__slots__})

    def __str__(self) -> str:
        """Print as analysts know it."""
        try:
            test = str(self.egger)
        except ValueError as error:
            test = f"No test: {error}"
        return f"Comparison-adjusted funnel of {len(self.te)} contrasts\n\n{test}"


def adjusted_funnel(fit: Network, order: Sequence[str], *, model: Model = "random") -> AdjustedFunnel:
    """Centre each contrast at its comparison's direct estimate.

    Parameters
    ----------
    fit : Network
        One network, not a batch.
    order : sequence of str
        All treatments, such that small studies are thought to favour one side: oldest to newest, or placebo first.
    model : {"random", "common"}
        How direct estimates are pooled.

    Raises
    ------
    ValueError
        If the order does not name every treatment once.

    References
    ----------
    Chaimani A, Salanti G. Res Synth Methods 2012;3:161-176. Chaimani A, Higgins JPT, Mavridis D, Spyridonos P,
    Salanti G. PLoS ONE 2013;8:e76654.
    """
    of, (te, se) = fit.structure, contrasts(fit)
    asked = ordered(fit, order)
    place = np.array([asked.index(name) for name in fit.treatments])
    found = direct_evidence(fit, model)
    turn = np.where(place[of.a] < place[of.b], 1.0, -1.0)
    first, second = np.where(turn > 0, of.a, of.b), np.where(turn > 0, of.b, of.a)
    direct = found.sign * turn * found.te[found.edge]
    # A study that is alone is its comparison's direct estimate, to the last digit.
    adjusted = np.where(found.studies[found.edge] == 1, 0.0, turn * te - direct)
    by = np.lexsort((place[second], place[first]))
    return AdjustedFunnel(
        tuple(of.studies[of.study[i]] for i in by), tuple(of.treatments[first[i]] for i in by),
        tuple(of.treatments[second[i]] for i in by), (turn * te)[by], se[by], direct[by], adjusted[by],
    )  # fmt: skip
