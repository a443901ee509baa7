"""When it is repeated: simulated, and conditional on an effect on mood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from glabella.brief.mechanism import FittedModel, fitted_model, ranged
from glabella.brief.quoting import say_all
from glabella.brief.results import Results
from glabella.brief.sentence import sentence
from glabella.brief.words import Words, words_of
from glabella.dossier._fitted import Scheduled
from glabella.shown import (
    Block,
    Claim,
    Column,
    Details,
    Icon,
    Inline,
    Ledger,
    Link,
    Name,
    Paragraph,
    Row,
    Section,
    Shown,
    Strong,
    Table,
)

_VIRTUAL = "tenth to ninetieth percentile of simulated people"


@dataclass(frozen=True, slots=True)
class _Repeated:
    """What a rule brings to simulated people, a year and after the last time; ``gap`` is the least between."""

    rule: Literal["fixed", "weakness", "symptoms"]
    gap: Claim | None
    people: Claim
    times: Claim
    units: Claim
    weak: Claim
    relief: Claim
    weak_after: Claim
    relief_after: Claim
    never: Claim
    never_relief: Claim


def report(results: Results, book: Ledger) -> Section | None:
    """Tell what repeating would bring; first that it was not tried, and that its relief is not shown."""
    model = fitted_model(results)
    if model is None or not model.fitted.schedules:
        return None
    words = words_of(results.evidence)
    ranks = {each.name: rank for rank, each in enumerate(model.fitted.mood.explanations)}
    names = {each.explanation for each in model.fitted.schedules}
    by_name = {
        name: tuple(_repeated(model, book, each) for each in model.fitted.schedules if each.explanation == name)
        for name in sorted(names, key=lambda name: (ranks.get(name, len(ranks)), name))
    }
    (first, rows), *others = by_name.items()
    if_any = "" if _shown(results) else ", if there is an effect"
    content: list[Block] = [
        Paragraph(_answer(results, model, book), "lead"),
        Paragraph(_people(model, book, rows[0])),
        *_tables(model, words, first, rows, if_any),
    ]
    for name, more in others:
        title = ("The same, if mood follows by: ", Name(model.explanation(name)))
        content.append(Details(title, _tables(model, words, name, more, if_any)))
    return Section("repeat", "What if it is repeated?", tuple(content))


# --- claims -------------------------------------------------------------------------------------------------


def _rule(model: FittedModel, rule: str) -> str:
    """Give a rule in words that follow "given"."""
    return {
        "fixed": "at fixed times",
        "weakness": f"when the {model.words.part} is back",
        "symptoms": "when the symptoms are back",
    }[rule]


def _repeated(model: FittedModel, book: Ledger, each: Scheduled) -> _Repeated:
    part, product, questions = model.words.part, model.fitted.mood.product, model.mechanism.questions
    words = model.evidence.words
    under = model.ledger(book).under(
        f"repeat.{each.rule}.{each.explanation.replace(' ', '_')}.",
        population=f"simulated (synthetic) people given {model.product(product)} {_rule(model, each.rule)}; "
        f"mood follows by: {model.explanation(each.explanation)}",
        certainty=model.mood_certainty,
        function="glabella.mechanism.simulate_rule",
        sources=model.mood_sources,
        time_span="a year",
        decimals=0,
    )
    weeks, share = under.under(unit="weeks"), under.under(unit="%")
    after = weeks.under(time_span=f"after the last {words.session}")
    asked = next((it for it in questions.repeats if it.rule == each.rule), None) if questions else None
    never = f"simulated people whose {part} never weakens enough to count"
    never_relief = "simulated people who never have relief that counts"
    weak, weak_after = f"simulated: weeks with the {part} weakened", f"simulated: time until the {part} is back"
    relief, relief_after = "simulated: weeks with relief", "simulated: time until relief is gone"
    return _Repeated(
        each.rule,
        weeks("gap", f"least time between {words.sessions}", asked.weeks) if asked else None,
        people=under("people", "simulated people", each.people),
        times=ranged(under, "sessions", f"simulated: {words.sessions}", each.injections, _VIRTUAL, decimals=1),
        units=ranged(under, "units", "simulated: dose", each.units, _VIRTUAL, unit=f"units of {product}"),
        weak=ranged(weeks, "weeks_weakness", weak, each.weeks_weakness, _VIRTUAL),
        relief=ranged(weeks, "weeks_relief", relief, each.weeks_relief, _VIRTUAL),
        weak_after=ranged(after, "stopping_weakness", weak_after, each.stopping_weakness, _VIRTUAL),
        relief_after=ranged(after, "stopping_relief", relief_after, each.stopping_relief, _VIRTUAL),
        never=share("never", never, each.never),
        never_relief=share("never_relief", never_relief, each.never_relief),
    )


# --- sentences and tables -----------------------------------------------------------------------------------


def _answer(results: Results, model: FittedModel, book: Ledger) -> Inline:
    """Say first what trials saw of repeating, and that relief rests on an effect, shown or not."""
    said = say_all(book, model.words.repeated, "repeated")
    return sentence(
        "{said}What follows is {simulated}, and its relief holds only {rests}.",
        said=tuple(part for each in said for part in (each, " ")),
        simulated=Strong("simulated"),
        rests="if mood follows as each table assumes"
        if _shown(results)
        else ("if there is an effect on mood, which ", Link("the pooled trials do not show", "effect")),
    )


def _shown(results: Results) -> bool:
    """Say whether the pooled effect is shown: its interval excludes zero, on the scale on which it is pooled."""
    fit = results.headline.fit
    return fit.way != "not pooled" and not fit.ci_low <= 0 <= fit.ci_high


def _people(model: FittedModel, book: Ledger, row: _Repeated) -> Inline:
    return sentence(
        "No real person was followed: {people} simulated people for each rule differ as people do in the fitted "
        "model; in {never} of them the {part} never weakens enough to count.{limit} Brackets hold the middle "
        "eight tenths of people. Certainty: {certainty}.",
        people=row.people,
        never=row.never,
        part=model.words.part,
        limit=model.relief_counts(book),
        certainty=Icon("certainty", model.mood_certainty),
    )


def _named(model: FittedModel, row: _Repeated, *, gap: bool) -> Inline:
    """Name a rule, with the least time between where that is known."""
    if row.rule == "fixed":
        return ("every ", row.gap) if gap and row.gap else "at fixed times"
    name = f"as needed for the {model.words.part}" if row.rule == "weakness" else "as needed for symptoms"
    return (name, ", at least ", row.gap, " apart") if gap and row.gap else name


def _tables(
    model: FittedModel, words: Words, name: str, rows: tuple[_Repeated, ...], if_any: str
) -> tuple[Block, ...]:
    """Give a year of each rule, and what comes after the last time, under one explanation."""
    part = model.words.part
    assumed = sentence(
        "If mood follows by {label}, {never} of simulated people never have relief that counts.",
        label=Name(model.explanation(name)),
        never=rows[0].never_relief,
    )
    year = Table(
        sentence(
            "A simulated year of {product}, by the rule of repeating: mean, and the middle eight tenths of people.",
            product=Name(model.product(model.fitted.mood.product)),
        ),
        (
            Column("repeated"),
            Column(words.sessions, "number"),
            Column("units", "number"),
            Column(f"weeks with the {part} weakened", "number"),
            Column(f"weeks with relief{if_any}", "number"),
        ),
        tuple(
            Row((_named(model, row, gap=True), row.times, *_bare(row.units, row.weak, row.relief))) for row in rows
        ),
    )
    stopped = Table(
        f"After stopping, in weeks from the last {words.session}.",
        (
            Column("repeated before"),
            Column(f"the {part} is back after", "number"),
            Column(f"relief is gone after{if_any}", "number"),
        ),
        tuple(Row((_named(model, row, gap=False), *_bare(row.weak_after, row.relief_after))) for row in rows),
    )
    return (Paragraph(assumed), year, stopped)


def _bare(*claims: Claim) -> tuple[Inline, ...]:
    return tuple(Shown(claim, "bare") for claim in claims)
