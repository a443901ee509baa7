"""The application: every path, behind one guard."""

from __future__ import annotations

from collections.abc import Collection

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.types import ASGIApp

from glabella._version import __version__
from glabella.app import api, check, choices, compare, consult, faults, read
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
    app = FastAPI(
        title="Glabella", version=__version__, docs_url=None, redoc_url=None, openapi_url="/api/openapi.json",
        description=api.ABOUT, redirect_slashes=False,
        middleware=[Middleware(Guard, hosts=(*LOCAL, *hosts)), Middleware(faults.Caught, house=house)],
        exception_handlers={HTTPException: faults.http_fault, RequestValidationError: faults.unfit},
    )  # fmt: skip
    app.state.house, app.state.desk = house, Desk()
    for part in (read, choices, compare, consult, check):
        app.router.routes.extend(part.routes())
    app.include_router(api.router(house))
    return app
