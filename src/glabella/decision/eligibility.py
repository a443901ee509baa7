"""Who must not have the treatment, who needs care, what to ask first, and when the next dose could be.

Rules are a dossier's, each with its source; what is not known of a person becomes a question. Units of one product
count for that product alone and are never turned into another's, while the days since the last dose are counted
whatever the product was.
"""

from __future__ import annotations

import calendar
import math
from dataclasses import dataclass
from datetime import date, timedelta

from glabella.dossier import Answer, Answers, Consultation, DoseGiven, Number, Rule, Spacing
from glabella.dossier.conditions import days_since, holds, open_asks, some, standing

DoseAnswer = tuple[DoseGiven, ...]


@dataclass(frozen=True, slots=True)
class Met:
    """A rule that holds for a person, or may.

    Attributes
    ----------
    id : str
        Its key in the dossier.
    rule : Rule
        As declared.
    asks : tuple of str
        On whose answers it depends whether the rule holds; none where it does.
    """

    id: str
    rule: Rule
    asks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NextDose:
    """What earlier doses leave of one product.

    Attributes
    ----------
    product : str
        Key in products.yaml.
    spacing : Spacing
        As declared.
    waited : bool or None
        Whether the days between two sessions have passed since the last dose of any product; None if not known.
    days : tuple of float, or None
        The fewest and the most days since that dose; None where there was none or nothing is known of doses.
    units : float or None
        Of this product within its span, in its own units; None where that is not known.
    left : float or None
        Units until the most of them are reached, not below 0; None where either is not known.
    earliest : date or None
        The first day, today or later, on which time and units allow some of it; None where that is not known.
    others : tuple of str
        Other products that were given, in the order of the doses, each once.
    unnamed : bool
        Whether a dose was given of which the product is not known.
    """

    product: str
    spacing: Spacing
    waited: bool | None
    days: tuple[float, float] | None
    units: float | None
    left: float | None
    earliest: date | None
    others: tuple[str, ...]
    unnamed: bool


@dataclass(frozen=True, slots=True)
class Eligibility:
    """What the rules come to for a person.

    Attributes
    ----------
    stops, cautions, first : tuple of Met
        Rules that hold, by what they ask for; ``first`` are those that name something to ask first.
    undecided : tuple of Met
        Rules of which it is not known whether they hold, stops first.
    asks : tuple of str
        What to ask, each once: first for a stop, then for the other rules.
    clashes : tuple of str
        Answers that do not go together, by their keys in the dossier.
    crisis : bool or None
        Whether what is said in a crisis comes first; None where that is not known.
    withheld : bool or None
        Whether no chance of the treatment is to be computed; None where that is not known.
    doses : tuple of NextDose
        One a product whose spacing is declared.
    mixed : bool
        Whether something was given that is, or may be, another product than one that could be given now.
    """

    stops: tuple[Met, ...]
    cautions: tuple[Met, ...]
    first: tuple[Met, ...]
    undecided: tuple[Met, ...]
    asks: tuple[str, ...]
    clashes: tuple[str, ...]
    crisis: bool | None
    withheld: bool | None
    doses: tuple[NextDose, ...]
    mixed: bool

    @property
    def met(self) -> tuple[Met, ...]:
        """All rules that hold."""
        return (*self.stops, *self.cautions, *self.first)

    @property
    def today(self) -> tuple[Met, ...]:
        """Those of them that ask for something the same day."""
        return tuple(met for met in self.met if met.rule.today is not None)

    @property
    def asked_first(self) -> tuple[str, ...]:
        """What to ask before all else: where a rule that holds names it, and on it hangs what cannot wait."""
        named = {ask for met in self.met for ask in met.rule.ask}
        hang = (ask for met in self.undecided if met.rule.today is not None for ask in met.asks)
        return tuple(dict.fromkeys(ask for ask in hang if ask in named))

    @property
    def before_all(self) -> bool:
        """Whether anything comes before all else."""
        return self.crisis is True or bool(self.today)

    @property
    def stopped(self) -> bool | None:
        """Whether the treatment is out of the question; None where that is not known."""
        return True if self.stops else None if any(met.rule.then == "stop" for met in self.undecided) else False


def eligibility(consultation: Consultation, answers: Answers, on: date) -> Eligibility:
    """Apply a dossier's rules to a person.

    Parameters
    ----------
    consultation : Consultation
        With rules, spacing and the crisis.
    answers : mapping of str to Answer
        By ask; what is not there is not known.
    on : date
        The day of the visit.

    Returns
    -------
    Eligibility
    """
    answers = standing(consultation.asks, answers, on)
    found: dict[str, list[Met]] = {"stop": [], "caution": [], "ask first": []}
    told = set[tuple[str, str]]()
    unknown: list[Met] = []
    for key, rule in consultation.rules.items():
        said = holds(rule.when, answers, on)
        if said:
            # Several rules may say the same, each for its own reason: the first that holds is enough.
            if (rule.then, rule.text.text) not in told:
                found[rule.then].append(Met(key, rule))
            told.add((rule.then, rule.text.text))
        elif said is None:
            unknown.append(Met(key, rule, open_asks(rule.when, answers, on)))
    order = list(found)
    unknown.sort(key=lambda met: order.index(met.rule.then))
    crisis = consultation.crisis
    doses = None if consultation.doses is None else answers.get(consultation.doses)
    products = {each.product for each in _doses(doses) or ()}
    return Eligibility(
        stops=tuple(found["stop"]),
        cautions=tuple(found["caution"]),
        first=tuple(found["ask first"]),
        undecided=tuple(unknown),
        asks=tuple(dict.fromkeys(ask for met in unknown for ask in met.asks)),
        clashes=tuple(key for key, each in consultation.clashes.items() if holds(each.when, answers, on)),
        crisis=False if crisis is None else some(holds(when, answers, on) for when in crisis.when),
        withheld=some(holds(rule.when, answers, on) for rule in consultation.rules.values() if rule.withhold),
        doses=tuple(next_dose(key, consultation.spacing, doses, on) for key in consultation.spacing),
        mixed=bool(products) and len(products | consultation.spacing.keys()) > 1,
    )


