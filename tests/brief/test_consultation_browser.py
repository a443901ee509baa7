"""The pages of a consultation in a real browser: no wider than a phone, nothing fetched, and as axe sees them."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from glabella.brief import Results, consultation_document, for_person, home_document, html
from glabella.dossier import read_person
from tests import persons
from tests.browsing import NEEDED, axe

pytestmark = [
    pytest.mark.xdist_group("brief"),
    NEEDED,
]
PEOPLE = ("woman", "item nine", "six weeks ago", "unknown")


@pytest.fixture(scope="module")
def pages(results: Results, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("consultations")
    found = {}
    for name in PEOPLE:
        person = read_person(persons.written(folder, name), results.evidence, persons.TODAY)
        of = for_person(results, person, persons.CRISIS)
        for document in (consultation_document(of), home_document(of)):
            found[f"{name}, {document.kind}"] = target = folder / f"{name}-{document.kind}.html"
            target.write_text(html(document), encoding="utf-8")
    return found


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_screen_and_nothing_is_fetched(
    browser: Browser, pages: dict[str, Path], width: int
) -> None:
    asked: list[str] = []
    for name, file in pages.items():
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file.as_uri(), timeout=0)
        page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        page.close()
    assert asked == [file.as_uri() for file in pages.values()]


@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing(browser: Browser, pages: dict[str, Path], width: int) -> None:
    script = axe()
    for name, file in pages.items():
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.set_default_timeout(0)
        page.goto(file.as_uri())
        page.evaluate(script)
        page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
        faults = page.evaluate("axe.run(document)")["violations"]
        assert [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in faults] == [], name
        page.close()


def test_icons_of_a_row_are_alike_in_size(browser: Browser, pages: dict[str, Path]) -> None:
    """Benefit and harm on one scale: pictures of a page are of one size."""
    for name, file in pages.items():
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(file.as_uri(), timeout=0)
        size = "it => Math.round(it.getBoundingClientRect().width)"
        sizes = page.evaluate(f"[...document.querySelectorAll('.pic svg')].map({size})")
        assert max(sizes) - min(sizes) <= 4, name
        page.close()


def test_pictures_of_a_row_stand_on_one_line(browser: Browser, pages: dict[str, Path]) -> None:
    # Where something comes before anything else, harms are told in lines.
    for name, rows in (("woman, home", 5), ("item nine, home", 2)):
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(pages[name].as_uri(), timeout=0)
        feet = page.evaluate(
            "[...document.querySelectorAll('.icons')].map(row => [...row.querySelectorAll('.pic svg')]"
            ".map(it => Math.round(it.getBoundingClientRect().bottom)))"
        )
        assert len(feet) == rows, name
        assert all(max(row) - min(row) <= 1 for row in feet), feet
        page.close()


def test_the_box_of_a_crisis_stands_apart_from_what_follows(browser: Browser, pages: dict[str, Path]) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(pages["item nine, home"].as_uri(), timeout=0)
    box, below = page.evaluate(
        "[...document.querySelectorAll('#about > p')].map(it => it.getBoundingClientRect())"
        ".map(it => ({top: it.top, bottom: it.bottom}))"
    )
    assert below["top"] - box["bottom"] >= 8
    page.close()
