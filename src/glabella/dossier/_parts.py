"""Every part of the files that people type, with its file and its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import NoneType
from typing import Any

from pydantic import BaseModel

from glabella._reading import Path_
from glabella.dossier._load import FIT, Reading

#: Files that nobody types: they cite nothing and speak to nobody.
_NOT_TYPED = frozenset({"references.json", FIT})
#: Where a part stands: in what, and under which key or at which place there; the whole file is None.
Place = tuple["Place", str | int] | None
Parts = Iterable[tuple[str, Place, BaseModel]]
_PLAIN = frozenset({str, float, int, bool, NoneType})


def models_of(reading: Reading) -> Iterator[tuple[str, Place, BaseModel]]:
    """Give every part of the files that people type, its file and its place, down to numbers and sentences."""
    for name, part in reading.parts.items():
        if name in _NOT_TYPED:
            continue
        # Thousands of parts stand in a dossier: a stack, and places as links, keep this a small part of reading it.
        stack: list[tuple[Place, Any]] = [(None, part)]
        while stack:
            place, value = stack.pop()
            if isinstance(value, BaseModel):
                yield name, place, value
                inside: Iterable[tuple[str | int, Any]] = value.__dict__.items()
            elif isinstance(value, dict):
                inside = value.items()
            elif isinstance(value, tuple):
                inside = enumerate(value)
            else:
                continue
            stack += [((place, key), inner) for key, inner in inside if inner and type(inner) not in _PLAIN]


def path_of(place: Place) -> Path_:
    """Give the keys and places that lead to a part, the outermost first."""
    steps: list[str | int] = []
    while place is not None:
        place, step = place
        steps.append(step)
    return tuple(reversed(steps))
