"""Consulting in a real browser, with its scripts off: by keyboard, at three widths, on paper, as axe sees it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import pytest
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from glabella.app import House, create_app
from glabella.app.consult import STEPS
from glabella.app.form import pairs_of
from glabella.dossier import load
from tests import persons
from tests.app.serving import served
from tests.browsing import NEEDED, axe

pytestmark = [
    pytest.mark.xdist_group("consult"),
    NEEDED,
]
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
#: Fills a form and sends it, as one of the app's own pages would.
SEND = """([path, pairs]) => {
  const form = Object.assign(document.createElement("form"), {method: "post", action: path});
  for (const [name, value] of pairs)
    form.append(Object.assign(document.createElement("input"), {type: "hidden", name, value}));
  document.body.append(form);
  form.submit();
}"""


@pytest.fixture(scope="module")
def house() -> House:
    return House(load(), None, lambda: persons.TODAY)


@pytest.fixture(scope="module")
def address(house: House) -> Iterator[str]:
    with served(create_app(house)) as client:
        yield str(client.base_url).rstrip("/")


@contextmanager
def opened(browser: Browser, width: int, *, scripts: bool = False) -> Iterator[Page]:
    """Open a page, which may ask nobody but this machine."""
    asked: list[str] = []
    context = browser.new_context(
        viewport={"width": width, "height": 900}, java_script_enabled=scripts, bypass_csp=scripts
    )
    context.set_default_timeout(0)
    context.on("request", lambda request: asked.append(request.url))
    yield context.new_page()
    context.close()
    assert [url for url in asked if not url.startswith(("http://127.0.0.1:", "data:"))] == []


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).last.click()
    page.wait_for_load_state()


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_a_woman_on_an_ssri_in_three_minutes(browser: Browser, address: str, width: int) -> None:
    """Count what is pressed and typed from the empty form to the page to take home."""
    with opened(browser, width) as page:
        page.goto(f"{address}/consult")
        page.fill("[name=crisis]", persons.CRISIS)
        typed = {"answers.age": "45", "answers.severity.value": "27", "answers.begun": "12"}
        chosen = {"item_nine": "not_at_all", "suicidal": "no", "sex": "woman", "diagnosis": "unipolar",
                  "setting": "primary_care", "taking": "ssri", "failed": "one", "frown": "yes"}  # fmt: skip
        for name, value in typed.items():
            page.fill(f"[name='{name}']", value)
        for name, value in chosen.items():
            page.locator(f"label:has([name='answers.{name}'][value='{value}'])").click()
        page.select_option("[name='answers.severity.scale']", "madrs")
        page.check("[name=rest]")
        pressed = len(chosen) + 2
        for step in STEPS[1:]:
            press(page, f"{step.title} →")
            assert page.locator("[aria-current=step]").inner_text() == step.title
            pressed += 1
            if step.name == "matters":
                page.select_option("[name='order.0']", "better")
                pressed += 1
        press(page, "Page to take home")
        assert pressed + 1 <= 18
        assert page.locator("#chances .pic").count() == 6
        # Back, and nothing is lost.
        press(page, "← Decide and print")
        press(page, "← Chances")
        page.get_by_role("button", name="of 1,000").click()
        assert "of a thousand people" in page.locator("#chances").inner_text()
        page.get_by_role("button", name="Why we are here", exact=True).click()
        assert page.input_value("[name='answers.age']") == "45"
        assert page.is_checked("[name='answers.heart'][value=no]")


def test_by_keyboard_enter_goes_on_and_faults_take_the_focus(browser: Browser, address: str) -> None:
    with opened(browser, 1280, scripts=True) as page:
        page.goto(f"{address}/consult")
        page.focus("[name=crisis]")
        page.keyboard.type(persons.CRISIS)
        page.focus("[name='answers.age']")
        page.keyboard.type("190")
        page.keyboard.press("Enter")
        page.wait_for_selector("#faults")
        assert page.evaluate("document.activeElement.id") == "faults"
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("location.hash") == "#answers.age"
        page.focus("[name='answers.age']")
        page.keyboard.press("Control+A")
        page.keyboard.type("45")
        # A radio is chosen with the arrows, and the next question is one tab away.
        page.focus("[name='answers.suicidal'][value='']")
        page.keyboard.press("ArrowLeft")
        assert page.is_checked("[name='answers.suicidal'][value=no]")
        page.focus("[name='answers.age']")
        page.keyboard.press("Enter")
        page.wait_for_url("**/consult/options")


PATHS = (*(step.name for step in STEPS), "whole", "home")


def sent(page: Page, address: str, name: str, path: str, **more: str) -> None:
    """Send somebody's answers to a path."""
    said = {"date": str(persons.DAY), "answers": {**persons.WOMAN, **persons.PEOPLE[name]}, "order": ["better"]}
    pairs = [*pairs_of(said, load()), ("crisis", persons.CRISIS)]
    pairs = [(key, more.get(key, value)) for key, value in pairs]
    page.goto(f"{address}/consult")
    page.evaluate(SEND, [f"/consult/{path}", pairs])
    page.wait_for_url(f"**/consult/{path}")
    page.wait_for_load_state()


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(browser: Browser, address: str, width: int) -> None:
    script = axe()
    with opened(browser, width, scripts=True) as page:
        cases: list[tuple[str, str, dict[str, str]]] = [("six weeks ago", path, {}) for path in PATHS]
        cases += [("item nine", path, {"answers.age": "190"}) for path in ("whole", "why")]
        for name, path, more in cases:
            sent(page, address, name, path, **more)
            page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, path)
            if width == 768:
                continue
            page.evaluate(script)
            faults = page.evaluate("axe.run(document)")["violations"]
            found = [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in faults]
            assert found == [], (name, path)


@pytest.mark.parametrize("name", ["woman", "everything", "unknown"])
def test_the_page_to_take_home_is_one_side_of_paper(browser: Browser, address: str, name: str) -> None:
    with opened(browser, 1280, scripts=True) as page:
        sent(page, address, name, "home")
        reader = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True)))
        text = " ".join(reader.pages[0].extract_text().split())
        assert len(reader.pages) == 1
        assert persons.CRISIS in text
        assert "Save the answers" not in text
        assert "Check an article" not in text


def test_hostile_text_runs_nowhere(browser: Browser, address: str) -> None:
    """Not even where the browser would let it."""
    with opened(browser, 1280, scripts=True) as page:
        ran: list[str] = []
        page.on("dialog", lambda dialog: ran.append(dialog.message))
        for path in ("why", "chances", "whole", "home"):
            sent(page, address, "woman", path, crisis=HOSTILE)
        for name in ("answers.age", "answers.sex", "answers.severity.value", "order.0", "date"):
            sent(page, address, "woman", "whole", **{name: HOSTILE})
        assert ran == []
