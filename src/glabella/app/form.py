"""The answers of a person as a form, and back: what a form sends is what a person's file would hold.

A field's name is the way to its answer in the file, such as ``answers.age`` or ``answers.earlier.0.date``. Nothing
is judged here: what was sent is read by the reader of files, and its faults lead back to their fields.
"""

from __future__ import annotations

import math
import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from glabella.brief.quoting import capital
from glabella.dossier import LEADS, MOST_ROWS, Ask, Consultation, Evidence, Limit, Unfit, When

#: Name and value of each field that was filled in, in their order.
Pairs = Sequence[tuple[str, str]]
#: Characters of a field.
LONGEST = 500
#: Number of a row of doses, visits, or scores.
_ROW = r"0|[1-9][0-9]{0,2}"
#: The name of the box by which all is denied that was left open of what may speak against it.
REST = "rest"
_NUMBER = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?")
_UNKNOWN, _NONE = "unknown", "none"
_YES_NO = {"yes": "yes", "no": "no"}
_PLACES = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth")
_SCORE, _DOSE = ("scale", "value", "date"), ("product", "units", "date")


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers that can be chosen."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Field:
    """Something to fill in.

    Attributes
    ----------
    name : str
        The way to its answer.
    kind : str
        ``text``, ``number``, ``date``, ``select``; ``one`` and ``some`` of its options; ``group`` and ``rows`` of
        parts.
    label : str
        In a few words.
    ask : str
        The question in full.
    hint : str
        Of whom it is asked.
    value : str
        What is filled in.
    unit : str
        Of a number.
    options : tuple of Option
    parts : tuple of Field
    faults : tuple of str
        What was found here, and what was expected.
    """

    name: str
    kind: Literal["text", "number", "date", "select", "one", "some", "group", "rows"]
    label: str
    ask: str = ""
    hint: str = ""
    value: str = ""
    unit: str = ""
    options: tuple[Option, ...] = ()
    parts: tuple[Field, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def filled(self) -> bool:
        """Whether anything is filled in, in it or in its parts, or is wrong there, or another row was wanted."""
        chosen = self.kind == "select" and any(it.chosen and it.value for it in self.options)
        rows = self.kind == "rows" and len(self.parts) > 1
        return bool(self.value or chosen or rows or self.faults) or any(part.filled for part in self.parts)


# --- from what was sent to what a file would hold -------------------------------------------------------------


class _Sent:
    """Fields by name; what is too long is told and left out."""

    def __init__(self, pairs: Pairs) -> None:
        self.values: dict[str, list[str]] = {}
        self.unfit: list[Unfit] = []
        for name, value in pairs:
            if len(value) > LONGEST:
                said = f"found {len(value):,} characters, expected at most {LONGEST}"
                self.unfit.append(Unfit(_path(name[:LONGEST]), said))
            elif value.strip():
                self.values.setdefault(name, []).append(value.strip())

    def one(self, name: str) -> str | None:
        """Give the value of a field; of several, of which one is wrong, the last."""
        given = self.values.get(name, [])
        if len(given) > 1:
            self.unfit.append(Unfit(_path(name), f"stands {len(given)} times, expected once"))
        return given[-1] if given else None

    def every(self, name: str) -> list[str]:
        return self.values.get(name, [])

    def rows(self, name: str, of: str) -> list[str]:
        """Give the names of the rows below a name in which anything is filled in."""
        begin = re.compile(re.escape(name) + r"\.([0-9]+)(?:\.|$)")
        rows = {found[1] for each in self.values if (found := begin.match(each))}
        odd = sorted(row for row in rows if not re.fullmatch(_ROW, row))
        if odd:
            self.unfit.append(Unfit(_path(name), f"found a row {odd[0][:10]}, expected rows from 0 to 999"))
        places = sorted(int(row) for row in rows.difference(odd))
        if len(places) > MOST_ROWS:
            self.unfit.append(
                Unfit(_path(name), f"found {len(places)} {of}, expected at most {MOST_ROWS} in a form")
            )
        return [f"{name}.{place}" for place in places[:MOST_ROWS]]

    def parts(self, name: str, keys: Iterable[str]) -> dict[str, Any]:
        """Give the parts of an answer that are filled in."""
        read = {key: self.one(f"{name}.{key}") for key in keys}
        return {key: _number(said) if key in ("value", "units") else said for key, said in read.items() if said}


def said_in(pairs: Pairs, evidence: Evidence) -> tuple[dict[str, Any], tuple[Unfit, ...]]:
    """Give what a form says of a person, as the person's file would, and what no file can hold.

    Parameters
    ----------
    pairs : sequence of (str, str)
        Fields and values. Names that are not asked for are not looked at.
    evidence : Evidence
        Of a dossier with a consultation.
    """
    asked, sent = _consultation(evidence), _Sent(pairs)
    answers = {key: said for key, ask in asked.asks.items()
               if (said := _answer(sent, ask, f"answers.{key}", _worst(asked, key))) is not None}  # fmt: skip
    if sent.one(REST):
        denied = {key: "no" if asked.asks[key].kind == "yes_no" else _NONE for key in against(asked)}
        answers = denied | answers
    visits = [
        {"date": sent.one(f"{row}.date"),
         "scores": [sent.parts(score, _SCORE[:2]) for score in sent.rows(f"{row}.scores", "scores")]}
        for row in sent.rows("visits", "visits")
    ]  # fmt: skip
    whole: dict[str, Any] = {
        "date": sent.one("date"),
        "answers": answers,
        "order": [said for row in sent.rows("order", "wishes") if (said := sent.one(row))] or None,
        "leads": sent.one("leads"),
        "visits": visits or None,
    }
    return {key: said for key, said in whole.items() if said is not None}, tuple(sent.unfit)


def _answer(sent: _Sent, ask: Ask, name: str, worst: Container[str]) -> Any:
    match ask.kind:
        case "number":
            said = sent.one(name)
            return None if said is None else _number(said)
        case "choice" | "yes_no":
            # What was said twice is a fault; until it is mended, that counts on which a crisis hangs.
            last = sent.one(name)
            return next((each for each in sent.every(name) if each in worst), last)
        case "several":
            chosen = sent.every(name)
            return _NONE if chosen == [_NONE] else chosen or None
        case "score":
            return sent.parts(name, _SCORE) or None
        case "doses":
            doses: list[Any] = [sent.parts(row, _DOSE) for row in sent.rows(name, "doses")]
            given = sent.every(name)
            return _NONE if given == [_NONE] and not doses else [*given, *doses] or None


def _worst(asked: Consultation, key: str) -> set[str]:
    """Give the answers to an ask on which a crisis hangs."""
    whens = asked.crisis.when if asked.crisis else ()
    found = (when.get(key, ()) for when in whens)
    return {each for wanted in found if not isinstance(wanted, Limit) for each in wanted}


def _number(said: str) -> float | str:
    """Read a number as people write it; anything else stays what it is, for the reader of files to refuse."""
    if not _NUMBER.fullmatch(said):
        return said
    number = float(said)
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def _path(name: str) -> tuple[str | int, ...]:
    return tuple(int(step) if step.isdigit() and len(step) <= 3 else step for step in name.split("."))


# --- from what a file holds to fields -------------------------------------------------------------------------


def pairs_of(said: Any, evidence: Evidence) -> list[tuple[str, str]]:
    """Give the fields of what a person's file holds, whatever that is; what no field can hold is left out."""
    return list(_pairs(_keys(said), _consultation(evidence)))


def _pairs(whole: Mapping[str, Any], asked: Consultation) -> Iterator[tuple[str, str]]:
    yield from _field("date", whole.get("date"))
    answers = _keys(whole.get("answers"))
    for key, ask in asked.asks.items():
        name, answer = f"answers.{key}", answers.get(key)
        match ask.kind:
            case "number" | "choice" | "yes_no":
                yield from _field(name, answer)
            case "several":
                for each in _row(answer):
                    yield from _field(name, each)
            case "score":
                yield from _fields(name, answer, _SCORE)
            case "doses":
                doses = _row(answer)
                if _NONE in doses:
                    yield name, _NONE
                for place, dose in enumerate(each for each in doses if each != _NONE):
                    known = list(_fields(f"{name}.{place}", dose, _DOSE))
                    yield from known or [(f"{name}.{place}.product", _UNKNOWN)]
    for place, each in enumerate(_rows(whole.get("order"))):
        yield from _field(f"order.{place}", each)
    yield from _field("leads", whole.get("leads"))
    for place, visit in enumerate(_rows(whole.get("visits"))):
        parts, name = _keys(visit), f"visits.{place}"
        yield from _field(f"{name}.date", parts.get("date"))
        for at, score in enumerate(_rows(parts.get("scores"))):
            yield from _fields(f"{name}.scores.{at}", score, _SCORE[:2])


def _rows(said: Any) -> list[Any]:
    """Give the parts of a list, no more than are read."""
    return said[:MOST_ROWS] if isinstance(said, list) else []


def _row(said: Any) -> list[Any]:
    """Give the parts of an answer of several; an empty list says none."""
    return (_rows(said) or [_NONE]) if isinstance(said, list) else [_NONE] if said == _NONE else []


def _keys(said: Any) -> Mapping[str, Any]:
    return said if isinstance(said, dict) else {}


def _fields(name: str, said: Any, keys: Iterable[str]) -> Iterator[tuple[str, str]]:
    parts = _keys(said)
    for key in keys:
        yield from _field(f"{name}.{key}", parts.get(key))


def _field(name: str, said: Any) -> Iterator[tuple[str, str]]:
    match said:
        case bool():
            yield name, "yes" if said else "no"
        case int() | float() if math.isfinite(said):
            # Without an exponent, which people do not write.
            yield name, format(Decimal(repr(said)).normalize(), "f")
        case str() if said != _UNKNOWN:
            yield name, said


# --- fields to fill in ----------------------------------------------------------------------------------------


def against(asked: Consultation) -> list[str]:
    """Give the asks of what may speak against the treatment, which can be denied together.

    A rule hangs on each of them alone, or it is asked after another answer only: what is taken for the illness and
    counts in a rule beside something else is no such thing, and is asked by itself.
    """
    ruled = {ask for rule in asked.rules.values() for ask in rule.when
             if len(rule.when) == 1 or asked.asks[ask].of} | {asked.doses}  # fmt: skip
    first = asked.crisis_asks
    return [key for key, ask in asked.asks.items()
            if ask.kind in ("yes_no", "several", "doses") and key in ruled and key not in first]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Form:
    """Everything that is filled in, group by group.

    Attributes
    ----------
    first, about, against, rare : tuple of Field
        What is asked first, since a crisis hangs on it; about the person; what may speak against it; of that, what
        follows a dose, where none is known.
    day : Field
        Of the visit.
    visits : Field
        Later ones.
    order, leads : Field
        What matters, and who leads.
    """

    first: tuple[Field, ...]
    about: tuple[Field, ...]
    against: tuple[Field, ...]
    rare: tuple[Field, ...]
    day: Field
    visits: Field
    order: Field
    leads: Field

    @property
    def fields(self) -> Iterator[Field]:
        """All of them, with what is in them."""
        asked = (*self.first, *self.about, *self.against, *self.rare)
        for each in (*asked, self.day, self.visits, self.order, self.leads):
            yield from _all_in(each)


def _all_in(field: Field) -> Iterator[Field]:
    yield field
    for part in field.parts:
        yield from _all_in(part)


def form_of(said: Mapping[str, Any], unfit: Iterable[Unfit], evidence: Evidence, more: str = "") -> Form:
    """Make a form of what is said, with each fault at its field.

    Parameters
    ----------
    said : mapping
        As :func:`said_in` gives it.
    unfit : iterable of Unfit
    evidence : Evidence
        Of a dossier with a consultation.
    more : str
        Name of the rows to which an empty one is added.
    """
    empty = _Made(said, {}, evidence, more).form()
    names = {field.name for field in empty.fields}
    faults: dict[str, list[str]] = {}
    for each in unfit:
        name = name_in(each, names)
        if name is not None:
            faults.setdefault(name, []).append(each.message)
    return _Made(said, faults, evidence, more).form() if faults else empty


def name_in(unfit: Unfit, names: Iterable[str]) -> str | None:
    """Give the name of the innermost field that a fault is about; None where there is none."""
    known = set(names)
    for end in range(len(unfit.path), 0, -1):
        name = ".".join(map(str, unfit.path[:end]))
        if name in known:
            return name
    return None


class _Made:
    """Makes the fields of what is said."""

    def __init__(
        self, said: Mapping[str, Any], faults: Mapping[str, list[str]], evidence: Evidence, more: str
    ) -> None:
        self.faults, self.evidence, self.more = faults, evidence, more
        self.asked = _consultation(evidence)
        self.values = _Sent(pairs_of(said, evidence))
        products = evidence.products.products
        self.products = {key: f"{each.label} ({', '.join(each.brands)})" if each.brands else each.label
                         for key, each in products.items() if each.kind == "treatment"}  # fmt: skip

    def form(self) -> Form:
        first, last = self.asked.crisis_asks, against(self.asked)
        about = [key for key in self.asked.asks if key not in first and key not in last]
        rare = [key for key in last if self.follows_no_dose(key)]
        last = [key for key in last if key not in rare]
        one, two, three, four = (tuple(self.ask(key) for key in keys) for keys in (first, about, last, rare))
        leads = self.one("leads", "Who leads in the choice", {str(key): words for key, words in LEADS.items()})
        return Form(
            one,
            two,
            three,
            four,
            self.field("date", "date", "Day of the visit"),
            self.visits(),
            self.order(),
            leads,
        )

    def field(self, name: str, kind: Literal["text", "number", "date"], label: str, **more: Any) -> Field:
        return Field(name, kind, label, value=self.values.one(name) or "", faults=self.told(name), **more)

    def follows_no_dose(self, key: str) -> bool:
        """Say whether it is asked only after a dose, and there is none, nor an answer or a fault of its own."""
        name, doses = f"answers.{key}", [each for each in self.asked.asks[key].of if self.is_of_doses(each)]
        given = any(self.values.rows(f"answers.{each}", "doses") for each in doses)
        said = set(self.values.every(name)) - {_NONE, "no"}
        return bool(doses) and not (given or said or self.told(name))

    def is_of_doses(self, key: str) -> bool:
        return self.asked.asks[key].kind == "doses"

    def told(self, name: str) -> tuple[str, ...]:
        return tuple(self.faults.get(name, ()))

    def one(self, name: str, label: str, options: Mapping[str, str], **more: Any) -> Field:
        """Make a field of which one answer is chosen; not known is one of them, and the first choice."""
        value = self.values.one(name) or ""
        chosen = [Option(key, words, key == value) for key, words in options.items()]
        return Field(name, "one", label, options=(*chosen, Option("", "not known", not value)),
                     faults=self.told(name), **more)  # fmt: skip

    def select(self, name: str, label: str, options: Mapping[str, str], none: str) -> Field:
        value = self.values.one(name) or ""
        chosen = tuple(Option(key, words, key == value) for key, words in {"": none, **options}.items())
        return Field(name, "select", label, options=chosen, faults=self.told(name))

    def ask(self, key: str) -> Field:
        ask, name = self.asked.asks[key], f"answers.{key}"
        label = capital(ask.label)
        more: dict[str, Any] = {"ask": ask.ask, "hint": self.whom(ask.of)}
        match ask.kind:
            case "number":
                return self.field(name, "number", label, unit=ask.unit or "", **more)
            case "choice":
                return self.one(name, label, ask.choices, **more)
            case "yes_no":
                return self.one(name, label, _YES_NO, **more)
            case "several":
                options = self.some(name, {**ask.choices, _NONE: "none of these"})
                return Field(name, "some", label, options=options, faults=self.told(name), **more)
            case "score":
                day = self.field(f"{name}.date", "date", "Taken on")
                return Field(name, "group", label, parts=(*self.score(name, ask.scales), day),
                             faults=self.told(name), **more)  # fmt: skip
            case "doses":
                rows = tuple(self.dose(f"{name}.{place}", place) for place in self.places(name))
                return Field(name, "rows", label, options=self.some(name, {_NONE: "none"}), parts=rows,
                             faults=self.told(name), **more)  # fmt: skip

    def some(self, name: str, options: Mapping[str, str]) -> tuple[Option, ...]:
        values = self.values.every(name)
        return tuple(Option(key, words, key in values) for key, words in options.items())

    def score(self, name: str, scales: Sequence[str]) -> tuple[Field, ...]:
        labels = {}
        for key in scales:
            scale = self.evidence.dossier.scales[key]
            low, high = scale.range or (None, None)
            labels[key] = scale.label if low is None else f"{scale.label} ({low:g} to {high:g})"
        return (
            self.select(f"{name}.scale", "Scale", labels, "choose"),
            self.field(f"{name}.value", "number", "Points"),
        )

    def dose(self, name: str, place: int) -> Field:
        parts = (
            self.select(f"{name}.product", "Product", {**self.products, _UNKNOWN: "not known which"}, "choose"),
            self.field(f"{name}.units", "number", "Units"),
            self.field(f"{name}.date", "date", "Given on"),
        )
        return Field(name, "group", f"Dose {place + 1}", parts=parts, faults=self.told(name))

    def visits(self) -> Field:
        scales = list(dict.fromkeys(scale for ask in self.asked.asks.values() for scale in ask.scales))
        rows = []
        for place in self.places("visits"):
            name = f"visits.{place}"
            day = self.field(f"{name}.date", "date", "Day")
            scores = [
                Field(f"{name}.scores.{at}", "group", "Score", faults=self.told(f"{name}.scores.{at}"),
                      parts=self.score(f"{name}.scores.{at}", scales))
                for at in (self.places(f"{name}.scores") if scales else ())
            ]  # fmt: skip
            rows.append(Field(name, "group", f"Visit {place + 1}", parts=(day, *scores), faults=self.told(name)))
        return Field("visits", "rows", "Later visits", parts=tuple(rows), faults=self.told("visits"))

    def order(self) -> Field:
        labels = {key: each.label for key, each in self.asked.matters.items()}
        parts = tuple(self.select(f"order.{place}", _place(place), labels, "not said")
                      for place in range(len(labels)))  # fmt: skip
        return Field(
            "order", "group", "What matters to you, the most first", parts=parts, faults=self.told("order")
        )

    def places(self, name: str) -> range:
        """Give the rows that are filled in, and an empty one where there is none or one more is wanted."""
        filled = len(self.values.rows(name, "rows"))
        return range(min(filled + 1, MOST_ROWS) if not filled or name == self.more else filled)

    def whom(self, when: When) -> str:
        """Say of whom it is asked."""
        said = []
        for key, wanted in when.items():
            ask = self.asked.asks[key]
            if isinstance(wanted, Limit) and ask.kind == "doses":
                # By the days since the last one: any of them, or none of the last days.
                ends = (("at least", wanted.at_least or None), ("less than", wanted.below))
                words = " and ".join(f"{word} {end:g} days ago" for word, end in ends if end is not None) or "any"
            elif isinstance(wanted, Limit):
                unit = f" {ask.unit}" if ask.unit else ""
                ends = (("at least", wanted.at_least), ("below", wanted.below))
                words = " and ".join(f"{word} {end:g}{unit}" for word, end in ends if end is not None)
            else:
                words = " or ".join(ask.choices.get(each, each) for each in wanted)
            said.append(f"{ask.label}: {words}")
        return f"Only for {'; '.join(said)}." if said else ""


def _place(place: int) -> str:
    return _PLACES[place] if place < len(_PLACES) else f"Number {place + 1}"


def _consultation(evidence: Evidence) -> Consultation:
    if evidence.consultation is None:
        raise ValueError("the dossier has no consultation.yaml, so nothing is asked of a person")
    return evidence.consultation
