"""Pictures made smaller without a visible change."""

from __future__ import annotations

import re
from collections import Counter
from html import escape

#: Attributes that only say again what the picture's description says, ask for what is usual, or serve a mouse.
_SAID = re.compile(
    r' (?:role|aria-[a-z]+|class|version|xmlns:xlink|pointer-events)="[^"]*"'
    r'| opacity="1"| font-weight="normal"'
)
#: Digits of a length that no screen shows.
_FINE = re.compile(r"(-?\d*\.\d)\d+")
_GAPS = re.compile(r">\s+<")
#: What draws nothing.
_NOTHING = re.compile(r'<path d="M0,0h0v0h0Z"/>|<g(?: transform="[^"]*")?></g>')
_TEXTS = re.compile(r"<text\b[^>]*>")
_GROUPED_WIDTH = re.compile(r'<(?:g|svg)\b[^>]* stroke-width="')


def smaller(svg: str) -> str:
    """Leave out of a drawing what is neither seen nor needed.

    >>> smaller('<svg class="marks"><path role="x" d="M0.12345,1"/> <g></g> </svg>')
    '<svg><path d="M0.1,1"/></svg>'
    """
    svg = _GAPS.sub("><", _FINE.sub(r"\1", _SAID.sub("", svg))).strip()
    if not _GROUPED_WIDTH.search(svg):
        svg = svg.replace(' stroke-width="1"', "")
    for name in ("font-family", "font-size"):
        svg = _once(svg, name)
    while (shorter := _NOTHING.sub("", svg)) != svg:
        svg = shorter
    return svg


def titled(svg: str, words: str) -> str:
    """Give a drawing a title, which a PDF keeps as what it shows.

    >>> titled('<svg width="1"></svg>', "A & B")
    '<svg width="1"><title>A &amp; B</title></svg>'
    """
    start, end, rest = svg.partition(">")
    return f"{start}{end}<title>{escape(words, quote=False)}</title>{rest}" if end and words else svg


def _once(svg: str, name: str) -> str:
    """Write what most texts have for an attribute on the drawing, where every text says it."""
    wanted = re.compile(rf' {name}="([^"]*)"')
    texts = _TEXTS.findall(svg)
    values = [found[1] for text in texts if (found := wanted.search(text))]
    if not values or len(values) < len(texts) or not svg.startswith("<svg") or wanted.search(svg.partition(">")[0]):
        return svg
    usual = f' {name}="{Counter(values).most_common(1)[0][0]}"'
    return f"<svg{usual}{_TEXTS.sub(lambda found: found[0].replace(usual, ''), svg)[4:]}"
