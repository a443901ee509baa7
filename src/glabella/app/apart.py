"""What is sent is read in a process of its own, one at a time, ended when it takes too long or nobody waits."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

from starlette.requests import Request

from glabella._reading import UnreadableError
from glabella._reading._article_file import MEMORY, SECONDS
from glabella.app.guard import LARGEST
from glabella.decision.articles import Checked, of_values
from glabella.dossier import Frames

_T = TypeVar("_T")
#: Articles and comparisons that may be there at once, those that wait for their turn included.
MOST = 8
#: Bytes of all that is still arriving: as much as those that are there may have.
ARRIVING = MOST * LARGEST
_MEMORY = f"{MEMORY // 1_000_000_000} GB of memory"


class BusyError(Exception):
    """As much is there, or on its way, as there may be."""


class GoneError(Exception):
    """Who asked has gone away."""


class Desk:
    """Where what was sent is read, one after the other: the other processor is left to the pages."""

    def __init__(self, most: int = MOST, arriving: int = ARRIVING) -> None:
        self._most, self._here = most, 0
        self._may_arrive, self._arriving = arriving, 0
        self._turn = asyncio.Semaphore(1)

    def arrive(self, size: int) -> None:
        """Count bytes that arrived, or are not arriving any more where there are fewer.

        Who is slow takes no place by it: that is for what is there as a whole.

        Raises
        ------
        BusyError
            If they are too many of all together.
        """
        self._arriving += size
        if size > 0 and self._arriving > self._may_arrive:
            raise BusyError

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Take a place before anything of what was sent is read.

        Raises
        ------
        BusyError
            If all are taken.
        """
        if self._here >= self._most:
            raise BusyError
        self._here += 1
        try:
            yield
        finally:
            self._here -= 1

    async def read(self, raw: bytes, frames: Frames, ending: str = "") -> Checked:
        """Recognise the claims of an article; ``ending`` is that of its file's name.

        Raises
        ------
        UnreadableError
            Saying in a line what was found and what was expected.
        """
        async with self._turn:
            return await _read(raw, frames, ending)

    async def compare(self, older: bytes, newer: bytes) -> tuple[str, list[str]]:
        """Say what changed between two files.

        Returns
        -------
        str
            Whether the answer changed, in one or two sentences; empty where the files hold none.
        list of str
            What changed, as :func:`glabella.brief.changed` gives it.

        Raises
        ------
        UnreadableError
            Saying in a sentence why they cannot be compared.
        """
        async with self._turn:
            return await _compare(older, newer)


async def _read(raw: bytes, frames: Frames, ending: str) -> Checked:
    known = frames.model_dump_json().encode()
    head = json.dumps({"frames": len(known), "article": len(raw), "ending": ending}).encode() + b"\n"
    try:
        found = await _answer("glabella.decision.articles._worker", head + known + raw)
    except TimeoutError:
        raise UnreadableError(0, f"could not be read within {SECONDS} seconds, expected a shorter one") from None
    except ValueError:
        raise UnreadableError(0, f"could not be read within {SECONDS} seconds and {_MEMORY}") from None
    if isinstance(found, str):
        raise UnreadableError(0, found)
    return of_values(found)


async def _compare(older: bytes, newer: bytes) -> tuple[str, list[str]]:
    head = json.dumps([len(older), len(newer)]).encode() + b"\n"
    try:
        found = await _answer("glabella.brief._difference_worker", head + older + newer)
    except (TimeoutError, ValueError):
        words = f"They could not be compared within {SECONDS} seconds and {_MEMORY}."
        raise UnreadableError(0, words) from None
    if isinstance(found, str):
        raise UnreadableError(0, found)
    answer, lines = found
    return str(answer), [str(line) for line in lines]


async def _answer(module: str, sent: bytes) -> Any:
    """Give what a process answers to what it is sent.

    Raises
    ------
    TimeoutError
        If it takes too long.
    ValueError
        If it ended without an answer, as what takes too much memory does.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", module, str(SECONDS), str(MEMORY),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"}, start_new_session=True,
    )  # fmt: skip
    assert process.stdin is not None, "a pipe was asked for"
    assert process.stdout is not None, "a pipe was asked for"
    try:
        async with asyncio.timeout(SECONDS):
            with suppress(ConnectionError):
                process.stdin.write(sent)
                await process.stdin.drain()
            # Its standard input stays open: by its end it would know that nobody waits.
            return json.loads(await process.stdout.read())
    finally:
        _end(process)
        # It takes a moment to end, in which this may be asked to end once more.
        while process.returncode is None:
            with suppress(asyncio.CancelledError):
                await process.wait()
        # Nothing else closes its pipes where the loop ends, too.
        process._transport.close()  # type: ignore[attr-defined]


def _end(process: asyncio.subprocess.Process) -> None:
    """End a process and what it started."""
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def desk_of(request: Request) -> Desk:
    """Give where what is sent is read."""
    desk: Desk = request.app.state.desk
    return desk


async def while_there(request: Request, work: Coroutine[Any, Any, _T]) -> _T:
    """Do something as long as who asked is there; the whole request must have been read.

    Raises
    ------
    GoneError
        If who asked went away, after the work was ended.
    """
    doing, leaving = asyncio.ensure_future(work), asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait((doing, leaving), return_when=asyncio.FIRST_COMPLETED)
        if doing.done():
            return doing.result()
        raise GoneError
    finally:
        doing.cancel()
        leaving.cancel()
        await asyncio.gather(doing, leaving, return_exceptions=True)


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
