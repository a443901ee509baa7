"""What stands before every page: who may ask, how much may be sent, and what every answer says to the browser."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
from collections.abc import Collection, Iterable
from contextlib import suppress
from urllib.parse import quote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Bytes that a request may hold.
LARGEST = 25_000_000
#: Of what is too large so many bytes more are thrown away, for so many seconds, before the connection is closed.
_THROWN, _LINGER = 75_000_000, 3
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
#: A name, or an address in numbers, and maybe a port; nothing else that an address may hold.
_HOST = re.compile(r"(?P<name>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?")
_LAST_PORT = 65_535
#: Digits of a length that need not be read any more.
_DIGITS = 18
#: Characters of a path that are written into the log.
_LONGEST_PATH = 300
log = logging.getLogger("glabella.app")


class TooLargeError(Exception):
    """More was sent than a request may hold."""


class Guard:
    """Refuses what was not meant for this app, bounds what is sent, and marks every answer.

    Parameters
    ----------
    app : ASGIApp
    hosts : collection of str
        Names under which the app may be asked for, without a port: another page's name that was made to lead here
        is none of them.
    largest : int
        Bytes that a request may hold; more is refused while it is sent.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str], largest: int = LARGEST) -> None:
        self._app, self._hosts, self._largest = app, frozenset(host.lower() for host in hosts), largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0
        kept, bounded = scope["method"] in _SAFE, _Bounded(receive, self._largest)

        async def marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": _marked(message.get("headers", []), kept=kept)}
            await send(message)

        async def of_the_whole(message: Message) -> None:
            # Whatever is made of a part, such as the framework's own word for a failure, is no answer.
            if status or not bounded.exceeded:
                await marked(message)

        try:
            with suppress(TooLargeError):
                await self._pass(scope, bounded, of_the_whole)
            if bounded.exceeded and not status:
                words = f"More was sent than the {self._largest // 1_000_000} MB that a request may hold."
                await _refuse(scope, marked, 413, words, receive)
        finally:
            # Of a request its path alone: what follows a question mark, and what was sent, stay unwritten.
            milliseconds = 1000 * (time.perf_counter() - began)
            log.info("%s %s %s %.0f ms", scope["method"], path_in(scope), status or "-", milliseconds)

    async def _pass(self, scope: Scope, bounded: _Bounded, send: Send) -> None:
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get(b"host", "")
        if _name(host) not in self._hosts:
            await _refuse(scope, send, 421, "This app is not served under that name.")
            return
        if scope["method"] not in _SAFE and not _own(headers, host):
            words = "This was sent from another page; open the app’s own and send it from there."
            await _refuse(scope, send, 403, words)
            return
        bounded.expect(headers.get(b"content-length", ""))
        await self._app(scope, bounded, send)


class _Bounded:
    """Receives what is sent, as long as it is not too much."""

    def __init__(self, receive: Receive, largest: int) -> None:
        self._receive, self._largest, self._taken = receive, largest, 0

    @property
    def exceeded(self) -> bool:
        return self._taken > self._largest

    def expect(self, length: str) -> None:
        """Refuse what says itself that it is too much, before any of it is taken."""
        if length.isdecimal() and (len(length) > _DIGITS or int(length) > self._largest):
            self._take(self._largest + 1)

    async def __call__(self) -> Message:
        message = await self._receive()
        self._take(len(message.get("body", b"")))
        return message

    def _take(self, more: int) -> None:
        self._taken += more
        if self.exceeded:
            raise TooLargeError


def path_in(scope: Scope) -> str:
    r"""Give the path of a request as it is written into the log: in one line, of bearable length.

    >>> path_in({"path": "/number/x\nGET /fake"})
    '/number/x%0AGET%20/fake'
    """
    return quote(scope["path"][:_LONGEST_PATH], errors="replace")


def _marked(headers: Iterable[tuple[bytes, bytes]], *, kept: bool) -> list[tuple[bytes, bytes]]:
    """Say with an answer what a browser may do with it; what answers something sent is not ``kept``."""
    if kept:
        return [*headers, *_HEADERS]
    return [*(pair for pair in headers if pair[0] != b"cache-control"), *_HEADERS, (b"cache-control", b"no-store")]


def _name(host: str) -> str | None:
    """Take the name out of a host and a port; None where it is no such thing.

    >>> _name("LocalHost:8321"), _name("[::1]"), _name("evil@127.0.0.1"), _name("127.0.0.1:99999")
    ('localhost', '::1', None, None)
    """
    found = _HOST.fullmatch(host)
    if found is None or int(found["port"] or 0) > _LAST_PORT:
        return None
    return found["name"].strip("[]").lower()


def _own(headers: dict[bytes, str], host: str) -> bool:
    """Say whether a form was sent from the app's own page, or by no browser."""
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get(b"origin")
    return origin is None or origin.lower() in (f"http://{host}".lower(), f"https://{host}".lower())


async def _refuse(scope: Scope, send: Send, status: int, words: str, rest: Receive | None = None) -> None:
    """Answer in a line, and close; a browser that still sends ``rest`` shows no answer until it may finish."""
    api = scope["path"].startswith("/api/")
    body = (json.dumps({"faults": [words]}, ensure_ascii=False) if api else words + "\n").encode()
    media = b"application/json" if api else b"text/plain; charset=utf-8"
    await send({
        "type": "http.response.start", "status": status,
        "headers": [(b"content-type", media), (b"content-length", str(len(body)).encode()),
                    (b"connection", b"close")],
    })  # fmt: skip
    await send({"type": "http.response.body", "body": body, "more_body": rest is not None})
    if rest is not None:
        await _let_finish(rest)
        await send({"type": "http.response.body", "body": b""})


async def _let_finish(rest: Receive) -> None:
    """Throw away what is still being sent, for a while and up to a size."""
    thrown = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(_LINGER):
            while thrown < _THROWN:
                message = await rest()
                thrown += len(message.get("body", b""))
                if not message.get("more_body", False):
                    return
