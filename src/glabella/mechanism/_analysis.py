"""Everything that is asked of a dossier's mechanism, in one go: what ``mechanism/fit.json`` keeps.

It takes half an hour on two cores: fits, draws of the posterior, each trial left out, and virtual people.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from glabella.mechanism._compare import compare, equally_likely
from glabella.mechanism._edges import check_arrows
from glabella.mechanism._fit import Fit, fit
from glabella.mechanism._likelihood import MuscleData
from glabella.mechanism._model import Model, load
from glabella.mechanism._mood_part import (
    courses_part,
    explained_part,
    gaps_part,
    outlasting_part,
    schedules_part,
    seen_part,
)
from glabella.mechanism._muscle_part import (
    DAYS,
    answers_part,
    checks_part,
    drawn,
    fitted_part,
    predicted_part,
    rows_part,
)
from glabella.mechanism._observations import (
    mood_observations,
    mood_rows,
    muscle_observations,
    muscle_rows,
    muscle_unknowns,
    unknown_of,
)
from glabella.mechanism._owed_part import ENDS, Moved, owed_part
from glabella.mechanism._posterior import Posterior, sample
from glabella.mechanism._predict import leave_one_out
from glabella.mechanism._profile import Profile, profiles
from glabella.mechanism._reduce import reaching_names
from glabella.mechanism._virtual import virtual_people

if TYPE_CHECKING:
    from glabella.dossier import Mechanism, Questions

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Effort:
    """How much is spent on each step."""

    steps: int
    draws: int
    answers: int
    people: int
    sobol: int
    left_out: bool
    profiles: bool


def _silent(words: str) -> None:
    """Tell nobody."""


FULL = _Effort(1300, 1000, 300, 2000, 256, left_out=True, profiles=True)
#: To try things out: nothing of it has converged.
QUICK = _Effort(30, 100, 40, 200, 16, left_out=False, profiles=False)


def analyse(
    evidence: Mechanism,
    *,
    seed: int = 1,
    quick: bool = False,
    workers: int = 2,
    level: float = 0.95,
    say: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """Fit a dossier's mechanism and answer what it is asked.

    Parameters
    ----------
    evidence : Mechanism
        A dossier's, with questions.
    seed : int
    quick : bool
        Few draws, no trial left out, no profiles: to try things out, not to be believed.
    workers : int
        Processes.
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
        If there are no questions, or something of the model, the observations or the fit cannot be.
    """
    asked = evidence.questions
    if asked is None:
        raise ValueError("the dossier has no mechanism/questions.yaml, so nothing is asked of its mechanism")
    effort, say = QUICK if quick else FULL, say or _silent
    model = load(evidence.model)
    check_arrows(model, list(evidence.nodes), [(each.begin, each.end) for each in evidence.links.values()])
    data, left = muscle_rows(evidence)
    unknowns, held = muscle_unknowns(evidence, model, data)
    say("fitting: the most likely constants with all priors")
    found = fit(model, data, unknowns, held=held, priors="all", level=level)
    say("fitting: by the likelihood alone")
    alone = fit(model, data, unknowns, held=held, priors="assumed", start=found.place, level=level)
    say(f"drawing from the posterior: {effort.steps} steps of two ensembles")
    posterior = sample(found, steps=effort.steps, keep=effort.draws, seed=seed, workers=workers)
    draws = posterior.draws[np.linspace(0, len(posterior.draws) - 1, effort.answers).astype(int)]
    muscle = _muscle(evidence, found, alone, posterior, effort, workers, level, say)
    say("answering: onset, peak, duration and waning")
    courses, marks = answers_part(posterior, asked, draws)
    say("moving each constant to see what the answers owe to it")
    low, middle, high = np.quantile(posterior.draws, [ENDS[0], 0.5, ENDS[1]], axis=0)
    owed = owed_part(Moved(found.likelihood, middle, low, high), asked, effort.sobol, seed)
    mood = _mood(evidence, asked, model, found, draws, effort, seed, say)
    sensitivity = [*owed, *mood.pop("sensitivity")]
    return {
        "seed": seed, "level": level, "muscle": muscle | {"left_out": [*left, *muscle["left_out"]]},
        "courses": courses, "landmarks": marks, **mood, "sensitivity": sensitivity,
    }  # fmt: skip


def _muscle(
    evidence: Mechanism,
    found: Fit,
    alone: Fit,
    posterior: Posterior,
    effort: _Effort,
    workers: int,
    level: float,
    say: Callable[[str], None],
) -> dict[str, Any]:
    """Say how the muscle's model fits and predicts."""
    there = found.likelihood
    data, model = there.data, there.model
    lines: tuple[Profile, ...] = ()
    out, predictions = None, []
    if effort.profiles:
        say("following profiles of the constants")
        # Thresholds have no meaning of their own, and a product's constants only beside those of all.
        names = [
            each.name for each in there.unknowns
            if not each.product and (each.constant or each.name.startswith(("sensitivity_", "study_")))
        ]  # fmt: skip
        lines = profiles(found, names, workers=workers)
    if effort.left_out:
        for by in ("study", "product"):
            say(f"leaving out each {by}")
            one = leave_one_out(model, data, there.unknowns, by=by, held=there.held, start=found.place,
                                workers=workers)  # fmt: skip
            predictions.append(predicted_part(by, one))
            out = out or one
    say("predicting what was held out")
    inside, shares = drawn(posterior, data, effort.answers, level)
    rows = rows_part(muscle_observations(evidence)[0], data, shares, inside.predicted, out)
    held_out, missing = _held_out(evidence, data)
    for by, which, observations in held_out:
        found_of, replicated = drawn(posterior, which, effort.answers, level)
        predictions.append(predicted_part(by, found_of))
        rows += rows_part(observations, which, replicated, found_of.predicted, None)
    estimates, curves = fitted_part(found, alone, posterior, lines)
    return {
        "log_likelihood": found.log_likelihood, "log_posterior": found.log_posterior,
        "largest_log_likelihood": alone.log_likelihood,
        "draws": len(posterior.draws), "chains": posterior.ensembles, "acceptance": posterior.acceptance,
        "unknowns": estimates, "profiles": curves, "rows": rows, "predicted": predictions,
        "checks": checks_part(posterior, data, shares), "left_out": missing,
    }  # fmt: skip


