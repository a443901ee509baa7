"""The section on how it works, from a fit that is made up: answer first, nothing bare, nothing hidden in print."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html as lxml_html
from playwright.sync_api import sync_playwright
from pypdf import PdfReader

from glabella.brief import Brief, build, html, markdown, verify
from glabella.dossier import load, write_starter
from glabella.plot import Plot
from tests.brief.test_brief import bare_digits
from tests.decision.made_up import evidence, made_up

CHROMIUM = shutil.which("chromium")


@pytest.fixture(scope="module")
def brief() -> Brief:
    return build(evidence())


@pytest.fixture(scope="module")
def page(brief: Brief) -> str:
    return html(brief)


def section(page: str) -> lxml_html.HtmlElement:
    return lxml_html.fromstring(page).xpath("//section[@id='how']")[0]


def test_no_digit_stands_outside_a_claim(page: str, brief: Brief) -> None:
    assert bare_digits(page, brief) == []
    assert bare_digits(page.replace("<strong>How long.</strong>", "<strong>How long: 17.</strong>"), brief)


def test_the_page_verifies_and_an_altered_one_does_not(page: str, brief: Brief) -> None:
    assert verify(page, brief) == []
    assert ">19 weeks (16 to 22)<" in page
    altered = page.replace(">19 weeks (16 to 22)<", ">29 weeks (26 to 32)<", 1)
    assert any("shown as '29 weeks (26 to 32)'" in line for line in verify(altered, brief))


def test_the_answer_comes_first_and_says_how_uncertain_it_is(page: str) -> None:
    first = [each.text_content() for each in section(page).xpath("./p")[:5]]
    starts = ("How fast.", "How long.", "When to repeat.", "Does mood follow", "Certainty")
    assert [text.startswith(start) for text, start in zip(first, starts, strict=True)] == [True] * 5
    assert "The trials cannot tell." in first[3]
    assert "does not show that there is none" in first[3]
    assert "follows: very low" in first[4]


def told(**changes: object) -> tuple[str, str]:
    """Give the sentence on mood and the Markdown, with the account of mood changed."""
    read = evidence()
    assert read.mechanism is not None
    mood = made_up(read.mechanism).mood.model_dump()
    fitted = made_up(read.mechanism, mood={**mood, **changes})
    brief = build(replace(read, mechanism=replace(read.mechanism, fitted=fitted)))
    return section(html(brief)).xpath("./p")[3].text_content(), markdown(brief)


def test_one_best_account_is_no_proof() -> None:
    read = evidence()
    assert read.mechanism is not None
    assert read.mechanism.fitted is not None
    accounts = [each.model_dump() for each in read.mechanism.fitted.mood.explanations]
    apart = [{**each, "aicc": 60.0} if each["name"] == "feedback" else each for each in accounts]
    first, written = told(explanations=apart, inseparable=["feedback"])
    assert "one fits best: facial feedback. That does not prove it." in first
    assert "cannot tell" not in first
    assert "no proof: facial feedback" in written


def test_that_no_effect_fits_best_is_not_told_as_no_effect() -> None:
    first, written = told(inseparable=["none"])
    assert first.startswith(
        "Does mood follow the muscle? The trials cannot tell. They are met best without any effect"
    )
    assert "does not show that there is none" in first
    assert "about equally good: hope, because people notice what they got; facial feedback." in first
    assert "does not show that there is none" in written


def test_every_claim_of_the_section_is_known_and_shown(page: str, brief: Brief) -> None:
    shown = set(section(page).xpath(".//a[@class='claim']/@data-claim"))
    made = {name for name, claim in brief.claims.items() if name.startswith("course.") and claim.value is not None}
    # These stand among every number only: they say what another one says, or of a row that shows less.
    hidden = {
        name
        for name in made - shown
        if not name.endswith(
            (
                ".aicc",
                ".weakness_half",
                ".people",
                ".never",
                ".never_relief",
                ".peak_day",
                ".gain",
                ".half_life",
                ".groups",
            )
        )
    }
    assert hidden == set()
    assert {name for name in shown if name.startswith("course.")} <= brief.claims.keys()


def test_tables_have_five_columns_at_most(page: str) -> None:
    tables = section(page).xpath(".//table")
    assert len(tables) >= 8
    assert max(len(table.xpath("./thead/tr/th")) for table in tables) <= 5


def test_rows_bear_the_letters_of_the_panels(page: str) -> None:
    tree = section(page)
    drawn = [
        figure.text_content() for figure in tree.xpath(".//figure[starts-with(@aria-label, 'Time course: people')]")
    ]
    rows = [
        th.text_content().split(":")[0]
        for th in tree.xpath(".//table[contains(., 'respond at the peak')]//tbody//th")
    ]
    assert rows
    assert all(any(f"{letter}: " in text for text in drawn) for letter in rows)


def test_every_link_and_account_gives_its_reasons(page: str, brief: Brief) -> None:
    text = section(page).text_content()
    assert brief.links
    assert all(f"{each.begin} → {each.end}" in text and each.why for each in brief.links)
    assert all(each.label.capitalize() in text and each.predicts for each in brief.explanations)


def test_markdown_tells_it_too(brief: Brief) -> None:
    text = markdown(brief)
    assert "After 30 units of onabotulinumtoxinA half of the women" in text
    assert "does not show that there is none" in text


def test_without_a_fit_the_section_says_so(tmp_path: Path) -> None:
    brief = build(load(fitted=False))
    page = html(brief)
    text = section(page).text_content()
    assert "has not been fitted to the observations yet" in text
    assert "glabella mechanism fit" in text
    assert section(page).xpath(".//figure[starts-with(@aria-label, 'Diagram')]")
    assert bare_digits(page, brief) == []
    assert "has not been fitted" in markdown(brief)
    write_starter(tmp_path / "mine")
    without = html(build(load(tmp_path / "mine")))
    assert "The dossier holds no model of how it works over time" in section(without).text_content()


def test_plots_are_drawn_as_altair_would(brief: Brief) -> None:
    from glabella.brief._course_plot import course_plots

    mechanism, over = brief.evidence.mechanism, brief.answer.course
    assert mechanism is not None
    assert over is not None
    plots = course_plots(mechanism, over.timed)
    assert set(plots) == {"diagram", "by_dose", "by_product", "mood", "tornado.0", "tornado.1"}
    assert all(isinstance(plot, Plot) and plot.altair().to_dict() for plot in plots.values())


@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits_the_screen_and_prints_what_is_folded(tmp_path: Path, page: str, width: int) -> None:
    assert CHROMIUM, "chromium is missing; `make test` installs it"
    file = tmp_path / "brief.html"
    file.write_text(page, encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"], timeout=0
        )
        opened = browser.new_page(viewport={"width": width, "height": 900})
        opened.goto(file.as_uri(), timeout=0)
        assert opened.evaluate("document.documentElement.scrollWidth") <= width
        opened.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert opened.evaluate("document.documentElement.scrollWidth") <= width
        if width == 1280:
            opened.evaluate("document.querySelectorAll('details').forEach(each => each.open = false)")
            opened.pdf(path=tmp_path / "brief.pdf", prefer_css_page_size=True)
        browser.close()
    if width == 1280:
        printed = " ".join(text.extract_text() for text in PdfReader(tmp_path / "brief.pdf").pages)
        assert "Labelled toxin stayed mostly where it was injected" in " ".join(printed.split())
