"""What harm the treatment does: counts of people with and without it, and what sources say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from glabella._version import __version__
from glabella.brief.counting import count
from glabella.brief.quoting import capital, say, say_all
from glabella.brief.results import Results
from glabella.brief.words import words_of
from glabella.dossier import ArmPair, ArmResult, Number, Study
from glabella.shown import (
    Block,
    Cell,
    Claim,
    Column,
    Heading,
    Inline,
    Items,
    Ledger,
    Name,
    Paragraph,
    Row,
    Section,
    Shown,
    Small,
    Source,
    Table,
    digest,
)
from glabella.synthesis import wilson

#: Studies of these roles answer another question than the dossier's.
BESIDE = frozenset({"related", "observational"})
#: A share of a hundred below this is shown of a thousand as well.
_RARE = 1.0
#: Of so many people the brief's table tells, the fewest that will do.
_OF = {100: "a hundred", 1000: "a thousand", 10_000: "ten thousand", 100_000: "a hundred thousand"}
#: A share below this is none: the lower limit of no events.
_NIL = 1e-12
_NOT_COUNTED = "not counted"
_NOTE = "In brackets: confidence interval (Wilson)."


@dataclass(frozen=True, slots=True)
class _Counted:
    """An event, counted with and without the treatment; None where it was not."""

    event: str
    population: str
    time_span: str
    sides: tuple[Claim | None, Claim | None]
    of_thousand: tuple[Claim | None, Claim | None] | None


def brief(results: Results, book: Ledger) -> Section | None:
    """Give the counts that the dossier names for the brief, or all, of a hundred people on both sides."""
    evidence, words = results.evidence, words_of(results.evidence)
    counts = evidence.products.harm_counts
    pairs = {key: counts[key] for key in evidence.summary.harms or counts}
    people = people_for(pairs.values())
    found = {
        key: sides_of(book_of(book, key, pair), pair, words.short, ".people", people, 0)
        for key, pair in pairs.items()
    }
    if not any(any(sides) for sides in found.values()):
        return None
    # What most rows share is said once; a row that differs says its own.
    span, where = _usual(pair.time_span for pair in pairs.values()), evidence.summary.harms_in
    population = _usual(pair.population for pair in pairs.values())
    rows = tuple(
        Row((
            _event(pair, span, None if where else population),
            *(Shown(side, "bare") if side else _NOT_COUNTED for side in found[key]),
        ))
        for key, pair in pairs.items()
    )  # fmt: skip
    columns = (Column("Event"), Column(capital(words.short), "number"), Column(capital(words.control), "number"))
    caption = f"Of {_OF[people]} people, {span}; {where or f'counted in {population}'}."
    return Section("common-harms", "Adverse events", (Table((caption,), columns, rows),))


def _usual(texts: Iterable[str]) -> str:
    """Give what is said most often, the first of several."""
    return Counter(texts).most_common(1)[0][0]


def _event(pair: ArmPair, span: str, population: str | None) -> Inline:
    """Name an event, with when and in whom it was counted where that is not as for most."""
    own = [
        *((pair.population,) if population is not None and pair.population != population else ()),
        *((pair.time_span,) if pair.time_span != span else ()),
    ]
    return (Name(pair.label), " ", Small(Name(f"({', '.join(own)})"))) if own else Name(pair.label)


def people_for(pairs: Iterable[ArmPair]) -> int:
    """Give of how many people a table tells: the fewest of which no event after treatment is written as none."""
    counted = [found for pair in pairs if (found := counts_of(pair.arm))]
    shown = [events / n for events, n, _ in counted if events / n > _NIL]
    return next((people for people in _OF if all(people * share >= 0.5 for share in shown)), max(_OF))


def report(results: Results, book: Ledger) -> Section | None:
    """Give counts of harm of a hundred people, then what sources say, then what the dossier's own studies show."""
    words = words_of(results.evidence)
    counted = _counted(results, book)
    said = say_all(book, results.evidence.products.harms, "harms")
    own = _in_studies(results, book)
    content: list[Block] = [Paragraph(_answer(counted, bool(said or own), words.short), "lead")]
    content += _where_from(results, book, counted)
    if counted:
        content.append(_of_hundred(counted, words.short))
    if rare := [each for each in counted if each.of_thousand]:
        content.append(_of_thousand(rare, words.short))
    if said:
        content += [Heading("What sources say"), Items(said)]
    content += own
    return Section("harms", f"What harm does {words.short} do?", tuple(content))


