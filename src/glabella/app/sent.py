"""What was sent: a body that arrives in time, the fields of a form, an article; held in memory alone."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from python_multipart.multipart import parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from glabella._reading import one_line
from glabella.app.apart import BusyError, desk_of
from glabella.app.guard import LARGEST

#: Seconds within which all must have arrived.
SECONDS = 60
#: What a form may hold beside its text and its file.
MOST_FIELDS = 8
#: What is told of a pasted text, which has no name.
PASTED = "The text you pasted"
FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
#: In what letters a form may be.
CHARSETS = ("utf-8", "us-ascii")
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
class File:
    """A file, or an article, as it was sent."""

    name: str
    raw: bytes

    @property
    def typed(self) -> str:
        """What stood in the field for text; nothing of a file."""
        return self.raw.decode(errors="replace") if self.name == PASTED else ""


async def body_in(request: Request, largest: int = LARGEST, too_large: str = "") -> bytes:
    """Read a body, as long as it is not too large and comes in time; what arrives is bounded over all senders too.

    Parameters
    ----------
    request : Request
    largest : int
        Bytes; no more are read.
    too_large : str
        What is told where there are more.

    Raises
    ------
    RefusedError
        If there is none to be read.
    """
    desk, parts, size = desk_of(request), list[bytes](), 0
    try:
        async with asyncio.timeout(SECONDS):
            async for part in request.stream():
                size += len(part)
                if size > largest:
                    raise RefusedError(413, too_large)
                parts.append(part)
                desk.arrive(len(part))
    except BusyError:
        raise RefusedError(503, "Too much is being sent by others; try again in a minute.") from None
    except TimeoutError:
        raise RefusedError(408, f"It did not arrive within {SECONDS} seconds; send it again.") from None
    except ClientDisconnect:
        raise RefusedError(400, "It did not arrive as a whole.") from None
    finally:
        desk.arrive(-sum(map(len, parts)))
    return b"".join(parts)


def kind_in(request: Request) -> str:
    """Give the kind of what was sent, as its head says."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def article_kind(request: Request, *, bodies: bool = False) -> str:
    """Give the kind of the article that a request holds, before it is read.

    Parameters
    ----------
    request : Request
    bodies : bool
        Whether the body may be the article itself, beside a form with a text or a file.

    Raises
    ------
    RefusedError
        If it is none that is read.
    """
    kind = kind_in(request)
    known = (*FORMS, *BODIES) if bodies else FORMS
    if kind not in known:
        found = one_line(kind) or "nothing"
        raise RefusedError(415, f"Content-Type: found {found}, expected one of {', '.join(known)}.")
    return kind


async def article_of(kind: str, headers: Headers, raw: bytes) -> File:
    """Read the article that a body holds.

    Raises
    ------
    RefusedError
        If there is none.
    """
    if kind in BODIES:
        return File("The text that was sent", raw)
    return await run_in_threadpool(_of_form, kind, headers, raw)


def _of_form(kind: str, headers: Headers, raw: bytes) -> File:
    found: list[File] = []
    fields = fields_of(kind, headers, raw)
    typed = "".join(said for name, said in fields if name == "text" and isinstance(said, str))
    for name, said in fields:
        if name == "text":
            if not isinstance(said, str):
                raise RefusedError(422, "text: found a file, expected the text of the article.")
            if said.strip():
                found.append(File(PASTED, said.encode(errors="replace")))
        elif name == "file":
            if isinstance(said, File):
                # A form whose file was not chosen sends one without a name and with nothing in it.
                found += [said] if said.raw or said.name else []
            elif said.strip():
                raise RefusedError(422, "file: found a text, expected a file.", typed=typed)
    if not found:
        raise RefusedError(422, "Nothing was sent: paste the text of an article, or choose its file.")
    if len(found) > 1:
        two = "Two texts" if all(each.name == PASTED for each in found) else "Both a text and a file"
        raise RefusedError(422, f"{two} were sent: leave one of them out.", typed=typed)
    return File(_name(found[0].name), found[0].raw)


def fields_of(
    kind: str, headers: Headers, raw: bytes, *, files: int = 1, fields: int = MOST_FIELDS
) -> list[tuple[str, str | File]]:
    """Take a form apart in memory; it takes a processor, so that it is for a thread of its own.

    Parameters
    ----------
    kind : str
        One of the two of forms.
    headers : Headers
    raw : bytes
        Its body.
    files, fields : int
        How many there may be.

    Raises
    ------
    RefusedError
        If it is no whole form.
    """
    if kind == FORMS[0]:
        _look(headers, raw)
    elif raw.count(b"&") > fields:
        # The reader of forms looks at each of millions, though nothing stands between them.
        raise _no_form(f"Too many fields, expected at most {fields}.")
    try:
        return asyncio.run(_fields(kind, headers, raw, files, fields))
    except MultiPartException as error:
        raise _no_form(one_line(error.message)) from None


def _look(headers: Headers, raw: bytes) -> None:
    """Refuse a form in parts that is not there as a whole, or is in letters that no browser sends."""
    _, given = parse_options_header(headers["content-type"])
    charset = given.get(b"charset", b"utf-8").decode("latin-1").lower()
    if charset not in CHARSETS:
        # Python has codecs whose time grows by the square of what is sent.
        raise _no_form(f"charset {one_line(charset)}, expected utf-8.")
    if not raw.rstrip().endswith(b"--" + given.get(b"boundary", b"") + b"--"):
        raise _no_form("its last boundary is missing.")


def _no_form(why: str) -> RefusedError:
    return RefusedError(400, f"What was sent is no whole form: {why}")


async def _fields(kind: str, headers: Headers, raw: bytes, files: int, fields: int) -> list[tuple[str, str | File]]:
    async def stream() -> AsyncGenerator[bytes, None]:
        yield raw

    if kind == FORMS[0]:
        parser = MultiPartParser(headers, stream(), max_files=files, max_fields=fields, max_part_size=LARGEST)
        # From this size on a file would be put onto the disk.
        parser.spool_max_size = LARGEST + 1
        form = await parser.parse()
    else:
        form = await FormParser(headers, stream(), max_fields=fields, max_part_size=LARGEST).parse()
    try:
        return [
            (name, said if isinstance(said, str) else File(said.filename or "", await said.read()))
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
