"""Two briefs or reports compared in sentences; what is sent is held in memory alone, and parsed apart."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from glabella._reading._article_file import MEMORY, SECONDS
from glabella.app.guard import LARGEST
from glabella.app.house import House
from glabella.app.pages import page
from glabella.app.read import held, house_of
from glabella.brief import as_json

#: The fields of the form.
OLDER, NEWER = "older", "newer"
#: How a report begins to be told from a brief, in HTML and in JSON.
_REPORT = (b'<body class="report">', b'\n "kind": "report"')
#: Lines that are shown of one group.
MOST = 400
#: What is said of a form that cannot be read.
_EXPECTED = "expected one file, or two, of briefs or reports as glabella writes them"
#: Comparing takes a processor, so it is done for one at a time.
_turn = threading.Lock()


def routes() -> list[BaseRoute]:
    """Give the paths of this part."""
    return [Route("/compare", form), Route("/compare", compare, methods=["POST"])]


async def form(request: Request) -> Response:
    """Show the form."""
    return await held(request, "page /compare", _page)


async def compare(request: Request) -> Response:
    """Say what changed between two files, or between one and today's."""
    house = house_of(request)
    try:
        files = await _sent(request)
    except ValueError as error:
        return _answer(_page(house, faults=(str(error),)), 400)
    older, newer = files.get(OLDER, b""), files.get(NEWER, b"")
    if not older:
        fault = f"No older file was sent, {_EXPECTED}."
        return _answer(_page(house, faults=(fault,)), 400)
    return await run_in_threadpool(_compared, house, older, newer)


def _compared(house: House, older: bytes, newer: bytes) -> Response:
    today = not newer
    if today:
        newer = as_json(house.report if any(mark in older for mark in _REPORT) else house.brief).encode()
    try:
        answer, lines = difference(older, newer)
    except ValueError as error:
        return _answer(_page(house, faults=(str(error),)), 422)
    return _answer(_page(house, answer=answer, groups=_groups(lines), compared=True, today=today))


def difference(older: bytes, newer: bytes) -> tuple[str, list[str]]:
    """Say what changed between two files, within limits of time and memory.

    Parameters
    ----------
    older, newer : bytes
        Their contents.

    Returns
    -------
    str
        Whether the answer changed, in one or two sentences; empty where the files hold none.
    list of str
        What changed, as :func:`glabella.brief.changed` gives it.

    Raises
    ------
    ValueError
        If they cannot be compared, and why.
    """
    command = [sys.executable, "-P", "-m", "glabella.brief._difference_worker", str(SECONDS), str(MEMORY)]
    head = json.dumps([len(older), len(newer)]).encode() + b"\n"
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    try:
        with _turn:
            done = subprocess.run(
                command,
                input=head + older + newer,
                capture_output=True,
                timeout=SECONDS,
                check=False,
                env=environment,
            )
        found = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        memory = f"{MEMORY // 1_000_000_000} GB of memory"
        raise ValueError(f"They could not be compared within {SECONDS} seconds and {memory}.") from None
    if isinstance(found, str):
        raise ValueError(found)
    answer, lines = found
    return str(answer), [str(line) for line in lines]


async def _sent(request: Request) -> dict[str, bytes]:
    """Read the files that a form holds."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise ValueError(f"No file was sent, {_EXPECTED}.")
    try:
        parser = MultiPartParser(request.headers, request.stream(), max_files=2, max_fields=2)
        # From this size on a file would be put onto the disk.
        parser.spool_max_size = LARGEST + 1
        sent = await parser.parse()
    except (MultiPartException, KeyError):
        raise ValueError(f"What was sent is no whole form, {_EXPECTED}.") from None
    try:
        return {name: it.file.read() for name in (OLDER, NEWER) if isinstance(it := sent.get(name), UploadFile)}
    finally:
        await sent.close()


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
