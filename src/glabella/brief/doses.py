"""When one dose works in one sex: the claims of a fitted mechanism, and what trials timed of it."""

from __future__ import annotations

from dataclasses import dataclass

from glabella.brief.mechanism import CREDIBLE, DAYS_A_WEEK, PREDICTION, FittedModel, of_numbers, ranged, rated
from glabella.brief.sentence import sentence
from glabella.dossier import MuscleObservation, TimeObservation
from glabella.dossier._fitted import Interval, Kept, Landmarks
from glabella.shown import Certainty, Claim, Inline, Ledger, Name, Shown

_PEOPLE = "tenth to ninetieth percentile of people"
#: Fewer trials than this cannot tell how much trials of one product differ.
_FEW = 3


@dataclass(frozen=True, slots=True)
class Treated:
    """When one dose of one product works in one sex; its letter marks it in the figure, the lowest dose first.

    ``new_trial`` is ``duration`` with what a new trial may see as its limits, ``people`` the same with how people
    differ; ``kept`` holds times, and the share of responders who still are weakened then; ``own`` are the reasons
    that the other rows do not share. Where nothing late was seen, ``duration``, ``new_trial`` and ``people`` are
    not known, and nothing is ``kept``.
    """

    letter: str
    row: Landmarks
    product: str
    dose: Claim
    onset: Claim
    peak_day: Claim
    peak_share: Claim
    duration: Claim
    new_trial: Claim
    people: Claim
    kept: tuple[tuple[Claim, Claim], ...]
    certainty: Certainty
    own: tuple[str, ...]


