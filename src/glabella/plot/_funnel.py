"""The contour-enhanced funnel plot: effects against standard errors, over areas of statistical significance."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from glabella.plot._check import Floats, columns, forbid, names, number, padded
from glabella.plot._labels import Frame, label_layers
from glabella.plot._plot import INK, SOFT, Plot, plot

_WIDTH, _HEIGHT = 420, 340
_STUDY, _FILLED = "study", "filled in by trim and fill"
_POOLED, _LIMITS = "pooled effect", "95% pseudo-confidence limits"
#: Brightness of the innermost and the outermost area; black marks stand out from both.
_BRIGHTEST, _DARKEST = 255, 204


def funnel(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    estimate: float | None = None,
    labels: Sequence[str] | None = None,
    levels: Sequence[float] = (0.90, 0.95, 0.99),
    filled: tuple[ArrayLike, ArrayLike] | None = None,
    title: str = "effect",
) -> Plot:
    """Draw a contour-enhanced funnel plot.

    Parameters
    ----------
    yi, vi : array_like of shape (k,)
        Effects and sampling variances; ratios on the log scale.
    estimate : float, optional
        Pooled effect; drawn with the lines within which 95% of studies fall where all have this one true effect.
    labels : sequence of k str, optional
        Names beside the points; an empty one is left out.
    levels : sequence of float
        Confidence levels whose areas around no effect are shaded; empty for a plain funnel.
    filled : tuple of two array_like of shape (m,), optional
        Effects and variances that trim and fill has filled in, drawn as open circles. May be empty.
    title : str
        What the horizontal axis shows.

    Returns
    -------
    Plot

    Raises
    ------
    ValueError
        If lengths differ, a number is not finite, a variance is not above zero, or a level is not between 0 and 1.

    References
    ----------
    Peters JL, Sutton AJ, Jones DR, Abrams KR, Rushton L. Contour-enhanced meta-analysis funnel plots help
    distinguish publication bias from other causes of asymmetry. J Clin Epidemiol 2008;61:991-996.

    Examples
    --------
    >>> drawn = funnel([0.1, 0.4, 0.8], [0.04, 0.05, 0.09], estimate=0.35)
    >>> drawn.svg()[:4]
    '<svg'
    """
    y, v = columns(yi=yi, vi=vi)
    forbid(v <= 0, v, "vi", "above 0")
    fy, fv = _filled(filled)
    shades = sorted(set(levels))
    if wrong := [level for level in levels if not 0 < level < 1]:
        raise ValueError(f"levels holds {wrong[0]:g}, expected confidence levels between 0 and 1")

    se = np.sqrt(np.concatenate([v, fv]))
    effects = np.concatenate([y, fy])
    deepest = float(se.max()) * 1.06
    reach = [0.0, float(effects.min()), float(effects.max())]
    wide = _quantile(0.95) * deepest
    if estimate is not None:
        reach += [number("estimate", estimate) - wide, estimate + wide]
    across = padded(min(reach), max(reach), 0.04)
    frame = Frame(_WIDTH, _HEIGHT, across, (deepest, 0.0))

    layers: list[dict[str, Any]] = []
    if shades:
        layers.append(_areas(shades, across, deepest))
    layers.append({
        "data": {"values": [{"effect": 0, "se": 0, "end": deepest}]},
        "mark": {"type": "rule", "color": SOFT, "strokeWidth": 0.8},
        "encoding": {**_position(across, deepest, title), "y2": {"field": "end"}},
    })  # fmt: skip
    if estimate is not None:
        layers.append(_lines(float(estimate), wide, across, deepest, title))
    layers.append(_points(y, v, fy, fv, across, deepest, title))
    if labels is not None:
        # The points that are filled in have no names, but names must not cover them.
        texts = names("labels", labels, len(y)) + [""] * len(fy)
        avoid = [(0.0, 0.0, 0.0, deepest)]
        if estimate is not None:
            avoid += [(estimate, 0.0, estimate + off, deepest) for off in (-wide, 0.0, wide)]
        layers += label_layers(effects, se, texts, frame, lines=avoid)
    return plot({"width": _WIDTH, "height": _HEIGHT, "layer": layers})


def _filled(filled: tuple[ArrayLike, ArrayLike] | None) -> tuple[Floats, Floats]:
    if filled is None:
        return np.empty(0), np.empty(0)
    if not isinstance(filled, tuple) or len(filled) != 2:
        raise ValueError("filled is not a pair, expected (yi, vi) of the studies filled in")
    if np.size(filled[0]) == 0 and np.size(filled[1]) == 0:
        return np.empty(0), np.empty(0)
    fy, fv = columns(**{"filled yi": filled[0], "filled vi": filled[1]})
    forbid(fv <= 0, fv, "filled vi", "above 0")
    return fy, fv


def _quantile(level: float) -> float:
    from statistics import NormalDist

    return NormalDist().inv_cdf(0.5 + level / 2)


def _position(across: tuple[float, float], deepest: float, title: str) -> dict[str, Any]:
    return {
        "x": {
            "field": "effect",
            "type": "quantitative",
            "scale": {"domain": list(across), "nice": False, "zero": False},
            "title": title,
            # The areas must not cover the axes.
            "axis": {"tickCount": 7, "zindex": 1},
        },
        "y": {
            "field": "se",
            "type": "quantitative",
            "scale": {"domain": [0, deepest], "nice": False, "reverse": True},
            "title": "standard error",
            "axis": {"tickCount": 6, "zindex": 1},
        },
    }


def _areas(levels: list[float], across: tuple[float, float], deepest: float) -> dict[str, Any]:
    """Paint the areas over one another, from the most significant, which is the ground, to the least."""
    bounds = [_alpha(level) for level in levels]
    shown = [f"p > {bounds[0]}"]
    shown += [f"{after} < p ≤ {before}" for before, after in itertools.pairwise(bounds)]
    shown += [f"p ≤ {bounds[-1]}"]
    low, high = across
    rows = [{"area": shown[-1], "se": s, "low": low, "high": high} for s in (0.0, deepest)]
    for name, level in reversed(list(zip(shown, levels, strict=False))):
        z = _quantile(level)
        # The corners are where the area meets the frame: Vega's clipping would number its paths on and on.
        corners = sorted({0.0, deepest, *(edge for edge in (-low / z, high / z) if 0 < edge < deepest)})
        rows += [{"area": name, "se": s, "low": max(low, -z * s), "high": min(high, z * s)} for s in corners]
    steps = np.linspace(_BRIGHTEST, _DARKEST, len(shown)).round().astype(int)
    legend = {
        "title": "significance of a study",
        "symbolType": "square",
        "symbolStrokeColor": SOFT,
        "symbolStrokeWidth": 0.8,
        "symbolSize": 160,
    }
    return {
        "data": {"values": rows},
        "mark": {"type": "area", "orient": "horizontal", "opacity": 1},
        "encoding": {
            "x": {"field": "low", "type": "quantitative"},
            "x2": {"field": "high"},
            "y": {"field": "se", "type": "quantitative"},
            "color": {
                "field": "area",
                "type": "nominal",
                "scale": {"domain": shown, "range": [f"#{g:02x}{g:02x}{g:02x}" for g in steps]},
                "legend": legend,
            },
        },
    }


def _alpha(level: float) -> str:
    """Write 1 - level with two decimals, or as many as it has."""
    text = f"{1 - level:.10f}".rstrip("0")
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals:0<2}"


def _lines(estimate: float, wide: float, across: tuple[float, float], deepest: float, title: str) -> dict[str, Any]:
    rows = [
        {"line": _LIMITS if off else _POOLED, "effect": estimate, "se": 0, "to": estimate + off, "end": deepest}
        for off in (0.0, -wide, wide)
    ]
    return {
        "data": {"values": rows},
        "mark": {"type": "rule", "color": INK, "strokeWidth": 1.2},
        "encoding": {
            **_position(across, deepest, title),
            "x2": {"field": "to"},
            "y2": {"field": "end"},
            "strokeDash": {
                "field": "line",
                "type": "nominal",
                "scale": {"domain": [_POOLED, _LIMITS], "range": [[1, 0], [5, 4]]},
                "legend": {"title": None, "symbolType": "stroke", "symbolSize": 300, "symbolStrokeColor": INK},
            },
        },
    }


def _points(
    y: Floats, v: Floats, fy: Floats, fv: Floats, across: tuple[float, float], deepest: float, title: str
) -> dict[str, Any]:
    rows = [
        {"kind": kind, "effect": float(effect), "se": float(variance**0.5)}
        for kind, effects, variances in ((_STUDY, y, v), (_FILLED, fy, fv))
        for effect, variance in zip(effects, variances, strict=True)
    ]
    legend = {"title": None, "symbolType": "circle", "symbolSize": 50}
    return {
        "data": {"values": rows},
        "mark": {"type": "point", "stroke": INK, "strokeWidth": 1.2, "size": 38, "opacity": 1, "shape": "circle"},
        "encoding": {
            **_position(across, deepest, title),
            "fill": {
                "field": "kind",
                "type": "nominal",
                "scale": {"domain": [_STUDY, _FILLED], "range": [INK, "white"]},
                "legend": legend if len(fy) else None,
            },
        },
    }
