"""What stands below a document's title: the edition, what is asked, and whether it is approved."""

from __future__ import annotations

from datetime import date

from glabella.brief.quote import say
from glabella.brief.results import Results
from glabella.shown import Block, Inline, Ledger, Name, Paragraph, Strong

_KINDS = {"brief": "Evidence brief", "report": "Evidence report"}


def header(results: Results, book: Ledger, kind: str) -> tuple[Block, ...]:
    """Give the edition and search date, the question, and the approval."""
    evidence = results.evidence
    search = evidence.dossier.search
    searched: Inline = Name(day(search.date)) if search is not None and search.date else "date not recorded"
    edition = (f"{_KINDS[kind]} · edition ", Name(day(evidence.dossier.updated)), " · sources searched: ", searched)
    asked: list[Inline] = [evidence.summary.asked or evidence.dossier.question.title]
    if evidence.summary.approval is not None:
        asked += [" ", Strong(say(book, evidence.summary.approval, "approval"))]
    return Paragraph(edition, "note"), Paragraph(tuple(asked))


def footer() -> tuple[Block, ...]:
    """Say what the document is not."""
    return (Paragraph("Decision support on published evidence, not medical advice.", "note"),)


def day(iso: str) -> str:
    """Write a date as people do.

    >>> day("2026-11-23")
    '23 November 2026'
    """
    found = date.fromisoformat(iso)
    return f"{found.day} {found:%B} {found.year}"
