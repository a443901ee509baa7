"""From what trials really report to one effect per contrast, each with the steps that led to it.

What a trial printed decides the way: arm means and SDs first, then a test statistic, a difference with its
standard error, a printed d, an exact P, and last, where an analysis asks for it, the odds of response.
What cannot be computed is returned with the reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from glabella.dossier import Analysis, Evidence
from glabella.synthesis._contrast import Contrast, Made
from glabella.synthesis._effect import Effect, Step
from glabella.synthesis._labels import check_list

__all__ = ["Contrasts", "Effect", "NotComputed", "Step", "arrays", "contrasts", "contrasts_of_each", "unwanted"]


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
    reader = EffectReader(evidence)
    return [reader.contrasts(analysis) for analysis in analyses]


def unwanted(evidence: Evidence, analysis: Analysis) -> dict[tuple[str, str], str]:
    """Name the comparisons that an analysis leaves out by its own choice, each with the reason.

    Parameters
    ----------
    evidence : Evidence
        The dossier as read.
    analysis : Analysis
        Declared in ``dossier.yaml``.

    Returns
    -------
    dict
        By study and comparison; those it names under ``without`` are not among them, for they are not named at all.

    Examples
    --------
    >>> from glabella.dossier import load
    >>> evidence = load()
    >>> unwanted(evidence, evidence.dossier.analyses[evidence.dossier.headline])
    {}
    """
    selection = Selection(*(getattr(analysis, name) for name in Selection._fields))
    named = [tuple(name.split("/", 1)) for name in selection.comparisons if name not in selection.without]
    reasons = {(study, key): _unwanted(selection, evidence, study, key) for study, key in named}
    return {name: reason for name, reason in reasons.items() if reason}


class Selection(NamedTuple):
    """Which comparisons an analysis takes."""

    comparisons: tuple[str, ...]
    without: tuple[str, ...]
    co_treatment: tuple[str, ...]
    blinding: tuple[str, ...]
    controls: tuple[str, ...]
    serious_signals: str


class Reading(NamedTuple):
    """All that an effect depends on, besides the comparison and how many share its control."""

    outcome: str
    measure: str
    time: float | None
    when: str
    uses: tuple[str, ...]
    raters: tuple[str, ...]
    not_from: tuple[str, ...]


class _Chosen(NamedTuple):
    """A comparison that an analysis names: how many share its control, or why it is not wanted."""

    study: str
    key: str
    shares: int
    unwanted: str | None


class EffectReader:
    """Computes effects of a dossier, each distinct one once, however many analyses use it.

    Parameters
    ----------
    evidence : Evidence
        The dossier as read.
    """

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self._selections: dict[Selection, tuple[_Chosen, ...]] = {}
        self._readings: dict[Reading, dict[_Chosen, Effect | str]] = {}
        self._made: Made = {}

    def contrasts(self, analysis: Analysis) -> Contrasts:
        """Give the effects of an analysis, and what could not be computed."""
        selection = Selection(*(getattr(analysis, name) for name in Selection._fields))
        reading = Reading(*(getattr(analysis, name) for name in Reading._fields))
        return self.read(selection, reading, lambda: analysis)

    def read(self, selection: Selection, reading: Reading, analysis: Callable[[], Analysis]) -> Contrasts:
        """Give the same from what matters of an analysis, which is made only where an effect is not yet known."""
        if selection not in self._selections:
            self._selections[selection] = self._choose(selection)
        known = self._readings.setdefault(reading, {})
        effects: list[Effect] = []
        missing: list[NotComputed] = []
        for each in self._selections[selection]:
            found = each.unwanted or known.get(each)
            if found is None:
                found = known[each] = self._compute(each, analysis())
            if isinstance(found, str):
                missing.append(NotComputed(each.study, each.key, found))
            else:
                effects.append(found)
        kept, apart = _on_one_scale(self.evidence, reading.measure, effects)
        return Contrasts(kept, (*missing, *apart))

    def _choose(self, selection: Selection) -> tuple[_Chosen, ...]:
        studies = self.evidence.studies
        named = [tuple(name.split("/", 1)) for name in selection.comparisons if name not in selection.without]
        unwanted = {(study, key): _unwanted(selection, self.evidence, study, key) for study, key in named}
        controls = Counter(
            (study, studies[study].comparisons[key].versus) for study, key in named if not unwanted[study, key]
        )
        return tuple(
            _Chosen(study, key, controls[study, studies[study].comparisons[key].versus], unwanted[study, key])
            for study, key in named
        )

    def _compute(self, each: _Chosen, analysis: Analysis) -> Effect | str:
        better = self.evidence.dossier.outcomes[analysis.outcome].better
        study = self.evidence.studies[each.study]
        return Contrast(self.evidence, analysis, study, each.key, each.shares, better, self._made).effect()


def _on_one_scale(
    evidence: Evidence, measure: str, effects: list[Effect]
) -> tuple[tuple[Effect, ...], tuple[NotComputed, ...]]:
    """Keep apart what is in points of another scale than the first effect: such differences cannot be pooled."""
    if measure != "MD":
        return tuple(effects), ()
    label = evidence.dossier.scale_label
    first = effects[0].scale if effects else None
    apart = tuple(
        NotComputed(each.study, each.comparison, f"in points of {label(each.scale)}, not of {label(first)}")
        for each in effects
        if each.scale != first
    )
    return tuple(effect for effect in effects if effect.scale == first), apart


def _unwanted(selection: Selection, evidence: Evidence, name: str, key: str) -> str | None:
    """Say why an analysis does not want a comparison, if it does not."""
    study = evidence.studies[name]
    if selection.co_treatment and study.co_treatment not in selection.co_treatment:
        return f"other treatment: {evidence.words.others(study.co_treatment)}"
    for what, kind, wanted in (
        ("blinding", study.design.blinding, selection.blinding),
        ("control", study.comparisons[key].control, selection.controls),
    ):
        if wanted and kind not in wanted:
            return f"{what} is {kind}, not {' or '.join(wanted)}".replace("_", " ")
    if selection.serious_signals == "leave_out" and study.serious:
        domains = dict.fromkeys(signal.domain for signal in study.serious)
        return f"the dossier declares a signal of bias serious: {', '.join(domains)}".replace("_", " ")
    return None


def arrays(effects: tuple[Effect, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Give ``yi`` and ``vi`` of effects, each of shape (k,)."""
    check_list(effects, "effects", "those of contrasts(...)")
    if not all(isinstance(each, Effect) for each in effects):
        raise ValueError(f"effects is {effects!r}, expected those of contrasts(...)")
    return np.array([e.yi for e in effects], dtype=float), np.array([e.vi for e in effects], dtype=float)
