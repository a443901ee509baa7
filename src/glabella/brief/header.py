"""What stands around a document's title: when was searched, what is asked, and whether it is approved."""

from __future__ import annotations

from glabella.brief.quoting import say
from glabella.brief.results import Results
from glabella.shown import Block, Inline, Ledger, Name, Paragraph, Strong, dated


def about(results: Results) -> Inline:
    """Say when sources were searched, or only looked at."""
    search = results.evidence.dossier.search
    what = "sources seen: " if search.systematic == "no" else "sources searched: "
    return (what, Name(dated(search.date)) if search.date else "date not recorded")


def header(results: Results, book: Ledger) -> tuple[Block, ...]:
    """Give the question, and whether the treatment is approved for it."""
    evidence = results.evidence
    asked: list[Inline] = [evidence.summary.asked or evidence.dossier.question.title]
    if evidence.summary.approval is not None:
        asked += [" ", Strong(say(book, evidence.summary.approval, "approval", marked=False))]
    return (Paragraph(tuple(asked)),)


def footer() -> tuple[Block, ...]:
    """Say what the document is not."""
    return (Paragraph("Decision support on published evidence, not medical advice.", "note"),)
