"""The course of the muscle over weeks as a figure: a panel for each dose and sex, and what trials saw."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from glabella.brief.doses import Treated
from glabella.brief.mechanism import DAYS_A_WEEK, FittedModel
from glabella.dossier import MuscleObservation
from glabella.dossier._fitted import Course as FittedCourse

if TYPE_CHECKING:
    from glabella.plot import Plot, Point

#: Both sexes of a trial stand with women, as most people in the trials are.
_WITH_WOMEN = frozenset({"women", "mixed"})


def panels(model: FittedModel, rows: tuple[Treated, ...]) -> Plot | None:
    """Draw a panel for each dose and sex, lettered as the rows of the table; None where no course was computed."""
    from glabella.plot import Course, time_course

    courses, points = [], []
    for row in rows:
        wanted = (row.row.product, row.row.sex, row.row.dose, row.row.definition)
        for each in model.fitted.courses:
            if (each.product, each.sex, each.dose, each.definition) == wanted:
                other = "" if row.row.product == model.fitted.mood.product else f", {row.product}"
                untold = "" if row.row.known else ", late: not seen"
                label = f"{row.letter}: {row.row.sex}{other}{untold}"
                weeks = [day / DAYS_A_WEEK for day in each.days]
                bands = (each.low, each.high, each.next_low, each.next_high)
                courses.append(Course(label, weeks, each.median, *bands))
                points += list(points_of(model, each, label))
    if not courses:
        return None
    return time_course(courses, points, title=f"people whose {model.words.part} is weakened")


def points_of(model: FittedModel, course: FittedCourse, label: str) -> Iterator[Point]:
    """Give what trials saw of this dose, less what was seen without it; both sexes stand with women."""
    from glabella.plot import Point
    from glabella.synthesis import wilson

    sexes = _WITH_WOMEN if course.sex == "women" else {course.sex}
    for each in model.mechanism.observations.muscle:
        alike = (each.product, each.definition, each.units) == (course.product, course.definition, course.dose)
        told = each.use in ("fit", "held_out") and each.status != "recalled"
        if alike and told and each.sex in sexes and each.day <= course.days[-1] and each.responders_at is None:
            share, people = _share(each), each.arm.people
            low, high = (None, None) if people is None else map(float, wilson(share * people, people))
            yield Point(label, each.day / DAYS_A_WEEK, share, low, high, people or 1.0, _kind(each))


def _share(each: MuscleObservation) -> float:
    other = each.placebo.share if each.placebo else 0.0
    return max((each.arm.share - other) / (1 - other), 0.0) if other < 1 else 0.0


def _kind(each: MuscleObservation) -> Literal["fitted", "held out"]:
    return "fitted" if each.use == "fit" else "held out"
