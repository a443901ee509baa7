"""A document in its formats: each sets type, and adds nothing to what the document says."""

from glabella.brief.render.html import html
from glabella.brief.render.json import as_json, document_of_json
from glabella.brief.render.markdown import markdown
from glabella.brief.render.pdf import available, pdf
from glabella.brief.render.pieces import Piece, pieces, pieces_of_html, pieces_of_json, pieces_of_markdown

__all__ = [
    "Piece",
    "as_json",
    "available",
    "document_of_json",
    "html",
    "markdown",
    "pdf",
    "pieces",
    "pieces_of_html",
    "pieces_of_json",
    "pieces_of_markdown",
]
