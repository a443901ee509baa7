"""The pages of reading in a real browser: at every width, by keyboard, without scripts, on paper, for axe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from glabella.app import create_app
from glabella.brief import as_json
from tests.app.reading import shipped_house
from tests.app.serving import served
from tests.browsing import NEEDED, axe

pytestmark = [
    pytest.mark.xdist_group("app-read"),
    NEEDED,
]
CHOSEN = "?analysis=scores_all&signals=leave_out"
PATHS = (
    "/", "/brief", "/report", "/report/bottom-line", "/report/effect", "/report/studies", "/report/sure",
    "/number/scores_all.estimate", "/number/scores_all.finzi2014.toxin_v_placebo.effect",
    "/number/scores_all.brin2020.u30_v_placebo.step0.3", "/number/with.ranks", "/choices", f"/choices{CHOSEN}",
    f"/number/chosen.scores_all.estimate{CHOSEN}", "/choices?time=5&foo=1", "/compare", "/report/nothing",
)  # fmt: skip


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(create_app(shipped_house())) as client:
        yield str(client.base_url)


def opened(browser: Browser, width: int, *, scripts: bool = True, bypass: bool = False) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, java_script_enabled=scripts, bypass_csp=bypass
    )
    # So long that only what never comes is missed.
    context.set_default_timeout(60_000)
    return context.new_page()


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_nothing_is_wider_than_the_screen_or_asked_of_another_host(
    browser: Browser, address: str, width: int
) -> None:
    page, asked, said = opened(browser, width), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    for path in PATHS:
        page.goto(address + path)
        page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    assert {url for url in asked if not url.startswith(address)} == set()
    # A browser says of each answer that refuses; of nothing that a policy forbids.
    assert [words for words in said if "Failed to load resource" not in words] == []
    page.context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing(browser: Browser, address: str, width: int) -> None:
    script = axe()
    page = opened(browser, width, bypass=True)
    for path in PATHS:
        page.goto(address + path)
        page.evaluate(script)
        page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
        faults = page.evaluate("axe.run(document)")["violations"]
        assert [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in faults] == [], path
    page.context.close()


def test_printing_the_brief_gives_the_two_pages_of_its_file(browser: Browser, address: str, tmp_path: Path) -> None:
    page, printed = opened(browser, 1280), []
    file = tmp_path / "brief.html"
    file.write_bytes(httpx.get(f"{address}/take/brief.html", trust_env=False).content)
    for where in (f"{address}/brief", file.as_uri()):
        page.goto(where)
        printed.append(PdfReader(BytesIO(page.pdf(prefer_css_page_size=True, print_background=True))))
    ours, theirs = ([it.extract_text().split() for it in each.pages] for each in printed)
    assert len(ours) == 2
    assert ours == theirs
    page.context.close()


def test_choices_are_made_by_keyboard_and_without_scripts(browser: Browser, address: str) -> None:
    page = opened(browser, 1280, scripts=False)
    page.goto(f"{address}/choices")
    page.get_by_label("everybody also took an antidepressant").focus()
    page.keyboard.press("Space")
    page.get_by_label("Estimator").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("button", name="Show").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/choices\?analysis=scores_all&other=adjunct&method=DL"))
    assert page.get_by_text("These are your choices, not the dossier’s answer.").is_visible()
    assert page.get_by_label("everybody also took an antidepressant").is_checked()
    # And from a number of theirs to its sources.
    page.locator("#chosen a.n").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/number/chosen\.scores_all\."))
    assert page.get_by_role("heading", name="From its sources to this number").is_visible()
    page.context.close()


def test_a_box_of_the_brief_leads_on_without_scripts(browser: Browser, address: str) -> None:
    page = opened(browser, 390, scripts=False)
    page.goto(f"{address}/brief")
    number = page.locator("button.n").first
    name = number.get_attribute("data-claim")
    number.click()
    page.locator(".src:popover-open").get_by_role("link", name="Follow it to its sources").click()
    page.wait_for_url(re.compile(rf"/number/{name}$"))
    page.context.close()


def test_the_first_stop_of_every_page_skips_to_its_content(browser: Browser, address: str) -> None:
    page = opened(browser, 1280)
    for path in PATHS:
        page.goto(address + path)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the content", path
        assert page.locator("#main").count() == 1
        assert page.locator("h1").count() == 1, path
    page.context.close()


def test_a_file_is_compared_without_scripts(browser: Browser, address: str) -> None:
    page = opened(browser, 768, scripts=False)
    page.goto(f"{address}/compare")
    made = as_json(shipped_house().brief).replace("Certainty", "Trust").encode()
    page.get_by_label("Older file").set_input_files(
        {"name": "older.json", "mimeType": "application/json", "buffer": made}
    )
    page.get_by_role("button", name="Compare").click()
    assert (
        page.get_by_role("heading", name="Nothing changed")
        .or_(page.get_by_role("heading", name="What changed", exact=True))
        .is_visible()
    )
    page.context.close()


def test_going_to_what_comes_of_choices_does_not_tint_it(browser: Browser, address: str) -> None:
    page = opened(browser, 1280)
    page.goto(f"{address}/choices{CHOSEN}#what-comes")
    tint = page.evaluate("getComputedStyle(document.querySelector('#what-comes:target')).backgroundColor")
    assert tint == "rgba(0, 0, 0, 0)"
    page.context.close()


def test_a_wide_picture_is_read_on_a_phone_by_scrolling_its_box(browser: Browser, address: str) -> None:
    page = opened(browser, 390)
    page.goto(f"{address}/report/sure")
    drawn = page.evaluate(
        "[...document.querySelectorAll('.pic svg')].map(it => {"
        " const box = it.parentElement, texts = [...it.querySelectorAll('text')];"
        " const scale = it.getBoundingClientRect().width / it.viewBox.baseVal.width;"
        " return [box.clientWidth, box.scrollWidth, it.getBoundingClientRect().width,"
        " Math.min(...texts.map(each => parseFloat(getComputedStyle(each).fontSize))) * scale]})"
    )
    assert len(drawn) == 2
    for shown, reached, width, letters in drawn:
        assert shown <= 390
        assert reached >= width - 1
        assert letters >= 11
    page.context.close()


#: Of each number outside of running text: whether what is pressed within 24 by 24 pixels around it is the number.
_HIT = """() => [...document.querySelectorAll('td a.n, td button.n, td a.cite, tbody th a.n')].filter(
  it => it.getClientRects().length === 1 && it.closest('td, th').innerText.length < 40
).flatMap(it => {
  it.scrollIntoView({block: 'center'});
  const box = it.getBoundingClientRect(), x = box.x + box.width / 2, y = box.y + box.height / 2;
  const missed = [-11, 0, 11].some(dx => [-11, 0, 11].some(
    dy => !it.contains(document.elementFromPoint(x + dx, y + dy))));
  return [[it.textContent, !missed]];
})"""
_PLACES = """() => [...document.querySelectorAll('main p, main li, main td, main th')].map(it => {
  const box = it.getBoundingClientRect();
  return [box.x, box.y, box.width, box.height];
})"""


def test_a_finger_hits_the_numbers_of_a_table_and_no_text_moves_for_it(browser: Browser, address: str) -> None:
    for path in ("/report/absolute", "/report/sure", f"/choices{CHOSEN}", "/report/harms"):
        places = []
        for touched in (True, False):
            context = browser.new_context(viewport={"width": 390, "height": 900}, has_touch=touched)
            page = context.new_page()
            page.goto(address + path)
            places.append(page.evaluate(_PLACES))
            if touched:
                found = page.evaluate(_HIT)
                assert len(found) > 5, path
                assert [words for words, hit in found if not hit] == [], path
            context.close()
        assert places[0] == places[1], path
