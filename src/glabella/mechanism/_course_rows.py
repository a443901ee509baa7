"""From a dossier's observations of the muscle to rows that are each likely or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from glabella.mechanism._rows import Kind, Row

if TYPE_CHECKING:
    from glabella.dossier import Mechanism, MuscleObservation, TimeObservation


def course_rows(evidence: Mechanism, use: str = "fit") -> tuple[tuple[Row, ...], tuple[str, ...]]:
    """Give the rows of one use, and why others were left out.

    Nobody is counted twice: of the same people (a ``group``) seen again by the same observer and definition, a
    later visit says how many of those before lost the response or gained it; observers of the same people share
    their weight; a median and a later count of the same people are taken together.

    Parameters
    ----------
    evidence : Mechanism
        A dossier's.
    use : str

    Returns
    -------
    tuple of Row
        Of counts in the order of the file, then of times.
    tuple of str
        A sentence for each observation that cannot be a row.
    """
    left: list[str] = []
    counts = []
    for each in evidence.observations.muscle:
        if each.use == use:
            if each.arm.people:
                counts.append(each)
            else:
                left.append(f"{each.id}: the number of people is not known")
    rows = [*_counted(counts)]
    for one in (each for each in evidence.observations.times if each.use == use):
        found = _timed(one, counts)
        if isinstance(found, str):
            left.append(f"{one.id}: {found}")
        else:
            rows.append(found)
    return tuple(rows), tuple(left)


def _counted(counts: Sequence[MuscleObservation]) -> Iterator[Row]:
    """Give counts, later ones of the same people as what changed."""
    before: dict[str, MuscleObservation] = {}
    raters: dict[tuple[str, str], set[str]] = {}
    chains: dict[tuple[str, str, str], list[MuscleObservation]] = {}
    for each in counts:
        if each.group is not None and each.weight is None:
            raters.setdefault((each.group, each.definition), set()).add(each.observer)
            if each.responders_at is None and each.arm.bound is None:
                chains.setdefault((each.group, each.definition, each.observer), []).append(each)
    for chain in chains.values():
        for one, two in pairwise(sorted(chain, key=lambda each: each.day)):
            before[two.id] = one
    for each in counts:
        shared = len(raters.get((each.group or "", each.definition), ())) or 1
        weight = each.weight if each.weight is not None else 1.0 / shared
        yield _count(each, before.get(each.id), weight)


def _count(each: MuscleObservation, before: MuscleObservation | None, weight: float) -> Row:
    share, people = each.arm.share, float(each.arm.people or 0)
    y, first = _people(each), 0.0 if before is None else _people(before)
    kind: Kind = "count"
    n = people
    if each.arm.bound is not None:
        kind = "bound"
    elif each.responders_at is not None:
        kind = "kept"
    elif before is not None:
        kind, y, n = ("rise", y - first, people - first) if y > first else ("fall", y, first)
    given = each.responders_at if before is None else before.day
    return Row(
        each.id, each.study, each.product, each.units, each.sex, each.observer, each.definition, kind, n=n, y=y,
        day=each.day, given=given or 0.0, placebo=_placebo(each) if each.responders_at is None else 0.0,
        placebo_given=_placebo(before) if before is not None else 0.0,
        below=(each.arm.bound or "").startswith("<"), weight=weight, seen=share, people=people,
    )  # fmt: skip


def _people(each: MuscleObservation) -> float:
    """Give how many responded: a whole number, where the percentage as printed may stand for one."""
    people = float(each.arm.people or 0)
    found = each.arm.share * people
    whole = each.arm.bound is None and abs(found - round(found)) <= 0.005 * people
    return float(round(found)) if whole else found


def _placebo(each: MuscleObservation) -> float:
    return each.placebo.share if each.placebo else 0.0


def _timed(each: TimeObservation, counts: Sequence[MuscleObservation]) -> Row | str:
    """Give a time as a row, or why it cannot be one."""
    people, days = each.people.value, each.days.value
    if each.kind not in ("median_duration", "mean_duration"):
        return "a time to onset has no share"
    if not people:
        return "the number of people is not known"
    if each.responders_at is None:
        return "on which day its people responded is not known"
    common = (each.id, each.study, each.product, each.units, each.sex, each.observer, each.definition)
    if each.kind == "mean_duration":
        if not each.visits or each.se is None or not each.se.value or days is None:
            return "the visits and the error of a mean are not known"
        return Row(*common, "mean", n=people, y=days, given=each.responders_at, visits=each.visits,
                   se=each.se.value, seen=days, people=people)  # fmt: skip
    if each.after_day is None:
        return "the visits that the median lies between are not known"
    by = np.inf if each.by_day is None else each.by_day
    later = None
    last = max(each.after_day, 0.0 if each.by_day is None else each.by_day)
    for one in counts:
        same = each.group is not None and (one.group, one.definition, one.observer) == (
            each.group, each.definition, each.observer)  # fmt: skip
        if same and one.day > last and one.responders_at is None:
            y = _people(one)
            later = (one.day, y) if y <= people // 2 else later
    return Row(*common, "median", n=people, given=each.responders_at, after=each.after_day, by=by, later=later,
               seen=days if days is not None else np.nan, people=people)  # fmt: skip
