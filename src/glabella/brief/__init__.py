"""What people read: documents from the same sections, in four formats; their verification and their differences.

Documents are made of claims and of the dossier's sentences. Nothing here computes a statistic.
"""

from glabella.brief.counting import count
from glabella.brief.difference import changed
from glabella.brief.documents import (
    article_document,
    checked_document,
    chosen_document,
    consultation_document,
    document,
    home_document,
    in_brief,
    weighed_document,
)
from glabella.brief.for_person import ForPerson, for_person
from glabella.brief.quoting import quote
from glabella.brief.render import as_json, html, markdown, pdf
from glabella.brief.results import Results
from glabella.brief.sections.chosen import OtherChoices
from glabella.brief.verification import Verified, consulted_again, verified, weighed_again

__all__ = [
    "ForPerson",
    "OtherChoices",
    "Results",
    "Verified",
    "article_document",
    "as_json",
    "changed",
    "checked_document",
    "chosen_document",
    "consultation_document",
    "consulted_again",
    "count",
    "document",
    "for_person",
    "home_document",
    "html",
    "in_brief",
    "markdown",
    "pdf",
    "quote",
    "verified",
    "weighed_again",
    "weighed_document",
]
