"""What is answered where something is not there, not allowed, or failed: in plain words, in the API as JSON."""

from __future__ import annotations

import logging
import traceback
from http import HTTPStatus
from pathlib import PurePath

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from glabella.app.guard import TooLargeError, path_in
from glabella.app.house import House
from glabella.app.pages import refused

#: Beginning of the API's paths.
API = "/api/"
#: Faults that are told of what was sent of a person.
MOST_FAULTS = 100
_WORDS = {
    404: ("No such page", "Nothing stands under this address."),
    405: ("Not asked this way", "This address is not asked in this way; begin from one of the pages above."),
    500: ("This did not work", "The app failed at this page. That is its fault, not yours: nothing was kept, and "
          "everything else goes on."),
}  # fmt: skip
log = logging.getLogger("glabella.app")


def faults_json(status: int, *faults: str) -> Response:
    """Answer the API with what is wrong."""
    return JSONResponse({"faults": list(faults)}, status, {"cache-control": "no-store"})


def said(scope: Scope, house: House, status: int, *faults: str) -> Response:
    """Answer a status in words, each fault on a line of its own."""
    known = _WORDS.get(status, (HTTPStatus(status).phrase, "This cannot be done."))
    faults = faults or (known[1],)
    if scope["path"].startswith(API):
        return faults_json(status, *faults)
    return refused(house, known[0], faults, status=status)


async def http_fault(request: Request, error: Exception) -> Response:
    """Answer what the framework refuses, in our words."""
    assert isinstance(error, HTTPException)
    response = said(request.scope, request.app.state.house, error.status_code)
    if allowed := (error.headers or {}).get("Allow"):
        response.headers["allow"] = allowed
    return response


class Caught:
    """Answers in words where something fails that should not, and writes down where, without what was sent.

    Parameters
    ----------
    app : ASGIApp
    house : House
    """

    def __init__(self, app: ASGIApp, house: House) -> None:
        self._app, self._house = app, house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answered = False

        async def marked(message: Message) -> None:
            nonlocal answered
            answered = answered or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, marked)
        except TooLargeError:
            raise
        except Exception as error:  # noqa: BLE001  whatever it is, the next request must be served
            # Messages of errors hold what was sent; where it happened does not.
            what, where = type(error).__name__, _places(error)
            log.error("%s %s failed: %s at %s", scope["method"], path_in(scope), what, where)
            if not answered:
                await said(scope, self._house, 500)(scope, receive, send)


def _places(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return ", ".join(f"{PurePath(it.filename).name}:{it.lineno} {it.name}" for it in frames)
