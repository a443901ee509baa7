"""What the sections of a document are made from: a dossier, and what was computed of it, each computed once.

A section takes what several sections need from here, and asks the engines itself for what it alone shows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from glabella._version import __version__
from glabella.decision.analyses import important_of, people_lost, rating_of
from glabella.decision.rating import Rating
from glabella.dossier import Analysis, Evidence, Outcome, Prior, Study
from glabella.shown import Certainty, ClaimFields, Source, digest
from glabella.synthesis import (
    Contrasts,
    Effect,
    Pooled,
    PooledTrials,
    arrays,
    contrasts,
    declared_prior,
    pool,
    pool_trials,
    tau_prior_of,
)

if TYPE_CHECKING:
    from glabella.brief.compared import Compared
    from glabella.decision.chances import EffectsOf
    from glabella.decision.claims import JudgedClaim
    from glabella.decision.flips import Flips
    from glabella.decision.to_extract import Missing
    from glabella.decision.verdicts import Known
    from glabella.safety import ReportStore

_RATIOS = frozenset({"OR", "RR"})


@dataclass(frozen=True, slots=True)
class PooledAnalysis:
    """One declared analysis with its fit, and how far to trust it.

    Attributes
    ----------
    id : str
        Its key in the dossier.
    analysis, outcome
        As declared.
    found : Contrasts
        Effects of its comparisons, and those that could not be computed.
    fit : PooledTrials
        Pooled as far as so few trials allow.
    prior : Prior or None
        The declared prior of the spread between trials, where it entered.
    studies : tuple of Study
        In the order of the effects.
    rating : Rating
        How far to trust it, and why: of the statement that the effect lies where the estimate lies.
    """

    id: str
    analysis: Analysis
    outcome: Outcome
    found: Contrasts
    fit: PooledTrials
    prior: Prior | None
    studies: tuple[Study, ...]
    rating: Rating

    @property
    def certainty(self) -> Certainty:
        """How far to trust it, in a word."""
        return self.rating.certainty or "not rated"

    @property
    def important(self) -> float | None:
        """The smallest difference that matters, on the scale on which the analysis is computed."""
        return important_of(self.outcome, self.analysis.measure)

    @property
    def effects(self) -> tuple[Effect, ...]:
        """The effects that were pooled."""
        return self.found.effects

    @property
    def ratio(self) -> bool:
        """Whether the measure is a ratio, computed on the log scale."""
        return self.analysis.measure in _RATIOS

    @property
    def interval(self) -> str:
        """What the interval of its effect is called."""
        return f"95 % {self.fit.interval or 'confidence'} interval"

    @property
    def ends(self) -> tuple[float | None, float | None, float | None]:
        """Its effect and the limits of its interval as people read them; None where nothing was pooled."""
        if self.fit.way == "not pooled":
            return None, None, None
        return self.shown(self.fit.estimate), self.shown(self.fit.ci_low), self.shown(self.fit.ci_high)

    @property
    def blended(self) -> bool:
        """Whether some effects are differences of scores and others were turned from counts of people."""
        return len({effect.converted for effect in self.effects}) > 1

    @property
    def trials(self) -> tuple[Study, ...]:
        """The trials behind it, each once."""
        return tuple({study.id: study for study in self.studies}.values())

    @property
    def people(self) -> float:
        """How many people were pooled."""
        return sum(effect.n1 + effect.n2 for effect in self.effects)

    def shown(self, value: float) -> float:
        """Give an effect as people read it."""
        return math.exp(value) if self.ratio else float(value)


class Results:
    """A dossier, and what was computed of it.

    Parameters
    ----------
    evidence : Evidence
        A dossier as read.
    store : ReportStore, optional
        Reports to be asked what the dossier wants to know of them.
    """

    def __init__(self, evidence: Evidence, store: ReportStore | None = None) -> None:
        self.evidence = evidence
        self.store = store

    @cached_property
    def analyses(self) -> dict[str, Analysis]:
        """The declared analyses that are shown; those made to meet a published figure are not among them."""
        made_to_meet = {target.analysis for target in self.evidence.dossier.reproduce.values()}
        return {key: it for key, it in self.evidence.dossier.analyses.items() if key not in made_to_meet}

    @cached_property
    def pooled(self) -> dict[str, PooledAnalysis]:
        """Every shown analysis that has an effect."""
        found = ((key, self.pool(key)) for key in self.analyses)
        return {key: one for key, one in found if one is not None}

    @cached_property
    def headline(self) -> PooledAnalysis:
        """The analysis that the dossier leads with.

        Raises
        ------
        ValueError
            If none of its comparisons gives an effect.
        """
        key = self.evidence.dossier.headline
        # Not through ``pooled``: what leads with one analysis need not pool all.
        one = self.shown(key)
        if one is None and key in self._refused:
            raise ValueError(f"the headline analysis {key!r} cannot be pooled: {self._refused[key]}")
        if one is None:
            missing = contrasts(self.evidence, self.evidence.dossier.analyses[key]).not_computed
            why = "".join(f"; {each.study}/{each.comparison}: {each.reason}" for each in missing)
            raise ValueError(f"the headline analysis {key!r} has no effect that could be computed{why}")
        return one

    @cached_property
    def compared(self) -> Compared | None:
        """The treatment joined to the dossier's network of others; None where it has none."""
        from glabella.brief.compared import Compared

        comparators, table = self.evidence.comparators, self.evidence.network
        return None if comparators is None or table is None else Compared(self.evidence, comparators, table)

    @cached_property
    def option_effects(self) -> dict[str, EffectsOf]:
        """The effects of the options of the dossier's consultation, by option: the same for every person."""
        from glabella.brief.consulted import effects_of

        consultation = self.evidence.consultation
        return {} if consultation is None else effects_of(self, consultation)

    @cached_property
    def to_extract(self) -> tuple[Missing, ...]:
        """What is missing of the trials, what could move most first."""
        from glabella.decision.to_extract import to_extract

        return to_extract(self.evidence)

    @cached_property
    def known(self) -> Known:
        """What rules of claims may ask."""
        from glabella.brief.claims import gather

        return gather(self)

    @cached_property
    def judged(self) -> tuple[JudgedClaim, ...]:
        """What the rules of the dossier's claims come to."""
        from glabella.brief.claims import judge

        return judge(self)

    @cached_property
    def flips(self) -> dict[str, Flips]:
        """The smallest changes that would flip verdicts, by the claim's id, or ``id.part``."""
        from glabella.brief.claims import flips

        return flips(self)

    @cached_property
    def not_pooled(self) -> dict[str, str]:
        """Why shown analyses that have effects could not be pooled, such as two trials without a declared prior."""
        return {key: self._refused[key] for key in self.analyses if self.pool(key) is None and key in self._refused}

    @cached_property
    def apart(self) -> dict[str, PooledAnalysis]:
        """The shown analyses of two trials that are not pooled, for both to be shown."""
        return {key: self._apart[key] for key in self.analyses if self.pool(key) is None and key in self._apart}

    def pool(self, key: str) -> PooledAnalysis | None:
        """Pool one declared analysis; None where no comparison gives an effect, or they cannot be pooled."""
        if key not in self._fits:
            self._fits[key] = self._pool(key)
        return self._fits[key]

    def shown(self, key: str) -> PooledAnalysis | None:
        """Give one declared analysis as far as it can be shown: pooled, or two trials that no prior lets pool."""
        return self.pool(key) or self._apart.get(key)

    def refused(self, key: str) -> str | None:
        """Say why the effects of an analysis could not be pooled; None where they could, or there are none."""
        return self._refused.get(key) if self.pool(key) is None else None

    def published(self, key: str) -> tuple[Pooled, tuple[Effect, ...]] | None:
        """Pool an analysis as a publication did, by its own method even where trials are few."""
        analysis = self.evidence.dossier.analyses[key]
        effects = contrasts(self.evidence, analysis).effects
        several = len(effects) > 1
        try:
            fit = pool(*arrays(effects), method=analysis.method if several else "common",
                       test=analysis.test if several else "z")  # fmt: skip
        except ValueError:
            return None
        return fit, effects

    @cached_property
    def _fits(self) -> dict[str, PooledAnalysis | None]:
        return {}

    @cached_property
    def _refused(self) -> dict[str, str]:
        return {}

    @cached_property
    def _apart(self) -> dict[str, PooledAnalysis]:
        return {}

    def _pool(self, key: str) -> PooledAnalysis | None:
        analysis = self.evidence.dossier.analyses[key]
        found = contrasts(self.evidence, analysis)
        if not found.effects:
            return None
        try:
            fit, prior = self.pool_effects(found.effects, analysis)
        except ValueError as error:
            # What one analysis cannot have is said where it would stand; the others do not wait for it.
            self._refused[key] = str(error)
            return None
        studies = tuple(self.evidence.studies[effect.study] for effect in found.effects)
        rating = self.rating(found.effects, analysis, fit, people_lost(self.evidence, analysis, found))
        one = PooledAnalysis(key, analysis, self.evidence.dossier.outcomes[analysis.outcome], found, fit, prior,
                             studies, rating)  # fmt: skip
        if fit.way == "not pooled":
            self._refused[key], self._apart[key] = "; ".join(fit.notes), one
            return None
        return one

    def pool_effects(self, effects: tuple[Effect, ...], analysis: Analysis) -> tuple[PooledTrials, Prior | None]:
        """Pool effects as an analysis declares it, as far as so few trials allow.

        Parameters
        ----------
        effects : tuple of Effect
            One or more.
        analysis : Analysis
            Its method, test and measure.

        Returns
        -------
        PooledTrials and Prior or None
            The result, and the declared prior of the spread where it entered.
        """
        prior = declared_prior(self.evidence.priors, analysis.measure)
        fit = pool_trials(
            *arrays(effects),
            trial=[effect.study for effect in effects],
            method=analysis.method,
            test=analysis.test,
            tau_prior=None if prior is None else tau_prior_of(prior),
        )
        return fit, prior if fit.posterior is not None else None

    def rating(
        self, effects: tuple[Effect, ...], analysis: Analysis, fit: PooledTrials, lost: float = 0.0
    ) -> Rating:
        """Rate what was pooled from some effects."""
        evidence = self.evidence
        outcome = evidence.dossier.outcomes[analysis.outcome]
        return rating_of(effects, evidence.studies, fit, outcome, analysis.measure, evidence.priors, lost)

    def inputs(self, studies: tuple[str, ...], analysis: Analysis | None = None) -> tuple[tuple[str, str], ...]:
        """Digest of each study's file, and of the analysis, that a computed claim rests on."""
        found = [(name, self.evidence.digests[f"studies/{name}.yaml"]) for name in dict.fromkeys(studies)]
        if analysis is not None:
            found.append(("analysis", digest(analysis.model_dump(mode="json"))))
        return tuple(found)

    def time_of(self, analysis: Analysis) -> str:
        """Say when an analysis looks: at its time, or at each trial's first or last."""
        if analysis.when == "named":
            return self.evidence.words.at(analysis.time)
        return f"each trial’s {analysis.when} time"

    def fields_of(self, one: PooledAnalysis, *, of_new_trial: bool = False) -> ClaimFields:
        """Give what every claim about a pooled analysis shares; of a new trial where a prior tells it, that too."""
        inputs = self.inputs(tuple(study.id for study in one.studies), one.analysis)
        sources = sources_of(one.effects)
        if one.prior is not None and (of_new_trial or one.fit.way == "two trials"):
            inputs = (*inputs, ("priors.yaml", self.evidence.digests["priors.yaml"]))
            sources = tuple(dict.fromkeys((*sources, *sources_of_prior(one.prior))))
        return {
            "population": self.evidence.dossier.question.population,
            "time_span": self.time_of(one.analysis),
            "certainty": one.certainty,
            "function": "glabella.synthesis.pool_trials",
            "version": __version__,
            "inputs": inputs,
            "sources": sources,
        }


def sources_of_prior(prior: Prior) -> tuple[Source, ...]:
    """Give the sources of a prior's parameters."""
    numbers = prior.parameters.values()
    return tuple(
        dict.fromkeys(Source(key, number.status, number.at) for number in numbers for key in number.sources)
    )


def sources_of(effects: tuple[Effect, ...]) -> tuple[Source, ...]:
    """Give the sources of every number that went into some effects, each once."""
    found: dict[str, Source] = {}
    for effect in effects:
        for step in effect.steps:
            for _, number in step.inputs:
                for reference in number.sources:
                    found.setdefault(reference, Source(reference, number.status, number.at))
    return tuple(found.values())
