"""Claims that people meet, each with the verdict of the evidence, the rule that decides it, and the reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import get_args

from glabella.brief.claims import decisions_of, verdicts_of
from glabella.brief.counting import count
from glabella.brief.quoting import capital, joined, say_all
from glabella.brief.results import Results
from glabella.brief.ruled import rule_said, told
from glabella.brief.sections import combinations
from glabella.decision.flips import MEANT
from glabella.dossier import ClaimPart, PopularClaim
from glabella.shown import (
    Block,
    Column,
    Details,
    Heading,
    Icon,
    Inline,
    Items,
    Ledger,
    Link,
    Name,
    Paragraph,
    Row,
    Section,
    Small,
    Strong,
    Table,
)

#: What a dossier's claim may ask to be computed besides (its field ``computed``), and who says it: a function that
#: gives a sentence, or None where the dossier lacks what it needs.
COMPUTED: Mapping[str, Callable[[Results, Ledger], Inline | None]] = {"combination": combinations.computed}
#: Every verdict that there is, in the order in which claims are shown.
_VERDICTS: tuple[str, ...] = get_args(PopularClaim.model_fields["verdict"].annotation)
#: So many claims are seen at a glance; of more there is a table first.
_AT_A_GLANCE = 5
_RULES = (
    "No verdict is typed: each is what the rule below its claim comes to from the trials and sources here, "
    "and a new trial can change it. Of an effect, supported and contradicted ask for the whole interval on "
    "one side and for certainty enough. Inconclusive was tested and cannot be told; untested was tested by nobody "
    "as far as was seen; of what is not judged no source was seen."
)


def report(results: Results, book: Ledger) -> Section | None:
    """List all claims by their verdicts; then of each, or of each part, why, by which rule, and what decided."""
    claims = results.evidence.claims.claims
    if not claims:
        return None
    verdicts = verdicts_of(results)
    ordered = sorted(claims, key=lambda claim: _VERDICTS.index(verdicts[claim.id]))
    content: list[Block] = [Paragraph(_tally(results, book, verdicts), "lead")]
    if decisions_of(results):
        content.append(Paragraph(f"{_RULES} {MEANT}" if results.flips else _RULES))
    if len(claims) > _AT_A_GLANCE:
        content.append(_contents(ordered, verdicts))
    for claim in ordered:
        content.append(Heading((Icon("verdict", verdicts[claim.id]), " “", Name(claim.claim), "”"), _anchor(claim)))
        content += _about(results, book, claim, verdicts)
    return Section("claims", "Popular claims, checked", tuple(content))


def _about(results: Results, book: Ledger, claim: PopularClaim, verdicts: Mapping[str, str]) -> Iterator[Block]:
    """Say of a claim, then of each part, why it has its verdict, by which rule, and what would change it."""
    yield from why(results, book, claim, claim.id)
    yield from _change(results, book, claim, claim.id)
    yield from _computed(results, book, claim)
    for key, part in claim.parts.items():
        yield part_line(part, verdicts[f"{claim.id}.{key}"])
        yield from why(results, book, part, f"{claim.id}.{key}")
        yield from _change(results, book, part, f"{claim.id}.{key}")
        yield from _computed(results, book, part)


def part_line(part: ClaimPart, verdict: str) -> Paragraph:
    """Name a part of a claim, with its verdict."""
    return Paragraph(Strong((Name(capital(part.text)), ": ", Icon("verdict", verdict))))


def _change(results: Results, book: Ledger, judged: PopularClaim | ClaimPart, key: str) -> Iterator[Block]:
    if (flips := results.flips.get(key)) is not None:
        first, *rest = told(results, book, flips.said, judged, f"claim.{key}.", "change")
        begin = capital(first) if isinstance(first, str) else first
        yield Paragraph((begin, *rest, "."), "note")


def _computed(results: Results, book: Ledger, judged: PopularClaim | ClaimPart) -> Iterator[Block]:
    make = COMPUTED.get(judged.computed or "")
    said = None if make is None else make(results, book)
    if said is not None:
        yield Paragraph(said)


def why(results: Results, book: Ledger, judged: PopularClaim | ClaimPart, key: str) -> Iterator[Block]:
    """Give the reasons of a verdict, what decided it, and its rule.

    Parameters
    ----------
    results : Results
        Of the dossier.
    book : Ledger
        Keeps the claims.
    judged : PopularClaim or ClaimPart
        Whose verdict it is.
    key : str
        The claim's id, or ``id.part``.
    """
    name = f"claim.{key}."
    if isinstance(judged, PopularClaim) and judged.looked_for is not None:
        yield Paragraph(("Not judged: ", Name(judged.looked_for)))
    if judged.why:
        yield Items(say_all(book, judged.why, name))
    decision = decisions_of(results).get(key)
    if decision is None:
        return
    found = told(results, book, decision.why, judged, name, "found")
    rule = told(results, book, rule_said(results, judged), judged, name, "rule")
    yield Paragraph(("By rule ", Icon("verdict", decision.verdict), ": ", found, "."), "note")
    yield Details("The rule", (Paragraph((rule, "."), "note"),))


def _anchor(claim: PopularClaim) -> str:
    """Name the place where a claim is told."""
    return f"claim-{claim.id}"


def _contents(claims: list[PopularClaim], verdicts: Mapping[str, str]) -> Table:
    """List the claims in the order in which they follow, each with its verdict, and of one in parts each part's."""
    rows = []
    for claim in claims:
        verdict: list[Inline] = [Icon("verdict", verdicts[claim.id])]
        for key, part in claim.parts.items():
            verdict.append(Small((", ", Name(part.text), ": ", verdicts[f"{claim.id}.{key}"])))
        rows.append(Row((Link(claim.claim, _anchor(claim)), tuple(verdict))))
    return Table("All claims, in the order in which they follow", (Column("Claim", "wide"), Column("Verdict")),
                 tuple(rows))  # fmt: skip


def _tally(results: Results, book: Ledger, verdicts: Mapping[str, str]) -> Inline:
    """Count the verdicts; no score, for claims weigh differently."""
    claims = results.evidence.claims.claims
    sources = [key for claim in claims for reason in claim.reasons for key in reason.sources]
    under = book.under("claim.count.")
    found = {word: sum(verdicts[claim.id] == word for claim in claims) for word in _VERDICTS}
    total = count(results, under, "total", "popular claims", len(claims), files=["claims.yaml"], sources=sources)
    parts = [
        (
            count(
                results,
                under,
                word.replace(" ", "_"),
                f"popular claims, {word}",
                number,
                files=["claims.yaml"],
                sources=sources,
            ),
            f" {word}",
        )
        for word, number in found.items()
        if number
    ]
    return ("Claims that people meet: ", total, ". Verdicts: ", joined(parts), ".")
