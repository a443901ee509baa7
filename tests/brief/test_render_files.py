"""A made-up brief and report in every format: none lacks what another has, and what was changed is named."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html
from pypdf import PdfReader

from glabella.brief.render import (
    Piece,
    as_json,
    available,
    document_of_json,
    html,
    markdown,
    pdf,
    pieces,
    pieces_of_html,
    pieces_of_json,
    pieces_of_markdown,
)
from glabella.brief.render.html import page as page_of
from glabella.brief.render.html import style
from glabella.brief.render.markdown import text as text_in_markdown
from glabella.brief.render.marks import keys_of, marks_of
from glabella.brief.render.numbers import value_of
from glabella.brief.render.setting import setting_of
from glabella.shown import (
    Axis,
    Block,
    Cite,
    Claim,
    Column,
    Details,
    Document,
    Drawn,
    Figure,
    Paragraph,
    Row,
    Shown,
    Small,
    Strong,
    Table,
    blocks_of,
    inlines_of,
    plain,
)
from tests.brief import made_up
from tests.brief.hostile import HOSTILE, RENDERER, seen
from tests.brief.test_render_html import claim, document

BRIEF, REPORT = made_up.brief(), made_up.report()
BOTH = pytest.mark.parametrize("document", [BRIEF, REPORT], ids=["brief", "report"])
_MARK = re.compile(r"\[(?:[A-Z]|\d+(?:[–,]\d+)*)\]")


def shown(document: Document) -> list[tuple[Claim, str]]:
    """Give what is written of each claim, in order."""
    pieces_ = inlines_of((Paragraph(document.about), *document.body))
    found = (Shown(piece) if isinstance(piece, Claim) else piece for piece in pieces_)
    return [(piece.claim, piece.text) for piece in found if isinstance(piece, Shown)]


def tight(text: str) -> str:
    """Give a text without spaces: a line of a PDF ends where it must."""
    return re.sub(r"[\s\u2060]+", "", text)


@pytest.fixture(scope="module", params=[BRIEF, REPORT], ids=["brief", "report"])
def printed(request: pytest.FixtureRequest) -> tuple[Document, PdfReader]:
    if reason := available():
        pytest.skip(reason)
    return request.param, PdfReader(BytesIO(pdf(request.param)))


# --- the same claims in all ---------------------------------------------------------------------------------


@BOTH
def test_a_page_holds_every_claim_in_order(document: Document) -> None:
    main = lxml_html.document_fromstring(html(document)).xpath(
        "//main//*[contains(concat(' ', @class, ' '), ' n ')]"
    )
    found = [(it.get("data-claim") or it.get("href")[3:], it.text_content()) for it in main]
    assert found == [(one.id, words) for one, words in shown(document)]


@BOTH
def test_markdown_holds_every_claim_in_order_and_a_mark_behind_it(document: Document) -> None:
    marks = marks_of(document)
    end = "\n## Every number\n" if document.kind == "report" else "\n## Sources\n"
    said, _, rest = markdown(document).partition(end)
    at = 0
    for one, words in shown(document):
        here = re.compile(rf"(?<![\w.,–\[]){re.escape(text_in_markdown(words))}(?!\w)").search(said, at)
        assert here is not None, one.id
        at = here.end()
        behind = _MARK.search(said, at, said.find("\n", at))
        assert behind is not None, one.id
        assert behind[0] == f"[{marks.text(marks.of(keys_of(one)))}]"
    if document.kind == "report":
        for one in document.claims:
            assert text_in_markdown(value_of(one)) in rest


def test_a_pdf_holds_every_claim_with_its_mark(printed: tuple[Document, PdfReader]) -> None:
    document, file = printed
    text = tight("".join(page.extract_text() for page in file.pages))
    for words, count in Counter(tight(words) for _, words in shown(document)).items():
        assert text.count(words) >= count, words
    for one in document.claims if document.kind == "report" else ():
        assert tight(value_of(one)) in text
    marks = marks_of(document)
    for one, _ in shown(document):
        assert f"[{marks.text(marks.of(keys_of(one)))}]" in text
    leads = [each.get_object() for page in file.pages for each in page.get("/Annots", ())]
    assert len([it for it in leads if "/Dest" in it or "/A" in it]) >= len(_MARK.findall(text)) - len(marks.sources)


@BOTH
def test_json_is_read_again_as_it_was(document: Document) -> None:
    text = as_json(document)
    again = document_of_json(text)
    assert as_json(again) == text
    assert again.claims == document.claims
    assert again.references == document.references
    assert [it.get("id") for it in json.loads(text)["claims"]] == sorted(it.id for it in document.claims)


@BOTH
def test_files_are_the_same_when_made_twice(document: Document) -> None:
    assert markdown(document) == markdown(document)
    assert as_json(document) == as_json(document)


@pytest.mark.parametrize(
    "change",
    [
        {"format": "another"},
        {"version": 2},
        {"claims": []},
        {"sections": [{"kind": "nothing"}]},
        {"sections": [{"claim": "not there"}]},
        {"sections": [{"kind": "section"}]},
        {"claims": 1},
        {"references": [{"kind": "reference"}]},
        {"order": ["not there"]},
        {"title": None, "header": {"kind": "paragraph"}},
    ],
    ids=str,
)
def test_a_file_that_is_no_document_is_an_error(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="expected"):
        document_of_json(json.dumps(json.loads(as_json(BRIEF)) | change))
    with pytest.raises(ValueError, match="not valid JSON"):
        document_of_json("{")


# --- Markdown -----------------------------------------------------------------------------------------------


@BOTH
def test_markdown_is_what_a_reader_of_it_sees(document: Document) -> None:
    rendered = RENDERER.render(markdown(document))
    assert not re.search(r"<(?:script|b|img)\b", rendered)
    for block in blocks_of(document.body):
        for words in _lines(block):
            assert " ".join(words.split()) in re.sub(r" \[[^]]*\]", "", seen(rendered)), words


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Paragraph(content):
            yield plain(content)
        case Table():
            yield from (plain(column.head) for column in block.columns if column.look != "drawn")
            yield from (plain(cell) for row in block.rows for cell in row.cells if not isinstance(cell, Drawn))
        case Figure():
            yield block.alt
            yield plain(block.caption)


def test_a_drawn_column_is_left_out_where_its_numbers_stand_beside() -> None:
    one, other = claim(low=1, high=2), claim(name="other", low=3, high=4)
    columns = (Column("a"), Column("", "drawn"), Column("b"))
    axis = Axis(0, 5, 1)
    both = Table("t", columns, (Row(("x", Drawn(one), one)),), axis)
    alone = Table("t", columns, (Row(("x", Drawn(one), other)),), axis)
    assert "| x | 1.50 (1.00 to 2.00) [1] |" in markdown(document(both))
    assert "| x | 1.50 (1.00 to 2.00) | 1.50 (3.00 to 4.00) [1] |" in markdown(document(alone))


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize(
    ("form", "tags"),
    [("{}\n", {"p"}), ("# {}\n", {"h1"}), ("- {}\n", {"ul", "li"}), ("| a | b |\n|---|---|\n| {} | c |\n",
      {"table", "thead", "tbody", "tr", "th", "td"})],
)  # fmt: skip
def test_a_text_is_seen_as_it_is(form: str, tags: set[str], words: str) -> None:
    rendered = RENDERER.render(form.format(text_in_markdown(words)))
    assert set(re.findall(r"<([a-z0-9]+)", rendered)) <= tags, rendered
    assert "<!--" not in rendered
    assert " ".join(words.replace("\u2028", " ").split()) in seen(rendered), rendered


@pytest.mark.parametrize("words", HOSTILE)
def test_a_text_after_another_is_seen_as_it_is(words: str) -> None:
    """Neither what stands before it nor behind it makes something else of it."""
    one = claim()
    made = markdown(document(Paragraph(("a", Cite(("S1",)), words, one, words, Strong(words), " b"))))
    rendered = RENDERER.render(made)
    assert set(re.findall(r"<([a-z0-9]+)", rendered)) <= {"h1", "h2", "p", "ol", "li", "strong"}, rendered
    assert " ".join(words.replace("\u2028", " ").split()) in seen(rendered), rendered


def test_what_is_strong_within_strong_is_strong_once() -> None:
    table = Table(("a ", Strong("b"), Small(Strong("c ")), ""), (Column("x"),), (Row(("y",)),))
    assert "**a b, c**" in markdown(document(table))
    assert "a **b** c" in markdown(document(Paragraph(("a", Strong(" b "), "c"))))
    assert "**" not in markdown(document(Paragraph(("a", Strong(" ")))))


# --- pieces -------------------------------------------------------------------------------------------------


@BOTH
def test_every_file_of_a_document_gives_its_pieces(document: Document) -> None:
    found = pieces(document)
    assert pieces_of_html(html(document)) == found
    assert pieces_of_json(as_json(document)) == found
    lines = pieces_of_markdown(markdown(document))
    assert lines[0] == Piece(document.title, "line", f"# {document.title}")
    wanted = {f"{one.id}: {words}" for one, words in shown(document)}
    if document.kind == "report":
        wanted |= {f"{one.id}: {value_of(one)}" for one in document.claims}
    assert {it.text for it in found if it.kind == "claim"} == wanted


@BOTH
def test_pieces_hold_whatever_a_document_says(document: Document) -> None:
    said = {it.text for it in pieces(document)}
    for block in blocks_of(document.body):
        for words in _lines(block):
            assert not words or words in said, words


def moved(old: str, new: str, page: str) -> tuple[list[Piece], list[Piece]]:
    """Give the pieces that a change of a page took away and those that it brought."""
    assert old in page
    before, after = Counter(pieces_of_html(page)), Counter(pieces_of_html(page.replace(old, new, 1)))
    return list((before - after).elements()), list((after - before).elements())


_TOLD = "What does it do for nothing?"
_LEAD = "We cannot tell. The trials give −0.71 (−1.66 to 0.24). Certainty: {}."
_SHOWN = "Pooled, random effects, REML: −0.{}1 (−1.66 to 0.24)"
#: Of a page: what is changed to what, and the pieces that go and come by it.
CHANGES = {
    "verdict": (
        BRIEF, "</svg>contradicted<", "</svg>supported<",
        {("claims", "verdict", "contradicted"), ("claims", "cell", "contradicted")},
        {("claims", "verdict", "supported"), ("claims", "cell", "supported")},
    ),
    "certainty": (
        REPORT, "</svg>very low<", "</svg>high<",
        {(_TOLD, "certainty", "very low"), (_TOLD, "sentence", _LEAD.format("very low"))},
        {(_TOLD, "certainty", "high"), (_TOLD, "sentence", _LEAD.format("high"))},
    ),
    "sentence": (
        BRIEF, "Do not stop your tablets.", "Stop your tablets.",
        {("Five sentences for the patient", "item", "Do not stop your tablets.")},
        {("Five sentences for the patient", "item", "Stop your tablets.")},
    ),
    "alt": (
        REPORT, "A line that rises", "A line that falls",
        {(_TOLD, "alt", "A line that rises from the left to the right.")},
        {(_TOLD, "alt", "A line that falls from the left to the right.")},
    ),
    "drawn": (
        REPORT, f'aria-label="{_SHOWN.format(7)}', f'aria-label="{_SHOWN.format(9)}',
        {(_TOLD, "alt", _SHOWN.format(7))}, {(_TOLD, "alt", _SHOWN.format(9))},
    ),
    "section": (
        REPORT, '<section id="harm"', '<section id="new"><p>It cures.</p></section><section id="harm"',
        set(), {("", "section", "new"), ("new", "sentence", "It cures.")},
    ),
    "text": (BRIEF, '<main id="main">', '<main id="main"><div>It <i>cures</i>.</div>', set(),
             {("", "text", "It cures.")}),
    "image": (BRIEF, '<main id="main">', '<main id="main"><img alt="It cures.">', set(),
              {("", "alt", "It cures.")}),
    "link": (
        BRIEF, 'href="https://doi.org/10.1234/nothing.2"', 'href="https://doi.org/10.1234/other"',
        {("", "link", "https://doi.org/10.1234/nothing.2: doi:10.1234/nothing.2")},
        {("", "link", "https://doi.org/10.1234/other: doi:10.1234/nothing.2")},
    ),
    "label": (
        BRIEF, "--b:'With it'", "--b:'Without it'",
        {("harms", "labels", "With it · Saline")}, {("harms", "labels", "Without it · Saline")},
    ),
    "mark": (BRIEF, "[1–4]", "[1–3]", {("How sure: very low", "mark", "[1–4]")},
             {("How sure: very low", "mark", "[1–3]")}),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_a_page_is_named(name: str) -> None:
    document, old, new, gone, come = CHANGES[name]
    before, after = moved(old, new, html(document))
    assert {(it.where, it.kind, it.text) for it in before} == gone
    assert {(it.where, it.kind, it.text) for it in after} == come


def test_swapped_sections_are_seen_in_the_order_of_pieces() -> None:
    made = BRIEF
    other = replace(made, sections=(made.sections[1], made.sections[0], *made.sections[2:]))
    assert pieces(other) != pieces(made)
    assert Counter(pieces(other)) != {} == Counter()
    assert [it.text for it in pieces(other) if it.kind == "section"][:2] == ["sure", "bottom"]


def test_a_changed_number_is_named_with_its_claim() -> None:
    before, after = moved(">−12.4 <", ">−9.4 <", html(BRIEF))
    assert Piece("Benefit, some weeks after one session", "claim", "effect.small: −12.4 (−21.8 to −3.1)") in before
    assert Piece("Benefit, some weeks after one session", "claim", "effect.small: −9.4 (−21.8 to −3.1)") in after


@given(st.text(st.sampled_from("<>/\"'= abdhiltuv\n&;!-"), max_size=80))
def test_any_text_can_be_taken_to_pieces(text: str) -> None:
    pieces_of_html(text)
    pieces_of_html(html_around(text))


def html_around(text: str) -> str:
    return f"<section id='a'><table><tr><td>{text}"


# --- paper --------------------------------------------------------------------------------------------------


def test_a_pdf_is_tagged_with_bookmarks_a_title_and_a_language(printed: tuple[Document, PdfReader]) -> None:
    document, file = printed
    catalog: Any = file.trailer["/Root"]
    assert "/StructTreeRoot" in catalog
    assert catalog["/Lang"] == "en"
    assert file.metadata is not None
    assert str(file.metadata.title).startswith(document.title)
    titles = [it["/Title"] for it in _bookmarks(file.outline)]
    assert document.title in titles
    assert "Sources" in titles
    width, height = (float(it) / 72 * 25.4 for it in file.pages[0].mediabox[2:])
    assert (round(width), round(height)) == (210, 297)


def _bookmarks(outline: Any) -> Iterator[Any]:
    for it in outline:
        if isinstance(it, list):
            yield from _bookmarks(it)
        else:
            yield it


def test_what_is_drawn_says_in_a_pdf_what_it_shows(printed: tuple[Document, PdfReader]) -> None:
    document, file = printed
    catalog: Any = file.trailer["/Root"]
    figures = list(_figures(catalog["/StructTreeRoot"], set()))
    assert figures
    assert all(it.get("/Alt") for it in figures)
    if document.kind == "report":
        assert "A line that rises from the left to the right." in {it["/Alt"] for it in figures}


def _figures(node: Any, met: set[int]) -> Iterator[Any]:
    kids = node.get("/K", ())
    for kid in kids if isinstance(kids, list) else [kids]:
        it = kid.get_object() if hasattr(kid, "get_object") else kid
        if isinstance(it, dict) and id(it) not in met:
            met.add(id(it))
            if it.get("/S") == "/Figure":
                yield it
            yield from _figures(it, met)


def test_a_printed_brief_is_two_pages_with_type_that_can_be_read(printed: tuple[Document, PdfReader]) -> None:
    document, file = printed
    if document.kind == "brief":
        assert len(file.pages) <= 2
    for page in file.pages:
        found: list[tuple[float, float, float, str]] = []

        def note(text: str, cm: Any, tm: Any, _: Any, size: float, found: Any = found) -> None:
            # A drawing has a place of its own on the page, which only the page's own text tells.
            if text.strip() and cm != [1, 0, 0, 1, 0, 0]:
                found.append((abs(cm[3] * tm[3]) * size, tm[4] * cm[0] + cm[4], tm[5] * cm[3] + cm[5], text))

        page.extract_text(visitor_text=note)
        assert found
        assert all(size >= 9.49 for size, *_ in found), min(found)
        edge, height = 15 / 25.4 * 72 - 0.5, 297 / 25.4 * 72
        assert all(edge <= x and edge <= y <= height - edge for _, x, y, _ in found), found


def test_the_axis_of_a_drawing_is_printed_as_large_as_it_is() -> None:
    page = lxml_html.document_fromstring(page_of(setting_of(BRIEF, paper=True)))
    assert {it.get("font-size") for it in page.xpath("//svg[@class='ax']")} == {"13"}  # 9.75 points
    assert ".paper .iv,.paper .ax{width:auto;height:auto}" in style("brief")


@pytest.mark.parametrize("columns", [5, 7, 9])
def test_no_table_runs_off_the_paper(columns: int) -> None:
    """Forest plots of as many columns as the report's, in a fold, where they have the least room."""
    if reason := available():
        pytest.skip(reason)
    from weasyprint import HTML
    from weasyprint.formatting_structure.boxes import TextBox

    one = claim(-1.25, low=-2.03, high=-0.46, sources=("S1", "S2"))
    heads = ("trial", "", "effect (interval)", "the treated: events / people", "certainty", "new trial", "weight")
    cells = ("A trial of a long name", Drawn(one), one, Shown(one, "number"), "very low", Shown(one, "limits"), one)
    wanted = [place % 7 if place < 7 else 3 for place in range(columns)]
    table = Table(
        "t",
        tuple(Column(heads[place], "drawn" if place == 1 else "number") for place in wanted),
        (Row(tuple(cells[place] for place in wanted)),) * 6,
        Axis(-4, 2, 0, left="favours the treatment", right="favours the control"),
    )
    made = document(Details("fold", (table,)), kind="report", claims=(one,))
    seen_ = 0
    for page in HTML(string=page_of(setting_of(made, paper=True))).render().pages:
        box = page._page_box
        edge = box.content_box_x() + box.width
        for text in box.descendants():
            if isinstance(text, TextBox) and text.text.strip(" \u2060"):
                seen_ += 1
                assert text.position_x + text.width <= edge + 1, text.text
    assert seen_ > 6 * columns


def test_a_pdf_is_the_same_when_made_twice() -> None:
    if reason := available():
        pytest.skip(reason)
    assert pdf(BRIEF) == pdf(BRIEF)


def test_a_missing_extra_is_said_before_anything_is_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "weasyprint", None)
    assert "pip install 'glabella[pdf]'" in (available() or "")
    with pytest.raises(RuntimeError, match="PDF needs glabella"):
        pdf(BRIEF)
