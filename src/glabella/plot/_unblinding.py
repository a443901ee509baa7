"""The pooled effect over the bias that is assumed of every trial."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from glabella.plot._check import columns, names
from glabella.plot._plot import INK, SOFT, Plot, plot

_WIDTH, _HEIGHT = 520, 260
_SHADE = "#e2e2e2"


def unblinding(
    bias: ArrayLike, estimate: ArrayLike, low: ArrayLike, high: ArrayLike, *, marks: ArrayLike = (),
    labels: Sequence[str] = (), title: str = "",
) -> Plot:  # fmt: skip
    """Draw the effect and its interval under each assumed bias.

    Parameters
    ----------
    bias, estimate, low, high : array_like of shape (n,)
        Assumed biases, and what is left of the effect.
    marks, labels : array_like and sequence of str
        Biases that others have measured, and a letter or a short word for each.
    title : str
        Of the effect's axis.

    Returns
    -------
    Plot

    Raises
    ------
    ValueError
        If lengths differ, or a number is not finite.
    """
    at, middle, lower, upper = columns(bias=bias, estimate=estimate, low=low, high=high)
    (where,) = columns(marks=marks) if np.size(marks) else (np.empty(0),)
    named = names("labels", labels, len(where))
    rows = [{"bias": float(a), "estimate": float(b), "low": float(c), "high": float(d)}
            for a, b, c, d in zip(at, middle, lower, upper, strict=True)]  # fmt: skip
    across: dict[str, Any] = {
        "field": "bias", "type": "quantitative", "title": "bias assumed of every trial",
        "scale": {"reverse": bool(at[-1] < at[0]), "nice": False}, "axis": {"tickCount": 6},
    }  # fmt: skip
    notes = [{"bias": float(a), "label": label} for a, label in zip(where, named, strict=True)]
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "area", "color": _SHADE, "opacity": 1},
            "encoding": {"x": across, "y": {"field": "low", "type": "quantitative", "title": title},
                         "y2": {"field": "high"}},
        },
        {
            "mark": {"type": "line", "color": INK},
            "encoding": {"x": across, "y": {"field": "estimate", "type": "quantitative"}},
        },
        {
            "data": {"values": [{"at": 0}]},
            "mark": {"type": "rule", "color": SOFT, "strokeDash": [3, 3]},
            "encoding": {"y": {"field": "at", "type": "quantitative"}},
        },
        {
            "data": {"values": notes},
            "mark": {"type": "rule", "color": SOFT},
            "encoding": {"x": across},
        },
        {
            "data": {"values": notes},
            "mark": {"type": "text", "baseline": "bottom", "dy": -3, "fontSize": 12, "color": INK},
            "encoding": {"x": across, "y": {"value": 0}, "text": {"field": "label"}},
        },
    ]  # fmt: skip
    return plot({"width": _WIDTH, "height": _HEIGHT, "data": {"values": rows}, "layer": layers})
