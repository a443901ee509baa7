"""The brief in a real browser and as PDF: nothing clipped, nothing fetched, reachable by keyboard."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from pypdf import PdfReader

pytestmark = pytest.mark.xdist_group("brief")

CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory, page: str) -> Path:
    path = tmp_path_factory.mktemp("page") / "brief.html"
    path.write_text(page, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert CHROMIUM, "chromium is missing; `make test` installs it"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS, timeout=0)
        yield opened
        opened.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_screen(browser: Browser, file: Path, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri(), timeout=0)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert asked == [file.as_uri()]
    page.close()


def test_the_first_tab_leads_to_the_answer(browser: Browser, file: Path) -> None:
    page = browser.new_page()
    page.goto(file.as_uri(), timeout=0)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#answer"
    page.close()


def test_the_pdf_is_tagged_and_has_a_title(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "glabella", "brief", "--format", "pdf", "--to", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    pdf = PdfReader(tmp_path / "botulinum-depression.pdf")
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Botulinum toxin in the frown muscles for depression"
    assert "/StructTreeRoot" in pdf.trailer["/Root"]  # type: ignore[operator]
    assert "Certainty: very low" in pdf.pages[0].extract_text()
