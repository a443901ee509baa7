"""What a brief holds, section by section, before anything is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from glabella.decision import Answer, Assumed, Piece, answer, quote, say
from glabella.dossier import Evidence, Reference, Statement
from glabella.shown import Claim

if TYPE_CHECKING:
    from glabella.safety import ReportStore


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the dossier: its pieces, how its source was seen, and its references."""

    pieces: tuple[Piece, ...]
    status: str
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A popular claim with its verdict and the reasons."""

    claim: str
    verdict: str
    why: tuple[Sentence, ...]
    computed: str | None = None


@dataclass(frozen=True, slots=True)
class Contrast:
    """One respect in which the network's trials and the dossier's may not be alike."""

    topic: str
    network: Sentence
    here: Sentence
    serious: bool


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a conflict between sources."""

    says: str
    values: tuple[Claim, ...]
    used: bool
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A conflict between sources, and the choice that was made."""

    topic: str
    sides: tuple[Side, ...]
    because: str


@dataclass(frozen=True, slots=True)
class Arrow:
    """A link of the mechanism, and why it is believed as far as it is."""

    begin: str
    end: str
    label: str
    support: str
    why: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Argued:
    """One account of how mood could follow: what it predicts, and what speaks for and against it."""

    label: str
    predicts: tuple[Sentence, ...]
    in_favour: tuple[Sentence, ...]
    against: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Brief:
    """Everything that a brief shows; ``claims`` holds each number that may appear in it, by its id."""

    evidence: Evidence
    answer: Answer
    what_it_is: tuple[Sentence, ...]
    how_it_works: tuple[Sentence, ...]
    time_course: tuple[Sentence, ...]
    links: tuple[Arrow, ...]
    explanations: tuple[Argued, ...]
    harms: tuple[Sentence, ...]
    report_caveats: tuple[Sentence, ...]
    combination: tuple[Sentence, ...]
    biases: tuple[tuple[Assumed, tuple[Sentence, ...]], ...]
    contrasts: tuple[Contrast, ...]
    judgement: tuple[Sentence, ...]
    unknown: tuple[Sentence, ...]
    important: tuple[Sentence, ...]
    studies: tuple[tuple[str, tuple[Sentence, ...]], ...]
    verdicts: tuple[Verdict, ...]
    disagreements: tuple[Disagreement, ...]
    references: tuple[Reference, ...]
    claims: dict[str, Claim]


def build(evidence: Evidence, store: ReportStore | None = None) -> Brief:
    """Gather a brief from a dossier, and from a store of reports where one is given."""
    found = answer(evidence, store)
    claims = {claim.id: claim for claim in found.claims}

    def keep(claim: Claim) -> Claim:
        claims[claim.id] = claim
        return claim

    def sentence(statement: Statement, name: str) -> Sentence:
        pieces = say(statement, name)
        for piece in pieces:
            if isinstance(piece, Claim):
                keep(piece)
        return Sentence(pieces, statement.status, statement.sources)

    def sentences(statements: tuple[Statement, ...], name: str) -> tuple[Sentence, ...]:
        return tuple(sentence(statement, f"{name}{index}") for index, statement in enumerate(statements))

    conflicts = [
        (name, conflict)
        for name, listed in (
            ("dossier", evidence.dossier.conflicts),
            *((study.id, study.conflicts) for study in evidence.studies.values()),
        )
        for conflict in listed
    ]
    disagreements = tuple(
        Disagreement(
            conflict.topic,
            tuple(
                Side(
                    side.says,
                    tuple(
                        keep(quote(number, f"conflict.{conflict.id}.{at}.{place}", conflict.topic))
                        for place, number in enumerate(side.values)
                    ),
                    side.used,
                    (side.source,) if side.source else (),
                )
                for at, side in enumerate(conflict.sides)
            ),
            conflict.because,
        )
        for _, conflict in sorted(conflicts, key=lambda item: (len(item[1].id), item[1].id))
    )
    products, comparators, mechanism = evidence.products, evidence.comparators, evidence.mechanism
    nodes = mechanism.nodes if mechanism else {}
    headline = evidence.dossier.outcomes[evidence.dossier.analyses[evidence.dossier.headline].outcome]
    return Brief(
        evidence=evidence,
        answer=found,
        what_it_is=sentences(products.what_it_is, "what"),
        how_it_works=sentences(products.how_it_works, "how"),
        time_course=sentences(products.time_course, "time"),
        links=tuple(
            Arrow(nodes[it.begin], nodes[it.end], it.label, it.support, sentences(it.why, f"link.{key}."))
            for key, it in (mechanism.links.items() if mechanism else ())
        ),
        explanations=tuple(
            Argued(it.label, sentences(it.predicts, f"foretells.{key}."), sentences(it.in_favour, f"favour.{key}."),
                   sentences(it.against, f"against.{key}."))
            for key, it in (mechanism.explanations.items() if mechanism else ())
        ),
        harms=sentences(products.harms, "harms"),
        report_caveats=sentences(evidence.reports.caveats if evidence.reports else (), "caveats"),
        combination=sentences(products.combination, "with"),
        biases=tuple(
            (each, sentences(each.why, f"bias{place}."))
            for place, each in enumerate(found.bias.priors if found.bias else ())
        ),
        contrasts=tuple(
            Contrast(
                each.topic,
                sentence(each.network, f"contrast{place}.network"),
                sentence(each.here, f"contrast{place}.here"),
                each.serious,
            )
            for place, each in enumerate(comparators.transitivity if comparators else ())
        ),
        judgement=sentences((*comparators.judgement, comparators.origin) if comparators else (), "judgement"),
        unknown=sentences(evidence.dossier.unknown, "unknown"),
        important=sentences(headline.minimal_important_difference, "important"),
        studies=tuple(
            (study.label, sentences((*study.population, *study.findings), f"study.{study.id}."))
            for study in evidence.studies.values()
        ),
        verdicts=tuple(
            Verdict(claim.claim, claim.verdict, sentences(claim.why, f"claim.{claim.id}."), claim.computed)
            for claim in evidence.claims.claims
        ),
        disagreements=disagreements,
        references=tuple(evidence.references.values()),
        claims=claims,
    )  # fmt: skip
