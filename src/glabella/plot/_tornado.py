"""What a result owes to each assumption: how far it moves with it, and which share of its variance it brings."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from glabella.plot._canvas import PAGE, QUIET, Sign, as_is, key, lines_of
from glabella.plot._check import columns, forbid, number, padded
from glabella.plot._check import names as one_each
from glabella.plot._plot import INK, SOFT, Plot, plot

#: Shades of the bar for the lower and for the upper value of an assumption.
_LOW, _HIGH = "white", "#8c8c8c"
_ENDS = {"low": "lower", "high": "upper"}
_FONT, _LINE = 11, 14
#: Pixels of a bar, from text to bar, and below it.
_BAR, _ABOVE, _BELOW = 14.0, 4.0, 11.0
_NARROW = 60
_WIDTH = PAGE - 8


@dataclass(frozen=True, slots=True)
class Swing:
    """How a result moves with one assumption.

    ``at_low`` and ``at_high`` are the result where the assumption has its lower and upper value; None where the
    result is not reached there. ``range`` says in words from where to where it was moved.
    """

    label: str
    at_low: float | None
    at_high: float | None
    range: str = ""


def tornado(rows: Sequence[Swing], centre: float, *, title: str, absent: str = "not reached") -> Plot:
    """Draw how far each assumption moves a result, the farthest first.

    A bar for the lower value of an assumption is hollow, one for its upper value is filled; where both lie on one
    side of the centre they share the height.

    Parameters
    ----------
    rows : sequence of Swing
    centre : float
        The result with all assumptions in their middle.
    title : str
        What the axis shows, with its unit.
    absent : str
        What is said where the result is not reached.

    Returns
    -------
    Plot

    Raises
    ------
    ValueError
        If there is no row, two have one label, or a number is not finite.

    Examples
    --------
    >>> drawn = tornado([Swing("loss of the enzyme", 18, 9, "0.03 to 0.09 per day")], 12, title="weeks")
    >>> [row["end"] for row in drawn.spec["vconcat"][0]["layer"][0]["data"]["values"]]
    ['low', 'high']
    """
    middle = number("centre", centre)
    if not rows:
        raise ValueError("no rows, expected one or more")
    _once([row.label for row in rows])
    for row in rows:
        for end in (row.at_low, row.at_high):
            if end is not None:
                number(f"result of {row.label!r}", end)
    # A result that is not reached has moved farther than any that is.
    ordered = sorted(rows, key=lambda row: -_reach(row, middle))
    texts = [_texts(row.label, row.range) for row in ordered]
    tops, height = _tops(texts)
    known = [middle, *(end for row in rows for end in (row.at_low, row.at_high) if end is not None)]
    bars: list[dict[str, Any]] = []
    missing: list[dict[str, Any]] = []
    for row, top in zip(ordered, tops, strict=True):
        for bar in _halves(row, middle, top):
            (bars if bar["result"] is not None else missing).append(bar)
    y = _pixels(height)
    layers: list[dict[str, Any]] = [
        {"data": {"values": bars},
         "mark": {"type": "rect", "stroke": INK, "strokeWidth": 1},
         "encoding": {"x": _x(padded(min(known), max(known)), title, "result"), "x2": {"field": "centre"},
                      "y": {"field": "y", **y}, "y2": {"field": "y2"}, "fill": as_is("fill")}},
        # In pieces, so that it runs through no text.
        {"data": {"values": [{"centre": middle, "y": top - 2, "y2": top + _BAR + 4} for top in tops]},
         "mark": {"type": "rule", "color": INK, "strokeWidth": 2},
         "encoding": {"x": {"field": "centre", "type": "quantitative"}, "y": {"field": "y", **y},
                      "y2": {"field": "y2"}}},
        _labels(texts, tops, y),
    ]  # fmt: skip
    if missing:
        layers.append({
            "data": {"values": [{**row, "words": f"{absent} at the {_ENDS[row['end']]} value"} for row in missing]},
            "mark": {"type": "text", "fontSize": _FONT - 1, "fontStyle": "italic", "color": INK, "align": "right",
                     "baseline": "middle"},
            "encoding": {"x": {"value": _WIDTH}, "y": {"field": "middle", **y},
                         "text": {"field": "words", "type": "nominal"}},
        })  # fmt: skip
    signs = [Sign("lower value of the assumption", point=("square", _LOW)),
             Sign("upper value", point=("square", _HIGH)), Sign("thick line: all in their middle")]  # fmt: skip
    said = "; ".join(
        f"{row.label}{f' ({row.range})' if row.range else ''}: {_said(row.at_low, absent)} to "
        f"{_said(row.at_high, absent)}" for row in ordered
    )  # fmt: skip
    return plot({
        "description": f"{title}, {middle:.3g} in the middle, as each assumption moves. {said}.",
        "vconcat": [{"width": _WIDTH, "height": height, "layer": layers}, key(signs)],
        "spacing": 12,
    })  # fmt: skip


def sobol_bars(
    names: Sequence[str], first: ArrayLike, total: ArrayLike, first_half_width: ArrayLike,
    total_half_width: ArrayLike, *, title: str = "share of the variance",
) -> Plot:  # fmt: skip
    """Draw Sobol indices: which share of a result's variance each assumption brings, alone and with others.

    Parameters
    ----------
    names : sequence of k str
        Assumptions; the one with the largest total stands first.
    first, total : array_like of shape (k,)
        Indices of first order and total ones. An estimate may lie a little outside 0 to 1.
    first_half_width, total_half_width : array_like of shape (k,)
        Half the width of the interval of each.
    title : str
        What the axis shows.

    Returns
    -------
    Plot

    Raises
    ------
    ValueError
        If lengths differ, two names are one, a number is not finite or a width is below zero.

    References
    ----------
    Saltelli A, et al. Comput Phys Commun 2010;181:259-270.

    Examples
    --------
    >>> drawn = sobol_bars(["loss", "dose"], [0.6, 0.1], [0.8, 0.3], [0.1, 0.1], [0.1, 0.1])
    >>> [row["index"] for row in drawn.spec["vconcat"][0]["layer"][0]["data"]["values"]]
    [0.6, 0.8, 0.1, 0.3]
    """
    one, all_, one_half, all_half = columns(
        first=first, total=total, first_half_width=first_half_width, total_half_width=total_half_width
    )
    labels = _once(one_each("names", names, len(one)))
    forbid(one_half < 0, one_half, "first_half_width", "0 or more")
    forbid(all_half < 0, all_half, "total_half_width", "0 or more")
    order = np.argsort(-all_, kind="stable")
    texts = [_texts(labels[i], "") for i in order]
    tops, height = _tops(texts)
    half = _BAR / 2
    bars = [
        {"name": labels[i], "kind": kind, "index": float(value[i]), "zero": 0, "low": float(value[i] - wide[i]),
         "high": float(value[i] + wide[i]), "y": top + place * half, "y2": top + (place + 1) * half,
         "middle": top + (place + 0.5) * half, "fill": fill}
        for i, top in zip(order, tops, strict=True)
        for place, (kind, value, wide, fill) in enumerate(
            (("alone", one, one_half, _HIGH), ("with others", all_, all_half, _LOW)))
    ]  # fmt: skip
    domain = min(0.0, *(row["low"] for row in bars)), max(1.0, *(row["high"] for row in bars))
    y = _pixels(height)
    layers: list[dict[str, Any]] = [
        {"data": {"values": bars}, "mark": {"type": "rect", "stroke": INK, "strokeWidth": 1},
         "encoding": {"x": _x(domain, title, "zero"), "x2": {"field": "index"}, "y": {"field": "y", **y},
                      "y2": {"field": "y2"}, "fill": as_is("fill")}},
        {"data": {"values": bars}, "mark": {"type": "rule", "color": INK, "strokeWidth": 1.4},
         "encoding": {"x": {"field": "low", "type": "quantitative"}, "x2": {"field": "high"},
                      "y": {"field": "middle", **y}}},
        _labels(texts, tops, y),
    ]  # fmt: skip
    signs = [Sign("alone", point=("square", _HIGH)), Sign("with all others", point=("square", _LOW)),
             Sign("interval", line=((1, 0), 1.4))]  # fmt: skip
    said = "; ".join(f"{labels[i]}: {one[i]:.2f} alone, {all_[i]:.2f} with others" for i in order)
    return plot({
        "description": f"{title}. {said}.",
        "vconcat": [{"width": _WIDTH, "height": height, "layer": layers}, key(signs)],
        "spacing": 12,
    })  # fmt: skip


def _once(labels: list[str]) -> list[str]:
    if twice := [label for i, label in enumerate(labels) if label in labels[:i]]:
        raise ValueError(f"label {twice[0]!r} stands for two rows, expected one name a row")
    return labels


def _reach(row: Swing, centre: float) -> float:
    ends = (row.at_low, row.at_high)
    known = [end for end in ends if end is not None]
    return float("inf") if len(known) < len(ends) else max([*known, centre]) - min([*known, centre])


def _texts(label: str, words: str) -> list[tuple[str, str]]:
    """Give the lines of text above a bar, each with its shade."""
    lines = [(line, INK) for line in textwrap.wrap(label, _NARROW) or [label]]
    return lines + [(line, QUIET) for line in textwrap.wrap(words, _NARROW)]


def _tops(texts: list[list[tuple[str, str]]]) -> tuple[list[float], float]:
    """Give where each bar begins below its text, and the height of all."""
    tops, y = [], 0.0
    for lines in texts:
        y += _LINE * len(lines) + _ABOVE
        tops.append(y)
        y += _BAR + _BELOW
    return tops, y


def _halves(row: Swing, centre: float, top: float) -> list[dict[str, Any]]:
    """Give the two bars of a row: of full height where they lie on two sides."""
    ends = [("low", row.at_low, _LOW), ("high", row.at_high, _HIGH)]
    sides = {np.sign(end - centre) for _, end, _ in ends if end is not None}
    shared = len(sides) == 1 and row.at_low is not None and row.at_high is not None
    return [
        {"name": row.label, "end": end, "result": None if value is None else float(value), "centre": centre,
         "y": top + (_BAR / 2 * place if shared else 0), "y2": top + (_BAR / 2 * (place + 1) if shared else _BAR),
         "middle": top + _BAR / 2, "fill": fill}
        for place, (end, value, fill) in enumerate(ends)
    ]  # fmt: skip


def _labels(texts: list[list[tuple[str, str]]], tops: list[float], y: dict[str, Any]) -> dict[str, Any]:
    rows = [
        {"y": top - _ABOVE - _LINE * back, "text": line, "shade": shade}
        for lines, top in zip(texts, tops, strict=True)
        for back, (line, shade) in enumerate(reversed(lines))
    ]
    return {
        "data": {"values": rows},
        "mark": {"type": "text", "align": "left", "baseline": "bottom", "fontSize": _FONT},
        "encoding": {"x": {"value": 0}, "y": {"field": "y", **y}, "text": {"field": "text", "type": "nominal"},
                     "color": as_is("shade")},
    }  # fmt: skip


def _pixels(height: float) -> dict[str, Any]:
    return {"type": "quantitative", "axis": None, "scale": {"domain": [height, 0], "nice": False, "zero": False}}


def _x(domain: tuple[float, float], title: str, field: str) -> dict[str, Any]:
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"domain": list(domain), "nice": False, "zero": False},
        "axis": {"title": lines_of(title), "tickCount": 6, "domainColor": SOFT},
    }


def _said(value: float | None, absent: str) -> str:
    return absent if value is None else f"{value:.3g}"
