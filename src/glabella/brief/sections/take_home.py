"""The page to take home: one side of paper in words of every day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from glabella.brief.for_person import ForPerson
from glabella.brief.icon_arrays import People, figure
from glabella.brief.quoting import capital, joined, say, say_all
from glabella.brief.sections.consult_chances import reading_name, shown_readings
from glabella.decision.chances import Chance
from glabella.decision.eligibility import Met
from glabella.dossier import OfAnalyses, OfBaseline, TakeHome
from glabella.shown import (
    Block,
    Columns,
    Figure,
    Heading,
    Inline,
    Items,
    Ledger,
    Name,
    Paragraph,
    Section,
    Small,
    Strong,
    dated,
)

#: Of whom more speaks against it than this, harms are told in words: all must fit one side of paper.
_MANY = 6


def _home(of: ForPerson) -> TakeHome:
    found = of.consultation.take_home
    assert found is not None  # as the page is made only where the dossier has its words
    return found


def about(of: ForPerson, book: Ledger) -> Section:
    """Say why there was a talk; whom to call comes first where an answer asks for it."""
    content: list[Block] = []
    if of.crisis is not None and of.found.eligibility.crisis is True:
        content.append(Paragraph(("Need help now? ", Strong(Name(of.crisis))), "lead"))
    said = joined(say_all(book, _home(of).about, "about", marked=False), " ")
    content.append(Paragraph(said))
    return Section("about", "", tuple(content))


def chances(of: ForPerson, book: Ledger) -> Section:
    """Draw of how many people the event is expected; no number stands alone where readings disagree."""
    home = _home(of)
    groups: dict[str, list[tuple[Block, ...]]] = {}
    without_number: list[Inline] = []
    notes: list[Inline] = []
    for key, chance in of.found.chances.items():
        name = Name(capital(_plain(of, key)))
        if chance.without is None:
            without_number.append(Name(_within(_plain(of, key))))
            continue
        group = groups.setdefault(chance.without.control, [])
        if not group:
            group.append(_without(of, book, chance))
        group += _with(of, book, chance)
        if chance.state == "readings":
            notes.append((name, ": no one can give you one number. The tests do not agree."))
    content: list[Block] = []
    if groups:
        # Each control with its options apart: numbers of one group are not set against those of another.
        drawn = tuple((Columns(tuple(parts), look="icons"),) for parts in groups.values())
        content.append(Columns(drawn, tuple(float(len(parts)) for parts in groups.values())))
        notes.insert(0, f"Filled: they {home.better}. Pale: they may or may not. Empty: they {home.without}.")
    if any(chance.open for chance in of.found.chances.values() if chance.without is not None):
        notes.append("These numbers may change once we know more about you.")
    if without_number:
        notes.append(("We have no number for people like you for ", joined(without_number), "."))
    content.append(Paragraph(joined(notes, " "), "note"))
    title = f"Think of {of.of_people} like you. How many {home.better}?" if groups else f"How many {home.better}?"
    return Section("chances", Name(title), tuple(content))


def _plain(of: ForPerson, key: str) -> str:
    option = of.consultation.options[key]
    return option.plain or option.label


def _within(words: str) -> str:
    """Begin words small where they stand within a sentence, but not a name.

    >>> _within("The injection"), _within("BCG"), _within("A tablet")
    ('the injection', 'BCG', 'a tablet')
    """
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def _without(of: ForPerson, book: Ledger, chance: Chance) -> tuple[Block, ...]:
    assert chance.without is not None
    bases = [of.consultation.baselines[name] for name in chance.without.ids]
    names = dict.fromkeys(base.plain or base.label for base in bases)
    title: Inline = joined([Name(capital(name)) for name in names], " or ")
    if isinstance(chance.option.effect, OfBaseline):
        title = Name(capital(_plain(of, chance.id)))
    it, base = of.without(book, chance.without), bases[0]
    happens = of.happens(chance.without) if base.other_event else (_home(of).better, _home(of).without)
    drawn = figure(
        it, f"icons-{chance.without.control}", base.label, happens, more=_time(base.plain_time or base.time)
    )
    return (Heading(title), drawn)


def _with(of: ForPerson, book: Ledger, chance: Chance) -> Iterator[tuple[Block, ...]]:
    name = capital(_plain(of, chance.id))
    if chance.main is None:
        return
    if chance.state in ("number", "if"):
        it = of.with_option(book, chance, chance.main, reading_name(chance, chance.main))
        yield (Heading(Name(name)), _drawn(of, it, f"icons-{chance.id}", name, chance))
        return
    effect = chance.option.effect
    words = effect.plain if isinstance(effect, OfAnalyses) else {}
    for each in shown_readings(chance):
        said = words.get(each.effect.id, f"if these tests are right: {each.effect.label}")
        it = of.with_option(book, chance, each, reading_name(chance, each))
        yield (
            Heading(Name(f"{name}, {said}")),
            _drawn(of, it, f"icons-{chance.id}-{each.effect.id}", said, chance),
        )


def _drawn(of: ForPerson, it: People, name: str, said: str, chance: Chance) -> Block:
    happens = (_home(of).better, _home(of).without)
    return figure(it, name, said, happens, more=_time(chance.option.plain_time or chance.option.time))


def _time(words: str | None) -> tuple[Inline, ...]:
    return (Small(Name(capital(words))),) if words else ()


def harms(of: ForPerson, book: Ledger) -> Section | None:
    """Draw harms in as many people, then say what is rare; nothing of what is out of the question."""
    if of.found.eligibility.stops:
        return None
    home, drawn = _home(of), list[tuple[Name, Figure]]()
    pairs = of.results.evidence.products.harm_counts
    this = next(key for key, option in of.consultation.options.items() if option.this)
    for row, words in home.harms.items():
        for side, it in zip(("without", "with"), reversed(of.harm(book, row)), strict=True):
            title = Name(capital(f"{side} {_within(_plain(of, this))}"))
            if it is not None:
                drawn.append((title, figure(it, f"icons-{row}-{side}", words, (words, home.without))))
    content: list[Block] = []
    if drawn:
        if len(_met(of)) > _MANY:
            content.append(Items(tuple((title, ": ", it.caption) for title, it in drawn)))
        else:
            content.append(Columns(tuple((Heading(title), it) for title, it in drawn), look="icons"))
        people = dict.fromkeys(pairs[row].population for row in home.harms)
        content.append(Paragraph(("Counted in: ", Name("; ".join(people)), "."), "note"))
    content.append(Paragraph(say(book, home.rare, "rare", marked=False)))
    return Section("harms", Name(home.harms_title), tuple(content))


def _met(of: ForPerson) -> tuple[Met, ...]:
    found = of.found.eligibility
    return (*found.stops, *found.cautions, *found.first)


def against(of: ForPerson, book: Ledger) -> Section:
    """Say what speaks against the treatment for this person, and what is still to be asked."""
    found = of.found.eligibility
    items: list[Inline] = [
        say(book, each.rule.plain or each.rule.text, f"plain.{each.id}", marked=False) for each in _met(of)
    ]
    if of.must_wait:
        items.append("Your last dose was not long ago. You need to wait.")
    look: Literal["", "box"] = "box" if items else ""
    if found.asks:
        asks = joined([Name(of.consultation.asks[ask].label) for ask in found.asks], ", ")
        items.append(("We still need to ask you about: ", asks, "."))
    if not items and found.crisis is True:
        items.append("We talk about how you are first. The choice can wait.")
    elif not items:
        items.append("Of what we asked, nothing stands in the way. Tell us if that changes.")
    title = "Why it is not for you" if found.stops else "What speaks against it for you"
    return Section("against", title, (Items(tuple(items)),), look)


def sure(of: ForPerson, book: Ledger) -> Section:
    """Say how sure all this is."""
    home = _home(of)
    said = (*say_all(book, home.sure, "sure", marked=False), Name(home.may_differ))
    return Section("sure", "How sure are we?", (Items(said),))


def expect(of: ForPerson, book: Ledger) -> Section | None:
    """Say what comes when, and the day to judge."""
    home = _home(of)
    if of.found.eligibility.stops or (not home.expect and of.judged_on is None):
        return None
    items: list[Inline] = [
        (Strong((Name(capital(each.when)), ": ")), say(book, each.text, f"expect{place}", marked=False))
        for place, each in enumerate(home.expect)
    ]
    # Of a dose that has to wait, the day is not known yet.
    if of.judged_on is not None and not of.must_wait:
        items.append(("The day to see if it helped: ", Strong(Name(dated(str(of.judged_on)))), "."))
    if of.score is not None and of.consultation.plan is not None:
        items.append(("Your score today: ", of.scored(of.about(book).under("home."), "today", of.score), "."))
    return Section("expect", "What comes when, if you have it", (Items(tuple(items)),))


def ask(of: ForPerson, book: Ledger) -> Section | None:  # noqa: ARG001
    """List what to ask."""
    questions = tuple(Name(each) for each in _home(of).questions)
    return Section("ask", "You can ask us", (Items(questions),)) if questions else None


def call(of: ForPerson, book: Ledger) -> Section:
    """Say whom to call."""
    plan, content = of.consultation.plan, list[Block]()
    if plan is not None:
        content.append(Paragraph(say(book, plan.whom, "whom", marked=False)))
    if of.crisis is not None and of.found.eligibility.crisis is not True:
        content.append(Paragraph(("Need help now? ", Strong(Name(of.crisis)))))
    content.append(Paragraph("Our phone number: ______________________________"))
    return Section("call", "Whom to call", tuple(content), look="box")
