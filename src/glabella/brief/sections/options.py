"""The treatment beside other options: what trials compared directly."""

from __future__ import annotations

from glabella.brief.quoting import say
from glabella.brief.results import Results
from glabella.brief.words import words_of
from glabella.shown import Column, Ledger, Row, Section, Table


def brief(results: Results, book: Ledger) -> Section | None:
    """List the direct comparisons."""
    options = results.evidence.summary.beside
    if not options:
        return None
    rows = tuple(
        Row((each.label, say(book, each.seen, f"beside{place}", marked=False)))
        for place, each in enumerate(options)
    )
    table = Table(
        "",
        (
            Column("Compared directly with"),
            Column(f"What was seen, {words_of(results.evidence).short} first", "wide"),
        ),
        rows,
    )
    return Section("options", "Beside other options", (table,))
