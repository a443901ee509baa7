"""The specification curve: what every defensible analysis finds, and which choices each one made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.plot._check import Floats, columns, forbid, names, number, padded
from glabella.plot._plot import INK, SOFT, Plot, plot

Flags = NDArray[np.bool_]

_WIDTH, _HEIGHT, _ROW = 600, 240, 17
#: More specifications than this stand so close that their marks cannot be told apart; the lower panel tells then.
_DENSE = 120
#: Then the axis leaves out this share of the intervals' ends on each side, the widest.
_CUT = 0.1
_STRIPE = "#f1f1f1"
#: Stands between a choice and its option in the lower panel's keys; names are on one line and so do not hold it.
_BETWEEN = "\n"


def specification_curve(
    estimate: ArrayLike,
    ci_low: ArrayLike,
    ci_high: ArrayLike,
    choices: Mapping[str, Sequence[str] | Mapping[str, ArrayLike]],
    *,
    null: float = 0.0,
    ratio: bool = False,
    title: str = "pooled effect",
) -> Plot:
    """Draw a specification curve.

    Results whose interval excludes the null are filled squares, the others open circles. With more specifications
    than can be told apart by their marks, the lower panel starts with rows that say which is which.

    Parameters
    ----------
    estimate, ci_low, ci_high : array_like of shape (n,)
        Result of each specification.
    choices : mapping of str to sequence of n str, or to mapping of str to n booleans
        What each specification chose, a choice an entry: an option's name, in the order in which they first appear;
        or for each option which specifications stand for it, where one may stand for several.
    null : float
        Where there is no difference; one for ratios.
    ratio : bool
        Values are ratios: logarithmic axis.
    title : str
        What the vertical axis of the upper panel shows.

    Returns
    -------
    Plot

    Raises
    ------
    ValueError
        If lengths differ, a number is not finite, an interval does not hold its estimate, there is no choice, or a
        ratio is not above zero.

    References
    ----------
    Simonsohn U, Simmons JP, Nelson LD. Specification curve analysis. Nat Hum Behav 2020;4:1208-1214.

    Examples
    --------
    >>> drawn = specification_curve([0.3, 0.1], [0.1, -0.1], [0.5, 0.3], {"model": ["common", "random"]})
    >>> [row["kind"] for row in drawn.spec["vconcat"][0]["data"]["values"]]
    ['interval includes zero', 'interval excludes zero']
    """
    middle, low, high = columns(estimate=estimate, ci_low=ci_low, ci_high=ci_high)
    forbid(low > middle, low, "ci_low", "at most the estimate")
    forbid(high < middle, high, "ci_high", "at least the estimate")
    number("null", null)
    if ratio:
        forbid(low <= 0, low, "ci_low", "a ratio, above 0")
        if null <= 0:
            raise ValueError(f"null is {null:g}, expected a ratio, above 0")
    if not choices:
        raise ValueError("choices is empty, expected one choice or more")
    made = {
        " ".join(name.split()): _options(f"choices[{name!r}]", options, len(middle))
        for name, options in choices.items()
    }
    order = np.argsort(middle, kind="stable")
    n = len(middle)
    x = {
        "field": "rank",
        "type": "quantitative",
        "scale": {"domain": [0.5 - 0.01 * n, n + 0.5 + 0.01 * n], "nice": False, "zero": False},
    }
    upper = _curve(middle[order], low[order], high[order], float(null), x, title, ratio)
    if n > _DENSE:
        clear = (low > null) | (high < null)
        made = {_kinds(null)[0]: {"yes": clear, "no": ~clear}, **made}
    lower = _panel(made, order, x)
    return plot({"vconcat": [upper, lower], "spacing": 10})


def _options(name: str, given: Sequence[str] | Mapping[str, ArrayLike], size: int) -> dict[str, Flags]:
    """Give for each option which specifications took it."""
    if not isinstance(given, Mapping):
        taken = names(name, given, size)
        return {option: np.array([each == option for each in taken]) for option in dict.fromkeys(taken)}
    found = {" ".join(option.split()): np.asarray(flags, dtype=bool) for option, flags in given.items()}
    for option, flags in found.items():
        if flags.shape != (size,):
            raise ValueError(f"{name}[{option!r}] has shape {flags.shape}, expected ({size},), one flag a row")
    return found


def _curve(
    middle: Floats, low: Floats, high: Floats, null: float, x: dict[str, Any], title: str, ratio: bool
) -> dict[str, Any]:
    clear, unclear = _kinds(null)
    rows = [
        {
            "rank": i,
            "estimate": float(m),
            "low": float(a),
            "high": float(b),
            "kind": clear if a > null or b < null else unclear,
        }
        for i, (m, a, b) in enumerate(zip(middle, low, high, strict=True), 1)
    ]
    bottom, top = float(low.min()), float(high.max())
    if len(rows) > _DENSE:
        # A few intervals of two studies are so wide that they would flatten all the others: those are cut.
        bottom = min(float(np.quantile(low, _CUT)), float(middle.min()))
        top = max(float(np.quantile(high, 1 - _CUT)), float(middle.max()))
    beyond = bool(((low < bottom) | (high > top)).any())
    bottom, top = min(bottom, null), max(top, null)
    if ratio:
        up = [float(np.exp(edge)) for edge in padded(float(np.log(bottom)), float(np.log(top)), 0.04)]
        scale: dict[str, Any] = {"type": "log", "domain": up, "nice": False}
    else:
        scale = {"domain": list(padded(bottom, top, 0.04)), "nice": False, "zero": False}
    scale["clamp"] = True
    says = [title, "(some intervals reach beyond)"] if beyond else title
    y = {"type": "quantitative", "scale": scale, "title": says, "axis": {"tickCount": 7}}
    across = {**x, "axis": None}
    # Hundreds of marks need no words of their own; they would make the file several times as large.
    spoken = {"aria": len(rows) <= _DENSE}
    kinds = {"field": "kind", "type": "nominal"}
    legend = {"title": None, "orient": "top", "offset": 6, "symbolSize": 50, "columnPadding": 24}
    # Hundreds of specifications share the width that a dozen have.
    pitch = _WIDTH / (len(rows) * 1.02)
    size = min(44.0, max(10.0, (0.9 * pitch) ** 2))
    return {
        "width": _WIDTH,
        "height": _HEIGHT,
        "data": {"values": rows},
        "layer": [
            {
                "data": {"values": [{"null": null}]},
                "mark": {"type": "rule", "color": SOFT, "strokeDash": [4, 3]},
                "encoding": {"y": {"field": "null", **y}},
            },
            {
                "mark": {
                    "type": "rule",
                    "color": SOFT,
                    "strokeWidth": min(1.2, max(0.2, pitch / 4)),
                    **spoken,
                },
                "encoding": {"x": across, "y": {"field": "low", **y}, "y2": {"field": "high"}},
            },
            {
                "mark": {"type": "point", "stroke": INK, "strokeWidth": 1, "opacity": 1, "size": size, **spoken},
                "encoding": {
                    "x": across,
                    "y": {"field": "estimate", **y},
                    "shape": {
                        **kinds,
                        "scale": {"domain": [clear, unclear], "range": ["square", "circle"]},
                        "legend": legend,
                    },
                    "fill": {
                        **kinds,
                        "scale": {"domain": [clear, unclear], "range": [INK, "white"]},
                        "legend": legend,
                    },
                },
            },
        ],
    }


def _kinds(null: float) -> tuple[str, str]:
    """Name the two kinds of result by the value that their intervals exclude or include."""
    value = {0.0: "zero", 1.0: "one"}.get(null, f"{null:g}")
    return f"interval excludes {value}", f"interval includes {value}"


def _panel(made: dict[str, dict[str, Flags]], order: NDArray[np.int64], x: dict[str, Any]) -> dict[str, Any]:
    """Give one row an option, under a row that names the choice; neighbours that share an option share a mark."""
    keys: list[str] = []
    rows: list[dict[str, Any]] = []
    n = len(order)
    dense = n > _DENSE
    for choice, options in made.items():
        keys.append(choice + _BETWEEN)
        for option, flags in options.items():
            key = choice + _BETWEEN + option
            keys.append(key)
            taken = flags[order]
            if dense:
                rows += [{"row": key, "from": start + 0.5, "to": end + 0.5} for start, end in _runs(taken)]
            else:
                rows += [{"row": key, "rank": i + 1} for i in np.flatnonzero(taken).tolist()]
    heading = r"indexof(datum.label, '\n') == length(datum.label) - 1"
    y = {
        "field": "row",
        "type": "nominal",
        "scale": {"domain": keys, "paddingInner": 0, "paddingOuter": 0},
        "title": None,
        "axis": {
            "labelExpr": rf"split(datum.label, '\n')[{heading} ? 0 : 1]",
            "labelFontWeight": {"condition": {"test": heading, "value": "bold"}, "value": "normal"},
            "labelLimit": 320,
            "ticks": False,
            "domain": False,
            "labelPadding": 8,
        },
    }
    stripes = [{"row": key} for key in keys if not key.endswith(_BETWEEN)]
    return {
        "width": _WIDTH,
        "height": {"step": _ROW},
        "layer": [
            {
                "data": {"values": stripes},
                "mark": {"type": "bar", "color": _STRIPE, "height": _ROW - 2},
                "encoding": {"y": y, "x": {"value": 0}, "x2": {"value": "width"}},
            },
            {
                "data": {"values": rows},
                "mark": {"type": "bar", "color": INK, "height": _ROW - 6, "aria": False}
                if dense
                else {
                    "type": "tick",
                    "orient": "vertical",
                    "color": INK,
                    "opacity": 1,
                    "size": _ROW - 6,
                    "thickness": min(5.0, 0.7 * _WIDTH / (n * 1.02)),
                },
                "encoding": {
                    "y": y,
                    "x": {
                        **x,
                        "field": "from" if dense else "rank",
                        "title": "specification, sorted by its estimate",
                        "axis": {"format": "d", "values": _ticks(n)},
                    },
                    **({"x2": {"field": "to"}} if dense else {}),
                },
            },
        ],
    }


def _runs(taken: Flags) -> list[tuple[int, int]]:
    """Give the start and the end of each run of neighbours that are taken."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], taken, [False]]).astype(int)))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]


def _ticks(n: int) -> list[int]:
    """Give the first rank and then round ones, some ten in all; axes choose zero too, which is no rank."""
    step = next(step * 10**power for power in range(10) for step in (1, 2, 5) if n <= 12 * step * 10**power)
    return [1, *range(max(step, 2), n + 1, step)]
