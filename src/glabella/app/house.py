"""What the app serves: one dossier, what was computed of it, and what has been set for pages already."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Literal, TypeVar, cast

from glabella.app.chain import Ground
from glabella.brief import OtherChoices, Results, chosen_document, document
from glabella.decision.choices import Choices, choosing, offered, read_choices
from glabella.dossier import Evidence
from glabella.shown import Claim, Document, Section, blocks_of, claims_of, digest, plain

_T = TypeVar("_T")
#: The name of the brief among the places where a number stands.
BRIEF = "the brief"
#: Where things are held: the dossier's own documents for good, pages by their bytes, other choices by their number.
Shelf = Literal["lasting", "pages", "chosen"]
#: How much each shelf holds.
ROOM: Mapping[Shelf, float] = MappingProxyType({"lasting": math.inf, "pages": 64_000_000, "chosen": 16})


class Kept:
    """Holds what was computed of the dossier and is asked for again; each is computed once, one at a time.

    One at a time, since the engines use the processor wholly: two would take as long as one after the other, and
    share what they find out on the way. What is held already is given at once, whatever is being computed.

    Parameters
    ----------
    room : mapping of str to float
        How much each shelf holds; what was not asked for longest goes first. Something takes as much room as its
        ``size`` says, or one where it has none.
    """

    def __init__(self, room: Mapping[Shelf, float] = ROOM) -> None:
        self._room = room
        self._shelves: dict[Shelf, OrderedDict[Hashable, object]] = {shelf: OrderedDict() for shelf in room}
        self._taken: dict[Shelf, float] = dict.fromkeys(room, 0)
        self._making, self._looking = threading.RLock(), threading.Lock()

    def get(self, key: Hashable, make: Callable[[], _T], shelf: Shelf = "pages") -> _T:
        """Give what is held under a key, made now where it is not."""
        found = self._find(key, shelf)
        if found is not _MISSING:
            return cast("_T", found)
        with self._making:
            found = self._find(key, shelf)
            if found is not _MISSING:
                return cast("_T", found)
            made = make()
            self._put(key, made, shelf)
            return made

    def has(self, key: Hashable, shelf: Shelf = "pages") -> bool:
        """Say whether it is held."""
        with self._looking:
            return key in self._shelves[shelf]

    def alone(self, make: Callable[[], _T]) -> _T:
        """Compute something that is not held, such as what was said of a person, while nothing else is computed."""
        with self._making:
            return make()

    def _find(self, key: Hashable, shelf: Shelf) -> object:
        with self._looking:
            held = self._shelves[shelf]
            if key not in held:
                return _MISSING
            held.move_to_end(key)
            return held[key]

    def _put(self, key: Hashable, made: object, shelf: Shelf) -> None:
        with self._looking:
            held = self._shelves[shelf]
            held[key] = made
            self._taken[shelf] += _size(made)
            while self._taken[shelf] > self._room[shelf] and len(held) > 1:
                self._taken[shelf] -= _size(held.popitem(last=False)[1])


_MISSING = object()


def _size(made: object) -> int:
    return int(getattr(made, "size", 1))


@dataclass(frozen=True, slots=True)
class Other:
    """What comes of other choices: a document, what its numbers stand on, and the choices in words."""

    document: Document
    ground: Ground
    said: tuple[tuple[str, str], ...]


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
        return self.kept.get("brief", lambda: document(self.results, "brief"), "lasting")

    @property
    def report(self) -> Document:
        """The report."""
        return self.kept.get("report", lambda: document(self.results, "report"), "lasting")

    @property
    def claims(self) -> dict[str, Claim]:
        """Every claim of brief and report, by id."""
        return self.kept.get(
            "claims",
            lambda: {claim.id: claim for made in (self.brief, self.report) for claim in made.claims},
            "lasting",
        )

    @property
    def ground(self) -> Ground:
        """What the numbers of brief and report stand on."""
        return self.kept.get("ground", lambda: Ground(self.results, self.claims, self._places()), "lasting")

    def _places(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """Give the sections in which each claim stands; the whole brief is one place."""
        found: dict[str, dict[str, str]] = {}
        made: dict[str, dict[str, str]] = {}
        for name, section in self.sections.items():
            for place, claims in ((found, claims_of((section,))), (made, section.claims)):
                for claim in claims:
                    place.setdefault(claim.id, {})[name] = plain(section.title)
        for claim in claims_of(self.brief.body):
            found.setdefault(claim.id, {})[BRIEF] = "The brief"
        # What is written nowhere, such as what a picture alone shows, stands where it was made.
        return {name: tuple(places.items()) for name, places in (made | found).items()}

    def choosing(self, choices: Choices) -> Other:
        """Give what comes of other choices than the dossier declares."""

        def make() -> Other:
            made = choosing(self.evidence, choices)
            of = OtherChoices(self.results, Results(made.evidence), made)
            shown = chosen_document(of)
            claims = {claim.id: claim for claim in shown.claims}
            return Other(shown, Ground(of.chosen, claims, {}, of.prefix, self.results), made.said)

        return self.kept.get(choices, make, "chosen")

    def read_choices(self, pairs: Iterable[tuple[str, str]]) -> Choices:
        """Read what was chosen in one of the analyses that are shown."""
        return read_choices(self.evidence, list(self.results.analyses), pairs, self.offered)

    def offered(self, key: str) -> dict[str, dict[str, str]]:
        """Give what may be chosen within an analysis."""
        return self.kept.get(("offered", key), lambda: offered(self.evidence, key), "lasting")

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
            "lasting",
        )
