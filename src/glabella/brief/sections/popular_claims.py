"""Claims that people meet, each with the verdict of the evidence and the reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import get_args

from glabella.brief.counting import count
from glabella.brief.quoting import capital, joined, say_all
from glabella.brief.results import Results
from glabella.brief.sections import combinations
from glabella.dossier import ClaimPart, PopularClaim
from glabella.shown import Block, Heading, Icon, Inline, Items, Ledger, Name, Paragraph, Section, Strong

#: What a dossier's claim may ask to be computed besides (its field ``computed``), and who says it: a function that
#: gives a sentence, or None where the dossier lacks what it needs.
COMPUTED: Mapping[str, Callable[[Results, Ledger], Inline | None]] = {"combination": combinations.computed}
#: Every verdict that there is, in order.
_VERDICTS: tuple[str, ...] = get_args(PopularClaim.model_fields["verdict"].annotation)


def report(results: Results, book: Ledger) -> Section | None:
    """Give each claim with its verdict, then why; of one in parts each part so."""
    claims = results.evidence.claims.claims
    if not claims:
        return None
    content: list[Block] = [Paragraph(_tally(results, book), "lead")]
    for claim in claims:
        content.append(Heading((Icon("verdict", claim.verdict), " “", Name(claim.claim), "”")))
        content += _reasons(results, book, claim, f"claim.{claim.id}.")
        for key, part in claim.parts.items():
            content.append(Paragraph(Strong((Name(capital(part.text)), ": ", Icon("verdict", part.verdict)))))
            content += _reasons(results, book, part, f"claim.{claim.id}.{key}.")
    return Section("claims", "Popular claims, checked", tuple(content))


def _reasons(results: Results, book: Ledger, judged: PopularClaim | ClaimPart, name: str) -> list[Block]:
    """Give the reasons of a verdict, and what is computed of it besides."""
    content: list[Block] = [Items(say_all(book, judged.why, name))] if judged.why else []
    computed = _computed(results, book, judged)
    return content if computed is None else [*content, Paragraph(computed)]


def _tally(results: Results, book: Ledger) -> Inline:
    """Count the verdicts; no score, for claims weigh differently."""
    claims = results.evidence.claims.claims
    sources = [key for claim in claims for reason in claim.reasons for key in reason.sources]
    under = book.under("claim.count.")
    found = {word: sum(claim.verdict == word for claim in claims) for word in _VERDICTS}
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


def _computed(results: Results, book: Ledger, judged: PopularClaim | ClaimPart) -> Inline | None:
    make = COMPUTED.get(judged.computed or "")
    return None if make is None else make(results, book)
