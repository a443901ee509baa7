"""The brief and the report of the shipped dossier and their pages, made once for all tests of the group `brief`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO

import pytest
from pypdf import PdfReader

from glabella.brief import Results, document, html, pdf
from glabella.brief.documents import Kind
from glabella.dossier import Evidence, load
from glabella.shown import Document, Drawable


@dataclass(frozen=True)
class Made:
    """A document, its page, and its plots as the engine drew them, before they were made smaller."""

    document: Document
    page: str
    drawn: tuple[str, ...]


@pytest.fixture(scope="session")
def evidence() -> Evidence:
    return load()


@pytest.fixture(scope="session")
def results(evidence: Evidence) -> Results:
    return Results(evidence)


@pytest.fixture(scope="session")
def brief(results: Results) -> Made:
    return made(results, "brief")


@pytest.fixture(scope="session")
def report(results: Results) -> Made:
    return made(results, "report")


@pytest.fixture(scope="session")
def printed(brief: Made) -> PdfReader:
    """Give the brief on paper."""
    return PdfReader(BytesIO(pdf(brief.document)))


def made(results: Results, kind: Kind) -> Made:
    drawn: list[str] = []

    def draw(plots: Iterable[Drawable]) -> Iterator[str]:
        for plot in plots:
            drawn.append(plot.svg())
            yield drawn[-1]

    it = document(results, kind)
    return Made(it, html(it, draw), tuple(drawn))
