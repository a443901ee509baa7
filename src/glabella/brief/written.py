"""A document's file, read again: which document it is, its claims, and everything that a reader meets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal, cast

from glabella._reading import UnreadableError, load_json
from glabella.brief.render.claims import ID, unpacked
from glabella.brief.render.json import document_of_json
from glabella.brief.render.numbers import LEADS
from glabella.brief.render.pieces import Piece, pieces, pieces_of_html, pieces_of_markdown
from glabella.brief.render.words import KINDS
from glabella.shown import Claim

Form = Literal["html", "md", "json"]
Kind = Literal["brief", "report"]
EXPECTED = "expected a brief or a report in HTML, Markdown or JSON as glabella writes it"

#: Around the claims in a page. Looked for once each: a search that began anew at every opening would take hours on
#: a page of nothing else.
_OPENED, _CLOSED = f'<script type="application/json" id="{ID}">', "</script>"
_BODY = re.compile(r'<body class="(brief|report)">')
_BESIDE = {
    "brief": re.compile(rf'<a href="([^"<>#]{{1,300}})#[^"<>]{{0,300}}">{LEADS}</a>'),
    "report": re.compile(r'<p class="label"><a href="([^"<>#]{1,300})">Brief</a>'),
}


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
        Everything that a reader meets, in order.
    """

    form: Form
    kind: Kind
    beside: str | None
    claims: dict[str, Claim]
    pieces: tuple[Piece, ...]


def read(text: str) -> Written:
    """Read a document's file.

    Raises
    ------
    ValueError
        If it is none that glabella wrote.
    """
    begins = text.lstrip()[:15].lower()
    if begins.startswith("<!doctype html"):
        return _page(text)
    if begins.startswith("{"):
        made = document_of_json(text)
        return Written("json", made.kind, made.beside, _by_id(made.claims), pieces(made))
    return _markdown(text)


def _page(text: str) -> Written:
    body = _BODY.search(text)
    if body is None:
        raise ValueError(f"no document found in the page; {EXPECTED}")
    kind = cast("Kind", body[1])
    beside = _BESIDE[kind].search(text)
    return Written("html", kind, beside[1] if beside else None, _by_id(claims_in(text)), pieces_of_html(text))


def _markdown(text: str) -> Written:
    lines = [line for line in text.splitlines() if line.strip()][:2]
    found = [kind for kind, words in KINDS.items() if len(lines) == 2 and lines[1].startswith(words)]
    if not found or not lines[0].startswith("# "):
        raise ValueError(f"no document found; {EXPECTED}")
    return Written("md", cast("Kind", found[0]), None, {}, pieces_of_markdown(text))


def claims_in(page: str) -> tuple[Claim, ...]:
    """Take the claims out of a page.

    Raises
    ------
    ValueError
        If it holds none, or what it holds are none.
    """
    _, opened, rest = page.partition(_OPENED)
    if not opened:
        raise ValueError(f"no claims found in the page; {EXPECTED}")
    try:
        data: Any = load_json(rest.partition(_CLOSED)[0])
        return tuple(unpacked(data))
    except UnreadableError as error:
        raise ValueError(f"no claims found: {error}; {EXPECTED}") from None
    except (KeyError, TypeError, IndexError, AttributeError, ValueError, OverflowError):
        raise ValueError(f"what the page keeps for programs are no claims; {EXPECTED}") from None


def _by_id(claims: tuple[Claim, ...]) -> dict[str, Claim]:
    found = {claim.id: claim for claim in claims}
    if len(found) < len(claims):
        raise ValueError(f"{len(claims) - len(found)} claims share an id with another; {EXPECTED}")
    return found
