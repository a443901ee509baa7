"""A problem of benefit and harm in one file: criteria, options, what is known of each, and what somebody said.

It is no part of a dossier: anybody's own, for ``glabella weigh``. What it lacks is a fault, not a guess.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationError, model_validator

from glabella._reading import Path_, UnreadableError, read_bytes
from glabella.dossier._expected import shown
from glabella.dossier._faults import DossierError, Fault, MisfitError
from glabella.dossier._load import _faults
from glabella.dossier._number import Text, _Model
from glabella.dossier._schema import Date, Id
from glabella.dossier._text import read_document

#: Larger numbers than any outcome has; what is computed from them stays a number.
_LARGEST = 1e12
#: Numbers as numbers: what stands in quotes is text, and true is no one.
_Real = Annotated[float, Field(strict=True)]
_Whole = Annotated[int, Field(strict=True)]
_Plain = Annotated[_Real, Field(ge=-_LARGEST, le=_LARGEST)]
#: Standard errors that lie within 95 of 100 draws of a normal distribution, on either side.
_NORMAL = 1.96


class CitedWork(_Model):
    """Where numbers were found."""

    text: Text = Field(description="authors, title, place, year")
    address: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")] | None = None


class CriterionRange(_Model):
    """The ends between which an outcome is valued: a weight is of the whole step from the worse to the better."""

    low: _Plain
    high: _Plain
    source: Id = Field(description="key of references: who chose these ends")
    at: Text | None = Field(None, description="where in the source, or how the ends were chosen")


class Criterion(_Model):
    """An outcome that somebody may care about."""

    label: Text
    better: Literal["higher", "lower"]
    scale: Literal["chance", "number"] = Field(description="chance: 0 to 1, of people; number: of any unit")
    unit: Text | None = Field(None, description="of a number; a chance needs none")
    family: Id = Field(description="of which outcome it is one measure; two of one family would count it twice")
    range: CriterionRange


class CountedEvents(_Model):
    """Events among people."""

    events: _Whole = Field(ge=0)
    people: _Whole = Field(ge=1)


class Spread(_Model):
    """A mean with its standard error; of ``lognormal`` both are of the logarithm."""

    mean: _Plain
    sd: _Real = Field(ge=0, le=_LARGEST)


class ProblemCell(_Model):
    """What is known of one criterion under one option, in one of four ways."""

    counts: CountedEvents | None = Field(None, description="a beta distribution with the file's prior")
    normal: Spread | None = None
    lognormal: Spread | None = Field(None, description="mean and sd of the logarithm")
    fixed: _Plain | None = Field(None, description="known without doubt")
    source: Id = Field(description="key of references")
    at: Text | None = Field(None, description="where in the source: abstract, table, page; or the arithmetic")


class ProblemOption(_Model):
    """An option, with a cell for every criterion."""

    label: Text
    cells: dict[Id, ProblemCell | None] = Field(description="by criterion; null where nothing is known")


class RatioSaid(_Model):
    """One criterion weighs so many times another."""

    of: Id
    to: Id
    low: _Real = Field(0.0, ge=0)
    high: _Real | None = Field(None, gt=0, description="null: any number of times")


class WeightSaid(_Model):
    """A criterion's share of all that matters."""

    of: Id
    low: _Real = Field(0.0, ge=0, le=1)
    high: _Real = Field(1.0, ge=0, le=1)


class PreferenceSaid(_Model):
    """Something that somebody said of what matters, in one of four ways."""

    rank: tuple[Id, ...] | None = Field(None, min_length=2, description="criteria, the weightiest first")
    first: Id | None = Field(None, description="the criterion that weighs most")
    ratio: RatioSaid | None = None
    weight: WeightSaid | None = None


class LeastBenefit(_Model):
    """The least benefit beyond the control, without which an option is shown and not ranked."""

    criterion: Id
    least: _Real = Field(
        gt=0, le=_LARGEST, description="in the criterion's own unit; of a chance, 0.1 is one in ten"
    )
    chance: _Real = Field(0.5, gt=0, lt=1, description="how probable it must be")
    why: Text
    source: Id | None = None


class BenefitAgainstHarm(_Model):
    """The two criteria of a plane of benefit and harm."""

    benefit: Id
    harm: Id


