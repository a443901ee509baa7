"""A person's answers to what a dossier's consultation asks: the file, its schema, and the text of a new one.

Not known is an answer to everything: ``unknown``, nothing, or a key that is left out. All faults are told at once,
each with its line and field.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from textwrap import wrap
from types import MappingProxyType
from typing import Any, Literal, get_args

import yaml

from glabella._reading import Path_, UnreadableError, one_line, read_bytes
from glabella.dossier._answers import Answer, DoseGiven, Score
from glabella.dossier._consultation import Ask, Consultation
from glabella.dossier._faults import DossierError, Fault, told
from glabella.dossier._load import Evidence
from glabella.dossier._schema import Product, Scale
from glabella.dossier._text import Document, read_document
from glabella.dossier.conditions import holds, not_asked

#: Who leads in the choice.
Leads = Literal["person", "together", "clinician"]
#: The same as it is asked.
LEADS: Mapping[Leads, str] = MappingProxyType(
    {"person": "the person", "together": "both together", "clinician": "the clinician"}
)
_UNKNOWN = "unknown"
_NONE = "none"
_DAY_WRITTEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LISTED = 30
#: Rows of a list, such as doses, visits, or scores of a visit; values of a file, which holds no more by far.
MOST_ROWS, MOST_VALUES = 40, 20_000
#: Unknown keys that are told one by one, and characters of what was found.
_TOLD, _LONGEST = 100, 100
#: Days of what a number may be counted in; of a month and a year the fewest.
_DAYS: Mapping[str, int] = MappingProxyType({"days": 1, "weeks": 7, "months": 28, "years": 365})
_WIDTH = 100
#: Up to here a whole number is written without a point.
_EXACT = 1e15


@dataclass(frozen=True, slots=True)
class Unfit:
    """One answer that cannot be used.

    Attributes
    ----------
    path : tuple of str or int
        Keys and places that lead to it, such as ``("answers", "age")``; empty for the whole.
    message : str
        What was found and what was expected.
    """

    path: Path_
    message: str


class PersonError(ValueError):
    """A person's answers cannot be used; carries every fault that was found.

    Attributes
    ----------
    faults : tuple of Fault
        In the order of the file.
    unfit : tuple of Unfit
        The same by the answer that each is about; empty where the file could not be read at all.
    person : Person or None
        What could be read nevertheless, from which nothing but a crisis may be concluded.
    """

    def __init__(self, faults: Iterable[Fault], unfit: Iterable[Unfit] = (), person: Person | None = None) -> None:
        self.faults, self.unfit, self.person = told(faults), tuple(unfit), person
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(frozen=True, slots=True)
class Visit:
    """A later visit.

    Attributes
    ----------
    date : date
        After the first visit and after those before it.
    scores : tuple of Score
        Of that day, at most one on each scale.
    """

    date: date
    scores: tuple[Score, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of a person.

    Attributes
    ----------
    date : date
        Of the visit.
    answers : Mapping[str, Answer]
        By ask; what is not known is not among them.
    order : tuple of str
        What matters to the person, by key of ``matters``, the most first; may leave some out.
    leads : {"person", "together", "clinician"} or None
        Who leads in the choice; None where that is not known.
    visits : tuple of Visit
        Later ones, the first first.
    """

    date: date
    answers: Mapping[str, Answer] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    leads: Leads | None = None
    visits: tuple[Visit, ...] = ()


def read_person(path: Path, evidence: Evidence, today: date) -> Person:
    """Read a person's file against what the consultation of a dossier asks.

    Parameters
    ----------
    path : Path
        YAML, or JSON where its name ends so.
    evidence : Evidence
        Of a dossier with a consultation.
    today : date
        No date may lie after it.

    Raises
    ------
    PersonError
        With every fault found, each with line, field, what was found and what was expected.
    """
    try:
        raw = read_bytes(path)
    except UnreadableError as error:
        raise PersonError([Fault(path.name, error.line, error.problem)]) from None
    except OSError as error:
        raise PersonError([Fault(str(path), 0, f"cannot be read: {error.strerror}")]) from None
    return _person_in(_document(raw, path.name), evidence, today)


