"""The documents of the shipped dossier: nothing bare, everything traceable, the same bytes each time."""

from __future__ import annotations

import json
import re
from pathlib import Path
from pkgutil import resolve_name
from urllib.parse import unquote

import pytest
from lxml import etree
from lxml import html as lxml_html

import glabella
from glabella.brief import Results, as_json, document, html, in_brief, markdown
from glabella.brief.documents import SECTIONS, Beside, Kind
from glabella.dossier import Evidence, load, write_starter
from glabella.plot import Plot
from glabella.shown import Claim, Figure, Section, Shown, blocks_of, inlines_of
from tests.brief.conftest import Made
from tests.brief.pages import bare_digits, drawn_digits

# The documents and their pages are made once for all.
pytestmark = pytest.mark.xdist_group("brief")


@pytest.fixture(params=["brief", "report"])
def each(request: pytest.FixtureRequest) -> Made:
    """Give one document after the other."""
    made: Made = request.getfixturevalue(request.param)
    return made


@pytest.fixture
def names(evidence: Evidence) -> tuple[str, ...]:
    """Give what carries digits and is no number."""
    return (*evidence.dossier.names, *(study.label for study in evidence.studies.values()))


# --- every number a claim -----------------------------------------------------------------------------------


def test_no_digit_stands_outside_a_claim(each: Made, names: tuple[str, ...]) -> None:
    assert bare_digits(each.page, each.document, names) == []
    assert [text for svg in each.drawn for text in drawn_digits(svg, names)] == []


def test_the_test_for_bare_digits_can_fail(brief: Made, report: Made, names: tuple[str, ...]) -> None:
    said = brief.page.replace("</h1>", "</h1><p>It helps 7 of 10.</p>", 1)
    assert bare_digits(said, brief.document, names) == ["It helps 7 of 10."]
    first = next(claim for claim in brief.document.claims if f">{claim.text}</button>" in brief.page)
    shown = brief.page.replace(f">{first.text}</button>", ">0.999</button>", 1)
    assert bare_digits(shown, brief.document, names) == [f"{first.id} is shown as '0.999'"]
    listed = re.sub(r'(<b id="n-[^>]*>)[^<]*(</b>)', r"\g<1>0.999\g<2> or 7", report.page, count=1)
    one, other = bare_digits(listed, report.document, names)
    assert "is listed as" in one
    assert "' or 7 '" in other
    drawn = re.sub(r'(data-claim="[^"]*"><svg[^>]*aria-label="[^":]*: )[^"]*', r"\g<1>0.999", brief.page, count=1)
    assert ["is drawn as" in line for line in bare_digits(drawn, brief.document, names)] == [True]
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><g class="mark-text role-{}"><text>{}</text></g></svg>'
    assert drawn_digits(svg.format("mark", "12 of 13"), names) == ["12 of 13"]
    assert drawn_digits(svg.format("axis-label", "12"), names) == []


def test_what_made_a_claim_can_be_imported(each: Made) -> None:
    made = {claim.function for claim in each.document.claims}
    assert {name for name in made if not callable(resolve_name(name))} == set()


def test_what_would_make_a_claim_can_be_imported() -> None:
    """Of documents of other dossiers and of a store as well: every dotted name that the program writes as text."""
    named = {
        name
        for folder in ("decision", "brief")
        for file in (Path(glabella.__file__).parent / folder).rglob("*.py")
        for name in re.findall(r'"(glabella(?:\.\w+)+)"', file.read_text(encoding="utf-8"))
    }
    assert len(named) > 5
    assert {name for name in named if not callable(resolve_name(name))} == set()


def test_every_number_has_a_source_and_none_is_from_memory(each: Made, evidence: Evidence) -> None:
    for claim in each.document.claims:
        assert claim.value is None or claim.sources, claim.id
        assert claim.certainty != "from memory; source not checked", claim.id
        assert all(source.status != "recalled" for source in claim.sources), claim.id
        assert {source.reference for source in claim.sources} <= evidence.references.keys(), claim.id
        assert claim.population, claim.id
        assert claim.low is None or claim.interval, claim.id


