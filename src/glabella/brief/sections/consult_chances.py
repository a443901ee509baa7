"""Chances of a consultation: of how many people the event is expected, and harms in the same number of people."""

from __future__ import annotations

from collections.abc import Iterator

from glabella.brief.for_person import ForPerson
from glabella.brief.icon_arrays import People, figure
from glabella.brief.quoting import capital, joined, say
from glabella.brief.words import words_of
from glabella.decision.chances import Chance, Reading, Refusal
from glabella.dossier import OfBaseline
from glabella.shown import (
    Block,
    Cell,
    Column,
    Columns,
    Details,
    Heading,
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
    plain,
)

#: What the icons mean, in words; the tones are those of :mod:`glabella.brief.icon_arrays`.
KEY = "Filled: {event}. Pale: may or may not. Empty: {without}. The line marks the number itself."

_RISKIER = (
    "By what was answered it may be more often in this person: those in whom it was counted were not like this one."
)
#: What may be set against what, where there is more than one control.
_SAME_CONTROL = "Compare only pictures of one row: another row began with other people and another control."

_MADE = (
    "The chance with an option is its effect in a next trial, put on the chance without it in people like this "
    "one. Both are uncertain, and the interval holds both.",
    "No effect is made personal: no trial here shows that age, sex or how ill somebody is changes it.",
    "Where each row begins with another control, its numbers must not be set against those of another row: being "
    "looked after in a trial helps by itself, so doing nothing is not the same as a control.",
)


def chances(of: ForPerson, book: Ledger) -> Section:
    """Draw for each option of how many people the event is expected, those with the same control together."""
    consultation = of.consultation
    content: list[Block] = [Paragraph(_lead(of))] if _controls(of) else []
    for keys in _controls(of).values():
        # Before the pictures, as afterwards the eye has chosen one already.
        content += [Paragraph(_no_one_number(of, each)) for key in keys
                    if (each := of.found.chances[key]).state == "readings"]  # fmt: skip
        parts = [_without(of, book, keys[0])]
        for key in keys:
            parts += _with(of, book, of.found.chances[key])
        content.append(Columns(tuple(parts), look="icons"))
        content += [block for key in keys for block in _refused(of, book, of.found.chances[key])]
        content += _why(of, book, keys[0])
    content += [Paragraph(_none(of, book, chance)) for chance in of.found.chances.values()
                if chance.state in ("withheld", "no number")]  # fmt: skip
    if _controls(of):
        content.append(Paragraph(KEY.format(event=consultation.event, without=of.happens()[1]), "note"))
        content.append(Details("How these numbers were made", (Items(_MADE),)))
    return Section("chances", Name(f"How many {consultation.event}"), tuple(content))


def _lead(of: ForPerson) -> Inline:
    return (
        "Numbers of people like this one in these respects, and of nobody alone: no trial here allows a number "
        "made for one person. All pictures are of ",
        of.of_people,
        ". " + _SAME_CONTROL if len(_controls(of)) > 1 else ".",
    )


def _controls(of: ForPerson) -> dict[str, list[str]]:
    """Give the options with any number by what they were compared with, in the dossier's order."""
    found: dict[str, list[str]] = {}
    for key, chance in of.found.chances.items():
        if chance.without is not None:
            found.setdefault(chance.without.control, []).append(key)
    return found


def _without(of: ForPerson, book: Ledger, key: str) -> tuple[Block, ...]:
    """Draw how often the event comes without an option."""
    chance = of.found.chances[key]
    assert chance.without is not None
    bases = [of.consultation.baselines[name] for name in chance.without.ids]
    it = of.without(book, chance.without)
    title: Inline = Name(capital(bases[0].label))
    if len(bases) > 1:
        title = "Without any of these: one of the groups named below"
    if isinstance(chance.option.effect, OfBaseline):
        title = (Name(chance.option.label), Small(Name(bases[0].label)))
    more: list[Inline] = [Small(Name(capital(" or ".join(dict.fromkeys(base.time for base in bases)))))]
    if not chance.without.printed and it.claim.limits is None:
        more.append(Small("How sure this is was not reported"))
    happens = of.happens(chance.without)
    name = f"icons-{chance.without.control}"
    return (Heading(title), figure(it, name, bases[0].label, happens, of.of_people, tuple(more)))


