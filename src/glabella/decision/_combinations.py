"""Together with something else: what the network says of combinations, and what the dossier's trials can say."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from glabella._version import __version__
from glabella.decision._certainty import certainty
from glabella.decision._links import Columns
from glabella.decision._words import sources_of
from glabella.dossier import Evidence, Option, Study
from glabella.shown import Certainty, Claim, Source, digest
from glabella.synthesis import Effect, arrays, contrasts, pool

_Z = 1.959963984540054
#: Stands between components in names made for the component model, and in no name of a table.
_JOIN = "\x1f"
_KINDS = {
    "adjunct": "everybody also took an antidepressant",
    "monotherapy": "nobody took an antidepressant",
    "mixed": "some did",
    "unknown": "not known",
}


@dataclass(frozen=True, slots=True)
class Combination:
    """A combination of the network: as its trials found it, and as the sum of its parts would have it."""

    label: str
    studies: Claim
    found: Claim
    additive: Claim


@dataclass(frozen=True, slots=True)
class AddedTo:
    """Trials with one kind of other treatment; ``pooled`` is None where no effect could be computed."""

    kind: str
    trials: Claim
    comparisons: Claim
    pooled: Claim | None


@dataclass(frozen=True, slots=True)
class Combined:
    """What is known of combinations.

    Attributes
    ----------
    combinations : tuple of Combination
        Of the network; none of them holds the dossier's treatment.
    additivity : Claim or None
        P of departure from plain sums in the network; None without a combination.
    added : tuple of AddedTo
        The dossier's trials by what else people took.
    measure : str
        Of ``added``.
    tested : Claim
        Randomised trials that give the treatment to both groups and something else to one of them.
    verdict : {"untested", "tested"}
        Whether any trial can say that the treatment is better in combination than alone.
    """

    combinations: tuple[Combination, ...]
    additivity: Claim | None
    added: tuple[AddedTo, ...]
    measure: str
    tested: Claim
    verdict: Literal["untested", "tested"]


def combined(evidence: Evidence, columns: Columns, keep: Callable[[Claim], Claim], word: Certainty) -> Combined:
    """Gather what is known of combinations.

    Parameters
    ----------
    evidence : Evidence
        A dossier with a network.
    columns : Columns
        The network's contrasts.
    keep : callable
        Remembers a claim that may be shown, and gives it back.
    word : str
        Certainty of what the network says.

    Returns
    -------
    Combined
    """
    tested = _tested(evidence, keep)
    measure, added = _added(evidence, keep)
    return Combined(
        *_combinations(evidence, columns, keep, word),
        added,
        measure,
        tested,
        "tested" if tested.value else "untested",
    )


def _tested(evidence: Evidence, keep: Callable[[Claim], Claim]) -> Claim:
    """Count the trials that could tell a combination from the treatment alone."""
    products = evidence.products.products
    toxins = {key for key, product in products.items() if product.kind == "treatment"}
    asked = [study for study in evidence.studies.values() if study.design.randomised == "yes" and study.comparisons]
    found = [
        study
        for study in asked
        if any(
            {study.arms[one.arm].treatment, study.arms[one.versus].treatment} <= toxins
            and one.control in ("drug", "none")
            for one in study.comparisons.values()
        )
    ]
    return keep(Claim(
        id="with.tested", label="randomised trials of the toxin in both groups and something else in one",
        value=float(len(found)), unit="", population=evidence.dossier.question.population, time_span="any",
        certainty="not rated", function="glabella.decision.combined", version=__version__,
        inputs=tuple((study.id, evidence.digests[f"studies/{study.id}.yaml"]) for study in asked),
        sources=tuple(Source(study.reports[0], "seen") for study in asked), decimals=0,
    ))  # fmt: skip


def _added(evidence: Evidence, keep: Callable[[Claim], Claim]) -> tuple[str, tuple[AddedTo, ...]]:
    """Pool the dossier's trials apart by what else people took."""
    key = evidence.comparators.together if evidence.comparators else None
    if key is None:
        return "", ()
    analysis = evidence.dossier.analyses[key]
    named = dict.fromkeys(name.partition("/")[0] for name in analysis.comparisons)
    studies = [evidence.studies[name] for name in named]
    found = []
    for kind, words in _KINDS.items():
        # What is only remembered is not known.
        these = [study for study in studies if kind == _kind(study)]
        if not these:
            continue
        effects = contrasts(evidence, analysis.choosing(Option(co_treatment=(kind,)))).effects
        inputs = tuple((study.id, evidence.digests[f"studies/{study.id}.yaml"]) for study in these)

        def make(part: str, label: str, value: float, **more: Any) -> Claim:
            return keep(Claim(
                id=f"with.added.{kind}.{part}", label=f"{label}: {words}", value=float(value), unit="",  # noqa: B023
                population=evidence.dossier.question.population, time_span=evidence.words.at(analysis.time),
                version=__version__, inputs=(*inputs, ("analysis", digest(analysis.model_dump(mode="json")))),  # noqa: B023
                **{"certainty": "not rated", "function": "glabella.decision.combined",
                   "sources": tuple(Source(study.reports[0], "seen") for study in these), "decimals": 0, **more},  # noqa: B023
            ))  # fmt: skip

        found.append(AddedTo(
            words,
            trials=make("trials", "trials of the toxin", len(these)),
            comparisons=make("k", "comparisons with an effect", len(effects)),
            pooled=_pooled(evidence, effects, make),
        ))  # fmt: skip
    return analysis.measure, tuple(found)


