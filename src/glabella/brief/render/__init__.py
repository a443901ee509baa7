"""A document in its formats: each sets type, and adds nothing to what the document says."""

from glabella.brief.render.html import html
from glabella.brief.render.markdown import markdown

__all__ = ["html", "markdown"]
