"""How sure the evidence is, why, and who took part."""

from __future__ import annotations

from glabella.brief.quoting import capital, say, say_all
from glabella.brief.readings import headline_reading, prediction_of
from glabella.brief.results import PooledAnalysis, Results
from glabella.brief.sure import alone_said, clause, clauses, levels_claim, rated_words
from glabella.decision.rating import DOMAIN_WORDS, TARGET_WORDS, Domain
from glabella.shown import (
    Block,
    Column,
    Icon,
    Inline,
    Items,
    Ledger,
    Name,
    Paragraph,
    Row,
    Section,
    Shown,
    Small,
    Strong,
    Table,
)


def brief(results: Results, book: Ledger) -> Section:
    """Say how sure, each reason in plain words, and who was studied."""
    head = headline_reading(results, book)
    one = head.one
    reasons = _reasons(results, book, one)
    new = prediction_of(results, book, head)
    # Where trials disagree, or a next one may find otherwise, the reason has said where.
    if new is not None and not one.rating.cost("inconsistency"):
        by = " (spread between trials assumed)" if one.fit.prediction == "prior" else ""
        reasons.append(
            ("A new trial’s true effect is expected from ", Shown(new, "limits"), f"{_unit(new.unit)}{by}.")
        )
    search = results.evidence.dossier.search
    # Any other search says of itself what it was, where it says anything.
    known = "Not a systematic search. " if search.systematic == "no" else ""
    if search.statement is not None:
        reasons.append((known, say(book, search.statement, "searched", marked=False)))
    elif known:
        reasons.append(known.strip())
    content: list[Items | Paragraph] = [Items(tuple(reasons))]
    summary = results.evidence.summary
    if summary.studied or summary.not_studied:
        said = [
            *say_all(book, summary.studied, "studied", marked=False),
            *say_all(book, summary.not_studied, "not_studied", marked=False),
        ]
        content.append(Paragraph((Strong("Who was studied. "), *_joined(said))))
    title = ("How sure: ", Icon("certainty", one.certainty))
    return Section("how-sure", title, tuple(content))


def report(results: Results, book: Ledger) -> Section:
    """Show every domain of the headline's certainty, with its number, its levels and why."""
    one = results.headline
    content = domains(results, book, one)
    if len(results.pooled) > 1:
        content.append(_every(results, book))
    trusted = one.outcome.trusted
    if trusted is not None and trusted.why:
        content += [
            Paragraph("Declared, since no number tells it:"),
            Items(say_all(book, trusted.why, "trusted")),
        ]
    return Section("certainty", "How sure, domain by domain", tuple(content))


def domains(results: Results, book: Ledger, one: PooledAnalysis) -> list[Block]:
    """Say how far to trust an analysis, and what each domain costs it, with its numbers."""
    what = TARGET_WORDS[one.rating.target]
    rows = tuple(
        Row((
            capital(DOMAIN_WORDS[move.domain]),
            (*(("up by ",) if move.domain == "rating_up" and move.levels else ()),
             Shown(levels_claim(results, book, one, move), "number") if move.levels else "none"),
            clause(results, book, one, move, whole=True),
        ))
        for move in one.rating.moves
    )  # fmt: skip
    lead: list[Inline] = [f"What is rated: {what}. Certainty: ", Icon("certainty", one.certainty), "."]
    if undeclared := rated_words(one):
        lead.append(f" {capital(undeclared)}.")
    if by_itself := alone_said(results, book, one):
        lead += [" ", by_itself, "."]
    return [
        Paragraph(tuple(lead), "lead"),
        Table(
            "Levels down from high, by domain; the rule stands under the methods.",
            (Column("domain"), Column("levels", "number"), Column("why, with its numbers", "wide")),
            rows,
        ),
    ]


def _every(results: Results, book: Ledger) -> Table:
    """Show what each domain costs every analysis; why stands with the analysis."""
    kinds = [move.domain for move in results.headline.rating.moves if move.domain != "rating_up"]

    def cell(one: PooledAnalysis, kind: Domain) -> Inline:
        found = next((move for move in one.rating.moves if move.domain == kind and move.levels), None)
        return "–" if found is None else Shown(levels_claim(results, book, one, found), "number")

    rows = tuple(
        Row((
            (Name(capital(one.outcome.label)), " ", Small(Name(one.analysis.label))),
            *(cell(one, kind) for kind in kinds),
            Icon("certainty", one.certainty),
        ))
        for one in results.pooled.values()
    )  # fmt: skip
    columns = (
        Column("analysis", "wide"),
        *(Column(DOMAIN_WORDS[kind], "number") for kind in kinds),
        Column("certainty"),
    )
    return Table(
        "Levels that each domain costs every analysis (–: none); why stands with the analysis.", columns, rows
    )


def _reasons(results: Results, book: Ledger, one: PooledAnalysis) -> list[Inline]:
    """Give each reason as a sentence, what cost most first."""
    found = [_capital(each) for each in clauses(results, book, one)]
    if by_itself := alone_said(results, book, one):
        found.insert(0, by_itself)
    if undeclared := rated_words(one):
        found.append(capital(undeclared))
    return [(each, ".") for each in found]


def _capital(said: Inline) -> Inline:
    if isinstance(said, tuple) and said and isinstance(said[0], str):
        return (capital(said[0]), *said[1:])
    return said


def _unit(unit: str) -> str:
    return f" {unit}" if unit else ""


def _joined(sentences: list[Inline]) -> tuple[Inline, ...]:
    pieces: list[Inline] = []
    for place, sentence in enumerate(sentences):
        pieces += [" ", sentence] if place else [sentence]
    return tuple(pieces)
