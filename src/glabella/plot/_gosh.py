"""The GOSH plot: pooled effect and heterogeneity of every subset of studies, as a density."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.plot._check import Floats, columns, forbid, padded
from glabella.plot._plot import INK, SOFT, Plot, plot

#: Cells across (effect) and up (I², two percentage points each).
_ACROSS, _UP = 60, 50
#: Whole pixels a cell, so that no seam shows between neighbours.
_SIDE, _MARGIN = 300, 56
_PALE = "#e2e2e2"


def gosh(
    estimates: ArrayLike,
    i2: ArrayLike,
    *,
    contains: ArrayLike | None = None,
    label: str = "",
    title: str = "pooled effect",
) -> Plot:
    """Draw a graphical display of study heterogeneity.

    The subsets are counted in cells before they become data, so that a million of them draw as fast as a hundred.

    Parameters
    ----------
    estimates, i2 : array_like of shape (m,)
        Pooled effect, and I² in percent, of each subset.
    contains : array_like of m bool, optional
        Which subsets hold one chosen study. Then there are two panels, with and without it.
    label : str
        Name of that study.
    title : str
        What the horizontal axis shows.

    Returns
    -------
    Plot

    Raises
    ------
    ValueError
        If lengths differ, a number is not finite, I² is not within 0 and 100, or ``contains`` is not boolean.

    References
    ----------
    Olkin I, Dahabreh IJ, Trikalinos TA. GOSH - a graphical display of study heterogeneity. Res Synth Methods
    2012;3:214-223.

    Examples
    --------
    >>> drawn = gosh([0.1, 0.3, 0.2], [0.0, 40.0, 20.0])
    >>> len(drawn.spec["vconcat"])
    2
    """
    x, y = columns(estimates=estimates, i2=i2)
    forbid((y < 0) | (y > 100), y, "i2", "a percentage from 0 to 100")
    low, high = float(x.min()), float(x.max())
    across = padded(low, high, 0.02)
    if contains is None:
        panels = [_panel(x, y, across, "")]
    else:
        holds = _booleans(contains, len(x))
        name = label or "the study"
        panels = [
            _panel(x[kept], y[kept], across, f"subsets {word} {name}")
            for word, kept in (("with", holds), ("without", ~holds))
        ]
    most = max(int(panel.cells.max()) for panel in panels)
    tallest = max(int(panel.cells.sum(axis=1).max()) for panel in panels)
    widest = max(int(panel.cells.sum(axis=0).max()) for panel in panels)
    drawn = [_draw(panel, across, title, (most, tallest, widest), first=i == 0) for i, panel in enumerate(panels)]
    return plot(drawn[0] if len(drawn) == 1 else {"hconcat": drawn, "spacing": 28})


@dataclass(frozen=True, slots=True)
class _Panel:
    """Counts in cells (effect, I²), the cells' edges, and what the panel is called."""

    cells: NDArray[np.int64]
    effects: Floats
    i2: Floats
    heading: str


def _booleans(contains: ArrayLike, m: int) -> NDArray[np.bool_]:
    holds = np.asarray(contains)
    if holds.dtype != np.bool_:
        raise ValueError(f"contains is of type {holds.dtype}, expected booleans")
    if holds.shape != (m,):
        raise ValueError(f"contains has shape {holds.shape}, expected ({m},), one a subset")
    return holds


def _panel(x: Floats, y: Floats, across: tuple[float, float], heading: str) -> _Panel:
    cells, effects, i2 = np.histogram2d(x, y, bins=(_ACROSS, _UP), range=(across, (0.0, 100.0)))
    return _Panel(cells.astype(np.int64), effects, i2, heading)


def _draw(
    panel: _Panel, across: tuple[float, float], title: str, top: tuple[int, int, int], *, first: bool
) -> dict[str, Any]:
    most, tallest, widest = top
    x_scale = {"domain": list(across), "nice": False, "zero": False}
    y_scale = {"domain": [0, 100], "nice": False}
    rows = [
        {
            "x": float(panel.effects[i]),
            "x2": float(panel.effects[i + 1]),
            "y": float(panel.i2[j]),
            "y2": float(panel.i2[j + 1]),
            "n": int(panel.cells[i, j]),
        }
        for i, j in zip(*np.nonzero(panel.cells), strict=True)
    ]
    # Squares at round counts, not a gradient: Vega numbers its gradients on and on, so that bytes would differ.
    legend = {
        "title": "subsets in a cell",
        "orient": "bottom",
        "type": "symbol",
        "symbolType": "square",
        "symbolSize": 160,
        "values": [10**power for power in range(len(str(most)))],
        "format": ",d",
    }
    density = {
        "width": _SIDE,
        "height": _SIDE,
        "data": {"values": rows},
        "mark": {"type": "rect", "opacity": 1},
        "encoding": {
            "x": {"field": "x", "type": "quantitative", "scale": x_scale, "title": title, "axis": {"tickCount": 6}},
            "x2": {"field": "x2"},
            "y": {"field": "y", "type": "quantitative", "scale": y_scale, "title": "heterogeneity I² (%)"},
            "y2": {"field": "y2"},
            "fill": {
                "field": "n",
                "type": "quantitative",
                # Counts span decades; a linear shade would show the crowd and hide the clusters beside it.
                "scale": {"type": "log", "domain": [1, max(most, 2)], "range": [_PALE, INK], "nice": False},
                "legend": legend if first else None,
            },
        },
    }
    above = _histogram(panel.cells.sum(axis=1), panel.effects, "x", x_scale, tallest)
    beside = _histogram(panel.cells.sum(axis=0), panel.i2, "y", y_scale, widest)
    body: dict[str, Any] = {
        "vconcat": [above, {"hconcat": [density, beside], "spacing": 6, "bounds": "flush"}],
        "spacing": 6,
        "bounds": "flush",
    }
    if panel.heading:
        body["title"] = {"text": panel.heading, "fontSize": 12, "fontWeight": "normal", "anchor": "start"}
    return body


def _histogram(counts: Any, edges: Floats, along: str, scale: dict[str, Any], most: int) -> dict[str, Any]:
    """Give a marginal histogram; its bars stand on the side that faces the density."""
    other = "y" if along == "x" else "x"
    rows = [
        {"from": float(edges[i]), "to": float(edges[i + 1]), "zero": 0, "n": int(n)}
        for i, n in enumerate(counts)
        if n
    ]
    return {
        "width": _SIDE if along == "x" else _MARGIN,
        "height": _MARGIN if along == "x" else _SIDE,
        "data": {"values": rows},
        "mark": {"type": "rect", "color": SOFT, "stroke": "white", "strokeWidth": 0.4, "opacity": 1},
        "encoding": {
            along: {"field": "from", "type": "quantitative", "scale": scale, "axis": None},
            f"{along}2": {"field": "to"},
            other: {
                "field": "zero",
                "type": "quantitative",
                "scale": {"domain": [0, most], "nice": False},
                "axis": None,
            },
            f"{other}2": {"field": "n"},
        },
    }