def test_every_claim_stands_in_its_section_once(each: Made) -> None:
    sections = [block for block in blocks_of(each.document.sections) if isinstance(block, Section)]
    listed = [claim.id for section in sections for claim in section.claims]
    assert len(listed) == len(set(listed))
    assert set(listed) <= {claim.id for claim in each.document.claims}


# --- the page -----------------------------------------------------------------------------------------------


def test_every_address_is_there_and_every_name_is_given_once(each: Made) -> None:
    tree = lxml_html.fromstring(each.page)
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    targets = {unquote(href[1:]) for href in tree.xpath("//a/@href") if href.startswith("#")}
    targets |= set(tree.xpath("//@popovertarget"))
    targets |= {name for names in tree.xpath("//@aria-labelledby") for name in names.split()}
    assert targets
    assert targets <= set(ids)


def test_a_number_of_the_brief_opens_its_box_and_one_of_the_report_its_line(brief: Made, report: Made) -> None:
    buttons = lxml_html.fromstring(brief.page).xpath("//main//button[@data-claim]/@data-claim")
    shown = [piece for piece in inlines_of(brief.document.body) if isinstance(piece, Claim | Shown)]
    assert buttons == [piece.claim.id if isinstance(piece, Shown) else piece.id for piece in shown]
    lines = lxml_html.fromstring(report.page).xpath("//section[@id='every-number']//*[starts-with(@id, 'n-')]")
    assert len(lines) == len(report.document.claims)


def test_a_page_asks_nothing_of_the_network(each: Made) -> None:
    tree = lxml_html.fromstring(each.page)
    assert tree.xpath("//link | //img | //iframe | //object | //script[not(@type='application/json')]") == []
    assert tree.xpath("//@src | //@srcset | //@action | //@formaction") == []
    assert tree.xpath("//@*[starts-with(name(), 'on')]") == []
    assert "@import" not in each.page
    assert "url(" not in each.page.replace("url(#", "")


def test_a_page_is_not_too_large(brief: Made, report: Made) -> None:
    assert len(brief.page.encode()) <= 250_000
    assert len(report.page.encode()) <= 2_000_000


def test_figures_are_well_formed_and_described(report: Made) -> None:
    figures = lxml_html.fromstring(report.page).xpath("//figure")
    assert len(figures) == len(report.drawn) >= 9
    for figure in figures:
        (picture,) = figure.xpath("./div[@role='img']")
        assert len(picture.get("aria-label").split()) > 5, figure.get("id")
        (svg,) = picture.xpath("./*[local-name()='svg']")
        etree.fromstring(etree.tostring(svg))


def test_plots_follow_the_grammar_that_altair_knows(report: Made) -> None:
    """The smallest of them: every function that makes one is held to it by tests of its own."""
    from jsonschema import ValidationError

    figures = [block for block in blocks_of(report.document.body) if isinstance(block, Figure)]
    plots = [figure.picture for figure in figures if isinstance(figure.picture, Plot)]
    assert len(plots) == len(report.drawn)
    smallest = min(plots, key=lambda plot: len(json.dumps(plot.spec)))
    assert smallest.altair().to_dict()
    with pytest.raises(ValidationError):
        Plot({**smallest.spec, "mark": "no such mark", "layer": []}).altair()


def test_headings_go_down_a_level_at_a_time(each: Made) -> None:
    levels = [int(it.tag[1]) for it in lxml_html.fromstring(each.page).xpath("//h1 | //h2 | //h3 | //h4 | //h5")]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in zip([0, *levels], levels, strict=False))


# --- every format -------------------------------------------------------------------------------------------


def test_every_format_holds_the_same_claims(each: Made) -> None:
    shown = [piece for piece in inlines_of(each.document.body) if isinstance(piece, Claim | Shown)]
    text = markdown(each.document)
    at = 0
    for piece in shown:
        at = text.find(piece.text, at) + 1
        assert at, piece.text
    ids = {claim.id for claim in each.document.claims}
    assert {claim["id"] for claim in json.loads(as_json(each.document))["claims"]} == ids
    assert set(re.findall(r'data-claim="([^"]*)"', each.page)) <= ids


