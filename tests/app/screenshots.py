"""Take the pictures of the app that stand in docs: `uv run python -m tests.app.screenshots`.

Made-up answers are those of the tests; the article is written here. Each picture has 128 colours, to be small.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from glabella.app import House, create_app
from glabella.app.consult import STEPS
from glabella.dossier import load
from tests import persons
from tests.app.serving import served
from tests.browsing import CHROMIUM, FLAGS

DOCS = Path(__file__).parents[2] / "docs"
ARTICLE = (
    "Botox for depression: what to know. Injected into the frown lines, it works within days. Six studies show "
    "that botulinum toxin beats placebo. It is approved by the FDA for depression. Side effects such as headache "
    "are mild. The effect on mood lasts longer than three months. Ask your doctor about it."
)
WIDE, PHONE = (1180, 900), (390, 844)


def keep(page: Page, name: str, size: tuple[int, int]) -> None:
    """Write what a window of this size shows."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    data = page.screenshot()
    picture = Image.open(BytesIO(data)).convert("RGB").quantize(128, dither=Image.Dither.NONE)
    picture.save(DOCS / f"{name}.png", optimize=True)
    sys.stderr.write(f"docs/{name}.png {(DOCS / f'{name}.png').stat().st_size // 1000} kB\n")


def step(page: Page, words: str) -> None:
    """Press what leads to another step."""
    page.get_by_role("button", name=words, exact=True).last.click()
    page.wait_for_load_state()


def main() -> None:
    """Take them all."""
    house = House(load(), None, lambda: persons.TODAY)
    with served(create_app(house)) as client, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_context(viewport={"width": WIDE[0], "height": WIDE[1]}).new_page()
        page.set_default_timeout(60_000)
        address = str(client.base_url).rstrip("/")
        for path, name in (
            ("/brief", "app-brief"),
            ("/number/scores_all.points", "app-number"),
            ("/choices?method=DL&other=monotherapy", "app-choices"),
        ):
            page.goto(address + path)
            keep(page, name, WIDE)
        page.goto(f"{address}/consult")
        with TemporaryDirectory() as folder:
            file = persons.written(Path(folder), "woman")
            page.set_input_files("form.open [type=file]", file)
            page.evaluate("document.querySelector('form.open').requestSubmit()")
            page.wait_for_url("**/consult/*")
            page.wait_for_load_state()
        page.fill("[name=crisis]", persons.CRISIS)
        keep(page, "app-consult", WIDE)
        for words in (f"{each.title} →" for each in STEPS[1:4]):
            step(page, words)
        keep(page, "app-chances", PHONE)
        keep(page, "app-chances-wide", WIDE)
        step(page, f"{STEPS[4].title} →")
        step(page, "Page to take home")
        keep(page, "app-home", WIDE)
        page.goto(f"{address}/check")
        page.fill("textarea", ARTICLE)
        page.locator("main button[type=submit], main form button").first.click()
        page.wait_for_load_state()
        keep(page, "app-check", WIDE)
        browser.close()


if __name__ == "__main__":
    main()