def _with(of: ForPerson, book: Ledger, chance: Chance) -> Iterator[tuple[Block, ...]]:
    """Draw how often it comes with the option: one number, or several readings and none of them alone."""
    if chance.main is None:
        return
    readings: list[tuple[Reading, Inline]] = [(chance.main, "")]
    if chance.state == "readings":
        readings = [(each, _reading(each)) for each in shown_readings(chance)]
    for place, (each, words) in enumerate(readings):
        it = of.with_option(book, chance, each, reading_name(chance, each))
        title: Inline = (Name(chance.option.label), Small(words)) if words else Name(chance.option.label)
        more: list[Inline] = [Small(Name(capital(chance.option.time or "time not known")))]
        if chance.certainty is not None:
            more.append(Small(("How sure: ", Icon("certainty", chance.certainty))))
        said = f"{chance.option.label} {plain(words)}".strip()
        yield (
            Heading(title),
            figure(it, f"icons-{chance.id}-{place}", said, of.happens(), of.of_people, tuple(more)),
        )


def shown_readings(chance: Chance) -> list[Reading]:
    """Give the readings that are drawn: those of others, each whole; none where there would be one alone."""
    others = [each for each in chance.readings if not each.effect.less]
    return others if len(others) > 1 else []


def reading_name(chance: Chance, reading: Reading) -> str:
    """Name a reading's claims."""
    main = chance.main is reading
    return "with" if main else f"{reading.effect.id}{'.less' if reading.effect.less else ''}"


def _reading(reading: Reading) -> Inline:
    return ("if these are right: ", Name(reading.effect.label))


def _refused(of: ForPerson, book: Ledger, chance: Chance) -> list[Block]:
    """Set every reading beside the others where there is no single number; or say on what one depends."""
    if chance.state == "if":
        return [Paragraph((Strong((Name(chance.option.label), ": ")),
                           "this number holds if what is not known is as it mostly was in the trials: ",
                           _labels(of, chance.open), ". Ask."))]  # fmt: skip
    if chance.state != "readings" or chance.main is None:
        return []
    rows = []
    for each in (chance.main, *chance.readings):
        it = of.with_option(book, chance, each, reading_name(chance, each))
        rows.append(_row(of, book, chance, each, it))
    columns = (
        Column("If one goes by", "wide"),
        Column(f"{of.consultation.event}, of {of.of_people}"),
        Column("Chance that it does worse than its control, of a hundred"),
        Column("Interval of"),
    )
    return [Details("Every reading of its trials", (Table("", columns, tuple(rows)),))]


def _no_one_number(of: ForPerson, chance: Chance) -> Inline:
    """Say why no reading of an option's trials stands for all."""
    why = joined([_because(of, each) for each in chance.refused], "; ")
    said = (Name(chance.option.label), ": no trial allows one number for you.")
    return (
        Strong(said),
        " ",
        why,
        ". Do not go by one picture alone; each shows what is likely if some trials are right.",
    )


def _row(of: ForPerson, book: Ledger, chance: Chance, each: Reading, it: People) -> Row:
    label: list[Inline] = [Name(each.effect.label)]
    if each.effect.less:
        label.append(", less the usual bias of people who know what they got")
    worse = of.worse(book, chance, each, reading_name(chance, each))
    whose: Cell = "a next trial" if each.effect.of == "next trial" else "these trials, and not of a next one"
    return Row((tuple(label), Shown(it.claim, "limits" if it.claim.value is None else "bare"), worse, whose))


def _because(of: ForPerson, refusal: Refusal) -> Inline:
    match refusal.why:
        case "very low":
            return "How sure the trials are is very low"
        case "wide":
            return "a next trial may find almost anything"
        case "one trial":
            return "what a next trial would find cannot be told"
        case "stop":
            return "it is out of the question by the rules above"
        case "nobody":
            labels = {each.id: each.label for each in of.found.distances}
            return ("As far as was seen nobody in the trials was like you in ",
                    joined([Name(labels[key]) for key in refusal.of]))  # fmt: skip
        case "low":
            return "The score is low already, and the trials were of people with higher ones"
        case "open":
            return ("not everything was answered: ", _labels(of, refusal.of))


