"""The dossier's trials joined to its network of other treatments: what several sections show, each computed once.

Numbers only; sections make claims of them. What the claims about one way to join share (its studies, files and
sources) stands here beside its numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from glabella.brief.measure import is_ratio
from glabella.brief.results import sources_of
from glabella.dossier import Analysis, Comparators, Evidence, NetworkMeasure, NetworkTable, Number
from glabella.shown import Certainty, Source, digest
from glabella.synthesis import (
    LEAST_POOLED,
    Contrasts,
    ControlBias,
    Effect,
    IndirectComparison,
    JoinedTrials,
    contrasts_of_each,
    control_bias,
    control_counts,
    indirect_sensitivity,
    join_network,
    joined_trials,
    log_odds_from_smd,
    own_spread,
)

if TYPE_CHECKING:
    from glabella.synthesis import Network

Columns = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[float, ...], tuple[float, ...]]
Method = Literal["REML", "DL", "common"]
_LEVELS: tuple[Certainty, ...] = ("high", "moderate", "low", "very low")


@dataclass(frozen=True, slots=True)
class Way:
    """One way to tie the dossier's trials to the network, and what it rests on.

    A control arm that several comparisons of a trial share is already shared out between them, so each is a trial
    of its own here and nobody counts twice.

    Attributes
    ----------
    key, label, why : str
        The analysis whose comparisons are joined, by its key; and why it is.
    trials : JoinedTrials
        Its effects on the network's scale.
    effects : tuple of Effect
        As the analysis has them.
    sources, inputs
        Of every number that went in; the files of the studies and of the network come on top.
    """

    key: str
    label: str
    why: str
    trials: JoinedTrials
    effects: tuple[Effect, ...]
    sources: tuple[Source, ...]
    inputs: tuple[tuple[str, str], ...]

    @property
    def studies(self) -> tuple[str, ...]:
        """The studies behind it, each once."""
        return tuple(dict.fromkeys(effect.study for effect in self.effects))

    def having(self, trials: JoinedTrials, *numbers: Number, **files: str) -> Way:
        """Give other trials, which rest on some more numbers, and on more files by their digests."""
        found = {source.reference: source for source in self.sources}
        for each in numbers:
            for key in each.sources:
                found.setdefault(key, Source(key, each.status, each.at))
        return replace(self, trials=trials, sources=tuple(found.values()), inputs=(*self.inputs, *files.items()))


@dataclass(frozen=True, slots=True)
class Shift:
    """The comparison with the first alternative, one choice made otherwise.

    Attributes
    ----------
    place : int
        Its number among all choices that were tried, those included that came to the same as another.
    kind : str
        What sort of choice.
    what, option : str
        The choice and its option, in words; ``what`` is empty where the kind says all.
    way, method
        What was fitted, and how.
    found : IndirectComparison
        What came out.
    """

    place: int
    kind: Kind
    what: str
    option: str
    way: Way
    method: Method
    found: IndirectComparison


#: A trial left out, the estimator of the spread, what the control is taken for, its risk, a bias taken off, the
#: trials' own spread, or a choice that the dossier declares.
Kind = Literal["trial", "estimator", "node", "control", "bias", "spread", "declared"]
#: A choice before it is fitted: kind, what, option, way and method; no way where no effect is left.
_Tried = tuple[Kind, str, str, Way | None, Method]


class Compared:
    """The dossier's treatment among those of its network.

    Parameters
    ----------
    evidence : Evidence
        A dossier as read.
    comparators : Comparators
        Its other treatments.
    table : NetworkTable
        Their numbers.
    """

    def __init__(self, evidence: Evidence, comparators: Comparators, table: NetworkTable) -> None:
        self.evidence = evidence
        self.comparators = comparators
        self.columns = contrast_columns(table, comparators.measure)
        self.certainty, self.reasons = indirect_certainty(
            [each.topic for each in comparators.transitivity if each.serious]
        )

    @property
    def name(self) -> str:
        """What the dossier's treatment is called."""
        return self.comparators.joined.label

    @property
    def control(self) -> str:
        """What the joined control is called."""
        return self.comparators.treatments[self.comparators.joined.node].label

    @property
    def first(self) -> str:
        """What the alternative is called that sentences name."""
        return self.comparators.treatments[self.comparators.beside[0]].label

    @property
    def small_values(self) -> Literal["good", "bad"]:
        """Whether a small effect is the better one."""
        return "bad" if self.comparators.better == "higher" else "good"

    def shown(self, value: float) -> float:
        """Give an effect as people read it."""
        return math.exp(value) if is_ratio(self.comparators.measure) else value

    @cached_property
    def ways(self) -> tuple[Way, ...]:
        """As declared, then through each other analysis with an effect; none where the declared one has none."""
        joined, analyses = self.comparators.joined, self.evidence.dossier.analyses
        asked = [(joined.through, joined.why), *((other.analysis, other.why) for other in joined.or_through)]
        found = self._ways([(key, why, analyses[key]) for key, why in asked])
        return tuple(way for way in found if way) if found[0] else ()

    @cached_property
    def first_fit(self) -> Network:
        """The network with the trials of the first way in it; by itself where there is none."""
        if self.ways:
            return self.fitted(self.ways[0])
        from glabella.synthesis import network

        return network(*self.columns)

    @cached_property
    def fits(self) -> tuple[Network, ...]:
        """The network with the trials of each way in it."""
        return (self.first_fit, *map(self.fitted, self.ways[1:])) if self.ways else ()

    @cached_property
    def shifts(self) -> tuple[Shift, ...]:
        """Compare with the first alternative again, one choice made otherwise each time; alike ones once."""
        seen: set[tuple[JoinedTrials, str]] = {(way.trials, "REML") for way in self.ways}
        asked: list[tuple[int, Kind, str, str, Way, Method]] = []
        for place, (kind, what, option, way, method) in enumerate(self._tried(), 1):
            if way is not None and (way.trials, method) not in seen:
                seen.add((way.trials, method))
                asked.append((place, kind, what, option, way, method))
        found: dict[int, IndirectComparison] = {}
        for method in dict.fromkeys(each[-1] for each in asked):
            some = [each for each in asked if each[-1] == method]
            fitted = self._compare([way.trials for *_, way, _ in some], method)
            found |= {each[0]: comparison for each, comparison in zip(some, fitted, strict=True)}
        return tuple(Shift(*each, found[each[0]]) for each in asked)

    @cached_property
    def bias(self) -> ControlBias | None:
        """How much more often the outcome comes in the network's controls; None where that is not counted."""
        return self._bias_of(self.ways[0]) if self.ways else None

    def _bias_of(self, way: Way) -> ControlBias | None:
        total = self.comparators.control_response
        if total is None or self.comparators.measure != "OR" or not all(one.counted for one in way.effects):
            return None
        groups = (total.events.value or 0.0, total.n.value or 0.0), control_counts(way.effects)
        if not all(0 < events < people for events, people in groups):
            return None
        return control_bias(*groups[0], *groups[1])

    @property
    def totals(self) -> tuple[Number, ...]:
        """The numbers of the network's controls."""
        total = self.comparators.control_response
        return (total.events, total.n) if total else ()

    def named(self) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """Give study and both treatments of every contrast, the joined ones last, by the names that people read."""
        study, one, other, _, _ = self.columns
        labels = {name: treatment.label for name, treatment in self.comparators.treatments.items()}
        trials = self.ways[0].trials
        return (
            (*study, *trials.study),
            (*(labels[name] for name in one), *(self.name for _ in trials.study)),
            (*(labels[name] for name in other), *(labels[name] for name in trials.node)),
        )

    def _compare(self, trials: list[JoinedTrials], method: Method) -> tuple[IndirectComparison, ...]:
        return indirect_sensitivity(
            *self.columns,
            ways=trials,
            treatment=self.name,
            against=self.comparators.beside[0],
            method=method,
            small_values=self.small_values,
        ).comparisons

    def _ways(self, asked: list[tuple[str, str, Analysis]]) -> list[Way | None]:
        found = contrasts_of_each(self.evidence, [analysis for *_, analysis in asked])
        return [self._way(*each, contrasts) for each, contrasts in zip(asked, found, strict=True)]

    def _way(self, key: str, why: str, analysis: Analysis, found: Contrasts) -> Way | None:
        """Take an analysis's effects against the joined control, standardised differences as log odds ratios."""
        if not found.effects:
            return None
        te: Any = [effect.yi for effect in found.effects]
        se: Any = [math.sqrt(effect.vi) for effect in found.effects]
        if analysis.measure == "SMD" and self.comparators.measure == "OR":
            # The network counts an event; scores that are better the same way have odds of the same sign.
            same = self.evidence.dossier.outcomes[analysis.outcome].better == self.comparators.better
            te, se = log_odds_from_smd(te, se, better="higher" if same else "lower")
        return Way(
            key,
            analysis.label,
            why,
            joined_trials(
                [f"{effect.study}/{effect.comparison}" for effect in found.effects],
                te,
                se,
                self.comparators.joined.node,
            ),
            found.effects,
            sources_of(found.effects),
            (("analysis", digest(analysis.model_dump(mode="json"))),),
        )

    def _tried(self) -> Iterator[_Tried]:
        if not self.ways:
            return
        base, trials = self.ways[0], self.ways[0].trials
        labels = {study.id: study.label for study in self.evidence.studies.values()}
        if len(trials) > 1:
            for effect, name in zip(base.effects, trials.study, strict=True):
                yield "trial", "", labels[effect.study], replace(base, trials=trials.without(name)), "REML"
        else:
            yield "trial", "", labels[base.effects[0].study], None, "REML"
        yield "estimator", "", "DerSimonian and Laird", base, "DL"
        yield "estimator", "", "one common effect, without a spread", base, "common"
        for other in self.comparators.joined.or_node:
            label = self.comparators.treatments[other.node].label
            yield "node", "", label, replace(base, trials=trials.at(other.node)), "REML"
        if self.bias is not None:
            moved = base.having(trials.move_control(self.bias), *self.totals)
            yield "control", "", "as in the network’s trials", moved, "REML"
        yield from self._less_biased(base)
        yield from self._own_spreads()
        yield from self._declared()

    def _less_biased(self, base: Way) -> Iterator[_Tried]:
        """Take off each trial what a sourced prior holds for its bias, and add that prior's doubt."""
        priors = self.evidence.priors
        for prior in priors.bias.values() if priors else ():
            if prior.family != "normal" or prior.of != "bias" or self.comparators.measure != "OR":
                continue
            # Of scores a bias below zero favours the treatment; of ratios it is as the network's effects are.
            better: Literal["lower", "higher"] = "lower" if self.comparators.better == "higher" else "higher"
            if prior.measure == "SMD":
                (mean,), (sd,) = log_odds_from_smd([prior.value("mean")], [prior.value("sd")], better=better)
            elif prior.measure == "OR":
                mean, sd = prior.value("mean"), prior.value("sd")
            else:
                continue
            numbers, files = prior.parameters.values(), {"priors.yaml": self.evidence.digests["priors.yaml"]}
            moved = base.having(base.trials.less_bias(float(mean), sd=float(sd)), *numbers, **files)
            yield "bias", "", prior.label, moved, "REML"

    def _own_spreads(self) -> Iterator[_Tried]:
        """Give the trials of each way a spread of their own, where that can be had."""
        for way in self._several:
            yield "spread", way.label, "the joined trials’ own", self.own.get(way.key), "REML"

    @property
    def _several(self) -> list[Way]:
        """The ways with trials enough to tell how they differ; comparisons of one trial tell nothing of it."""
        return [way for way in self.ways if len(way.studies) >= LEAST_POOLED]

    @cached_property
    def own(self) -> dict[str, Way]:
        """Each way with the spread that its trials have among themselves, by its key, where that can be had."""
        several = self._several
        if not several:
            return {}
        # A single trial says nothing of the variance, so this is the one that the network will add.
        alone = [way.trials.only(way.trials.study[0]) for way in several]
        fitted = zip(several, self._compare(alone, "REML"), strict=True)
        return {way.key: own for way, each in fitted if (own := _spread(way, each)) is not None}

    @cached_property
    def corrected(self) -> dict[str, Way]:
        """Each way of counted events with its control's risk moved to that of the network's, by its key."""
        found = {}
        for way in self.ways:
            bias = self._bias_of(way)
            if bias is not None:
                found[way.key] = way.having(way.trials.move_control(bias), *self.totals)
        return found

    def fitted(self, way: Way) -> Network:
        """Fit the network with the trials of a way in it."""
        node = self.comparators.joined.node
        return join_network(*self.columns, trials=way.trials, treatment=self.name, reference=node)

    def _declared(self) -> Iterator[_Tried]:
        """Make each choice otherwise that the dossier declares, for each way."""
        dossier, joined = self.evidence.dossier, self.comparators.joined
        asked = [
            (f"{analysis.label}: {choice}", option, (key, "", analysis.choosing(values)))
            for key in (joined.through, *(other.analysis for other in joined.or_through))
            for analysis in (dossier.analyses[key],)
            for choice, options in dossier.choices.items()
            for option, values in options.items()
        ]
        for (what, option, _), way in zip(asked, self._ways([each for *_, each in asked]), strict=True):
            yield "declared", what, option, way, "REML"


