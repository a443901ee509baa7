"""The forest plot: studies, weights and prediction interval, as inline SVG.

Numbers stand in the table beside it; the picture has axis ticks only. The chart is written as Vega-Lite, the
grammar that Vega-Altair writes too, as plain data: importing Altair would cost a third of the time of a whole
brief. A test lets Altair check it against the grammar's schema.
"""

from __future__ import annotations

from typing import Any

from glabella.decision import Pooling

_RATIOS = frozenset({"OR", "RR"})
_INK = "#1b1b1b"
#: Kinds of line: mark, dash. Shape and dash carry the meaning, so that no colour is needed.
_KINDS = {"comparison": ("square", [1, 0]), "pooled": ("diamond", [1, 0]), "prediction": ("triangle", [4, 3])}


def forest(pooling: Pooling) -> str:
    """Draw a pooling as SVG."""
    import vl_convert

    drawn: str = vl_convert.vegalite_to_svg(forest_spec(pooling))
    return drawn


def forest_spec(pooling: Pooling) -> dict[str, Any]:
    """Describe the forest plot of a pooling in Vega-Lite."""
    ratio = pooling.measure in _RATIOS
    rows = [
        _row(row.label, "comparison", row.effect.value, row.effect.low, row.effect.high, row.weight.value)
        for row in pooling.rows
    ]
    value = pooling.estimate.value
    rows.append(_row("Pooled", "pooled", value, pooling.estimate.low, pooling.estimate.high, 25.0))
    if pooling.prediction.low is not None:
        rows.append(_row("Next trial", "prediction", value, pooling.prediction.low, pooling.prediction.high, 10.0))
    title = "odds ratio: right favours the toxin" if ratio else "standardised difference: left favours the toxin"
    scale = {"type": "log"} if ratio else {"zero": True}
    kinds = list(_KINDS)
    y = {
        "field": "label",
        "type": "nominal",
        "sort": [row["label"] for row in rows],
        "title": None,
        "axis": {"labelLimit": 320},
    }
    dash = {"domain": kinds, "range": [dash for _, dash in _KINDS.values()]}
    shape = {"domain": kinds, "range": [shape for shape, _ in _KINDS.values()]}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "data": {"values": rows},
        "width": 380,
        "height": {"step": 26},
        "layer": [
            {
                "mark": {"type": "rule", "color": "#777"},
                "data": {"values": [{"at": 1 if ratio else 0}]},
                "encoding": {"x": {"field": "at", "type": "quantitative"}},
            },
            {
                "mark": {"type": "rule", "color": _INK},
                "encoding": {
                    "y": y,
                    "x": {"field": "low", "type": "quantitative", "scale": scale, "title": title},
                    "x2": {"field": "high"},
                    "strokeDash": {"field": "kind", "type": "nominal", "scale": dash, "legend": None},
                },
            },
            {
                "mark": {"type": "point", "filled": True, "color": _INK, "opacity": 1},
                "encoding": {
                    "y": y,
                    "x": {"field": "value", "type": "quantitative", "scale": scale, "title": title},
                    "shape": {"field": "kind", "type": "nominal", "scale": shape, "legend": None},
                    "size": {
                        "field": "weight",
                        "type": "quantitative",
                        "scale": {"domain": [0, 100], "range": [40, 260]},
                        "legend": None,
                    },
                },
            },
        ],
        "config": {
            "view": {"stroke": None},
            "axis": {"labelFontSize": 12, "titleFontSize": 12, "grid": False},
            "font": "DejaVu Sans, sans-serif",
            "background": "transparent",
        },
    }


def _row(
    label: str, kind: str, value: float | None, low: float | None, high: float | None, weight: float | None
) -> dict[str, Any]:
    return {"label": label, "kind": kind, "value": value, "low": low, "high": high, "weight": weight}
