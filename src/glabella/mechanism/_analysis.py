"""Everything that is asked of a dossier's mechanism, in one go: what ``mechanism/fit.json`` keeps.

How soon and how long come from a course fitted to what trials saw; the chain of how it works is fitted to the same
observations and carries weakness to mood.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from glabella.mechanism._compare import compare, equally_likely
from glabella.mechanism._coupled import days_of_people, loss_lasting
from glabella.mechanism._course_fit import CourseFit, fit_course
from glabella.mechanism._course_part import DAYS, NEW, answered, answers_part, muscle_part
from glabella.mechanism._course_rows import course_rows
from glabella.mechanism._edges import check_arrows
from glabella.mechanism._fit import Fit, fit
from glabella.mechanism._likelihood import days_of_rows
from glabella.mechanism._model import Model, load
from glabella.mechanism._mood_part import (
    courses_part,
    explained_part,
    gaps_part,
    outlasting_part,
    schedules_part,
    seen_part,
)
from glabella.mechanism._observations import mood_observations, mood_rows, muscle_unknowns, unknown_of
from glabella.mechanism._reduce import reaching_names
from glabella.mechanism._rows import Row, Rows
from glabella.mechanism._virtual import virtual_people

if TYPE_CHECKING:
    from glabella.dossier import Mechanism, Questions

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Effort:
    """How much is spent on each step: steps, draws and chains of the course, and virtual people."""

    warm: int
    draws: int
    chains: int
    left_out: int
    people: int


def _silent(words: str) -> None:
    """Tell nobody."""


FULL = _Effort(400, 500, 6, 3, 2000)
#: To try things out: nothing of it has converged.
QUICK = _Effort(40, 40, 2, 0, 200)


def analyse(
    evidence: Mechanism,
    *,
    seed: int = 1,
    quick: bool = False,
    level: float = 0.95,
    say: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """Fit a dossier's mechanism and answer what it is asked.

    Parameters
    ----------
    evidence : Mechanism
        A dossier's, with questions and with priors of the course.
    seed : int
    quick : bool
        Few draws, no trial left out: to try things out, not to be believed.
    level : float
        Of all intervals.
    say : callable
        Told what is being done.

    Returns
    -------
    dict
        Plain values, as ``glabella.dossier.Fitted`` has them, without what tells where they come from.

    Raises
    ------
    ValueError
        If there are no questions or no priors, or something of the model, the observations or the fit cannot be.
    """
    asked, priors = evidence.questions, evidence.course
    if asked is None:
        raise ValueError("the dossier has no mechanism/questions.yaml, so nothing is asked of its mechanism")
    if priors is None:
        raise ValueError("the dossier has no mechanism/course.yaml, so nothing tells what to believe before trials")
    effort, say = QUICK if quick else FULL, say or _silent
    model = load(evidence.model)
    check_arrows(model, list(evidence.nodes), [(each.begin, each.end) for each in evidence.links.values()])
    rows, left = course_rows(evidence)
    if not rows:
        raise ValueError("no observation of the muscle has use fit and can be a row, so there is nothing to fit")
    say("how soon, how long: drawing with every trial, and with each left out in turn")
    course = fit_course(priors, rows, chains=effort.chains, left_out=effort.left_out, warm=effort.warm,
                        draws=effort.draws, seed=seed, level=level)  # fmt: skip
    say("answering: onset, share, duration and waning")
    answers = answers_part(course, asked, priors.responders_at, level, seed)
    say("fitting the chain of how it works to the same rows")
    together = Rows(rows)
    unknowns, held = muscle_unknowns(evidence, model, days_of_rows(together))
    found = fit(model, together, unknowns, held=held, priors="all", level=level)
    chain = {
        "log_likelihood": found.log_likelihood,
        "constants": [{"name": name, "mode": float(value)}
                      for name, value in zip(found.names, found.estimate, strict=True)],
    }  # fmt: skip
    mood = _mood(evidence, asked, model, found, course, effort, seed, say)
    return {
        "format": 2, "seed": seed, "level": level,
        "muscle": muscle_part(course, asked, level) | {"left_out": list(left)}, "chain": chain, **answers, **mood,
    }  # fmt: skip


def _mood(
    evidence: Mechanism,
    asked: Questions,
    model: Model,
    found: Fit,
    course: CourseFit,
    effort: _Effort,
    seed: int,
    say: Callable[[str], None],
) -> dict[str, Any]:
    """Compare the explanations, and see what follows from each."""
    say("comparing explanations")
    there = found.likelihood
    values, usual = there.values(found.place), asked.usual_dose.value
    men, spread = values.get("sensitivity_men", 0.0), values.get("sensitivity_spread", 0.0)
    data, left = mood_rows(evidence, asked.product, men=men, usual_dose=usual)
    observations, _ = mood_observations(evidence, asked.product, usual_dose=usual)
    switches = {name: dict(each.switches) for name, each in evidence.explanations.items()}
    constants = there.constants(values, asked.product, usual)
    loss = evidence.course.loss if evidence.course is not None else None
    rows = {men: Row("", NEW, asked.product, usual, "men" if men else "women", asked.observer, asked.definition,
                     "count", n=1.0) for men in (False, True)}  # fmt: skip
    if loss is not None:
        given = evidence.course.responders_at if evidence.course is not None else 0.0
        lasts = np.median(answered(course.model, course.draws, rows[False], given, []).lost[0.5])
        (constants[loss],) = loss_lasting(
            model, constants, loss, [values[f"threshold_{asked.definition}"]], [lasts]
        )
    at_doses = {name: value for name, value in constants.items() if name != "dose"}
    compared = compare(model, data, switches, constants=at_doses, spread_people=spread)
    say("asking how long mood outlasts the muscle")
    seen = float(asked.gap_seen.value or 0)
    gaps = gaps_part(model, compared, switches, constants, seen)
    owed = outlasting_part(model, compared, switches, constants, _of_mood(evidence, model))
    say("following virtual people through rules of repeating")
    people = virtual_people(
        effort.people, draws=found.place[None], likelihood=there, product=asked.product, dose=usual,
        definition=asked.definition, sex_share_men=asked.men.value, days=DAYS, seed=seed,
    )  # fmt: skip
    if loss is not None:
        lasting = days_of_people(course, rows, people.men, seed)
        slower = loss_lasting(model, people.constants, loss, people.threshold, lasting)
        people = replace(people, constants={**people.constants, loss: slower})
    repeated = schedules_part(model, people, asked, compared, switches, there.curves.filled)
    return {
        "mood": {
            "product": asked.product, **seen_part(observations, data), "explanations": explained_part(compared),
            "inseparable": list(compared.inseparable), "statement": compared.statement, "gaps": gaps,
            "gap_seen": seen, "left_out": list(left),
        },
        "mood_courses": courses_part(model, compared, switches, constants, equally_likely(spread)),
        "schedules": repeated,
        "sensitivity": owed,
    }  # fmt: skip


def _of_mood(evidence: Mechanism, model: Model) -> dict[str, Any]:
    """Give the constants that act on mood and not on the muscle, with their priors."""
    names = (reaching_names(model, "relief") - reaching_names(model, "weakness")) & set(model.parameters)
    return {name: unknown_of(name, each) for name, each in evidence.parameters.items()
            if name in names and each.role != "fixed"}  # fmt: skip
