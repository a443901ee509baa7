"""How far a person is from the trials, what to expect when, when to judge, and how the score has moved since."""

from __future__ import annotations

from glabella._version import __version__
from glabella.brief.for_person import ForPerson
from glabella.brief.quoting import capital, joined, quote, say
from glabella.brief.sections.consult_first import again
from glabella.brief.typed import digits
from glabella.decision.course import Visit, beside, changed, counting, target
from glabella.decision.nearness import Distance, distances
from glabella.dossier import Change, Number, Score
from glabella.shown import (
    Block,
    Cell,
    Column,
    Heading,
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
    dated,
)

_LIKE = {
    "nobody": "nobody like you",
    "few": "few like you",
    "not known": "not known",
    "some": "some like you",
    "many": "many like you",
    "not asked": "not asked yet",
}


def distance(of: ForPerson, book: Ledger) -> Section | None:
    """Say in each respect how many people of the trials were like this person, the worst first."""
    found = of.found.distances
    if not found:
        return None
    rows = tuple(_distance(of, book, each) for each in found)
    columns = (Column("In"), Column("You"), Column("People in the trials"), Column("What was seen", "wide"))
    lead = "How far you are from the people of the trials, the farthest first. It is not added up to one number."
    return Section("distance", f"Were people like you in the trials of {of.short}?",
                   (Paragraph(lead), Table("", columns, rows)))  # fmt: skip


def _distance(of: ForPerson, book: Ledger, each: Distance) -> Row:
    you = of.unclear(each.ask) or of.answered(book.under(f"distance.{each.id}."), each.ask)
    nearness = of.consultation.nearness[each.id]
    counted: Cell = Strong(_LIKE[each.like])
    if each.people is not None and each.of is not None:
        under = book.under(
            f"distance.{each.id}.",
            population="people in the trials that report it",
            time_span="at their beginning",
            certainty="as printed",
            function=distances,
            version=__version__,
            inputs=of.inputs,
            sources=_sources(nearness.of),
        )
        people = under("people", f"people in the trials like this person in {each.label}", each.people, decimals=0)
        total = under("of", f"people in the trials that report {each.label}", each.of, decimals=0)
        counted = (Strong(_LIKE[each.like]), ": ", people, " of ", total)
    text: Cell = "" if each.text is None else say(book, each.text, f"distance.{each.id}.text")
    return Row((Name(capital(each.label)), "not known" if you is None else you, counted, text))


def moments(of: ForPerson, book: Ledger) -> Section | None:
    """Say what was seen when, and nothing between; nothing of a treatment that is out of the question."""
    if not of.consultation.moments or of.found.eligibility.stops:
        return None
    rows = tuple(
        Row((Name(capital(each.when)), say(book, each.text, f"moment{place}")))
        for place, each in enumerate(of.consultation.moments)
    )
    table = Table("", (Column("When"), Column("What was seen", "wide")), rows, look="time")
    return Section("moments", f"What to expect when, with {of.short}", (table,))


def plan(of: ForPerson, book: Ledger) -> Section | None:
    """Say when to judge, by which change, what then, and whom to call."""
    found = of.consultation.plan
    if found is None:
        return None
    items: list[Inline] = [_today(of, book), *again(of, book)]
    stopped = bool(of.found.eligibility.stops)
    if stopped:
        instead = "agree on another option, and on a day to judge that"
        items.append(f"{capital(of.short)} is out of the question: {instead}.")
    else:
        if of.must_wait and found.waiting is not None:
            items.append((Strong("It has to wait. "), say(book, found.waiting, "plan.waiting")))
        days = quote(book, found.judge_days, "plan.judge_days", f"days from {of.short} to the day of judging")
        if not of.low:
            items.append((Strong(("Judge ", days, " after the day on which it is given")), *_today_given(of), ". ",
                          say(book, found.judge, "plan.judge")))  # fmt: skip
    score = of.first_score
    # What counts as a change is of judging this treatment.
    if score is not None and not stopped:
        if of.low and found.low is not None:
            items.append(Strong(say(book, found.low, "plan.low")))
        counted = counting(found, score)
        items += [said for place, change in enumerate(found.changes)
                  if change in counted and (said := _counts(of, book, change, score, place))]  # fmt: skip
    content: list[Block] = [Items(tuple(items))]
    then = [("If better", found.better, "better"), ("If unchanged", found.unchanged, "unchanged"),
            ("If worse", found.worse, "worse")]  # fmt: skip
    if of.low and found.stays_low is not None:
        then = [("If it stays low", found.stays_low, "stays_low"), then[-1]]
    # What to do after it when it helped or did not is no plan for those who must not have it.
    then = then[-1:] if stopped else then
    rows = tuple(Row((title, say(book, said, f"plan.{name}"))) for title, said, name in then)
    content.append(Table("", (Column("Then"), Column("What to do", "wide")), rows, look="list"))
    whom = joined([say(book, said, f"plan.{name}") for name, said in of.whom], " ")
    content.append(Paragraph((Strong("Whom to call: "), whom)))
    if of.crisis is not None:
        content.append(Paragraph((Strong("In a crisis: "), Name(of.crisis))))
    return Section("plan", "The plan", tuple(content))


