"""The league table: every treatment against every other, the network's estimate beside the direct one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from glabella.synthesis.networks._scale import Scale, shown

if TYPE_CHECKING:
    import polars as pl

    from glabella.synthesis.networks._network import Network

Floats = NDArray[np.float64]
Model = Literal["random", "common"]


@dataclass(frozen=True, slots=True)
class League:
    """Effects of the row's treatment versus the column's, with confidence limits.

    Attributes
    ----------
    treatments : tuple of str
        In the order of rows and columns.
    te, low, high : ndarray of shape (n, n)
        Estimates of the network.
    direct, direct_low, direct_high : ndarray of shape (n, n)
        Estimates of the studies that compare the two; NaN where there is none.
    model : {"random", "common"}
        Whose estimates.
    scale : {"as_given", "exp"}
        Whether logarithms of ratios were turned into ratios.
    level : float
        Of the limits.
    measure : str or None
        What was fitted, where it was named.
    """

    treatments: tuple[str, ...]
    te: Floats
    low: Floats
    high: Floats
    direct: Floats
    direct_low: Floats
    direct_high: Floats
    model: Model
    scale: Scale
    level: float
    measure: str | None = None

    def cells(self, *, digits: int = 2) -> list[list[str]]:
        """Write each cell: the network's estimates below the diagonal, direct ones above, names on it.

        Every cell, above the diagonal too, is the effect of the treatment that is named first, further up, versus
        the one that is named further down.
        """
        n = len(self.treatments)
        written = [["."] * n for _ in range(n)]
        for i in range(n):
            written[i][i] = self.treatments[i]
            for j in range(i):
                written[i][j] = _cell(self.te[j, i], self.low[j, i], self.high[j, i], digits)
                written[j][i] = _cell(self.direct[j, i], self.direct_low[j, i], self.direct_high[j, i], digits)
        return written

    def table(self, *, digits: int = 2) -> pl.DataFrame:
        """Give the cells as a table, one column a treatment."""
        import polars as pl

        cells = self.cells(digits=digits)
        columns = {"treatment": list(self.treatments)}
        return pl.DataFrame(columns | {name: [row[at] for row in cells] for at, name in enumerate(self.treatments)})

    def __str__(self) -> str:
        """Print as analysts know it."""
        cells = self.cells()
        widths = [max(len(row[at]) for row in cells) for at in range(len(cells))]
        lines = ["  ".join(f"{cell:>{wide}}" for cell, wide in zip(row, widths, strict=True)).rstrip()
                 for row in cells]  # fmt: skip
        return "\n".join([
            f"League table ({self.model} effects; {shown(self.scale, self.measure).words}): "
            f"upper name versus lower, {100 * self.level:g}% limits;",
            "below the diagonal the network's estimates, above it direct ones",
            "",
            *lines,
        ])  # fmt: skip


def league(
    fit: Network, *, order: Sequence[str] | None = None, model: Model = "random", scale: Scale = "as_given",
    measure: str | None = None,
) -> League:  # fmt: skip
    """Put all estimates of a network into one table.

    Parameters
    ----------
    fit : Network
        One network, not a batch.
    order : sequence of str, optional
        Treatments in the order in which they are shown; sorted by name when left out.
    model : {"random", "common"}
        Whose estimates.
    scale : {"as_given", "exp"}
        ``exp`` turns logarithms of ratios into ratios.
    measure : str, optional
        What effects are, such as OR, to be named above the table.

    Raises
    ------
    ValueError
        If the fit is a batch, the order does not name every treatment once, or a choice is not known.
    """
    from scipy.special import ndtri

    from glabella.synthesis.networks._single import matrices, ordered
    from glabella.synthesis.networks._split import direct_evidence

    change = shown(scale, measure)
    te, se = matrices(fit, model)
    named = fit.treatments if order is None else ordered(fit, order)
    found = direct_evidence(fit, model)
    direct, direct_se = np.full(te.shape, np.nan), np.full(te.shape, np.nan)
    direct[found.first, found.second], direct[found.second, found.first] = found.te, -found.te
    direct_se[found.first, found.second] = direct_se[found.second, found.first] = found.se
    reach = ndtri(0.5 + fit.level / 2)
    place = [fit.treatments.index(name) for name in named]

    def placed(values: Floats) -> Floats:
        return change(values[np.ix_(place, place)])

    half, direct_half = reach * se, reach * direct_se
    return League(
        named, placed(te), placed(te - half), placed(te + half),
        placed(direct), placed(direct - direct_half), placed(direct + direct_half),
        model, scale, fit.level, measure,
    )  # fmt: skip


def _cell(te: float, low: float, high: float, digits: int) -> str:
    return "." if np.isnan(te) else f"{te:z.{digits}f} ({low:z.{digits}f} to {high:z.{digits}f})"
