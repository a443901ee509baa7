"""What comes first in a consultation: a crisis, what the treatment is not, who must not have it, what to ask."""

from __future__ import annotations

from glabella.brief.for_person import ForPerson
from glabella.brief.quoting import capital, joined, quote, say, say_all
from glabella.decision.eligibility import Met, NextDose, next_dose
from glabella.shown import (
    Block,
    Cell,
    Column,
    Columns,
    Details,
    Heading,
    Inline,
    Items,
    Ledger,
    Name,
    Paragraph,
    Row,
    Section,
    Shown,
    Strong,
    Table,
    dated,
)


def crisis(of: ForPerson, book: Ledger) -> Section | None:
    """Say what the clinician does before anything else; nothing where no answer asks for it."""
    asked = of.consultation.crisis
    today = tuple(
        Paragraph((Strong("Today: "), say(book, met.rule.today.text, f"today.{met.id}")))
        for met in of.found.eligibility.today
        if met.rule.today is not None
    )
    today += tuple(Paragraph((Strong("Ask first: "), _asked(of, ask))) for ask in of.found.eligibility.asked_first)
    if asked is None or of.crisis is None or of.found.eligibility.crisis is not True:
        if not today:
            return None
        return Section("crisis", "Before anything else", (*today, Items(again(of, book))), look="box")
    content: tuple[Block, ...] = (
        Paragraph(Strong(say(book, asked.task, "crisis.task"))),
        *today,
        Paragraph(("Whom to call: ", Strong(Name(of.crisis)))),
        *_clashes(of, book),
        Items(
            (
                *say_all(book, asked.safety, "crisis.safety"),
                *again(of, book),
                say(book, asked.always, "crisis.always"),
            )
        ),
    )
    return Section("crisis", "Before anything else", content, look="box")


def _clashes(of: ForPerson, book: Ledger) -> tuple[Block, ...]:
    """Say which answers do not go together, and how to clear it."""
    found = [say(book, of.consultation.clashes[key].text, f"clash.{key}") for key in of.found.eligibility.clashes]
    return tuple(Paragraph((Strong("To clear now: "), each)) for each in found)


def again(of: ForPerson, book: Ledger) -> tuple[Inline, ...]:
    """Say until when to see each other again."""
    if of.seen_again is None:
        return ()
    review, day = of.seen_again
    words = ("See each other again by ", Strong(Name(dated(str(day)))), of.or_by_phone, ". ")
    return ((*words, say(book, review.text, "review")),)


def first(of: ForPerson, book: Ledger) -> Section:
    """Say what the treatment is not; where nobody knows whether there is a crisis, that is asked here."""
    content: list[Block] = [Items(say_all(book, of.consultation.first, "first"))]
    asked = of.consultation.crisis
    if of.visit is not None:
        content.append(Paragraph(_of_then(of)))
    if of.found.eligibility.crisis is not True or of.crisis is None:
        content += _clashes(of, book)
    if asked is not None and of.crisis is not None and of.found.eligibility.crisis is not True:
        if of.found.eligibility.crisis is None:
            content.append(Paragraph((Strong("Not known, and to be asked first: "), _open(of), ".")))
        content += [
            Paragraph(say(book, asked.always, "crisis.always")),
            Paragraph(("In a crisis: ", Strong(Name(of.crisis)))),
        ]
    return Section("first", "First", tuple(content), look="bottom")


def _open(of: ForPerson) -> Inline:
    """Name the asks on which it depends whether there is a crisis."""
    return joined([Name(of.consultation.asks[ask].label) for ask in of.open_first])


def _of_then(of: ForPerson) -> Inline:
    """Say that what was answered weeks ago clears nothing today."""
    day = Name(dated(str(of.person.date)))
    return (
        Strong(("This is a later visit; the answers are those of ", day, ".")),
        " What spoke against something then still counts. What spoke against nothing is to be asked again, and ",
        ("whether ", of.short, " was given since: which product, how much, when. "),
        "To decide anew, hold a consultation with today’s answers.",
    )


def rules(of: ForPerson, book: Ledger) -> Section:
    """Say who must not have the treatment, who needs care, and what is still to be asked, for this person."""
    found = of.found.eligibility
    parts: list[tuple[Block, ...]] = []
    kinds = (found.stops, found.cautions, found.first)
    stops, care, ask = ([each for each in of.told if each in kind] for kind in kinds)
    for title, met in (("Stop", stops), ("Take care", care), ("Ask first", ask)):
        if met:
            parts.append((Heading(title), Items(tuple(_met(book, each) for each in met))))
    if not found.stops and (remarks := _remarks(of, book)):
        parts.append((Heading("For this person"), Items(remarks)))
    content: list[Block] = []
    if of.must_wait and not of.for_good:
        content.append(Paragraph(Strong("Wait: the last dose is too recent, as said below.")))
    plan = of.consultation.plan
    if of.low and plan is not None and plan.low is not None:
        content.append(Paragraph(Strong(say(book, plan.low, "plan.low"))))
    if not parts and not content:
        none = "No rule of the dossier speaks against it in what was answered"
        if found.crisis is True:
            none = f"The choice can wait. {none}"
        content.append(Paragraph(f"{none}, but not everything was." if found.undecided else f"{none}."))
    elif len(parts) == 1:
        content += parts[0]
    elif parts:
        content.append(Columns(tuple(parts)))
    if len(care) < len(found.cautions):
        content.append(Paragraph("How to take care with it is left out, as it is out of the question.", "note"))
    if asks := of.still_to_ask:
        content += [Heading("Still to ask"), Items(tuple(_asked(of, ask) for ask in asks))]
    return Section("rules", f"What speaks against {of.short}", tuple(content))


