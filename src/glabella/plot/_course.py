"""Courses over weeks: curves with the bands around them, and what trials saw."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from glabella.plot._canvas import Sign, as_is, heading, key
from glabella.plot._check import Floats, columns, padded
from glabella.plot._plot import INK, SOFT, Plot, plot
from glabella.plot._points import KINDS, Kind, Point, check_points, interval_words, point_marks, point_signs

__all__ = ["Course", "Kind", "Point", "explained_course", "time_course"]

Column = Sequence[float] | Floats

_AVERAGE, _NEXT = "#c9c9c9", "#ededed"
_SOLID, _BROKEN = (1.0, 0.0), (3.0, 2.0)
#: Dash and width of lines that share a panel.
_LINES: tuple[tuple[tuple[float, ...], float], ...] = (
    ((1, 0), 1.8), ((7, 3), 1.8), ((2, 2), 1.8), ((9, 3, 2, 3), 1.8), ((1, 0), 0.8), ((5, 2, 1, 2, 1, 2), 1.2),
    ((1, 4), 1.8), ((12, 6), 0.9),
)  # fmt: skip
_COLUMNS, _WIDTH, _HEIGHT, _WRAP, _LABELS = 2, 150, 120, 24, 32
#: A single panel has the width of two.
_ALONE = (_WIDTH * 2 + 14, 200)
#: Room above all people, so that the mark of such a trial is whole.
_TOP = 1.06
_MOOD_WIDTH, _MOOD_HEIGHT = 320, 240


@dataclass(frozen=True, slots=True)
class Course:
    """One curve over weeks.

    ``low`` and ``high`` are the interval of the average, ``next_low`` and ``next_high`` that of a next trial; an
    empty one is not drawn.
    """

    label: str
    weeks: Column
    median: Column
    low: Column = ()
    high: Column = ()
    next_low: Column = ()
    next_high: Column = ()


def time_course(
    courses: Sequence[Course], points: Sequence[Point] = (), *, title: str = "people with a response",
    level: float | None = None,
) -> Plot:  # fmt: skip
    """Draw shares of people over weeks, a panel for each course.

    Points that would cover one another stand side by side, at most a few pixels beside their week.

    Parameters
    ----------
    courses : sequence of Course
        Shares from 0 to 1, from the upper left to the lower right. Panels have one pair of scales.
    points : sequence of Point
        Each in the panel of its course.
    title : str
        What the vertical axes show; stands above the panels.
    level : float, optional
        Of the intervals, said in the key.

    Returns
    -------
    Plot

    Raises
    ------
    ValueError
        If there is no course, two have one label, a point belongs to none, or a number is not possible: not finite,
        a share outside 0 to 1, limits that do not hold their value, a week before 0 or after the last.

    Examples
    --------
    >>> drawn = time_course([Course("women", [0, 4, 12], [0, 0.8, 0.4], [0, 0.7, 0.3], [0, 0.9, 0.5])],
    ...                     [Point("women", 4, 0.75, 0.6, 0.9, 40)])
    >>> len(drawn.spec["vconcat"][0]["concat"])
    1
    """
    last = _checked(courses, points)
    if stray := [each.course for each in points if each.course not in {course.label for course in courses}]:
        raise ValueError(f"a point belongs to {stray[0]!r}, expected the label of a course")
    for course in courses:
        for name, column in _parts(course):
            _share(f"{name} of {course.label!r}", column)
    for point in points:
        _share(f"point of {point.course!r} in week {point.week:g}",
               [x for x in (point.value, point.low, point.high) if x is not None])  # fmt: skip
    most = max((point.n for point in points), default=1.0)
    panels = [
        _panel(course, [point for point in points if point.course == course.label], last, most,
               _ALONE if len(courses) == 1 else (_WIDTH, _HEIGHT),
               left=i % _COLUMNS == 0, bottom=i >= len(courses) - _COLUMNS)
        for i, course in enumerate(courses)
    ]  # fmt: skip
    signs = [*_curve_signs(courses, level), *point_signs(points, level)]
    return plot({
        "description": _described(courses, points, title),
        "title": heading(title),
        "vconcat": [{"concat": panels, "columns": _COLUMNS, "spacing": {"row": 10, "column": 14}},
                    key(signs, left=-_LABELS)],
        "spacing": 12,
    })  # fmt: skip


def explained_course(
    courses: Sequence[Course], points: Sequence[Point] = (), *, title: str = "relief in points",
    level: float | None = None,
) -> Plot:  # fmt: skip
    """Draw several accounts of one course in one panel, each as a line with its own dash and letter.

    Parameters
    ----------
    courses : sequence of Course
        At most eight; of their bands none is drawn, for they would hide one another.
    points : sequence of Point
        What trials saw; all of them are drawn, whichever course they name.
    title : str
        What the vertical axis shows, and which side of zero is better; stands above the panel.
    level : float, optional
        Of the points' intervals, said in the key.

    Returns
    -------
    Plot

    Raises
    ------
    ValueError
        If there is no course or more than eight, two have one label, or a number is not finite, limits do not hold
        their value, or a week is before 0 or after the last.

    Examples
    --------
    >>> drawn = explained_course([Course("hope", [0, 6, 24], [0, 3, 1]), Course("looks", [0, 6, 24], [0, 2, 2])])
    >>> ">B</text>" in drawn.svg()
    True
    """
    last = _checked(courses, points)
    if len(courses) > len(_LINES):
        raise ValueError(f"{len(courses)} courses in one panel, expected at most {len(_LINES)}")
    ends = [0.0] + [float(x) for course in courses for x in course.median]
    ends += [x for point in points for x in (point.value, point.low, point.high) if x is not None]
    vertical = padded(min(ends), max(ends))
    x = _weeks(last, labels=True)
    y = _axis(vertical, labels=True)
    rows = [{"week": float(w), "value": float(v), "course": course.label, "dash": list(dash), "wide": wide}
            for course, (dash, wide) in zip(courses, _LINES, strict=False)
            for w, v in zip(course.weeks, course.median, strict=True)]  # fmt: skip
    letters = [chr(ord("A") + i) for i in range(len(courses))]
    places = _letter_places(courses, points, last, vertical)
    named = [{"week": week, "value": value, "letter": letter}
             for letter, (week, value) in zip(letters, places, strict=True)]  # fmt: skip
    most = max((point.n for point in points), default=1.0)
    at = {"x": {"field": "week", **x}, "y": {"field": "value", **y}}
    body: dict[str, Any] = {
        "width": _MOOD_WIDTH,
        "height": _MOOD_HEIGHT,
        "layer": [
            {"data": {"values": [{"zero": 0}]}, "mark": {"type": "rule", "color": SOFT},
             "encoding": {"y": {"field": "zero", **y}}},
            *point_marks(points, at, last, most, _MOOD_WIDTH),
            {"data": {"values": rows}, "mark": {"type": "line", "color": INK, "opacity": 1},
             "encoding": {**at, "detail": {"field": "course", "type": "nominal"}, "strokeDash": as_is("dash"),
                          "strokeWidth": as_is("wide")}},
            *({"data": {"values": named},
               "mark": {"type": "text", "fontSize": 12, "fontWeight": "bold", **look},
               "encoding": {**at, "text": {"field": "letter", "type": "nominal"}}}
              for look in ({"stroke": "white", "strokeWidth": 4, "color": "white"}, {"color": INK})),
        ],
    }  # fmt: skip
    signs = [Sign(f"{letter}: {course.label}", line=line)
             for letter, course, line in zip(letters, courses, _LINES, strict=False)]  # fmt: skip
    signs += point_signs(points, level)
    return plot({
        "description": _described(courses, points, title),
        "title": heading(title),
        "vconcat": [body, key(signs, left=-_LABELS)],
        "spacing": 12,
    })  # fmt: skip


def _parts(course: Course) -> Iterator[tuple[str, Column]]:
    for name in ("median", "low", "high", "next_low", "next_high"):
        if len(getattr(course, name)):
            yield name, getattr(course, name)


def _checked(courses: Sequence[Course], points: Sequence[Point]) -> float:
    """Check what all plots of courses ask for; give the last week."""
    if not courses:
        raise ValueError("no course, expected one or more")
    labels = [course.label for course in courses]
    if twice := [label for i, label in enumerate(labels) if label in labels[:i]]:
        raise ValueError(f"label {twice[0]!r} stands for two courses, expected one name a course")
    for course in courses:
        read = dict(zip(names := ["weeks", *(name for name, _ in _parts(course))],
                        columns(**{name: getattr(course, name) for name in names}), strict=True))  # fmt: skip
        if len(read["weeks"]) < 2:
            raise ValueError(f"{course.label!r} has one week, expected two or more")
        if read["weeks"][0] < 0 or (np.diff(read["weeks"]) <= 0).any():
            raise ValueError(f"weeks of {course.label!r} do not rise from 0 or later, expected them in order")
        for low, high in (("low", "high"), ("next_low", "next_high")):
            if (low in read) != (high in read):
                raise ValueError(f"{course.label!r} has one of {low} and {high}, expected both or none")
            if low in read and (read[low] > read[high]).any():
                raise ValueError(f"{low} of {course.label!r} is above {high}, expected it below")
    last = max(float(course.weeks[-1]) for course in courses)
    check_points(points, last)
    return last


def _share(what: str, column: Column) -> None:
    values = np.asarray(column, dtype=float)
    if wrong := [x for x in values if not 0 <= x <= 1]:
        raise ValueError(f"{what} holds {wrong[0]:g}, expected shares from 0 to 1")


def _weeks(last: float, *, labels: bool) -> dict[str, Any]:
    step = next((s for s in (1, 2, 3, 4, 6, 12, 26, 52) if last / s < 5), 104)
    return {
        "type": "quantitative",
        "scale": {"domain": [0, last], "nice": False},
        "axis": {"values": np.arange(0, last + 1e-9, step).tolist(), "format": "d", "labels": labels,
                 "ticks": labels, "title": "weeks" if labels else None, "labelFontSize": 11},
    }  # fmt: skip


def _axis(domain: tuple[float, float], *, labels: bool, share: bool = False) -> dict[str, Any]:
    return {
        "type": "quantitative",
        "scale": {"domain": list(domain), "nice": False, "zero": False},
        "axis": {"labels": labels, "ticks": labels, "title": None, "labelFontSize": 11,
                 "minExtent": _LABELS,
                 **({"format": "%", "values": [0, 0.25, 0.5, 0.75, 1]} if share else {"tickCount": 6})},
    }  # fmt: skip


def _panel(
    course: Course,
    points: Sequence[Point],
    last: float,
    most: float,
    size: tuple[int, int],
    *,
    left: bool,
    bottom: bool,
) -> dict[str, Any]:
    # A dose stays with its unit.
    name = re.sub(r"(?<=\d) (?=\S)", "\N{NO-BREAK SPACE}", course.label)
    rows = [{"week": float(w)} for w in course.weeks]
    for part, column in _parts(course):
        for row, value in zip(rows, column, strict=True):
            row[part] = float(value)
    x, y = _weeks(last, labels=bottom), _axis((0, _TOP), labels=left, share=True)
    week = {"x": {"field": "week", **x}}
    layers: list[dict[str, Any]] = []
    for low, high, shade, dash in (("next_low", "next_high", _NEXT, _BROKEN), ("low", "high", _AVERAGE, _SOLID)):
        if len(getattr(course, low)):
            edge = {"color": SOFT, "strokeWidth": 0.7, "strokeDash": list(dash)}
            layers.append({
                "mark": {"type": "area", "color": shade, "opacity": 1, "line": edge},
                "encoding": {**week, "y": {"field": high, **y}, "y2": {"field": low}},
            })  # fmt: skip
            layers.append({
                "mark": {"type": "line", "opacity": 1, **edge}, "encoding": {**week, "y": {"field": low, **y}}
            })  # fmt: skip
    layers.append({
        "mark": {"type": "line", "color": INK, "strokeWidth": 1.8},
        "encoding": {**week, "y": {"field": "median", **y}},
    })  # fmt: skip
    layers += point_marks(points, {**week, "y": {"field": "value", **y}}, last, most, size[0])
    return {
        "title": {"text": textwrap.wrap(name, _WRAP * size[0] // _WIDTH) or [name], "anchor": "start",
                  "frame": "group", "fontSize": 11, "fontWeight": "normal", "offset": 5},
        "width": size[0],
        "height": size[1],
        "data": {"values": rows},
        "layer": layers,
    }  # fmt: skip


def _letter_places(
    courses: Sequence[Course], points: Sequence[Point], last: float, vertical: tuple[float, float]
) -> list[tuple[float, float]]:
    """Give each curve's letter the place where the other curves, letters and trials are farthest."""
    grid = np.linspace(0, last, 61)[3:-3]
    curves = np.array([np.interp(grid, course.weeks, course.median) for course in courses])
    across, down = _MOOD_WIDTH / last, _MOOD_HEIGHT / (vertical[1] - vertical[0])
    taken: list[tuple[float, float]] = []
    for i, curve in enumerate(curves):
        others = np.abs(np.delete(curves, i, axis=0) - curve) * down
        room = np.minimum(others.min(axis=0, initial=20.0), 20.0)
        for point in points:
            below = point.value if point.low is None else point.low
            above = point.value if point.high is None else point.high
            away = np.maximum(np.maximum(below - curve, curve - above), 0) * down
            room -= 30 * ((np.abs(grid - point.week) * across < 12) & (away < 12))
        for week, value in taken:
            room -= 100 * (np.hypot((grid - week) * across, (curve - value) * down) < 22)
        best = int(np.argmax(room))
        taken.append((float(grid[best]), float(curve[best])))
    return taken


def _curve_signs(courses: Sequence[Course], level: float | None) -> list[Sign]:
    how = f", {interval_words(level)}"
    signs = [Sign("model", line=(_SOLID, 1.8))]
    if any(len(course.low) for course in courses):
        signs.append(Sign(f"average{how}", line=(_SOLID, 0.7), box=_AVERAGE))
    if any(len(course.next_low) for course in courses):
        signs.append(Sign(f"a next trial{how}", line=(_BROKEN, 0.7), box=_NEXT))
    return signs


def _described(courses: Sequence[Course], points: Sequence[Point], title: str) -> str:
    """Say in words what is drawn, for those who hear it."""
    said = [f"{title} over weeks."]
    for course in courses:
        middle = np.asarray(course.median, dtype=float)
        peak = int(np.abs(middle).argmax())
        said.append(f"{course.label}: farthest from zero in week {float(course.weeks[peak]):.3g}, at "
                    f"{middle[peak]:.2g}; {middle[-1]:.2g} in week {float(course.weeks[-1]):.3g}.")  # fmt: skip
    counts = {kind: sum(point.kind == kind for point in points) for kind in KINDS}
    said += [f"Points, {kind}: {count}." for kind, count in counts.items() if count]
    return " ".join(said)
