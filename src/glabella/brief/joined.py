"""The claims of the indirect comparison: each way to join, each alternative, each choice made otherwise."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glabella._version import __version__
from glabella.brief.measure import NAMES, decimals_for, null_of
from glabella.brief.results import Results
from glabella.shown import Claim, ClaimFields, Ledger, Source

if TYPE_CHECKING:
    from glabella.brief.compared import Compared, Shift, Way
    from glabella.synthesis import IndirectComparison

#: Draws behind the probabilities of ranks; each is then right to half a hundredth.
_DRAWS = 10_000


@dataclass(frozen=True, slots=True)
class JoinedWay:
    """The claims about one way to join, against the control and the first alternative.

    ``own_control`` and ``own`` are with the joined trials' own spread, ``corrected_control`` and ``corrected`` with
    the control's risk of the network's trials; None where that cannot be had.
    """

    way: Way
    k: Claim
    control: Claim
    first: Claim
    prediction: Claim
    own_control: Claim | None
    own: Claim | None
    corrected_control: Claim | None
    corrected: Claim | None
    rank: Claim
    best: Claim
    score: Claim


@dataclass(frozen=True, slots=True)
class Alternative:
    """The claims about one other treatment; ``effects`` against it in the first two ways to join.

    ``corrected`` is the first of them with the control's risk of the network's trials, or None.
    """

    key: str
    label: str
    long: str | None
    effects: tuple[Claim, ...]
    corrected: Claim | None
    prediction: Claim
    control: Claim
    trials: Claim


@dataclass(frozen=True, slots=True)
class Moved:
    """The claims about the comparison with the first alternative, one choice made otherwise."""

    shift: Shift
    effect: Claim
    rank: Claim


@dataclass(frozen=True, slots=True)
class Joined:
    """The claims of the indirect comparison.

    Attributes
    ----------
    compared : Compared
        Their numbers.
    outcome : str
        What is compared, in words.
    ways : tuple of JoinedWay
        As declared, then through each other analysis.
    others : tuple of Alternative
        In the order of the dossier.
    moved : tuple of Moved
        Other choices; ``lost`` are those that could not be fitted.
    studies, options, tau, inconsistency : Claim
        Of the network with the treatment in it: studies, treatments, spread, and P of disagreement between designs,
        not known where none can disagree.
    range, ranks : Claim
        Lowest and highest estimate against the first alternative among ways and choices, and best and worst rank.
    bias : Claim or None
        By what factor the odds in the controls differ.
    """

    compared: Compared
    outcome: str
    ways: tuple[JoinedWay, ...]
    others: tuple[Alternative, ...]
    moved: tuple[Moved, ...]
    lost: tuple[Shift, ...]
    studies: Claim
    options: Claim
    tau: Claim
    inconsistency: Claim
    range: Claim
    ranks: Claim
    bias: Claim | None

    @property
    def measure(self) -> str:
        """What effects are, in words."""
        return NAMES[self.compared.comparators.measure][0]

    @property
    def higher(self) -> bool:
        """Whether values above no difference favour the treatment."""
        return self.compared.comparators.better == "higher"


def joined(results: Results, book: Ledger) -> Joined | None:
    """Make the claims of the indirect comparison.

    Parameters
    ----------
    results : Results
        Of a dossier.
    book : Ledger
        Keeps the claims; they are named ``with.…``.

    Returns
    -------
    Joined or None
        None where the dossier has no network, or no effect to join to it.
    """
    compared = results.compared
    if compared is None or not compared.ways:
        return None
    book = book.under("with.")
    base, fit = compared.ways[0], compared.fits[0]
    about = book.under(**fields_of_way(results, compared, base))
    moved = tuple(_moved(results, compared, book, each) for each in compared.shifts if not each.found.reason)
    ways = tuple(_way(results, compared, book, place) for place in range(len(compared.ways)))
    effects = [each.value or math.nan for each in (*(one.first for one in ways), *(one.effect for one in moved))]
    ranks = [each.value or math.nan for each in (*(one.rank for one in ways), *(one.rank for one in moved))]
    spread = "standard deviation of true effects between trials, on the log scale"
    return Joined(
        compared=compared,
        outcome=results.evidence.dossier.outcomes[compared.comparators.outcome].label,
        ways=ways,
        others=_alternatives(results, compared, book),
        moved=moved,
        lost=tuple(each for each in compared.shifts if each.found.reason),
        studies=about("studies", "studies in the network, the joined ones among them", fit.k, decimals=0),
        options=about("options", "treatments in the network", len(fit.treatments), decimals=0),
        tau=about("tau", spread, math.sqrt(fit.tau2)),
        inconsistency=about(
            "inconsistency",
            "p of inconsistency between the network’s designs",
            None if math.isnan(fit.q_between_p) else fit.q_between_p,
        ),
        range=about(
            "range",
            f"lowest to highest estimate against {compared.first}",
            effects[0],
            low=min(effects),
            high=max(effects),
            interval="range",
        ),
        ranks=about(
            "ranks", "best to worst rank", ranks[0], low=min(ranks), high=max(ranks), interval="range", decimals=0
        ),
        bias=_bias(results, compared, book),
    )


def fields_of_way(results: Results, compared: Compared, way: Way, *, of_network: bool = False) -> ClaimFields:
    """Give what claims on one way to join the dossier's trials share.

    Of what the network says of its own treatments (``of_network``) the dossier's trials are inputs, since they
    share its variance, but no source.
    """
    comparators, digests = compared.comparators, results.evidence.digests
    files = ("comparators.yaml", comparators.table.file)
    own = () if of_network else way.sources
    return {
        "population": f"{comparators.population}, and the dossier's trials",
        "time_span": comparators.time_span,
        "certainty": compared.certainty,
        "function": "glabella.synthesis.network",
        "version": __version__,
        "inputs": (*results.inputs(way.studies), *way.inputs, *((file, digests[file]) for file in files)),
        "sources": (*own, Source(comparators.source, comparators.origin.status, "data")),
    }


def _effect(
    compared: Compared, book: Ledger, name: str, label: str, found: IndirectComparison, kind: str = "confidence"
) -> Claim:
    ends = (found.pi_low, found.pi_high) if kind == "prediction" else (found.ci_low, found.ci_high)
    low, high = (None if math.isnan(end) else compared.shown(end) for end in ends)
    value = compared.shown(found.estimate)
    null = null_of(compared.comparators.measure)
    digits = 2 if low is None or high is None else decimals_for(null, value, low, high)
    return book(name, label, value, low=low, high=high, interval=f"95 % {kind} interval", decimals=digits)


def _way(results: Results, compared: Compared, book: Ledger, place: int) -> JoinedWay:
    from glabella.synthesis import indirect_comparison

    way, fit, name = compared.ways[place], compared.fits[place], compared.name
    about = book.under(f"join.{way.key if place else 'declared'}.", **fields_of_way(results, compared, way))
    drawn = about.under(function="glabella.synthesis.rank_probabilities", decimals=0)
    row = fit.treatments.index(name)
    ranks = fit.rank_probabilities(small_values=compared.small_values, draws=_DRAWS)
    # The ranks between which the treatment lies with a probability of 95 %.
    low, high = (1 + int((ranks.cumulative[row] >= share - 1e-12).argmax()) for share in (0.025, 0.975))
    control, first = (
        indirect_comparison(fit, name, other, small_values=compared.small_values)
        for other in (compared.comparators.joined.node, compared.comparators.beside[0])
    )
    against = f"{name} against {compared.first}: {way.label}"
    labels = (f"{name} against {compared.control}: {way.label}", against)
    own = _otherwise(results, compared, about, "own", ", with the joined trials’ own spread", labels, way)
    corrected = _otherwise(
        results, compared, about, "corrected", f", {compared.control} as in the network’s trials", labels, way
    )
    return JoinedWay(
        way,
        k=about("k", f"comparisons joined: {way.label}", len(way.trials), decimals=0),
        control=_effect(compared, about, "control", f"{name} against {compared.control}: {way.label}", control),
        first=_effect(compared, about, "first", against, first),
        prediction=_effect(
            compared, about, "prediction", f"a new trial’s true effect: {against}", first, "prediction"
        ),
        own_control=own[0],
        own=own[1],
        corrected_control=corrected[0],
        corrected=corrected[1],
        rank=drawn(
            "rank",
            f"median rank: {way.label}",
            float(ranks.median_rank[row]),
            low=float(low),
            high=float(high),
            interval="95 % of the draws",
        ),
        best=drawn("best", f"draws in which it ranks first: {way.label}", 100 * float(ranks.probability[row, 0])),
        score=about("score", f"P-score: {way.label}", first.p_score),
    )


def _otherwise(
    results: Results, compared: Compared, about: Ledger, name: str, words: str, labels: tuple[str, str], way: Way
) -> tuple[Claim | None, Claim | None]:
    """Compare with the control and the first alternative, a way's trials taken otherwise."""
    from glabella.synthesis import indirect_comparison

    taken = (compared.own if name == "own" else compared.corrected).get(way.key)
    if taken is None:
        return None, None
    fit, book = compared.fitted(taken), about.under(**fields_of_way(results, compared, taken))
    others = (compared.comparators.joined.node, compared.comparators.beside[0])
    small = compared.small_values
    control, first = (
        _effect(compared, book, f"{name}.{what}", f"{label}{words}",
                indirect_comparison(fit, compared.name, other, small_values=small))
        for what, label, other in zip(("control", "first"), labels, others, strict=True)
    )  # fmt: skip
    return control, first