def _met(book: Ledger, met: Met) -> Inline:
    return say(book, met.rule.text, f"rule.{met.id}")


def _remarks(of: ForPerson, book: Ledger) -> tuple[Inline, ...]:
    """Say of the treatment what the page for home says to such a person too."""
    return tuple(
        say(book, remark.text, f"option.{key}.remark.{name}")
        for key, chance in of.found.chances.items() if chance.option.this
        for name in chance.remarks if (remark := chance.option.remarks[name]).plain is not None
    )  # fmt: skip


def _asked(of: ForPerson, ask: str) -> Inline:
    return Name(of.consultation.asks[ask].ask)


def answers(of: ForPerson, book: Ledger) -> Section:
    """Repeat what was answered, and what is not known."""
    rows = []
    for key, ask in of.consultation.asks.items():
        said = of.answered(book, key) or "not known"
        if of.known.get(key) is None and of.answers.get(key) is not None:
            said = "not asked of this person"
        elif of.answers.get(key) is None and (then := of.at_first(book, key)) is not None:
            said = (then, ", at the first visit: ask again")
        elif (old := of.outdated.get(key)) is not None:
            said = (*of.scored(of.about(book).under("outdated."), key, old), ": too old to count, ask again")
        if (unclear := of.unclear(key)) is not None:
            said = (said, ": ", unclear)
        rows.append(Row((Name(capital(ask.label)), said)))
    table = Table("", (Column("Asked"), Column("Answered", "wide")), tuple(rows), look="list")
    return Section("answers", "", (Details("What was answered", (table,)),))


def doses(of: ForPerson, book: Ledger) -> Section | None:
    """Say when a next dose could be given, product by product; nothing where there was none before."""
    consultation, found = of.consultation, of.found.eligibility
    key = consultation.doses
    if key is None or not found.doses or of.known.get(key) in (None, ()):
        return None
    given = of.answered(book.under("given."), key) or "not known"
    content: list[Block] = [Paragraph((Name(capital(consultation.asks[key].label)), ": ", given, "."))]
    if of.for_good:
        content.append(Paragraph("No day for another is given, as it is out of the question."))
        return Section("doses", "Doses before this visit", tuple(content))
    if found.mixed and consultation.mixed is not None:
        content.append(Paragraph(Strong(say(book, consultation.mixed, "mixed"))))
    if of.visit is not None:
        day = Name(dated(str(of.person.date)))
        content.append(
            Paragraph(
                Strong(("This counts doses up to ", day, " only. If any was given since, no day here holds."))
            )
        )
    rows = tuple(_dose(of, book, each) for each in found.doses)
    columns = (
        Column("Product"),
        Column("Rule", "wide"),
        Column("Days since the last dose of any product"),
        Column("Its units that count now"),
        Column("Earliest day for this product"),
    )
    note = (
        "Rules differ in their time; the day of a row is the latest that its own rule, or that of any product "
        "given before, asks for. Units are each product’s own; they are never added to another’s or turned into "
        "them."
    )
    content.append(Table("", columns, rows, note=note))
    return Section("doses", "When a next dose could be given", tuple(content))


def _dose(of: ForPerson, book: Ledger, each: NextDose) -> Row:
    product = of.results.evidence.products.products[each.product]
    under = of.about(book).under(f"dose.{each.product}.", function=next_dose, inputs=of.inputs)
    days: Cell = "not known"
    if each.days is not None:
        low, high = each.days
        days = (
            under("days", "days since the last dose of any product", high, decimals=0)
            if low == high
            else "not known: a date is missing"
        )
    units: Cell = "no limit seen" if each.spacing.most_units is None else "not known"
    if each.units is not None and each.spacing.most_units is not None:
        most = quote(book, each.spacing.most_units, f"dose.{each.product}.most", f"limit of {product.label}")
        if not each.units and each.others:
            # None of its own would read as none at all.
            units = "not countable: another product was given"
        else:
            counted = under("units", f"units of {product.label} that count now", each.units, decimals=0)
            units = (counted, " of at most ", Shown(most, "number"))
    day: Inline = "not known" if each.earliest is None else Name(dated(str(each.earliest)))
    if each.others or each.unnamed:
        # Each rule is about its own product; after another nobody knows how long is enough.
        day = (day, ", not before; how long is enough after another product is not known")
    if of.visit is not None:
        day = ("if none was given since: ", day)
    earliest: Cell = (Strong("Wait."), " ", day) if each.waited is False else day
    rule = say(book, each.spacing.text, f"spacing.{each.product}")
    return Row((Name(product.label), rule, days, units, earliest))