def person_of(said: Any, evidence: Evidence, today: date) -> Person:
    """Read what was said of a person, in keys and values as in a person's file, such as by a form.

    Parameters
    ----------
    said : Any
        What a person's file would hold.
    evidence, today
        As of :func:`read_person`.

    Raises
    ------
    PersonError
        As of :func:`read_person`.
    """
    return _person_in(Document("answers", said), evidence, today)


def answers_in(raw: bytes, file: str) -> Any:
    """Give the keys and values of a person's file as they were written, whatever they are.

    Parameters
    ----------
    raw : bytes
        Of the file.
    file : str
        Its name: JSON where it ends so, and YAML otherwise.

    Raises
    ------
    PersonError
        If it cannot be read at all.
    """
    return _document(raw, file).data


def _document(raw: bytes, file: str) -> Document:
    try:
        return read_document(raw, file, MOST_VALUES)
    except DossierError as error:
        raise PersonError(error.faults) from None


def _person_in(document: Document, evidence: Evidence, today: date) -> Person:
    reading = _Reading(document, evidence, today)
    person = reading.person()
    if reading.unfit or person is None:
        raise PersonError(map(reading.fault_of, reading.unfit), reading.unfit, person)
    return person


def _consultation_of(evidence: Evidence) -> Consultation:
    if evidence.consultation is None:
        raise ValueError("the dossier has no consultation.yaml, so nothing is asked of a person")
    return evidence.consultation


def _treatments(evidence: Evidence) -> dict[str, Product]:
    return {key: each for key, each in evidence.products.products.items() if each.kind == "treatment"}


