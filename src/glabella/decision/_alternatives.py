"""Where the treatment would stand among those people choose between, and how little that place is worth.

The dossier's trials are tied to a published network through one control. What comes out is an indirect comparison:
it rests on the assumption that both sets of trials are alike, so every way in which it moves stands beside it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from glabella.decision._combinations import Combined, combined
from glabella.decision._joined import Joined
from glabella.decision._links import Links, contrast_columns, links_of
from glabella.decision._shifts import Shift, control_bias, shifts
from glabella.dossier import Comparators, Evidence
from glabella.shown import Certainty, Claim

if TYPE_CHECKING:
    from glabella.synthesis import Network

_LEVELS: tuple[Certainty, ...] = ("high", "moderate", "low", "very low")
#: Draws behind the probabilities of ranks; each is then right to half a hundredth.
_DRAWS = 10_000


@dataclass(frozen=True, slots=True)
class Alternative:
    """One other treatment: the dossier's against it, as declared and through the other analysis; its own effect."""

    id: str
    label: str
    long: str | None
    kind: str
    effect: Claim
    prediction: Claim
    other: Claim | None
    control: Claim
    score: Claim
    trials: Claim


@dataclass(frozen=True, slots=True)
class Join:
    """One way to tie the trials to the network, and the place that it gives the treatment."""

    label: str
    why: str
    comparisons: Claim
    control: Claim
    first: Claim
    prediction: Claim
    rank: Claim
    best: Claim
    score: Claim


@dataclass(frozen=True, slots=True)
class Alternatives:
    """The treatment among its alternatives.

    Attributes
    ----------
    name, control, first : str
        What the treatment, the joined control and the alternative that sentences name are called.
    studies, options, tau, inconsistency : Claim
        Of the network with the treatment in it: studies, treatments, spread, and P of disagreement between designs.
    checkable : bool
        Whether the treatment lies on a closed loop, so that its place could be checked against direct evidence.
    joins : tuple of Join
        As declared, then through each other analysis.
    alternatives : tuple of Alternative
        Sorted by the treatment's effect against each, the largest first.
    shifts : tuple of Shift
        The comparison with ``first`` under other choices.
    range, ranks : Claim
        Lowest and highest estimate among joins and shifts, and best and worst rank.
    bias : Claim or None
        By what factor the controls' different response alone changes the odds ratio.
    certainty, reasons : str and tuple of str
        How far to trust it, and why.
    combined : Combined
        What is known of combinations.
    contrasts : tuple of three tuples of str
        Study and both treatments of every contrast, by the names that people read.
    """

    name: str
    control: str
    first: str
    measure: str
    studies: Claim
    options: Claim
    tau: Claim
    inconsistency: Claim
    checkable: bool
    joins: tuple[Join, ...]
    alternatives: tuple[Alternative, ...]
    shifts: tuple[Shift, ...]
    range: Claim
    ranks: Claim
    bias: Claim | None
    certainty: Certainty
    reasons: tuple[str, ...]
    combined: Combined
    contrasts: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]


def alternatives(evidence: Evidence, keep: Callable[[Claim], Claim]) -> Alternatives | None:
    """Join the dossier's trials to its network of other treatments.

    Parameters
    ----------
    evidence : Evidence
        A dossier as read.
    keep : callable
        Remembers a claim that may be shown, and gives it back.

    Returns
    -------
    Alternatives or None
        None where the dossier has no network, or no effect to join to it.
    """
    comparators, table = evidence.comparators, evidence.network
    if comparators is None or table is None:
        return None
    joined, analyses = comparators.joined, evidence.dossier.analyses
    base = links_of(evidence, analyses[joined.through], joined.node)
    if not base.links:
        return None
    word, reasons = _certainty(comparators)
    setting = Joined(evidence, comparators, contrast_columns(table, comparators.measure), word, keep)
    ways = [("declared", analyses[joined.through].label, joined.why, base)]
    ways += [
        (other.analysis, analyses[other.analysis].label, other.why, links)
        for other in joined.or_through
        if (links := links_of(evidence, analyses[other.analysis], joined.node)).links
    ]
    fits = [setting.fit(links) for *_, links in ways]
    joins = tuple(_join(setting, *way, fit) for way, fit in zip(ways, fits, strict=True))
    moved = tuple(shifts(setting, [links for *_, links in ways]))
    fit = fits[0]

    def make(name: str, label: str, value: float, **more: Any) -> Claim:
        return setting.claim(name, label, value, base, **more)

    return Alternatives(
        name=joined.label,
        control=setting.control,
        first=setting.first,
        measure=comparators.measure,
        studies=make("studies", "studies in the network, the joined ones among them", fit.k, decimals=0),
        options=make("options", "treatments in the network", len(fit.treatments), decimals=0),
        tau=make("tau", "standard deviation of true effects between trials, on the log scale", math.sqrt(fit.tau2)),
        inconsistency=make("inconsistency", "P of disagreement between the network's designs", fit.q_between_p),
        checkable=len({link.node for link in base.links}) > 1,
        joins=joins,
        alternatives=_each(setting, [links for *_, links in ways], fits),
        shifts=moved,
        **_spans(setting, base, joins, moved),
        bias=control_bias(setting, base),
        certainty=word,
        reasons=reasons,
        combined=combined(evidence, setting.columns, keep, word),
        contrasts=setting.named(base),
    )


