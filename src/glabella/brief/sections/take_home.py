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
from glabella.dossier import Ask, OfAnalyses, OfBaseline, Rule, TakeHome
from glabella.shown import (
    Block,
    Claim,
    Columns,
    Heading,
    Inline,
    Items,
    Ledger,
    Name,
    Paragraph,
    Section,
    Shown,
    Small,
    Strong,
    dated,
)

#: Of whom more speaks against it than this, or is still to be asked, harms are told in words: all must fit one side
#: of paper.
_MANY = 6
#: What the tones of pictures mean.
_KEY = "Dark: they {do}. Pale: may or may not. Empty: {others}."
#: How sure a number is, in words of every day.
_SURE = {
    "high": "We are sure",
    "moderate": "We are fairly sure",
    "low": "We are not sure",
    "very low": "We are very unsure",
}


def _home(of: ForPerson) -> TakeHome:
    found = of.consultation.take_home
    assert found is not None  # as the page is made only where the dossier has its words
    return found


def about(of: ForPerson, book: Ledger) -> Section:
    """Say why there was a talk; whom to call comes first where an answer asks for it."""
    content: list[Block] = []
    asked = of.consultation.crisis
    if asked is not None and of.crisis is not None and of.found.eligibility.crisis is True:
        act: Inline = "" if asked.plain is None else (". ", say(book, asked.plain, "crisis.plain", marked=False))
        content.append(Paragraph((Name(asked.label), " ", Strong((Name(of.crisis), act))), "lead"))
    content += [
        Paragraph(Strong(say(book, today.plain, f"today.{met.id}", marked=False)), "lead")
        for met in of.found.eligibility.today
        if (today := met.rule.today) is not None and today.plain is not None
    ]
    home = _home(of)
    said = [*say_all(book, home.about, "about", marked=False)]
    if home.keep is not None and not of.found.eligibility.stops:
        said.append(say(book, home.keep, "keep", marked=False))
    content.append(Paragraph(joined(said, " ")))
    return Section("about", "", tuple(content))


def chances(of: ForPerson, book: Ledger) -> Section:
    """Draw of how many people the event is expected; no number stands alone where readings disagree."""
    home = _home(of)
    if of.visit is not None:
        # What was answered weeks ago no longer says of whom numbers would be.
        again = "Numbers of people like you can be told once we have asked you again."
        return Section("chances", Name(f"How many {home.better}?"), (Paragraph(again),))
    groups: dict[str, list[tuple[Block, ...]]] = {}
    without_number: list[Inline] = []
    first: list[Inline] = []
    shown: Claim | None = None
    for key, chance in of.found.chances.items():
        # Of what is out of the question nothing is said that sounds as if it might help.
        if chance.option.this and of.found.eligibility.stops:
            continue
        if chance.without is None:
            without_number.append(Name(_within(_plain(of, key))))
            continue
        group = groups.setdefault(chance.without.control, [])
        for it, drawn in (*(() if group else (_without(of, book, chance),)), *_with(of, book, chance)):
            group.append(drawn)
            shown = shown or (it.claim if it.claim.value is not None and it.claim.limits else None)
        if chance.state == "readings":
            said = ("No one can give you one number for ", Name(_within(_plain(of, key))), ".")
            first.append((Strong(said), *_all_together(of, book, chance), " Do not go by one alone."))
    content: list[Block] = []
    if len(groups) > 1:
        compare = "Compare only pictures with no line between them."
        first.append((Strong(compare), " Others are of other people."))
    if first:
        content.append(Paragraph(joined(first, " ")))
    notes: list[Inline] = []
    if groups:
        # Each control with its options apart: numbers of one group are not set against those of another.
        drawings = tuple((Columns(tuple(parts), look="icons"),) for parts in groups.values())
        content.append(Columns(drawings, tuple(float(len(parts)) for parts in groups.values())))
        notes.append(_KEY.format(do=home.better, others=home.without))
    if shown is not None:
        most_likely = ("most likely ", Shown(shown, "number"), " (the black step), it may be ")
        notes.append((Shown(shown, "bare"), ": ", *most_likely, Shown(shown, "limits"), "."))
    if any(chance.open for chance in of.found.chances.values() if chance.without is not None):
        notes.append("These numbers may change once we know more about you.")
    if notes:
        content.append(Paragraph(joined(notes, " "), "note"))
    # As large as the numbers that it is about.
    more = _remarks(of, book, this=False)
    if without_number:
        why = (
            ": your score is low, and the tests were of people who were more ill."
            if of.low
            else " in people like you. That does not say that it does not help: ask us."
        )
        *most, last = without_number
        options = (joined(most, ", "), " or ", last) if most else last
        more.append(("We have no number for ", options, why))
    if more:
        content.append(Paragraph(joined(more, " ")))
    # Of whom too little is known nobody can be said to be like.
    like = "" if any(chance.open for chance in of.found.chances.values()) else " like you"
    title = f"Think of {of.of_people}{like}. How many {home.better}?" if groups else f"How many {home.better}?"
    return Section("chances", Name(title), tuple(content))


