"""The graph of a network: treatments as nodes, comparisons as edges, studies of many arms as areas."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from glabella.plot._check import Floats, names
from glabella.plot._plot import INK, SOFT, Plot, plot
from glabella.synthesis._labels import labels

_SIZE, _LINE = 11, 13
#: Mean width of a character against the font's size, with a little to spare; characters before a name is broken.
_WIDE, _WRAP = 0.58, 24
#: Areas of the smallest and the largest node and the width of the widest edge, in pixels.
_SMALLEST, _LARGEST, _WIDEST = 12.0, 460.0, 9.0
_RADIUS, _GAP = 165.0, 16.0
_TWO, _MANY = "two in each study", "three or more in some"
_PALE = "#d4d4d4"


def network_graph(
    studlab: Sequence[str],
    treat1: Sequence[str],
    treat2: Sequence[str],
    *,
    participants: Mapping[str, float] | None = None,
    order: Sequence[str] | None = None,
) -> Plot:
    """Draw the network that a table of contrasts makes.

    Edges are as wide as there are studies, nodes as large as there are participants. An edge is dashed where some
    of its studies have three arms or more, and each set of arms of such studies is an area.

    Parameters
    ----------
    studlab, treat1, treat2 : sequence of m str
        Study and treatments of each contrast, as for :func:`glabella.synthesis.network`.
    participants : mapping of str to float, optional
        Participants of each treatment; without it nodes are as large as there are studies.
    order : sequence of str, optional
        Treatments clockwise from the top; sorted when left out.

    Returns
    -------
    Plot

    Raises
    ------
    ValueError
        If columns differ in length or are empty, a label is missing, a contrast is of a treatment with itself, or
        ``order`` or ``participants`` does not name every treatment.

    References
    ----------
    Chaimani A, Higgins JPT, Mavridis D, Spyridonos P, Salanti G. PLoS ONE 2013;8:e76654.

    Examples
    --------
    >>> network_graph(["1", "2", "3"], ["A", "A", "B"], ["B", "C", "C"]).svg()[:4]
    '<svg'
    """
    for name, given in (("studlab", studlab), ("treat1", treat1), ("treat2", treat2)):
        labels(given, name)
    studies = names("studlab", studlab, len(studlab))
    one, two = names("treat1", treat1, len(studies)), names("treat2", treat2, len(studies))
    if not studies:
        raise ValueError("studlab is empty, expected one contrast or more")
    for row, (a, b) in enumerate(zip(one, two, strict=True), 1):
        if a == b:
            raise ValueError(f"study {studies[row - 1]!r} compares {a!r} with itself in row {row}")
    treatments = _ordered(order, sorted({*one, *two}))
    arms: dict[str, set[str]] = {}
    edges: dict[tuple[str, str], set[str]] = {}
    for study, a, b in zip(studies, one, two, strict=True):
        arms.setdefault(study, set()).update((a, b))
        edges.setdefault((min(a, b), max(a, b)), set()).add(study)
    sizes, what = _sizes(participants, treatments, arms)
    place = _Circle(treatments, sizes)
    areas = sorted({tuple(t for t in treatments if t in each) for each in arms.values() if len(each) > 2})
    layers = [*_areas(areas, place), _edges(edges, arms, place), _nodes(treatments, sizes, what, place)]
    layers += place.label_layers()
    return plot({"width": place.width, "height": place.height, "layer": layers})


def _ordered(order: Sequence[str] | None, treatments: list[str]) -> list[str]:
    if order is None:
        return treatments
    asked = names("order", order, len(order))
    if sorted(asked) != treatments:
        wrong = sorted(set(treatments) ^ set(asked)) or [t for t in asked if asked.count(t) > 1]
        raise ValueError(f"order and the contrasts differ in {wrong}, expected each of {treatments} once")
    return asked


def _sizes(
    participants: Mapping[str, float] | None, treatments: list[str], arms: dict[str, set[str]]
) -> tuple[list[float], str]:
    if participants is None:
        return [float(sum(t in each for each in arms.values())) for t in treatments], "studies of a treatment"
    if missing := [t for t in treatments if t not in participants]:
        raise ValueError(f"participants has no entry for {missing[0]!r}, expected one for each treatment")
    sizes = [float(participants[t]) for t in treatments]
    for name, size in zip(treatments, sizes, strict=True):
        if not (math.isfinite(size) and size >= 0):
            raise ValueError(f"participants of {name!r} is {size:g}, expected 0 or more")
    return sizes, "participants"


class _Circle:
    """Where nodes and their names stand, in pixels."""

    def __init__(self, treatments: list[str], sizes: list[float]) -> None:
        n = len(treatments)
        self.lines = [textwrap.wrap(name, _WRAP) or [name] for name in treatments]
        self.heights = np.array([len(lines) * _LINE + 2 for lines in self.lines], dtype=float)
        self.wide = np.array([max(map(len, lines)) * _SIZE * _WIDE for lines in self.lines])
        # A node without anybody is a dot, so that it is seen.
        area = _SMALLEST + (_LARGEST - _SMALLEST) * np.array(sizes) / (max(sizes) or 1.0)
        self.radii = np.sqrt(area / np.pi)
        reach = float(self.radii.max()) + 1
        # Half a step from the top, so that no name stands above the circle.
        angle = 2 * np.pi * (np.arange(n) + 0.5) / n
        self.right = np.sin(angle) > -1e-9
        tall = max(float(self.heights[side].sum()) for side in (self.right, ~self.right))
        self.radius = max(_RADIUS, tall / 2 - reach)
        across, down = self.radius * np.sin(angle), -self.radius * np.cos(angle)
        # The frame holds the nodes and their names and no more.
        names = [reach + _GAP + float(self.wide[side].max(initial=0)) for side in (~self.right, self.right)]
        self.middle = names[0] - float(across.min()), reach + _LINE - float(down.min())
        self.x, self.y = self.middle[0] + across, self.middle[1] + down
        self.width = math.ceil(float(self.x.max()) + names[1])
        self.height = math.ceil(float(self.y.max()) + reach + _LINE)
        self.at = {name: (float(x), float(y)) for name, x, y in zip(treatments, self.x, self.y, strict=True)}
        self.label_y = self.y.copy()
        for side in (self.right, ~self.right):
            members = np.flatnonzero(side)
            members = members[np.argsort(self.y[members], kind="stable")]
            self.label_y[members] = _apart(self.y[members], self.heights[members], self.height)

    def position(self, x: str = "x", y: str = "y") -> dict[str, Any]:
        """Encode pixels as they are: the scales are those of the frame."""
        scales = {"x": [0, self.width], "y": [self.height, 0]}
        return {
            way: {
                "field": name,
                "type": "quantitative",
                "axis": None,
                "scale": {"domain": scales[way], "nice": False, "zero": False},
            }
            for way, name in (("x", x), ("y", y))
        }

    def _label_x(self) -> Floats:
        """Put names beside their nodes, or outside the circle where they have moved or would cover another node."""
        sign = np.where(self.right, 1.0, -1.0)
        beside = self.x + sign * (self.radii + 5)
        up = np.clip(np.abs(self.label_y - self.middle[1]) - self.heights / 2, 0, self.radius)
        rim = self.middle[0] + sign * (np.sqrt(self.radius**2 - up**2) + self.radii.max() + 4)
        ends = beside + sign * self.wide
        low, high = np.minimum(beside, ends)[:, None] - 2, np.maximum(beside, ends)[:, None] + 2
        across = (low < self.x + self.radii) & (high > self.x - self.radii)
        down = np.abs(self.label_y[:, None] - self.y) < self.heights[:, None] / 2 + self.radii
        covers = (across & down & ~np.eye(len(sign), dtype=bool)).any(axis=1)
        return np.asarray(np.where(covers | (np.abs(self.label_y - self.y) > 4), rim, beside))

    def label_layers(self) -> list[dict[str, Any]]:
        """Give names beside their nodes, with a line where a name has had to move."""
        label_x = self._label_x()
        rows, leaders = [], []
        for i, lines in enumerate(self.lines):
            x, y, sign = float(label_x[i]), float(self.label_y[i]), 1 if self.right[i] else -1
            rows.append({"x": x, "y": y - _LINE * (len(lines) - 1) / 2, "name": "\n".join(lines),
                         "align": "left" if sign > 0 else "right"})  # fmt: skip
            if abs(x - self.x[i]) > self.radii[i] + 12 or abs(y - self.y[i]) > 4:
                start = float(self.x[i] + sign * self.radii[i])
                leaders.append({"x": start, "y": float(self.y[i]), "x2": x - 2 * sign, "y2": y})
        layers: list[dict[str, Any]] = []
        if leaders:
            layers.append({
                "data": {"values": leaders},
                "mark": {"type": "rule", "color": SOFT, "strokeWidth": 0.6},
                "encoding": {**self.position(), "x2": {"field": "x2"}, "y2": {"field": "y2"}},
            })  # fmt: skip
        text = {"type": "text", "fontSize": _SIZE, "color": INK, "baseline": "middle", "lineBreak": "\n"}
        layers.append({
            "data": {"values": rows},
            "mark": {**text, "lineHeight": _LINE, "align": {"expr": "datum.align"}},
            "encoding": {**self.position(), "text": {"field": "name", "type": "nominal"}},
        })  # fmt: skip
        return layers


def _apart(wanted: Floats, heights: Floats, room: float) -> Floats:
    """Move names that are sorted from the top as little as needed until none covers another (least squares)."""
    offset = np.concatenate([[0.0], np.cumsum((heights[1:] + heights[:-1]) / 2)])
    # Apart from their heights the places must not fall: isotonic regression, pools of neighbours at their mean.
    pools: list[list[float]] = []
    for value in wanted - offset:
        pools.append([float(value), 1.0])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            mean, count = pools.pop()
            before = pools[-1]
            before[0] = (before[0] * before[1] + mean * count) / (before[1] + count)
            before[1] += count
    level = np.concatenate([np.full(int(count), mean) for mean, count in pools]) if pools else np.empty(0)
    low, high = heights[:1] / 2, room - offset[-1:] - heights[-1:] / 2
    return np.asarray(np.clip(level, low, np.maximum(low, high)) + offset)[: len(wanted)]


def _areas(areas: list[tuple[str, ...]], place: _Circle) -> list[dict[str, Any]]:
    """Shade the arms of studies of three arms or more; one layer each, so that areas lie over one another."""
    layers = []
    for number, arms in enumerate(areas):
        corners = [place.at[t] for t in (*arms, arms[0])]
        rows = [{"x": x, "y": y, "corner": i, "area": number} for i, (x, y) in enumerate(corners)]
        layers.append({
            "data": {"values": rows},
            "mark": {"type": "line", "filled": True, "fill": "#808080", "fillOpacity": 0.16, "strokeWidth": 0},
            "encoding": {**place.position(), "order": {"field": "corner", "type": "quantitative"}},
        })  # fmt: skip
    return layers


def _edges(edges: dict[tuple[str, str], set[str]], arms: dict[str, set[str]], place: _Circle) -> dict[str, Any]:
    rows: list[dict[str, Any]] = []
    for (a, b), studies in sorted(edges.items()):
        (x, y), (x2, y2) = place.at[a], place.at[b]
        many = any(len(arms[study]) > 2 for study in studies)
        rows.append({"x": x, "y": y, "x2": x2, "y2": y2, "comparison": f"{a} : {b}", "studies": len(studies),
                     "kind": _MANY if many else _TWO})  # fmt: skip
    most = max(map(len, edges.values()))
    kinds = [kind for kind in (_TWO, _MANY) if any(row["kind"] == kind for row in rows)]
    stroke = {"symbolType": "stroke", "symbolSize": 400, "symbolStrokeColor": INK}
    return {
        "data": {"values": rows},
        "mark": {"type": "rule", "color": INK, "opacity": 1, "strokeCap": "butt"},
        "encoding": {
            **place.position(),
            "x2": {"field": "x2"},
            "y2": {"field": "y2"},
            "strokeWidth": {
                "field": "studies",
                "type": "quantitative",
                "scale": {"domain": [0, most], "range": [0.6, max(2.0, min(_WIDEST, 0.6 + most))]},
                "legend": {"title": "studies of a comparison", "values": _steps(most), "format": "d", **stroke},
            },
            "strokeDash": {
                "field": "kind",
                "type": "nominal",
                "scale": {"domain": kinds, "range": [[1, 0] if kind == _TWO else [6, 2] for kind in kinds]},
                "legend": {"title": "arms", **stroke, "symbolStrokeWidth": 2} if _MANY in kinds else None,
            },
        },
    }


def _nodes(treatments: list[str], sizes: list[float], what: str, place: _Circle) -> dict[str, Any]:
    rows = [
        {"x": place.at[name][0], "y": place.at[name][1], "treatment": name, "size": size}
        for name, size in zip(treatments, sizes, strict=True)
    ]
    most = max(sizes) or 1.0
    symbol = {"symbolFillColor": _PALE, "symbolStrokeColor": INK}
    return {
        "data": {"values": rows},
        "mark": {"type": "point", "shape": "circle", "fill": _PALE, "stroke": INK, "strokeWidth": 1, "opacity": 1},
        "encoding": {
            **place.position(),
            "size": {
                "field": "size",
                "type": "quantitative",
                # Legends of equal domains are drawn as one, here that of sizes and that of widths.
                "scale": {"domain": [0, most * (1 + 1e-9)], "range": [_SMALLEST, _LARGEST]},
                "legend": {"title": what, "values": _steps(most), "format": ",d", **symbol},
            },
        },
    }


def _steps(most: float) -> list[int]:
    """Give up to three round numbers for a legend, the largest one at most ``most``."""
    top = max(1, math.floor(most))
    power = 10 ** (len(str(top)) - 1)
    high = top // power * power
    return sorted({max(1, step) for step in (high, round(high / 3), round(high / 10))})
