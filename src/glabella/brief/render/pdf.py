"""A document as PDF: tagged, with bookmarks, its numbers marked with their sources."""

from __future__ import annotations

from glabella.brief.render.html import Draw, page
from glabella.brief.render.setting import setting_of
from glabella.shown import Document


def available() -> str | None:
    """Say why a PDF cannot be made; None where it can.

    To be asked before anything is computed. It loads what makes the PDF, which is needed then anyway.
    """
    try:
        import weasyprint  # noqa: F401
    except ImportError as error:
        return f"PDF needs glabella[pdf] (pip install 'glabella[pdf]'): {error}"
    except OSError as error:
        return f"PDF needs the Pango library of the system: {error}"
    return None


def pdf(document: Document, draw: Draw | None = None) -> bytes:
    """Write a document as PDF.

    Parameters
    ----------
    document : Document
    draw : callable, optional
        Draws the document's plots in their order, such as ``Studio.svgs``.

    Returns
    -------
    bytes

    Raises
    ------
    RuntimeError
        If what makes a PDF is missing; :func:`available` says so beforehand.
    """
    if reason := available():
        raise RuntimeError(reason)
    from weasyprint import HTML

    text = page(setting_of(document, paper=True), draw)
    content: bytes = HTML(string=text).write_pdf(pdf_variant="pdf/ua-1")
    return content
