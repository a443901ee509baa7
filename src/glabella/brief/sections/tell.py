"""Sentences to tell the patient."""

from __future__ import annotations

from glabella.brief.quoting import say_all
from glabella.brief.results import Results
from glabella.shown import Items, Ledger, Section


def brief(results: Results, book: Ledger) -> Section | None:
    """List them."""
    said = say_all(book, results.evidence.summary.tell, "tell", marked=False)
    return Section("tell", "To tell the patient", (Items(said, ordered=True),), look="box") if said else None