def _labels(of: ForPerson, asks: tuple[str, ...]) -> Inline:
    return joined([Name(of.consultation.asks[ask].label) for ask in asks])


def _none(of: ForPerson, book: Ledger, chance: Chance) -> Inline:
    """Say why an option has no number."""
    name = Strong((Name(chance.option.label), ": "))
    if chance.state == "no number":
        return (name, "no number is known.")
    texts: list[Inline] = [(_because(of, each), ".") for each in chance.refused]
    texts += [text for key in chance.withheld for text in _texts(of, book, chance, key)]
    return (name, "no number for you. ", joined(texts, " "))


def _texts(of: ForPerson, book: Ledger, chance: Chance, key: str) -> Iterator[Inline]:
    """Give the words of a reason, whose claims a rule above has made already."""
    if key in chance.option.not_for:
        yield say(book, chance.option.not_for[key].text, f"option.{chance.id}.not_for.{key}")
    elif key in of.consultation.rules:
        yield say(book, of.consultation.rules[key].text, f"rule.{key}")
    elif key in of.consultation.baselines:
        yield ("The number that is known is of ", Name(of.consultation.baselines[key].label), ".")


def _why(of: ForPerson, book: Ledger, key: str) -> list[Block]:
    """Say who the people without the option were."""
    chance = of.found.chances[key]
    assert chance.without is not None
    said: list[Inline] = []
    for name in chance.without.ids:
        base = of.consultation.baselines[name]
        said += [Name(capital(base.label)), ": ", say(book, base.why, f"baseline.{name}"), " "]
    if len(chance.without.ids) > 1:
        said.append("Which of them is like this person is not known, so the range of all is shown.")
    return [Paragraph(tuple(said), "note")]


# --- harms ------------------------------------------------------------------------------------------------


def harms(of: ForPerson, book: Ledger) -> Section:
    """Draw harms in as many people as the chances, with the option and without; what was not counted says so."""
    content: list[Block] = []
    pairs = of.results.evidence.products.harm_counts
    for option in (each.option for each in of.found.chances.values()):
        # What is out of the question has no harm that could come.
        if not option.harms or (option.this and of.found.eligibility.stops):
            continue
        for place in range(0, len(option.harms), 2):
            parts: list[tuple[Block, ...]] = []
            for row in option.harms[place : place + 2]:
                for side, it in zip(("without", "with"), reversed(of.harm(book, row)), strict=True):
                    had = {"with": of.short, "without": words_of(of.results.evidence).control}[side]
                    title = (Name(capital(pairs[row].label)), Small(Name(f"with {had}")))
                    parts.append((Heading(title), _harm(of, it, f"icons-{row}-{side}", pairs[row].label)))
            content.append(Columns(tuple(parts), look="icons"))
        people = dict.fromkeys(pairs[row].population for row in option.harms)
        times = dict.fromkeys(pairs[row].time_span for row in option.harms)
        counted = ("Counted in: ", Name("; ".join(people)), "; ", Name("; ".join(times)), ".")
        content.append(Paragraph(counted, "note"))
        if of.riskier and option.this:
            content.append(Paragraph(Strong(_RISKIER)))
    if content and not _controls(of):
        content.append(Paragraph(KEY.format(event="have it", without="do not"), "note"))
    others = [(key, each.option) for key, each in of.found.chances.items() if not each.option.harms]
    if others:
        content.append(Heading("Not counted here, which does not mean that there is none"))
        content.append(Items(tuple(
            (Strong((Name(option.label), ": ")), say(book, option.trouble, f"option.{key}.trouble"))
            for key, option in others)))  # fmt: skip
    return Section("harms", f"Harm, of {of.of_people} too", tuple(content))


def _harm(of: ForPerson, it: People | None, name: str, said: str) -> Block:
    if it is None:
        return Paragraph("not counted")
    return figure(it, name, said, ("have it", "do not"), of.of_people)
