"""Pages: one layout around what the renderers set; answers that a browser may keep, and those it may not."""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from glabella._version import __version__
from glabella.app.house import BRIEF, House
from glabella.brief.render.html import Draw, inside, style
from glabella.brief.render.setting import Addresses
from glabella.shown import Claim, Document, Section

#: The doors, in order: path, name.
DOORS = (
    ("/brief", "Brief"),
    ("/report", "Report"),
    ("/choices", "Other choices"),
    ("/compare", "Compare"),
    ("/consult", "Consult"),
    ("/check", "Check an article"),
)
_ENVIRONMENT = Environment(
    loader=PackageLoader("glabella.app"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
#: Characters that no page may hold, escaped or not, and that what was sent may.
_CONTROL = re.compile(r"[\0-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_KINDS = ("brief", "report", "consultation", "home", "check")


@dataclass(frozen=True, slots=True)
class Body:
    """The bytes of an answer, pressed and not, and the mark by which a browser knows it again."""

    plain: bytes
    pressed: bytes
    mark: str
    media: str

    @property
    def size(self) -> int:
        """How much room it takes where it is held."""
        return len(self.plain) + len(self.pressed)


def body_of(text: str | bytes, media: str = "text/html") -> Body:
    """Make the body of an answer; the same text gives the same bytes."""
    raw = text.encode() if isinstance(text, str) else text
    return Body(raw, gzip.compress(raw, 6, mtime=0), f'"{sha256(raw).hexdigest()[:32]}"', media)


def answer(request: Request, body: Body, *, kept: str = "no-cache") -> Response:
    """Answer with a body, pressed where the browser takes that, or with nothing where it has it already."""
    headers = {"etag": body.mark, "cache-control": kept, "vary": "accept-encoding"}
    if request.headers.get("if-none-match") == body.mark:
        return Response(status_code=304, headers=headers)
    content = body.plain
    if "gzip" in request.headers.get("accept-encoding", ""):
        content, headers["content-encoding"] = body.pressed, "gzip"
    return Response(content, media_type=body.media, headers=headers)


def page(house: House, template: str, *, kind: str = "brief", door: str = "", **values: Any) -> str:
    """Write a page.

    Parameters
    ----------
    house : House
    template : str
        Name of its template.
    kind : str
        Kind of document whose style it has.
    door : str
        Path of the door behind which it stands.
    **values
        For the template.
    """
    text = _ENVIRONMENT.get_template(template).render(
        house=house,
        dossier=house.evidence.dossier,
        doors=DOORS,
        door=door,
        style=style_path(kind),
        kind=kind,
        version=__version__,
        **values,
    )
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def refused(house: House, title: str, faults: tuple[str, ...], *, status: int = 400, door: str = "",
            call: str = "") -> Response:  # fmt: skip
    """Answer that something cannot be done, and why, line by line; whom to call, and where to find what is."""
    lost = status == HTTPStatus.NOT_FOUND
    text = page(house, "refused.html", title=title, faults=faults, door=door, call=call, lost=lost)
    return Response(text, status_code=status, media_type="text/html")


# --- documents within pages ---------------------------------------------------------------------------------


def number_path(claim: Claim | str) -> str:
    """Give the path of the page of a claim."""
    return "/number/" + quote(claim if isinstance(claim, str) else claim.id, safe="")


def section_path(name: str) -> str:
    """Give the path of a section of the report, or of the whole brief."""
    return "/brief" if name == BRIEF else "/report/" + quote(name, safe="")


def addresses_of(house: House, document: Document) -> Addresses:
    """Give where sections and numbers are found: those of the dossier have pages, those of a person have none."""
    if document.kind in ("brief", "report"):
        return Addresses(section_path, number_path)
    if document.kind in ("consultation", "home"):
        # What is told of a person shares no number with the report, which is not made for it.
        return Addresses(lambda _: None, lambda _: None)
    sections, claims = house.sections, house.claims

    def number(claim: Claim) -> str | None:
        return number_path(claim) if claims.get(claim.id) == claim else None

    return Addresses(lambda name: section_path(name) if name in sections else None, number)


def set_inside(
    house: House,
    document: Document,
    draw: Draw | None = None,
    addresses: Addresses | None = None,
    *,
    level: int = 2,
    cited: bool = False,
) -> dict[str, Any]:
    """Set a document for a template: its header, its sections, its footer, and where its numbers come from.

    The sections stand together in ``main``, and one by one in ``by_name``; ``disclaimed`` says whether the footer
    says what the document is not. With ``cited`` only sources that are cited are listed.
    """
    made = inside(document, addresses or addresses_of(house, document), draw, level=level, cited=cited)
    named = zip(document.sections, made.sections, strict=True)
    # What the renderers set is HTML, every word in it escaped.
    return {
        "header": Markup(made.header),
        "main": Markup(made.main),
        "by_name": {it.id: Markup(html) for it, html in named if isinstance(it, Section)},
        "footer": Markup(made.footer),
        "boxes": Markup(made.boxes),
        # A document that ends by saying what it is not has said it for the page.
        "disclaimed": bool(document.footer),
    }


# --- files beside pages -------------------------------------------------------------------------------------


@cache
def styles() -> Mapping[str, Body]:
    """Give the styles, by path: one for each kind of document, with what the app adds to it."""
    own = (files("glabella.app") / "static" / "app.css").read_text(encoding="utf-8")
    bodies = {kind: body_of(style(kind, inside=True) + own, "text/css") for kind in _KINDS}
    return {f"/style/{kind}-{body.mark[1:13]}.css": body for kind, body in bodies.items()}


@cache
def style_path(kind: str) -> str:
    """Give the path of the style of a kind of document; another content has another path."""
    return next(path for path in styles() if path.startswith(f"/style/{kind}-"))


@cache
def icon_body() -> Body:
    """Give the sign by which a browser shows the app."""
    return body_of((files("glabella.app") / "static" / "icon.svg").read_bytes(), "image/svg+xml")
