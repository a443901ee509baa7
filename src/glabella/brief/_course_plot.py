"""The figures of how it works over time. Numbers stand in the tables; letters lead from a panel to its row."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal

from glabella.decision import Timed, Treated
from glabella.dossier import Link, Mechanism, MuscleObservation
from glabella.dossier._fitted import Course as Fitted
from glabella.plot import Course, Plot, Point, Swing, diagram, explained_course, time_course, tornado
from glabella.plot import Link as Arrow

_DAYS = 7.0
#: Normal quantile of a 95 % interval.
_Z = 1.959963984540054


def course_plots(mechanism: Mechanism, timed: Timed | None) -> dict[str, Plot]:
    """Give every figure by name; without a fit there is the diagram alone."""
    plots = {"diagram": diagram(mechanism.nodes, [_arrow(each) for each in mechanism.links.values()])}
    if timed is None:
        return plots
    plots["by_dose"] = _panels(mechanism, timed, timed.by_dose)
    others = tuple(row for row in timed.by_product if row not in timed.by_dose)
    if others:
        plots["by_product"] = _panels(mechanism, timed, others)
    if timed.fitted.mood_courses:
        plots["mood"] = _mood(timed)
    for at, each in enumerate(timed.constants.sensitivity):
        if each.centre.value is not None and each.swings:
            rows = [Swing(row.label, row.at_low.value, row.at_high.value) for row in each.swings]
            plots[f"tornado.{at}"] = tornado(rows, each.centre.value, title=each.quantity)
    return plots


def _arrow(each: Link) -> Arrow:
    return Arrow(each.begin, each.end, each.label, each.support)


def _panels(mechanism: Mechanism, timed: Timed, rows: tuple[Treated, ...]) -> Plot:
    """Draw a panel for each dose and sex, lettered as the rows of the table."""
    courses, points = [], []
    for row in rows:
        for each in timed.fitted.courses:
            if (each.product, each.sex, each.dose, each.definition) == (
                row.product, row.sex, row.dose.value, row.definition
            ):  # fmt: skip
                label = f"{row.letter}: {row.sex}" + ("" if row.product == timed.product else f", {row.product}")
                courses.append(Course(
                    label, [day / _DAYS for day in each.days], each.median, each.low, each.high, each.next_low,
                    each.next_high,
                ))  # fmt: skip
                points += list(_points(mechanism, each, label))
    return time_course(courses, points, title="people with a response")


def _points(mechanism: Mechanism, course: Fitted, label: str) -> Iterator[Point]:
    """Give what trials saw of this dose, less what was seen after salt water; both sexes stand with women."""
    sexes = {"women", "mixed"} if course.sex == "women" else {course.sex}
    for each in mechanism.observations.muscle:
        alike = (each.product, each.definition, each.units) == (course.product, course.definition, course.dose)
        if alike and each.sex in sexes and each.day <= course.days[-1] and each.responders_at is None:
            share, people = _share(each), each.arm.people
            low, high = (None, None) if people is None else _limits(share, people)
            yield Point(label, each.day / _DAYS, share, low, high, people or 1.0, _kind(each))


def _share(each: MuscleObservation) -> float:
    other = each.placebo.share if each.placebo else 0.0
    return max((each.arm.share - other) / (1 - other), 0.0) if other < 1 else 0.0


def _limits(share: float, n: float) -> tuple[float, float]:
    """Give Wilson's interval of a share."""
    middle = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    return min(max(middle - half, 0.0), share), max(min(middle + half, 1.0), share)


def _kind(each: MuscleObservation) -> Literal["fitted", "held out", "recalled"]:
    return "fitted" if each.use == "fit" else "recalled" if each.status == "recalled" else "held out"


def _mood(timed: Timed) -> Plot:
    """Draw relief under each explanation, and the differences that trials saw."""
    labels = {each.name: each.label for each in timed.mood.accounts}
    courses = [
        Course(labels[each.explanation], [day / _DAYS for day in each.days], each.relief)
        for each in timed.fitted.mood_courses if each.explanation in labels
    ]  # fmt: skip
    mood, last = timed.fitted.mood, max(course.weeks[-1] for course in courses)
    points = [
        Point("", week, seen.value, seen.low, seen.high, 1.0)
        for week, seen in zip(mood.weeks, mood.relief, strict=True)
        if seen.value is not None and seen.low is not None and seen.high is not None and week <= last
    ]
    return explained_course(courses, points, title="points of relief: above zero is better")
