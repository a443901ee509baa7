"""What the app serves: one dossier, what was computed of it, and what has been set for pages already."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TypeVar

from glabella.brief import Results, document
from glabella.dossier import Evidence
from glabella.shown import Claim, Document, Section, blocks_of, digest

_T = TypeVar("_T")
#: How many things that were computed of the dossier are held beside the default ones, such as other choices.
KEPT = 24


class Kept:
    """Holds what was computed of the dossier and is asked for again; each is computed once, one at a time.

    One at a time, since the engines use the processor wholly: two would take as long as one after the other, and
    share what they find out on the way.

    Parameters
    ----------
    most : int
        How many are held; the one that was not asked for longest goes first.
    """

    def __init__(self, most: int = KEPT) -> None:
        self._most = most
        self._held: OrderedDict[Hashable, object] = OrderedDict()
        self._lock = threading.RLock()

    def get(self, key: Hashable, make: Callable[[], _T]) -> _T:
        """Give what is held under a key, made now where it is not."""
        with self._lock:
            if key not in self._held:
                self._held[key] = make()
                while len(self._held) > self._most:
                    self._held.popitem(last=False)
            self._held.move_to_end(key)
            return self._held[key]  # type: ignore[return-value]

    def has(self, key: Hashable) -> bool:
        """Say whether it is held, without waiting for what is being computed."""
        return key in self._held

    def alone(self, make: Callable[[], _T]) -> _T:
        """Compute something that is not held, such as what was said of a person, while nothing else is computed."""
        with self._lock:
            return make()


@dataclass(frozen=True, eq=False)
class House:
    """A dossier to be served.

    Attributes
    ----------
    evidence : Evidence
    crisis : str or None
        Whom to call in a crisis, as set for this place; None for the dossier's own text.
    today : callable
        Gives the day; no date of a person may lie after it.
    kept : Kept
    """

    evidence: Evidence
    crisis: str | None = None
    today: Callable[[], date] = date.today
    kept: Kept = field(default_factory=Kept)

    @cached_property
    def results(self) -> Results:
        """What is computed of the dossier as it is."""
        return Results(self.evidence)

    @cached_property
    def edition(self) -> str:
        """Digest of every file of the dossier."""
        return digest(sorted(self.evidence.digests.items()))

    @property
    def brief(self) -> Document:
        """The brief."""
        return self.kept.get("brief", lambda: document(self.results, "brief"))

    @property
    def report(self) -> Document:
        """The report."""
        return self.kept.get("report", lambda: document(self.results, "report"))

    @property
    def claims(self) -> dict[str, Claim]:
        """Every claim of brief and report, by id."""
        return self.kept.get(
            "claims", lambda: {claim.id: claim for made in (self.brief, self.report) for claim in made.claims}
        )

    @property
    def sections(self) -> dict[str, Section]:
        """The report's sections, by name, in order."""
        return self.kept.get(
            "sections",
            lambda: {
                block.id: block
                for block in blocks_of(self.report.sections)
                if isinstance(block, Section) and block.title
            },
        )