class GuardRail(_Model):
    """What no sum may outweigh: said beside every number, never counted."""

    text: Text = Field(description="words, without a number")
    source: Id | None = None

    @model_validator(mode="after")
    def _is_words(self) -> GuardRail:
        if re.search(r"\d", self.text):
            MisfitError.refuse([("text", f"{self.text!r} holds a number, expected words: nobody can trace it")])
        return self


class Problem(_Model):
    """A file for ``glabella weigh``."""

    format: Literal[1]
    title: Text
    asked: Text | None = Field(None, description="the question in a sentence")
    date: Date = Field(description="YYYY-MM-DD, of the file")
    people: Text = Field(description="of whom the numbers are")
    time: Text = Field(description="over which time")
    spread: Literal["mean", "next"] = Field(
        description="whether the cells' spread is that of a mean (to decide for many) or of a next trial, setting "
        "or person (to decide for one)"
    )
    prior: Literal["uniform", "jeffreys"] | None = Field(
        None, description="of counted events: uniform adds one event and one person without, jeffreys half of each"
    )
    control: Id | None = Field(None, description="the option that others are compared with")
    criteria: dict[Id, Criterion] = Field(min_length=1, max_length=20)
    options: dict[Id, ProblemOption] = Field(min_length=2, max_length=20)
    statements: tuple[PreferenceSaid, ...] = ()
    gate: LeastBenefit | None = None
    importance: dict[Id, Annotated[_Real, Field(ge=0, le=1000)]] = Field(
        {}, description="for net benefit: how many outcomes of importance one each outcome counts"
    )
    plane: BenefitAgainstHarm | None = None
    guard_rails: tuple[GuardRail, ...] = ()
    references: dict[Id, CitedWork]


@dataclass(frozen=True, slots=True)
class ProblemFile:
    """A problem as read, the name of its file, and the digest of its bytes."""

    problem: Problem
    file: str
    digest: str

    @property
    def name(self) -> str:
        """The name of its file without the ending."""
        return Path(self.file).stem


def load_problem(path: Path | str) -> ProblemFile:
    """Read and validate a problem of benefit and harm.

    Parameters
    ----------
    path : Path or str
        The file, in YAML.

    Raises
    ------
    DossierError
        With every fault found, each with line, field and what was expected.
    """
    file = Path(path)
    try:
        raw = read_bytes(file)
    except UnreadableError as error:
        raise DossierError([Fault(file.name, 0, error.problem)]) from None
    except OSError as error:
        raise DossierError([Fault(file.name, 0, f"cannot be read: {error.strerror}")]) from None
    document = read_document(raw, file.name)
    if not isinstance(document.data, dict):
        raise DossierError([Fault(file.name, 1, f"found {shown(document.data)}, expected keys and values")])
    faults = [
        Fault(file.name, document.line(path), f"{_dotted(path)}: {said}") for path, said in _misfits(document.data)
    ]
    problem = None
    try:
        problem = Problem.model_validate(document.data)
    except ValidationError as error:
        faults += _faults(document, error)
    if faults or problem is None:
        raise DossierError(faults)
    return ProblemFile(problem, file.name, hashlib.sha256(raw).hexdigest())


# --- between parts: looked for in the values as read, so that faults within parts hide none between them ---------


_Misfit = tuple[Path_, str]


def _misfits(data: dict[str, Any]) -> Iterator[_Misfit]:
    """Say what does not fit together, each with where it stands."""
    criteria, options = _keyed(data.get("criteria")), _keyed(data.get("options"))
    for part, things in (("criteria", criteria), ("options", options)):
        yield from _alone(things, part, "label", "is the label", "another")
    yield from _alone(
        criteria,
        "criteria",
        "family",
        "is the family",
        "one criterion of a family: the same outcome would count twice",
    )
    yield from _criteria(criteria)
    yield from _cells(data, criteria, options)
    yield from _statements(data)
    yield from _named(data, criteria, options)
    yield from _compared(data, criteria)
    yield from _sources(data, (), set(_keyed(data.get("references"))))


def _alone(things: Mapping[str, Any], part: str, field: str, is_it: str, expected: str) -> Iterator[_Misfit]:
    """Say which things have in a field what another has too."""
    seen: dict[str, str] = {}
    for name, thing in things.items():
        found = _keyed(thing).get(field)
        if isinstance(found, str) and (other := seen.setdefault(found, name)) != name:
            yield (part, name, field), f"{found!r} {is_it} of {other!r} too, expected {expected}"


