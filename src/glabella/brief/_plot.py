"""The forest plot: studies, weights, prediction interval and risk of bias, as inline SVG.

Numbers stand in the table beside it; the picture has axis ticks only.
"""

from __future__ import annotations

from typing import Any

from glabella.decision import Pooling

_RATIOS = frozenset({"OR", "RR"})
INK = "#1b1b1b"


def forest(pooling: Pooling) -> str:
    """Draw a pooling as SVG."""
    import altair as alt
    import vl_convert

    ratio = pooling.measure in _RATIOS
    rows: list[dict[str, Any]] = [
        {
            "label": row.label,
            "value": row.effect.value,
            "low": row.effect.low,
            "high": row.effect.high,
            "weight": row.weight.value,
            "kind": "one comparison",
        }
        for row in pooling.rows
    ]
    total = {"value": pooling.estimate.value, "weight": 0.0}
    pooled = {**total, "label": "Pooled", "low": pooling.estimate.low, "high": pooling.estimate.high}
    rows.append({**pooled, "kind": "pooled, confidence interval"})
    if pooling.prediction.low is not None:
        predicted = {"low": pooling.prediction.low, "high": pooling.prediction.high}
        rows.append({**total, **predicted, "label": "Next trial", "kind": "prediction interval"})
    order = [row["label"] for row in rows]
    kinds = ["one comparison", "pooled, confidence interval", "prediction interval"]
    scale = alt.Scale(type="log") if ratio else alt.Scale(zero=True)
    title = "odds ratio: right favours the toxin" if ratio else "standardised difference: left favours the toxin"
    x = alt.X("value:Q", scale=scale, title=title)
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=alt.Y("label:N", sort=order, title=None, axis=alt.Axis(labelLimit=320))
    )
    bars = base.mark_rule(color=INK).encode(
        x=alt.X("low:Q", scale=scale, title=title),
        x2="high:Q",
        strokeDash=alt.StrokeDash(
            "kind:N", scale=alt.Scale(domain=kinds, range=[[1, 0], [1, 0], [4, 3]]), legend=None
        ),
    )
    points = base.mark_point(filled=True, color=INK, opacity=1).encode(
        x=x,
        shape=alt.Shape(
            "kind:N", scale=alt.Scale(domain=kinds, range=["square", "diamond", "triangle"]), legend=None
        ),
        size=alt.Size("weight:Q", scale=alt.Scale(domain=[0, 50], range=[60, 240]), legend=None),
    )
    null = alt.Chart(alt.InlineData(values=[{"at": 1 if ratio else 0}])).mark_rule(color="#777").encode(x="at:Q")
    chart = (
        alt.layer(null, bars, points)
        .properties(width=380, height=alt.Step(26))
        .configure_view(stroke=None)
        .configure_axis(labelLimit=260, labelFontSize=12, titleFontSize=12, grid=False)
        .configure(font="DejaVu Sans, sans-serif", background="transparent")
    )
    drawn: str = vl_convert.vegalite_to_svg(chart.to_dict(validate=False))
    return drawn
