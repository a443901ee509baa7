"""Two briefs or reports compared in sentences; what is sent is held in memory alone, and parsed apart."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from glabella._reading import UnreadableError
from glabella.app.apart import BusyError, GoneError, desk_of, while_there
from glabella.app.check import GONE
from glabella.app.house import House
from glabella.app.pages import page
from glabella.app.read import held, house_of
from glabella.app.sent import FORMS, File, RefusedError, body_in, fields_of, kind_in
from glabella.brief import as_json

#: The fields of the form.
OLDER, NEWER = "older", "newer"
#: How a report begins to be told from a brief, in HTML and in JSON.
_REPORT = (b'<body class="report">', b'\n "kind": "report"')
#: Lines that are shown of one group.
MOST = 400
#: What is said of a form that cannot be read.
_EXPECTED = "expected one file, or two, of briefs or reports as glabella writes them"


def routes() -> list[BaseRoute]:
    """Give the paths of this part."""
    return [Route("/compare", form), Route("/compare", compare, methods=["POST"])]


async def form(request: Request) -> Response:
    """Show the form."""
    return await held(request, "page /compare", _page)


async def compare(request: Request) -> Response:
    """Say what changed between two files, or between one and today's."""
    house, desk = house_of(request), desk_of(request)
    try:
        if kind_in(request) != FORMS[0]:
            raise RefusedError(400, f"No file was sent, {_EXPECTED}.")
        raw = await body_in(request)
        async with desk.place():
            older, newer = await run_in_threadpool(_files, request.headers, raw)
            work = desk.compare(older, newer or await _todays(house, older))
            answer, lines = await while_there(request, work)
    except BusyError:
        return _answer(_page(house, faults=("Others are being served; try again in a minute.",)), 503)
    except GoneError:
        return _answer(_page(house, faults=("Nobody waits for it any more.",)), GONE)
    except RefusedError as error:
        return _answer(_page(house, faults=error.faults), error.status)
    except UnreadableError as error:
        return _answer(_page(house, faults=(str(error),)), 422)
    return _answer(_page(house, answer=answer, groups=_groups(lines), compared=True, today=not newer))


def _files(headers: Headers, raw: bytes) -> tuple[bytes, bytes]:
    """Give the older and the newer file that a form holds; nothing of what was not sent."""
    try:
        fields = fields_of(FORMS[0], headers, raw, files=2, fields=2)
    except RefusedError:
        raise RefusedError(400, f"What was sent is no whole form, {_EXPECTED}.") from None
    names = [name for name, said in fields if isinstance(said, File)]
    if len(set(names)) < len(names):
        raise RefusedError(400, f"Two files were sent under one name, {_EXPECTED}.")
    files = {name: said.raw for name, said in fields if isinstance(said, File)}
    if not files.get(OLDER):
        raise RefusedError(400, f"No older file was sent, {_EXPECTED}.")
    return files[OLDER], files.get(NEWER, b"")


async def _todays(house: House, older: bytes) -> bytes:
    """Give today's edition of the document that a file is."""

    def made() -> bytes:
        return as_json(house.report if any(mark in older for mark in _REPORT) else house.brief).encode()

    return await run_in_threadpool(made)


def _groups(lines: Sequence[str]) -> list[tuple[str, list[str], int]]:
    """Give what changed by its cause: its name, its lines, and how many more there are."""
    found: list[tuple[str, list[str]]] = []
    for line in lines:
        if line.startswith("  "):
            found[-1][1].append(line.strip())
        else:
            found.append((line.removesuffix(":"), []))
    return [(cause, those[:MOST], max(0, len(those) - MOST)) for cause, those in found]


def _page(
    house: House,
    *,
    faults: tuple[str, ...] = (),
    answer: str = "",
    groups: Sequence[tuple[str, list[str], int]] = (),
    compared: bool = False,
    today: bool = False,
) -> str:
    return page(house, "compare.html", kind="report", door="/compare", title="Compare two editions", faults=faults,
                answer=answer, groups=groups, compared=compared, today=today)  # fmt: skip


def _answer(text: str, status: int = 200) -> Response:
    return Response(text, status_code=status, media_type="text/html")
