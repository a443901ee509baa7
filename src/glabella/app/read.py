"""Reading: the brief, the report section by section, and the way from each number to its sources."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Any, Literal, get_args
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from glabella.app.chain import chain
from glabella.app.contents import parts_of
from glabella.app.house import House
from glabella.app.pages import (
    Body,
    answer,
    body_of,
    icon_body,
    number_path,
    page,
    refused,
    section_path,
    set_inside,
    styles,
)
from glabella.brief import as_json, html, markdown
from glabella.brief.quoting import capital
from glabella.brief.render.setting import Addresses
from glabella.decision.choices import ChoiceError, Choices
from glabella.shown import (
    Block,
    Claim,
    Document,
    Inline,
    Link,
    Paragraph,
    Section,
    blocks_of,
    claims_of,
    plain,
    sources_of,
)

Kind = Literal["brief", "report"]
#: How a document can be taken along.
_FORMS: dict[str, tuple[str, Callable[[Document], str]]] = {
    "html": ("text/html", html),
    "md": ("text/markdown", markdown),
    "json": ("application/json", as_json),
}


def routes() -> list[BaseRoute]:
    """Give the paths of this part."""
    return [
        Route("/", start),
        Route("/style/{name}", style_file),
        Route("/icon.svg", icon),
        Route("/brief", brief),
        Route("/report", contents),
        Route("/report/{section}", section),
        Route("/number/{claim:path}", number),
        Route("/take/{name}", take),
    ]


def house_of(request: Request) -> House:
    """Give what the app serves."""
    house: House = request.app.state.house
    return house


async def held(request: Request, key: Hashable, make: Callable[[House], str], media: str = "text/html") -> Response:
    """Answer with a page of the dossier, made once."""
    house = house_of(request)

    def made() -> Body:
        return house.kept.get(key, lambda: body_of(make(house), media))

    body = made() if house.kept.has(key) else await run_in_threadpool(made)
    return answer(request, body)


async def lasting(house: House, key: Literal["sections", "claims", "ground"]) -> Any:
    """Give what is held of the dossier for good, at once where it is: threads may all be waiting for their turn."""

    def made() -> Any:
        return getattr(house, key)

    return made() if house.kept.has(key, "lasting") else await run_in_threadpool(made)


async def style_file(request: Request) -> Response:
    """Give a style; its path names its content, so that it may be kept for ever."""
    body = styles().get(request.url.path)
    if body is None:
        return Response("no such style\n", status_code=404, media_type="text/plain")
    return answer(request, body, kept="public, max-age=31536000, immutable")


async def icon(request: Request) -> Response:
    """Give the sign by which a browser shows the app."""
    return answer(request, icon_body(), kept="public, max-age=86400")


async def start(request: Request) -> Response:
    """Show the question, the bottom line and the doors."""
    return await held(request, "page /", _start)


def _start(house: House) -> str:
    titled = [block for block in blocks_of(house.brief.sections) if isinstance(block, Section)]
    made = set_inside(house, part_of(house.brief, *titled[:2], header=house.brief.header))
    return page(house, "start.html", door="/", **made)


async def brief(request: Request) -> Response:
    """Show the brief."""
    return await held(request, "page /brief", _brief)


def _brief(house: House) -> str:
    made = set_inside(house, house.brief)
    return page(house, "brief.html", title=house.brief.title, door="/brief", **made)


async def contents(request: Request) -> Response:
    """List the sections of the report, each with the sentence it leads with."""
    return await held(request, "page /report", _contents)


def _contents(house: House) -> str:
    sections = tuple(
        Section(
            f"part-{place}",
            part.title,
            (Paragraph(part.what), *(_entry(name, house.sections[name]) for name in names)),
        )
        for place, (part, names) in enumerate(parts_of(house.sections), 1)
    )
    made = set_inside(house, part_of(house.report, *sections))
    return page(house, "contents.html", kind="report", title=house.report.title, door="/report", **made)


def _entry(name: str, section: Section) -> Section:
    return Section(f"in-{name}", Link(plain(section.title), name), _lead(section))


def _lead(section: Section) -> tuple[Paragraph, ...]:
    """Give the sentence that a section leads with."""
    for block in section.content:
        if isinstance(block, Paragraph) and block.look == "lead":
            return (Paragraph(_sentence(block.content)),)
    return ()


def _sentence(content: Inline) -> Inline:
    """Give the first sentence of a line."""
    if not isinstance(content, tuple):
        content = (content,)
    kept: list[Inline] = []
    for piece in content:
        begun, end, _ = piece.partition(". ") if isinstance(piece, str) else ("", "", "")
        if end:
            return (*kept, f"{begun}.")
        kept.append(piece)
    return tuple(kept)


async def section(request: Request) -> Response:
    """Show one section of the report."""
    name, house = request.path_params["section"], house_of(request)
    sections = await lasting(house, "sections")
    if name not in sections:
        return refused(
            house, "No such section", (f"The report has no section “{name}”.",), status=404, door="/report"
        )
    return await held(request, f"page /report/{name}", lambda house: _section(house, name))


def _section(house: House, name: str) -> str:
    names = list(house.sections)
    it, place = house.sections[name], names.index(name)
    made = set_inside(house, part_of(house.report, it), level=1)
    beside = {
        way: (section_path(names[at]), plain(house.sections[names[at]].title)) if 0 <= at < len(names) else None
        for way, at in (("before", place - 1), ("after", place + 1))
    }
    entries = [(section_path(each), plain(house.sections[each].title), each == name) for each in names]
    return page(house, "section.html", kind="report", title=plain(it.title), door="/report",
                entries=entries, **beside, **made)  # fmt: skip


async def number(request: Request) -> Response:
    """Show where a number comes from: what it was computed from, down to the sources."""
    name, house = request.path_params["claim"], house_of(request)
    pairs = request.query_params.multi_items()
    try:
        choices = await run_in_threadpool(house.read_choices, pairs) if pairs else None
    except ChoiceError as error:
        return refused(house, "No such choices", error.faults, door="/choices")
    ground = (
        await run_in_threadpool(lambda: house.choosing(choices).ground)
        if choices
        else await lasting(house, "ground")
    )
    if name not in ground.claims:
        where = "What comes of these choices has" if choices else "Brief and report have"
        return refused(house, "No such number", (f"{where} no number of that name.",), status=404)
    return await held(request, ("number", name, choices), lambda house: _number(house, name, choices))


def _number(house: House, name: str, choices: Choices | None) -> str:
    other = house.choosing(choices) if choices else None
    ground = other.ground if other else house.ground
    claim, back = ground.claims[name], f"?{urlencode(choices.pairs)}" if choices else ""

    def address(it: Claim) -> str | None:
        if ground.claims.get(it.id) == it:
            return number_path(it) + back
        # What the choices left as it is, such as a chance without treatment.
        return number_path(it) if house.claims.get(it.id) == it else None

    made = set_inside(house, chain(ground, claim), addresses=Addresses(section_path, address), cited=True)
    said = () if other is None else other.said
    return page(house, "number.html", kind="report", title=capital(claim.label), door="/choices" if choices else "",
                said=said, back=back, **made)  # fmt: skip


async def take(request: Request) -> Response:
    """Give a document as a file."""
    house, name = house_of(request), request.path_params["name"]
    kind, _, form = name.rpartition(".")
    if kind not in get_args(Kind) or form not in _FORMS:
        wanted = ", ".join(f"{kind}.{form}" for kind in get_args(Kind) for form in _FORMS)
        return refused(house, "No such file", (f"Found {name}, expected one of {wanted}.",), status=404)
    media, written = _FORMS[form]
    response = await held(request, f"file {name}", lambda house: written(getattr(house, kind)), media)
    response.headers["content-disposition"] = f'attachment; filename="{house.evidence.dossier.id}-{kind}.{form}"'
    return response


def part_of(document: Document, *sections: Section, header: tuple[Block, ...] = ()) -> Document:
    """Give a document of some sections, with the claims and the sources that they show."""
    blocks = (*header, *sections)
    shown = {claim.id for claim in (*(it for each in sections for it in each.claims), *claims_of(blocks))}
    claims = tuple(claim for claim in document.claims if claim.id in shown)
    cited = {*sources_of(blocks), *(source.reference for claim in claims for source in claim.sources)}
    return replace(
        document, header=header, sections=sections, footer=(), claims=claims,
        references=tuple(it for it in document.references if it.key in cited),
    )  # fmt: skip