class _Reading:
    """One pass through a person's file; every fault is kept and reading goes on."""

    def __init__(self, document: Document, evidence: Evidence, today: date) -> None:
        self.document, self.today = document, today
        self.consultation = _consultation_of(evidence)
        self.scales = evidence.dossier.scales
        self.products = _treatments(evidence)
        self.unfit: list[Unfit] = []
        self.on: date | None = None

    def person(self) -> Person | None:
        whole = self.keys(self.document.data, (), ("date", "answers", "order", "leads", "visits"))
        if whole is None:
            return None
        self.on = self.day(whole.get("date"), ("date",), needed="the day of the visit")
        answers = self.answers(whole.get("answers"))
        order, leads = self.order(whole.get("order")), self.leads(whole.get("leads"))
        visits = self.visits(whole.get("visits"))
        return Person(self.on or self.today, MappingProxyType(answers), order, leads, visits)

    def fault(self, path: Path_, message: str) -> None:
        self.unfit.append(Unfit(path, message))

    def fault_of(self, unfit: Unfit) -> Fault:
        """Say of an answer where it stands."""
        where = ".".join(str(step + 1) if isinstance(step, int) else step for step in unfit.path)
        said = f"{where}: {unfit.message}" if where else unfit.message
        line = self.document.line(unfit.path) if self.document.parsed else 0
        return Fault(self.document.file, line, said)

    def keys(self, found: Any, path: Path_, known: Iterable[str]) -> dict[str, Any] | None:
        """Give keys and values, those that are known; None where there is no such thing."""
        if not isinstance(found, dict):
            self.fault(path, f"found {_shown(found)}, expected keys and values")
            return None
        expected = list(known)
        unknown = [key for key in found if key not in expected]
        for key in unknown[:_TOLD]:
            self.fault((*path, _short(key)), f"unknown key; expected {_one_of(expected)}")
        if len(unknown) > _TOLD:
            self.fault(path, f"found {len(unknown):,} unknown keys, of which the first {_TOLD} are told")
        return {key: found[key] for key in expected if key in found and not _is_unknown(found[key])}

    def items(self, found: Any, path: Path_, of: str, most: int = MOST_ROWS) -> list[tuple[Path_, Any]]:
        """Give the parts of a list; none where ``none`` or nothing is said, or where they are too many."""
        if _is_unknown(found) or found == _NONE:
            return []
        if not isinstance(found, list):
            self.fault(path, f"found {_shown(found)}, expected a list of {of}")
            return []
        if len(found) > most:
            self.fault(path, f"found {len(found):,} of them, expected at most {most}")
            return []
        return [((*path, place), each) for place, each in enumerate(found)]

    def answers(self, found: Any) -> dict[str, Answer]:
        if _is_unknown(found):
            return {}
        given = self.keys(found, ("answers",), self.consultation.asks) or {}
        answers: dict[str, Answer] = {}
        for key, said in given.items():
            ask = self.consultation.asks[key]
            if (answer := self.answer(ask, said, ("answers", key))) is not None:
                answers[key] = answer
        self.fit(answers)
        return answers

    def fit(self, answers: dict[str, Answer]) -> None:
        """Tell answers that cannot both be: of whom something is not asked, and days before a person was born."""
        if self.on is None:
            return
        for key, answer in answers.items():
            of = self.consultation.asks[key].of
            no = not_asked(self.consultation.asks[key])
            if not of or answer == no or holds(of, answers, self.on) is not False:
                continue
            others = [ask for ask, wanted in of.items() if holds({ask: wanted}, answers, self.on) is False]
            found = " and ".join(f"answers.{ask} is {_answered(answers[ask])}" for ask in others)
            self.fault(
                ("answers", key),
                f"found {_answered(answer)}, but {found}, of whom this is not asked; "
                f"expected {_answered(no)} or unknown here, or another answer to {' and '.join(others)}",
            )
        age = answers.get(self.consultation.age or "")
        if not isinstance(age, float):
            return
        # Whoever is so old was born after this day.
        first = _years_before(self.on, math.floor(age) + 1)
        lived, years = (self.on - first).days, f"answers.{self.consultation.age} is {age:g}"
        for key, answer in answers.items():
            unit = self.consultation.asks[key].unit or ""
            if isinstance(answer, float) and unit in _DAYS and key != self.consultation.age:
                most = (lived - 1) // _DAYS[unit]
                if answer > most:
                    found = f"found {answer:g} {unit}, which is before birth, as {years}"
                    self.fault(("answers", key), f"{found}; expected at most {most:,} {unit}")
            dated: tuple[tuple[Path_, date | None], ...] = ()
            if isinstance(answer, Score):
                dated = ((("answers", key, "date"), answer.date),)
            elif isinstance(answer, tuple):
                dated = tuple((("answers", key, place, "date"), each.date)
                              for place, each in enumerate(answer) if isinstance(each, DoseGiven))  # fmt: skip
            for path, day in dated:
                if day is not None and day <= first:
                    self.fault(
                        path, f"found {day}, which is before birth, as {years}; expected a day after {first}"
                    )

    def answer(self, ask: Ask, found: Any, path: Path_) -> Answer:
        match ask.kind:
            case "number":
                return self.number(ask, found, path)
            case "choice":
                return self.one_of(found, path, ask.choices)
            case "several":
                return self.several(ask, found, path)
            case "yes_no":
                return self.yes_no(found, path)
            case "score":
                return self.score(found, path, ask.scales)
            case "doses":
                return self.doses(found, path)

    def number(self, ask: Ask, found: Any, path: Path_) -> Answer:
        unit = f" {ask.unit}" if ask.unit else ""
        expected = f"expected {ask.low:g} to {ask.high:g}{unit}, or unknown"
        if not _is_number(found):
            self.fault(path, f"found {_shown(found)}, {expected}")
        elif not (ask.low or 0) <= found <= (ask.high or 0):
            self.fault(path, f"found {found:g}{unit}, {expected}")
        else:
            return float(found)
        return None

    def several(self, ask: Ask, found: Any, path: Path_) -> Answer:
        if _none_beside(found, ask.choices):
            self.fault(path, "none stands beside others, expected either")
            return None
        of, most = f"{_one_of(ask.choices)}, or none, or unknown", max(MOST_ROWS, len(ask.choices))
        parts = self.items(found, path, of, most)
        chosen = [self.one_of(each, at, ask.choices) for at, each in parts]
        if not isinstance(found, list) and found != _NONE:
            return None
        self.distinct(chosen, path, ask.choices)
        return tuple(each for each in chosen if each is not None)

    def yes_no(self, found: Any, path: Path_) -> Answer:
        if isinstance(found, bool) or found in ("yes", "no"):
            return found is True or found == "yes"
        self.fault(path, f"found {_shown(found)}, expected yes, no or unknown")
        return None

    def score(self, found: Any, path: Path_, scales: Iterable[str], day: bool = True) -> Score | None:
        given = self.keys(found, path, ("scale", "value", "date") if day else ("scale", "value"))
        if given is None or not given.keys() - {"scale"}:
            return None  # a scale without a score says nothing
        on = self.past(given.get("date"), (*path, "date"))
        scale = None
        if "scale" in given:
            scale = self.one_of(given["scale"], (*path, "scale"), scales)
        else:
            self.fault(path, f"a score without scale; expected {_one_of(scales)}")
        if "value" not in given:
            return None
        value, at = given["value"], (*path, "value")
        if scale is None:
            if not _is_number(value):
                self.fault(at, f"found {_shown(value)}, expected a number")
            return None
        low, high = self.scales[scale].range or (0, 0)
        if not (_is_number(value) and low <= value <= high):
            label = f"{low:g} to {high:g} points on {self.scales[scale].label}"
            self.fault(at, f"found {_shown(value)}, expected {label}")
            return None
        if self.scales[scale].whole and not float(value).is_integer():
            self.fault(at, f"found {value:g}, expected a whole number of points on {self.scales[scale].label}")
            return None
        return Score(scale, float(value), on)

    def doses(self, found: Any, path: Path_) -> Answer:
        if _none_beside(found, ()):
            self.fault(path, "none stands beside doses, expected either")
            return None
        if not isinstance(found, list) and found != _NONE:
            self.fault(path, f"found {_shown(found)}, expected a list of doses, or none, or unknown")
            return None
        doses: list[DoseGiven] = []
        for at, each in self.items(found, path, "doses"):
            dose = self.dose(each, at)
            if dose is None:
                continue
            if dose.product and dose.units and dose.date and dose in doses:
                # Of what is not known there may be two alike.
                self.fault(at, f"{dose.units:g} units of {dose.product} on {dose.date} stand twice, expected once")
            doses.append(dose)
        return tuple(doses)

    def dose(self, found: Any, path: Path_) -> DoseGiven | None:
        given = self.keys(found, path, ("product", "units", "date"))
        if given is None:
            return None
        product = self.product(given["product"], (*path, "product")) if "product" in given else None
        units = given.get("units")
        if units is not None and not (_is_number(units) and units > 0):
            self.fault((*path, "units"), f"found {_shown(units)}, expected a number above 0, or unknown")
            units = None
        on = self.past(given.get("date"), (*path, "date"))
        return DoseGiven(product, None if units is None else float(units), on)

    def product(self, found: Any, path: Path_) -> str | None:
        said = " + ".join(map(str, found)) if isinstance(found, list) else found
        if isinstance(said, str) and said in self.products:
            return said
        named = [key for key, each in self.products.items() if isinstance(said, str) and _names(said, key, each)]
        if isinstance(found, list) or len(named) > 1:
            self.fault(path, f"several products in one dose, found {_shown(said)}; expected one dose for each")
        else:
            self.fault(path, f"no product {_shown(said)}; expected {_one_of(named or self.products)}, or unknown")
        return None

    def order(self, found: Any) -> tuple[str, ...]:
        path: Path_ = ("order",)
        matters = self.consultation.matters
        of, most = f"what matters, the most first: {_one_of(matters)}", max(MOST_ROWS, len(matters))
        parts = self.items(found, path, of, most)
        chosen = [self.one_of(each, at, matters) for at, each in parts]
        self.distinct(chosen, path, {key: each.label for key, each in matters.items()})
        return tuple(each for each in chosen if each is not None)

    def leads(self, found: Any) -> Leads | None:
        if _is_unknown(found):
            return None
        said = self.one_of(found, ("leads",), get_args(Leads))
        return next((each for each in LEADS if each == said), None)

    def visits(self, found: Any) -> tuple[Visit, ...]:
        visits: list[Visit] = []
        scales = tuple(dict.fromkeys(scale for ask in self.consultation.asks.values() for scale in ask.scales))
        last = self.on
        for path, each in self.items(found, ("visits",), "later visits"):
            given = self.keys(each, path, ("date", "scores"))
            if given is None:
                continue
            on = self.day(given.get("date"), (*path, "date"), needed="the day of this visit")
            if on is not None and last is not None and on <= last:
                self.fault((*path, "date"), f"found {on}, expected a day after {last}, the visit before it")
            parts = self.items(given.get("scores"), (*path, "scores"), "scores, each with scale and value")
            scores = [self.score(part, at, scales, day=False) for at, part in parts]
            labels = {key: self.scales[key].label for key in scales}
            self.distinct([None if score is None else score.scale for score in scores], (*path, "scores"), labels)
            if on is not None:
                visits.append(Visit(on, tuple(score for score in scores if score is not None)))
                last = on
        return tuple(visits)

    def day(self, found: Any, path: Path_, needed: str = "") -> date | None:
        """Read a day that is not in the future."""
        if found is None:
            if needed:
                self.fault(path, f"is missing, expected {needed} as YEAR-MONTH-DAY")
            return None
        try:
            on = date.fromisoformat(found) if isinstance(found, str) and _DAY_WRITTEN.fullmatch(found) else None
        except ValueError:
            on = None
        if on is None:
            self.fault(path, f"found {_shown(found)}, expected a day as YEAR-MONTH-DAY")
        elif on > self.today:
            self.fault(path, f"found {on}, which is in the future; expected {self.today} or before")
            return None
        return on

    def past(self, found: Any, path: Path_) -> date | None:
        """Read a day that is not after the visit."""
        on = self.day(found, path)
        if on is not None and self.on is not None and on > self.on:
            self.fault(path, f"found {on}, expected no day after the visit, {self.on}")
        return on

    def one_of(self, found: Any, path: Path_, known: Iterable[str]) -> str | None:
        names = list(known)
        if isinstance(found, str) and found in names:
            return found
        self.fault(path, f"found {_shown(found)}, expected {_one_of(names)}, or unknown")
        return None

    def distinct(self, chosen: Iterable[str | None], path: Path_, labels: Mapping[str, str]) -> None:
        for each, times in Counter(each for each in chosen if each is not None).items():
            if times > 1:
                self.fault(path, f"{each} ({labels[each]}) stands {times} times, expected once")


