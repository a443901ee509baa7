"""A made-up brief and report in a real browser: on a phone, by keyboard, printed, and as axe sees them."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from glabella.brief.render import html
from tests.brief import made_up
from tests.browsing import NEEDED, axe

pytestmark = [
    pytest.mark.xdist_group("browser"),
    NEEDED,
]
DOCUMENTS = {"brief": made_up.brief(beside="report.html"), "report": made_up.report(beside="brief.html")}
EACH = pytest.mark.parametrize("name", DOCUMENTS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("pages")
    for name, document in DOCUMENTS.items():
        (place / f"{name}.html").write_text(html(document), encoding="utf-8")
    return place


def shown(browser: Browser, file: Path, width: int = 1280) -> Page:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.set_default_timeout(0)
    page.goto(file.as_uri())
    return page


@EACH
@pytest.mark.parametrize("width", [390, 768, 1280])
def test_nothing_is_wider_than_the_screen_and_nothing_is_fetched(
    browser: Browser, folder: Path, name: str, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((folder / f"{name}.html").as_uri(), timeout=0)
    page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert asked == [(folder / f"{name}.html").as_uri()]
    page.close()


def test_on_a_phone_a_row_is_a_block_with_heads_before_its_values(browser: Browser, folder: Path) -> None:
    page = shown(browser, folder / "brief.html", 390)
    cell = "document.querySelector('#benefit tbody td:nth-child(2)')"
    assert page.evaluate(f"getComputedStyle({cell}).display") == "flow-root"
    assert page.evaluate(f"getComputedStyle({cell}, '::before').content") == '"Difference, points"'
    whole, drawn = (
        page.evaluate(f"document.querySelector('#benefit tbody {it}').getBoundingClientRect().width")
        for it in ("tr", "svg.iv")
    )
    assert drawn > 0.9 * (whole - 20)
    page.close()


def test_by_keyboard_a_number_opens_its_box_and_gets_the_focus_back(browser: Browser, folder: Path) -> None:
    page = shown(browser, folder / "brief.html")
    page.keyboard.press("Tab")
    focus = "document.activeElement"
    assert page.evaluate(f"{focus}.getAttribute('href')") == "#main"
    page.keyboard.press("Tab")
    name = page.evaluate(f"{focus}.getAttribute('popovertarget')")
    page.keyboard.press("Enter")
    opened = f"document.getElementById('{name}').matches(':popover-open')"
    assert page.evaluate(opened)
    page.keyboard.press("Tab")
    assert page.evaluate(f"{focus}.getAttribute('aria-label')") == "Close"
    page.keyboard.press("Escape")
    assert not page.evaluate(opened)
    assert page.evaluate(f"{focus}.getAttribute('popovertarget')") == name
    page.close()


def test_a_number_of_a_report_opens_the_fold_that_holds_its_line(browser: Browser, folder: Path) -> None:
    page = shown(browser, folder / "report.html")
    page.click("main a.n >> nth=0")
    assert page.evaluate("document.querySelector(':target').closest('details').open")
    page.close()


@EACH
def test_printed_from_the_browser_marks_lead_to_the_sources(browser: Browser, folder: Path, name: str) -> None:
    page = shown(browser, folder / f"{name}.html")
    file = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True)))
    page.close()
    text = " ".join("".join(it.extract_text() for it in file.pages).replace("\u2060", "").split())
    assert "[1–4]" in text
    assert "Press any dotted number" not in text
    assert "In the report" not in text  # boxes are not printed
    if name == "brief":
        assert len(file.pages) <= 2
    else:
        assert "a pipe." in text  # what is folded is printed open


@EACH
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_no_fault(browser: Browser, folder: Path, name: str, width: int) -> None:
    page = shown(browser, folder / f"{name}.html", width)
    page.evaluate(axe())
    page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
    page.evaluate("document.querySelector('button.n')?.click()")
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    faults = page.evaluate("rules => axe.run(document, {runOnly: rules})", rules)["violations"]
    page.close()
    assert [(it["id"], [node["html"] for node in it["nodes"]]) for it in faults] == []
