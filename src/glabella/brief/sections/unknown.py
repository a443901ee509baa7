"""What nobody knows."""

from __future__ import annotations

from glabella.brief.quoting import say_all
from glabella.brief.results import Results
from glabella.shown import Items, Ledger, Section


def brief(results: Results, book: Ledger) -> Section | None:
    """List it in short, or as the report has it where the dossier has no short words."""
    short = results.evidence.summary.unknown
    said = (
        say_all(book, short, "gap", marked=False)
        if short
        else say_all(book, results.evidence.dossier.unknown, "unknown")
    )
    return Section("unknown", "What nobody knows", (Items(said),)) if said else None


def report(results: Results, book: Ledger) -> Section | None:
    """List what the dossier says that nobody knows."""
    statements = results.evidence.dossier.unknown
    if not statements:
        return None
    return Section("unknown", "What nobody knows", (Items(say_all(book, statements, "unknown")),))
