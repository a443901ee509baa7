"""What people read: the brief as a page, as Markdown, as data; its verification and its difference.

Pages are made of Claims and of the dossier's sentences. Nothing here computes a statistic.
"""

from glabella.brief._content import Brief, build
from glabella.brief._page import html
from glabella.brief._text import as_json, markdown
from glabella.brief._verify import changed, embedded, verify

__all__ = ["Brief", "as_json", "build", "changed", "embedded", "html", "markdown", "verify"]
