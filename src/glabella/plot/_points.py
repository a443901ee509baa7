"""What trials saw, as points beside a curve: their kinds, their intervals, and their places where they meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from glabella.plot._canvas import Sign, as_is
from glabella.plot._check import Floats, number
from glabella.plot._network import _apart
from glabella.plot._plot import INK

Kind = Literal["fitted", "held out"]

#: Shape and fill of each kind of point, and what the key says of it.
KINDS: dict[str, tuple[str, str, str]] = {
    "fitted": ("circle", INK, "trial, fitted"),
    "held out": ("circle", "white", "trial, held out"),
}
#: Areas of the points of the smallest and largest trials, and how far beside its week a point may stand, in pixels.
_SMALL, _LARGE, _ASIDE = 16.0, 120.0, 4.0


@dataclass(frozen=True, slots=True)
class Point:
    """What a trial saw; ``course`` is the label of the curve that it belongs to, empty where it belongs to all.

    Without ``low`` and ``high`` no interval is drawn. ``n`` is the number of people.
    """

    course: str
    week: float
    value: float
    low: float | None
    high: float | None
    n: float
    kind: Kind = "fitted"


def check_points(points: Sequence[Point], last: float) -> None:
    """Refuse points that cannot be drawn in weeks 0 to ``last``."""
    for point in points:
        where = f"point of {point.course!r} in week {point.week:g}"
        if point.kind not in KINDS:
            raise ValueError(f"{where} is {point.kind!r}, expected one of {', '.join(KINDS)}")
        if not 0 <= point.week <= last:
            raise ValueError(f"{where}: expected a week from 0 to {last:g}, the last of the courses")
        if not (np.isfinite(point.n) and point.n > 0):
            raise ValueError(f"{where} is of {point.n:g} people, expected more than 0")
        for value in (point.value, point.low, point.high):
            number(where, 0.0 if value is None else value)
        if (point.low is None) != (point.high is None):
            raise ValueError(f"{where} has one limit, expected two or none")
        if point.low is not None and point.high is not None and not point.low <= point.value <= point.high:
            raise ValueError(f"{where} is {point.value:g}, {point.low:g} to {point.high:g}, "
                             "expected limits around it")  # fmt: skip


def point_marks(
    points: Sequence[Point], at: dict[str, Any], last: float, most: float, width: float
) -> list[dict[str, Any]]:
    """Draw what trials saw, the small ones over the large ones."""
    if not points:
        return []
    weeks = _aside(np.array([point.week for point in points]), last, width)
    rows: list[dict[str, Any]] = [
        {"week": float(week), "seen": point.week, "value": point.value, "people": point.n, "kind": point.kind,
         "shape": KINDS[point.kind][0], "fill": KINDS[point.kind][1],
         **({} if point.low is None else {"low": point.low, "high": point.high})}
        for week, point in zip(weeks, points, strict=True)
    ]  # fmt: skip
    rows.sort(key=lambda row: -float(row["people"]))
    low = at["y"] | {"field": "low"}
    return [
        {"data": {"values": [row for row in rows if "low" in row]}, "mark": {"type": "rule", "color": INK},
         "encoding": {"x": at["x"], "y": low, "y2": {"field": "high"}}},
        {"data": {"values": rows}, "mark": {"type": "point", "stroke": INK, "strokeWidth": 1.3, "opacity": 1},
         "encoding": {**at, "shape": as_is("shape"), "fill": as_is("fill"),
                      "size": {"field": "people", "type": "quantitative", "legend": None,
                               "scale": {"domain": [0, most], "range": [_SMALL, _LARGE]}}}},
    ]  # fmt: skip


def _aside(weeks: Floats, last: float, width: float) -> Floats:
    """Move weeks apart, as far as none moves too far."""
    order = np.argsort(weeks, kind="stable")
    wanted = weeks[order] / last * width
    found = wanted
    for gap in (4.0, 3.0, 2.0, 1.0):
        # Room at both ends, so that a point on the edge may stand there.
        moved = _apart(wanted + gap / 2, np.full(len(wanted), gap), width + gap) - gap / 2
        if np.abs(moved - wanted).max() <= _ASIDE:
            found = moved
            break
    result = np.empty_like(weeks)
    result[order] = found / width * last
    return result


def interval_words(level: float | None) -> str:
    return "interval" if level is None else f"{100 * level:g} per cent interval"


def point_signs(points: Sequence[Point], level: float | None) -> list[Sign]:
    signs = [Sign(words, point=(shape, fill)) for kind, (shape, fill, words) in KINDS.items()
             if any(point.kind == kind for point in points)]  # fmt: skip
    if len({point.n for point in points}) > 1:
        signs.append(Sign("larger: more people"))
    if any(point.low is not None for point in points):
        signs.append(Sign(f"upright line: {interval_words(level)}"))
    return signs
