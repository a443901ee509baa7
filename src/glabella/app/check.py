"""Checking: an article that is pasted or sent, its claims, and what the evidence says of each; nothing is kept."""

from __future__ import annotations

from pathlib import PurePath

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from glabella._reading import UnreadableError
from glabella._reading._article_file import LONGEST_ARTICLE
from glabella.app.apart import BusyError, GoneError, desk_of, while_there
from glabella.app.guard import LARGEST
from glabella.app.house import House
from glabella.app.pages import page, set_inside
from glabella.app.read import held, house_of
from glabella.app.sent import RefusedError, article_kind, article_of, body_in
from glabella.brief import checked_document
from glabella.brief.documents import NO_FRAMES
from glabella.shown import Document

#: Nobody waits for the answer to this status.
GONE = 499
#: Bytes of a form that is read although nobody has time for its article.
MOST_SHOWN_AGAIN = 1_000_000


def routes() -> list[BaseRoute]:
    """Give the paths of this part."""
    return [Route("/check", empty, methods=["GET"]), Route("/check", checked, methods=["POST"])]


async def empty(request: Request) -> Response:
    """Show the form."""
    return await held(request, "page /check", _page)


async def checked(request: Request) -> Response:
    """Check what the form sent; where that cannot be done, show it again with what is wrong."""
    house = house_of(request)
    try:
        document = await document_of(request)
    except RefusedError as error:
        text = _page(house, error.faults, error.typed)
        return Response(text, status_code=error.status, media_type="text/html")
    text = await run_in_threadpool(_checked, house, document)
    return Response(text, media_type="text/html")


def _page(house: House, faults: tuple[str, ...] = (), typed: str = "") -> str:
    if not faults and house.evidence.frames is None:
        faults = (f"Here no article can be checked: {NO_FRAMES}.",)
    return page(house, "check.html", kind="check", door="/check", title="Check an article", faults=faults,
                typed=typed, largest=LARGEST // 1_000_000, longest=LONGEST_ARTICLE)  # fmt: skip


def _checked(house: House, document: Document) -> str:
    made = set_inside(house, document)
    return page(house, "checked.html", kind="check", door="/check", title=f"{document.title}: article checked",
                faults=(), typed="", largest=LARGEST // 1_000_000, longest=LONGEST_ARTICLE, **made)  # fmt: skip


async def document_of(request: Request, *, bodies: bool = False) -> Document:
    """Read the article that a request holds, and make the document of it.

    Parameters
    ----------
    request : Request
    bodies : bool
        Whether the body may be the article itself.

    Raises
    ------
    RefusedError
        If it cannot be read or checked.
    """
    house, desk = house_of(request), desk_of(request)
    frames = house.evidence.frames
    if frames is None:
        raise RefusedError(404, f"Here no article can be checked: {NO_FRAMES}.")
    kind = article_kind(request, bodies=bodies)
    raw, typed = b"", ""
    try:
        raw = await body_in(request)
        # Only what is there takes a place: nobody waits for who sends slowly.
        async with desk.place():
            article = await article_of(kind, request.headers, raw)
            typed = article.typed
            found = await while_there(request, desk.read(article.raw, frames, PurePath(article.name).suffix))
    except BusyError:
        busy = "Other articles are being read; try again in a minute."
        raise RefusedError(503, busy, typed=await _typed(kind, request, raw)) from None
    except GoneError:
        raise RefusedError(GONE, "Nobody waits for it any more.") from None
    except UnreadableError as error:
        raise RefusedError(422, f"{article.name}: {error}.", typed=typed) from None

    def made() -> Document:
        return house.kept.alone(lambda: checked_document(house.results, article.name, found))

    return await run_in_threadpool(made)


async def _typed(kind: str, request: Request, raw: bytes) -> str:
    """Give a pasted text only to show it again; what may be large is not read for that."""
    if len(raw) > MOST_SHOWN_AGAIN:
        return ""
    try:
        return (await article_of(kind, request.headers, raw)).typed
    except RefusedError as error:
        return error.typed
