"""A document's file, read again: which document it is, its claims, and everything that a reader meets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Literal, cast

from glabella._reading import load_json
from glabella.brief.render.claims import ID, unpacked
from glabella.brief.render.json import claim_of_json, document_of_json
from glabella.brief.render.numbers import LEADS
from glabella.brief.render.pieces import Piece, pieces, pieces_of_html, pieces_of_markdown
from glabella.brief.render.words import KINDS
from glabella.shown import Claim

Form = Literal["html", "md", "json"]
Kind = Literal["brief", "report", "check", "weighed"]
EXPECTED = (
    "expected a brief or a report, a checked article or weighed options, in HTML, Markdown or JSON as glabella "
    "writes it"
)

#: Around the claims in a page. Looked for once each: a search that began anew at every opening would take hours on
#: a page of nothing else.
_OPENED, _CLOSED = f'<script type="application/json" id="{ID}">', "</script>"
_BODY = re.compile(r'<body class="(brief|report|check|weighed)">')
_BESIDE = {
    "brief": re.compile(rf'<a href="([^"<>#]{{1,300}})#[^"<>]{{0,300}}">{LEADS}</a>'),
    "report": re.compile(r'<p class="label"><a href="([^"<>#]{1,300})">Brief</a>'),
}
#: What a file that is none may run into where it is read as one.
_WRONG = (KeyError, TypeError, IndexError, AttributeError, ValueError, ArithmeticError, RecursionError)
#: What older files kept in tables beside their claims.
_TABLES = ("inputs", "sources")
#: Words for how far to trust a number that are written otherwise now.
_CERTAINTIES = {"remembered, not seen": "from memory; source not checked"}


@dataclass(frozen=True, slots=True)
class Written:
    """What a file holds.

    Attributes
    ----------
    form, kind : str
        How it is written, and which document it is.
    beside : str or None
        The file beside it that it leads to.
    claims : dict of str to Claim
        By id; empty for Markdown, which keeps none for programs.
    pieces : tuple of Piece
        Everything that a reader meets, in order; nothing of an older file.
    said : dict of str to tuple of str
        What a file says of a claim that follows from the rest of it, by id.
    older : bool
        Whether it is of a form that is no longer written, of which only claims are read.
    """

    form: Form
    kind: Kind
    beside: str | None
    claims: dict[str, Claim]
    pieces: tuple[Piece, ...]
    said: dict[str, tuple[str, ...]] = field(default_factory=dict)
    older: bool = False


def read(text: str) -> Written:
    """Read a document's file.

    Raises
    ------
    ValueError
        If it is none that glabella wrote.
    """
    begins = text.lstrip()[:15].lower()
    try:
        if begins.startswith("<!doctype html"):
            return _page(text)
        if begins.startswith("{"):
            return _json(text)
        return _markdown(text)
    except _WRONG as error:
        said = str(error) if isinstance(error, ValueError) else "it is no document"
        raise ValueError(said if EXPECTED in said else f"{said}; {EXPECTED}") from None


def _page(text: str) -> Written:
    data = embedded(text)
    if "format" not in data:
        return _older("html", data)
    claims = _by_id(unpacked(data))
    body = _BODY.search(text)
    if body is None:
        raise ValueError("no document found in the page")
    kind = cast("Kind", body[1])
    beside = _BESIDE[kind].search(text) if kind in _BESIDE else None
    return Written("html", kind, beside[1] if beside else None, claims, pieces_of_html(text))


def _json(text: str) -> Written:
    data = load_json(text)
    if "format" not in data and "claims" in data:
        return _older("json", data)
    if data.get("kind") not in KINDS:
        raise ValueError(f"kind is {data.get('kind')!r}, expected one of {', '.join(KINDS)}")
    made = document_of_json(text)
    said: dict[str, tuple[str, ...]] = {
        each["id"]: (str(each["text"]), str(each["inputs_hash"])) for each in data["claims"]
    }
    return Written("json", made.kind, made.beside, _by_id(made.claims), pieces(made), said)


def _markdown(text: str) -> Written:
    lines = [line for line in text.splitlines() if line.strip()][:2]
    found = [kind for kind, words in KINDS.items() if len(lines) == 2 and lines[1].startswith(words)]
    if not found or not lines[0].startswith("# "):
        raise ValueError("no document found")
    return Written("md", cast("Kind", found[0]), None, {}, pieces_of_markdown(text))


def _older(form: Form, data: dict[str, Any]) -> Written:
    """Take the claims of a file in the form before this one, which held what the report holds now."""
    if not isinstance(data.get("claims"), list) or not data["claims"]:
        raise ValueError("no claims found")
    tables = {name: data[name] for name in _TABLES if name in data}
    whole = (
        {
            **each,
            **{name: table[each[name]] for name, table in tables.items()},
            "certainty": _CERTAINTIES.get(each["certainty"], each["certainty"]),
        }
        for each in data["claims"]
    )
    return Written(form, "report", None, _by_id(map(claim_of_json, whole)), (), older=True)


def embedded(page: str) -> dict[str, Any]:
    """Take what a page keeps for programs out of it.

    Raises
    ------
    ValueError
        If it keeps nothing, or nothing that is readable.
    """
    _, opened, rest = page.partition(_OPENED)
    if not opened:
        raise ValueError("no claims found in the page")
    data = load_json(rest.partition(_CLOSED)[0])
    if not isinstance(data, dict):
        raise ValueError("what the page keeps for programs are no claims")
    return data


def _by_id(claims: Iterable[Claim]) -> dict[str, Claim]:
    those = tuple(_whole(claims))
    found = {claim.id: claim for claim in those}
    if len(found) < len(those):
        raise ValueError(f"{len(those) - len(found)} claims share an id with another")
    return found


def _whole(claims: Iterable[Claim]) -> Iterator[Claim]:
    """Give claims that can be shown and compared; a file may hold anything in their places."""
    for claim in claims:
        texts = (claim.id, claim.label, claim.unit, claim.population, claim.version, *chain(*claim.inputs))
        if not all(isinstance(text, str) for text in texts):
            raise ValueError(f"a part of claim {claim.id!r} is no text")
        # Written once here: what cannot be written is none.
        if not claim.text:
            raise ValueError(f"claim {claim.id!r} says nothing")
        yield claim
