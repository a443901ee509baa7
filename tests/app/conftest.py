"""A small dossier with claims, served once for all tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from glabella.app import House, create_app
from glabella.dossier import load
from tests import dossiers_made
from tests.app.serving import served


@pytest.fixture(scope="session")
def bcg_house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(load(dossiers_made.bcg_claimed(tmp_path_factory.mktemp("dossier") / "bcg")))


@pytest.fixture(scope="module")
def bcg_served(bcg_house: House) -> Iterator[httpx.Client]:
    with served(create_app(bcg_house)) as client:
        yield client
