"""How soon it works and how long: what trials saw, and then what the fitted model predicts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from glabella.brief.mechanism import CREDIBLE, DAYS_A_WEEK, FittedModel, fitted_model, ranged, rated
from glabella.brief.quote import say_all
from glabella.brief.results import Results
from glabella.brief.sections.prediction import bias_of
from glabella.brief.sentence import sentence
from glabella.brief.words import Words, words_of
from glabella.dossier import MuscleObservation
from glabella.dossier._fitted import Course as FittedCourse
from glabella.dossier._fitted import Interval, Kept, Landmarks
from glabella.shown import (
    Block,
    Certainty,
    Claim,
    Column,
    Details,
    Figure,
    Heading,
    Icon,
    Inline,
    Items,
    Ledger,
    Link,
    Name,
    Paragraph,
    Row,
    Section,
    Shown,
    Small,
    Strong,
    Table,
)

if TYPE_CHECKING:
    from glabella.plot import Plot, Point

_PEOPLE = "tenth to ninetieth percentile of people"
#: Fewer trials than this cannot tell how much trials of one product differ.
_FEW = 3
#: Both sexes of a trial stand with women, as most people in the trials are.
_WITH_WOMEN = frozenset({"women", "mixed"})
_UNFITTED = (
    "Only what trials saw can be told: the model of how it works over time has not been fitted to the observations "
    "yet."
)
_TO_FIT = "The command “glabella mechanism fit” fits it."


@dataclass(frozen=True, slots=True)
class _Treated:
    """When one dose of one product works in one sex; its letter marks it in the figure, the lowest dose first.

    ``people`` is ``duration`` with how people differ as its limits; ``kept`` holds times, and the share of those
    weakened at the peak who still are; ``own`` are the reasons that the other rows do not share.
    """

    letter: str
    row: Landmarks
    product: str
    dose: Claim
    onset: Claim
    peak_day: Claim
    peak_share: Claim
    duration: Claim
    people: Claim
    kept: tuple[tuple[Claim, Claim], ...]
    certainty: Certainty
    own: tuple[str, ...]


def report(results: Results, book: Ledger) -> Section | None:
    """Tell how soon and how long it works: what trials saw before what a model says."""
    evidence = results.evidence
    said = say_all(book, evidence.products.time_course, "time")
    model = fitted_model(results)
    content: tuple[Block, ...]
    if model is not None:
        content = _with_model(model, book, said, words_of(evidence))
    elif evidence.mechanism is not None:
        content = (Paragraph(_UNFITTED, "lead"), *_list(said), Paragraph(_TO_FIT, "note"))
    elif said:
        content = (Paragraph(said[0], "lead"), *_list(said[1:]))
    else:
        return None
    return Section("course", "How soon does it work, and how long?", content)


def _list(said: tuple[Inline, ...]) -> tuple[Block, ...]:
    return (Items(said),) if said else ()


def _with_model(model: FittedModel, book: Ledger, said: tuple[Inline, ...], words: Words) -> tuple[Block, ...]:
    rows = tuple(_treated(model, book, chr(ord("A") + at), row) for at, row in enumerate(model.shown))
    usual = rows[model.shown.index(model.usual)]
    by_dose = tuple(row for row in rows if row.row.product == model.fitted.mood.product)
    others = rows[len(by_dose) :]
    own = [row for row in by_dose if row.row.sex == "women" and row.row.dose == model.label_dose(row.row.product)]
    return (
        Paragraph(_answer(model, usual), "lead"),
        *((Heading("What trials saw"), Items(said)) if said else ()),
        Heading("What the model predicts"),
        *_predicted(model, book, usual),
        *_doses(model, by_dose, words),
        *_products(model, (*own, *others), others),
    )


# --- claims -------------------------------------------------------------------------------------------------


def _treated(model: FittedModel, book: Ledger, letter: str, row: Landmarks) -> _Treated:
    """Make the claims of one dose in one sex; how it wanes only of the usual one."""
    own = _own_reasons(model, row)
    under = _book_of(model, book, row)
    units = under.under(unit=f"units of {row.product}", decimals=0 if row.dose.is_integer() else 1)
    days, share = under.under(unit="days"), under.under(unit="%", decimals=0)
    last = max((course.days[-1] for course in model.fitted.courses), default=None)
    beyond = row.duration.value is None and last is not None
    # Whole weeks: rounded up, a bound would be wrong.
    duration = Interval(value=last // 7 * 7, low=row.duration.low) if last and beyond else row.duration
    people = Interval(value=duration.value, low=row.short.value, high=row.long.value)
    weeks = under.under(unit="weeks", decimals=0)
    lasting = weeks.under(bound=">" if beyond else None)

    credible, to_weeks = model.level(CREDIBLE), 1 / DAYS_A_WEEK
    onset, peak = (
        "day by which half of those who respond at the peak first do",
        "people with a response at the peak",
    )
    lost = "time by which half of the responders have lost it"
    differ = f"{lost}, and how people differ"
    kept = []
    for it in row.kept if row is model.usual else ():
        label = f"responders at the peak who respond on day {it.day:g}"
        kept.append(
            (_time_of(under, it), ranged(share, f"kept.{it.day:g}", label, it.share, credible, scale=100.0))
        )
    return _Treated(
        letter,
        row,
        model.product(row.product),
        dose=units("dose", "dose", row.dose),
        onset=ranged(days, "onset", onset, row.onset, credible, decimals=1),
        peak_day=ranged(days, "peak_day", "day of the largest effect", row.peak_day, credible, decimals=0),
        peak_share=ranged(share, "peak_share", peak, row.peak_share, credible, scale=100.0),
        duration=ranged(lasting, "duration", lost, duration, credible, scale=to_weeks),
        people=ranged(lasting, "people", differ, people, _PEOPLE, scale=to_weeks),
        kept=tuple(kept),
        certainty=rated((*model.reasons, *own)),
        own=own,
    )


def first_time(model: FittedModel, book: Ledger) -> Claim | None:
    """Give the first of the times at which it is told how many are still weakened."""
    kept = model.usual.kept
    return _time_of(_book_of(model, book, model.usual), kept[0]) if kept else None


def _book_of(model: FittedModel, book: Ledger, row: Landmarks) -> Ledger:
    who = f"{row.sex} with {row.dose:g} units of {row.product} in {model.words.place}"
    return model.ledger(book).under(
        f"{row.definition}.{row.product}.{row.sex}.{row.dose:g}.",
        population=f"{who}; a response is when {model.words.defined(row.definition)}",
        certainty=rated((*model.reasons, *_own_reasons(model, row))),
        function="glabella.mechanism.landmarks",
        sources=model.muscle_sources(row.product),
    )


def _time_of(under: Ledger, it: Kept) -> Claim:
    return under(f"kept.{it.day:g}.time", "time", it.day / DAYS_A_WEEK, unit="weeks", decimals=0)


def _own_reasons(model: FittedModel, row: Landmarks) -> tuple[str, ...]:
    """Say what makes one dose in one sex less certain than the rest."""
    seen = [it for it in model.mechanism.observations.muscle if it.product == row.product and it.use == "fit"]
    reasons = []
    if len({it.study for it in seen}) < _FEW:
        reasons.append("few trials of this product")
    if row.sex == "men" and not any(it.sex == "men" for it in seen):
        reasons.append("no trial of this product in men alone")
    elif not any(it.units == row.dose for it in seen):
        reasons.append("no trial gave this dose")
    return tuple(reasons)


# --- sentences ----------------------------------------------------------------------------------------------


def _answer(model: FittedModel, usual: _Treated) -> Inline:
    return sentence(
        "After {dose}, a model fitted to trials predicts that half of the {who} whose {part} weakens have lost "
        "this again after {duration}. Its certainty is {certainty}; what trials saw stands first.",
        dose=usual.dose,
        who=usual.row.sex,
        part=model.words.part,
        duration=usual.duration,
        certainty=Icon("certainty", usual.certainty),
    )


def _predicted(model: FittedModel, book: Ledger, usual: _Treated) -> Iterator[Block]:
    """Tell the usual dose in sentences, with how far to trust it and on which side the model errs."""
    part, who = model.words.part, usual.row.sex
    yield Paragraph(
        f"Here a {part} counts as weakened when {model.words.defined(usual.row.definition)}. Brackets are credible "
        "intervals of the average; a single trial differs more."
    )
    soon = sentence(
        "{soon} After {dose}, half of the {who} whose {part} weakens have it weakened within {onset}. The effect "
        "is largest about day {day}; then the {part} is weakened in {share} of all {who}.",
        soon=Strong("How soon."),
        dose=usual.dose,
        who=who,
        part=part,
        onset=usual.onset,
        day=Shown(usual.peak_day, "bare"),
        share=usual.peak_share,
    )
    yield Paragraph(soon)
    long = sentence(
        "{long} Half of them have lost it after {duration}. People differ: {people} weeks, leaving out the tenth "
        "who lose it first and the tenth who keep it longest.{kept}",
        long=Strong("How long."),
        duration=usual.duration,
        people=Shown(usual.people, "limits"),
        kept=_kept(part, usual),
    )
    yield Paragraph(long)
    certainty = sentence(
        "Certainty: {certainty}, because {reasons}.{side}",
        certainty=Icon("certainty", usual.certainty),
        reasons="; ".join((*model.reasons, *usual.own)) or "nothing was found that speaks against it",
        side=_side(model, book),
    )
    yield Paragraph(certainty)


def _kept(part: str, usual: _Treated) -> Inline:
    """Say how many of those weakened at the peak still are later."""
    said: list[Inline] = []
    for time, share in usual.kept:
        text = ", {share} after {time}" if said else "{share} still have it after {time}"
        said.append(sentence(text, share=share, time=time))
    return (f" Of those whose {part} is weakened at the peak, ", *said, ".") if said else ""


def _side(model: FittedModel, book: Ledger) -> Inline:
    """Say on which side the model errs where it was not fitted: in shares held out, or else in trials left out."""
    found = {each.by: each for each in model.fitted.muscle.foretold}
    unseen = found.get("held_out") or found.get("study")
    if unseen is None or not unseen.bias:
        return ""
    return sentence(
        " Its predictions for {unseen} were {side} than what was seen, on average by {bias}: {more}.",
        unseen="shares that were never fitted" if unseen.by == "held_out" else "trials left out one at a time",
        side="higher" if unseen.bias > 0 else "lower",
        bias=bias_of(model, book, unseen),
        more=Link("how well it predicts", "prediction"),
    )


# --- tables -------------------------------------------------------------------------------------------------


def _doses(model: FittedModel, rows: tuple[_Treated, ...], words: Words) -> Iterator[Block]:
    """Draw and list the doses of the product of the trials of mood."""
    part, product = model.words.part, model.product(model.fitted.mood.product)
    both = " Trials of both sexes stand with women." if any(row.row.sex == "women" for row in rows) else ""
    yield Figure(
        "course-doses",
        _panels(model, rows),
        f"Share of people whose {part} is weakened over weeks after one {words.session}, a panel for each dose and "
        "sex, with intervals and what trials saw. The table below holds the landmarks.",
        "Panels bear the letters of the table. Dots are what trials with these doses and this definition saw, less "
        f"what was seen after {words.control}; larger dots are of more people.{both}",
    )
    caption = sentence(
        "After one {session} of {product}, in units of that product, as the model predicts. The last column is how "
        "people differ, without the tenth who lose it first and the tenth who keep it longest.",
        session=words.session,
        product=Name(product),
    )
    columns = (*_columns("people and units", part), Column("people differ, weeks", "number"))
    named = [(f"{row.letter}: {row.row.sex}, ", Shown(row.dose, "number")) for row in rows]
    cells = [(name, *_cells(row), Shown(row.people, "limits")) for name, row in zip(named, rows, strict=True)]
    yield Table(caption, columns, tuple(map(Row, cells)))
    less: dict[str, list[str]] = {}
    for row in rows:
        if row.certainty != model.certainty:
            less.setdefault(f"({row.certainty}), because {', '.join(row.own)}", []).append(row.letter)
    if less:
        each = "; ".join(f"{', '.join(letters)} {why}" for why, letters in less.items())
        yield Paragraph(f"Less certain than the rest: {each}.", "note")


def _products(model: FittedModel, rows: tuple[_Treated, ...], others: tuple[_Treated, ...]) -> Iterator[Block]:
    """Give each product in the dose of its own label; what is drawn already is not drawn again."""
    part = model.words.part
    if len(rows) > 1:
        named = [(f"{row.letter}: {row.row.sex}, ", row.dose, " ", Small(f"({row.certainty})")) for row in rows]
        yield Table(
            "Each product in the dose of its own label. Units of one product are not units of another; the rows "
            "come from different trials and do not compare the products. In brackets: certainty.",
            _columns("product and dose", part),
            tuple(Row((name, *_cells(row))) for name, row in zip(named, rows, strict=True)),
        )
    if others:
        figure = Figure(
            "course-products",
            _panels(model, others),
            f"Share of people whose {part} is weakened over weeks, a panel for each other product in its own dose.",
            "Panels bear the letters of the table above.",
        )
        yield Details("The other products over time", (figure,))


def _columns(first: str, part: str) -> tuple[Column, ...]:
    return (
        Column(first),
        Column("half have it by day", "number"),
        Column(f"{part} weakened at the peak, %", "number"),
        Column("half have lost it by week", "number"),
    )


def _cells(row: _Treated) -> tuple[Inline, ...]:
    return tuple(Shown(claim, "bare") for claim in (row.onset, row.peak_share, row.duration))


# --- figures ------------------------------------------------------------------------------------------------


def _panels(model: FittedModel, rows: tuple[_Treated, ...]) -> Plot:
    """Draw a panel for each dose and sex, lettered as the rows of the table."""
    from glabella.plot import Course, time_course

    courses, points = [], []
    for row in rows:
        wanted = (row.row.product, row.row.sex, row.row.dose, row.row.definition)
        for each in model.fitted.courses:
            if (each.product, each.sex, each.dose, each.definition) == wanted:
                other = "" if row.row.product == model.fitted.mood.product else f", {row.product}"
                label = f"{row.letter}: {row.row.sex}{other}"
                weeks = [day / DAYS_A_WEEK for day in each.days]
                bands = (each.low, each.high, each.next_low, each.next_high)
                courses.append(Course(label, weeks, each.median, *bands))
                points += list(_points(model, each, label))
    return time_course(courses, points, title=f"people whose {model.words.part} is weakened")


def _points(model: FittedModel, course: FittedCourse, label: str) -> Iterator[Point]:
    """Give what trials saw of this dose, less what was seen without it; both sexes stand with women."""
    from glabella.plot import Point
    from glabella.synthesis import wilson

    sexes = _WITH_WOMEN if course.sex == "women" else {course.sex}
    for each in model.mechanism.observations.muscle:
        alike = (each.product, each.definition, each.units) == (course.product, course.definition, course.dose)
        if alike and each.sex in sexes and each.day <= course.days[-1] and each.responders_at is None:
            share, people = _share(each), each.arm.people
            low, high = (None, None) if people is None else map(float, wilson(share * people, people))
            yield Point(label, each.day / DAYS_A_WEEK, share, low, high, people or 1.0, _kind(each))


def _share(each: MuscleObservation) -> float:
    other = each.placebo.share if each.placebo else 0.0
    return max((each.arm.share - other) / (1 - other), 0.0) if other < 1 else 0.0


def _kind(each: MuscleObservation) -> Literal["fitted", "held out", "recalled"]:
    return "fitted" if each.use == "fit" else "recalled" if each.status == "recalled" else "held out"