def _answered(answer: Answer) -> str:
    """Give an answer as it is written in a file, as far as one line holds it."""
    match answer:
        case bool():
            return "yes" if answer else "no"
        case ():
            return _NONE
        case tuple():
            return "a list"
        case Score():
            return "a score"
    return f"{answer:g}" if isinstance(answer, float) else str(answer)


def _years_before(on: date, years: int) -> date:
    """Give the same day so many years before; of a leap day the last of February."""
    year = max(on.year - years, 1)
    return on.replace(year=year, day=28) if (on.month, on.day) == (2, 29) else on.replace(year=year)


def person_schema(evidence: Evidence) -> dict[str, Any]:
    """Give the JSON Schema of a person's file, as the dossier's consultation asks.

    Raises
    ------
    ValueError
        If the dossier has no consultation.
    """
    consultation = _consultation_of(evidence)
    products = list(_treatments(evidence))
    points = {key: evidence.dossier.scales[key] for ask in consultation.asks.values() for key in ask.scales}
    asks = {
        key: {"description": f"{ask.label}: {ask.ask}", **_unknown_or(_schema_of(ask, products, points))}
        for key, ask in consultation.asks.items()
    }
    visit = _object({"date": _DAY, "scores": _rows_of(_score(points, day=False))}, ("date",))
    visits = _rows_of(visit)
    matters = {"type": "array", "items": {"enum": list(consultation.matters)}, "uniqueItems": True}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"A person, for a consultation: {consultation.title}",
        **_object({
            "date": {"description": "the day of the visit", **_DAY},
            "answers": _object(asks),
            "order": {"description": "what matters, the most first", **_unknown_or(matters)},
            "leads": {"description": "who leads in the choice", **_unknown_or({"enum": list(LEADS)})},
            "visits": {"description": "later visits, the first first", **_unknown_or(visits)},
        }, ("date",)),
    }  # fmt: skip


