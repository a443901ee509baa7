"""One YAML or JSON file as plain values, remembering the line of every key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from glabella._reading import MOST, Parsed, Path_, UnreadableError, parse_json, parse_yaml, text_of
from glabella.dossier._faults import DossierError, Fault


@dataclass(frozen=True, slots=True)
class Document:
    """The content of one file and, where its text is YAML or JSON, where each part of it stands."""

    file: str
    data: Any = None
    parsed: Parsed | None = None

    def line(self, path: Path_) -> int:
        """Give the line of the nearest enclosing part that the file really has."""
        lines = self.parsed.lines if self.parsed else {}
        while path and path not in lines:
            path = path[:-1]
        return lines.get(path, 1)


def read_document(raw: bytes, file: str, most: int = MOST) -> Document:
    """Give the values of a file's bytes, of which there are at most so many; ``file`` is its name, used in faults.

    Raises
    ------
    DossierError
        If it is not UTF-8, is not well-formed, is empty, states a key twice, or is out of bounds.
    """
    try:
        text = text_of(raw)
    except UnreadableError as error:
        raise DossierError([Fault(file, error.line, error.problem)]) from None
    parsed = (parse_json if file.endswith(".json") else parse_yaml)(text, most)
    if parsed.faults:
        raise DossierError([Fault(file, line, problem) for line, problem in parsed.faults])
    return Document(file, parsed.data, parsed)
