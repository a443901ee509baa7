"""What nobody knows."""

from __future__ import annotations

from glabella.brief.quote import say_all
from glabella.brief.results import Results
from glabella.shown import Items, Ledger, Section


def report(results: Results, book: Ledger) -> Section | None:
    """List what the dossier says that nobody knows."""
    statements = results.evidence.dossier.unknown
    if not statements:
        return None
    return Section("unknown", "What nobody knows", (Items(say_all(book, statements, "unknown")),))
