"""Names beside points, moved apart so that none covers another, with a line to the point where it is far away."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glabella.plot._check import Floats
from glabella.plot._plot import INK, SOFT

SIZE = 11
#: Mean width of a character against the font's size, in DejaVu Sans, with a little to spare.
_WIDE = 0.57
#: Gaps between a mark and its name that are tried, in pixels, and from which on a line leads to the name.
_GAPS = (5.0, 9.0, 17.0, 26.0, 36.0, 48.0, 62.0, 78.0, 98.0, 124.0, 156.0, 192.0)
_LEADER = 13.0
_ANGLES = tuple(math.radians(15 * step) for step in range(24))
#: What is paid for a name that covers a name, a mark, or a line to a mark; for such a line that crosses another or
#: touches a mark; for a name that seems to belong to another mark; for one on a line of the plot; for a pixel of
#: distance; and for not standing at the right.
_NAME, _MARK, _UNDER, _CROSS, _TOUCH, _BESIDE = 300.0, 150.0, 50.0, 12.0, 25.0, 5.0
_DRAWN, _FAR, _SIDE = 2.0, 0.12, 0.6
_SWEEPS = 12
_ROOM = 1.5

Segments = Floats  # of shape (m, 4): x, y, x2, y2


@dataclass(frozen=True, slots=True)
class Frame:
    """The area that is drawn in: its size in pixels, and what its left, right, lower and upper edges stand for."""

    width: int
    height: int
    x: tuple[float, float]
    y: tuple[float, float]

    def pixels(self, x: Any, y: Any) -> Floats:
        """Give points (k, 2) in pixels, from the upper left corner."""
        (left, right), (lower, upper) = self.x, self.y
        across = (np.asarray(x) - left) / (right - left) * self.width
        return np.column_stack([across, (upper - np.asarray(y)) / (upper - lower) * self.height])

    def values(self, x: float, y: float) -> tuple[float, float]:
        """Give a pixel's place on the scales."""
        (left, right), (lower, upper) = self.x, self.y
        return float(left + x / self.width * (right - left)), float(upper - y / self.height * (upper - lower))


def label_layers(
    x: Floats,
    y: Floats,
    labels: Sequence[str],
    frame: Frame,
    *,
    radius: float | Floats = 3.5,
    lines: Sequence[tuple[float, float, float, float]] = (),
) -> list[dict[str, Any]]:
    """Give the layers that name points.

    Parameters
    ----------
    x, y : ndarray of shape (k,)
        Points, as data.
    labels : sequence of k str
        Names; an empty one names none, but its point is not covered.
    frame : Frame
        The area.
    radius : float or ndarray of shape (k,)
        Of the marks, in pixels.
    lines : sequence of (x, y, x2, y2)
        Lines of the plot, as data, that names keep off where they can.
    """
    points = frame.pixels(x, y)
    radii = np.broadcast_to(np.asarray(radius, dtype=float), len(points))
    drawn = np.array([[*frame.pixels(a, b)[0], *frame.pixels(c, d)[0]] for a, b, c, d in lines]).reshape(-1, 4)
    named = [i for i, label in enumerate(labels) if label]
    places = _Places.around(points, radii, [labels[i] for i in named], named, frame)
    texts: list[dict[str, Any]] = []
    leaders: list[dict[str, Any]] = []
    for i, place in zip(named, _arrange(places, points, radii, named, drawn), strict=True):
        row = named.index(i)
        at = frame.values(*places.anchors[row, place])
        texts.append({"x": at[0], "y": at[1], "label": labels[i], "align": places.align[place]})
        if places.leads[place]:
            ends = places.leaders[row, place]
            start, end = frame.values(*ends[:2]), frame.values(*ends[2:])
            leaders.append({"x": start[0], "y": start[1], "x2": end[0], "y2": end[1]})
    position = {"x": {"field": "x", "type": "quantitative"}, "y": {"field": "y", "type": "quantitative"}}
    layers: list[dict[str, Any]] = []
    if leaders:
        layers.append({
            "data": {"values": leaders},
            "mark": {"type": "rule", "color": SOFT, "strokeWidth": 0.6},
            "encoding": {**position, "x2": {"field": "x2"}, "y2": {"field": "y2"}},
        })  # fmt: skip
    if texts:
        text = {"type": "text", "fontSize": SIZE, "color": INK, "baseline": "middle"}
        layers.append({
            "data": {"values": texts},
            "mark": {**text, "align": {"expr": "datum.align"}},
            "encoding": {**position, "text": {"field": "label", "type": "nominal"}},
        })  # fmt: skip
    return layers


