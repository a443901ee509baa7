"""What is wrong with a dossier, told so that it can be mended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong, where it stands, and what was expected there.

    Attributes
    ----------
    file : str
        Path below the dossier's folder.
    line : int
        Line in that file, from one; zero when the file as a whole is meant.
    message : str
        What was found and what was expected.
    """

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.line else f"{self.file}: {self.message}"


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


class DossierError(Exception):
    """A dossier cannot be used; carries every fault that was found."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))