def _alternatives(results: Results, compared: Compared, book: Ledger) -> tuple[Alternative, ...]:
    from glabella.synthesis import indirect_comparison

    moved = compared.corrected.get(compared.ways[0].key)
    mended = None if moved is None else compared.fitted(moved)
    name, node, small = compared.name, compared.comparators.joined.node, compared.small_values
    ways, fit = compared.ways[:2], compared.fits[0]
    trials = dict(zip(fit.treatments, map(float, fit.structure.member.sum(axis=0)), strict=True))
    fields = [fields_of_way(results, compared, way) for way in ways]
    of_network = fields_of_way(results, compared, ways[0], of_network=True)
    found = []
    for place, (key, treatment) in enumerate(compared.comparators.treatments.items(), 1):
        about = [book.under(f"each.{place}.", **each) for each in fields]
        network = book.under(f"each.{place}.", **of_network)
        versus = f"{name} against {treatment.label}"
        against = [indirect_comparison(each, name, key, small_values=small) for each in compared.fits[:2]]
        alone = indirect_comparison(fit, key, node, small_values=small)
        labels = (versus, *(f"{versus}: {way.label}" for way in ways[1:]))
        effects = zip(about, ("effect", "other"), labels, against, strict=False)
        found.append(
            Alternative(
                key,
                treatment.label,
                treatment.long,
                effects=tuple(_effect(compared, *each) for each in effects),
                corrected=None
                if mended is None or moved is None
                else _effect(
                    compared,
                    book.under(f"each.{place}.", **fields_of_way(results, compared, moved)),
                    "corrected",
                    f"{versus}, {compared.control} as in the network’s trials",
                    indirect_comparison(mended, name, key, small_values=small),
                ),
                prediction=_effect(
                    compared,
                    about[0],
                    "prediction",
                    f"a new trial’s true effect: {versus}",
                    against[0],
                    "prediction",
                ),
                control=_effect(
                    compared, network, "control", f"{treatment.label} against {compared.control}", alone
                ),
                trials=network("trials", f"trials of {treatment.label}", trials[key], decimals=0),
            )
        )
    return tuple(found)