def _spread(way: Way, fitted: IndirectComparison) -> Way | None:
    """Give trials a spread of their own; None where it is not known, or less than the network's."""
    if fitted.reason:
        return None
    try:
        return replace(way, trials=own_spread(way.trials, fitted.tau2))
    except ValueError:
        return None


def indirect_certainty(serious: list[str]) -> tuple[Certainty, tuple[str, ...]]:
    """Rate an indirect comparison down from high: once for being indirect, once for each serious difference.

    Parameters
    ----------
    serious : list of str
        In what the network's trials and the joined ones differ so that it could turn the result.

    Returns
    -------
    tuple of str and tuple of str
        The word, and its reasons.

    Examples
    --------
    >>> indirect_certainty(["who takes part", "what the placebo is"])
    ('very low', ('the comparison is indirect', 'the trials differ in who takes part and what the placebo is'))
    """
    listed = ", ".join(serious[:-1]) + (" and " if len(serious) > 1 else "") + "".join(serious[-1:])
    reasons = ("the comparison is indirect", *([f"the trials differ in {listed}"] if serious else []))
    return _LEVELS[min(1 + len(serious), len(_LEVELS) - 1)], reasons


def contrast_columns(table: NetworkTable, measure: NetworkMeasure) -> Columns:
    """Give study, both treatments, effect and standard error of every contrast of a network's table."""
    if table.form == "contrasts":
        names = (table.names("study"), table.names("treat1"), table.names("treat2"))
        return (*names, table.numbers("te"), table.numbers("se"))
    from glabella.synthesis import pairwise

    numbers: dict[str, Any] = {
        name: table.numbers(name) for name in table.columns if name not in ("study", "treatment")
    }
    found = pairwise(table.names("study"), table.names("treatment"), measure=measure, **numbers)
    study, one, other = (tuple(map(str, column)) for column in (found.studlab, found.treat1, found.treat2))
    return study, one, other, tuple(map(float, found.te)), tuple(map(float, found.se))