def _answer(counted: list[_Counted], said: bool, short: str) -> Inline:
    """Say which counted event is the commonest, or that none was counted."""
    known = [(each, claim) for each in counted if (claim := each.sides[0]) is not None]
    if known:
        each, claim = max(known, key=lambda pair: pair[1].value or 0.0)
        without = each.sides[1] or "an unknown number"
        return (
            f"Counted most often with {short}: ",
            Name(each.event),
            ", in ",
            claim,
            " of a hundred people; without it in ",
            without,
            ".",
        )
    if said:
        return f"This dossier holds no pooled counts of harm with and without {short}; what is known stands below."
    return "Nothing on harm stands in this dossier. That does not mean that there is none."


def _counted(results: Results, book: Ledger) -> list[_Counted]:
    found, short = [], words_of(results.evidence).short
    for key, pair in results.evidence.products.harm_counts.items():
        under = book_of(book, key, pair)
        sides = sides_of(under, pair, short)
        if not any(sides):
            continue
        rare = any(side is not None and (side.value or 0.0) < _RARE for side in sides)
        of_thousand = sides_of(under, pair, short, ".thousand", 1000) if rare else None
        found.append(_Counted(pair.label, pair.population, pair.time_span, sides, of_thousand))
    return found


def book_of(book: Ledger, key: str, pair: ArmPair) -> Ledger:
    """Give what claims on a pair of counts share."""
    return book.under(f"harm.{key}.", population=pair.population, time_span=pair.time_span, function=wilson)


def sides_of(
    book: Ledger, pair: ArmPair, short: str, name: str = "", of: int = 100, decimals: int | None = None
) -> tuple[Claim | None, Claim | None]:
    """Give the shares with and without the treatment; None on a side that was not counted."""
    with_it, without = (
        share_of(book, f"{side}{name}", f"{side} {short}", pair.label, arm, "products.yaml", of, decimals)
        for side, arm in (("with", pair.arm), ("without", pair.versus))
    )
    return with_it, without


def share_of(
    book: Ledger,
    name: str,
    side: str,
    event: str,
    arm: ArmResult,
    file: str,
    of: int = 100,
    decimals: int | None = None,
) -> Claim | None:
    """Give people with an event of a hundred or a thousand, with Wilson's interval."""
    counts = counts_of(arm)
    if counts is None:
        return None
    events, n, numbers = counts
    low, high = wilson(events, n)
    if decimals == 0 and 0 < of * events / n < 1:
        decimals = 1  # not none, and not written as none
    sources = [key for number in numbers for key in number.sources]
    return book(
        name,
        f"{event}, of {_OF[of]} people {side}",
        of * events / n,
        low=of * float(low),
        high=of * float(high),
        interval="95 % confidence interval (Wilson)",
        certainty="not rated",
        version=__version__,
        inputs=((file, digest(arm.model_dump(mode="json"))),),
        sources=tuple(Source(key, numbers[0].status, numbers[0].at) for key in dict.fromkeys(sources)),
        decimals=decimals if decimals is not None else 1 if of == 100 else 0,
    )


def counts_of(arm: ArmResult | None) -> tuple[float, float, tuple[Number, Number]] | None:
    """Give events and people of an arm, and the dossier's numbers of both, where both have a source."""
    if arm is None or arm.events is None or arm.n is None or not (arm.events.usable and arm.n.usable):
        return None
    events, n = arm.events.value, arm.n.value
    return None if events is None or not n else (events, n, (arm.events, arm.n))


