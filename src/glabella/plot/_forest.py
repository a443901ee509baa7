"""The forest plot: a line a study, its weight as size, and below them what was pooled."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from glabella.plot._plot import INK, SOFT, Plot, plot

#: Kinds of line: mark, dash. Shape and dash carry the meaning, so that no colour is needed.
_KINDS = {"study": ("square", [1, 0]), "pooled": ("diamond", [1, 0]), "prediction": ("triangle", [4, 3])}
_WIDTH = 380
#: Characters after which a name goes on in the next line, and the lines' height in pixels.
_WRAP, _LINE = 46, 14
#: Pixels by which a line and the one beside it stand off their middle.
_APART = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a forest plot; ``weight`` is a percentage, ``note`` a word at the right.

    ``outer`` is a wider interval, such as a prediction interval, drawn dashed.
    """

    label: str
    value: float
    low: float
    high: float
    weight: float = 25.0
    note: str = ""
    outer: tuple[float, float] | None = None


def forest(
    studies: Sequence[Line],
    *,
    pooled: Line | None = None,
    prediction: Line | None = None,
    beside: Sequence[Line] = (),
    ratio: bool = False,
    title: str = "effect",
    notes: str = "",
) -> Plot:
    """Draw studies, the pooled effect and the prediction interval.

    Parameters
    ----------
    studies : sequence of Line
        From top to bottom.
    pooled, prediction : Line, optional
        Drawn below, as a diamond and as a dashed line.
    beside : sequence of Line
        The same lines under another analysis, drawn hollow below the others; by their labels.
    ratio : bool
        Values are ratios: logarithmic axis, no effect at one.
    title : str
        What the axis shows.
    notes : str
        What the lines' notes say; their heading.

    Raises
    ------
    ValueError
        If two lines have the same label: they would be drawn over one another; or if a line of ``beside`` has a
        label that no other line has.
    """
    rows = [_row(line, "study") for line in studies]
    rows += [
        _row(line, kind) for line, kind in ((pooled, "pooled"), (prediction, "prediction")) if line is not None
    ]
    labels = [row["label"] for row in rows]
    if twice := [label for i, label in enumerate(labels) if label in labels[:i]]:
        raise ValueError(f"label {twice[0]!r} stands for two lines, expected one name a line")
    if strange := [line.label for line in beside if line.label not in labels]:
        raise ValueError(f"label {strange[0]!r} stands in beside alone, expected one of the lines'")
    wrapped = {label: textwrap.wrap(label, _WRAP) or [label] for label in labels}
    most = max((len(lines) for lines in wrapped.values()), default=1)
    y: dict[str, Any] = {
        "field": "label",
        "type": "nominal",
        "sort": labels,
        "title": None,
        "axis": {"labelLimit": 0},
    }
    if most > 1:
        # Vega takes a list as lines of text; the names themselves stay whole in the data. It sets the first line at
        # the tick, and so the label is lifted until its middle stands there.
        split = f"({json.dumps(wrapped)})[datum.label]"
        lifts = [{"test": f"length({split}) == {n}", "value": -_LINE * (n - 1) / 2} for n in range(2, most + 1)]
        y["axis"] = {
            "labelLimit": 0,
            "labelExpr": split,
            "labelLineHeight": _LINE,
            "labelOffset": {"condition": lifts, "value": 0},
        }
    x = {"type": "quantitative", "scale": {"type": "log"} if ratio else {"zero": True}, "title": title}
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "rule", "color": SOFT},
            "data": {"values": [{"at": 1 if ratio else 0}]},
            "encoding": {"x": {"field": "at", "type": "quantitative"}},
        },
        *_marks(y, x, rows, (-_APART if beside else 0), filled=True),
    ]
    if beside:
        layers += _marks(y, x, [_row(line, "study") for line in beside], _APART, filled=False)
    if notes:
        text = {"type": "text", "align": "left", "fontSize": 12, "color": INK}
        layers += [
            {
                "mark": text,
                "encoding": {"y": y, "x": {"value": _WIDTH + 12}, "text": {"field": "note", "type": "nominal"}},
            },
            {
                "data": {"values": [{"heading": notes}]},
                "mark": {**text, "color": SOFT, "baseline": "bottom"},
                "encoding": {
                    "y": {"value": -2},
                    "x": {"value": _WIDTH + 12},
                    "text": {"field": "heading", "type": "nominal"},
                },
            },
        ]
    return plot(
        {"data": {"values": rows}, "width": _WIDTH, "height": {"step": max(26, _LINE * most + 4)}, "layer": layers}
    )


def _marks(
    y: dict[str, Any], x: dict[str, Any], rows: list[dict[str, Any]], shift: int, *, filled: bool
) -> list[dict[str, Any]]:
    """Draw intervals and estimates, ``shift`` pixels below their line."""
    kinds = list(_KINDS)
    dash = {"domain": kinds, "range": [dash for _, dash in _KINDS.values()]}
    shape = {"domain": kinds, "range": [shape for shape, _ in _KINDS.values()]}
    size = {"domain": [0, 100], "range": [40, 260]}
    where: dict[str, Any] = {"yOffset": shift} if shift else {}
    data = {"data": {"values": rows}}
    wide = [row for row in rows if "outer_low" in row]
    intervals = {
        **data,
        "mark": {"type": "rule", "color": INK, **where, **({"strokeWidth": 2} if wide else {})},
        "encoding": {
            "y": y,
            "x": {"field": "low", **x},
            "x2": {"field": "high"},
            "strokeDash": {"field": "kind", "type": "nominal", "scale": dash, "legend": None},
        },
    }
    points = {
        **data,
        "mark": {"type": "point", "filled": filled, "color": INK, "opacity": 1, **where},
        "encoding": {
            "y": y,
            "x": {"field": "value", **x},
            "shape": {"field": "kind", "type": "nominal", "scale": shape, "legend": None},
            "size": {"field": "weight", "type": "quantitative", "scale": size, "legend": None},
        },
    }
    if not filled:
        points["mark"] |= {"fill": "white", "strokeWidth": 1.2}
    outer = {
        "data": {"values": wide},
        "mark": {"type": "rule", "color": SOFT, "strokeDash": _KINDS["prediction"][1], **where},
        "encoding": {"y": y, "x": {"field": "outer_low", **x}, "x2": {"field": "outer_high"}},
    }
    return [*([outer] if wide else []), intervals, points]


def _row(line: Line, kind: str) -> dict[str, Any]:
    return {
        "label": line.label,
        "kind": kind,
        "value": line.value,
        "low": line.low,
        "high": line.high,
        "weight": line.weight,
        "note": line.note,
        **({"outer_low": line.outer[0], "outer_high": line.outer[1]} if line.outer else {}),
    }