def _moved(results: Results, compared: Compared, book: Ledger, shift: Shift) -> Moved:
    about = book.under(f"shift.{shift.place}.", **fields_of_way(results, compared, shift.way))
    label = f"{choice_of(compared, shift)}, {shift.option}"
    return Moved(
        shift,
        _effect(compared, about, "effect", f"{compared.name} against {compared.first}: {label}", shift.found),
        about("rank", f"rank by P-score: {label}", shift.found.rank, decimals=0),
    )


def choice_of(compared: Compared, shift: Shift) -> str:
    """Name the choice that was made otherwise."""
    return {
        "trial": "without one trial",
        "estimator": "estimate of the spread between trials",
        "node": "what the trials’ control is taken for",
        "control": f"how often the outcome comes on {compared.control}",
        "bias": "bias taken off each trial",
        "spread": f"spread between trials: {shift.what}",
        "declared": shift.what,
    }[shift.kind]


def _bias(results: Results, compared: Compared, book: Ledger) -> Claim | None:
    found = compared.bias
    if found is None:
        return None
    base, outcome = compared.ways[0], results.evidence.dossier.outcomes[compared.comparators.outcome].label
    about = book.under(**fields_of_way(results, compared, base.having(base.trials, *compared.totals)))
    return about(
        "bias",
        f"odds of {outcome} on {compared.control}: the network’s trials against the joined ones",
        found.ratio,
        low=found.ci_low,
        high=found.ci_high,
        interval="95 % confidence interval (Woolf)",
        function="glabella.synthesis.effect_size",
    )
