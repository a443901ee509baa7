"""Everything that is asked of a dossier's mechanism, in one go: what ``mechanism/fit.json`` keeps.

How soon and how long come from a course fitted to what trials saw; the chain of how it works is fitted to the same
observations and carries weakness to mood.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from glabella.mechanism._compare import compare, equally_likely
from glabella.mechanism._coupled import loss_lasting
from glabella.mechanism._course_fit import CourseFit, fit_course
from glabella.mechanism._course_part import NEW, answered, answers_part, muscle_part
from glabella.mechanism._course_rows import course_rows
from glabella.mechanism._edges import check_arrows
from glabella.mechanism._fit import Fit, fit
from glabella.mechanism._likelihood import days_of_rows
from glabella.mechanism._model import Model, load
from glabella.mechanism._mood_part import courses_part, explained_part, seen_part
from glabella.mechanism._observations import mood_observations, mood_rows, muscle_unknowns
from glabella.mechanism._rows import Row, Rows

if TYPE_CHECKING:
    from glabella.dossier import Mechanism, Questions

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Effort:
    """How much is spent on the course: steps, draws and chains."""

    warm: int
    draws: int
    chains: int
    left_out: int


def _silent(words: str) -> None:
    """Tell nobody."""


FULL = _Effort(400, 500, 6, 3)
#: To try things out: nothing of it has converged.
QUICK = _Effort(40, 40, 2, 0)


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
    say("comparing explanations")
    mood = _mood(evidence, asked, model, found, priors.loss, _lasts(course, asked, priors.responders_at))
    return {
        "format": 2, "seed": seed, "level": level,
        "muscle": muscle_part(course, asked, level) | {"left_out": list(left)}, "chain": chain, **answers, **mood,
    }  # fmt: skip


def _lasts(course: CourseFit, asked: Questions, given: float) -> float:
    """Give the day by which half of the responders have lost it, by the course of the average trial."""
    who = Row("", NEW, asked.product, asked.usual_dose.value, "women", asked.observer, asked.definition, "count",
              n=1.0)  # fmt: skip
    return float(np.median(answered(course.model, course.draws, who, given, []).lost[0.5]))


def _mood(
    evidence: Mechanism, asked: Questions, model: Model, found: Fit, loss: str | None, lasts: float
) -> dict[str, Any]:
    """Put the explanations beside what trials of mood saw; the chain loses its effect on the course's day."""
    there = found.likelihood
    values, usual = there.values(found.place), asked.usual_dose.value
    men, spread = values.get("sensitivity_men", 0.0), values.get("sensitivity_spread", 0.0)
    data, left = mood_rows(evidence, asked.product, men=men, usual_dose=usual)
    observations, _ = mood_observations(evidence, asked.product, usual_dose=usual)
    switches = {name: dict(each.switches) for name, each in evidence.explanations.items()}
    constants = there.constants(values, asked.product, usual)
    if loss is not None:
        limit = values[f"threshold_{asked.definition}"]
        (constants[loss],) = loss_lasting(model, constants, loss, [limit], [lasts])
    at_doses = {name: value for name, value in constants.items() if name != "dose"}
    compared = compare(model, data, switches, constants=at_doses, spread_people=spread)
    return {
        "mood": {
            "product": asked.product, **seen_part(observations, data), "explanations": explained_part(compared),
            "trials": compared.trials, "apart": compared.apart, "statement": compared.statement,
            "left_out": list(left),
        },
        "mood_courses": courses_part(model, compared, switches, constants, equally_likely(spread)),
    }  # fmt: skip
