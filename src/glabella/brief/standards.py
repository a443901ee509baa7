"""What is asked of decision aids, item by item, and where the pages of a consultation answer it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from glabella._reading import read_yaml
from glabella.brief.documents import consultation_document, home_document
from glabella.brief.for_person import for_person
from glabella.brief.results import Results
from glabella.dossier import Consultation, Person
from glabella.shown import Document, Section, blocks_of

#: What ends the sentence of an item that only a test or a screening is asked.
OF_TESTS = "asked of tests and screening, and of nothing else"


@dataclass(frozen=True, slots=True)
class Standard:
    """A list of what is asked of decision aids.

    Attributes
    ----------
    title, address : str
        Of the list.
    seen : str
        What of it was seen.
    """

    title: str
    seen: str
    address: str


@dataclass(frozen=True, slots=True)
class Item:
    """Something that is asked of a decision aid.

    Attributes
    ----------
    id, standard, group, asks : str
        Its name here, its list, its group there, and what it asks in our own words.
    number : str or None
        Its number in the list, where that was seen.
    where : tuple of Mapping
        A section or a part of a document, a field of ``consultation.yaml``, or a page of docs.
    because : str or None
        Why nothing answers it; None where something does.
    note : str or None
        How far it is answered.
    tests_only : bool
        Whether it is asked of aids about tests and screening alone.
    """

    id: str
    standard: str
    group: str
    asks: str
    number: str | None = None
    where: tuple[Mapping[str, str], ...] = ()
    because: str | None = None
    note: str | None = None
    tests_only: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """An item, and how a dossier's pages answer it.

    Attributes
    ----------
    item : Item
    where : tuple of str
        Pointers that lead somewhere, in words.
    missing : tuple of str
        Pointers that lead nowhere in this dossier.
    """

    item: Item
    where: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def state(self) -> str:
        """``answered``, ``unanswered`` with a reason, ``missing`` in this dossier, or ``not asked`` of it."""
        if self.item.tests_only:
            return "not asked"
        if self.item.because is not None:
            return "unanswered"
        return "missing" if self.missing else "answered"


@cache
def standards() -> tuple[dict[str, Standard], tuple[Item, ...]]:
    """Give the lists, and all of their items in order.

    Examples
    --------
    >>> lists, items = standards()
    >>> [(key, sum(each.standard == key for each in items)) for key in lists]
    [('ipdas', 44), ('nice', 11), ('nice_process', 5)]
    """
    found: Any = read_yaml(Path(__file__).with_name("aid_items.yaml"))
    lists = {key: Standard(**each) for key, each in found["standards"].items()}
    items = tuple(Item(**{**each, "where": tuple(each.get("where", ()))}) for each in found["items"])
    return lists, items


def answered(results: Results) -> tuple[Answered, ...]:
    """Say of each item where a dossier's pages answer it, as they are for somebody of whom nothing is known.

    Parameters
    ----------
    results : Results
        Of a dossier with a consultation.

    Raises
    ------
    ValueError
        If the dossier has none.
    """
    consultation, documents = _pages(results)
    return tuple(_answered(each, consultation, documents) for each in standards()[1])


def _pages(results: Results) -> tuple[Consultation, dict[str, Document]]:
    """Make the pages for somebody of whom nothing is known: whom to call is not what is looked at."""
    of = for_person(results, Person(date.fromisoformat(results.evidence.dossier.updated)), "—")
    documents = {"consultation": consultation_document(of)}
    if of.consultation.take_home is not None:
        documents["home"] = home_document(of)
    return of.consultation, documents


def _answered(item: Item, consultation: Consultation, documents: Mapping[str, Document]) -> Answered:
    there: dict[bool, list[str]] = {True: [], False: []}
    for pointer in item.where:
        there[leads_somewhere(pointer, consultation, documents)].append(in_words(pointer))
    return Answered(item, tuple(there[True]), tuple(there[False]))


def leads_somewhere(
    pointer: Mapping[str, str], consultation: Consultation, documents: Mapping[str, Document]
) -> bool:
    """Tell whether there is something where a pointer leads."""
    if "field" in pointer:
        return bool(_field(consultation, pointer["field"].split(".")))
    if "docs" in pointer:
        return True  # They are no part of what is installed; a test of the repository looks.
    document = documents.get(pointer["document"])
    if document is None:
        return False
    if "part" in pointer:
        return bool(getattr(document, pointer["part"]))
    return pointer["section"] in _sections(document)


def _sections(document: Document) -> set[str]:
    return {each.id for each in blocks_of(document.sections) if isinstance(each, Section) and each.content}


def _field(found: Any, names: Iterable[str]) -> Any:
    for name in names:
        found = found.get(name) if isinstance(found, Mapping) else getattr(found, name, None)
    return found


def in_words(pointer: Mapping[str, str]) -> str:
    """Say where a pointer leads.

    Examples
    --------
    >>> in_words({"document": "home", "section": "ask"}), in_words({"field": "made.by"})
    ('home: section ask', 'consultation.yaml: made.by')
    """
    if "field" in pointer:
        return f"consultation.yaml: {pointer['field']}"
    if "docs" in pointer:
        return f"docs/{pointer['docs']}"
    if "part" in pointer:
        return f"{pointer['document']}: {pointer['part']}"
    return f"{pointer['document']}: section {pointer['section']}"


def answer(found: Answered) -> str:
    """Say in a few words where an item is answered, or why it is not."""
    item = found.item
    match found.state:
        case "not asked":
            return OF_TESTS
        case "unanswered":
            return f"not answered: {item.because}"
        case "missing":
            return f"missing in this dossier: {'; '.join(found.missing)}"
    return f"{'; '.join(found.where)}{f' ({item.note})' if item.note else ''}"


def counted(found: Iterable[Answered]) -> str:
    """Count items by state, in words."""
    states = [each.state for each in found]
    said = [f"{states.count('answered')} answered", f"{states.count('unanswered')} not answered"]
    said += [f"{states.count(state)} {words}" for state, words in (("not asked", "asked of tests only"),
             ("missing", "missing in this dossier")) if state in states]  # fmt: skip
    return ", ".join(said)


def markdown_table(results: Results) -> str:
    """Give all items as tables in Markdown, for the documentation."""
    lists, found = standards()[0], answered(results)
    lines = []
    for key, one in lists.items():
        mine = [each for each in found if each.item.standard == key]
        lines += [f"### {one.title}", "", f"{counted(mine)}. Seen: {one.seen}. <{one.address}>", ""]
        lines += ["| item | asks that the aid | answered by |", "| --- | --- | --- |"]
        for each in mine:
            name = f"{each.item.id} ({each.item.number})" if each.item.number else each.item.id
            lines.append(f"| {name} | {each.item.asks} | {answer(each)} |")
        lines.append("")
    return "\n".join(lines)