@dataclass(frozen=True, slots=True)
class _Places:
    """Where each of ``k`` names may stand: ``c`` places each, the same ones for all."""

    anchors: Floats  # (k, c, 2)
    boxes: Floats  # (k, c, 4): left, top, right, bottom
    leaders: Floats  # (k, c, 4); meaningful where it leads
    align: list[str]  # c
    leads: NDArray[np.bool_]  # c
    own: Floats  # (k, c): what a place costs whatever the others do

    @classmethod
    def around(
        cls, points: Floats, radii: Floats, labels: Sequence[str], named: Sequence[int], frame: Frame
    ) -> _Places:
        gap, angle = (grid.ravel() for grid in np.meshgrid(_GAPS, _ANGLES, indexing="ij"))
        across, down = np.cos(angle), np.sin(angle)
        side = np.where(across > 0.25, 1, np.where(across < -0.25, -1, 0))
        centre = points[named][:, None, :]
        reach = radii[named][:, None] + gap
        # A name above or below its mark stands clear of it by half its own height too.
        lift = np.where(side == 0, np.copysign(SIZE * 0.45, down), SIZE * 0.35 * down)
        anchors = centre + np.stack([reach * across, reach * down + lift], axis=2)
        wide = np.array([len(label) * SIZE * _WIDE for label in labels])[:, None]
        left = anchors[:, :, 0] - wide * np.where(side == 1, 0, np.where(side == -1, 1, 0.5))
        half = SIZE * 0.56
        boxes = np.stack([left, anchors[:, :, 1] - half, left + wide, anchors[:, :, 1] + half], axis=2)
        # A line starts beside the mark and ends at the name's edge.
        start = centre + (radii[named][:, None, None] + 1) * np.stack([across, down], axis=1)
        end = anchors - np.stack([2.0 * side, np.where(side == 0, np.copysign(half - 0.5, down), 0.0)], axis=1)
        outside = (
            (boxes[:, :, 0] < 4)
            | (boxes[:, :, 2] > frame.width)
            | (boxes[:, :, 1] < 1)
            | (boxes[:, :, 3] > frame.height - 1)
        )
        own = np.where(outside, 1e6, 0.0) + _FAR * gap + _SIDE * (1 - across) / 2
        align = np.array(["right", "center", "left"])[side + 1].tolist()
        return cls(anchors, boxes, np.concatenate([start, end], axis=2), align, gap >= _LEADER, own)


def _arrange(
    places: _Places, points: Floats, radii: Floats, named: Sequence[int], drawn: Segments
) -> NDArray[np.int64]:
    """Choose a place for each name.

    One after the other, and again with the others in view until none moves. Where that ends depends on who chooses
    first, and so several orders are tried and the best one is kept.
    """
    if not named:
        return np.empty(0, dtype=np.int64)
    marks = np.column_stack([points - radii[:, None], points + radii[:, None]])
    cost = places.own.copy()
    for i, point in enumerate(named):
        others = np.delete(marks, point, axis=0)
        cost[i] += _MARK * _overlap(places.boxes[i], marks, 1.0).sum(axis=1)
        cost[i] += _BESIDE * _overlap(places.boxes[i], others, 8.0).sum(axis=1)
        cost[i] += _DRAWN * _enters(drawn, places.boxes[i]).sum(axis=0)
        cost[i] += places.leads * _TOUCH * _enters(places.leaders[i], others).sum(axis=1)
    distance = np.hypot(*(points[named][:, None, :] - points[None, :, :]).transpose(2, 0, 1))
    crowd = (distance < 45).sum(axis=1)
    across, down = points[named].T
    tried = [
        _settle(places, cost, np.argsort(key, kind="stable")) for key in (-crowd, crowd, -across, across, down)
    ]
    return min(tried, key=lambda each: each[1])[0]


def _settle(places: _Places, cost: Floats, order: NDArray[np.int64]) -> tuple[NDArray[np.int64], float]:
    """Give the places on which names agree that choose in this order, and what they cost all together."""
    k = len(cost)
    chosen = np.full(k, -1)
    paid = np.zeros(k)
    for _ in range(_SWEEPS):
        before = chosen.copy()
        for i in order:
            others = np.flatnonzero((chosen >= 0) & (np.arange(k) != i))
            boxes = places.boxes[others, chosen[others]]
            leading = others[places.leads[chosen[others]]]
            lines = places.leaders[leading, chosen[leading]]
            total = cost[i] + _NAME * _overlap(places.boxes[i], boxes, _ROOM).sum(axis=1)
            total += _UNDER * _enters(lines, places.boxes[i]).sum(axis=0)
            total += places.leads * _UNDER * _enters(places.leaders[i], boxes).sum(axis=1)
            total += places.leads * _CROSS * _cross(places.leaders[i], lines).sum(axis=1)
            chosen[i] = int(total.argmin())
            paid[i] = total[chosen[i]]
        if (chosen == before).all():
            break
    return chosen, float(paid.sum())


def _overlap(some: Floats, others: Floats, room: float) -> NDArray[np.bool_]:
    """Tell which of (c, 4) boxes overlap which of (m, 4)."""
    a, b = some[:, None, :], others[None, :, :]
    meet = (a[..., 0] < b[..., 2] + room) & (a[..., 2] > b[..., 0] - room)
    return np.asarray(meet & (a[..., 1] < b[..., 3] + room) & (a[..., 3] > b[..., 1] - room))


def _enters(lines: Segments, boxes: Floats) -> NDArray[np.bool_]:
    """Tell which of (c, 4) lines enter which of (m, 4) boxes: the part within the box's slabs is not empty."""
    start, step = lines[:, None, :2], lines[:, None, 2:] - lines[:, None, :2]
    step = np.where(np.abs(step) < 1e-9, 1e-9, step)
    one, two = (boxes[None, :, :2] - start) / step, (boxes[None, :, 2:] - start) / step
    first = np.minimum(one, two).max(axis=2).clip(min=0)
    last = np.maximum(one, two).min(axis=2).clip(max=1)
    return np.asarray(first < last)


def _cross(some: Segments, others: Segments) -> NDArray[np.bool_]:
    """Tell which of (c, 4) lines cross which of (m, 4)."""
    a, b = some[:, None, :], others[None, :, :]

    def side(line: Floats, x: Floats, y: Floats) -> Floats:
        across, down = line[..., 2] - line[..., 0], line[..., 3] - line[..., 1]
        return np.asarray(np.sign(across * (y - line[..., 1]) - down * (x - line[..., 0])))

    apart = side(a, b[..., 0], b[..., 1]) * side(a, b[..., 2], b[..., 3]) < 0
    return np.asarray(apart & (side(b, a[..., 0], a[..., 1]) * side(b, a[..., 2], a[..., 3]) < 0))