def _all_together(of: ForPerson, book: Ledger, chance: Chance) -> tuple[Inline, ...]:
    """Say between what a next trial may lie by all trials together, of which the pictures show parts."""
    assert chance.main is not None  # as there are readings
    it = of.with_option(book, chance, chance.main, reading_name(chance, chance.main))
    if it.claim.limits is None or it.claim.value is not None:
        return (" The tests do not agree.",)
    return (" The tests do not agree: taken together they fit anything from ", Shown(it.claim, "limits"), ".")


def _remarks(of: ForPerson, book: Ledger, *, this: bool) -> list[Inline]:
    """Say what this person must know of the treatment, or of the other options."""
    found: list[Inline] = []
    for key, chance in of.found.chances.items():
        if chance.option.this != this:
            continue
        label = "" if this else Strong((Name(capital(_plain(of, key))), ": "))
        said = [
            say(book, plain, f"remark.{key}.{name}", marked=False)
            for name in chance.told
            if (plain := chance.option.remarks[name].plain) is not None
        ]
        # Of another option its name stands once before all that is said of it.
        found += said if this else [(label, joined(said, " "))] if said else []
    return found


def _plain(of: ForPerson, key: str) -> str:
    option = of.consultation.options[key]
    return option.plain or option.label


def _within(words: str) -> str:
    """Begin words small where they stand within a sentence, but not a name.

    >>> _within("The injection"), _within("BCG"), _within("A tablet")
    ('the injection', 'BCG', 'a tablet')
    """
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def _without(of: ForPerson, book: Ledger, chance: Chance) -> tuple[People, tuple[Block, ...]]:
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
    return it, (Heading(title), drawn)


def _with(of: ForPerson, book: Ledger, chance: Chance) -> Iterator[tuple[People, tuple[Block, ...]]]:
    name = capital(_plain(of, chance.id))
    if chance.main is None:
        return
    if chance.state in ("number", "if"):
        it = of.with_option(book, chance, chance.main, reading_name(chance, chance.main))
        yield it, (Heading(Name(name)), _drawn(of, it, f"icons-{chance.id}", name, chance))
        return
    effect = chance.option.effect
    words = effect.plain if isinstance(effect, OfAnalyses) else {}
    for each in shown_readings(chance):
        said = words.get(each.effect.id, f"if these tests are right: {each.effect.label}")
        it = of.with_option(book, chance, each, reading_name(chance, each))
        yield (
            it,
            (
                Heading(Name(f"{name}, {said}")),
                _drawn(of, it, f"icons-{chance.id}-{each.effect.id}", said, chance),
            ),
        )


def _drawn(of: ForPerson, it: People, name: str, said: str, chance: Chance) -> Block:
    happens = (_home(of).better, _home(of).without)
    time = chance.option.plain_time or chance.option.time
    # Where much is said against it, all must still fit one side of paper; how sure stands in words there too.
    few = len(of.found.eligibility.met) + len(_to_ask(of)) <= _MANY
    sure = _SURE.get(chance.certainty or "") if few else None
    return figure(it, name, said, happens, more=_time(". ".join(each for each in (time, sure) if each)))


def _time(words: str | None) -> tuple[Inline, ...]:
    return (Small(Name(capital(words))),) if words else ()


