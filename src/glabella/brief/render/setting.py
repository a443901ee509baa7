"""What every part of a page needs to know of its document: numbers of sources, of claims, and where it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from glabella.brief.render.marks import Marks, marks_of
from glabella.shown import Claim, Document, Heading, Paragraph, Section, Shown, blocks_of, inlines_of


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the parts of a document are found that is read in pieces, within pages of somebody else's.

    Attributes
    ----------
    section : callable
        Gives the address of a section by its name; None where there is none.
    number : callable
        Gives the address of what stands behind a claim; None where there is none.
    """

    section: Callable[[str], str | None]
    number: Callable[[Claim], str | None]


@dataclass(frozen=True, slots=True)
class Setting:
    """A document about to be set.

    Attributes
    ----------
    document : Document
    marks : Marks
        Numbers of its sources.
    places : dict of str to int
        Number of each claim, in the order of the document.
    sections : frozenset of str
        Names of its sections, and of the headings in them that have one.
    written : frozenset of str
        Claims that stand in its text, and are not drawn alone.
    paper : bool
        Whether it is set for paper: nothing can be pressed, and lengths are fixed.
    still : bool
        Whether what is set stands in something that is pressed as a whole, such as the title of a fold.
    addresses : Addresses or None
        Where its parts are found within other pages, in which no element may hold a style of its own; None for a
        file of its own.
    """

    document: Document
    marks: Marks
    places: dict[str, int]
    sections: frozenset[str]
    written: frozenset[str]
    paper: bool = False
    still: bool = False
    addresses: Addresses | None = None

    @property
    def lists_numbers(self) -> bool:
        """Whether the document ends in a list of every number, to which each leads."""
        return self.document.kind == "report" and self.addresses is None


def setting_of(
    document: Document, *, paper: bool = False, addresses: Addresses | None = None, cited: bool = False
) -> Setting:
    """Give a document's claims and sources their numbers.

    With ``cited`` the sources of claims that have an address of their own are told there, and have none here.
    """
    led = (claim.id for claim in document.claims if cited and addresses and addresses.number(claim))
    elsewhere = frozenset(led)
    return Setting(
        document,
        marks_of(document, elsewhere),
        {claim.id: place for place, claim in enumerate(document.claims, 1)},
        frozenset(_leading(document)),
        frozenset(_written(document)),
        paper,
        addresses=addresses,
    )


def _leading(document: Document) -> Iterator[str]:
    """Give the names to which links may lead."""
    for block in blocks_of(document.body):
        if isinstance(block, Section):
            yield block.id
        elif isinstance(block, Heading) and block.name:
            yield block.name


def _written(document: Document) -> Iterator[str]:
    for piece in inlines_of((Paragraph(document.about), *document.body)):
        if isinstance(piece, Claim):
            yield piece.id
        elif isinstance(piece, Shown):
            yield piece.claim.id


def leads_on(claim: Claim, to: Setting) -> str | None:
    """Give the page to which a number leads at once, and opens no box; None where it has none."""
    return to.addresses.number(claim) if to.document.kind == "report" and to.addresses else None


def anchor(claim: Claim | str) -> str:
    """Give the name under which a report lists a claim; another document may lead there.

    >>> anchor("forest.brin 2020")
    'n-forest.brin_2020'
    """
    name = claim if isinstance(claim, str) else claim.id
    return "n-" + "_".join(name.split())


def href(name: str) -> str:
    """Write a name as the end of an address."""
    return "#" + quote(name, safe="/:@!$&'()*+,;=?-._~")
