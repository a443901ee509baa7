"""Where a value from memory stands: nowhere that a number could be shown from."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from glabella._reading import Path_
from glabella.dossier._faults import Fault, Note
from glabella.dossier._load import Reading
from glabella.dossier._parts import Parts, path_of

#: Uses of an observation that put no number on a page: it is predicted, or informs a prior.
_USES = frozenset({"held_out", "prior"})
_PRIORS = "priors.yaml"


def check_recalled(reading: Reading, models: Parts) -> Iterator[Fault]:
    """Name every value that is from memory and stands where a value may be shown."""
    for file, path, where in _recalled(reading, models):
        if where is None:
            message = "status is recalled; expected a source that was seen, or held_out or priors as its place"
            yield Fault(file, reading.documents[file].line((*path, "status")), message)


def note_recalled(reading: Reading, models: Parts) -> Iterator[Note]:
    """Name every value that is from memory and may stand where it does."""
    for file, path, where in _recalled(reading, models):
        if where is not None:
            line = reading.documents[file].line((*path, "status"))
            yield Note(file, line, f"a value from memory, under {where}: it is shown nowhere")


def _recalled(reading: Reading, models: Parts) -> Iterator[tuple[str, Path_, str | None]]:
    for file, place, value in models:
        if getattr(value, "status", None) == "recalled" and "status" in type(value).model_fields:
            path = path_of(place)
            yield file, path, _allowed(reading, file, path)


def _allowed(reading: Reading, file: str, path: Path_) -> str | None:
    """Say as what a value from memory may stand where it stands; None where it may not."""
    if file == _PRIORS:
        return "priors"
    part = reading.parts[file]
    for step in path:
        part = getattr(part, step) if isinstance(part, BaseModel) and isinstance(step, str) else part[step]
        use: str | None = getattr(part, "use", None)
        if use in _USES:
            return use
    return None
