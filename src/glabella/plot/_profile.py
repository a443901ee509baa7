"""Profiles of unknowns: how much worse a fit becomes elsewhere, and whether the data tell the unknown at all."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from glabella.plot._canvas import Sign, heading, key
from glabella.plot._check import Floats, columns, forbid, number
from glabella.plot._plot import INK, Plot, plot

_COLUMNS, _WIDTH, _HEIGHT, _WRAP, _LABELS = 2, 154, 84, 25, 26
#: Rises are shown up to this many times the cut; values over more than this ratio on a logarithmic axis.
_SHOWN, _RATIO = 2.2, 20.0
#: Where the bar of allowed values lies and the axis, in cuts, and points of the curve between two that were fitted.
_BASE, _FLOOR, _BETWEEN = -0.16, -0.32, 7


@dataclass(frozen=True, slots=True)
class ProfileCurve:
    """The profile of one unknown: twice the rise of minus the log-likelihood at each value, and the verdict."""

    label: str
    values: ArrayLike
    rise: ArrayLike
    verdict: str


def profile_plot(
    profiles: Sequence[ProfileCurve], cut: float, *, title: str = "rise of twice minus the log-likelihood"
) -> Plot:
    """Draw profiles of unknowns, a panel for each, with the cut and the verdict.

    Values that stay below the cut are marked by a bar on the axis. A panel shows the curve up to a little more than
    twice the cut, and the values where it is so low.

    Parameters
    ----------
    profiles : sequence of Curve
        Values in order. Values above zero that span orders of magnitude have a logarithmic axis.
    cut : float
        Rise from which on a value is excluded.
    title : str
        What the vertical axes show; stands above the panels.

    Returns
    -------
    Plot

    Raises
    ------
    ValueError
        If there is no profile, two have one label, the cut is not above zero, a curve has fewer than two values,
        its values do not rise, a rise is below zero, or all of it is above the cut.

    References
    ----------
    Raue A, et al. Bioinformatics 2009;25:1923-1929.

    Examples
    --------
    >>> drawn = profile_plot([ProfileCurve("loss", [0.1, 0.2, 0.3], [4, 0, 5], "identified")], 3.84)
    >>> drawn.spec["vconcat"][0]["concat"][0]["title"]["subtitle"]
    'identified'
    """
    if not profiles:
        raise ValueError("no profiles, expected one or more")
    labels = [each.label for each in profiles]
    if twice := [label for i, label in enumerate(labels) if label in labels[:i]]:
        raise ValueError(f"label {twice[0]!r} stands for two profiles, expected one name a profile")
    if number("cut", cut) <= 0:
        raise ValueError(f"cut is {cut:g}, expected more than 0")
    panels = [_panel(each, cut, left=i % _COLUMNS == 0) for i, each in enumerate(profiles)]
    signs = [Sign("rise", line=((1, 0), 1.8)), Sign("from here on excluded", line=((4, 3), 1)),
             Sign("values that the data allow", line=((1, 0), 5))]  # fmt: skip
    return plot({
        "description": f"{title} over the values of each unknown. "
                       + "; ".join(f"{each.label}: {each.verdict}" for each in profiles) + ".",
        "title": heading(title),
        "vconcat": [{"concat": panels, "columns": _COLUMNS, "spacing": {"row": 12, "column": 14}},
                    key(signs, left=-_LABELS)],
        "spacing": 14,
    })  # fmt: skip


def _panel(each: ProfileCurve, cut: float, *, left: bool) -> dict[str, Any]:
    values, rise, allowed, log = _shown(each, cut)
    x = {
        "type": "quantitative",
        "scale": {"type": "log" if log else "linear", "domain": [float(values[0]), float(values[-1])],
                  "nice": False, **({} if log else {"zero": False})},
        "axis": {"title": None, "format": "~g", "labelFontSize": 11, "labelOverlap": True,
                 **({"values": _powers(values[0], values[-1])} if log else {"tickCount": 4})},
    }  # fmt: skip
    # Below zero there is the bar and no rise.
    step = next(s for s in (1, 2, 5, 10, 20, 50, 1e9) if _SHOWN * cut / s < 5)
    ticks = np.arange(0, _SHOWN * cut, step).tolist()
    y = {
        "type": "quantitative",
        "scale": {"domain": [_FLOOR * cut, _SHOWN * cut], "nice": False},
        "axis": {"title": None, "values": ticks, "labels": left, "ticks": left, "labelFontSize": 11,
                 "minExtent": _LABELS},
    }  # fmt: skip
    at = {"x": {"field": "value", **x}, "y": {"field": "rise", **y}}
    return {
        "title": {"text": textwrap.wrap(each.label, _WRAP) or [each.label], "subtitle": each.verdict,
                  "anchor": "start", "frame": "group", "fontSize": 11, "fontWeight": "normal",
                  "subtitleFontSize": 11, "subtitleFontStyle": "italic", "subtitleColor": INK, "offset": 5},
        "width": _WIDTH,
        "height": _HEIGHT,
        "data": {"values": [{"value": float(v), "rise": float(r)} for v, r in zip(values, rise, strict=True)]},
        "layer": [
            {"data": {"values": [{"low": low, "high": high, "rise": _BASE * cut} for low, high in allowed]},
             "mark": {"type": "rule", "color": INK, "strokeWidth": 5, "strokeCap": "butt"},
             "encoding": {"x": {"field": "low", **x}, "x2": {"field": "high"}, "y": {"field": "rise", **y}}},
            {"data": {"values": [{"rise": cut}]},
             "mark": {"type": "rule", "color": INK, "strokeWidth": 1, "strokeDash": [4, 3]},
             "encoding": {"y": {"field": "rise", **y}}},
            {"mark": {"type": "line", "color": INK, "strokeWidth": 1.8}, "encoding": at},
        ],
    }  # fmt: skip


def _shown(each: ProfileCurve, cut: float) -> tuple[Floats, Floats, list[tuple[float, float]], bool]:
    """Give the part of a profile that is shown, the spans of values below the cut, and whether it is on logs."""
    values, rise = columns(**{f"values of {each.label!r}": each.values, f"rise of {each.label!r}": each.rise})
    if len(values) < 2:
        raise ValueError(f"{each.label!r} has one value, expected two or more")
    forbid(np.diff(values, prepend=-np.inf) <= 0, values, f"value of {each.label!r}", "more than the one before")
    forbid(rise < 0, rise, f"rise of {each.label!r}", "0 or more")
    log = bool(values[0] > 0 and values[-1] / values[0] > _RATIO)
    x = np.log(values) if log else values
    top = _SHOWN * cut
    spans, allowed = _below(x, rise, top, each.label), _below(x, rise, cut, each.label)
    # The curve is drawn, and ends and limits are found, on its root, which is close to straight.
    fine = np.interp(np.arange((len(x) - 1) * _BETWEEN + 1) / _BETWEEN, np.arange(len(x)), x)
    first, last = spans[0][0], spans[-1][1]
    fine = np.unique([first, *fine[(fine > first) & (fine < last)], last])
    height = np.minimum(np.interp(fine, x, np.sqrt(rise)) ** 2, top)
    if log:
        fine, allowed = np.exp(fine), [(float(np.exp(low)), float(np.exp(high))) for low, high in allowed]
    return fine, height, allowed, log


def _below(values: Floats, rise: Floats, level: float, label: str) -> list[tuple[float, float]]:
    """Give the spans in which the rise is at most ``level``."""
    root, mark = np.sqrt(rise), np.sqrt(level)
    spans: list[list[float]] = []
    inside = False
    for i in range(len(values)):
        if i and (root[i] <= mark) != inside:
            share = (mark - root[i - 1]) / (root[i] - root[i - 1])
            crossing = float(values[i - 1] + share * (values[i] - values[i - 1]))
            if inside:
                spans[-1][1] = crossing
            else:
                spans.append([crossing, crossing])
        elif not i and root[i] <= mark:
            spans.append([float(values[i]), float(values[i])])
        inside = bool(root[i] <= mark)
        if inside:
            spans[-1][1] = float(values[i])
    if not spans:
        raise ValueError(f"rise of {label!r} stays above {level:g}, expected the estimate among the values")
    return [(low, high) for low, high in spans]


def _powers(low: float, high: float) -> list[float]:
    """Give a few powers of ten, and threes between them where there is room for them."""
    first, last = int(np.floor(np.log10(low))), int(np.ceil(np.log10(high)))
    steps = (1, 3) if high / low < 300 else (1,)
    ticks = [float(f"{step}e{power}") for power in range(first, last + 1) for step in steps]
    ticks = [tick for tick in ticks if low <= tick <= high]
    return ticks[:: max(1, -(-len(ticks) // 4))]
