"""How sure the evidence is, why, and who took part."""

from __future__ import annotations

from glabella.brief.quoting import capital, say, say_all
from glabella.brief.readings import headline_reading, prediction_of
from glabella.brief.results import Results
from glabella.shown import Icon, Inline, Items, Ledger, Paragraph, Section, Shown, Strong


def brief(results: Results, book: Ledger) -> Section:
    """Say how sure, each reason in plain words, and who was studied."""
    head = headline_reading(results, book)
    one = head.one
    reasons: list[Inline] = [capital(reason) + "." for reason in one.reasons]
    new = prediction_of(results, book, head)
    if new is not None:
        by = ", by a prior" if one.fit.prediction == "prior" else ""
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


def _unit(unit: str) -> str:
    return f" {unit}" if unit else ""


def _joined(sentences: list[Inline]) -> tuple[Inline, ...]:
    pieces: list[Inline] = []
    for place, sentence in enumerate(sentences):
        pieces += [" ", sentence] if place else [sentence]
    return tuple(pieces)
