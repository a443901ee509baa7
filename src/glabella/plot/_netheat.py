"""The net heat plot: where inconsistency comes from, and on what each direct estimate rests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from glabella.plot._check import Floats, names
from glabella.plot._plot import INK, SOFT, Plot, plot

#: Side of a cell in pixels where there are few, and where there are many.
_CELL, _SMALL, _MANY = 34, 19, 14
#: Where the next shade starts. Steps are told apart more easily than a ramp, and are the same in all plots.
_BOUNDS = (0.5, 1, 2, 4, 8)
_BANDS = ("below 0.5", "0.5 to 1", "1 to 2", "2 to 4", "4 to 8", "8 or more")
_GREYS = ("#ffffff", "#ececec", "#d6d6d6", "#b8b8b8", "#949494", "#6a6a6a")
#: Changes that have no shade are not crossed out either.
_SEEN = _BOUNDS[0]


def net_heat(change: ArrayLike, hat: ArrayLike, labels: Sequence[str]) -> Plot:
    """Draw how inconsistency changes when each design is detached.

    The darker a cell, the more the inconsistency of its row changes when the design of its column is detached: it
    falls, or, where a stroke crosses the cell, it rises. The square in a cell is as large as the weight of the
    column's direct estimate in the row's network estimate.

    Parameters
    ----------
    change, hat : array_like of shape (p, p)
        Such as ``NetHeat.change`` and ``NetHeat.hat``, with the rows that shall be shown, in their order.
    labels : sequence of p str
        Direct estimates.

    Returns
    -------
    Plot

    Raises
    ------
    ValueError
        If shapes differ, or a number is not finite.

    References
    ----------
    Krahn U, Binder H, König J. BMC Med Res Methodol 2013;13:35.

    Examples
    --------
    >>> net_heat([[2.0, -0.5], [-0.5, 1.0]], [[0.8, 0.2], [0.3, 0.7]], ["A:B", "A:C"]).svg()[:4]
    '<svg'
    """
    lowered, weight = np.asarray(change, dtype=float), np.asarray(hat, dtype=float)
    p = len(lowered)
    if lowered.shape != (p, p) or weight.shape != (p, p) or not p:
        raise ValueError(f"change has shape {lowered.shape} and hat {weight.shape}, expected both (p, p)")
    shown = names("labels", labels, p)
    for name, matrix in (("change", lowered), ("hat", weight)):
        wrong = ~np.isfinite(matrix)
        if wrong.any():
            row, column = (int(place) for place in np.argwhere(wrong)[0])
            raise ValueError(f"{name} is {matrix[row, column]} in row {shown[row]!r}, column {shown[column]!r}, "
                             "expected a finite number")  # fmt: skip
    if twice := [label for i, label in enumerate(shown) if label in shown[:i]]:
        raise ValueError(f"label {twice[0]!r} stands for two rows, expected one name a row")
    cell = _CELL if p <= _MANY else _SMALL
    layers = [_cells(lowered, shown), *_strokes(lowered, shown, cell), _squares(weight, shown, cell)]
    return plot({"width": {"step": cell}, "height": {"step": cell}, "layer": layers})


def _axes(labels: list[str]) -> dict[str, Any]:
    """Name rows and columns; where there are many, rows are numbered and columns have the numbers alone."""
    axis: dict[str, Any] = {
        "labelLimit": 0,
        "ticks": False,
        "domain": False,
        "labelFontSize": 10,
        "labelPadding": 4,
    }
    across = {**axis, "orient": "top", "labelAngle": -60, "labelAlign": "left", "titlePadding": 8}
    # Above its names: beside long ones Vega would set it over them.
    down = {**axis, "titleAngle": 0, "titleAlign": "right", "titleBaseline": "bottom", "titleX": -5, "titleY": -5}
    if len(labels) > _MANY:
        number = f"indexof({json.dumps(labels)}, datum.value) + 1"
        down["labelExpr"] = f"datum.value + '  ' + ({number})"
        across |= {"labelExpr": number, "labelAngle": 0, "labelAlign": "center"}
    return {
        "x": {"field": "column", "type": "nominal", "sort": labels, "title": "design detached", "axis": across,
              "scale": {"padding": 0}},
        "y": {"field": "row", "type": "nominal", "sort": labels, "title": "inconsistency of", "axis": down,
              "scale": {"padding": 0}},
    }  # fmt: skip


def _cells(change: Floats, labels: list[str]) -> dict[str, Any]:
    bands = np.searchsorted(_BOUNDS, np.abs(change), side="right")
    rows = [
        {"row": labels[i], "column": labels[j], "change": float(change[i, j]), "amount": _BANDS[bands[i, j]]}
        for i in range(len(labels))
        for j in range(len(labels))
    ]
    title = ["change of Q,", "crossed: it rises" if (change < -_SEEN).any() else "it falls"]
    legend = {"title": title, "titleLimit": 0, "symbolType": "square", "symbolSize": 160, "symbolStrokeColor": SOFT,
              "symbolStrokeWidth": 0.8}  # fmt: skip
    return {
        "data": {"values": rows},
        "mark": {"type": "rect", "stroke": "#ffffff", "strokeWidth": 0.5},
        "encoding": {
            **_axes(labels),
            "color": {
                "field": "amount",
                "type": "nominal",
                "scale": {"domain": list(_BANDS), "range": list(_GREYS)},
                "legend": legend,
            },
        },
    }


def _strokes(change: Floats, labels: list[str], cell: int) -> list[dict[str, Any]]:
    """Cross out cells whose inconsistency rises."""
    rows = [{"row": labels[i], "column": labels[j]} for i, j in np.argwhere(change < -_SEEN).tolist()]
    if not rows:
        return []
    half = cell / 2 - 1.5
    offset = {"xOffset": -half, "x2Offset": half, "yOffset": half, "y2Offset": -half}
    position = _axes(labels)
    start = {way: {**position[way], "bandPosition": 0.5} for way in ("x", "y")}
    end = {"x2": {"field": "column", "bandPosition": 0.5}, "y2": {"field": "row", "bandPosition": 0.5}}
    return [{
        "data": {"values": rows},
        "mark": {"type": "rule", "color": INK, "strokeWidth": 0.9, "strokeCap": "butt", **offset},
        "encoding": {**start, **end},
    }]  # fmt: skip


def _squares(hat: Floats, labels: list[str], cell: int) -> dict[str, Any]:
    """Draw weights as squares; the largest fills three quarters of a cell's side."""
    rows = [
        {"row": labels[i], "column": labels[j], "weight": float(abs(hat[i, j]))}
        for i, j in np.argwhere(np.abs(hat) > 0.005).tolist()
    ]
    return {
        "data": {"values": rows},
        "mark": {"type": "point", "shape": "square", "fill": "#ffffff", "stroke": INK,
                 "strokeWidth": 0.8, "opacity": 1},
        "encoding": {
            **_axes(labels),
            "size": {
                "field": "weight",
                "type": "quantitative",
                "scale": {"domain": [0, 1], "range": [0, (0.75 * cell) ** 2]},
                "legend": {"title": ["weight of the", "direct estimate"], "values": [0.1, 0.5, 1], "format": "%",
                           "symbolFillColor": "#ffffff", "symbolStrokeColor": INK, "symbolStrokeWidth": 1},
            },
        },
    }  # fmt: skip
