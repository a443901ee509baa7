"""Does mood follow the muscle: explanations of the effect on mood that compete."""

from __future__ import annotations

import math
from dataclasses import dataclass

from glabella.brief.mechanism import DAYS_A_WEEK, LIKELY, FittedModel, decimals_of, fitted_model, of_numbers, ranged
from glabella.brief.quoting import capital, say_all
from glabella.brief.results import Results
from glabella.brief.sentence import aside, sentence
from glabella.brief.words import words_of
from glabella.dossier import Explanation
from glabella.dossier._fitted import Explained, Gap, Interval
from glabella.shown import (
    Block,
    Claim,
    Column,
    Details,
    Figure,
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
    Table,
)

_NEEDED = "half-life of mood with which relief would outlast weakness by as much as was seen"
_UNFITTED = (
    "The data have not been asked: the model has not been fitted to the observations yet. Below is what each "
    "explanation predicts, and what speaks for and against it."
)


@dataclass(frozen=True, slots=True)
class _Account:
    """One explanation beside the data on mood.

    ``limits`` where the data limit how slowly mood follows, ``beyond`` where what is needed for the gap is slower
    than that.
    """

    name: str
    label: str
    effect: bool
    limits: bool
    beyond: bool
    gain: Claim
    half_life: Claim
    weight: Claim
    weakness_half: Claim | None
    relief_half: Claim | None
    needed: Claim | None


def report(results: Results, book: Ledger) -> Section | None:
    """Put the explanations beside the data on mood, with what each predicts and what speaks for and against it."""
    mechanism = results.evidence.mechanism
    if mechanism is None:
        return None
    model = fitted_model(results)
    argued: list[Block] = []
    for key, it in mechanism.explanations.items():
        argued += [Heading(Name(capital(it.label))), _items(book, key, it)]
    title = f"Does mood follow the {mechanism.words.part}?"
    if model is None:
        return Section("mood", title, (Paragraph(_UNFITTED, "lead"), *argued))
    content = _with_model(model, book, words_of(results.evidence).condition)
    folded = Details("What each explanation predicts, and what speaks for and against it", tuple(argued))
    return Section("mood", title, (*content, folded))


def _items(book: Ledger, key: str, it: Explanation) -> Items:
    said = (
        *(("Predicts: ", each) for each in say_all(book, it.predicts, f"predicts.{key}.")),
        *(("For: ", each) for each in say_all(book, it.in_favour, f"favour.{key}.")),
        *(("Against: ", each) for each in say_all(book, it.against, f"against.{key}.")),
    )
    return Items(said)


def _with_model(model: FittedModel, book: Ledger, condition: str) -> tuple[Block, ...]:
    people = f"people with {condition}, in the trials of mood"
    under = model.ledger(book).under(
        certainty=model.mood_certainty,
        sources=model.mood_sources,
        time_span="at the weeks of the trials",
        population=people,
    )
    mood = under.under("mood.", function="glabella.mechanism.compare", decimals=0)
    count = sentence(
        "Each explanation was fitted to the same {rows} differences in mood from {trials} trials. Relief is in "
        "points of the scale for {condition}.{limit}",
        rows=mood("rows", "differences in mood that were fitted", len(model.fitted.mood.rows)),
        trials=mood("trials", "trials of mood that were fitted", len(model.mood_trials)),
        condition=condition,
        limit=model.relief_counts(book),
    )
    certainty = sentence(
        "Certainty: {certainty}. Why: {reasons}.",
        certainty=Icon("certainty", model.mood_certainty),
        reasons="; ".join(_reasons(model)),
    )
    accounts = tuple(_account(model, under, people, each) for each in model.fitted.mood.explanations)
    return (
        Paragraph(_answer(model), "lead"),
        Paragraph(certainty),
        Paragraph(count),
        *_figure(model, condition),
        _table(model, accounts),
        *_gap(model, under, accounts),
    )


