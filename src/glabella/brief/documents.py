"""Documents: which sections each has, in which order. To add a section is its file and a line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from glabella.brief.results import Results
from glabella.brief.sections import (
    conflicts,
    harms,
    methods,
    popular_claims,
    question,
    reports,
    reproductions,
    studies,
    treatment,
    unknown,
)
from glabella.dossier import Evidence
from glabella.shown import Document, Ledger, Reference, Section

if TYPE_CHECKING:
    from glabella.safety import ReportStore

Kind = Literal["brief", "report"]
#: Gives a section of a document, or None where the dossier lacks its subject.
Make = Callable[[Results, Ledger], Section | None]

SECTIONS: dict[Kind, tuple[Make, ...]] = {
    "brief": (),
    "report": (
        question.report,
        treatment.report,
        harms.report,
        reports.report,
        unknown.report,
        popular_claims.report,
        reproductions.report,
        conflicts.report,
        studies.report,
        methods.report,
    ),
}


def build(evidence: Evidence, store: ReportStore | None = None, kind: Kind = "report") -> Document:
    """Build a document from a dossier.

    Parameters
    ----------
    evidence : Evidence
        A dossier as read.
    store : ReportStore, optional
        Reports to be asked what the dossier wants to know of them.
    kind : {"brief", "report"}
        Which document.

    Returns
    -------
    Document
    """
    results, book = Results(evidence, store), Ledger()
    sections = []
    for make in SECTIONS[kind]:
        before = len(book.claims)
        section = make(results, book)
        if section is not None:
            sections.append(replace(section, claims=tuple(book.claims.values())[before:]))
    return Document(
        kind=kind,
        id=evidence.dossier.id,
        title=evidence.dossier.title,
        edition=evidence.dossier.updated,
        header=(),
        sections=tuple(sections),
        footer=(),
        references=_references(evidence),
        claims=tuple(book.claims.values()),
    )


def _references(evidence: Evidence) -> tuple[Reference, ...]:
    """Give every reference of the dossier, and what of it was seen."""
    return tuple(
        Reference(
            key=one.id,
            text=one.title,
            address=f"https://doi.org/{one.DOI}" if one.DOI else None,
            seen=one.note,
        )
        for one in evidence.references.values()
    )
