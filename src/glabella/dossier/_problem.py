"""A problem of benefit and harm in one file: criteria, options, what is known of each, and what somebody said.

It is no part of a dossier: anybody's own, for ``glabella weigh``. What it lacks is a fault, not a guess.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationError, model_validator

from glabella._reading import Path_, UnreadableError, read_bytes
from glabella.dossier._faults import DossierError, Fault, MisfitError
from glabella.dossier._load import _faults
from glabella.dossier._number import Text, _Model
from glabella.dossier._schema import Id
from glabella.dossier._text import read_document

#: Larger numbers than any outcome has; what is computed from them stays a number.
_LARGEST = 1e12
_Plain = Annotated[float, Field(ge=-_LARGEST, le=_LARGEST)]
_Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]


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

    @model_validator(mode="after")
    def _rises(self) -> CriterionRange:
        if not self.low < self.high:
            raise ValueError(f"low {self.low:g} is not below high {self.high:g}: the range is reversed or empty; "
                             "which end is better stands under better")  # fmt: skip
        return self


class Criterion(_Model):
    """An outcome that somebody may care about."""

    label: Text
    better: Literal["higher", "lower"]
    scale: Literal["chance", "number"] = Field(description="chance: 0 to 1, of people; number: of any unit")
    unit: Text | None = Field(None, description="of a number; a chance needs none")
    family: Id = Field(description="of which outcome it is one measure; two of one family would count it twice")
    range: CriterionRange

    @model_validator(mode="after")
    def _fits_its_scale(self) -> Criterion:
        found = []
        if self.scale == "number" and self.unit is None:
            found.append(("unit", "unit is missing, expected that of the number"))
        if self.scale == "chance" and not (self.range.low >= 0 and self.range.high <= 1):
            found.append(("range", f"range is {self.range.low:g} to {self.range.high:g}, expected within 0 to 1"))
        MisfitError.refuse(found)
        return self


class CountedEvents(_Model):
    """Events among people."""

    events: int = Field(ge=0)
    people: int = Field(ge=1)

    @model_validator(mode="after")
    def _are_no_more_than_people(self) -> CountedEvents:
        if self.events > self.people:
            raise ValueError(f"events {self.events} > people {self.people}: more than there are")
        return self


class Spread(_Model):
    """A mean with its standard error; of ``lognormal`` both are of the logarithm."""

    mean: _Plain
    sd: float = Field(ge=0, le=_LARGEST)


class ProblemCell(_Model):
    """What is known of one criterion under one option, in one of four ways."""

    counts: CountedEvents | None = Field(None, description="a beta distribution with the file's prior")
    normal: Spread | None = None
    lognormal: Spread | None = Field(None, description="mean and sd of the logarithm")
    fixed: _Plain | None = Field(None, description="known without doubt")
    source: Id = Field(description="key of references")
    at: Text | None = Field(None, description="where in the source: abstract, table, page; or the arithmetic")

    @model_validator(mode="after")
    def _is_known_in_one_way(self) -> ProblemCell:
        _only_one(self, "counts", "normal", "lognormal", "fixed")
        return self


class ProblemOption(_Model):
    """An option, with a cell for every criterion."""

    label: Text
    cells: dict[Id, ProblemCell | None] = Field(description="by criterion; null where nothing is known")


class RatioSaid(_Model):
    """One criterion weighs so many times another."""

    of: Id
    to: Id
    low: float = Field(0.0, ge=0)
    high: float | None = Field(None, gt=0, description="null: any number of times")

    @model_validator(mode="after")
    def _rises(self) -> RatioSaid:
        if self.high is not None and self.low > self.high:
            raise ValueError(f"low {self.low:g} is above high {self.high:g}")
        return self


class WeightSaid(_Model):
    """A criterion's share of all that matters."""

    of: Id
    low: float = Field(0.0, ge=0, le=1)
    high: float = Field(1.0, ge=0, le=1)

    @model_validator(mode="after")
    def _rises(self) -> WeightSaid:
        if self.low > self.high:
            raise ValueError(f"low {self.low:g} is above high {self.high:g}")
        return self


class PreferenceSaid(_Model):
    """Something that somebody said of what matters, in one of four ways."""

    rank: tuple[Id, ...] | None = Field(None, min_length=2, description="criteria, the weightiest first")
    first: Id | None = Field(None, description="the criterion that weighs most")
    ratio: RatioSaid | None = None
    weight: WeightSaid | None = None

    @model_validator(mode="after")
    def _is_one_statement(self) -> PreferenceSaid:
        _only_one(self, "rank", "first", "ratio", "weight")
        return self


class LeastBenefit(_Model):
    """The least benefit beyond the control, without which an option is shown and not ranked."""

    criterion: Id
    least: float = Field(
        gt=0, le=_LARGEST, description="in the criterion's own unit; of a chance, 0.1 is one in ten"
    )
    chance: float = Field(0.5, gt=0, lt=1, description="how probable it must be")
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
    date: _Day = Field(description="YYYY-MM-DD, of the file")
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
    importance: dict[Id, Annotated[float, Field(ge=0, le=1000)]] = Field(
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
        raise DossierError([Fault(file.name, 1, f"found {type(document.data).__name__}, expected keys and values")])
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


def _only_one(model: _Model, *names: str) -> None:
    given = [name for name in names if getattr(model, name) is not None]
    if len(given) != 1:
        raise ValueError(f"has {' and '.join(given) or 'none'} of {', '.join(names)}, expected one")


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
    yield from _cells(data, criteria, options)
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


def _cells(data: Mapping[str, Any], criteria: Mapping[str, Any], options: Mapping[str, Any]) -> Iterator[_Misfit]:
    counted = False
    for key, option in options.items():
        cells = _keyed(_keyed(option).get("cells"))
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


def _beside_scale(cell: Mapping[str, Any], scale: object, place: Path_) -> Iterator[_Misfit]:
    if scale == "number" and "counts" in cell:
        yield (*place, "counts"), "events are counted, but the criterion's scale is number; expected a chance"
    if scale == "chance":
        for name, value in (("fixed", cell.get("fixed")), ("normal", _keyed(cell.get("normal")).get("mean"))):
            if isinstance(value, int | float) and not 0 <= value <= 1:
                yield (*place, name), f"a chance of {value:g}, expected 0 to 1"


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
    importance, plane = _keyed(data.get("importance")), _keyed(data.get("plane"))
    chances = {name for name, criterion in criteria.items() if _keyed(criterion).get("scale") == "chance"}
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


def _items(part: object) -> list[Any]:
    return part if isinstance(part, list) else []


def _listed(names: object) -> str:
    return f"one of {', '.join(sorted(names))}" if names else "none as yet"  # type: ignore[call-overload]


def _dotted(path: Path_) -> str:
    return ".".join(str(step) for step in path)
