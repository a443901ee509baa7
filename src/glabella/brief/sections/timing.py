"""How soon and how long, as trials saw it."""

from __future__ import annotations

from glabella.brief.quoting import say
from glabella.brief.results import Results
from glabella.dossier import Statement
from glabella.shown import Column, Inline, Ledger, Row, Section, Table


def brief(results: Results, book: Ledger) -> Section | None:
    """Set how soon beside how long: for the condition first, then for the body."""
    courses = results.evidence.summary.course
    if not courses:
        return None

    def cell(statement: Statement | None, name: str) -> Inline:
        return "not known" if statement is None else say(book, statement, name)

    rows = tuple(
        Row((course.label, cell(course.soon, f"soon{place}"), cell(course.long, f"long{place}")))
        for place, course in enumerate(courses)
    )
    columns = (Column("What"), Column("How soon"), Column("How long"))
    return Section("timing", "How soon, how long", (Table("", columns, rows),))
