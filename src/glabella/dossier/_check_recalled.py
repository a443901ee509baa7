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


def check_recalled(reading: Reading, models: Parts) -> Iterator[Note]:
    """Name every value that is from memory: a fault, or a note where it may stand."""
    for file, place, value in models:
        if getattr(value, "status", None) != "recalled" or "status" not in type(value).model_fields:
            continue
        path = path_of(place)
        line = reading.documents[file].line((*path, "status"))
        if (where := _allowed(reading, file, path)) is not None:
            yield Note(file, line, f"a value from memory, {where}: it is shown nowhere")
        else:
            message = "status is recalled; expected a source that was seen, or held_out or priors as its place"
            yield Fault(file, line, message)


def _allowed(reading: Reading, file: str, path: Path_) -> str | None:
    """Say as what a value from memory may stand where it stands; None where it may not."""
    if file == _PRIORS:
        return "under priors"
    part = reading.parts[file]
    for step in path:
        part = getattr(part, step) if isinstance(part, BaseModel) and isinstance(step, str) else part[step]
        if getattr(part, "use", None) in _USES:
            return f"under {part.use}"
    return None
