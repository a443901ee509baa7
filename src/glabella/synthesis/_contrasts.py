"""From what trials really report to one effect per contrast, each with the steps that led to it.

What a trial printed decides the way: arm means and SDs first, then a test statistic, a difference with its
standard error, a printed d, an exact P, and last, where an analysis asks for it, the odds of response.
What cannot be computed is returned with the reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from glabella.dossier import Analysis, Evidence, Study
from glabella.synthesis._contrast import Contrast
from glabella.synthesis._effect import Effect, Step
from glabella.synthesis._labels import check_list

__all__ = ["Contrasts", "Effect", "NotComputed", "Step", "arrays", "contrasts", "contrasts_of_each"]


@dataclass(frozen=True, slots=True)
class NotComputed:
    """A contrast that gave no effect size, and why."""

    study: str
    comparison: str
    reason: str


@dataclass(frozen=True, slots=True)
class Contrasts:
    """The effects of one analysis, and what could not be computed for it."""

    effects: tuple[Effect, ...]
    not_computed: tuple[NotComputed, ...]


def contrasts(evidence: Evidence, analysis: Analysis) -> Contrasts:
    """Compute the effect of every comparison that an analysis names.

    A control arm that serves several comparisons of the analysis is shared out evenly among them (Cochrane
    Handbook 6.5, 23.3.4), so that nobody is counted twice. Of a crossover trial only the first period enters.
    A comparison that the analysis does not want for its kind is not computed, with that as the reason.

    Parameters
    ----------
    evidence : Evidence
        The dossier as read.
    analysis : Analysis
        Declared in ``dossier.yaml``.

    Returns
    -------
    Contrasts
        Effects in the order of the analysis; the rest with a reason.

    Raises
    ------
    ValueError
        If a trial says what cannot be, such as limits in the wrong order. Evidence that was read has none of it.
    """
    return contrasts_of_each(evidence, [analysis])[0]


def contrasts_of_each(evidence: Evidence, analyses: Sequence[Analysis]) -> list[Contrasts]:
    """Compute the effects of many analyses, each effect that several of them share only once.

    Parameters
    ----------
    evidence : Evidence
        The dossier as read.
    analyses : sequence of Analysis
        Declared in ``dossier.yaml``, or those with other options.

    Returns
    -------
    list of Contrasts
        As :func:`contrasts` gives them.
    """
    known: dict[tuple[object, ...], Effect | str] = {}
    return [_contrasts(evidence, analysis, known) for analysis in analyses]


def _contrasts(evidence: Evidence, analysis: Analysis, known: dict[tuple[object, ...], Effect | str]) -> Contrasts:
    named = [tuple(name.split("/", 1)) for name in analysis.comparisons if name not in analysis.without]
    unwanted = {(study, key): _unwanted(analysis, evidence.studies[study], key) for study, key in named}
    controls = Counter(
        (study, evidence.studies[study].comparisons[key].versus) for study, key in named if not unwanted[study, key]
    )
    better = evidence.dossier.outcomes[analysis.outcome].better
    # All that an effect depends on, besides the comparison and how many share its control.
    reading = (analysis.outcome, analysis.measure, analysis.time, analysis.when, analysis.uses, analysis.raters,
               analysis.not_from, analysis.assume_recalled)  # fmt: skip
    effects: list[Effect] = []
    missing: list[NotComputed] = []
    for study_id, key in named:
        study = evidence.studies[study_id]
        found: Effect | str | None = unwanted[study_id, key]
        if found is None:
            shares = controls[study_id, study.comparisons[key].versus]
            asked = (study_id, key, shares, *reading)
            if asked not in known:
                known[asked] = Contrast(evidence, analysis, study, key, shares, better).effect()
            found = known[asked]
        if isinstance(found, Effect):
            effects.append(found)
        else:
            missing.append(NotComputed(study_id, key, found))
    kept, apart = _on_one_scale(evidence, analysis, effects)
    return Contrasts(kept, (*missing, *apart))


def _on_one_scale(
    evidence: Evidence, analysis: Analysis, effects: list[Effect]
) -> tuple[tuple[Effect, ...], tuple[NotComputed, ...]]:
    """Keep apart what is in points of another scale than the first effect: such differences cannot be pooled."""
    if analysis.measure != "MD":
        return tuple(effects), ()
    label = evidence.dossier.scale_label
    first = effects[0].scale if effects else None
    apart = tuple(
        NotComputed(each.study, each.comparison, f"in points of {label(each.scale)}, not of {label(first)}")
        for each in effects
        if each.scale != first
    )
    return tuple(effect for effect in effects if effect.scale == first), apart


def _unwanted(analysis: Analysis, study: Study, key: str) -> str | None:
    """Say why an analysis does not want a comparison, if it does not."""
    detail = study.co_treatment_detail
    remembered = detail is not None and detail.status == "recalled"
    for what, kind, wanted in (
        ("co-treatment", "unknown" if remembered else study.co_treatment, analysis.co_treatment),
        ("blinding", study.design.blinding, analysis.blinding),
        ("control", study.comparisons[key].control, analysis.controls),
    ):
        if wanted and kind not in wanted:
            return f"{what} is {kind}, not {' or '.join(wanted)}".replace("_", " ")
    return None


def arrays(effects: tuple[Effect, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Give ``yi`` and ``vi`` of effects, each of shape (k,)."""
    check_list(effects, "effects", "those of contrasts(...)")
    if not all(isinstance(each, Effect) for each in effects):
        raise ValueError(f"effects is {effects!r}, expected those of contrasts(...)")
    return np.array([e.yi for e in effects], dtype=float), np.array([e.vi for e in effects], dtype=float)
