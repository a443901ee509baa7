"""What is known of repeating it: what trials did, and when the part weakens no more."""

from __future__ import annotations

from glabella.brief.doses import treated
from glabella.brief.mechanism import fitted_model
from glabella.brief.quoting import say_all
from glabella.brief.results import Results
from glabella.brief.sentence import sentence
from glabella.shown import Ledger, Paragraph, Section, Shown


def report(results: Results, book: Ledger) -> Section | None:
    """Say that it was not tried, and what of the question the course of the part answers.

    Nothing is simulated of relief under repeated treatment: it would rest on an effect that the trials do not show.
    """
    model = fitted_model(results)
    if model is None or not model.words.repeated:
        return None
    usual = treated(model, book, "R", model.usual)
    said = say_all(book, model.words.repeated, "repeated")
    lead = tuple(part for each in said for part in (each, " "))
    known = usual.duration.value is not None
    course = sentence(
        "The {part} weakens for a time that is known: in half of the {who} who responded it was back after "
        "{duration}, in a new trial after {new} weeks.",
        part=model.words.part, who=usual.row.sex, duration=usual.duration, new=Shown(usual.new_trial, "limits"),
    ) if known else f"How long the {model.words.part} stays weak is not known either."  # fmt: skip
    rest = (
        f" Whether {results.evidence.words.condition} returns with it, and whether repeating prevents that, nobody "
        "has tested; so nothing is computed of it here."
    )
    return Section("repeat", "What if it is repeated?", (Paragraph(lead, "lead"), Paragraph((course, rest))))