def _today_given(of: ForPerson) -> tuple[Inline, ...]:
    """Give the day of judging if it is given today; that it must wait, where it must."""
    if of.judged_if_today is not None:
        return ("; if that is today, on ", Strong(Name(dated(str(of.judged_if_today)))))
    return ("; it has to wait first, so not before",) if of.must_wait else ()


def _today(of: ForPerson, book: Ledger) -> Inline:
    score = of.score
    if score is None:
        asks = [ask for ask in of.consultation.asks.values() if ask.kind == "score"]
        said: Inline = ("; ask: ", Name(asks[0].ask)) if asks else ""
        old = [
            (" ", of.scored(of.about(book).under("plan.outdated."), key, each), " is too old to count. ",
             say(book, fresh.why, f"plan.outdated.{key}"))
            for key, each in of.outdated.items() if (fresh := of.consultation.asks[key].fresh)
        ]  # fmt: skip
        return (Strong("The score today is not known"), said, *old)
    said = of.scored(of.about(book).under("plan."), "today", score)
    if of.visit is None or of.first_score is None:
        return ("The score today: ", said, ".")
    then = of.about(book).under("plan.", time_span=dated(str(of.person.date)))
    return ("The score today: ", said, "; at the first visit: ", of.scored(then, "first", of.first_score), ".")


def _counts(of: ForPerson, book: Ledger, change: Change, score: Score, place: int) -> Inline:
    """Say what a change that counts is for this score: the score to be reached."""
    at = target(change, score, whole=of.results.evidence.dossier.scales[score.scale].whole)
    if at is None:
        return ""
    under = of.about(book).under("plan.", function=changed, inputs=of.inputs, sources=_sources_of_change(change))
    label = f"score that means: {change.label}"
    claim = under(f"change{place}", label, at, unit="points", decimals=digits(at))
    why = say(book, change.why, f"plan.change{place}")
    return (Strong(Name(capital(change.label))), ": ", claim, " or fewer. ", why)


def _sources_of_change(change: Change) -> tuple[Source, ...]:
    number = change.at_most or change.fall_points or change.fall_percent
    return () if number is None else _sources(number)


def course(of: ForPerson, book: Ledger) -> Section | None:
    """Show how the score has moved since the first visit, beside what trials saw; nothing of the first visit."""
    if of.visit is None:
        return None
    content: list[Block] = [
        Paragraph("One person’s course proves nothing of a treatment: scores move without it.", "lead")
    ]
    if not of.followed:
        content.append(Paragraph("No score is known that could be set beside the first one."))
        return Section("course", "Since the first visit", tuple(content))
    content += [block for place, each in enumerate(of.followed) for block in _followed(of, book, each, place)]
    return Section("course", "Since the first visit", tuple(content))


def _followed(of: ForPerson, book: Ledger, each: Visit, place: int) -> list[Block]:
    under = of.about(book).under(f"visit{place}.", function=changed, inputs=of.inputs)
    label = of.results.evidence.dossier.scales[each.score.scale].label
    when = dated(str(each.score.date)) if each.score.date else "date not known"
    items: list[Inline] = []
    score = under("score", f"score on {label}", each.score.value, unit="points", decimals=digits(each.score.value))
    if each.days is not None:
        days = under("days", "days since the first score", each.days, decimals=0)
        items.append(("Days since the first score: ", days, "."))
    if each.fall is not None:
        rose = each.fall < 0
        name, does = ("rise", "rose") if rose else ("fall", "fell")
        moved = under(
            name, f"points by which the score {does}", abs(each.fall), unit="points", decimals=digits(each.fall)
        )
        items.append((f"It {does} by ", moved, "."))
        if each.worse and of.consultation.plan is not None:
            items.append(Strong(say(book, of.consultation.plan.worse, "plan.worse")))
        elif rose:
            items.append("That is less than a change that counts; ask about all that may lie behind it.")
    else:
        items.append("It is on another scale than the first, so no change can be told.")
    for change in each.changes:
        said = {True: "reached", False: "not reached", None: "cannot be told"}[change.met]
        items.append((Name(capital(change.change.label)), ": ", Strong(said), "."))
    near = each.beside
    if near is not None and near.low is not None:
        interval = under(
            "beside",
            f"fall within which one further person like those would be: {near.seen.label}",
            near.seen.mean_fall.value,
            low=near.low,
            high=near.high,
            interval="95 % interval of one further person",
            unit="points",
            decimals=1,
            function=beside,
            sources=_sources(near.seen.mean_fall),
        )
        items.append((Name(near.seen.label), ": people there fell by ", interval, "."))
    else:
        items.append("How far people in a trial had moved by then was not seen on this scale.")
    return [Heading((Name(when), ": ", Name(label), " ", score)), Items(tuple(items))]


def _sources(number: Number) -> tuple[Source, ...]:
    return tuple(Source(key, number.status, number.at) for key in number.sources)
