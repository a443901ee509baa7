"""The trend of a signal: what was known by each quarter, with its interval, above the reports of that quarter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import ArrayLike

from glabella.plot._check import columns, forbid, names
from glabella.plot._plot import INK, SOFT, Plot, plot

_WIDTH, _HEIGHT, _BARS = 520, 240, 70
_SHADE = "#e2e2e2"


def trend(quarters: Sequence[str], ic: ArrayLike, ic025: ArrayLike, ic975: ArrayLike, n: ArrayLike) -> Plot:
    """Draw the cumulative information component by quarter.

    Parameters
    ----------
    quarters : sequence of str
        In order, such as ``2019Q3``.
    ic, ic025, ic975 : array_like of shape (quarters,)
        Cumulative component and its limits.
    n : array_like of shape (quarters,)
        New reports in each quarter.

    Returns
    -------
    Plot

    Raises
    ------
    ValueError
        If lengths differ, or a number is not finite.

    Examples
    --------
    >>> trend(["2019Q1", "2019Q2"], [0.2, 0.6], [-1.2, 0.1], [1.1, 1.0], [2, 5]).svg()[:4]
    '<svg'
    """
    middle, low, high, count = columns(ic=ic, ic025=ic025, ic975=ic975, n=n)
    forbid(count < 0, count, "n", "0 or more")
    named = names("quarters", quarters, len(middle))
    rows = [
        {"quarter": q, "ic": float(a), "low": float(b), "high": float(c), "n": int(d)}
        for q, a, b, c, d in zip(named, middle, low, high, count, strict=True)
    ]
    # Some years' first quarters are named, so that ninety quarters stay readable.
    every = [q for q in named if q.endswith("Q1")] or named[:1]
    across: dict[str, Any] = {
        "field": "quarter",
        "type": "ordinal",
        "sort": named,
        "title": None,
        "axis": {"values": every[:: 1 + len(every) // 9], "labelAngle": 0, "labelExpr": "slice(datum.value, 0, 4)"},
    }
    curve = {
        "width": _WIDTH,
        "height": _HEIGHT,
        "layer": [
            {
                "mark": {"type": "area", "color": _SHADE, "opacity": 1},
                "encoding": {
                    "x": across,
                    "y": {"field": "low", "type": "quantitative", "title": "information component, cumulative"},
                    "y2": {"field": "high"},
                },
            },
            {
                "mark": {"type": "line", "color": INK, "point": {"color": INK, "size": 12}},
                "encoding": {"x": across, "y": {"field": "ic", "type": "quantitative"}},
            },
            {
                "data": {"values": [{"at": 0}]},
                "mark": {"type": "rule", "color": SOFT, "strokeDash": [3, 3]},
                "encoding": {"y": {"field": "at", "type": "quantitative"}},
            },
        ],
    }
    bars = {
        "width": _WIDTH,
        "height": _BARS,
        "mark": {"type": "bar", "color": SOFT},
        "encoding": {"x": across, "y": {"field": "n", "type": "quantitative", "title": "new reports"}},
    }
    return plot({"data": {"values": rows}, "vconcat": [curve, bars]})