def _criteria(criteria: Mapping[str, Any]) -> Iterator[_Misfit]:
    for key, each in criteria.items():
        scale, place = _keyed(each).get("scale"), ("criteria", key)
        if scale == "number" and _keyed(each).get("unit") is None:
            yield (*place, "unit"), "missing, expected that of the number"
        low, high = (_number(_keyed(_keyed(each).get("range")).get(end)) for end in ("low", "high"))
        if low is not None and high is not None and not low < high:
            reversed_ = "the range is reversed or empty; which end is better stands under better"
            yield (*place, "range"), f"low {low:g} is not below high {high:g}: {reversed_}"
        if scale == "chance":
            for end, value in (("low", low), ("high", high)):
                if value is not None and not 0 <= value <= 1:
                    yield (*place, "range", end), f"found {value:g}, expected 0 to 1: a chance"


def _cells(data: Mapping[str, Any], criteria: Mapping[str, Any], options: Mapping[str, Any]) -> Iterator[_Misfit]:
    counted = False
    for key, option in options.items():
        cells = _keyed(_keyed(option).get("cells"))
        for name, cell in cells.items():
            if isinstance(cell, dict):
                yield from _within(cell, ("options", key, "cells", name))
        for name, criterion in criteria.items():
            place: Path_ = ("options", key, "cells", name)
            cell = cells.get(name)
            if cell is None:
                yield place, "no data, expected some: nothing is ranked unless every option has every criterion"
            counted = counted or "counts" in _keyed(cell)
            yield from _beside_scale(_keyed(cell), _keyed(criterion).get("scale"), place)
        for name in cells.keys() - criteria.keys():
            yield ("options", key, "cells", name), f"no criterion {name!r}, expected {_listed(criteria)}"
    if counted and data.get("prior") is None:
        yield ("prior",), "missing, expected uniform or jeffreys: events are counted"


def _within(cell: Mapping[str, Any], place: Path_) -> Iterator[_Misfit]:
    """Look within a cell: it is known in one way, and no more events are counted than people."""
    yield from _only_one(cell, place, "counts", "normal", "lognormal", "fixed")
    events, people = (_number(_keyed(cell.get("counts")).get(name)) for name in ("events", "people"))
    if events is not None and people is not None and events > people:
        yield (*place, "counts"), f"events {events:g} > people {people:g}: more than there are"


def _beside_scale(cell: Mapping[str, Any], scale: object, place: Path_) -> Iterator[_Misfit]:
    if scale == "number" and "counts" in cell:
        yield (*place, "counts"), "events are counted, but the criterion's scale is number; expected a chance"
    if scale != "chance":
        return
    fixed = _number(cell.get("fixed"))
    if fixed is not None and not 0 <= fixed <= 1:
        yield (*place, "fixed"), f"found {fixed:g}, expected 0 to 1: a chance"
    for name in ("normal", "lognormal"):
        mean, sd = (_number(_keyed(cell.get(name)).get(part)) for part in ("mean", "sd"))
        most = 0 if name == "lognormal" else 1
        what = "the logarithm of a chance, 0 or less" if name == "lognormal" else "0 to 1: a chance"
        if mean is None:
            continue
        if mean > most or (name == "normal" and mean < 0):
            yield (*place, name, "mean"), f"found {mean:g}, expected {what}"
        elif sd is not None and sd >= 0:
            low, high = mean - _NORMAL * sd, mean + _NORMAL * sd
            if high > most or (name == "normal" and low < 0):
                said = f"found {sd:g}, with which 95 of 100 draws lie between {low:g} and {high:g}"
                yield (*place, name, "sd"), f"{said}; expected a spread that keeps them within {what}"


def _statements(data: Mapping[str, Any]) -> Iterator[_Misfit]:
    """Look within what was said of what matters: one thing each, and no interval that is reversed."""
    for index, said in enumerate(_items(data.get("statements"))):
        if not isinstance(said, dict):
            continue
        place: Path_ = ("statements", index)
        yield from _only_one(said, place, "rank", "first", "ratio", "weight")
        for kind in ("ratio", "weight"):
            low, high = (_number(_keyed(said.get(kind)).get(end)) for end in ("low", "high"))
            if low is not None and high is not None and low > high:
                yield (*place, kind), f"low {low:g} is above high {high:g}, expected the lower one first"


def _only_one(part: Mapping[str, Any], place: Path_, *names: str) -> Iterator[_Misfit]:
    given = [name for name in names if part.get(name) is not None]
    if len(given) != 1:
        yield place, f"has {' and '.join(given) or 'none'} of {', '.join(names)}, expected one"


