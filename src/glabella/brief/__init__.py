"""What people read: documents from the same sections, in four formats; their verification and their differences.

Documents are made of claims and of the dossier's sentences. Nothing here computes a statistic.
"""

from glabella.brief.counting import count
from glabella.brief.difference import changed
from glabella.brief.documents import article_document, document, in_brief, weighed_document
from glabella.brief.quoting import quote
from glabella.brief.render import as_json, html, markdown, pdf
from glabella.brief.results import Results
from glabella.brief.verification import Verified, verified, weighed_again

__all__ = [
    "Results",
    "Verified",
    "article_document",
    "as_json",
    "changed",
    "count",
    "document",
    "html",
    "in_brief",
    "markdown",
    "pdf",
    "quote",
    "verified",
    "weighed_again",
    "weighed_document",
]
