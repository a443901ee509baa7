"""Checking an article in the app: the document of the command line, each mark and number with its way on."""

from __future__ import annotations

import json
import re
from html import escape, unescape

import httpx
import pytest

from glabella._reading import blocks_of
from glabella._reading._article_worker import _paragraphs
from glabella.app import House, apart
from glabella.app.pages import number_path
from glabella.brief import article_document, as_json
from glabella.shown import Icon, Paragraph, Section, inlines_of, plain
from glabella.shown import blocks_of as parts_of
from tests.dossiers_made import BCG_ARTICLE


def pasted(client: httpx.Client, text: str) -> httpx.Response:
    return client.post("/check", files={"text": (None, text), "file": ("", b"")})


def test_the_page_shows_what_the_document_says(bcg_served: httpx.Client, bcg_house: House) -> None:
    answer = pasted(bcg_served, BCG_ARTICLE)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    words = unescape(re.sub(r"<[^>]+>", "", answer.text))
    made = article_document(bcg_house.results, "The text you pasted", blocks_of(BCG_ARTICLE.encode()))
    sentences = next(it for it in parts_of(made.sections) if isinstance(it, Section) and it.id == "sentences")
    for block in sentences.content:
        assert isinstance(block, Section)
        assert isinstance(block.content[0], Paragraph)
        assert plain(block.content[0].content) in words
    marks = [it.word for it in inlines_of((sentences,)) if isinstance(it, Icon)]
    shown = re.search(r'<section id="sentences".*?<section id="unrecognised"', answer.text, re.DOTALL)
    assert shown is not None
    assert len(re.findall(r'class="verd"', shown[0])) == len(marks) > 5


def test_each_mark_leads_to_its_reasons_and_each_number_to_its_page(
    bcg_served: httpx.Client, bcg_house: House
) -> None:
    text = pasted(bcg_served, BCG_ARTICLE).text
    targets = set(re.findall(r'href="(#[^"]+)"', text))
    assert targets
    assert all(f'id="{target[1:]}"' in text for target in targets)
    away = set(re.findall(r'href="(/(?:number|report)/[^"]+)"', text))
    assert any(it.startswith("/number/") for it in away)
    assert all(bcg_served.get(it).status_code == 200 for it in away)
    shared = [name for name in bcg_house.claims if escape(number_path(name)) in text]
    assert shared


def test_a_file_is_read_like_a_pasted_text(bcg_served: httpx.Client) -> None:
    by_file = bcg_served.post("/check", files={"file": ("an article.md", BCG_ARTICLE.encode())})
    assert by_file.status_code == 200
    assert "<h1>an article.md</h1>" in by_file.text
    by_text = pasted(bcg_served, BCG_ARTICLE)
    main = by_file.text[by_file.text.index("<section") :]
    assert main == by_text.text[by_text.text.index("<section") :]


def test_a_form_without_a_file_may_come_as_an_address_does(bcg_served: httpx.Client) -> None:
    answer = bcg_served.post("/check", data={"text": "BCG prevents tuberculosis."})
    assert answer.status_code == 200
    assert "BCG prevents tuberculosis." in answer.text


@pytest.mark.parametrize("media", ["text/plain", "text/markdown", "multipart/form-data"])
def test_the_api_gives_the_document_itself(bcg_served: httpx.Client, bcg_house: House, media: str) -> None:
    if media == "multipart/form-data":
        answer = bcg_served.post("/api/check", files={"text": (None, BCG_ARTICLE)})
        name = "The text you pasted"
    else:
        answer = bcg_served.post("/api/check", content=BCG_ARTICLE.encode(), headers={"content-type": media})
        name = "The text that was sent"
    made = article_document(bcg_house.results, name, blocks_of(BCG_ARTICLE.encode()))
    assert answer.json() == json.loads(as_json(made))
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Tea is a drink.", "The text does not name the treatment"),
        ("Die Impfung wird gegeben, und sie schützt die Menschen gegen die Krankheit, sagen die Leute, auch wenn "
         "man sie nur einmal bekommt und danach nichts weiter tut.", "The text does not seem to be English."),
        ("BCG was named after two men.", "No sentence was recognised"),
    ],
)  # fmt: skip
def test_what_is_not_recognised_is_said(bcg_served: httpx.Client, text: str, said: str) -> None:
    answer = pasted(bcg_served, text)
    assert answer.status_code == 200
    assert said in answer.text


@pytest.mark.parametrize(
    ("file", "fault"),
    [(("a.txt", b"BCG."), "Both a text and a file were sent"), (None, "could not be read")],
)
def test_what_was_pasted_is_shown_again_with_a_fault(
    bcg_served: httpx.Client, monkeypatch: pytest.MonkeyPatch, file: tuple[str, bytes] | None, fault: str
) -> None:
    text = "\n\nBCG </textarea> & “so on”.\n"
    if file is None:
        monkeypatch.setattr(apart, "SECONDS", 0)
    answer = bcg_served.post("/check", files={"text": (None, text), "file": file or ("", b"")})
    assert answer.status_code == 422
    assert fault in answer.text
    shown = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", answer.text, re.DOTALL)
    assert shown is not None
    assert unescape(shown[1]) == text
    assert "A file must be chosen again" in answer.text


def test_a_bad_file_is_not_shown_as_text(bcg_served: httpx.Client) -> None:
    answer = bcg_served.post("/check", files={"file": ("a.pdf", b"%PDF-1.4 odd")})
    assert answer.status_code == 422
    assert "odd" not in answer.text
    assert "A file must be chosen again" not in answer.text


@pytest.mark.parametrize(
    ("menu", "kept"),
    [
        ("Home | News | Health | Contact and much more of the same", True),
        ("Home News Health", True),
        ("This vaccine is given to", False),
    ],
)
def test_a_menu_of_a_pdf_is_no_part_of_its_first_sentence(menu: str, kept: bool) -> None:
    body = "BCG prevents tuberculosis in children who live where it is common,\nand so it is given there."
    apart_ = _paragraphs(f"{menu}\n{body if kept else body[0].lower() + body[1:]}").split("\n\n")
    assert (apart_[0].strip() == menu) is kept


def test_the_same_article_gives_the_same_page(bcg_served: httpx.Client) -> None:
    assert pasted(bcg_served, BCG_ARTICLE).content == pasted(bcg_served, BCG_ARTICLE).content
