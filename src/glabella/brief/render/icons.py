"""Small signs drawn as SVG: circles for a certainty, a glyph for a verdict. Shape tells them apart, not colour."""

from __future__ import annotations

from glabella.shown import Icon

INK = "#17212b"
_LEVELS = {"very low": 1, "low": 2, "moderate": 3, "high": 4}
_VERDICTS = {
    "supported": '<circle cx="8" cy="8" r="7" fill="{ink}"/>'
    '<path d="M4.4 8.3l2.5 2.5 4.8-5.3" stroke="#fff" stroke-width="1.9" fill="none"/>',
    "contradicted": '<path d="M1 1h14v14H1z" fill="{ink}"/>'
    '<path d="M4.6 4.6l6.8 6.8M11.4 4.6l-6.8 6.8" stroke="#fff" stroke-width="1.9"/>',
    # A disc out of which the left half of a smaller one is cut.
    "inconclusive": '<path d="M8 1a7 7 0 0 1 0 14A7 7 0 0 1 8 1v1.3a5.7 5.7 0 0 0 0 11.4z" fill="{ink}"/>',
    "in parts": '<path d="M1 1h6v14H1z" fill="{ink}"/>'
    '<path d="M9.6 1.6h4.8v12.8H9.6z" fill="#fff" stroke="{ink}" stroke-width="1.3"/>',
    "untested": '<circle cx="8" cy="8" r="6.4" fill="#fff" stroke="{ink}" stroke-width="1.5"'
    ' stroke-dasharray="2.6 2.2"/>',
    "not judged": '<path d="M1.6 1.6h12.8v12.8H1.6z" fill="#fff" stroke="{ink}" stroke-width="1.5"'
    ' stroke-dasharray="2.6 2.2"/><path d="M4.6 8h6.8" stroke="{ink}" stroke-width="1.9"/>',
}


def icon(it: Icon) -> str:
    """Draw a sign; nothing for a word that has none, such as a certainty that was not rated.

    >>> icon(Icon("certainty", "low")).count("<circle")
    4
    """
    return _circles(it.word) if it.kind == "certainty" else _glyph(it.word)


def _circles(word: str) -> str:
    filled = _LEVELS.get(word)
    if filled is None:
        return ""
    each = "".join(
        f'<circle cx="{6 + 12 * place}" cy="6" r="4.4" fill="{INK if place < filled else "#fff"}"/>'
        for place in range(len(_LEVELS))
    )
    return (
        f'<svg viewBox="0 0 48 12" width="48" height="12" stroke="{INK}" stroke-width="1.2"'
        f' aria-hidden="true">{each}</svg>'
    )


def _glyph(word: str) -> str:
    body = _VERDICTS.get(word)
    if body is None:
        return ""
    return f'<svg viewBox="0 0 16 16" aria-hidden="true">{body.format(ink=INK)}</svg>'
