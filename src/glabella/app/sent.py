"""What was sent to be checked: a text or a file, held in memory alone and taken apart beside the pages."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from glabella._reading import one_line
from glabella.app.guard import LARGEST

#: Seconds within which all must have arrived.
SECONDS = 60
#: What a form may hold beside its text and its file.
MOST_FIELDS = 8
#: What is told of a pasted text, which has no name.
PASTED = "The text you pasted"
FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
#: What a body may be that is the article itself.
BODIES = ("text/plain", "text/markdown", "text/html", "application/pdf")
_LONGEST_NAME = 80


class RefusedError(Exception):
    """What was asked for cannot be done, and why.

    Attributes
    ----------
    status : int
        Of the answer.
    faults : tuple of str
    typed : str
        The text that was pasted, to be shown again.
    """

    def __init__(self, status: int, *faults: str, typed: str = "") -> None:
        self.status, self.faults, self.typed = status, faults, typed
        super().__init__(status)


@dataclass(frozen=True, slots=True)
class Article:
    """An article as it was sent."""

    name: str
    raw: bytes

    @property
    def typed(self) -> str:
        """What stood in the field for text; nothing of a file."""
        return self.raw.decode(errors="replace") if self.name == PASTED else ""


async def article_in(request: Request, *, bodies: bool = False) -> Article:
    """Read the article that a request holds.

    Parameters
    ----------
    request : Request
    bodies : bool
        Whether the body may be the article itself, beside a form with a text or a file.

    Raises
    ------
    RefusedError
        If there is none.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    known = (*FORMS, *BODIES) if bodies else FORMS
    if kind not in known:
        found = one_line(kind) or "nothing"
        raise RefusedError(415, f"Content-Type: found {found}, expected one of {', '.join(known)}.")
    try:
        async with asyncio.timeout(SECONDS):
            raw = await request.body()
    except TimeoutError:
        raise RefusedError(408, f"It did not arrive within {SECONDS} seconds; send it again.") from None
    except ClientDisconnect:
        raise RefusedError(400, "It did not arrive as a whole.") from None
    if kind in BODIES:
        return Article("The text that was sent", raw)
    return await run_in_threadpool(_of_form, kind, request.headers, raw)


def _of_form(kind: str, headers: Headers, raw: bytes) -> Article:
    try:
        fields = asyncio.run(_fields(kind, headers, raw))
    except MultiPartException as error:
        raise RefusedError(400, f"What was sent is no whole form: {one_line(error.message)}") from None
    found: list[Article] = []
    typed = "".join(said for name, said in fields if name == "text" and isinstance(said, str))
    for name, said in fields:
        if name == "text":
            if not isinstance(said, str):
                raise RefusedError(422, "text: found a file, expected the text of the article.")
            if said.strip():
                found.append(Article(PASTED, said.encode(errors="replace")))
        elif name == "file":
            if isinstance(said, Article):
                # A form whose file was not chosen sends one without a name and with nothing in it.
                found += [said] if said.raw or said.name else []
            elif said.strip():
                raise RefusedError(422, "file: found a text, expected a file.", typed=typed)
    if not found:
        raise RefusedError(422, "Nothing was sent: paste the text of an article, or choose its file.")
    if len(found) > 1:
        raise RefusedError(422, "Both a text and a file were sent: leave one of them out.", typed=typed)
    return Article(_name(found[0].name), found[0].raw)


async def _fields(kind: str, headers: Headers, raw: bytes) -> list[tuple[str, str | Article]]:
    """Take a form apart in memory."""

    async def stream() -> AsyncGenerator[bytes, None]:
        yield raw

    if kind == FORMS[0]:
        parser = MultiPartParser(headers, stream(), max_files=1, max_fields=MOST_FIELDS, max_part_size=LARGEST)
        # From this size on a file would be put onto the disk.
        parser.spool_max_size = LARGEST + 1
        form = await parser.parse()
    else:
        form = await FormParser(headers, stream(), max_fields=MOST_FIELDS, max_part_size=LARGEST).parse()
    try:
        return [
            (name, said if isinstance(said, str) else Article(said.filename or "", await said.read()))
            for name, said in form.multi_items()
        ]
    finally:
        await form.close()


def _name(given: str) -> str:
    r"""Give the last part of a file's name, in one line of bearable length.

    >>> _name("../../etc/passwd"), _name("C:\\texts\\one.txt"), _name("")
    ('passwd', 'one.txt', 'The file you chose')
    """
    last = one_line(re.split(r"[/\\]", given.strip())[-1].strip())
    short = last if len(last) <= _LONGEST_NAME else f"{last[:_LONGEST_NAME]}…"
    return short if short.strip(".") else "The file you chose"
