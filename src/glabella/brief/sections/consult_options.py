"""The options of a consultation side by side, what matters to the person, and whether that allows a ranking."""

from __future__ import annotations

from glabella._version import __version__
from glabella.brief.for_person import ForPerson, only_of
from glabella.brief.quoting import capital, joined, say
from glabella.brief.sections.treatment import given
from glabella.decision.chances import Chance
from glabella.decision.preferences import Reading, n_per_group
from glabella.decision.whose_values import POWER, has_number, whose_values
from glabella.dossier import OfBaseline, Statement
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
    Source,
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
#: Below what the trials gave.
_GIVEN = (
    "This is what trials gave, and no prescription. Units are each product’s own: those of one product cannot be "
    "turned into those of another."
)
_LEADS = {"person": "the person decides", "together": "both decide together", "clinician": "the clinician decides"}


#: Why nothing is ranked, in words.
_WHY = {
    "missing": "A number is missing, as the table shows: an option without one cannot be weighed against others.",
    "controls": "The chances stand beside different controls, so one option cannot be weighed against another.",
    "family": "Some of these are of the same outcome, which would then count too much.",
    "range": "The dossier does not say between which numbers each of these is worth telling apart.",
    "gate": "Too few options do enough for anything to be weighed.",
}


def options(of: ForPerson, book: Ledger) -> Section:
    """Set the options side by side, each in the same rows; below, what the studies gave in which dose."""
    found = of.found.chances
    rows = [
        Row((title, *(_said(of, book, each, name) for each in found.values()))) for name, title in _ROWS.items()
    ]
    rows.append(Row(("How sure that it helps", *(_sure(of, key) for key in found))))
    if any(each.remarks or _stopped(of, each) for each in found.values()):
        rows.insert(1, Row(("For this person", *(_remarks(of, book, each) for each in found.values()))))
    columns = (Column("About each"), *(Column(Name(each.option.label)) for each in found.values()))
    content: list[Block] = [Table("", columns, tuple(rows))]
    if others := _others(of, book):
        content.append(Items(others))
    if not of.found.eligibility.stops and (table := given(of.results, book)):
        content += [*table, Paragraph(_GIVEN, "note")]
    return Section("options", "The options", tuple(content))


def _stopped(of: ForPerson, chance: Chance) -> bool:
    return chance.option.this and bool(of.found.eligibility.stops)


def _remarks(of: ForPerson, book: Ledger, chance: Chance) -> Cell:
    """Say what this person must know of an option."""
    said: list[Inline] = [Strong("Out of the question, as said above.")] if _stopped(of, chance) else []
    told: dict[str, Inline] = {}
    for key in chance.told:
        remark = chance.option.remarks[key]
        # What two say alike is said once.
        if remark.text.text not in told:
            told[remark.text.text] = say(book, remark.text, f"option.{chance.id}.remark.{key}")
    return joined([*said, *told.values()], " ")


def _others(of: ForPerson, book: Ledger) -> tuple[Inline, ...]:
    """Name the options that this person is not offered, with why, and those of which that is not known."""
    options, asks = of.consultation.options, of.consultation.asks
    said: list[Inline] = []
    for key, why in of.found.out.items():
        texts = [say(book, options[key].not_for[name].text, f"option.{key}.not_for.{name}") for name in why]
        said.append((Strong(("Not offered here: ", Name(options[key].label), ". ")), joined(texts, " ")))
    for key, asked in of.found.maybe.items():
        labels = joined([Name(asks[ask].label) for ask in asked])
        said.append(
            (Strong(("Not known whether it is an option: ", Name(options[key].label), ". ")), "Ask: ", labels, ".")
        )
    return tuple(said)


def _said(of: ForPerson, book: Ledger, chance: Chance, name: str) -> Cell:
    """Say something of an option; how one goes on is not said of what is out of the question."""
    if name in ("visits", "trouble") and _stopped(of, chance):
        return "out of the question"
    said: Statement = getattr(chance.option, name)
    return say(book, said, f"option.{chance.id}.{name}")


def _sure(of: ForPerson, key: str) -> Cell:
    chance = of.found.chances[key]
    if chance.certainty is not None:
        return Icon("certainty", chance.certainty)
    if chance.state == "withheld" and chance.option.effect is not None:
        return "no number for you"
    return "not rated"


def matters(of: ForPerson, book: Ledger) -> Section | None:
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
    content += _ranking(of, book)
    options = of.found.chances
    rows = tuple(
        Row((Name(capital(found[key].label)), *(_data(of, key, option) for option in options))) for key in order
    )
    columns = (Column("What may matter"), *(Column(Name(each.option.label)) for each in options.values()))
    content.append(Table("Is there a number for it?", columns, rows))
    if of.person.leads is not None:
        content.append(Paragraph(("Who leads in the choice: ", _LEADS[of.person.leads], ".")))
    return Section("matters", "What matters to you", tuple(content))