def treated(model: FittedModel, book: Ledger, letter: str, row: Landmarks) -> Treated:
    """Make the claims of one dose in one sex; how it wanes only of the usual one."""
    own = _own_reasons(model, row)
    under = _book_of(model, book, row)
    units = under.under(unit=f"units of {row.product}", decimals=0 if row.dose.is_integer() else 1)
    days, share = under.under(unit="days"), under.under(unit="%", decimals=0)
    last = max((course.days[-1] for course in model.fitted.courses), default=None)
    beyond = row.known and row.duration.value is None and last is not None
    # Whole weeks: rounded up, a bound would be wrong.
    duration = Interval(value=last // 7 * 7, low=row.duration.low) if last and beyond else row.duration
    if not row.known:
        duration = Interval(value=None)
    people = Interval(value=duration.value, low=row.short.value, high=row.long.value)
    new = Interval(value=duration.value, low=row.next_duration.low, high=row.next_duration.high)
    weeks = under.under(unit="weeks", decimals=0)
    lasting = weeks.under(bound=">" if beyond else None)

    credible, to_weeks = model.level(CREDIBLE), 1 / DAYS_A_WEEK
    part = model.words.part
    onset = f"day by which the {part} is weakened in half of those in whom it is at the peak"
    since = f"day {model.fitted.responders_at:g}"
    peak = f"people whose {part} is weakened at the peak"
    lost = f"time by which the {part} is back in half of those in whom it was weakened on {since}"
    differ = f"{lost}, and how people differ"
    kept = []
    for it in row.kept if row is model.usual and row.known else ():
        label = f"people whose {part} is still weakened on day {it.day:g}, of those in whom it was on {since}"
        still = ranged(share, f"kept.{it.day:g}", label, it.share, credible, scale=100.0)
        kept.append((_time_of(under, it), still))
    return Treated(
        letter,
        row,
        model.product(row.product),
        dose=units("dose", "dose given once", row.dose),
        onset=ranged(days, "onset", onset, row.onset, credible, decimals=1),
        peak_day=ranged(days, "peak_day", "day of the largest effect", row.peak_day, credible, decimals=0),
        peak_share=ranged(share, "peak_share", peak, row.peak_share, credible, scale=100.0),
        duration=ranged(lasting, "duration", lost, duration, credible, scale=to_weeks),
        new_trial=ranged(
            lasting,
            "new_trial",
            f"{lost}, and what a new trial may see",
            new,
            model.level(PREDICTION),
            scale=to_weeks,
        ),
        people=ranged(lasting, "people", differ, people, _PEOPLE, scale=to_weeks),
        kept=tuple(kept),
        certainty=rated((*model.reasons, *own)),
        own=own,
    )


def _book_of(model: FittedModel, book: Ledger, row: Landmarks) -> Ledger:
    who = f"{row.sex} given {row.dose:g} units of {model.product(row.product)} in {model.place}"
    return model.ledger(book).under(
        f"{row.definition}.{row.product}.{row.sex}.{row.dose:g}.",
        population=f"{who}; the {model.words.part} counts as weakened when {model.words.defined(row.definition)}",
        certainty=rated((*model.reasons, *_own_reasons(model, row))),
        function="glabella.mechanism.fit_course",
        sources=model.muscle_sources(row.product),
    )


def _time_of(under: Ledger, it: Kept) -> Claim:
    return under(f"kept.{it.day:g}.time", "time after it was given", it.day / DAYS_A_WEEK, unit="weeks", decimals=0)


def _own_reasons(model: FittedModel, row: Landmarks) -> tuple[str, ...]:
    """Say what makes one dose in one sex less certain than the rest."""
    seen = [it for it in model.mechanism.observations.muscle if it.product == row.product and it.use == "fit"]
    reasons = []
    if not row.known:
        reasons.append("nothing late was seen of it")
    if len({it.study for it in seen}) < _FEW:
        reasons.append("few trials of this product")
    if row.sex == "men" and not any(it.sex == "men" for it in seen):
        reasons.append("no trial of this product in men alone")
    elif not any(it.units == row.dose for it in seen):
        reasons.append("no trial gave this dose")
    return tuple(reasons)


def timed(model: FittedModel, rows: tuple[Treated, ...]) -> tuple[TimeObservation, Treated] | None:
    """Give the largest trial that timed how long a dose lasts, as the model is asked of it, and the model's row."""
    same = {row.row.dose: row for row in reversed(rows)}
    usual = model.usual
    timed = [
        each
        for each in model.mechanism.observations.times
        if each.kind == "median_duration"
        and (each.product, each.definition) == (usual.product, usual.definition)
        and each.units in same
        and (each.days.value is not None or each.after_day is not None)
        and each.status in ("seen", "derived")
    ]
    if not timed:
        return None
    largest = max(timed, key=lambda each: each.people.value or 0.0)
    return largest, same[largest.units]


def seen(model: FittedModel, book: Ledger, each: TimeObservation) -> Inline:
    """Say when half had lost it, as a trial saw: between two visits, where these are known."""
    part = model.words.part
    said = f"day by which the {part} was back in half of those in whom it had weakened, as a trial saw"
    under = model.ledger(book).under(
        f"seen.{each.id}.",
        unit="day",
        population=f"people given {each.units:g} units of {model.product(each.product)} in {model.place}; the "
        f"{part} counts as weakened when {model.words.defined(each.definition)}",
        certainty="as printed",
        function="glabella.brief.quote",
        sources=of_numbers([each.days]),
        decimals=0,
    )
    if each.after_day is None:
        printed = under("printed", said, each.days.value, bound=each.days.bound)
        return sentence("by day {day}", day=Shown(printed, "number"))
    visit = Shown(under("after", f"last visit before the {said}", each.after_day), "number")
    if each.by_day is None:
        return sentence("later than day {visit}", visit=visit)
    later = Shown(under("by", f"first visit after the {said}", each.by_day), "number")
    return sentence("between day {visit} and day {later}", visit=visit, later=later)


def largest(model: FittedModel) -> MuscleObservation | None:
    """Give the largest trial that counted responders to the product asked about, by the same definition."""
    usual = model.usual
    found = [
        each
        for each in model.mechanism.observations.muscle
        if (each.product, each.definition, each.use) == (usual.product, usual.definition, "fit")
        and each.responders_at is None
        and each.arm.bound is None
    ]
    return max(found, key=lambda each: each.arm.people or 0.0, default=None)


def counted(model: FittedModel, book: Ledger, each: MuscleObservation) -> Inline:
    """State the share of responders that a trial counted, and on which day."""
    under = model.ledger(book).under(
        f"counted.{each.id}.",
        population=f"people given {each.units:g} units of {model.product(each.product)} in {model.place}",
        certainty="as printed",
        function="glabella.brief.quote",
        sources=of_numbers(each.arm.numbers),
        decimals=0,
    )
    part = model.words.part
    share = under("share", f"people whose {part} was weakened, as a trial counted", 100 * each.arm.share, unit="%")
    day = under("day", f"day on which people with a weakened {part} were counted", each.day, unit="day")
    return sentence(
        "{share} on day {day} ({trial})", share=share, day=Shown(day, "number"), trial=Name(model.trial(each.study))
    )
