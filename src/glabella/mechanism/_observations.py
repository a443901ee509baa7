"""From a dossier's observations and parameters to the arrays that fits take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from glabella.mechanism._compare import MoodData, mood_data
from glabella.mechanism._likelihood import MuscleData
from glabella.mechanism._model import Model
from glabella.mechanism._reduce import reaching_names
from glabella.mechanism._unknowns import Line, Unknown

if TYPE_CHECKING:
    from glabella.dossier import Mechanism, MoodObservation, Parameter

LINES: Mapping[str, Line] = {
    "log_normal": "log", "half_normal": "log", "half_cauchy": "log", "beta": "logit", "normal": "real", "t": "real",
}  # fmt: skip


def mood_rows(
    evidence: Mechanism,
    product: str,
    *,
    use: str = "fit",
    men: float = 0.0,
    usual_dose: float | None = None,
) -> tuple[MoodData, tuple[str, ...]]:
    """Give the differences in mood of one product in points, and why others were left out.

    Standard deviations are turned into points by ``points_per_sd``. Log odds ratios of response (half a person
    added to each cell) become standard deviations by the logistic's, times the square root of 3 over pi.

    Parameters
    ----------
    evidence : Mechanism
    product : str
        Its doses are those of the model.
    use : str
        ``fit`` or ``held_out``.
    men : float
        Log sensitivity of men, compared with women.
    usual_dose : float, optional
        Assumed where a trial does not state its dose; by default such a trial is left out.

    Returns
    -------
    MoodData
    tuple of str
        A sentence for each observation that is left out.

    References
    ----------
    Chinn S. Stat Med 2000;19:3127-3131.
    """
    rows: dict[str, list[float]] = {name: [] for name in (
        "dose", "sensitivity", "week", "relief", "se", "site", "other", "bound")}  # fmt: skip
    chosen, left = mood_observations(evidence, product, use=use, usual_dose=usual_dose)
    own = evidence.observations.site
    for each in chosen:
        effect = _effect(each, evidence.parameters["points_per_sd"].value)
        parts = each.doses_and_shares or (((usual_dose, "all", 1.0),) if usual_dose else ())
        if effect is None:  # left out above
            continue
        mean = sum(dose * share for dose, _, share in parts)
        shift = men * sum(share for _, who, share in parts if who == "men")
        other = float(each.comparator_site == own) if each.comparator == "other_site" else np.nan
        found = (mean, np.exp(shift), each.week, *effect[:2], float(each.site == own), other, effect[2])
        for column, value in zip(rows.values(), found, strict=True):
            column.append(float(value))
    return mood_data(study=[each.study for each in chosen], **rows), left


def mood_observations(
    evidence: Mechanism, product: str, *, use: str = "fit", usual_dose: float | None = None
) -> tuple[tuple[MoodObservation, ...], tuple[str, ...]]:
    """Give the observations behind the rows of :func:`mood_rows` in order, and why others were left out."""
    chosen, left = [], []
    for each in (one for one in evidence.observations.mood if one.use == use):
        why = ""
        if each.product != product:
            why = f"{each.product}, not {product}"
        elif _effect(each, evidence.parameters["points_per_sd"].value) is None:
            why = "no standard error"
        elif not each.doses_and_shares and not usual_dose:
            why = "the dose is not known"
        if why:
            left.append(f"{each.id}: {why}")
        else:
            chosen.append(each)
    return tuple(chosen), tuple(left)


def _effect(each: MoodObservation, scale: float) -> tuple[float, float, float] | None:
    """Give relief and standard error in points, and on which side a bound leaves it; None without an error."""
    if each.measure == "response" and each.arm is not None and each.versus is not None:
        if not each.arm.people or not each.versus.people:
            return None
        cells = [(share.share * share.people + 0.5, (1 - share.share) * share.people + 0.5)
                 for share in (each.arm, each.versus) if share.people]  # fmt: skip
        (a, b), (c, d) = cells
        factor = scale * np.sqrt(3) / np.pi
        return factor * np.log(a * d / (b * c)), factor * np.sqrt(1 / a + 1 / b + 1 / c + 1 / d), 0.0
    if each.difference is None or each.difference.value is None or each.se is None or each.se.value is None:
        return None
    factor = scale if each.measure == "sd" else 1.0
    # A difference of at most this is a relief of at least that.
    side = {"<": 1.0, "<=": 1.0, ">": -1.0, ">=": -1.0}.get(each.difference.bound or "", 0.0)
    return -factor * each.difference.value, factor * each.se.value, side


def muscle_unknowns(
    evidence: Mechanism, model: Model, data: MuscleData
) -> tuple[tuple[Unknown, ...], dict[str, float]]:
    """Give what is to be estimated from shares of responders, and what is held.

    Parameters
    ----------
    evidence : Mechanism
    model : Model
    data : MuscleData
        Unknowns of products, definitions, observers or a sex that are not in it are left out.

    Returns
    -------
    tuple of Unknown
    dict of str to float
        Fixed constants of the model that reach weakness.
    """
    matter = set(model.parameters) & reaching_names(model, "weakness")
    unknowns, held = [], {}
    for name, each in evidence.parameters.items():
        constant = (each.symbol or name) if each.belongs_to == "model" else ""
        if constant and constant not in matter:
            continue
        if each.product is not None and each.product not in data.product:
            continue
        if not constant and not _looked_up(name, data):
            continue
        if each.role == "fixed":
            if each.product is None:
                held[constant or name] = each.value
            continue
        unknowns.append(unknown_of(name, each, constant))
    return tuple(unknowns), held


def _looked_up(name: str, data: MuscleData) -> bool:
    """Whether the likelihood will ask for an unknown of people, observers or trials."""
    kinds = {"threshold": data.definition, "observer": data.observer, "sensitivity": data.sex}
    first, _, rest = name.partition("_")
    if name in ("sensitivity_spread", "study_spread", "antibody_share"):
        return True
    return first in kinds and rest in kinds[first]


def unknown_of(name: str, each: Parameter, constant: str = "") -> Unknown:
    """Give the unknown that a parameter with a prior stands for."""
    if each.prior is None:
        raise ValueError(f"parameter {name} is {each.role} without a prior")
    family = each.prior.family
    if family not in LINES:
        raise ValueError(f"parameter {name} has a prior of family {family}, expected {', '.join(LINES)}")
    return Unknown(
        name, each.value, LINES[family], family, each.prior.parameters, each.role == "assumed", constant,
        each.product or "",
    )  # fmt: skip