def _named(data: Mapping[str, Any], criteria: Mapping[str, Any], options: Mapping[str, Any]) -> Iterator[_Misfit]:
    """Look for names that nothing has."""
    gate, plane = _keyed(data.get("gate")), _keyed(data.get("plane"))
    names: list[tuple[Path_, object]] = [
        (("gate", "criterion"), gate.get("criterion")),
        (("plane", "benefit"), plane.get("benefit")),
        (("plane", "harm"), plane.get("harm")),
        *((("importance", name), name) for name in _keyed(data.get("importance"))),
    ]
    for place, said in enumerate(_items(data.get("statements"))):
        at: Path_ = ("statements", place)
        ranked = _items(_keyed(said).get("rank"))
        names += [((*at, "rank", index), name) for index, name in enumerate(ranked)]
        names.append(((*at, "first"), _keyed(said).get("first")))
        for kind in ("ratio", "weight"):
            names += [((*at, kind, key), _keyed(_keyed(said).get(kind)).get(key)) for key in ("of", "to")]
        ratio = _keyed(_keyed(said).get("ratio"))
        if ratio.get("of") is not None and ratio.get("of") == ratio.get("to"):
            yield (*at, "ratio"), f"{ratio['of']!r} against itself, expected two criteria"
        for index, name in enumerate(ranked):
            if name in ranked[:index]:
                yield (*at, "rank", index), f"{name!r} stands twice, expected once"
    for path, name in names:
        if isinstance(name, str) and name not in criteria:
            yield path, f"no criterion {name!r}, expected {_listed(criteria)}"
    control = data.get("control")
    if isinstance(control, str) and control not in options:
        yield ("control",), f"no option {control!r}, expected {_listed(options)}"
    if control is None and (asking := [each for each in ("gate", "importance", "plane") if data.get(each)]):
        yield ("control",), f"missing, expected {_listed(options)}: {' and '.join(asking)} compare with it"


def _compared(data: Mapping[str, Any], criteria: Mapping[str, Any]) -> Iterator[_Misfit]:
    """Look for chances where net benefit and the plane need them."""
    importance, plane, gate = (_keyed(data.get(part)) for part in ("importance", "plane", "gate"))
    chances = {name for name, criterion in criteria.items() if _keyed(criterion).get("scale") == "chance"}
    least = _number(gate.get("least"))
    if least is not None and least > 1 and gate.get("criterion") in chances:
        yield ("gate", "least"), f"found {least:g}, expected at most 1: of a chance, 0.1 is one in ten"
    if importance:
        for name in criteria:
            if name not in importance:
                yield ("importance",), f"{name!r} is missing, expected every criterion, 0 for what shall not count"
            elif name not in chances and importance[name]:
                yield ("importance", name), f"{name!r} is no chance, expected 0: people are counted"
        if not any(importance.values()):
            yield ("importance",), "all are 0, expected one that counts"
    for key, better in (("benefit", "higher"), ("harm", "lower")):
        found = _keyed(criteria.get(str(plane.get(key))))
        if found.get("scale", "chance") != "chance":
            yield ("plane", key), f"{plane[key]!r} is no chance, expected one"
        if found.get("better", better) != better:
            yield ("plane", key), f"of {plane[key]!r} {found['better']} is better, expected {better}"


def _sources(part: object, path: Path_, known: set[str]) -> Iterator[_Misfit]:
    """Look for sources that are not among the references."""
    if isinstance(part, list):
        for index, each in enumerate(part):
            yield from _sources(each, (*path, index), known)
    for key, value in _keyed(part).items():
        if key == "source" and isinstance(value, str):
            if value not in known:
                yield (*path, key), f"no reference {value!r}, expected {_listed(known)}"
        else:
            yield from _sources(value, (*path, key), known)


def _keyed(part: object) -> dict[str, Any]:
    return part if isinstance(part, dict) else {}


def _number(part: object) -> float | None:
    """Take a number that can be compared; what is none, its own fault says."""
    known = isinstance(part, int | float) and not isinstance(part, bool) and math.isfinite(part)
    return float(part) if known else None  # type: ignore[arg-type]


def _items(part: object) -> list[Any]:
    return part if isinstance(part, list) else []


def _listed(names: object) -> str:
    return f"one of {', '.join(sorted(names))}" if names else "none as yet"  # type: ignore[call-overload]


def _dotted(path: Path_) -> str:
    return ".".join(str(step) for step in path)