def _reasons(model: FittedModel) -> tuple[str, ...]:
    """Give the reasons; where mood is less certain than they say, what it rests on is."""
    rests = "it rests on the effect on mood, and on the course of the muscle"
    return model.mood_reasons or (rests,)


# --- claims -------------------------------------------------------------------------------------------------


def _account(model: FittedModel, under: Ledger, people: str, each: Explained) -> _Account:
    """Make the claims of one explanation."""
    label, effect = model.explanation(each.name), model.has_effect(each.name)
    gap = next((it for it in model.fitted.mood.gaps if effect and it.explanation == each.name), None)
    own = under.under(f"mood.{each.name.replace(' ', '_')}.", population=f"{people}; explained by: {label}")
    fitted = own.under(function="glabella.mechanism.compare")
    likely, after = model.level(LIKELY), f"after one {model.evidence.words.session}"
    half = each.half_life

    def days(name: str, words: str, found: Interval, function: str) -> Claim:
        places = decimals_of(found.value, found.high, digits=1)
        book = own.under(unit="days", function=f"glabella.mechanism.{function}", time_span=after)
        return ranged(book, name, words, found, likely, decimals=places)

    def shown(name: str, words: str, found: Interval | None, function: str) -> Claim | None:
        return None if found is None else days(name, words, found, function)

    weakness = gap.weakness_half if gap else None
    relief = _lasting(half, gap) if gap else None
    needed = gap.needed_half_life if gap else None
    return _Account(
        each.name,
        label,
        effect,
        limits=half.low is not None or half.high is not None,
        beyond=gap is not None and half.high is not None and (needed or math.inf) > half.high,
        gain=ranged(
            fitted,
            "gain",
            "largest relief that the explanation gives",
            each.gain,
            likely,
            unit="points",
            decimals=1,
        ),
        half_life=days("half_life", "half-life with which mood follows", half, "compare"),
        weight=_fit(fitted, each),
        weakness_half=shown("weakness_half", "day by which weakness has fallen to half", weakness, "gap"),
        relief_half=shown("relief_half", "day by which relief has fallen to half", relief, "gap"),
        needed=shown("needed", _NEEDED, Interval(value=needed) if needed is not None else None, "speed_for_gap"),
    )


def _fit(book: Ledger, each: Explained) -> Claim:
    """State how well an explanation fits; its weight is shown, and AICc stands behind it."""
    book("aicc", "AICc (lower is better)", each.aicc, decimals=1)
    return book("weight", "weight among the explanations, from AICc", 100 * each.weight, unit="%", decimals=0)


def _lasting(half_life: Interval, gap: Gap) -> Interval:
    """Give how long relief lasts: without a limit where the data do not limit how slowly mood follows."""
    return gap.relief_half if half_life.high is not None else gap.relief_half.model_copy(update={"high": None})


# --- sentences, table and figure ----------------------------------------------------------------------------


def _answer(model: FittedModel) -> Inline:
    """Say whether the data tell the explanations apart; that no effect fits as well is not told as no effect."""
    alike = [model.explanation(name) for name in model.alike]
    answer = []
    if model.without_effect:
        how = "as well" if len(model.fitted.mood.inseparable) > 1 else "best"
        answer.append(
            f"The trials cannot tell: the data fit {how} with no effect at all, which takes the fewest constants; "
            "with so few trials that does not prove there is none."
        )
    elif len(alike) > 1:
        answer.append("The trials cannot tell.")
    if len(alike) > 1:
        answer.append(f"Of the explanations with an effect, these fit about equally well: {'; '.join(alike)}.")
    elif alike:
        answer.append(f"Of the explanations with an effect, one fits best: {alike[0]}. That does not prove it.")
    return Name(" ".join(answer) or "No explanation with an effect was fitted.")


