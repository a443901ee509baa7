"""What stands before every page: who may ask, how much may be sent, and what every answer says to the browser."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Collection
from contextlib import suppress
from urllib.parse import urlsplit

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
        self._app, self._hosts, self._largest = app, frozenset(hosts), largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0
        answered = False
        kept = scope["method"] in _SAFE

        async def marked(message: Message) -> None:
            nonlocal status, answered
            if message["type"] == "http.response.start":
                status, answered = message["status"], True
                headers = [*message.get("headers", []), *_HEADERS]
                if not kept:
                    headers = [pair for pair in headers if pair[0] != b"cache-control"]
                    headers.append((b"cache-control", b"no-store"))
                message = {**message, "headers": headers}
            await send(message)

        try:
            await self._pass(scope, receive, marked)
        except TooLargeError:
            if not answered:
                most = f"{self._largest // 1_000_000} MB"
                await _refuse(
                    scope, marked, 413, f"More was sent than the {most} that a request may hold.", receive
                )
        finally:
            # Of a request its path alone: what follows a question mark, and what was sent, stay unwritten.
            milliseconds = 1000 * (time.perf_counter() - began)
            log.info("%s %s %s %.0f ms", scope["method"], scope["path"], status or "-", milliseconds)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get(b"host", "")
        if _name(host) not in self._hosts:
            await _refuse(scope, send, 421, "This app is not served under that name.")
            return
        if scope["method"] not in _SAFE and not _own(headers, host):
            words = "This was sent from another page; open the app’s own and send it from there."
            await _refuse(scope, send, 403, words)
            return
        length = headers.get(b"content-length", "")
        if length.isdigit() and int(length) > self._largest:
            raise TooLargeError
        received = 0

        async def bounded() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._largest:
                raise TooLargeError
            return message

        await self._app(scope, bounded, send)


def _name(host: str) -> str:
    """Take the name out of a host and a port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _own(headers: dict[bytes, str], host: str) -> bool:
    """Say whether a form was sent from the app's own page, or by no browser."""
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get(b"origin")
    return origin is None or urlsplit(origin).netloc == host


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
