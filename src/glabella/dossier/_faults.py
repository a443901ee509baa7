"""What is wrong with a dossier, told so that it can be mended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from glabella._reading import one_line

#: Faults of one file that are told; who has more begins with these.
MOST_FAULTS = 100


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """One thing to know of a dossier that is no fault, and where it stands.

    Attributes
    ----------
    file : str
        Path below the dossier's folder.
    line : int
        Line in that file, from one; zero when the file as a whole is meant.
    message : str
        What was found.
    """

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return one_line(f"{place}: {self.message}")


@dataclass(frozen=True, slots=True, order=True)
class Fault(Note):
    """One thing that is wrong, where it stands, and what was expected there; its attributes are those of a note."""


class MisfitError(ValueError):
    """What does not fit within one part of a dossier: each with the field where it is shown."""

    def __init__(self, found: tuple[tuple[str, str], ...]) -> None:
        self.found = found
        super().__init__("; ".join(message for _, message in found))

    @classmethod
    def refuse(cls, found: Iterable[tuple[str, str]]) -> None:
        """Raise with all that was found, if anything was."""
        if every := tuple(found):
            raise cls(every)


class DossierError(ValueError):
    """A dossier cannot be used; carries every fault that was found, of a file with very many the first."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = told(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def told(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Put faults in order, each once; of a file with very many, say how many and list the first."""
    found: list[Fault] = []
    each = sorted(set(faults), key=attrgetter("file", "line", "message"))
    for file, those in groupby(each, key=attrgetter("file")):
        first = list(those)
        if len(first) > MOST_FAULTS + 1:
            more = f"{len(first):,} faults, of which the first {MOST_FAULTS} are listed"
            first = [Fault(file, 0, more), *first[:MOST_FAULTS]]
        found += first
    return tuple(found)