def harms(of: ForPerson, book: Ledger) -> Section | None:
    """Draw harms in as many people, then say what is rare; nothing of what is out of the question."""
    if of.found.eligibility.stops:
        return None
    home, pairs = _home(of), of.results.evidence.products.harm_counts
    this = next(key for key, option in of.consultation.options.items() if option.this)
    name = _within(_plain(of, this))
    drawn: list[tuple[Block, ...]] = []
    told: list[Inline] = []
    for row, words in home.harms.items():
        with_, without = of.harm(book, row)
        sides = (("without", f"with {home.control}", without), ("with", f"with {name}", with_))
        both = [
            (Heading(Name(capital(had))), figure(it, f"icons-{row}-{side}", words, (words, home.without)))
            for side, had, it in sides
            if it is not None
        ]
        known = {had: it for _, had, it in sides if it is not None}
        if both:
            # One harm with and without it beside each other, apart from the next.
            drawn.append((Columns(tuple(both), look="icons"),))
            told.append((Name(capital(words)), ": ", *_told(of, known)))
    content: list[Block] = []
    if drawn:
        common: tuple[Inline, ...] = ()
        if home.common is not None:
            common = (Strong(say(book, home.common, "common", marked=False)), " ")
        people = dict.fromkeys(pairs[row].population for row in home.harms)
        # Where no picture stands above, what the tones mean was not said yet.
        explained = _crowded(of) or any(chance.without for chance in of.found.chances.values())
        key = "" if explained else f" {_KEY.format(do='have it', others=home.without)}"
        content.append(Paragraph((*common, Small(("Counted in: ", Name("; ".join(people)), ".", key)))))
        content.append(Items(tuple(told)) if _crowded(of) else Columns(tuple(drawn)))
    others = [
        (Strong((Name(capital(_plain(of, key))), ": ")), say(book, plain, f"trouble.{key}", marked=False))
        for key, chance in of.found.chances.items()
        if not chance.option.this and (plain := chance.option.plain_trouble) is not None
    ]
    more: list[Inline] = []
    if drawn and of.riskier:
        more.append(Strong("For you harm may be more often: those people were not like you."))
    content.append(Paragraph(joined([*more, say(book, home.rare, "rare", marked=False), *others], " ")))
    return Section("harms", Name(home.harms_title), tuple(content))


def _told(of: ForPerson, known: dict[str, People]) -> tuple[Inline, ...]:
    """Tell of a harm in a line what its pictures would show."""
    numbers = joined([(Strong(Shown(it.claim, "bare")), " ", Name(had)) for had, it in known.items()])
    others = joined([Shown(it.rest, "number") for it in known.values()], " and ")
    return (numbers, "; ", others, f" {_home(of).without}.")


def _crowded(of: ForPerson) -> bool:
    """Say whether so much is said before the pictures that there is little room for them."""
    met, asked = len(of.found.eligibility.met), len(_to_ask(of))
    return of.found.eligibility.before_all or max(met, asked) > _MANY or met + asked > _MANY + 2


def against(of: ForPerson, book: Ledger) -> Section:
    """Say what speaks against the treatment for this person, and what is still to be asked."""
    found = of.found.eligibility
    met = of.told
    items: list[Inline] = [
        _against(of, book, each)
        for each in met
        # What stands first, or is said by a rule of more answers, is not said again.
        if each.rule.plain is None or each.rule.today is None or each.rule.plain != each.rule.today.plain
        if not any(_tells(other.rule, each.rule) for other in met)
    ]
    if of.must_wait and not of.for_good:
        till = min((each.earliest for each in found.doses if each.waited is False and each.earliest), default=None)
        when: Inline = "" if till is None else (" till ", Name(dated(str(till))), " at least")
        waiting = _home(of).waiting
        till_then: Inline = "" if waiting is None else (" ", say(book, waiting, "waiting", marked=False))
        why = "Your last dose was not long ago, and another brand counts too."
        items.append((why, " You need to wait", when, ".", till_then))
    if not found.stops:
        items += _remarks(of, book, this=True)
        if of.low and (low := _home(of).low) is not None:
            items.append(say(book, low, "low", marked=False))
    look: Literal["", "box"] = "box" if items else ""
    if found.stops and (stopped := _home(of).stopped) is not None:
        items.append((Strong("What next: "), say(book, stopped.next, "next", marked=False)))
    more: tuple[Block, ...] = ()
    if asked := _to_ask(of):
        asks = joined([Name(each) for each in dict.fromkeys(ask.plain or ask.label for ask in asked)], "; ")
        what = "We still need to ask you" if found.stops else "Do not have it before we have asked you"
        more = (Paragraph((Strong(f"{what} about: "), asks, ".")),)
    if not items and not more and found.before_all:
        items.append("We talk about how you are first. The choice can wait.")
    elif not items and not more:
        items.append("Of what we asked, nothing stands in the way. Tell us if that changes.")
    title = "Why it is not for you" if found.stops else "What speaks against it for you"
    return Section("against", title, (*((Items(tuple(items)),) if items else ()), *more), look)