def _ranking(of: ForPerson, book: Ledger) -> list[Block]:
    """Say whether options can be ranked by what matters, and what people would choose who put each of it first."""
    ranked, labels = of.ranked, {key: each.option for key, each in of.found.chances.items()}
    if ranked.because is not None or ranked.first is None:
        lead = ("The evidence, not your values, is the problem: ", Strong("nothing is ranked"), ".")
        said: list[Block] = [Paragraph(lead, "lead"), Paragraph(_WHY[ranked.because or "missing"])]
        return [*said, Paragraph(_would_allow(of, book))] if ranked.missing else said
    if all(it.reading is Reading.EVIDENCE for it in ranked.first.values()):
        lead = ("The evidence, not your values, is the problem: ", Strong("nothing is ranked"), ".")
        return [Paragraph(lead, "lead")]
    items: list[Inline] = []
    for key, it in ranked.first.items():
        what = Name(of.consultation.matters[key].label)
        if it.reading not in (Reading.CHOOSE, Reading.LEAN):
            items.append(("Putting ", what, " first does not settle it."))
            continue
        does = " first would choose " if it.reading is Reading.CHOOSE else " first would lean to "
        option = Strong(Name(labels[ranked.entering[it.option]].label))
        number = book(
            f"matters.{key}",
            f"draws in which {labels[ranked.entering[it.option]].label} is first where "
            f"{of.consultation.matters[key].label} is put first, of a hundred",
            100 * it.share,
            population="people like this one",
            time_span="as each option’s",
            certainty="not rated",
            function=whose_values,
            version=__version__,
            inputs=of.inputs,
            sources=(),
            decimals=0,
        )
        items.append(("People who put ", what, does, option, ": it is first in ", number, " of a hundred draws."))
    out = [Name(labels[key].label) for key in labels if key not in ranked.entering]
    content: list[Block] = [Items(tuple(items))]
    if out:
        content.append(Paragraph(("Not ranked, since it probably does not do enough: ", joined(out), ".")))
    return content


def _would_allow(of: ForPerson, book: Ledger) -> Inline:
    """Say which numbers would allow a ranking, and which trial would give one where those there are disagree."""
    matters, options = of.consultation.matters, of.consultation.options
    lacking: dict[tuple[str, ...], list[str]] = {}
    for key in matters:
        if without := tuple(option for matter, option in of.ranked.missing if matter == key):
            lacking.setdefault(without, []).append(key)
    parts = [
        (
            joined([Name(matters[key].label) for key in keys], " and "),
            " with ",
            "any option"
            if len(without) == len(of.found.chances)
            else joined([Name(options[it].label) for it in without]),
        )
        for without, keys in lacking.items()
    ]
    pieces: list[Inline] = ["To rank them one needs a number for ", joined(parts, "; for "), "."]
    for it in of.ranked.wanted:
        what, option = matters[it.matter].label, options[it.option].label
        under = book.under(f"matters.trial.{it.matter}.{it.option}.", population="people like this one",
                           time_span="as each option’s", certainty="not rated", function=n_per_group,
                           version=__version__, inputs=of.inputs, sources=(), decimals=0)  # fmt: skip
        gate = of.consultation.gate
        assert gate is not None  # or no trial is wanted
        people = under("people", f"people in each group of a trial of {option}, for {what}", it.people)
        least = under("least", "difference that it is to find, of a hundred people", gate.value,
                      sources=tuple(Source(key, gate.status, gate.at) for key in gate.sources))  # fmt: skip
        power = under("power", "chance with which it finds it, of a hundred", 100 * POWER)
        pieces += [
            *(" For ", Name(what), " with ", Name(option), " that takes a trial with "),
            *(
                people,
                " people in each group: it would find a difference of ",
                least,
                " of a hundred people ",
                power,
            ),
            " times of a hundred.",
        ]
    return tuple(pieces)


def _data(of: ForPerson, matter: str, option: str) -> Cell:
    found = of.consultation.matters[matter]
    if not found.chance and _stopped(of, of.found.chances[option]):
        return "out of the question"
    if has_number(found, option, of.found, of.counted):
        return "yes, below"
    if not found.chance:
        return "not counted"
    state = of.found.chances[option].state
    return {
        "readings": "several, that disagree",
        "if": "a range so far; ask first",
        "withheld": "none for people like you",
    }.get(state, "not known")


def decide(of: ForPerson, book: Ledger) -> Section:
    """Leave room to note what was decided; what is out of the question cannot be chosen, nor begun what is open."""
    boxes = tuple(("☐ ", Name(each.option.label), _only(of, book, each))
                  for each in of.found.chances.values() if not _stopped(of, each))  # fmt: skip
    by_hand = Paragraph("Print this page and tick the boxes with a pen: they cannot be pressed here.", "note")
    return Section("decide", "Decided today", (by_hand, Items((*boxes, "☐ to think it over"))))


def _only(of: ForPerson, book: Ledger, chance: Chance) -> Inline:
    """Say on what the choice of an option hangs, so that nobody ticks it bare who read a warning above."""
    found, asks = of.found.eligibility, of.consultation.asks
    waits: list[Inline] = []
    if found.before_all:
        waits.append("after what comes before anything else")
    if chance.option.this:
        waits += _not_yet(of, book)
    else:
        if chance.unasked:
            labels = joined([Name(asks[ask].label) for ask in chance.unasked])
            waits.append(("after these are asked (", labels, ")"))
        waits += [say(book, only, name, marked=False) for name, only in only_of(chance)]
    if of.low and not isinstance(chance.option.effect, OfBaseline):
        why = "after it is agreed why anything is to be added while the score is low"
        waits.append(f"{why}, as no fall of it could show that it helps")
    if chance.option.this and any(met.rule.only is None for met in found.cautions):
        waits.append("with what stands under “Take care” in mind")
    return (": only ", joined(waits, "; ")) if waits else ""


def _not_yet(of: ForPerson, book: Ledger) -> list[Inline]:
    """Say before what the treatment must not begin."""
    waits: list[Inline] = []
    if of.found.eligibility.first:
        waits.append("after what stands under “Ask first” is cleared")
    if of.to_ask:
        waits.append("after the questions that are still to ask are answered")
    if of.must_wait:
        waits.append("after the wait since the last dose")
    if of.since and not of.got_better:
        waits.append("if it was given, not again, as the score is not better by what counts")
    return waits + [say(book, only, name, marked=False) for name, only in of.comes_first]
