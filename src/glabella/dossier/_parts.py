"""Every part of the files that people type, with its file and its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import MappingProxyType, NoneType
from typing import Any

from pydantic import BaseModel

from glabella._reading import Path_
from glabella.dossier._load import FIT, MECHANISM, Evidence, Reading
from glabella.dossier._number import Number

#: Files that nobody types: they cite nothing and speak to nobody.
_NOT_TYPED = frozenset({"references.json", FIT})
#: Where a part stands: in what, and under which key or at which place there; the whole file is None.
Place = tuple["Place", str | int] | None
Parts = Iterable[tuple[str, Place, BaseModel]]
_PLAIN = frozenset({str, float, int, bool, NoneType})


def models_of(reading: Reading) -> Iterator[tuple[str, Place, BaseModel]]:
    """Give every part of the files that people type, its file and its place, down to numbers and sentences."""
    for name, part in reading.parts.items():
        if name not in _NOT_TYPED:
            yield from _within(name, part)


def _within(name: str, part: Any) -> Iterator[tuple[str, Place, BaseModel]]:
    """Give every part of a file."""
    # Thousands of parts stand in a dossier: a stack, and places as links, keep this a small part of reading it.
    stack: list[tuple[Place, Any]] = [(None, part)]
    while stack:
        place, value = stack.pop()
        if isinstance(value, BaseModel):
            yield name, place, value
            inside: Iterable[tuple[str | int, Any]] = value.__dict__.items()
        elif isinstance(value, dict | MappingProxyType):
            inside = value.items()
        elif isinstance(value, tuple):
            inside = enumerate(value)
        else:
            continue
        stack += [((place, key), inner) for key, inner in inside if inner and type(inner) not in _PLAIN]


def numbers_of(evidence: Evidence) -> Iterator[tuple[str, Path_, Number]]:
    """Give every number that somebody typed, its file and its place.

    Parameters
    ----------
    evidence : Evidence
        A dossier as read.

    Yields
    ------
    file, path, number : str, tuple and Number

    Examples
    --------
    >>> from glabella.dossier import load
    >>> file, path, number = next(iter(numbers_of(load())))
    >>> number.status in ("seen", "reported", "derived", "missing", "recalled")
    True
    """
    for name, part in _typed(evidence):
        for file, place, value in _within(name, part):
            if isinstance(value, Number):
                yield file, path_of(place), value


def _typed(evidence: Evidence) -> Iterator[tuple[str, object]]:
    """Give the files of a dossier that people type, each with what it holds."""
    yield "dossier.yaml", evidence.dossier
    yield "products.yaml", evidence.products
    for name in ("claims", "reports", "comparators", "priors", "summary", "frames", "consultation"):
        yield f"{name}.yaml", getattr(evidence, name)
    mechanism = evidence.mechanism
    if mechanism is not None:
        for name in ("parameters", "observations", "links", "explanations", "questions", "course"):
            yield f"{MECHANISM}{name}.yaml", {name: getattr(mechanism, name)}
    for name, study in evidence.studies.items():
        yield f"studies/{name}.yaml", study


def path_of(place: Place) -> Path_:
    """Give the keys and places that lead to a part, the outermost first."""
    steps: list[str | int] = []
    while place is not None:
        place, step = place
        steps.append(step)
    return tuple(reversed(steps))
