"""From a dossier's observations and parameters to the arrays that fits take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from glabella.mechanism._likelihood import MuscleData, muscle_data
from glabella.mechanism._model import Model
from glabella.mechanism._reduce import reaching_names
from glabella.mechanism._unknowns import Line, Unknown

if TYPE_CHECKING:
    from glabella.dossier import Mechanism, MuscleObservation, Parameter

LINES: Mapping[str, Line] = {
    "log_normal": "log", "half_normal": "log", "half_cauchy": "log", "beta": "logit", "normal": "real", "t": "real",
}  # fmt: skip


def muscle_rows(evidence: Mechanism, use: str = "fit") -> tuple[MuscleData, tuple[str, ...]]:
    """Give the shares of responders of one use, and why others were left out.

    Parameters
    ----------
    evidence : Mechanism
        A dossier's.
    use : str
        ``fit`` or ``held_out``.

    Returns
    -------
    MuscleData
    tuple of str
        A sentence for each observation of this use without a number of people.
    """
    chosen = [each for each in evidence.observations.muscle if each.use == use]
    known = [each for each in chosen if each.arm.people]
    left = tuple(f"{each.id}: the number of people is not known" for each in chosen if not each.arm.people)
    if not known:
        raise ValueError(f"no muscle observation with use {use}")
    return _muscle(known), left


def _muscle(rows: Sequence[MuscleObservation]) -> MuscleData:
    people = np.array([each.arm.people for each in rows], dtype=float)
    return muscle_data(
        study=[each.study for each in rows],
        product=[each.product for each in rows],
        dose=[each.units for each in rows],
        sex=[each.sex for each in rows],
        observer=[each.observer for each in rows],
        definition=[each.definition for each in rows],
        day=[each.day for each in rows],
        n=people,
        events=people * [each.arm.share for each in rows],
        placebo=[each.placebo.share if each.placebo else 0.0 for each in rows],
    )


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
        unknowns.append(_unknown(name, each, constant))
    return tuple(unknowns), held


def _looked_up(name: str, data: MuscleData) -> bool:
    """Whether the likelihood will ask for an unknown of people, observers or trials."""
    kinds = {"threshold": data.definition, "observer": data.observer, "sensitivity": data.sex}
    first, _, rest = name.partition("_")
    if name in ("sensitivity_spread", "study_spread", "antibody_share"):
        return True
    return first in kinds and rest in kinds[first]


def _unknown(name: str, each: Parameter, constant: str) -> Unknown:
    if each.prior is None:
        raise ValueError(f"parameter {name} is {each.role} without a prior")
    family = each.prior.family
    if family not in LINES:
        raise ValueError(f"parameter {name} has a prior of family {family}, expected {', '.join(LINES)}")
    return Unknown(
        name, each.value, LINES[family], family, each.prior.parameters, each.role == "assumed", constant,
        each.product or "",
    )  # fmt: skip
