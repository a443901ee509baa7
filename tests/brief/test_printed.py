"""The brief on paper: two pages, few words, type that can be read, nothing beyond the margins."""

from __future__ import annotations

import math
import re

import pytest
from pypdf import PdfReader

pytestmark = pytest.mark.xdist_group("brief")

#: Points of a millimetre.
MM = 72 / 25.4
#: What a renderer's rounding may take from a length, in points.
ROUNDING = 0.05


def set_type(reader: PdfReader) -> list[tuple[str, float, float, float]]:
    """Give every piece of text with its size and place in points."""
    found: list[tuple[str, float, float, float]] = []

    def visit(text: str, cm: list[float], tm: list[float], _font: object, size: float) -> None:
        if text.strip():
            scale = math.hypot(cm[0], cm[1]) * math.hypot(tm[0], tm[1])
            x = cm[0] * tm[4] + cm[2] * tm[5] + cm[4]
            y = cm[1] * tm[4] + cm[3] * tm[5] + cm[5]
            found.append((text.strip(), size * scale, x, y))

    for page in reader.pages:
        page.extract_text(visitor_text=visit)
    return found


def test_it_is_two_pages_of_a4(printed: PdfReader) -> None:
    assert len(printed.pages) <= 2
    for page in printed.pages:
        assert float(page.mediabox.width) == pytest.approx(210 * MM, abs=1)
        assert float(page.mediabox.height) == pytest.approx(297 * MM, abs=1)


def test_a_print_shows_a_thousand_words_at_most(printed: PdfReader) -> None:
    text = "\n".join(page.extract_text() for page in printed.pages)
    before, found, sources = re.split(r"^(Sources)$", text, maxsplit=1, flags=re.MULTILINE)
    assert found
    assert sources
    assert len(before.split()) <= 1000


def test_type_is_large_enough_and_stands_within_the_margins(printed: PdfReader) -> None:
    found = set_type(printed)
    assert len(found) > 200
    small = [(text, round(size, 2)) for text, size, _, _ in found if size < 9.5 - ROUNDING]
    assert small == []
    # Ticks of a drawing are placed in its own coordinates, which the reader does not carry over.
    found = [one for one in found if not re.fullmatch(r"[−\d]+", one[0])]
    left, right = 15 * MM - ROUNDING, 195 * MM
    assert [text for text, _, x, _ in found if not left <= x <= right] == []
    assert [text for text, _, _, y in found if not 15 * MM - ROUNDING <= y <= 282 * MM] == []