def _table(model: FittedModel, accounts: tuple[_Account, ...]) -> Table:
    inseparable = model.fitted.mood.inseparable
    rows = []
    for each in accounts:
        mark = ""
        if each.effect and each.name in model.alike:
            mark = "not told apart"
        elif not each.effect and each.name in inseparable:
            mark = "no proof that there is none"
        rows.append(Row(((Name(each.label), aside(mark)), each.weight, *_cells(each))))
    return Table(
        "The best fit first; weights follow from AICc. The half-life says how slowly mood follows. The last column "
        f"is the half-life that mood would need to outlast the {model.words.part} by as much as was seen.",
        (
            Column("explanation"),
            Column("weight", "number"),
            Column("largest relief, points", "number"),
            Column("half-life of mood, days", "number"),
            Column("half-life needed, days", "number"),
        ),
        tuple(rows),
    )


def _cells(each: _Account) -> tuple[Inline, ...]:
    if not each.effect:
        return ("none", "none", "none")
    needed: Inline = "none of the values tried"
    if each.needed:
        needed = (Shown(each.needed, "number"), " or more")
    return (
        Shown(each.gain, "bare"),
        (Shown(each.half_life, "bare"), aside("" if each.limits else "no limits")),
        (needed, aside("longer than the data support" if each.beyond else "")),
    )


def _gap(model: FittedModel, under: Ledger, accounts: tuple[_Account, ...]) -> tuple[Block, ...]:
    """Say by how long mood outlasted the muscle, and by how long it does as fitted."""
    asked = model.mechanism.questions
    seen = under(
        "gap_seen",
        f"least time by which mood outlasted the weakened {model.words.part}, where it was seen",
        model.fitted.mood.gap_seen / DAYS_A_WEEK,
        unit="weeks",
        decimals=0,
        function="glabella.brief.quote",
        sources=of_numbers([asked.gap_seen]) if asked else model.mood_sources,
    )
    days: list[Inline] = []
    weakness = None
    for each in accounts:
        if each.relief_half is not None:
            weakness = weakness or each.weakness_half
            known = each.relief_half.value is not None
            day: Inline = ("day ", Shown(each.relief_half, "bare")) if known else "no day that was followed"
            days.append((", " if days else "", day, " (", Name(each.label), ")"))
    if weakness is None:
        return ()
    said = sentence(
        "Where it was watched, mood stayed better for {seen} or more after the {part} was back. As fitted, "
        "weakness has fallen to half by day {weakness}, and relief by {days}. If mood outlasts the {part}, either "
        "mood is slow, as in the last column of the table, or something acts that no explanation here holds.",
        seen=seen,
        part=model.words.part,
        weakness=Shown(weakness, "bare"),
        days=tuple(days),
    )
    return (Heading("Mood outlasting the muscle"), Paragraph(said))


def _figure(model: FittedModel, condition: str) -> tuple[Figure, ...]:
    """Draw relief under each explanation, and the differences that trials saw."""
    mood = model.fitted.mood
    fitted = {each.name for each in mood.explanations}
    drawn = [each for each in model.fitted.mood_courses if each.explanation in fitted]
    if not drawn:
        return ()
    from glabella.plot import Course, Point, explained_course

    courses = [
        Course(model.explanation(each.explanation), [day / DAYS_A_WEEK for day in each.days], each.relief)
        for each in drawn
    ]
    last = max(course.weeks[-1] for course in courses)
    points = [
        Point("", week, seen.value, seen.low, seen.high, 1.0)
        for week, seen in zip(mood.weeks, mood.relief, strict=True)
        if seen.value is not None and seen.low is not None and seen.high is not None and week <= last
    ]
    picture = explained_course(courses, points, title="points of relief: above zero is better")
    alt = f"Relief of {condition} in points over weeks, a line for each explanation, with what trials saw."
    return (
        Figure(
            "mood-course",
            picture,
            alt,
            "Lines are the explanations as fitted, dots the differences that trials saw.",
        ),
    )
