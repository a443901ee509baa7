"""The options of a consultation side by side, what matters to the person, and whether that allows a ranking."""

from __future__ import annotations

from collections.abc import Iterator

from glabella.brief.for_person import ForPerson
from glabella.brief.quoting import capital, joined, say
from glabella.brief.sections.harms import counts_of
from glabella.dossier import ConsultOption, Statement
from glabella.shown import (
    Block,
    Cell,
    Column,
    Icon,
    Inline,
    Items,
    Ledger,
    Name,
    Paragraph,
    Row,
    Section,
    Strong,
    Table,
)

_ROWS = {
    "what": "What it is",
    "approved": "Approved for this",
    "visits": "Time and visits",
    "trouble": "What may trouble you",
    "unknown": "What nobody knows",
}
_LEADS = {"person": "the person decides", "together": "both decide together", "clinician": "the clinician decides"}


def options(of: ForPerson, book: Ledger) -> Section:
    """Set the options side by side, each in the same rows."""
    found = of.consultation.options
    rows = [
        Row((title, *(say(book, _of(option, name), f"option.{key}.{name}") for key, option in found.items())))
        for name, title in _ROWS.items()
    ]
    rows.append(Row(("How sure that it helps", *(_sure(of, key) for key in found))))
    columns = (Column(""), *(Column(Name(option.label)) for option in found.values()))
    return Section("options", "The options", (Table("", columns, tuple(rows)),))


def _of(option: ConsultOption, name: str) -> Statement:
    said: Statement = getattr(option, name)
    return said


def _sure(of: ForPerson, key: str) -> Cell:
    chance = of.found.chances[key]
    if chance.certainty is not None:
        return Icon("certainty", chance.certainty)
    if chance.state == "withheld" and chance.option.effect is not None:
        return "no number for you"
    return "not rated"


def matters(of: ForPerson, book: Ledger) -> Section | None:  # noqa: ARG001
    """Put what matters in the person's order, and rank the options only where each has data for each of it."""
    found = of.consultation.matters
    if not found:
        return None
    order = [*of.person.order, *(key for key in found if key not in of.person.order)]
    content: list[Block] = []
    if of.person.order:
        said = joined([Name(found[key].label) for key in of.person.order], ", then ")
        content.append(Paragraph(("In this person’s order: ", said, ".")))
    else:
        content.append(Paragraph("Not known, and to be asked: which of these comes first for you?"))
    content.append(Paragraph(_ranking(of), "lead"))
    options = of.consultation.options
    rows = tuple(
        Row((Name(capital(found[key].label)), *(_data(of, key, option) for option in options))) for key in order
    )
    columns = (Column("What may matter"), *(Column(Name(option.label)) for option in options.values()))
    content.append(Table("Is there a number for it?", columns, rows))
    if of.person.leads is not None:
        content.append(Paragraph(("Who leads in the choice: ", _LEADS[of.person.leads], ".")))
    return Section("matters", "What matters to you", tuple(content))


def _ranking(of: ForPerson) -> Inline:
    """Say whether options can be ranked by what matters: only where no number is missing."""
    missing = [
        (matter.label, [of.consultation.options[option].label for option in gaps])
        for key, matter in of.consultation.matters.items()
        if (gaps := list(_gaps(of, key)))
    ]
    if not missing:
        # Then whose values lead where is computed by :mod:`glabella.decision.weighing`.
        return "Each option has a number for all that matters."
    return ("The evidence, not your values, is the problem: ", Strong("nothing is ranked"), ".")


def _gaps(of: ForPerson, matter: str) -> Iterator[str]:
    return (option for option in of.consultation.options if not has_data(of, matter, option))


def has_data(of: ForPerson, matter: str, option: str) -> bool:
    """Tell whether an option has one number for something that matters.

    A chance with several readings and no single number is none; a harm must be counted with the option and without.
    """
    found = of.consultation.matters[matter]
    if found.chance:
        return of.found.chances[option].number is not None
    row = found.harms.get(option)
    pair = of.results.evidence.products.harm_counts.get(row) if row else None
    return pair is not None and all(counts_of(arm) for arm in (pair.arm, pair.versus))


def _data(of: ForPerson, matter: str, option: str) -> Cell:
    if has_data(of, matter, option):
        return "yes, below"
    found = of.consultation.matters[matter]
    if not found.chance:
        return "not counted"
    state = of.found.chances[option].state
    return {
        "readings": "several, that disagree",
        "withheld": "none for people like you",
    }.get(state, "not known")


def decide(of: ForPerson, book: Ledger) -> Section:  # noqa: ARG001
    """Leave room to note what was decided; what is out of the question cannot be chosen."""
    stopped = bool(of.found.eligibility.stops)
    boxes = tuple(("☐ ", Name(option.label)) for option in of.consultation.options.values()
                  if not (option.this and stopped))  # fmt: skip
    return Section("decide", "Decided today", (Items((*boxes, "☐ to think it over")),))
