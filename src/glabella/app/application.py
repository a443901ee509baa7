"""The application: every path, behind one guard."""

from __future__ import annotations

from collections.abc import Collection

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.types import ASGIApp

from glabella._version import __version__
from glabella.app import choices, compare, read
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
    app = FastAPI(
        title="Glabella", version=__version__, docs_url=None, redoc_url=None, openapi_url="/api/openapi.json",
        middleware=[Middleware(Guard, hosts=(*LOCAL, *hosts))],
    )  # fmt: skip
    app.state.house = house
    for part in (read, choices, compare):
        app.router.routes.extend(part.routes())
    return app
