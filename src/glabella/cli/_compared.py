"""What ``glabella mechanism compare`` computes where nothing is fitted, and what it draws of a fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from glabella.cli._setting import constants, dossier_model
from glabella.cli._tables import plain
from glabella.mechanism import compare, mood_rows
from glabella.mechanism._compare import Explained

if TYPE_CHECKING:
    from glabella.dossier import Evidence, Mechanism
    from glabella.plot import Plot


def compared(mechanism: Mechanism) -> tuple[list[dict[str, Any]], str, tuple[str, ...]]:
    """Fit each explanation, with the constants of the muscle as the parameters have them.

    Gives a row for each explanation, what the data tell of them, and what was left out.
    """
    asked = mechanism.questions
    if asked is None:
        raise ValueError("the dossier has no mechanism/questions.yaml, expected one that names the product")
    people = {key: each.value for key, each in mechanism.parameters.items() if each.belongs_to == "people"}
    data, left = mood_rows(mechanism, asked.product, men=people.get("sensitivity_men", 0.0),
                           usual_dose=asked.usual_dose.value)  # fmt: skip
    found = compare(
        dossier_model(mechanism), data, {key: each.switches for key, each in mechanism.explanations.items()},
        constants=constants(mechanism, asked.product)[0], spread_people=people.get("sensitivity_spread", 0.0),
    )  # fmt: skip
    return [_row(each) for each in found.explanations], found.statement, left


def _row(each: Explained) -> dict[str, Any]:
    half = 1.959964 * each.gain_se
    gain = (each.gain, each.gain - half, each.gain + half)
    with np.errstate(divide="ignore"):
        speeds = np.log(2) / np.array([each.speed, each.speed_high, each.speed_low])
    # A speed without an upper limit is a half-life without a lower one.
    days = [float(x) if np.isfinite(x) and x > 0 else None for x in speeds]
    names = ("value", "low", "high")
    return {
        "name": each.name, "gain": dict(zip(names, gain, strict=True)),
        "half_life": dict(zip(names, days, strict=True)),
        **{name: plain(getattr(each, name)) for name in ("spread", "aic", "aicc", "bic")},
    }  # fmt: skip


def drawn(evidence: Evidence) -> Plot:
    """Draw relief over time by explanation, and what the fitted trials saw."""
    from glabella.plot._course import Course, Point, explained_course

    fitted = evidence.mechanism.fitted if evidence.mechanism else None
    if fitted is None or evidence.mechanism is None:
        raise ValueError("--plot draws a fit, and there is none; make one with: glabella mechanism fit PATH")
    labels = {key: each.label for key, each in evidence.mechanism.explanations.items()}
    courses = [
        Course(labels.get(each.explanation, each.explanation), [day / 7 for day in each.days], each.relief)
        for each in fitted.mood_courses
    ]
    last = max(day / 7 for each in fitted.mood_courses for day in each.days)
    seen = {each.id: each for each in evidence.mechanism.observations.mood}
    points = []
    for key, week, relief in zip(fitted.mood.rows, fitted.mood.weeks, fitted.mood.relief, strict=True):
        arms = evidence.studies[seen[key].study]
        pair = arms.comparisons[seen[key].comparison]
        people = [arms.arms[arm].n_randomised.value or 0 for arm in (pair.arm, pair.versus)]
        if relief.value is not None and relief.low is not None and relief.high is not None and week <= last:
            points.append(Point("", week, relief.value, relief.low, relief.high, max(sum(people), 1)))
    return explained_course(courses, points, level=fitted.level)
