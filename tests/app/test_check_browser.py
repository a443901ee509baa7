"""Checking an article in a real browser: at three widths, without scripts, by keyboard, on paper, for axe."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from tests.browsing import NEEDED, axe
from tests.dossiers_made import BCG_ARTICLE

pytestmark = [
    pytest.mark.xdist_group("browser"),
    NEEDED,
]
HOSTILE = (
    f"{BCG_ARTICLE}\n\nBCG prevents tuberculosis <script>window.run = 1</script> "
    "<img src=x onerror='window.run = 1'> <svg onload='window.run = 1'> [x](javascript:window.run=1)."
)


def checked(browser: Browser, client: httpx.Client, width: int, *, scripts: bool = True) -> tuple[Page, list[str]]:
    """Paste an article and press the button; also what was asked of any other machine."""
    page = browser.new_page(viewport={"width": width, "height": 900}, java_script_enabled=scripts)
    page.set_default_timeout(0)
    away: list[str] = []
    here = str(client.base_url)
    page.on("request", lambda it: None if it.url.startswith((here, "data:")) else away.append(it.url))
    page.goto(f"{here}/check")
    page.get_by_label("Paste the text of the article").fill(HOSTILE)
    page.get_by_role("button", name="Check").press("Enter")
    page.wait_for_url("**/check")
    page.get_by_role("heading", name="Sentence by sentence").wait_for()
    return page, away


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_it_can_be_read_at_every_width_and_nothing_in_it_runs(
    browser: Browser, bcg_served: httpx.Client, width: int
) -> None:
    page, away = checked(browser, bcg_served, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("window.run") is None
    assert away == []
    page.evaluate(axe())
    assert page.evaluate("axe.run(document)")["violations"] == []
    page.close()


def test_a_mark_leads_to_what_is_said_and_on_to_the_source(browser: Browser, bcg_served: httpx.Client) -> None:
    """Without scripts: from a sentence to its entry, to the reasons, and along a number to the page of it."""
    page, away = checked(browser, bcg_served, 390, scripts=False)
    page.locator("#article").get_by_role("link", name="See").first.press("Enter")
    assert page.url.endswith("#said-1")
    page.locator("#said-1").get_by_role("link", name="Why").press("Enter")
    name = page.url.partition("#")[2]
    assert name.startswith("why-")
    assert page.locator(f"#{name}").is_visible()
    leads = page.locator("a[href^='/number/']").first.get_attribute("href")
    assert bcg_served.get(str(leads)).status_code == 200
    assert away == []
    page.close()


def test_a_file_is_chosen_without_scripts(browser: Browser, bcg_served: httpx.Client, tmp_path: Path) -> None:
    file = tmp_path / "<b>.txt"
    file.write_text(BCG_ARTICLE, encoding="utf-8")
    page = browser.new_page(java_script_enabled=False)
    page.set_default_timeout(0)
    page.goto(f"{bcg_served.base_url}/check")
    page.get_by_role("button", name="Check").click()
    assert "Nothing was sent" in page.get_by_role("alert").inner_text()
    page.get_by_label("or choose its file").set_input_files(file)
    page.get_by_role("button", name="Check").click()
    assert page.get_by_role("heading", level=1).inner_text() == "<b>.txt"
    page.close()


def test_it_is_printed_without_what_can_only_be_pressed(browser: Browser, bcg_served: httpx.Client) -> None:
    page, _ = checked(browser, bcg_served, 1280)
    pages = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages
    text = "\n".join(each.extract_text() for each in pages)
    assert "Sentence by sentence" in text
    assert "BCG prevents tuberculosis." in text
    assert "Paste the text" not in text
    page.close()