def _kind(study: Study) -> str:
    detail = study.co_treatment_detail
    return "unknown" if detail is not None and detail.status == "recalled" else study.co_treatment


def _pooled(evidence: Evidence, effects: tuple[Effect, ...], make: Callable[..., Claim]) -> Claim | None:
    if not effects:
        return None
    several = len(effects) > 1
    fit = pool(*arrays(effects), method="REML" if several else "common", test="knha" if several else "z")
    word, _ = certainty(fit, [evidence.studies[effect.study] for effect in effects])
    shown = math.exp if effects[0].measure in ("OR", "RR") else float
    return make("pooled", "pooled effect", shown(fit.estimate), low=shown(fit.ci_low), high=shown(fit.ci_high),
                interval="95 % confidence interval", certainty=word, function="glabella.synthesis.pool",
                sources=sources_of(effects), decimals=2)  # fmt: skip


def _combinations(
    evidence: Evidence, columns: Columns, keep: Callable[[Claim], Claim], word: Certainty
) -> tuple[tuple[Combination, ...], Claim | None]:
    """Set the network's combinations beside the sums of their parts."""
    comparators = evidence.comparators
    if comparators is None or not any(each.components for each in comparators.treatments.values()):
        return (), None
    from glabella.synthesis import component_network, network

    study, one, other, te, se = columns
    node = comparators.joined.node
    # Components are those that the dossier declares, not those that a name happens to spell.
    parts = {name: _JOIN.join(each.components) or name for name, each in comparators.treatments.items()}
    whole = network(*columns, reference=node)
    sums = component_network(
        study, [parts[name] for name in one], [parts[name] for name in other], te, se, inactive=node, sep=_JOIN
    )
    shown = math.exp if comparators.measure in ("OR", "RR") else float
    trials = dict(zip(whole.treatments, whole.structure.member.sum(axis=0), strict=True))
    files = ("comparators.yaml", comparators.table.file)

    def make(part: str, label: str, value: float, function: str, **more: Any) -> Claim:
        return keep(Claim(
            id=f"with.combination.{part}", label=label, value=float(value), unit="", certainty=word,
            population=comparators.population, time_span="acute treatment",
            function=f"glabella.synthesis.{function}", version=__version__,
            inputs=tuple((file, evidence.digests[file]) for file in files),
            sources=(Source(comparators.source, comparators.origin.status, "data"),), **more,
        ))  # fmt: skip

    def against(place: int, label: str, estimate: float, half: float, function: str) -> Claim:
        return make(f"{place}.{function}", f"{label} against {comparators.treatments[node].label}", shown(estimate),
                    function, low=shown(estimate - half), high=shown(estimate + half),
                    interval="95 % confidence interval")  # fmt: skip

    found: list[Combination] = []
    for name, each in comparators.treatments.items():
        if not each.components:
            continue
        at, label, place = (whole.treatments.index(name), whole.treatments.index(node)), each.label, len(found) + 1
        added = sums.effect(parts[name], node)
        found.append(Combination(
            label,
            studies=make(f"{place}.trials", f"trials of {label}", float(trials[name]), "network", decimals=0),
            found=against(place, label, whole.te_random[at], _Z * whole.se_random[at], "network"),
            additive=against(place, label, added.estimate, _Z * added.se, "component_network"),
        ))  # fmt: skip
    test = make("additivity", "P of departure from plain sums of parts", sums.q_difference_p, "component_network")
    return tuple(found), test
