"""How it was done: what was searched and read, how effects are pooled and rated, and how to make it again."""

from __future__ import annotations

from collections import Counter

from glabella._version import __version__
from glabella.brief.counting import count
from glabella.brief.quoting import say
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

#: How the variance between trials is estimated, and how the interval is made.
_METHODS = {
    "REML": "by random effects, the variance between trials estimated by restricted maximum likelihood",
    "DL": "by random effects, the variance between trials estimated after DerSimonian and Laird",
    "common": "as one common effect",
}
_TESTS = {
    "knha": "the interval after Hartung, Knapp, Sidik and Jonkman",
    "t": "an interval from the t distribution",
    "z": "an interval from the normal distribution",
}
_PREDICTION = (
    "A prediction interval says where the true effect of a new trial is expected. In simulations with few trials, "
    "or with trials that differ little, it holds that effect less often than its name says; how often stands in "
    "the project's pages on coverage."
)
_CERTAINTY = (
    "Certainty starts at high and falls one level for each reason: studies that were not randomised (two levels "
    "where none was); trials of another question; few trials; an interval that includes no difference; trials that "
    "disagree; risk of bias; people who could tell what they got. The reasons stand beside the word. It is a rule "
    "that anyone can check, not the judgement of a panel."
)
_UNJUDGED = "No study here has a published judgement of risk of bias, so no analysis is chosen by it."
_MEMORY = (
    "A value from memory stands only among what is held out of every fit and among priors. It is no result, is "
    "drawn nowhere and enters no score."
)
#: Of the kinds of sources so many are named, the commonest; the others are summed up.
_NAMED = 8


def report(results: Results, book: Ledger) -> Section | None:
    """Say how the document was made."""
    evidence = results.evidence
    content: list[Block] = [
        Paragraph(
            "Every number here comes from the files of one dossier. The same files and the same version of the "
            "program give the same document.",
            "lead",
        ),
        Heading("How effects are pooled"),
        Items((*_pooling(results), _PREDICTION, _MEMORY)),
        Heading("How certainty is rated"),
        Paragraph(_CERTAINTY),
    ]
    if all(study.risk_of_bias.judgement is None for study in evidence.studies.values()):
        content.append(Paragraph(_UNJUDGED))
    content += [
        Heading("What was searched and read"),
        Paragraph(_searched(results, book)),
        Details("What kinds of sources were read", (_sources(results, book.under("methods.source.")),)),
        Heading("To make it again"),
        Items(
            (
                (Name("glabella report"), " writes this document, made by version ", Name(__version__), "."),
                (Name("glabella report verify FILE"), " makes it again from the dossier and names what differs."),
                "“Every number” below says of each number which function made it, and from which files.",
            )
        ),
    ]
    return Section("methods", "Methods, and how to make it again", tuple(content))


def _pooling(results: Results) -> list[str]:
    """Say how the shown analyses pool, each way once, the headline's first."""
    dossier = results.evidence.dossier
    declared = [dossier.analyses[dossier.headline], *results.analyses.values()]
    ways = dict.fromkeys((analysis.method, analysis.test) for analysis in declared)
    first, *others = (f"{_METHODS[method]}, with {_TESTS[test]}" for method, test in ways)
    return [f"Effects are pooled {first}.", *(f"Some analyses pool {other}." for other in others)]


def _searched(results: Results, book: Ledger) -> Inline:
    """Say when and where was searched, or that it was not written down."""
    search = results.evidence.dossier.search
    said: list[Inline] = []
    if search.date:
        said.append(("Last search: ", Name(dated(search.date)), ". "))
    if search.statement:
        said.append(say(book, search.statement, "methods.search"))
    return tuple(said) or "When and where was searched for studies is not recorded in this dossier."


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
