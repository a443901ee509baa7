"""A file is read again as what it is, in any format and of an older form; anything else is refused in words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from glabella.brief.render import as_json, html, markdown
from glabella.brief.render.claims import ID
from glabella.brief.written import EXPECTED, read
from tests.brief import made_up

BRIEF, REPORT = made_up.brief(beside="made-up-report.html"), made_up.report(beside="made-up.html")
PAGE = html(BRIEF)
OPENED = f'<script type="application/json" id="{ID}">'


@pytest.mark.parametrize("document", [BRIEF, REPORT], ids=["brief", "report"])
def test_every_format_is_read_as_what_it_is(document: Any) -> None:
    page, data, text = (read(write(document)) for write in (html, as_json, markdown))
    assert [it.kind for it in (page, data, text)] == [document.kind] * 3
    assert [it.form for it in (page, data, text)] == ["html", "json", "md"]
    assert page.claims == data.claims == {claim.id: claim for claim in document.claims}
    assert page.pieces == data.pieces
    assert (page.beside, data.beside, text.beside) == (document.beside, document.beside, None)
    assert text.claims == {}
    assert text.pieces


def test_a_document_that_stands_alone_leads_nowhere() -> None:
    assert read(html(replace(BRIEF, beside=None))).beside is None
    assert read(html(replace(REPORT, beside=None))).beside is None


# --- the form before this one -------------------------------------------------------------------------------

OLDER = [
    {**claim.as_json(), "inputs": [list(it) for it in claim.inputs]}
    for claim in (REPORT.claims[0], REPORT.claims[1])
]


def older(claims: list[dict[str, Any]]) -> str:
    """Give a page as it was written before: inputs and sources in tables of their own."""
    inputs = [claim["inputs"] for claim in claims]
    sources = [claim["sources"] for claim in claims]
    rows = [{**claim, "inputs": at, "sources": at} for at, claim in enumerate(claims)]
    data = json.dumps({"glabella": "0.1.0", "claims": rows, "inputs": inputs, "sources": sources})
    return f"<!DOCTYPE html><html><body>{OPENED}{data}</script></body></html>"


def test_claims_of_an_older_page_and_of_older_data_are_read() -> None:
    those = {claim.id: claim for claim in REPORT.claims[:2]}
    page, data = read(older(OLDER)), read(json.dumps({"dossier": "x", "claims": OLDER}))
    assert page.claims == data.claims == those
    assert page.older
    assert data.older
    assert page.kind == data.kind == "report"
    assert page.pieces == data.pieces == ()
    recalled = read(older([{**OLDER[0], "certainty": "remembered, not seen"}])).claims["pooled"]
    assert recalled.certainty == "from memory; source not checked"


# --- what is none -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nothing",
        "# A title\n",
        "# A title\n\nIts text.\n",
        "<p>nothing</p>",
        "<!doctype html><p>nothing</p>",
        f"<!doctype html>{OPENED}",
        f"<!doctype html>{OPENED}[]</script>",
        f"<!doctype html>{OPENED}{{}}</script>",
        f'<!doctype html>{OPENED}{{"format": 2}}</script>',
        f'<!doctype html>{OPENED}{{"format": 2, "claims": [["a"]]}}</script>',
        f'<!doctype html>{OPENED}{{"claims": [{{"id": "a"}}]}}</script>',
        PAGE.replace('<body class="brief">', "<body>"),
        PAGE.replace('"effect.small",', '"effect.all",'),
        PAGE.replace('"claims":[[', '"claims":[[1,'),
        "{",
        "{}",
        '{"claims": 5}',
        '{"claims": {}}',
        '{"claims": []}',
        '{"claims": ["a"]}',
        '{"claims": [{"id": ["a"]}]}',
        '{"claims": [NaN]}',
        '{"format": "another"}',
        '{"format": "glabella-document"}',
        '{"format": "glabella-document", "version": 1, "kind": "../../secret"}',
        json.dumps({"claims": [{**OLDER[0], "label": 5}]}),
        json.dumps({"claims": [{**OLDER[0], "inputs": [["a", []]]}]}),
        json.dumps({"claims": [{**OLDER[0], "bound": "!"}]}),
        json.dumps({"claims": [{**OLDER[0], "decimals": 10**9}]}),
        json.dumps({"claims": [OLDER[0], OLDER[0]]}),
    ],
)
def test_what_is_no_document_is_refused_in_plain_words(text: str) -> None:
    with pytest.raises(ValueError, match="expected a brief or a report") as raised:
        read(text)
    assert str(raised.value).count(EXPECTED) == 1


def said(text: str) -> str | None:
    """Give the error of a text that is no document, which says what was expected; None of one that is."""
    try:
        read(text)
    except ValueError as error:
        return str(error) if EXPECTED in str(error) else "not in plain words"
    return None


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give where everything stands in data."""
    yield path
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield from places(value, (*path, key))


def test_whatever_stands_in_the_data_of_a_document_is_read_or_refused() -> None:
    """Something else in one place of it after the other, of the kinds that JSON has: no other error comes of it."""
    text = as_json(replace(BRIEF, sections=BRIEF.sections[2:4], references=BRIEF.references[:9]))
    others: list[Any] = [None, 7, -1e300, "x", [], {}, ["x"], {"kind": "icon"}, {"claim": "effect.all"}]
    words = []
    for turn, path in enumerate(list(places(json.loads(text)))[1::5]):
        data = json.loads(text)
        at = data
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = others[turn % len(others)]
        words.append(said(json.dumps(data)))
    assert "not in plain words" not in words
    assert sum(word is not None for word in words) > 30


@pytest.mark.parametrize(
    "opening",
    ["<i>x", '<section id="a">x', "<table><td>x", "<p>x", "<p><small>", "<svg>", "<!--", "<![", "<?", "<", "&",
     '<a href="', "<script>", "<a =", OPENED],
)  # fmt: skip
def test_a_page_of_nothing_but_openings_ends(opening: str) -> None:
    """Gone through anew for each opening, it would take hours; so it would where it stands within a page."""
    with pytest.raises(ValueError, match="expected a brief or a report"):
        read("<!doctype html>" + opening * 100_000)
    before, main, after = PAGE.partition('<main id="main">')
    assert said(before + main + opening * 10_000 + after) != "not in plain words"
