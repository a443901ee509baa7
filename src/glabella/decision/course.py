"""How a person's score moved since the first one, by each rule that the dossier declares, beside what trials saw.

One person's course proves nothing of a treatment: scores move without it, and the first one was taken on a bad day.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from glabella.dossier import Answers, Change, Number, Plan, Review, Score, SeenCourse
from glabella.dossier.conditions import holds


@dataclass(frozen=True, slots=True)
class Changed:
    """Whether a change that counts came about.

    Attributes
    ----------
    change : Change
        As declared.
    met : bool or None
        None where it cannot be told: another scale, or a first score of zero.
    """

    change: Change
    met: bool | None


@dataclass(frozen=True, slots=True)
class Beside:
    """A person's fall beside that of people in a trial's arm.

    Attributes
    ----------
    seen : SeenCourse
        What was seen.
    days : int
        Of the person.
    fall : float
        Of the person, in points.
    low, high : float or None
        Between which 95 % of further people like those would fall; None where their spread was not reported.
    above : float or None
        Part of further people like those who would fall less than this person; None likewise.
    """

    seen: SeenCourse
    days: int
    fall: float
    low: float | None
    high: float | None
    above: float | None


@dataclass(frozen=True, slots=True)
class Visit:
    """A later score beside the first.

    Attributes
    ----------
    score : Score
        As taken.
    days : int or None
        Since the first; None where a date is not known.
    fall, percent : float or None
        In points, and of a hundred of the first; None on another scale, the latter also of a first score of zero.
    changes : tuple of Changed
        Each rule of the plan for this scale.
    beside : Beside or None
        What a trial saw on this scale at the nearest time; None where none did.
    worse : bool
        Whether it is worse by as much as the least change that counts; by anything where no change below half of
        the first score does.
    """

    score: Score
    days: int | None
    fall: float | None
    percent: float | None
    changes: tuple[Changed, ...]
    beside: Beside | None
    worse: bool = False


def judged_on(plan: Plan, start: date) -> date | None:
    """Give the day on which to judge; None where the plan's days are not known."""
    days = _value(plan.judge_days)
    return None if days is None else start + timedelta(days=math.ceil(days))


def seen_again(plan: Plan, answers: Answers, on: date) -> tuple[Review, date] | None:
    """Give when to see a person again, whatever is chosen: the first of the reviews that holds, or may.

    Parameters
    ----------
    plan : Plan
        With the reviews, the soonest first.
    answers : mapping of str to Answer
        By ask; what is not known never makes it later.
    on : date
        The day of the visit.
    """
    for review in plan.reviews:
        days = _value(review.days)
        if days is not None and holds(review.when, answers, on) is not False:
            return review, on + timedelta(days=math.floor(days))
    return None


def reached(plan: Plan, score: Score) -> Change | None:
    """Give the change of the plan that asks for a score which this one is already; None where there is none."""
    for change in plan.changes:
        most = _value(change.at_most)
        if change.scale == score.scale and most is not None and score.value <= most:
            return change
    return None


def counting(plan: Plan, first: Score) -> tuple[Change, ...]:
    """Give the changes that count from a first score on.

    Not those of which nothing is known from so low a score, nor a fall below a score that another change asks for:
    where that is reached already, no fall counts.

    Parameters
    ----------
    plan : Plan
        With the changes.
    first : Score
        Before the treatment.
    """
    asked = [_value(each.at_most) for each in plan.changes if each.scale == first.scale]
    most = max((each for each in asked if each is not None), default=-math.inf)
    return tuple(
        change
        for change in plan.changes
        if change.scale == first.scale
        and first.value >= (_value(change.from_points) or 0.0)
        and (change.at_most is not None or (first.value > most and (target(change, first) or 0.0) >= most))
    )


def target(change: Change, score: Score, *, whole: bool = False) -> float | None:
    """Give the score at or below which a change counts; None where it cannot be told.

    On a scale of whole points it is one of them.

    Examples
    --------
    >>> half = Change.model_validate({"scale": "points", "label": "half", "fall_percent": {"value": 50,
    ...     "status": "seen", "source": "A"}, "why": {"text": "As trials.", "status": "seen", "source": "A"}})
    >>> target(half, Score("points", 27)), target(half, Score("points", 27), whole=True)
    (13.5, 13.0)
    """
    if change.at_most is not None:
        found = _value(change.at_most)
    elif change.fall_points is not None:
        points = _value(change.fall_points)
        found = None if points is None else score.value - points
    else:
        percent = _value(change.fall_percent)
        found = None if percent is None else score.value * (1 - percent / 100)
    if found is None or found < 0:
        return None
    # What is a whole number but for rounding stays one.
    return float(math.floor(found + 1e-9)) if whole else found


