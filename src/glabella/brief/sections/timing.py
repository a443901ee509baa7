"""How soon and how long: as trials saw it, then as a model has it."""

from __future__ import annotations

from collections.abc import Iterator

from glabella.brief.doses import timed, treated
from glabella.brief.mechanism import fitted_model
from glabella.brief.quoting import say
from glabella.brief.results import Results
from glabella.brief.sentence import sentence
from glabella.dossier import Statement
from glabella.shown import Column, Inline, Ledger, Row, Section, Shown, Table


def brief(results: Results, book: Ledger) -> Section | None:
    """Set how soon beside how long: for the condition first, then for the body, what trials saw before a model."""

    def cell(statement: Statement | None, name: str) -> Inline:
        return "not known" if statement is None else say(book, statement, name, marked=False)

    rows = [
        Row((course.label, cell(course.soon, f"soon{place}"), cell(course.long, f"long{place}")))
        for place, course in enumerate(results.evidence.summary.course)
    ]
    if not rows:
        return None
    rows += _modelled(results, book)
    columns = (Column("What"), Column("How soon"), Column("How long"))
    return Section("timing", "How soon, how long", (Table("", columns, tuple(rows), look="time"),))


def _modelled(results: Results, book: Ledger) -> Iterator[Row]:
    """Give what the fitted model says, for the dose that a trial timed where there is one."""
    model = fitted_model(results)
    if model is None:
        return
    rows = tuple(
        treated(model, book, chr(ord("A") + at), row)
        for at, row in enumerate(model.shown)
        if row.product == model.fitted.mood.product
    )
    found = timed(model, rows)
    row = found[1] if found is not None else next(each for each in rows if each.row == model.usual)
    poor = "Predicts poorly. " if model.predicts_poorly else ""
    lost: Inline = "Not known: nothing late was seen."
    if row.row.known:
        text = "Half lost it after {duration}; in a new trial, {new}."
        lost = sentence(text, duration=row.duration, new=Shown(row.new_trial, "limits"))
    yield Row((
        f"{model.words.part[:1].upper()}{model.words.part[1:]}, as modelled",
        sentence("{poor}Weaker within {onset} in half of the {who}.", poor=poor, onset=row.onset, who=row.row.sex),
        lost,
    ))  # fmt: skip