def next_dose(product: str, spacing: dict[str, Spacing], doses: Answer, on: date) -> NextDose:
    """Say when some of a product could next be given, and how much of it at most.

    The days between two sessions are counted from the last dose of any product, as the longer of what is declared
    for the product that was given and for the one that is to be. A dose counts among the units within a span of
    days or months if these have not passed since.

    Parameters
    ----------
    product : str
        Which could be given next; a key of ``spacing``.
    spacing : dict of str to Spacing
        By product.
    doses : Answer
        Earlier doses of any product; None where nothing is known of them.
    on : date
        The day of the visit.

    Examples
    --------
    >>> spacing = {"a": Spacing.model_validate({
    ...     "least_days": {"value": 84, "status": "seen", "source": "LABEL"},
    ...     "text": {"text": "Twelve weeks.", "status": "seen", "source": "LABEL"}})}
    >>> found = next_dose("a", spacing, (DoseGiven("b", 30, date(2026, 1, 1)),), date(2026, 2, 12))
    >>> found.waited, found.earliest, found.others
    (False, datetime.date(2026, 3, 26), ('b',))
    """
    own, given = spacing[product], _doses(doses)
    if given is None:
        return NextDose(product, own, None, None, None, None, None, (), unnamed=False)
    days = days_since(given, on)
    free = _free_after(product, spacing, given)
    waited: bool | None = True
    if given:
        later = [each > on for each in free if each is not None]
        waited = False if True in later else None if None in free else True
    units = _units(product, own, given, on)
    most, left = _value(own.most_units), None
    if most is not None and units is not None:
        left = max(most - units, 0.0)
    waits = [*free, _room_from(product, own, given, on) if own.most_units is not None else on]
    known = [each for each in waits if each is not None]
    return NextDose(
        product,
        own,
        waited,
        days,
        units,
        left,
        max(on, *known) if len(known) == len(waits) else None,
        tuple(dict.fromkeys(each.product for each in given if each.product not in (None, product))),
        any(each.product is None for each in given),
    )


def _free_after(product: str, spacing: dict[str, Spacing], given: DoseAnswer) -> list[date | None]:
    """Give for each dose the day from which on time allows another; None where that is not known."""
    free: list[date | None] = []
    for each in given:
        # What is declared for the product that is to be given must be known; another's can only lengthen it.
        own = None if each.date is None else _apart(spacing[product], each.date)
        other = _apart(spacing[each.product], each.date) if each.date and each.product in spacing else None
        free.append(own if own is None or other is None else max(own, other))
    return free


def _apart(spacing: Spacing, since: date) -> date | None:
    """Give the first day on which a session may follow one; None where that is not known."""
    return _after(since, spacing.least_days, spacing.least_months)


def _after(since: date, days: Number | None, months: Number | None) -> date | None:
    """Give the day so many days or months later; None where neither is known."""
    if (found := _value(days)) is not None:
        return since + timedelta(days=math.ceil(found))
    if (found := _value(months)) is not None:
        return months_later(since, int(found))
    return None


def months_later(since: date, months: int) -> date:
    """Give the same day of a later month, or the first day of the next where that month has no such day.

    >>> months_later(date(2026, 10, 19), 3), months_later(date(2025, 11, 30), 3)
    (datetime.date(2027, 1, 19), datetime.date(2026, 3, 1))
    """
    year, month = divmod(since.year * 12 + since.month - 1 + months, 12)
    if since.day > calendar.monthrange(year, month + 1)[1]:
        return date(year, month + 1, 28) + timedelta(days=calendar.monthrange(year, month + 1)[1] - 27)
    return date(year, month + 1, since.day)


def _units(product: str, own: Spacing, given: DoseAnswer, on: date) -> float | None:
    """Sum a product's own units within its span; None where a dose may belong to it and its units are not known."""
    if _after(on, own.within_days, own.within_months) is None:
        return None
    total = 0.0
    for each in given:
        until = None if each.date is None else _after(each.date, own.within_days, own.within_months)
        if each.product not in (product, None) or (until is not None and on >= until):
            continue
        if each.product is None or each.date is None or each.units is None:
            return None
        total += each.units
    return total


def _room_from(product: str, own: Spacing, given: DoseAnswer, on: date) -> date | None:
    """Give the first day, today or later, on which units are left; None where that is not known."""
    most = _value(own.most_units)
    ends = [_after(each.date, own.within_days, own.within_months) for each in given if each.date is not None]
    if None in ends or most is None:
        return None
    days = {on, *(each for each in ends if each is not None)}
    for day in sorted(each for each in days if each >= on):
        units = _units(product, own, given, day)
        if units is None:
            return None
        if units < most:
            return day
    return None


def _doses(answer: Answer) -> DoseAnswer | None:
    """Take an answer as doses; None where it is not known."""
    if answer is None:
        return None
    if not isinstance(answer, tuple):
        raise TypeError(f"the answer {answer!r} is not doses")
    return tuple(each for each in answer if isinstance(each, DoseGiven))


def _value(number: Number | None) -> float | None:
    return number.value if number is not None and number.usable else None