def changed(change: Change, first: Score, now: Score) -> bool | None:
    """Say whether a change that counts came about between two scores.

    Parameters
    ----------
    change : Change
        A fall by a share of the first score, by points, or a score reached.
    first, now : Score
        On the change's scale; on another one it cannot be told.

    Returns
    -------
    bool or None
        None where it cannot be told.

    Examples
    --------
    >>> half = Change.model_validate({"scale": "points", "label": "half", "fall_percent": {
    ...     "value": 50, "status": "seen", "source": "A"}, "why": {"text": "As trials.", "status": "seen",
    ...     "source": "A"}})
    >>> first = Score("points", 28)
    >>> changed(half, first, Score("points", 14)), changed(half, first, Score("other", 1))
    (True, None)
    """
    if now.scale != change.scale:
        return None
    least = _value(change.at_most)
    if least is not None:
        return now.value <= least
    if first.scale != change.scale:
        return None
    fall, percent, points = first.value - now.value, _value(change.fall_percent), _value(change.fall_points)
    if percent is not None:
        # Not by dividing: a fall to exactly half must be one.
        return 100 * fall >= percent * first.value if first.value > 0 else None
    return None if points is None else fall >= points


def beside(seen: SeenCourse, fall: float, days: int) -> Beside:
    """Set a person's fall beside that of people in a trial's arm.

    Parameters
    ----------
    seen : SeenCourse
        Mean fall, its standard deviation and the people.
    fall : float
        Of the person, in points.
    days : int
        After how many days.

    Notes
    -----
    The interval is that of one further person, by Student's distribution: mean ± t · sd · √(1 + 1/n).
    """
    mean, sd, n = _value(seen.mean_fall), _value(seen.sd), _value(seen.n)
    if mean is None or sd is None or n is None or n < 2:
        return Beside(seen, days, fall, None, None, None)
    from scipy.special import stdtr, stdtrit

    spread = sd * math.sqrt(1 + 1 / n)
    reach = float(stdtrit(n - 1, 0.975)) * spread
    return Beside(seen, days, fall, mean - reach, mean + reach, float(stdtr(n - 1, (fall - mean) / spread)))


def course(plan: Plan, first: Score, later: Sequence[Score]) -> tuple[Visit, ...]:
    """Follow a person's score.

    Parameters
    ----------
    plan : Plan
        The changes that count, and what trials saw.
    first : Score
        Before the treatment.
    later : sequence of Score
        In any order; they come out by date, those without one last.

    Returns
    -------
    tuple of Visit
        One a later score.
    """
    return tuple(_visit(plan, first, score) for score in sorted(later, key=lambda each: each.date or date.max))


def _visit(plan: Plan, first: Score, score: Score) -> Visit:
    days = None if first.date is None or score.date is None else (score.date - first.date).days
    fall = first.value - score.value if first.scale == score.scale else None
    seen = [
        each for each in plan.course if each.scale == score.scale and each.days.usable and each.mean_fall.usable
    ]
    near = None
    if seen and fall is not None and days is not None:
        nearest = min(seen, key=lambda each: abs((each.days.value or 0.0) - days))
        near = beside(nearest, fall, days)
    return Visit(
        score,
        days,
        fall,
        100 * fall / first.value if fall is not None and first.value > 0 else None,
        tuple(Changed(each, changed(each, first, score)) for each in _told(plan, first, score)),
        near,
        fall is not None and fall < 0 and -fall >= _least_change(plan, first),
    )


def _least_change(plan: Plan, first: Score) -> float:
    """Give the fewest points that count as a change; none where only half of the first score does."""
    falls = [
        first.value - score
        for change in counting(plan, first)
        if change.at_most is None and (score := target(change, first)) is not None
    ]
    return min((each for each in falls if each < first.value / 2), default=0.0)


def _told(plan: Plan, first: Score, score: Score) -> tuple[Change, ...]:
    """Give the changes that are told of a later score: those that count, or on another scale all of its own."""
    if first.scale == score.scale:
        return counting(plan, first)
    return tuple(each for each in plan.changes if each.scale == score.scale)


def _value(number: Number | None) -> float | None:
    return number.value if number is not None and number.usable else None
