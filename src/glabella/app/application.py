"""The application: every path, behind one guard."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from glabella.app import check, choices, compare, consult, faults, read
from glabella.app.apart import Desk
from glabella.app.guard import Guard
from glabella.app.house import House

#: Names of this machine to itself.
LOCAL = ("127.0.0.1", "localhost", "::1")


def create_app(house: House, hosts: Collection[str] = ()) -> ASGIApp:
    """Make the app.

    Parameters
    ----------
    house : House
        What it serves.
    hosts : collection of str
        Names under which it may be asked for beside those of this machine, such as that of a proxy before it.

    Returns
    -------
    ASGIApp
    """
    desk = Desk()
    parts = (read, choices, compare, consult, check)
    app = Starlette(
        routes=[*(route for part in parts for route in part.routes()),
                Route(f"{faults.API}{{rest:path}}", _Data(house, desk))],
        middleware=[Middleware(Guard, hosts=(*LOCAL, *hosts)), Middleware(faults.Caught, house=house)],
        exception_handlers={HTTPException: faults.http_fault},
    )  # fmt: skip
    app.router.redirect_slashes = False
    app.state.house, app.state.desk = house, desk
    return app


class _Data:
    """The API, made when it is first asked: what it needs takes longer to load than the first page to write."""

    def __init__(self, house: House, desk: Desk) -> None:
        self._house, self._desk = house, desk

    @cached_property
    def _made(self) -> ASGIApp:
        from glabella.app.api import application

        return application(self._house, self._desk)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        made = await run_in_threadpool(lambda: self._made)
        if scope["method"] == "HEAD":
            # As of a page the head alone can be asked: the server leaves the rest out.
            scope = {**scope, "method": "GET"}
        await made(scope, receive, send)
