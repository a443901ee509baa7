"""Pictures made smaller without a visible change."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from html import escape
from itertools import groupby

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
#: What may be parts of one path, opaque and filled or stroked in one colour: boxes drawn the same way round, lines.
_BOX = r'<path d="M-?[\d.]+,-?[\d.]+h[\d.]+v[\d.]+h-[\d.]+Z" fill="(?!none)[^"]+"/>'
_OPAQUE = r'(?: (?!opacity|[a-z]+-opacity)[a-z-]+="[^"]*")*'
_LINE = rf'<line transform="translate\([^)]*\)" x2="[^"]*" y2="[^"]*"{_OPAQUE}/>'
_BOXES, _LINES = re.compile(f"(?:{_BOX}){{2,}}"), re.compile(f"(?:{_LINE}){{2,}}")
_OF_BOX = re.compile(r'<path d="([^"]*)"([^>]*)/>')
_OF_LINE = re.compile(r'<line transform="translate\(([^)]*)\)" x2="([^"]*)" y2="([^"]*)"([^>]*)/>')
_GROUPED_WIDTH = re.compile(r'<(?:g|svg)\b[^>]* stroke-width="')


def smaller(svg: str) -> str:
    """Leave out of a drawing what is neither seen nor needed.

    >>> smaller('<svg class="marks"><path role="x" d="M0.12345,1"/> <g></g> </svg>')
    '<svg><path d="M0.1,1"/></svg>'
    >>> line = '<line transform="translate({},2)" x2="0" y2="-5" stroke="#888"/>'
    >>> smaller(f"<svg>{line.format(1)}{line.format(3)}</svg>")
    '<svg><path d="M1,2l0,-5M3,2l0,-5" stroke="#888"/></svg>'
    """
    svg = _GAPS.sub("><", _FINE.sub(r"\1", _SAID.sub("", svg))).strip()
    if not _GROUPED_WIDTH.search(svg):
        svg = svg.replace(' stroke-width="1"', "")
    for name in ("font-family", "font-size"):
        svg = _once(svg, name)
    while (shorter := _NOTHING.sub("", svg)) != svg:
        svg = shorter
    svg = _BOXES.sub(lambda found: _as_one(_OF_BOX.findall(found[0])), svg)
    return _LINES.sub(
        lambda found: _as_one((f"M{at}l{x},{y}", rest) for at, x, y, rest in _OF_LINE.findall(found[0])), svg
    )


def _as_one(shapes: Iterable[tuple[str, str]]) -> str:
    """Write shapes that look alike and follow each other as one path."""
    alike = groupby(shapes, key=lambda shape: shape[1])
    return "".join(f'<path d="{"".join(path for path, _ in each)}"{look}/>' for look, each in alike)


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