def _certainty(comparators: Comparators) -> tuple[Certainty, tuple[str, ...]]:
    """Rate the comparison down from high: once for being indirect, once for each serious difference."""
    serious = [each.topic for each in comparators.transitivity if each.serious]
    listed = ", ".join(serious[:-1]) + (" and " if len(serious) > 1 else "") + "".join(serious[-1:])
    reasons = ("the comparison is indirect", *([f"the trials differ in {listed}"] if serious else []))
    return _LEVELS[min(1 + len(serious), len(_LEVELS) - 1)], reasons


def _join(setting: Joined, key: str, label: str, why: str, links: Links, fit: Network) -> Join:
    comparators = setting.comparators
    name, base = comparators.joined.label, f"join.{key}"
    ranks = fit.rank_probabilities(small_values=setting.small_values, draws=_DRAWS)
    row = fit.treatments.index(name)
    # The ranks between which the treatment lies with a probability of 95 %.
    below = ranks.cumulative[row]
    low, high = (1 + int((below >= share - 1e-12).argmax()) for share in (0.025, 0.975))
    control, first = comparators.joined.node, comparators.beside[0]

    def make(part: str, words: str, value: float, **more: Any) -> Claim:
        return setting.claim(f"{base}.{part}", f"{words}: {label}", value, links, **more)

    return Join(
        label,
        why,
        comparisons=make("k", "comparisons joined", len(links.links), decimals=0),
        control=setting.against(
            fit, control, f"{base}.control", f"{name} against {setting.control}: {label}", links
        ),
        first=setting.against(fit, first, f"{base}.first", f"{name} against {setting.first}: {label}", links),
        prediction=setting.against(
            fit, first, f"{base}.prediction", f"a next trial of {name} against {setting.first}: {label}", links,
            "prediction",
        ),
        rank=make("rank", "median rank", float(ranks.median_rank[row]), low=float(low), high=float(high),
                  interval="95 % of the draws", decimals=0, function="rank_probabilities"),
        best=make("best", "draws in which it ranks first", 100 * float(ranks.probability[row, 0]), decimals=0,
                  function="rank_probabilities"),
        score=make("score", "P-score", setting.scores(fit)[name]),
    )  # fmt: skip


def _each(setting: Joined, links: list[Links], fits: list[Network]) -> tuple[Alternative, ...]:
    comparators, name = setting.comparators, setting.comparators.joined.label
    base, fit = links[0], fits[0]
    scores = setting.scores(fit)
    trials = dict(zip(fit.treatments, fit.structure.member.sum(axis=0), strict=True))
    found: list[Alternative] = []
    for key, treatment in comparators.treatments.items():
        place, label = f"each.{len(found) + 1}", treatment.label
        versus = f"{name} against {label}"
        other = None
        if len(fits) > 1:
            words = f"{versus}: {links[1].label}"
            other = setting.against(fits[1], key, f"{place}.other", words, links[1])
        found.append(Alternative(
            key, label, treatment.long, treatment.kind,
            effect=setting.against(fit, key, f"{place}.effect", versus, base),
            prediction=setting.against(fit, key, f"{place}.prediction", f"a next trial of {versus}", base,
                                       "prediction"),
            other=other,
            control=setting.effect(fit, key, comparators.joined.node, f"{place}.control",
                                   f"{label} against {setting.control}", base),
            score=setting.claim(f"{place}.score", f"P-score of {label}", scores[key], base),
            trials=setting.claim(f"{place}.trials", f"trials of {label}", float(trials[key]), base, decimals=0,
                                 of_network=True),
        ))  # fmt: skip
    sign = -1.0 if comparators.better == "higher" else 1.0
    return tuple(sorted(found, key=lambda each: sign * (each.effect.value or 0.0)))


def _spans(setting: Joined, base: Links, joins: tuple[Join, ...], shifts: tuple[Shift, ...]) -> dict[str, Claim]:
    """Give the lowest and highest estimate and rank among all ways."""
    effects = [each.value or math.nan for each in (*(join.first for join in joins), *(it.effect for it in shifts))]
    ranks = [each.value or math.nan for each in (*(join.rank for join in joins), *(it.rank for it in shifts))]
    return {
        "range": setting.claim("range", f"lowest to highest estimate against {setting.first}", effects[0], base,
                               low=min(effects), high=max(effects), interval="range"),
        "ranks": setting.claim("ranks", "best to worst rank", ranks[0], base, low=min(ranks), high=max(ranks),
                               interval="range", decimals=0),
    }  # fmt: skip
