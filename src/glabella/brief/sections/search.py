"""How the studies were found: where was looked, when, by what, and how many records came through each step."""

from __future__ import annotations

from collections import Counter

from glabella.brief.counting import count
from glabella.brief.quoting import joined, say, say_all
from glabella.brief.results import Results
from glabella.shown import (
    Block,
    Column,
    Details,
    Heading,
    Inline,
    Items,
    Ledger,
    Name,
    Paragraph,
    Row,
    Section,
    Table,
    dated,
)

#: Whether somebody else could do it again, as the page says it.
_SYSTEMATIC = {
    "yes": "The search was systematic, by this dossier’s own account.",
    "no": (
        "This is not a systematic search: no protocol, no search strings and no counts of records stand behind it, "
        "so studies may be missing and nobody can do it again."
    ),
    "unknown": "Whether the search was systematic is not recorded in this dossier.",
}
_STEPS = {
    "found": "records found",
    "screened": "titles or abstracts looked at",
    "sought": "full texts wanted",
    "read_in_full": "reports of trials read in full",
    "excluded": "records left out after reading",
}
_UNKNOWN = "not known"
#: Of the kinds of sources so many are named, the commonest; the others are summed up.
_NAMED = 8


def report(results: Results, book: Ledger) -> Section:
    """Say what is known of the search, and what is not."""
    search = results.evidence.dossier.search
    content: list[Block] = [Paragraph(_SYSTEMATIC[search.systematic], "lead"), Paragraph(_searched(results, book))]
    if search.looks:
        content += [Heading("Where was looked"), _looks(results)]
    if search.not_read:
        content += [Heading("What could not be read"), Items(say_all(book, search.not_read, "search.not_read"))]
    content += [
        Heading("How many records"),
        _flow(results, book),
        Details("What kinds of sources were read", (_sources(results, book.under("methods.source.")),)),
    ]
    return Section("search", "How the studies were found", tuple(content))


def _searched(results: Results, book: Ledger) -> Inline:
    """Say when and where was searched, or that it was not written down."""
    search = results.evidence.dossier.search
    said: list[Inline] = []
    if search.date:
        what = "Last look: " if search.systematic == "no" else "Last search: "
        said.append((what, Name(dated(search.date)), ". "))
    if search.statement:
        said.append(say(book, search.statement, "methods.search"))
    return tuple(said) or "When and where was searched for studies is not recorded in this dossier."


def _looks(results: Results) -> Table:
    rows = tuple(
        Row(
            (
                Name(dated(look.date)) if look.date else _UNKNOWN,
                joined((Name(source) for source in look.sources), "; ") if look.sources else _UNKNOWN,
                # An empty list says that nothing was typed, null that nobody wrote it down.
                _UNKNOWN
                if look.strings is None
                else joined((Name(string) for string in look.strings), "; ")
                if look.strings
                else "none",
            )
        )
        for look in results.evidence.dossier.search.looks
    )
    return Table(
        "Each look for sources.", (Column("date"), Column("where", "wide"), Column("search strings")), rows
    )


def _flow(results: Results, book: Ledger) -> Table:
    """Give how many records came through each step; the last is what the dossier holds."""
    evidence = results.evidence
    flow, about = evidence.dossier.search.flow, book.under("search.flow.")
    studies = evidence.studies.values()
    files, sources = [f"studies/{study.id}.yaml" for study in studies], [study.reports[0] for study in studies]
    rows = []
    for step, label in _STEPS.items():
        value = getattr(flow, step)
        known: Inline = _UNKNOWN
        if value is not None:
            known = count(results, about, step, label, value, files=["dossier.yaml"], sources=sources)
        rows.append(Row((label, known)))
    held = count(results, about, "held", "studies in this dossier", len(files), files=files, sources=sources)
    rows.append(Row(("studies in this dossier", held)))
    return Table("Records at each step.", (Column("step", "wide"), Column("records", "number")), tuple(rows))


def _sources(results: Results, book: Ledger) -> Table:
    """Count the sources by kind, the commonest first; the rest together."""
    references = results.evidence.references
    kinds = Counter(reference.genre for reference in references.values())
    found: dict[str, list[str]] = {kind: [] for kind, _ in kinds.most_common(_NAMED)}
    for key, reference in references.items():
        found.setdefault(reference.genre if reference.genre in found else "other kinds", []).append(key)
    rows = []
    for place, (kind, keys) in enumerate(found.items()):
        claim = count(
            results, book, str(place), f"sources: {kind}", len(keys), files=["references.json"], sources=keys
        )
        rows.append(Row((Name(kind), claim)))
    return Table("Sources by kind.", (Column("kind"), Column("sources", "number")), tuple(rows))
