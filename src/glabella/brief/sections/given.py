"""What was given, where and how much, as trials and label say."""

from __future__ import annotations

from glabella.brief.quoting import say_all
from glabella.brief.results import Results
from glabella.shown import Items, Ledger, Section


def brief(results: Results, book: Ledger) -> Section | None:
    """List it."""
    said = say_all(book, results.evidence.summary.given, "given", marked=False)
    return Section("given", "What was given", (Items(said),)) if said else None