def _against(of: ForPerson, book: Ledger, met: Met) -> Inline:
    """Say what a rule has against the treatment, and before what it must not be given where it might be."""
    plain = say(book, met.rule.plain or met.rule.text, f"plain.{met.id}", marked=False)
    if met.rule.only_plain is None or of.found.eligibility.stops:
        return plain
    return (plain, " ", say(book, met.rule.only_plain, f"only_plain.{met.id}", marked=False))


def _tells(rule: Rule, of: Rule) -> bool:
    """Say whether a rule of more answers speaks of all that another does, and is no less grave."""
    grave = ("stop", "caution", "ask first")
    return of.when.items() < rule.when.items() and grave.index(rule.then) <= grave.index(of.then)


def _to_ask(of: ForPerson) -> list[Ask]:
    """Give what is still to be asked; once the treatment is out of the question, nothing that is about it alone."""
    found = of.found.eligibility
    consultation, asks = of.consultation, list(dict.fromkeys((*found.asked_first, *found.asks)))
    if of.found.eligibility.stops:
        also = {ask for met in of.found.eligibility.met for ask in met.rule.ask}
        asks = [ask for ask in asks if ask in also or ask in consultation.crisis_asks]
    elif consultation.doses is not None and (of.visit is not None or of.known.get(consultation.doses) is None):
        # What would be asked of earlier doses follows from whether there were any.
        asks = [ask for ask in asks if consultation.doses not in consultation.asks[ask].of]
        asks.append(consultation.doses)
    # A score that is too old is none of today.
    asks += [ask for ask in of.outdated if ask not in asks]
    return [consultation.asks[ask] for ask in asks]


def sure(of: ForPerson, book: Ledger) -> Section | None:
    """Say how sure all this is; nothing where no number is told and nothing of the treatment."""
    home = _home(of)
    if of.found.eligibility.stops and all(chance.without is None for chance in of.found.chances.values()):
        return None
    # What is not sure of the treatment would be read as said of the other options where it is out of the question.
    of_it = () if of.found.eligibility.stops else say_all(book, home.sure, "sure", marked=False)
    said = (*of_it, Name(home.may_differ))
    return Section("sure", "How sure are we?", (Items(said),))


def expect(of: ForPerson, book: Ledger) -> Section | None:
    """Say what comes when, and the day to judge if it could be given today."""
    home = _home(of)
    if (
        of.found.eligibility.stops
        or of.found.eligibility.withheld is True
        or (not home.expect and of.judged_on is None)
    ):
        return None
    items: list[Inline] = [
        (Strong((Name(capital(each.when)), ": ")), say(book, each.text, f"expect{place}", marked=False))
        for place, each in enumerate(home.expect)
        # No fall of a score that is low already shows anything.
        if not (of.low and each.judges)
    ]
    if of.judged_if_today is not None:
        day = Strong(Name(dated(str(of.judged_if_today))))
        items.append(("If you have it today, we see if it helped on ", day, "."))
    if of.score is not None and of.consultation.plan is not None:
        scored = of.scored(of.about(book).under("home."), "today", of.score, whole=True)
        items.append(("Your score today: ", scored, "."))
    return Section("expect", "What comes when, if you have it", (Items(tuple(items)),))


def ask(of: ForPerson, book: Ledger) -> Section | None:  # noqa: ARG001
    """List what to ask."""
    home = _home(of)
    asked = home.stopped.questions if home.stopped is not None and of.found.eligibility.stops else home.questions
    questions = tuple(Name(each) for each in asked)
    return Section("ask", "You can ask us", (Items(questions),)) if questions else None


def call(of: ForPerson, book: Ledger) -> Section:
    """Say whom to call."""
    content = list[Block]()
    if of.whom:
        said = [say(book, whom, name, marked=False) for name, whom in of.whom]
        content.append(Paragraph(joined(said, " ")))
    asked = of.consultation.crisis
    if asked is not None and of.crisis is not None and of.found.eligibility.crisis is not True:
        content.append(Paragraph((Name(asked.label), " ", Strong(Name(of.crisis)))))
    again: Inline = ""
    if of.seen_again is not None:
        again = ("We see you again by ", Strong(Name(dated(str(of.seen_again[1])))), of.or_by_phone, ". ")
    content.append(Paragraph((again, "Our phone number: ______________________________")))
    return Section("call", "Whom to call", tuple(content), look="box")