def _where_from(results: Results, book: Ledger, counted: list[_Counted]) -> list[Block]:
    """Say whether the counts come from people like those asked about, and how many studies show any."""
    evidence = results.evidence
    said: list[Inline] = []
    asked = evidence.dossier.question.population
    if counted and all(each.population != asked for each in counted):
        said.append(("None of these counts comes from ", Name(asked), "; who was counted stands in each row. "))
    main = [study for study in evidence.studies.values() if study.role not in BESIDE]
    if main:
        showing = [study for study in main if any(both_sides(study))]
        files = [f"studies/{study.id}.yaml" for study in main]
        sources = [study.reports[0] for study in main]
        both = book.under("harm.studies.")
        total = count(
            results, both, "main", "main studies of the question", len(main), files=files, sources=sources
        )
        shown = count(
            results,
            both,
            "counted",
            "main studies of the question with counts of harm in both groups",
            len(showing),
            files=files,
            sources=sources,
        )
        said.append(
            ("Main studies of this question that show counts of harm in both groups: ", shown, " of ", total, ".")
        )
    return [Paragraph(tuple(said))] if said else []


def _of_hundred(counted: list[_Counted], short: str) -> Table:
    return Table(
        "People with the event, of a hundred.",
        (Column("event"), Column(f"with {short}", "number"), Column("without", "number"), Column("counted in")),
        tuple(
            Row((Name(each.event), *map(_cell, each.sides), (Name(each.population), "; ", Name(each.time_span))))
            for each in counted
        ),
        note=_NOTE,
    )


def _of_thousand(rare: list[_Counted], short: str) -> Table:
    return Table(
        "Of a thousand people, where fewer than one in a hundred had it on one side.",
        (Column("event"), Column(f"with {short}", "number"), Column("without", "number")),
        tuple(Row((Name(each.event), *map(_cell, each.of_thousand or ()))) for each in rare),
        note=_NOTE,
    )


def _cell(side: Claim | None) -> Cell:
    return side or _NOT_COUNTED


def both_sides(study: Study) -> list[tuple[int, str]]:
    """Give each harm and comparison of a study whose two arms were both counted, by place and key."""
    return [
        (place, key)
        for place, harm in enumerate(study.harms)
        for key, comparison in study.comparisons.items()
        if all(counts_of(harm.arms.get(arm)) for arm in (comparison.arm, comparison.versus))
    ]


def _in_studies(results: Results, book: Ledger) -> list[Block]:
    """Give what the dossier's studies count and say of harm."""
    rows: list[Row] = []
    items: list[Inline] = []
    for study in results.evidence.studies.values():
        under = book.under(f"harm.study.{study.id}.", time_span="as in the source", function=wilson)
        rows += [_study_row(under, study, place, key) for place, key in both_sides(study)]
        items += [
            (Name(study.label), ", ", Name(harm.event), ": ", say(under, harm.statement, str(place)))
            for place, harm in enumerate(study.harms)
            if harm.statement is not None
        ]
    content: list[Block] = []
    if rows:
        columns = (Column("event"), Column("study"), Column("treatment"), Column("compared with"))
        content.append(
            Table(
                "People with the event, of a hundred, by study; studies of related questions included.",
                columns,
                tuple(rows),
                note=_NOTE,
            )
        )
    if items:
        content.append(Items(tuple(items)))
    return [Heading("What its own studies show"), *content] if content else []


def _study_row(book: Ledger, study: Study, place: int, key: str) -> Row:
    comparison, harm = study.comparisons[key], study.harms[place]
    cells: list[Cell] = []
    for side, arm in (("with", comparison.arm), ("without", comparison.versus)):
        label = study.arms[arm].label
        book_of_arm = book.under(f"{place}.{key}.", population=f"{study.label}, {label}")
        share = share_of(book_of_arm, side, f"with {label}", harm.event, harm.arms[arm], f"studies/{study.id}.yaml")
        cells.append((Name(label), ": ", share or _NOT_COUNTED))
    return Row((Name(harm.event), (Name(study.label), *_allocation(study)), *cells))


def _allocation(study: Study) -> tuple[Inline, ...]:
    """Say of a study whether chance did not decide who got what, or nobody knows."""
    words = {"no": "not randomised", "unclear": "not known whether randomised"}
    word = words.get(study.design.randomised)
    return (" ", Small(f"({word})")) if word else ()