_DAY: Mapping[str, Any] = MappingProxyType({"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"})


def _object(properties: Mapping[str, Any], required: tuple[str, ...] = ()) -> dict[str, Any]:
    needed = {"required": list(required)} if required else {}
    return {
        "type": "object",
        "properties": {key: dict(each) for key, each in properties.items()},
        "additionalProperties": False,
        **needed,
    }


def _unknown_or(*known: Mapping[str, Any]) -> dict[str, Any]:
    return {"anyOf": [*(dict(each) for each in known), {"enum": [_UNKNOWN, None]}]}


def _rows_of(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": dict(row), "maxItems": MOST_ROWS}


def _score(scales: Mapping[str, Scale], *, day: bool) -> dict[str, Any]:
    kind = "integer" if all(scale.whole for scale in scales.values()) else "number"
    parts = {"scale": _unknown_or({"enum": list(scales)}), "value": _unknown_or({"type": kind})}
    return _object({**parts, "date": _unknown_or(_DAY)} if day else parts)


def _schema_of(ask: Ask, products: list[str], scales: Mapping[str, Scale]) -> dict[str, Any]:
    match ask.kind:
        case "number":
            return {"type": "number", "minimum": ask.low, "maximum": ask.high}
        case "choice":
            return {"enum": list(ask.choices)}
        case "several":
            return {"anyOf": [{"type": "array", "items": {"enum": list(ask.choices)}, "uniqueItems": True},
                              {"const": _NONE}]}  # fmt: skip
        case "yes_no":
            return {"enum": [True, False, "yes", "no"]}
        case "score":
            return _score({key: scales[key] for key in ask.scales}, day=True)
        case "doses":
            units = {"type": "number", "exclusiveMinimum": 0}
            dose = _object({"product": _unknown_or({"enum": products}), "units": _unknown_or(units),
                            "date": _unknown_or(_DAY)})  # fmt: skip
            return {"anyOf": [_rows_of(dose), {"const": _NONE}]}


def new_person(evidence: Evidence, today: date) -> str:
    """Give the text of a new file, in which every question stands and nothing is known.

    Raises
    ------
    ValueError
        If the dossier has no consultation.
    """
    return person_text(Person(today), evidence)


def person_text(person: Person, evidence: Evidence) -> str:
    """Give the text of a person's file, in which every question stands: reading it gives the same person.

    Raises
    ------
    ValueError
        If the dossier has no consultation.
    """
    consultation = _consultation_of(evidence)
    lines = [
        *_comment(f"A person, for a consultation: {consultation.title}"),
        *_comment("What stays unknown is not known, and the page then says what to ask."),
        "", "# The day of the visit.", f"date: {person.date}", "", "answers:",
    ]  # fmt: skip
    for key, ask in consultation.asks.items():
        said = _said(person.answers.get(key))
        lines += [*_comment(ask.ask, "  "), *_how(ask, evidence), f"  {key}: {said}", ""]
    if consultation.matters:
        order = _in_row(person.order) if person.order else _UNKNOWN
        lines += [*_comment("What matters, the most first, as a list of:"), *_choices(
            {key: each.label for key, each in consultation.matters.items()}), f"order: {order}", ""]  # fmt: skip
    lines += [*_comment("Who leads in the choice, one of:"), *_choices(LEADS),
              f"leads: {person.leads or _UNKNOWN}", ""]  # fmt: skip
    lines += [*_comment("Later visits, the first first, each as:"), "#   - date: YEAR-MONTH-DAY",
              "#     scores: [{scale: SCALE, value: POINTS}]"]  # fmt: skip
    if not person.visits:
        lines.append("visits: []")
    else:
        lines.append("visits:")
        for visit in person.visits:
            lines += [f"  - date: {visit.date}", f"    scores: [{', '.join(map(_said, visit.scores))}]"]
    return "\n".join(lines) + "\n"


def _said(answer: Answer | DoseGiven) -> str:
    """Write an answer as it is read."""
    match answer:
        case None:
            return _UNKNOWN
        case bool():
            return "yes" if answer else "no"
        case str() | float() | int():
            return _plain(answer)
        case Score() | DoseGiven():
            parts = {each.name: getattr(answer, each.name) for each in fields(answer)}
            known = (f"{key}: {_plain(value)}" for key, value in parts.items() if value is not None)
            return f"{{{', '.join(known)}}}"
        case ():
            return _NONE
        case tuple():
            doses = [_said(each) for each in answer if isinstance(each, DoseGiven)]
            words = _in_row(each for each in answer if isinstance(each, str))
            return "".join(f"\n    - {each}" for each in doses) or words


def _plain(value: str | float | date) -> str:
    """Write a number, a day or a word; a word that YAML would take for something else is quoted."""
    if isinstance(value, date):
        return str(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    return yaml.safe_dump(value, default_flow_style=True, width=math.inf).removesuffix("...\n").strip()


def _in_row(words: Iterable[str]) -> str:
    return f"[{', '.join(map(_plain, words))}]"


def _how(ask: Ask, evidence: Evidence) -> list[str]:
    """Say how an answer is written."""
    match ask.kind:
        case "number":
            return _comment(f"{ask.low:g} to {ask.high:g}{f' {ask.unit}' if ask.unit else ''}.", "  ")
        case "choice":
            return ["  # One of:", *_choices(ask.choices, "  ")]
        case "several":
            return ["  # none, or a list of:", *_choices(ask.choices, "  ")]
        case "yes_no":
            return ["  # yes or no."]
        case "score":
            scales = {key: evidence.dossier.scales[key] for key in ask.scales}
            ranges = {key: f"{each.label}, {each.range[0]:g} to {each.range[1]:g}" for key, each in scales.items()
                      if each.range}  # fmt: skip
            return [
                "  # {scale: SCALE, value: POINTS, date: YEAR-MONTH-DAY}, SCALE one of:",
                *_choices(ranges, "  "),
            ]
        case "doses":
            named = {key: f"{each.label} ({', '.join(each.brands)})" if each.brands else each.label
                     for key, each in _treatments(evidence).items()}  # fmt: skip
            return ["  # none, or a list, a line for each product and day:",
                    "  #   - {product: PRODUCT, units: NUMBER, date: YEAR-MONTH-DAY}",
                    "  # Units are those of the product; PRODUCT one of:", *_choices(named, "  ")]  # fmt: skip


def _choices(named: Mapping[Any, str], indent: str = "") -> list[str]:
    return [line for key, label in named.items()
            for line in _comment(f"{key}: {label}" if label != key else str(key), indent, "#   ")]  # fmt: skip


def _comment(text: str, indent: str = "", mark: str = "# ") -> list[str]:
    return [f"{indent}{mark}{line}" for line in wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False)]


def _none_beside(found: Any, known: Container[str]) -> bool:
    """Say whether a list holds both none and something."""
    return isinstance(found, list) and _NONE in found and _NONE not in known


def _is_unknown(found: Any) -> bool:
    return found is None or (isinstance(found, str) and found == _UNKNOWN)


def _is_number(found: Any) -> bool:
    return isinstance(found, int | float) and not isinstance(found, bool) and math.isfinite(found)


def _names(said: str, key: str, product: Product) -> bool:
    """Say whether a text names a product: by its key, its label or a brand, in any case."""
    return any(
        re.search(rf"\b{re.escape(name)}\b", said, re.IGNORECASE) for name in (key, product.label, *product.brands)
    )


def _one_of(names: Iterable[str]) -> str:
    """List what is expected; a list without end helps nobody."""
    known = list(names)
    more = f" and {len(known) - _LISTED:,} more" if len(known) > _LISTED else ""
    return ", ".join(known[:_LISTED]) + more if known else "nothing: there is none"


def _shown(found: Any) -> str:
    """Write what was found, as far as it helps to find it again."""
    if isinstance(found, str) and len(found) > _LONGEST:
        return f"{found[:_LONGEST]!r}… ({len(found):,} characters)"
    return repr(found) if isinstance(found, str | int | float | bool | None) else "a list" if isinstance(
        found, list) else "keys and values"  # fmt: skip


def _short(key: str) -> str:
    """Give a key that nobody asked for so that any page can show it."""
    seen = one_line(key)
    return seen if len(seen) <= _LONGEST else f"{seen[:_LONGEST]}…"