def test_the_shipped_documents_are_markdown_that_needs_hardly_an_escape(each: Made) -> None:
    """A sign that Markdown obeys stands in one word only; where it would be none it is not escaped."""
    assert set(re.findall(r"\S*\\\S*", markdown(each.document))) <= {r"\~2,000"}


def test_the_same_results_give_the_same_bytes(results: Results, each: Made) -> None:
    kind = each.document.kind
    assert kind in ("brief", "report")
    again = document(results, kind)
    assert again == each.document
    assert as_json(again) == as_json(each.document)
    assert markdown(again) == markdown(each.document)


def test_a_brief_made_alone_is_the_brief(brief: Made) -> None:
    """That the report is made from the same results changes nothing of it, nor the order of what is computed."""
    assert html(document(Results(load()), "brief")) == brief.page


# --- what a reader meets first ------------------------------------------------------------------------------


def test_the_brief_leads_with_its_answer_and_how_sure_it_is(brief: Made, results: Results) -> None:
    sections = lxml_html.fromstring(brief.page).xpath("//main//section")
    assert [section.get("id") for section in sections[:3]] == ["bottom-line", "how-sure", "benefit"]
    assert results.headline.certainty in sections[1].text_content()
    assert "in a new trial the effect may lie" in sections[1].text_content(), "what a new trial may find"


def test_what_a_terminal_says_leads_with_the_same(brief: Made, results: Results) -> None:
    said = dict(in_brief(results))
    assert list(said) == ["question", "bottom line", "pooled", "in points", "certainty"]
    assert said["bottom line"] in re.sub(r" \[[^]]*\]", "", markdown(brief.document))
    assert said["certainty"].startswith(f"{results.headline.certainty}: ")


def test_a_prediction_interval_is_not_taken_at_its_word(report: Made) -> None:
    tree = lxml_html.fromstring(report.page)
    assert "it rests on a prior: mental health" in tree.xpath("//section[@id='effect']")[0].text_content()
    assert "less often than its name says" in tree.xpath("//section[@id='methods']")[0].text_content()


@pytest.mark.parametrize("kind", SECTIONS)
def test_a_section_stands_once_in_a_document(kind: Kind) -> None:
    made = [
        make
        for part in SECTIONS[kind]
        for make in ([it for each in part.parts for it in each] if isinstance(part, Beside) else [part])
    ]
    assert len(made) == len(set(made))


def test_sections_without_their_subject_are_not_there(tmp_path: Path, report: Made) -> None:
    """The starter has no other treatments, no mechanism, no reports; what it lacks is not there."""
    write_starter(tmp_path / "mine")
    results = Results(load(tmp_path / "mine"))
    made, whole = document(results, "report"), report.document
    ids = [{block.id for block in blocks_of(it.sections) if isinstance(block, Section)} for it in (made, whole)]
    assert ids[0] < ids[1]
    assert ids[1] - ids[0] >= {"compare", "combine", "reports", "how", "course", "mood", "repeat"}
    text = markdown(made)
    assert "network" not in text.lower()
    assert "mechanism" not in text.lower()


def test_what_the_shipped_brief_counts_can_be_looked_up() -> None:
    """What the fitted course rests on is in its own files; every other number leads to somewhere."""
    evidence = load()
    made = document(Results(evidence), "brief")
    lost = {
        source.reference
        for claim in made.claims
        if not claim.id.startswith("course.")
        for source in claim.sources
        if not evidence.references[source.reference].located
    }
    assert lost == set()


def test_no_judgement_of_bias_was_seen_for_any_trial_and_nowhere_is_that_said_of_some(each: Made) -> None:
    text = markdown(each.document)
    assert "no trial is known to be at low risk of bias" in text.lower()
    assert not re.search(r"judgement[^.]*for some trials", text)
    assert "from memory; source not checked" not in text