def _held_out(evidence: Mechanism, data: MuscleData) -> tuple[list[tuple[str, MuscleData, list[Any]]], list[str]]:
    """Give what was held out, apart from what is only from memory, and why some of it cannot be predicted."""
    rows, left = muscle_rows(evidence, "held_out")
    observations, _ = muscle_observations(evidence, "held_out")
    known = np.isin(rows.definition, data.definition)
    missing = [f"{each.id}: no fitted trial has the definition {each.definition}"
               for each, one in zip(observations, known, strict=True) if not one]  # fmt: skip
    recalled = np.array([each.status == "recalled" for each in observations])
    found = []
    for by, which in (("held_out", known & ~recalled), ("recalled", known & recalled)):
        if which.any():
            found.append(
                (by, rows.rows(which), [each for each, one in zip(observations, which, strict=True) if one])
            )
    return found, [*left, *missing]


def _mood(
    evidence: Mechanism,
    asked: Questions,
    model: Model,
    found: Fit,
    draws: Floats,
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
    at_doses = {name: value for name, value in constants.items() if name != "dose"}
    compared = compare(model, data, switches, constants=at_doses, spread_people=spread)
    say("asking how long mood outlasts the muscle")
    seen = float(asked.gap_seen.value or 0)
    gaps = gaps_part(model, compared, switches, constants, seen)
    owed = outlasting_part(model, compared, switches, constants, _of_mood(evidence, model))
    say("following virtual people through rules of repeating")
    people = virtual_people(
        effort.people, draws=draws, likelihood=there, product=asked.product, dose=usual,
        definition=asked.definition, sex_share_men=asked.men.value, days=DAYS, seed=seed,
    )  # fmt: skip
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
