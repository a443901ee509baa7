"""L'Abbé's plot: the event rate of one group against that of the other."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from glabella.plot._check import Floats, columns, forbid, names, number
from glabella.plot._labels import Frame, label_layers
from glabella.plot._plot import INK, Plot, plot

_SIDE = 360
_EQUAL = "equal rates"
_STEPS = 101
_PALE = "#d9d9d9"
#: Area of the largest circle, in square pixels.
_LARGEST = 300.0


def _odds(rate: Floats, estimate: float) -> Floats:
    ratio = float(np.exp(estimate))
    return np.asarray(ratio * rate / (1 - rate + ratio * rate))


#: What each measure is called, and the first group's rate at a rate of the second and a pooled effect.
_MEASURES: dict[str, tuple[str, Callable[[Floats, float], Floats]]] = {
    "OR": ("pooled odds ratio", _odds),
    "RR": ("pooled risk ratio", lambda rate, estimate: np.exp(estimate) * rate),
    "RD": ("pooled risk difference", lambda rate, estimate: rate + estimate),
}


def labbe(
    ai: ArrayLike,
    n1i: ArrayLike,
    ci: ArrayLike,
    n2i: ArrayLike,
    *,
    labels: Sequence[str] | None = None,
    estimate: float | None = None,
    measure: Literal["OR", "RR", "RD"] = "OR",
    groups: tuple[str, str] = ("treated group", "control group"),
) -> Plot:
    """Draw L'Abbé's plot.

    Parameters
    ----------
    ai, n1i, ci, n2i : array_like of shape (k,)
        Events and participants of the first (treated) and of the second (control) group.
    labels : sequence of k str, optional
        Names beside the points; an empty one is left out.
    estimate : float, optional
        Pooled effect, drawn as a curve; log odds ratio, log risk ratio, or risk difference.
    measure : {"OR", "RR", "RD"}
        What ``estimate`` is.
    groups : tuple of two str
        What the first and the second group are called.

    Returns
    -------
    Plot

    Raises
    ------
    ValueError
        If lengths differ, a number cannot be, or the measure is unknown.

    References
    ----------
    L'Abbé KA, Detsky AS, O'Rourke K. Meta-analysis in clinical research. Ann Intern Med 1987;107:224-233.

    Examples
    --------
    >>> drawn = labbe([9, 5], [15, 20], [2, 3], [15, 21], estimate=1.4, measure="OR")
    >>> drawn.spec["width"] == drawn.spec["height"]
    True
    """
    a, n1, c, n2 = columns(ai=ai, n1i=n1i, ci=ci, n2i=n2i)
    for name, events, total_name, total in (("ai", a, "n1i", n1), ("ci", c, "n2i", n2)):
        forbid(total <= 0, total, total_name, "above 0")
        forbid(events < 0, events, name, "0 or more")
        forbid(events > total, events, name, f"at most {total_name}")
    if measure not in _MEASURES:
        raise ValueError(f"unknown measure {measure!r}; expected one of {list(_MEASURES)}")
    if estimate is not None:
        number("estimate", estimate)
        if measure == "RD" and abs(estimate) > 1:
            raise ValueError(f"estimate is {estimate:g}, expected a risk difference from -1 to 1")
    treated, control = a / n1, c / n2
    # Both axes are the same, so that the diagonal is one; rare events fill the frame all the same.
    top = min(1.0, 1.12 * float(max(treated.max(), control.max()))) or 1.0
    edge = (-0.03 * top, top * 1.03)
    lines = _lines(top, estimate, measure)
    layers = [lines, _points(treated, control, n1 + n2, edge, groups)]
    if labels is not None:
        frame = Frame(_SIDE, _SIDE, edge, edge)
        radius = np.sqrt((n1 + n2) / (n1 + n2).max() * _LARGEST / np.pi)
        layers += label_layers(
            control, treated, names("labels", labels, len(a)), frame, radius=radius, lines=_segments(lines)
        )
    return plot({"width": _SIDE, "height": _SIDE, "layer": layers})


def _lines(top: float, estimate: float | None, measure: str) -> dict[str, Any]:
    title, curve = _MEASURES[measure]
    shown = {_EQUAL: [(0.0, 0.0), (top, top)]}
    if estimate is not None:
        # Denser where it is steep: a large odds ratio rises within the first hundredth.
        rate = top * np.linspace(0, 1, _STEPS) ** 2
        rate = np.union1d(rate, top - rate)
        # A curve ends where it leaves the frame; the opposite effect leads back to the rate at which it does.
        leaves = curve(np.array([0.0, top]), -estimate)
        rate = np.union1d(rate, leaves[(leaves >= 0) & (leaves <= top)])
        value = curve(rate, estimate)
        inside = (value >= -1e-12) & (value <= top * (1 + 1e-12))
        shown[title] = list(zip(rate[inside].tolist(), value[inside].tolist(), strict=True))
    rows = [{"line": name, "control": x, "treated": y} for name, points in shown.items() for x, y in points]
    return {
        "data": {"values": rows},
        "mark": {"type": "line", "color": INK, "strokeWidth": 1.2},
        "encoding": {
            "x": {"field": "control", "type": "quantitative"},
            "y": {"field": "treated", "type": "quantitative"},
            "strokeDash": {
                "field": "line",
                "type": "nominal",
                "scale": {"domain": list(shown), "range": [[1, 0], [5, 4]][: len(shown)]},
                "legend": {"title": None, "symbolType": "stroke", "symbolSize": 300, "symbolStrokeColor": INK},
            },
        },
    }


def _segments(lines: dict[str, Any]) -> list[tuple[float, float, float, float]]:
    return [
        (one["control"], one["treated"], two["control"], two["treated"])
        for one, two in itertools.pairwise(lines["data"]["values"])
        if one["line"] == two["line"]
    ]


def _points(
    treated: Floats, control: Floats, total: Floats, edge: tuple[float, float], groups: tuple[str, str]
) -> dict[str, Any]:
    rows = [
        {"control": float(x), "treated": float(y), "participants": float(n)}
        for x, y, n in zip(control, treated, total, strict=True)
    ]
    scale = {"domain": list(edge), "nice": False, "zero": False}
    axis = {"format": "%", "tickCount": 6}
    return {
        "data": {"values": rows},
        "mark": {"type": "point", "fill": _PALE, "stroke": INK, "strokeWidth": 1, "opacity": 0.85},
        "encoding": {
            "x": {
                "field": "control",
                "type": "quantitative",
                "scale": scale,
                "axis": axis,
                "title": f"event rate, {groups[1]}",
            },
            "y": {
                "field": "treated",
                "type": "quantitative",
                "scale": scale,
                "axis": axis,
                "title": f"event rate, {groups[0]}",
            },
            "size": {
                "field": "participants",
                "type": "quantitative",
                "scale": {"domain": [0, float(total.max())], "range": [0, _LARGEST]},
                "legend": {"title": "participants", "tickCount": 3},
            },
        },
    }
