"""The shipped documents in a real browser and on paper: nothing clipped, nothing fetched, reachable by keyboard."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from glabella.shown import Claim, Shown, inlines_of
from tests.brief.conftest import Made

pytestmark = pytest.mark.xdist_group("brief")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, brief: Made, report: Made) -> Path:
    place = tmp_path_factory.mktemp("pages")
    for name, made in (("brief", brief), ("report", report)):
        (place / f"{name}.html").write_text(made.page, encoding="utf-8")
    return place


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", ["brief", "report"])
def test_nothing_is_wider_than_the_screen(browser: Browser, folder: Path, name: str, width: int) -> None:
    file = folder / f"{name}.html"
    page = browser.new_page(viewport={"width": width, "height": 900})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri(), timeout=0)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert asked == [file.as_uri()]
    page.close()


@pytest.mark.parametrize("name", ["brief", "report"])
def test_the_first_tab_leads_to_the_content(browser: Browser, folder: Path, name: str) -> None:
    page = browser.new_page()
    page.goto((folder / f"{name}.html").as_uri(), timeout=0)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page.close()


def tight(text: str) -> str:
    """Give a text without spaces: a line of a PDF ends where it must."""
    return re.sub(r"[\s\u2060]+", "", text)


def test_the_printed_brief_is_tagged_and_has_a_title(printed: PdfReader) -> None:
    catalog: Any = printed.trailer["/Root"]
    assert "/StructTreeRoot" in catalog
    assert printed.metadata is not None
    assert "Botulinum toxin in the frown muscles for depression" in str(printed.metadata.title)


def test_the_printed_brief_holds_every_number_of_the_page(printed: PdfReader, brief: Made) -> None:
    text = tight("".join(page.extract_text() for page in printed.pages))
    shown = [piece.text for piece in inlines_of(brief.document.body) if isinstance(piece, Claim | Shown)]
    assert len(shown) > 50
    for words, count in Counter(map(tight, shown)).items():
        assert text.count(words) >= count, words
