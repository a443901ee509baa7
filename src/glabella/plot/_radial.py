"""Galbraith's radial plot: standardised effects against precision, where a slope is an effect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from glabella.plot._check import columns, forbid, names, number, padded
from glabella.plot._labels import Frame, label_layers
from glabella.plot._plot import INK, SOFT, Plot, plot

_WIDTH, _HEIGHT = 440, 340
_POOLED, _BAND = "pooled effect", "within 2 standard errors of the pooled effect"
_SHADE = "#e2e2e2"


def radial(
    yi: ArrayLike,
    vi: ArrayLike,
    tau2: float = 0.0,
    *,
    estimate: float | None = None,
    labels: Sequence[str] | None = None,
) -> Plot:
    """Draw Galbraith's plot.

    Parameters
    ----------
    yi, vi : array_like of shape (k,)
        Effects and sampling variances.
    tau2 : float
        Variance between studies, added to the sampling variances; zero for a common effect.
    estimate : float, optional
        Pooled effect: the slope of a line from the origin. About 95 of 100 studies fall into the band around it.
    labels : sequence of k str, optional
        Names beside the points; an empty one is left out.

    Returns
    -------
    Plot

    Raises
    ------
    ValueError
        If lengths differ, a number is not finite, a variance is not above zero, or ``tau2`` is below zero.

    References
    ----------
    Galbraith RF. Graphical display of estimates having differing standard errors. Technometrics 1988;30:271-281.

    Examples
    --------
    >>> drawn = radial([0.1, 0.4, 0.8], [0.04, 0.05, 0.09], tau2=0.02, estimate=0.38)
    >>> drawn.svg()[:4]
    '<svg'
    """
    y, v = columns(yi=yi, vi=vi)
    forbid(v <= 0, v, "vi", "above 0")
    if not number("tau2", tau2) >= 0:
        raise ValueError(f"tau2 is {tau2:g}, expected 0 or more")
    precision = 1 / np.sqrt(v + tau2)
    z = y * precision
    right = 1.08 * float(precision.max())
    reach = [0.0, float(z.min()), float(z.max())]
    if estimate is not None:
        end = number("estimate", estimate) * right
        reach += [-2.0, 2.0, end - 2, end + 2]
    up = padded(min(reach), max(reach))
    position = {
        "x": {
            "field": "precision",
            "type": "quantitative",
            "scale": {"domain": [0, right], "nice": False},
            "title": "precision (1 / standard error" + (", with variance between studies)" if tau2 else ")"),
            "axis": {"tickCount": 7, "zindex": 1},
        },
        "y": {
            "field": "z",
            "type": "quantitative",
            "scale": {"domain": list(up), "nice": False, "zero": False},
            "title": "effect / standard error",
            # The band must not cover the axis.
            "axis": {"tickCount": 7, "zindex": 1},
        },
    }
    layers: list[dict[str, Any]] = []
    if estimate is not None:
        layers += _line(float(estimate), right, position)
    layers.append({
        "data": {"values": [{"precision": 0, "z": 0, "end": right}]},
        "mark": {"type": "rule", "color": SOFT, "strokeWidth": 0.8},
        "encoding": {**position, "x2": {"field": "end"}},
    })  # fmt: skip
    rows = [{"precision": float(a), "z": float(b)} for a, b in zip(precision, z, strict=True)]
    layers.append({
        "data": {"values": rows},
        "mark": {"type": "point", "filled": True, "color": INK, "opacity": 1, "size": 36},
        "encoding": position,
    })  # fmt: skip
    if labels is not None:
        frame = Frame(_WIDTH, _HEIGHT, (0.0, right), up)
        avoid = [(0.0, 0.0, right, 0.0)]
        if estimate is not None:
            avoid += [(0.0, off, right, estimate * right + off) for off in (-2.0, 0.0, 2.0)]
        layers += label_layers(precision, z, names("labels", labels, len(y)), frame, lines=avoid)
    return plot({"width": _WIDTH, "height": _HEIGHT, "layer": layers})


def _line(estimate: float, right: float, position: dict[str, Any]) -> list[dict[str, Any]]:
    rows = [
        {"precision": x, "z": estimate * x, "low": estimate * x - 2, "high": estimate * x + 2} for x in (0.0, right)
    ]
    band = {
        "data": {"values": [{**row, "area": _BAND} for row in rows]},
        "mark": {"type": "area", "opacity": 1},
        "encoding": {
            "x": position["x"],
            "y": {**position["y"], "field": "low"},
            "y2": {"field": "high"},
            "fill": {
                "field": "area",
                "type": "nominal",
                "scale": {"domain": [_BAND], "range": [_SHADE]},
                "legend": {
                    "title": None,
                    "orient": "bottom",
                    "symbolType": "square",
                    "symbolSize": 160,
                    "symbolStrokeColor": SOFT,
                    "symbolStrokeWidth": 0.8,
                },
            },
        },
    }
    line = {
        "data": {"values": [{**row, "line": _POOLED} for row in rows]},
        "mark": {"type": "line", "color": INK, "strokeWidth": 1.2},
        "encoding": {
            **position,
            "strokeDash": {
                "field": "line",
                "type": "nominal",
                "scale": {"domain": [_POOLED], "range": [[1, 0]]},
                "legend": {
                    "title": None,
                    "orient": "bottom",
                    "symbolType": "stroke",
                    "symbolSize": 300,
                    "symbolStrokeColor": INK,
                },
            },
        },
    }
    return [band, line]
