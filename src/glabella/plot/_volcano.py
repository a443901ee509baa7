"""The volcano plot of signals: how far from expected, how unlikely by chance, and on how many reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.plot._check import Floats, columns, forbid, names, padded
from glabella.plot._labels import Frame, label_layers
from glabella.plot._plot import INK, SOFT, Plot, plot

_WIDTH, _HEIGHT = 480, 360
#: Beyond this many tenfold steps one P value is as good as another, and the rest would be pressed flat.
_CEILING = 50.0
_ABOVE, _NOT = "lower limit above what is expected", "not"
_NAMED = 8
#: Chi-squared with one degree of freedom at which P is 5 %.
_CRITICAL = 3.841458820694124


def volcano(
    ratio: ArrayLike,
    low: ArrayLike,
    chi2: ArrayLike,
    n: ArrayLike,
    *,
    labels: Sequence[str] | None = None,
    title: str = "reporting odds ratio",
) -> Plot:
    """Draw signals: the ratio across, the P value of chi-squared upwards, the reports as size.

    Parameters
    ----------
    ratio, low : array_like of shape (k,)
        Ratio observed to expected, and its lower limit. A ratio may be infinite, as where every report of the event
        has the drug; its lower limit may then be nan.
    chi2 : array_like of shape (k,)
        Chi-squared with one degree of freedom.
    n : array_like of shape (k,)
        Reports behind each.
    labels : sequence of k str, optional
        Names; the eight with the highest lower limits among those above one are written.
    title : str
        What the ratio is.

    Returns
    -------
    Plot
        Filled marks have a lower limit above one; an infinite ratio without a limit is filled where chi-squared is
        above 3.84. Infinite ratios stand as triangles at the right edge.

    Raises
    ------
    ValueError
        If lengths differ, a number is not finite (but for an infinite ratio and its limit), or a ratio is not above
        zero.

    Examples
    --------
    >>> volcano([0.3, 1.8, 5.6], [0.04, 1.2, 2.9], [1.7, 8.4, 31.0], [1, 26, 9]).svg()[:4]
    '<svg'
    """
    from scipy.special import chdtrc

    endless = np.atleast_1d(np.asarray(ratio, dtype=float)) == np.inf
    across, lower, chi, count = columns(ratio=_put(ratio, endless), low=_put(low, endless), chi2=chi2, n=n)
    forbid(across <= 0, across, "ratio", "above 0")
    forbid(chi < 0, chi, "chi2", "0 or more")
    up = np.minimum(-np.log10(np.maximum(chdtrc(1, chi), 10**-_CEILING)), _CEILING)
    x = np.log2(across)
    # Without a place of their own on the scale, infinite ratios stand a doubling beyond the largest.
    x[endless] = max(0.0, float(x[~endless].max(initial=0.0))) + 1
    lower[endless] = np.where(chi[endless] > _CRITICAL, np.inf, 0.0)
    x_range, y_range = padded(min(0.0, float(x.min())), max(0.0, float(x.max()))), padded(0.0, float(up.max()))
    rows = [
        {"ratio": float(a), "p": float(b), "n": int(c), "limit": _ABOVE if d > 1 else _NOT, "finite": not bool(e)}
        for a, b, c, d, e in zip(x, up, count, lower, endless, strict=True)
    ]
    position = {
        "x": {
            "field": "ratio",
            "type": "quantitative",
            "scale": {"domain": list(x_range), "nice": False},
            "title": f"{title}; triangles: infinite" if endless.any() else title,
            # Doublings are the scale, and ratios what people read.
            "axis": {"tickCount": 7, "labelExpr": "format(pow(2, datum.value), '.3~g')"},
        },
        "y": {
            "field": "p",
            "type": "quantitative",
            "scale": {"domain": list(y_range), "nice": False},
            "title": f"−log10 of P (chi-squared), at most {_CEILING:g}",
            "axis": {"tickCount": 6},
        },
    }
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": [{"ratio": 0}]},
            "mark": {"type": "rule", "color": SOFT, "strokeDash": [3, 3]},
            "encoding": {"x": position["x"]},
        },
        {
            "data": {"values": rows},
            "mark": {"type": "point", "stroke": INK, "strokeWidth": 1, "opacity": 1},
            "encoding": {
                **position,
                "size": {
                    "field": "n",
                    "type": "quantitative",
                    "scale": {"type": "sqrt", "range": [14, 420]},
                    "legend": {"title": "reports", "symbolStrokeColor": INK, "symbolFillColor": "transparent"},
                },
                "shape": {
                    "condition": {"test": "!datum.finite", "value": "triangle-right"},
                    "value": "circle",
                },
                "fill": {
                    "field": "limit",
                    "type": "nominal",
                    "scale": {"domain": [_ABOVE, _NOT], "range": ["#8a8a8a", "transparent"]},
                    "legend": {"title": None, "orient": "bottom", "symbolStrokeColor": INK, "labelLimit": 0},
                },
            },
        },
    ]
    if labels is not None:
        written = names("labels", labels, len(x))
        # Of infinite limits the one with the least probable table goes first.
        order = np.lexsort((-chi, -lower))
        chosen = [int(i) for i in order if lower[i] > 1][:_NAMED]
        shown = [name if i in set(chosen) else "" for i, name in enumerate(written)]
        frame = Frame(_WIDTH, _HEIGHT, x_range, y_range)
        layers += label_layers(x, up, shown, frame, radius=6.0)
    return plot({"width": _WIDTH, "height": _HEIGHT, "layer": layers})


def _put(column: ArrayLike, endless: NDArray[np.bool_]) -> Floats:
    """Put one in the place of what is infinite or has no limit for it; the rest is left to be checked."""
    values = np.atleast_1d(np.asarray(column, dtype=float))
    return np.where(endless, 1.0, values) if values.shape == endless.shape else values
